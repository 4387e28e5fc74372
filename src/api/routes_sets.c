// SPDX-License-Identifier: Apache-2.0
//
// Hash sets, for those who keep them. No listed hash leaves: entries are named by their number in
// the set. Every change is one act, which tells in the record what the set is afterwards.
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "cases/match_reference.h"
#include "cases/sets.h"
#include "store/set_edit.h"

#define HASH_TEXT_MAX (2 * HASH_BYTES_MAX)

// ---- What is told of sets ---------------------------------------------------------------------

static json_t *hash_counts(const uint64_t counts[HASH_TYPE_COUNT])
{
    json_t *json = json_object();
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        json_object_set_new(json, hash_type_name((HashType)type),
                            json_integer((json_int_t)counts[type]));
    return json;
}

static json_t *set_json(const SetInfo *info)
{
    const SetTally *tally = &info->tally;
    json_t *entries = json_pack("{sI sI sI}", "active", (json_int_t)tally->active,
                                "withdrawn_by_list", (json_int_t)tally->withdrawn_by_list,
                                "withdrawn_locally", (json_int_t)tally->withdrawn_locally);
    return json_pack("{sI ss ss ss? ss sI ss so so sI sI}", "id", (json_int_t)info->id, "name",
                     info->name, "kind", set_kind_name(info->kind), "scheme", info->scheme,
                     "created", info->created, "generation", (json_int_t)info->generation, "digest",
                     info->digest, "entries", entries, "hashes", hash_counts(tally->hashes),
                     "videos", (json_int_t)tally->videos, "frames", (json_int_t)tally->frames);
}

static json_t *act_json(const SetAct *act)
{
    g_autofree char *sha256 =
        act->has_source_sha256 ? encoding_hex_new(act->source_sha256, SHA256_BYTES) : NULL;
    return json_pack(
        "{sI ss ss ss ss? ss? ss? ss? sI sI sI sI sI sI}", "generation",
        (json_int_t)act->generation, "act", act->act, "made", act->made, "who", act->who, "source",
        act->source, "source_sha256", sha256, "format", act->format, "description",
        act->description, "entries", (json_int_t)act->entries, "added", (json_int_t)act->added,
        "updated", (json_int_t)act->updated, "withdrawn", (json_int_t)act->withdrawn, "reinstated",
        (json_int_t)act->reinstated, "refused", (json_int_t)act->refused);
}

static bool list_sets(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) infos = set_store_list(casework_sets(api_call_work(call)), err);
    if (infos == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < infos->len; i++)
        json_array_append_new(items, set_json(infos->pdata[i]));
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

// With the newest of its acts, newest first.
static bool get_set(ApiCall *call, GError **err)
{
    SetStore *sets = casework_sets(api_call_work(call));
    g_autoptr(SetInfo) info = set_store_get(sets, api_call_id(call, "set"), err);
    g_autoptr(GPtrArray) acts = info != NULL ? set_store_acts(sets, info->id, err) : NULL;
    if (acts == NULL)
        return false;
    json_t *list = json_array();
    for (unsigned i = acts->len; i > 0 && acts->len - i < LIMIT_API_PAGE; i--)
        json_array_append_new(list, act_json(acts->pdata[i - 1]));
    json_t *json = set_json(info);
    json_object_set_new(json, "acts", list);
    return api_reply_json(call, 200, json, err);
}

// ---- Entries ----------------------------------------------------------------------------------

static const char *state_name(unsigned state)
{
    if (state & ENTRY_WITHDRAWN_LOCALLY)
        return "withdrawn_locally";
    return state & ENTRY_WITHDRAWN_BY_LIST ? "withdrawn_by_list" : "active";
}

static json_t *entry_json(const StoredEntry *entry)
{
    unsigned counts[HASH_TYPE_COUNT] = {0};
    json_t *types = json_array();
    for (size_t i = 0; i < entry->content.hash_count; i++)
        counts[entry->content.hashes[i].type]++;
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        if (counts[type] > 0)
            json_array_append_new(types, json_string(hash_type_name((HashType)type)));
    return json_pack("{sI ss ss? so sI}", "entry", (json_int_t)entry_id_number(entry->id), "state",
                     state_name(entry->state), "category", entry->content.category, "hash_types",
                     types, "frames", (json_int_t)entry->content.frame_count);
}

static bool append_entries(SetStore *sets, const SetInfo *info, const ApiPage *page, json_t *items,
                           uint64_t *ret_next, GError **err)
{
    StoredEntry entry;
    stored_entry_init(&entry);
    uint64_t number = page->has_place ? (uint64_t)page->place.numbers[0] : 0;
    bool ok = true;
    while (ok && number < info->last_entry && json_array_size(items) < page->limit) {
        bool found;
        ok = set_store_entry(sets, entry_id_make(info->id, ++number), &entry, &found, err);
        if (ok && found)
            json_array_append_new(items, entry_json(&entry));
    }
    stored_entry_clear(&entry);
    *ret_next = number < info->last_entry ? number : 0;
    return ok;
}

static bool list_entries(ApiCall *call, GError **err)
{
    ApiPage page;
    SetStore *sets = casework_sets(api_call_work(call));
    if (!api_page_begin(call, &page, err))
        return false;
    g_autoptr(SetInfo) info = set_store_get(sets, api_call_id(call, "set"), err);
    if (info == NULL)
        return false;
    json_t *items = json_array();
    uint64_t after;
    if (!append_entries(sets, info, &page, items, &after, err)) {
        json_decref(items);
        return false;
    }
    const ApiPlace next = {.numbers = {(int64_t)after}};
    return api_reply_page(call, items, after != 0 ? &next : NULL, err);
}

// What a service that matched was told: which entry it is.
static bool find_reference(ApiCall *call, GError **err)
{
    uint64_t entry;
    if (!match_reference_open(api_call_work(call), api_call_word(call, "reference"), &entry, err))
        return false;
    return api_reply_json(call, 200,
                          json_pack("{sI sI}", "set", (json_int_t)entry_id_set(entry), "entry",
                                    (json_int_t)entry_id_number(entry)),
                          err);
}

// ---- Changing ---------------------------------------------------------------------------------

static const char *const kind_names[] = {"notable", "ignorable", "alert", NULL};

static bool reply_with_set(ApiCall *call, Act *act, int status, const char *name, json_t *more,
                           GError **err)
{
    g_autoptr(SetInfo) info = set_store_find(casework_sets(act_work(act)), name, err);
    if (info == NULL) {
        json_decref(more);
        return false;
    }
    json_t *json = set_json(info);
    if (more != NULL)
        json_object_set_new(json, "changed", more);
    return api_call_commit(call, status, json, err);
}

static bool create_set(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    SetImportOptions options = {
        .set_name = api_object_text(in, "name", 1, LIMIT_CASE_TEXT),
        .mode = SET_IMPORT_NEW,
        .has_kind = true,
        .kind = (SetKind)api_object_choice(in, "kind", kind_names),
        .who = api_call_actor(call)->name,
    };
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SET_CHANGED, err);
    if (act == NULL)
        return false;
    SetImportCounts counts;
    g_autoptr(SetImport) import = set_import_begin(casework_sets(act_work(act)), &options, err);
    return import != NULL && set_import_commit(import, &(SetImportSource){0}, &counts, err) &&
           reply_with_set(call, act, 201, options.set_name, NULL, err);
}

static void read_selector_hash(ApiObject *in, EntrySelector *ret_selector)
{
    static const char *const types[] = {"md5", "sha1", "sha256", "pdq", NULL};
    ret_selector->type = (HashType)api_object_choice(in, "type", types);
    const char *text = api_object_text(in, "value", 1, HASH_TEXT_MAX);
    if (!encoding_from_hex(text, strlen(text), ret_selector->value,
                           hash_type_bytes(ret_selector->type)))
        api_object_refuse(in, "value", "not the %u hexadecimal digits of this type",
                          (unsigned)(2 * hash_type_bytes(ret_selector->type)));
}

static GArray *read_selectors(ApiCall *call, uint64_t set_id)
{
    ApiObject *in = api_call_body(call);
    ApiArray *entries = api_object_array_or_empty(in, "entries", LIMIT_SET_EDIT);
    ApiArray *hashes = api_object_array_or_empty(in, "hashes", LIMIT_SET_EDIT);
    GArray *selectors = g_array_new(FALSE, TRUE, sizeof(EntrySelector));
    for (size_t i = 0; i < api_array_size(entries); i++) {
        uint64_t number = (uint64_t)api_array_int(entries, i, 1, UINT32_MAX);
        const EntrySelector selector = {.is_id = true, .id = entry_id_make(set_id, number)};
        g_array_append_val(selectors, selector);
    }
    for (size_t i = 0; i < api_array_size(hashes); i++) {
        EntrySelector selector = {0};
        read_selector_hash(api_array_object(hashes, i), &selector);
        g_array_append_val(selectors, selector);
    }
    if (selectors->len == 0)
        api_object_refuse(in, "entries", "name at least one entry or hash");
    return selectors;
}

typedef bool EditFunction(SetStore *store, const char *set_name, const EntrySelector *selectors,
                          size_t count, const char *who, SetEditCounts *ret_counts, GError **err);

static bool edit(ApiCall *call, EditFunction *function, GError **err)
{
    uint64_t id = api_call_id(call, "set");
    g_autoptr(GArray) selectors = read_selectors(call, id);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_SET_CHANGED, err);
    if (act == NULL)
        return false;
    SetStore *sets = casework_sets(act_work(act));
    SetEditCounts counts;
    g_autoptr(SetInfo) info = set_store_get(sets, id, err);
    if (info == NULL || !function(sets, info->name, (const EntrySelector *)(void *)selectors->data,
                                  selectors->len, act_actor(act)->name, &counts, err))
        return false;
    json_t *changed = json_pack("{sI sI}", "changed", (json_int_t)counts.changed, "unchanged",
                                (json_int_t)counts.unchanged);
    return reply_with_set(call, act, 200, info->name, changed, err);
}

static bool withdraw_entries(ApiCall *call, GError **err)
{
    return edit(call, set_edit_withdraw, err);
}

static bool reinstate_entries(ApiCall *call, GError **err)
{
    return edit(call, set_edit_reinstate, err);
}

// ---- Importing --------------------------------------------------------------------------------

static bool read_import(ApiCall *call, SetsImportRequest *request, GError **err)
{
    static const char *const modes[] = {"merge", "replace", NULL};
    static const char *const types[] = {"md5", "sha1", "sha256", "pdq", NULL};
    unsigned mode, type;
    if (!api_call_query_choice(call, "mode", modes, 0, &mode, err) ||
        !api_call_query_choice(call, "type", types, 0, &type, err) ||
        !api_call_query_bool(call, "strict", false, &request->strict, err))
        return false;
    request->mode = mode == 0 ? SET_IMPORT_MERGE : SET_IMPORT_REPLACE;
    request->has_type = api_call_query(call, "type") != NULL;
    request->type = (HashType)type;
    request->scheme = api_call_query(call, "scheme");
    request->format = api_call_query(call, "format");
    request->columns = api_call_query(call, "columns");
    request->within_act = true;
    return true;
}

static json_t *import_json(const SetsImportSummary *summary)
{
    const SetImportCounts *counts = &summary->counts;
    return json_pack(
        "{ss? ss? sI sI sI sI sI sI sI sI sI sb}", "format", summary->format, "description",
        summary->description, "entries", (json_int_t)counts->entries, "added",
        (json_int_t)counts->added, "updated", (json_int_t)counts->updated, "unchanged",
        (json_int_t)counts->unchanged, "withdrawn", (json_int_t)counts->withdrawn, "reinstated",
        (json_int_t)counts->reinstated, "stay_withdrawn", (json_int_t)counts->stay_withdrawn,
        "refused", (json_int_t)summary->refused, "unknown_category",
        (json_int_t)summary->unknown_category, "looks_like_pdq", (int)summary->looks_like_pdq);
}

static bool import_list(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    SetsImportRequest request = {.who = api_call_actor(call)->name};
    const char *name = api_call_query(call, "name");
    if (!read_import(call, &request, err))
        return false;
    if (services == NULL || services->lists == NULL) {
        g_set_error_literal(err, API_PROBLEM, API_PROBLEM_UNAVAILABLE,
                            "this server reads no lists");
        return false;
    }
    Act *act = api_call_begin(call, AUDIT_SET_CHANGED, err);
    if (act == NULL)
        return false;
    SetStore *sets = casework_sets(act_work(act));
    g_autoptr(SetInfo) info = set_store_get(sets, api_call_id(call, "set"), err);
    if (info == NULL)
        return false;
    request.set_name = info->name;
    SetsImportSummary summary;
    if (!sets_import(sets, services->lists, api_call_file(call),
                     name != NULL ? name : "a list that was sent", &request, &summary, err))
        return api_refuse_content(err);
    json_t *changed = import_json(&summary);
    sets_import_summary_clear(&summary);
    return reply_with_set(call, act, 200, info->name, changed, err);
}

const ApiRoute routes_sets[] = {
    {.path = "/api/v1/sets",
     .operation = "listSets",
     .permission = PERMISSION_SETS_READ,
     .handle = list_sets},
    {.method = API_METHOD_POST,
     .path = "/api/v1/sets",
     .operation = "createSet",
     .permission = PERMISSION_SETS_WRITE,
     .body = API_BODY_JSON,
     .handle = create_set},
    {.path = "/api/v1/sets/{set}",
     .operation = "getSet",
     .permission = PERMISSION_SETS_READ,
     .handle = get_set},
    {.path = "/api/v1/sets/{set}/entries",
     .operation = "listSetEntries",
     .permission = PERMISSION_SETS_READ,
     .query = "cursor limit",
     .handle = list_entries},
    {.method = API_METHOD_POST,
     .path = "/api/v1/sets/{set}/withdraw",
     .operation = "withdrawSetEntries",
     .permission = PERMISSION_SETS_WRITE,
     .body = API_BODY_JSON,
     .handle = withdraw_entries},
    {.method = API_METHOD_POST,
     .path = "/api/v1/sets/{set}/reinstate",
     .operation = "reinstateSetEntries",
     .permission = PERMISSION_SETS_WRITE,
     .body = API_BODY_JSON,
     .handle = reinstate_entries},
    {.method = API_METHOD_POST,
     .path = "/api/v1/sets/{set}/import",
     .operation = "importSet",
     .permission = PERMISSION_SETS_WRITE,
     .query = "name mode type scheme format columns strict",
     .body = API_BODY_FILE,
     .body_limit = LIMIT_SET_IMPORT_BYTES,
     .handle = import_list},
    {.path = "/api/v1/match/references/{reference:word}",
     .operation = "findMatchReference",
     .permission = PERMISSION_SETS_READ,
     .handle = find_reference},
    {0},
};
