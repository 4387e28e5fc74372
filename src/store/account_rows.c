// SPDX-License-Identifier: Apache-2.0
#include "store/account_rows.h"

#include "store/bound.h"

static GBytes *column_bytes(const Statement *statement, int column)
{
    size_t size;
    const uint8_t *bytes = statement_blob(statement, column, &size);
    return g_bytes_new(bytes, size);
}

static uint64_t column_id(const Statement *statement, int column)
{
    return (uint64_t)statement_int(statement, column);
}

static char *column_text(const Statement *statement, int column)
{
    return g_strdup(statement_text(statement, column));
}

// The one row that a statement gives, read by `read`; NULL when there is none.
static void *load_one(Statement *statement, void *(*read)(const Statement *), bool *ret_ok,
                      GError **err)
{
    bool row = false;
    *ret_ok = statement != NULL && statement_step(statement, &row, err);
    if (!*ret_ok || !row)
        return NULL;
    void *loaded = read(statement);
    statement_reset(statement);
    return loaded;
}

static bool load_all(Statement *statement, void *(*read)(const Statement *), GPtrArray *rows,
                     GError **err)
{
    if (statement == NULL)
        return false;
    while (true) {
        bool row;
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        g_ptr_array_add(rows, read(statement));
    }
}

// The number of a statement that always gives one row.
static bool load_count(Database *database, const char *sql, uint64_t id, uint64_t *ret_count,
                       GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err, sql, "u", id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}

// ---- Units --------------------------------------------------------------------------------------

#define UNIT_COLUMNS "id, seq, name, agency, country, contact, state, made_us"

void unit_row_free(UnitRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row->agency);
    g_free(row->country);
    g_free(row->contact);
    g_free(row->state);
    g_free(row);
}

static void *read_unit(const Statement *statement)
{
    UnitRow *row = g_new(UnitRow, 1);
    *row = (UnitRow){.id = column_id(statement, 0),
                     .seq = column_id(statement, 1),
                     .name = column_text(statement, 2),
                     .agency = column_text(statement, 3),
                     .country = column_text(statement, 4),
                     .contact = column_text(statement, 5),
                     .state = column_text(statement, 6),
                     .made_us = statement_int(statement, 7)};
    return row;
}

bool unit_row_write(Database *database, const UnitRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO unit (" UNIT_COLUMNS ") "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET "
                     "seq = excluded.seq, name = excluded.name, agency = excluded.agency, "
                     "country = excluded.country, contact = excluded.contact, "
                     "state = excluded.state",
                     "uuttttti", row->id, row->seq, row->name, row->agency, row->country,
                     row->contact, row->state, row->made_us);
}

bool unit_row_load(Database *database, uint64_t id, UnitRow **ret_row, GError **err)
{
    bool ok;
    *ret_row = load_one(
        bound_statement(database, err, "SELECT " UNIT_COLUMNS " FROM unit WHERE id = ?1", "u", id),
        read_unit, &ok, err);
    return ok;
}

bool unit_row_find(Database *database, const char *name, UnitRow **ret_row, GError **err)
{
    bool ok;
    *ret_row =
        load_one(bound_statement(database, err, "SELECT " UNIT_COLUMNS " FROM unit WHERE name = ?1",
                                 "t", name),
                 read_unit, &ok, err);
    return ok;
}

bool unit_row_list(Database *database, uint64_t after_id, unsigned limit, GPtrArray *rows,
                   GError **err)
{
    return load_all(bound_statement(database, err,
                                    "SELECT " UNIT_COLUMNS
                                    " FROM unit WHERE id > ?1 ORDER BY id LIMIT ?2",
                                    "uu", after_id, (uint64_t)limit),
                    read_unit, rows, err);
}

// ---- Accounts -----------------------------------------------------------------------------------

#define ACCOUNT_COLUMNS "id, seq, name, display, unit_id, roles, state, made_us, closed_us"

void account_row_free(AccountRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row->display);
    g_free(row->state);
    g_free(row);
}

static void *read_account(const Statement *statement)
{
    AccountRow *row = g_new(AccountRow, 1);
    *row = (AccountRow){.id = column_id(statement, 0),
                        .seq = column_id(statement, 1),
                        .name = column_text(statement, 2),
                        .display = column_text(statement, 3),
                        .unit_id = column_id(statement, 4),
                        .roles = (unsigned)statement_int(statement, 5),
                        .state = column_text(statement, 6),
                        .made_us = statement_int(statement, 7),
                        .closed_us = statement_int(statement, 8)};
    return row;
}

bool account_row_write(Database *database, const AccountRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO account (" ACCOUNT_COLUMNS ") "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
                     "seq = excluded.seq, display = excluded.display, "
                     "unit_id = excluded.unit_id, roles = excluded.roles, "
                     "state = excluded.state, closed_us = excluded.closed_us",
                     "uuttuutin", row->id, row->seq, row->name, row->display, row->unit_id,
                     (uint64_t)row->roles, row->state, row->made_us, row->closed_us);
}

bool account_row_load(Database *database, uint64_t id, AccountRow **ret_row, GError **err)
{
    bool ok;
    *ret_row =
        load_one(bound_statement(database, err,
                                 "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = ?1", "u", id),
                 read_account, &ok, err);
    return ok;
}

bool account_row_find(Database *database, const char *name, AccountRow **ret_row, GError **err)
{
    bool ok;
    *ret_row = load_one(bound_statement(database, err,
                                        "SELECT " ACCOUNT_COLUMNS " FROM account WHERE name = ?1",
                                        "t", name),
                        read_account, &ok, err);
    return ok;
}

bool account_row_find_invited(Database *database, unsigned roles, AccountRow **ret_row,
                              GError **err)
{
    bool ok;
    *ret_row =
        load_one(bound_statement(database, err,
                                 "SELECT " ACCOUNT_COLUMNS " FROM account WHERE state = 'invited' "
                                 "AND (roles & ?1) <> 0 ORDER BY id LIMIT 1",
                                 "u", (uint64_t)roles),
                 read_account, &ok, err);
    return ok;
}

bool account_row_count_of_unit(Database *database, uint64_t unit_id, uint64_t *ret_count,
                               GError **err)
{
    return load_count(database,
                      "SELECT count(*) FROM account WHERE unit_id = ?1 AND state <> 'closed'",
                      unit_id, ret_count, err);
}

bool account_row_list(Database *database, uint64_t after_id, unsigned limit, GPtrArray *rows,
                      GError **err)
{
    return load_all(bound_statement(database, err,
                                    "SELECT " ACCOUNT_COLUMNS
                                    " FROM account WHERE id > ?1 ORDER BY id LIMIT ?2",
                                    "uu", after_id, (uint64_t)limit),
                    read_account, rows, err);
}

bool account_row_count_active(Database *database, unsigned roles, uint64_t except_id,
                              uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM account WHERE state = 'active' AND (roles & ?1) <> 0 "
                      "AND id <> ?2",
                      "uu", (uint64_t)roles, except_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}

// ---- Secrets ------------------------------------------------------------------------------------

#define SECRET_COLUMNS "id, seq, password_sealed, totp_sealed, password_us, totp_us"

void account_secret_row_free(AccountSecretRow *row)
{
    if (row == NULL)
        return;
    g_bytes_unref(row->password_sealed);
    g_bytes_unref(row->totp_sealed);
    g_free(row);
}

static void *read_secret(const Statement *statement)
{
    AccountSecretRow *row = g_new(AccountSecretRow, 1);
    *row = (AccountSecretRow){.id = column_id(statement, 0),
                              .seq = column_id(statement, 1),
                              .password_sealed = column_bytes(statement, 2),
                              .totp_sealed = column_bytes(statement, 3),
                              .password_us = statement_int(statement, 4),
                              .totp_us = statement_int(statement, 5)};
    return row;
}

bool account_secret_row_write(Database *database, const AccountSecretRow *row, GError **err)
{
    size_t password_size, totp_size;
    const uint8_t *password = g_bytes_get_data(row->password_sealed, &password_size);
    const uint8_t *totp = g_bytes_get_data(row->totp_sealed, &totp_size);
    return bound_run(database, err,
                     "INSERT INTO account_secret (" SECRET_COLUMNS ") "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET "
                     "seq = excluded.seq, password_sealed = excluded.password_sealed, "
                     "totp_sealed = excluded.totp_sealed, password_us = excluded.password_us, "
                     "totp_us = excluded.totp_us",
                     "uubbii", row->id, row->seq, password, password_size, totp, totp_size,
                     row->password_us, row->totp_us);
}

bool account_secret_row_load(Database *database, uint64_t account_id, AccountSecretRow **ret_row,
                             GError **err)
{
    bool ok;
    *ret_row =
        load_one(bound_statement(database, err,
                                 "SELECT " SECRET_COLUMNS " FROM account_secret WHERE id = ?1", "u",
                                 account_id),
                 read_secret, &ok, err);
    return ok;
}

bool account_secret_row_delete(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM account_secret WHERE id = ?1", "u", account_id);
}

// ---- Recovery codes -----------------------------------------------------------------------------

bool recovery_code_insert(Database *database, uint64_t id, uint64_t seq, uint64_t account_id,
                          const uint8_t hash[ACCOUNT_HASH_BYTES], int64_t now_us, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO recovery_code (id, seq, account_id, hash, made_us) "
                     "VALUES (?1, ?2, ?3, ?4, ?5)",
                     "uuubi", id, seq, account_id, hash, (size_t)ACCOUNT_HASH_BYTES, now_us);
}

bool recovery_code_find(Database *database, uint64_t account_id,
                        const uint8_t hash[ACCOUNT_HASH_BYTES], uint64_t *ret_id, GError **err)
{
    int64_t id = 0;
    bool found;
    if (!bound_number(database, &id, &found, err,
                      "SELECT id FROM recovery_code WHERE account_id = ?1 AND hash = ?2 "
                      "AND used_us IS NULL",
                      "ub", account_id, hash, (size_t)ACCOUNT_HASH_BYTES))
        return false;
    *ret_id = found ? (uint64_t)id : 0;
    return true;
}

bool recovery_code_use(Database *database, uint64_t id, uint64_t seq, int64_t now_us, GError **err)
{
    return bound_run(database, err, "UPDATE recovery_code SET seq = ?2, used_us = ?3 WHERE id = ?1",
                     "uui", id, seq, now_us);
}

bool recovery_code_list(Database *database, uint64_t account_id, GArray *ids, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT id FROM recovery_code WHERE account_id = ?1 ORDER BY id", "u",
        account_id);
    if (statement == NULL)
        return false;
    while (true) {
        bool row;
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint64_t id = column_id(statement, 0);
        g_array_append_val(ids, id);
    }
}

bool recovery_code_delete(Database *database, uint64_t id, GError **err)
{
    return bound_run(database, err, "DELETE FROM recovery_code WHERE id = ?1", "u", id);
}

bool recovery_code_count_unused(Database *database, uint64_t account_id, uint64_t *ret_count,
                                GError **err)
{
    return load_count(database,
                      "SELECT count(*) FROM recovery_code WHERE account_id = ?1 "
                      "AND used_us IS NULL",
                      account_id, ret_count, err);
}

// ---- Invitations, enrolments, codes that were used ----------------------------------------------

bool invitation_write(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES],
                      uint64_t account_id, int64_t now_us, int64_t ends_us, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO invitation (hash, account_id, made_us, ends_us) "
                     "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account_id) DO UPDATE SET "
                     "hash = excluded.hash, made_us = excluded.made_us, "
                     "ends_us = excluded.ends_us",
                     "buii", hash, (size_t)ACCOUNT_HASH_BYTES, account_id, now_us, ends_us);
}

bool invitation_find(Database *database, const uint8_t hash[ACCOUNT_HASH_BYTES],
                     uint64_t *ret_account_id, int64_t *ret_ends_us, GError **err)
{
    Statement *statement =
        bound_statement(database, err, "SELECT account_id, ends_us FROM invitation WHERE hash = ?1",
                        "b", hash, (size_t)ACCOUNT_HASH_BYTES);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_account_id = row ? column_id(statement, 0) : 0;
    *ret_ends_us = row ? statement_int(statement, 1) : 0;
    if (row)
        statement_reset(statement);
    return true;
}

bool invitation_delete(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM invitation WHERE account_id = ?1", "u",
                     account_id);
}

bool enrolment_write(Database *database, uint64_t account_id, GBytes *totp_sealed, int64_t now_us,
                     GError **err)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(totp_sealed, &size);
    return bound_run(database, err,
                     "INSERT INTO enrolment (account_id, totp_sealed, made_us) "
                     "VALUES (?1, ?2, ?3) ON CONFLICT (account_id) DO UPDATE SET "
                     "totp_sealed = excluded.totp_sealed, made_us = excluded.made_us",
                     "ubi", account_id, bytes, size, now_us);
}

static void *read_bytes(const Statement *statement)
{
    return column_bytes(statement, 0);
}

bool enrolment_load(Database *database, uint64_t account_id, GBytes **ret_sealed, GError **err)
{
    bool ok;
    *ret_sealed = load_one(
        bound_statement(database, err, "SELECT totp_sealed FROM enrolment WHERE account_id = ?1",
                        "u", account_id),
        read_bytes, &ok, err);
    return ok;
}

bool enrolment_delete(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM enrolment WHERE account_id = ?1", "u", account_id);
}

static bool forget_old_uses(Database *database, uint64_t account_id, GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM totp_use WHERE account_id = ?1 AND step < (SELECT min(step) FROM "
                     "(SELECT step FROM totp_use WHERE account_id = ?1 ORDER BY step DESC "
                     "LIMIT ?2) AS kept)",
                     "ui", account_id, (int64_t)TOTP_USES_KEPT);
}

bool totp_use_insert(Database *database, uint64_t account_id, int64_t step, bool *ret_new,
                     GError **err)
{
    int64_t written;
    return bound_number(database, &written, ret_new, err,
                        "INSERT INTO totp_use (account_id, step) VALUES (?1, ?2) "
                        "ON CONFLICT (account_id, step) DO NOTHING RETURNING step",
                        "ui", account_id, step) &&
           forget_old_uses(database, account_id, err);
}
