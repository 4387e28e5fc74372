// SPDX-License-Identifier: Apache-2.0
#include "store/case_counts.h"

bool case_counts(Database *database, uint64_t case_id, CaseCounts *ret_counts, GError **err)
{
    // Each number comes from an index of its own.
    Statement *statement = database_statement(
        database,
        "SELECT (SELECT count(*) FROM item WHERE case_id = ?1), (SELECT count(*) FROM item WHERE "
        "case_id = ?1 AND status <> 'ok'), (SELECT count(*) FROM case_media WHERE case_id = ?1 AND "
        "kind = 'notable'), (SELECT count(*) FROM case_media WHERE case_id = ?1 AND kind = "
        "'ignorable'), (SELECT count(*) FROM case_media WHERE case_id = ?1 AND kind = 'new'), "
        "(SELECT count(*) FROM case_media WHERE case_id = ?1 AND decision = 'decided' AND kind = "
        "'new'), (SELECT count(*) FROM case_media WHERE case_id = ?1 AND decision = 'disputed' AND "
        "kind = 'new'), (SELECT count(*) FROM stack WHERE case_id = ?1)",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
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
