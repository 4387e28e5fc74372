// SPDX-License-Identifier: Apache-2.0
#include "store/case_counts.h"

#include "store/bound.h"

bool case_counts(Database *database, uint64_t case_id, CaseCounts *ret_counts, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT items, not_examined, notable, ignorable, fresh, decided, disputed, "
                        "stacks FROM case_tally WHERE case_id = ?1",
                        "u", case_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_counts = (CaseCounts){0};
    if (!row)
        return true; // nothing came in yet
    *ret_counts = (CaseCounts){
        .items = (uint64_t)statement_int(statement, 0),
        .not_examined = (uint64_t)statement_int(statement, 1),
        .notable = (uint64_t)statement_int(statement, 2),
        .ignorable = (uint64_t)statement_int(statement, 3),
        .fresh = (uint64_t)statement_int(statement, 4),
        .decided = (uint64_t)statement_int(statement, 5),
        .disputed = (uint64_t)statement_int(statement, 6),
        .stacks = (uint64_t)statement_int(statement, 7),
    };
    ret_counts->open = ret_counts->fresh - ret_counts->decided - ret_counts->disputed;
    statement_reset(statement);
    return true;
}

bool case_counts_add(Database *database, uint64_t case_id, const CaseCounts *more, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO case_tally (case_id, items, not_examined, notable, ignorable, "
                     "fresh, decided, disputed, stacks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7) "
                     "ON CONFLICT (case_id) DO UPDATE SET items = case_tally.items + "
                     "excluded.items, not_examined = case_tally.not_examined + "
                     "excluded.not_examined, notable = case_tally.notable + excluded.notable, "
                     "ignorable = case_tally.ignorable + excluded.ignorable, fresh = "
                     "case_tally.fresh + excluded.fresh, stacks = case_tally.stacks + "
                     "excluded.stacks",
                     "uuuuuuu", case_id, more->items, more->not_examined, more->notable,
                     more->ignorable, more->fresh, more->stacks);
}

bool case_counts_decision(Database *database, uint64_t case_media_id, const char *decision,
                          GError **err)
{
    return bound_run(
        database, err,
        "UPDATE case_tally SET decided = decided + (SELECT count(*) FROM case_media WHERE id = ?1 "
        "AND kind = 'new' AND ?2 = 'decided') - (SELECT count(*) FROM case_media WHERE id = ?1 AND "
        "kind = 'new' AND decision = 'decided'), disputed = disputed + (SELECT count(*) FROM "
        "case_media WHERE id = ?1 AND kind = 'new' AND ?2 = 'disputed') - (SELECT count(*) FROM "
        "case_media WHERE id = ?1 AND kind = 'new' AND decision = 'disputed') WHERE case_id = "
        "(SELECT case_id FROM case_media WHERE id = ?1)",
        "ut", case_media_id, decision != NULL ? decision : "");
}

bool case_counts_recount(Database *database, uint64_t case_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM case_tally WHERE case_id = ?1", "u", case_id) &&
           bound_run(database, err, "INSERT INTO case_tally " CASE_COUNTS_SELECT " WHERE f.id = ?1",
                     "u", case_id);
}
