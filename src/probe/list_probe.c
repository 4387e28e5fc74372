// SPDX-License-Identifier: Apache-2.0
#include "probe/list_probe.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "lists/list_format.h"

#define FLUSH_MS 100

typedef struct {
    int descriptor;
    bool is_pipe;
    uint64_t pipe_read; // bytes taken from a pipe so far
    uint8_t *head;      // first bytes of the source, looked at to recognise the format
    size_t head_bytes;
    bool head_is_all;    // the source ended within the head
    uint64_t bytes_read; // how far the format's reader has come
    const ListFormat *format;
    GByteArray *batch;
    int64_t first_part_ms; // when the oldest part of the batch went in
    bool first_sent;
    bool is_gone; // nobody takes batches any more
    ListBatchSend send;
    void *user_data;
} Probe;

// Sending -----------------------------------------------------------------------------------------

static bool send_batch(Probe *probe)
{
    list_batch_set_progress(probe->batch, probe->bytes_read);
    if (!probe->is_gone)
        probe->is_gone = !probe->send(probe->user_data, probe->batch);
    list_batch_begin(probe->batch);
    return !probe->is_gone;
}

static bool flush(Probe *probe)
{
    return list_batch_is_empty(probe->batch) || send_batch(probe);
}

// After a part went in. The first entry goes at once: the program checks it against its options.
static bool flush_when_due(Probe *probe, bool was_empty)
{
    int64_t now_ms = clock_monotonic_ms();
    if (was_empty)
        probe->first_part_ms = now_ms;
    bool due = probe->batch->len >= LIST_BATCH_BYTES || !probe->first_sent ||
               now_ms - probe->first_part_ms >= FLUSH_MS;
    return !due || flush(probe);
}

static bool sink_header(void *user_data, const ListHeader *header)
{
    Probe *probe = user_data;
    bool was_empty = list_batch_is_empty(probe->batch);
    const ListDescription description = {
        .format = probe->format->name,
        .position_unit = probe->format->position_unit,
        .description = header->description,
        .scheme = header->scheme,
        .is_benign = header->is_benign,
        .declared_count = header->declared_count,
    };
    list_batch_add_description(probe->batch, &description);
    return flush_when_due(probe, was_empty);
}

static bool sink_refused(void *user_data, uint64_t position, const char *reason)
{
    Probe *probe = user_data;
    bool was_empty = list_batch_is_empty(probe->batch);
    list_batch_add_refused(probe->batch, position, reason);
    return flush_when_due(probe, was_empty);
}

static bool sink_entry(void *user_data, const ListEntry *entry)
{
    Probe *probe = user_data;
    if (list_entry_bytes(entry) > LIMIT_LIST_ENTRY_BYTES)
        return sink_refused(user_data, entry->position, "the entry is larger than an entry may be");
    bool was_empty = list_batch_is_empty(probe->batch);
    ListEntryCursor cursor;
    list_batch_add_entry(probe->batch, entry, &cursor);
    while (!cursor.is_whole) {
        if (probe->batch->len >= LIST_BATCH_BYTES && !send_batch(probe))
            return false;
        list_batch_add_more(probe->batch, entry, &cursor);
    }
    bool ok = flush_when_due(probe, was_empty);
    probe->first_sent = true;
    return ok;
}

// Reading -----------------------------------------------------------------------------------------

// A pipe may make us wait: what was read before goes out first.
static int64_t read_pipe(Probe *probe, void *target, size_t size_bytes)
{
    if (!flush(probe)) {
        errno = EPIPE;
        return -1;
    }
    ssize_t got;
    do
        got = read(probe->descriptor, target, size_bytes);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        probe->pipe_read += (uint64_t)got;
    return got;
}

static int64_t read_descriptor(Probe *probe, uint64_t offset, void *target, size_t size_bytes)
{
    if (probe->is_pipe)
        return read_pipe(probe, target, size_bytes);
    ssize_t got;
    do
        got = pread(probe->descriptor, target, size_bytes, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

static int64_t source_read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    Probe *probe = user_data;
    int64_t got;
    if (offset < probe->head_bytes) {
        size_t left = probe->head_bytes - (size_t)offset;
        got = (int64_t)MIN(left, size_bytes);
        memcpy(target, probe->head + offset, (size_t)got);
    } else if (probe->head_is_all) {
        got = 0;
    } else if (probe->is_pipe && offset != probe->pipe_read) {
        errno = ESPIPE;
        got = -1;
    } else {
        got = read_descriptor(probe, offset, target, size_bytes);
    }
    if (got > 0)
        probe->bytes_read = MAX(probe->bytes_read, offset + (uint64_t)got);
    return got;
}

// Recognising -------------------------------------------------------------------------------------

// An error whose message holds the names of all formats in the middle.
static bool fail_format(ClewError code, const char *before, const char *after, GError **err)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (const ListFormat *const *format = list_formats(); *format != NULL; format++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", (*format)->name);
    g_set_error(err, CLEW_ERROR, code, "%s (%s)%s", before, names->str, after);
    return false;
}

// Reads no further than recognising needs, so that the first line of a slow pipe can be enough.
static bool recognise(Probe *probe, GError **err)
{
    const ListFormat *format = NULL;
    bool sure = false;
    while (!sure && probe->head_bytes < LIST_RECOGNISE_BYTES) {
        int64_t got = read_descriptor(probe, probe->head_bytes, probe->head + probe->head_bytes,
                                      LIST_RECOGNISE_BYTES - probe->head_bytes);
        if (got < 0)
            return clew_error_set_errno(err, errno, "cannot read its first bytes");
        if (got == 0) {
            probe->head_is_all = true;
            break;
        }
        probe->head_bytes += (size_t)got;
        format = list_format_recognise(probe->head, probe->head_bytes, &sure);
    }
    probe->format = format;
    if (probe->head_bytes == 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID, "it is empty");
        return false;
    }
    return format != NULL ||
           fail_format(CLEW_ERROR_UNSUPPORTED, "it is in none of the formats Clew knows",
                       "; name one with --format", err);
}

static bool choose_format(Probe *probe, const ListReadRequest *request, GError **err)
{
    if (request->format == NULL)
        return recognise(probe, err);
    probe->format = list_format_by_name(request->format);
    if (probe->format != NULL)
        return true;
    g_autofree char *before = g_strdup_printf("there is no format \"%s\"", request->format);
    return fail_format(CLEW_ERROR_INVALID, before, "", err);
}

static bool read_list(Probe *probe, const ListReadRequest *request, GError **err)
{
    ListReadOptions options = {
        .has_default_type = request->has_default_type,
        .default_type = request->default_type,
    };
    if (request->columns != NULL &&
        !list_read_options_parse_columns(&options, request->columns, err))
        return false;
    struct stat status;
    if (fstat(probe->descriptor, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot examine it");
    probe->is_pipe = !S_ISREG(status.st_mode);
    if (!choose_format(probe, request, err))
        return false;

    const ListSource source = {
        .read_at = source_read_at,
        .size_bytes = probe->is_pipe ? UINT64_MAX : (uint64_t)status.st_size,
        .user_data = probe,
    };
    const ListSink sink = {
        .header = sink_header,
        .entry = sink_entry,
        .refused = sink_refused,
        .user_data = probe,
    };
    return probe->format->read(&source, &options, &sink, err);
}

void list_probe_run(int descriptor, const ListReadRequest *request, ListBatchSend send,
                    void *user_data)
{
    Probe probe = {
        .descriptor = descriptor,
        .head = g_malloc(LIST_RECOGNISE_BYTES),
        .batch = g_byte_array_new(),
        .send = send,
        .user_data = user_data,
    };
    list_batch_begin(probe.batch);
    g_autoptr(GError) error = NULL;
    read_list(&probe, request, &error);
    list_batch_add_end(probe.batch, error);
    send_batch(&probe);
    g_byte_array_unref(probe.batch);
    g_free(probe.head);
}

static bool send_reply(void *user_data, const GByteArray *batch)
{
    return serve_reply(user_data, batch->data, batch->len);
}

bool list_probe_handle(ServeSession *session, void *state, const ServeRequest *request)
{
    ListReadRequest read;
    if (request->descriptor < 0 ||
        !list_request_decode(request->message, request->size_bytes, &read))
        return false;
    list_probe_run(request->descriptor, &read, send_reply, session);
    list_request_clear(&read);
    return true;
}
