// SPDX-License-Identifier: Apache-2.0
//
// Skip: a stack that is not somebody's to see. The queue does not give it to them again; others get
// it as before. Who skips says no reason, nobody else reads it, and it is not on record.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/desk_rows.h"

// Also ends the actor's lease of it. The actor must be a member of the case with PERMISSION_REVIEW,
// as below. CLEW_ERROR_NOT_FOUND when the case has no such stack. Repeated, it changes nothing.
bool skip_add(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
              GError **err);
// Takes it back; harmless when there is none.
bool skip_remove(Casework *work, const Actor *actor, uint64_t case_id, uint64_t stack_id,
                 GError **err);

// The actor's own behind the stack `after`, by stack: SkipRow by value.
GArray *skip_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t after,
                  unsigned limit, GError **err);
