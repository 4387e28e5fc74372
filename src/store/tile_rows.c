// SPDX-License-Identifier: Apache-2.0
#include "store/tile_rows.h"

#define PARAMETER_OF_STACKS (TILE_IDS_AT_ONCE + 1)

void tile_facts_clear(TileFacts *tile)
{
    g_clear_pointer(&tile->findings, g_ptr_array_unref);
    g_clear_pointer(&tile->tags, g_ptr_array_unref);
}

static void add_text(GPtrArray **texts, const char *text, unsigned max)
{
    if (*texts == NULL)
        *texts = g_ptr_array_new_with_free_func(g_free);
    if (text != NULL && (*texts)->len < max)
        g_ptr_array_add(*texts, g_strdup(text));
}

static void add_finding(TileFacts *tile, const char *text)
{
    add_text(&tile->findings, text, TILE_FINDINGS_MAX);
}

static void add_tag(TileFacts *tile, const char *text)
{
    add_text(&tile->tags, text, TILE_TAGS_MAX);
}

static void bind_ids(Statement *statement, GHashTable *by_id, TileFacts *const *tiles, size_t count)
{
    for (size_t i = 0; i < TILE_IDS_AT_ONCE; i++) {
        TileFacts *tile = tiles[i < count ? i : count - 1];
        g_hash_table_insert(by_id, &tile->case_media_id, tile);
        statement_bind_int(statement, (int)i + 1, (int64_t)tile->case_media_id);
    }
}

static bool add_rows(Statement *statement, GHashTable *by_id,
                     void (*add)(TileFacts *tile, const char *text), GError **err)
{
    bool row = true;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        uint64_t id = row ? (uint64_t)statement_int(statement, 0) : 0;
        TileFacts *tile = row ? g_hash_table_lookup(by_id, &id) : NULL;
        if (tile != NULL)
            add(tile, statement_text(statement, 1));
    }
    return true;
}

static bool read_some(Database *database, TileFacts *const *tiles, size_t count, bool of_stacks,
                      GError **err)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    Statement *findings = database_statement(
        database,
        "SELECT DISTINCT c.id, i.findings FROM case_media c JOIN item i ON i.media_id = c.media_id "
        "AND i.case_id = c.case_id WHERE i.findings IS NOT NULL AND c.id IN (" TILE_IDS
        ") ORDER BY c.id, i.findings",
        err);
    if (findings == NULL)
        return false;
    bind_ids(findings, by_id, tiles, count);
    if (!add_rows(findings, by_id, add_finding, err))
        return false;
    Statement *tags = database_statement(
        database,
        "SELECT n.case_media_id, n.text FROM note n WHERE n.kind = 'tag' AND n.removed_us IS NULL "
        "AND n.is_stack = ?49 AND n.case_media_id IN (" TILE_IDS ") ORDER BY n.id",
        err);
    if (tags == NULL)
        return false;
    bind_ids(tags, by_id, tiles, count);
    statement_bind_int(tags, PARAMETER_OF_STACKS, of_stacks);
    return add_rows(tags, by_id, add_tag, err);
}

bool tile_rows_read(Database *database, TileFacts *const *tiles, size_t count, bool of_stacks,
                    GError **err)
{
    for (size_t done = 0; done < count; done += TILE_IDS_AT_ONCE)
        if (!read_some(database, tiles + done, MIN(count - done, (size_t)TILE_IDS_AT_ONCE),
                       of_stacks, err))
            return false;
    return true;
}
