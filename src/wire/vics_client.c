// SPDX-License-Identifier: Apache-2.0
#include "wire/vics_client.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

#define WAIT_SLICE_MS 200

typedef enum {
    STREAM_GO_ON,
    STREAM_COMPLETE, // the end was in it and all went well
    STREAM_FAILED,   // *err is set
    STREAM_BROKEN,
} StreamResult;

typedef struct {
    Worker *worker;
    const char *name;
    const VicsReceiver *receiver;
    VicsAssembly assembly;
    bool has_document;
} Reading;

static bool fail_stopped(GError **err)
{
    if (err != NULL && *err == NULL)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED,
                            "reading the case document was stopped");
    return false;
}

static bool fail_worker(const Reading *reading, const char *reason, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "cannot read the case document %s: %s",
                reading->name, reason);
    return false;
}

static StreamResult take_end(const Reading *reading, const VicsRecord *record, GError **err)
{
    if (record->text == NULL)
        return reading->has_document ? STREAM_COMPLETE : STREAM_BROKEN;
    g_set_error(err, CLEW_ERROR, (int)record->error, "cannot read the case document %s: %s",
                reading->name, record->text);
    return STREAM_FAILED;
}

static StreamResult take_record(Reading *reading, VicsRecord *record, GError **err)
{
    const VicsReceiver *receiver = reading->receiver;
    bool ok = true;
    if (record->type == VICS_RECORD_END)
        return take_end(reading, record, err);
    if (reading->has_document)
        return STREAM_BROKEN;
    switch (record->type) {
    case VICS_RECORD_MEDIA:
        ok = receiver->media(receiver->user_data, &record->media, err);
        break;
    case VICS_RECORD_IDENTIFIER:
        ok = receiver->identifier(receiver->user_data, &record->identifier, err);
        break;
    case VICS_RECORD_HEAD:
        ok = receiver->head(receiver->user_data, &record->head, err);
        break;
    default:
        reading->has_document = true;
        ok = receiver->document(receiver->user_data, &record->document, err);
        break;
    }
    if (ok)
        return STREAM_GO_ON;
    fail_stopped(err);
    return STREAM_FAILED;
}

static StreamResult take_chunk(Reading *reading, const GByteArray *message, GError **err)
{
    uint64_t bytes_read;
    if (!vics_assembly_add(&reading->assembly, message->data, message->len, &bytes_read))
        return STREAM_BROKEN;
    for (;;) {
        VicsRecord record;
        VicsNext next = vics_assembly_next(&reading->assembly, &record);
        if (next == VICS_NEXT_BROKEN)
            return STREAM_BROKEN;
        if (next == VICS_NEXT_LATER)
            break;
        StreamResult result = take_record(reading, &record, err);
        vics_record_clear(&record);
        if (result != STREAM_GO_ON)
            return result;
    }
    if (reading->receiver->progress != NULL)
        reading->receiver->progress(reading->receiver->user_data, bytes_read);
    return STREAM_GO_ON;
}

// In slices, so that a person can stop a document that says nothing.
static bool wait_for_chunk(const Reading *reading, GError **err)
{
    const VicsReceiver *receiver = reading->receiver;
    int64_t end_ms = clock_monotonic_ms() + LIMIT_LIST_SILENCE_MS;
    while (!worker_wait(reading->worker, WAIT_SLICE_MS)) {
        if (receiver->is_cancelled != NULL && receiver->is_cancelled(receiver->user_data, err))
            return fail_stopped(err);
        if (clock_monotonic_ms() >= end_ms)
            return fail_worker(reading, "its reader said nothing for a minute and was stopped",
                               err);
    }
    return true;
}

static bool receive(Reading *reading, GError **err)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    for (;;) {
        g_autofree char *reason = NULL;
        if (!wait_for_chunk(reading, err))
            return false;
        if (worker_receive(reading->worker, 0, message, &reason) != WORKER_ANSWERED)
            return fail_worker(reading, reason, err);
        switch (take_chunk(reading, message, err)) {
        case STREAM_GO_ON:
            break;
        case STREAM_COMPLETE:
            return true;
        case STREAM_FAILED:
            return false;
        case STREAM_BROKEN:
            reason = worker_reject(reading->worker);
            return fail_worker(reading, reason, err);
        }
    }
}

bool vics_client_read(Zygote *zygote, int descriptor, const char *name,
                      const VicsReceiver *receiver, GError **err)
{
    g_autoptr(Worker) worker = worker_spawn(zygote, (WorkerOptions){0}, err);
    if (worker == NULL)
        return false;
    Reading reading = {.worker = worker, .name = name, .receiver = receiver};
    g_autoptr(GByteArray) request = g_byte_array_new();
    vics_request_encode(request);
    g_autoptr(GError) error = NULL;
    bool ok = worker_send(worker, request->data, request->len, descriptor, &error) &&
              receive(&reading, &error);
    vics_assembly_clear(&reading.assembly);
    if (!ok)
        g_propagate_error(err, g_steal_pointer(&error));
    return ok;
}
