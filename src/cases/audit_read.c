// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_read.h"

#include "base/error.h"
#include "cases/audit_action.h"
#include "cases/audit_proof.h"
#include "cases/case_file.h"
#include "cases/case_sight.h"

static bool reads_all_of_unit(const Actor *actor)
{
    return (actor->permissions & PERMISSION_BIT(PERMISSION_AUDIT_READ)) != 0 &&
           actor->only_case == 0;
}

static bool speaks_of_others(const char *action)
{
    return g_str_equal(action, audit_action_name(AUDIT_ENQUIRY)) ||
           g_str_equal(action, audit_action_name(AUDIT_ENQUIRY_ANSWERED));
}

// A leaf of no case.
static bool may_read(const Actor *actor, const FoundLeaf *leaf, const char *action)
{
    if (actor->account_id == 0)
        return true;
    if (!reads_all_of_unit(actor))
        return false;
    return leaf->account_id == 0 ? !speaks_of_others(action)
                                 : leaf->unit_id != 0 && leaf->unit_id == actor->unit_id;
}

static bool add(Casework *work, const Actor *actor, const CaseSight *sight, const FoundLeaf *found,
                GPtrArray *leaves, GError **err)
{
    if (found->case_id != 0 && !case_sight_has(sight, found->case_id))
        return true;
    g_autoptr(StoredLeaf) leaf = audit_leaf_read(casework_database(work), found->seq, err);
    if (leaf == NULL)
        return false;
    if (found->case_id != 0 || may_read(actor, found, leaf->action))
        g_ptr_array_add(leaves, g_steal_pointer(&leaf));
    return true;
}

GPtrArray *audit_read(Casework *work, const Actor *actor, AuditFilter *filter, unsigned limit,
                      bool *ret_more, GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(FoundLeaf));
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)stored_leaf_free);
    if (sight == NULL)
        return NULL;
    if (filter->case_id != 0) {
        g_autoptr(CaseFile) file = case_file_get(work, actor, filter->case_id, err);
        if (file == NULL)
            return NULL;
    }
    if (!audit_find(casework_database(work), filter, AUDIT_READ_SCAN, found, err))
        return NULL;
    unsigned i = 0;
    for (; i < found->len && leaves->len < limit; i++) {
        const FoundLeaf *leaf = &g_array_index(found, FoundLeaf, i);
        filter->before_seq = leaf->seq;
        if (!add(work, actor, sight, leaf, leaves, err))
            return NULL;
    }
    *ret_more = i < found->len || found->len == AUDIT_READ_SCAN;
    return g_steal_pointer(&leaves);
}

static bool is_visible(Casework *work, const Actor *actor, const StoredLeaf *leaf, bool *ret_is,
                       GError **err)
{
    if (leaf->leaf.case_id != 0)
        return case_file_is_visible(work, actor, leaf->leaf.case_id, ret_is, err);
    FoundLeaf found = {.seq = leaf->leaf.seq, .account_id = leaf->leaf.account_id};
    if (!audit_find_unit(casework_database(work), found.account_id, &found.unit_id, err))
        return false;
    *ret_is = may_read(actor, &found, leaf->action);
    return true;
}

char *audit_read_proof(Casework *work, const Actor *actor, uint64_t seq, GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoredLeaf) leaf = audit_leaf_read(casework_database(work), seq, &error);
    bool is = false;
    if (leaf == NULL && !g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND)) {
        g_propagate_error(err, g_steal_pointer(&error));
        return NULL;
    }
    if (leaf != NULL && !is_visible(work, actor, leaf, &is, err))
        return NULL;
    if (is)
        return audit_proof_make(work, seq, err);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "the record has no leaf %" G_GUINT64_FORMAT " that you may see", seq);
    return NULL;
}

char *audit_read_checkpoint(Casework *work, GError **err)
{
    g_autoptr(StoredCheckpoint) checkpoint = NULL;
    if (!audit_checkpoints_last(casework_database(work), &checkpoint, err))
        return NULL;
    if (checkpoint == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "the record has no signed head yet; the server makes one within seconds");
        return NULL;
    }
    return g_steal_pointer(&checkpoint->note);
}
