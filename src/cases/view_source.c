// SPDX-License-Identifier: Apache-2.0
#include "cases/view_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/retrieve.h"
#include "cases/spool.h"
#include "model/locator.h"
#include "model/path_text.h"
#include "sniff/sniff.h"

// ---- Where it is ------------------------------------------------------------------------------

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (g_str_equal(folder, "/"))
        return path[0] == '/';
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool is_below_any(const char *path, const char *const *roots)
{
    for (const char *const *root = roots; *root != NULL; root++) {
        char *real = realpath(*root, NULL);
        bool is_it = real != NULL && is_below(path, real);
        free(real);
        if (is_it)
            return true;
    }
    return false;
}

// What the path leads to, as the system has it once all links were followed; NULL with errno set.
static char *real_path_of(const char *path)
{
    int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0)
        return NULL;
    char target[PATH_MAX];
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, target, sizeof target - 1);
    int errno_value = errno;
    close(descriptor);
    errno = errno_value;
    return length < 0 ? NULL : g_strndup(target, (gsize)length);
}

// Records of a scan that was given a relative path have relative ones. Where the evidence lay is
// then that path's folder or the path itself: what is found is held against its digest, so trying
// both does no harm.
static char *find_relative(const char *evidence, const char *file)
{
    g_autofree char *below = g_build_filename(evidence, file, NULL);
    char *real = real_path_of(below);
    if (real != NULL)
        return real;
    g_autofree char *folder = g_path_get_dirname(evidence);
    g_autofree char *beside = g_build_filename(folder, file, NULL);
    return real_path_of(beside);
}

// The file to be opened, below one of the roots.
static char *find_file(const ViewSource *source, const char *file, GError **err)
{
    g_autofree char *shown = path_text_new(file);
    char *real = NULL;
    errno = ENOENT;
    if (g_path_is_absolute(file))
        real = real_path_of(file);
    else if (source->evidence != NULL)
        real = find_relative(source->evidence, file);
    if (real == NULL && (errno == ENOENT || errno == ENOTDIR)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "the evidence %s is not at its place now; attach it and try again", shown);
    } else if (real == NULL) {
        clew_error_set_errno(err, errno, "the evidence %s cannot be reached", shown);
    } else if (!is_below_any(real, source->roots)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "the evidence %s does not lie below a folder that evidence may be read from; "
                    "have the folder added with --evidence-root",
                    shown);
        g_clear_pointer(&real, g_free);
    }
    return real;
}

// ---- Its bytes --------------------------------------------------------------------------------

static bool begin_spool(ViewContents *contents)
{
    contents->spool = spool_open();
    return contents->spool >= 0 &&
           spool_write(contents->spool, media_client_buffer(contents->client),
                       (size_t)contents->item.size_bytes);
}

// Pictures are decoded out of the buffer alone; a video may be larger.
static bool check_room(const ViewContents *contents, size_t more_bytes, GError **err)
{
    uint64_t limit =
        contents->is_video ? LIMIT_VIDEO_SPOOL_BYTES : media_client_buffer_bytes(contents->client);
    if (more_bytes <= limit - contents->item.size_bytes)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "it is larger than the %" G_GUINT64_FORMAT " MiB that can be shown", limit >> 20);
    return false;
}

static bool keep_bytes(void *user_data, const uint8_t *bytes, size_t size_bytes, GError **err)
{
    ViewContents *contents = user_data;
    uint64_t done = contents->item.size_bytes;
    uint64_t buffered = contents->is_video ? LIMIT_VIDEO_BUFFERED_BYTES
                                           : media_client_buffer_bytes(contents->client);
    if (!check_room(contents, size_bytes, err))
        return false;
    bool fits = contents->spool < 0 && size_bytes <= buffered - done;
    if (fits)
        memcpy(media_client_buffer(contents->client) + done, bytes, size_bytes);
    else if ((contents->spool < 0 && !begin_spool(contents)) ||
             !spool_write(contents->spool, bytes, size_bytes))
        return clew_error_set_errno(err, errno, "cannot keep a large video in %s", g_get_tmp_dir());
    contents->item.size_bytes = done + size_bytes;
    return true;
}

static void free_candidate(void *candidate)
{
    candidate_free(candidate);
}

static bool fetch(const ViewSource *source, const Locator *locator, RetrieveWrite *write,
                  void *user_data, GError **err)
{
    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(free_candidate);
    Retrieved retrieved;
    if (!retrieve(locator, source->reader, write, user_data, candidates, &retrieved, err))
        return false;
    bool is_same = memcmp(retrieved.digests.sha256, source->sha256, SHA256_BYTES) == 0;
    if (!is_same)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "the bytes of %s are not those that were examined; scan the evidence again",
                    retrieved.path);
    retrieved_clear(&retrieved);
    return is_same;
}

static bool hand_over_spool(ViewContents *contents, GError **err)
{
    if (contents->spool < 0)
        return true;
    contents->item.descriptor = spool_reopen_read_only(contents->spool);
    return contents->item.descriptor >= 0 ||
           clew_error_set_errno(err, errno, "cannot read a temporary file again");
}

bool view_source_open(const ViewSource *source, MediaClient *client, ViewContents *ret_contents,
                      GError **err)
{
    const SniffType *type = sniff_by_media_type(source->media_type);
    if (type == NULL || !type->can_decode) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "no decoder for %s",
                    source->media_type);
        return false;
    }
    g_auto(Locator) locator = {0};
    if (!locator_parse(source->locator, &locator, err))
        return false;
    char *file = find_file(source, locator.file, err);
    if (file == NULL)
        return false;
    g_free(locator.file);
    locator.file = file;

    g_auto(ViewContents) contents = {.client = client,
                                     .item = {.media_type = type->media_type, .descriptor = -1},
                                     .is_video = type->family == FAMILY_VIDEO,
                                     .spool = -1};
    if (!media_client_ready(client, err) || !fetch(source, &locator, keep_bytes, &contents, err) ||
        !hand_over_spool(&contents, err))
        return false;
    *ret_contents = contents;
    contents = (ViewContents){.item = {.descriptor = -1}, .spool = -1};
    return true;
}

void view_contents_clear(ViewContents *contents)
{
    if (contents->client != NULL)
        media_client_trim(contents->client, contents->item.size_bytes);
    if (contents->item.descriptor >= 0)
        close(contents->item.descriptor);
    if (contents->spool >= 0)
        close(contents->spool);
    *contents = (ViewContents){.item = {.descriptor = -1}, .spool = -1};
}

// ---- To be handed out -------------------------------------------------------------------------

typedef struct {
    int descriptor;
    uint64_t size_bytes, limit_bytes;
} Copying;

static bool copy_bytes(void *user_data, const uint8_t *bytes, size_t size_bytes, GError **err)
{
    Copying *copying = user_data;
    if (size_bytes > copying->limit_bytes - copying->size_bytes) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "it is larger than the %" G_GUINT64_FORMAT " MiB that are handed out",
                    copying->limit_bytes >> 20);
        return false;
    }
    if (!spool_write(copying->descriptor, bytes, size_bytes))
        return clew_error_set_errno(err, errno, "cannot keep the bytes in %s", g_get_tmp_dir());
    copying->size_bytes += size_bytes;
    return true;
}

bool view_source_copy(const ViewSource *source, int descriptor, uint64_t limit_bytes,
                      uint64_t *ret_size_bytes, GError **err)
{
    g_auto(Locator) locator = {0};
    if (!locator_parse(source->locator, &locator, err))
        return false;
    char *file = find_file(source, locator.file, err);
    if (file == NULL)
        return false;
    g_free(locator.file);
    locator.file = file;
    Copying copying = {.descriptor = descriptor, .limit_bytes = limit_bytes};
    if (!fetch(source, &locator, copy_bytes, &copying, err))
        return false;
    *ret_size_bytes = copying.size_bytes;
    return true;
}

// ---- To be seen -------------------------------------------------------------------------------

bool view_source_view(const ViewSource *source, MediaClient *client, const ViewChoice *choice,
                      PreviewPicture **ret_picture, MediaReply *ret_reply, GError **err)
{
    g_auto(ViewContents) contents = {.item = {.descriptor = -1}, .spool = -1};
    *ret_picture = NULL;
    if (!view_source_open(source, client, &contents, err))
        return false;
    ViewChoice known = *choice;
    known.is_video = contents.is_video;
    return preview_view(client, &contents.item, &known, ret_picture, ret_reply, err);
}

bool view_source_previews(const ViewSource *source, MediaClient *client, PreviewSet **ret_previews,
                          MediaReply *ret_reply, GError **err)
{
    g_auto(ViewContents) contents = {.item = {.descriptor = -1}, .spool = -1};
    *ret_previews = NULL;
    return view_source_open(source, client, &contents, err) &&
           preview_make(client, &contents.item, contents.is_video, ret_previews, ret_reply, err);
}
