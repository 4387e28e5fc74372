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

bool media_order_read(Database *database, uint64_t case_id, const MediaListFilter *filter,
                      MediaSort sort, unsigned limit, GArray *ids, GError **err)
{
    // Rows of media are large and are not read for what case_media says itself.
    bool needs_media =
        sort == MEDIA_LARGEST_FIRST || filter->family != NULL || filter->status != NULL;
    g_autoptr(GString) sql = g_string_new("SELECT c.media_id FROM case_media c");
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
    for (bool row = true; row;) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            break;
        uint64_t id = (uint64_t)statement_int(statement, 0);
        g_array_append_val(ids, id);
    }
    return true;
}
