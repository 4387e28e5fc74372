// SPDX-License-Identifier: Apache-2.0
#include "evidence/sealed/ewf.h"

#include <libbfio.h>
#define LIBEWF_HAVE_BFIO 1
#include <libewf.h>

#include "base/error.h"
#include "evidence/sealed/bfio_source.h"

struct EwfSet {
    libbfio_pool_t *pool; // frees the handles appended to it
    libewf_handle_t *handle;
    uint32_t sector_bytes;
    Source *medium;
};

void ewf_set_close(EwfSet *set)
{
    if (set == NULL)
        return;
    source_free(set->medium);
    if (set->handle != NULL) {
        libewf_handle_close(set->handle, NULL);
        libewf_handle_free(&set->handle, NULL);
    }
    if (set->pool != NULL)
        libbfio_pool_free(&set->pool, NULL);
    g_free(set);
}

static ssize_t medium_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    EwfSet *set = user_data;
    libewf_error_t *error = NULL;
    ssize_t count = libewf_handle_read_random(set->handle, target, size, (off64_t)offset, &error);
    if (count < 0)
        bfio_source_take_error(&error, CLEW_ERROR_CORRUPT, "the E01 set cannot be read", err);
    return count;
}

static bool add_segment(EwfSet *set, Source *segment, GError **err)
{
    libbfio_handle_t *handle = bfio_source_handle(segment, err);
    if (handle == NULL)
        return false;
    int entry = 0;
    libbfio_error_t *error = NULL;
    if (libbfio_pool_append_handle(set->pool, &entry, handle, LIBBFIO_OPEN_READ, &error) == 1)
        return true;
    libbfio_handle_free(&handle, NULL);
    return bfio_source_take_error(&error, CLEW_ERROR_CORRUPT, "the segment cannot be added", err);
}

// Any limit on handles open at once makes libewf read nothing without an error: none is set.
static bool open_handle(EwfSet *set, Source *const *segments, size_t count, GError **err)
{
    libewf_error_t *error = NULL;
    if (libbfio_pool_initialize(&set->pool, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES,
                                &error) != 1)
        return bfio_source_take_error(&error, CLEW_ERROR_INTERNAL, "no pool could be made", err);
    for (size_t i = 0; i < count; i++)
        if (!add_segment(set, segments[i], err))
            return false;

    size64_t size = 0;
    static const SourceOps ops = {medium_read_at, NULL};
    if (libewf_handle_initialize(&set->handle, &error) != 1 ||
        libewf_handle_open_file_io_pool(set->handle, set->pool, LIBEWF_OPEN_READ, &error) != 1 ||
        libewf_handle_get_media_size(set->handle, &size, &error) != 1 ||
        libewf_handle_get_bytes_per_sector(set->handle, &set->sector_bytes, &error) != 1)
        return bfio_source_take_error(&error, CLEW_ERROR_CORRUPT, "the E01 set cannot be opened",
                                      err);
    set->medium = source_new(&ops, set, size);
    return true;
}

EwfSet *ewf_set_open(Source *const *segments, size_t count, GError **err)
{
    g_autoptr(EwfSet) set = g_new0(EwfSet, 1);
    if (!open_handle(set, segments, count, err))
        return NULL;
    return g_steal_pointer(&set);
}

Source *ewf_set_medium(EwfSet *set)
{
    return set->medium;
}

bool ewf_set_is_corrupted(const EwfSet *set)
{
    return libewf_handle_segment_files_corrupted(set->handle, NULL) == 1;
}

unsigned ewf_set_damage_count(const EwfSet *set)
{
    uint32_t count = 0;
    return libewf_handle_get_number_of_checksum_errors(set->handle, &count, NULL) == 1 ? count : 0;
}

bool ewf_set_damage(const EwfSet *set, unsigned index, Extent *ret_stretch)
{
    uint64_t first = 0, sectors = 0;
    if (libewf_handle_get_checksum_error(set->handle, index, &first, &sectors, NULL) != 1)
        return false;
    *ret_stretch =
        (Extent){.offset = first * set->sector_bytes, .size_bytes = sectors * set->sector_bytes};
    return true;
}
