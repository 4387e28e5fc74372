// SPDX-License-Identifier: Apache-2.0
#include "store/audit_find.h"

#include "store/bound.h"

#define FIND                                                                                       \
    "SELECT l.seq, l.case_id, l.account_id, coalesce(a.unit_id, 0) FROM audit_leaf l LEFT JOIN "   \
    "account a ON a.id = l.account_id WHERE l.seq < ?1 AND l.made_us >= ?2 AND l.made_us < ?3 "    \
    "AND (?4 = '' OR l.action = ?4)"
#define ORDER " ORDER BY l.seq DESC LIMIT ?5"

// One text for each index that may serve.
static Statement *statement_for(Database *database, const AuditFilter *filter, unsigned limit,
                                GError **err)
{
    uint64_t before = filter->before_seq != 0 ? filter->before_seq : INT64_MAX;
    if (filter->case_id != 0)
        return bound_statement(database, err,
                               FIND " AND l.case_id = ?6 AND (?7 = 0 OR l.account_id = ?7)" ORDER,
                               "uiitiuu", before, filter->from_us, filter->to_us, filter->action,
                               (int64_t)limit, filter->case_id, filter->account_id);
    if (filter->account_id != 0)
        return bound_statement(database, err, FIND " AND l.account_id = ?6" ORDER, "uiitiu", before,
                               filter->from_us, filter->to_us, filter->action, (int64_t)limit,
                               filter->account_id);
    return bound_statement(database, err, FIND ORDER, "uiiti", before, filter->from_us,
                           filter->to_us, filter->action, (int64_t)limit);
}

bool audit_find(Database *database, const AuditFilter *filter, unsigned limit, GArray *leaves,
                GError **err)
{
    Statement *statement = statement_for(database, filter, limit, err);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const FoundLeaf leaf = {
            (uint64_t)statement_int(statement, 0), (uint64_t)statement_int(statement, 1),
            (uint64_t)statement_int(statement, 2), (uint64_t)statement_int(statement, 3)};
        g_array_append_val(leaves, leaf);
    }
    return false;
}

bool audit_find_unit(Database *database, uint64_t account_id, uint64_t *ret_unit_id, GError **err)
{
    int64_t unit = 0;
    bool found;
    if (!bound_number(database, &unit, &found, err, "SELECT unit_id FROM account WHERE id = ?1",
                      "u", account_id))
        return false;
    *ret_unit_id = found ? (uint64_t)unit : 0;
    return true;
}
