// SPDX-License-Identifier: Apache-2.0
//
// Checkpoint: a head of the record as people keep it elsewhere, in the C2SP form (tlog-checkpoint,
// signed-note, tlog-cosignature), so that witnesses and auditors need nothing of Clew's to read it:
//
//     clew/5d0ab3…                     origin: the log's name
//     4711                             leaves
//     CsUYapGGPo4dkMgIAUqom/Xajj7…=    root of the tree over them, base64
//     …                                extension lines, kept as they are
//                                      (blank)
//     — clew/5d0ab3… Az3grlgtzPICa5…=  signatures: name, key id and signature
//
// Signatures of keys that nobody knows are carried along and mean nothing. Parsing is strict: one
// text has one reading.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases/audit_key.h"
#include "hash/merkle.h"

typedef struct {
    char *name;
    uint8_t key_id[AUDIT_KEY_ID_BYTES];
    uint8_t *bytes; // without the key id
    size_t size_bytes;
} CheckpointSignature;

typedef struct {
    char *text;         // the whole note
    size_t body_length; // of the part that is signed
    char *origin;
    uint64_t size;
    MerkleHash root;
    GPtrArray *signatures; // of CheckpointSignature *, at least one
} Checkpoint;

// CLEW_ERROR_INVALID names the line that is wrong; CLEW_ERROR_LIMIT past LIMIT_CHECKPOINT_….
Checkpoint *checkpoint_parse(const char *text, size_t length, GError **err);
void checkpoint_free(Checkpoint *checkpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Checkpoint, checkpoint_free)

// Signed by this key: at least one signature carries its name and id, and all that do are valid. Of
// a witness' key the time it states is given; *ret_seconds may be NULL.
bool checkpoint_is_signed(const Checkpoint *checkpoint, const AuditKey *key, uint64_t *ret_seconds);

// ---- Making -----------------------------------------------------------------------------------

// Newly allocated. What a log signs: three lines.
char *checkpoint_body(const char *origin, uint64_t size, const MerkleHash *root);

// What a witness signs.
char *checkpoint_cosigned_text(const char *body, uint64_t seconds);

// A signature line with its newline. `seconds` counts for a witness' key alone.
char *checkpoint_signature_line(const AuditKey *key, uint64_t seconds,
                                const uint8_t signature[AUDIT_SIGNATURE_BYTES]);

// The whole: body, blank line, line.
char *checkpoint_note(const char *body, const char *signature_lines);

// ---- Files of many ----------------------------------------------------------------------------

// Notes one after another, each followed by an empty line. Appends to `notes` (of Checkpoint *).
bool checkpoint_parse_many(const char *text, size_t length, GPtrArray *notes, GError **err);
