// SPDX-License-Identifier: Apache-2.0
#include "cases/notes.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "store/case_rows.h"

static bool check_text(const char *what, const char *text, size_t limit, bool may_have_lines,
                       GError **err)
{
    size_t length = strlen(text);
    bool ok = length >= 1 && length <= limit && g_utf8_validate(text, -1, NULL);
    for (const char *at = text; ok && *at != '\0'; at++)
        ok = ((unsigned char)*at >= ' ' && *at != '\x7f') ||
             (may_have_lines && (*at == '\n' || *at == '\t'));
    if (!ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a %s is 1 to %zu bytes of text without control characters", what, limit);
    return ok;
}

// The case, open, of which the actor is a member.
static CaseFile *case_of_member(Act *act, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    uint64_t account_id = act_actor(act)->account_id, member = 0;
    if (file == NULL)
        return NULL;
    if (account_id != 0 && !case_rows_member(act_database(act), case_id, account_id, &member, err))
        return NULL;
    if (account_id != 0 && member == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "only members of case %s write notes in it",
                    file->number);
        return NULL;
    }
    return g_steal_pointer(&file);
}

static bool find_target(Database *database, NoteTarget target, uint64_t *ret_case_media_id,
                        GError **err)
{
    if (!note_rows_target(database, target.case_id, target.id, target.is_stack, ret_case_media_id,
                          err))
        return false;
    if (*ret_case_media_id == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no %s %" G_GUINT64_FORMAT " in this case",
                    target.is_stack ? "stack" : "media", target.id);
    return *ret_case_media_id != 0;
}

static bool add(Act *act, NoteTarget target, uint64_t case_media_id, bool is_tag, const char *text,
                uint64_t *ret_id, GError **err)
{
    if (!act_new_ids(act, TABLE_NOTE, 1, ret_id, err))
        return false;
    const NoteRow row = {.id = *ret_id,
                         .seq = act_seq(act),
                         .case_id = target.case_id,
                         .case_media_id = case_media_id,
                         .is_stack = target.is_stack,
                         .is_tag = is_tag,
                         .text = (char *)text,
                         .account_id = act_actor(act)->account_id,
                         .made_us = act_now_us(act)};
    act_wrote(act, TABLE_NOTE, *ret_id);
    act_set_object(act, "note %" G_GUINT64_FORMAT, *ret_id);
    return note_rows_write(act_database(act), &row, err);
}

bool note_add(Act *act, NoteTarget target, const char *text, uint64_t *ret_id, GError **err)
{
    g_autoptr(CaseFile) file = case_of_member(act, target.case_id, err);
    uint64_t case_media_id;
    return file != NULL && check_text("note", text, LIMIT_NOTE_BYTES, true, err) &&
           find_target(act_database(act), target, &case_media_id, err) &&
           add(act, target, case_media_id, false, text, ret_id, err);
}

char *tag_fold(const char *tag, GError **err)
{
    if (!check_text("tag", tag, LIMIT_TAG_BYTES, false, err))
        return NULL;
    g_autofree char *folded = g_strstrip(g_utf8_strdown(tag, -1));
    return check_text("tag", folded, LIMIT_TAG_BYTES, false, err) ? g_steal_pointer(&folded) : NULL;
}

bool tag_add(Act *act, NoteTarget target, const char *tag, uint64_t *ret_id, GError **err)
{
    g_autoptr(CaseFile) file = case_of_member(act, target.case_id, err);
    g_autofree char *folded = file != NULL ? tag_fold(tag, err) : NULL;
    uint64_t case_media_id;
    if (folded == NULL || !find_target(act_database(act), target, &case_media_id, err) ||
        !note_rows_find_tag(act_database(act), case_media_id, target.is_stack, folded, ret_id, err))
        return false;
    return *ret_id != 0 || add(act, target, case_media_id, true, folded, ret_id, err);
}

static bool check_removable(Act *act, uint64_t case_id, uint64_t id, const NoteRow *row, bool found,
                            GError **err)
{
    const Actor *actor = act_actor(act);
    bool is_own = found && row->account_id == actor->account_id;
    bool may_write = (actor->permissions & PERMISSION_BIT(PERMISSION_CASE_WRITE)) != 0;
    if (!found || row->case_id != case_id)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no note %" G_GUINT64_FORMAT " in this case", id);
    else if (row->removed_us != 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "note %" G_GUINT64_FORMAT " was removed already", id);
    else if (!is_own && !may_write)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "note %" G_GUINT64_FORMAT
                    " is somebody else's; its author removes it, or who may write the case",
                    id);
    else
        return true;
    return false;
}

bool note_remove(Act *act, uint64_t case_id, uint64_t id, GError **err)
{
    g_autoptr(CaseFile) file = case_of_member(act, case_id, err);
    NoteRow row = {0};
    bool found;
    if (file == NULL || !note_rows_get(act_database(act), id, &row, &found, err))
        return false;
    bool ok = check_removable(act, case_id, id, &row, found, err) &&
              act_supersedes(act, TABLE_NOTE, id, err);
    note_row_clear(&row);
    row.seq = act_seq(act);
    row.removed_us = act_now_us(act);
    row.removed_by = act_actor(act)->account_id;
    act_set_object(act, "note %" G_GUINT64_FORMAT, id);
    return ok && note_rows_write(act_database(act), &row, err);
}

static void clear_note(gpointer row)
{
    note_row_clear(row);
}

GArray *note_list(Casework *work, const Actor *actor, NoteTarget target, uint64_t after,
                  GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, target.case_id, err);
    uint64_t case_media_id;
    if (file == NULL || !find_target(casework_database(work), target, &case_media_id, err))
        return NULL;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(NoteRow));
    g_array_set_clear_func(rows, clear_note);
    if (!note_rows_list(casework_database(work), case_media_id, target.is_stack, after,
                        LIMIT_NOTES_LISTED, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}

GArray *tag_find(Casework *work, const Actor *actor, uint64_t case_id, const char *tag,
                 uint64_t after, unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autofree char *folded = file != NULL ? tag_fold(tag, err) : NULL;
    g_autoptr(GArray) tags = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) media = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (folded == NULL || !note_rows_tagged(casework_database(work), case_id, folded, after,
                                            MIN(limit, LIMIT_NOTES_LISTED), tags, media, err))
        return NULL;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(TaggedMedia));
    for (unsigned i = 0; i < tags->len; i++) {
        TaggedMedia tagged = {.tag_id = g_array_index(tags, uint64_t, i),
                              .case_media_id = g_array_index(media, uint64_t, i)};
        g_array_append_val(found, tagged);
    }
    return found;
}
