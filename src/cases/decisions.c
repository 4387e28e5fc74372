// SPDX-License-Identifier: Apache-2.0
#include "cases/decisions.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/enquiry.h"
#include "cases/matcher.h"
#include "store/case_rows.h"
#include "store/set_edit.h"
#include "store/set_import.h"

// An entry that has to appear, with the decision that it follows from.
typedef struct {
    DecisionRow row; // owned
    bool is_ignorable;
} PendingEntry;

struct Decisions {
    Act *act;
    CaseFile *file;
    const Scheme *scheme;
    Policy policy;
    GArray *pending;   // of PendingEntry
    GArray *withdrawn; // of uint64_t: entries that have to leave
    DecisionCounts counts;
};

static void clear_pending(gpointer data)
{
    PendingEntry *pending = data;
    decision_row_clear(&pending->row);
}

Decisions *decisions_new(Act *act, CaseFile *file, const Scheme *scheme)
{
    Decisions *decisions = g_new0(Decisions, 1);
    decisions->act = act;
    decisions->file = file;
    decisions->scheme = scheme;
    decisions->policy = (Policy){.voters = file->voters, .voter_units = file->voter_units};
    decisions->pending = g_array_new(FALSE, FALSE, sizeof(PendingEntry));
    g_array_set_clear_func(decisions->pending, clear_pending);
    decisions->withdrawn = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return decisions;
}

void decisions_free(Decisions *decisions)
{
    if (decisions == NULL)
        return;
    g_array_unref(decisions->pending);
    g_array_unref(decisions->withdrawn);
    g_free(decisions);
}

DecisionCounts decisions_counts(const Decisions *decisions)
{
    return decisions->counts;
}

// ---- Reconsidering ------------------------------------------------------------------------------

static char *votes_text(const GPtrArray *counting)
{
    GString *text = g_string_new("[");
    for (unsigned i = 0; i < counting->len; i++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "",
                               ((const Vote *)g_ptr_array_index(counting, i))->id);
    return g_string_free(g_string_append_c(text, ']'), FALSE);
}

static bool says_the_same(const DecisionRow *row, const Outcome *outcome)
{
    return row->is_decided == (outcome->state == OUTCOME_DECIDED) &&
           g_strcmp0(row->category, outcome->category) == 0 &&
           row->self_generated == outcome->self_generated && row->commercial == outcome->commercial;
}

static void count_in(Decisions *decisions, DecisionRow *row, const Outcome *outcome,
                     const GPtrArray *counting)
{
    g_free(row->votes);
    row->votes = votes_text(counting);
    row->seq = act_seq(decisions->act);
    row->in_favour = outcome->in_favour;
    row->against = outcome->against;
    row->units = outcome->units;
    row->voters = decisions->policy.voters;
    row->voter_units = decisions->policy.voter_units;
}

// The same outcome by other votes.
static bool update_standing(Decisions *decisions, DecisionRow *row, const Outcome *outcome,
                            const GPtrArray *counting, GError **err)
{
    g_autofree char *votes = votes_text(counting);
    if (g_strcmp0(row->votes, votes) == 0 && row->voters == decisions->policy.voters &&
        row->voter_units == decisions->policy.voter_units)
        return true;
    if (!act_supersedes(decisions->act, TABLE_DECISION, row->id, err))
        return false;
    count_in(decisions, row, outcome, counting);
    return decision_rows_write(act_database(decisions->act), row, err);
}

// What people withdrew by hand is theirs: it is left alone, and no later decision brings it back.
static bool withdraw_entry(Decisions *decisions, DecisionRow *row, GError **err)
{
    unsigned state;
    bool found;
    if (row->entry_id == 0)
        return true;
    if (!decision_rows_entry_state(act_database(decisions->act), row->entry_id, &state, &found,
                                   err))
        return false;
    if (!found || state != 0)
        return true;
    row->entry_withdrawn_us = act_now_us(decisions->act);
    g_array_append_val(decisions->withdrawn, row->entry_id);
    decisions->counts.withdrawn++;
    return true;
}

static bool withdraw_standing(Decisions *decisions, DecisionRow *row, const char *why, GError **err)
{
    if (!act_supersedes(decisions->act, TABLE_DECISION, row->id, err) ||
        !withdraw_entry(decisions, row, err))
        return false;
    row->seq = act_seq(decisions->act);
    row->withdrawn_us = act_now_us(decisions->act);
    g_free(row->withdrawn_why);
    row->withdrawn_why = g_strdup(why);
    return decision_rows_write(act_database(decisions->act), row, err);
}

static bool is_wanted(const Decisions *decisions, const char *category, bool *ret_is_ignorable)
{
    Meaning meaning;
    if (!scheme_meaning(decisions->scheme, category, &meaning))
        return false;
    *ret_is_ignorable = meaning == MEANING_IGNORABLE;
    return meaning == MEANING_NOTABLE ||
           (*ret_is_ignorable && scheme_shares_ignorable(decisions->scheme));
}

static bool write_new(Decisions *decisions, const CaseMediaState *media, const Outcome *outcome,
                      const GPtrArray *counting, GError **err)
{
    Act *act = decisions->act;
    PendingEntry pending = {.row = {.case_id = media->case_id,
                                    .media_id = media->media_id,
                                    .case_media_id = media->id,
                                    .is_decided = outcome->state == OUTCOME_DECIDED,
                                    .category = g_strdup(outcome->category),
                                    .self_generated = outcome->self_generated,
                                    .commercial = outcome->commercial,
                                    .account_id = act_actor(act)->account_id,
                                    .made_us = act_now_us(act),
                                    .waited_us = MAX(act_now_us(act) - media->added_us, 0)}};
    count_in(decisions, &pending.row, outcome, counting);
    bool ok = act_new_ids(act, TABLE_DECISION, 1, &pending.row.id, err) &&
              decision_rows_write(act_database(act), &pending.row, err);
    act_wrote(act, TABLE_DECISION, pending.row.id);
    if (ok && pending.row.is_decided &&
        is_wanted(decisions, pending.row.category, &pending.is_ignorable))
        g_array_append_val(decisions->pending, pending);
    else
        decision_row_clear(&pending.row);
    return ok;
}

static bool set_state(Decisions *decisions, const CaseMediaState *media, const Outcome *outcome,
                      GError **err)
{
    const char *state = outcome->state == OUTCOME_OPEN ? NULL : outcome_state_name(outcome->state);
    if (g_strcmp0(media->decision, state) == 0 &&
        g_strcmp0(media->category, outcome->category) == 0)
        return true;
    return act_supersedes(decisions->act, TABLE_CASE_MEDIA, media->id, err) &&
           vote_rows_set_decision(act_database(decisions->act), media->id, act_seq(decisions->act),
                                  state, outcome->category, err) &&
           enquiry_media_changed(decisions->act, media->media_id, err);
}

static bool change(Decisions *decisions, const CaseMediaState *media, DecisionRow *standing,
                   const Outcome *outcome, const GPtrArray *counting, const char *why, GError **err)
{
    if (standing != NULL && !withdraw_standing(decisions, standing, why, err))
        return false;
    if (outcome->state != OUTCOME_OPEN && !write_new(decisions, media, outcome, counting, err))
        return false;
    decisions->counts.decided += outcome->state == OUTCOME_DECIDED;
    decisions->counts.disputed += outcome->state == OUTCOME_DISPUTED;
    decisions->counts.reopened += outcome->state == OUTCOME_OPEN;
    return set_state(decisions, media, outcome, err);
}

bool decisions_reconsider(Decisions *decisions, const CaseMediaState *media, const char *why,
                          Outcome *ret_outcome, GError **err)
{
    Database *database = act_database(decisions->act);
    g_autoptr(GArray) votes = votes_new();
    if (!vote_rows_of_media(database, media->case_id, media->media_id, votes, err))
        return false;
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    Outcome outcome = outcome_of(counting, decisions->policy);
    DecisionRow standing = {0};
    bool stands;
    if (!decision_rows_standing(database, media->id, &standing, &stands, err))
        return false;
    bool ok;
    if (stands && outcome.state != OUTCOME_OPEN && says_the_same(&standing, &outcome))
        ok = update_standing(decisions, &standing, &outcome, counting, err);
    else if (stands || outcome.state != OUTCOME_OPEN)
        ok = change(decisions, media, stands ? &standing : NULL, &outcome, counting, why, err);
    else
        ok = true;
    decision_row_clear(&standing);
    outcome.category = NULL; // was the votes'
    *ret_outcome = outcome;
    return ok;
}

// ---- Entries ------------------------------------------------------------------------------------

static char *set_name_of(const CaseFile *file, bool is_ignorable)
{
    return g_strdup_printf("%s in case %" G_GUINT64_FORMAT, is_ignorable ? "ignorable" : "decided",
                           file->id);
}

static char *comment_of(const CaseFile *file)
{
    const char *name = file->reference != NULL ? file->reference
                       : file->restricted      ? NULL
                                               : file->number;
    return name != NULL ? g_strdup_printf("decided in case %s", name)
                        : g_strdup("decided in a restricted case");
}

static char *extra_of(const DecisionRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_uint(&json, "case", row->case_id);
    json_write_member_uint(&json, "decision", row->id);
    json_write_member_string(&json, "self_generated", self_generated_name(row->self_generated));
    json_write_member_string(&json, "commercial", commercial_name(row->commercial));
    json_write_end_object(&json);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *key_of(const DecisionRow *row)
{
    return g_strdup_printf("case_media/%" G_GUINT64_FORMAT, row->case_media_id);
}

static void add_hashes(ListEntry *entry, const MediaIdentity *identity, bool is_ignorable)
{
    list_entry_add_hash(entry, HASH_MD5, identity->md5, MD5_BYTES, NULL);
    list_entry_add_hash(entry, HASH_SHA1, identity->sha1, SHA1_BYTES, NULL);
    list_entry_add_hash(entry, HASH_SHA256, identity->sha256, SHA256_BYTES, NULL);
    // Nothing is left out for being alike.
    if (!is_ignorable && identity->has_pdq && identity->pdq_quality >= MATCHER_MIN_QUALITY)
        list_entry_add_hash(entry, HASH_PDQ, identity->pdq, PDQ_BYTES, NULL);
}

static bool add_frames(Decisions *decisions, ListEntry *entry, uint64_t media_id, GError **err)
{
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    if (!vote_rows_media_frames(act_database(decisions->act), media_id, LIMIT_LIST_FRAMES, frames,
                                err))
        return false;
    for (unsigned i = 0; i < frames->len; i++)
        list_entry_add_frame(entry, &g_array_index(frames, FrameHash, i));
    return true;
}

static bool fill_entry(Decisions *decisions, const PendingEntry *pending, ListEntry *entry,
                       GError **err)
{
    MediaIdentity identity;
    if (!vote_rows_media_identity(act_database(decisions->act), pending->row.media_id, &identity,
                                  err))
        return false;
    entry->action = LIST_ENTRY_PRESENT;
    entry->key = key_of(&pending->row);
    entry->category = g_strdup(pending->row.category);
    entry->comment = comment_of(decisions->file);
    entry->extra_json = extra_of(&pending->row);
    entry->has_size = true;
    entry->size_bytes = identity.size_bytes;
    entry->is_video = identity.is_video;
    entry->victim_identified = entry->offender_identified = entry->distributed = -1;
    add_hashes(entry, &identity, pending->is_ignorable);
    return pending->is_ignorable || !identity.is_video ||
           add_frames(decisions, entry, pending->row.media_id, err);
}

static bool import_pending(Decisions *decisions, SetImport *import, bool is_ignorable, GError **err)
{
    bool ok = true;
    ListEntry entry;
    list_entry_init(&entry);
    for (unsigned i = 0; ok && i < decisions->pending->len; i++) {
        const PendingEntry *pending = &g_array_index(decisions->pending, PendingEntry, i);
        if (pending->is_ignorable != is_ignorable)
            continue;
        ok = fill_entry(decisions, pending, &entry, err) && set_import_entry(import, &entry, err);
        list_entry_clear(&entry);
        decisions->counts.entries++;
    }
    return ok;
}

static bool run_import(Decisions *decisions, const char *set_name, bool is_ignorable, GError **err)
{
    const SetImportOptions options = {.set_name = set_name,
                                      .mode = SET_IMPORT_ADD,
                                      .has_kind = true,
                                      .kind = is_ignorable ? SET_IGNORABLE : SET_NOTABLE,
                                      .who = act_actor(decisions->act)->name};
    g_autoptr(SetImport) import =
        set_import_begin(casework_sets(act_work(decisions->act)), &options, err);
    const SetImportSource source = {.name = "votes"};
    SetImportCounts counts;
    return import != NULL && set_import_scheme(import, scheme_id(decisions->scheme), err) &&
           import_pending(decisions, import, is_ignorable, err) &&
           set_import_commit(import, &source, &counts, err);
}

static int64_t identity_of(const char *key)
{
    g_autoptr(GChecksum) work = g_checksum_new(G_CHECKSUM_SHA256);
    StoredEntry wanted = {.content = {.key = (char *)key}};
    return stored_entry_identity(&wanted, work);
}

// Tells the decision which entry it became. `back` takes the entry when it has to be reinstated.
static bool note_entry(Decisions *decisions, PendingEntry *pending, uint64_t set_id, GArray *back,
                       GError **err)
{
    Database *database = act_database(decisions->act);
    g_autofree char *key = key_of(&pending->row);
    unsigned state;
    bool was_ours;
    pending->row.set_id = set_id;
    if (!decision_rows_find_entry(database, set_id, identity_of(key), key, &pending->row.entry_id,
                                  &state, err) ||
        !decision_rows_withdrew_entry(database, pending->row.entry_id, &was_ours, err))
        return false;
    if (pending->row.entry_id == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                    "the entry of decision %" G_GUINT64_FORMAT " did not arrive in its set",
                    pending->row.id);
        return false;
    }
    if (state != 0 && was_ours) {
        EntrySelector selector = {.is_id = true, .id = pending->row.entry_id};
        g_array_append_val(back, selector);
    }
    return decision_rows_write(database, &pending->row, err);
}

static bool note_set(Decisions *decisions, uint64_t set_id, GError **err)
{
    if (decisions->file->decided_set_id == set_id)
        return true;
    if (!act_supersedes(decisions->act, TABLE_CASE_FILE, decisions->file->id, err))
        return false;
    decisions->file->decided_set_id = set_id;
    decisions->file->seq = act_seq(decisions->act);
    return case_rows_update(act_database(decisions->act), decisions->file, err);
}

static bool write_entries(Decisions *decisions, bool is_ignorable, GError **err)
{
    bool any = false;
    for (unsigned i = 0; i < decisions->pending->len && !any; i++)
        any = g_array_index(decisions->pending, PendingEntry, i).is_ignorable == is_ignorable;
    if (!any)
        return true;
    SetStore *sets = casework_sets(act_work(decisions->act));
    g_autofree char *name = set_name_of(decisions->file, is_ignorable);
    if (!run_import(decisions, name, is_ignorable, err))
        return false;
    g_autoptr(SetInfo) info = set_store_find(sets, name, err);
    if (info == NULL || (!is_ignorable && !note_set(decisions, info->id, err)))
        return false;
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(EntrySelector));
    for (unsigned i = 0; i < decisions->pending->len; i++) {
        PendingEntry *pending = &g_array_index(decisions->pending, PendingEntry, i);
        if (pending->is_ignorable == is_ignorable &&
            !note_entry(decisions, pending, info->id, back, err))
            return false;
    }
    SetEditCounts counts;
    return back->len == 0 ||
           set_edit_reinstate(sets, name, (const EntrySelector *)(void *)back->data, back->len,
                              act_actor(decisions->act)->name, &counts, err);
}

// ---- Withdrawing --------------------------------------------------------------------------------

static bool withdraw_from(Decisions *decisions, const char *set_name, GArray *selectors,
                          GError **err)
{
    SetEditCounts counts;
    return selectors->len == 0 ||
           set_edit_withdraw(casework_sets(act_work(decisions->act)), set_name,
                             (const EntrySelector *)(void *)selectors->data, selectors->len,
                             act_actor(decisions->act)->name, &counts, err);
}

// An entry lies in the notable set or in the ignorable one.
static bool withdraw_entries(Decisions *decisions, GError **err)
{
    g_autoptr(GArray) of_notable = g_array_new(FALSE, FALSE, sizeof(EntrySelector));
    g_autoptr(GArray) of_ignorable = g_array_new(FALSE, FALSE, sizeof(EntrySelector));
    for (unsigned i = 0; i < decisions->withdrawn->len; i++) {
        EntrySelector selector = {.is_id = true,
                                  .id = g_array_index(decisions->withdrawn, uint64_t, i)};
        bool is_notable = entry_id_set(selector.id) == decisions->file->decided_set_id;
        g_array_append_val(is_notable ? of_notable : of_ignorable, selector);
    }
    g_autofree char *notable = set_name_of(decisions->file, false);
    g_autofree char *ignorable = set_name_of(decisions->file, true);
    return withdraw_from(decisions, notable, of_notable, err) &&
           withdraw_from(decisions, ignorable, of_ignorable, err);
}

bool decisions_finish(Decisions *decisions, GError **err)
{
    return withdraw_entries(decisions, err) && write_entries(decisions, false, err) &&
           write_entries(decisions, true, err);
}

// ---- Reading ------------------------------------------------------------------------------------

static void clear_with_entry(gpointer data)
{
    decision_row_clear(&((DecisionWithEntry *)data)->row);
}

static bool entry_stands(Database *database, const DecisionRow *row, bool *ret_stands, GError **err)
{
    unsigned state = 0;
    bool found = false;
    if (row->entry_id != 0 && row->withdrawn_us == 0 &&
        !decision_rows_entry_state(database, row->entry_id, &state, &found, err))
        return false;
    *ret_stands = found && state == 0;
    return true;
}

// Takes over the texts of `rows`.
static GArray *with_entries(Database *database, const GArray *rows, bool ok, GError **err)
{
    g_autoptr(GArray) decisions = g_array_new(FALSE, FALSE, sizeof(DecisionWithEntry));
    g_array_set_clear_func(decisions, clear_with_entry);
    for (unsigned i = 0; i < rows->len; i++) {
        DecisionWithEntry decision = {.row = g_array_index(rows, DecisionRow, i)};
        ok = ok && entry_stands(database, &decision.row, &decision.entry_stands, err);
        g_array_append_val(decisions, decision);
    }
    return ok ? g_steal_pointer(&decisions) : NULL;
}

GArray *decisions_of_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                           GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    Database *database = casework_database(work);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    bool ok = decision_rows_of_media(database, case_id, media_id, rows, err);
    return with_entries(database, rows, ok, err);
}

GArray *decisions_votes(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                        GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GArray) votes = votes_new();
    if (!vote_rows_of_media(casework_database(work), case_id, media_id, votes, err))
        return NULL;
    return g_steal_pointer(&votes);
}

GArray *decisions_list(Casework *work, const Actor *actor, uint64_t case_id, bool is_decided,
                       uint64_t before, unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    Database *database = casework_database(work);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    bool ok = decision_rows_list(database, case_id, is_decided, before, limit, rows, err);
    return with_entries(database, rows, ok, err);
}

// ---- By hand ------------------------------------------------------------------------------------

static bool check_edit(Act *act, const CaseFile *file, const DecisionRow *row, bool found,
                       GError **err)
{
    uint64_t member = 0, account_id = act_actor(act)->account_id;
    if (account_id != 0 && !case_rows_member(act_database(act), file->id, account_id, &member, err))
        return false;
    if (!found || row->case_id != file->id)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no such decision in case %s",
                    file->number);
    else if (account_id != 0 && member == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "only members of case %s change what its decisions became", file->number);
    else if (row->withdrawn_us != 0 || row->entry_id == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "decision %" G_GUINT64_FORMAT " %s; look at it again", row->id,
                    row->withdrawn_us != 0 ? "stands no more" : "became no entry of a set");
    else
        return true;
    return false;
}

// Somebody else may have been faster: nobody is to think that it was their act.
static bool check_entry(Act *act, const DecisionRow *row, bool reinstates, GError **err)
{
    bool stands;
    if (!entry_stands(act_database(act), row, &stands, err))
        return false;
    if (stands == reinstates)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "the entry of decision %" G_GUINT64_FORMAT " %s already; look at it again",
                    row->id, reinstates ? "stands in its set" : "was taken out of its set");
    return stands != reinstates;
}

static bool edit_entry(Act *act, const CaseFile *file, uint64_t entry_id, bool reinstates,
                       GError **err)
{
    g_autofree char *name = set_name_of(file, entry_id_set(entry_id) != file->decided_set_id);
    EntrySelector selector = {.is_id = true, .id = entry_id};
    SetEditCounts counts;
    SetStore *sets = casework_sets(act_work(act));
    const char *who = act_actor(act)->name;
    return reinstates ? set_edit_reinstate(sets, name, &selector, 1, who, &counts, err)
                      : set_edit_withdraw(sets, name, &selector, 1, who, &counts, err);
}

bool decisions_edit_entry(Act *act, const EntryEdit *edit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, edit->case_id, err);
    DecisionRow row = {0};
    bool found;
    if (file == NULL || !decision_rows_get(act_database(act), edit->decision_id, &row, &found, err))
        return false;
    bool ok = check_edit(act, file, &row, found, err) &&
              check_entry(act, &row, edit->reinstates, err) &&
              edit_entry(act, file, row.entry_id, edit->reinstates, err);
    decision_row_clear(&row);
    act_set_object(act, "decision %" G_GUINT64_FORMAT, edit->decision_id);
    json_write_member_string(act_payload(act), "entry",
                             edit->reinstates ? "reinstated" : "withdrawn");
    json_write_member_string(act_payload(act), "reason", edit->reason);
    return ok;
}
