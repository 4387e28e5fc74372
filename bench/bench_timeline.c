// SPDX-License-Identifier: Apache-2.0
//
// A video of ten minutes against the frames of known ones, one a second: asking the index with all
// variants, choosing what to compare, aligning it; CPU time of one thread. What the store would
// give is made here, so reading entries from the database is not counted. Every figure is printed
// as text and as one tab-separated line: ROW, name, value, unit, target, peer, ratio to the peer.
//
//     bench_timeline [--values N] [--folder DIR]
//
// Known videos last an hour. Values are made, not kept: value i is a function of i. Of the frames
// 5 % are templates that very many videos share; the others are shots of 1 to 16 frames that
// wander: 60 % of the steps turn at most 7 bits, the others up to 40. 36 million are 10,000 hours.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cases/video_match.h"
#include "index/index.h"
#include "index/index_builder.h"

#define DISTANCE 31u
#define CHUNK_ROWS 4096u
#define KNOWN_FRAMES 3600u
#define ASKED_FRAMES 600u
#define PIECE_FRAMES 60u // of a known video in one that asks
#define SHOT_FRAMES 16u
#define TEMPLATES 64u
#define TEMPLATE_PERCENT 5u
#define ROUNDS 5u // of which the middle one is told

typedef struct {
    uint32_t values;
    const char *folder;
    char *path;
} Bench;

static uint64_t mix(uint64_t number)
{
    number += 0x9e3779b97f4a7c15u;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
    number = (number ^ number >> 27) * 0x94d049bb133111ebu;
    return number ^ number >> 31;
}

static uint64_t next_random(uint64_t *state)
{
    return mix((*state)++ * 0xd1342543de82ef95u);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void stop(GError *error)
{
    fprintf(stderr, "bench_timeline: %s\n", error->message);
    exit(2);
}

static void random_value(uint64_t seed, uint8_t value[PDQ_BYTES])
{
    for (unsigned word = 0; word < PDQ_BYTES / sizeof seed; word++) {
        uint64_t bits = next_random(&seed);
        memcpy(value + sizeof bits * word, &bits, sizeof bits);
    }
}

static void wander(uint64_t *state, uint8_t value[PDQ_BYTES], uint32_t count)
{
    while (count-- > 0) {
        uint32_t bit = (uint32_t)next_random(state) % (8 * PDQ_BYTES);
        value[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void value_of(uint32_t frame, uint8_t value[PDQ_BYTES])
{
    uint64_t state = mix(frame ^ 0x7e3a1c00000000ull);
    if (next_random(&state) % 100 < TEMPLATE_PERCENT) {
        random_value(mix(next_random(&state) % TEMPLATES), value);
        wander(&state, value, (uint32_t)(next_random(&state) % 7));
        return;
    }
    uint32_t start = frame - frame % SHOT_FRAMES;
    uint32_t cut = start + (uint32_t)(mix(start) % SHOT_FRAMES);
    uint32_t shot = frame >= cut ? cut : start;
    state = mix(shot ^ 0x540700000000ull);
    random_value(next_random(&state), value);
    for (uint32_t at = shot; at < frame; at++) {
        uint64_t step = next_random(&state);
        wander(&state, value, step % 100 < 60 ? step >> 32 & 7 : 9 + (step >> 32) % 32);
    }
}

static void build_file(const Bench *bench)
{
    GError *error = NULL;
    g_autoptr(IndexBuilder) builder =
        index_builder_new(bench->path, (IndexBuilderOptions){0}, &error);
    g_autofree IndexRow *rows = g_new0(IndexRow, CHUNK_ROWS);
    for (uint32_t done = 0; error == NULL && done < bench->values;) {
        uint32_t part = MIN(CHUNK_ROWS, bench->values - done);
        for (uint32_t i = 0; i < part; i++) {
            rows[i] = (IndexRow){.type = INDEX_PDQ, .set_id = 1};
            rows[i].entry_id = (done + i) / KNOWN_FRAMES + 1;
            value_of(done + i, rows[i].value);
        }
        index_builder_add(builder, rows, part, &error);
        done += part;
    }
    if (error == NULL)
        index_builder_write(builder, (IndexStamp){1, 1}, &error);
    if (error != NULL)
        stop(error);
}

// ---- Asking -----------------------------------------------------------------------------------

static GArray *frames_from(uint32_t first, uint32_t count, GArray *frames)
{
    if (frames == NULL)
        frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    for (uint32_t i = 0; i < count; i++) {
        FrameHash frame = {
            .number = frames->len, .milliseconds = frames->len * 1000, .quality = 100};
        value_of(first + i, frame.hash);
        g_array_append_val(frames, frame);
    }
    return frames;
}

// Frames of numbers that no known video has.
static GArray *unknown_frames(uint32_t number)
{
    return frames_from(UINT32_MAX - (number + 1) * 2 * ASKED_FRAMES, ASKED_FRAMES, NULL);
}

// Every variant asks; those but the first show nothing known.
static VideoFrames *video_of(const Bench *bench, bool is_known, uint32_t round)
{
    VideoFrames *video = video_frames_new(FRAMES_VPDQ);
    for (unsigned i = 1; i < FRAME_VARIANT_COUNT; i++)
        video->variants[i] = unknown_frames(round * FRAME_VARIANT_COUNT + i);
    if (!is_known) {
        video->variants[0] = unknown_frames(round * FRAME_VARIANT_COUNT);
        return video;
    }
    uint64_t state = mix(round);
    while (video->variants[0] == NULL || video->variants[0]->len < ASKED_FRAMES) {
        uint32_t first = (uint32_t)(next_random(&state) % (bench->values - PIECE_FRAMES));
        video->variants[0] = frames_from(first, PIECE_FRAMES, video->variants[0]);
    }
    for (unsigned i = 0; i < video->variants[0]->len; i++)
        wander(&state, g_array_index(video->variants[0], FrameHash, i).hash, 4);
    return video;
}

typedef struct {
    size_t values, nominees, matches, pieces;
    double asking, comparing;
} Answer;

static void ask(Index *index, VideoQuestion *question, Answer *answer)
{
    GError *error = NULL;
    IndexHits hits = {0};
    const uint8_t(*values)[PDQ_BYTES];
    size_t count;
    while ((count = video_question_next(question, &values)) > 0) {
        hits.count = 0;
        IndexPdqQuery query = {
            .values = values, .count = count, .radius = DISTANCE, .max_hits = VIDEO_HITS_MAX};
        if (!index_query_pdq(index, &query, &hits, &error))
            stop(error);
        video_question_take(question, &hits);
        answer->values += count;
    }
    index_hits_clear(&hits);
}

// The time that making the frames takes is not counted.
static void compare(const VideoQuestion *question, Answer *answer)
{
    g_autoptr(GArray) nominees = video_question_nominees(question);
    answer->nominees = nominees->len;
    for (unsigned i = 0; i < nominees->len; i++) {
        const VideoNominee *nominee = &g_array_index(nominees, VideoNominee, i);
        g_autoptr(GArray) theirs =
            frames_from((uint32_t)(nominee->entry - 1) * KNOWN_FRAMES, KNOWN_FRAMES, NULL);
        VideoKnown known = {.frames = (const FrameHash *)theirs->data, .frame_count = theirs->len};
        Match match = {0};
        g_auto(VideoFinding) finding = {0};
        double start = seconds_now();
        answer->matches += video_match_video(question, nominee, &known, &match, &finding);
        answer->comparing += seconds_now() - start;
        answer->pieces += finding.video.piece_count;
    }
}

static Answer answer_of(const Bench *bench, Index *index, bool is_known, uint32_t round)
{
    Answer answer = {0};
    g_autoptr(VideoFrames) video = video_of(bench, is_known, round);
    double start = seconds_now();
    g_autoptr(VideoQuestion) question = video_question_new(video, DISTANCE, FRAME_QUALITY_MIN);
    ask(index, question, &answer);
    answer.asking = seconds_now() - start;
    compare(question, &answer);
    return answer;
}

static int compare_answers(const void *a, const void *b)
{
    const Answer *left = a, *right = b;
    double left_seconds = left->asking + left->comparing;
    double right_seconds = right->asking + right->comparing;
    return left_seconds < right_seconds ? -1 : left_seconds > right_seconds;
}

static void measure(const Bench *bench, Index *index, bool is_known)
{
    Answer answers[ROUNDS];
    for (unsigned round = 0; round < ROUNDS; round++)
        answers[round] = answer_of(bench, index, is_known, round);
    qsort(answers, ROUNDS, sizeof *answers, compare_answers);
    const Answer *middle = &answers[ROUNDS / 2];
    g_autofree char *name =
        g_strdup_printf("10 minutes against %.0f hours, %s", bench->values / 3600.0,
                        is_known ? "ten known pieces" : "nothing known");
    printf("%-60s %8.3f s: %zu values asked in %.3f s, %zu entries compared in %.3f s, "
           "%zu matches, %zu pieces\n",
           name, middle->asking + middle->comparing, middle->values, middle->asking,
           middle->nominees, middle->comparing, middle->matches, middle->pieces);
    printf("ROW\t%s\t%.4f\ts\t< 1\t-\t-\n", name, middle->asking + middle->comparing);
}

static void parse_arguments(Bench *bench, int count, char **arguments)
{
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--values") == 0)
            bench->values = (uint32_t)strtoul(arguments[i + 1], NULL, 10);
        else if (strcmp(arguments[i], "--folder") == 0)
            bench->folder = arguments[i + 1];
        else
            bench->values = 0;
    }
    if (count % 2 == 0 || bench->values < 2 * KNOWN_FRAMES) {
        fprintf(stderr, "usage: bench_timeline [--values N] [--folder DIR]\n");
        exit(2);
    }
    bench->values -= bench->values % KNOWN_FRAMES;
}

int main(int count, char **arguments)
{
    Bench bench = {.values = 5000000, .folder = g_get_tmp_dir()};
    parse_arguments(&bench, count, arguments);
    g_autofree char *path = g_build_filename(bench.folder, "bench-timeline.index", NULL);
    bench.path = path;
    build_file(&bench);
    GError *error = NULL;
    g_autoptr(Index) index = index_open(path, &error);
    if (index == NULL)
        stop(error);
    measure(&bench, index, false); // loads the file
    measure(&bench, index, false);
    measure(&bench, index, true);
    unlink(path);
    return 0;
}
