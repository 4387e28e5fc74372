// SPDX-License-Identifier: Apache-2.0
#include "api/call_private.h"

#include <string.h>
#include <unistd.h>

ApiCall *api_call_new(const ApiCallContext *context, const char *raw_target)
{
    ApiCall *call = g_new0(ApiCall, 1);
    call->context = context;
    call->raw_target = g_strdup(raw_target);
    call->body_file = -1;
    call->reply.descriptor = -1;
    return call;
}

void api_call_free(ApiCall *call)
{
    if (call == NULL)
        return;
    api_reply_clear(&call->reply);
    identity_clear(&call->identity);
    api_target_clear(&call->target);
    g_clear_pointer(&call->body_bytes, g_byte_array_unref);
    g_clear_pointer(&call->body_handed, g_bytes_unref);
    api_body_free(call->body);
    if (call->body_file >= 0)
        close(call->body_file);
    g_free(call->raw_target);
    g_free(call->address);
    g_free(call->session_text);
    g_free(call->bearer_text);
    g_free(call->fault_message);
    g_free(call);
}

// ---- The request ------------------------------------------------------------------------------

Casework *api_call_work(ApiCall *call)
{
    g_assert(call->work != NULL);
    return call->work;
}

const ApiRoute *api_call_route(const ApiCall *call)
{
    return call->route;
}

const Actor *api_call_actor(const ApiCall *call)
{
    return call->route->permission == PERMISSION_NONE ? NULL : &call->identity.actor;
}

const Identity *api_call_identity(const ApiCall *call)
{
    return &call->identity;
}

void *api_call_services(const ApiCall *call)
{
    return call->context->services;
}

const char *api_call_session(const ApiCall *call)
{
    return call->credential.session;
}

const char *api_call_address(const ApiCall *call)
{
    return call->address;
}

const char *api_call_user_agent(const ApiCall *call)
{
    return call->headers.user_agent != NULL ? call->headers.user_agent : "";
}

static const ApiPathParameter *path_parameter(const ApiCall *call, const char *name)
{
    for (unsigned i = 0; i < call->match.parameter_count; i++) {
        const ApiPathParameter *parameter = &call->match.parameters[i];
        if (strlen(name) == parameter->name_length &&
            memcmp(parameter->name, name, parameter->name_length) == 0)
            return parameter;
    }
    g_error("route %s has no path parameter '%s'", call->route->operation, name); // aborts
}

uint64_t api_call_id(const ApiCall *call, const char *name)
{
    return path_parameter(call, name)->number;
}

const char *api_call_word(const ApiCall *call, const char *name)
{
    return path_parameter(call, name)->word;
}

const char *api_call_query(const ApiCall *call, const char *name)
{
    g_assert(api_route_takes_query(call->route, name));
    return api_target_query(&call->target, name);
}

static bool query_refused(const char *name, const char *must, GError **err)
{
    g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "the query parameter '%s' must be %s",
                name, must);
    return false;
}

bool api_call_query_int(const ApiCall *call, const char *name, int64_t min, int64_t max,
                        int64_t fallback, int64_t *ret_value, GError **err)
{
    const char *text = api_call_query(call, name);
    if (text == NULL) {
        *ret_value = fallback;
        return true;
    }
    gint64 value;
    bool is_plain = text[0] != '+' && !g_ascii_isspace(text[0]);
    if (is_plain && g_ascii_string_to_signed(text, 10, min, max, &value, NULL)) {
        *ret_value = value;
        return true;
    }
    g_autofree char *must =
        g_strdup_printf("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
    return query_refused(name, must, err);
}

bool api_call_query_choice(const ApiCall *call, const char *name, const char *const *choices,
                           unsigned fallback, unsigned *ret_index, GError **err)
{
    const char *text = api_call_query(call, name);
    if (text == NULL) {
        *ret_index = fallback;
        return true;
    }
    for (unsigned i = 0; choices[i] != NULL; i++)
        if (strcmp(choices[i], text) == 0) {
            *ret_index = i;
            return true;
        }
    g_autofree char *known = g_strjoinv(", ", (char **)choices);
    g_autofree char *must = g_strdup_printf("one of: %s", known);
    return query_refused(name, must, err);
}

bool api_call_query_case_media(const ApiCall *call, uint64_t *ret_case_id, uint64_t *ret_media_id,
                               GError **err)
{
    int64_t case_id, media_id;
    if (!api_call_query_int(call, "case", 1, INT64_MAX, 0, &case_id, err) ||
        !api_call_query_int(call, "media", 1, INT64_MAX, 0, &media_id, err))
        return false;
    if (media_id != 0 && case_id == 0)
        return query_refused("case", "given with 'media'", err);
    *ret_case_id = (uint64_t)case_id;
    *ret_media_id = (uint64_t)media_id;
    return true;
}

bool api_call_query_bool(const ApiCall *call, const char *name, bool fallback, bool *ret_value,
                         GError **err)
{
    static const char *const choices[] = {"false", "true", NULL};
    unsigned index;
    if (!api_call_query_choice(call, name, choices, fallback, &index, err))
        return false;
    *ret_value = index == 1;
    return true;
}

ApiObject *api_call_body(ApiCall *call)
{
    g_assert(call->body != NULL);
    return api_body_root(call->body);
}

bool api_call_body_ok(ApiCall *call, GError **err)
{
    return api_body_ok(call->body, err);
}

GBytes *api_call_bytes(ApiCall *call)
{
    g_assert(call->route->body == API_BODY_BYTES);
    if (call->body_handed == NULL)
        call->body_handed = g_byte_array_free_to_bytes(
            call->body_bytes != NULL ? g_steal_pointer(&call->body_bytes) : g_byte_array_new());
    return call->body_handed;
}

int api_call_file(ApiCall *call)
{
    g_assert(call->route->body == API_BODY_FILE);
    return call->body_file;
}

int64_t api_call_last_event(const ApiCall *call)
{
    const char *text = call->headers.last_event_id;
    uint64_t id = 0;
    return text != NULL && api_number_from_text(text, strlen(text), &id) ? (int64_t)id : 0;
}

// ---- Paging -----------------------------------------------------------------------------------

#define PAGE_ROWS 50

// What a cursor is good for: this operation, this caller, these filters.
static char *cursor_purpose(const ApiCall *call)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%s\n%" G_GUINT64_FORMAT "\n%" G_GUINT64_FORMAT, call->route->operation,
                    call->identity.actor.account_id, call->identity.token_id);
    for (unsigned i = 0; i < call->match.parameter_count; i++)
        g_string_append_printf(text, "\n%" G_GUINT64_FORMAT " %s", call->match.parameters[i].number,
                               call->match.parameters[i].word);
    for (unsigned i = 0; i < call->target.parameter_count; i++) {
        const ApiQueryParameter *parameter = &call->target.parameters[i];
        if (strcmp(parameter->name, "cursor") != 0 && strcmp(parameter->name, "limit") != 0)
            g_string_append_printf(text, "\n%s=%s", parameter->name, parameter->value);
    }
    return g_string_free(text, FALSE);
}

bool api_page_begin(ApiCall *call, ApiPage *ret_page, GError **err)
{
    ApiPage page = {0};
    int64_t limit;
    if (!api_call_query_int(call, "limit", 1, LIMIT_API_PAGE, PAGE_ROWS, &limit, err))
        return false;
    page.limit = (unsigned)limit;
    const char *cursor = api_call_query(call, "cursor");
    if (cursor != NULL) {
        g_autofree char *purpose = cursor_purpose(call);
        if (!api_cursor_read(call->context->cursor_key, purpose, cursor, &page.place, err))
            return false;
        page.has_place = true;
    }
    *ret_page = page;
    return true;
}

bool api_reply_page(ApiCall *call, json_t *items, const ApiPlace *next, GError **err)
{
    json_t *cursor = json_null();
    if (next != NULL) {
        g_autofree char *purpose = cursor_purpose(call);
        g_autofree char *text = api_cursor_new(call->context->cursor_key, purpose, next);
        cursor = json_string(text);
    }
    return api_reply_json(call, 200, json_pack("{so so}", "items", items, "next", cursor), err);
}

// Terms may be personal and of any length: the cursor has a digest of them.
static char *cursor_purpose_of_terms(const ApiCall *call, const char *terms)
{
    g_autofree char *purpose = cursor_purpose(call);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, terms, -1);
    return g_strdup_printf("%s\n%s", purpose, digest);
}

bool api_page_begin_body(ApiCall *call, ApiObject *in, const char *terms, ApiPage *ret_page,
                         GError **err)
{
    ApiPage page = {.limit =
                        (unsigned)api_object_int_or(in, "limit", 1, LIMIT_API_PAGE, PAGE_ROWS)};
    const char *cursor = api_object_text_or(in, "cursor", 1, LIMIT_API_BODY_CURSOR, NULL);
    if (!api_call_body_ok(call, err))
        return false;
    if (cursor != NULL) {
        g_autofree char *purpose = cursor_purpose_of_terms(call, terms);
        if (!api_cursor_read(call->context->cursor_key, purpose, cursor, &page.place, err))
            return false;
        page.has_place = true;
    }
    *ret_page = page;
    return true;
}

json_t *api_page_next(ApiCall *call, const char *terms, const ApiPlace *next)
{
    if (next == NULL)
        return json_null();
    g_autofree char *purpose = cursor_purpose_of_terms(call, terms);
    g_autofree char *text = api_cursor_new(call->context->cursor_key, purpose, next);
    return json_string(text);
}

// ---- Writing ----------------------------------------------------------------------------------

#define DIGEST_BLOCK_BYTES (64u << 10)

// Adds the file's bytes, from its beginning and without moving its offset.
static void digest_file(GChecksum *checksum, int file)
{
    g_autofree guchar *block = g_malloc(DIGEST_BLOCK_BYTES);
    off_t at = 0;
    ssize_t count;
    while ((count = pread(file, block, DIGEST_BLOCK_BYTES, at)) > 0) {
        g_checksum_update(checksum, block, count);
        at += count;
    }
}

static void digest_request(ApiCall *call, uint8_t ret_digest[static SHA256_BYTES])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *head =
        g_strdup_printf("%s %s\n", api_method_name(call->route->method), call->raw_target);
    g_checksum_update(checksum, (const guchar *)head, -1);
    if (call->body_bytes != NULL)
        g_checksum_update(checksum, call->body_bytes->data, (gssize)call->body_bytes->len);
    if (call->body_handed != NULL) {
        gsize size;
        const guchar *bytes = g_bytes_get_data(call->body_handed, &size);
        g_checksum_update(checksum, bytes, (gssize)size);
    }
    if (call->body_file >= 0)
        digest_file(checksum, call->body_file);
    gsize size = SHA256_BYTES;
    g_checksum_get_digest(checksum, ret_digest, &size);
}

static void set_content(ApiReply *reply, int status, const char *type, GBytes *bytes)
{
    reply->status = status;
    g_free(reply->content_type);
    reply->content_type = g_strdup(type);
    g_clear_pointer(&reply->bytes, g_bytes_unref);
    reply->bytes = bytes;
}

// Gives again what the key was answered before. False with *err set when it was, or cannot be.
static bool check_not_done_before(ApiCall *call, Act *act, GError **err)
{
    call->key.key = call->headers.idempotency_key;
    if (call->key.key == NULL)
        return true;
    digest_request(call, call->key.request_sha256);
    IdempotentReply stored = {0};
    if (!idempotency_find(act_database(act), call->identity.actor.account_id, &call->key, &stored,
                          err))
        return false;
    if (!stored.found)
        return true;
    size_t size = stored.text != NULL ? strlen(stored.text) : 0;
    if (size > 0)
        set_content(&call->reply, (int)stored.status, "application/json",
                    g_bytes_new(stored.text, size));
    else
        set_content(&call->reply, (int)stored.status, NULL, NULL);
    idempotent_reply_clear(&stored);
    api_reply_header(call, "Idempotency-Replayed", "true");
    call->was_replayed = true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, "this was done before");
    return false;
}

Act *api_call_begin(ApiCall *call, AuditAction action, GError **err)
{
    g_assert(call->act == NULL);
    Act *act = act_begin(call->work, &call->identity.actor, action, err);
    if (act == NULL)
        return NULL;
    if (!check_not_done_before(call, act, err)) {
        act_free(act);
        return NULL;
    }
    call->act = act;
    return act;
}

bool api_call_commit(ApiCall *call, int status, json_t *json, GError **err)
{
    g_assert(call->act != NULL);
    if (json == NULL)
        api_reply_empty(call);
    else if (!api_reply_json(call, status, json, err))
        return false;
    g_autoptr(Act) act = g_steal_pointer(&call->act);
    if (call->key.key != NULL) {
        gsize size = 0;
        const char *text =
            call->reply.bytes != NULL ? g_bytes_get_data(call->reply.bytes, &size) : NULL;
        g_autofree char *copy = g_strndup(text != NULL ? text : "", size);
        act_set_reply(act, &call->key, (unsigned)call->reply.status, copy);
    }
    return act_commit(act, err);
}

bool api_call_if_match(ApiCall *call, uint64_t version, bool required, GError **err)
{
    const char *text = call->headers.if_match;
    if (text == NULL && required) {
        g_set_error_literal(err, API_PROBLEM, API_PROBLEM_PRECONDITION_REQUIRED,
                            "this needs If-Match with the version that was read");
        return false;
    }
    if (text == NULL || strcmp(text, "*") == 0)
        return true;
    size_t length = text[0] == '"' ? strcspn(text + 1, "-\"") : 0;
    uint64_t named = 0;
    if (length > 0 && api_number_from_text(text + 1, length, &named) && named == version)
        return true;
    g_set_error_literal(err, API_PROBLEM, API_PROBLEM_PRECONDITION,
                        "it was changed since it was read; read it again");
    return false;
}

void api_call_set_version(ApiCall *call, uint64_t version)
{
    call->has_version = true;
    call->version = version;
}

// ---- The reply --------------------------------------------------------------------------------

static void reply_header_clear(void *data)
{
    ApiReplyHeader *header = data;
    g_free(header->name);
    g_free(header->value);
}

void api_reply_clear(ApiReply *reply)
{
    g_clear_pointer(&reply->content_type, g_free);
    g_clear_pointer(&reply->bytes, g_bytes_unref);
    g_clear_pointer(&reply->etag, g_free);
    g_clear_pointer(&reply->headers, g_array_unref);
    if (reply->descriptor >= 0)
        close(reply->descriptor);
    if (reply->events.free != NULL)
        reply->events.free(reply->events.data);
    *reply = (ApiReply){.descriptor = -1};
}

void api_reply_header(ApiCall *call, const char *name, const char *value)
{
    if (call->reply.headers == NULL) {
        call->reply.headers = g_array_new(FALSE, FALSE, sizeof(ApiReplyHeader));
        g_array_set_clear_func(call->reply.headers, reply_header_clear);
    }
    // No line may end in the middle of a value.
    ApiReplyHeader header = {g_strdup(name), g_strdelimit(g_strdup(value), "\r\n", ' ')};
    g_array_append_val(call->reply.headers, header);
}

#define ETAG_DIGITS 32

static void set_etag(ApiCall *call, const char *bytes, size_t size)
{
    g_autofree char *digest =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    digest[ETAG_DIGITS] = '\0';
    g_free(call->reply.etag);
    call->reply.etag = call->has_version
                           ? g_strdup_printf("\"%" G_GUINT64_FORMAT "-%s\"", call->version, digest)
                           : g_strdup_printf("\"%s\"", digest);
}

// Takes the text.
static void set_json(ApiCall *call, int status, char *text, GDestroyNotify free_text)
{
    size_t size = strlen(text);
    if (call->route->method == API_METHOD_GET || call->has_version)
        set_etag(call, text, size);
    set_content(&call->reply, status, "application/json",
                g_bytes_new_with_free_func(text, size, free_text, text));
}

bool api_reply_json(ApiCall *call, int status, json_t *json, GError **err)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "the reply of %s could not be written",
                    call->route->operation);
        return false;
    }
    set_json(call, status, text, free);
    return true;
}

bool api_reply_json_text(ApiCall *call, int status, char *text)
{
    set_json(call, status, text, g_free);
    return true;
}

bool api_reply_empty(ApiCall *call)
{
    set_content(&call->reply, 204, NULL, NULL);
    return true;
}

static void set_disposition(ApiCall *call, const char *file_name)
{
    if (file_name == NULL)
        return;
    for (const char *c = file_name; *c != '\0'; c++)
        g_assert(g_ascii_isalnum(*c) || *c == '.' || *c == '_' || *c == '-');
    g_autofree char *value = g_strdup_printf("attachment; filename=\"%s\"", file_name);
    api_reply_header(call, "Content-Disposition", value);
}

bool api_reply_bytes(ApiCall *call, const char *content_type, GBytes *bytes, const char *file_name)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    set_etag(call, data, size);
    set_content(&call->reply, 200, content_type, bytes);
    set_disposition(call, file_name);
    return true;
}

bool api_reply_file(ApiCall *call, const char *content_type, int descriptor, uint64_t size_bytes,
                    const char *file_name)
{
    set_content(&call->reply, 200, content_type, NULL);
    call->reply.descriptor = descriptor;
    call->reply.size_bytes = size_bytes;
    set_disposition(call, file_name);
    return true;
}

bool api_reply_events(ApiCall *call, const ApiEventSource *source, GError **err)
{
    set_content(&call->reply, 200, "text/event-stream", NULL);
    call->reply.events = *source;
    return true;
}

#define SESSION_COOKIE_SECURE "__Host-clew-session"
#define SESSION_COOKIE_PLAIN "clew-session" // browsers refuse the prefix without https

const char *api_session_cookie_name(const ApiCallContext *context)
{
    return context->behind_tls_proxy ? SESSION_COOKIE_SECURE : SESSION_COOKIE_PLAIN;
}

static void set_cookie(ApiCall *call, const char *session, const char *more)
{
    g_autofree char *value = g_strdup_printf(
        "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", api_session_cookie_name(call->context),
        session, call->context->behind_tls_proxy ? "; Secure" : "", more);
    api_reply_header(call, "Set-Cookie", value);
}

void api_reply_set_session(ApiCall *call, const char *session)
{
    for (const char *c = session; *c != '\0'; c++)
        g_assert(g_ascii_isalnum(*c) || *c == '_' || *c == '-');
    set_cookie(call, session, "");
}

void api_reply_clear_session(ApiCall *call)
{
    set_cookie(call, "", "; Max-Age=0");
}

void api_call_retry_after(ApiCall *call, unsigned seconds)
{
    call->retry_after_s = seconds;
}

// ---- Running ----------------------------------------------------------------------------------

#define RETRY_AFTER_BUSY "2"

void api_call_fail(ApiCall *call, const GError *error)
{
    int status = api_problem_status(error);
    bool is_fault = status == 500;
    if (is_fault) {
        g_snprintf(call->fault_id, sizeof call->fault_id, "%08x%08x", g_random_int(),
                   g_random_int());
        g_free(call->fault_message);
        call->fault_message = g_strdup(error != NULL ? error->message : "no reply was made");
    }
    if (call->retry_after_s > 0) {
        g_autofree char *seconds = g_strdup_printf("%u", call->retry_after_s);
        api_reply_header(call, "Retry-After", seconds);
    } else if (status == 503) {
        api_reply_header(call, "Retry-After", RETRY_AFTER_BUSY);
    }
    if (status == 401)
        api_reply_header(call, "WWW-Authenticate", "Bearer realm=\"clew\"");
    json_t *json = api_problem_json(error, call->body != NULL ? api_body_pointer(call->body) : NULL,
                                    is_fault ? call->fault_id : NULL);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    g_clear_pointer(&call->reply.etag, g_free);
    if (call->reply.descriptor >= 0)
        close(call->reply.descriptor);
    call->reply.descriptor = -1;
    set_content(&call->reply, status, "application/problem+json",
                g_bytes_new_with_free_func(text, strlen(text), free, text));
}

// Whether a handle that met this error is better opened anew.
static bool spoils(const GError *error)
{
    return error != NULL && error->domain == CLEW_ERROR &&
           (error->code == CLEW_ERROR_IO || error->code == CLEW_ERROR_CORRUPT ||
            error->code == CLEW_ERROR_INTERNAL);
}

static bool parse_body(ApiCall *call, GError **err)
{
    if (call->route->body != API_BODY_JSON)
        return true;
    const char *bytes = call->body_bytes != NULL ? (const char *)call->body_bytes->data : "";
    call->body = api_body_parse(bytes, call->body_bytes != NULL ? call->body_bytes->len : 0, err);
    return call->body != NULL;
}

static bool heeds_if_none_match(const ApiCall *call)
{
    const char *wanted = call->headers.if_none_match;
    return call->route->method == API_METHOD_GET && call->reply.status == 200 &&
           call->reply.etag != NULL && wanted != NULL &&
           (strcmp(wanted, "*") == 0 || strstr(wanted, call->reply.etag) != NULL);
}

static bool run_handler(ApiCall *call, GError **err)
{
    if (!parse_body(call, err))
        return false;
    if (call->route->bare)
        return call->route->handle(call, err);
    call->work = casework_pool_take(call->context->pool, err);
    if (call->work == NULL)
        return false;
    GError *error = NULL;
    bool ok = call->route->handle(call, &error);
    if (call->act != NULL) { // begun and not committed
        act_free(g_steal_pointer(&call->act));
        g_warn_if_fail(!ok);
    }
    casework_pool_give(call->context->pool, g_steal_pointer(&call->work), spoils(error));
    if (!ok)
        g_propagate_error(err, error);
    return ok;
}

void api_call_run(ApiCall *call)
{
    g_autoptr(GError) error = NULL;
    bool ok = run_handler(call, &error);
    if (!ok && call->was_replayed)
        return;
    if (!ok || call->reply.status == 0) {
        api_reply_clear(&call->reply); // a cookie of a session that was not committed, say
        api_call_fail(call, error);
    } else if (heeds_if_none_match(call)) {
        set_content(&call->reply, 304, NULL, NULL);
    }
}
