// SPDX-License-Identifier: Apache-2.0
//
// Rows of notes and tags on media and stacks. The rules stand in cases/notes.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t id, seq;
    uint64_t case_id, case_media_id; // of a stack: its leader
    bool is_stack;
    bool is_tag;
    char *text; // NULL once it was removed
    uint64_t account_id;
    int64_t made_us;
    int64_t removed_us; // 0: it stands
    uint64_t removed_by;
} NoteRow;

void note_row_clear(NoteRow *row);

// Inserts, or writes what may change of a row that exists: its removal.
bool note_rows_write(Database *database, const NoteRow *row, GError **err);
bool note_rows_get(Database *database, uint64_t id, NoteRow *ret_row, bool *ret_found,
                   GError **err);
// Appends those on one media or stack behind `after`, by id, removed ones too (NoteRow by value,
// the caller's to clear).
bool note_rows_list(Database *database, uint64_t case_media_id, bool is_stack, uint64_t after,
                    unsigned limit, GArray *rows, GError **err);
// The standing tag with this text; 0: there is none.
bool note_rows_find_tag(Database *database, uint64_t case_media_id, bool is_stack, const char *text,
                        uint64_t *ret_id, GError **err);
// Appends the ids (uint64_t) of case_media with a tag, behind `after`, by id of the tag's row, and
// these ids to `tags`.
bool note_rows_tagged(Database *database, uint64_t case_id, const char *text, uint64_t after,
                      unsigned limit, GArray *tags, GArray *case_media, GError **err);
// 0 when the media or stack is not in the case.
bool note_rows_target(Database *database, uint64_t case_id, uint64_t media_or_stack_id,
                      bool is_stack, uint64_t *ret_case_media_id, GError **err);
