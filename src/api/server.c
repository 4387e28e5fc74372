// SPDX-License-Identifier: Apache-2.0
#include "api/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/admit.h"
#include "api/connections.h"
#include "api/respond.h"
#include "base/clock.h"

#define BACKLOG 128
#define THREAD_STACK_BYTES (1u << 20)
#define STOP_POLL_US 20000
#define HEADER_POOL_BYTES (LIMIT_API_HEADER_BYTES + (16u << 10)) // of the reply as well
#define IDLE_SECONDS 15u // of a connection on which nothing moves at all
#define REPLY_MS 30000   // until a reply has been taken, and in addition
#define REPLY_MS_PER_MIB 2000

struct ApiServer {
    ApiCallContext context;
    ApiAdmission admission;
    ApiResponder responder;
    ApiGuard *guard;
    ApiStaticFiles *files;
    ApiRate *rate;
    ApiConnections *connections;
    struct MHD_Daemon *daemon;
    char *address;
    char *spool;
    uint8_t cursor_key[API_CURSOR_KEY_BYTES];
    void (*log)(void *data, const char *line);
    void *log_data;
    atomic_bool stopping;
    atomic_uint streams;
    atomic_uint calls; // running, streams included
    atomic_ullong body_bytes;
};

// One request, as the HTTP library carries it around.
typedef struct {
    ApiServer *server;
    ApiCall *call;
    ApiConnection *connection; // NULL until the headers are there
    char method[16];           // as it came, for the log; cut
    int64_t began_ms;
    uint64_t body_expected;
    bool was_admitted; // the headers were looked at
    bool is_answered;  // the reply is set already
    bool spool_failed;
} Request;

// ---- Log --------------------------------------------------------------------------------------

// No text of the client: only what the route table and the accounts say.
static void log_request(const Request *request)
{
    const ApiServer *server = request->server;
    const ApiCall *call = request->call;
    if (server->log == NULL)
        return;
    const char *what = call->route != NULL         ? call->route->path
                       : call->reply.status == 200 ? "(page)"
                                                   : "(other)";
    g_autoptr(GString) line = g_string_new(NULL);
    ApiMethod known;
    bool is_known = api_method_from_name(request->method, &known) || call->is_head;
    g_string_printf(line, "%s %s %d %" G_GINT64_FORMAT " ms account %" G_GUINT64_FORMAT,
                    is_known ? request->method : "(method)", what, call->reply.status,
                    clock_monotonic_ms() - request->began_ms, call->identity.actor.account_id);
    if (call->fault_message != NULL)
        g_string_append_printf(line, " id %s: %s", call->fault_id, call->fault_message);
    server->log(server->log_data, line->str);
}

// ---- Headers ----------------------------------------------------------------------------------

static const struct {
    const char *name;
    size_t offset;
} known_headers[] = {
    {"Host", offsetof(ApiHeaders, host)},
    {"Origin", offsetof(ApiHeaders, origin)},
    {"Sec-Fetch-Site", offsetof(ApiHeaders, fetch_site)},
    {"X-Forwarded-For", offsetof(ApiHeaders, forwarded_for)},
    {"Authorization", offsetof(ApiHeaders, authorization)},
    {"Cookie", offsetof(ApiHeaders, cookie)},
    {"X-CSRF-Token", offsetof(ApiHeaders, csrf_token)},
    {"Content-Type", offsetof(ApiHeaders, content_type)},
    {"Content-Length", offsetof(ApiHeaders, content_length)},
    {"Content-Encoding", offsetof(ApiHeaders, content_encoding)},
    {"Accept-Encoding", offsetof(ApiHeaders, accept_encoding)},
    {"Transfer-Encoding", offsetof(ApiHeaders, transfer_encoding)},
    {"If-Match", offsetof(ApiHeaders, if_match)},
    {"If-None-Match", offsetof(ApiHeaders, if_none_match)},
    {"Idempotency-Key", offsetof(ApiHeaders, idempotency_key)},
    {"Last-Event-ID", offsetof(ApiHeaders, last_event_id)},
    {"User-Agent", offsetof(ApiHeaders, user_agent)},
};

typedef struct {
    ApiHeaders *headers;
    bool repeats;
} HeaderVisit;

static enum MHD_Result visit_header(void *data, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    HeaderVisit *visit = data;
    for (unsigned i = 0; i < G_N_ELEMENTS(known_headers); i++) {
        if (g_ascii_strcasecmp(name, known_headers[i].name) != 0)
            continue;
        const char **place = (const char **)((char *)visit->headers + known_headers[i].offset);
        visit->repeats = visit->repeats || *place != NULL;
        *place = value != NULL ? value : "";
    }
    return MHD_YES;
}

// ---- Requests ---------------------------------------------------------------------------------

// Called by the library with the request line's target, before it reads the headers.
static void *begin_request(void *data, const char *target, struct MHD_Connection *connection)
{
    ApiServer *server = data;
    Request *request = g_new0(Request, 1);
    request->server = server;
    request->call = api_call_new(&server->context, target);
    request->began_ms = clock_monotonic_ms();
    atomic_fetch_add(&server->calls, 1);
    return request;
}

static ApiConnection *connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void write_peer(struct MHD_Connection *connection, char text[static INET6_ADDRSTRLEN])
{
    const struct sockaddr *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    text[0] = '\0';
    if (peer->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, text, INET6_ADDRSTRLEN);
    else if (peer->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)peer)->sin6_addr, text,
                  INET6_ADDRSTRLEN);
}

static void due_in(const Request *request, int64_t wait_ms)
{
    if (request->connection != NULL)
        api_connection_due_in(request->server->connections, request->connection, wait_ms);
}

static enum MHD_Result send_reply(Request *request, struct MHD_Connection *connection)
{
    ApiCall *call = request->call;
    struct MHD_Response *response =
        api_respond(&request->server->responder, call, socket_of(connection));
    if (response == NULL)
        return MHD_NO;
    bool is_stream = call->reply.events.next != NULL;
    uint64_t size =
        call->reply.bytes != NULL ? g_bytes_get_size(call->reply.bytes) : call->reply.size_bytes;
    due_in(request, is_stream ? 0 : REPLY_MS + (int64_t)(size >> 20) * REPLY_MS_PER_MIB);
    log_request(request);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)call->reply.status, response);
    MHD_destroy_response(response);
    return queued;
}

// ---- Bodies -----------------------------------------------------------------------------------

// Sets aside room for the body. False when the reply says why not.
static bool prepare_body(Request *request)
{
    ApiServer *server = request->server;
    ApiCall *call = request->call;
    g_autoptr(GError) error = NULL;
    if (call->route->body == API_BODY_FILE) {
        const char *folder = server->spool != NULL ? server->spool : g_get_tmp_dir();
        call->body_file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (call->body_file < 0)
            clew_error_set_errno(&error, errno, "no file for a body can be made in '%s'", folder);
    } else if (request->body_expected > 0) {
        uint64_t before = atomic_fetch_add(&server->body_bytes, request->body_expected);
        if (before + request->body_expected > LIMIT_API_BODIES_BYTES)
            g_set_error_literal(&error, CLEW_ERROR, CLEW_ERROR_BUSY,
                                "too many large requests are under way; try again");
        call->body_bytes = g_byte_array_new();
    }
    if (error != NULL)
        api_call_fail(call, error);
    return error == NULL;
}

static bool write_whole(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static void take_body(Request *request, const char *bytes, size_t size)
{
    ApiCall *call = request->call;
    if (request->is_answered)
        return;
    if (call->body_file >= 0)
        request->spool_failed = request->spool_failed || !write_whole(call->body_file, bytes, size);
    else if (call->body_bytes != NULL && call->body_bytes->len + size <= request->body_expected)
        g_byte_array_append(call->body_bytes, (const guint8 *)bytes, (guint)size);
}

static void finish_call(Request *request)
{
    ApiCall *call = request->call;
    due_in(request, 0); // what a handler takes is its own affair
    if (request->spool_failed) {
        g_autoptr(GError) error =
            g_error_new(CLEW_ERROR, CLEW_ERROR_IO, "the body could not be written to a file");
        api_call_fail(call, error);
        return;
    }
    if (call->body_file >= 0)
        lseek(call->body_file, 0, SEEK_SET);
    api_call_run(call);
}

// ---- What the library calls -------------------------------------------------------------------

// The headers are there. Replies to what is refused or needs no handler.
static enum MHD_Result admit_request(Request *request, struct MHD_Connection *connection,
                                     const char *method)
{
    ApiServer *server = request->server;
    char peer[INET6_ADDRSTRLEN];
    write_peer(connection, peer);
    HeaderVisit visit = {.headers = &request->call->headers};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, visit_header, &visit);
    g_strlcpy(request->method, method, sizeof request->method);
    request->connection = connection_of(connection);
    request->was_admitted = true;
    const ApiArrival arrival = {.method = method, .peer = peer, .repeats = visit.repeats};
    ApiAdmitted admitted =
        api_admit(&server->admission, request->call, &arrival, &request->body_expected);
    if (admitted == API_ADMITTED && prepare_body(request)) {
        due_in(request, (int64_t)LIMIT_API_BODY_MS +
                            (int64_t)(request->body_expected >> 20) * LIMIT_API_BODY_MS_PER_MIB);
        return MHD_YES; // the body, if there is one, comes next
    }
    // A reply before the body closes the connection behind it, for what is left of the body would
    // be taken for the next request; so one that has no body is replied to when it is complete.
    request->is_answered = true;
    const ApiHeaders *headers = &request->call->headers;
    bool has_body = headers->transfer_encoding != NULL ||
                    (headers->content_length != NULL && strcmp(headers->content_length, "0") != 0);
    return has_body ? send_reply(request, connection) : MHD_YES;
}

static enum MHD_Result handle_request(void *data, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *bytes, size_t *bytes_size, void **context)
{
    Request *request = *context;
    if (request == NULL)
        return MHD_NO;
    if (!request->was_admitted)
        return admit_request(request, connection, method);
    if (*bytes_size > 0) {
        take_body(request, bytes, *bytes_size);
        *bytes_size = 0;
        return MHD_YES;
    }
    if (!request->is_answered)
        finish_call(request);
    return send_reply(request, connection);
}

static void end_request(void *data, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode why)
{
    Request *request = *context;
    if (request == NULL)
        return;
    *context = NULL;
    ApiServer *server = request->server;
    due_in(request, LIMIT_API_HEADERS_MS); // of the next request
    if (request->call->body_bytes != NULL || request->call->body_handed != NULL)
        atomic_fetch_sub(&server->body_bytes, request->body_expected);
    api_call_free(request->call);
    g_free(request);
    atomic_fetch_sub(&server->calls, 1);
}

static void notify_connection(void *data, struct MHD_Connection *connection, void **context,
                              enum MHD_ConnectionNotificationCode what)
{
    ApiServer *server = data;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        ApiConnection *added = api_connection_add(server->connections, socket_of(connection));
        api_connection_due_in(server->connections, added, LIMIT_API_HEADERS_MS);
        *context = added;
    } else if (*context != NULL) {
        api_connection_remove(server->connections, *context);
        *context = NULL;
    }
}

// Targets are taken apart by api/target.h only.
static size_t leave_escaped(void *data, struct MHD_Connection *connection, char *text)
{
    return strlen(text);
}

static void ignore_library_log(void *data, const char *format, va_list arguments)
{
}

// ---- Listening --------------------------------------------------------------------------------

typedef struct {
    char *host;
    struct sockaddr_storage address;
    socklen_t size;
} Listen;

static bool parse_listen(const char *text, Listen *ret_listen, GError **err)
{
    g_autofree char *host = NULL;
    unsigned port = 0;
    const char *colon = strrchr(text, ':');
    bool has_port = colon != NULL && g_ascii_isdigit(colon[1]);
    Listen listen_at = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&listen_at.address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&listen_at.address;
    bool is_name = has_port && api_host_split(text, &host, &port);
    const char *number = is_name && strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    if (is_name && inet_pton(AF_INET, number, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        listen_at.size = sizeof *four;
    } else if (is_name && inet_pton(AF_INET6, number, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        listen_at.size = sizeof *six;
    } else {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "'%s' is no address to listen on, like 127.0.0.1:8600 or [::1]:8600", text);
        return false;
    }
    listen_at.host = g_steal_pointer(&host);
    *ret_listen = listen_at;
    return true;
}

static int open_listener(const ApiServerOptions *options, const Listen *listen_at, GError **err)
{
    int listener = socket(listen_at->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(listener, (const struct sockaddr *)&listen_at->address, listen_at->size) == 0 &&
        listen(listener, BACKLOG) == 0)
        return listener;
    int errno_value = errno;
    if (listener >= 0)
        close(listener);
    if (errno_value == EADDRINUSE)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "cannot listen on %s: another program does; stop it or give another --listen",
                    options->listen);
    else
        clew_error_set_errno(err, errno_value, "cannot listen on %s", options->listen);
    return -1;
}

// The port that was given by the system when 0 was asked for.
static uint16_t port_of(int listener)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

// ---- Life -------------------------------------------------------------------------------------

static const ApiRates usual_rates = {
    .stranger = {.per_second = 10, .burst = 60},
    .account = {.per_second = 100, .burst = 400},
    .token = {.per_second = 1000, .burst = 2000},
};

static bool prepare(ApiServer *server, const ApiServerOptions *options, const char *host,
                    uint16_t port, GError **err)
{
    server->guard = api_guard_new(&(ApiGuardOptions){.listen_host = host,
                                                     .listen_port = port,
                                                     .behind_tls_proxy = options->behind_tls_proxy,
                                                     .hosts = options->hosts,
                                                     .proxies = options->proxies},
                                  err);
    if (server->guard == NULL)
        return false;
    server->files = api_static_files_new(options->desk, err);
    if (server->files == NULL)
        return false;
    if (options->cursor_key != NULL)
        memcpy(server->cursor_key, options->cursor_key, sizeof server->cursor_key);
    else if (getrandom(server->cursor_key, sizeof server->cursor_key, 0) !=
             (ssize_t)sizeof server->cursor_key)
        return clew_error_set_errno(err, errno, "no random numbers from the system");
    json_object_seed(0);
    server->rate = api_rate_new(LIMIT_API_RATE_KEYS);
    server->context = (ApiCallContext){.pool = options->pool,
                                       .authenticator = options->authenticator,
                                       .services = options->services,
                                       .cursor_key = server->cursor_key,
                                       .behind_tls_proxy = options->behind_tls_proxy};
    server->admission = (ApiAdmission){.context = &server->context,
                                       .routes = options->routes ? options->routes : api_routes(),
                                       .guard = server->guard,
                                       .files = server->files,
                                       .rate = server->rate,
                                       .rates = usual_rates,
                                       .now_ms = clock_monotonic_ms};
    server->responder = (ApiResponder){
        .pool = options->pool, .stopping = &server->stopping, .streams = &server->streams};
    server->spool = g_strdup(options->spool);
    server->log = options->log;
    server->log_data = options->log_data;
    return true;
}

// Takes the listener.
static bool start_daemon(ApiServer *server, const ApiServerOptions *options, int listener,
                         GError **err)
{
    // Behind a proxy all come from its address, and it counts them itself.
    unsigned per_address = options->behind_tls_proxy ? 0 : LIMIT_API_CONNECTIONS_PER_ADDRESS;
    server->connections = api_connections_new();
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ITC | MHD_USE_ERROR_LOG,
        0, NULL, NULL, handle_request, server, MHD_OPTION_EXTERNAL_LOGGER, ignore_library_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, LIMIT_API_CONNECTIONS,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_POOL_BYTES,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)THREAD_STACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, server, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, end_request, server,
        MHD_OPTION_NOTIFY_CONNECTION, notify_connection, server, MHD_OPTION_END);
    if (server->daemon != NULL)
        return true;
    close(listener);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "the HTTP server on %s did not start",
                options->listen);
    return false;
}

static void free_server(ApiServer *server)
{
    api_connections_free(server->connections);
    api_rate_free(server->rate);
    api_static_files_free(server->files);
    api_guard_free(server->guard);
    g_free(server->address);
    g_free(server->spool);
    g_free(server);
}

ApiServer *api_server_start(const ApiServerOptions *options, GError **err)
{
    Listen listen_at;
    if (!parse_listen(options->listen, &listen_at, err))
        return NULL;
    g_autofree char *host = listen_at.host;
    bool is_loopback = strcmp(host, "localhost") == 0 || api_address_is_loopback(host);
    if (!is_loopback && !options->behind_tls_proxy) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "listening on %s lets others in without encryption: put a TLS proxy before it "
                    "and say --behind-tls-proxy",
                    options->listen);
        return NULL;
    }
    int listener = open_listener(options, &listen_at, err);
    if (listener < 0)
        return NULL;
    ApiServer *server = g_new0(ApiServer, 1);
    uint16_t port = port_of(listener);
    if (!prepare(server, options, host, port, err)) {
        close(listener);
        free_server(server);
        return NULL;
    }
    bool is_six = strchr(host, ':') != NULL;
    server->address =
        g_strdup_printf("%s%s%s:%u", is_six ? "[" : "", host, is_six ? "]" : "", port);
    if (!start_daemon(server, options, listener, err)) {
        free_server(server);
        return NULL;
    }
    return server;
}

const char *api_server_address(const ApiServer *server)
{
    return server->address;
}

void api_server_stop(ApiServer *server)
{
    if (server == NULL)
        return;
    atomic_store(&server->stopping, true); // streams end
    MHD_socket listener = MHD_quiesce_daemon(server->daemon);
    int64_t until_ms = clock_monotonic_ms() + LIMIT_API_STOP_MS;
    while (atomic_load(&server->calls) > 0 && clock_monotonic_ms() < until_ms)
        g_usleep(STOP_POLL_US);
    MHD_stop_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
    free_server(server);
}

// ---- The table, for the test ------------------------------------------------------------------

static const char *body_name(ApiBodyKind kind)
{
    static const char *const names[] = {[API_BODY_NONE] = "none",
                                        [API_BODY_JSON] = "json",
                                        [API_BODY_BYTES] = "bytes",
                                        [API_BODY_FILE] = "file"};
    return names[kind];
}

char *api_routes_text(const ApiRoute *const *routes)
{
    GString *text = g_string_new(NULL);
    for (; *routes != NULL; routes++)
        for (const ApiRoute *route = *routes; route->path != NULL; route++) {
            json_t *row =
                json_pack("{ss ss ss ss sb sb ss ss sI}", "method", api_method_name(route->method),
                          "path", route->path, "operation", route->operation, "permission",
                          permission_name(route->permission), "second_factor",
                          api_route_needs_second_factor(route), "unrepeatable", route->unrepeatable,
                          "query", route->query ? route->query : "", "body", body_name(route->body),
                          "body_limit", (json_int_t)api_route_body_limit(route));
            char *line = json_dumps(row, JSON_COMPACT);
            g_string_append_printf(text, "%s\n", line);
            free(line);
            json_decref(row);
        }
    return g_string_free(text, FALSE);
}
