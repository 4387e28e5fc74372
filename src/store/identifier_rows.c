// SPDX-License-Identifier: Apache-2.0
#include "store/identifier_rows.h"

#include "store/bound.h"

#define COLUMNS                                                                                    \
    "id, seq, case_id, media_id, item_id, kind, value, written, at_us, port, source, made_us"

void identifier_row_free(IdentifierRow *row)
{
    if (row == NULL)
        return;
    g_free(row->kind);
    g_free(row->value);
    g_free(row->written);
    g_free(row->source);
    g_free(row);
}

bool identifier_rows_insert(Database *database, const IdentifierRow *row,
                            const uint8_t nonce[IDENTIFIER_NONCE_BYTES], GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "INSERT INTO identifier (" COLUMNS ", nonce) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "?10, ?11, ?12, ?13)",
        "uuunntttintib", row->id, row->seq, row->case_id, (int64_t)row->media_id,
        (int64_t)row->item_id, row->kind, row->value, row->written, row->at_us, (int64_t)row->port,
        row->source, row->made_us, nonce, (size_t)IDENTIFIER_NONCE_BYTES);
    if (statement == NULL)
        return false;
    if (!row->has_at)
        statement_bind_null(statement, 9);
    return statement_run(statement, err);
}

bool identifier_rows_delete(Database *database, uint64_t id, GError **err)
{
    return bound_run(database, err, "DELETE FROM identifier WHERE id = ?1", "u", id);
}

static IdentifierRow *from_row(const Statement *row)
{
    IdentifierRow *identifier = g_new0(IdentifierRow, 1);
    *identifier = (IdentifierRow){.id = (uint64_t)statement_int(row, 0),
                                  .seq = (uint64_t)statement_int(row, 1),
                                  .case_id = (uint64_t)statement_int(row, 2),
                                  .media_id = (uint64_t)statement_int(row, 3),
                                  .item_id = (uint64_t)statement_int(row, 4),
                                  .kind = g_strdup(statement_text(row, 5)),
                                  .value = g_strdup(statement_text(row, 6)),
                                  .written = g_strdup(statement_text(row, 7)),
                                  .has_at = !statement_is_null(row, 8),
                                  .at_us = statement_int(row, 8),
                                  .port = (uint16_t)statement_int(row, 9),
                                  .source = g_strdup(statement_text(row, 10)),
                                  .made_us = statement_int(row, 11)};
    return identifier;
}

bool identifier_rows_get(Database *database, uint64_t case_id, uint64_t id, IdentifierRow **ret_row,
                         GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT " COLUMNS " FROM identifier WHERE id = ?1 AND case_id = ?2", "uu",
        id, case_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = row ? from_row(statement) : NULL;
    if (row)
        statement_reset(statement);
    return true;
}

#define OF_CASE "SELECT " COLUMNS " FROM identifier WHERE case_id = ?1 AND id > ?2 "

static Statement *list_statement(Database *database, uint64_t case_id, uint64_t media_id,
                                 uint64_t after_id, unsigned limit, GError **err)
{
    if (media_id != 0)
        return bound_statement(database, err,
                               OF_CASE
                               "AND id IN (SELECT i.id FROM identifier i WHERE i.media_id = ?4 "
                               "UNION SELECT i.id FROM item t JOIN identifier i ON i.item_id = "
                               "t.id WHERE t.media_id = ?4 AND t.case_id = ?1) ORDER BY id LIMIT "
                               "?3",
                               "uuiu", case_id, after_id, (int64_t)limit, media_id);
    return bound_statement(database, err, OF_CASE "ORDER BY id LIMIT ?3", "uui", case_id, after_id,
                           (int64_t)limit);
}

bool identifier_rows_list(Database *database, uint64_t case_id, uint64_t media_id,
                          uint64_t after_id, unsigned limit, GPtrArray *rows, GError **err)
{
    Statement *statement = list_statement(database, case_id, media_id, after_id, limit, err);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        g_ptr_array_add(rows, from_row(statement));
    }
    return false;
}

bool identifier_rows_same(Database *database, const IdentifierRow *row, uint64_t *ret_count,
                          GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM identifier i WHERE i.kind = ?1 AND i.value = ?2 AND "
                      "i.case_id = ?3 AND "
                      "COALESCE(i.media_id, 0) = ?4 AND COALESCE(i.item_id, 0) = ?5",
                      "ttuuu", row->kind, row->value, row->case_id, row->media_id, row->item_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}
