// SPDX-License-Identifier: Apache-2.0
//
// What lies beside rows of media: findings of their items, tags, whether there is something to see.
// One statement each for a whole page.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/media_read.h"

// A media may have many items; so many of them that have findings are looked at. And so many tags
// are given.
#define MEDIA_MARKS_ITEMS 64u
#define MEDIA_MARKS_TAGS 64u

// Fills in the marks of rows (MediaListRow) of a case.
bool media_marks_read(Database *database, uint64_t case_id, GArray *rows, GError **err);
void media_marks_clear(MediaMarks *marks);

// Appends "(1, 2, 3)"; of none, "(0)".
void media_marks_append_ids(GString *sql, const uint64_t *ids, size_t count);
