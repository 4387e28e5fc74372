// SPDX-License-Identifier: Apache-2.0
//
// AuditKey: the public half of a key that signs heads of the record, or cosigns them as a witness,
// in the text form of the C2SP "signed note" (a verifier key):
//
//     NAME+HEX8+BASE64      name; key id; type byte and the 32 bytes of an Ed25519 key
//
// The key id is the first four bytes of SHA-256(name || 0x0a || type || key), so that a name that
// was given to another key, or a key to another name, does not fit.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIT_KEY_BYTES 32u
#define AUDIT_KEY_ID_BYTES 4u
#define AUDIT_SIGNATURE_BYTES 64u
#define AUDIT_KEY_NAME_MAX 128u

typedef enum {
    AUDIT_KEY_LOG = 1,     // Ed25519 over the note's text
    AUDIT_KEY_WITNESS = 4, // Ed25519 over time and text (C2SP tlog-cosignature)
} AuditKeyType;

typedef struct {
    char name[AUDIT_KEY_NAME_MAX + 1];
    AuditKeyType type;
    uint8_t id[AUDIT_KEY_ID_BYTES];
    uint8_t key[AUDIT_KEY_BYTES];
} AuditKey;

// Whether a name may stand in a note: not empty, printable, no space, no plus.
bool audit_key_name_is_sound(const char *name);

// Fills in the id. CLEW_ERROR_INVALID when the name cannot stand in a note.
bool audit_key_init(AuditKey *key, const char *name, AuditKeyType type,
                    const uint8_t bytes[AUDIT_KEY_BYTES], GError **err);

// CLEW_ERROR_INVALID says what is wrong with the text.
bool audit_key_parse(const char *text, AuditKey *ret_key, GError **err);

char *audit_key_text(const AuditKey *key);

bool audit_key_verify(const AuditKey *key, const void *message, size_t size_bytes,
                      const uint8_t signature[AUDIT_SIGNATURE_BYTES]);

// ---- The secret half --------------------------------------------------------------------------

typedef struct {
    uint8_t bytes[AUDIT_KEY_BYTES];
} AuditSeed;

void audit_seed_clear(AuditSeed *seed); // wipes
bool audit_seed_new(AuditSeed *ret_seed, GError **err);
bool audit_seed_public(const AuditSeed *seed, uint8_t ret_key[AUDIT_KEY_BYTES]);
bool audit_seed_sign(const AuditSeed *seed, const void *message, size_t size_bytes,
                     uint8_t ret_signature[AUDIT_SIGNATURE_BYTES]);
