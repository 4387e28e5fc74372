// SPDX-License-Identifier: Apache-2.0
#include "cases/case_file.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/enquiry.h"
#include "cases/scheme.h"
#include "cases/votes.h"

static CaseReader reader_of(const Actor *actor)
{
    bool is_auditor = (actor->roles & 1u << ROLE_AUDITOR) != 0;
    return (CaseReader){.everything = actor->account_id == 0,
                        .account_id = actor->account_id,
                        .unit_id = is_auditor ? actor->unit_id : 0,
                        .only_case = actor->only_case};
}

CaseFile *case_file_get(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    CaseReader reader = reader_of(actor);
    CaseFile *file;
    if (!case_rows_get(casework_database(work), &reader, case_id, &file, err))
        return NULL;
    if (file == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no case %" G_GUINT64_FORMAT " that you may see", case_id);
    return file;
}

CaseFile *case_file_find(Casework *work, const Actor *actor, const char *number, GError **err)
{
    CaseReader reader = reader_of(actor);
    CaseFile *file;
    if (!case_rows_find(casework_database(work), &reader, number, &file, err))
        return NULL;
    if (file == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %s that you may see",
                    number);
    return file;
}

bool case_file_is_visible(Casework *work, const Actor *actor, uint64_t case_id, bool *ret_visible,
                          GError **err)
{
    CaseReader reader = reader_of(actor);
    g_autoptr(CaseFile) file = NULL;
    if (!case_rows_get(casework_database(work), &reader, case_id, &file, err))
        return false;
    *ret_visible = file != NULL;
    return true;
}

GPtrArray *case_file_list(Casework *work, const Actor *actor, uint64_t after_id, unsigned limit,
                          GError **err)
{
    CaseReader reader = reader_of(actor);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)case_file_free);
    if (!case_rows_list(casework_database(work), &reader, after_id, limit, files, err))
        return NULL;
    return g_steal_pointer(&files);
}

static CaseFile *get_for_act(Act *act, uint64_t case_id, GError **err)
{
    CaseFile *file = case_file_get(act_work(act), act_actor(act), case_id, err);
    if (file != NULL)
        act_set_case(act, case_id);
    return file;
}

CaseFile *case_file_for_change(Act *act, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = get_for_act(act, case_id, err);
    if (file == NULL)
        return NULL;
    if (file->state != CASE_OPEN) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "case %s is %s and takes no changes; reopen it first", file->number,
                    case_state_name(file->state));
        return NULL;
    }
    return g_steal_pointer(&file);
}

// ---- Opening and changing ---------------------------------------------------------------------

static bool check_text(const char *what, const char *text, size_t limit, bool may_be_empty,
                       GError **err)
{
    size_t length = strlen(text);
    bool ok = length <= limit && (length > 0 || may_be_empty) && g_utf8_validate(text, -1, NULL);
    for (const char *c = text; ok && *c != '\0'; c++)
        ok = (unsigned char)*c >= ' ' && *c != '\x7f';
    if (!ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the %s of a case must be %s%zu bytes of text without control characters", what,
                    may_be_empty ? "at most " : "1 to ", limit);
    return ok;
}

static bool check_outcome(const char *text, GError **err)
{
    bool ok = strlen(text) <= CASE_OUTCOME_MAX && g_utf8_validate(text, -1, NULL);
    for (const char *c = text; ok && *c != '\0'; c++)
        ok = ((unsigned char)*c >= ' ' && *c != '\x7f') || *c == '\n' || *c == '\t';
    if (!ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the outcome of a case must be at most %u bytes of text without control "
                    "characters other than ends of lines",
                    CASE_OUTCOME_MAX);
    return ok;
}

static bool check_policy(unsigned voters, unsigned voter_units, GError **err)
{
    if (voters >= 1 && voters <= LIMIT_CASE_VOTERS && voter_units >= 1 && voter_units <= voters)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "a case is decided by 1 to %u voters from at least 1 unit and at most as many "
                "units as voters, not by %u from %u",
                LIMIT_CASE_VOTERS, voters, voter_units);
    return false;
}

static bool check_new(Act *act, const CaseFile *file, GError **err)
{
    if (!check_text("number", file->number, LIMIT_CASE_NUMBER, false, err) ||
        !check_text("title", file->title, LIMIT_CASE_TEXT, true, err) ||
        (file->reference != NULL &&
         !check_text("reference", file->reference, LIMIT_CASE_TEXT, true, err)) ||
        !check_policy(file->voters, file->voter_units, err))
        return false;
    g_autoptr(Scheme) scheme = scheme_load(file->scheme, casework_folder(act_work(act)), err);
    if (scheme == NULL)
        return false;
    if (!scheme_is_public(scheme)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "the categories of scheme %s are not public, so nobody can vote by it; choose "
                    "another, or put the codes into DATA/schemes/%s.ini",
                    file->scheme, file->scheme);
        return false;
    }
    bool taken;
    if (!case_rows_number_is_taken(act_database(act), file->number, &taken, err))
        return false;
    if (taken)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "the case number %s is taken; choose another", file->number);
    return !taken;
}

static bool add_member(Act *act, uint64_t case_id, uint64_t account_id, GError **err)
{
    uint64_t id;
    if (!act_new_ids(act, TABLE_CASE_MEMBER, 1, &id, err) ||
        !case_rows_add_member(act_database(act), id, act_seq(act), case_id, account_id,
                              act_now_us(act), err))
        return false;
    act_wrote(act, TABLE_CASE_MEMBER, id);
    return true;
}

static void say_case(Act *act, const CaseFile *file)
{
    JsonWriter *json = act_payload(act);
    act_set_case(act, file->id);
    act_set_object(act, "case %" G_GUINT64_FORMAT, file->id);
    json_write_member_string(json, "number", file->number);
    json_write_member_string(json, "state", case_state_name(file->state));
    json_write_member_string(json, "scheme", file->scheme);
    json_write_member_uint(json, "voters", file->voters);
    json_write_member_uint(json, "voter_units", file->voter_units);
    json_write_member_bool(json, "restricted", file->restricted);
}

CaseFile *case_file_open(Act *act, const CaseFileNew *request, GError **err)
{
    g_autoptr(CaseFile) file = g_new0(CaseFile, 1);
    file->seq = act_seq(act);
    file->number = g_strdup(request->number);
    file->unit_id = request->unit_id != 0 ? request->unit_id : act_actor(act)->unit_id;
    file->title = g_strdup(request->title != NULL ? request->title : "");
    file->scheme = g_strdup(request->scheme);
    file->voters = request->voters != 0 ? request->voters : 1;
    file->voter_units = request->voter_units != 0 ? request->voter_units : 1;
    file->restricted = request->restricted;
    file->reference = g_strdup(request->reference);
    file->opened_us = act_now_us(act);
    if (file->unit_id == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "a case belongs to a unit; say which one");
        return NULL;
    }
    if (!check_new(act, file, err) || !act_new_ids(act, TABLE_CASE_FILE, 1, &file->id, err) ||
        !case_rows_insert(act_database(act), file, err))
        return NULL;
    act_wrote(act, TABLE_CASE_FILE, file->id);
    uint64_t account_id = act_actor(act)->account_id;
    if (account_id != 0 && !add_member(act, file->id, account_id, err))
        return NULL;
    say_case(act, file);
    return g_steal_pointer(&file);
}

static void replace_text(char **text, const char *with)
{
    if (with == NULL)
        return;
    g_free(*text);
    *text = g_strdup(with);
}

// Of a case that was closed.
static bool is_outcome_alone(const CaseFileChange *change, const CaseFile *file)
{
    return file->state == CASE_CLOSED && change->outcome != NULL && change->title == NULL &&
           change->reference == NULL && change->voters < 0 && change->voter_units < 0 &&
           change->restricted < 0;
}

static bool change_state(Act *act, CaseFile *file, const CaseFileChange *change, GError **err)
{
    if (change->close && file->state == CASE_OPEN) {
        file->state = CASE_CLOSED;
        file->closed_us = act_now_us(act);
    } else if (change->reopen && file->state == CASE_CLOSED) {
        file->state = CASE_OPEN;
        file->closed_us = 0;
    } else if (change->close || change->reopen ||
               (file->state != CASE_OPEN && !is_outcome_alone(change, file))) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, "case %s is %s%s", file->number,
                    case_state_name(file->state),
                    file->state == CASE_CLOSED ? "; reopen it first" : "");
        return false;
    }
    return true;
}

// Votes that were cast are counted by the policy that is in force.
static bool recount_votes(Act *act, uint64_t case_id, GError **err)
{
    uint64_t after = 0;
    do {
        if (!votes_recount(act, case_id, after, LIMIT_VOTE_MEDIA, &after, err))
            return false;
    } while (after != 0);
    return true;
}

static bool follow_change(Act *act, const CaseFileChange *change, const CaseFile *file,
                          GError **err)
{
    bool has_policy = change->voters >= 0 || change->voter_units >= 0;
    if (has_policy && file->state == CASE_OPEN && !recount_votes(act, file->id, err))
        return false;
    return change->restricted < 0 || enquiry_case_changed(act, file->id, err);
}

bool case_file_change(Act *act, uint64_t case_id, const CaseFileChange *change, GError **err)
{
    g_autoptr(CaseFile) file = get_for_act(act, case_id, err);
    if (file == NULL || !change_state(act, file, change, err))
        return false;
    if ((change->title != NULL &&
         !check_text("title", change->title, LIMIT_CASE_TEXT, true, err)) ||
        (change->reference != NULL &&
         !check_text("reference", change->reference, LIMIT_CASE_TEXT, true, err)) ||
        (change->outcome != NULL && !check_outcome(change->outcome, err)))
        return false;
    replace_text(&file->title, change->title);
    replace_text(&file->reference, change->reference);
    replace_text(&file->outcome, change->outcome);
    if (file->outcome != NULL && *file->outcome == '\0')
        g_clear_pointer(&file->outcome, g_free);
    if (change->voters >= 0)
        file->voters = (unsigned)change->voters;
    if (change->voter_units >= 0)
        file->voter_units = (unsigned)change->voter_units;
    if (change->restricted >= 0)
        file->restricted = change->restricted != 0;
    if (!check_policy(file->voters, file->voter_units, err) ||
        !act_supersedes(act, TABLE_CASE_FILE, case_id, err))
        return false;
    file->seq = act_seq(act);
    if (!case_rows_update(act_database(act), file, err))
        return false;
    say_case(act, file);
    return follow_change(act, change, file, err);
}

// ---- Members and evidence ---------------------------------------------------------------------

GArray *case_file_members(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (!case_rows_members(casework_database(work), case_id, members, err))
        return NULL;
    return g_steal_pointer(&members);
}

static void say_member(Act *act, uint64_t account_id, const char *change)
{
    act_set_object(act, "account %" G_GUINT64_FORMAT, account_id);
    json_write_member_string(act_payload(act), "change", change);
}

bool case_file_add_member(Act *act, uint64_t case_id, uint64_t account_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL)
        return false;
    bool exists;
    uint64_t member;
    if (!case_rows_account_exists(act_database(act), account_id, &exists, err) ||
        !case_rows_member(act_database(act), case_id, account_id, &member, err))
        return false;
    if (!exists || member != 0) {
        g_set_error(err, CLEW_ERROR, exists ? CLEW_ERROR_CONFLICT : CLEW_ERROR_NOT_FOUND,
                    exists ? "account %" G_GUINT64_FORMAT " is a member of the case already"
                           : "there is no open account %" G_GUINT64_FORMAT,
                    account_id);
        return false;
    }
    say_member(act, account_id, "added");
    return add_member(act, case_id, account_id, err);
}

bool case_file_remove_member(Act *act, uint64_t case_id, uint64_t account_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL)
        return false;
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t member;
    if (!case_rows_member(act_database(act), case_id, account_id, &member, err) ||
        !case_rows_members(act_database(act), case_id, members, err))
        return false;
    if (member == 0 || members->len == 1) {
        g_set_error(err, CLEW_ERROR, member == 0 ? CLEW_ERROR_NOT_FOUND : CLEW_ERROR_CONFLICT,
                    member == 0 ? "account %" G_GUINT64_FORMAT " is no member of the case"
                                : "account %" G_GUINT64_FORMAT
                                  " is the last member of the case; add another one first",
                    account_id);
        return false;
    }
    say_member(act, account_id, "removed");
    return act_deletes(act, TABLE_CASE_MEMBER, member, err) &&
           case_rows_remove_member(act_database(act), member, err);
}

bool case_file_evidence(Act *act, uint64_t case_id, const char *name, const char *root,
                        uint64_t *ret_evidence_id, GError **err)
{
    uint64_t id;
    if (!case_rows_evidence(act_database(act), case_id, name, &id, err))
        return false;
    if (id == 0) {
        if (!check_text("evidence's name", name, LIMIT_CASE_TEXT, false, err) ||
            !act_new_ids(act, TABLE_EVIDENCE, 1, &id, err) ||
            !case_rows_add_evidence(act_database(act), id, act_seq(act), case_id, name, root,
                                    act_now_us(act), err))
            return false;
        act_wrote(act, TABLE_EVIDENCE, id);
    }
    *ret_evidence_id = id;
    return true;
}

GPtrArray *case_file_evidences(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_row_free);
    if (file == NULL || !case_rows_evidences(casework_database(work), case_id, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}

bool case_file_counts(Casework *work, const Actor *actor, uint64_t case_id, CaseCounts *ret_counts,
                      GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    return file != NULL && case_counts(casework_database(work), case_id, ret_counts, err);
}
