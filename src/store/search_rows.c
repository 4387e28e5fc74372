// SPDX-License-Identifier: Apache-2.0
#include "store/search_rows.h"

#include "model/digest_set.h"
#include "store/bound.h"

void search_row_clear(SearchRow *row)
{
    g_free(row->text);
}

static void clear_row(void *pointer)
{
    search_row_clear(pointer);
}

GArray *search_rows_new(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(SearchRow));
    g_array_set_clear_func(rows, clear_row);
    return rows;
}

bool search_rows_digest(Database *database, const uint8_t *digest, size_t size_bytes,
                        GArray *media_ids, GError **err)
{
    switch (size_bytes) {
    case MD5_BYTES:
        return bound_ids(database, media_ids, err,
                         "SELECT id FROM media WHERE md5 = ?1 ORDER BY id", "b", digest,
                         size_bytes);
    case SHA1_BYTES:
        return bound_ids(database, media_ids, err,
                         "SELECT id FROM media WHERE sha1 = ?1 ORDER BY id", "b", digest,
                         size_bytes);
    default:
        return bound_ids(database, media_ids, err, "SELECT id FROM media WHERE sha256 = ?1", "b",
                         digest, size_bytes);
    }
}

// Columns: media_id, item or note id, what it is ordered by.
typedef enum { ITEMS, NOTES } RowKind;

static bool read_rows(Statement *statement, RowKind kind, bool has_text, GArray *rows, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        uint64_t id = (uint64_t)statement_int(statement, 1);
        const SearchRow one = {.media_id = (uint64_t)statement_int(statement, 0),
                               .item_id = kind == ITEMS ? id : 0,
                               .note_id = kind == NOTES ? id : 0,
                               .number = has_text ? 0 : statement_int(statement, 2),
                               .text = has_text ? g_strdup(statement_text(statement, 2)) : NULL};
        g_array_append_val(rows, one);
    }
    return false;
}

bool search_rows_items(Database *database, uint64_t case_id, uint64_t media_id, uint64_t after_id,
                       unsigned limit, GArray *rows, GError **err)
{
    return read_rows(bound_statement(database, err,
                                     "SELECT media_id, id, 0 FROM item WHERE media_id = ?1 AND "
                                     "case_id = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
                                     "uuui", media_id, case_id, after_id, (int64_t)limit),
                     ITEMS, false, rows, err);
}

// Higher than any text that begins with the prefix: U+10FFFF is no character.
#define AFTER_ALL "\xf4\x8f\xbf\xbf"

bool search_rows_prefix(Database *database, uint64_t case_id, const char *prefix,
                        const char *after_name, uint64_t after_id, unsigned limit, GArray *rows,
                        GError **err)
{
    g_autofree char *end = g_strconcat(prefix, AFTER_ALL, NULL);
    return read_rows(
        bound_statement(database, err,
                        "SELECT media_id, id, name FROM item WHERE case_id = ?1 AND name >= ?2 AND "
                        "name < ?3 AND (name, id) > (?4, ?5) ORDER BY name, id LIMIT ?6",
                        "utttui", case_id, prefix, end, after_name != NULL ? after_name : "",
                        after_id, (int64_t)limit),
        ITEMS, true, rows, err);
}

bool search_rows_dates(Database *database, uint64_t case_id, int64_t from_us, int64_t to_us,
                       int64_t after_us, uint64_t after_id, unsigned limit, GArray *rows,
                       GError **err)
{
    return read_rows(
        bound_statement(database, err,
                        "SELECT media_id, id, modified_us FROM item WHERE case_id = ?1 AND "
                        "modified_us >= ?2 AND modified_us < ?3 AND (modified_us, id) > (?4, ?5) "
                        "ORDER BY modified_us, id LIMIT ?6",
                        "uiiiui", case_id, from_us, to_us, after_us, after_id, (int64_t)limit),
        ITEMS, false, rows, err);
}

bool search_rows_block(Database *database, uint64_t case_id, uint64_t after_id, unsigned count,
                       uint64_t *ret_last, GError **err)
{
    int64_t last = 0;
    bool found;
    if (!bound_number(database, &last, &found, err,
                      "SELECT COALESCE(max(id), 0) FROM (SELECT id FROM item WHERE case_id = ?1 "
                      "AND id > ?2 ORDER BY id LIMIT ?3) AS block",
                      "uui", case_id, after_id, (int64_t)count))
        return false;
    *ret_last = (uint64_t)last;
    return true;
}

bool search_rows_name_part(Database *database, uint64_t case_id, uint64_t after_id,
                           uint64_t last_id, const char *pattern, unsigned limit, GArray *rows,
                           GError **err)
{
    return read_rows(bound_statement(database, err,
                                     "SELECT media_id, id, 0 FROM item WHERE case_id = ?1 AND id > "
                                     "?2 AND id <= ?3 AND name LIKE ?4 ESCAPE '\\' ORDER BY id "
                                     "LIMIT ?5",
                                     "uuuti", case_id, after_id, last_id, pattern, (int64_t)limit),
                     ITEMS, false, rows, err);
}

bool search_rows_finding(Database *database, uint64_t case_id, uint64_t after_id, uint64_t last_id,
                         const char *pattern, unsigned limit, GArray *rows, GError **err)
{
    return read_rows(bound_statement(database, err,
                                     "SELECT media_id, id, 0 FROM item WHERE case_id = ?1 AND id > "
                                     "?2 AND id <= ?3 AND findings LIKE ?4 ESCAPE '\\' ORDER BY id "
                                     "LIMIT ?5",
                                     "uuuti", case_id, after_id, last_id, pattern, (int64_t)limit),
                     ITEMS, false, rows, err);
}

bool search_rows_notes(Database *database, uint64_t case_id, uint64_t after_id, const char *pattern,
                       unsigned limit, GArray *rows, GError **err)
{
    return read_rows(
        bound_statement(database, err,
                        "SELECT m.media_id, n.id, 0 FROM note n JOIN case_media m ON "
                        "m.id = n.case_media_id WHERE n.case_id = ?1 AND n.id > ?2 AND "
                        "n.removed_us IS NULL AND lower(n.text) LIKE ?3 ESCAPE '\\' "
                        "ORDER BY n.id LIMIT ?4",
                        "uuti", case_id, after_id, pattern, (int64_t)limit),
        NOTES, false, rows, err);
}
