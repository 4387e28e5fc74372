// SPDX-License-Identifier: Apache-2.0
//
// Speed, memory and recall of the index through its public calls, one thread, beside a plain linear
// scan and, when it was built, Faiss (peer_faiss). Every figure is printed as text and as one
// tab-separated line: ROW, name, value, unit, target, peer, ratio to the peer ("-": none).
//
//     bench_index [--values N] [--folder DIR] [--real FILE] [--rounds N]
//
// --values: of the largest index, 10 million unless told. --real: PDQ hashes of real pictures, 32
// bytes each (make_pdq_values makes them). Rates count the thread's CPU time, medians of the
// rounds; build and open times are by the wall clock.
#include "base/error.h"
#include "index/index.h"
#include "index/index_builder.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RADIUS 31u
#define CHUNK_ROWS 4096u
#define MAX_ROUNDS 32u
#define ORACLE_QUERIES 32u

typedef uint8_t Value[HAMMING_BYTES];

typedef struct {
    uint32_t values;
    uint32_t rounds;
    const char *folder;
    const char *real;
    char *path;       // of the index file in use
    const char *peer; // program, or NULL
} Bench;

// Values, and queries of which query i lies at distance `distances[i]` from value `planted[i]`.
typedef struct {
    Value *values;
    uint32_t count;
    Value *queries;
    uint32_t *planted;
    uint32_t *distances;
    uint32_t query_count;
} Data;

typedef struct {
    const char *name;
    double value;
    const char *unit;
    const char *target;
    const char *peer;
    double ratio; // 0: no peer
} Row;

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void)
{
    uint64_t mixed = (random_state += 0x9e3779b97f4a7c15u);
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double wall_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

static double cpu_seconds(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

static double resident_megabytes(void)
{
    long total = 0;
    long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    if (file != NULL)
        fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare_doubles);
    return numbers[count / 2];
}

static void print_row(Row row)
{
    char ratio[32] = "-";
    if (row.ratio > 0)
        snprintf(ratio, sizeof ratio, "%.2f", row.ratio);
    printf("%-46s %14.4f %-10s target %-10s %s%s%s\n", row.name, row.value, row.unit,
           row.target != NULL ? row.target : "-", row.peer != NULL ? row.peer : "",
           row.ratio > 0 ? " x" : "", row.ratio > 0 ? ratio : "");
    printf("ROW\t%s\t%.6g\t%s\t%s\t%s\t%s\n", row.name, row.value, row.unit,
           row.target != NULL ? row.target : "-", row.peer != NULL ? row.peer : "-", ratio);
    fflush(stdout);
}

static void stop(GError *error)
{
    fprintf(stderr, "bench_index: %s\n", error->message);
    exit(2);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "bench_index: not enough memory\n");
        exit(2);
    }
    return memory;
}

// Turns exactly `distance` different bits of the value.
static void turn_bits(Value value, uint32_t distance)
{
    Value turned = {0};
    while (distance > 0) {
        uint32_t bit = (uint32_t)next_random() % HAMMING_BITS;
        if ((turned[bit / 8] >> bit % 8 & 1) != 0)
            continue;
        turned[bit / 8] |= (uint8_t)(1u << bit % 8);
        value[bit / 8] ^= (uint8_t)(1u << bit % 8);
        distance--;
    }
}

static void plant_queries(Data *data, uint32_t query_count)
{
    data->query_count = query_count;
    data->queries = allocate(query_count, sizeof *data->queries);
    data->planted = allocate(query_count, sizeof *data->planted);
    data->distances = allocate(query_count, sizeof *data->distances);
    for (uint32_t i = 0; i < query_count; i++) {
        data->planted[i] = (uint32_t)(next_random() % data->count);
        data->distances[i] = i % (RADIUS + 1);
        memcpy(data->queries[i], data->values[data->planted[i]], sizeof(Value));
        turn_bits(data->queries[i], data->distances[i]);
    }
}

static Data random_data(uint32_t count, uint32_t query_count)
{
    Data data = {.count = count, .values = allocate(count, sizeof(Value))};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t word = 0; word < 4; word++) {
            uint64_t bits = next_random();
            memcpy(data.values[i] + 8 * word, &bits, sizeof bits);
        }
    }
    plant_queries(&data, query_count);
    return data;
}

static void free_data(Data *data)
{
    free(data->values);
    free(data->queries);
    free(data->planted);
    free(data->distances);
    malloc_trim(0);
}

// Entry id = place of the value + 1; sets are dealt out evenly.
static double build_file(const Bench *bench, const Data *data, IndexType type, uint32_t sets)
{
    GError *error = NULL;
    double start = wall_seconds();
    g_autoptr(IndexBuilder) builder =
        index_builder_new(bench->path, (IndexBuilderOptions){0}, &error);
    IndexRow *rows = allocate(CHUNK_ROWS, sizeof *rows);
    for (uint32_t done = 0; error == NULL && done < data->count;) {
        uint32_t part = MIN(CHUNK_ROWS, data->count - done);
        for (uint32_t i = 0; i < part; i++) {
            rows[i].type = type;
            rows[i].set_id = (done + i) % sets + 1;
            rows[i].entry_id = done + i + 1;
            memcpy(rows[i].value, data->values[done + i], sizeof(Value));
        }
        index_builder_add(builder, rows, part, &error);
        done += part;
    }
    free(rows);
    if (error == NULL)
        index_builder_write(builder, (IndexStamp){1, 1}, &error);
    if (error != NULL)
        stop(error);
    return wall_seconds() - start;
}

static Index *open_index(const Bench *bench)
{
    GError *error = NULL;
    Index *index = index_open(bench->path, &error);
    if (index == NULL)
        stop(error);
    return index;
}

static void query_one(Index *index, const Value *value, IndexHits *hits)
{
    GError *error = NULL;
    IndexPdqQuery query = {.values = value, .count = 1, .radius = RADIUS};
    if (!index_query_pdq(index, &query, hits, &error))
        stop(error);
}

// Queries one by one; returns queries per second. Counts planted values that were not found.
static double query_round(Index *index, const Data *data, uint64_t *missed)
{
    IndexHits hits = {0};
    double start = cpu_seconds();
    for (uint32_t i = 0; i < data->query_count; i++) {
        hits.count = 0;
        query_one(index, &data->queries[i], &hits);
        bool found = false;
        for (size_t k = 0; k < hits.count; k++)
            found |= hits.items[k].entry_id == data->planted[i] + 1ull &&
                     hits.items[k].distance == data->distances[i];
        *missed += !found;
    }
    double seconds = cpu_seconds() - start;
    index_hits_clear(&hits);
    return data->query_count / seconds;
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

// Compares a sample with a scan that shares no code with the index. Returns found / expected and
// the scan's queries per second.
static double recall_against_scan(Index *index, const Data *data, double *ret_scan_rate)
{
    uint64_t expected = 0;
    uint64_t agreed = 0;
    double scan_time = 0;
    IndexHits hits = {0};
    for (uint32_t i = 0; i < ORACLE_QUERIES && i < data->query_count; i++) {
        hits.count = 0;
        query_one(index, &data->queries[i], &hits);
        uint64_t near = 0;
        double start = cpu_seconds();
        for (uint32_t k = 0; k < data->count; k++)
            near += plain_distance(data->queries[i], data->values[k]) <= RADIUS;
        scan_time += cpu_seconds() - start;
        expected += near;
        agreed += MIN(near, hits.count);
        for (size_t k = 0; k < hits.count; k++) {
            uint32_t distance =
                plain_distance(data->queries[i], data->values[hits.items[k].entry_id - 1]);
            if (distance != hits.items[k].distance || hits.count > near)
                expected++; // a wrong hit spoils the figure
        }
    }
    *ret_scan_rate = ORACLE_QUERIES / scan_time;
    index_hits_clear(&hits);
    return expected > 0 ? (double)agreed / (double)expected : 0;
}

static double median_rate(Index *index, const Bench *bench, const Data *data, uint64_t *missed)
{
    double rates[MAX_ROUNDS];
    for (uint32_t round = 0; round < bench->rounds; round++)
        rates[round] = query_round(index, data, missed);
    return median(rates, bench->rounds);
}

static double milliseconds_until_found(Index *index)
{
    GError *error = NULL;
    IndexRow row = {.type = INDEX_PDQ, .set_id = 9, .entry_id = UINT64_MAX};
    IndexHits hits = {0};
    memset(row.value, 0x35, sizeof row.value);
    double start = wall_seconds();
    if (!index_delta_add(index_delta(index), &row, &error))
        stop(error);
    query_one(index, (const Value *)row.value, &hits);
    double seconds = wall_seconds() - start;
    if (hits.count != 1) {
        fprintf(stderr, "bench_index: the added hash was not found\n");
        exit(2);
    }
    index_hits_clear(&hits);
    return seconds * 1e3;
}

static bool write_values(const char *path, const Value *values, uint32_t count)
{
    FILE *file = fopen(path, "wbe");
    bool ok = file != NULL && fwrite(values, sizeof *values, count, file) == count;
    return file != NULL && fclose(file) == 0 && ok;
}

// Runs the Faiss program over the same values and a few of the queries. It prints NAME RATE HITS
// lines; ours is told as a ratio to each.
static void run_peer(const Bench *bench, const Data *data, const char *size, double our_rate)
{
    if (bench->peer == NULL)
        return;
    g_autofree char *values = g_strdup_printf("%s/bench-values.bin", bench->folder);
    g_autofree char *queries = g_strdup_printf("%s/bench-queries.bin", bench->folder);
    g_autofree char *command = g_strdup_printf("OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive "
                                               "'%s' '%s' '%s' %u",
                                               bench->peer, values, queries, RADIUS);
    if (write_values(values, data->values, data->count) &&
        write_values(queries, data->queries, MIN(64, data->query_count))) {
        FILE *output = popen(command, "re");
        char name[64];
        double rate;
        double build;
        while (output != NULL && fscanf(output, "%63s %lf %lf", name, &rate, &build) == 3) {
            g_autofree char *row = g_strdup_printf("%s queries, peer %s", size, name);
            print_row((Row){row, rate, "1/s", NULL, "index is", our_rate / rate});
            g_autofree char *build_row = g_strdup_printf("%s build, peer %s", size, name);
            print_row((Row){build_row, build, "s", NULL, NULL, 0});
        }
        if (output != NULL)
            pclose(output);
    }
    unlink(values);
    unlink(queries);
}

// What is asked of an index of random hashes.
typedef struct {
    const char *size; // as printed
    uint32_t count;
    uint32_t sets;
    const char *rate_target;
    const char *memory_target;
    const char *build_target;
    bool whole; // with opening, adding and peers
} Scale;

static void bench_random(const Bench *bench, Scale scale)
{
    char name[96];
    Data data = random_data(scale.count, 20000);
    double build = build_file(bench, &data, INDEX_PDQ, scale.sets);
    double before = resident_megabytes();
    double start = wall_seconds();
    g_autoptr(Index) index = open_index(bench);
    double open = wall_seconds() - start;
    IndexHits hits = {0};
    start = wall_seconds();
    query_one(index, &data.queries[0], &hits);
    double first = wall_seconds() - start;
    index_hits_clear(&hits);
    uint64_t missed = 0;
    query_round(index, &data, &missed); // loads and checks the file
    double rate = median_rate(index, bench, &data, &missed);
    double memory = resident_megabytes() - before;
    double scan_rate;
    double recall = recall_against_scan(index, &data, &scan_rate);
#define ROW_NAME(text) (snprintf(name, sizeof name, "%s %s", scale.size, text), name)
    print_row(
        (Row){ROW_NAME("queries"), rate, "1/s", scale.rate_target, "plain scan", rate / scan_rate});
    print_row((Row){ROW_NAME("recall"), recall, "", "1.0000", "plain scan", recall});
    print_row((Row){ROW_NAME("planted values missed"), (double)missed, "", "0", NULL, 0});
    print_row((Row){ROW_NAME("build, one thread"), build, "s", scale.build_target, NULL, 0});
    print_row((Row){ROW_NAME("resident"), memory, "MB", scale.memory_target, NULL, 0});
    if (scale.whole) {
        double added = milliseconds_until_found(index);
        print_row((Row){ROW_NAME("open"), open * 1e3, "ms", "<= 50", NULL, 0});
        print_row((Row){ROW_NAME("first query, cold"), first * 1e3, "ms", NULL, NULL, 0});
        print_row((Row){ROW_NAME("added hash found"), added, "ms", "<= 10", NULL, 0});
        run_peer(bench, &data, scale.size, rate);
    }
#undef ROW_NAME
    free_data(&data);
}

static void bench_small(const Bench *bench)
{
    Data data = random_data(1000, 100);
    build_file(bench, &data, INDEX_PDQ, 1);
    struct mallinfo2 before = mallinfo2();
    g_autoptr(Index) index = open_index(bench);
    uint64_t missed = 0;
    double rate = query_round(index, &data, &missed);
    struct mallinfo2 after = mallinfo2();
    double heap =
        (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
    double bytes = heap + (double)index_file_loaded_bytes(index_file(index));
    print_row((Row){"1000 entries, memory", bytes / 1e6, "MB", "<= 1", NULL, 0});
    print_row((Row){"1000 entries, queries", rate, "1/s", NULL, NULL, 0});
    free_data(&data);
}

static double lookup_round(Index *index, const IndexDigest *digests, uint32_t count, uint32_t batch)
{
    GError *error = NULL;
    IndexHits hits = {0};
    double start = cpu_seconds();
    for (uint32_t done = 0; done < count; done += batch) {
        IndexDigestQuery query = {.digests = digests + done, .count = MIN(batch, count - done)};
        hits.count = 0;
        if (!index_lookup_digests(index, &query, &hits, &error))
            stop(error);
    }
    double seconds = cpu_seconds() - start;
    index_hits_clear(&hits);
    return count / seconds;
}

// Nine lookups of ten find nothing, as on a seized disk.
static void bench_digests(const Bench *bench)
{
    static const uint32_t batches[] = {1, 3, 96};
    enum { LOOKUPS = 600000 };
    Data data = random_data(bench->values, 1);
    double build = build_file(bench, &data, INDEX_SHA1, 1);
    g_autoptr(Index) index = open_index(bench);
    IndexDigest *digests = allocate(LOOKUPS, sizeof *digests);
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        digests[i].type = INDEX_SHA1;
        memcpy(digests[i].value, data.values[next_random() % data.count], sizeof(Value));
        if (i % 10 != 0)
            digests[i].value[10] ^= 0x5a;
    }
    lookup_round(index, digests, LOOKUPS, 96);
    for (size_t b = 0; b < G_N_ELEMENTS(batches); b++) {
        double rates[MAX_ROUNDS];
        char name[96];
        for (uint32_t round = 0; round < bench->rounds; round++)
            rates[round] = lookup_round(index, digests, LOOKUPS, batches[b]);
        snprintf(name, sizeof name, "exact lookups, %u at once", batches[b]);
        print_row((Row){name, median(rates, bench->rounds), "1/s", ">= 2M", NULL, 0});
    }
    print_row((Row){"exact index build, one thread", build, "s", NULL, NULL, 0});
    free(digests);
    free_data(&data);
}

static Data read_data(const char *path, uint32_t most)
{
    Data data = {.values = allocate(most, sizeof(Value))};
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        fprintf(stderr, "bench_index: cannot open %s: %s\n", path, strerror(errno));
        exit(2);
    }
    data.count = (uint32_t)fread(data.values, sizeof(Value), most, file);
    fclose(file);
    plant_queries(&data, 10000);
    return data;
}

// Each query's own time is its least of the rounds, so that what else the machine does at the
// moment does not count as a slow query.
static void bench_real(const Bench *bench)
{
    if (bench->real == NULL)
        return;
    Data data = read_data(bench->real, 100000);
    build_file(bench, &data, INDEX_PDQ, 1);
    g_autoptr(Index) index = open_index(bench);
    uint64_t missed = 0;
    query_round(index, &data, &missed);
    double *times = allocate(data.query_count, sizeof *times);
    IndexHits hits = {0};
    for (uint32_t round = 0; round < bench->rounds; round++) {
        for (uint32_t i = 0; i < data.query_count; i++) {
            double start = cpu_seconds();
            hits.count = 0;
            query_one(index, &data.queries[i], &hits);
            double seconds = cpu_seconds() - start;
            if (round == 0 || seconds < times[i])
                times[i] = seconds;
        }
    }
    size_t scans = hits.scans;
    double middle = median(times, data.query_count);
    double slowest = times[data.query_count - 1];
    print_row((Row){"real pictures, values", data.count, "", NULL, NULL, 0});
    print_row((Row){"real pictures, median query", middle * 1e6, "us", NULL, NULL, 0});
    print_row((Row){"real pictures, slowest query", slowest * 1e6, "us", NULL, NULL, 0});
    print_row((Row){"real pictures, slowest / median", slowest / middle, "", "<= 20", NULL, 0});
    print_row((Row){"real pictures, answered by scan",
                    100.0 * (double)scans / bench->rounds / data.query_count, "%", NULL, NULL, 0});
    index_hits_clear(&hits);
    free(times);
    free_data(&data);
}

static void parse_arguments(Bench *bench, int count, char **arguments)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *value = arguments[i + 1];
        if (strcmp(arguments[i], "--values") == 0)
            bench->values = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--folder") == 0)
            bench->folder = value;
        else if (strcmp(arguments[i], "--real") == 0)
            bench->real = value;
        else if (strcmp(arguments[i], "--rounds") == 0)
            bench->rounds = (uint32_t)strtoul(value, NULL, 10);
        else
            bench->values = 0;
    }
    if (count % 2 == 0 || bench->values == 0 || bench->rounds == 0 || bench->rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: bench_index [--values N] [--folder DIR] [--real FILE] "
                        "[--rounds 1..32]\n");
        exit(2);
    }
}

int main(int count, char **arguments)
{
    Bench bench = {.values = 10000000, .rounds = 5, .folder = g_get_tmp_dir()};
    parse_arguments(&bench, count, arguments);
    g_autofree char *beside = g_path_get_dirname(arguments[0]);
    g_autofree char *peer = g_build_filename(beside, "peer_faiss", NULL);
    g_autofree char *path = g_build_filename(bench.folder, "bench.index", NULL);
    bench.path = path;
    bench.peer = access(peer, X_OK) == 0 ? peer : NULL;
    printf("processor path: %s; one thread\n", hamming_kernel_best()->name);
    g_autofree char *largest = g_strdup_printf("%.3gM", bench.values / 1e6);
    bench_random(&bench, (Scale){largest, bench.values, 1, ">= 10000", "<= 1300", "<= 10", true});
    bench_random(&bench, (Scale){"1M", 1000000, 1, ">= 30000", "<= 600", NULL, true});
    bench_random(&bench, (Scale){"10 x 100k", 1000000, 10, ">= 25000", NULL, NULL, false});
    bench_small(&bench);
    bench_real(&bench);
    bench_digests(&bench);
    unlink(bench.path);
    return 0;
}
