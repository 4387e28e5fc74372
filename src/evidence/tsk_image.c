// SPDX-License-Identifier: Apache-2.0
#include "evidence/tsk_image.h"

#include <string.h>

// Debian builds the library with locks, and its header hides their fields unless told so.
#define TSK_MULTITHREAD_LIB
#include <tsk/libtsk.h>

#define SECTOR_BYTES 512u
#define ERROR_BYTES 200u

struct TskImage {
    TSK_IMG_INFO info; // first: the kit hands back a pointer to it. Holds a cache of 2 MiB
    Walk *walk;
    Source *source;
};

static ssize_t read_image(TSK_IMG_INFO *info, TSK_OFF_T offset, char *target, size_t size)
{
    TskImage *image = (TskImage *)info;
    if (offset < 0 || walk_is_over(image->walk)) {
        tsk_error_reset();
        tsk_error_set_errno(TSK_ERR_IMG_READ);
        return -1;
    }
    g_autoptr(GError) error = NULL;
    ssize_t count = source_read(image->source, (uint64_t)offset, target, size, &error);
    if (count < 0) {
        tsk_error_reset();
        tsk_error_set_errno(TSK_ERR_IMG_READ);
        tsk_error_set_errstr("%s", error->message);
        return -1;
    }
    // The kit takes some failures for success: what it then copies shall at least be zeros.
    memset(target + count, 0, size - (size_t)count);
    return count;
}

static void close_image(TSK_IMG_INFO *info)
{
}

static void describe_image(TSK_IMG_INFO *info, FILE *file)
{
}

TskImage *tsk_image_new(Walk *walk, Source *source)
{
    TskImage *image = g_try_malloc0(sizeof *image);
    if (image == NULL)
        return NULL;
    image->walk = walk;
    image->source = source;
    uint64_t size = MIN(source_size(source), (uint64_t)INT64_MAX);
    if (tsk_img_open_external(&image->info, (TSK_OFF_T)size, SECTOR_BYTES, read_image, close_image,
                              describe_image) == NULL) {
        tsk_error_reset();
        g_free(image);
        return NULL;
    }
    return image;
}

void tsk_image_free(TskImage *image)
{
    if (image == NULL)
        return;
    tsk_img_close(&image->info);
    g_free(image);
}

struct TSK_IMG_INFO *tsk_image_info(TskImage *image)
{
    return &image->info;
}

char *tsk_image_take_error(const char *fallback)
{
    const char *text = tsk_error_get();
    g_autofree char *line = g_strdup(text != NULL && *text != '\0' ? text : fallback);
    tsk_error_reset();
    char *end = strpbrk(line, "\r\n");
    if (end != NULL)
        *end = '\0';
    g_autofree char *valid = g_utf8_make_valid(line, -1);
    return g_utf8_strlen(valid, -1) > ERROR_BYTES ? g_utf8_substring(valid, 0, ERROR_BYTES)
                                                  : g_steal_pointer(&valid);
}
