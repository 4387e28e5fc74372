// SPDX-License-Identifier: Apache-2.0
//
// What goes into a case document, row by row and in an order that only the rows decide. Inside the
// caller's read transaction, so that all of it is one state.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/database.h"

// What was decided of a media in the case. Texts are borrowed during the call; NULL: nothing.
typedef struct {
    const char *category; // under the case's scheme
    const char *series;   // names, in alphabetical order the first
    bool victim_identified;
} VicsDecided;

// An element of an imported document.
typedef struct {
    const char *raw;
    const char *category, *series; // as it came
    int victim_identified;
    VicsDecided decided; // of the media it is, known by two digests or its SHA-256
} VicsElementRow;

typedef bool (*VicsElementCallback)(void *user_data, const VicsElementRow *row, GError **err);

// `kind` is "media" or "identifier"; a negative case_ordinal: of all cases of the document.
bool vics_export_elements(Database *database, uint64_t document_id, const char *kind,
                          int case_ordinal, VicsElementCallback callback, void *user_data,
                          GError **err);

// A media that was found in the case's evidence.
typedef struct {
    uint64_t media_id;
    Digests digests;
    uint64_t size_bytes;
    const char *media_type;
    bool is_video, has_dimensions, has_duration;
    uint32_t width, height, duration_ms;
    const uint8_t *hashes; // store/media_hashes.h; NULL: none
    size_t hashes_bytes;
    VicsDecided decided;
    const char *listed_category, *listed_by; // of an exact notable match; the set's name
} VicsOwnRow;

typedef bool (*VicsOwnCallback)(void *user_data, const VicsOwnRow *row, GError **err);

typedef struct {
    uint64_t case_id;
    uint64_t document_id; // without what this document holds; 0: any complete document of the case
    const char *scheme;   // of listed categories
    bool with_ignorable;
} VicsOwnSelection;

bool vics_export_own(Database *database, const VicsOwnSelection *selection,
                     VicsOwnCallback callback, void *user_data, GError **err);

typedef struct {
    const char *path, *times; // JSON
    const char *findings;     // JSON; NULL: none
    const uint8_t *item_key;
    size_t item_key_bytes;
} VicsItemRow;

typedef bool (*VicsItemCallback)(void *user_data, const VicsItemRow *row, GError **err);

bool vics_export_items(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                       VicsItemCallback callback, void *user_data, GError **err);
bool vics_export_item_count(Database *database, uint64_t case_id, uint64_t media_id,
                            uint64_t *ret_count, GError **err);

// Appends the details (char *) of what the sets say of a media.
bool vics_export_match_details(Database *database, uint64_t case_id, uint64_t media_id,
                               GPtrArray *details, GError **err);

// Elements of a complete document, or of all of the case (0), that have a category.
bool vics_export_categorized(Database *database, uint64_t case_id, uint64_t document_id,
                             uint64_t *ret_count, GError **err);
