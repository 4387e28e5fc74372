// SPDX-License-Identifier: Apache-2.0
//
// Methods: what a report on a case must state of how it came about: programs, rules, what was
// examined and what could not be, which sets matched, what the record vouches for.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/methods_rows.h"

#define METHODS_GAPS 50u

typedef struct {
    int64_t schema; // step of the database
    char *scheme_id, *scheme_name;
    unsigned voters, voter_units;
    GPtrArray *evidence; // of MethodsEvidence *
    GPtrArray *gaps;     // of MethodsGap *, the METHODS_GAPS most frequent
    bool more_gaps;
    GPtrArray *sets;              // of MethodsSet *
    const char *const *digests;   // that every content is known by; static, NULL-terminated
    const char *const *pipelines; // of perceptual hashes; static, NULL-terminated
    unsigned near_distance;       // bits up to which sets match, unless a scan is told otherwise
    unsigned stack_distance;      // bits, to the leader of a stack
    uint64_t votes, decisions;    // that stand
    uint64_t checkpoint_size;     // newest signed head of the record; 0: none
    char checkpoint_root[2 * SHA256_BYTES + 1];
} Methods;

void methods_free(Methods *methods);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Methods, methods_free)

// One snapshot. CLEW_ERROR_NOT_FOUND: no such case for this actor.
Methods *methods_of(Casework *work, const Actor *actor, uint64_t case_id, GError **err);
