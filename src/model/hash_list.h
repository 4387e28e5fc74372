// SPDX-License-Identifier: Apache-2.0
//
// The words of hash lists and sets: hash types, what a set is for, and one entry of a list as its
// reader delivers it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/video.h"

typedef enum {
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA256,
    HASH_PDQ,
    HASH_COMPUTABLE_COUNT, // the types above can be computed and matched
    // Kept as they came, counted, said aloud to be not matchable.
    HASH_PHOTODNA = HASH_COMPUTABLE_COUNT,
    HASH_TMK_PDQF,
    HASH_OTHER, // netclean, videntifier, ssvh … : the type's own name is in the value
    HASH_TYPE_COUNT,
} HashType;

// "md5", "sha1", "sha256", "pdq", "photodna", "tmk_pdqf", "other".
const char *hash_type_name(HashType type);

// By name, any case, "-" and "_" ignored ("SHA-256"). False when unknown.
bool hash_type_from_name(const char *name, HashType *ret_type);

// Length in bytes of a value of a computable type.
size_t hash_type_bytes(HashType type);

// The longest computable value.
#define HASH_BYTES_MAX 32

typedef struct {
    HashType type;
    uint8_t value[HASH_BYTES_MAX]; // computable types
    char *text;                    // other types: as it came, bounded; else NULL
} ListHash;

// What a set is for.
typedef enum {
    SET_NOTABLE,   // illegal or sought
    SET_IGNORABLE, // leave out
    SET_ALERT,     // find and tell
    SET_KIND_COUNT,
} SetKind;

const char *set_kind_name(SetKind kind);
bool set_kind_from_name(const char *name, SetKind *ret_kind);

// What a category says through its scheme (schemes/).
typedef enum {
    MEANING_NEITHER,
    MEANING_NOTABLE,
    MEANING_IGNORABLE,
} Meaning;

const char *meaning_name(Meaning meaning);

// What a list asks to happen with an entry.
typedef enum {
    LIST_ENTRY_PRESENT,
    LIST_ENTRY_DELETED, // NCMEC deletedImage, StopNCII Withdrawn: withdraw it if it is there
} ListEntryAction;

// A stretch of a video that a list says something of of its own (VICS Segment).
typedef struct {
    double from, to; // seconds since the beginning
    char *category;  // as written in the list; NULL when not said
} ListSegment;

// One entry of a list. Texts are UTF-8, at most LIMIT_LIST_TEXT bytes, NULL when absent.
typedef struct {
    ListEntryAction action;
    char *key; // the list's own stable id ("member/id"); NULL: identified by its hashes
    ListHash *hashes;
    size_t hash_count;
    char *category; // as written in the list
    char *series;
    char *name; // a file name or label the list carries
    char *comment;
    bool has_size;
    uint64_t size_bytes;
    int victim_identified; // 1 yes, 0 no, -1 not said; the next two alike
    int offender_identified;
    int distributed;
    bool is_video;
    FrameHash *frames; // vPDQ, in order of time, at most LIMIT_LIST_FRAMES; NULL when none
    size_t frame_count;
    ListSegment *segments; // in order of time, at most LIMIT_LIST_SEGMENTS; NULL when none
    size_t segment_count;
    char *extra_json;  // members Clew has no field for, one JSON object, bounded; NULL when none
    uint64_t position; // line, or byte offset for formats without lines, where it began
} ListEntry;

void list_entry_init(ListEntry *entry);
// Frees what the entry holds and leaves it initialised, ready for the next.
void list_entry_clear(ListEntry *entry);

// Appends a hash; the text is copied (NULL for computable types). False when
// LIMIT_LIST_ENTRY_HASHES is reached.
bool list_entry_add_hash(ListEntry *entry, HashType type, const uint8_t *value, size_t size_bytes,
                         const char *text);

// Appends a frame or a segment (its category is copied). False when the limit is reached.
bool list_entry_add_frame(ListEntry *entry, const FrameHash *frame);
bool list_entry_add_segment(ListEntry *entry, double from, double to, const char *category);
