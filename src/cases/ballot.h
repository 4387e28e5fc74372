// SPDX-License-Identifier: Apache-2.0
//
// Ballot: what a person may know of the votes on one media.
//
// Review is blind: whoever may vote in the case and has no vote that stands on a media that is not
// decided sees their own rows and nothing of what others said, also not that they voted. Once they
// have voted, or the media is decided, they see all of it; auditors, who cannot vote, always do.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "cases/outcome.h"

typedef struct {
    bool is_blind;
    OutcomeState state;
    GArray *votes;     // of Vote, by id: every row there ever was, also those that undo
    GArray *decisions; // of DecisionWithEntry, by id: every one there was; none when it is blind
} Ballot;

// CLEW_ERROR_NOT_FOUND for a media that is not in the case.
Ballot *ballot_read(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                    GError **err);
void ballot_free(Ballot *ballot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ballot, ballot_free)

// Whether the vote was taken back by a later row.
bool ballot_is_undone(const Ballot *ballot, uint64_t vote_id);
