// SPDX-License-Identifier: Apache-2.0
#include "cases/evidence_session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "cases/spool.h"
#include "hash/digest.h"
#include "model/path_text.h"

// How long one wait lasts before the program looks whether it was interrupted.
#define WAIT_STEP_MS 100

void open_item_free(OpenItem *item)
{
    if (item == NULL)
        return;
    g_free(item->path);
    g_free(item->locator);
    g_free(item->item_id);
    g_free(item);
}

static void free_open_item_void(void *item)
{
    open_item_free(item);
}

void evidence_session_init(EvidenceSession *session, EvidenceReader *reader,
                           const EvidenceFile *file, Worker *worker)
{
    *session = (EvidenceSession){.reader = reader,
                                 .file = file,
                                 .worker = worker,
                                 .open = g_ptr_array_new_with_free_func(free_open_item_void),
                                 .request = g_byte_array_new(),
                                 .reply = g_byte_array_new()};
}

void evidence_session_clear(EvidenceSession *session)
{
    g_ptr_array_unref(session->open);
    g_byte_array_unref(session->request);
    g_byte_array_unref(session->reply);
}

// ---- Start ------------------------------------------------------------------------------------

// Without a spool the worker keeps what fits into memory and says what did not.
static void send_spool(Worker *worker)
{
    int descriptor = spool_open();
    if (descriptor < 0)
        return;
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_spool_encode(message);
    worker_send(worker, message->data, message->len, descriptor, NULL);
    close(descriptor);
}

Worker *evidence_worker_spawn(EvidenceReader *reader, GError **err)
{
    Worker *worker = worker_spawn(reader->options.zygote, (WorkerOptions){0}, err);
    if (worker != NULL)
        send_spool(worker);
    return worker;
}

bool evidence_session_open(EvidenceSession *session, const EvidenceOpen *open, GError **err)
{
    g_ptr_array_set_size(session->open, 0);
    session->announced = (Place){0};
    session->begun_cpu_ms = worker_cpu_ms(session->worker);
    g_byte_array_set_size(session->request, 0);
    evidence_open_encode(open, session->request);
    return worker_send(session->worker, session->request->data, session->request->len,
                       session->file->descriptor, err);
}

// ---- Siblings ---------------------------------------------------------------------------------

// Only a regular file beside the evidence file, by its base name, and never through a link.
static int open_sibling(const char *path, const char *name, uint64_t *ret_size_bytes)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *sibling = g_build_filename(folder, name, NULL);
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int descriptor = open(sibling, flags | O_NOATIME);
    if (descriptor < 0 && errno == EPERM)
        descriptor = open(sibling, flags);
    struct stat status;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        *ret_size_bytes = (uint64_t)status.st_size;
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static void answer_sibling(EvidenceSession *session, const char *name)
{
    uint64_t size_bytes = 0;
    int descriptor = open_sibling(session->file->path, name, &size_bytes);
    g_byte_array_set_size(session->request, 0);
    evidence_sibling_encode(descriptor >= 0, size_bytes, session->request);
    worker_send(session->worker, session->request->data, session->request->len, descriptor, NULL);
    if (descriptor >= 0)
        close(descriptor);
}

// ---- Messages ---------------------------------------------------------------------------------

static bool is_cancelled(const EvidenceSession *session)
{
    bool (*asked)(void) = session->reader->options.is_cancelled;
    return asked != NULL && asked();
}

static unsigned silence_ms(const EvidenceSession *session)
{
    unsigned chosen_ms = session->reader->options.silence_ms;
    return chosen_ms != 0 ? chosen_ms : LIMIT_EVIDENCE_SILENCE_MS;
}

// Waits for a message for as long as a worker may be silent. False when the user has cancelled,
// which is asked before each message, because a busy worker is never waited for.
static bool wait_for_message(EvidenceSession *session, GError **err)
{
    int64_t begun_ms = clock_monotonic_ms(), now_ms = begun_ms;
    bool goes_on;
    while ((goes_on = !is_cancelled(session)) && !worker_wait(session->worker, WAIT_STEP_MS) &&
           now_ms - begun_ms < silence_ms(session))
        now_ms = clock_monotonic_ms();
    session->waited_ms += (uint64_t)(clock_monotonic_ms() - begun_ms);
    if (!goes_on)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
    return goes_on;
}

// The worker itself ends when its CPU time is used up. One that does not is stopped at twice that,
// or when it has kept the program waiting for twenty times as long.
static bool has_overrun(const EvidenceSession *session)
{
    uint64_t budget_ms =
        LIMIT_EVIDENCE_TIME_MS + (session->file->size_bytes >> 20) * LIMIT_EVIDENCE_TIME_MS_PER_MIB;
    return session->waited_ms > 20 * budget_ms ||
           worker_cpu_ms(session->worker) - session->begun_cpu_ms > 2 * budget_ms;
}

WorkerOutcome evidence_session_receive(EvidenceSession *session, EvidenceMessage *ret_message,
                                       char **ret_reason, GError **err)
{
    for (;;) {
        if (!wait_for_message(session, err))
            return WORKER_CRASHED;
        WorkerOutcome outcome = worker_receive(session->worker, 0, session->reply, ret_reason);
        if (outcome == WORKER_TIMED_OUT) {
            g_free(*ret_reason);
            *ret_reason = g_strdup_printf("it was worked on for %g seconds without a result",
                                          silence_ms(session) / 1000.0);
        }
        if (outcome != WORKER_ANSWERED)
            return outcome;
        if (!evidence_message_decode(session->reply->data, session->reply->len, ret_message)) {
            *ret_reason = worker_reject(session->worker);
            return WORKER_NONSENSE;
        }
        if (has_overrun(session)) {
            evidence_message_clear(ret_message);
            g_free(worker_reject(session->worker));
            *ret_reason =
                g_strdup("it takes more than twice the time allowed for the size of the file");
            return WORKER_TIMED_OUT;
        }
        if (ret_message->kind != EVIDENCE_MESSAGE_ASK_SIBLING)
            return WORKER_ANSWERED;
        answer_sibling(session, ret_message->sibling);
        evidence_message_clear(ret_message);
    }
}

// ---- Where the worker is ----------------------------------------------------------------------

static char *item_id_new(DigestState *state, const char *locator)
{
    DigestSet digests;
    digest_state_begin(state);
    digest_state_update(state, locator, strlen(locator));
    digest_state_finish(state, &digests);
    return encoding_hex_new(digests.sha256, 16);
}

// Forgets the items that are not around `place`.
static void close_items(EvidenceSession *session, const Place *place)
{
    while (session->open->len > 0) {
        const OpenItem *last = session->open->pdata[session->open->len - 1];
        if (last->place.depth < place->depth && place_is_within(place, &last->place))
            return;
        g_ptr_array_set_size(session->open, (int)session->open->len - 1);
    }
}

const OpenItem *evidence_session_announce(EvidenceSession *session,
                                          const EvidenceAnnounce *announce)
{
    if (place_compare(&announce->place, &session->announced) <= 0)
        return NULL;
    session->announced = announce->place;
    close_items(session, &announce->place);
    const EvidenceFile *file = session->file;
    const OpenItem *around =
        session->open->len > 0 ? session->open->pdata[session->open->len - 1] : NULL;
    const char *locator = around != NULL ? around->locator : file->locator;
    g_autofree char *name = path_text_new(announce->name);

    OpenItem *item = g_new0(OpenItem, 1);
    item->place = announce->place;
    item->path = g_strconcat(around != NULL ? around->path : file->record_path, " > ", name, NULL);
    item->locator =
        g_strdup_printf("%.*s,%s]", (int)(strlen(locator) - 1), locator, announce->layer);
    item->item_id = item_id_new(session->reader->digest, item->locator);
    item->is_structure = announce->is_structure;
    item->has_size = announce->has_size;
    item->size_bytes = announce->size_bytes;
    item->times = announce->times;
    g_ptr_array_add(session->open, item);
    return item;
}

OpenItem *evidence_session_finish(EvidenceSession *session, const Place *place)
{
    for (unsigned i = session->open->len; i-- > 0;) {
        OpenItem *item = session->open->pdata[i];
        if (place_compare(&item->place, place) != 0)
            continue;
        session->open->pdata[i] = NULL;
        g_ptr_array_set_size(session->open, (int)i);
        return item;
    }
    return NULL;
}
