// SPDX-License-Identifier: Apache-2.0
#include "cases/compare_previews.h"

#include <string.h>

#include "cases/compare_video.h"
#include "cases/preview_store.h"
#include "cases/reveal.h"
#include "store/media_read.h"
#include "wire/shared_buffer.h"

#define PREVIEW_TYPE "image/jpeg"

void preview_comparison_clear(PreviewComparison *comparison)
{
    g_clear_pointer(&comparison->reason, g_free);
}

// ---- What it says -----------------------------------------------------------------------------

static double share_of(double place, uint32_t side)
{
    return side == 0 ? 0 : CLAMP(place / side, 0.0, 1.0);
}

void preview_comparison_fill(const CompareAnswer *answer, PreviewComparison *ret_comparison)
{
    PreviewComparison comparison = {.is_comparable = answer->is_same};
    if (!answer->is_same) {
        comparison.reason = g_strdup(answer->reason);
        *ret_comparison = comparison;
        return;
    }
    comparison.orientation = orientation_name(answer->orientation);
    for (unsigned i = 0; i < answer->region_count; i++) {
        const CompareBox *box = &answer->regions[i].box[0];
        comparison.share += answer->regions[i].share[0];
        comparison.regions[comparison.region_count++] =
            (PreviewRegion){.left = share_of(box->left, answer->width[0]),
                            .top = share_of(box->top, answer->height[0]),
                            .right = share_of(box->right, answer->width[0]),
                            .bottom = share_of(box->bottom, answer->height[0])};
    }
    comparison.share = CLAMP(comparison.share, 0.0, 1.0);
    *ret_comparison = comparison;
}

// Takes the reason.
static bool cannot(PreviewComparison *comparison, char *reason)
{
    *comparison = (PreviewComparison){.reason = reason};
    return true;
}

// ---- The two previews -------------------------------------------------------------------------

static bool refuse_without_preview(Casework *work, uint64_t media_id, PreviewComparison *comparison,
                                   GError **err)
{
    g_autofree char *missing = NULL;
    g_autoptr(GArray) rows = media_preview_rows_new();
    if (!media_read_previews(casework_database(work), media_id, rows, &missing, err))
        return false;
    return cannot(comparison,
                  g_strdup_printf("media %" G_GUINT64_FORMAT " has no preview of 512 pixels: %s",
                                  media_id, missing != NULL ? missing : "none was made"));
}

// Both in memory; *ret_has false: one has none, and the comparison says so.
static bool load_both(Casework *work, const PreviewPair *pair, GBytes *jpegs[2], bool *ret_has,
                      PreviewComparison *comparison, GError **err)
{
    const uint64_t ids[2] = {pair->media_id, pair->with_id};
    *ret_has = false;
    for (unsigned i = 0; i < 2; i++) {
        if (!preview_load(work, ids[i], PREVIEW_512, 0, &jpegs[i], err))
            return false;
        if (jpegs[i] == NULL)
            return refuse_without_preview(work, ids[i], comparison, err);
    }
    *ret_has = true;
    return true;
}

// ---- Comparing --------------------------------------------------------------------------------

// The worker reads the picture out of memory that it cannot write. *ret_status says whether it is
// one.
static bool hand_over(CompareWorker *worker, unsigned side, GBytes *jpeg,
                      CompareSideAnswer *ret_answer, GError **err)
{
    size_t size_bytes;
    const void *bytes = g_bytes_get_data(jpeg, &size_bytes);
    SharedBuffer buffer;
    if (!shared_buffer_open(&buffer, size_bytes, err))
        return false;
    memcpy(buffer.bytes, bytes, size_bytes);
    const CompareSideRequest request = {
        .side = side, .size_bytes = size_bytes, .media_type = PREVIEW_TYPE};
    bool ok = compare_worker_side(worker, &request, buffer.for_worker, ret_answer, err);
    shared_buffer_close(&buffer);
    return ok;
}

static bool ask(CompareWorker *worker, GBytes *const jpegs[2], PreviewComparison *comparison,
                GError **err)
{
    for (unsigned i = 0; i < 2; i++) {
        CompareSideAnswer side = {0};
        if (!hand_over(worker, i, jpegs[i], &side, err))
            return false;
        bool is_read = side.status == STATUS_OK;
        if (!is_read)
            cannot(comparison, g_strdup(side.reason));
        compare_side_answer_clear(&side);
        if (!is_read)
            return true;
    }
    CompareAnswer answer = {0};
    if (!compare_worker_pair(worker, &(CompareRequest){0}, &answer, err))
        return false;
    preview_comparison_fill(&answer, comparison);
    compare_answer_clear(&answer);
    return true;
}

static bool compare(ViewDesk *desk, GBytes *const jpegs[2], PreviewComparison *comparison,
                    GError **err)
{
    if (!view_desk_enter(desk, err))
        return false;
    CompareWorker worker = {.zygote = view_desk_media(desk)};
    bool ok = compare_worker_start(&worker, err) && ask(&worker, jpegs, comparison, err);
    worker_free(worker.worker);
    view_desk_leave(desk);
    return ok;
}

bool preview_compare(ViewDesk *desk, Casework *work, const Actor *actor, const PreviewPair *pair,
                     PreviewComparison *ret_comparison, GError **err)
{
    bool has_both;
    GBytes *jpegs[2] = {NULL, NULL};
    if (!reveal_check(work, actor, pair->case_id, pair->media_id, pair->purpose, err) ||
        !reveal_check(work, actor, pair->case_id, pair->with_id, pair->purpose, err))
        return false;
    bool ok = load_both(work, pair, jpegs, &has_both, ret_comparison, err) &&
              (!has_both || compare(desk, jpegs, ret_comparison, err));
    for (unsigned i = 0; i < 2; i++)
        g_clear_pointer(&jpegs[i], g_bytes_unref);
    return ok;
}

void preview_compare_record(Act *act, const PreviewPair *pair)
{
    JsonWriter *json = act_payload(act);
    act_set_case(act, pair->case_id);
    act_set_object(act, "media %" G_GUINT64_FORMAT, pair->media_id);
    json_write_member_uint(json, "with", pair->with_id);
    if (pair->purpose != NULL)
        json_write_member_string(json, "purpose", pair->purpose);
}
