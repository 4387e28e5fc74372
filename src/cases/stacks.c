// SPDX-License-Identifier: Apache-2.0
#include "cases/stacks.h"

#include "base/error.h"
#include "cases/case_file.h"

void case_stack_clear(CaseStack *stack)
{
    stack_facts_clear(&stack->facts);
}

static void clear_stack(gpointer stack)
{
    case_stack_clear(stack);
}

static void clear_media(gpointer media)
{
    stack_media_clear(media);
}

GArray *stacks_list(Casework *work, const Actor *actor, const StackListQuery *query,
                    const StackRow *after, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, query->case_id, err);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(StackRow));
    if (file == NULL || !stack_rows_list(casework_database(work), query, after, rows, err))
        return NULL;
    g_autoptr(GArray) stacks = g_array_new(FALSE, FALSE, sizeof(CaseStack));
    g_array_set_clear_func(stacks, clear_stack);
    for (unsigned i = 0; i < rows->len; i++) {
        CaseStack stack = {.row = g_array_index(rows, StackRow, i)};
        stack.facts.stack_id = stack.row.id;
        g_array_append_val(stacks, stack);
    }
    g_autoptr(GPtrArray) facts = g_ptr_array_new();
    for (unsigned i = 0; i < stacks->len; i++)
        g_ptr_array_add(facts, &g_array_index(stacks, CaseStack, i).facts);
    if (!lease_rows_facts_of(casework_database(work), (StackFacts *const *)facts->pdata, facts->len,
                             err))
        return NULL;
    return g_steal_pointer(&stacks);
}

// The row of a stack that lies in this case.
static bool find_stack(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                       StackRow *ret_row, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    uint64_t its_case = 0;
    bool found;
    if (file == NULL ||
        !lease_rows_stack(casework_database(work), stack_id, &its_case, ret_row, &found, err))
        return false;
    if (found && its_case == case_id)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there is no stack %" G_GUINT64_FORMAT " in case %s", stack_id, file->number);
    return false;
}

bool stacks_get(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                CaseStack *ret_stack, GError **err)
{
    CaseStack stack = {0};
    if (!find_stack(work, actor, case_id, stack_id, &stack.row, err))
        return false;
    if (!lease_rows_facts(casework_database(work), stack_id, &stack.facts, err)) {
        case_stack_clear(&stack);
        return false;
    }
    *ret_stack = stack;
    return true;
}

GArray *stacks_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                     uint64_t after, unsigned limit, GError **err)
{
    StackRow row;
    if (!find_stack(work, actor, case_id, stack_id, &row, err))
        return NULL;
    g_autoptr(GArray) media = g_array_new(FALSE, FALSE, sizeof(StackMedia));
    g_array_set_clear_func(media, clear_media);
    if (!stack_rows_media(casework_database(work), case_id, stack_id, after, limit, media, err))
        return NULL;
    return g_steal_pointer(&media);
}
