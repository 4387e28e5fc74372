// SPDX-License-Identifier: Apache-2.0
//
// What is said to a witness and what it answers (C2SP tlog-witness, add-checkpoint), apart from how
// bytes travel. Nothing that a witness answers is believed but its signature and, for asking again,
// the size that it says it knows.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/checkpoint.h"
#include "hash/merkle.h"

// Newly allocated: "old N", the proof from there, a blank line, the checkpoint.
char *audit_witness_request(uint64_t old_size, const MerkleProof *proof, const char *note);

typedef enum {
    AUDIT_WITNESS_COSIGNED,
    AUDIT_WITNESS_HAS_OTHER, // it last saw another size than was assumed; ask again with that
    AUDIT_WITNESS_REFUSED,
} AuditWitnessAnswer;

// Reads an answer. Cosigned: *ret_note is the note with the witness' signatures, those of others
// left out. Has another: *ret_size. Refused: `err` says why in a sentence.
AuditWitnessAnswer audit_witness_answer(const AuditKey *key, const char *note, unsigned status,
                                        const char *answer, char **ret_note, uint64_t *ret_size,
                                        GError **err);
