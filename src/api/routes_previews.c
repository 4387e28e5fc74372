// SPDX-License-Identifier: Apache-2.0
//
// Previews come in, each in a box sealed to the key of this server, so that nobody on the way can
// look at them.
#include "api/call.h"
#include "api/routes.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "cases/case_file.h"
#include "cases/preview_intake.h"

// What a sender needs before it begins: the key, and the case of a number, if it may see one.
static bool get_server_key(ApiCall *call, GError **err)
{
    const Vault *vault = casework_vault(api_call_work(call), err);
    if (vault == NULL)
        return false;
    uint8_t key[VAULT_PUBLIC_KEY_BYTES];
    vault_public_key(vault, key);
    g_autofree char *hex = encoding_hex_new(key, sizeof key);
    const char *number = api_call_query(call, "case");
    g_autoptr(CaseFile) file =
        number != NULL ? case_file_find(api_call_work(call), api_call_actor(call), number, NULL)
                       : NULL;
    json_t *id = file != NULL ? json_integer((json_int_t)file->id) : json_null();
    return api_reply_json(
        call, 200, json_pack("{ss ss so}", "key", hex, "version", CLEW_VERSION, "case", id), err);
}

typedef struct {
    uint8_t sha256[SHA256_BYTES];
    PreviewSet *previews;
    const char *reason;
} Sent;

static void sent_clear(void *data)
{
    preview_set_free(((Sent *)data)->previews);
}

static PreviewKind read_kind(ApiObject *in)
{
    const char *kinds[PREVIEW_KIND_COUNT + 1] = {NULL};
    for (unsigned i = 0; i < PREVIEW_KIND_COUNT; i++)
        kinds[i] = preview_kind_name((PreviewKind)i);
    return (PreviewKind)api_object_choice(in, "kind", kinds);
}

static void read_picture(ApiCall *call, ApiObject *in, PreviewSet *previews)
{
    g_autoptr(GError) error = NULL;
    const PreviewBox box = {
        .kind = read_kind(in),
        .milliseconds = (uint32_t)api_object_int_or(in, "milliseconds", 0, UINT32_MAX, 0),
        .width = (uint32_t)api_object_int(in, "width", 1, LIMIT_PREVIEW_SIDE),
        .height = (uint32_t)api_object_int(in, "height", 1, LIMIT_PREVIEW_SIDE),
        .box = api_object_base64(in, "box", LIMIT_PREVIEW_BYTES + VAULT_BOX_OVERHEAD_BYTES)};
    if (box.box != NULL && !preview_intake_open(api_call_work(call), &box, previews, &error))
        api_object_refuse(in, "box", "%s", error->message);
}

static GArray *read_sent(ApiCall *call)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(Sent));
    g_array_set_clear_func(all, sent_clear);
    ApiArray *media = api_object_array(api_call_body(call), "media", 1, LIMIT_PREVIEW_MEDIA);
    for (size_t i = 0; i < api_array_size(media); i++) {
        ApiObject *in = api_array_object(media, i);
        Sent sent = {.previews = preview_set_new(),
                     .reason = api_object_text_or(in, "reason", 1, LIMIT_REASON_BYTES, NULL)};
        api_object_hex(in, "sha256", sent.sha256, SHA256_BYTES);
        ApiArray *pictures =
            api_object_array_or_empty(in, "pictures", PREVIEW_KIND_COUNT + LIMIT_PREVIEW_STRIP);
        for (size_t p = 0; p < api_array_size(pictures); p++)
            read_picture(call, api_array_object(pictures, p), sent.previews);
        g_array_append_val(all, sent);
    }
    return all;
}

typedef struct {
    unsigned wanted, stored;
} Counts;

static bool store_all(Act *act, uint64_t case_id, const GArray *all, Counts *counts, GError **err)
{
    for (unsigned i = 0; i < all->len; i++) {
        const Sent *sent = &g_array_index(all, Sent, i);
        bool is_wanted;
        unsigned stored;
        if (!preview_intake_store(act, case_id, sent->sha256, sent->previews, sent->reason,
                                  &is_wanted, &stored, err))
            return false;
        counts->wanted += is_wanted;
        counts->stored += stored;
    }
    return true;
}

// What is there already is no act.
static bool post_previews(ApiCall *call, GError **err)
{
    uint64_t case_id = api_call_id(call, "case");
    g_autoptr(GArray) all = read_sent(call);
    if (!api_call_body_ok(call, err))
        return false;
    g_autoptr(Act) act = act_begin(api_call_work(call), api_call_actor(call), AUDIT_PREVIEWS, err);
    g_autoptr(CaseFile) file = act != NULL ? case_file_for_change(act, case_id, err) : NULL;
    Counts counts = {0};
    if (file == NULL || !store_all(act, case_id, all, &counts, err))
        return false;
    json_write_member_uint(act_payload(act), "media", counts.wanted);
    json_write_member_uint(act_payload(act), "pictures", counts.stored);
    if (counts.stored > 0 && !act_commit(act, err))
        return false;
    return api_reply_json(call, 200,
                          json_pack("{sI sI}", "wanted", (json_int_t)counts.wanted, "stored",
                                    (json_int_t)counts.stored),
                          err);
}

const ApiRoute routes_previews[] = {
    {.path = "/api/v1/server-key",
     .operation = "getServerKey",
     .permission = PERMISSION_INGEST,
     .query = "case",
     .handle = get_server_key},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/previews",
     .operation = "addPreviews",
     .permission = PERMISSION_INGEST,
     .body = API_BODY_JSON,
     .body_limit = LIMIT_PREVIEWS_BYTES,
     .unrepeatable = true,
     .handle = post_previews},
    {0},
};
