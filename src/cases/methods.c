// SPDX-License-Identifier: Apache-2.0
#include "cases/methods.h"

#include "base/encoding.h"
#include "base/error.h"
#include "cases/case_file.h"
#include "cases/matcher.h"
#include "cases/scheme.h"
#include "cases/stacker.h"
#include "store/audit_leaves.h"
#include "store/migration.h"
#include "store/progress_rows.h"

static const char *const digests[] = {"md5", "sha1", "sha256", NULL};
static const char *const pipelines[] = {"pdq_512", "pdq_full", NULL};

void methods_free(Methods *methods)
{
    if (methods == NULL)
        return;
    g_free(methods->scheme_id);
    g_free(methods->scheme_name);
    g_clear_pointer(&methods->evidence, g_ptr_array_unref);
    g_clear_pointer(&methods->gaps, g_ptr_array_unref);
    g_clear_pointer(&methods->sets, g_ptr_array_unref);
    g_free(methods);
}

static Methods *methods_new(void)
{
    Methods *methods = g_new0(Methods, 1);
    methods->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)methods_evidence_free);
    methods->gaps = g_ptr_array_new_with_free_func((GDestroyNotify)methods_gap_free);
    methods->sets = g_ptr_array_new_with_free_func((GDestroyNotify)methods_set_free);
    methods->digests = digests;
    methods->pipelines = pipelines;
    methods->near_distance = MATCHER_DISTANCE;
    methods->stack_distance = STACK_DISTANCE;
    return methods;
}

// A scheme whose file is gone has its id alone.
static void take_scheme(Methods *methods, Casework *work, const CaseFile *file)
{
    g_autoptr(Scheme) scheme = scheme_load(file->scheme, casework_folder(work), NULL);
    methods->scheme_id = g_strdup(file->scheme);
    methods->scheme_name = g_strdup(scheme != NULL ? scheme_name(scheme) : file->scheme);
    methods->voters = file->voters;
    methods->voter_units = file->voter_units;
}

static bool take_sets(Methods *methods, Casework *work, uint64_t case_id, GError **err)
{
    if (!methods_rows_sets(casework_database(work), case_id, methods->sets, err))
        return false;
    for (unsigned i = 0; i < methods->sets->len; i++) {
        MethodsSet *set = methods->sets->pdata[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(SetInfo) info = set_store_get(casework_sets(work), set->set_id, &error);
        if (info == NULL && g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
            continue;
        if (info == NULL) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
        set->name = g_strdup(info->name);
        set->kind = g_strdup(set_kind_name(info->kind));
        set->digest = g_strdup(info->digest);
        set->generation = info->generation;
    }
    return true;
}

static bool take_gaps(Methods *methods, Database *database, uint64_t case_id, GError **err)
{
    if (!methods_rows_gaps(database, case_id, METHODS_GAPS + 1, methods->gaps, err))
        return false;
    methods->more_gaps = methods->gaps->len > METHODS_GAPS;
    if (methods->more_gaps)
        g_ptr_array_set_size(methods->gaps, METHODS_GAPS);
    return true;
}

static bool take_checkpoint(Methods *methods, Database *database, GError **err)
{
    StoredCheckpoint *newest;
    if (!audit_checkpoints_last(database, &newest, err))
        return false;
    if (newest != NULL && newest->has_root) {
        g_autofree char *root = encoding_hex_new(newest->root, SHA256_BYTES);
        methods->checkpoint_size = newest->size;
        g_strlcpy(methods->checkpoint_root, root, sizeof methods->checkpoint_root);
    }
    stored_checkpoint_free(newest);
    return true;
}

static bool read_all(Methods *methods, Casework *work, const Actor *actor, uint64_t case_id,
                     GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return false;
    take_scheme(methods, work, file);
    return migration_present(database, &methods->schema, err) &&
           methods_rows_evidence(database, case_id, methods->evidence, err) &&
           take_gaps(methods, database, case_id, err) && take_sets(methods, work, case_id, err) &&
           methods_rows_votes(database, case_id, &methods->votes, err) &&
           progress_rows_count(database, PROGRESS_DECIDED, case_id, 0, INT64_MAX,
                               &methods->decisions, err) &&
           take_checkpoint(methods, database, err);
}

Methods *methods_of(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(Methods) methods = methods_new();
    if (!database_begin_read(casework_database(work), err))
        return NULL;
    bool ok = read_all(methods, work, actor, case_id, err);
    database_rollback(casework_database(work));
    return ok ? g_steal_pointer(&methods) : NULL;
}
