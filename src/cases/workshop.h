// SPDX-License-Identifier: Apache-2.0
//
// Workshop: where the requests of one server bring records in. A stacker is dear to open, so there
// is one for each of the cases that take records now, and requests of one case take turns with it.
// It follows what other processes do. Thread-safe.
#pragma once

#include <glib.h>

#include "cases/casework.h"
#include "cases/stacker.h"

typedef struct Workshop Workshop;

// The options' texts are copied. Opens nothing yet.
Workshop *workshop_new(const CaseworkOptions *options);
void workshop_free(Workshop *workshop); // every bench has been left
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workshop, workshop_free)

// A place to bring records of one case in at: a handle of its own and the stacker upon it, for one
// request at a time. At most WORKSHOP_BENCHES cases have one; the one that was left longest ago
// makes room. CLEW_ERROR_BUSY when none becomes free in time.
#define WORKSHOP_BENCHES 8u
#define WORKSHOP_WAIT_MS 20000u

typedef struct WorkshopBench WorkshopBench;
WorkshopBench *workshop_enter(Workshop *workshop, uint64_t case_id, GError **err);
Casework *workshop_bench_work(WorkshopBench *bench);
Stacker *workshop_bench_stacker(WorkshopBench *bench);
// `spoiled`: after an error its handle and stacker are closed instead of being used again.
void workshop_leave(Workshop *workshop, WorkshopBench *bench, bool spoiled);
