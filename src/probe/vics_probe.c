// SPDX-License-Identifier: Apache-2.0
#include "probe/vics_probe.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "lists/vics_case_reader.h"

#define FLUSH_MS 100
#define STREAM_KEEP_BYTES (1u << 20)

typedef struct {
    int descriptor;
    uint64_t bytes_read;
    GByteArray *stream; // records that have not gone out
    GByteArray *chunk;
    int64_t sent_ms;
    bool is_gone; // nobody takes chunks any more
    VicsChunkSend send;
    void *user_data;
} Probe;

static bool flush(Probe *probe)
{
    size_t sent = 0;
    while (sent < probe->stream->len && !probe->is_gone) {
        size_t count = MIN(probe->stream->len - sent, VICS_CHUNK_BYTES);
        vics_chunk_encode(probe->bytes_read, probe->stream->data + sent, count, probe->chunk);
        probe->is_gone = !probe->send(probe->user_data, probe->chunk);
        sent += count;
    }
    bool was_large = probe->stream->len > STREAM_KEEP_BYTES;
    g_byte_array_set_size(probe->stream, 0);
    if (was_large) {
        g_byte_array_unref(probe->stream);
        probe->stream = g_byte_array_new();
    }
    probe->sent_ms = clock_monotonic_ms();
    return !probe->is_gone;
}

static bool flush_when_due(Probe *probe)
{
    bool due =
        probe->stream->len >= VICS_CHUNK_BYTES || clock_monotonic_ms() - probe->sent_ms >= FLUSH_MS;
    return !due || flush(probe);
}

static bool sink_media(void *user_data, const VicsMedia *media, GError **err)
{
    Probe *probe = user_data;
    vics_stream_put_media(probe->stream, media);
    return flush_when_due(probe);
}

static bool sink_identifier(void *user_data, const VicsIdentifier *identifier, GError **err)
{
    Probe *probe = user_data;
    vics_stream_put_identifier(probe->stream, identifier);
    return flush_when_due(probe);
}

static bool sink_head(void *user_data, const VicsCaseHead *head, GError **err)
{
    Probe *probe = user_data;
    vics_stream_put_head(probe->stream, head);
    return flush_when_due(probe);
}

static bool sink_document(void *user_data, const VicsDocument *document, GError **err)
{
    Probe *probe = user_data;
    vics_stream_put_document(probe->stream, document);
    return flush_when_due(probe);
}

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    Probe *probe = user_data;
    ssize_t got;
    do
        got = pread(probe->descriptor, target, size_bytes, (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        probe->bytes_read = MAX(probe->bytes_read, offset + (uint64_t)got);
    return got;
}

static bool read_document(Probe *probe, GError **err)
{
    struct stat status;
    if (fstat(probe->descriptor, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot examine it");
    if (!S_ISREG(status.st_mode)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "it is not a regular file");
        return false;
    }
    const ListSource source = {
        .read_at = read_at, .size_bytes = (uint64_t)status.st_size, .user_data = probe};
    const VicsCaseSink sink = {
        .media = sink_media,
        .identifier = sink_identifier,
        .head = sink_head,
        .document = sink_document,
        .user_data = probe,
    };
    return vics_case_read(&source, &sink, err);
}

void vics_probe_run(int descriptor, VicsChunkSend send, void *user_data)
{
    Probe probe = {
        .descriptor = descriptor,
        .stream = g_byte_array_new(),
        .chunk = g_byte_array_new(),
        .sent_ms = clock_monotonic_ms(),
        .send = send,
        .user_data = user_data,
    };
    g_autoptr(GError) error = NULL;
    read_document(&probe, &error);
    vics_stream_put_end(probe.stream, error);
    flush(&probe);
    g_byte_array_unref(probe.stream);
    g_byte_array_unref(probe.chunk);
}

static bool send_reply(void *user_data, const GByteArray *chunk)
{
    return serve_reply(user_data, chunk->data, chunk->len);
}

bool vics_probe_handle(ServeSession *session, void *state, const ServeRequest *request)
{
    if (request->descriptor < 0 || !vics_request_is(request->message, request->size_bytes))
        return false;
    vics_probe_run(request->descriptor, send_reply, session);
    return true;
}
