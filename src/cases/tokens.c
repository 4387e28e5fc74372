// SPDX-License-Identifier: Apache-2.0
#include "cases/tokens.h"

#include <sodium.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/accounts_secret.h"

#define CHECK_BYTES 4u
#define CHECK_LENGTH (2 * CHECK_BYTES)
#define PREFIX_LENGTH (sizeof TOKEN_PREFIX - 1)
#define ALL_SCOPES ((1u << SCOPE_COUNT) - 1)

_Static_assert(TOKEN_LENGTH == PREFIX_LENGTH + SECRET_TEXT_BYTES + CHECK_LENGTH, "token");

// ---- Text ---------------------------------------------------------------------------------------

static void check_digits(const char *digits, char ret_check[CHECK_LENGTH + 1])
{
    uint8_t hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)digits, SECRET_TEXT_BYTES,
                       (const uint8_t *)TOKEN_PREFIX, PREFIX_LENGTH);
    encoding_to_hex(hash, CHECK_BYTES, ret_check);
}

static char *token_new(uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    char check[CHECK_LENGTH + 1];
    char *digits = secret_new("token", ret_hash);
    check_digits(digits, check);
    char *token = g_strconcat(TOKEN_PREFIX, digits, check, NULL);
    secret_free(digits);
    return token;
}

static bool token_hash(const char *token, uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    if (strlen(token) != TOKEN_LENGTH || !g_str_has_prefix(token, TOKEN_PREFIX))
        return false;
    char digits[SECRET_TEXT_BYTES + 1], check[CHECK_LENGTH + 1];
    g_strlcpy(digits, token + PREFIX_LENGTH, sizeof digits);
    check_digits(digits, check);
    bool sound = strcmp(check, token + PREFIX_LENGTH + SECRET_TEXT_BYTES) == 0 &&
                 secret_hash("token", digits, ret_hash);
    sodium_memzero(digits, sizeof digits);
    return sound;
}

// ---- Making and revoking ------------------------------------------------------------------------

static bool administers(const Actor *actor)
{
    return (actor->permissions & PERMISSION_BIT(PERMISSION_ADMINISTER)) != 0;
}

static bool is_in_force(const Token *token, int64_t now_us)
{
    return token->revoked_us == 0 && token->ends_us > now_us;
}

static bool invalid(GError **err, const char *sentence)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID, sentence);
    return false;
}

static bool check_fields(const TokenFields *fields, int64_t now_us, GError **err)
{
    size_t length = strlen(fields->name);
    if (length == 0 || length > LIMIT_ACCOUNT_TEXT || !g_utf8_validate(fields->name, -1, NULL))
        return invalid(err, "a token's name has 1 to 200 bytes and says what it is for");
    if (fields->scopes == 0 || (fields->scopes & ~ALL_SCOPES) != 0)
        return invalid(err, "a token needs at least one of the scopes there are");
    if (fields->ends_us <= now_us || fields->ends_us > now_us + TOKEN_LIFE_MAX_US)
        return invalid(err, "a token ends after now and within a year");
    bool needs_case = (fields->scopes & 1u << SCOPE_INGEST) != 0;
    return !needs_case || fields->case_id != 0 ||
           invalid(err, "a token that brings records in is for one case; name it");
}

static void free_token(gpointer token)
{
    token_row_free(token);
}

// Of Token *: those in force.
static GPtrArray *tokens_in_force(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(free_token);
    uint64_t after = 0;
    while (true) {
        g_autoptr(GPtrArray) page = g_ptr_array_new();
        if (!token_row_list(act_database(act), account_id, after, LIMIT_ACCOUNT_PAGE, page, err)) {
            g_ptr_array_set_free_func(page, free_token);
            return NULL;
        }
        if (page->len == 0)
            return g_steal_pointer(&tokens);
        for (unsigned i = 0; i < page->len; i++) {
            Token *token = page->pdata[i];
            after = token->id;
            if (is_in_force(token, act_now_us(act)))
                g_ptr_array_add(tokens, token);
            else
                token_row_free(token);
        }
    }
}

static bool has_room(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(GPtrArray) tokens = tokens_in_force(act, account_id, err);
    if (tokens == NULL)
        return false;
    if (tokens->len < LIMIT_ACCOUNT_TOKENS)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "the account has %u tokens in force already; revoke those that nobody uses",
                tokens->len);
    return false;
}

static bool may_have_token(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(Account) account = account_get(act_work(act), account_id, err);
    if (account == NULL)
        return false;
    if (act_actor(act)->account_id != account_id && !administers(act_actor(act))) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "tokens of others are made by administrators");
        return false;
    }
    if (g_str_equal(account->state, "active"))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, "the account is not active");
    return false;
}

static void describe(Act *act, uint64_t id, const char *change, const Token *token)
{
    JsonWriter *payload = act_payload(act);
    act_set_object(act, "token %" G_GUINT64_FORMAT, id);
    json_write_member_string(payload, "change", change);
    json_write_member_uint(payload, "account", token->account_id);
    json_write_key(payload, "scopes");
    json_write_begin_array(payload);
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        if ((token->scopes & 1u << scope) != 0)
            json_write_string(payload, scope_name((Scope)scope));
    json_write_end_array(payload);
    if (token->case_id != 0)
        json_write_member_uint(payload, "case", token->case_id);
}

bool token_create(Act *act, const TokenFields *fields, uint64_t *ret_id, char **ret_token,
                  GError **err)
{
    uint64_t id;
    if (!check_fields(fields, act_now_us(act), err) ||
        !may_have_token(act, fields->account_id, err) || !has_room(act, fields->account_id, err) ||
        !act_new_ids(act, TABLE_TOKEN, 1, &id, err))
        return false;
    g_autoptr(Token) token = g_new0(Token, 1);
    token->id = id;
    token->seq = act_seq(act);
    token->account_id = fields->account_id;
    token->name = g_strdup(fields->name);
    token->scopes = fields->scopes;
    token->case_id = fields->case_id;
    token->made_us = act_now_us(act);
    token->ends_us = fields->ends_us;
    char *text = token_new(token->hash);
    if (!token_row_insert(act_database(act), token, err)) {
        secret_free(text);
        return false;
    }
    act_wrote(act, TABLE_TOKEN, id);
    describe(act, id, "created", token);
    *ret_id = id;
    *ret_token = text;
    return true;
}

static bool revoke_row(Act *act, uint64_t id, GError **err)
{
    if (!act_supersedes(act, TABLE_TOKEN, id, err) ||
        !token_row_revoke(act_database(act), id, act_seq(act), act_now_us(act), err))
        return false;
    act_wrote(act, TABLE_TOKEN, id);
    return true;
}

bool token_revoke(Act *act, uint64_t id, GError **err)
{
    g_autoptr(TokenRow) token = NULL;
    if (!token_row_load(act_database(act), id, &token, err))
        return false;
    if (token == NULL ||
        (token->account_id != act_actor(act)->account_id && !administers(act_actor(act)))) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no token %" G_GUINT64_FORMAT,
                    id);
        return false;
    }
    describe(act, id, "revoked", token);
    return token->revoked_us != 0 || revoke_row(act, id, err);
}

bool tokens_revoke_of(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(GPtrArray) tokens = tokens_in_force(act, account_id, err);
    for (unsigned i = 0; tokens != NULL && i < tokens->len; i++)
        if (!revoke_row(act, ((const Token *)tokens->pdata[i])->id, err))
            return false;
    return tokens != NULL;
}

GPtrArray *token_list(Casework *work, const Actor *actor, uint64_t account_id, uint64_t after_id,
                      unsigned limit, GError **err)
{
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(free_token);
    unsigned size = limit < LIMIT_ACCOUNT_PAGE ? limit : LIMIT_ACCOUNT_PAGE;
    if (!administers(actor) && (account_id == 0 || account_id != actor->account_id))
        account_id = actor->account_id;
    return token_row_list(casework_database(work), account_id, after_id, size, tokens, err)
               ? g_steal_pointer(&tokens)
               : NULL;
}

// ---- Who comes with one -------------------------------------------------------------------------

static bool refuse(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "the token is not in force; ask its account for a new one");
    return false;
}

// Written once a day at most.
static bool note_use(Casework *work, const Token *token, GError **err)
{
    Database *database = casework_database(work);
    int64_t day = casework_now_us(work) / G_TIME_SPAN_DAY;
    if (token->used_day == day || database_in_transaction(database))
        return true;
    if (!database_begin_write(database, err))
        return false;
    if (token_row_used(database, token->id, day, err))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

static void fill_identity(const Token *token, const Account *account, Identity *ret_identity)
{
    Permissions of_account =
        permissions_of_roles(account->roles) | PERMISSION_BIT(PERMISSION_MATCH);
    *ret_identity = (Identity){.name = g_strdup(account->name),
                               .session = g_strdup_printf("token %" G_GUINT64_FORMAT, token->id),
                               .token_id = token->id};
    ret_identity->actor = account_actor(account);
    ret_identity->actor.name = ret_identity->name;
    ret_identity->actor.session = ret_identity->session;
    ret_identity->actor.permissions = permissions_of_scopes(token->scopes) & of_account;
    ret_identity->actor.only_case = token->case_id;
}

bool tokens_authenticate(Casework *work, const char *token, Identity *ret_identity, GError **err)
{
    uint8_t hash[ACCOUNT_HASH_BYTES];
    g_autoptr(TokenRow) row = NULL;
    g_autoptr(AccountRow) account = NULL;
    if (!token_hash(token, hash))
        return refuse(err);
    if (!token_row_find(casework_database(work), hash, &row, err) ||
        (row != NULL && !account_row_load(casework_database(work), row->account_id, &account, err)))
        return false;
    if (row == NULL || !is_in_force(row, casework_now_us(work)) || account == NULL ||
        !g_str_equal(account->state, "active"))
        return refuse(err);
    if (!note_use(work, row, err))
        return false;
    fill_identity(row, account, ret_identity);
    return true;
}
