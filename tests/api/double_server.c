// SPDX-License-Identifier: Apache-2.0
//
// The server with accounts that everybody knows and with routes that only try it out, for the tests
// that are about HTTP and not about cases:
//
//   double_server DATA-FOLDER [--behind-tls-proxy] [--desk DIR]
//
// Bearer tokens "token-ROLE" and sessions "session-ROLE" ("session-ROLE-2": with a second factor),
// whose CSRF token is 64 times "c". Case 1 is visible to investigators. With --routes it prints the
// route table of the program and ends.
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/call.h"
#include "api/routes.h"
#include "api/server.h"

// ---- Accounts ---------------------------------------------------------------------------------

static bool role_of(const char *text, Role *ret_role, bool *ret_second_factor)
{
    g_autofree char *name = g_strdup(text);
    *ret_second_factor = g_str_has_suffix(name, "-2");
    if (*ret_second_factor)
        name[strlen(name) - 2] = '\0';
    return role_from_name(name, ret_role);
}

static bool identify(void *data, Casework *work, const ApiCredential *credential,
                     Identity *ret_identity, GError **err)
{
    bool is_token = credential->bearer != NULL;
    const char *text = is_token ? credential->bearer : credential->session;
    const char *prefix = is_token ? "token-" : "session-";
    Role role;
    bool second_factor;
    if (!g_str_has_prefix(text, prefix) || !role_of(text + strlen(prefix), &role, &second_factor)) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED, "nobody");
        return false;
    }
    Identity identity = {.name = g_strdup(role_name(role)),
                         .session = g_strdup("s1"),
                         .token_id = is_token ? role + 1u : 0,
                         .second_factor_us = second_factor ? casework_now_us(work) : 0};
    identity.actor = (Actor){.account_id = role + 1u,
                             .unit_id = 1,
                             .name = identity.name,
                             .session = identity.session,
                             .roles = 1u << role,
                             .permissions = permissions_of_roles(1u << role)};
    if (!is_token)
        memset(identity.csrf, 'c', IDENTITY_CSRF_LENGTH);
    *ret_identity = identity;
    return true;
}

static bool may_in_case(void *data, Casework *work, const Identity *identity, Permission permission,
                        uint64_t case_id, GError **err)
{
    if (case_id == 1 && (identity->actor.roles & 1u << ROLE_INVESTIGATOR) != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %" G_GUINT64_FORMAT,
                case_id);
    return false;
}

// ---- Routes -----------------------------------------------------------------------------------

#define TEXT_BYTES_MAX 1000
#define ROWS 10

static bool echo(ApiCall *call, GError **err)
{
    const char *text = api_object_text(api_call_body(call), "text", 0, TEXT_BYTES_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    return api_reply_json(call, 200, json_pack("{ss}", "text", text), err);
}

static bool count_bytes(ApiCall *call, GError **err)
{
    size_t size = g_bytes_get_size(api_call_bytes(call));
    return api_reply_json(call, 200, json_pack("{sI}", "bytes", (json_int_t)size), err);
}

static bool count_file(ApiCall *call, GError **err)
{
    off_t size = lseek(api_call_file(call), 0, SEEK_END);
    return api_reply_json(call, 200, json_pack("{sI}", "bytes", (json_int_t)size), err);
}

static bool write_something(ApiCall *call, GError **err)
{
    const char *text = api_object_text(api_call_body(call), "text", 1, TEXT_BYTES_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_STARTED, err);
    if (act == NULL || !api_call_if_match(call, 3, false, err))
        return false;
    atomic_uint *writes = api_call_services(call);
    unsigned count = atomic_fetch_add(writes, 1) + 1;
    return api_call_commit(call, 201, json_pack("{ss si}", "text", text, "writes", count), err);
}

static bool list_rows(ApiCall *call, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    int64_t row = page.has_place ? page.place.numbers[0] + 1 : 1;
    json_t *items = json_array();
    for (; row <= ROWS && json_array_size(items) < page.limit; row++)
        json_array_append_new(items, json_integer(row));
    const ApiPlace last = {.numbers = {row - 1}};
    return api_reply_page(call, items, row <= ROWS ? &last : NULL, err);
}

static bool get_case(ApiCall *call, GError **err)
{
    api_call_set_version(call, 3);
    return api_reply_json(call, 200,
                          json_pack("{sI}", "case", (json_int_t)api_call_id(call, "case")), err);
}

static bool sign_in(ApiCall *call, GError **err)
{
    api_reply_set_session(call, "session-reviewer");
    return api_reply_empty(call);
}

static bool fail(ApiCall *call, GError **err)
{
    api_reply_set_session(call, "leaked");
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_IO, "the inner detail /var/lib/secret");
    return false;
}

typedef struct {
    int64_t next;
} Ticks;

static ApiEventState next_tick(void *data, Casework *work, const Actor *actor, ApiEvent *ret_event)
{
    Ticks *ticks = data;
    if (ticks->next > 3)
        return API_EVENT_NONE;
    *ret_event = (ApiEvent){.name = "tick", .id = ticks->next, .data = json_integer(ticks->next)};
    ticks->next++;
    return API_EVENT_ONE;
}

static bool get_ticks(ApiCall *call, GError **err)
{
    Ticks *ticks = g_new0(Ticks, 1);
    ticks->next = api_call_last_event(call) + 1;
    return api_reply_events(
        call, &(ApiEventSource){.next = next_tick, .free = g_free, .data = ticks}, err);
}

#define TRY "/api/v1/try/"

static const ApiRoute routes_try[] = {
    {.method = API_METHOD_POST,
     .path = TRY "echo",
     .operation = "echo",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .handle = echo},
    {.method = API_METHOD_POST,
     .path = TRY "bytes",
     .operation = "countBytes",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_BYTES,
     .handle = count_bytes},
    {.method = API_METHOD_POST,
     .path = TRY "file",
     .operation = "countFile",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_FILE,
     .body_limit = 64u << 20,
     .handle = count_file},
    {.method = API_METHOD_POST,
     .path = TRY "write",
     .operation = "writeSomething",
     .permission = PERMISSION_SIGNED_IN,
     .body = API_BODY_JSON,
     .handle = write_something},
    {.path = TRY "rows",
     .operation = "listRows",
     .permission = PERMISSION_SIGNED_IN,
     .query = "cursor limit state",
     .handle = list_rows},
    {.path = TRY "cases/{case}",
     .operation = "tryCase",
     .permission = PERMISSION_CASE_READ,
     .handle = get_case},
    {.path = TRY "audit",
     .operation = "tryAudit",
     .permission = PERMISSION_AUDIT_READ,
     .handle = fail},
    {.path = TRY "admin",
     .operation = "tryAdmin",
     .permission = PERMISSION_ADMINISTER,
     .handle = fail},
    {.method = API_METHOD_POST,
     .path = TRY "sign-in",
     .operation = "signIn",
     .permission = PERMISSION_NONE,
     .body = API_BODY_JSON,
     .handle = sign_in},
    {.path = TRY "ticks",
     .operation = "getTicks",
     .permission = PERMISSION_SIGNED_IN,
     .handle = get_ticks},
    {0},
};

// ---- Running ----------------------------------------------------------------------------------

static Casework *open_work(void *data, GError **err)
{
    return casework_open(data, err);
}

static void write_line(void *data, const char *line)
{
    g_printerr("%s\n", line);
}

static int serve(const ApiServerOptions *options)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    g_autoptr(GError) error = NULL;
    ApiServer *server = api_server_start(options, &error);
    if (server == NULL) {
        g_printerr("double_server: %s\n", error->message);
        return 2;
    }
    printf("double_server: listening on http://%s\n", api_server_address(server));
    fflush(stdout);
    int got;
    sigwait(&stop, &got);
    api_server_stop(server);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--routes") == 0) {
        g_autofree char *text = api_routes_text(api_routes());
        printf("%s", text);
        return 0;
    }
    bool behind_tls_proxy = argc > 2 && strcmp(argv[2], "--behind-tls-proxy") == 0;
    const char *desk = argc > 3 && strcmp(argv[2], "--desk") == 0 ? argv[3] : NULL;
    signal(SIGPIPE, SIG_IGN);
    static const ApiRoute *const tables[] = {routes_health, routes_session, routes_schemes,
                                             routes_try, NULL};
    static const char *const hosts[] = {"clew.example", NULL};
    const CaseworkOptions casework = {.data_folder = argv[1]};
    atomic_uint writes = 0;
    const ApiAuthenticator authenticator = {.identify = identify, .may_in_case = may_in_case};
    g_autoptr(CaseworkPool) pool = casework_pool_new(&(CaseworkPoolOptions){
        .open = open_work, .close = casework_close, .data = (void *)&casework});
    return serve(&(ApiServerOptions){.listen = "127.0.0.1:0",
                                     .behind_tls_proxy = behind_tls_proxy,
                                     .hosts = hosts,
                                     .desk = desk,
                                     .routes = tables,
                                     .pool = pool,
                                     .authenticator = &authenticator,
                                     .services = &writes,
                                     .spool = argv[1],
                                     .log = write_line});
}
