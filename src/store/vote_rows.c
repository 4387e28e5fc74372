// SPDX-License-Identifier: Apache-2.0
#include "store/vote_rows.h"

#include "base/limits.h"
#include "store/bound.h"
#include "store/case_counts.h"

#define VOTE_COLUMNS                                                                               \
    "id, seq, case_id, media_id, account_id, unit_id, undoes, category, self_generated, "          \
    "commercial, is_late, is_submitter, made_us"

// ---- Votes --------------------------------------------------------------------------------------

bool vote_rows_insert(Database *database, const Vote *vote, GError **err)
{
    bool undoes = vote->undoes != 0;
    return bound_run(database, err,
                     "INSERT INTO vote (" VOTE_COLUMNS
                     ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                     "uuuuuuntttiii", vote->id, vote->seq, vote->case_id, vote->media_id,
                     vote->account_id, vote->unit_id, (int64_t)vote->undoes, vote->category,
                     undoes ? NULL : self_generated_name(vote->self_generated),
                     undoes ? NULL : commercial_name(vote->commercial), (int64_t)vote->is_late,
                     (int64_t)vote->is_submitter, vote->made_us);
}

static Vote vote_of_row(const Statement *row)
{
    Vote vote = {.id = (uint64_t)statement_int(row, 0),
                 .seq = (uint64_t)statement_int(row, 1),
                 .case_id = (uint64_t)statement_int(row, 2),
                 .media_id = (uint64_t)statement_int(row, 3),
                 .account_id = (uint64_t)statement_int(row, 4),
                 .unit_id = (uint64_t)statement_int(row, 5),
                 .undoes = (uint64_t)statement_int(row, 6),
                 .category = g_strdup(statement_text(row, 7)),
                 .is_late = statement_int(row, 10) != 0,
                 .is_submitter = statement_int(row, 11) != 0,
                 .made_us = statement_int(row, 12)};
    self_generated_from_name(statement_text(row, 8), &vote.self_generated);
    commercial_from_name(statement_text(row, 9), &vote.commercial);
    return vote;
}

bool vote_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *votes,
                        GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT " VOTE_COLUMNS " FROM vote WHERE media_id = ?1 AND case_id = ?2 ORDER BY id", "uu",
        media_id, case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            Vote vote = vote_of_row(statement);
            g_array_append_val(votes, vote);
        }
    }
    return statement != NULL;
}

bool vote_rows_get(Database *database, uint64_t id, Vote *ret_vote, bool *ret_found, GError **err)
{
    Statement *statement =
        bound_statement(database, err, "SELECT " VOTE_COLUMNS " FROM vote WHERE id = ?1", "u", id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found)
        *ret_vote = vote_of_row(statement);
    statement_reset(statement);
    return true;
}

bool vote_rows_is_undone(Database *database, uint64_t id, bool *ret_undone, GError **err)
{
    int64_t by;
    return bound_number(database, &by, ret_undone, err, "SELECT id FROM vote WHERE undoes = ?1",
                        "u", id);
}

#define STANDS                                                                                     \
    "case_id = ?1 AND account_id = ?2 AND undoes IS NULL AND "                                     \
    "NOT EXISTS (SELECT 1 FROM vote u WHERE u.undoes = v.id)"

bool vote_rows_last_act(Database *database, uint64_t case_id, uint64_t account_id, GArray *votes,
                        GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT id, seq FROM vote v WHERE " STANDS " ORDER BY id DESC LIMIT 1", "uu",
        case_id, account_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    if (!row)
        return true;
    uint64_t last = (uint64_t)statement_int(statement, 0),
             seq = (uint64_t)statement_int(statement, 1);
    statement_reset(statement);
    // The ids of one act follow one another.
    uint64_t below = last > LIMIT_VOTE_MEDIA ? last - LIMIT_VOTE_MEDIA : 0;
    return bound_ids(database, votes, err,
                     "SELECT id FROM vote v WHERE " STANDS
                     " AND id > ?3 AND id <= ?4 AND seq = ?5 ORDER BY id",
                     "uuuuu", case_id, account_id, below, last, seq);
}

bool vote_rows_is_submitter(Database *database, uint64_t case_id, uint64_t media_id,
                            uint64_t account_id, const char *name, bool *ret_is_submitter,
                            GError **err)
{
    int64_t entry;
    return bound_number(
        database, &entry, ret_is_submitter, err,
        "SELECT m.entry_id FROM media_match m "
        "WHERE m.media_id = ?1 AND m.case_id = ?2 AND m.type = 'exact' AND ("
        "EXISTS (SELECT 1 FROM decision d "
        "JOIN vote v ON v.media_id = d.media_id AND v.case_id = d.case_id "
        "WHERE d.entry_id = m.entry_id AND d.case_id <> ?2 AND +v.account_id = ?3 "
        "AND v.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM vote u WHERE u.undoes = v.id)) "
        "OR (NOT EXISTS (SELECT 1 FROM decision d WHERE d.entry_id = m.entry_id) "
        "AND EXISTS (SELECT 1 FROM set_act a WHERE a.set_id = m.set_id AND a.who = ?4 "
        "AND a.act IN ('import', 'merge', 'replace', 'add')))) LIMIT 1",
        "uuut", media_id, case_id, account_id, name);
}

// ---- Media in a case ----------------------------------------------------------------------------

void case_media_state_clear(CaseMediaState *state)
{
    g_clear_pointer(&state->decision, g_free);
    g_clear_pointer(&state->category, g_free);
}

bool vote_rows_case_media(Database *database, uint64_t case_id, uint64_t media_id,
                          CaseMediaState *ret_state, bool *ret_found, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, stack_id, CASE WHEN kind = 'new' THEN 1 ELSE 0 END, added_us, "
                        "decision, category FROM case_media WHERE case_id = ?1 AND media_id = ?2",
                        "uu", case_id, media_id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found)
        *ret_state = (CaseMediaState){.id = (uint64_t)statement_int(statement, 0),
                                      .case_id = case_id,
                                      .media_id = media_id,
                                      .stack_id = (uint64_t)statement_int(statement, 1),
                                      .is_new = statement_int(statement, 2) != 0,
                                      .added_us = statement_int(statement, 3),
                                      .decision = g_strdup(statement_text(statement, 4)),
                                      .category = g_strdup(statement_text(statement, 5))};
    statement_reset(statement);
    return true;
}

bool vote_rows_set_decision(Database *database, uint64_t case_media_id, uint64_t seq,
                            const char *decision, const char *category, GError **err)
{
    return case_counts_decision(database, case_media_id, decision, err) &&
           bound_run(database, err,
                     "UPDATE case_media SET seq = ?2, decision = ?3, category = ?4 WHERE id = ?1",
                     "uutt", case_media_id, seq, decision, category);
}

static bool append_ids(Statement *statement, GArray *ids, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            uint64_t id = (uint64_t)statement_int(statement, 0);
            g_array_append_val(ids, id);
        }
    }
    return statement != NULL;
}

bool vote_rows_open_of_stack(Database *database, uint64_t stack_id, unsigned limit,
                             uint64_t *ret_case_id, GArray *media_ids, GError **err)
{
    int64_t case_id = 0;
    bool found;
    if (!bound_number(database, &case_id, &found, err, "SELECT case_id FROM stack WHERE id = ?1",
                      "u", stack_id))
        return false;
    *ret_case_id = found ? (uint64_t)case_id : 0;
    return append_ids(
        bound_statement(database, err,
                        "SELECT media_id FROM case_media WHERE stack_id = ?1 AND kind = 'new' "
                        "AND (decision IS NULL OR decision <> 'decided') ORDER BY id LIMIT ?2",
                        "ui", stack_id, (int64_t)limit),
        media_ids, err);
}

bool vote_rows_voted_media(Database *database, uint64_t case_id, uint64_t after, unsigned limit,
                           GArray *media_ids, GError **err)
{
    return append_ids(
        bound_statement(database, err,
                        "SELECT c.media_id FROM case_media c "
                        "WHERE c.case_id = ?1 AND c.media_id > ?2 AND EXISTS (SELECT 1 FROM vote v "
                        "WHERE v.media_id = c.media_id AND v.case_id = c.case_id) "
                        "ORDER BY c.media_id LIMIT ?3",
                        "uui", case_id, after, (int64_t)limit),
        media_ids, err);
}
