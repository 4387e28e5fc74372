// SPDX-License-Identifier: Apache-2.0
#include "cases/reveal.h"

#include "base/error.h"
#include "cases/case_file.h"
#include "cases/exposure.h"
#include "cases/preview_store.h"
#include "store/audit_leaves.h"
#include "store/media_read.h"

#define KIND_NOTABLE "notable"

static bool refuse_absent(uint64_t case_id, uint64_t media_id, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there is no media %" G_GUINT64_FORMAT " in case %" G_GUINT64_FORMAT, media_id,
                case_id);
    return false;
}

static bool check_notable(const Actor *actor, const char *purpose, GError **err)
{
    if (!(actor->permissions & PERMISSION_BIT(PERMISSION_FULL_VIEW)))
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                            "this is known material; it is shown only to those who may see the "
                            "evidence itself");
    else if (purpose == NULL || *purpose == '\0')
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                            "this is known material; say in \"purpose\" what it is looked at for");
    else
        return true;
    return false;
}

bool reveal_check(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                  const char *purpose, GError **err)
{
    g_auto(MediaDetail) detail = {0};
    bool visible, found;
    if (!case_file_is_visible(work, actor, case_id, &visible, err))
        return false;
    if (!visible)
        return refuse_absent(case_id, media_id, err);
    if (!media_read_detail(casework_database(work), case_id, media_id, &detail, &found, err))
        return false;
    if (!found)
        return refuse_absent(case_id, media_id, err);
    return !g_str_equal(detail.row.kind, KIND_NOTABLE) || check_notable(actor, purpose, err);
}

static bool refuse_without_preview(Act *act, const Reveal *reveal, GError **err)
{
    g_autofree char *missing = NULL;
    g_autoptr(GArray) rows = media_preview_rows_new();
    if (!media_read_previews(act_database(act), reveal->media_id, rows, &missing, err))
        return false;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "media %" G_GUINT64_FORMAT " has no preview %s %u: %s", reveal->media_id,
                preview_kind_name(reveal->kind), reveal->ordinal,
                missing != NULL ? missing
                : rows->len > 0 ? "there are others of it"
                                : "none was made");
    return false;
}

bool reveal_begin(Act *act, const Reveal *reveal, GBytes **ret_jpeg, GError **err)
{
    if (!reveal_check(act_work(act), act_actor(act), reveal->case_id, reveal->media_id,
                      reveal->purpose, err))
        return false;
    g_autoptr(GBytes) jpeg = NULL;
    if (!preview_load(act_work(act), reveal->media_id, reveal->kind, reveal->ordinal, &jpeg, err))
        return false;
    if (jpeg == NULL)
        return refuse_without_preview(act, reveal, err);
    if (!exposure_add(act, 1, 0, err))
        return false;
    JsonWriter *json = act_payload(act);
    act_set_case(act, reveal->case_id);
    act_set_object(act, "media %" G_GUINT64_FORMAT, reveal->media_id);
    json_write_member_string(json, "picture", preview_kind_name(reveal->kind));
    json_write_member_uint(json, "ordinal", reveal->ordinal);
    if (reveal->purpose != NULL)
        json_write_member_string(json, "purpose", reveal->purpose);
    *ret_jpeg = g_steal_pointer(&jpeg);
    return true;
}

bool reveal_end(Act *act, uint64_t case_id, uint64_t media_id, uint64_t reveal_seq,
                unsigned shown_ms, GError **err)
{
    g_autofree char *object = g_strdup_printf("media %" G_GUINT64_FORMAT, media_id);
    g_autoptr(StoredLeaf) leaf = audit_leaf_read(act_database(act), reveal_seq, NULL);
    bool is_theirs = leaf != NULL && leaf->is_sound &&
                     g_str_equal(leaf->action, audit_action_name(AUDIT_REVEAL)) &&
                     leaf->leaf.account_id == act_actor(act)->account_id &&
                     leaf->leaf.case_id == case_id && g_str_equal(leaf->object, object);
    if (!is_theirs) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no reveal %" G_GUINT64_FORMAT " of this media by you", reveal_seq);
        return false;
    }
    if (!exposure_add(act, 0, shown_ms, err))
        return false;
    JsonWriter *json = act_payload(act);
    act_set_case(act, case_id);
    act_set_object(act, "%s", object);
    json_write_member_uint(json, "reveal", reveal_seq);
    json_write_member_uint(json, "shown_ms", shown_ms);
    return true;
}
