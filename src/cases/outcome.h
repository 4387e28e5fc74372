// SPDX-License-Identifier: Apache-2.0
//
// Outcome: what the votes on one media come to. A pure function over all rows of votes, in whatever
// order they came, so that it can be computed again at any time with the same result.
//
// Of each voter the latest vote counts that was not taken back and was not cast by the submitter of
// the list entry. A category is carried when the policy's number of voters, from the policy's
// number of units, are for it.
//
//   open      no vote counts, or all agree and the category is not carried yet
//   decided   all agree and the category is carried; or some disagree, and the category is carried
//             by more than half of all counting votes
//   disputed  some disagree otherwise: until further voters, or voters who change their mind, make
//             it decided
//
// What is said beside the category is a voter's answer only when it is not "unknown": of those who
// are for the category, the answer that more than half of the answers give; else unknown.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/vote.h"

typedef struct {
    unsigned voters;      // distinct voters that decide
    unsigned voter_units; // from so many units
} Policy;

typedef enum {
    OUTCOME_OPEN,
    OUTCOME_DISPUTED,
    OUTCOME_DECIDED,
    OUTCOME_COUNT,
} OutcomeState;

const char *outcome_state_name(OutcomeState state); // "open" …

typedef struct {
    OutcomeState state;
    const char *category; // when decided; borrowed from the votes
    SelfGenerated self_generated;
    Commercial commercial;
    unsigned in_favour, against; // counting votes for the category, or of the largest group
    unsigned units;              // of those in favour
} Outcome;

// Those of the rows (Vote by value, of one media in one case, by id) that count: of const Vote *,
// borrowed, by id.
GPtrArray *outcome_counting(const GArray *votes);

Outcome outcome_of(const GPtrArray *counting, Policy policy);

// Whether one more vote, by this person, could bring the media nearer to a decision: they have none
// that counts, and are of a unit that is still wanting where only units are. `others` are people
// who are at it now and count as if they had voted.
typedef struct {
    uint64_t account_id, unit_id;
} Voter;
bool outcome_wants(const GPtrArray *counting, const Voter *others, size_t other_count, Voter voter,
                   Policy policy);
