// SPDX-License-Identifier: Apache-2.0
#include "cases/video_match.h"

#include <string.h>

#include "timeline/timeline.h"

#define MIRRORED 5u        // the orientation flip_y
#define BATCH_VALUES 1024u // asked at a time
#define WORTH_PART 4u      // a variant with less than this part of the best one's runs is left
#define MILLISECONDS 1000.0
#define NOTHING_NEAR (8u * PDQ_BYTES + 1u) // no distance

// One value to be asked.
typedef struct {
    uint8_t variant;
    bool in_sample;
    uint32_t frame;
} Asked;

struct VideoQuestion {
    const VideoFrames *frames;
    TimelineOptions options;
    GArray *runs[2]; // of TimelineRun: untrimmed, trimmed; NULL: none
    GArray *asked;   // of Asked
    unsigned next;   // of `asked`, not asked yet
    unsigned batch;  // where the batch in hand begins
    bool second_round;
    bool sample_hits[FRAME_VARIANT_COUNT];
    uint8_t values[BATCH_VALUES][PDQ_BYTES];
    GHashTable *nominees; // entry -> VideoNominee
};

// ---- Asking -----------------------------------------------------------------------------------

static const GArray *frames_of(const VideoQuestion *question, unsigned variant)
{
    return question->frames->variants[variant];
}

static Timeline timeline_of(const GArray *frames)
{
    return (Timeline){(const FrameHash *)frames->data, frames->len};
}

static bool is_asked_fully(unsigned variant)
{
    unsigned orientation = variant % ORIENTATION_COUNT;
    return orientation == 0 || orientation == MIRRORED;
}

static bool in_sample(size_t run, size_t count)
{
    return run % (count / VIDEO_SAMPLE_RUNS + 1) == 0;
}

// Variants of one half are the same frames, so they have the same runs.
static const GArray *runs_of(const VideoQuestion *question, unsigned variant)
{
    const GArray *runs = question->runs[variant / ORIENTATION_COUNT];
    const GArray *base = frames_of(question, variant / ORIENTATION_COUNT * ORIENTATION_COUNT);
    const GArray *frames = frames_of(question, variant);
    return runs != NULL && frames != NULL && frames->len == base->len ? runs : NULL;
}

typedef enum { ASK_ALL, ASK_SAMPLE, ASK_REST } AskPart;

static void ask_variant(VideoQuestion *question, unsigned variant, AskPart part)
{
    const GArray *runs = runs_of(question, variant);
    if (runs == NULL)
        return;
    unsigned stride = variant == 0 ? 1 : runs->len / (VIDEO_VARIANT_RUNS_MAX + 1) + 1;
    for (unsigned i = 0; i < runs->len; i += stride) {
        bool sampled = in_sample(i / stride, runs->len / stride);
        if ((part == ASK_SAMPLE && !sampled) || (part == ASK_REST && sampled))
            continue;
        const TimelineRun *run = &g_array_index(runs, TimelineRun, i);
        Asked asked = {(uint8_t)variant, sampled, (uint32_t)run->representative};
        g_array_append_val(question->asked, asked);
    }
}

VideoQuestion *video_question_new(const VideoFrames *frames, unsigned distance,
                                  unsigned min_quality)
{
    VideoQuestion *question = g_new0(VideoQuestion, 1);
    question->frames = frames;
    question->options = (TimelineOptions){.distance = distance, .min_quality = min_quality};
    question->asked = g_array_new(FALSE, FALSE, sizeof(Asked));
    question->nominees = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    for (unsigned half = 0; half < 2; half++) {
        const GArray *base = frames->variants[half * ORIENTATION_COUNT];
        if (base != NULL)
            question->runs[half] = timeline_runs(timeline_of(base), min_quality);
    }
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++)
        ask_variant(question, variant, is_asked_fully(variant) ? ASK_ALL : ASK_SAMPLE);
    return question;
}

void video_question_free(VideoQuestion *question)
{
    if (question == NULL)
        return;
    for (unsigned half = 0; half < 2; half++)
        if (question->runs[half] != NULL)
            g_array_unref(question->runs[half]);
    g_array_unref(question->asked);
    g_hash_table_unref(question->nominees);
    g_free(question);
}

static void begin_second_round(VideoQuestion *question)
{
    question->second_round = true;
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++)
        if (!is_asked_fully(variant) && question->sample_hits[variant])
            ask_variant(question, variant, ASK_REST);
}

size_t video_question_next(VideoQuestion *question, const uint8_t (**ret_values)[PDQ_BYTES])
{
    if (question->next == question->asked->len && !question->second_round)
        begin_second_round(question);
    question->batch = question->next;
    size_t count = 0;
    for (; question->next < question->asked->len && count < BATCH_VALUES; count++) {
        const Asked *asked = &g_array_index(question->asked, Asked, question->next++);
        const FrameHash *frame =
            &g_array_index(frames_of(question, asked->variant), FrameHash, asked->frame);
        memcpy(question->values[count], frame->hash, PDQ_BYTES);
    }
    *ret_values = (const uint8_t(*)[PDQ_BYTES])question->values;
    return count;
}

void video_question_take(VideoQuestion *question, const IndexHits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const IndexHit *hit = &hits->items[i];
        const Asked *asked = &g_array_index(question->asked, Asked, question->batch + hit->query);
        VideoNominee *nominee = g_hash_table_lookup(question->nominees, &hit->entry_id);
        if (nominee == NULL) {
            nominee = g_new0(VideoNominee, 1);
            nominee->entry = hit->entry_id;
            g_hash_table_insert(question->nominees, &nominee->entry, nominee);
        }
        nominee->runs[asked->variant]++;
        question->sample_hits[asked->variant] |= asked->in_sample;
    }
}

static uint32_t best_runs(const VideoNominee *nominee)
{
    uint32_t best = 0;
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++)
        best = MAX(best, nominee->runs[variant]);
    return best;
}

static int compare_nominees(const void *a, const void *b)
{
    const VideoNominee *left = a, *right = b;
    uint32_t left_runs = best_runs(left), right_runs = best_runs(right);
    if (left_runs != right_runs)
        return left_runs > right_runs ? -1 : 1;
    return left->entry < right->entry ? -1 : left->entry > right->entry;
}

GArray *video_question_nominees(const VideoQuestion *question)
{
    GArray *nominees = g_array_new(FALSE, FALSE, sizeof(VideoNominee));
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, question->nominees);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_array_append_vals(nominees, value, 1);
    g_array_sort(nominees, compare_nominees);
    g_array_set_size(nominees, MIN(nominees->len, VIDEO_NOMINEES_MAX));
    return nominees;
}

// ---- Findings ---------------------------------------------------------------------------------

void video_finding_clear(VideoFinding *finding)
{
    if (finding->pieces != NULL)
        g_array_unref(finding->pieces);
    *finding = (VideoFinding){0};
}

static int compare_by_matched(const void *a, const void *b)
{
    const MatchPiece *left = a, *right = b;
    if (left->matched != right->matched)
        return left->matched > right->matched ? -1 : 1;
    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->their_from < right->their_from ? -1 : left->their_from > right->their_from;
}

static int compare_by_time(const void *a, const void *b)
{
    const MatchPiece *left = a, *right = b;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->their_from < right->their_from ? -1 : left->their_from > right->their_from;
}

static unsigned nearest_of_pieces(const MatchVideo *video)
{
    unsigned nearest = NOTHING_NEAR;
    for (unsigned i = 0; i < video->piece_count; i++)
        nearest = MIN(nearest, video->pieces[i].distance);
    return nearest;
}

// Takes the pieces over, the best of them in order of time. Returns the distance of the best one.
static unsigned finding_take(VideoFinding *finding, GArray *pieces)
{
    g_array_sort(pieces, compare_by_matched);
    unsigned distance = g_array_index(pieces, MatchPiece, 0).distance;
    g_array_set_size(pieces, MIN(pieces->len, VIDEO_PIECES_MAX));
    g_array_sort(pieces, compare_by_time);
    finding->pieces = pieces;
    finding->video.pieces = (const MatchPiece *)pieces->data;
    finding->video.piece_count = pieces->len;
    return distance;
}

static size_t count_explained(const GArray *pieces)
{
    size_t frames = 0;
    for (unsigned i = 0; i < pieces->len; i++)
        frames += g_array_index(pieces, MatchPiece, i).matched;
    return frames;
}

// ---- Where a picture shows among frames ---------------------------------------------------------

static unsigned nearest_value(const FrameHash *frame, const uint8_t (*values)[PDQ_BYTES],
                              size_t count)
{
    unsigned nearest = NOTHING_NEAR;
    for (size_t i = 0; i < count; i++) {
        unsigned distance = pdq_distance(frame->hash, values[i]);
        nearest = MIN(nearest, distance);
    }
    return nearest;
}

static void close_stretch(MatchPiece *piece, GArray *pieces)
{
    if (piece->frames > 0)
        g_array_append_val(pieces, *piece);
    *piece = (MatchPiece){0};
}

// Consecutive frames within the distance of any of the values: of MatchPiece with `from` and `to`
// only, and the distance of the nearest. Frames of low quality part nothing.
static GArray *find_stretches(Timeline frames, const uint8_t (*values)[PDQ_BYTES], size_t count,
                              TimelineOptions options)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(MatchPiece));
    MatchPiece piece = {0};
    for (size_t i = 0; i < frames.count; i++) {
        const FrameHash *frame = &frames.frames[i];
        if (frame->quality < options.min_quality)
            continue;
        unsigned distance = nearest_value(frame, values, count);
        if (distance > options.distance) {
            close_stretch(&piece, pieces);
            continue;
        }
        double seconds = frame->milliseconds / MILLISECONDS;
        if (piece.frames++ == 0)
            piece = (MatchPiece){.from = seconds, .frames = 1, .distance = distance};
        piece.to = seconds;
        piece.matched = piece.frames;
        piece.distance = MIN(piece.distance, distance);
    }
    close_stretch(&piece, pieces);
    return pieces;
}

// ---- A video asks -----------------------------------------------------------------------------

static GArray *pieces_of(const VideoQuestion *question, unsigned variant, const VideoKnown *known)
{
    Timeline ours = timeline_of(frames_of(question, variant));
    if (known->frame_count > 0)
        return timeline_align(ours, (Timeline){known->frames, known->frame_count},
                              question->options);
    return find_stretches(ours, known->values, known->value_count, question->options);
}

// The VIDEO_VARIANTS_MAX variants with most runs, as bits. Of equals the first; those with far
// fewer than the best are not worth it.
static unsigned choose_variants(const VideoNominee *nominee)
{
    unsigned chosen = 0;
    for (unsigned count = 0; count < VIDEO_VARIANTS_MAX; count++) {
        uint32_t most = best_runs(nominee) / WORTH_PART;
        unsigned best = FRAME_VARIANT_COUNT;
        for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++) {
            if (chosen & 1u << variant || nominee->runs[variant] <= most)
                continue;
            most = nominee->runs[variant];
            best = variant;
        }
        if (best < FRAME_VARIANT_COUNT)
            chosen |= 1u << best;
    }
    return chosen;
}

// The pieces of the best variant, NULL when there are none.
static GArray *best_pieces(const VideoQuestion *question, const VideoNominee *nominee,
                           const VideoKnown *known, unsigned *ret_variant)
{
    unsigned chosen = choose_variants(nominee);
    g_autoptr(GArray) best = NULL;
    for (unsigned variant = 0; variant < FRAME_VARIANT_COUNT; variant++) {
        if (!(chosen & 1u << variant))
            continue;
        g_autoptr(GArray) pieces = pieces_of(question, variant, known);
        if (pieces->len == 0 || (best != NULL && count_explained(pieces) <= count_explained(best)))
            continue;
        g_clear_pointer(&best, g_array_unref);
        best = g_steal_pointer(&pieces);
        *ret_variant = variant;
    }
    return g_steal_pointer(&best);
}

bool video_match_video(const VideoQuestion *question, const VideoNominee *nominee,
                       const VideoKnown *known, Match *match, VideoFinding *finding)
{
    unsigned variant = 0;
    GArray *pieces = best_pieces(question, nominee, known, &variant);
    if (pieces == NULL)
        return false;
    match->type = MATCH_NEAR;
    match->pipeline = PIPELINE_COUNT;
    match->orientation = variant % ORIENTATION_COUNT;
    match->distance = finding_take(finding, pieces);
    MatchVideo *video = &finding->video;
    video->item_is_video = true;
    video->entry_is_video = known->frame_count > 0;
    video->pipeline = question->frames->pipeline;
    video->is_trimmed = variant >= ORIENTATION_COUNT;
    video->item_percent = video->entry_percent = -1;
    if (!video->entry_is_video)
        match->distance = nearest_of_pieces(video);
    else
        timeline_bag(timeline_of(frames_of(question, variant)),
                     (Timeline){known->frames, known->frame_count}, question->options,
                     &video->item_percent, &video->entry_percent);
    return true;
}

// ---- A still asks -----------------------------------------------------------------------------

// The value that comes nearest to any frame; of equals the first.
static unsigned nearest_of(const AskedValues *asked, Timeline frames, size_t *ret_value)
{
    unsigned nearest = NOTHING_NEAR;
    for (size_t value = 0; value < asked->count; value++) {
        for (size_t i = 0; i < frames.count; i++) {
            if (frames.frames[i].quality < FRAME_QUALITY_MIN)
                continue;
            unsigned distance = pdq_distance(frames.frames[i].hash, asked->values[value]);
            if (distance < nearest) {
                nearest = distance;
                *ret_value = value;
            }
        }
    }
    return nearest;
}

bool video_match_still(const AskedValues *asked, const VideoKnown *known, Match *match,
                       VideoFinding *finding)
{
    Timeline theirs = {known->frames, known->frame_count};
    size_t value = 0;
    unsigned nearest = nearest_of(asked, theirs, &value);
    if (nearest > asked->distance)
        return false;
    GArray *pieces = find_stretches(
        theirs, &asked->values[value], 1,
        (TimelineOptions){.distance = asked->distance, .min_quality = FRAME_QUALITY_MIN});
    for (unsigned i = 0; i < pieces->len; i++) {
        MatchPiece *piece = &g_array_index(pieces, MatchPiece, i);
        piece->their_from = piece->from;
        piece->their_to = piece->to;
        piece->from = piece->to = 0;
    }
    finding_take(finding, pieces);
    match->type = MATCH_NEAR;
    match->distance = nearest;
    match->pipeline = asked->pipelines[value];
    match->orientation = asked->orientations[value];
    match->in_thumbnail = asked->is_thumbnail;
    MatchVideo *video = &finding->video;
    video->entry_is_video = true;
    video->is_trimmed = match->pipeline < PIPELINE_COUNT && pipeline_is_trimmed(match->pipeline);
    video->item_percent = video->entry_percent = -1;
    return true;
}
