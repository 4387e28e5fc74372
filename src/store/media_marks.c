// SPDX-License-Identifier: Apache-2.0
#include "store/media_marks.h"

void media_marks_clear(MediaMarks *marks)
{
    g_clear_pointer(&marks->findings, g_ptr_array_unref);
    g_clear_pointer(&marks->tags, g_ptr_array_unref);
    g_clear_pointer(&marks->no_preview, g_free);
}

void media_marks_append_ids(GString *sql, const uint64_t *ids, size_t count)
{
    g_string_append_c(sql, '(');
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(sql, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", ids[i]);
    g_string_append(sql, count > 0 ? ")" : "0)");
}

static void add_text(GPtrArray **texts, const char *text, unsigned limit)
{
    if (text == NULL)
        return;
    if (*texts == NULL)
        *texts = g_ptr_array_new_with_free_func(g_free);
    if ((*texts)->len < limit && !g_ptr_array_find_with_equal_func(*texts, text, g_str_equal, NULL))
        g_ptr_array_add(*texts, g_strdup(text));
}

typedef void AddMark(const Statement *found, MediaListRow *row);

// Gives every row that the statement has to the media that it is about.
static bool each_mark(Database *database, uint64_t case_id, const char *sql, GArray *rows,
                      AddMark *add, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, sql, err);
    bool found = statement != NULL;
    if (found && case_id != 0)
        statement_bind_int(statement, 1, (int64_t)case_id);
    while (found) {
        if (!statement_step(statement, &found, err))
            return false;
        for (unsigned i = 0; found && i < rows->len; i++)
            add(statement, &g_array_index(rows, MediaListRow, i));
    }
    return statement != NULL;
}

static bool is_of_media(const Statement *found, const MediaListRow *row)
{
    return (uint64_t)statement_int(found, 0) == row->media_id;
}

static void add_finding(const Statement *found, MediaListRow *row)
{
    if (is_of_media(found, row))
        add_text(&row->marks.findings, statement_text(found, 1), MEDIA_MARKS_ITEMS);
}

static void add_preview(const Statement *found, MediaListRow *row)
{
    if (is_of_media(found, row))
        row->marks.has_preview = true;
}

static void add_reason(const Statement *found, MediaListRow *row)
{
    if (is_of_media(found, row) && row->marks.no_preview == NULL)
        row->marks.no_preview = g_strdup(statement_text(found, 1));
}

static void add_tag(const Statement *found, MediaListRow *row)
{
    bool is_stack = statement_int(found, 1) != 0;
    if ((uint64_t)statement_int(found, 0) == (is_stack ? row->stack_id : row->id))
        add_text(&row->marks.tags, statement_text(found, 2), MEDIA_MARKS_TAGS);
}

// Rows that can be tagged: the media themselves and the leaders of their stacks.
static bool read_tags(Database *database, uint64_t case_id, GArray *rows, GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; i < rows->len; i++) {
        const MediaListRow *row = &g_array_index(rows, MediaListRow, i);
        g_array_append_val(ids, row->id);
        if (row->stack_id != 0)
            g_array_append_val(ids, row->stack_id);
    }
    g_autoptr(GString) sql = g_string_new("SELECT n.case_media_id, n.is_stack, n.text FROM note n "
                                          "WHERE n.kind = 'tag' AND n.removed_us IS NULL AND "
                                          "n.case_id = ?1 AND n.case_media_id IN ");
    media_marks_append_ids(sql, (const uint64_t *)(const void *)ids->data, ids->len);
    g_string_append_printf(sql, " ORDER BY n.id LIMIT %u", rows->len * 2 * MEDIA_MARKS_TAGS);
    return each_mark(database, case_id, sql->str, rows, add_tag, err);
}

bool media_marks_read(Database *database, uint64_t case_id, GArray *rows, GError **err)
{
    if (rows->len == 0)
        return true;
    g_autoptr(GString) in = g_string_new("IN ");
    g_autofree uint64_t *ids = g_new(uint64_t, rows->len);
    for (unsigned i = 0; i < rows->len; i++)
        ids[i] = g_array_index(rows, MediaListRow, i).media_id;
    media_marks_append_ids(in, ids, rows->len);
    g_autofree char *findings = g_strdup_printf(
        "SELECT media_id, findings FROM (SELECT media_id, findings, row_number() OVER (PARTITION "
        "BY media_id ORDER BY id) AS place FROM item WHERE case_id = ?1 AND findings IS NOT NULL "
        "AND media_id %s) AS ranked WHERE place <= %u",
        in->str, MEDIA_MARKS_ITEMS);
    g_autofree char *previews =
        g_strdup_printf("SELECT DISTINCT media_id FROM preview WHERE media_id %s", in->str);
    g_autofree char *reasons =
        g_strdup_printf("SELECT media_id, reason FROM preview_missing WHERE media_id %s", in->str);
    return each_mark(database, case_id, findings, rows, add_finding, err) &&
           read_tags(database, case_id, rows, err) &&
           each_mark(database, 0, previews, rows, add_preview, err) &&
           each_mark(database, 0, reasons, rows, add_reason, err);
}
