// SPDX-License-Identifier: Apache-2.0
#include "store/expunge_rows.h"

#include "base/error.h"
#include "store/bound.h"

static const char *const kind_names[EXPUNGE_KIND_COUNT] = {
    [EXPUNGE_PREVIEWS] = "preview",       [EXPUNGE_ITEMS] = "item", [EXPUNGE_NOTES] = "note",
    [EXPUNGE_IDENTIFIERS] = "identifier", [EXPUNGE_CASE] = "case",
};

const char *expunge_kind_name(ExpungeKind kind)
{
    g_return_val_if_fail((unsigned)kind < EXPUNGE_KIND_COUNT, "unknown");
    return kind_names[kind];
}

bool expunge_kind_from_name(const char *name, ExpungeKind *ret_kind)
{
    for (unsigned i = 0; name != NULL && i < EXPUNGE_KIND_COUNT; i++)
        if (g_str_equal(name, kind_names[i])) {
            *ret_kind = (ExpungeKind)i;
            return true;
        }
    return false;
}

static bool read_kind(const Statement *row, int column, ExpungeKind *ret_kind, GError **err)
{
    if (expunge_kind_from_name(statement_text(row, column), ret_kind))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: a rule or an expunge is of no possible kind");
    return false;
}

// ---- Retention --------------------------------------------------------------------------------

void retention_row_free(RetentionRow *row)
{
    if (row == NULL)
        return;
    g_free(row->reason);
    g_free(row);
}

static const char *start_name(const RetentionRow *row)
{
    return row->from_opened ? "opened" : "closed";
}

bool retention_rows_insert(Database *database, const RetentionRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO retention_rule (id, seq, case_id, kind, days, counts_from, "
                     "reason, made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     "uuutitti", row->id, row->seq, row->case_id, expunge_kind_name(row->kind),
                     (int64_t)row->days, start_name(row), row->reason, row->made_us);
}

bool retention_rows_update(Database *database, const RetentionRow *row, GError **err)
{
    return bound_run(database, err,
                     "UPDATE retention_rule SET seq = ?2, days = ?3, counts_from = ?4, reason = "
                     "?5, made_us = ?6 WHERE id = ?1",
                     "uuitti", row->id, row->seq, (int64_t)row->days, start_name(row), row->reason,
                     row->made_us);
}

bool retention_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, seq, case_id, kind, days, counts_from, reason, made_us FROM "
                        "retention_rule WHERE case_id = ?1 ORDER BY id",
                        "u", case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        RetentionRow *rule = g_new0(RetentionRow, 1);
        g_ptr_array_add(rows, rule);
        rule->id = (uint64_t)statement_int(statement, 0);
        rule->seq = (uint64_t)statement_int(statement, 1);
        rule->case_id = (uint64_t)statement_int(statement, 2);
        rule->days = (unsigned)statement_int(statement, 4);
        rule->from_opened = g_strcmp0(statement_text(statement, 5), "opened") == 0;
        rule->reason = g_strdup(statement_text(statement, 6));
        rule->made_us = statement_int(statement, 7);
        if (!read_kind(statement, 3, &rule->kind, err)) {
            statement_reset(statement);
            return false;
        }
    }
    return false;
}

// ---- Expunges ---------------------------------------------------------------------------------

static const char *const state_names[EXPUNGE_STATE_COUNT] = {
    [EXPUNGE_ASKED] = "asked", [EXPUNGE_REFUSED] = "refused", [EXPUNGE_DONE] = "done"};

const char *expunge_state_name(ExpungeState state)
{
    g_return_val_if_fail((unsigned)state < EXPUNGE_STATE_COUNT, "unknown");
    return state_names[state];
}

void expunge_row_free(ExpungeRow *row)
{
    if (row == NULL)
        return;
    g_free(row->reason);
    g_free(row);
}

bool expunge_rows_insert(Database *database, const ExpungeRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO expunge (id, seq, case_id, kind, reason, state, asked_by, "
                     "asked_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     "uuutttui", row->id, row->seq, row->case_id, expunge_kind_name(row->kind),
                     row->reason, expunge_state_name(row->state), row->asked_by, row->asked_us);
}

bool expunge_rows_update(Database *database, const ExpungeRow *row, GError **err)
{
    return bound_run(database, err,
                     "UPDATE expunge SET seq = ?2, state = ?3, decided_by = ?4, decided_us = ?5 "
                     "WHERE id = ?1",
                     "uutui", row->id, row->seq, expunge_state_name(row->state), row->decided_by,
                     row->decided_us);
}

#define EXPUNGE_COLUMNS                                                                            \
    "id, seq, case_id, kind, reason, state, asked_by, asked_us, decided_by, decided_us"

static ExpungeRow *expunge_from_row(const Statement *row, GError **err)
{
    g_autoptr(ExpungeRow) expunge = g_new0(ExpungeRow, 1);
    expunge->id = (uint64_t)statement_int(row, 0);
    expunge->seq = (uint64_t)statement_int(row, 1);
    expunge->case_id = (uint64_t)statement_int(row, 2);
    expunge->reason = g_strdup(statement_text(row, 4));
    expunge->asked_by = (uint64_t)statement_int(row, 6);
    expunge->asked_us = statement_int(row, 7);
    expunge->decided_by = (uint64_t)statement_int(row, 8);
    expunge->decided_us = statement_int(row, 9);
    for (unsigned i = 0; i < EXPUNGE_STATE_COUNT; i++)
        if (g_strcmp0(statement_text(row, 5), state_names[i]) == 0)
            expunge->state = (ExpungeState)i;
    return read_kind(row, 3, &expunge->kind, err) ? g_steal_pointer(&expunge) : NULL;
}

bool expunge_rows_get(Database *database, uint64_t id, ExpungeRow **ret_row, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT " EXPUNGE_COLUMNS " FROM expunge WHERE id = ?1", "u", id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_row = NULL;
    if (!row)
        return true;
    *ret_row = expunge_from_row(statement, err);
    statement_reset(statement);
    return *ret_row != NULL;
}

bool expunge_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT " EXPUNGE_COLUMNS " FROM expunge WHERE case_id "
                                           "= ?1 ORDER BY id",
                                           "u", case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        ExpungeRow *expunge = expunge_from_row(statement, err);
        if (expunge == NULL) {
            statement_reset(statement);
            return false;
        }
        g_ptr_array_add(rows, expunge);
    }
    return false;
}

void tombstone_row_free(TombstoneRow *row)
{
    if (row == NULL)
        return;
    g_free(row->what);
    g_free(row->detail);
    g_free(row);
}

bool tombstone_rows_insert(Database *database, const TombstoneRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO tombstone (id, seq, expunge_id, case_id, what, detail, count, "
                     "made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     "uuuuttui", row->id, row->seq, row->expunge_id, row->case_id, row->what,
                     row->detail, row->count, row->made_us);
}

bool tombstone_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, seq, expunge_id, case_id, count, what, detail, made_us FROM "
                        "tombstone WHERE case_id = ?1 ORDER BY id",
                        "u", case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        TombstoneRow *stone = g_new0(TombstoneRow, 1);
        *stone = (TombstoneRow){.id = (uint64_t)statement_int(statement, 0),
                                .seq = (uint64_t)statement_int(statement, 1),
                                .expunge_id = (uint64_t)statement_int(statement, 2),
                                .case_id = (uint64_t)statement_int(statement, 3),
                                .count = (uint64_t)statement_int(statement, 4),
                                .what = g_strdup(statement_text(statement, 5)),
                                .detail = g_strdup(statement_text(statement, 6)),
                                .made_us = statement_int(statement, 7)};
        g_ptr_array_add(rows, stone);
    }
    return false;
}

// ---- What goes --------------------------------------------------------------------------------

#define WITH_CASE (1u << EXPUNGE_CASE)

// Media of case ?1 that no other case has.
#define OWN_MEDIA                                                                                  \
    "(SELECT media_id FROM case_media WHERE case_id = ?1 UNION SELECT media_id FROM item WHERE "   \
    "case_id = ?1 AND media_id IS NOT NULL)"
#define NOWHERE_ELSE(media)                                                                        \
    " AND NOT EXISTS (SELECT 1 FROM case_media o WHERE o.media_id = " media " AND o.case_id <> "   \
    "?1) AND NOT EXISTS (SELECT 1 FROM item o WHERE o.media_id = " media " AND o.case_id <> ?1)"

#define OF_CASE(table_number, name, kind_bits)                                                     \
    {                                                                                              \
        table_number, name, kind_bits, "SELECT id FROM " name " WHERE case_id = ?1",               \
            "DELETE FROM " name " WHERE id = ?1"                                                   \
    }

static const ExpungePart parts[] = {
    // Keys first, while their previews name them.
    {TABLE_OBJECT_KEY, "object_key", 1u << EXPUNGE_PREVIEWS | WITH_CASE,
     "SELECT DISTINCT k.id FROM preview p JOIN object_key k ON k.id = p.object_key_id WHERE "
     "p.media_id IN " OWN_MEDIA NOWHERE_ELSE("p.media_id"),
     "DELETE FROM object_key WHERE id = ?1"},
    {TABLE_PREVIEW, "preview", 1u << EXPUNGE_PREVIEWS | WITH_CASE,
     "SELECT p.id FROM preview p WHERE p.media_id IN " OWN_MEDIA NOWHERE_ELSE("p.media_id"),
     "DELETE FROM preview WHERE id = ?1"},
    {TABLE_MEDIA, "media", WITH_CASE,
     "SELECT m.id FROM media m WHERE m.id IN " OWN_MEDIA NOWHERE_ELSE("m.id"),
     "DELETE FROM media WHERE id = ?1"},
    OF_CASE(TABLE_ITEM, "item", 1u << EXPUNGE_ITEMS | WITH_CASE),
    OF_CASE(TABLE_NOTE, "note", 1u << EXPUNGE_NOTES | WITH_CASE),
    OF_CASE(TABLE_IDENTIFIER, "identifier", 1u << EXPUNGE_IDENTIFIERS | WITH_CASE),
    OF_CASE(TABLE_VOTE, "vote", WITH_CASE),
    OF_CASE(TABLE_DECISION, "decision", WITH_CASE),
    OF_CASE(TABLE_MEDIA_MATCH, "media_match", WITH_CASE),
    OF_CASE(TABLE_SERIES_MEDIA, "series_media", WITH_CASE),
    OF_CASE(TABLE_VICTIM_LINK, "victim_link", WITH_CASE),
    OF_CASE(TABLE_ENQUIRY, "enquiry", WITH_CASE),
    OF_CASE(TABLE_VICS_MEDIA, "vics_media", WITH_CASE),
    OF_CASE(TABLE_VICS_DOCUMENT, "vics_document", WITH_CASE),
    OF_CASE(TABLE_CASE_MEDIA, "case_media", WITH_CASE),
    OF_CASE(TABLE_EXAMINATION, "examination", WITH_CASE),
    OF_CASE(TABLE_EVIDENCE, "evidence", WITH_CASE),
};

const ExpungePart *expunge_parts(size_t *ret_count)
{
    *ret_count = G_N_ELEMENTS(parts);
    return parts;
}

bool expunge_rows_find(Database *database, const ExpungePart *part, uint64_t case_id, GArray *ids,
                       GError **err)
{
    return bound_ids(database, ids, err, part->find, "u", case_id);
}

bool expunge_rows_take(Database *database, const ExpungePart *part, uint64_t id, GError **err)
{
    return bound_run(database, err, part->take, "u", id);
}

bool expunge_rows_media_counts(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT kind, COALESCE(decision, 'open'), COALESCE(category, '-'), count(*) FROM "
        "case_media WHERE case_id = ?1 GROUP BY kind, decision, category ORDER BY 1, 2, 3",
        "u", case_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        TombstoneRow *stone = g_new0(TombstoneRow, 1);
        stone->what = g_strdup("case_media");
        stone->detail = g_strdup_printf("%s %s %s", statement_text(statement, 0),
                                        statement_text(statement, 1), statement_text(statement, 2));
        stone->count = (uint64_t)statement_int(statement, 3);
        g_ptr_array_add(rows, stone);
    }
    return false;
}

bool expunge_rows_forget_case(Database *database, uint64_t case_id, GError **err)
{
    static const char *const statements[] = {
        "DELETE FROM stack WHERE case_id = ?1",
        "DELETE FROM review_lease WHERE case_id = ?1",
        "DELETE FROM review_skip WHERE case_id = ?1",
        "DELETE FROM scan_job WHERE case_id = ?1",
        "DELETE FROM enquiry_watch WHERE case_id = ?1",
        "DELETE FROM enquiry_notice WHERE case_id = ?1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
        if (!bound_run(database, err, statements[i], "u", case_id))
            return false;
    return true;
}

bool expunge_rows_forget_media(Database *database, uint64_t media_id, GError **err)
{
    return bound_run(database, err, "DELETE FROM media_frames WHERE media_id = ?1", "u",
                     media_id) &&
           bound_run(database, err, "DELETE FROM preview_missing WHERE media_id = ?1", "u",
                     media_id);
}

bool expunge_rows_payloads(Database *database, uint64_t case_id, uint64_t before_seq, GArray *seqs,
                           GError **err)
{
    return bound_ids(database, seqs, err,
                     "SELECT seq FROM audit_leaf WHERE case_id = ?1 AND seq < ?2 AND payload IS "
                     "NOT NULL AND action IN ('case_opened', 'case_changed', 'ingest', 'scan', "
                     "'note', 'search', 'export', 'import') ORDER BY seq",
                     "uu", case_id, before_seq);
}
