// SPDX-License-Identifier: Apache-2.0
//
// The index with the frames of known videos, one a second: building, size, memory, speed and recall
// through its public calls, one thread, beside a plain linear scan. Every figure is printed as text
// and as one tab-separated line: ROW, name, value, unit, target, peer, ratio to the peer.
//
//     bench_frames [--values N] [--folder DIR] [--kind frames|random] [--max-hits N]
//
// Values are made, not kept: value i is a function of i, so that 50 million take no memory here.
// Videos have 600 frames. Of the frames 5 % are templates, which thousands of videos share to
// within a few bits; the others are shots of 1 to 16 frames that wander: 60 % of the steps turn at
// most 8 bits, the others 9 to 40. Every 500th video is one static shot within 10 bits.
#include "index/index.h"
#include "index/index_builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RADIUS 31u
#define CHUNK_ROWS 4096u
#define VIDEO_FRAMES 600u
#define SHOT_FRAMES 16u // at most
#define TEMPLATES 64u
#define TEMPLATE_PERCENT 5u
#define STATIC_EVERY 500u
#define ORACLE_QUERIES 64u
#define QUERIES 4000u
#define NEVER UINT32_MAX

typedef uint8_t Value[HAMMING_BYTES];

typedef struct {
    uint32_t values;
    uint32_t max_hits;
    const char *folder;
    bool random; // all values unrelated
    char *path;
} Bench;

static uint64_t mix(uint64_t number)
{
    number += 0x9e3779b97f4a7c15u;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
    number = (number ^ number >> 27) * 0x94d049bb133111ebu;
    return number ^ number >> 31;
}

// A stream of numbers for one purpose.
static uint64_t next_random(uint64_t *state)
{
    return mix((*state)++ * 0xd1342543de82ef95u);
}

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// A line of /proc/self/status, in megabytes: VmRSS, VmHWM.
static double status_megabytes(const char *name)
{
    char line[256];
    double kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0)
            kilobytes = strtod(line + strlen(name) + 1, NULL);
    }
    if (file != NULL)
        fclose(file);
    return kilobytes * 1024 / 1e6;
}

static void print_row(const Bench *bench, const char *name, double value, const char *unit,
                      const char *target)
{
    g_autofree char *row = g_strdup_printf("%.3gM %s, %s", bench->values / 1e6,
                                           bench->random ? "random" : "frames", name);
    printf("%-52s %14.4f %-6s target %s\n", row, value, unit, target);
    printf("ROW\t%s\t%.6g\t%s\t%s\t-\t-\n", row, value, unit, target);
    fflush(stdout);
}

static void stop(GError *error)
{
    fprintf(stderr, "bench_frames: %s\n", error->message);
    exit(2);
}

static void random_value(uint64_t *state, Value value)
{
    for (uint32_t word = 0; word < 4; word++) {
        uint64_t bits = next_random(state);
        memcpy(value + 8 * word, &bits, sizeof bits);
    }
}

// Turns `count` bits, some perhaps back.
static void wander(uint64_t *state, Value value, uint32_t count)
{
    while (count-- > 0) {
        uint32_t bit = (uint32_t)next_random(state) % HAMMING_BITS;
        value[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static bool frame_of_template(uint32_t frame, Value value)
{
    uint64_t state = mix(frame ^ 0x7e3a1c00000000ull);
    if (next_random(&state) % 100 >= TEMPLATE_PERCENT)
        return false;
    // Of two numbers the lesser, so that some templates are much more frequent than others.
    uint64_t first = next_random(&state) % TEMPLATES;
    uint64_t second = next_random(&state) % TEMPLATES;
    uint64_t seed = mix(MIN(first, second) ^ 0x51ull << 56);
    random_value(&seed, value);
    wander(&state, value, (uint32_t)(next_random(&state) % 7));
    return true;
}

// Shots are cut at multiples of SHOT_FRAMES and at most once between.
static void frame_of_shot(uint32_t frame, Value value)
{
    uint32_t start = frame - frame % SHOT_FRAMES;
    uint32_t cut = start + (uint32_t)(mix(start) % SHOT_FRAMES);
    uint32_t shot = frame >= cut ? cut : start;
    uint64_t state = mix(shot ^ 0x540700000000ull);
    random_value(&state, value);
    for (uint32_t at = shot; at < frame; at++) {
        uint64_t step = next_random(&state);
        wander(&state, value, step % 100 < 60 ? step >> 32 & 7 : 9 + (step >> 32) % 32);
    }
}

static void value_of(const Bench *bench, uint32_t frame, Value value)
{
    uint64_t state = mix(frame ^ 0xa11ull << 52);
    uint32_t video = frame / VIDEO_FRAMES;
    if (bench->random) {
        random_value(&state, value);
    } else if (video % STATIC_EVERY == STATIC_EVERY - 1) {
        uint64_t seed = mix(video ^ 0x57a71cull << 40);
        random_value(&seed, value);
        wander(&state, value, (uint32_t)(next_random(&state) % 6));
    } else if (!frame_of_template(frame, value)) {
        frame_of_shot(frame, value);
    }
}

static void build_file(const Bench *bench)
{
    GError *error = NULL;
    double making = 0;
    double start = clock_seconds(CLOCK_MONOTONIC);
    double before = status_megabytes("VmRSS");
    g_autoptr(IndexBuilder) builder =
        index_builder_new(bench->path, (IndexBuilderOptions){0}, &error);
    g_autofree IndexRow *rows = g_new0(IndexRow, CHUNK_ROWS);
    for (uint32_t done = 0; error == NULL && done < bench->values;) {
        uint32_t part = MIN(CHUNK_ROWS, bench->values - done);
        double begun = clock_seconds(CLOCK_MONOTONIC);
        for (uint32_t i = 0; i < part; i++) {
            rows[i] = (IndexRow){.type = INDEX_PDQ, .set_id = 1};
            rows[i].entry_id = (done + i) / VIDEO_FRAMES + 1;
            value_of(bench, done + i, rows[i].value);
        }
        making += clock_seconds(CLOCK_MONOTONIC) - begun;
        index_builder_add(builder, rows, part, &error);
        done += part;
    }
    if (error == NULL)
        index_builder_write(builder, (IndexStamp){1, 1}, &error);
    if (error != NULL)
        stop(error);
    double seconds = clock_seconds(CLOCK_MONOTONIC) - start - making;
    print_row(bench, "build, one thread", seconds, "s", "-");
    print_row(bench, "build, most memory", status_megabytes("VmHWM") - before, "MB", "-");
}

static Index *open_index(const Bench *bench)
{
    GError *error = NULL;
    double start = clock_seconds(CLOCK_MONOTONIC);
    Index *index = index_open(bench->path, &error);
    if (index == NULL)
        stop(error);
    print_row(bench, "open", (clock_seconds(CLOCK_MONOTONIC) - start) * 1e3, "ms", "-");
    const IndexFileInfo *info = index_info(index);
    print_row(bench, "distinct values", info->values[INDEX_PDQ], "", "-");
    print_row(bench, "file", (double)info->file_bytes / 1e6, "MB", "-");
    const HammingPlan *plan = hamming_index_plan(index_file_pdq(index_file(index)));
    printf("tables (bits/radius):");
    for (uint32_t i = 0; i < plan->table_count; i++)
        printf(" %u/%u", plan->substrings[i].bits, plan->substrings[i].radius);
    printf("\n");
    return index;
}

static bool ask(Index *index, const Value *value, uint32_t max_hits, IndexHits *hits)
{
    GError *error = NULL;
    bool frequent;
    IndexPdqQuery query = {value, 1, RADIUS, NULL, max_hits, &frequent};
    hits->count = 0;
    if (!index_query_pdq(index, &query, hits, &error))
        stop(error);
    return frequent;
}

// What queries are made of: known frames as they come, with 0..31 bits turned; frames of unknown
// videos; known frames of static videos; templates.
typedef enum { ASK_KNOWN, ASK_UNKNOWN, ASK_STATIC, ASK_TEMPLATE, ASK_KINDS } AskKind;

static const char *const ask_names[ASK_KINDS] = {"known", "unknown", "static", "template"};

static uint32_t frame_to_ask(const Bench *bench, AskKind kind, uint64_t *state)
{
    uint32_t frame = (uint32_t)(next_random(state) % bench->values);
    Value unused;
    if (kind == ASK_UNKNOWN)
        return NEVER - frame;
    if (kind == ASK_STATIC) {
        uint32_t statics = bench->values / VIDEO_FRAMES / STATIC_EVERY;
        uint32_t video = (statics > 0 ? frame % statics : 0) * STATIC_EVERY + STATIC_EVERY - 1;
        return video * VIDEO_FRAMES + frame % VIDEO_FRAMES;
    }
    while (kind == ASK_TEMPLATE && !frame_of_template(frame, unused))
        frame++;
    return frame;
}

static Value *make_queries(const Bench *bench, AskKind kind, uint32_t count)
{
    uint64_t state = mix(kind + 77);
    Value *queries = g_new0(Value, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t frame = frame_to_ask(bench, kind, &state);
        value_of(bench, frame, queries[i]);
        wander(&state, queries[i], kind == ASK_KNOWN ? i % (RADIUS + 1) : i % 4);
    }
    return queries;
}

static void measure_rate(const Bench *bench, Index *index, AskKind kind, uint32_t max_hits)
{
    uint32_t count = kind == ASK_KNOWN || kind == ASK_UNKNOWN ? QUERIES : QUERIES / 20;
    g_autofree Value *queries = make_queries(bench, kind, count);
    IndexHits hits = {0};
    uint64_t found = 0;
    uint32_t frequent = 0;
    double slowest = 0;
    double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (uint32_t i = 0; i < count; i++) {
        double begun = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
        frequent += ask(index, (const Value *)queries[i], max_hits, &hits);
        slowest = fmax(slowest, clock_seconds(CLOCK_THREAD_CPUTIME_ID) - begun);
        found += hits.count;
    }
    double rate = count / (clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start);
    g_autofree char *cap =
        max_hits > 0 ? g_strdup_printf("at most %u hits", max_hits) : g_strdup("no cap");
    g_autofree char *name = g_strdup_printf("%s values, %s", ask_names[kind], cap);
    print_row(bench, name, rate, "1/s", "-");
    printf("    %.1f hits a value, %.1f %% frequent, %.1f %% by scan, slowest %.2f ms, room %zu\n",
           (double)found / count, 100.0 * frequent / count, 100.0 * (double)hits.scans / count,
           slowest * 1e3, hits.capacity);
    index_hits_clear(&hits);
}

static uint32_t plain_distance(const uint8_t *a, const uint8_t *b)
{
    uint32_t distance = 0;
    for (uint32_t i = 0; i < HAMMING_BYTES; i += 8) {
        uint64_t left;
        uint64_t right;
        memcpy(&left, a + i, 8);
        memcpy(&right, b + i, 8);
        distance += (uint32_t)__builtin_popcountll(left ^ right);
    }
    return distance;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

// The entries near each of the queries by a scan over all values, and whether the index says the
// same, entry by entry.
static void measure_recall(const Bench *bench, Index *index)
{
    Value *queries[ASK_KINDS];
    GArray *near[ORACLE_QUERIES];
    uint64_t expected = 0;
    uint64_t agreed = 0;
    for (AskKind kind = 0; kind < ASK_KINDS; kind++)
        queries[kind] = make_queries(bench, kind, ORACLE_QUERIES);
    for (uint32_t i = 0; i < ORACLE_QUERIES; i++)
        near[i] = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (uint32_t frame = 0; frame < bench->values; frame++) {
        Value value;
        uint64_t entry = frame / VIDEO_FRAMES + 1;
        value_of(bench, frame, value);
        for (uint32_t i = 0; i < ORACLE_QUERIES; i++) {
            GArray *list = near[i];
            if (plain_distance(queries[i % ASK_KINDS][i], value) <= RADIUS &&
                (list->len == 0 || g_array_index(list, uint64_t, list->len - 1) != entry))
                g_array_append_val(list, entry);
        }
    }
    IndexHits hits = {0};
    for (uint32_t i = 0; i < ORACLE_QUERIES; i++) {
        ask(index, (const Value *)queries[i % ASK_KINDS][i], 0, &hits);
        expected += MAX(hits.count, near[i]->len);
        for (size_t k = 0; k < hits.count; k++)
            agreed += bsearch(&hits.items[k].entry_id, near[i]->data, near[i]->len,
                              sizeof(uint64_t), compare_numbers) != NULL;
        g_array_unref(near[i]);
    }
    index_hits_clear(&hits);
    for (AskKind kind = 0; kind < ASK_KINDS; kind++)
        g_free(queries[kind]);
    print_row(bench, "recall", (double)agreed / (double)expected, "", "1.0000");
}

// The first query, and as many as make nearly all of the file be read and checked.
static void measure_loading(const Bench *bench, Index *index)
{
    g_autofree Value *queries = make_queries(bench, ASK_UNKNOWN, QUERIES);
    IndexHits hits = {0};
    double start = clock_seconds(CLOCK_MONOTONIC);
    ask(index, (const Value *)queries[0], 0, &hits);
    double first = clock_seconds(CLOCK_MONOTONIC) - start;
    for (uint32_t i = 1; i < QUERIES; i++)
        ask(index, (const Value *)queries[i], bench->max_hits, &hits);
    print_row(bench, "first query, cold", first * 1e3, "ms", "-");
    print_row(bench, "loading", clock_seconds(CLOCK_MONOTONIC) - start, "s", "-");
    index_hits_clear(&hits);
}

static void measure(const Bench *bench)
{
    build_file(bench);
    double before = status_megabytes("VmRSS");
    g_autoptr(Index) index = open_index(bench);
    measure_loading(bench, index);
    print_row(bench, "resident", status_megabytes("VmRSS") - before, "MB", "-");
    for (AskKind kind = 0; kind < (bench->random ? ASK_STATIC : ASK_KINDS); kind++) {
        measure_rate(bench, index, kind, 0);
        measure_rate(bench, index, kind, bench->max_hits);
    }
    measure_recall(bench, index);
}

static void parse_arguments(Bench *bench, int count, char **arguments)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *value = arguments[i + 1];
        if (strcmp(arguments[i], "--values") == 0)
            bench->values = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--folder") == 0)
            bench->folder = value;
        else if (strcmp(arguments[i], "--max-hits") == 0)
            bench->max_hits = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--kind") == 0)
            bench->random = strcmp(value, "random") == 0;
        else
            bench->values = 0;
    }
    if (count % 2 == 0 || bench->values < VIDEO_FRAMES) {
        fprintf(stderr, "usage: bench_frames [--values N] [--folder DIR] [--kind frames|random] "
                        "[--max-hits N]\n");
        exit(2);
    }
}

int main(int count, char **arguments)
{
    Bench bench = {.values = 5000000, .max_hits = 1000, .folder = g_get_tmp_dir()};
    parse_arguments(&bench, count, arguments);
    g_autofree char *path = g_build_filename(bench.folder, "bench-frames.index", NULL);
    bench.path = path;
    measure(&bench);
    unlink(bench.path);
    return 0;
}
