// SPDX-License-Identifier: Apache-2.0
//
// Logging in and out, the second factor, and what an invitation is accepted with. Secrets stand in
// bodies, never in a path. What these call commits acts of its own, so none can be repeated by key.
#include "api/call.h"
#include "api/people_json.h"
#include "api/routes.h"
#include "api/services.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/password.h"
#include "cases/sessions.h"
#include "cases/sign_in_links.h"

#define CODE_BYTES_MAX 64u // six digits, or a recovery code as somebody types it
#define INVITATION_BYTES_MAX 128u
#define LINK_BYTES 64u // hexadecimal digits

// ---- The session --------------------------------------------------------------------------------

static json_t *permission_names(Permissions permissions)
{
    json_t *names = json_array();
    for (unsigned i = 0; i < PERMISSION_COUNT; i++)
        if ((permissions & PERMISSION_BIT(i)) != 0)
            json_array_append_new(names, json_string(permission_name((Permission)i)));
    return names;
}

static json_t *second_factor_until(const Identity *identity, int64_t life_us)
{
    return api_time(identity->second_factor_us > 0 ? identity->second_factor_us + life_us : 0);
}

static json_t *session_json(const Identity *identity, int64_t now_us)
{
    const Actor *actor = &identity->actor;
    return json_pack(
        "{sI ss so so so sb so so so}", "account", (json_int_t)actor->account_id, "name",
        actor->name != NULL ? actor->name : "", "unit",
        actor->unit_id != 0 ? json_integer((json_int_t)actor->unit_id) : json_null(), "roles",
        api_role_names(actor->roles), "permissions", permission_names(actor->permissions),
        "second_factor", identity_has_second_factor(identity, PERMISSION_REVEAL, now_us),
        "second_factor_until", second_factor_until(identity, SECOND_FACTOR_VALID_US),
        "second_factor_fresh_until", second_factor_until(identity, SECOND_FACTOR_FRESH_US),
        "csrf_token", *identity->csrf != '\0' ? json_string(identity->csrf) : json_null());
}

static bool get_session(ApiCall *call, GError **err)
{
    json_t *json = session_json(api_call_identity(call), casework_now_us(api_call_work(call)));
    return api_reply_json(call, 200, json, err);
}

// ---- Logging in ---------------------------------------------------------------------------------

// A wrong name, password or code is 401 here: there is no session that could lack a permission.
static bool refuse_login(ApiCall *call, const char *name, GError *error, GError **err)
{
    if (!g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED))
        return api_refuse_attempt(call, name, error, err);
    g_set_error_literal(err, API_PROBLEM, API_PROBLEM_UNAUTHENTICATED, error->message);
    g_error_free(error);
    return false;
}

static bool reply_with_session(ApiCall *call, int status, const char *session, GError **err)
{
    g_auto(Identity) identity = {0};
    Casework *work = api_call_work(call);
    if (!sessions_authenticate(work, session, &identity, err))
        return false;
    return api_reply_json(call, status, session_json(&identity, casework_now_us(work)), err);
}

static bool log_in(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    LoginRequest request = {
        .name = api_object_text(in, "name", 1, LIMIT_ACCOUNT_NAME),
        .password = api_object_text(in, "password", 1, PASSWORD_BYTES_MAX),
        .code = api_object_text_or(in, "code", 1, CODE_BYTES_MAX, NULL),
        .address = api_call_address(call),
    };
    API_SECRET session = NULL;
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!sessions_login(api_call_work(call), &request, &session, &error))
        return refuse_login(call, request.name, error, err);
    api_reply_set_session(call, session);
    return reply_with_session(call, 201, session, err);
}

static bool open_link(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    const char *link = api_object_text(api_call_body(call), "link", LINK_BYTES, LINK_BYTES);
    API_SECRET session = NULL;
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!sign_in_links_open(services != NULL ? services->links : NULL, api_call_work(call), link,
                            api_call_address(call), &session, &error))
        return refuse_login(call, SIGN_IN_LINK_NAME, error, err);
    api_reply_set_session(call, session);
    return reply_with_session(call, 201, session, err);
}

static bool log_out(ApiCall *call, GError **err)
{
    if (!sessions_logout(api_call_work(call), api_call_session(call), err))
        return false;
    api_reply_clear_session(call);
    return api_reply_empty(call);
}

static bool give_second_factor(ApiCall *call, GError **err)
{
    const char *session = api_call_session(call);
    const char *code = api_object_text(api_call_body(call), "code", 1, CODE_BYTES_MAX);
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!sessions_second_factor(api_call_work(call), session, code, &error))
        return api_refuse_attempt(call, api_call_actor(call)->name, error, err);
    return reply_with_session(call, 200, session, err);
}

// ---- Before anybody is logged in ----------------------------------------------------------------

static bool get_login(ApiCall *call, GError **err)
{
    bool is_ready;
    return accounts_have_administrator(api_call_work(call), &is_ready, err) &&
           api_reply_json(call, 200,
                          json_pack("{sb si}", "ready", (int)is_ready, "password_characters",
                                    (int)PASSWORD_CHARACTERS_MIN),
                          err);
}

static const char *take_invitation(ApiCall *call)
{
    return api_object_text(api_call_body(call), "invitation", 1, INVITATION_BYTES_MAX);
}

static bool open_invitation(ApiCall *call, GError **err)
{
    const char *invitation = take_invitation(call);
    if (!api_call_body_ok(call, err))
        return false;
    g_autoptr(Account) account = invitation_open(api_call_work(call), invitation, err);
    return account != NULL &&
           api_reply_json(call, 200,
                          json_pack("{ss ss so}", "name", account->name, "display",
                                    account->display, "roles", api_role_names(account->roles)),
                          err);
}

static bool enrol_invitation(ApiCall *call, GError **err)
{
    const char *invitation = take_invitation(call);
    API_SECRET uri = NULL;
    return api_call_body_ok(call, err) &&
           invitation_enrol(api_call_work(call), invitation, &uri, err) &&
           api_reply_json(call, 200, json_pack("{ss}", "uri", uri), err);
}

static bool accept_invitation(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    InvitationAnswer answer = {
        .invitation = take_invitation(call),
        .password = api_object_text(in, "password", 1, PASSWORD_BYTES_MAX),
        .code = api_object_text(in, "code", 1, CODE_BYTES_MAX),
    };
    g_autoptr(GPtrArray) codes = NULL;
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!invitation_accept(api_call_work(call), &answer, &codes, &error))
        return api_refuse_attempt(call, "", error, err);
    return api_reply_json(call, 200, json_pack("{so}", "recovery_codes", api_texts(codes)), err);
}

const ApiRoute routes_session[] = {
    {.path = "/api/v1/session",
     .operation = "getSession",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_session},
    {.method = API_METHOD_POST,
     .path = "/api/v1/session",
     .operation = "logIn",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = log_in},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/session",
     .operation = "logOut",
     .permission = PERMISSION_SIGNED_IN,
     .unrepeatable = true,
     .handle = log_out},
    {.method = API_METHOD_POST,
     .path = "/api/v1/session/second-factor",
     .operation = "giveSecondFactor",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = give_second_factor},
    {.method = API_METHOD_POST,
     .path = "/api/v1/session/link",
     .operation = "openLink",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = open_link},
    {.path = "/api/v1/login",
     .operation = "getLogin",
     .permission = PERMISSION_NONE,
     .handle = get_login},
    {.method = API_METHOD_POST,
     .path = "/api/v1/invitation/open",
     .operation = "openInvitation",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = open_invitation},
    {.method = API_METHOD_POST,
     .path = "/api/v1/invitation/enrol",
     .operation = "enrolInvitation",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = enrol_invitation},
    {.method = API_METHOD_POST,
     .path = "/api/v1/invitation/accept",
     .operation = "acceptInvitation",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = accept_invitation},
    {0},
};
