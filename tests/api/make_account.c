// SPDX-License-Identifier: Apache-2.0
//
// An account for a test, without the ceremony of an invitation:
//
//   make_account DATA NAME ROLE[,ROLE…] UNIT [CASE]
//
// Prints {"account", "unit", "case", "session", "csrf", "token"} as one line of JSON: an open
// session with a fresh second factor, and with a CASE a token that may bring records into it. The
// account becomes a member of the case, which is opened when there is none of this number. The
// database is that of CLEW_TEST_POSTGRES, where this is set.
#include <stdio.h>
#include <string.h>

#include "cases/accounts.h"
#include "cases/accounts_secret.h"
#include "cases/case_file.h"
#include "cases/sessions.h"
#include "cases/tokens.h"
#include "store/session_rows.h"

#define TOKEN_DAYS 30

typedef struct {
    Casework *work;
    Actor desk;
    uint64_t unit, account, case_id, token_id;
    char *token, *session;
} Making;

static bool find_unit(Making *making, const char *name, GError **err)
{
    g_autoptr(GPtrArray) units = unit_list(making->work, 0, 1000, err);
    for (unsigned i = 0; units != NULL && i < units->len; i++) {
        const Unit *unit = units->pdata[i];
        if (g_str_equal(unit->name, name))
            making->unit = unit->id;
    }
    if (units == NULL || making->unit != 0)
        return units != NULL;
    g_autoptr(Act) act = act_begin(making->work, &making->desk, AUDIT_UNIT_CHANGED, err);
    const UnitFields fields = {.name = name, .agency = "", .country = "ZZ", .contact = ""};
    return act != NULL && unit_create(act, &fields, &making->unit, err) && act_commit(act, err);
}

static bool make_account(Making *making, const char *name, const char *roles, GError **err)
{
    AccountFields fields = {.name = name, .display = name, .unit_id = making->unit};
    g_auto(GStrv) names = g_strsplit(roles, ",", -1);
    for (char **role = names; *role != NULL; role++) {
        Role known;
        if (!role_from_name(*role, &known))
            g_error("there is no role %s", *role);
        fields.roles |= 1u << known;
    }
    g_autofree char *invitation = NULL;
    g_autoptr(Act) act = act_begin(making->work, &making->desk, AUDIT_ACCOUNT_CHANGED, err);
    if (act == NULL || !account_create(act, &fields, &making->account, &invitation, err))
        return false;
    g_autofree char *active = g_strdup_printf(
        "UPDATE account SET state = 'active' WHERE id = %" G_GUINT64_FORMAT, making->account);
    return database_execute(act_database(act), active, err) && act_commit(act, err);
}

static bool join_case(Making *making, const char *number, GError **err)
{
    g_autoptr(Act) act = act_begin(making->work, &making->desk, AUDIT_MEMBER_CHANGED, err);
    g_autoptr(CaseFile) file = NULL;
    if (act == NULL)
        return false;
    file = case_file_find(making->work, &making->desk, number, NULL);
    const CaseFileNew request = {.number = number, .unit_id = making->unit, .scheme = "vics-us"};
    if (file == NULL)
        file = case_file_open(act, &request, err);
    if (file == NULL || !case_file_add_member(act, file->id, making->account, err))
        return false;
    making->case_id = file->id;
    return act_commit(act, err);
}

static bool open_session(Making *making, GError **err)
{
    int64_t now_us = casework_now_us(making->work);
    SessionRow row = {.account_id = making->account,
                      .made_us = now_us,
                      .seen_us = now_us,
                      .ends_us = now_us + G_TIME_SPAN_HOUR,
                      .second_factor_us = now_us,
                      .address = (char *)"127.0.0.1"};
    making->session = secret_new("session", row.id_hash);
    g_autoptr(Act) act = act_begin(making->work, &making->desk, AUDIT_LOGIN, err);
    return act != NULL && session_row_insert(act_database(act), &row, err) && act_commit(act, err);
}

static bool make_token(Making *making, GError **err)
{
    if (making->case_id == 0)
        return true; // nothing that it could be for
    const TokenFields fields = {.account_id = making->account,
                                .name = "test",
                                .scopes = 1u << SCOPE_INGEST | 1u << SCOPE_CASE_READ,
                                .case_id = making->case_id,
                                .ends_us =
                                    casework_now_us(making->work) + TOKEN_DAYS * G_TIME_SPAN_DAY};
    g_autoptr(Act) act = act_begin(making->work, &making->desk, AUDIT_TOKEN_CHANGED, err);
    return act != NULL && token_create(act, &fields, &making->token_id, &making->token, err) &&
           act_commit(act, err);
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6)
        g_error("usage: make_account DATA NAME ROLES UNIT [CASE]");
    g_autoptr(GError) error = NULL;
    const CaseworkOptions options = {.data_folder = argv[1],
                                     .database = g_getenv("CLEW_TEST_POSTGRES")};
    g_autoptr(Casework) work = casework_open(&options, &error);
    Making making = {.work = work, .desk = actor_of_command_line("test")};
    g_auto(Identity) identity = {0};
    if (work == NULL || !find_unit(&making, argv[4], &error) ||
        !make_account(&making, argv[2], argv[3], &error) ||
        (argc == 6 && !join_case(&making, argv[5], &error)) || !open_session(&making, &error) ||
        !make_token(&making, &error) ||
        !sessions_authenticate(work, making.session, &identity, &error))
        g_error("%s", error->message);
    printf("{\"account\":%" G_GUINT64_FORMAT ",\"unit\":%" G_GUINT64_FORMAT
           ",\"case\":%" G_GUINT64_FORMAT ",\"session\":\"%s\",\"csrf\":\"%s\",\"token\":\"%s\"}\n",
           making.account, making.unit, making.case_id, making.session, identity.csrf,
           making.token != NULL ? making.token : "");
    g_free(making.session);
    g_free(making.token);
    return 0;
}
