// SPDX-License-Identifier: Apache-2.0
#include "cases/evidence_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/evidence_fetch.h"
#include "cases/evidence_session.h"
#include "cases/gaps.h"
#include "sniff/sniff.h"
#include "wire/evidence_message.h"

EvidenceReader *evidence_reader_new(EvidenceReaderOptions options)
{
    EvidenceReader *reader = g_new0(EvidenceReader, 1);
    reader->options = options;
    reader->digest = digest_state_new(DIGEST_ENGINE_AUTO);
    return reader;
}

void evidence_reader_free(EvidenceReader *reader)
{
    if (reader == NULL)
        return;
    fetch_session_free(reader->fetch);
    worker_free(reader->worker);
    digest_state_free(reader->digest);
    g_free(reader);
}

void evidence_reader_end_file(EvidenceReader *reader)
{
    g_clear_pointer(&reader->fetch, fetch_session_free);
}

// ---- One walk ---------------------------------------------------------------------------------

typedef struct {
    EvidenceSession session;
    EvidencePart part;
    Record *root;
    const EvidenceSink *sink;
    uint64_t contents_bytes;
    uint64_t progress_bytes;
    bool has_last;
    Place last; // the last finished item: what a next worker goes on behind
    bool has_retried;
    Place retried; // went on behind this once without an item to blame
    unsigned falls;
    Gaps gaps;        // of all that was finished
    Gaps before_fall; // as they were when a worker fell last
} Walking;

// A worker for this evidence source, as fresh as the last one when that served the same.
static bool ensure_worker(EvidenceReader *reader, const EvidenceFile *file, GError **err)
{
    if (reader->worker != NULL && worker_is_alive(reader->worker) &&
        reader->worker_source == file->source && worker_items(reader->worker) < LIMIT_WORKER_ITEMS)
        return true;
    g_clear_pointer(&reader->worker, worker_free);
    reader->worker = evidence_worker_spawn(reader, err);
    reader->worker_source = file->source;
    return reader->worker != NULL;
}

static bool open_worker(Walking *walking, const Place *resume, GError **err)
{
    EvidenceSession *session = &walking->session;
    EvidenceReader *reader = session->reader;
    if (!ensure_worker(reader, session->file, err))
        return false;
    session->worker = reader->worker;
    g_autofree char *name = g_path_get_basename(session->file->path);
    EvidenceOpen open = {.mode = EVIDENCE_WALK,
                         .name = name,
                         .media_type = session->file->media_type,
                         .size_bytes = session->file->size_bytes,
                         .share = walking->part.share,
                         .shares = MAX(walking->part.shares, 1),
                         .has_resume = resume != NULL,
                         .verify_images = reader->options.verify_images && walking->part.share == 0,
                         .only_search = session->file->only_searched,
                         .passwords = (char **)(uintptr_t)reader->options.passwords};
    if (resume != NULL)
        open.resume = *resume;
    walking->contents_bytes = 0;
    return evidence_session_open(session, &open, err);
}

// ---- Items ------------------------------------------------------------------------------------

// A time that does not say its zone gets the one the user named.
static void place_in_zone(ItemTime *time, GTimeZone *zone)
{
    if (time->zone != ZONE_UNKNOWN || zone == NULL)
        return;
    gint64 local = time->seconds;
    int interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &local);
    time->seconds = local - g_time_zone_get_offset(zone, interval);
    time->zone = ZONE_UTC;
}

static Record *record_of(const Walking *walking, OpenItem *item)
{
    GTimeZone *zone = walking->session.reader->options.zone;
    const GPtrArray *open = walking->session.open;
    const OpenItem *around = open->len > 0 ? open->pdata[open->len - 1] : NULL;
    Record *record = record_new();
    record->path = g_steal_pointer(&item->path);
    record->locator = g_steal_pointer(&item->locator);
    record->item_id = g_steal_pointer(&item->item_id);
    record->parent_id = g_strdup(around != NULL ? around->item_id : walking->session.file->item_id);
    record->has_size = item->has_size;
    record->size_bytes = item->size_bytes;
    record->times = item->times;
    place_in_zone(&record->times.modified, zone);
    place_in_zone(&record->times.accessed, zone);
    place_in_zone(&record->times.changed, zone);
    place_in_zone(&record->times.created, zone);
    return record;
}

static const char *static_media_type(const char *media_type)
{
    const SniffType *type = media_type != NULL ? sniff_by_media_type(media_type) : NULL;
    return type != NULL ? type->media_type : NULL;
}

// What the worker found out, into a record.
static void fill_record(Record *record, const EvidenceFinish *finish)
{
    const char *media_type = static_media_type(finish->media_type);
    if (media_type != NULL)
        record->media_type = media_type;
    if (finish->status != STATUS_OK && record->status == STATUS_OK)
        record_set_status(record, finish->status, "%s", finish->reason);
    record->not_examined_bytes = MIN(finish->not_examined_bytes, record->size_bytes);
    findings_copy(record->findings, finish->findings);
    for (unsigned i = 0; i < finish->identifiers->len; i++) {
        const Identifier *identifier = finish->identifiers->pdata[i];
        identifiers_add(record->identifiers, identifier->kind, identifier->value);
    }
}

static uint64_t at_most(uint64_t a, uint64_t b, uint64_t limit)
{
    return a > limit || b > limit - a ? limit : a + b;
}

// A container that was being walked when a worker fell is finished by another, which saw the rest
// of it. A structure speaks of itself alone.
static void count_gaps(Walking *walking, Record *record, const Place *place, bool is_structure)
{
    if (!is_structure)
        record->not_examined_bytes =
            at_most(record->not_examined_bytes, gaps_within(&walking->before_fall, place),
                    record->size_bytes);
    gaps_note(&walking->gaps, place, record->not_examined_bytes, !is_structure);
}

static bool finish_item(Walking *walking, const EvidenceFinish *finish, bool *ret_sane,
                        GError **err)
{
    OpenItem *item = evidence_session_finish(&walking->session, &finish->place);
    *ret_sane = item != NULL;
    if (item == NULL)
        return true;
    Record *record = record_of(walking, item);
    bool is_structure = item->is_structure;
    open_item_free(item);
    record->has_size = finish->has_size;
    record->size_bytes = finish->size_bytes;
    record->has_digests = finish->has_digests;
    record->digests = finish->digests;
    fill_record(record, finish);
    count_gaps(walking, record, &finish->place, is_structure);
    walking->last = finish->place;
    walking->has_last = true;
    uint64_t contents_bytes = finish->has_contents ? walking->contents_bytes : 0;
    walking->contents_bytes = 0;
    return walking->sink->item(walking->sink->user_data, record, &finish->place, contents_bytes,
                               err);
}

// Bytes of a picture or video; more than one may have is nonsense.
static bool take_contents(Walking *walking, const EvidenceMessage *message)
{
    size_t size = message->contents_bytes;
    if (size > LIMIT_VIDEO_SPOOL_BYTES - walking->contents_bytes)
        return false;
    walking->sink->contents(walking->sink->user_data, walking->contents_bytes, message->contents,
                            size);
    walking->contents_bytes += size;
    return true;
}

typedef enum {
    STEP_MORE,
    STEP_DONE,
    STEP_NONSENSE,
    STEP_ERROR, // err is set
} Step;

static Step take_message(Walking *walking, const EvidenceMessage *message, GError **err)
{
    bool sane = true;
    switch (message->kind) {
    case EVIDENCE_MESSAGE_ANNOUNCE:
        walking->contents_bytes = 0;
        sane = evidence_session_announce(&walking->session, &message->announce) != NULL;
        break;
    case EVIDENCE_MESSAGE_CONTENTS:
        sane = take_contents(walking, message);
        break;
    case EVIDENCE_MESSAGE_FINISH:
        if (message->finish.place.depth == 0) {
            fill_record(walking->root, &message->finish);
            count_gaps(walking, walking->root, &message->finish.place, false);
            return STEP_DONE;
        }
        if (!finish_item(walking, &message->finish, &sane, err))
            return STEP_ERROR;
        break;
    case EVIDENCE_MESSAGE_PROGRESS:
        walking->progress_bytes += message->progress_bytes;
        walking->sink->progress(walking->sink->user_data, message->progress_bytes);
        break;
    case EVIDENCE_MESSAGE_ASK_SIBLING:
    case EVIDENCE_MESSAGE_ASK_TARGET:
        sane = false;
        break;
    }
    return sane ? STEP_MORE : STEP_NONSENSE;
}

// ---- Falls ------------------------------------------------------------------------------------

static Status status_of_fall(WorkerOutcome outcome)
{
    return outcome == WORKER_TIMED_OUT ? STATUS_TIMEOUT : STATUS_CRASHED;
}

// The record of the innermost item that was open when the worker fell. Of structures only the first
// share speaks.
static bool blame_innermost(Walking *walking, Status status, const char *reason, GError **err)
{
    GPtrArray *open = walking->session.open;
    const OpenItem *innermost = open->pdata[open->len - 1];
    const Place place = innermost->place;
    bool is_mine = !innermost->is_structure || walking->part.share == 0;
    OpenItem *item = evidence_session_finish(&walking->session, &place);
    Record *record = is_mine ? record_of(walking, item) : NULL;
    open_item_free(item);
    walking->last = place;
    walking->has_last = true;
    if (record == NULL)
        return true;
    record_set_status(record, status, "%s", reason);
    record->not_examined_bytes = record->size_bytes;
    gaps_note(&walking->gaps, &place, record->size_bytes, true);
    return walking->sink->item(walking->sink->user_data, record, &place, 0, err);
}

// Everything that is still open ends here, the file itself last.
static bool give_up(Walking *walking, Status status, const char *reason, GError **err)
{
    while (walking->session.open->len > 0)
        if (!blame_innermost(walking, status, reason, err))
            return false;
    static const Place whole = {0};
    uint64_t size = walking->session.file->size_bytes;
    uint64_t left = size - MIN(size, walking->progress_bytes);
    record_set_status(walking->root, status,
                      "%s; after %u fall%s the rest of the file was not examined", reason,
                      walking->falls, walking->falls == 1 ? "" : "s");
    record_add_finding(walking->root, FINDING_NOT_EXAMINED, left, "the rest of the file: %s",
                       reason);
    walking->root->not_examined_bytes = at_most(gaps_within(&walking->gaps, &whole), left, size);
    return true;
}

// Chooses whom to blame and where to go on. *ret_over: nowhere.
static bool take_fall(Walking *walking, WorkerOutcome outcome, const char *reason, bool *ret_over,
                      GError **err)
{
    GPtrArray *open = walking->session.open;
    Status status = status_of_fall(outcome);
    const OpenItem *innermost = open->len > 0 ? open->pdata[open->len - 1] : NULL;
    bool is_between = innermost == NULL || innermost->is_structure;
    bool was_retried =
        walking->has_retried && place_compare(&walking->retried, &walking->last) == 0;
    *ret_over = ++walking->falls >= LIMIT_EVIDENCE_FALLS || (innermost == NULL && was_retried);
    if (*ret_over)
        return give_up(walking, status, reason, err);
    if (is_between && !was_retried) {
        walking->retried = walking->last;
        walking->has_retried = true;
        return true;
    }
    return blame_innermost(walking, status, reason, err);
}

// -----------------------------------------------------------------------------------------------

// Until the file is done or the worker has fallen.
static Step converse(Walking *walking, WorkerOutcome *ret_outcome, char **ret_reason, GError **err)
{
    for (;;) {
        EvidenceMessage message;
        g_autoptr(GError) error = NULL;
        *ret_outcome = evidence_session_receive(&walking->session, &message, ret_reason, &error);
        if (error != NULL) {
            g_propagate_error(err, g_steal_pointer(&error));
            return STEP_ERROR;
        }
        if (*ret_outcome != WORKER_ANSWERED)
            return STEP_NONSENSE;
        Step step = take_message(walking, &message, err);
        evidence_message_clear(&message);
        if (step == STEP_NONSENSE) {
            *ret_reason = worker_reject(walking->session.worker);
            *ret_outcome = WORKER_NONSENSE;
        }
        if (step != STEP_MORE)
            return step;
    }
}

static bool walk_through(Walking *walking, GError **err)
{
    const Place *resume = walking->part.resume;
    for (;;) {
        if (!open_worker(walking, resume, err))
            return false;
        WorkerOutcome outcome;
        g_autofree char *reason = NULL;
        switch (converse(walking, &outcome, &reason, err)) {
        case STEP_DONE:
            return true;
        case STEP_MORE:
        case STEP_NONSENSE:
            break;
        case STEP_ERROR:
            // In the middle of a file it can serve no other.
            g_clear_pointer(&walking->session.reader->worker, worker_free);
            return false;
        }
        bool is_over;
        if (!take_fall(walking, outcome, reason, &is_over, err))
            return false;
        if (is_over)
            return true;
        walking->before_fall = walking->gaps;
        resume = walking->has_last ? &walking->last : walking->part.resume;
    }
}

bool evidence_walk(EvidenceReader *reader, const EvidenceFile *file, EvidencePart part,
                   Record *root, const EvidenceSink *sink, GError **err)
{
    Walking walking = {.part = part, .root = root, .sink = sink};
    evidence_session_init(&walking.session, reader, file, NULL);
    bool ok = walk_through(&walking, err);
    evidence_session_clear(&walking.session);
    evidence_reader_end_file(reader);
    return ok;
}
