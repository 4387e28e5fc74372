// SPDX-License-Identifier: Apache-2.0
//
// What a caller of the match service is given to name the entry that matched: sealed with a key of
// this server, so that elsewhere it means nothing and it gives away neither the entry's number nor
// how many there are. The same entry always has the same one.
#pragma once

#include "cases/casework.h"

#define MATCH_REFERENCE_LENGTH 32u

void match_reference_seal(const Vault *vault, uint64_t entry,
                          char ret_reference[MATCH_REFERENCE_LENGTH + 1]);

// The entry that a reference names. CLEW_ERROR_NOT_FOUND when this server never gave it.
bool match_reference_open(Casework *work, const char *reference, uint64_t *ret_entry, GError **err);
