// SPDX-License-Identifier: Apache-2.0
#include "wire/list_client.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

#define WAIT_SLICE_MS 200

typedef enum {
    BATCH_GO_ON,
    BATCH_COMPLETE, // the end was in it and all went well
    BATCH_FAILED,   // *err is set
    BATCH_BROKEN,
} BatchResult;

static bool fail_stopped(GError **err)
{
    if (err != NULL && *err == NULL)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "reading the list was stopped");
    return false;
}

static BatchResult take_end(const ListPart *part, const char *name, GError **err)
{
    if (part->text == NULL)
        return BATCH_COMPLETE;
    g_set_error(err, CLEW_ERROR, (int)part->error, "cannot read the list %s: %s", name, part->text);
    return BATCH_FAILED;
}

static BatchResult take_part(const ListPart *part, const char *name, const ListReceiver *receiver,
                             GError **err)
{
    bool ok = true;
    switch (part->type) {
    case LIST_PART_DESCRIPTION:
        ok = receiver->described(receiver->user_data, &part->description, err);
        break;
    case LIST_PART_ENTRY:
        ok = receiver->entry(receiver->user_data, &part->entry, err);
        break;
    case LIST_PART_REFUSED:
        ok = receiver->refused(receiver->user_data, part->position, part->text, err);
        break;
    case LIST_PART_END:
        return take_end(part, name, err);
    }
    if (ok)
        return BATCH_GO_ON;
    fail_stopped(err);
    return BATCH_FAILED;
}

static BatchResult take_batch(const GByteArray *message, ListEntryAssembly *assembly,
                              const char *name, const ListReceiver *receiver, GError **err)
{
    Reader reader;
    uint64_t bytes_read;
    if (!list_batch_open(message->data, message->len, &reader, &bytes_read))
        return BATCH_BROKEN;
    for (;;) {
        ListPart part;
        switch (list_batch_next(&reader, assembly, &part)) {
        case LIST_BATCH_BROKEN:
            return BATCH_BROKEN;
        case LIST_BATCH_OVER:
            if (receiver->progress != NULL)
                receiver->progress(receiver->user_data, bytes_read);
            return BATCH_GO_ON;
        case LIST_BATCH_PART:
            break;
        }
        BatchResult result = take_part(&part, name, receiver, err);
        list_part_clear(&part);
        if (result != BATCH_GO_ON)
            return result;
    }
}

static bool fail_worker(const char *name, const char *reason, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "cannot read the list %s: %s", name, reason);
    return false;
}

// The silence of a worker that reads from a pipe is the pipe's, which may wait for a person.
static unsigned silence_ms(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? LIMIT_LIST_SILENCE_MS
                                                                      : UINT_MAX;
}

// Waits in slices for the next batch, so that a person can stop a list that says nothing.
static bool wait_for_batch(Worker *worker, unsigned timeout_ms, const char *name,
                           const ListReceiver *receiver, GError **err)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    while (!worker_wait(worker, WAIT_SLICE_MS)) {
        if (receiver->is_cancelled != NULL && receiver->is_cancelled(receiver->user_data, err))
            return fail_stopped(err);
        if (clock_monotonic_ms() >= end_ms) {
            g_autofree char *reason = g_strdup_printf(
                "its reader said nothing for %u seconds and was stopped", timeout_ms / 1000);
            return fail_worker(name, reason, err);
        }
    }
    return true;
}

static bool receive_batches(Worker *worker, unsigned timeout_ms, ListEntryAssembly *assembly,
                            const char *name, const ListReceiver *receiver, GError **err)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    for (;;) {
        g_autofree char *reason = NULL;
        if (!wait_for_batch(worker, timeout_ms, name, receiver, err))
            return false;
        if (worker_receive(worker, 0, message, &reason) != WORKER_ANSWERED)
            return fail_worker(name, reason, err);
        switch (take_batch(message, assembly, name, receiver, err)) {
        case BATCH_GO_ON:
            break;
        case BATCH_COMPLETE:
            return true;
        case BATCH_FAILED:
            return false;
        case BATCH_BROKEN:
            reason = worker_reject(worker);
            return fail_worker(name, reason, err);
        }
    }
}

static bool receive_all(Worker *worker, unsigned timeout_ms, const char *name,
                        const ListReceiver *receiver, GError **err)
{
    ListEntryAssembly assembly = {0};
    bool ok = receive_batches(worker, timeout_ms, &assembly, name, receiver, err);
    list_entry_assembly_clear(&assembly);
    return ok;
}

bool list_client_read(Zygote *zygote, int descriptor, const char *name,
                      const ListReadRequest *request, const ListReceiver *receiver, GError **err)
{
    g_autoptr(Worker) worker = worker_spawn(zygote, (WorkerOptions){0}, err);
    if (worker == NULL)
        return false;
    g_autoptr(GByteArray) message = g_byte_array_new();
    list_request_encode(request, message);
    return worker_send(worker, message->data, message->len, descriptor, err) &&
           receive_all(worker, silence_ms(descriptor), name, receiver, err);
}
