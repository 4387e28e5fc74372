// SPDX-License-Identifier: Apache-2.0
#include "cases/retention.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/case_sight.h"
#include "cases/text_field.h"

#define MICROSECONDS_PER_DAY (INT64_C(86400) * G_USEC_PER_SEC)

static GPtrArray *rows_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)retention_row_free);
}

static const RetentionRow *rule_of(const GPtrArray *rows, ExpungeKind kind)
{
    for (unsigned i = 0; i < rows->len; i++)
        if (((const RetentionRow *)rows->pdata[i])->kind == kind)
            return rows->pdata[i];
    return NULL;
}

// ---- Setting ----------------------------------------------------------------------------------

static bool check_rule(Act *act, const RetentionRule *rule, GError **err)
{
    if (!text_field_check("the reason", rule->reason, LIMIT_CASE_TEXT, err))
        return false;
    if (rule->days < 1 || rule->days > RETENTION_DAYS_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "things are kept for 1 to %u days, not for %u", RETENTION_DAYS_MAX, rule->days);
        return false;
    }
    if (rule->case_id != 0) {
        g_autoptr(CaseFile) file = case_file_get(act_work(act), act_actor(act), rule->case_id, err);
        act_set_case(act, rule->case_id);
        return file != NULL;
    }
    if ((act_actor(act)->permissions & PERMISSION_BIT(PERMISSION_ADMINISTER)) == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "rules for all cases are set by administrators; set one for your case");
        return false;
    }
    return true;
}

bool retention_set(Act *act, const RetentionRule *rule, GError **err)
{
    g_autoptr(GPtrArray) rows = rows_new();
    if (!check_rule(act, rule, err) ||
        !retention_rows_list(act_database(act), rule->case_id, rows, err))
        return false;
    const RetentionRow *before = rule_of(rows, rule->kind);
    RetentionRow row = {.id = before != NULL ? before->id : 0,
                        .seq = act_seq(act),
                        .case_id = rule->case_id,
                        .kind = rule->kind,
                        .days = rule->days,
                        .from_opened = rule->from_opened,
                        .reason = (char *)rule->reason,
                        .made_us = act_now_us(act)};
    json_write_member_string(act_payload(act), "kind", expunge_kind_name(rule->kind));
    json_write_member_uint(act_payload(act), "days", rule->days);
    json_write_member_string(act_payload(act), "from", rule->from_opened ? "opened" : "closed");
    if (before != NULL)
        return act_supersedes(act, TABLE_RETENTION_RULE, row.id, err) &&
               retention_rows_update(act_database(act), &row, err);
    if (!act_new_ids(act, TABLE_RETENTION_RULE, 1, &row.id, err) ||
        !retention_rows_insert(act_database(act), &row, err))
        return false;
    act_wrote(act, TABLE_RETENTION_RULE, row.id);
    return true;
}

// ---- Reading ----------------------------------------------------------------------------------

static GPtrArray *rules_of(Casework *work, uint64_t case_id, GError **err)
{
    g_autoptr(GPtrArray) rows = rows_new();
    g_autoptr(GPtrArray) general = rows_new();
    if (!retention_rows_list(casework_database(work), case_id, rows, err) ||
        !retention_rows_list(casework_database(work), 0, general, err))
        return NULL;
    for (unsigned i = general->len; i > 0; i--)
        if (rule_of(rows, ((const RetentionRow *)general->pdata[i - 1])->kind) == NULL)
            g_ptr_array_add(rows, g_ptr_array_steal_index(general, i - 1));
    return g_steal_pointer(&rows);
}

GPtrArray *retention_rules(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    return file != NULL ? rules_of(work, case_id, err) : NULL;
}

GPtrArray *retention_general_rules(Casework *work, GError **err)
{
    return rules_of(work, 0, err);
}

static bool was_done(const GPtrArray *expunges, ExpungeKind kind, int64_t since_us)
{
    for (unsigned i = 0; i < expunges->len; i++) {
        const ExpungeRow *row = expunges->pdata[i];
        if (row->state == EXPUNGE_DONE && row->kind == kind && row->decided_us >= since_us)
            return true;
    }
    return false;
}

static bool add_due(Casework *work, const CaseFile *file, int64_t now_us, GArray *due, GError **err)
{
    g_autoptr(GPtrArray) rules = rules_of(work, file->id, err);
    g_autoptr(GPtrArray) expunges =
        g_ptr_array_new_with_free_func((GDestroyNotify)expunge_row_free);
    if (rules == NULL || !expunge_rows_list(casework_database(work), file->id, expunges, err))
        return false;
    for (unsigned i = 0; i < rules->len; i++) {
        const RetentionRow *rule = rules->pdata[i];
        int64_t start = rule->from_opened ? file->opened_us : file->closed_us;
        const RetentionDue one = {file->id, rule->kind,
                                  start + (int64_t)rule->days * MICROSECONDS_PER_DAY};
        if (start != 0 && one.since_us <= now_us && !was_done(expunges, rule->kind, one.since_us))
            g_array_append_val(due, one);
    }
    return true;
}

GArray *retention_due(Casework *work, const Actor *actor, int64_t now_us, GError **err)
{
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    g_autoptr(GArray) due = g_array_new(FALSE, FALSE, sizeof(RetentionDue));
    if (sight == NULL)
        return NULL;
    size_t count;
    const uint64_t *ids = case_sight_ids(sight, &count);
    for (size_t i = 0; i < count; i++) {
        g_autoptr(CaseFile) file = case_file_get(work, actor, ids[i], err);
        if (file == NULL ||
            (file->state != CASE_EXPUNGED && !add_due(work, file, now_us, due, err)))
            return NULL;
    }
    return g_steal_pointer(&due);
}
