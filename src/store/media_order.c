// SPDX-License-Identifier: Apache-2.0
#include "store/media_order.h"

#include "store/media_filter.h"

// ?1 case, ?2 rows; then the texts of the filter.
#define FIRST_TEXT 3

static const char *const orders[MEDIA_SORT_COUNT] = {
    [MEDIA_OLDEST_FIRST] = "c.id",
    [MEDIA_NEWEST_FIRST] = "c.id DESC",
    [MEDIA_LARGEST_FIRST] = "m.size_bytes DESC, c.id",
    [MEDIA_BY_STACK] = "COALESCE(c.stack_id, c.id), c.id",
};

typedef struct {
    uint64_t media_id, size_bytes;
    size_t place; // among those that were read
} Row;

static bool read_rows(Statement *statement, GArray *rows, GError **err)
{
    for (bool found = true; found;) {
        if (!statement_step(statement, &found, err))
            return false;
        if (!found)
            break;
        const Row row = {.media_id = (uint64_t)statement_int(statement, 0),
                         .size_bytes = (uint64_t)statement_int(statement, 1),
                         .place = rows->len};
        g_array_append_val(rows, row);
    }
    return true;
}

static bool read_sorted(Database *database, uint64_t case_id, const MediaListFilter *filter,
                        MediaSort sort, bool with_size, unsigned limit, GArray *rows, GError **err)
{
    // Rows of media are large and are not read for what case_media says itself.
    bool needs_media = with_size || sort == MEDIA_LARGEST_FIRST || filter->family != NULL ||
                       filter->status != NULL;
    g_autoptr(GString) sql = g_string_new("SELECT c.media_id, ");
    g_string_append(sql, with_size ? "m.size_bytes" : "0");
    g_string_append(sql, " FROM case_media c");
    if (needs_media)
        g_string_append(sql, " JOIN media m ON m.id = c.media_id");
    g_string_append(sql, " WHERE c.case_id = ?1");
    const char *texts[MEDIA_FILTER_TEXTS];
    unsigned count = media_filter_append(
        sql, filter, (MediaFilterPlace){.first = FIRST_TEXT, .whole = true}, texts);
    g_string_append_printf(sql, " ORDER BY %s LIMIT ?2", orders[sort]);
    g_autoptr(Statement) statement = statement_prepare(database, sql->str, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)case_id);
    statement_bind_int(statement, 2, limit);
    for (unsigned i = 0; i < count; i++)
        statement_bind_text(statement, FIRST_TEXT + (int)i, texts[i]);
    return read_rows(statement, rows, err);
}

static int compare_sizes(const void *a, const void *b)
{
    const Row *left = a, *right = b;
    if (left->size_bytes != right->size_bytes)
        return left->size_bytes > right->size_bytes ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

bool media_order_read(Database *database, uint64_t case_id, const MediaListFilter *filter,
                      MediaSort sort, unsigned limit, GArray *ids, GError **err)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
    // Four times as fast as the engine sorts by what lies in another table. When there are more
    // than fit, the engine has to choose which.
    bool by_size = sort == MEDIA_LARGEST_FIRST;
    if (!read_sorted(database, case_id, filter, by_size ? MEDIA_OLDEST_FIRST : sort, by_size, limit,
                     rows, err))
        return false;
    if (by_size && rows->len < limit) {
        g_array_sort(rows, compare_sizes);
    } else if (by_size) {
        g_array_set_size(rows, 0);
        if (!read_sorted(database, case_id, filter, sort, false, limit, rows, err))
            return false;
    }
    for (unsigned i = 0; i < rows->len; i++)
        g_array_append_val(ids, g_array_index(rows, Row, i).media_id);
    return true;
}
