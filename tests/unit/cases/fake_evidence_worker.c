// SPDX-License-Identifier: Apache-2.0
//
// An evidence worker that finds in a file what the file's lines say, each "PLACE VERB NAME":
//
//   0.2 item a.txt       an item; its bytes are its name, its layer is {"n":2}
//   0 structure p1       the same, as a structure
//   0 lost a.txt         corrupt, not examined
//   0 picture a.jpg      hands out FF D8 FF and the name as contents
//   0 swapped a.jpg      the same, but hands out other bytes than those of its digests
//
// and does with it, or when it comes to it, what a worker should not do:
//
//   crash, hang          with the item announced
//   crash-before         before it is announced; crash-once: unless it goes on behind another item
//   crash-fetched        when it is to be handed out again
//   crash-used           unless this is the worker's first file (the place does not matter)
//   huge                 sends more contents than a picture may have
//   unannounced          finishes it without announcing it
//   bad-layer            announces it with a layer that is none
//   backwards            announces it behind the item that comes after it
//   moved                is another item when it is handed out again; changed: has other bytes
//   gone                 is not there then
//   garbage              sends a message that is none; asks-target: one that is out of place
//   chatter              tells progress for ever
//
// or else: sibling NAME asks for a file beside this one and says in a finding what came of it;
// time N gives it a modification time without a zone; options says what it was opened with.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "hash/digest.h"
#include "probe/evidence_choice.h"
#include "wire/evidence_message.h"
#include "wire/serve.h"

typedef struct {
    unsigned opened; // files so far
    char **path;
    bool path_is_layers;
} State;

typedef struct {
    Place place;
    char *verb, *name;
    uint64_t lost_bytes; // of what lies inside
} Line;

typedef struct {
    ServeSession *session;
    const EvidenceOpen *open;
    unsigned number; // of the file, from 0, among those of this worker
    EvidenceChoice choice;
    GPtrArray *around; // of Line *: announced, taken and not finished
    uint64_t lost_bytes;
    Place skipped; // not wanted, nor what lies in it; depth 0: nothing was
    Place target;
    bool has_target;
    bool is_over; // there is nothing more to fetch
} Task;

static void *begin(GError **err)
{
    return g_new0(State, 1);
}

static void hang(void)
{
    for (;;)
        pause();
}

// ---- Script -----------------------------------------------------------------------------------

static Line *line_new(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    g_auto(GStrv) ordinals = g_strsplit(words[0], ".", -1);
    Line *line = g_new0(Line, 1);
    for (char **ordinal = ordinals; *ordinal != NULL; ordinal++)
        line->place.ordinal[line->place.depth++] = (uint32_t)strtoul(*ordinal, NULL, 10);
    line->verb = g_strdup(words[1]);
    line->name = g_strcompress(words[1] != NULL && words[2] != NULL ? words[2] : "");
    return line;
}

static void line_free(void *pointer)
{
    Line *line = pointer;
    g_free(line->verb);
    g_free(line->name);
    g_free(line);
}

static GPtrArray *read_script(int descriptor, uint64_t size_bytes)
{
    g_autofree char *text = g_malloc0(size_bytes + 1);
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    if (pread(descriptor, text, size_bytes, 0) != (ssize_t)size_bytes)
        return lines;
    g_auto(GStrv) texts = g_strsplit(text, "\n", -1);
    for (char **at = texts; *at != NULL; at++)
        if (**at != '\0')
            g_ptr_array_add(lines, line_new(*at));
    return lines;
}

static bool is(const Line *line, const char *verb)
{
    return g_strcmp0(line->verb, verb) == 0;
}

// ---- Telling ----------------------------------------------------------------------------------

static void send_message(Task *task, GByteArray *message)
{
    serve_reply(task->session, message->data, message->len);
    g_byte_array_set_size(message, 0);
}

static void tell_announce(Task *task, const Line *line)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    bool is_moved = is(line, "moved") && task->open->mode == EVIDENCE_FETCH;
    g_autofree char *layer = g_strdup_printf(is(line, "bad-layer") ? "n=%u" : "{\"n\":%u}",
                                             line->place.ordinal[line->place.depth - 1] + is_moved);
    EvidenceAnnounce announce = {.place = line->place,
                                 .name = line->name,
                                 .layer = layer,
                                 .is_structure = is(line, "structure"),
                                 .has_size = true,
                                 .size_bytes = strlen(line->name)};
    if (is(line, "time"))
        announce.times.modified =
            (ItemTime){.seconds = strtoll(line->name, NULL, 10), .zone = ZONE_UNKNOWN};
    evidence_announce_encode(&announce, message);
    send_message(task, message);
}

static void tell_contents(Task *task, const void *bytes, size_t size_bytes)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_contents_encode(bytes, size_bytes, message);
    send_message(task, message);
}

static bool is_picture(const Line *line)
{
    return is(line, "picture") || is(line, "swapped");
}

// The item's bytes: its name, behind the beginning of a JPEG when it is a picture.
static char *bytes_of(const Line *line)
{
    return g_strconcat(is_picture(line) ? "\xff\xd8\xff" : "", line->name, NULL);
}

static void describe(const Line *line, const char *bytes, EvidenceFinish *finish)
{
    DigestSet digests;
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    digest_state_begin(state);
    digest_state_update(state, bytes, strlen(bytes));
    digest_state_finish(state, &digests);
    digest_state_free(state);
    memcpy(finish->digests.md5, digests.md5, MD5_BYTES);
    memcpy(finish->digests.sha1, digests.sha1, SHA1_BYTES);
    memcpy(finish->digests.sha256, digests.sha256, SHA256_BYTES);
    finish->has_digests = !is(line, "structure");
    finish->has_size = true;
    finish->size_bytes = strlen(bytes);
    finish->has_contents = is_picture(line);
    finish->media_type = g_strdup(is_picture(line) ? "image/jpeg" : "application/octet-stream");
    if (is(line, "lost")) {
        finish->status = STATUS_CORRUPT;
        finish->reason = g_strdup("it is damaged");
        finish->not_examined_bytes = strlen(bytes);
    }
}

static void tell_finish(Task *task, EvidenceFinish *finish)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_finish_encode(finish, message);
    send_message(task, message);
    g_free(finish->media_type);
    g_free(finish->reason);
    g_ptr_array_unref(finish->findings);
    g_ptr_array_unref(finish->identifiers);
}

static EvidenceFinish finish_new(const Place *place)
{
    return (EvidenceFinish){
        .place = *place, .findings = findings_new(), .identifiers = identifiers_new()};
}

// ---- Asking -----------------------------------------------------------------------------------

static void ask_sibling(Task *task, const char *name, GPtrArray *findings)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_ask_sibling_encode(name, message);
    send_message(task, message);
    int descriptor = -1;
    bool found = false;
    uint64_t size_bytes = 0;
    if (!serve_receive(task->session, message, &descriptor) ||
        !evidence_sibling_decode(message->data, message->len, &found, &size_bytes))
        _exit(1);
    findings_add(findings, FINDING_SEGMENT, size_bytes,
                 found && descriptor >= 0 ? "it is there" : "it is not there");
    if (descriptor >= 0)
        close(descriptor);
}

static void ask_target(Task *task)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_ask_target_encode(message);
    send_message(task, message);
    int descriptor = -1;
    bool more = false;
    if (!serve_receive(task->session, message, &descriptor) ||
        !evidence_target_decode(message->data, message->len, &more, &task->target))
        _exit(1);
    task->has_target = more;
    task->is_over = !more;
}

static void chatter(Task *task)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    for (;;) {
        evidence_progress_encode(1, message);
        if (!serve_reply(task->session, message->data, message->len))
            _exit(0);
        g_byte_array_set_size(message, 0);
        g_usleep(5000);
    }
}

// ---- Walking ----------------------------------------------------------------------------------

static void say_options(const Task *task, GPtrArray *findings)
{
    const EvidenceOpen *open = task->open;
    g_autofree char *passwords =
        open->passwords != NULL ? g_strjoinv(",", open->passwords) : g_strdup("none");
    g_autofree char *detail =
        g_strdup_printf("%s %s %u/%u %s %s %s, number %u", open->name,
                        open->media_type != NULL ? open->media_type : "unknown", open->share,
                        open->shares, passwords, open->verify_images ? "verify" : "-",
                        open->only_search ? "search" : "-", task->number);
    findings_add(findings, FINDING_SEGMENT, open->size_bytes, detail);
}

// What an item does while it is in hand.
static void misbehave(Task *task, const Line *line)
{
    static const char garbage[] = "?";
    if (is(line, "crash"))
        abort();
    if (is(line, "hang"))
        hang();
    if (is(line, "chatter"))
        chatter(task);
    if (is(line, "garbage"))
        serve_reply(task->session, (const uint8_t *)garbage, 1);
    if (is(line, "asks-target"))
        ask_target(task);
    if (is(line, "backwards")) {
        Line later = *line;
        later.place.ordinal[later.place.depth - 1]++;
        tell_announce(task, &later);
        tell_announce(task, line);
    }
}

// To what lies around the item that is finished, the last of those in hand.
static void add_lost(Task *task, uint64_t bytes)
{
    Line *around = task->around->len > 1 ? task->around->pdata[task->around->len - 2] : NULL;
    if (around != NULL)
        around->lost_bytes += bytes;
    else
        task->lost_bytes += bytes;
}

static void finish_line(Task *task, const Line *line)
{
    g_autofree char *bytes = bytes_of(line);
    EvidenceFinish finish = finish_new(&line->place);
    describe(line, bytes, &finish);
    uint64_t lost_bytes = finish.not_examined_bytes + line->lost_bytes;
    if (!is(line, "structure"))
        finish.not_examined_bytes = lost_bytes;
    add_lost(task, lost_bytes);
    if (is(line, "sibling"))
        ask_sibling(task, line->name, finish.findings);
    if (is(line, "options"))
        say_options(task, finish.findings);
    if (is(line, "swapped"))
        bytes[strlen(bytes) - 1] ^= 1;
    if (is_picture(line))
        tell_contents(task, bytes, strlen(bytes));
    tell_finish(task, &finish);
}

// Finishes the items that the next one does not lie in.
static void finish_around(Task *task, const Place *next)
{
    while (task->around->len > 0) {
        const Line *last = task->around->pdata[task->around->len - 1];
        if (next != NULL && place_is_within(next, &last->place))
            return;
        finish_line(task, last);
        g_ptr_array_set_size(task->around, (int)task->around->len - 1);
    }
}

static void walk_line(Task *task, Line *line)
{
    if (is(line, "crash-before") || (is(line, "crash-once") && !task->open->has_resume))
        abort();
    if (!is(line, "unannounced"))
        tell_announce(task, line);
    misbehave(task, line);
    g_ptr_array_add(task->around, line);
}

static void fetch_line(Task *task, const Line *line)
{
    if (is(line, "crash-fetched"))
        abort();
    tell_announce(task, line);
    g_autofree char *bytes = bytes_of(line);
    if (is(line, "changed"))
        bytes[0] ^= 1;
    tell_contents(task, bytes, strlen(bytes));
    EvidenceFinish finish = finish_new(&line->place);
    describe(line, bytes, &finish);
    finish.has_contents = true;
    tell_finish(task, &finish);
    task->has_target = false;
}

// True: the line has been dealt with.
static bool try_target(Task *task, const Line *line, const WalkItem *item)
{
    if (!task->has_target && !task->is_over)
        ask_target(task);
    if (task->is_over)
        return true;
    bool is_behind;
    WalkChoice choice = evidence_choice_fetch(&task->target, item, &is_behind);
    if (is_behind)
        task->has_target = false;
    else if (choice == WALK_FETCH && !is(line, "gone"))
        fetch_line(task, line);
    else if (choice == WALK_PASS)
        tell_announce(task, line);
    return !is_behind;
}

static void do_line(Task *task, Line *line)
{
    g_autofree char *layer =
        g_strdup_printf("{\"n\":%u}", line->place.ordinal[line->place.depth - 1]);
    const WalkItem item = {.place = line->place.ordinal,
                           .depth = line->place.depth,
                           .name = line->name,
                           .layer = layer,
                           .is_structure = is(line, "structure")};
    WalkChoice choice;
    switch (task->open->mode) {
    case EVIDENCE_WALK:
        finish_around(task, &line->place);
        if (task->skipped.depth > 0 && place_is_within(&line->place, &task->skipped))
            break;
        choice = evidence_choice_walk(&task->choice, &item);
        if (choice == WALK_TAKE)
            walk_line(task, line);
        if (choice == WALK_SKIP)
            task->skipped = line->place;
        break;
    case EVIDENCE_FETCH:
        while (!try_target(task, line, &item))
            ;
        break;
    case EVIDENCE_FIND:
        choice = evidence_choice_find(&task->choice, &item);
        if (choice == WALK_PASS || choice == WALK_FETCH)
            tell_announce(task, line);
        break;
    }
}

static void work(ServeSession *session, State *state, const EvidenceOpen *open, int descriptor)
{
    Task task = {
        .session = session,
        .open = open,
        .number = state->opened,
        .choice = {.open = open, .path = state->path, .path_is_layers = state->path_is_layers},
        .around = g_ptr_array_new()};
    g_autoptr(GPtrArray) lines = read_script(descriptor, open->size_bytes);
    for (unsigned i = 0; i < lines->len; i++) {
        Line *line = lines->pdata[i];
        if (!is(line, "crash-used"))
            do_line(&task, line);
        else if (state->opened > 0)
            abort();
    }
    finish_around(&task, NULL);
    while (open->mode == EVIDENCE_FETCH && !task.is_over)
        ask_target(&task);
    state->opened++;
    EvidenceFinish root = finish_new(&(Place){0});
    root.not_examined_bytes = task.lost_bytes;
    tell_finish(&task, &root);
    g_ptr_array_unref(task.around);
}

static bool handle(ServeSession *session, void *user_data, const ServeRequest *request)
{
    State *state = user_data;
    EvidenceOpen open;
    if (evidence_spool_decode(request->message, request->size_bytes))
        return true;
    char **path;
    if (evidence_steps_decode(request->message, request->size_bytes, &path,
                              &state->path_is_layers)) {
        g_strfreev(state->path);
        state->path = path;
        return true;
    }
    if (!evidence_open_decode(request->message, request->size_bytes, &open))
        return false;
    work(session, state, &open, request->descriptor);
    evidence_open_clear(&open);
    return true;
}

int main(int argc, char **argv)
{
    static const ServeProgram program = {.name = "fake-evidence-worker",
                                         .noun = "the evidence reader",
                                         .begin = begin,
                                         .handle = handle};
    return serve_main(argc, argv, &program);
}
