// SPDX-License-Identifier: Apache-2.0
//
// Rows of media and items as people look at them: pages of lists, and all there is of one. Who may
// see which case is decided in cases/media_list.h. No perceptual hash is read here.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/database.h"

// What lies beside the row of a media; read by media_marks.h, else nothing.
typedef struct {
    GPtrArray *findings; // of its items, of char *: JSON as in a record; NULL: none
    GPtrArray *tags;     // its own and its stack's, of char *; NULL: none
    bool has_preview;
    char *no_preview; // why it has none; NULL: not said
} MediaMarks;

// A media of a case. Owns its texts.
typedef struct {
    uint64_t id;                      // of the row in the case: what lists are in order of
    uint64_t media_id, stack_id;      // no stack: 0
    char *kind, *decision, *category; // decision and category may be NULL
    bool is_near;
    unsigned distance, orientation; // to the leader of its stack, when is_near
    int64_t added_us;
    char *media_type, *family, *status, *reason;
    uint64_t size_bytes;
    int64_t width, height, frames, duration_ms; // -1: not known
    MediaMarks marks;
} MediaListRow;
void media_list_row_clear(MediaListRow *row);
GArray *media_list_rows_new(void); // of MediaListRow

// What a list is cut down to; NULL or 0: not by this. Texts are words of the program's own, except
// `tag`, which the media or its stack bears.
typedef struct {
    const char *kind, *decision; // decision "open": neither decided nor disputed
    const char *family, *status, *finding, *tag;
    uint64_t stack_id;
    bool newest_first;
} MediaListFilter;

// Appends at most `limit` rows behind the row `after_id` (0: from the beginning), looking at no
// more than `scan` rows of the case. *ret_horizon is the last row that was looked at when there may
// be more behind it, so that a page can be short and yet not the last; else 0.
bool media_read_list(Database *database, uint64_t case_id, const MediaListFilter *filter,
                     uint64_t after_id, unsigned limit, unsigned scan, GArray *rows,
                     uint64_t *ret_horizon, GError **err);

// Appends those of these media that are in the case, in this order.
bool media_read_these(Database *database, uint64_t case_id, const uint64_t *media_ids, size_t count,
                      GArray *rows, GError **err);

// All there is of one media in a case. *ret_found false: it is not in the case.
typedef struct {
    MediaListRow row;
    Digests digests;
    char *facts;          // JSON; NULL: none
    uint64_t stack_media; // in its stack
} MediaDetail;
void media_detail_clear(MediaDetail *detail);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MediaDetail, media_detail_clear)
bool media_read_detail(Database *database, uint64_t case_id, uint64_t media_id,
                       MediaDetail *ret_detail, bool *ret_found, GError **err);

// Its matches in the case.
typedef struct {
    uint64_t entry_id;
    char *detail; // JSON
} MediaMatchRow;
GArray *media_match_rows_new(void);
bool media_read_matches(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                        GArray *rows, GError **err);

typedef struct {
    char *kind;
    unsigned ordinal;
    int64_t milliseconds; // -1: of no frame
} MediaPreviewRow;
GArray *media_preview_rows_new(void);
// *ret_missing: why there are none; NULL: not said. g_free().
bool media_read_previews(Database *database, uint64_t media_id, GArray *rows, char **ret_missing,
                         GError **err);

// ---- Items --------------------------------------------------------------------------------------

typedef struct {
    uint64_t id, evidence_id, media_id; // no media: 0
    char *path, *locator, *status, *reason, *times, *findings;
    char *evidence, *root; // name and place of the evidence
    int64_t size_bytes;    // -1: not known
} ItemListRow;
GArray *item_list_rows_new(void); // of ItemListRow

typedef struct {
    uint64_t media_id;    // of this media alone
    uint64_t evidence_id; // in this evidence alone
    bool not_examined;    // those alone that could not be examined
} ItemListFilter;
bool media_read_items(Database *database, uint64_t case_id, const ItemListFilter *filter,
                      uint64_t after_id, unsigned limit, unsigned scan, GArray *rows,
                      uint64_t *ret_horizon, GError **err);

// One item with the content it must have; *ret_found false: not in the case.
typedef struct {
    ItemListRow row;
    bool has_digests;
    uint8_t sha256[SHA256_BYTES];
    char *media_type; // NULL: no media
} ItemSource;
void item_source_clear(ItemSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ItemSource, item_source_clear)
bool media_read_item(Database *database, uint64_t case_id, uint64_t item_id, ItemSource *ret_source,
                     bool *ret_found, GError **err);

// ---- Previews that are wanted -------------------------------------------------------------------

// The media with this content if it needs eyes in the case; 0: it does not. *ret_has_preview says
// whether there are previews, or why there are none.
bool media_read_wants(Database *database, uint64_t case_id, const uint8_t sha256[SHA256_BYTES],
                      uint64_t *ret_media_id, bool *ret_has_preview, GError **err);
