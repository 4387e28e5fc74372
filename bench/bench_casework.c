// SPDX-License-Identifier: Apache-2.0
//
// Speed and memory of casework through its public calls, one thread.
//
//     bench_casework FOLDER [--records N] [--database URL]
//
// Records have digests and PDQ in both pipelines and all orientations; a fifth of them are near
// duplicates (up to 20 bits) of earlier ones, and none has EXIF. FOLDER/casework is made anew, or
// the database of the URL must be empty. The last line is one tab-separated row for each figure:
// ROW, name, value, unit, target, peer, ratio.
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/ingest.h"
#include "cases/stacker.h"

#define DEFAULT_RECORDS 1000000u
#define NEAR_EVERY 5u
#define NEAR_BITS 20u
#define SINGLES 200u

typedef struct {
    Casework *work;
    uint64_t case_id;
    Record *record;
    const char *engine;
} Bench;

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void fill(void *bytes, size_t size_bytes)
{
    uint8_t *at = bytes;
    for (size_t i = 0; i < size_bytes; i += sizeof(uint64_t)) {
        uint64_t word = next_random();
        memcpy(at + i, &word, size_bytes - i < sizeof word ? size_bytes - i : sizeof word);
    }
}

static void check(GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "bench_casework: %s\n", error->message);
    exit(1);
}

static void row(const char *name, double value, const char *unit, const char *target)
{
    printf("ROW\t%s\t%.3g\t%s\t%s\t-\t-\n", name, value, unit, target);
}

static double seconds(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

// Of this process: other work on the machine spoils it less than the clock on the wall.
static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double resident_mib(void)
{
    g_autofree char *text = NULL;
    long pages = 0;
    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*s %ld", &pages);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

// Hashes of picture `number`: those of a near duplicate are its original's with some bits turned.
static void make_hashes(StillFacts *still, uint64_t number)
{
    bool is_near = number % NEAR_EVERY == NEAR_EVERY - 1;
    uint64_t of = is_near ? number - 1 : number;
    uint64_t kept = state;
    state = of * 0x9e3779b97f4a7c15u + 1;
    for (unsigned pipeline = PIPELINE_512; pipeline <= PIPELINE_FULL; pipeline++) {
        PdqFacts *pdq = &still->pdq[pipeline];
        pdq->present = true;
        pdq->quality = 100;
        fill(pdq->hash, sizeof pdq->hash);
        for (unsigned i = 0; is_near && i < number % NEAR_BITS; i++)
            pdq->hash[0][i % PDQ_BYTES] ^= 1;
    }
    state = kept;
}

static void make_record(Record *record, uint64_t number)
{
    g_free(record->path);
    g_free(record->locator);
    g_free(record->item_id);
    record->path = g_strdup_printf("disk.E01 > p2 > /Users/a/Pictures/%03u/IMG_%07u.jpg",
                                   (unsigned)(number / 1000), (unsigned)number);
    record->locator = g_strdup_printf("[[\"file\",\"disk.E01\"],[\"volume\",1048576],[\"fs\",%u]]",
                                      (unsigned)number);
    record->item_id = g_strdup_printf("%016x%016" G_GINT64_MODIFIER "x", 1u, number);
    fill(&record->digests, sizeof record->digests);
    make_hashes(record->still, number);
}

static void add(Bench *bench, Ingest *ingest, uint64_t number)
{
    g_autoptr(GError) error = NULL;
    make_record(bench->record, number);
    ingest_add(ingest, &(IngestItem){.record = bench->record, .is_media = true}, &error);
    check(error);
}

static void bench_ingest(Bench *bench, uint64_t count)
{
    g_autoptr(GError) error = NULL;
    Actor actor = actor_of_command_line("bench");
    g_autoptr(Ingest) ingest =
        ingest_open(bench->work, &actor,
                    &(IngestOptions){.case_id = bench->case_id, .evidence = "disk.E01"}, &error);
    check(error);
    double begin = seconds(), last = begin, processor = processor_seconds();
    for (uint64_t i = 0; i < count; i++) {
        add(bench, ingest, i);
        if ((i + 1) % (count / 4) != 0)
            continue;
        double now = seconds();
        printf("%s: %8u records, %6.0f a second in this quarter, %.0f MiB resident\n",
               bench->engine, (unsigned)(i + 1), (double)(count / 4) / (now - last),
               resident_mib());
        fflush(stdout);
        last = now;
    }
    ingest_flush(ingest, &error);
    check(error);
    double took = seconds() - begin;
    processor = processor_seconds() - processor;
    IngestCounts counts = ingest_counts(ingest);
    printf("%s: %u stacks of %u media\n", bench->engine, (unsigned)counts.stacks_new,
           (unsigned)counts.eyes_new);
    g_autofree char *name = g_strdup_printf("ingest, %s", bench->engine);
    row(name, (double)count / took, "records/s", ">= 10000");
    g_autofree char *by_processor =
        g_strdup_printf("ingest, %s, by this process' processor time", bench->engine);
    row(by_processor, (double)count / processor, "records/s", ">= 10000");
    // One at a time, as they come while people work.
    double worst = 0;
    begin = seconds();
    for (unsigned i = 0; i < SINGLES; i++) {
        double before = seconds();
        add(bench, ingest, count + i);
        ingest_flush(ingest, &error);
        check(error);
        worst = MAX(worst, seconds() - before);
    }
    g_autofree char *single = g_strdup_printf("one new record with its stack, %s", bench->engine);
    row(single, (seconds() - begin) / SINGLES * 1e3, "ms", "<= 5");
    printf("%s: worst %.1f ms\n", bench->engine, worst * 1e3);
}

// Only the places in stacks, nothing written.
static void bench_stacks(Bench *bench, uint64_t count)
{
    g_autoptr(GError) error = NULL;
    double begin = processor_seconds();
    g_autoptr(Act) act = NULL;
    Actor actor = actor_of_command_line("bench");
    act = act_begin(bench->work, &actor, AUDIT_INGEST, &error);
    check(error);
    Stacker *stacker = stacker_open(bench->work, bench->case_id + 1, &error);
    check(error);
    uint64_t stacks = 0;
    for (uint64_t i = 0; i < count; i++) {
        StackPlace place;
        make_hashes(bench->record->still, i);
        stacker_place(stacker, &(StackAsk){.case_media_id = i + 1, .still = bench->record->still},
                      1, &place, &error);
        check(error);
        stacks += place.is_leader;
    }
    printf("stacks: %u, %.0f MiB resident\n", (unsigned)stacks, resident_mib());
    row("stacking 1M media, places alone, processor time",
        (processor_seconds() - begin) * 1e6 / (double)count, "s", "<= 120");
    stacker_free(stacker);
}

int main(int argc, char **argv)
{
    uint64_t count = DEFAULT_RECORDS;
    const char *database = NULL;
    for (int i = 2; i + 1 < argc; i += 2) {
        if (g_str_equal(argv[i], "--records"))
            count = g_ascii_strtoull(argv[i + 1], NULL, 10);
        else
            database = argv[i + 1];
    }
    if (argc < 2 || count < 4) {
        fprintf(stderr, "usage: bench_casework FOLDER [--records N] [--database URL]\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_build_filename(argv[1], "casework", NULL);
    g_autofree char *unlink_all = g_strdup_printf("rm -rf '%s'", folder);
    if (system(unlink_all) != 0)
        return 1;
    Bench bench = {.record = record_new(), .engine = database != NULL ? "PostgreSQL" : "SQLite"};
    bench.work =
        casework_open(&(CaseworkOptions){.data_folder = folder, .database = database}, &error);
    check(error);
    Actor actor = actor_of_command_line("bench");
    Act *act = act_begin(bench.work, &actor, AUDIT_CASE_OPENED, &error);
    check(error);
    database_execute(casework_database(bench.work),
                     "INSERT INTO unit (id, seq, name, agency, country, contact, state, made_us) "
                     "VALUES (1, 1, 'Unit', 'Agency', 'NL', '', 'active', 0)",
                     &error);
    check(error);
    CaseFile *file = case_file_open(
        act, &(CaseFileNew){.number = "1", .unit_id = 1, .scheme = "vics-us"}, &error);
    check(error);
    act_commit(act, &error);
    check(error);
    act_free(act);
    bench.case_id = file->id;
    bench.record->still = still_facts_new();
    bench.record->still->width = 4000;
    bench.record->still->height = 3000;
    bench.record->has_digests = bench.record->has_size = true;
    bench.record->size_bytes = 3000000;
    bench.record->media_type = "image/jpeg";
    bench_ingest(&bench, count);
    bench_stacks(&bench, count);
    case_file_free(file);
    record_free(bench.record);
    casework_close(bench.work);
    return 0;
}
