// SPDX-License-Identifier: Apache-2.0
#include "api/admit.h"

#include <string.h>

#include "cases/sessions.h"

#define IDEMPOTENCY_KEY_MAX 64
#define API_PREFIX "/api"
#define CONTENT_LENGTH_DIGITS_MAX 18

static bool refuse(GError **err, int problem, const char *why)
{
    g_set_error_literal(err, API_PROBLEM, problem, why);
    return false;
}

static bool is_below_api(const char *path)
{
    size_t length = strlen(API_PREFIX);
    return strncmp(path, API_PREFIX, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

// ---- Form -------------------------------------------------------------------------------------

// Bodies have a length that is said before: what is too large is refused unread, and two ways of
// framing cannot contradict each other.
static bool read_length(const ApiHeaders *headers, uint64_t *ret_length, GError **err)
{
    const char *text = headers->content_length;
    *ret_length = 0;
    if (headers->transfer_encoding != NULL)
        return refuse(err, API_PROBLEM_LENGTH_REQUIRED,
                      "bodies need a Content-Length; Transfer-Encoding is not taken");
    if (text == NULL || strcmp(text, "0") == 0)
        return true;
    if (strlen(text) > CONTENT_LENGTH_DIGITS_MAX ||
        !api_number_from_text(text, strlen(text), ret_length))
        return refuse(err, API_PROBLEM_BAD_REQUEST, "the Content-Length is no number");
    return true;
}

static bool check_guard(const ApiAdmission *admission, ApiCall *call, const ApiArrival *arrival,
                        GError **err)
{
    const ApiHeaders *headers = &call->headers;
    const ApiGuardRequest request = {
        .peer = arrival->peer,
        .host = headers->host,
        .origin = headers->origin,
        .fetch_site = headers->fetch_site,
        .forwarded_for = headers->forwarded_for,
        .is_navigation = !is_below_api(call->target.path) &&
                         (strcmp(arrival->method, "GET") == 0 || call->is_head),
    };
    call->address = api_guard_client(admission->guard, &request);
    return api_guard_admits(admission->guard, &request, err);
}

// ---- Static files -----------------------------------------------------------------------------

static bool serve_file(const ApiAdmission *admission, ApiCall *call, const ApiArrival *arrival,
                       GError **err)
{
    if (strcmp(arrival->method, "GET") != 0 && !call->is_head) {
        api_reply_header(call, "Allow", "GET, HEAD");
        return refuse(err, API_PROBLEM_METHOD, "pages can only be read");
    }
    ApiStaticFile file;
    if (!api_static_files_open(admission->files, call->target.path, call->headers.accept_encoding,
                               &file, err))
        return false;
    ApiReply *reply = &call->reply;
    reply->is_page = true;
    reply->status = 200;
    reply->content_type = g_strdup(file.content_type);
    reply->etag = g_strdup(file.etag);
    reply->cache_control = file.immutable ? "public, max-age=31536000, immutable" : "no-cache";
    reply->descriptor = file.descriptor;
    reply->size_bytes = file.size_bytes;
    if (file.text != NULL)
        reply->bytes = g_bytes_new_static(file.text, file.size_bytes);
    if (file.varies)
        api_reply_header(call, "Vary", "Accept-Encoding");
    if (file.is_gzip)
        api_reply_header(call, "Content-Encoding", "gzip");
    const char *wanted = call->headers.if_none_match;
    if (wanted != NULL && strstr(wanted, file.etag) != NULL) {
        reply->status = 304;
        reply->size_bytes = 0;
    }
    return true;
}

// ---- Routes -----------------------------------------------------------------------------------

static void set_allow(ApiCall *call, unsigned allowed)
{
    g_autoptr(GString) text = g_string_new("OPTIONS");
    for (unsigned i = 0; i < API_METHOD_COUNT; i++)
        if ((allowed & 1u << i) != 0)
            g_string_append_printf(text, ", %s%s", api_method_name((ApiMethod)i),
                                   i == API_METHOD_GET ? ", HEAD" : "");
    api_reply_header(call, "Allow", text->str);
}

static bool find_route(const ApiAdmission *admission, ApiCall *call, const char *method,
                       bool *ret_is_options, GError **err)
{
    ApiMethod known = API_METHOD_GET;
    bool is_known = call->is_head || api_method_from_name(method, &known);
    call->match = api_match(admission->routes, known, call->target.path);
    if (call->match.allowed == 0)
        return refuse(err, API_PROBLEM_NOT_FOUND, "the API has no such path");
    *ret_is_options = strcmp(method, "OPTIONS") == 0;
    if (!is_known || call->match.route == NULL)
        set_allow(call, call->match.allowed);
    if (*ret_is_options)
        return true;
    if (!is_known || call->match.route == NULL)
        return refuse(err, API_PROBLEM_METHOD, "this path is not for that method");
    call->route = call->match.route;
    return true;
}

static bool check_query(const ApiCall *call, GError **err)
{
    for (unsigned i = 0; i < call->target.parameter_count; i++)
        if (!api_route_takes_query(call->route, call->target.parameters[i].name)) {
            g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "%s has no query parameter '%s'",
                        call->route->operation, call->target.parameters[i].name);
            return false;
        }
    return true;
}

// ---- Who and may they -------------------------------------------------------------------------

// The value of the session cookie, copied; NULL when there is none. False when there are two.
static bool read_cookie(ApiCall *call, GError **err)
{
    const char *name = api_session_cookie_name(call->context), *at = call->headers.cookie;
    size_t length = strlen(name);
    for (; at != NULL && *at != '\0'; at += strcspn(at, ";"), at += *at == ';') {
        at += strspn(at, " ");
        if (strncmp(at, name, length) != 0 || at[length] != '=')
            continue;
        if (call->session_text != NULL)
            return refuse(err, API_PROBLEM_BAD_REQUEST, "there are two cookies of a session");
        const char *value = at + length + 1;
        call->session_text = g_strndup(value, strcspn(value, "; "));
    }
    return true;
}

static bool read_credential(ApiCall *call, GError **err)
{
    static const char scheme[] = "Bearer ";
    const char *authorization = call->headers.authorization;
    if (!read_cookie(call, err))
        return false;
    call->credential.address = call->address;
    if (call->session_text != NULL && *call->session_text != '\0')
        call->credential.session = call->session_text;
    if (authorization == NULL)
        return true;
    if (g_ascii_strncasecmp(authorization, scheme, strlen(scheme)) != 0)
        return refuse(err, API_PROBLEM_UNAUTHENTICATED, "only Bearer tokens are taken");
    call->bearer_text = g_strdup(authorization + strlen(scheme));
    call->credential.bearer = call->bearer_text;
    if (call->credential.session != NULL)
        return refuse(err, API_PROBLEM_BAD_REQUEST, "give a session or a token, not both");
    return true;
}

static bool take_rate(const ApiAdmission *admission, ApiCall *call, const char *key,
                      ApiRateLimit limit, GError **err)
{
    if (limit.per_second == 0)
        return true;
    unsigned wait = api_rate_take(admission->rate, key, limit, admission->now_ms());
    if (wait == 0)
        return true;
    g_autofree char *seconds = g_strdup_printf("%u", wait);
    api_reply_header(call, "Retry-After", seconds);
    g_set_error(err, API_PROBLEM, API_PROBLEM_TOO_MANY, "too many requests; wait %u s", wait);
    return false;
}

static bool charge_stranger(const ApiAdmission *admission, ApiCall *call, GError **err)
{
    g_autofree char *network = api_address_network(call->address);
    g_autofree char *key = g_strdup_printf("network %s", network);
    return take_rate(admission, call, key, admission->rates.stranger, err);
}

static bool charge_identity(const ApiAdmission *admission, ApiCall *call, GError **err)
{
    const Identity *identity = &call->identity;
    bool is_token = identity->token_id != 0;
    g_autofree char *key =
        g_strdup_printf("%s %" G_GUINT64_FORMAT, is_token ? "token" : "account",
                        is_token ? identity->token_id : identity->actor.account_id);
    return take_rate(admission, call, key,
                     is_token ? admission->rates.token : admission->rates.account, err);
}

// The reply does not tell an unknown session from one that ended, nor from none at all.
static bool unauthenticated(const ApiAdmission *admission, ApiCall *call, GError **err)
{
    return charge_stranger(admission, call, err) &&
           refuse(err, API_PROBLEM_UNAUTHENTICATED,
                  "this needs a session or a token that is valid");
}

static bool identify(const ApiAdmission *admission, ApiCall *call, Casework *work, GError **err)
{
    const ApiAuthenticator *authenticator = call->context->authenticator;
    g_autoptr(GError) error = NULL;
    if (authenticator->identify(authenticator->data, work, &call->credential, &call->identity,
                                &error))
        return true;
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED))
        return unauthenticated(admission, call, err);
    g_propagate_error(err, g_steal_pointer(&error));
    return false;
}

static bool check_csrf(const ApiCall *call, GError **err)
{
    const char *token = call->headers.csrf_token;
    if (call->identity.token_id != 0 || call->route->method == API_METHOD_GET)
        return true;
    if (token == NULL || !sessions_csrf_is_right(&call->identity, token))
        return refuse(err, API_PROBLEM_CSRF, "X-CSRF-Token must be the csrf_token of this session");
    return true;
}

// Routes that ask for it beyond their permission want a fresh one.
static bool has_second_factor(const ApiCall *call, Casework *work)
{
    const Identity *identity = &call->identity;
    int64_t now_us = casework_now_us(work);
    if (call->route->second_factor && now_us - identity->second_factor_us > SECOND_FACTOR_FRESH_US)
        return false;
    return identity_has_second_factor(identity, call->route->permission, now_us);
}

static bool check_permission(ApiCall *call, Casework *work, GError **err)
{
    const ApiRoute *route = call->route;
    const Identity *identity = &call->identity;
    if ((identity->actor.permissions & PERMISSION_BIT(route->permission)) == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "%s needs the permission %s",
                    route->operation, permission_name(route->permission));
        return false;
    }
    if (!has_second_factor(call, work))
        return refuse(err, API_PROBLEM_SECOND_FACTOR, "this needs the second factor");
    if (!api_route_in_case(route))
        return true;
    const ApiAuthenticator *authenticator = call->context->authenticator;
    return authenticator->may_in_case(authenticator->data, work, identity, route->permission,
                                      api_call_id(call, "case"), err);
}

static bool check_with(const ApiAdmission *admission, ApiCall *call, Casework *work, GError **err)
{
    return identify(admission, call, work, err) && check_csrf(call, err) &&
           charge_identity(admission, call, err) && check_permission(call, work, err);
}

static bool check_access(const ApiAdmission *admission, ApiCall *call, GError **err)
{
    if (call->route->bare)
        return true;
    if (call->route->permission == PERMISSION_NONE)
        return charge_stranger(admission, call, err);
    if (!read_credential(call, err))
        return false;
    if (call->credential.session == NULL && call->credential.bearer == NULL)
        return unauthenticated(admission, call, err);
    // The handle is given back before the body is read, which may take long.
    Casework *work = casework_pool_take(call->context->pool, err);
    if (work == NULL)
        return false;
    bool ok = check_with(admission, call, work, err);
    casework_pool_give(call->context->pool, work, false);
    return ok;
}

bool api_call_recheck(ApiCall *call, Casework *work)
{
    if (call->route->permission == PERMISSION_NONE)
        return true;
    const ApiAuthenticator *authenticator = call->context->authenticator;
    identity_clear(&call->identity);
    return authenticator->identify(authenticator->data, work, &call->credential, &call->identity,
                                   NULL) &&
           check_permission(call, work, NULL);
}

// ---- The body to come -------------------------------------------------------------------------

static bool has_type(const char *content_type, const char *type)
{
    size_t length = strlen(type);
    if (content_type == NULL || g_ascii_strncasecmp(content_type, type, length) != 0)
        return false;
    const char *rest = content_type + length + strspn(content_type + length, " ");
    return *rest == '\0' || g_ascii_strcasecmp(rest, ";charset=utf-8") == 0 ||
           g_ascii_strcasecmp(rest, "; charset=utf-8") == 0;
}

static bool check_body(const ApiCall *call, uint64_t length, GError **err)
{
    const ApiRoute *route = call->route;
    if (length > api_route_body_limit(route)) {
        if (route->body == API_BODY_NONE)
            return refuse(err, API_PROBLEM_BAD_REQUEST, "this takes no body");
        g_set_error(err, API_PROBLEM, API_PROBLEM_TOO_LARGE,
                    "the body of %s may have %zu bytes at most", route->operation,
                    api_route_body_limit(route));
        return false;
    }
    if (route->body == API_BODY_NONE)
        return true;
    const char *type =
        route->body == API_BODY_JSON ? "application/json" : "application/octet-stream";
    if (!has_type(call->headers.content_type, type) || call->headers.content_encoding != NULL) {
        g_set_error(err, API_PROBLEM, API_PROBLEM_MEDIA_TYPE, "the body of %s must be %s",
                    route->operation, type);
        return false;
    }
    return true;
}

static bool check_key(const ApiCall *call, GError **err)
{
    const char *key = call->headers.idempotency_key;
    if (key == NULL || call->route->method == API_METHOD_GET)
        return true;
    size_t length = strlen(key);
    for (const char *c = key; *c != '\0'; c++)
        if (!g_ascii_isgraph(*c))
            length = 0;
    if (length == 0 || length > IDEMPOTENCY_KEY_MAX)
        return refuse(err, API_PROBLEM_BAD_REQUEST,
                      "an Idempotency-Key has 1 to 64 visible ASCII characters");
    if (call->route->unrepeatable || call->route->permission == PERMISSION_NONE)
        return refuse(err, API_PROBLEM_BAD_REQUEST, "this takes no Idempotency-Key");
    return true;
}

// ---- All in order -----------------------------------------------------------------------------

static ApiAdmitted admit(const ApiAdmission *admission, ApiCall *call, const ApiArrival *arrival,
                         uint64_t *ret_body_bytes, GError **err)
{
    call->is_head = strcmp(arrival->method, "HEAD") == 0;
    if (!api_target_parse(call->raw_target, &call->target, err))
        return API_REFUSED;
    if (arrival->repeats) {
        refuse(err, API_PROBLEM_BAD_REQUEST, "a header that may come once came twice");
        return API_REFUSED;
    }
    if (!check_guard(admission, call, arrival, err) ||
        !read_length(&call->headers, ret_body_bytes, err))
        return API_REFUSED;
    if (!is_below_api(call->target.path))
        return serve_file(admission, call, arrival, err) ? API_ANSWERED : API_REFUSED;

    bool is_options = false;
    if (!find_route(admission, call, arrival->method, &is_options, err))
        return API_REFUSED;
    if (is_options) {
        call->reply.status = 204;
        return API_ANSWERED;
    }
    bool ok = check_query(call, err) && check_access(admission, call, err) &&
              check_body(call, *ret_body_bytes, err) && check_key(call, err);
    return ok ? API_ADMITTED : API_REFUSED;
}

ApiAdmitted api_admit(const ApiAdmission *admission, ApiCall *call, const ApiArrival *arrival,
                      uint64_t *ret_body_bytes)
{
    g_autoptr(GError) error = NULL;
    ApiAdmitted admitted = admit(admission, call, arrival, ret_body_bytes, &error);
    if (admitted == API_REFUSED)
        api_call_fail(call, error);
    return admitted;
}
