// SPDX-License-Identifier: Apache-2.0
#include "store/lease_rows.h"

#include "store/bound.h"

#define STACK_COLUMNS "s.id, s.order_key, s.media_count, s.open_count, s.voted_by, s.disputed_count"

// Media of a stack that still need a decision.
#define IS_OPEN "c.kind = 'new' AND (c.decision IS NULL OR c.decision <> 'decided')"

// A vote that was not taken back.
#define STANDS "v.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM vote u WHERE u.undoes = v.id)"

static StackRow stack_of_row(const Statement *row, int first)
{
    return (StackRow){.id = (uint64_t)statement_int(row, first),
                      .order_key = statement_int(row, first + 1),
                      .media_count = (uint64_t)statement_int(row, first + 2),
                      .open_count = (uint64_t)statement_int(row, first + 3),
                      .voted_by = statement_int(row, first + 4),
                      .disputed_count = (uint64_t)statement_int(row, first + 5)};
}

// ---- The queue ----------------------------------------------------------------------------------

bool lease_rows_voted_by(Database *database, uint64_t case_id, GArray *values, GError **err)
{
    int64_t value = INT64_MIN;
    bool found = true;
    while (found) {
        if (!bound_number(database, &value, &found, err,
                          "SELECT voted_by FROM stack WHERE case_id = ?1 AND voted_by > ?2 AND "
                          "open_count > 0 ORDER BY voted_by LIMIT 1",
                          "ui", case_id, value))
            return false;
        if (found)
            g_array_append_val(values, value);
    }
    return true;
}

// ?4 and ?5 are the place behind which to look, ?6 now, ?7 slots, ?8 limit, ?9 families, ?10 what
// a finding is like. What is counted for each stack is written so that a server asks it of each
// stack in turn, and does not read whole tables to join them.
#define IS_FREE                                                                                    \
    "(SELECT count(*) + 2 * ?7 * coalesce(max(CASE WHEN l.account_id = ?3 THEN 1 ELSE 0 END), 0) " \
    "FROM review_lease l WHERE l.stack_id = s.id AND l.ends_us > ?6) < ?7 AND "                    \
    "(SELECT count(*) FROM review_skip k WHERE k.account_id = ?3 AND k.stack_id = s.id) = 0 AND "  \
    "(SELECT count(*) FROM note n JOIN not_mine_tag t ON t.tag = n.text AND t.account_id = ?3 "    \
    "WHERE n.case_media_id = s.id AND n.kind = 'tag' AND n.removed_us IS NULL) = 0"

#define ANY "1 = 1"

#define OF_FAMILIES                                                                                \
    "((SELECT CASE m.family WHEN 'picture' THEN 1 WHEN 'video' THEN 2 ELSE 4 END FROM case_media " \
    "c JOIN media m ON m.id = c.media_id WHERE c.id = s.id) & CAST(?9 AS INTEGER)) <> 0"

#define WITH_FINDING                                                                               \
    "(SELECT count(*) FROM case_media c JOIN item i ON i.media_id = c.media_id AND i.case_id = "   \
    "c.case_id WHERE c.id = s.id AND i.findings IS NOT NULL AND i.findings LIKE ?10) > 0"

// Most stacks fail a test; CASE says to look up nothing else for them.
#define FREE_STACKS(behind, order, test)                                                           \
    "SELECT " STACK_COLUMNS " FROM stack s WHERE s.case_id = ?1 AND s.voted_by = ?2 "              \
    "AND s.open_count > 0 AND " behind " AND CASE WHEN " test " THEN " IS_FREE                     \
    " ELSE 1 = 0 END ORDER BY " order " LIMIT ?8"

#define IN_ALL_ORDERS(test)                                                                        \
    {                                                                                              \
        [QUEUE_OF_CASE] =                                                                          \
            FREE_STACKS("(s.order_key, s.id) > (?4, ?5)", "s.order_key, s.id", test),              \
        [QUEUE_LARGEST_FIRST] = FREE_STACKS("(s.media_count, s.id) < (?4, ?5)",                    \
                                            "s.media_count DESC, s.id DESC", test),                \
        [QUEUE_NEWEST_FIRST] = FREE_STACKS("s.id < ?5 AND ?4 = ?4", "s.id DESC", test),            \
    }

static Statement *queue_statement(Database *database, const StackQuery *query, GError **err)
{
    static const char *const any[QUEUE_ORDER_COUNT] = IN_ALL_ORDERS(ANY);
    static const char *const of_families[QUEUE_ORDER_COUNT] = IN_ALL_ORDERS(OF_FAMILIES);
    static const char *const with_finding[QUEUE_ORDER_COUNT] =
        IN_ALL_ORDERS(WITH_FINDING " AND " OF_FAMILIES);
    const char *const *texts = query->finding != NULL           ? with_finding
                               : query->families != FAMILY_BITS ? of_families
                                                                : any;
    return database_statement(database, texts[query->order], err);
}

static void bind_filters(Statement *statement, const StackQuery *query, const char *finding_like)
{
    if (finding_like != NULL)
        statement_bind_text(statement, 10, finding_like);
    if (finding_like != NULL || query->families != FAMILY_BITS)
        statement_bind_int(statement, 9, query->families);
}

static void bind_place(Statement *statement, QueueOrder order, const StackRow *after)
{
    int64_t key, id;
    if (order == QUEUE_OF_CASE) {
        key = after != NULL ? after->order_key : INT64_MIN;
        id = after != NULL ? (int64_t)after->id : INT64_MIN;
    } else {
        key = after != NULL ? (int64_t)after->media_count : INT64_MAX;
        id = after != NULL ? (int64_t)after->id : INT64_MAX;
    }
    statement_bind_int(statement, 4, key);
    statement_bind_int(statement, 5, id);
}

bool lease_rows_stacks(Database *database, const StackQuery *query, const StackRow *after,
                       GArray *stacks, GError **err)
{
    g_autofree char *finding_like =
        query->finding != NULL ? g_strdup_printf("%%\"type\":\"%s\"%%", query->finding) : NULL;
    Statement *statement = queue_statement(database, query, err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)query->case_id);
    statement_bind_int(statement, 2, query->voted_by);
    statement_bind_int(statement, 3, (int64_t)query->account_id);
    bind_place(statement, query->order, after);
    statement_bind_int(statement, 6, query->now_us);
    statement_bind_int(statement, 7, query->slots);
    statement_bind_int(statement, 8, query->limit);
    bind_filters(statement, query, finding_like);
    bool row = true;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            StackRow stack = stack_of_row(statement, 0);
            g_array_append_val(stacks, stack);
        }
    }
    return true;
}

bool lease_rows_stack(Database *database, uint64_t stack_id, uint64_t *ret_case_id,
                      StackRow *ret_stack, bool *ret_found, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT s.case_id, " STACK_COLUMNS " FROM stack s WHERE s.id = ?1", "u",
        stack_id);
    if (statement == NULL || !statement_step(statement, ret_found, err))
        return false;
    if (*ret_found) {
        *ret_case_id = (uint64_t)statement_int(statement, 0);
        *ret_stack = stack_of_row(statement, 1);
    }
    statement_reset(statement);
    return true;
}

// ---- Counting -----------------------------------------------------------------------------------

typedef struct {
    int64_t open, voters, first_voter, voted;
} OpenMedia;

static bool count_open(Database *database, uint64_t stack_id, OpenMedia *ret_open, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT count(DISTINCT c.id), count(DISTINCT v.account_id), "
        "min(v.account_id), count(DISTINCT CASE WHEN v.id IS NOT NULL THEN c.id "
        "END) FROM case_media c LEFT JOIN vote v ON v.media_id = c.media_id "
        "AND v.case_id = c.case_id AND " STANDS " WHERE c.stack_id = ?1 AND " IS_OPEN,
        "u", stack_id);
    bool row;
    if (statement == NULL || !statement_step(statement, &row, err))
        return false;
    g_assert(row);
    *ret_open = (OpenMedia){.open = statement_int(statement, 0),
                            .voters = statement_int(statement, 1),
                            .first_voter = statement_int(statement, 2),
                            .voted = statement_int(statement, 3)};
    statement_reset(statement);
    return true;
}

bool lease_rows_recount(Database *database, uint64_t stack_id, GError **err)
{
    OpenMedia open;
    if (!count_open(database, stack_id, &open, err))
        return false;
    int64_t voted_by = VOTED_BY_SEVERAL;
    if (open.voters == 0)
        voted_by = VOTED_BY_NOBODY;
    else if (open.voters == 1 && open.voted == open.open)
        voted_by = open.first_voter;
    return bound_run(database, err,
                     "UPDATE stack SET open_count = ?2, voted_by = ?3, media_count = "
                     "(SELECT count(*) FROM case_media c WHERE c.stack_id = ?1), disputed_count = "
                     "(SELECT count(*) FROM case_media c WHERE c.stack_id = ?1 AND c.kind = 'new' "
                     "AND c.decision = 'disputed') WHERE id = ?1",
                     "uii", stack_id, open.open, voted_by) &&
           bound_run(database, err, "DELETE FROM stack WHERE id = ?1 AND media_count = 0", "u",
                     stack_id);
}

bool lease_rows_stack_ids(Database *database, uint64_t case_id, uint64_t after, unsigned limit,
                          GArray *ids, GError **err)
{
    Statement *statement = bound_statement(
        database, err, "SELECT id FROM stack WHERE case_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        "uui", case_id, after, (int64_t)limit);
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            uint64_t id = (uint64_t)statement_int(statement, 0);
            g_array_append_val(ids, id);
        }
    }
    return statement != NULL;
}

bool lease_rows_voted_all(Database *database, uint64_t stack_id, uint64_t account_id,
                          bool *ret_voted_all, GError **err)
{
    int64_t left;
    bool found;
    if (!bound_number(database, &left, &found, err,
                      "SELECT c.id FROM case_media c WHERE c.stack_id = ?1 AND " IS_OPEN
                      " AND NOT EXISTS (SELECT 1 FROM vote v WHERE v.media_id = c.media_id "
                      "AND v.case_id = c.case_id AND v.account_id = ?2 AND " STANDS ") LIMIT 1",
                      "uu", stack_id, account_id))
        return false;
    *ret_voted_all = !found;
    return true;
}

// ---- Leases -------------------------------------------------------------------------------------

bool lease_rows_write(Database *database, const LeaseRow *lease, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO review_lease (stack_id, account_id, case_id, unit_id, ends_us) "
                     "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (stack_id, account_id) "
                     "DO UPDATE SET ends_us = excluded.ends_us",
                     "uuuui", lease->stack_id, lease->account_id, lease->case_id, lease->unit_id,
                     lease->ends_us);
}

static bool append_leases(Statement *statement, GArray *leases, GError **err)
{
    bool row = statement != NULL;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        if (row) {
            LeaseRow lease = {.stack_id = (uint64_t)statement_int(statement, 0),
                              .account_id = (uint64_t)statement_int(statement, 1),
                              .case_id = (uint64_t)statement_int(statement, 2),
                              .unit_id = (uint64_t)statement_int(statement, 3),
                              .ends_us = statement_int(statement, 4)};
            g_array_append_val(leases, lease);
        }
    }
    return statement != NULL;
}

bool lease_rows_of_stack(Database *database, uint64_t stack_id, int64_t now_us, GArray *leases,
                         GError **err)
{
    return append_leases(
        bound_statement(database, err,
                        "SELECT stack_id, account_id, case_id, unit_id, ends_us FROM review_lease "
                        "WHERE stack_id = ?1 AND ends_us > ?2 ORDER BY account_id",
                        "ui", stack_id, now_us),
        leases, err);
}

bool lease_rows_of_account(Database *database, uint64_t case_id, uint64_t account_id,
                           int64_t now_us, GArray *leases, GError **err)
{
    return append_leases(
        bound_statement(database, err,
                        "SELECT stack_id, account_id, case_id, unit_id, ends_us FROM review_lease "
                        "WHERE case_id = ?1 AND account_id = ?2 AND ends_us > ?3 ORDER BY stack_id",
                        "uui", case_id, account_id, now_us),
        leases, err);
}

bool lease_rows_end(Database *database, uint64_t stack_id, uint64_t account_id, int64_t *ret_us,
                    GError **err)
{
    bool found;
    *ret_us = 0;
    return bound_number(database, ret_us, &found, err,
                        "SELECT ends_us FROM review_lease WHERE stack_id = ?1 AND account_id = ?2",
                        "uu", stack_id, account_id);
}

bool lease_rows_delete(Database *database, uint64_t stack_id, uint64_t account_id, GError **err)
{
    return bound_run(database, err,
                     "DELETE FROM review_lease WHERE stack_id = ?1 AND account_id = ?2", "uu",
                     stack_id, account_id);
}

bool lease_rows_sweep(Database *database, int64_t before_us, GError **err)
{
    return bound_run(database, err, "DELETE FROM review_lease WHERE ends_us < ?1", "i", before_us);
}

// ---- Facts --------------------------------------------------------------------------------------

void stack_facts_clear(StackFacts *facts)
{
    g_clear_pointer(&facts->media_type, g_free);
    g_clear_pointer(&facts->family, g_free);
    g_clear_pointer(&facts->status, g_free);
    g_clear_pointer(&facts->no_preview, g_free);
    tile_facts_clear(&facts->tile);
}

static void facts_of_row(const Statement *row, StackFacts *facts)
{
    stack_facts_clear(facts);
    *facts = (StackFacts){.stack_id = (uint64_t)statement_int(row, 0),
                          .media_id = (uint64_t)statement_int(row, 1),
                          .media_type = g_strdup(statement_text(row, 2)),
                          .family = g_strdup(statement_text(row, 3)),
                          .status = g_strdup(statement_text(row, 4)),
                          .width = (uint32_t)statement_int(row, 5),
                          .height = (uint32_t)statement_int(row, 6),
                          .frames = (uint32_t)statement_int(row, 7),
                          .duration_ms = (uint32_t)statement_int(row, 8),
                          .no_preview = g_strdup(statement_text(row, 9)),
                          .has_preview = statement_int(row, 10) != 0,
                          .has_distance = !statement_is_null(row, 11),
                          .distance_least = (unsigned)statement_int(row, 11),
                          .distance_most = (unsigned)statement_int(row, 12),
                          .size_bytes = (uint64_t)statement_int(row, 13),
                          .tile = {.case_media_id = (uint64_t)statement_int(row, 0)}};
}

static bool read_facts(Database *database, StackFacts *const *facts, size_t count, GError **err)
{
    Statement *statement = database_statement(
        database,
        "SELECT c.id, m.id, m.media_type, m.family, m.status, m.width, m.height, m.frames, "
        "m.duration_ms, " TILE_NO_PREVIEW ", "
        "CASE WHEN EXISTS (SELECT 1 FROM preview p WHERE p.media_id = m.id) THEN 1 ELSE 0 END, "
        "(SELECT min(d.distance) FROM case_media d WHERE d.stack_id = c.id), "
        "(SELECT max(d.distance) FROM case_media d WHERE d.stack_id = c.id), m.size_bytes "
        "FROM case_media c JOIN media m ON m.id = c.media_id WHERE c.id IN (" TILE_IDS ")",
        err);
    if (statement == NULL)
        return false;
    for (size_t i = 0; i < TILE_IDS_AT_ONCE; i++)
        statement_bind_int(statement, (int)i + 1,
                           (int64_t)facts[i < count ? i : count - 1]->stack_id);
    bool row = true;
    while (row) {
        if (!statement_step(statement, &row, err))
            return false;
        for (size_t i = 0; row && i < count; i++)
            if (facts[i]->stack_id == (uint64_t)statement_int(statement, 0))
                facts_of_row(statement, facts[i]);
    }
    return true;
}

bool lease_rows_facts_of(Database *database, StackFacts *const *facts, size_t count, GError **err)
{
    for (size_t done = 0; done < count; done += TILE_IDS_AT_ONCE)
        if (!read_facts(database, facts + done, MIN(count - done, (size_t)TILE_IDS_AT_ONCE), err))
            return false;
    g_autoptr(GPtrArray) tiles = g_ptr_array_new();
    for (size_t i = 0; i < count; i++)
        if (facts[i]->media_id != 0)
            g_ptr_array_add(tiles, &facts[i]->tile);
    return tile_rows_read(database, (TileFacts *const *)tiles->pdata, tiles->len, true, err);
}

bool lease_rows_facts(Database *database, uint64_t stack_id, StackFacts *ret_facts, GError **err)
{
    *ret_facts = (StackFacts){.stack_id = stack_id};
    return lease_rows_facts_of(database, &ret_facts, 1, err);
}
