// SPDX-License-Identifier: Apache-2.0
//
// Messages between a program and clew-evidence-worker. Little-endian, length-prefixed; exact layout
// in evidence_message.c. Decoding checks every length, count and enum against its range and refuses
// left-over bytes, so a compromised worker can only tell a well-formed story. Texts of the worker
// are made plain UTF-8 (model/plain_text.h); names are raw bytes without NUL, at most
// LIMIT_NAME_BYTES; layers are small flat JSON objects (model/layer.h).
//
//   program -> worker   OPEN (with the evidence file's descriptor); before it SPOOL (with a
//                       descriptor) and, for EVIDENCE_FIND, STEPS; SIBLING (answer, with or without
//                       a descriptor), TARGET (answer)
//   worker -> program  ANNOUNCE, CONTENTS …, FINISH for each item; PROGRESS; ASK_SIBLING;
//                      ASK_TARGET; the FINISH of depth 0 is the last
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "model/record.h"
#include "wire/place.h"

typedef enum {
    EVIDENCE_WALK,  // everything
    EVIDENCE_FETCH, // only the items asked for one by one (TARGET), whole, in the order of places
    EVIDENCE_FIND,  // announce what the steps lead to and what is around it
} EvidenceMode;

typedef struct {
    EvidenceMode mode;
    char *name;             // base name of the evidence file, raw bytes
    const char *media_type; // as sniffed, NULL: unknown; newly allocated in what was decoded
    uint64_t size_bytes;
    unsigned share, shares; // this worker's part of the walk: share < shares, 1 <= shares <= 256
    bool has_resume;        // go on behind `resume`, which is not opened again
    Place resume;
    bool verify_images;
    bool only_search;       // the file is not opened: its bytes are searched
    uint64_t time_limit_ms; // 0: by size
    char **passwords;       // NULL-terminated, owned; NULL: none; at most LIMIT_EVIDENCE_PASSWORDS
} EvidenceOpen;

// So that as many as may be tried fit one message.
#define EVIDENCE_PASSWORD_BYTES 255u
// Of one CONTENTS.
#define EVIDENCE_CONTENTS_BYTES (LIMIT_MESSAGE_BYTES - 1)

typedef struct {
    Place place;
    char *name;  // raw bytes, never NULL; "" for the evidence file itself
    char *layer; // never NULL; "" for the evidence file itself
    bool has_size;
    uint64_t size_bytes;
    ItemTimes times;
    bool is_structure;
} EvidenceAnnounce;

typedef struct {
    Place place;
    char *media_type; // NULL: nothing was read; the program looks it up (sniff_by_media_type)
    Status status;
    char *reason; // NULL when STATUS_OK
    bool has_size;
    uint64_t size_bytes;
    bool has_digests;
    Digests digests;
    uint64_t not_examined_bytes;
    bool has_contents;
    GPtrArray *findings;    // of Finding *, owned, never NULL
    GPtrArray *identifiers; // of Identifier *, owned, never NULL
} EvidenceFinish;

// A message taken apart; `kind` says which member is set.
typedef enum {
    EVIDENCE_MESSAGE_ANNOUNCE,
    EVIDENCE_MESSAGE_CONTENTS,
    EVIDENCE_MESSAGE_FINISH,
    EVIDENCE_MESSAGE_PROGRESS,
    EVIDENCE_MESSAGE_ASK_SIBLING,
    EVIDENCE_MESSAGE_ASK_TARGET,
} EvidenceMessageKind;

typedef struct {
    EvidenceMessageKind kind;
    EvidenceAnnounce announce;
    EvidenceFinish finish;
    const uint8_t *contents; // borrowed from the message
    size_t contents_bytes;
    uint64_t progress_bytes;
    char *sibling; // base name: no '/', not "." or ".."
} EvidenceMessage;

// ---- Program to worker. Decoders return false, and write nothing, when a message breaks the
// rules. Passwords longer than EVIDENCE_PASSWORD_BYTES and those past the limit are left out.
void evidence_open_encode(const EvidenceOpen *open, GByteArray *ret_message);
bool evidence_open_decode(const uint8_t *message, size_t size_bytes, EvidenceOpen *ret_open);
// Of what was decoded.
void evidence_open_clear(EvidenceOpen *open);

void evidence_sibling_encode(bool found, uint64_t size_bytes, GByteArray *ret_message);
bool evidence_sibling_decode(const uint8_t *message, size_t size_bytes, bool *ret_found,
                             uint64_t *ret_size_bytes);

// The next item to fetch, or that there is none.
void evidence_target_encode(const Place *place, GByteArray *ret_message); // NULL: no more
bool evidence_target_decode(const uint8_t *message, size_t size_bytes, bool *ret_more,
                            Place *ret_place);

// Where EVIDENCE_FIND goes, from the evidence file inwards: layers of a locator, or names as a path
// shows them. At most LIMIT_EVIDENCE_DEPTH, NULL-terminated, each of at most EVIDENCE_STEP_BYTES.
#define EVIDENCE_STEP_BYTES 8000u
void evidence_steps_encode(char **steps, bool are_layers, GByteArray *ret_message);
// *ret_steps is newly allocated.
bool evidence_steps_decode(const uint8_t *message, size_t size_bytes, char ***ret_steps,
                           bool *ret_are_layers);

void evidence_spool_encode(GByteArray *ret_message);
bool evidence_spool_decode(const uint8_t *message, size_t size_bytes);

// ---- Worker to program. Encoders cut names, texts and counts to their limits; a layer that is
// none (model/layer.h) goes as it is and is refused.
void evidence_announce_encode(const EvidenceAnnounce *announce, GByteArray *ret_message);
// At most EVIDENCE_CONTENTS_BYTES.
void evidence_contents_encode(const uint8_t *bytes, size_t size_bytes, GByteArray *ret_message);
void evidence_finish_encode(const EvidenceFinish *finish, GByteArray *ret_message);
void evidence_progress_encode(uint64_t bytes, GByteArray *ret_message);
void evidence_ask_sibling_encode(const char *name, GByteArray *ret_message);
void evidence_ask_target_encode(GByteArray *ret_message);

// False when the message breaks the rules; then nothing is written.
bool evidence_message_decode(const uint8_t *message, size_t size_bytes,
                             EvidenceMessage *ret_message);
void evidence_message_clear(EvidenceMessage *message);
