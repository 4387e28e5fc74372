// SPDX-License-Identifier: Apache-2.0
//
// Lists go along an index and look at a bounded number of rows, because a filter may fit none of a
// million. Where no index is in order of the whole list, several arms are read, each in order and
// no longer than a page, and merged.
#include "store/media_read.h"

#include <string.h>

#include "base/error.h"
#include "store/bound.h"
#include "store/media_filter.h"
#include "store/media_marks.h"

// ---- Rows ---------------------------------------------------------------------------------------

static char *copy_text(const Statement *statement, int column)
{
    return g_strdup(statement_text(statement, column));
}

static int64_t number_or_none(const Statement *statement, int column)
{
    return statement_is_null(statement, column) ? -1 : statement_int(statement, column);
}

static bool copy_digest(const Statement *statement, int column, uint8_t *ret_digest, size_t size)
{
    size_t size_bytes;
    const uint8_t *bytes = statement_blob(statement, column, &size_bytes);
    bool fits = bytes != NULL && size_bytes == size;
    if (fits)
        memcpy(ret_digest, bytes, size);
    return fits;
}

void media_list_row_clear(MediaListRow *row)
{
    g_free(row->kind);
    g_free(row->decision);
    g_free(row->category);
    g_free(row->media_type);
    g_free(row->family);
    g_free(row->status);
    g_free(row->reason);
    media_marks_clear(&row->marks);
}

static void clear_media_row(void *row)
{
    media_list_row_clear(row);
}

GArray *media_list_rows_new(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(MediaListRow));
    g_array_set_clear_func(rows, clear_media_row);
    return rows;
}

void media_detail_clear(MediaDetail *detail)
{
    media_list_row_clear(&detail->row);
    g_free(detail->facts);
}

#define MEDIA_COLUMNS                                                                              \
    "c.id, c.media_id, c.stack_id, c.kind, c.decision, c.category, c.distance, c.orientation, "    \
    "c.added_us, m.media_type, m.family, m.status, m.reason, m.size_bytes, m.width, m.height, "    \
    "m.frames, m.duration_ms"
#define MEDIA_COLUMN_COUNT 18

static MediaListRow read_media_row(const Statement *statement)
{
    return (MediaListRow){.id = (uint64_t)statement_int(statement, 0),
                          .media_id = (uint64_t)statement_int(statement, 1),
                          .stack_id = (uint64_t)statement_int(statement, 2),
                          .kind = copy_text(statement, 3),
                          .decision = copy_text(statement, 4),
                          .category = copy_text(statement, 5),
                          .is_near = !statement_is_null(statement, 6),
                          .distance = (unsigned)statement_int(statement, 6),
                          .orientation = (unsigned)statement_int(statement, 7),
                          .added_us = statement_int(statement, 8),
                          .media_type = copy_text(statement, 9),
                          .family = copy_text(statement, 10),
                          .status = copy_text(statement, 11),
                          .reason = copy_text(statement, 12),
                          .size_bytes = (uint64_t)statement_int(statement, 13),
                          .width = number_or_none(statement, 14),
                          .height = number_or_none(statement, 15),
                          .frames = number_or_none(statement, 16),
                          .duration_ms = number_or_none(statement, 17)};
}

// ---- Lists of media -----------------------------------------------------------------------------

// Parameters: ?1 case, ?2 id behind which it goes on, ?3 rows of an arm, ?4 the last id, ?5 rows in
// all, and then the filters' texts in their order.
#define FIRST_TEXT 6

// Along which indexes a list goes: conditions, each of which has one index in order of id.
static void append_arms(GString *sql, const MediaListFilter *filter, const char *columns)
{
    static const char *const of_kinds[] = {"kind = 'new'", "kind = 'notable'",
                                           "kind = 'ignorable'"};
    static const char *const kinds[] = {"new", "notable", "ignorable"};
    g_autoptr(GPtrArray) arms = g_ptr_array_new_with_free_func(g_free);
    if (filter->stack_id != 0)
        g_ptr_array_add(arms, g_strdup_printf("stack_id = %" G_GUINT64_FORMAT, filter->stack_id));
    else if (g_strcmp0(filter->decision, "decided") == 0)
        g_ptr_array_add(arms, g_strdup("decision IS NOT NULL AND decision = 'decided'"));
    else if (g_strcmp0(filter->decision, "disputed") == 0)
        g_ptr_array_add(arms, g_strdup("decision IS NOT NULL AND decision = 'disputed'"));
    bool by_kind = arms->len == 0;
    for (size_t i = 0; by_kind && i < G_N_ELEMENTS(kinds); i++)
        if (filter->kind == NULL || g_str_equal(filter->kind, kinds[i]))
            g_ptr_array_add(arms, g_strdup(of_kinds[i]));
    for (unsigned i = 0; i < arms->len; i++)
        g_string_append_printf(
            sql,
            "%sSELECT * FROM (SELECT %s FROM case_media WHERE case_id = ?1 AND %s AND id %s ?2 "
            "ORDER BY id %s LIMIT ?3) AS arm%u",
            i == 0 ? "" : " UNION ALL ", columns, (const char *)arms->pdata[i],
            filter->newest_first ? "<" : ">", filter->newest_first ? "DESC" : "ASC", i);
}

// Whether a row may have to be passed over.
static bool is_filtered(const MediaListFilter *filter)
{
    bool in_arms = (filter->stack_id == 0 && filter->decision == NULL) ||
                   (filter->kind == NULL && g_strcmp0(filter->decision, "open") != 0 &&
                    (filter->stack_id == 0 || filter->decision == NULL));
    return !in_arms || filter->family != NULL || filter->status != NULL ||
           filter->finding != NULL || filter->tag != NULL;
}

static int64_t first_id(bool newest_first, uint64_t after_id)
{
    return after_id == 0 && newest_first ? INT64_MAX : (int64_t)after_id;
}

// The last of the next `scan` rows in order; 0: there are not so many.
static bool find_horizon(Database *database, uint64_t case_id, const MediaListFilter *filter,
                         uint64_t after_id, unsigned scan, uint64_t *ret_horizon, GError **err)
{
    g_autoptr(GString) sql = g_string_new("SELECT id FROM (");
    append_arms(sql, filter, "id");
    g_string_append_printf(sql, ") AS block ORDER BY id %s LIMIT 1 OFFSET ?4",
                           filter->newest_first ? "DESC" : "ASC");
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    bool row = false;
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    statement_bind_int(statement, 2, first_id(filter->newest_first, after_id));
    statement_bind_int(statement, 3, scan);
    statement_bind_int(statement, 4, (int64_t)scan - 1);
    if (!statement_step(statement, &row, err))
        return false;
    *ret_horizon = row ? (uint64_t)statement_int(statement, 0) : 0;
    return true;
}

static bool append_rows(Statement *statement, GArray *rows, GError **err)
{
    for (bool row = true; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        const MediaListRow one = read_media_row(statement);
        g_array_append_val(rows, one);
    }
    return true;
}

bool media_read_list(Database *database, uint64_t case_id, const MediaListFilter *filter,
                     uint64_t after_id, unsigned limit, unsigned scan, GArray *rows,
                     uint64_t *ret_horizon, GError **err)
{
    bool filtered = is_filtered(filter);
    uint64_t horizon = 0;
    if (filtered && !find_horizon(database, case_id, filter, after_id, scan, &horizon, err))
        return false;
    g_autoptr(GString) sql = g_string_new("SELECT " MEDIA_COLUMNS " FROM (");
    append_arms(sql, filter,
                "id, media_id, stack_id, kind, decision, category, distance, orientation, "
                "added_us");
    g_string_append_printf(sql, ") AS c JOIN media m ON m.id = c.media_id WHERE c.id %s ?4",
                           filter->newest_first ? ">=" : "<=");
    const char *texts[MEDIA_FILTER_TEXTS];
    unsigned count =
        media_filter_append(sql, filter, (MediaFilterPlace){.first = FIRST_TEXT}, texts);
    g_string_append_printf(sql, " ORDER BY c.id %s LIMIT ?5",
                           filter->newest_first ? "DESC" : "ASC");
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    if (statement == NULL)
        return false;
    int64_t last = filter->newest_first ? 0 : INT64_MAX;
    statement_bind_int(statement, 1, (int64_t)case_id);
    statement_bind_int(statement, 2, first_id(filter->newest_first, after_id));
    statement_bind_int(statement, 3, filtered ? scan : limit);
    statement_bind_int(statement, 4, horizon != 0 ? (int64_t)horizon : last);
    statement_bind_int(statement, 5, limit);
    for (unsigned i = 0; i < count; i++)
        statement_bind_text(statement, FIRST_TEXT + (int)i, texts[i]);
    unsigned before = rows->len;
    if (!append_rows(statement, rows, err))
        return false;
    *ret_horizon = rows->len - before < limit ? horizon : 0;
    return true;
}

bool media_read_these(Database *database, uint64_t case_id, const uint64_t *media_ids, size_t count,
                      GArray *rows, GError **err)
{
    g_autoptr(GArray) found = media_list_rows_new();
    g_autoptr(GString) sql =
        g_string_new("SELECT " MEDIA_COLUMNS " FROM case_media c JOIN media m ON m.id = c.media_id "
                     "WHERE c.case_id = ?1 AND c.media_id IN ");
    media_marks_append_ids(sql, media_ids, count);
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    if (!append_rows(statement, found, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (unsigned j = 0; j < found->len; j++)
            if (g_array_index(found, MediaListRow, j).media_id == media_ids[i]) {
                MediaListRow *row = &g_array_index(found, MediaListRow, j);
                g_array_append_vals(rows, row, 1);
                *row = (MediaListRow){0}; // each once, however often it was asked for
            }
    return true;
}

// ---- One media ----------------------------------------------------------------------------------

bool media_read_detail(Database *database, uint64_t case_id, uint64_t media_id,
                       MediaDetail *ret_detail, bool *ret_found, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT " MEDIA_COLUMNS ", m.md5, m.sha1, m.sha256, m.facts, s.media_count "
        "FROM case_media c JOIN media m ON m.id = c.media_id LEFT JOIN stack s ON s.id = "
        "c.stack_id WHERE c.case_id = ?1 AND c.media_id = ?2",
        "uu", case_id, media_id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (!*ret_found)
        return true;
    ret_detail->row = read_media_row(statement);
    bool sound =
        copy_digest(statement, MEDIA_COLUMN_COUNT, ret_detail->digests.md5, MD5_BYTES) &&
        copy_digest(statement, MEDIA_COLUMN_COUNT + 1, ret_detail->digests.sha1, SHA1_BYTES) &&
        copy_digest(statement, MEDIA_COLUMN_COUNT + 2, ret_detail->digests.sha256, SHA256_BYTES);
    ret_detail->facts = copy_text(statement, MEDIA_COLUMN_COUNT + 3);
    ret_detail->stack_media = (uint64_t)statement_int(statement, MEDIA_COLUMN_COUNT + 4);
    statement_reset(statement);
    if (!sound)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: media %" G_GUINT64_FORMAT " has impossible digests",
                    media_id);
    return sound;
}

static void clear_match(void *row)
{
    g_free(((MediaMatchRow *)row)->detail);
}

GArray *media_match_rows_new(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(MediaMatchRow));
    g_array_set_clear_func(rows, clear_match);
    return rows;
}

bool media_read_matches(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                        GArray *rows, GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT entry_id, detail FROM media_match WHERE "
                                           "media_id = ?1 AND case_id = ?2 ORDER BY id LIMIT ?3",
                                           "uui", media_id, case_id, (int64_t)limit);
    for (bool row = statement != NULL; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        const MediaMatchRow one = {(uint64_t)statement_int(statement, 0), copy_text(statement, 1)};
        g_array_append_val(rows, one);
    }
    return statement != NULL;
}

static void clear_preview(void *row)
{
    g_free(((MediaPreviewRow *)row)->kind);
}

GArray *media_preview_rows_new(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(MediaPreviewRow));
    g_array_set_clear_func(rows, clear_preview);
    return rows;
}

static bool read_missing(Database *database, uint64_t media_id, char **ret_missing, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT reason FROM preview_missing WHERE media_id = ?1", "u", media_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_missing = row ? copy_text(statement, 0) : NULL;
    if (row)
        statement_reset(statement);
    return true;
}

bool media_read_previews(Database *database, uint64_t media_id, GArray *rows, char **ret_missing,
                         GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT kind, ordinal, milliseconds FROM preview WHERE "
                                           "media_id = ?1 ORDER BY kind, ordinal",
                                           "u", media_id);
    for (bool row = statement != NULL; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        const MediaPreviewRow one = {copy_text(statement, 0), (unsigned)statement_int(statement, 1),
                                     number_or_none(statement, 2)};
        g_array_append_val(rows, one);
    }
    return statement != NULL && read_missing(database, media_id, ret_missing, err);
}

// ---- Items --------------------------------------------------------------------------------------

static void clear_item(ItemListRow *row)
{
    g_free(row->path);
    g_free(row->locator);
    g_free(row->status);
    g_free(row->reason);
    g_free(row->times);
    g_free(row->findings);
    g_free(row->evidence);
    g_free(row->root);
}

static void clear_item_row(void *row)
{
    clear_item(row);
}

GArray *item_list_rows_new(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ItemListRow));
    g_array_set_clear_func(rows, clear_item_row);
    return rows;
}

void item_source_clear(ItemSource *source)
{
    clear_item(&source->row);
    g_free(source->media_type);
}

#define ITEM_COLUMNS                                                                               \
    "i.id, i.evidence_id, i.media_id, i.path, i.locator, i.status, i.reason, i.times, "            \
    "i.findings, e.name, e.root, i.size_bytes"
#define ITEM_COLUMN_COUNT 12

static ItemListRow read_item_row(const Statement *statement)
{
    return (ItemListRow){.id = (uint64_t)statement_int(statement, 0),
                         .evidence_id = (uint64_t)statement_int(statement, 1),
                         .media_id = (uint64_t)statement_int(statement, 2),
                         .path = copy_text(statement, 3),
                         .locator = copy_text(statement, 4),
                         .status = copy_text(statement, 5),
                         .reason = copy_text(statement, 6),
                         .times = copy_text(statement, 7),
                         .findings = copy_text(statement, 8),
                         .evidence = copy_text(statement, 9),
                         .root = copy_text(statement, 10),
                         .size_bytes = number_or_none(statement, 11)};
}

// Which items of a case a list looks at: ?1 case, ?2 id behind which it goes on, ?3 so many.
static const char *items_looked_at(const ItemListFilter *filter)
{
    if (filter->media_id != 0)
        return "SELECT * FROM item WHERE media_id = ?6 AND case_id = ?1 AND id > ?2 ORDER BY id "
               "LIMIT ?3";
    return "SELECT * FROM item WHERE case_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
}

static bool find_item_horizon(Database *database, uint64_t case_id, uint64_t after_id,
                              unsigned scan, uint64_t *ret_horizon, GError **err)
{
    int64_t last = 0;
    bool found;
    if (!bound_number(database, &last, &found, err,
                      "SELECT id FROM item WHERE case_id = ?1 AND id > ?2 ORDER BY id LIMIT 1 "
                      "OFFSET ?3",
                      "uui", case_id, after_id, (int64_t)scan - 1))
        return false;
    *ret_horizon = found ? (uint64_t)last : 0;
    return true;
}

bool media_read_items(Database *database, uint64_t case_id, const ItemListFilter *filter,
                      uint64_t after_id, unsigned limit, unsigned scan, GArray *rows,
                      uint64_t *ret_horizon, GError **err)
{
    bool filtered = filter->media_id == 0 && (filter->evidence_id != 0 || filter->not_examined);
    uint64_t horizon = 0;
    if (filtered && !find_item_horizon(database, case_id, after_id, scan, &horizon, err))
        return false;
    g_autoptr(GString) sql = g_string_new("SELECT " ITEM_COLUMNS " FROM (");
    g_string_append_printf(
        sql,
        "%s) AS i JOIN evidence e ON e.id = i.evidence_id WHERE i.id <= ?4%s%s "
        "ORDER BY i.id LIMIT ?5",
        items_looked_at(filter), filter->not_examined ? " AND i.status <> 'ok'" : "",
        filter->evidence_id != 0
            ? (filter->media_id != 0 ? " AND i.evidence_id = ?7" : " AND i.evidence_id = ?6")
            : "");
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    if (statement == NULL)
        return false;
    int position = FIRST_TEXT;
    statement_bind_int(statement, 1, (int64_t)case_id);
    statement_bind_int(statement, 2, (int64_t)after_id);
    statement_bind_int(statement, 3, filtered ? scan : limit);
    statement_bind_int(statement, 4, horizon != 0 ? (int64_t)horizon : INT64_MAX);
    statement_bind_int(statement, 5, limit);
    if (filter->media_id != 0)
        statement_bind_int(statement, position++, (int64_t)filter->media_id);
    if (filter->evidence_id != 0)
        statement_bind_int(statement, position, (int64_t)filter->evidence_id);
    unsigned before = rows->len;
    for (bool row = true; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        const ItemListRow one = read_item_row(statement);
        g_array_append_val(rows, one);
    }
    *ret_horizon = rows->len - before < limit ? horizon : 0;
    return true;
}

bool media_read_item(Database *database, uint64_t case_id, uint64_t item_id, ItemSource *ret_source,
                     bool *ret_found, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT " ITEM_COLUMNS ", m.sha256, m.media_type FROM item i JOIN evidence e ON e.id = "
        "i.evidence_id LEFT JOIN media m ON m.id = i.media_id WHERE i.id = ?1 AND i.case_id = ?2",
        "uu", item_id, case_id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (!*ret_found)
        return true;
    ret_source->row = read_item_row(statement);
    ret_source->has_digests =
        copy_digest(statement, ITEM_COLUMN_COUNT, ret_source->sha256, SHA256_BYTES);
    ret_source->media_type = copy_text(statement, ITEM_COLUMN_COUNT + 1);
    statement_reset(statement);
    return true;
}

// ---- Previews that are wanted -------------------------------------------------------------------

bool media_read_wants(Database *database, uint64_t case_id, const uint8_t sha256[SHA256_BYTES],
                      uint64_t *ret_media_id, bool *ret_has_preview, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT m.id, CASE WHEN EXISTS (SELECT 1 FROM preview p WHERE p.media_id = m.id) OR EXISTS "
        "(SELECT 1 FROM preview_missing q WHERE q.media_id = m.id) THEN 1 ELSE 0 END FROM media m "
        "JOIN case_media c ON c.media_id = m.id AND c.case_id = ?1 WHERE m.sha256 = ?2 AND c.kind "
        "= 'new'",
        "ub", case_id, sha256, (size_t)SHA256_BYTES);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_media_id = row ? (uint64_t)statement_int(statement, 0) : 0;
    *ret_has_preview = row && statement_int(statement, 1) != 0;
    if (row)
        statement_reset(statement);
    return true;
}
