// SPDX-License-Identifier: Apache-2.0
#include "store/enquiry_rows.h"

#include "base/error.h"
#include "store/bound.h"
#include "store/counter.h"

static const char *const state_names[ENQUIRY_STATE_COUNT] = {
    [ENQUIRY_TOLD] = "told",         [ENQUIRY_WAITING] = "waiting",
    [ENQUIRY_SAME] = "same",         [ENQUIRY_DIFFERENT] = "different",
    [ENQUIRY_WITHHELD] = "withheld", [ENQUIRY_WITHDRAWN] = "withdrawn",
};

const char *enquiry_state_name(EnquiryState state)
{
    g_return_val_if_fail((unsigned)state < ENQUIRY_STATE_COUNT, "unknown");
    return state_names[state];
}

#define COLUMNS                                                                                    \
    "id, seq, case_id, media_id, account_id, owner_case_id, owner_media_id, kind, distance, "      \
    "state, victim_state, made_us, answered_us, answered_by"

static const char *kind_name(const EnquiryRow *row)
{
    return row->is_near ? "near" : "exact";
}

bool enquiry_rows_insert(Database *database, const EnquiryRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO enquiry (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                     "?9, ?10, ?11, ?12, ?13, ?14)",
                     "uuuuuuutnttinn", row->id, row->seq, row->case_id, row->media_id,
                     row->account_id, row->owner_case_id, row->owner_media_id, kind_name(row),
                     (int64_t)row->distance, enquiry_state_name(row->state),
                     victim_state_name(row->victim_state), row->made_us, row->answered_us,
                     (int64_t)row->answered_by);
}

bool enquiry_rows_update(Database *database, const EnquiryRow *row, GError **err)
{
    return bound_run(database, err,
                     "UPDATE enquiry SET seq = ?2, owner_media_id = ?3, kind = ?4, distance = ?5, "
                     "state = ?6, victim_state = ?7, answered_us = ?8, answered_by = ?9 WHERE id = "
                     "?1",
                     "uuutnttnn", row->id, row->seq, row->owner_media_id, kind_name(row),
                     (int64_t)row->distance, enquiry_state_name(row->state),
                     victim_state_name(row->victim_state), row->answered_us,
                     (int64_t)row->answered_by);
}

static bool read_states(const Statement *statement, EnquiryRow *row, GError **err)
{
    const char *name = statement_text(statement, 9);
    bool ok = victim_state_from_name(statement_text(statement, 10), &row->victim_state);
    row->state = ENQUIRY_STATE_COUNT;
    for (unsigned i = 0; name != NULL && i < ENQUIRY_STATE_COUNT; i++)
        if (g_str_equal(name, state_names[i]))
            row->state = (EnquiryState)i;
    if (ok && row->state != ENQUIRY_STATE_COUNT)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the database is damaged: enquiry %" G_GUINT64_FORMAT " has no possible state",
                row->id);
    return false;
}

static bool read_one(Statement *statement, EnquiryRow *row, GError **err)
{
    bool found;
    *row = (EnquiryRow){0};
    if (statement == NULL || !statement_step(statement, &found, err))
        return false;
    if (!found)
        return true;
    *row = (EnquiryRow){.id = (uint64_t)statement_int(statement, 0),
                        .seq = (uint64_t)statement_int(statement, 1),
                        .case_id = (uint64_t)statement_int(statement, 2),
                        .media_id = (uint64_t)statement_int(statement, 3),
                        .account_id = (uint64_t)statement_int(statement, 4),
                        .owner_case_id = (uint64_t)statement_int(statement, 5),
                        .owner_media_id = (uint64_t)statement_int(statement, 6),
                        .is_near = g_strcmp0(statement_text(statement, 7), "near") == 0,
                        .distance = (unsigned)statement_int(statement, 8),
                        .made_us = statement_int(statement, 11),
                        .answered_us = statement_int(statement, 12),
                        .answered_by = (uint64_t)statement_int(statement, 13)};
    bool ok = read_states(statement, row, err);
    statement_reset(statement);
    return ok;
}

bool enquiry_rows_get(Database *database, uint64_t id, EnquiryRow *row, GError **err)
{
    return read_one(
        bound_statement(database, err, "SELECT " COLUMNS " FROM enquiry WHERE id = ?1", "u", id),
        row, err);
}

bool enquiry_rows_find(Database *database, uint64_t case_id, uint64_t media_id,
                       uint64_t owner_case_id, EnquiryRow *row, GError **err)
{
    return read_one(bound_statement(database, err,
                                    "SELECT " COLUMNS " FROM enquiry WHERE case_id = ?1 AND "
                                    "media_id = ?2 AND owner_case_id = ?3",
                                    "uuu", case_id, media_id, owner_case_id),
                    row, err);
}

bool enquiry_rows_of_asker(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                           GArray *ids, GError **err)
{
    return bound_ids(database, ids, err,
                     "SELECT id FROM enquiry WHERE case_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                     "uui", case_id, after_id, (int64_t)limit);
}

bool enquiry_rows_of_owner(Database *database, uint64_t owner_case_id, uint64_t after_id,
                           unsigned limit, GArray *ids, GError **err)
{
    return bound_ids(database, ids, err,
                     "SELECT id FROM enquiry WHERE owner_case_id = ?1 AND id > ?2 ORDER BY id "
                     "LIMIT ?3",
                     "uui", owner_case_id, after_id, (int64_t)limit);
}

bool enquiry_rows_about_media(Database *database, uint64_t media_id, GArray *ids, GError **err)
{
    return bound_ids(database, ids, err, "SELECT id FROM enquiry WHERE owner_media_id = ?1", "u",
                     media_id);
}

bool enquiry_rows_about_series(Database *database, uint64_t series_id, GArray *ids, GError **err)
{
    return bound_ids(database, ids, err,
                     "SELECT id FROM enquiry WHERE owner_media_id IN (SELECT media_id FROM "
                     "series_media WHERE series_id = ?1)",
                     "u", series_id);
}

bool enquiry_rows_about_victim(Database *database, uint64_t victim_id, GArray *ids, GError **err)
{
    return bound_ids(database, ids, err,
                     "SELECT id FROM enquiry WHERE owner_media_id IN (SELECT media_id FROM "
                     "victim_link WHERE victim_id = ?1 AND media_id IS NOT NULL UNION SELECT "
                     "s.media_id FROM victim_link l JOIN series_media s ON s.series_id = "
                     "l.series_id WHERE l.victim_id = ?1)",
                     "u", victim_id);
}

// ---- Who holds it -----------------------------------------------------------------------------

void media_holder_clear(MediaHolder *holder)
{
    g_free(holder->category);
    g_free(holder->scheme);
}

bool enquiry_rows_holders(Database *database, uint64_t media_id, GArray *holders, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT m.case_id, m.media_id, m.kind, m.decision, c.restricted, m.category, c.scheme FROM "
        "case_media m JOIN case_file c ON c.id = m.case_id WHERE m.media_id = ?1 AND c.state <> "
        "'expunged' ORDER BY m.case_id",
        "u", media_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const MediaHolder holder = {
            .case_id = (uint64_t)statement_int(statement, 0),
            .media_id = (uint64_t)statement_int(statement, 1),
            .is_ignorable = g_strcmp0(statement_text(statement, 2), "ignorable") == 0,
            .is_decided = g_strcmp0(statement_text(statement, 3), "decided") == 0,
            .is_restricted = statement_int(statement, 4) != 0,
            .category = g_strdup(statement_text(statement, 5)),
            .scheme = g_strdup(statement_text(statement, 6))};
        g_array_append_val(holders, holder);
    }
    return false;
}

bool enquiry_rows_same_content(Database *database, uint64_t media_id, GArray *media_ids,
                               GError **err)
{
    return bound_ids(database, media_ids, err,
                     "SELECT o.id FROM media m JOIN media o ON o.md5 = m.md5 AND o.sha1 = m.sha1 "
                     "WHERE m.id = ?1",
                     "u", media_id);
}

bool enquiry_rows_in_evidence(Database *database, uint64_t case_id, uint64_t media_id, bool *ret_is,
                              GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_is, err,
                        "SELECT id FROM item WHERE media_id = ?1 AND case_id = ?2 LIMIT 1", "uu",
                        media_id, case_id);
}

void case_contact_clear(CaseContact *contact)
{
    g_free(contact->unit);
    g_free(contact->agency);
    g_free(contact->country);
    g_free(contact->contact);
    g_free(contact->reference);
    *contact = (CaseContact){0};
}

bool enquiry_rows_contact(Database *database, uint64_t case_id, CaseContact *ret_contact,
                          GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT u.id, u.name, u.agency, u.country, u.contact, c.reference, "
                        "c.number, c.restricted FROM case_file c JOIN unit u ON u.id = c.unit_id "
                        "WHERE c.id = ?1",
                        "u", case_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    if (!row) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %" G_GUINT64_FORMAT,
                    case_id);
        return false;
    }
    const char *reference = statement_text(statement, 5);
    if (reference == NULL || *reference == '\0')
        reference = statement_text(statement, 6);
    *ret_contact = (CaseContact){.unit_id = (uint64_t)statement_int(statement, 0),
                                 .unit = g_strdup(statement_text(statement, 1)),
                                 .agency = g_strdup(statement_text(statement, 2)),
                                 .country = g_strdup(statement_text(statement, 3)),
                                 .contact = g_strdup(statement_text(statement, 4)),
                                 .reference = g_strdup(reference),
                                 .is_restricted = statement_int(statement, 7) != 0};
    statement_reset(statement);
    return true;
}

// ---- Who waits for what -----------------------------------------------------------------------

bool enquiry_watch_add(Database *database, uint64_t media_id, uint64_t case_id, uint64_t account_id,
                       GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO enquiry_watch (media_id, case_id, account_id) VALUES (?1, ?2, "
                     "?3) ON CONFLICT (media_id, case_id) DO NOTHING",
                     "uuu", media_id, case_id, account_id);
}

bool enquiry_watchers(Database *database, uint64_t media_id, GArray *watchers, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT w.case_id, w.account_id FROM enquiry_watch w JOIN case_file c ON "
                        "c.id = w.case_id WHERE w.media_id = ?1 AND c.state = 'open'",
                        "u", media_id);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const EnquiryWatcher watcher = {(uint64_t)statement_int(statement, 0),
                                        (uint64_t)statement_int(statement, 1)};
        g_array_append_val(watchers, watcher);
    }
    return false;
}

bool enquiry_watch_any(Database *database, bool *ret_any, GError **err)
{
    int64_t id;
    return bound_number(database, &id, ret_any, err, "SELECT media_id FROM enquiry_watch LIMIT 1",
                        "");
}

bool enquiry_rate_add(Database *database, uint64_t account_id, int64_t hour, uint64_t media,
                      uint64_t *ret_sum, GError **err)
{
    int64_t sum = 0;
    bool found;
    if (!bound_run(database, err, "DELETE FROM enquiry_rate WHERE account_id = ?1 AND hour < ?2",
                   "ui", account_id, hour) ||
        !bound_number(database, &sum, &found, err,
                      "INSERT INTO enquiry_rate (account_id, hour, media) VALUES (?1, ?2, ?3) ON "
                      "CONFLICT (account_id, hour) DO UPDATE SET media = enquiry_rate.media + "
                      "excluded.media RETURNING media",
                      "uiu", account_id, hour, media))
        return false;
    *ret_sum = (uint64_t)sum;
    return true;
}

void enquiry_notice_row_free(EnquiryNoticeRow *row)
{
    if (row == NULL)
        return;
    g_free(row->what);
    g_free(row);
}

bool enquiry_notice_add(Database *database, uint64_t case_id, uint64_t enquiry_id, bool is_owner,
                        const char *what, int64_t now_us, GError **err)
{
    uint64_t id;
    return store_next_ids(database, "enquiry_notice", 1, &id, err) &&
           bound_run(database, err,
                     "INSERT INTO enquiry_notice (id, case_id, enquiry_id, is_owner, what, "
                     "made_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     "uuuiti", id, case_id, enquiry_id, (int64_t)is_owner, what, now_us);
}

bool enquiry_notice_list(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                         GPtrArray *rows, GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, enquiry_id, is_owner, what, made_us FROM enquiry_notice WHERE "
                        "case_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                        "uui", case_id, after_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        EnquiryNoticeRow *notice = g_new0(EnquiryNoticeRow, 1);
        *notice = (EnquiryNoticeRow){.id = (uint64_t)statement_int(statement, 0),
                                     .case_id = case_id,
                                     .enquiry_id = (uint64_t)statement_int(statement, 1),
                                     .is_owner = statement_int(statement, 2) != 0,
                                     .what = g_strdup(statement_text(statement, 3)),
                                     .made_us = statement_int(statement, 4)};
        g_ptr_array_add(rows, notice);
    }
    return false;
}

// ---- Following what comes in ------------------------------------------------------------------

// Of the only row of enquiry_progress.
#define PROGRESS_ID 1

bool enquiry_progress_get(Database *database, uint64_t *ret_case_media_id, GError **err)
{
    int64_t id = 0;
    bool found;
    if (!bound_number(database, &id, &found, err,
                      "SELECT case_media_id FROM enquiry_progress WHERE id = ?1", "i",
                      (int64_t)PROGRESS_ID))
        return false;
    *ret_case_media_id = found ? (uint64_t)id : 0;
    return true;
}

bool enquiry_progress_set(Database *database, uint64_t case_media_id, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO enquiry_progress (id, case_media_id) VALUES (?1, ?2) ON CONFLICT "
                     "(id) DO UPDATE SET case_media_id = excluded.case_media_id",
                     "iu", (int64_t)PROGRESS_ID, case_media_id);
}

bool enquiry_rows_came_in(Database *database, uint64_t after_id, unsigned limit, GArray *rows,
                          GError **err)
{
    Statement *statement =
        bound_statement(database, err,
                        "SELECT id, case_id, media_id, kind FROM case_media WHERE id > ?1 ORDER BY "
                        "id LIMIT ?2",
                        "ui", after_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const CameIn one = {(uint64_t)statement_int(statement, 0),
                            (uint64_t)statement_int(statement, 1),
                            (uint64_t)statement_int(statement, 2),
                            g_strcmp0(statement_text(statement, 3), "ignorable") == 0};
        g_array_append_val(rows, one);
    }
    return false;
}

bool enquiry_rows_hashes(Database *database, uint64_t media_id, GBytes **ret_hashes, GError **err)
{
    Statement *statement =
        bound_statement(database, err, "SELECT hashes FROM media WHERE id = ?1", "u", media_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    *ret_hashes = NULL;
    if (!row)
        return true;
    if (!statement_is_null(statement, 0)) {
        size_t size_bytes;
        const uint8_t *bytes = statement_blob(statement, 0, &size_bytes);
        *ret_hashes = g_bytes_new(bytes, size_bytes);
    }
    statement_reset(statement);
    return true;
}

bool enquiry_rows_each_hashes(Database *database, uint64_t after_id, unsigned limit,
                              MediaHashesCallback callback, void *user_data, uint64_t *ret_last,
                              GError **err)
{
    *ret_last = after_id;
    Statement *statement = bound_statement(
        database, err, "SELECT id, hashes FROM media WHERE id > ?1 ORDER BY id LIMIT ?2", "ui",
        after_id, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        *ret_last = (uint64_t)statement_int(statement, 0);
        if (statement_is_null(statement, 1))
            continue;
        size_t size_bytes;
        const uint8_t *bytes = statement_blob(statement, 1, &size_bytes);
        if (!callback(user_data, *ret_last, bytes, size_bytes, err)) {
            statement_reset(statement);
            return false;
        }
    }
    return false;
}
