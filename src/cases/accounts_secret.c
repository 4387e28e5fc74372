// SPDX-License-Identifier: Apache-2.0
#include "cases/accounts_secret.h"

#include <sodium.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "cases/accounts.h"
#include "store/session_rows.h"

#define ISSUER "Clew"

// ---- Random texts -------------------------------------------------------------------------------

static void start_sodium(void)
{
    int result = sodium_init();
    g_assert(result >= 0);
}

static void hash_of(const char *purpose, const uint8_t secret[SECRET_BYTES],
                    uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    crypto_generichash(ret_hash, ACCOUNT_HASH_BYTES, secret, SECRET_BYTES, (const uint8_t *)purpose,
                       strlen(purpose));
}

char *secret_new(const char *purpose, uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    uint8_t secret[SECRET_BYTES];
    start_sodium();
    randombytes_buf(secret, sizeof secret);
    hash_of(purpose, secret, ret_hash);
    char *text = encoding_hex_new(secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    return text;
}

bool secret_hash(const char *purpose, const char *text, uint8_t ret_hash[ACCOUNT_HASH_BYTES])
{
    uint8_t secret[SECRET_BYTES];
    start_sodium();
    if (!encoding_from_hex(text, strlen(text), secret, sizeof secret))
        return false;
    hash_of(purpose, secret, ret_hash);
    sodium_memzero(secret, sizeof secret);
    return true;
}

void secret_free(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    g_free(text);
}

// ---- Sealed rows --------------------------------------------------------------------------------

static VaultObject password_of(uint64_t account_id)
{
    return (VaultObject){.kind = "password", .id = account_id};
}

static VaultObject totp_of(uint64_t account_id)
{
    return (VaultObject){.kind = "totp", .id = account_id};
}

static VaultObject enrolment_of(uint64_t account_id)
{
    return (VaultObject){.kind = "totp enrolment", .id = account_id};
}

static GBytes *unseal(Casework *work, VaultObject what, GBytes *sealed, GError **err)
{
    size_t size;
    const void *bytes = g_bytes_get_data(sealed, &size);
    Vault *vault = casework_vault(work, err);
    return vault != NULL ? vault_unseal(vault, what, bytes, size, err) : NULL;
}

static GBytes *seal(Casework *work, VaultObject what, const void *bytes, size_t size, GError **err)
{
    Vault *vault = casework_vault(work, err);
    return vault != NULL ? vault_seal(vault, what, bytes, size) : NULL;
}

static bool refuse_size(VaultObject what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the sealed %s of account %" G_GUINT64_FORMAT " has another size than it was given",
                what.kind, what.id);
    return false;
}

bool account_password_load(Casework *work, uint64_t account_id, PasswordHash *ret_hash,
                           uint64_t *ret_seq, bool *ret_found, GError **err)
{
    g_autoptr(AccountSecretRow) row = NULL;
    if (!account_secret_row_load(casework_database(work), account_id, &row, err))
        return false;
    *ret_found = row != NULL;
    if (row == NULL)
        return true;
    g_autoptr(GBytes) plain = unseal(work, password_of(account_id), row->password_sealed, err);
    if (plain == NULL)
        return false;
    if (g_bytes_get_size(plain) != sizeof ret_hash->text)
        return refuse_size(password_of(account_id), err);
    memcpy(ret_hash->text, g_bytes_get_data(plain, NULL), sizeof ret_hash->text);
    ret_hash->text[sizeof ret_hash->text - 1] = '\0';
    *ret_seq = row->seq;
    return true;
}

static GBytes *seal_password(Casework *work, uint64_t account_id, const PasswordHash *hash,
                             GError **err)
{
    return seal(work, password_of(account_id), hash->text, sizeof hash->text, err);
}

// The row as it is, about to be changed by the act.
static AccountSecretRow *row_for_change(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(AccountSecretRow) row = NULL;
    if (!act_supersedes(act, TABLE_ACCOUNT_SECRET, account_id, err) ||
        !account_secret_row_load(act_database(act), account_id, &row, err))
        return NULL;
    return g_steal_pointer(&row);
}

static bool write_row(Act *act, AccountSecretRow *row, GError **err)
{
    row->seq = act_seq(act);
    if (!account_secret_row_write(act_database(act), row, err))
        return false;
    act_wrote(act, TABLE_ACCOUNT_SECRET, row->id);
    return true;
}

bool account_password_write(Act *act, uint64_t account_id, const PasswordHash *hash, uint64_t seq,
                            GError **err)
{
    g_autoptr(AccountSecretRow) row = row_for_change(act, account_id, err);
    if (row == NULL)
        return false;
    if (row->seq != seq) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "the password was changed by somebody else in the meantime; log in again");
        return false;
    }
    GBytes *sealed = seal_password(act_work(act), account_id, hash, err);
    if (sealed == NULL)
        return false;
    g_bytes_unref(row->password_sealed);
    row->password_sealed = sealed;
    row->password_us = act_now_us(act);
    return write_row(act, row, err);
}

// ---- Enrolment ----------------------------------------------------------------------------------

bool account_enrolment_make(Casework *work, const Account *account, char **ret_uri, GError **err)
{
    uint8_t secret[TOTP_SECRET_BYTES];
    totp_secret_new(secret);
    g_autoptr(GBytes) sealed = seal(work, enrolment_of(account->id), secret, sizeof secret, err);
    bool written = sealed != NULL && enrolment_write(casework_database(work), account->id, sealed,
                                                     casework_now_us(work), err);
    if (written)
        *ret_uri = totp_uri(secret, ISSUER, account->name);
    sodium_memzero(secret, sizeof secret);
    return written;
}

// The secret that waits; CLEW_ERROR_INVALID when none does.
static GBytes *load_enrolment(Casework *work, uint64_t account_id, GError **err)
{
    g_autoptr(GBytes) sealed = NULL;
    if (!enrolment_load(casework_database(work), account_id, &sealed, err))
        return NULL;
    if (sealed == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "no second factor was enrolled; enrol one first, then give a code of it");
        return NULL;
    }
    g_autoptr(GBytes) plain = unseal(work, enrolment_of(account_id), sealed, err);
    if (plain != NULL && g_bytes_get_size(plain) != TOTP_SECRET_BYTES) {
        refuse_size(enrolment_of(account_id), err);
        return NULL;
    }
    return g_steal_pointer(&plain);
}

// One use for each step, whichever secret it was of.
static bool take_totp(Act *act, uint64_t account_id, GBytes *secret, const char *code,
                      bool *ret_right, GError **err)
{
    int64_t steps[2 * TOTP_WINDOW + 1];
    size_t count = totp_match(g_bytes_get_data(secret, NULL), code, act_now_us(act), steps);
    *ret_right = false;
    for (size_t i = 0; i < count && !*ret_right; i++)
        if (!totp_use_insert(act_database(act), account_id, steps[i], ret_right, err))
            return false;
    return true;
}

bool account_enrolment_confirm(Act *act, uint64_t account_id, const char *code, bool *ret_right,
                               GError **err)
{
    g_autoptr(GBytes) secret = load_enrolment(act_work(act), account_id, err);
    if (secret == NULL)
        return false;
    // The old second factor may have given a code of the same step just now; this one goes away
    // with its enrolment and only must not be good for a login behind it.
    int64_t steps[2 * TOTP_WINDOW + 1];
    size_t count = totp_match(g_bytes_get_data(secret, NULL), code, act_now_us(act), steps);
    for (size_t i = 0; i < count; i++) {
        bool is_new;
        if (!totp_use_insert(act_database(act), account_id, steps[i], &is_new, err))
            return false;
    }
    *ret_right = count > 0;
    return true;
}

// Moves the enrolled secret into the row: sealed anew, for its new place.
static GBytes *take_enrolled(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(GBytes) secret = load_enrolment(act_work(act), account_id, err);
    if (secret == NULL || !enrolment_delete(act_database(act), account_id, err))
        return NULL;
    return seal(act_work(act), totp_of(account_id), g_bytes_get_data(secret, NULL),
                TOTP_SECRET_BYTES, err);
}

bool account_secret_make(Act *act, uint64_t account_id, const PasswordHash *hash, GError **err)
{
    g_autoptr(GBytes) totp_sealed = take_enrolled(act, account_id, err);
    g_autoptr(GBytes) password_sealed =
        totp_sealed != NULL ? seal_password(act_work(act), account_id, hash, err) : NULL;
    if (password_sealed == NULL)
        return false;
    g_autoptr(AccountSecretRow) row = g_new(AccountSecretRow, 1);
    *row = (AccountSecretRow){.id = account_id,
                              .password_sealed = g_steal_pointer(&password_sealed),
                              .totp_sealed = g_steal_pointer(&totp_sealed),
                              .password_us = act_now_us(act),
                              .totp_us = act_now_us(act)};
    return write_row(act, row, err);
}

bool account_totp_replace(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(AccountSecretRow) row = row_for_change(act, account_id, err);
    GBytes *totp_sealed = row != NULL ? take_enrolled(act, account_id, err) : NULL;
    if (totp_sealed == NULL)
        return false;
    g_bytes_unref(row->totp_sealed);
    row->totp_sealed = totp_sealed;
    row->totp_us = act_now_us(act);
    return write_row(act, row, err);
}

// ---- Codes --------------------------------------------------------------------------------------

static bool take_recovery_code(Act *act, uint64_t account_id, const char *code, bool *ret_right,
                               GError **err)
{
    uint8_t hash[RECOVERY_HASH_BYTES];
    uint64_t id = 0;
    *ret_right = false;
    if (!recovery_code_hash(code, hash))
        return true;
    if (!recovery_code_find(act_database(act), account_id, hash, &id, err))
        return false;
    if (id == 0)
        return true;
    if (!act_supersedes(act, TABLE_RECOVERY_CODE, id, err) ||
        !recovery_code_use(act_database(act), id, act_seq(act), act_now_us(act), err))
        return false;
    act_wrote(act, TABLE_RECOVERY_CODE, id);
    *ret_right = true;
    return true;
}

bool account_code_take(Act *act, uint64_t account_id, const char *code, bool *ret_right,
                       GError **err)
{
    if (!totp_is_code(code))
        return take_recovery_code(act, account_id, code, ret_right, err);
    g_autoptr(AccountSecretRow) row = NULL;
    *ret_right = false;
    if (!account_secret_row_load(act_database(act), account_id, &row, err))
        return false;
    if (row == NULL)
        return true;
    g_autoptr(GBytes) secret = unseal(act_work(act), totp_of(account_id), row->totp_sealed, err);
    if (secret == NULL)
        return false;
    if (g_bytes_get_size(secret) != TOTP_SECRET_BYTES)
        return refuse_size(totp_of(account_id), err);
    return take_totp(act, account_id, secret, code, ret_right, err);
}

static bool delete_recovery_codes(Act *act, uint64_t account_id, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!recovery_code_list(act_database(act), account_id, ids, err))
        return false;
    for (unsigned i = 0; i < ids->len; i++) {
        uint64_t id = g_array_index(ids, uint64_t, i);
        if (!act_deletes(act, TABLE_RECOVERY_CODE, id, err) ||
            !recovery_code_delete(act_database(act), id, err))
            return false;
    }
    return true;
}

static void free_secret(gpointer text)
{
    secret_free(text);
}

GPtrArray *account_recovery_codes_make(Act *act, uint64_t account_id, GError **err)
{
    uint64_t first;
    g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(free_secret);
    if (!delete_recovery_codes(act, account_id, err) ||
        !act_new_ids(act, TABLE_RECOVERY_CODE, RECOVERY_CODES, &first, err))
        return NULL;
    for (unsigned i = 0; i < RECOVERY_CODES; i++) {
        char *code = g_malloc0(RECOVERY_CODE_LENGTH + 1);
        uint8_t hash[RECOVERY_HASH_BYTES];
        recovery_code_new(code);
        g_ptr_array_add(codes, code);
        bool hashed = recovery_code_hash(code, hash);
        g_assert(hashed);
        if (!recovery_code_insert(act_database(act), first + i, act_seq(act), account_id, hash,
                                  act_now_us(act), err))
            return NULL;
        act_wrote(act, TABLE_RECOVERY_CODE, first + i);
    }
    return g_steal_pointer(&codes);
}

// ---- The end ------------------------------------------------------------------------------------

bool account_secret_forget(Act *act, uint64_t account_id, GError **err)
{
    Database *database = act_database(act);
    g_autoptr(AccountSecretRow) row = NULL;
    if (!account_secret_row_load(database, account_id, &row, err))
        return false;
    if (row != NULL && (!act_deletes(act, TABLE_ACCOUNT_SECRET, account_id, err) ||
                        !account_secret_row_delete(database, account_id, err)))
        return false;
    return delete_recovery_codes(act, account_id, err) &&
           enrolment_delete(database, account_id, err) &&
           invitation_delete(database, account_id, err) &&
           session_row_delete_of(database, account_id, err);
}
