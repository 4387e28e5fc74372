// SPDX-License-Identifier: Apache-2.0
//
// MatchService: matching for programs that check uploads, each with a token of its own. It answers
// whether a hash or a picture is known, and nothing else: no listed hash, no number of entries or
// sets, no entry's number. What is asked is counted for each token, limits how much more it may
// ask, and goes into the record in aggregate.
//
// - A picture is decoded by a confined worker and lives in memory only.
// - A reference names the entry that matched, for later questions to the people who keep the sets.
//   It is sealed with a key of this server: elsewhere it means nothing, and it gives away neither
//   the entry's number nor how many there are (cases/match_reference.h).
// - Each minute, and when the service ends, one act AUDIT_MATCHED for each token says how much was
//   asked and found. Who kills the process loses at most the last minute of these counts.
//
// Thread-safe.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/identity.h"
#include "cases/match_reference.h"
#include "cases/matcher_batch.h"
#include "wire/worker.h"

typedef struct MatchService MatchService;

typedef struct {
    Matcher *matcher;           // borrowed
    Zygote *media;              // of clew-media-worker; borrowed; NULL: no pictures
    CaseworkOptions casework;   // for the record; texts are copied
    unsigned hashes_per_second; // of each token; 0: LIMIT_MATCH_HASHES_PER_SECOND
    void (*say)(void *user_data, const char *sentence); // from the service's thread; may be NULL
    void *user_data;
} MatchServiceOptions;

// How often the record is written.
#define MATCH_RECORD_SECONDS 60u

MatchService *match_service_new(const MatchServiceOptions *options, GError **err);
void match_service_free(MatchService *service); // writes the record
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchService, match_service_free)

// Takes so many hashes off what the caller's token may ask. Returns 0, or after how many seconds it
// may ask that many.
unsigned match_service_take(MatchService *service, const Identity *identity, unsigned hashes);

// What a caller is told of one hash.
typedef struct {
    bool found;
    bool frequent; // so much resembles it that likeness says nothing; `found` then means exact
    Match match;   // when found
    char reference[MATCH_REFERENCE_LENGTH + 1];
} MatchVerdict;

// `asked` of computable types, at most LIMIT_MATCH_HASHES.
bool match_service_hashes(MatchService *service, const Identity *identity, const ListHash *asked,
                          size_t count, MatchVerdict *ret_verdicts, GError **err);

// A picture counts as LIMIT_MATCH_PICTURE_HASHES. *ret_status says whether it could be decoded;
// when not, its digests were asked all the same. CLEW_ERROR_BUSY when too many are decoded now.
bool match_service_picture(MatchService *service, const Identity *identity, GBytes *picture,
                           Status *ret_status, MatchVerdict *ret_verdict, GError **err);

// Writes the record now.
bool match_service_record(MatchService *service, Casework *work, GError **err);
