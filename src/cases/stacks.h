// SPDX-License-Identifier: Apache-2.0
//
// Stacks as lists show them: facts, no hashes and no pictures. Who looks at which is cases/queue.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/stack_rows.h"

typedef struct {
    StackFacts facts;
    StackRow row; // counts, and its place in a list
} CaseStack;

void case_stack_clear(CaseStack *stack);

// Stacks of a case that the actor may see, in order, those behind `after` (NULL: from the start;
// of it id, order_key and media_count are read): CaseStack by value; the array owns their texts.
GArray *stacks_list(Casework *work, const Actor *actor, const StackListQuery *query,
                    const StackRow *after, GError **err);

// CLEW_ERROR_NOT_FOUND when the case has no such stack.
bool stacks_get(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                CaseStack *ret_stack, GError **err);

// Its media behind the one with the id `after` in the case, the leader first: StackMedia by value;
// the array owns their texts.
GArray *stacks_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                     uint64_t after, unsigned limit, GError **err);
