// SPDX-License-Identifier: Apache-2.0
//
// Votes: what people say of media. Rows are only ever added: a second vote of the same person takes
// the place of the first and both stay readable; taking a vote back is a row that names it.
//
// What votes come to is computed in cases/outcome.h and carried out in cases/decisions.h, in the
// same act.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/outcome.h"

typedef struct {
    uint64_t case_id;
    const uint64_t *media; // media ids; or NULL:
    size_t count;          // at most LIMIT_VOTE_MEDIA
    uint64_t stack_id;     // all media of this stack that are open
    uint64_t open_count;   // as many as the voter was told of; 0: not said
    const char *category;  // by the scheme of the case
    SelfGenerated self_generated;
    Commercial commercial;
    const char *note; // kept beside the stack or the one media (cases/notes.h); NULL: none
} VoteRequest;

// Of one media.
typedef struct {
    uint64_t vote_id, media_id;
    OutcomeState state; // after it
    bool is_late;
    bool is_submitter; // stored, but counts for nothing
} VoteResult;

// One vote a media, by the actor, who must be an account with PERMISSION_REVIEW and a member of the
// case. A lease is not needed; a vote whose lease has ended is stored and marked.
//
// A submitter's vote does not count. The submitter of a media is, at the moment of the vote, who
// brought a list entry that names it by its digests (media_match, exact): of an entry that a
// decision in another case made, whoever has a standing vote there; of any other entry, whoever
// imported into or added to its set, because a set does not keep who brought which entry.
//
// Gives VoteResult by value, in the order of the media. CLEW_ERROR_INVALID names the codes of the
// scheme; CLEW_ERROR_NOT_FOUND a media that is not in the case; CLEW_ERROR_CONFLICT a stack that
// has other media now than the voter was told of.
GArray *votes_cast(Act *act, const VoteRequest *request, GError **err);

// Takes votes of the actor back, also after a decision, which is then counted again, and after the
// lease. An earlier vote of theirs on the same media counts again. CLEW_ERROR_NOT_FOUND for a vote
// that is not theirs; CLEW_ERROR_CONFLICT for one that was taken back already. All or nothing.
GArray *votes_undo(Act *act, const uint64_t *votes, size_t count, GError **err);

// The same for votes of one case: those of another are not found.
GArray *votes_undo_in_case(Act *act, uint64_t case_id, const uint64_t *votes, size_t count,
                           GError **err);

// Takes back all that stands of the last act of voting of the actor in a case that has such votes.
// CLEW_ERROR_NOT_FOUND when there is none.
GArray *votes_undo_last(Act *act, uint64_t case_id, GError **err);

// Counts everything in a case again that was ever voted on, after its policy changed: media after
// `after`, at most `limit` (LIMIT_VOTE_MEDIA at most). *ret_last is 0 when that was the end.
bool votes_recount(Act *act, uint64_t case_id, uint64_t after, unsigned limit, uint64_t *ret_last,
                   GError **err);
