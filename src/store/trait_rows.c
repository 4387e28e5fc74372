// SPDX-License-Identifier: Apache-2.0
#include "store/trait_rows.h"

#include "store/bound.h"
#include "store/counter.h"

bool trait_rows_find(Database *database, const char *kind, const char *value, uint64_t *ret_id,
                     GError **err)
{
    int64_t id = 0;
    bool found;
    if (!bound_number(database, &id, &found, err,
                      "SELECT id FROM trait_value WHERE kind = ?1 AND value = ?2", "tt", kind,
                      value))
        return false;
    *ret_id = found ? (uint64_t)id : 0;
    return true;
}

bool trait_rows_value(Database *database, const char *kind, const char *value, uint64_t *ret_id,
                      GError **err)
{
    if (!trait_rows_find(database, kind, value, ret_id, err))
        return false;
    return *ret_id != 0 ||
           (store_next_ids(database, "trait_value", 1, ret_id, err) &&
            bound_run(database, err,
                      "INSERT INTO trait_value (id, kind, value) VALUES (?1, ?2, ?3)", "utt",
                      *ret_id, kind, value));
}

bool trait_rows_use(Database *database, uint64_t value_id, uint64_t case_id, uint64_t media_id,
                    uint64_t item_id, bool *ret_new, GError **err)
{
    int64_t value;
    return bound_number(database, &value, ret_new, err,
                        "INSERT INTO trait_use (case_id, media_id, value_id, item_id) VALUES (?1, "
                        "?2, ?3, ?4) ON CONFLICT (case_id, media_id, value_id, item_id) DO NOTHING "
                        "RETURNING value_id",
                        "uuuu", case_id, media_id, value_id, item_id);
}

bool trait_rows_drop_use(Database *database, uint64_t value_id, uint64_t case_id, uint64_t media_id,
                         uint64_t item_id, GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM trait_use WHERE case_id = ?1 AND media_id = ?2 AND value_id = ?3 "
                     "AND item_id = ?4",
                     "uuuu", case_id, media_id, value_id, item_id);
}

static bool drop_unused(Database *database, uint64_t value_id, uint64_t case_id, GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM trait_count WHERE value_id = ?1 AND case_id = ?2 AND uses <= 0",
                     "uu", value_id, case_id) &&
           bound_run(database, err,
                     "DELETE FROM trait_value WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM "
                     "trait_count c WHERE c.value_id = ?1)",
                     "u", value_id);
}

bool trait_rows_count(Database *database, uint64_t value_id, uint64_t case_id, int64_t uses,
                      GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO trait_count (value_id, case_id, uses) VALUES (?1, ?2, ?3) ON "
                     "CONFLICT (value_id, case_id) DO UPDATE SET uses = trait_count.uses + "
                     "excluded.uses",
                     "uui", value_id, case_id, uses) &&
           (uses > 0 || drop_unused(database, value_id, case_id, err));
}

void trait_value_clear(TraitValue *value)
{
    g_free(value->kind);
    g_free(value->value);
}

static bool read_values(Statement *statement, GArray *values, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const TraitValue value = {(uint64_t)statement_int(statement, 0),
                                  g_strdup(statement_text(statement, 1)),
                                  g_strdup(statement_text(statement, 2))};
        g_array_append_val(values, value);
    }
    return false;
}

bool trait_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *values,
                         GError **err)
{
    return read_values(bound_statement(database, err,
                                       "SELECT DISTINCT v.id, v.kind, v.value FROM trait_use u "
                                       "JOIN trait_value v ON v.id = u.value_id WHERE u.case_id = "
                                       "?1 AND u.media_id = ?2 ORDER BY v.id",
                                       "uu", case_id, media_id),
                       values, err);
}

bool trait_rows_of_case(Database *database, uint64_t case_id, uint64_t after_value_id,
                        unsigned limit, GArray *values, GError **err)
{
    return read_values(
        bound_statement(database, err,
                        "SELECT v.id, v.kind, v.value FROM trait_count c JOIN "
                        "trait_value v ON v.id = c.value_id WHERE c.case_id = ?1 AND "
                        "c.value_id > ?2 ORDER BY c.value_id LIMIT ?3",
                        "uui", case_id, after_value_id, (int64_t)limit),
        values, err);
}

bool trait_rows_cases(Database *database, uint64_t value_id, GArray *cases, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT case_id, uses FROM trait_count WHERE value_id = ?1 ORDER BY case_id",
        "u", value_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const TraitCase one = {(uint64_t)statement_int(statement, 0),
                               (uint64_t)statement_int(statement, 1)};
        g_array_append_val(cases, one);
    }
    return false;
}

static bool read_places(Statement *statement, uint64_t case_id, GArray *places, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const TraitPlace place = {case_id, (uint64_t)statement_int(statement, 0),
                                  (uint64_t)statement_int(statement, 1)};
        g_array_append_val(places, place);
    }
    return false;
}

bool trait_rows_places(Database *database, uint64_t value_id, uint64_t case_id,
                       const TraitPlace *after, unsigned limit, GArray *places, GError **err)
{
    return read_places(
        bound_statement(database, err,
                        "SELECT media_id, item_id FROM trait_use WHERE value_id = ?1 AND case_id = "
                        "?2 AND (media_id > ?3 OR (media_id = ?3 AND item_id > ?4)) ORDER BY "
                        "media_id, item_id LIMIT ?5",
                        "uuuui", value_id, case_id, after->media_id, after->item_id,
                        (int64_t)limit),
        case_id, places, err);
}

bool trait_rows_item_names(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                           GPtrArray *paths, GPtrArray *names, GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT path, name FROM item WHERE media_id = ?1 AND "
                                           "case_id = ?2 ORDER BY id LIMIT ?3",
                                           "uui", media_id, case_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        g_ptr_array_add(paths, g_strdup(statement_text(statement, 0)));
        g_ptr_array_add(names, g_strdup(statement_text(statement, 1)));
    }
    return false;
}

bool trait_rows_name_uses(Database *database, uint64_t case_id, const char *name, unsigned limit,
                          uint64_t *ret_uses, GError **err)
{
    int64_t uses = 0;
    bool found;
    if (!bound_number(database, &uses, &found, err,
                      "SELECT count(*) FROM (SELECT id FROM item WHERE case_id = ?1 AND name = ?2 "
                      "LIMIT ?3) AS found",
                      "uti", case_id, name, (int64_t)limit))
        return false;
    *ret_uses = (uint64_t)uses;
    return true;
}

bool trait_rows_name_places(Database *database, uint64_t case_id, const char *name, unsigned limit,
                            GArray *places, GError **err)
{
    return read_places(bound_statement(database, err,
                                       "SELECT media_id, id FROM item WHERE case_id = ?1 AND name "
                                       "= ?2 LIMIT ?3",
                                       "uti", case_id, name, (int64_t)limit),
                       case_id, places, err);
}

bool trait_rows_forget_case(Database *database, uint64_t case_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM trait_use WHERE case_id = ?1", "u", case_id) &&
           bound_run(database, err,
                     "DELETE FROM trait_value WHERE id IN (SELECT value_id FROM trait_count WHERE "
                     "case_id = ?1) AND NOT EXISTS (SELECT 1 FROM trait_count c WHERE c.value_id = "
                     "trait_value.id AND c.case_id <> ?1)",
                     "u", case_id) &&
           bound_run(database, err, "DELETE FROM trait_count WHERE case_id = ?1", "u", case_id);
}

bool trait_rows_forget_kind(Database *database, uint64_t case_id, const char *kind, GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM trait_use WHERE case_id = ?1 AND value_id IN (SELECT c.value_id "
                     "FROM trait_count c JOIN trait_value v ON v.id = c.value_id WHERE c.case_id = "
                     "?1 AND v.kind = ?2)",
                     "ut", case_id, kind) &&
           bound_run(
               database, err,
               "DELETE FROM trait_count WHERE case_id = ?1 AND value_id IN (SELECT c.value_id "
               "FROM trait_count c JOIN trait_value v ON v.id = c.value_id WHERE c.case_id = "
               "?1 AND v.kind = ?2)",
               "ut", case_id, kind) &&
           bound_run(database, err,
                     "DELETE FROM trait_value WHERE kind = ?1 AND NOT EXISTS (SELECT 1 FROM "
                     "trait_count c WHERE c.value_id = trait_value.id)",
                     "t", kind);
}
