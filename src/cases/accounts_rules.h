// SPDX-License-Identifier: Apache-2.0
//
// What changes of units and of accounts have in common. For accounts*.c alone.
#pragma once

#include "cases/act.h"

// CLEW_ERROR_DENIED unless the actor is an administrator or at the command line.
bool accounts_must_administer(const Act *act, GError **err);

// Both return false: "WHAT: WHY" as CLEW_ERROR_INVALID, a sentence as CLEW_ERROR_CONFLICT.
bool accounts_invalid(GError **err, const char *what, const char *why);
bool accounts_conflict(GError **err, const char *sentence);

unsigned accounts_page_size(unsigned limit);
