// SPDX-License-Identifier: Apache-2.0
#include "cases/preview.h"

#include "base/error.h"
#include "base/limits.h"

enum { SMALL_SIDE = 192, LARGE_SIDE = LIMIT_PREVIEW_SIDE };

const char *preview_kind_name(PreviewKind kind)
{
    static const char *const names[PREVIEW_KIND_COUNT] = {[PREVIEW_192] = "192",
                                                          [PREVIEW_512] = "512",
                                                          [PREVIEW_THUMBNAIL] = "thumbnail",
                                                          [PREVIEW_STRIP] = "strip"};
    g_return_val_if_fail((unsigned)kind < PREVIEW_KIND_COUNT, NULL);
    return names[kind];
}

void preview_picture_free(PreviewPicture *picture)
{
    if (picture == NULL)
        return;
    g_bytes_unref(picture->jpeg);
    g_free(picture);
}

static void free_picture(void *picture)
{
    preview_picture_free(picture);
}

void preview_set_free(PreviewSet *previews)
{
    if (previews == NULL)
        return;
    g_ptr_array_unref(previews->pictures);
    g_free(previews);
}

PreviewSet *preview_set_new(void)
{
    PreviewSet *previews = g_new0(PreviewSet, 1);
    previews->pictures = g_ptr_array_new_with_free_func(free_picture);
    return previews;
}

void preview_set_add(PreviewSet *previews, PreviewKind kind, uint32_t milliseconds, uint32_t width,
                     uint32_t height, GBytes *jpeg)
{
    PreviewPicture *picture = g_new0(PreviewPicture, 1);
    *picture = (PreviewPicture){
        .kind = kind, .milliseconds = milliseconds, .width = width, .height = height, .jpeg = jpeg};
    previews->size_bytes += g_bytes_get_size(jpeg);
    g_ptr_array_add(previews->pictures, picture);
}

PreviewSet *preview_set_copy(const PreviewSet *previews)
{
    PreviewSet *copy = preview_set_new();
    for (unsigned i = 0; i < previews->pictures->len; i++) {
        const PreviewPicture *picture = previews->pictures->pdata[i];
        preview_set_add(copy, picture->kind, picture->milliseconds, picture->width, picture->height,
                        g_bytes_ref(picture->jpeg));
    }
    return copy;
}

const PreviewPicture *preview_set_find(const PreviewSet *previews, PreviewKind kind)
{
    for (unsigned i = 0; i < previews->pictures->len; i++) {
        const PreviewPicture *picture = previews->pictures->pdata[i];
        if (picture->kind == kind)
            return picture;
    }
    return NULL;
}

static PreviewKind kind_of(const MediaPreview *made)
{
    switch (made->of) {
    case PREVIEW_OF_THUMBNAIL:
        return PREVIEW_THUMBNAIL;
    case PREVIEW_OF_STRIP:
        return PREVIEW_STRIP;
    case PREVIEW_OF_PICTURE:
    case PREVIEW_OF_COUNT:
        break;
    }
    return made->side == LARGE_SIDE ? PREVIEW_512 : PREVIEW_192;
}

static PreviewPicture *picture_new(const MediaPreview *made)
{
    PreviewPicture *picture = g_new0(PreviewPicture, 1);
    *picture = (PreviewPicture){.kind = kind_of(made),
                                .milliseconds = made->milliseconds,
                                .width = made->width,
                                .height = made->height,
                                .jpeg = g_bytes_ref(made->jpeg)};
    return picture;
}

static int compare_pictures(const void *a, const void *b)
{
    const PreviewPicture *left = *(const PreviewPicture *const *)a;
    const PreviewPicture *right = *(const PreviewPicture *const *)b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return (left->milliseconds > right->milliseconds) - (left->milliseconds < right->milliseconds);
}

static PreviewSet *set_new(const GPtrArray *made)
{
    PreviewSet *previews = g_new0(PreviewSet, 1);
    previews->pictures = g_ptr_array_new_with_free_func(free_picture);
    for (unsigned i = 0; i < made->len; i++) {
        PreviewPicture *picture = picture_new(made->pdata[i]);
        previews->size_bytes += g_bytes_get_size(picture->jpeg);
        g_ptr_array_add(previews->pictures, picture);
    }
    g_ptr_array_sort(previews->pictures, compare_pictures);
    return previews;
}

// A reply without a picture always says why.
static void explain(MediaReply *reply)
{
    if (reply->status != STATUS_OK)
        return;
    reply->status = STATUS_CORRUPT;
    reply->reason = g_strdup("nothing of it could be shown");
}

bool preview_make(MediaClient *client, const MediaItem *item, bool is_video,
                  PreviewSet **ret_previews, MediaReply *ret_reply, GError **err)
{
    const MediaRequest asked = {.is_video = is_video,
                                .with_thumbnail = !is_video,
                                .picture_count = is_video ? LIMIT_PREVIEW_STRIP : 0,
                                .side = SMALL_SIDE,
                                .size_count = 2,
                                .sizes = {LARGE_SIDE, SMALL_SIDE},
                                .view = picture_view_plain};
    g_autoptr(GPtrArray) made = NULL;
    *ret_previews = NULL;
    if (!media_client_previews(client, item, &asked, &made, ret_reply, err))
        return false;
    if (made->len > 0)
        *ret_previews = set_new(made);
    else
        explain(ret_reply);
    return true;
}

bool preview_view(MediaClient *client, const MediaItem *item, const ViewChoice *choice,
                  PreviewPicture **ret_picture, MediaReply *ret_reply, GError **err)
{
    *ret_picture = NULL;
    if (choice->side == 0 || choice->side > LIMIT_VIEW_SIDE ||
        !picture_view_is_valid(&choice->view)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a view cannot be made so: its side is 1 to %u pixels, the part lies within "
                    "the picture, contrast is %g to %g, brightness -1 to 1, gamma %g to %g",
                    LIMIT_VIEW_SIDE, VIEW_CONTRAST_MIN, VIEW_CONTRAST_MAX, VIEW_GAMMA_MIN,
                    VIEW_GAMMA_MAX);
        return false;
    }
    const MediaRequest asked = {.is_video = choice->is_video,
                                .time_count = choice->is_video ? 1 : 0,
                                .milliseconds = {choice->milliseconds},
                                .side = choice->side,
                                .size_count = 1,
                                .sizes = {choice->side},
                                .view = choice->view};
    g_autoptr(GPtrArray) made = NULL;
    if (!media_client_previews(client, item, &asked, &made, ret_reply, err))
        return false;
    if (made->len > 0)
        *ret_picture = picture_new(made->pdata[0]);
    else
        explain(ret_reply);
    return true;
}
