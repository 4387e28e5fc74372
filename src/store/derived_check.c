// SPDX-License-Identifier: Apache-2.0
#include "store/derived_check.h"

#include "store/bound.h"
#include "store/case_counts.h"

#define MEMBERS "FROM case_media c WHERE c.stack_id = s.id"
#define IS_OPEN "c.kind = 'new' AND (c.decision IS NULL OR c.decision <> 'decided')"

static const struct {
    const char *sql;
    const char *says; // of the id
} rules[] = {
    {"SELECT s.id FROM stack s WHERE s.media_count <> (SELECT count(*) " MEMBERS
     ") ORDER BY s.id LIMIT ?1",
     "stack %" G_GUINT64_FORMAT " counts other media than it has"},
    {"SELECT s.id FROM stack s WHERE s.open_count <> (SELECT count(*) " MEMBERS " AND " IS_OPEN
     ") ORDER BY s.id LIMIT ?1",
     "stack %" G_GUINT64_FORMAT " counts other open media than it has"},
    {"SELECT c.id FROM case_media c WHERE c.stack_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
     "stack s WHERE s.id = c.stack_id AND s.case_id = c.case_id) ORDER BY c.id LIMIT ?1",
     "media %" G_GUINT64_FORMAT " of a case is in a stack that is not there"},
    {"SELECT t.case_id FROM case_tally t WHERE NOT EXISTS (SELECT 1 FROM (" CASE_COUNTS_SELECT
     " WHERE f.id = t.case_id INTERSECT SELECT case_id, items, not_examined, notable, ignorable, "
     "fresh, decided, disputed, stacks FROM case_tally WHERE case_id = t.case_id) same) ORDER BY "
     "t.case_id LIMIT ?1",
     "case %" G_GUINT64_FORMAT " says other numbers than its rows"},
};

static bool check_rule(Database *database, const char *sql, const char *says, GPtrArray *faults,
                       GError **err)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!bound_ids(database, ids, err, sql, "i", (int64_t)DERIVED_FAULTS_MAX))
        return false;
    for (unsigned i = 0; i < ids->len; i++) {
        g_autofree char *number =
            g_strdup_printf("%" G_GUINT64_FORMAT, g_array_index(ids, uint64_t, i));
        g_auto(GStrv) parts = g_strsplit(says, "%" G_GUINT64_FORMAT, 2);
        g_ptr_array_add(faults, g_strjoinv(number, parts));
    }
    return true;
}

bool derived_check(Database *database, GPtrArray *faults, GError **err)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
        if (!check_rule(database, rules[i].sql, rules[i].says, faults, err))
            return false;
    return true;
}

bool derived_case_ids(Database *database, GArray *ids, GError **err)
{
    return bound_ids(database, ids, err, "SELECT id FROM case_file ORDER BY id", "");
}

void derived_preview_free(DerivedPreview *preview)
{
    if (preview == NULL)
        return;
    g_bytes_unref(preview->sealed);
    g_free(preview);
}

bool derived_previews(Database *database, uint64_t after_id, unsigned limit, GPtrArray *previews,
                      GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, media_id, object_key_id, sealed FROM preview WHERE id > ?1 "
                        "ORDER BY id LIMIT ?2",
                        "ui", after_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        size_t size;
        const uint8_t *bytes = statement_blob(statement, 3, &size);
        DerivedPreview *preview = g_new0(DerivedPreview, 1);
        *preview = (DerivedPreview){.id = (uint64_t)statement_int(statement, 0),
                                    .media_id = (uint64_t)statement_int(statement, 1),
                                    .object_key_id = (uint64_t)statement_int(statement, 2),
                                    .sealed = g_bytes_new(bytes, size)};
        g_ptr_array_add(previews, preview);
    }
    return false;
}
