// SPDX-License-Identifier: Apache-2.0
//
// Decoded: what the lanes of one scan have found out by decoding, by content, so that identical
// bytes are decoded and asked about once. Thread-safe. It remembers LIMIT_SCAN_REMEMBERED contents;
// further ones are decoded again when they repeat.
#pragma once

#include <glib.h>

#include "model/match.h"
#include "model/record.h"

typedef struct Decoded Decoded;

Decoded *decoded_new(void);
void decoded_free(Decoded *decoded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decoded, decoded_free)

typedef enum {
    DECODED_MINE,     // nobody has it: decode, then decoded_put or decoded_give_up
    DECODED_KNOWN,    // record and matches now say what is known
    DECODED_UNSHARED, // too many are remembered: decode and tell nobody
} DecodedTurn;

// Asks by the record's SHA-256 within a realm: answers do not pass from one to another. Waits while
// another lane decodes the same content. `matches` is of Match; those by likeness are appended.
DecodedTurn decoded_ask(Decoded *decoded, uint64_t realm, Record *record, GArray *matches);

// Tells what decoding showed: the record's status, reason and pictures, the findings that decoding
// added, and the matches from `first_near` on.
void decoded_put(Decoded *decoded, uint64_t realm, const Record *record, const GPtrArray *findings,
                 const GArray *matches, unsigned first_near);

// Nothing was found out: another lane may try.
void decoded_give_up(Decoded *decoded, uint64_t realm, const Record *record);
