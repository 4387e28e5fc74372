// SPDX-License-Identifier: Apache-2.0
//
// The calling thread walks, hands entries to a pool, takes finished ones back and reports them in
// order. A lane (with its worker) is taken from a queue by whichever pool thread runs next.
#include "cases/scan.h"

#include <string.h>

#include "base/error.h"

// How long the calling thread waits for a finished item before it looks at progress and cancel.
#define WAIT_MICROSECONDS 100000

typedef struct {
    uint64_t number;
    WalkEntry *entry;
    Examined examined;
    GError *error; // set when the lane could not go on
} Job;

typedef struct {
    const ScanOptions *options;
    const ScanSink *sink;
    ScanTotals *totals;
    GThreadPool *pool;
    GAsyncQueue *lanes;    // idle Lane *
    GAsyncQueue *finished; // Job *
    GHashTable *waiting;   // number -> Job *, finished before their turn
    GHashTable *first_of;  // set of First, by content
    uint64_t next_number;  // to hand out
    uint64_t next_report;  // whose turn it is
    int stopping;          // atomic: jobs not yet begun are dropped
} Run;

// The first item with some content.
typedef struct {
    uint8_t sha256[SHA256_BYTES];
    char item_id[33];
} First;

uint64_t scan_not_examined(const ScanTotals *totals)
{
    uint64_t sum = 0;
    for (unsigned status = STATUS_OK + 1; status < STATUS_COUNT; status++)
        sum += totals->not_examined[status];
    return sum;
}

uint64_t scan_found(const ScanTotals *totals)
{
    return totals->exact + totals->near;
}

static void job_free(void *pointer)
{
    Job *job = pointer;
    walk_entry_free(job->entry);
    examined_clear(&job->examined);
    g_clear_error(&job->error);
    g_free(job);
}

static void lane_free_void(void *lane)
{
    lane_free(lane);
}

// In a pool thread.
static void work(void *job_pointer, void *run_pointer)
{
    Job *job = job_pointer;
    Run *run = run_pointer;
    if (!g_atomic_int_get(&run->stopping)) {
        Lane *lane = g_async_queue_pop(run->lanes);
        lane_examine(lane, job->entry, &job->examined, &job->error);
        g_async_queue_push(run->lanes, lane);
    }
    // The descriptor is closed here, so that waiting items hold none.
    g_clear_pointer(&job->entry, walk_entry_free);
    g_async_queue_push(run->finished, job);
}

// ---- Totals and same contents -----------------------------------------------------------------

// Names the first item with the same bytes. Returns true when this is the first.
static bool note_contents(Run *run, Record *record)
{
    if (!record->has_digests)
        return true;
    const First *known = g_hash_table_lookup(run->first_of, record->digests.sha256);
    if (known != NULL) {
        record->same_as = g_strdup(known->item_id);
        return false;
    }
    First *first = g_new(First, 1);
    memcpy(first->sha256, record->digests.sha256, SHA256_BYTES);
    g_strlcpy(first->item_id, record->item_id, sizeof first->item_id);
    g_hash_table_add(run->first_of, first);
    return true;
}

static bool has_match(const GArray *matches, MatchType type)
{
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->type == type && match->meaning != MEANING_IGNORABLE)
            return true;
    }
    return false;
}

static void count_item(Run *run, const Examined *examined, bool is_first)
{
    ScanTotals *totals = run->totals;
    const Record *record = examined->record;
    totals->items++;
    totals->bytes += record->has_digests ? record->size_bytes : 0;
    totals->media += is_first && examined->is_media && record->has_digests;
    if (has_match(examined->matches, MATCH_EXACT))
        totals->exact++;
    else if (has_match(examined->matches, MATCH_NEAR))
        totals->near++;
    totals->left_out += examined->left_out;
    if (record->status != STATUS_OK)
        totals->not_examined[record->status]++;
}

// ---- Order ------------------------------------------------------------------------------------

static bool report(Run *run, Job *job, GError **err)
{
    if (job->error != NULL) {
        g_propagate_error(err, g_steal_pointer(&job->error));
        return false;
    }
    Examined *examined = &job->examined;
    bool is_first = note_contents(run, examined->record);
    count_item(run, examined, is_first);
    return run->sink->item(run->sink->user_data, examined->record, examined->matches,
                           examined->left_out, examined->is_media, err);
}

// Reports every job whose turn has come.
static bool report_ready(Run *run, GError **err)
{
    for (;;) {
        g_autofree uint64_t *key = g_memdup2(&run->next_report, sizeof run->next_report);
        Job *job = g_hash_table_lookup(run->waiting, key);
        if (job == NULL)
            return true;
        run->next_report++;
        bool ok = report(run, job, err);
        g_hash_table_remove(run->waiting, key);
        if (!ok)
            return false;
    }
}

static bool is_cancelled(const Run *run)
{
    return run->sink->is_cancelled != NULL && run->sink->is_cancelled();
}

static void tell_progress(const Run *run)
{
    if (run->sink->progress != NULL)
        run->sink->progress(run->sink->user_data, run->totals);
}

// Waits for one finished job and reports what is due.
static bool collect(Run *run, GError **err)
{
    Job *job = g_async_queue_timeout_pop(run->finished, WAIT_MICROSECONDS);
    tell_progress(run);
    if (job == NULL)
        return true;
    g_hash_table_insert(run->waiting, g_memdup2(&job->number, sizeof job->number), job);
    return report_ready(run, err);
}

static bool walk_all(Run *run, GError **err)
{
    g_autoptr(GError) error = NULL;
    bool more = true;
    while (more || run->next_report < run->next_number) {
        if (is_cancelled(run)) {
            run->totals->interrupted = true;
            return true;
        }
        bool has_room = run->next_number - run->next_report < SCAN_WINDOW;
        if (more && has_room) {
            WalkEntry *entry = folder_walk_next(run->options->walk);
            more = entry != NULL;
            if (entry != NULL) {
                Job *job = g_new0(Job, 1);
                job->number = run->next_number++;
                job->entry = entry;
                g_thread_pool_push(run->pool, job, NULL);
            }
            if (g_async_queue_length(run->finished) <= 0)
                continue;
        }
        if (!collect(run, &error)) {
            run->totals->interrupted = g_error_matches(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
            if (!run->totals->interrupted)
                g_propagate_error(err, g_steal_pointer(&error));
            return run->totals->interrupted;
        }
    }
    // A list whose reading was stopped ends the walk, too.
    run->totals->interrupted = is_cancelled(run);
    return true;
}

// ---- Life -------------------------------------------------------------------------------------

static bool open_lanes(Run *run, Decoded *decoded, unsigned jobs, GError **err)
{
    for (unsigned i = 0; i < jobs; i++) {
        Lane *lane = lane_new((LaneOptions){.zygote = run->options->zygote,
                                            .matcher = run->options->matcher,
                                            .decoded = decoded,
                                            .is_cancelled = run->sink->is_cancelled},
                              err);
        if (lane == NULL)
            return false;
        g_async_queue_push(run->lanes, lane);
    }
    run->pool = g_thread_pool_new(work, run, (int)jobs, TRUE, err);
    return run->pool != NULL;
}

static void run_clear(Run *run)
{
    g_atomic_int_set(&run->stopping, 1);
    if (run->pool != NULL)
        g_thread_pool_free(run->pool, FALSE, TRUE);
    Job *job;
    while ((job = g_async_queue_try_pop(run->finished)) != NULL)
        job_free(job);
    g_async_queue_unref(run->finished);
    g_async_queue_unref(run->lanes);
    g_hash_table_unref(run->waiting);
    g_hash_table_unref(run->first_of);
}

bool scan_run(const ScanOptions *options, const ScanSink *sink, ScanTotals *ret_totals,
              GError **err)
{
    *ret_totals = (ScanTotals){0};
    g_autoptr(Decoded) decoded = decoded_new();
    Run run = {.options = options,
               .sink = sink,
               .totals = ret_totals,
               .lanes = g_async_queue_new_full(lane_free_void),
               .finished = g_async_queue_new(),
               .waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, job_free),
               .first_of = g_hash_table_new_full(sha256_key_hash, sha256_key_equal, g_free, NULL)};
    unsigned jobs = options->jobs != 0 ? options->jobs : g_get_num_processors();
    bool ok = open_lanes(&run, decoded, jobs, err) && walk_all(&run, err);
    run_clear(&run);
    return ok;
}
