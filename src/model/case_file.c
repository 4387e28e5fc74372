// SPDX-License-Identifier: Apache-2.0
#include "model/case_file.h"

static const char *const state_names[CASE_STATE_COUNT] = {
    [CASE_OPEN] = "open",
    [CASE_CLOSED] = "closed",
    [CASE_EXPUNGED] = "expunged",
};

const char *case_state_name(CaseState state)
{
    g_return_val_if_fail((unsigned)state < CASE_STATE_COUNT, "unknown");
    return state_names[state];
}

bool case_state_from_name(const char *name, CaseState *ret_state)
{
    for (unsigned state = 0; state < CASE_STATE_COUNT; state++)
        if (g_str_equal(name, state_names[state])) {
            *ret_state = (CaseState)state;
            return true;
        }
    return false;
}

void case_file_free(CaseFile *file)
{
    if (file == NULL)
        return;
    g_free(file->number);
    g_free(file->title);
    g_free(file->scheme);
    g_free(file->reference);
    g_free(file->outcome);
    g_free(file);
}
