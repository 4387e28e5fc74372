// SPDX-License-Identifier: Apache-2.0
#include "evidence/sealed/qcow.h"

#include <libbfio.h>
#define LIBQCOW_HAVE_BFIO 1
#include <libqcow.h>

#include "base/error.h"
#include "evidence/sealed/bfio_source.h"

struct Qcow {
    libbfio_handle_t *handle;
    libqcow_file_t *file;
    Source *medium;
};

void qcow_close(Qcow *qcow)
{
    if (qcow == NULL)
        return;
    source_free(qcow->medium);
    if (qcow->file != NULL)
        libqcow_file_free(&qcow->file, NULL);
    if (qcow->handle != NULL)
        libbfio_handle_free(&qcow->handle, NULL);
    g_free(qcow);
}

static ssize_t medium_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    Qcow *qcow = user_data;
    libqcow_error_t *error = NULL;
    ssize_t count =
        libqcow_file_read_buffer_at_offset(qcow->file, target, size, (off64_t)offset, &error);
    if (count < 0)
        bfio_source_take_error(&error, CLEW_ERROR_CORRUPT, "the QCOW image cannot be read", err);
    return count;
}

Qcow *qcow_open(Source *file, Qcow *parent, GError **err)
{
    static const SourceOps ops = {medium_read_at, NULL};
    g_autoptr(Qcow) qcow = g_new0(Qcow, 1);
    qcow->handle = bfio_source_handle(file, err);
    if (qcow->handle == NULL)
        return NULL;
    libqcow_error_t *error = NULL;
    size64_t size = 0;
    if (libqcow_file_initialize(&qcow->file, &error) != 1 ||
        libqcow_file_open_file_io_handle(qcow->file, qcow->handle, LIBQCOW_OPEN_READ, &error) !=
            1 ||
        (parent != NULL && libqcow_file_set_parent_file(qcow->file, parent->file, &error) != 1) ||
        libqcow_file_get_media_size(qcow->file, &size, &error) != 1) {
        bfio_source_take_error(&error, CLEW_ERROR_CORRUPT, "the QCOW image cannot be opened", err);
        return NULL;
    }
    qcow->medium = source_new(&ops, qcow, size);
    return g_steal_pointer(&qcow);
}

Source *qcow_medium(Qcow *qcow)
{
    return qcow->medium;
}
