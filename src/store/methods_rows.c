// SPDX-License-Identifier: Apache-2.0
#include "store/methods_rows.h"

#include "store/bound.h"

void methods_evidence_free(MethodsEvidence *evidence)
{
    if (evidence == NULL)
        return;
    g_free(evidence->name);
    g_free(evidence->root);
    g_free(evidence);
}

void methods_gap_free(MethodsGap *gap)
{
    if (gap == NULL)
        return;
    g_free(gap->status);
    g_free(gap->reason);
    g_free(gap);
}

void methods_set_free(MethodsSet *set)
{
    if (set == NULL)
        return;
    g_free(set->name);
    g_free(set->kind);
    g_free(set->digest);
    g_free(set);
}

// Appends one object for every row.
static bool each_row(Statement *statement, void *(*make)(const Statement *row), GPtrArray *rows,
                     GError **err)
{
    for (bool row = statement != NULL; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row)
            g_ptr_array_add(rows, make(statement));
    }
    return statement != NULL;
}

static void *make_evidence(const Statement *row)
{
    MethodsEvidence *evidence = g_new0(MethodsEvidence, 1);
    evidence->id = (uint64_t)statement_int(row, 0);
    evidence->name = g_strdup(statement_text(row, 1));
    evidence->root = g_strdup(statement_text(row, 2));
    evidence->added_us = statement_int(row, 3);
    evidence->items = (uint64_t)statement_int(row, 4);
    evidence->not_examined = (uint64_t)statement_int(row, 5);
    return evidence;
}

bool methods_rows_evidence(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    return each_row(
        bound_statement(database, err,
                        "SELECT e.id, e.name, e.root, e.added_us, (SELECT count(*) FROM item i "
                        "WHERE i.evidence_id = e.id), COALESCE(g.items, 0) FROM evidence e LEFT "
                        "JOIN (SELECT evidence_id, count(*) AS items FROM item WHERE case_id = ?1 "
                        "AND status <> 'ok' GROUP BY evidence_id) AS g ON g.evidence_id = e.id "
                        "WHERE e.case_id = ?1 ORDER BY e.id",
                        "u", case_id),
        make_evidence, rows, err);
}

static void *make_gap(const Statement *row)
{
    MethodsGap *gap = g_new0(MethodsGap, 1);
    gap->status = g_strdup(statement_text(row, 0));
    gap->reason = g_strdup(statement_text(row, 1));
    gap->items = (uint64_t)statement_int(row, 2);
    return gap;
}

bool methods_rows_gaps(Database *database, uint64_t case_id, unsigned limit, GPtrArray *rows,
                       GError **err)
{
    return each_row(bound_statement(database, err,
                                    "SELECT status, reason, count(*) AS items FROM item WHERE "
                                    "case_id = ?1 AND status <> 'ok' GROUP BY status, reason ORDER "
                                    "BY items DESC, status, COALESCE(reason, '') LIMIT ?2",
                                    "ui", case_id, (int64_t)limit),
                    make_gap, rows, err);
}

static void *make_set(const Statement *row)
{
    MethodsSet *set = g_new0(MethodsSet, 1);
    set->set_id = (uint64_t)statement_int(row, 0);
    set->matches = (uint64_t)statement_int(row, 1);
    set->media = (uint64_t)statement_int(row, 2);
    return set;
}

bool methods_rows_sets(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    return each_row(
        bound_statement(database, err,
                        "SELECT set_id, count(*), count(DISTINCT media_id) FROM "
                        "media_match WHERE case_id = ?1 GROUP BY set_id ORDER BY set_id",
                        "u", case_id),
        make_set, rows, err);
}

// Each row that takes a vote back names one.
bool methods_rows_votes(Database *database, uint64_t case_id, uint64_t *ret_votes, GError **err)
{
    int64_t votes = 0;
    bool found;
    bool ok = bound_number(database, &votes, &found, err,
                           "SELECT count(*) - 2 * count(undoes) FROM vote WHERE case_id = ?1", "u",
                           case_id);
    *ret_votes = votes > 0 ? (uint64_t)votes : 0;
    return ok;
}
