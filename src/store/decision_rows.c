// SPDX-License-Identifier: Apache-2.0
#include "store/bound.h"
#include "store/vote_rows.h"

#define DECISION_COLUMNS                                                                           \
    "id, seq, case_id, media_id, case_media_id, state, category, self_generated, commercial, "     \
    "in_favour, against, units, voters, voter_units, votes, account_id, made_us, waited_us, "      \
    "set_id, entry_id, entry_withdrawn_us, withdrawn_us, withdrawn_why"

void decision_row_clear(DecisionRow *row)
{
    g_clear_pointer(&row->category, g_free);
    g_clear_pointer(&row->votes, g_free);
    g_clear_pointer(&row->withdrawn_why, g_free);
}

bool decision_rows_write(Database *database, const DecisionRow *row, GError **err)
{
    return bound_run(
        database, err,
        "INSERT INTO decision (" DECISION_COLUMNS
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
        "?18, ?19, ?20, ?21, ?22, ?23) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, "
        "in_favour = excluded.in_favour, against = excluded.against, units = excluded.units, "
        "voters = excluded.voters, voter_units = excluded.voter_units, votes = excluded.votes, "
        "set_id = excluded.set_id, entry_id = excluded.entry_id, "
        "entry_withdrawn_us = excluded.entry_withdrawn_us, withdrawn_us = excluded.withdrawn_us, "
        "withdrawn_why = excluded.withdrawn_why",
        "uuuuuttttuuuuutuiinnnnt", row->id, row->seq, row->case_id, row->media_id,
        row->case_media_id, row->is_decided ? "decided" : "disputed", row->category,
        row->is_decided ? self_generated_name(row->self_generated) : NULL,
        row->is_decided ? commercial_name(row->commercial) : NULL, (uint64_t)row->in_favour,
        (uint64_t)row->against, (uint64_t)row->units, (uint64_t)row->voters,
        (uint64_t)row->voter_units, row->votes, row->account_id, row->made_us, row->waited_us,
        (int64_t)row->set_id, (int64_t)row->entry_id, row->entry_withdrawn_us, row->withdrawn_us,
        row->withdrawn_why);
}

static DecisionRow decision_of_row(const Statement *row)
{
    DecisionRow decision = {.id = (uint64_t)statement_int(row, 0),
                            .seq = (uint64_t)statement_int(row, 1),
                            .case_id = (uint64_t)statement_int(row, 2),
                            .media_id = (uint64_t)statement_int(row, 3),
                            .case_media_id = (uint64_t)statement_int(row, 4),
                            .is_decided = g_strcmp0(statement_text(row, 5), "decided") == 0,
                            .category = g_strdup(statement_text(row, 6)),
                            .in_favour = (unsigned)statement_int(row, 9),
                            .against = (unsigned)statement_int(row, 10),
                            .units = (unsigned)statement_int(row, 11),
                            .voters = (unsigned)statement_int(row, 12),
                            .voter_units = (unsigned)statement_int(row, 13),
                            .votes = g_strdup(statement_text(row, 14)),
                            .account_id = (uint64_t)statement_int(row, 15),
                            .made_us = statement_int(row, 16),
                            .waited_us = statement_int(row, 17),
                            .set_id = (uint64_t)statement_int(row, 18),
                            .entry_id = (uint64_t)statement_int(row, 19),
                            .entry_withdrawn_us = statement_int(row, 20),
                            .withdrawn_us = statement_int(row, 21),
                            .withdrawn_why = g_strdup(statement_text(row, 22))};
    self_generated_from_name(statement_text(row, 7), &decision.self_generated);
    commercial_from_name(statement_text(row, 8), &decision.commercial);
    return decision;
}

bool decision_rows_standing(Database *database, uint64_t case_media_id, DecisionRow *ret_row,
                            bool *ret_found, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT " DECISION_COLUMNS
                        " FROM decision WHERE case_media_id = ?1 AND withdrawn_us IS NULL",
                        "u", case_media_id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found)
        *ret_row = decision_of_row(statement);
    statement_reset(statement);
    return true;
}

bool decision_rows_get(Database *database, uint64_t id, DecisionRow *ret_row, bool *ret_found,
                       GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT " DECISION_COLUMNS " FROM decision WHERE id = ?1", "u", id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found)
        *ret_row = decision_of_row(statement);
    statement_reset(statement);
    return true;
}

static bool append_decisions(Statement *statement, GArray *rows, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            DecisionRow decision = decision_of_row(statement);
            g_array_append_val(rows, decision);
        }
    }
    return statement != NULL;
}

bool decision_rows_list(Database *database, uint64_t case_id, bool is_decided, uint64_t before,
                        unsigned limit, GArray *rows, GError **err)
{
    return append_decisions(
        bound_statement(database, err,
                        "SELECT " DECISION_COLUMNS
                        " FROM decision WHERE case_id = ?1 AND state = ?2 AND id < ?3 "
                        "AND withdrawn_us IS NULL ORDER BY id DESC LIMIT ?4",
                        "utui", case_id, is_decided ? "decided" : "disputed", before,
                        (int64_t)limit),
        rows, err);
}

bool decision_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *rows,
                            GError **err)
{
    return append_decisions(
        bound_statement(database, err,
                        "SELECT " DECISION_COLUMNS
                        " FROM decision WHERE case_media_id = (SELECT id FROM case_media "
                        "WHERE case_id = ?1 AND media_id = ?2) ORDER BY id",
                        "uu", case_id, media_id),
        rows, err);
}

bool decision_rows_withdrew_entry(Database *database, uint64_t entry_id, bool *ret_withdrew,
                                  GError **err)
{
    int64_t when = 0;
    bool found;
    if (!bound_number(database, &when, &found, err,
                      "SELECT coalesce(entry_withdrawn_us, 0) FROM decision WHERE entry_id = ?1 "
                      "ORDER BY id DESC LIMIT 1",
                      "u", entry_id))
        return false;
    *ret_withdrew = found && when != 0;
    return true;
}

bool decision_rows_find_entry(Database *database, uint64_t set_id, int64_t identity,
                              const char *list_key, uint64_t *ret_entry_id, unsigned *ret_state,
                              GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT e.id, e.state FROM entry_identity i JOIN entry e "
                        "ON e.id = i.entry_id WHERE i.set_id = ?1 AND i.identity = ?2 "
                        "AND e.list_key = ?3",
                        "uit", set_id, identity, list_key);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_entry_id = row ? (uint64_t)statement_int(statement, 0) : 0;
    *ret_state = row ? (unsigned)statement_int(statement, 1) : 0;
    statement_reset(statement);
    return true;
}

bool decision_rows_entry_state(Database *database, uint64_t entry_id, unsigned *ret_state,
                               bool *ret_found, GError **err)
{
    int64_t state = 0;
    if (!bound_number(database, &state, ret_found, err, "SELECT state FROM entry WHERE id = ?1",
                      "u", entry_id))
        return false;
    *ret_state = (unsigned)state;
    return true;
}
