// SPDX-License-Identifier: Apache-2.0
//
// Upkeep: what the server does between requests, in a thread of its own with its own handle:
// compares media that came in with what others have asked about, every UPKEEP_MS. Whatever process
// brought them in, the answer to "is it already known?" stays right within seconds.
#pragma once

#include "api/known.h"
#include "cases/casework.h"

#define UPKEEP_MS 2000u

typedef struct Upkeep Upkeep;

// Options and index are borrowed. `say` gets a sentence when something fails, once until it works
// again.
Upkeep *upkeep_start(const CaseworkOptions *casework, ApiKnown *known,
                     void (*say)(void *user_data, const char *sentence), void *user_data);
void upkeep_stop(Upkeep *upkeep); // NULL is fine
