// SPDX-License-Identifier: Apache-2.0
//
// The calling thread walks and hands entries to a pool; pool threads examine, each with a lane of
// its own, and lay what they find into streams; the calling thread takes it out in order.
//
// One entry has one stream, or, when it is a big image or archive, as many as there are lanes: each
// lane walks it and works its share of the items. Streams are in the order in which items are
// finished, so merging them by place gives the order that one lane alone would give.
//
// Nobody waits in a circle: tasks are begun in the order of the entries, the calling thread takes
// out in that order, and a task whose stream is full waits only for the entries before it.
#include "cases/scan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/gaps.h"
#include "model/path_text.h"
#include "sniff/sniff.h"

// How long the calling thread waits for an item before it looks at progress and cancel.
#define WAIT_MICROSECONDS 100000
// Items that wait in one stream for their turn.
#define STREAM_ITEMS 4096
// Smaller evidence is not worth being shared among lanes.
#define SHARED_BYTES (32u << 20)

typedef struct Output {
    Examined examined;
    Place place;
    struct Output *next;
} Output;

typedef struct Job Job;

typedef struct {
    Job *job;
    unsigned share;
    Output *first, *last;
    unsigned count;
    size_t preview_bytes; // of what waits
    bool is_done;
    uint64_t told_bytes; // of progress, so far
    Examined whole;      // the entry's own record, as this share gives it, last of all
    bool has_whole;
    GError *error; // why it is done early
} Stream;

struct Job {
    uint64_t number;
    WalkEntry *entry;
    unsigned shares;
    unsigned left; // streams that are not done
    Stream streams[];
};

typedef struct {
    const ScanOptions *options;
    const ScanSink *sink;
    ScanTotals *totals;
    ScanStatePosition begun; // where an earlier run left off
    Gaps begun_gaps;         // not examined in the entry that it was at
    unsigned jobs;
    GThreadPool *pool;
    GAsyncQueue *lanes; // idle Lane *
    Job *window[SCAN_WINDOW];
    GHashTable *first_of; // set of First, by content
    uint64_t next_number; // to hand out
    uint64_t next_report; // whose turn it is
    gsize done_bytes;     // atomic: of the evidence gone through
    GMutex lock;          // guards streams and `stopping`
    uint64_t changes;     // things laid into streams and ends of streams, in all
    GCond changed;        // `changes` has grown
    GCond room;           // something was taken out, or the scan stops
    bool stopping;
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

bool scan_is_complete(const ScanTotals *totals)
{
    return scan_not_examined(totals) == 0 && totals->not_examined_bytes == 0;
}

uint64_t scan_found(const ScanTotals *totals)
{
    return totals->exact + totals->near;
}

static void output_free(Output *output)
{
    examined_clear(&output->examined);
    g_free(output);
}

static void job_free(Job *job)
{
    if (job == NULL)
        return;
    for (unsigned i = 0; i < job->shares; i++) {
        Stream *stream = &job->streams[i];
        for (Output *output = stream->first, *next; output != NULL; output = next) {
            next = output->next;
            output_free(output);
        }
        g_clear_error(&stream->error);
        examined_clear(&stream->whole);
    }
    walk_entry_free(job->entry);
    g_free(job);
}

static void lane_free_void(void *lane)
{
    lane_free(lane);
}

// Something was laid into a stream, or ended. The lock is held.
static void note_change(Run *run)
{
    run->changes++;
    g_cond_signal(&run->changed);
}

// ---- In a pool thread -------------------------------------------------------------------------

typedef struct {
    Run *run;
    Stream *stream;
} Task;

static size_t preview_bytes_of(const Output *output)
{
    const PreviewSet *previews = output->examined.previews;
    return previews != NULL ? previews->size_bytes : 0;
}

static bool is_full(const Stream *stream)
{
    return stream->count >= STREAM_ITEMS || stream->preview_bytes >= LIMIT_SCAN_PREVIEW_BYTES;
}

static bool lay_down(void *user_data, Examined *examined, const Place *place, GError **err)
{
    const Task *task = user_data;
    Run *run = task->run;
    Stream *stream = task->stream;
    Output *output = g_new0(Output, 1);
    output->examined = *examined;
    output->place = *place;
    *examined = (Examined){0};

    g_mutex_lock(&run->lock);
    while (is_full(stream) && !run->stopping)
        g_cond_wait(&run->room, &run->lock);
    bool goes_on = !run->stopping;
    if (goes_on) {
        if (stream->last != NULL)
            stream->last->next = output;
        else
            stream->first = output;
        stream->last = output;
        stream->count++;
        stream->preview_bytes += preview_bytes_of(output);
        note_change(run);
    }
    g_mutex_unlock(&run->lock);
    if (!goes_on) {
        output_free(output);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
    }
    return goes_on;
}

// The bytes of an entry are told once, whatever is read twice.
static void add_progress(void *user_data, uint64_t bytes)
{
    const Task *task = user_data;
    Stream *stream = task->stream;
    uint64_t share_bytes = stream->job->entry->size_bytes / stream->job->shares;
    uint64_t left = share_bytes - MIN(stream->told_bytes, share_bytes);
    uint64_t told = MIN(bytes, left);
    stream->told_bytes += told;
    g_atomic_pointer_add(&task->run->done_bytes, (gssize)told);
}

static void work(void *stream_pointer, void *run_pointer)
{
    Run *run = run_pointer;
    Stream *stream = stream_pointer;
    Job *job = stream->job;
    Task task = {.run = run, .stream = stream};
    const LaneSink sink = {.item = lay_down, .progress = add_progress, .user_data = &task};
    LanePart part = {.entry_number = job->number, .share = stream->share, .shares = job->shares};
    if (job->number == run->begun.entries && run->begun.has_place)
        part.resume = &run->begun.place;
    g_autoptr(GError) error = NULL;

    g_mutex_lock(&run->lock);
    bool stopping = run->stopping;
    g_mutex_unlock(&run->lock);
    if (!stopping) {
        Lane *lane = g_async_queue_pop(run->lanes);
        lane_examine(lane, job->entry, &part, &sink, &error);
        g_async_queue_push(run->lanes, lane);
        add_progress(&task, UINT64_MAX);
    }
    g_mutex_lock(&run->lock);
    stream->error = g_steal_pointer(&error);
    stream->is_done = true;
    // The descriptor is closed as soon as it can be, so that waiting items hold none.
    if (--job->left == 0)
        g_clear_pointer(&job->entry, walk_entry_free);
    note_change(run);
    g_mutex_unlock(&run->lock);
}

// ---- Totals and same contents -----------------------------------------------------------------

// Remembers the item as the first with its bytes. True: it is.
static bool remember_contents(Run *run, const Record *record)
{
    if (!record->has_digests)
        return true;
    // Past this, same contents are not named any more: memory stays bounded.
    if (g_hash_table_size(run->first_of) >= LIMIT_SCAN_SAME)
        return true;
    First *first = g_new(First, 1);
    memcpy(first->sha256, record->digests.sha256, SHA256_BYTES);
    g_strlcpy(first->item_id, record->item_id, sizeof first->item_id);
    g_hash_table_add(run->first_of, first);
    return true;
}

// Names the first item with the same bytes. Returns true when this is the first.
static bool note_contents(Run *run, Record *record)
{
    const First *known =
        record->has_digests ? g_hash_table_lookup(run->first_of, record->digests.sha256) : NULL;
    if (known == NULL)
        return remember_contents(run, record);
    record->same_as = g_strdup(known->item_id);
    return false;
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

static void count_item(Run *run, const Examined *examined, bool is_first, bool is_whole)
{
    ScanTotals *totals = run->totals;
    const Record *record = examined->record;
    totals->items++;
    totals->bytes += record->has_digests ? record->size_bytes : 0;
    totals->evidence_bytes += is_whole ? record->size_bytes : 0;
    totals->not_examined_bytes += is_whole ? record->not_examined_bytes : 0;
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

// Written down before it is told, so that a later run tells it again and nothing is lost.
static bool write_down(Run *run, const ScanItem *item, GError **err)
{
    ScanState *state = run->options->state;
    if (state == NULL)
        return true;
    const ScanStateItem written = {.record = item->record,
                                   .matches = item->matches,
                                   .left_out = item->left_out,
                                   .is_media = item->is_media,
                                   .entry = item->entry_number,
                                   .place = item->place};
    return scan_state_append_item(state, &written, err) &&
           (item->place.depth > 0 ||
            scan_state_append_entry_done(state, item->entry_number, item->record->path, err));
}

// Of the entry that an earlier run was at, containers were begun that are finished only now. A
// structure, which has no digests, speaks of itself alone.
static void add_begun_gaps(const Run *run, Record *record, uint64_t entry_number,
                           const Place *place)
{
    bool is_begun = entry_number == run->begun.entries && run->begun.has_place;
    if (!is_begun || (place->depth > 0 && !record->has_digests))
        return;
    uint64_t left = record->size_bytes - MIN(record->not_examined_bytes, record->size_bytes);
    uint64_t before = gaps_within(&run->begun_gaps, place);
    record->not_examined_bytes += MIN(before, left);
}

static bool report(Run *run, Examined *examined, uint64_t entry_number, const Place *place,
                   GError **err)
{
    add_begun_gaps(run, examined->record, entry_number, place);
    bool is_first = note_contents(run, examined->record);
    count_item(run, examined, is_first, place->depth == 0);
    const ScanItem item = {.record = examined->record,
                           .matches = examined->matches,
                           .frames = examined->frames,
                           .left_out = examined->left_out,
                           .is_media = examined->is_media,
                           .needs_eyes = examined->needs_eyes,
                           .previews = examined->previews,
                           .preview_reason = examined->preview_reason,
                           .entry_number = entry_number,
                           .place = *place};
    return write_down(run, &item, err) && run->sink->item(run->sink->user_data, &item, err);
}

// ---- What an earlier run has reported ---------------------------------------------------------

static bool replay_item(void *user_data, const ScanStateItem *written, GError **err)
{
    Run *run = user_data;
    const Record *record = written->record;
    bool is_first = record->same_as == NULL && remember_contents(run, record);
    const Examined examined = {.record = (Record *)(uintptr_t)record,
                               .matches = (GArray *)(uintptr_t)written->matches,
                               .left_out = written->left_out,
                               .is_media = written->is_media};
    count_item(run, &examined, is_first, written->place.depth == 0);
    if (written->place.depth == 0)
        run->begun_gaps = (Gaps){0};
    else
        gaps_note(&run->begun_gaps, &written->place, record->not_examined_bytes,
                  record->has_digests);
    const ScanItem item = {
        .record = record,
        .matches = written->matches,
        .left_out = written->left_out,
        .is_media = written->is_media,
        .needs_eyes =
            run->options->needs_eyes != NULL &&
            run->options->needs_eyes(written->matches, written->left_out, written->is_media),
        .entry_number = written->entry,
        .place = written->place};
    return run->sink->item(run->sink->user_data, &item, err);
}

static bool replay(Run *run, GError **err)
{
    if (run->options->state == NULL)
        return true;
    run->begun = scan_state_position(run->options->state);
    const ScanStateReplay told = {.item = replay_item, .user_data = run};
    return scan_state_replay(run->options->state, &told, err);
}

// ---- Merging ----------------------------------------------------------------------------------

// The order in which one lane finishes items: by place, and what lies inside before what it lies
// in.
static bool is_before(const Place *a, const Place *b)
{
    if (place_is_within(a, b))
        return true;
    return !place_is_within(b, a) && place_compare(a, b) < 0;
}

static bool has_finding(const GPtrArray *findings, const Finding *wanted)
{
    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = findings->pdata[i];
        if (finding->type == wanted->type && finding->bytes == wanted->bytes &&
            g_strcmp0(finding->detail, wanted->detail) == 0)
            return true;
    }
    return false;
}

// Adds what another lane found out about the same file. The first share answers for the file
// itself; of the others counts what lies in their items, and damage that they alone came across.
static void merge_record(Record *record, const Record *more)
{
    uint64_t missing = more->not_examined_bytes;
    for (unsigned i = 0; i < more->findings->len; i++) {
        const Finding *finding = more->findings->pdata[i];
        if (has_finding(record->findings, finding))
            continue;
        findings_add(record->findings, finding->type, finding->bytes, finding->detail);
        if (finding->type == FINDING_NOT_EXAMINED && more->status == STATUS_OK)
            missing += finding->bytes;
    }
    if (record->status == STATUS_OK && more->status != STATUS_OK)
        record_set_status(record, more->status, "%s", more->reason);
    record->not_examined_bytes = MIN(record->not_examined_bytes + missing, record->size_bytes);
}

// The file's own record, of all that its shares said; NULL when there is none.
static Examined *whole_of(Job *job)
{
    Stream *first = &job->streams[0];
    if (!first->has_whole)
        return NULL;
    for (unsigned i = 1; i < job->shares; i++)
        if (job->streams[i].has_whole)
            merge_record(first->whole.record, job->streams[i].whole.record);
    return &first->whole;
}

typedef enum {
    NEXT_ITEM,
    NEXT_WAIT, // a lane has not come so far yet
    NEXT_END,  // all of the job has been taken
} Next;

static Output *pop(Stream *stream)
{
    Output *output = stream->first;
    stream->first = output->next;
    if (stream->first == NULL)
        stream->last = NULL;
    stream->count--;
    stream->preview_bytes -= preview_bytes_of(output);
    output->next = NULL;
    return output;
}

// Takes the job's next item. The lock is held.
static Next take_next(Job *job, Output **ret_output, GError **err)
{
    Stream *best = NULL;
    bool is_waiting = false;
    for (unsigned i = 0; i < job->shares; i++) {
        Stream *stream = &job->streams[i];
        // The file's own record is the last of a stream.
        while (stream->first != NULL && stream->first->place.depth == 0) {
            Output *output = pop(stream);
            stream->whole = output->examined;
            stream->has_whole = true;
            g_free(output);
        }
        if (stream->error != NULL) {
            g_propagate_error(err, g_steal_pointer(&stream->error));
            return NEXT_END;
        }
        if (stream->first == NULL)
            is_waiting = is_waiting || !stream->is_done;
        else if (best == NULL || is_before(&stream->first->place, &best->first->place))
            best = stream;
    }
    if (is_waiting)
        return NEXT_WAIT;
    if (best == NULL)
        return NEXT_END;
    *ret_output = pop(best);
    return NEXT_ITEM;
}

static bool report_whole(Run *run, Job *job, GError **err)
{
    static const Place whole = {0};
    Examined *examined = whole_of(job);
    return examined == NULL || report(run, examined, job->number, &whole, err);
}

// Reports what is due of the job whose turn it is. *ret_waits: it is not done.
static bool report_job(Run *run, Job *job, bool *ret_waits, GError **err)
{
    for (;;) {
        Output *output = NULL;
        GError *error = NULL;
        g_mutex_lock(&run->lock);
        Next next = take_next(job, &output, &error);
        if (next == NEXT_ITEM)
            g_cond_broadcast(&run->room);
        g_mutex_unlock(&run->lock);
        *ret_waits = next == NEXT_WAIT;
        if (error != NULL) {
            g_propagate_error(err, error);
            return false;
        }
        if (next == NEXT_WAIT)
            return true;
        if (next == NEXT_END)
            return report_whole(run, job, err);
        bool ok = report(run, &output->examined, job->number, &output->place, err);
        output_free(output);
        if (!ok)
            return false;
    }
}

// Reports everything whose turn has come.
static bool report_ready(Run *run, GError **err)
{
    while (run->next_report < run->next_number) {
        Job **slot = &run->window[run->next_report % SCAN_WINDOW];
        bool waits;
        if (!report_job(run, *slot, &waits, err))
            return false;
        if (waits)
            return true;
        g_clear_pointer(slot, job_free);
        run->next_report++;
    }
    return true;
}

// ---- Walking ----------------------------------------------------------------------------------

static bool is_cancelled(const Run *run)
{
    return run->sink->is_cancelled != NULL && run->sink->is_cancelled();
}

static void tell_progress(Run *run)
{
    run->totals->done_bytes = (uint64_t)(gsize)g_atomic_pointer_get(&run->done_bytes);
    if (run->sink->progress != NULL)
        run->sink->progress(run->sink->user_data, run->totals);
}

// Images and archives whose members can be reached one by one gain from several lanes.
static bool is_shareable(const WalkEntry *entry)
{
    static const char *const types[] = {"application/zip", "application/x-tar",
                                        "application/vnd.android.package-archive"};
    if (entry->is_device)
        return true;
    g_autofree uint8_t *first = g_malloc(SNIFF_BYTES);
    ssize_t count = pread(entry->descriptor, first, SNIFF_BYTES, 0);
    const SniffType *type = sniff_bytes(first, count > 0 ? (size_t)count : 0);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(type->media_type, types[i]))
            return true;
    return type->family == FAMILY_DISK_IMAGE;
}

static unsigned shares_of(const Run *run, const WalkEntry *entry)
{
    bool is_big = entry->kind == WALK_FILE && entry->size_bytes >= SHARED_BYTES;
    return is_big && run->jobs > 1 && is_shareable(entry) ? run->jobs : 1;
}

static void hand_out(Run *run, WalkEntry *entry)
{
    unsigned shares = shares_of(run, entry);
    Job *job = g_malloc0(sizeof *job + shares * sizeof job->streams[0]);
    job->number = run->next_number++;
    job->entry = entry;
    job->shares = shares;
    job->left = shares;
    run->window[job->number % SCAN_WINDOW] = job;
    for (unsigned i = 0; i < shares; i++) {
        job->streams[i] = (Stream){.job = job, .share = i};
        g_thread_pool_push(run->pool, &job->streams[i], NULL);
    }
}

// Waits until something was laid down since `seen`.
static void wait_for_change(Run *run, uint64_t seen)
{
    int64_t end = g_get_monotonic_time() + WAIT_MICROSECONDS;
    g_mutex_lock(&run->lock);
    while (run->changes == seen && g_cond_wait_until(&run->changed, &run->lock, end))
        ;
    g_mutex_unlock(&run->lock);
}

static uint64_t changes_so_far(Run *run)
{
    g_mutex_lock(&run->lock);
    uint64_t changes = run->changes;
    g_mutex_unlock(&run->lock);
    return changes;
}

static bool collect(Run *run, GError **err)
{
    tell_progress(run);
    return report_ready(run, err) &&
           (run->options->state == NULL || scan_state_tick(run->options->state, err));
}

static bool is_own_file(const Run *run, const WalkEntry *entry)
{
    for (size_t i = 0; i < run->options->own_file_count; i++) {
        const ScanOwnFile *own = &run->options->own_files[i];
        if (entry->has_stat && own->device == entry->stat.st_dev &&
            own->inode == entry->stat.st_ino)
            return true;
    }
    return false;
}

// The next entry that is evidence; NULL at the end. Own files have no number, so that the entries
// of a scan that goes on have the numbers of the one before, wherever the two write.
static WalkEntry *next_entry(const Run *run)
{
    WalkEntry *entry;
    while ((entry = folder_walk_next(run->options->walk)) != NULL && is_own_file(run, entry)) {
        if (run->sink->own_file != NULL)
            run->sink->own_file(run->sink->user_data, entry->path);
        walk_entry_free(entry);
    }
    return entry;
}

// Passes over the entries that an earlier run has finished, and sees that they are the same.
static bool skip_finished(Run *run, GError **err)
{
    while (run->next_number < run->begun.entries) {
        g_autoptr(WalkEntry) entry = next_entry(run);
        run->next_number++;
        if (entry != NULL)
            g_atomic_pointer_add(&run->done_bytes, (gssize)entry->size_bytes);
        if (run->next_number < run->begun.entries && entry != NULL)
            continue;
        g_autofree char *path = entry != NULL ? path_text_new(entry->path) : NULL;
        if (path == NULL || g_strcmp0(path, run->begun.last_path) != 0) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                        "the files are not those of the earlier run: %s was to be number "
                        "%" G_GUINT64_FORMAT "; scan again without --resume",
                        run->begun.last_path, run->begun.entries);
            return false;
        }
    }
    run->next_report = run->next_number;
    return true;
}

static bool walk_all(Run *run, GError **err)
{
    g_autoptr(GError) error = NULL;
    if (!replay(run, err) || !skip_finished(run, err))
        return false;
    bool more = !run->begun.is_complete;
    uint64_t seen = 0;
    while (more || run->next_report < run->next_number) {
        if (is_cancelled(run)) {
            run->totals->interrupted = true;
            return true;
        }
        bool has_room = run->next_number - run->next_report < SCAN_WINDOW;
        if (more && has_room) {
            WalkEntry *entry = next_entry(run);
            more = entry != NULL;
            if (entry != NULL)
                hand_out(run, entry);
        } else {
            wait_for_change(run, seen);
        }
        seen = changes_so_far(run);
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

// The state says how far the scan came, however it ended.
static bool close_state(Run *run, bool ok, GError **err)
{
    ScanState *state = run->options->state;
    if (state == NULL)
        return ok;
    GError **state_err = ok ? err : NULL;
    bool is_complete = ok && !run->totals->interrupted && !run->begun.is_complete;
    bool closed = (!is_complete || scan_state_append_complete(state, state_err)) &&
                  scan_state_sync(state, state_err);
    return ok && closed;
}

// ---- Life -------------------------------------------------------------------------------------

static bool open_lanes(Run *run, Decoded *decoded, PreviewTurns *turns, GError **err)
{
    const ScanOptions *options = run->options;
    EvidenceReaderOptions evidence = options->evidence;
    evidence.is_cancelled = run->sink->is_cancelled;
    for (unsigned i = 0; i < run->jobs; i++) {
        Lane *lane = lane_new((LaneOptions){.zygote = options->zygote,
                                            .evidence = evidence,
                                            .matcher = options->matcher,
                                            .decoded = decoded,
                                            .frame_choice = options->frame_choice,
                                            .keep_frames = options->keep_frames,
                                            .verify_hits = options->verify_hits,
                                            .needs_eyes = options->needs_eyes,
                                            .preview_turns = turns,
                                            .is_cancelled = run->sink->is_cancelled},
                              err);
        if (lane == NULL)
            return false;
        g_async_queue_push(run->lanes, lane);
    }
    run->pool = g_thread_pool_new(work, run, (int)run->jobs, TRUE, err);
    return run->pool != NULL;
}

static void run_clear(Run *run)
{
    g_mutex_lock(&run->lock);
    run->stopping = true;
    g_cond_broadcast(&run->room);
    g_mutex_unlock(&run->lock);
    if (run->pool != NULL)
        g_thread_pool_free(run->pool, FALSE, TRUE);
    for (size_t i = 0; i < SCAN_WINDOW; i++)
        job_free(run->window[i]);
    g_async_queue_unref(run->lanes);
    g_hash_table_unref(run->first_of);
    g_mutex_clear(&run->lock);
    g_cond_clear(&run->changed);
    g_cond_clear(&run->room);
}

bool scan_run(const ScanOptions *options, const ScanSink *sink, ScanTotals *ret_totals,
              GError **err)
{
    g_autoptr(Decoded) decoded = decoded_new();
    g_autoptr(PreviewTurns) turns = preview_turns_new();
    Run *run = g_new0(Run, 1);
    *ret_totals = (ScanTotals){0};
    *run =
        (Run){.options = options,
              .sink = sink,
              .totals = ret_totals,
              .jobs = options->jobs != 0 ? options->jobs : g_get_num_processors(),
              .lanes = g_async_queue_new_full(lane_free_void),
              .first_of = g_hash_table_new_full(sha256_key_hash, sha256_key_equal, g_free, NULL)};
    g_mutex_init(&run->lock);
    g_cond_init(&run->changed);
    g_cond_init(&run->room);
    bool ok = open_lanes(run, decoded, turns, err) && walk_all(run, err);
    ok = close_state(run, ok, err);
    run_clear(run);
    g_free(run);
    return ok;
}
