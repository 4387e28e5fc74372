// SPDX-License-Identifier: Apache-2.0
//
// Two media of a case, compared by their previews. Regions leave the server, no picture does.
#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "cases/compare_previews.h"
#include "cases/reveal.h"

static json_t *comparison_json(const PreviewComparison *comparison)
{
    json_t *regions = json_array();
    for (unsigned i = 0; i < comparison->region_count; i++) {
        const PreviewRegion *region = &comparison->regions[i];
        json_array_append_new(regions,
                              json_pack("{sf sf sf sf}", "left", region->left, "top", region->top,
                                        "right", region->right, "bottom", region->bottom));
    }
    json_t *share = comparison->is_comparable ? json_real(comparison->share) : json_null();
    return json_pack("{sb ss? so ss? so}", "comparable", (int)comparison->is_comparable, "reason",
                     comparison->reason, "share", share, "orientation", comparison->orientation,
                     "regions", regions);
}

static bool compare_media(ApiCall *call, GError **err)
{
    ApiObject *in = api_call_body(call);
    const PreviewPair pair = {.case_id = api_call_id(call, "case"),
                              .media_id = api_call_id(call, "media"),
                              .with_id = (uint64_t)api_object_int(in, "with", 1, INT64_MAX),
                              .purpose =
                                  api_object_text_or(in, "purpose", 1, REVEAL_PURPOSE_MAX, NULL)};
    if (pair.with_id == pair.media_id)
        api_object_refuse(in, "with", "must be another media");
    if (!api_call_body_ok(call, err))
        return false;
    const ApiServices *services = api_call_services(call);
    if (services == NULL || services->views == NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY, "this server compares no pictures");
        return false;
    }
    // The workers take a while, and everybody who writes would wait for an act that is open.
    g_auto(PreviewComparison) comparison = {0};
    if (!preview_compare(services->views, api_call_work(call), api_call_actor(call), &pair,
                         &comparison, err))
        return false;
    Act *act = api_call_begin(call, AUDIT_COMPARED, err);
    if (act == NULL)
        return false;
    preview_compare_record(act, &pair);
    return api_call_commit(call, 200, comparison_json(&comparison), err);
}

const ApiRoute routes_comparisons[] = {
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/media/{media}/comparisons",
     .operation = "compareMedia",
     .permission = PERMISSION_REVIEW,
     .body = API_BODY_JSON,
     .handle = compare_media},
    {0},
};
