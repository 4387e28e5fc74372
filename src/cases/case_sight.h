// SPDX-License-Identifier: Apache-2.0
//
// CaseSight: the cases somebody may see, for answers that run over many of them. What is in any
// other case does not exist for them, not even as a number in a sum.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct CaseSight CaseSight;

// As it is at this moment (case_file_list); for one call.
CaseSight *case_sight_new(Casework *work, const Actor *actor, GError **err);
void case_sight_free(CaseSight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseSight, case_sight_free)

bool case_sight_has(const CaseSight *sight, uint64_t case_id);

// In order of id; borrowed.
const uint64_t *case_sight_ids(const CaseSight *sight, size_t *ret_count);
