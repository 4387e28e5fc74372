// SPDX-License-Identifier: Apache-2.0
#include "cases/accounts.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/accounts_rules.h"
#include "cases/accounts_secret.h"
#include "cases/text_field.h"
#include "cases/tokens.h"
#include "store/desk_rows.h"
#include "store/session_rows.h"

#define ADMINISTRATORS (1u << ROLE_ADMINISTRATOR)
#define ALL_ROLES ((1u << ROLE_COUNT) - 1)
#define FIRST_UNIT "Administration"
#define NO_COUNTRY "ZZ" // of no country, by ISO 3166-1; to be changed by the administrator
#define FIRST_NAMES_MAX 100

// ---- Reading accounts ---------------------------------------------------------------------------

Account *account_get(Casework *work, uint64_t id, GError **err)
{
    Account *account;
    if (!account_row_load(casework_database(work), id, &account, err))
        return NULL;
    if (account == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no account %" G_GUINT64_FORMAT,
                    id);
    return account;
}

Account *account_find(Casework *work, const char *name, GError **err)
{
    Account *account;
    if (!account_row_find(casework_database(work), name, &account, err))
        return NULL;
    if (account == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no account of this name");
    return account;
}

static void free_account(gpointer account)
{
    account_row_free(account);
}

GPtrArray *account_list(Casework *work, uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(free_account);
    return account_row_list(casework_database(work), after_id, accounts_page_size(limit), accounts,
                            err)
               ? g_steal_pointer(&accounts)
               : NULL;
}

Actor account_actor(const Account *account)
{
    return (Actor){.account_id = account->id,
                   .unit_id = account->unit_id,
                   .name = account->name,
                   .session = "",
                   .roles = account->roles,
                   .permissions = permissions_of_roles(account->roles)};
}

// ---- Changing accounts --------------------------------------------------------------------------

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 2 && length <= LIMIT_ACCOUNT_NAME && g_ascii_isalnum(name[0]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._@-") == length;
}

// What can be changed later as well.
static bool check_fields(Act *act, const AccountFields *fields, GError **err)
{
    if (!text_field_check("the display name", fields->display, LIMIT_ACCOUNT_TEXT, err))
        return false;
    if (fields->roles == 0 || (fields->roles & ~ALL_ROLES) != 0)
        return accounts_invalid(err, "the roles", "at least one of those there are is needed");
    g_autoptr(Unit) unit = unit_get(act_work(act), fields->unit_id, err);
    if (unit == NULL)
        return false;
    return g_str_equal(unit->state, "active") || accounts_conflict(err, "the unit is closed");
}

static bool check_new_name(Act *act, const char *name, GError **err)
{
    if (!is_name(name))
        return accounts_invalid(err, "the account's name",
                                "2 to 64 of a-z, 0-9 and . _ @ -, a letter or digit first");
    g_autoptr(AccountRow) other = NULL;
    if (!account_row_find(act_database(act), name, &other, err))
        return false;
    return other == NULL ||
           accounts_conflict(err, "there is, or was, an account of this name already");
}

static void describe(Act *act, const Account *account, const char *change)
{
    JsonWriter *payload = act_payload(act);
    act_set_object(act, "account %" G_GUINT64_FORMAT, account->id);
    json_write_member_string(payload, "change", change);
    json_write_member_string(payload, "state", account->state);
    json_write_member_uint(payload, "unit", account->unit_id);
    json_write_key(payload, "roles");
    json_write_begin_array(payload);
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        if ((account->roles & 1u << role) != 0)
            json_write_string(payload, role_name((Role)role));
    json_write_end_array(payload);
}

static bool write_account(Act *act, Account *account, GError **err)
{
    account->seq = act_seq(act);
    if (!account_row_write(act_database(act), account, err))
        return false;
    act_wrote(act, TABLE_ACCOUNT, account->id);
    return true;
}

// The same for one that exists; told to the act only now, when nothing refuses it any more.
static bool rewrite_account(Act *act, Account *account, GError **err)
{
    return act_supersedes(act, TABLE_ACCOUNT, account->id, err) && write_account(act, account, err);
}

static void set_state(Account *account, const char *state)
{
    g_free(account->state);
    account->state = g_strdup(state);
}

static char *invite(Act *act, uint64_t account_id, GError **err)
{
    uint8_t hash[ACCOUNT_HASH_BYTES];
    char *invitation = secret_new("invitation", hash);
    int64_t now = act_now_us(act);
    if (invitation_write(act_database(act), hash, account_id, now, now + ACCOUNT_INVITATION_US,
                         err))
        return invitation;
    secret_free(invitation);
    return NULL;
}

// Without asking whether the actor may.
static bool create(Act *act, const AccountFields *fields, uint64_t *ret_id, char **ret_invitation,
                   GError **err)
{
    uint64_t id;
    if (!check_new_name(act, fields->name, err) || !check_fields(act, fields, err) ||
        !act_new_ids(act, TABLE_ACCOUNT, 1, &id, err))
        return false;
    g_autoptr(Account) account = g_new(Account, 1);
    *account = (Account){.id = id,
                         .name = g_strdup(fields->name),
                         .display = g_strdup(fields->display),
                         .unit_id = fields->unit_id,
                         .roles = fields->roles,
                         .state = g_strdup("invited"),
                         .made_us = act_now_us(act)};
    if (!write_account(act, account, err))
        return false;
    char *invitation = invite(act, id, err);
    if (invitation == NULL)
        return false;
    describe(act, account, "created");
    *ret_id = id;
    *ret_invitation = invitation;
    return true;
}

bool account_create(Act *act, const AccountFields *fields, uint64_t *ret_id, char **ret_invitation,
                    GError **err)
{
    return accounts_must_administer(act, err) && create(act, fields, ret_id, ret_invitation, err);
}

// The account, about to be changed by an administrator; not one that is closed.
static Account *account_for_change(Act *act, uint64_t id, GError **err)
{
    if (!accounts_must_administer(act, err))
        return NULL;
    g_autoptr(Account) account = account_get(act_work(act), id, err);
    if (account == NULL)
        return NULL;
    if (g_str_equal(account->state, "closed")) {
        accounts_conflict(err,
                          "the account is closed; a closed account stays closed, make a new one");
        return NULL;
    }
    return g_steal_pointer(&account);
}

// Before an active administrator stops being one.
static bool leaves_an_administrator(Act *act, const Account *account, GError **err)
{
    uint64_t others;
    if (!g_str_equal(account->state, "active") || (account->roles & ADMINISTRATORS) == 0)
        return true;
    if (!account_row_count_active(act_database(act), ADMINISTRATORS, account->id, &others, err))
        return false;
    return others > 0 ||
           accounts_conflict(err, "this is the last active administrator; let another one "
                                  "accept an invitation first");
}

static bool is_self(const Act *act, const Account *account)
{
    return act_actor(act)->account_id == account->id;
}

bool account_change(Act *act, uint64_t id, const AccountFields *fields, GError **err)
{
    g_autoptr(Account) account = account_for_change(act, id, err);
    if (account == NULL || !check_fields(act, fields, err))
        return false;
    bool roles_change = account->roles != fields->roles;
    bool access_changes = roles_change || account->unit_id != fields->unit_id;
    if (roles_change && is_self(act, account))
        return accounts_conflict(err, "nobody changes their own roles; ask another administrator");
    if ((fields->roles & ADMINISTRATORS) == 0 && !leaves_an_administrator(act, account, err))
        return false;
    g_free(account->display);
    account->display = g_strdup(fields->display);
    account->unit_id = fields->unit_id;
    account->roles = fields->roles;
    if (!rewrite_account(act, account, err) ||
        (access_changes && !session_row_delete_of(act_database(act), id, err)))
        return false;
    describe(act, account, roles_change ? "roles" : "changed");
    return true;
}

bool account_reset(Act *act, uint64_t id, char **ret_invitation, GError **err)
{
    g_autoptr(Account) account = account_for_change(act, id, err);
    if (account == NULL)
        return false;
    if (is_self(act, account))
        return accounts_conflict(
            err, "nobody resets themselves; change your own password, or ask another "
                 "administrator");
    set_state(account, "invited");
    if (!account_secret_forget(act, id, err) || !rewrite_account(act, account, err))
        return false;
    char *invitation = invite(act, id, err);
    if (invitation == NULL)
        return false;
    describe(act, account, "reset");
    *ret_invitation = invitation;
    return true;
}

bool account_close(Act *act, uint64_t id, GError **err)
{
    g_autoptr(Account) account = account_for_change(act, id, err);
    if (account == NULL || !leaves_an_administrator(act, account, err))
        return false;
    set_state(account, "closed");
    account->closed_us = act_now_us(act);
    if (!account_secret_forget(act, id, err) || !tokens_revoke_of(act, id, err) ||
        !desk_rows_forget(act_database(act), id, err) || !rewrite_account(act, account, err))
        return false;
    describe(act, account, "closed");
    return true;
}

// ---- The first administrator --------------------------------------------------------------------

static bool find_first_unit(Act *act, uint64_t *ret_id, GError **err)
{
    g_autoptr(UnitRow) unit = NULL;
    if (!unit_row_find(act_database(act), FIRST_UNIT, &unit, err))
        return false;
    if (unit == NULL)
        return unit_create(
            act,
            &(UnitFields){.name = FIRST_UNIT, .agency = "", .country = NO_COUNTRY, .contact = ""},
            ret_id, err);
    *ret_id = unit->id;
    return true;
}

static bool free_name(Act *act, char **ret_name, GError **err)
{
    for (unsigned number = 1; number <= FIRST_NAMES_MAX; number++) {
        g_autofree char *name = number == 1 ? g_strdup(ACCOUNT_FIRST_NAME)
                                            : g_strdup_printf(ACCOUNT_FIRST_NAME "-%u", number);
        g_autoptr(AccountRow) other = NULL;
        if (!account_row_find(act_database(act), name, &other, err))
            return false;
        if (other == NULL) {
            *ret_name = g_steal_pointer(&name);
            return true;
        }
    }
    return accounts_conflict(err, "no name is left for a first administrator");
}

static bool make_first(Act *act, char **ret_invitation, GError **err)
{
    uint64_t unit_id, id;
    g_autofree char *name = NULL;
    return find_first_unit(act, &unit_id, err) && free_name(act, &name, err) &&
           create(act,
                  &(AccountFields){.name = name,
                                   .display = "First administrator",
                                   .unit_id = unit_id,
                                   .roles = ADMINISTRATORS},
                  &id, ret_invitation, err);
}

static bool invite_first(Act *act, char **ret_invitation, GError **err)
{
    g_autoptr(AccountRow) invited = NULL;
    if (!account_row_find_invited(act_database(act), ADMINISTRATORS, &invited, err))
        return false;
    if (invited == NULL)
        return make_first(act, ret_invitation, err);
    *ret_invitation = invite(act, invited->id, err);
    describe(act, invited, "invited again");
    return *ret_invitation != NULL;
}

bool accounts_have_administrator(Casework *work, bool *ret_have, GError **err)
{
    uint64_t active;
    if (!account_row_count_active(casework_database(work), ADMINISTRATORS, 0, &active, err))
        return false;
    *ret_have = active > 0;
    return true;
}

bool accounts_first_invitation(Casework *work, char **ret_invitation, GError **err)
{
    static const Actor program = {
        .name = "clewd", .session = "", .permissions = PERMISSION_BIT(PERMISSION_ADMINISTER)};
    uint64_t active;
    *ret_invitation = NULL;
    if (!account_row_count_active(casework_database(work), ADMINISTRATORS, 0, &active, err))
        return false;
    if (active > 0)
        return true;
    g_autoptr(Act) act = act_begin(work, &program, AUDIT_ACCOUNT_CHANGED, err);
    char *invitation = NULL;
    if (act == NULL ||
        !account_row_count_active(act_database(act), ADMINISTRATORS, 0, &active, err))
        return false;
    if (active > 0) // accepted while this one waited
        return true;
    if (!invite_first(act, &invitation, err) || !act_commit(act, err)) {
        secret_free(invitation);
        return false;
    }
    *ret_invitation = invitation;
    return true;
}
