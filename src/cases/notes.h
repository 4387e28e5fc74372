// SPDX-License-Identifier: Apache-2.0
//
// Notes and tags: what people write beside a media or a stack. Rows are only ever added; one that
// is removed stays as a row that says when and by whom, without its text.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/note_rows.h"

// A media of the case, or a stack.
typedef struct {
    uint64_t case_id;
    uint64_t id; // media id, or stack id
    bool is_stack;
} NoteTarget;

// 1 to LIMIT_NOTE_BYTES bytes of text. The actor must be a member of the case, as below.
bool note_add(Act *act, NoteTarget target, const char *text, uint64_t *ret_id, GError **err);

// 1 to LIMIT_TAG_BYTES bytes on one line; kept in lower case without blanks around it. A tag that
// is there already changes nothing, and *ret_id is its id.
char *tag_fold(const char *tag, GError **err); // as it is kept; newly allocated
bool tag_add(Act *act, NoteTarget target, const char *tag, uint64_t *ret_id, GError **err);

// Removes a note or tag: of the actor, or anybody's for who may write the case
// (PERMISSION_CASE_WRITE). CLEW_ERROR_CONFLICT when it is gone already.
bool note_remove(Act *act, uint64_t case_id, uint64_t id, GError **err);

// Those behind `after`, by id, at most LIMIT_NOTES_LISTED, removed ones too: NoteRow by value; the
// array owns the texts.
GArray *note_list(Casework *work, const Actor *actor, NoteTarget target, uint64_t after,
                  GError **err);

// Where a tag stands in a case: TaggedMedia by value, those behind the tag `after`.
typedef struct {
    uint64_t tag_id, case_media_id;
} TaggedMedia;
GArray *tag_find(Casework *work, const Actor *actor, uint64_t case_id, const char *tag,
                 uint64_t after, unsigned limit, GError **err);
