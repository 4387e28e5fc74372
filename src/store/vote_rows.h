// SPDX-License-Identifier: Apache-2.0
//
// Rows of votes, of what they came to, and of the media in a case that they are about. The rules
// stand in cases/votes.h and cases/decisions.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "model/vote.h"
#include "store/database.h"

bool vote_rows_insert(Database *database, const Vote *vote, GError **err);
// All rows about one media in one case, by id (Vote by value; votes_new).
bool vote_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *votes,
                        GError **err);
// *ret_found is false when there is none; else the vote is the caller's to clear.
bool vote_rows_get(Database *database, uint64_t id, Vote *ret_vote, bool *ret_found, GError **err);
bool vote_rows_is_undone(Database *database, uint64_t id, bool *ret_undone, GError **err);

// Appends the ids (uint64_t) of the votes that stand of the last act in which this account cast any
// of them in the case.
bool vote_rows_last_act(Database *database, uint64_t case_id, uint64_t account_id, GArray *votes,
                        GError **err);

// Whether this person, named so in the provenance of sets, brought a list entry that names the
// media by its digests: see vote_cast.
bool vote_rows_is_submitter(Database *database, uint64_t case_id, uint64_t media_id,
                            uint64_t account_id, const char *name, bool *ret_is_submitter,
                            GError **err);

// ---- Media in a case ----------------------------------------------------------------------------

typedef struct {
    uint64_t id, case_id, media_id;
    uint64_t stack_id; // 0: none
    bool is_new;       // kind: it needs eyes
    int64_t added_us;
    char *decision; // NULL: open
    char *category; // NULL: not decided
} CaseMediaState;

void case_media_state_clear(CaseMediaState *state);

bool vote_rows_case_media(Database *database, uint64_t case_id, uint64_t media_id,
                          CaseMediaState *ret_state, bool *ret_found, GError **err);
bool vote_rows_set_decision(Database *database, uint64_t case_media_id, uint64_t seq,
                            const char *decision, const char *category, GError **err);
// Appends the ids (uint64_t) of a stack's media that need eyes and are not decided, at most
// `limit`, by id. *ret_case_id is 0 when there is no such stack.
bool vote_rows_open_of_stack(Database *database, uint64_t stack_id, unsigned limit,
                             uint64_t *ret_case_id, GArray *media_ids, GError **err);
// Media ids after `after` of a case on which anybody ever voted, at most `limit`.
bool vote_rows_voted_media(Database *database, uint64_t case_id, uint64_t after, unsigned limit,
                           GArray *media_ids, GError **err);

// ---- Decisions ----------------------------------------------------------------------------------

typedef struct {
    uint64_t id, seq;
    uint64_t case_id, media_id, case_media_id;
    bool is_decided; // else disputed
    char *category;  // NULL unless decided
    SelfGenerated self_generated;
    Commercial commercial;
    unsigned in_favour, against, units;
    unsigned voters, voter_units; // the policy
    char *votes;                  // ids of those that count, a JSON array
    uint64_t account_id;
    int64_t made_us, waited_us;
    uint64_t set_id, entry_id;  // 0: none
    int64_t entry_withdrawn_us; // 0: it stands, or people withdrew it
    int64_t withdrawn_us;       // 0: it stands
    char *withdrawn_why;
} DecisionRow;

void decision_row_clear(DecisionRow *row);

// Inserts, or writes all of a row that exists.
bool decision_rows_write(Database *database, const DecisionRow *row, GError **err);
bool decision_rows_standing(Database *database, uint64_t case_media_id, DecisionRow *ret_row,
                            bool *ret_found, GError **err);
// Appends all rows of a media in a case, by id (DecisionRow by value, the caller's to clear).
bool decision_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *rows,
                            GError **err);
// *ret_found is false when there is none; else the row is the caller's to clear.
bool decision_rows_get(Database *database, uint64_t id, DecisionRow *ret_row, bool *ret_found,
                       GError **err);
// Appends those of a case that stand and are of one state, the newest first, below the id `before`,
// at most `limit` (DecisionRow by value, the caller's to clear).
bool decision_rows_list(Database *database, uint64_t case_id, bool is_decided, uint64_t before,
                        unsigned limit, GArray *rows, GError **err);
// Whether the last decision that had this entry withdrew it.
bool decision_rows_withdrew_entry(Database *database, uint64_t entry_id, bool *ret_withdrew,
                                  GError **err);

// The entry of a set with this list key and identity (store/stored_entry.h), and its state;
// *ret_entry_id is 0 when there is none.
bool decision_rows_find_entry(Database *database, uint64_t set_id, int64_t identity,
                              const char *list_key, uint64_t *ret_entry_id, unsigned *ret_state,
                              GError **err);
// The state of an entry; *ret_found is false when it is gone.
bool decision_rows_entry_state(Database *database, uint64_t entry_id, unsigned *ret_state,
                               bool *ret_found, GError **err);

// ---- What a media is in a list ------------------------------------------------------------------

typedef struct {
    uint8_t md5[MD5_BYTES], sha1[SHA1_BYTES], sha256[SHA256_BYTES];
    uint64_t size_bytes;
    bool is_video;
    bool has_pdq; // of the untrimmed 512 pipeline
    uint8_t pdq_quality;
    uint8_t pdq[PDQ_BYTES];
} MediaIdentity;

// CLEW_ERROR_CORRUPT when a row is not what it should be.
bool vote_rows_media_identity(Database *database, uint64_t media_id, MediaIdentity *ret_identity,
                              GError **err);
// Appends the frames (FrameHash by value) of a video, at most `limit`.
bool vote_rows_media_frames(Database *database, uint64_t media_id, size_t limit, GArray *frames,
                            GError **err);
