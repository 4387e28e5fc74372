// SPDX-License-Identifier: Apache-2.0
#include "store/statistics_rows.h"

#include <math.h>

#include "store/bound.h"

void media_count_clear(MediaCount *count)
{
    g_clear_pointer(&count->kind, g_free);
    g_clear_pointer(&count->decision, g_free);
    g_clear_pointer(&count->category, g_free);
}

bool statistics_rows_media(Database *database, uint64_t case_id, int64_t from_us, int64_t to_us,
                           GArray *counts, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT added_us / 86400000000, kind, decision, category, count(*) FROM case_media "
        "WHERE case_id = ?1 AND added_us >= ?2 AND added_us < ?3 "
        "GROUP BY added_us / 86400000000, kind, decision, category",
        "uii", case_id, from_us, to_us);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            MediaCount count = {.day = statement_int(statement, 0),
                                .kind = g_strdup(statement_text(statement, 1)),
                                .decision = g_strdup(statement_text(statement, 2)),
                                .category = g_strdup(statement_text(statement, 3)),
                                .count = (uint64_t)statement_int(statement, 4)};
            g_array_append_val(counts, count);
        }
    }
    return statement != NULL;
}

bool statistics_rows_items(Database *database, uint64_t case_id, uint64_t *ret_items,
                           GArray *not_examined, GError **err)
{
    int64_t items = 0;
    bool found;
    if (!bound_number(database, &items, &found, err, "SELECT count(*) FROM item WHERE case_id = ?1",
                      "u", case_id))
        return false;
    *ret_items = (uint64_t)items;
    Statement *statement =
        bound_statement(database, err,
                        "SELECT status, count(*) FROM item WHERE case_id = ?1 AND status <> 'ok' "
                        "GROUP BY status ORDER BY status",
                        "u", case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            StatusCount count = {.status = g_strdup(statement_text(statement, 0)),
                                 .count = (uint64_t)statement_int(statement, 1)};
            g_array_append_val(not_examined, count);
        }
    }
    return statement != NULL;
}

bool statistics_rows_decided(Database *database, uint64_t case_id, uint64_t *ret_decided,
                             GError **err)
{
    int64_t decided = 0;
    bool found;
    if (!bound_number(database, &decided, &found, err,
                      "SELECT count(*) FROM decision WHERE case_id = ?1 AND withdrawn_us IS NULL "
                      "AND state = 'decided'",
                      "u", case_id))
        return false;
    *ret_decided = (uint64_t)decided;
    return true;
}

bool statistics_rows_waited(Database *database, uint64_t case_id, uint64_t decided, double share,
                            int64_t *ret_us, GError **err)
{
    bool found;
    *ret_us = 0;
    // The smallest that at least this share of all do not exceed.
    double rank = ceil(share * (double)decided);
    int64_t place = rank > 1.0 ? (int64_t)rank - 1 : 0;
    return decided == 0 ||
           bound_number(
               database, ret_us, &found, err,
               "SELECT waited_us FROM decision WHERE case_id = ?1 AND withdrawn_us IS NULL "
               "AND state = 'decided' ORDER BY waited_us LIMIT 1 OFFSET ?2",
               "ui", case_id, place);
}
