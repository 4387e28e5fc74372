// SPDX-License-Identifier: Apache-2.0
#include "api/respond.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

// ---- Headers ----------------------------------------------------------------------------------

#define POLICY_OF_PAGES                                                                            \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "              \
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "                   \
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// What the API sends is data: should a browser ever show it, it loads and runs nothing.
#define POLICY_OF_DATA                                                                             \
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const struct {
    const char *name, *value;
} fixed_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
     "hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"},
};

static void add_headers(struct MHD_Response *response, const ApiCall *call)
{
    const ApiReply *reply = &call->reply;
    MHD_add_response_header(response, "Content-Security-Policy",
                            reply->is_page ? POLICY_OF_PAGES : POLICY_OF_DATA);
    for (unsigned i = 0; i < G_N_ELEMENTS(fixed_headers); i++)
        MHD_add_response_header(response, fixed_headers[i].name, fixed_headers[i].value);
    if (reply->events.next != NULL)
        MHD_add_response_header(response, "X-Accel-Buffering", "no"); // nginx passes it on at once
    MHD_add_response_header(response, "Cache-Control",
                            reply->cache_control != NULL ? reply->cache_control : "no-store");
    if (call->context->behind_tls_proxy)
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    if (reply->content_type != NULL)
        MHD_add_response_header(response, "Content-Type", reply->content_type);
    if (reply->etag != NULL)
        MHD_add_response_header(response, "ETag", reply->etag);
    for (unsigned i = 0; reply->headers != NULL && i < reply->headers->len; i++) {
        const ApiReplyHeader *header = &g_array_index(reply->headers, ApiReplyHeader, i);
        MHD_add_response_header(response, header->name, header->value);
    }
}

// ---- Event streams ----------------------------------------------------------------------------

#define STREAM_BLOCK_BYTES 4096
#define STREAM_POLL_MS 500
#define STREAM_HEARTBEAT_MS 15000
#define STREAM_RECHECK_MS 5000 // a session that was revoked ends its streams within this

typedef struct {
    ApiResponder responder;
    ApiCall *call;
    int socket;
    GString *pending;                 // text to send
    size_t sent;                      // of pending
    int64_t heartbeat_ms, recheck_ms; // when they are due, monotonic
    bool ended;
} Stream;

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

// Waits for the next turn. False when the client has gone.
static bool wait_for_client(const Stream *stream)
{
    struct pollfd watched = {.fd = stream->socket, .events = POLLRDHUP};
    if (poll(&watched, 1, STREAM_POLL_MS) < 0)
        return errno == EINTR;
    return (watched.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static void append_event(Stream *stream, const ApiEvent *event)
{
    char *data = json_dumps(event->data, JSON_COMPACT | JSON_ENCODE_ANY);
    g_string_append_printf(stream->pending, "event: %s\nid: %" G_GINT64_FORMAT "\ndata: %s\n\n",
                           event->name, event->id, data != NULL ? data : "null");
    free(data);
    json_decref(event->data);
}

// Takes what is new from the source into pending, up to about one block.
static void ask_source(Stream *stream, Casework *work)
{
    const ApiEventSource *source = &stream->call->reply.events;
    while (!stream->ended && stream->pending->len < STREAM_BLOCK_BYTES) {
        ApiEvent event = {0};
        ApiEventState state =
            source->next(source->data, work, api_call_actor(stream->call), &event);
        if (state == API_EVENT_NONE)
            return;
        if (state == API_EVENT_ONE || state == API_EVENT_LAST)
            append_event(stream, &event);
        stream->ended = state == API_EVENT_LAST || state == API_EVENT_END;
    }
}

static void take_turn(Stream *stream)
{
    Casework *work = casework_pool_take(stream->responder.pool, NULL);
    if (work == NULL)
        return; // busy: the next turn may be luckier
    if (now_ms() >= stream->recheck_ms) {
        stream->recheck_ms = now_ms() + STREAM_RECHECK_MS;
        stream->ended = !api_call_recheck(stream->call, work);
    }
    ask_source(stream, work);
    casework_pool_give(stream->responder.pool, work, false);
    if (stream->pending->len == 0 && now_ms() >= stream->heartbeat_ms)
        g_string_append(stream->pending, ": heartbeat\n\n");
}

static ssize_t read_stream(void *data, uint64_t position, char *target, size_t size_bytes)
{
    Stream *stream = data;
    if (stream->sent == stream->pending->len) {
        g_string_truncate(stream->pending, 0);
        stream->sent = 0;
        if (!stream->ended)
            take_turn(stream);
        while (stream->pending->len == 0) {
            if (stream->ended || atomic_load(stream->responder.stopping))
                return MHD_CONTENT_READER_END_OF_STREAM;
            if (!wait_for_client(stream))
                return MHD_CONTENT_READER_END_WITH_ERROR;
            take_turn(stream);
        }
        stream->heartbeat_ms = now_ms() + STREAM_HEARTBEAT_MS;
    }
    size_t count = MIN(size_bytes, stream->pending->len - stream->sent);
    memcpy(target, stream->pending->str + stream->sent, count);
    stream->sent += count;
    return (ssize_t)count;
}

static void free_stream(void *data)
{
    Stream *stream = data;
    atomic_fetch_sub(stream->responder.streams, 1);
    g_string_free(stream->pending, TRUE);
    g_free(stream);
}

// The source itself belongs to the reply of the call and is freed with it.
static struct MHD_Response *respond_with_stream(const ApiResponder *responder, ApiCall *call,
                                                int socket)
{
    atomic_fetch_add(responder->streams, 1);
    Stream *stream = g_new0(Stream, 1);
    stream->responder = *responder;
    stream->call = call;
    stream->socket = socket;
    stream->pending = g_string_new(": here\n\n"); // so that the client sees it open at once
    stream->recheck_ms = now_ms() + STREAM_RECHECK_MS;
    stream->heartbeat_ms = now_ms() + STREAM_HEARTBEAT_MS;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, read_stream, stream, free_stream);
    if (response == NULL)
        free_stream(stream);
    return response;
}

// ---- Responses --------------------------------------------------------------------------------

static struct MHD_Response *respond_with_content(ApiCall *call)
{
    ApiReply *reply = &call->reply;
    if (reply->descriptor >= 0 && reply->status == 200) {
        struct MHD_Response *response =
            MHD_create_response_from_fd64(reply->size_bytes, reply->descriptor);
        if (response != NULL)
            reply->descriptor = -1; // the response closes it
        return response;
    }
    gsize size = 0;
    const void *bytes =
        reply->bytes != NULL && reply->status != 304 ? g_bytes_get_data(reply->bytes, &size) : NULL;
    // The bytes live as long as the call, which outlives the response.
    return MHD_create_response_from_buffer(size, size > 0 ? (void *)bytes : (void *)"",
                                           MHD_RESPMEM_PERSISTENT);
}

struct MHD_Response *api_respond(const ApiResponder *responder, ApiCall *call, int socket)
{
    if (call->reply.events.next != NULL && !call->is_head &&
        atomic_load(responder->streams) >= LIMIT_API_STREAMS) {
        api_reply_clear(&call->reply);
        g_autoptr(GError) error =
            g_error_new(CLEW_ERROR, CLEW_ERROR_BUSY, "too many streams of events are open");
        api_call_fail(call, error);
    }
    struct MHD_Response *response = call->reply.events.next != NULL && !call->is_head
                                        ? respond_with_stream(responder, call, socket)
                                        : respond_with_content(call);
    if (response != NULL)
        add_headers(response, call);
    return response;
}
