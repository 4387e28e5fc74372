// SPDX-License-Identifier: Apache-2.0
//
// Pictures leave the server here and nowhere else, each time as an act of its own.
#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "base/limits.h"
#include "cases/full_view.h"
#include "cases/reveal.h"

#define JPEG "image/jpeg"

static PreviewKind read_kind(ApiObject *in)
{
    const char *kinds[PREVIEW_KIND_COUNT + 1] = {NULL};
    for (unsigned i = 0; i < PREVIEW_KIND_COUNT; i++)
        kinds[i] = preview_kind_name((PreviewKind)i);
    return (PreviewKind)api_object_choice(in, "kind", kinds);
}

static bool post_reveal(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    const Reveal reveal = {
        .case_id = api_call_id(call, "case"),
        .media_id = api_call_id(call, "media"),
        .kind = read_kind(in),
        .ordinal = (unsigned)api_object_int_or(in, "ordinal", 0, LIMIT_PREVIEW_STRIP - 1, 0),
        .purpose = api_object_text_or(in, "purpose", 1, REVEAL_PURPOSE_MAX, NULL)};
    if (!api_call_body_ok(call, err))
        return false;
    g_autoptr(Act) act = act_begin(api_call_work(call), api_call_actor(call), AUDIT_REVEAL, err);
    g_autoptr(GBytes) jpeg = NULL;
    if (act == NULL || !reveal_begin(act, &reveal, &jpeg, err))
        return false;
    g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, act_seq(act));
    if (!act_commit(act, err))
        return false;
    api_reply_header(call, "Clew-Reveal", id);
    return api_reply_bytes(call, JPEG, g_steal_pointer(&jpeg), NULL);
}

static bool post_reveal_end(ApiCall *call, GError **err)
{
    unsigned shown_ms =
        (unsigned)api_object_int(api_call_body(call), "shown_ms", 0, REVEAL_SHOWN_MS_MAX);
    if (!api_call_body_ok(call, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_REVEAL_ENDED, err);
    return act != NULL &&
           reveal_end(act, api_call_id(call, "case"), api_call_id(call, "media"),
                      api_call_id(call, "reveal"), shown_ms, err) &&
           api_call_commit(call, 204, NULL, err);
}

// ---- The evidence itself ----------------------------------------------------------------------

static ViewDesk *view_desk(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    if (services != NULL && services->views != NULL)
        return services->views;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY, "this server shows no evidence");
    return NULL;
}

static double real_or(ApiObject *in, const char *member, double min, double max, double fallback)
{
    return api_object_any(in, member) != NULL ? api_object_real(in, member, min, max) : fallback;
}

static PictureView read_view(ApiObject *in)
{
    PictureView view = picture_view_plain;
    view.left = real_or(in, "left", 0, 1, view.left);
    view.top = real_or(in, "top", 0, 1, view.top);
    view.right = real_or(in, "right", 0, 1, view.right);
    view.bottom = real_or(in, "bottom", 0, 1, view.bottom);
    view.quarter_turns = (unsigned)api_object_int_or(in, "quarter_turns", 0, 3, 0);
    view.is_grey = api_object_bool_or(in, "grey", false);
    view.contrast = real_or(in, "contrast", VIEW_CONTRAST_MIN, VIEW_CONTRAST_MAX, view.contrast);
    view.brightness =
        real_or(in, "brightness", -VIEW_BRIGHTNESS_MAX, VIEW_BRIGHTNESS_MAX, view.brightness);
    view.gamma = real_or(in, "gamma", VIEW_GAMMA_MIN, VIEW_GAMMA_MAX, view.gamma);
    if (!picture_view_is_valid(&view))
        api_object_refuse(in, "right", "the part that is to be shown is empty");
    return view;
}

static bool post_view(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    const FullView view = {.case_id = api_call_id(call, "case"),
                           .media_id = api_call_id(call, "media"),
                           .item_id = (uint64_t)api_object_int(in, "item", 1, INT64_MAX),
                           .purpose = api_object_text(in, "purpose", 1, REVEAL_PURPOSE_MAX)};
    const ViewChoice choice = {
        .view = read_view(in),
        .side = (uint32_t)api_object_int_or(in, "side", 1, LIMIT_VIEW_SIDE, LIMIT_VIEW_SIDE),
        .milliseconds = (uint32_t)api_object_int_or(in, "milliseconds", 0, UINT32_MAX, 0)};
    if (!api_call_body_ok(call, err))
        return false;
    ViewDesk *desk = view_desk(call, err);
    GBytes *jpeg = NULL;
    return desk != NULL &&
           full_view_show(desk, api_call_work(call), api_call_actor(call), &view, &choice, &jpeg,
                          err) &&
           api_reply_bytes(call, JPEG, jpeg, NULL);
}

static bool post_export(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    const FullView view = {.case_id = api_call_id(call, "case"),
                           .item_id = api_call_id(call, "item"),
                           .purpose = api_object_text(in, "purpose", 1, REVEAL_PURPOSE_MAX)};
    if (!api_call_body_ok(call, err))
        return false;
    ViewDesk *desk = view_desk(call, err);
    int descriptor;
    uint64_t size_bytes;
    if (desk == NULL || !full_view_export(desk, api_call_work(call), api_call_actor(call), &view,
                                          &descriptor, &size_bytes, err))
        return false;
    // The name in the evidence may say too much, and be anything.
    g_autofree char *name = g_strdup_printf("item-%" G_GUINT64_FORMAT ".bin", view.item_id);
    return api_reply_file(call, "application/octet-stream", descriptor, size_bytes, name);
}

const ApiRoute routes_reveals[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/media/{media}/reveals",
     .operation = "revealMedia",
     .permission = PERMISSION_REVEAL,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = post_reveal},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/media/{media}/reveals/{reveal}/end",
     .operation = "endReveal",
     .permission = PERMISSION_REVEAL,
     .body = API_BODY_JSON,
     .handle = post_reveal_end},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/media/{media}/views",
     .operation = "viewMedia",
     .permission = PERMISSION_FULL_VIEW,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = post_view},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/items/{item}/export",
     .operation = "exportItem",
     .permission = PERMISSION_EXPORT,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = post_export},
    {0},
};
