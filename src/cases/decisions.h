// SPDX-License-Identifier: Apache-2.0
//
// Decisions: what votes came to, on record, and as entries of sets.
//
// Every time votes change, the outcome is computed again from all of them. What differs from the
// decision that stands takes its place: the old row is withdrawn and stays readable, the media of
// the case says where it stands, and its entry appears in, or leaves, a set of the case in the same
// transaction. So every matcher on this data follows within milliseconds.
//
//   "decided in case ID"    kind notable, the case's scheme: what is notable by the scheme
//   "ignorable in case ID"  kind ignorable, made only where the scheme shares what is ignorable
//
// What means neither becomes no entry. The names hold no case number, because everybody whose media
// match sees them.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/outcome.h"
#include "cases/scheme.h"
#include "store/vote_rows.h"

// What follows from one act's votes, gathered media by media and carried out at its end.
typedef struct Decisions Decisions;

// Borrows act, case and scheme.
Decisions *decisions_new(Act *act, CaseFile *file, const Scheme *scheme);
void decisions_free(Decisions *decisions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decisions, decisions_free)

// Counts the votes on one media again. `why` is static: what changed.
bool decisions_reconsider(Decisions *decisions, const CaseMediaState *media, const char *why,
                          Outcome *ret_outcome, GError **err);

// Writes and withdraws the entries. Once, after the last media.
bool decisions_finish(Decisions *decisions, GError **err);

typedef struct {
    unsigned decided, disputed; // media that are so now and were not, or otherwise
    unsigned reopened;          // that were decided or disputed and are open
    unsigned entries, withdrawn;
} DecisionCounts;
DecisionCounts decisions_counts(const Decisions *decisions);

// A decision, and whether the entry that it became (if any) stands. Of one that stands no more it
// does not: the entry may, but for the decision that came after.
typedef struct {
    DecisionRow row;
    bool entry_stands;
} DecisionWithEntry;

// Every decision there ever was on a media, oldest first (DecisionWithEntry by value; owns its
// texts).
GArray *decisions_of_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                           GError **err);

// Of a media in a case that the actor may see, all rows of votes by id: none is ever lost.
GArray *decisions_votes(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                        GError **err);

// Those of a case of one state that stand, the newest first, below the id `before`
// (DecisionWithEntry by value; owns its texts). Of what is disputed it does not say who is for
// what: cases/ballot.h.
GArray *decisions_list(Casework *work, const Actor *actor, uint64_t case_id, bool is_decided,
                       uint64_t before, unsigned limit, GError **err);

// By hand, for a member who may write the case: takes the entry of a decision out of its set, or
// puts it back there. The decision itself follows from the votes and stays. What was taken out so
// is not brought back by later votes. CLEW_ERROR_CONFLICT when the decision stands no more,
// became no entry, or its entry is out, or there, already.
typedef struct {
    uint64_t case_id, decision_id;
    bool reinstates; // else withdraws
    const char *reason;
} EntryEdit;
bool decisions_edit_entry(Act *act, const EntryEdit *edit, GError **err);
