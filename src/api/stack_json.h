// SPDX-License-Identifier: Apache-2.0
//
// Stacks and their media as JSON: facts, no hashes and no pictures.
#pragma once

#include <jansson.h>

#include "cases/stacks.h"

// Newly made: members of a stack's leader and how far its other media are from it.
json_t *stack_facts_json(const StackFacts *facts);
// The same, with the counts of a list.
json_t *case_stack_json(const CaseStack *stack);
json_t *stack_media_json(const StackMedia *media);
