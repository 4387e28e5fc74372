// SPDX-License-Identifier: Apache-2.0
#include "store/vics_export_rows.h"

#include <string.h>

#include "store/bound.h"

// Of cm, a row of case_media (or none).
#define DECIDED_COLUMNS                                                                            \
    "CASE WHEN cm.decision = 'decided' THEN cm.category END, "                                     \
    "(SELECT min(s.name) FROM series_media sm JOIN series s ON s.id = sm.series_id "               \
    "WHERE sm.case_id = cm.case_id AND sm.media_id = cm.media_id AND sm.left_us IS NULL), "        \
    "(SELECT count(*) FROM victim_link l JOIN victim w ON w.id = l.victim_id "                     \
    "WHERE l.left_us IS NULL AND w.state IN ('identified', 'safeguarded') AND "                    \
    "((l.media_id = cm.media_id AND l.case_id = cm.case_id) OR l.series_id IN "                    \
    "(SELECT sm.series_id FROM series_media sm WHERE sm.case_id = cm.case_id "                     \
    "AND sm.media_id = cm.media_id AND sm.left_us IS NULL)))"

static VicsDecided decided_of(const Statement *statement, int column)
{
    return (VicsDecided){
        .category = statement_text(statement, column),
        .series = statement_text(statement, column + 1),
        .victim_identified = statement_int(statement, column + 2) > 0,
    };
}

static bool each_element(Statement *statement, VicsElementCallback callback, void *user_data,
                         GError **err)
{
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        const VicsElementRow row = {
            .raw = statement_text(statement, 0),
            .category = statement_text(statement, 1),
            .series = statement_text(statement, 2),
            .victim_identified =
                statement_is_null(statement, 3) ? -1 : (int)statement_int(statement, 3),
            .decided = decided_of(statement, 4),
        };
        if (!callback(user_data, &row, err))
            return false;
    }
}

bool vics_export_elements(Database *database, uint64_t document_id, const char *kind,
                          int case_ordinal, VicsElementCallback callback, void *user_data,
                          GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(
        database,
        "SELECT v.raw, v.category, v.series, v.victim_identified, " DECIDED_COLUMNS
        " FROM vics_media v LEFT JOIN case_media cm ON cm.case_id = v.case_id AND cm.media_id = "
        "(SELECT min(m.id) FROM media m WHERE m.md5 = v.md5 AND "
        "(m.sha1 = v.sha1 OR m.sha256 = v.sha256)) "
        "WHERE v.document_id = ?1 AND v.kind = ?2 AND (?3 < 0 OR v.case_ordinal = ?3) "
        "ORDER BY v.case_ordinal, v.ordinal",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)document_id);
    statement_bind_text(statement, 2, kind);
    statement_bind_int(statement, 3, case_ordinal);
    return each_element(statement, callback, user_data, err);
}

static void copy_blob(const Statement *statement, int column, uint8_t *target, size_t size_bytes)
{
    size_t got;
    const uint8_t *bytes = statement_blob(statement, column, &got);
    if (bytes != NULL && got == size_bytes)
        memcpy(target, bytes, size_bytes);
}

static VicsOwnRow own_of(const Statement *statement)
{
    VicsOwnRow row = {
        .media_id = (uint64_t)statement_int(statement, 0),
        .size_bytes = (uint64_t)statement_int(statement, 4),
        .media_type = statement_text(statement, 5),
        .is_video = g_strcmp0(statement_text(statement, 6), "video") == 0,
        .has_dimensions = !statement_is_null(statement, 7) && !statement_is_null(statement, 8),
        .width = (uint32_t)statement_int(statement, 7),
        .height = (uint32_t)statement_int(statement, 8),
        .has_duration = !statement_is_null(statement, 9),
        .duration_ms = (uint32_t)statement_int(statement, 9),
        .listed_category = statement_text(statement, 11),
        .listed_by = statement_text(statement, 12),
        .decided = decided_of(statement, 13),
    };
    copy_blob(statement, 1, row.digests.sha256, SHA256_BYTES);
    copy_blob(statement, 2, row.digests.sha1, SHA1_BYTES);
    copy_blob(statement, 3, row.digests.md5, MD5_BYTES);
    row.hashes = statement_blob(statement, 10, &row.hashes_bytes);
    return row;
}

bool vics_export_own(Database *database, const VicsOwnSelection *selection,
                     VicsOwnCallback callback, void *user_data, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(
        database,
        "SELECT m.id, m.sha256, m.sha1, m.md5, m.size_bytes, m.media_type, m.family, m.width, "
        "m.height, m.duration_ms, m.hashes, mm.category, hs.name, " DECIDED_COLUMNS
        " FROM case_media cm JOIN media m ON m.id = cm.media_id LEFT JOIN media_match mm ON "
        "mm.id = (SELECT min(x.id) FROM media_match x JOIN hash_set y ON y.id = x.set_id WHERE "
        "x.media_id = cm.media_id AND x.case_id = cm.case_id AND x.type = 'exact' AND "
        "x.is_weak = 0 AND x.meaning = 'notable' AND x.category IS NOT NULL AND y.scheme = ?3) "
        "LEFT JOIN hash_set hs ON hs.id = mm.set_id "
        "WHERE cm.case_id = ?1 AND (?4 = 1 OR cm.kind <> 'ignorable') AND NOT EXISTS "
        "(SELECT 1 FROM vics_media v JOIN vics_document d ON d.id = v.document_id WHERE "
        "v.md5 = m.md5 AND v.case_id = cm.case_id AND d.state = 'complete' AND "
        "(?2 = 0 OR v.document_id = ?2) AND (v.sha1 IS NULL OR v.sha1 = m.sha1) AND "
        "(v.sha256 IS NULL OR v.sha256 = m.sha256)) ORDER BY cm.id",
        err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)selection->case_id);
    statement_bind_int(statement, 2, (int64_t)selection->document_id);
    statement_bind_text(statement, 3, selection->scheme);
    statement_bind_int(statement, 4, selection->with_ignorable);
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        const VicsOwnRow row = own_of(statement);
        if (!callback(user_data, &row, err))
            return false;
    }
}

bool vics_export_items(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                       VicsItemCallback callback, void *user_data, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT path, times, findings, item_key FROM item WHERE media_id = ?1 AND "
                        "case_id = ?2 ORDER BY id LIMIT ?3",
                        "uuu", media_id, case_id, (uint64_t)limit);
    if (statement == NULL)
        return false;
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        VicsItemRow row = {.path = statement_text(statement, 0),
                           .times = statement_text(statement, 1),
                           .findings = statement_text(statement, 2)};
        row.item_key = statement_blob(statement, 3, &row.item_key_bytes);
        if (!callback(user_data, &row, err)) {
            statement_reset(statement);
            return false;
        }
    }
}

bool vics_export_item_count(Database *database, uint64_t case_id, uint64_t media_id,
                            uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM item WHERE media_id = ?1 AND case_id = ?2", "uu",
                      media_id, case_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}

bool vics_export_match_details(Database *database, uint64_t case_id, uint64_t media_id,
                               GPtrArray *details, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT detail FROM media_match WHERE media_id = ?1 AND case_id = ?2 ORDER BY id", "uu",
        media_id, case_id);
    if (statement == NULL)
        return false;
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        g_ptr_array_add(details, g_strdup(statement_text(statement, 0)));
    }
}

bool vics_export_categorized(Database *database, uint64_t case_id, uint64_t document_id,
                             uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    if (!bound_number(database, &count, &found, err,
                      "SELECT count(*) FROM vics_media v JOIN vics_document d ON "
                      "d.id = v.document_id WHERE v.case_id = ?1 AND d.state = 'complete' AND "
                      "(?2 = 0 OR d.id = ?2) AND v.category IS NOT NULL",
                      "uu", case_id, document_id))
        return false;
    *ret_count = (uint64_t)count;
    return true;
}
