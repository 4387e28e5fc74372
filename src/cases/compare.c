// SPDX-License-Identifier: Apache-2.0
#include "cases/compare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/compare_video.h"
#include "cases/media_client.h"
#include "model/path_text.h"
#include "sniff/sniff.h"

void comparison_free(Comparison *comparison)
{
    if (comparison == NULL)
        return;
    for (unsigned i = 0; i < 2; i++) {
        g_free(comparison->sides[i].path);
        media_reply_clear(&comparison->sides[i].facts);
        compare_side_answer_clear(&comparison->sides[i].compared);
        g_free(comparison->sides[i].missing);
    }
    g_free(comparison->reason);
    g_free(comparison->failed_reason);
    compare_answer_clear(&comparison->whole);
    g_clear_pointer(&comparison->pieces, g_array_unref);
    g_clear_pointer(&comparison->regions, g_array_unref);
    g_free(comparison);
}

// What comparing needs beside the answer.
typedef struct {
    Comparison *comparison;
    CompareWorker worker;
    MediaClient *client;
    int descriptors[2];
    struct stat before[2]; // what was digested
    VideoFrames *frames[2];
} Work;

static void work_clear(Work *work)
{
    for (unsigned i = 0; i < 2; i++) {
        if (work->descriptors[i] >= 0)
            close(work->descriptors[i]);
        video_frames_free(work->frames[i]);
    }
    worker_free(work->worker.worker);
    media_client_free(work->client);
    comparison_free(work->comparison);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

// ---- Reading a side -----------------------------------------------------------------------------

static int open_file(const char *file, const char *path, struct stat *ret_stat, GError **err)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 || fstat(descriptor, ret_stat) != 0)
        clew_error_set_errno(err, errno, "cannot open %s", path);
    else if (!S_ISREG(ret_stat->st_mode))
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot compare %s: it is not a regular file", path);
    else
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static bool is_going_on(uint64_t bytes_read, void *user_data)
{
    const Work *work = user_data;
    return work->worker.is_cancelled == NULL || !work->worker.is_cancelled();
}

static bool digest_file(Work *work, unsigned side, GError **err)
{
    ComparedSide *compared = &work->comparison->sides[side];
    DigestState *digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (digest == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot compute MD5, SHA-1 and SHA-256: libcrypto refuses one of them");
        return false;
    }
    const DigestFdOptions options = {.progress = is_going_on, .user = work};
    DigestFdResult result;
    bool ok = digest_fd(digest, work->descriptors[side], &options, &compared->digests, &result);
    digest_state_free(digest);
    if (ok)
        compared->size_bytes = result.bytes;
    else if (result.status == DIGEST_FD_CANCELLED)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
    else
        clew_error_set_errno(err, result.error, "cannot read %s", compared->path);
    return ok;
}

static bool open_side(Work *work, unsigned side, const char *file, const SniffType **ret_type,
                      GError **err)
{
    ComparedSide *compared = &work->comparison->sides[side];
    compared->path = path_text_new(file);
    work->descriptors[side] = open_file(file, compared->path, &work->before[side], err);
    if (work->descriptors[side] < 0 || !digest_file(work, side, err))
        return false;
    uint8_t start[SNIFF_BYTES];
    ssize_t count = pread(work->descriptors[side], start, sizeof start, 0);
    if (count < 0) {
        clew_error_set_errno(err, errno, "cannot read %s", compared->path);
        return false;
    }
    *ret_type = sniff_bytes(start, (size_t)count);
    compared->media_type = (*ret_type)->media_type;
    compared->is_video = (*ret_type)->family == FAMILY_VIDEO;
    return true;
}

// ---- What each side is --------------------------------------------------------------------------

static bool refuse(Comparison *comparison, Status status, char *reason)
{
    comparison->status = status;
    g_free(comparison->reason);
    comparison->reason = reason;
    return true;
}

static bool read_into_buffer(Work *work, unsigned side, GError **err)
{
    ComparedSide *compared = &work->comparison->sides[side];
    uint8_t *buffer = media_client_buffer(work->client);
    for (uint64_t done = 0; done < compared->size_bytes;) {
        ssize_t count =
            pread(work->descriptors[side], buffer + done, compared->size_bytes - done, (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            clew_error_set_errno(err, count < 0 ? errno : EIO, "cannot read %s", compared->path);
            return false;
        }
        done += (uint64_t)count;
    }
    return true;
}

static bool examine_side(Work *work, unsigned side, GError **err)
{
    ComparedSide *compared = &work->comparison->sides[side];
    MediaItem item = {.size_bytes = compared->size_bytes,
                      .media_type = compared->media_type,
                      .descriptor = compared->is_video ? work->descriptors[side] : -1};
    if (!media_client_ready(work->client, err))
        return false;
    if (compared->is_video)
        return media_client_video(work->client, &item, compare_video_choice, true,
                                  &work->frames[side], &compared->facts, err);
    if (compared->size_bytes > media_client_buffer_bytes(work->client)) {
        compared->facts = (MediaReply){.status = STATUS_LIMIT,
                                       .reason = g_strdup("the picture is too large"),
                                       .findings = findings_new()};
        return true;
    }
    return read_into_buffer(work, side, err) &&
           media_client_still(work->client, &item, &compared->facts, err);
}

// Both sides are of one kind that can be decoded; else it is said why not.
static bool can_compare(Comparison *comparison, const SniffType *const types[2])
{
    for (unsigned i = 0; i < 2; i++) {
        bool is_media = types[i]->family == FAMILY_STILL || types[i]->family == FAMILY_VIDEO;
        if (is_media && types[i]->can_decode)
            continue;
        refuse(comparison, STATUS_UNSUPPORTED,
               g_strdup_printf("%s is no picture or video that can be decoded (%s)",
                               comparison->sides[i].path, types[i]->media_type));
        return false;
    }
    if (comparison->sides[0].is_video != comparison->sides[1].is_video) {
        refuse(comparison, STATUS_UNSUPPORTED,
               g_strdup("one is a still and the other a video; compare likes with likes"));
        return false;
    }
    return true;
}

static bool hand_over_side(Work *work, unsigned side, GError **err)
{
    ComparedSide *compared = &work->comparison->sides[side];
    const CompareSideRequest request = {.side = side,
                                        .is_video = compared->is_video,
                                        .size_bytes = compared->size_bytes,
                                        .media_type = compared->media_type};
    return compare_worker_side(&work->worker, &request, work->descriptors[side],
                               &compared->compared, err);
}

static bool compare_stills(Work *work, GError **err)
{
    Comparison *comparison = work->comparison;
    if (!compare_worker_pair(&work->worker, &(CompareRequest){0}, &comparison->whole, err))
        return false;
    comparison->is_same = comparison->whole.is_same;
    if (!comparison->is_same)
        refuse(comparison, comparison->whole.status, g_strdup(comparison->whole.reason));
    return true;
}

// What decoding could not give of a side that gave something.
static char *missing_of(const MediaReply *facts)
{
    if (facts->status != STATUS_OK)
        return g_strdup(facts->reason);
    for (unsigned i = 0; facts->findings != NULL && i < facts->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(facts->findings, i);
        if (finding->type == FINDING_TRUNCATED || finding->type == FINDING_DAMAGED)
            return g_strdup(finding->detail);
    }
    return NULL;
}

static bool is_same_file(const struct stat *before, const struct stat *now)
{
    return before->st_size == now->st_size && before->st_mtim.tv_sec == now->st_mtim.tv_sec &&
           before->st_mtim.tv_nsec == now->st_mtim.tv_nsec &&
           before->st_ctim.tv_sec == now->st_ctim.tv_sec &&
           before->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

// What was digested must be what was decoded.
static void refuse_if_changed(Work *work)
{
    Comparison *comparison = work->comparison;
    for (unsigned i = 0; i < 2; i++) {
        const ComparedSide *side = &comparison->sides[i];
        struct stat now;
        if (fstat(work->descriptors[i], &now) == 0 && is_same_file(&work->before[i], &now) &&
            side->size_bytes == (uint64_t)now.st_size)
            continue;
        comparison->is_same = comparison->is_identical = false;
        refuse(comparison, STATUS_UNREADABLE,
               g_strdup_printf("%s changed while it was compared", side->path));
    }
}

// True also when they cannot be compared: the comparison says so.
static bool compare_sides(Work *work, const SniffType *const types[2], GError **err)
{
    Comparison *comparison = work->comparison;
    if (!can_compare(comparison, types))
        return true;
    for (unsigned i = 0; i < 2; i++) {
        if (!examine_side(work, i, err))
            return false;
        const MediaReply *facts = &comparison->sides[i].facts;
        comparison->sides[i].missing = missing_of(facts);
        bool has_frames = work->frames[i] != NULL && work->frames[i]->variants[0] != NULL &&
                          work->frames[i]->variants[0]->len > 0;
        if (facts->status != STATUS_OK && !has_frames)
            return refuse(comparison, facts->status,
                          g_strdup_printf("%s: %s", comparison->sides[i].path, facts->reason));
    }
    if (!compare_worker_start(&work->worker, err))
        return false;
    for (unsigned i = 0; i < 2; i++) {
        if (!hand_over_side(work, i, err))
            return false;
        const CompareSideAnswer *answer = &comparison->sides[i].compared;
        if (answer->status != STATUS_OK)
            return refuse(comparison, answer->status,
                          g_strdup_printf("%s: %s", comparison->sides[i].path, answer->reason));
    }
    return comparison->sides[0].is_video
               ? compare_videos(&work->worker, work->frames[0], work->frames[1], comparison, err)
               : compare_stills(work, err);
}

Comparison *compare_files(Zygote *zygote, const char *const files[2], bool (*is_cancelled)(void),
                          GError **err)
{
    g_auto(Work) work = {.comparison = g_new0(Comparison, 1),
                         .worker = {.zygote = zygote, .is_cancelled = is_cancelled},
                         .descriptors = {-1, -1}};
    const SniffType *types[2];
    for (unsigned i = 0; i < 2; i++) {
        if (!open_side(&work, i, files[i], &types[i], err))
            return NULL;
    }
    work.comparison->is_identical =
        memcmp(work.comparison->sides[0].digests.sha256, work.comparison->sides[1].digests.sha256,
               SHA256_BYTES) == 0;
    work.client = media_client_new(zygote, is_cancelled, err);
    if (work.client == NULL || !compare_sides(&work, types, err))
        return NULL;
    refuse_if_changed(&work);
    return g_steal_pointer(&work.comparison);
}

bool comparison_is_complete(const Comparison *comparison)
{
    return comparison->sides[0].missing == NULL && comparison->sides[1].missing == NULL &&
           comparison->failed_pairs == 0;
}

bool comparison_differs(const Comparison *comparison)
{
    const CompareAnswer *whole = &comparison->whole;
    bool differs = whole->tones != 0 || whole->has_border[0] != whole->has_border[1] ||
                   whole->orientation != 0 || comparison->unlike_pairs > 0;
    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 4; j++)
            differs = differs || whole->beyond[i][j] > 0;
    if (comparison->regions != NULL)
        return differs || comparison->regions->len > 0 || compare_video_has_gaps(comparison);
    return differs || whole->region_count > 0;
}
