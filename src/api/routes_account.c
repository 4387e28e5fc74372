// SPDX-License-Identifier: Apache-2.0
//
// Accounts as administrators see them, people as everybody does, and one's own secrets.
#include "api/call.h"
#include "api/people_json.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/password.h"

#define CODE_BYTES_MAX 64u // six digits, or a recovery code as somebody types it

// ---- Reading ------------------------------------------------------------------------------------

static json_t *account_json(const Account *account)
{
    return json_pack("{sI ss ss sI so ss so so sI}", "id", (json_int_t)account->id, "name",
                     account->name, "display", account->display, "unit",
                     (json_int_t)account->unit_id, "roles", api_role_names(account->roles), "state",
                     account->state, "created", api_time(account->made_us), "closed",
                     api_time(account->closed_us), "version", (json_int_t)account->seq);
}

// NULL: one who cannot log in is nobody to work with.
static json_t *person_json(const Account *account)
{
    if (!g_str_equal(account->state, "active"))
        return NULL;
    return json_pack("{sI ss ss sI}", "id", (json_int_t)account->id, "name", account->name,
                     "display", account->display, "unit", (json_int_t)account->unit_id);
}

static bool reply_list(ApiCall *call, json_t *(*describe)(const Account *account), GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GPtrArray) accounts = account_list(api_call_work(call), after, page.limit + 1, err);
    if (accounts == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace last = {0};
    for (unsigned i = 0; i < accounts->len && i < page.limit; i++) {
        const Account *account = accounts->pdata[i];
        json_t *json = describe(account);
        if (json != NULL)
            json_array_append_new(items, json);
        last.numbers[0] = (int64_t)account->id;
    }
    return api_reply_page(call, items, accounts->len > page.limit ? &last : NULL, err);
}

static bool list_people(ApiCall *call, GError **err)
{
    return reply_list(call, person_json, err);
}

static bool list_accounts(ApiCall *call, GError **err)
{
    return reply_list(call, account_json, err);
}

static bool get_account(ApiCall *call, GError **err)
{
    g_autoptr(Account) account =
        account_get(api_call_work(call), api_call_id(call, "account"), err);
    if (account == NULL)
        return false;
    api_call_set_version(call, account->seq);
    return api_reply_json(call, 200, account_json(account), err);
}

// ---- Administering ------------------------------------------------------------------------------

static AccountFields read_fields(ApiObject *in)
{
    return (AccountFields){
        .display = api_object_text(in, "display", 1, LIMIT_ACCOUNT_TEXT),
        .unit_id = (uint64_t)api_object_int(in, "unit", 1, INT64_MAX),
        .roles = api_roles(in),
    };
}

// The account with its invitation, which is shown this once.
static bool commit_invited(ApiCall *call, Act *act, int status, uint64_t id, const char *invitation,
                           GError **err)
{
    g_autoptr(Account) account = account_get(act_work(act), id, err);
    return account != NULL &&
           api_call_commit(call, status,
                           json_pack("{so ss so}", "account", account_json(account), "invitation",
                                     invitation, "invitation_ends",
                                     api_time(act_now_us(act) + ACCOUNT_INVITATION_US)),
                           err);
}

static bool create_account(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    AccountFields fields = read_fields(in);
    fields.name = api_object_text(in, "name", 1, LIMIT_ACCOUNT_NAME);
    API_SECRET invitation = NULL;
    uint64_t id;
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_ACCOUNT_CHANGED, err);
    return act != NULL && account_create(act, &fields, &id, &invitation, err) &&
           commit_invited(call, act, 201, id, invitation, err);
}

static bool is_as_read(ApiCall *call, Act *act, uint64_t id, GError **err)
{
    g_autoptr(Account) account = account_get(act_work(act), id, err);
    return account != NULL && api_call_if_match(call, account->seq, false, err);
}

static bool commit_account(ApiCall *call, Act *act, uint64_t id, GError **err)
{
    g_autoptr(Account) account = account_get(act_work(act), id, err);
    return account != NULL && api_call_commit(call, 200, account_json(account), err);
}

static bool change_account(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "account");
    AccountFields fields = read_fields(api_call_body(call));
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_ACCOUNT_CHANGED, err);
    return act != NULL && is_as_read(call, act, id, err) && account_change(act, id, &fields, err) &&
           commit_account(call, act, id, err);
}

static bool reset_account(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "account");
    API_SECRET invitation = NULL;
    Act *act = api_call_begin(call, AUDIT_ACCOUNT_CHANGED, err);
    return act != NULL && account_reset(act, id, &invitation, err) &&
           commit_invited(call, act, 200, id, invitation, err);
}

static bool close_account(ApiCall *call, GError **err)
{
    uint64_t id = api_call_id(call, "account");
    Act *act = api_call_begin(call, AUDIT_ACCOUNT_CHANGED, err);
    return act != NULL && account_close(act, id, err) && commit_account(call, act, id, err);
}

// ---- One's own ----------------------------------------------------------------------------------

static bool change_password(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    PasswordChange change = {
        .old_password = api_object_text(in, "old_password", 1, PASSWORD_BYTES_MAX),
        .new_password = api_object_text(in, "new_password", 1, PASSWORD_BYTES_MAX),
        .code = api_object_text(in, "code", 1, CODE_BYTES_MAX),
        .address = api_call_address(call),
    };
    const Actor *actor = api_call_actor(call);
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!account_change_password(api_call_work(call), actor, &change, &error))
        return api_refuse_attempt(call, actor->name, error, err);
    api_reply_clear_session(call);
    return api_reply_empty(call);
}

static bool enrol_second_factor(ApiCall *call, GError **err)
{
    API_SECRET uri = NULL;
    return account_enrol(api_call_work(call), api_call_actor(call), &uri, err) &&
           api_reply_json(call, 200, json_pack("{ss}", "uri", uri), err);
}

static bool change_second_factor(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    SecondFactorChange change = {
        .old_code = api_object_text(in, "old_code", 1, CODE_BYTES_MAX),
        .new_code = api_object_text(in, "new_code", 1, CODE_BYTES_MAX),
    };
    const Actor *actor = api_call_actor(call);
    g_autoptr(GPtrArray) codes = NULL;
    GError *error = NULL;
    if (!api_call_body_ok(call, err))
        return false;
    if (!account_change_second_factor(api_call_work(call), actor, &change, &codes, &error))
        return api_refuse_attempt(call, actor->name, error, err);
    api_reply_clear_session(call);
    return api_reply_json(call, 200, json_pack("{so}", "recovery_codes", api_texts(codes)), err);
}

const ApiRoute routes_account[] = {
    {.path = "/api/v1/people",
     .operation = "listPeople",
     .permission = PERMISSION_SIGNED_IN,
     .query = "cursor limit",
     .handle = list_people},
    {.path = "/api/v1/accounts",
     .operation = "listAccounts",
     .permission = PERMISSION_ADMINISTER,
     .query = "cursor limit",
     .handle = list_accounts},
    {.method = API_METHOD_POST,
     .path = "/api/v1/accounts",
     .operation = "createAccount",
     .permission = PERMISSION_ADMINISTER,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = create_account},
    {.path = "/api/v1/accounts/{account}",
     .operation = "getAccount",
     .permission = PERMISSION_ADMINISTER,
     .handle = get_account},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/accounts/{account}",
     .operation = "changeAccount",
     .permission = PERMISSION_ADMINISTER,
     .body = API_BODY_JSON,
     .handle = change_account},
    {.method = API_METHOD_POST,
     .path = "/api/v1/accounts/{account}/reset",
     .operation = "resetAccount",
     .permission = PERMISSION_ADMINISTER,
     .unrepeatable = true,
     .handle = reset_account},
    {.method = API_METHOD_POST,
     .path = "/api/v1/accounts/{account}/close",
     .operation = "closeAccount",
     .permission = PERMISSION_ADMINISTER,
     .handle = close_account},
    {.method = API_METHOD_POST,
     .path = "/api/v1/account/password",
     .operation = "changePassword",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = change_password},
    {.method = API_METHOD_POST,
     .path = "/api/v1/account/second-factor",
     .operation = "enrolSecondFactor",
     .permission = PERMISSION_SIGNED_IN,
     .unrepeatable = true,
     .handle = enrol_second_factor},
    {.method = API_METHOD_PUT,
     .path = "/api/v1/account/second-factor",
     .operation = "changeSecondFactor",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = change_second_factor},
    {0},
};
