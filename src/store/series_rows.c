// SPDX-License-Identifier: Apache-2.0
#include "store/series_rows.h"

#include "store/bound.h"

void series_row_free(SeriesRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row);
}

bool series_rows_insert(Database *database, const SeriesRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO series (id, seq, unit_id, name, made_us) VALUES (?1, ?2, ?3, ?4, "
                     "?5)",
                     "uuuti", row->id, row->seq, row->unit_id, row->name, row->made_us);
}

bool series_rows_get(Database *database, uint64_t id, SeriesRow **ret_row, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT id, seq, unit_id, name, made_us FROM series WHERE id = ?1", "u", id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = NULL;
    if (!row)
        return true;
    *ret_row = g_new0(SeriesRow, 1);
    **ret_row = (SeriesRow){.id = (uint64_t)statement_int(statement, 0),
                            .seq = (uint64_t)statement_int(statement, 1),
                            .unit_id = (uint64_t)statement_int(statement, 2),
                            .name = g_strdup(statement_text(statement, 3)),
                            .made_us = statement_int(statement, 4)};
    statement_reset(statement);
    return true;
}

bool series_rows_ids(Database *database, const SeriesFilter *filter, uint64_t after_id,
                     unsigned limit, GArray *ids, GError **err)
{
    if (filter->media_id != 0)
        return bound_ids(database, ids, err,
                         "SELECT series_id FROM series_media WHERE media_id = ?4 AND case_id = ?3 "
                         "AND left_us IS NULL AND series_id > ?1 ORDER BY series_id LIMIT ?2",
                         "uiuu", after_id, (int64_t)limit, filter->case_id, filter->media_id);
    if (filter->case_id != 0)
        return bound_ids(database, ids, err,
                         "SELECT s.id FROM series s WHERE s.id > ?1 AND EXISTS (SELECT 1 FROM "
                         "series_media m WHERE m.series_id = s.id AND m.case_id = ?3 AND m.left_us "
                         "IS NULL) ORDER BY s.id LIMIT ?2",
                         "uiu", after_id, (int64_t)limit, filter->case_id);
    return bound_ids(database, ids, err, "SELECT id FROM series WHERE id > ?1 ORDER BY id LIMIT ?2",
                     "ui", after_id, (int64_t)limit);
}

bool series_rows_cases(Database *database, uint64_t id, GArray *case_ids, GError **err)
{
    return bound_ids(database, case_ids, err,
                     "SELECT DISTINCT case_id FROM series_media WHERE series_id = ?1", "u", id);
}

bool series_rows_of_case(Database *database, uint64_t case_id, GArray *series_ids, GError **err)
{
    return bound_ids(database, series_ids, err,
                     "SELECT DISTINCT series_id FROM series_media WHERE case_id = ?1 ORDER BY "
                     "series_id",
                     "u", case_id);
}

// ---- Media in a series ------------------------------------------------------------------------

bool series_media_insert(Database *database, const SeriesMediaRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO series_media (id, seq, series_id, case_id, media_id, joined_us, "
                     "left_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     "uuuuuin", row->id, row->seq, row->series_id, row->case_id, row->media_id,
                     row->joined_us, row->left_us);
}

bool series_media_set_left(Database *database, uint64_t id, uint64_t seq, int64_t left_us,
                           GError **err)
{
    return bound_run(database, err, "UPDATE series_media SET seq = ?2, left_us = ?3 WHERE id = ?1",
                     "uui", id, seq, left_us);
}

bool series_media_present(Database *database, uint64_t series_id, uint64_t case_id,
                          uint64_t media_id, uint64_t *ret_id, GError **err)
{
    int64_t id = 0;
    bool found;
    if (!bound_number(database, &id, &found, err,
                      "SELECT id FROM series_media WHERE series_id = ?1 AND case_id = ?2 AND "
                      "media_id = ?3 AND left_us IS NULL",
                      "uuu", series_id, case_id, media_id))
        return false;
    *ret_id = found ? (uint64_t)id : 0;
    return true;
}

#define MEDIA_OF_CASE                                                                              \
    "SELECT id, seq, series_id, case_id, media_id, joined_us, left_us FROM series_media WHERE "    \
    "series_id = ?1 AND case_id = ?2 AND id > ?3 "

static Statement *media_statement(Database *database, uint64_t series_id, uint64_t case_id,
                                  uint64_t media_id, uint64_t after_id, unsigned limit,
                                  GError **err)
{
    if (media_id != 0)
        return bound_statement(database, err,
                               MEDIA_OF_CASE "AND media_id = ?5 ORDER BY id LIMIT ?4", "uuuiu",
                               series_id, case_id, after_id, (int64_t)limit, media_id);
    return bound_statement(database, err, MEDIA_OF_CASE "ORDER BY id LIMIT ?4", "uuui", series_id,
                           case_id, after_id, (int64_t)limit);
}

bool series_media_list(Database *database, uint64_t series_id, uint64_t case_id, uint64_t media_id,
                       uint64_t after_id, unsigned limit, GArray *rows, GError **err)
{
    Statement *statement =
        media_statement(database, series_id, case_id, media_id, after_id, limit, err);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const SeriesMediaRow media = {.id = (uint64_t)statement_int(statement, 0),
                                      .seq = (uint64_t)statement_int(statement, 1),
                                      .series_id = (uint64_t)statement_int(statement, 2),
                                      .case_id = (uint64_t)statement_int(statement, 3),
                                      .media_id = (uint64_t)statement_int(statement, 4),
                                      .joined_us = statement_int(statement, 5),
                                      .left_us = statement_int(statement, 6)};
        g_array_append_val(rows, media);
    }
    return false;
}

bool series_media_count(Database *database, uint64_t series_id, uint64_t case_id,
                        uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM series_media WHERE series_id = ?1 AND case_id = ?2 AND "
                      "left_us IS NULL",
                      "uu", series_id, case_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}

bool series_rows_case_has_media(Database *database, uint64_t case_id, uint64_t media_id,
                                bool *ret_has, GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_has, err,
                        "SELECT id FROM case_media WHERE case_id = ?1 AND media_id = ?2", "uu",
                        case_id, media_id);
}
