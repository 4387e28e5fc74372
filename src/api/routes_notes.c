// SPDX-License-Identifier: Apache-2.0
//
// Notes and tags on media and stacks.
#include "api/call.h"
#include "api/routes.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/notes.h"

static NoteTarget target_of(ApiCall *call, bool is_stack)
{
    return (NoteTarget){.case_id = api_call_id(call, "case"),
                        .id = api_call_id(call, is_stack ? "stack" : "media"),
                        .is_stack = is_stack};
}

static json_t *note_json(const NoteRow *row)
{
    return json_pack(
        "{sI ss ss? sI so so so}", "id", (json_int_t)row->id, "kind", row->is_tag ? "tag" : "note",
        "text", row->text, "account", (json_int_t)row->account_id, "made", api_time(row->made_us),
        "removed", api_time(row->removed_us), "removed_by",
        row->removed_by != 0 ? json_integer((json_int_t)row->removed_by) : json_null());
}

static bool list_notes(ApiCall *call, bool is_stack, GError **err)
{
    ApiPage page;
    if (!api_page_begin(call, &page, err))
        return false;
    uint64_t after = page.has_place ? (uint64_t)page.place.numbers[0] : 0;
    g_autoptr(GArray) rows =
        note_list(api_call_work(call), api_call_actor(call), target_of(call, is_stack), after, err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    ApiPlace next = {0};
    for (unsigned i = 0; i < rows->len && i < page.limit; i++) {
        const NoteRow *row = &g_array_index(rows, NoteRow, i);
        json_array_append_new(items, note_json(row));
        next.numbers[0] = (int64_t)row->id;
    }
    return api_reply_page(call, items, rows->len > page.limit ? &next : NULL, err);
}

static bool add_note(ApiCall *call, bool is_stack, GError **err)
{
    ApiObject *in = api_call_body(call);
    const char *text = api_object_text_or(in, "text", 1, LIMIT_NOTE_BYTES, NULL);
    const char *tag = api_object_text_or(in, "tag", 1, LIMIT_TAG_BYTES, NULL);
    if ((text == NULL) == (tag == NULL))
        api_object_refuse(in, tag != NULL ? "tag" : "text", "give either a text or a tag");
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_NOTE, err);
    uint64_t id;
    if (act == NULL)
        return false;
    NoteTarget target = target_of(call, is_stack);
    bool ok =
        text != NULL ? note_add(act, target, text, &id, err) : tag_add(act, target, tag, &id, err);
    return ok && api_call_commit(call, 201, json_pack("{sI}", "id", (json_int_t)id), err);
}

static bool list_media_notes(ApiCall *call, GError **err)
{
    return list_notes(call, false, err);
}

static bool add_media_note(ApiCall *call, GError **err)
{
    return add_note(call, false, err);
}

static bool list_stack_notes(ApiCall *call, GError **err)
{
    return list_notes(call, true, err);
}

static bool add_stack_note(ApiCall *call, GError **err)
{
    return add_note(call, true, err);
}

static bool remove_note(ApiCall *call, GError **err)
{
    Act *act = api_call_begin(call, AUDIT_NOTE, err);
    return act != NULL &&
           note_remove(act, api_call_id(call, "case"), api_call_id(call, "note"), err) &&
           api_call_commit(call, 204, NULL, err);
}

// Who reviews a case writes notes in it.
const ApiRoute routes_notes[] = {
    {.path = "/api/v1/cases/{case}/media/{media}/notes",
     .operation = "listMediaNotes",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_media_notes},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/media/{media}/notes",
     .operation = "addMediaNote",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .handle = add_media_note},
    {.path = "/api/v1/cases/{case}/stacks/{stack}/notes",
     .operation = "listStackNotes",
     .permission = PERMISSION_CASE_READ,
     .query = "cursor limit",
     .handle = list_stack_notes},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/stacks/{stack}/notes",
     .operation = "addStackNote",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .handle = add_stack_note},
    {.method = API_METHOD_DELETE,
     .path = "/api/v1/cases/{case}/notes/{note}",
     .operation = "removeNote",
     .permission = PERMISSION_REVIEW,
     .handle = remove_note},
    {0},
};
