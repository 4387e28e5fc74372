// SPDX-License-Identifier: Apache-2.0
#include "store/victim_rows.h"

#include <string.h>

#include "base/error.h"
#include "store/bound.h"

static const char *const state_names[VICTIM_STATE_COUNT] = {
    [VICTIM_UNIDENTIFIED] = "unidentified",
    [VICTIM_BEING_WORKED] = "being_worked",
    [VICTIM_IDENTIFIED] = "identified",
    [VICTIM_SAFEGUARDED] = "safeguarded",
};

const char *victim_state_name(VictimState state)
{
    g_return_val_if_fail((unsigned)state < VICTIM_STATE_COUNT, "unknown");
    return state_names[state];
}

bool victim_state_from_name(const char *name, VictimState *ret_state)
{
    for (unsigned i = 0; name != NULL && i < VICTIM_STATE_COUNT; i++)
        if (g_str_equal(name, state_names[i])) {
            *ret_state = (VictimState)i;
            return true;
        }
    return false;
}

static bool read_state(const Statement *row, int column, VictimState *ret_state, GError **err)
{
    if (victim_state_from_name(statement_text(row, column), ret_state))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: a victim has no possible state");
    return false;
}

void victim_row_free(VictimRow *row)
{
    if (row == NULL)
        return;
    g_free(row->reference);
    g_clear_pointer(&row->name_sealed, g_bytes_unref);
    g_free(row);
}

static const uint8_t *name_bytes(const VictimRow *row, size_t *ret_size_bytes)
{
    *ret_size_bytes = 0;
    return row->name_sealed != NULL ? g_bytes_get_data(row->name_sealed, ret_size_bytes) : NULL;
}

bool victim_rows_insert(Database *database, const VictimRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO victim (id, seq, unit_id, reference, state, made_us) VALUES "
                     "(?1, ?2, ?3, ?4, ?5, ?6)",
                     "uuutti", row->id, row->seq, row->unit_id, row->reference,
                     victim_state_name(row->state), row->made_us);
}

bool victim_rows_update(Database *database, const VictimRow *row, GError **err)
{
    size_t size_bytes;
    const uint8_t *name = name_bytes(row, &size_bytes);
    return bound_run(database, err,
                     "UPDATE victim SET seq = ?2, state = ?3, name_key_id = ?4, name_sealed = ?5 "
                     "WHERE id = ?1",
                     "uutnb", row->id, row->seq, victim_state_name(row->state),
                     (int64_t)row->name_key_id, name, size_bytes);
}

bool victim_rows_get(Database *database, uint64_t id, VictimRow **ret_row, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT v.id, v.seq, v.unit_id, v.reference, v.state, v.name_key_id, "
                        "v.name_sealed, v.made_us, (SELECT s.since_us FROM victim_state s WHERE "
                        "s.victim_id = v.id ORDER BY s.id DESC LIMIT 1) FROM victim v WHERE v.id = "
                        "?1",
                        "u", id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = NULL;
    if (!row)
        return true;
    g_autoptr(VictimRow) victim = g_new0(VictimRow, 1);
    victim->id = (uint64_t)statement_int(statement, 0);
    victim->seq = (uint64_t)statement_int(statement, 1);
    victim->unit_id = (uint64_t)statement_int(statement, 2);
    victim->reference = g_strdup(statement_text(statement, 3));
    victim->name_key_id = (uint64_t)statement_int(statement, 5);
    victim->made_us = statement_int(statement, 7);
    victim->since_us = statement_int(statement, 8);
    bool ok = read_state(statement, 4, &victim->state, err);
    if (!statement_is_null(statement, 6)) {
        size_t size_bytes;
        const uint8_t *bytes = statement_blob(statement, 6, &size_bytes);
        victim->name_sealed = g_bytes_new(bytes, size_bytes);
    }
    statement_reset(statement);
    if (ok)
        *ret_row = g_steal_pointer(&victim);
    return ok;
}

// '#' is the case, '$' the media.
#define LINKED_TO_CASE                                                                             \
    "SELECT l.victim_id FROM victim_link l WHERE l.case_id = # AND l.left_us IS NULL UNION "       \
    "SELECT l.victim_id FROM victim_link l WHERE l.left_us IS NULL AND l.series_id IN (SELECT "    \
    "m.series_id FROM series_media m WHERE m.case_id = # AND m.left_us IS NULL)"
#define LINKED_TO_MEDIA                                                                            \
    "SELECT l.victim_id FROM victim_link l WHERE l.media_id = $ AND l.case_id = # AND l.left_us "  \
    "IS NULL UNION SELECT l.victim_id FROM victim_link l WHERE l.left_us IS NULL AND l.series_id " \
    "IN (SELECT m.series_id FROM series_media m WHERE m.media_id = $ AND m.case_id = # AND "       \
    "m.left_us IS NULL)"

static void append_links(GString *sql, const char *query, const VictimFilter *filter)
{
    g_string_append(sql, " AND v.id IN (");
    for (const char *c = query; *c != '\0'; c++) {
        if (*c == '#' || *c == '$')
            g_string_append_printf(sql, "%" G_GUINT64_FORMAT,
                                   *c == '#' ? filter->case_id : filter->media_id);
        else
            g_string_append_c(sql, *c);
    }
    g_string_append_c(sql, ')');
}

static GString *filtered_ids_sql(const VictimFilter *filter)
{
    GString *sql = g_string_new("SELECT v.id FROM victim v WHERE v.id > ?1");
    if (filter->has_state)
        g_string_append_printf(sql, " AND v.state = '%s'", victim_state_name(filter->state));
    if (filter->series_id != 0)
        g_string_append_printf(sql,
                               " AND v.id IN (SELECT l.victim_id FROM victim_link l WHERE "
                               "l.series_id = %" G_GUINT64_FORMAT " AND l.left_us IS NULL)",
                               filter->series_id);
    if (filter->case_id != 0)
        append_links(sql, filter->media_id != 0 ? LINKED_TO_MEDIA : LINKED_TO_CASE, filter);
    return g_string_append(sql, " ORDER BY v.id LIMIT ?2");
}

bool victim_rows_ids(Database *database, const VictimFilter *filter, uint64_t after_id,
                     unsigned limit, GArray *ids, GError **err)
{
    if (!filter->has_state && filter->series_id == 0 && filter->case_id == 0)
        return bound_ids(database, ids, err,
                         "SELECT id FROM victim WHERE id > ?1 ORDER BY id LIMIT ?2", "ui", after_id,
                         (int64_t)limit);
    g_autoptr(GString) sql = filtered_ids_sql(filter);
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)after_id);
    statement_bind_int(statement, 2, limit);
    for (bool row = true; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        uint64_t id = row ? (uint64_t)statement_int(statement, 0) : 0;
        if (row)
            g_array_append_val(ids, id);
    }
    return true;
}

// ---- States -----------------------------------------------------------------------------------

void victim_state_row_free(VictimStateRow *row)
{
    if (row == NULL)
        return;
    g_free(row->reason);
    g_free(row);
}

bool victim_states_insert(Database *database, const VictimStateRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO victim_state (id, seq, victim_id, state, unit_id, reason, "
                     "since_us, made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     "uuututii", row->id, row->seq, row->victim_id, victim_state_name(row->state),
                     row->unit_id, row->reason, row->since_us, row->made_us);
}

bool victim_states_list(Database *database, uint64_t victim_id, GPtrArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, seq, victim_id, state, unit_id, reason, since_us, made_us FROM "
                        "victim_state WHERE victim_id = ?1 ORDER BY id",
                        "u", victim_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        VictimStateRow *state = g_new0(VictimStateRow, 1);
        g_ptr_array_add(rows, state);
        state->id = (uint64_t)statement_int(statement, 0);
        state->seq = (uint64_t)statement_int(statement, 1);
        state->victim_id = (uint64_t)statement_int(statement, 2);
        state->unit_id = (uint64_t)statement_int(statement, 4);
        state->reason = g_strdup(statement_text(statement, 5));
        state->since_us = statement_int(statement, 6);
        state->made_us = statement_int(statement, 7);
        if (!read_state(statement, 3, &state->state, err)) {
            statement_reset(statement);
            return false;
        }
    }
    return false;
}

// ---- Links ------------------------------------------------------------------------------------

bool victim_links_insert(Database *database, const VictimLinkRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO victim_link (id, seq, victim_id, series_id, case_id, media_id, "
                     "made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     "uuunnni", row->id, row->seq, row->victim_id, (int64_t)row->series_id,
                     (int64_t)row->case_id, (int64_t)row->media_id, row->made_us);
}

bool victim_links_set_left(Database *database, uint64_t id, uint64_t seq, int64_t left_us,
                           GError **err)
{
    return bound_run(database, err, "UPDATE victim_link SET seq = ?2, left_us = ?3 WHERE id = ?1",
                     "uui", id, seq, left_us);
}

bool victim_links_list(Database *database, uint64_t victim_id, GArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, seq, victim_id, series_id, case_id, media_id, made_us, left_us "
                        "FROM victim_link WHERE victim_id = ?1 ORDER BY id",
                        "u", victim_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const VictimLinkRow link = {.id = (uint64_t)statement_int(statement, 0),
                                    .seq = (uint64_t)statement_int(statement, 1),
                                    .victim_id = (uint64_t)statement_int(statement, 2),
                                    .series_id = (uint64_t)statement_int(statement, 3),
                                    .case_id = (uint64_t)statement_int(statement, 4),
                                    .media_id = (uint64_t)statement_int(statement, 5),
                                    .made_us = statement_int(statement, 6),
                                    .left_us = statement_int(statement, 7)};
        g_array_append_val(rows, link);
    }
    return false;
}

bool victim_rows_of_media(Database *database, uint64_t media_id, GArray *victims, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT v.id, v.state, l.case_id, c.restricted FROM victim_link l JOIN victim v ON v.id = "
        "l.victim_id JOIN case_file c ON c.id = l.case_id WHERE l.media_id = ?1 AND l.left_us IS "
        "NULL UNION ALL SELECT v.id, v.state, s.case_id, c.restricted FROM series_media s JOIN "
        "victim_link l ON l.series_id = s.series_id JOIN victim v ON v.id = l.victim_id JOIN "
        "case_file c ON c.id = s.case_id WHERE s.media_id = ?1 AND s.left_us IS NULL AND l.left_us "
        "IS NULL",
        "u", media_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        MediaVictim victim = {.victim_id = (uint64_t)statement_int(statement, 0),
                              .case_id = (uint64_t)statement_int(statement, 2),
                              .is_restricted = statement_int(statement, 3) != 0};
        if (!read_state(statement, 1, &victim.state, err)) {
            statement_reset(statement);
            return false;
        }
        g_array_append_val(victims, victim);
    }
    return false;
}

bool victim_rows_count(Database *database, uint64_t case_id,
                       uint64_t ret_counts[VICTIM_STATE_COUNT], GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT v.state, count(*) FROM victim v WHERE v.id IN (SELECT l.victim_id FROM victim_link "
        "l WHERE l.case_id = ?1 AND l.left_us IS NULL UNION SELECT l.victim_id FROM victim_link l "
        "WHERE l.series_id IS NOT NULL AND l.left_us IS NULL AND EXISTS (SELECT 1 FROM "
        "series_media s WHERE s.case_id = ?1 AND s.series_id = l.series_id AND s.left_us IS NULL)) "
        "GROUP BY v.state",
        "u", case_id);
    memset(ret_counts, 0, VICTIM_STATE_COUNT * sizeof *ret_counts);
    for (bool row = statement != NULL; row;) {
        VictimState state;
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        if (!read_state(statement, 0, &state, err)) {
            statement_reset(statement);
            return false;
        }
        ret_counts[state] = (uint64_t)statement_int(statement, 1);
    }
    return statement != NULL;
}

void decided_media_clear(DecidedMedia *media)
{
    g_free(media->category);
}

bool victim_rows_decided(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                         GArray *media, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, media_id, category FROM case_media WHERE case_id = ?1 AND "
                        "decision = 'decided' AND id > ?2 ORDER BY id LIMIT ?3",
                        "uui", case_id, after_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const DecidedMedia one = {.case_media_id = (uint64_t)statement_int(statement, 0),
                                  .media_id = (uint64_t)statement_int(statement, 1),
                                  .category = g_strdup(statement_text(statement, 2))};
        g_array_append_val(media, one);
    }
    return false;
}
