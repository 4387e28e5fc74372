// SPDX-License-Identifier: Apache-2.0
#include "store/stack_rows.h"

#include "store/bound.h"

// ---- Lists --------------------------------------------------------------------------------------

#define COLUMNS "id, order_key, media_count, open_count, voted_by, disputed_count"

#define FROM_STACKS(which) "FROM stack WHERE case_id = ?1 AND " which " AND "

// ?1 case, ?2 and ?3 the place behind which to look, ?4 limit, ?5 voted_by. Many stacks have the
// same key, and an index is entered at the place itself only when that key is asked for alone.
#define BY_KEY(which, key, past, direction)                                                        \
    "SELECT " COLUMNS " FROM (SELECT " COLUMNS " " FROM_STACKS(which) key                          \
        " = ?2 AND id " past " ?3 ORDER BY id" direction                                           \
        " LIMIT ?4) AS same UNION ALL SELECT " COLUMNS " FROM (SELECT " COLUMNS                    \
        " " FROM_STACKS(which) key " " past " ?2 ORDER BY " key direction ", id" direction         \
                                   " LIMIT ?4) AS beyond ORDER BY " key direction ", id" direction \
                                   " LIMIT ?4"

#define BY_ID(which)                                                                               \
    "SELECT " COLUMNS " " FROM_STACKS(which) "id < ?3 AND ?2 = ?2 ORDER BY id DESC LIMIT ?4"

#define IN_ALL_ORDERS(which)                                                                       \
    {                                                                                              \
        [QUEUE_OF_CASE] = BY_KEY(which, "order_key", ">", ""),                                     \
        [QUEUE_LARGEST_FIRST] = BY_KEY(which, "media_count", "<", " DESC"),                        \
        [QUEUE_NEWEST_FIRST] = BY_ID(which),                                                       \
    }

// Each has an index in its order. Those of the open ones begin with voted_by, so these are read
// group by group.
static const char *const list_sql[STACK_FILTER_COUNT][QUEUE_ORDER_COUNT] = {
    [STACKS_ALL] = IN_ALL_ORDERS("1 = 1"),
    [STACKS_OPEN] = IN_ALL_ORDERS("open_count > 0 AND voted_by = ?5"),
    [STACKS_DECIDED] = IN_ALL_ORDERS("open_count = 0"),
    [STACKS_DISPUTED] = IN_ALL_ORDERS("disputed_count > 0"),
};

static void bind_place(Statement *statement, QueueOrder order, const StackRow *after)
{
    bool rises = order == QUEUE_OF_CASE;
    int64_t key = rises ? INT64_MIN : INT64_MAX, id = key;
    if (after != NULL) {
        key = rises ? after->order_key : (int64_t)after->media_count;
        id = (int64_t)after->id;
    }
    statement_bind_int(statement, 2, key);
    statement_bind_int(statement, 3, id);
}

static bool append_stacks(Database *database, const StackListQuery *query, const StackRow *after,
                          const int64_t *voted_by, GArray *stacks, GError **err)
{
    Statement *statement = database_statement(database, list_sql[query->filter][query->order], err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)query->case_id);
    bind_place(statement, query->order, after);
    statement_bind_int(statement, 4, query->limit);
    if (voted_by != NULL)
        statement_bind_int(statement, 5, *voted_by);
    bool row = true;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            StackRow stack = {.id = (uint64_t)statement_int(statement, 0),
                              .order_key = statement_int(statement, 1),
                              .media_count = (uint64_t)statement_int(statement, 2),
                              .open_count = (uint64_t)statement_int(statement, 3),
                              .voted_by = statement_int(statement, 4),
                              .disputed_count = (uint64_t)statement_int(statement, 5)};
            g_array_append_val(stacks, stack);
        }
    }
    return true;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_by_order(const void *a, const void *b)
{
    const StackRow *left = a, *right = b;
    int by_key = compare_numbers(left->order_key, right->order_key);
    return by_key != 0 ? by_key : compare_numbers((int64_t)left->id, (int64_t)right->id);
}

static int compare_newest_first(const void *a, const void *b)
{
    const StackRow *left = a, *right = b;
    return compare_numbers((int64_t)right->id, (int64_t)left->id);
}

static int compare_largest_first(const void *a, const void *b)
{
    const StackRow *left = a, *right = b;
    int by_size = compare_numbers((int64_t)right->media_count, (int64_t)left->media_count);
    return by_size != 0 ? by_size : compare_newest_first(a, b);
}

static int (*const comparisons[QUEUE_ORDER_COUNT])(const void *, const void *) = {
    [QUEUE_OF_CASE] = compare_by_order,
    [QUEUE_LARGEST_FIRST] = compare_largest_first,
    [QUEUE_NEWEST_FIRST] = compare_newest_first,
};

// As many of every group as could be asked for; the first of all of them are the page.
static bool list_open(Database *database, const StackListQuery *query, const StackRow *after,
                      GArray *stacks, GError **err)
{
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(StackRow));
    if (!lease_rows_voted_by(database, query->case_id, groups, err))
        return false;
    for (unsigned i = 0; i < groups->len; i++)
        if (!append_stacks(database, query, after, &g_array_index(groups, int64_t, i), found, err))
            return false;
    g_array_sort(found, comparisons[query->order]);
    g_array_set_size(found, MIN(found->len, query->limit));
    if (found->len > 0)
        g_array_append_vals(stacks, found->data, found->len);
    return true;
}

bool stack_rows_list(Database *database, const StackListQuery *query, const StackRow *after,
                     GArray *stacks, GError **err)
{
    return query->filter == STACKS_OPEN ? list_open(database, query, after, stacks, err)
                                        : append_stacks(database, query, after, NULL, stacks, err);
}

// ---- Media of a stack ---------------------------------------------------------------------------

void stack_media_clear(StackMedia *media)
{
    g_clear_pointer(&media->kind, g_free);
    g_clear_pointer(&media->decision, g_free);
    g_clear_pointer(&media->category, g_free);
    g_clear_pointer(&media->media_type, g_free);
    g_clear_pointer(&media->family, g_free);
    g_clear_pointer(&media->status, g_free);
    g_clear_pointer(&media->no_preview, g_free);
    tile_facts_clear(&media->tile);
}

static StackMedia media_of_row(const Statement *row)
{
    return (StackMedia){.case_media_id = (uint64_t)statement_int(row, 0),
                        .media_id = (uint64_t)statement_int(row, 1),
                        .kind = g_strdup(statement_text(row, 2)),
                        .decision = g_strdup(statement_text(row, 3)),
                        .category = g_strdup(statement_text(row, 4)),
                        .has_distance = !statement_is_null(row, 5),
                        .distance = (unsigned)statement_int(row, 5),
                        .orientation = (unsigned)statement_int(row, 6),
                        .added_us = statement_int(row, 7),
                        .media_type = g_strdup(statement_text(row, 8)),
                        .family = g_strdup(statement_text(row, 9)),
                        .status = g_strdup(statement_text(row, 10)),
                        .size_bytes = (uint64_t)statement_int(row, 11),
                        .width = (uint32_t)statement_int(row, 12),
                        .height = (uint32_t)statement_int(row, 13),
                        .frames = (uint32_t)statement_int(row, 14),
                        .duration_ms = (uint32_t)statement_int(row, 15),
                        .has_preview = statement_int(row, 16) != 0,
                        .no_preview = g_strdup(statement_text(row, 17)),
                        .tile = {.case_media_id = (uint64_t)statement_int(row, 0)}};
}

// Adds findings and tags to those from `first` on.
static bool add_tiles(Database *database, GArray *media, unsigned first, GError **err)
{
    g_autoptr(GPtrArray) tiles = g_ptr_array_new();
    for (unsigned i = first; i < media->len; i++)
        g_ptr_array_add(tiles, &g_array_index(media, StackMedia, i).tile);
    return tile_rows_read(database, (TileFacts *const *)tiles->pdata, tiles->len, false, err);
}

bool stack_rows_media(Database *database, uint64_t case_id, uint64_t stack_id, uint64_t after,
                      unsigned limit, GArray *media, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT c.id, c.media_id, c.kind, c.decision, c.category, c.distance, c.orientation, "
        "c.added_us, m.media_type, m.family, m.status, m.size_bytes, m.width, m.height, m.frames, "
        "m.duration_ms, CASE WHEN EXISTS (SELECT 1 FROM preview p WHERE p.media_id = m.id) "
        "THEN 1 ELSE 0 END, " TILE_NO_PREVIEW
        " FROM case_media c JOIN media m ON m.id = c.media_id "
        "WHERE c.stack_id = ?1 AND +c.case_id = ?2 AND c.id > ?3 ORDER BY c.id LIMIT ?4",
        "uuui", stack_id, case_id, after, (int64_t)limit);
    unsigned first = media->len;
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            StackMedia one = media_of_row(statement);
            g_array_append_val(media, one);
        }
    }
    return statement != NULL && add_tiles(database, media, first, err);
}
