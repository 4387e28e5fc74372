// SPDX-License-Identifier: Apache-2.0
#include "cases/full_view.h"

#include <errno.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/exposure.h"
#include "cases/reveal.h"
#include "cases/spool.h"
#include "cases/view_source.h"
#include "store/media_read.h"

struct ViewDesk {
    ViewDeskOptions options;
    GMutex lock;
    GCond left;
    unsigned taken; // of VIEW_DESK_CLIENTS
};

ViewDesk *view_desk_new(const ViewDeskOptions *options)
{
    ViewDesk *desk = g_new0(ViewDesk, 1);
    desk->options = *options;
    g_mutex_init(&desk->lock);
    g_cond_init(&desk->left);
    return desk;
}

void view_desk_free(ViewDesk *desk)
{
    if (desk == NULL)
        return;
    g_mutex_clear(&desk->lock);
    g_cond_clear(&desk->left);
    g_free(desk);
}

bool view_desk_enter(ViewDesk *desk, GError **err)
{
    gint64 deadline_us = g_get_monotonic_time() + VIEW_DESK_WAIT_MS * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&desk->lock);
    while (desk->taken >= VIEW_DESK_CLIENTS &&
           g_cond_wait_until(&desk->left, &desk->lock, deadline_us))
        ;
    bool has_room = desk->taken < VIEW_DESK_CLIENTS;
    desk->taken += has_room;
    g_mutex_unlock(&desk->lock);
    if (!has_room)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                            "other evidence is being shown; try again");
    return has_room;
}

void view_desk_leave(ViewDesk *desk)
{
    g_mutex_lock(&desk->lock);
    desk->taken--;
    g_cond_signal(&desk->left);
    g_mutex_unlock(&desk->lock);
}

Zygote *view_desk_media(const ViewDesk *desk)
{
    return desk->options.media;
}

// ---- What and where ---------------------------------------------------------------------------

static bool refuse_item(const FullView *view, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there is no item %" G_GUINT64_FORMAT " with bytes in case %" G_GUINT64_FORMAT,
                view->item_id, view->case_id);
    return false;
}

static bool find_item(Casework *work, const Actor *actor, const FullView *view,
                      ItemSource *ret_item, GError **err)
{
    bool visible, found;
    if (!case_file_is_visible(work, actor, view->case_id, &visible, err))
        return false;
    if (!visible)
        return refuse_item(view, err);
    if (!media_read_item(casework_database(work), view->case_id, view->item_id, ret_item, &found,
                         err))
        return false;
    bool fits = found && ret_item->has_digests &&
                (view->media_id == 0 || ret_item->row.media_id == view->media_id);
    return fits || refuse_item(view, err);
}

static ViewSource source_of(const ViewDesk *desk, const ItemSource *item)
{
    static const char *const none[] = {NULL};
    return (ViewSource){.roots = desk->options.roots != NULL ? desk->options.roots : none,
                        .evidence = item->row.root,
                        .locator = item->row.locator,
                        .sha256 = item->sha256,
                        .media_type = item->media_type,
                        .reader = {.zygote = desk->options.evidence}};
}

static bool put_on_record(Casework *work, const Actor *actor, AuditAction action,
                          const FullView *view, const ItemSource *item, GError **err)
{
    g_autoptr(Act) act = act_begin(work, actor, action, err);
    if (act == NULL || (action == AUDIT_FULL_VIEW && !exposure_add(act, 1, 0, err)))
        return false;
    g_autofree char *sha256 = encoding_hex_new(item->sha256, SHA256_BYTES);
    JsonWriter *json = act_payload(act);
    act_set_case(act, view->case_id);
    act_set_object(act, "item %" G_GUINT64_FORMAT, view->item_id);
    json_write_member_uint(json, "media", item->row.media_id);
    json_write_member_string(json, "purpose", view->purpose);
    if (action == AUDIT_EXPORT)
        json_write_member_string(json, "sha256", sha256);
    return act_commit(act, err);
}

// ---- Showing ----------------------------------------------------------------------------------

static bool show(ViewDesk *desk, const ItemSource *item, const ViewChoice *choice,
                 GBytes **ret_jpeg, GError **err)
{
    const ViewSource source = source_of(desk, item);
    g_autoptr(MediaClient) client = media_client_new(desk->options.media, NULL, err);
    g_autoptr(PreviewPicture) picture = NULL;
    MediaReply reply = {0};
    if (client == NULL || !view_source_view(&source, client, choice, &picture, &reply, err))
        return false;
    if (picture != NULL)
        *ret_jpeg = g_bytes_ref(picture->jpeg);
    else
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED, "it cannot be shown: %s",
                    reply.reason != NULL ? reply.reason : status_name(reply.status));
    media_reply_clear(&reply);
    return picture != NULL;
}

bool full_view_show(ViewDesk *desk, Casework *work, const Actor *actor, const FullView *view,
                    const ViewChoice *choice, GBytes **ret_jpeg, GError **err)
{
    g_auto(ItemSource) item = {0};
    g_autoptr(GBytes) jpeg = NULL;
    if (!reveal_check(work, actor, view->case_id, view->media_id, view->purpose, err) ||
        !find_item(work, actor, view, &item, err) || !view_desk_enter(desk, err))
        return false;
    bool ok = show(desk, &item, choice, &jpeg, err);
    view_desk_leave(desk);
    if (!ok || !put_on_record(work, actor, AUDIT_FULL_VIEW, view, &item, err))
        return false;
    *ret_jpeg = g_steal_pointer(&jpeg);
    return true;
}

// ---- Handing out ------------------------------------------------------------------------------

static bool copy_out(ViewDesk *desk, const ItemSource *item, int *ret_descriptor,
                     uint64_t *ret_size_bytes, GError **err)
{
    const ViewSource source = source_of(desk, item);
    int descriptor = spool_open();
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot keep the bytes in %s", g_get_tmp_dir());
    if (view_source_copy(&source, descriptor, FULL_VIEW_EXPORT_BYTES, ret_size_bytes, err) &&
        lseek(descriptor, 0, SEEK_SET) == 0) {
        *ret_descriptor = descriptor;
        return true;
    }
    close(descriptor);
    return false;
}

bool full_view_export(ViewDesk *desk, Casework *work, const Actor *actor, const FullView *view,
                      int *ret_descriptor, uint64_t *ret_size_bytes, GError **err)
{
    g_auto(ItemSource) item = {0};
    int descriptor = -1;
    if (!find_item(work, actor, view, &item, err) || !view_desk_enter(desk, err))
        return false;
    bool ok = copy_out(desk, &item, &descriptor, ret_size_bytes, err);
    view_desk_leave(desk);
    if (ok && put_on_record(work, actor, AUDIT_EXPORT, view, &item, err)) {
        *ret_descriptor = descriptor;
        return true;
    }
    if (ok)
        close(descriptor);
    return false;
}
