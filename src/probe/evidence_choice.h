// SPDX-License-Identifier: Apache-2.0
//
// Which items of a walk this worker is to take: its share, what lies behind the place of a fall, or
// what is asked for one by one. Pure rules over places.
#pragma once

#include <stdbool.h>

#include "evidence/walk.h"
#include "wire/evidence_message.h"

typedef struct {
    const EvidenceOpen *open; // borrowed
    char **path;              // of EVIDENCE_FIND; borrowed
    bool path_is_layers;
    // Of the item last chosen at each depth: are the items in it dealt out?
    bool is_structure[LIMIT_EVIDENCE_DEPTH + 1];
    // Steps of the searched path that are matched at each depth (EVIDENCE_FIND).
    unsigned steps[LIMIT_EVIDENCE_DEPTH + 1];
} EvidenceChoice;

// In EVIDENCE_WALK: its share and what lies behind the place to resume from.
WalkChoice evidence_choice_walk(EvidenceChoice *choice, const WalkItem *item);

// In EVIDENCE_FETCH: WALK_FETCH for the target, WALK_PASS for what is around it. *ret_is_behind:
// the walk has come past the target without meeting it.
WalkChoice evidence_choice_fetch(const Place *target, const WalkItem *item, bool *ret_is_behind);

// In EVIDENCE_FIND: WALK_FETCH for an item that the whole path leads to, WALK_PASS for what a part
// of it leads to.
WalkChoice evidence_choice_find(EvidenceChoice *choice, const WalkItem *item);

Place evidence_place(const WalkItem *item);
