// SPDX-License-Identifier: Apache-2.0
#include "probe/compare_probe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "compare/difference.h"
#include "compare/tone.h"
#include "media/still.h"
#include "media/video.h"
#include "probe/jpeg_history.h"

#define FRAME_SIDE 320u // pixels along the longer side at which frames of videos are compared

G_STATIC_ASSERT(COMPARE_REGIONS_MAX == DIFFERENCE_REGIONS_MAX);
G_STATIC_ASSERT((unsigned)COMPARE_TONES == TONE_ALL);
G_STATIC_ASSERT((unsigned)COMPARE_A_COLOURLESS == (unsigned)TONE_A_COLOURLESS);
G_STATIC_ASSERT((unsigned)COMPARE_LESS_COLOUR == (unsigned)TONE_LESS_COLOUR);

typedef struct {
    int descriptor; // -1: none
    uint64_t size_bytes;
    char *media_type;
    Reduced *picture; // the still, or the frame at `milliseconds`; NULL: none yet
    uint32_t milliseconds;
    Video *video; // NULL: a still
} Side;

struct CompareProbe {
    Side sides[2];
    Registration last; // .is_same false: none yet
};

static void side_clear(Side *side)
{
    g_clear_pointer(&side->picture, reduced_free);
    g_clear_pointer(&side->video, video_free);
    g_clear_pointer(&side->media_type, g_free);
    if (side->descriptor >= 0)
        close(side->descriptor);
    side->descriptor = -1;
}

CompareProbe *compare_probe_new(void)
{
    CompareProbe *probe = g_new0(CompareProbe, 1);
    for (unsigned i = 0; i < 2; i++)
        probe->sides[i].descriptor = -1;
    return probe;
}

void compare_probe_free(CompareProbe *probe)
{
    if (probe == NULL)
        return;
    for (unsigned i = 0; i < 2; i++)
        side_clear(&probe->sides[i]);
    g_free(probe);
}

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Side *side = user_data;
    uint64_t left = offset < side->size_bytes ? side->size_bytes - offset : 0;
    ssize_t done;
    do
        done = pread(side->descriptor, target, MIN(left, size_bytes), (off_t)offset);
    while (done < 0 && errno == EINTR);
    return done;
}

// ---- Stills -------------------------------------------------------------------------------------

enum { ROOM = 16 };

// Rows on their way from the decoder into the reducer.
typedef struct {
    Reducer *reducer;
    uint8_t *rows[ROOM];
} Strip;

static uint8_t **next_rows(void *user_data, unsigned *ret_room)
{
    Strip *strip = user_data;
    *ret_room = ROOM;
    return strip->rows;
}

static void commit(void *user_data, unsigned count)
{
    Strip *strip = user_data;
    for (unsigned i = 0; i < count; i++)
        reducer_add_row(strip->reducer, strip->rows[i]);
}

static Reduced *reduce_still(Still *still, GError **err)
{
    bool is_grey = still_format(still) == STILL_GREY;
    // Decoders may write a little past the end of a row.
    size_t stride = ((size_t)still_width(still) + 64) * (is_grey ? 1 : 4);
    g_autofree uint8_t *pixels = g_try_malloc0(stride * ROOM);
    if (pixels == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is not enough memory to decode it");
        return NULL;
    }
    g_autoptr(Reducer) reducer = reducer_new(still_width(still), still_height(still), is_grey);
    Strip strip = {.reducer = reducer};
    for (unsigned i = 0; i < ROOM; i++)
        strip.rows[i] = pixels + i * stride;
    const StillSink sink = {next_rows, commit, &strip};
    uint32_t rows;
    bool is_truncated;
    if (!still_decode(still, &sink, &rows, &is_truncated, err))
        return NULL;
    return reducer_finish(reducer);
}

static uint8_t *read_whole(Side *side, GError **err)
{
    if (side->size_bytes == 0 || side->size_bytes > LIMIT_STILL_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "it has %" G_GUINT64_FORMAT " bytes, and a picture may have up to %u",
                    side->size_bytes, LIMIT_STILL_BYTES);
        return NULL;
    }
    g_autofree uint8_t *bytes = g_try_malloc(side->size_bytes);
    if (bytes == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is not enough memory to read it");
        return NULL;
    }
    for (uint64_t done = 0; done < side->size_bytes;) {
        int64_t count = read_at(side, done, bytes + done, side->size_bytes - done);
        if (count <= 0) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "reading failed at byte %" G_GUINT64_FORMAT,
                        done);
            return NULL;
        }
        done += (uint64_t)count;
    }
    return g_steal_pointer(&bytes);
}

static bool open_still(Side *side, CompareSideAnswer *answer, GError **err)
{
    g_autofree uint8_t *bytes = read_whole(side, err);
    if (bytes == NULL)
        return false;
    g_autoptr(Still) still = still_open(bytes, side->size_bytes, side->media_type, err);
    if (still == NULL)
        return false;
    side->picture = reduce_still(still, err);
    if (side->picture == NULL)
        return false;
    JpegHistory history = jpeg_history(bytes, side->size_bytes);
    answer->jpeg_quality = history.quality;
    answer->jpeg_across = history.across;
    answer->jpeg_down = history.down;
    answer->is_progressive = history.is_progressive;
    return true;
}

// ---- Videos -------------------------------------------------------------------------------------

static bool open_video(Side *side, GError **err)
{
    const VideoSource source = {
        .read_at = read_at, .size_bytes = side->size_bytes, .user_data = side};
    const FrameChoice choice = {.pipeline = FRAMES_VPDQ, .sampling = SAMPLING_EVERY_FRAME};
    side->video = video_open(&source, side->media_type, choice, err);
    return side->video != NULL;
}

static Reduced *reduce_frame(const VideoPicture *frame)
{
    g_autoptr(Reducer) reducer =
        reducer_new_within(FRAME_SIDE, frame->width, frame->height, frame->is_grey);
    for (uint32_t y = 0; y < frame->height; y++)
        reducer_add_row(reducer, frame->pixels + (size_t)y * frame->stride);
    return reducer_finish(reducer);
}

// Makes side->picture the one to be compared.
static bool show(Side *side, uint32_t milliseconds, GError **err)
{
    bool is_there =
        side->picture != NULL && (side->video == NULL || side->milliseconds == milliseconds);
    if (is_there)
        return true;
    if (side->video == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "there is no picture to compare");
        return false;
    }
    g_clear_pointer(&side->picture, reduced_free);
    VideoPicture frame;
    VideoOutcome outcome = video_picture_at(side->video, milliseconds, &frame, err);
    if (outcome == VIDEO_END)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "there is no frame at %u ms",
                    milliseconds);
    if (outcome != VIDEO_PICTURE)
        return false;
    side->picture = reduce_frame(&frame);
    side->milliseconds = milliseconds;
    return true;
}

// ---- Answers ------------------------------------------------------------------------------------

void compare_probe_side(CompareProbe *probe, const CompareSideRequest *request, int descriptor,
                        CompareSideAnswer *ret_answer)
{
    Side *side = &probe->sides[request->side];
    side_clear(side);
    *side = (Side){.descriptor = descriptor,
                   .size_bytes = request->size_bytes,
                   .media_type = g_strdup(request->media_type)};
    probe->last.is_same = false;
    CompareSideAnswer answer = {.status = STATUS_OK};
    g_autoptr(GError) error = NULL;
    bool ok = request->is_video ? open_video(side, &error) : open_still(side, &answer, &error);
    if (!ok) {
        side_clear(side);
        // A file without video holds nothing that could be compared.
        bool has_none = g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        answer =
            (CompareSideAnswer){.status = has_none ? STATUS_UNSUPPORTED : status_of_error(error),
                                .reason = g_strdup(error->message)};
    }
    *ret_answer = answer;
}

static CompareBox box_of(const Area *area)
{
    return (CompareBox){area->left, area->top, fmax(area->left, area->right),
                        fmax(area->top, area->bottom)};
}

static void put_registration(const CompareProbe *probe, const Registration *registration,
                             CompareAnswer *answer)
{
    const Affine *map = &registration->map;
    answer->is_same = true;
    answer->orientation = registration->orientation;
    answer->correlation = CLAMP(registration->correlation, -1, 1);
    answer->agreement = CLAMP(registration->agreement, 0, 1);
    memcpy(answer->map, (double[6]){map->xx, map->xy, map->x0, map->yx, map->yy, map->y0},
           sizeof answer->map);
    for (unsigned i = 0; i < 2; i++) {
        answer->width[i] = probe->sides[i].picture->width;
        answer->height[i] = probe->sides[i].picture->height;
        answer->inside[i] = box_of(&registration->inside[i]);
        answer->shared[i] = box_of(&registration->shared[i]);
    }
}

static void put_difference(const Difference *difference, CompareAnswer *answer)
{
    answer->tones = difference->tones;
    answer->gain = difference->gain;
    answer->offset = difference->offset;
    answer->noise = difference->noise;
    answer->has_more = difference->has_more;
    answer->region_count = difference->region_count;
    for (unsigned i = 0; i < 2; i++) {
        answer->has_border[i] = difference->has_border[i];
        for (unsigned j = 0; j < 4; j++)
            answer->beyond[i][j] = CLAMP(difference->beyond[i][j], 0, 1);
    }
    for (unsigned i = 0; i < difference->region_count; i++) {
        const DifferenceRegion *region = &difference->regions[i];
        CompareRegion *to = &answer->regions[i];
        to->strength = region->strength;
        for (unsigned j = 0; j < 2; j++) {
            to->box[j] = box_of(&region->box[j]);
            to->share[j] = CLAMP(region->share[j], 0, 1);
        }
    }
}

void compare_probe_pair(CompareProbe *probe, const CompareRequest *request,
                        CompareAnswer *ret_answer)
{
    CompareAnswer answer = {.status = STATUS_OK};
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < 2; i++) {
        if (show(&probe->sides[i], request->milliseconds[i], &error))
            continue;
        answer.status = status_of_error(error);
        answer.reason =
            g_strdup_printf("%s: %s", i == 0 ? "the first" : "the second", error->message);
        *ret_answer = answer;
        return;
    }
    const Reduced *a = probe->sides[0].picture, *b = probe->sides[1].picture;
    Registration registration;
    bool has_hint = request->is_as_before && probe->last.is_same;
    register_pictures(a, b, has_hint ? &probe->last : NULL, &registration);
    if (registration.is_same) {
        Difference difference;
        difference_find(a, b, &registration, &difference);
        put_registration(probe, &registration, &answer);
        put_difference(&difference, &answer);
        probe->last = registration;
    } else {
        answer.reason = g_strdup(registration.reason);
    }
    *ret_answer = answer;
}

static bool handle_side(ServeSession *session, CompareProbe *probe, const ServeRequest *request)
{
    CompareSideRequest asked;
    g_autofree char *media_type = NULL;
    if (!compare_side_request_decode(request->message, request->size_bytes, &asked, &media_type) ||
        request->descriptor < 0)
        return false;
    CompareSideAnswer answer;
    compare_probe_side(probe, &asked, serve_take_descriptor(session), &answer);
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_side_answer_encode(&answer, message);
    compare_side_answer_clear(&answer);
    return serve_reply(session, message->data, message->len);
}

static bool handle_pair(ServeSession *session, CompareProbe *probe, const ServeRequest *request)
{
    CompareRequest asked;
    if (!compare_request_decode(request->message, request->size_bytes, &asked))
        return false;
    CompareAnswer answer;
    compare_probe_pair(probe, &asked, &answer);
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_answer_encode(&answer, message);
    compare_answer_clear(&answer);
    return serve_reply(session, message->data, message->len);
}

bool compare_probe_handle(ServeSession *session, void *state, const ServeRequest *request)
{
    // A side comes with its file, a pair with none.
    return request->descriptor >= 0 ? handle_side(session, state, request)
                                    : handle_pair(session, state, request);
}
