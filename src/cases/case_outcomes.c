// SPDX-License-Identifier: Apache-2.0
#include "cases/case_outcomes.h"

#include "cases/case_file.h"
#include "cases/case_sight.h"

void case_outcome_free(CaseOutcome *outcome)
{
    if (outcome == NULL)
        return;
    case_file_free(outcome->file);
    g_free(outcome);
}

static CaseOutcome *outcome_of(Casework *work, const CaseSight *sight, CaseFile *file, GError **err)
{
    CaseOutcome *outcome = g_new0(CaseOutcome, 1);
    CaseCounts counts;
    outcome->file = file;
    bool ok = case_counts(casework_database(work), file->id, &counts, err) &&
              (!case_sight_has(sight, file->id) ||
               victim_rows_count(casework_database(work), file->id, outcome->victims, err));
    if (ok) {
        outcome->decided = counts.decided;
        return outcome;
    }
    case_outcome_free(outcome);
    return NULL;
}

GPtrArray *case_outcomes_list(Casework *work, const Actor *actor, uint64_t before_id,
                              unsigned limit, GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)case_file_free);
    g_autoptr(GPtrArray) outcomes =
        g_ptr_array_new_with_free_func((GDestroyNotify)case_outcome_free);
    if (sight == NULL || !case_rows_worked_on(casework_database(work), actor->account_id, before_id,
                                              limit, files, err))
        return NULL;
    while (files->len > 0) {
        CaseFile *file = g_ptr_array_steal_index(files, 0);
        CaseOutcome *outcome = outcome_of(work, sight, file, err);
        if (outcome == NULL)
            return NULL;
        g_ptr_array_add(outcomes, outcome);
    }
    return g_steal_pointer(&outcomes);
}
