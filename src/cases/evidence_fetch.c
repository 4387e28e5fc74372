// SPDX-License-Identifier: Apache-2.0
#include "cases/evidence_fetch.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "wire/evidence_message.h"

struct FetchSession {
    EvidenceSession session;
    EvidenceFile file; // what it points to is the caller's of the moment
    Worker *worker;
    Place last;     // the last target: the walk only goes forward
    bool was_asked; // the worker waits for a target
    bool is_at_end;
};

void fetch_session_free(FetchSession *fetch)
{
    if (fetch == NULL)
        return;
    evidence_session_clear(&fetch->session);
    worker_free(fetch->worker);
    g_free(fetch);
}

void fetched_clear(Fetched *fetched)
{
    g_free(fetched->locator);
    g_free(fetched->path);
    g_free(fetched->reason);
    *fetched = (Fetched){0};
}

void candidate_free(Candidate *candidate)
{
    if (candidate == NULL)
        return;
    g_free(candidate->path);
    g_free(candidate->locator);
    g_free(candidate);
}

// ---- The worker -------------------------------------------------------------------------------

static bool send_open(EvidenceSession *session, EvidenceMode mode, GError **err)
{
    g_autofree char *name = g_path_get_basename(session->file->path);
    const EvidenceOpen open = {.mode = mode,
                               .name = name,
                               .media_type = session->file->media_type,
                               .size_bytes = session->file->size_bytes,
                               .shares = 1,
                               .only_search = session->file->only_searched,
                               .passwords = (char **)(uintptr_t)session->reader->options.passwords};
    return evidence_session_open(session, &open, err);
}

static FetchSession *open_fetch(EvidenceReader *reader, const EvidenceFile *file, GError **err)
{
    FetchSession *fetch = g_new0(FetchSession, 1);
    fetch->file = *file;
    fetch->worker = evidence_worker_spawn(reader, err);
    evidence_session_init(&fetch->session, reader, &fetch->file, fetch->worker);
    if (fetch->worker != NULL && send_open(&fetch->session, EVIDENCE_FETCH, err))
        return fetch;
    fetch_session_free(fetch);
    return NULL;
}

// The session on this file that has not come to `place` yet.
static FetchSession *fetch_for(EvidenceReader *reader, const EvidenceFile *file, const Place *place,
                               GError **err)
{
    FetchSession *fetch = reader->fetch;
    bool fits = fetch != NULL && !fetch->is_at_end && worker_is_alive(fetch->worker) &&
                place_compare(place, &fetch->last) > 0;
    if (!fits) {
        fetch_session_free(fetch);
        reader->fetch = open_fetch(reader, file, err);
    }
    return reader->fetch;
}

// ---- Fetching ---------------------------------------------------------------------------------

typedef struct {
    const Place *target;
    bool is_sent;
    bool is_announced;
    bool (*bytes)(void *user_data, const uint8_t *bytes, size_t size_bytes);
    void *user_data;
    bool is_stopped;
    Fetched *fetched;
} Request;

static void send_target(FetchSession *fetch, Request *request)
{
    GByteArray *message = fetch->session.request;
    g_byte_array_set_size(message, 0);
    evidence_target_encode(request->target, message);
    worker_send(fetch->worker, message->data, message->len, -1, NULL);
    fetch->was_asked = false;
    fetch->last = *request->target;
    request->is_sent = true;
}

static void note_announced(FetchSession *fetch, Request *request, const EvidenceAnnounce *announce)
{
    const OpenItem *item = evidence_session_announce(&fetch->session, announce);
    if (item == NULL || place_compare(&announce->place, request->target) != 0)
        return;
    request->is_announced = true;
    g_free(request->fetched->path);
    g_free(request->fetched->locator);
    request->fetched->path = g_strdup(item->path);
    request->fetched->locator = g_strdup(item->locator);
}

static void note_finished(Request *request, const EvidenceFinish *finish)
{
    Fetched *fetched = request->fetched;
    fetched->found = request->is_announced;
    fetched->status = finish->status;
    fetched->reason = g_strdup(finish->reason);
    fetched->size_bytes = finish->size_bytes;
}

// True when the item was dealt with, in whichever way.
static bool take_message(FetchSession *fetch, Request *request, const EvidenceMessage *message)
{
    switch (message->kind) {
    case EVIDENCE_MESSAGE_ANNOUNCE:
        note_announced(fetch, request, &message->announce);
        return false;
    case EVIDENCE_MESSAGE_CONTENTS:
        if (request->is_announced && !request->is_stopped)
            request->is_stopped =
                !request->bytes(request->user_data, message->contents, message->contents_bytes);
        return false;
    case EVIDENCE_MESSAGE_FINISH:
        fetch->is_at_end = message->finish.place.depth == 0;
        if (place_compare(&message->finish.place, request->target) == 0)
            note_finished(request, &message->finish);
        return fetch->is_at_end || request->fetched->found;
    case EVIDENCE_MESSAGE_ASK_TARGET:
        fetch->was_asked = true;
        // Asked again without having found it: it is not there.
        if (request->is_sent)
            return true;
        send_target(fetch, request);
        return false;
    case EVIDENCE_MESSAGE_PROGRESS:
    case EVIDENCE_MESSAGE_ASK_SIBLING:
        return false;
    }
    return false;
}

static bool fetch_one(FetchSession *fetch, Request *request, GError **err)
{
    if (fetch->was_asked)
        send_target(fetch, request);
    for (bool is_done = false; !is_done;) {
        EvidenceMessage message;
        g_autofree char *reason = NULL;
        g_autoptr(GError) error = NULL;
        WorkerOutcome outcome =
            evidence_session_receive(&fetch->session, &message, &reason, &error);
        if (error != NULL) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
        if (outcome != WORKER_ANSWERED) {
            request->fetched->status =
                outcome == WORKER_TIMED_OUT ? STATUS_TIMEOUT : STATUS_CRASHED;
            request->fetched->reason = g_steal_pointer(&reason);
            return true;
        }
        is_done = take_message(fetch, request, &message);
        evidence_message_clear(&message);
    }
    return true;
}

bool evidence_fetch(EvidenceReader *reader, const EvidenceFile *file, const Place *place,
                    bool (*bytes)(void *user_data, const uint8_t *bytes, size_t size_bytes),
                    void *user_data, Fetched *ret_fetched, GError **err)
{
    *ret_fetched = (Fetched){.status = STATUS_OK};
    FetchSession *fetch = fetch_for(reader, file, place, err);
    if (fetch == NULL)
        return false;
    // Pointers of the file are valid for this call only.
    fetch->file = *file;
    Request request = {
        .target = place, .bytes = bytes, .user_data = user_data, .fetched = ret_fetched};
    if (fetch_one(fetch, &request, err))
        return true;
    fetched_clear(ret_fetched);
    return false;
}

// ---- Finding ----------------------------------------------------------------------------------

// Announced are the steps on the way, too; those whose chain is as long as the path are meant.
static void note_candidate(EvidenceSession *session, const EvidenceAnnounce *announce,
                           unsigned step_count, GPtrArray *candidates)
{
    const OpenItem *item = evidence_session_announce(session, announce);
    if (item == NULL || session->open->len != step_count)
        return;
    Candidate *candidate = g_new0(Candidate, 1);
    candidate->place = item->place;
    candidate->path = g_strdup(item->path);
    candidate->locator = g_strdup(item->locator);
    candidate->has_size = item->has_size;
    candidate->size_bytes = item->size_bytes;
    g_ptr_array_add(candidates, candidate);
}

static bool set_fall(const EvidenceFile *file, const char *reason, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "cannot look into %s: %s", file->record_path,
                reason);
    return false;
}

static bool find(EvidenceSession *session, char **steps, bool are_layers, GPtrArray *candidates,
                 GError **err)
{
    unsigned step_count = g_strv_length(steps);
    g_byte_array_set_size(session->request, 0);
    evidence_steps_encode(steps, are_layers, session->request);
    if (!worker_send(session->worker, session->request->data, session->request->len, -1, err) ||
        !send_open(session, EVIDENCE_FIND, err))
        return false;
    for (;;) {
        EvidenceMessage message;
        g_autofree char *reason = NULL;
        g_autoptr(GError) error = NULL;
        WorkerOutcome outcome = evidence_session_receive(session, &message, &reason, &error);
        if (error != NULL) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
        if (outcome != WORKER_ANSWERED)
            return set_fall(session->file, reason, err);
        bool is_end = message.kind == EVIDENCE_MESSAGE_FINISH && message.finish.place.depth == 0;
        if (message.kind == EVIDENCE_MESSAGE_ANNOUNCE)
            note_candidate(session, &message.announce, step_count, candidates);
        evidence_message_clear(&message);
        if (is_end || candidates->len >= EVIDENCE_CANDIDATES)
            return true;
    }
}

bool evidence_find(EvidenceReader *reader, const EvidenceFile *file, char **steps,
                   bool steps_are_layers, GPtrArray *ret_candidates, GError **err)
{
    Worker *worker = evidence_worker_spawn(reader, err);
    if (worker == NULL)
        return false;
    EvidenceSession session;
    evidence_session_init(&session, reader, file, worker);
    bool ok = find(&session, steps, steps_are_layers, ret_candidates, err);
    evidence_session_clear(&session);
    worker_free(worker);
    return ok;
}
