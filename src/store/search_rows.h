// SPDX-License-Identifier: Apache-2.0
//
// What search asks the tables, one case at a time. Who may see which case is decided in
// cases/search.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t media_id, item_id, note_id; // 0: none
    int64_t number; // what it is ordered by before the id, where it is a number
    char *text;     // where it is a text; else NULL
} SearchRow;
void search_row_clear(SearchRow *row);
GArray *search_rows_new(void);

// Appends the media with this digest: 16, 20 or 32 bytes.
bool search_rows_digest(Database *database, const uint8_t *digest, size_t size_bytes,
                        GArray *media_ids, GError **err);
// Items of a media in a case, behind an item.
bool search_rows_items(Database *database, uint64_t case_id, uint64_t media_id, uint64_t after_id,
                       unsigned limit, GArray *rows, GError **err);
// Items whose name begins so, in order of name and id, behind both (name NULL: from the start).
bool search_rows_prefix(Database *database, uint64_t case_id, const char *prefix,
                        const char *after_name, uint64_t after_id, unsigned limit, GArray *rows,
                        GError **err);
// Items modified in a time, in order of time and id, behind both.
bool search_rows_dates(Database *database, uint64_t case_id, int64_t from_us, int64_t to_us,
                       int64_t after_us, uint64_t after_id, unsigned limit, GArray *rows,
                       GError **err);

// The last of the next `count` items of a case; 0: there are none.
bool search_rows_block(Database *database, uint64_t case_id, uint64_t after_id, unsigned count,
                       uint64_t *ret_last, GError **err);
// Items of a block whose name, or whose findings, hold a text; patterns are of LIKE with a
// backslash as escape.
bool search_rows_name_part(Database *database, uint64_t case_id, uint64_t after_id,
                           uint64_t last_id, const char *pattern, unsigned limit, GArray *rows,
                           GError **err);
bool search_rows_finding(Database *database, uint64_t case_id, uint64_t after_id, uint64_t last_id,
                         const char *pattern, unsigned limit, GArray *rows, GError **err);

// Notes and tags that hold a text, in lower case.
bool search_rows_notes(Database *database, uint64_t case_id, uint64_t after_id, const char *pattern,
                       unsigned limit, GArray *rows, GError **err);
