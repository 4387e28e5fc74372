// SPDX-License-Identifier: Apache-2.0
#include "cases/skips.h"

#include "base/error.h"
#include "cases/queue.h"

static bool check_stack(Casework *work, const CaseFile *file, uint64_t stack_id, GError **err)
{
    uint64_t case_id = 0;
    StackRow row;
    bool found;
    if (!lease_rows_stack(casework_database(work), stack_id, &case_id, &row, &found, err))
        return false;
    if (found && case_id == file->id)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there is no stack %" G_GUINT64_FORMAT " in case %s", stack_id, file->number);
    return false;
}

static bool end_write(Database *database, bool commits, GError **err)
{
    if (commits)
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

bool skip_add(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id, GError **err)
{
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    Database *database = casework_database(work);
    if (file == NULL || !database_begin_write(database, err))
        return false;
    const SkipRow row = {.stack_id = stack_id, .made_us = casework_now_us(work)};
    bool ok = check_stack(work, file, stack_id, err) &&
              skip_rows_add(database, actor->account_id, case_id, &row, err) &&
              lease_rows_delete(database, stack_id, actor->account_id, err);
    return end_write(database, ok, err);
}

bool skip_remove(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                 GError **err)
{
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    Database *database = casework_database(work);
    if (file == NULL || !database_begin_write(database, err))
        return false;
    bool ok = skip_rows_remove(database, actor->account_id, case_id, stack_id, err);
    return end_write(database, ok, err);
}

GArray *skip_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after,
                  unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SkipRow));
    if (file == NULL || !skip_rows_list(casework_database(work), actor->account_id, case_id, after,
                                        limit, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}
