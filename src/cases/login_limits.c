// SPDX-License-Identifier: Apache-2.0
#include "cases/login_limits.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "store/session_rows.h"

#define KNOWN "known" // a pair that has logged in
#define KNOWN_US (90 * G_TIME_SPAN_DAY)
#define FORGOTTEN_US G_TIME_SPAN_DAY // failures older than this are
#define CLOCK_SLACK_US G_TIME_SPAN_MINUTE
#define FIRST_REPORT 5u
#define DOUBLINGS_MAX 20u

typedef struct {
    const char *name;
    uint64_t free;    // failures without waiting
    int64_t bound_us; // of the waiting
} Counter;

static const Counter pair_counter = {"pair", 5, 5 * G_TIME_SPAN_MINUTE};
static const Counter address_counter = {"address", 50, 5 * G_TIME_SPAN_MINUTE};
static const Counter name_counter = {"name", 20, 30 * G_TIME_SPAN_SECOND};
static const Counter code_counter = {"code", 5, 15 * G_TIME_SPAN_MINUTE};

typedef struct {
    uint8_t pair[ACCOUNT_HASH_BYTES], address[ACCOUNT_HASH_BYTES], name[ACCOUNT_HASH_BYTES];
} Keys;

_Static_assert(VAULT_HASH_BYTES == ACCOUNT_HASH_BYTES, "keyed hashes stand in the table");

static bool keys_of(Casework *work, LoginPlace place, Keys *ret_keys, GError **err)
{
    const Vault *vault = casework_vault(work, err);
    if (vault == NULL)
        return false;
    g_autofree char *pair = g_strdup_printf("%s\n%s", place.address, place.name);
    vault_keyed_hash(vault, "login pair", pair, strlen(pair), ret_keys->pair);
    vault_keyed_hash(vault, "login address", place.address, strlen(place.address),
                     ret_keys->address);
    vault_keyed_hash(vault, "login name", place.name, strlen(place.name), ret_keys->name);
    return true;
}

static void code_key(uint64_t account_id, uint8_t ret_key[ACCOUNT_HASH_BYTES])
{
    uint64_t id = GUINT64_TO_BE(account_id);
    memset(ret_key, 0, ACCOUNT_HASH_BYTES);
    memcpy(ret_key, &id, sizeof id);
}

// ---- Waiting ------------------------------------------------------------------------------------

static bool is_forgotten(AttemptRow row, int64_t now_us)
{
    return row.failures == 0 || row.last_us > now_us + CLOCK_SLACK_US ||
           row.last_us <= now_us - FORGOTTEN_US;
}

static int64_t wait_of(const Counter *counter, AttemptRow row, int64_t now_us)
{
    if (is_forgotten(row, now_us) || row.failures < counter->free)
        return 0;
    uint64_t doublings = row.failures - counter->free;
    int64_t delay = counter->bound_us;
    if (doublings < DOUBLINGS_MAX && G_TIME_SPAN_SECOND << doublings < delay)
        delay = G_TIME_SPAN_SECOND << doublings;
    int64_t left = row.last_us + delay - now_us;
    return CLAMP(left, 0, delay);
}

static bool add_wait(Casework *work, const Counter *counter, const uint8_t *who, int64_t *wait_us,
                     GError **err)
{
    AttemptRow row;
    if (!attempt_row_load(casework_database(work), counter->name, who, &row, err))
        return false;
    int64_t wait = wait_of(counter, row, casework_now_us(work));
    if (wait > *wait_us)
        *wait_us = wait;
    return true;
}

static bool is_known(Casework *work, const Keys *keys, bool *ret_known, GError **err)
{
    AttemptRow row;
    if (!attempt_row_load(casework_database(work), KNOWN, keys->pair, &row, err))
        return false;
    *ret_known = row.failures > 0 && row.last_us > casework_now_us(work) - KNOWN_US;
    return true;
}

static bool must_wait(int64_t wait_us, GError **err)
{
    if (wait_us == 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                "too many failed attempts; try again in %d seconds",
                (int)((wait_us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND));
    return false;
}

static bool add_waits_of_place(Casework *work, LoginPlace place, int64_t *wait_us, GError **err)
{
    Keys keys;
    bool known;
    return keys_of(work, place, &keys, err) && is_known(work, &keys, &known, err) &&
           add_wait(work, &pair_counter, keys.pair, wait_us, err) &&
           (known || (add_wait(work, &address_counter, keys.address, wait_us, err) &&
                      add_wait(work, &name_counter, keys.name, wait_us, err)));
}

static bool add_wait_of_codes(Casework *work, uint64_t account_id, int64_t *wait_us, GError **err)
{
    uint8_t key[ACCOUNT_HASH_BYTES];
    code_key(account_id, key);
    return add_wait(work, &code_counter, key, wait_us, err);
}

bool login_limits_allow(Casework *work, LoginPlace place, GError **err)
{
    int64_t wait = 0;
    return add_waits_of_place(work, place, &wait, err) && must_wait(wait, err);
}

bool login_limits_allow_code(Casework *work, uint64_t account_id, GError **err)
{
    int64_t wait = 0;
    return add_wait_of_codes(work, account_id, &wait, err) && must_wait(wait, err);
}

bool login_limits_wait(Casework *work, LoginPlace place, uint64_t account_id, int64_t *ret_wait_us,
                       GError **err)
{
    int64_t wait = 0;
    if (!add_waits_of_place(work, place, &wait, err) ||
        (account_id != 0 && !add_wait_of_codes(work, account_id, &wait, err)))
        return false;
    *ret_wait_us = wait;
    return true;
}

// ---- Counting -----------------------------------------------------------------------------------

static bool count_failure(Casework *work, const Counter *counter, const uint8_t *who,
                          uint64_t *ret_failures, GError **err)
{
    Database *database = casework_database(work);
    int64_t now = casework_now_us(work);
    AttemptRow row;
    if (!attempt_row_load(database, counter->name, who, &row, err))
        return false;
    if (is_forgotten(row, now))
        row.failures = 0;
    row = (AttemptRow){.failures = row.failures + 1, .last_us = now};
    *ret_failures = row.failures;
    return attempt_row_write(database, counter->name, who, row, err) &&
           attempt_row_prune(database, counter->name, now - FORGOTTEN_US, LIMIT_LOGIN_ATTEMPTS,
                             err);
}

// Five times a power of two.
static bool is_worth_a_report(uint64_t failures)
{
    uint64_t times = failures / FIRST_REPORT;
    return failures % FIRST_REPORT == 0 && times != 0 && (times & (times - 1)) == 0;
}

static bool finish(Database *database, bool done, uint64_t failures, uint64_t *ret_report,
                   GError **err)
{
    if (!done) {
        database_rollback(database);
        return false;
    }
    if (!database_commit(database, err))
        return false;
    *ret_report = is_worth_a_report(failures) ? failures : 0;
    return true;
}

bool login_limits_failed(Casework *work, LoginPlace place, uint64_t *ret_report, GError **err)
{
    Keys keys;
    uint64_t failures = 0, ignored;
    Database *database = casework_database(work);
    if (!keys_of(work, place, &keys, err) || !database_begin_write(database, err))
        return false;
    bool done = count_failure(work, &pair_counter, keys.pair, &ignored, err) &&
                count_failure(work, &address_counter, keys.address, &ignored, err) &&
                count_failure(work, &name_counter, keys.name, &failures, err);
    return finish(database, done, failures, ret_report, err);
}

bool login_limits_code_failed(Casework *work, uint64_t account_id, uint64_t *ret_report,
                              GError **err)
{
    uint64_t failures = 0;
    uint8_t key[ACCOUNT_HASH_BYTES];
    Database *database = casework_database(work);
    if (!database_begin_write(database, err))
        return false;
    code_key(account_id, key);
    bool done = count_failure(work, &code_counter, key, &failures, err);
    return finish(database, done, failures, ret_report, err);
}

bool login_limits_succeeded(Casework *work, LoginPlace place, uint64_t *ret_failures, GError **err)
{
    Keys keys;
    AttemptRow row;
    Database *database = casework_database(work);
    int64_t now = casework_now_us(work);
    if (!keys_of(work, place, &keys, err) ||
        !attempt_row_load(database, name_counter.name, keys.name, &row, err))
        return false;
    *ret_failures = is_forgotten(row, now) ? 0 : row.failures;
    return attempt_row_delete(database, pair_counter.name, keys.pair, err) &&
           attempt_row_delete(database, name_counter.name, keys.name, err) &&
           attempt_row_write(database, KNOWN, keys.pair,
                             (AttemptRow){.failures = 1, .last_us = now}, err) &&
           attempt_row_prune(database, KNOWN, now - KNOWN_US, LIMIT_LOGIN_ATTEMPTS, err);
}

bool login_limits_code_succeeded(Casework *work, uint64_t account_id, GError **err)
{
    uint8_t key[ACCOUNT_HASH_BYTES];
    code_key(account_id, key);
    return attempt_row_delete(casework_database(work), code_counter.name, key, err);
}
