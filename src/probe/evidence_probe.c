// SPDX-License-Identifier: Apache-2.0
#include "probe/evidence_probe.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "evidence/evidence.h"
#include "evidence/walk.h"
#include "probe/evidence_choice.h"
#include "wire/evidence_message.h"

// Progress is told this often at most.
#define TELL_MS 100

typedef struct {
    int spool;   // -1 until the program gives one
    char **path; // of EVIDENCE_FIND; NULL until the program gives one
    bool path_is_layers;
} State;

// One walk.
typedef struct {
    ServeSession *session;
    const EvidenceOpen *open;
    EvidenceChoice choice;
    Place target; // EVIDENCE_FETCH: what is looked for
    bool has_target;
    GByteArray *message;
    uint64_t untold_bytes;
    int64_t told_ms;
} Task;

bool evidence_probe_prepare(GError **err)
{
    return evidence_prepare(err);
}

const char *evidence_probe_versions(void)
{
    return evidence_versions();
}

void *evidence_probe_begin(GError **err)
{
    State *state = g_new(State, 1);
    *state = (State){.spool = -1};
    return state;
}

// ---- Telling ----------------------------------------------------------------------------------

static bool send_message(Task *task)
{
    bool sent = serve_reply(task->session, task->message->data, task->message->len);
    g_byte_array_set_size(task->message, 0);
    return sent;
}

static bool tell_announce(Task *task, const WalkItem *item)
{
    const EvidenceAnnounce announce = {.place = evidence_place(item),
                                       .name = (char *)(uintptr_t)item->name,
                                       .layer = (char *)(uintptr_t)item->layer,
                                       .has_size = item->has_size,
                                       .size_bytes = item->size_bytes,
                                       .times = item->times,
                                       .is_structure = item->is_structure};
    evidence_announce_encode(&announce, task->message);
    return send_message(task);
}

static bool announce(void *user_data, const WalkItem *item)
{
    return tell_announce(user_data, item);
}

static bool contents(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    Task *task = user_data;
    evidence_contents_encode(bytes, size_bytes, task->message);
    return send_message(task);
}

static bool finish(void *user_data, const WalkItem *item)
{
    Task *task = user_data;
    g_autoptr(GPtrArray) no_findings = findings_new();
    g_autoptr(GPtrArray) no_identifiers = identifiers_new();
    const GPtrArray *findings = item->findings != NULL ? item->findings : no_findings;
    const GPtrArray *identifiers = item->identifiers != NULL ? item->identifiers : no_identifiers;
    const char *media_type = item->type != NULL ? item->type->media_type : NULL;
    const EvidenceFinish told = {.place = evidence_place(item),
                                 .media_type = (char *)(uintptr_t)media_type,
                                 .status = item->status,
                                 .reason = (char *)(uintptr_t)item->reason,
                                 .has_size = item->has_size,
                                 .size_bytes = item->size_bytes,
                                 .has_digests = item->has_digests,
                                 .digests = item->digests,
                                 .not_examined_bytes = item->not_examined_bytes,
                                 .has_contents = item->has_contents,
                                 .findings = (GPtrArray *)(uintptr_t)findings,
                                 .identifiers = (GPtrArray *)(uintptr_t)identifiers};
    evidence_finish_encode(&told, task->message);
    return send_message(task);
}

static bool progress(void *user_data, uint64_t bytes)
{
    Task *task = user_data;
    task->untold_bytes += bytes;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - task->told_ms < TELL_MS)
        return true;
    task->told_ms = now_ms;
    evidence_progress_encode(task->untold_bytes, task->message);
    task->untold_bytes = 0;
    return send_message(task);
}

// ---- Asking -----------------------------------------------------------------------------------

static int sibling(void *user_data, const char *name, uint64_t *ret_size_bytes)
{
    Task *task = user_data;
    evidence_ask_sibling_encode(name, task->message);
    g_autoptr(GByteArray) answer = g_byte_array_new();
    int descriptor = -1;
    bool found = false;
    bool answered = send_message(task) && serve_receive(task->session, answer, &descriptor) &&
                    evidence_sibling_decode(answer->data, answer->len, &found, ret_size_bytes);
    if (answered && found)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

// False when there is no more to fetch.
static bool ask_target(Task *task)
{
    evidence_ask_target_encode(task->message);
    g_autoptr(GByteArray) answer = g_byte_array_new();
    int descriptor = -1;
    bool more = false;
    bool answered = send_message(task) && serve_receive(task->session, answer, &descriptor) &&
                    evidence_target_decode(answer->data, answer->len, &more, &task->target);
    if (descriptor >= 0)
        close(descriptor);
    task->has_target = answered && more;
    return task->has_target;
}

// A target that the walk has passed by is not there: the next one is asked for.
static WalkChoice choose_target(Task *task, const WalkItem *item)
{
    for (;;) {
        if (!task->has_target && !ask_target(task))
            return WALK_END;
        bool is_behind;
        WalkChoice choice = evidence_choice_fetch(&task->target, item, &is_behind);
        if (choice == WALK_FETCH || is_behind)
            task->has_target = false;
        if (!is_behind)
            return choice;
    }
}

// What the path leads to is announced and not opened: the program fetches it when it is the only
// one.
static WalkChoice choose_path(Task *task, const WalkItem *item)
{
    WalkChoice choice = evidence_choice_find(&task->choice, item);
    if (choice != WALK_FETCH)
        return choice;
    return tell_announce(task, item) ? WALK_SKIP : WALK_END;
}

static WalkChoice choose(void *user_data, const WalkItem *item)
{
    Task *task = user_data;
    switch (task->open->mode) {
    case EVIDENCE_FETCH:
        return choose_target(task, item);
    case EVIDENCE_FIND:
        return choose_path(task, item);
    case EVIDENCE_WALK:
        break;
    }
    return evidence_choice_walk(&task->choice, item);
}

// ---- Handling ---------------------------------------------------------------------------------

static bool walk(ServeSession *session, const State *state, const EvidenceOpen *open,
                 int descriptor)
{
    Task task = {
        .session = session,
        .open = open,
        .choice = {.open = open, .path = state->path, .path_is_layers = state->path_is_layers},
        .message = g_byte_array_new(),
        .told_ms = clock_monotonic_ms()};
    const WalkOptions options = {
        .name = open->name,
        .type = open->media_type != NULL ? sniff_by_media_type(open->media_type) : NULL,
        .passes_root = open->share > 0,
        .passwords = (const char *const *)open->passwords,
        .verify_images = open->verify_images,
        .only_search = open->only_search,
        .spool = state->spool,
        .time_limit_ms = open->time_limit_ms};
    const WalkSink sink = {.choose = choose,
                           .announce = announce,
                           .contents = contents,
                           .finish = finish,
                           .progress = progress,
                           .sibling = sibling,
                           .user_data = &task};
    g_autoptr(Source) source = source_new_descriptor(descriptor, open->size_bytes);
    // However it ended, the program hears the last of it.
    bool ended = walk_run(source, &options, &sink);
    if (!ended) {
        const WalkItem root = {.place = (const uint32_t[]){0}, .status = STATUS_OK};
        ended = finish(&task, &root);
    }
    g_byte_array_unref(task.message);
    return ended;
}

bool evidence_probe_handle(ServeSession *session, void *state_pointer, const ServeRequest *request)
{
    State *state = state_pointer;
    if (evidence_spool_decode(request->message, request->size_bytes)) {
        if (state->spool >= 0)
            close(state->spool);
        state->spool = serve_take_descriptor(session);
        return true;
    }
    char **path;
    if (evidence_steps_decode(request->message, request->size_bytes, &path,
                              &state->path_is_layers)) {
        g_strfreev(state->path);
        state->path = path;
        return true;
    }
    EvidenceOpen open;
    if (!evidence_open_decode(request->message, request->size_bytes, &open))
        return false;
    int descriptor = serve_take_descriptor(session);
    bool may_walk = descriptor >= 0 && (open.mode != EVIDENCE_FIND || state->path != NULL);
    bool ok = may_walk && walk(session, state, &open, descriptor);
    evidence_open_clear(&open);
    return ok;
}
