// SPDX-License-Identifier: Apache-2.0
#include "cases/media_list.h"

#include "base/error.h"
#include "cases/case_file.h"
#include "cases/notes.h"
#include "store/media_marks.h"

static bool check_case(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    bool visible;
    if (!case_file_is_visible(work, actor, case_id, &visible, err))
        return false;
    if (!visible)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %" G_GUINT64_FORMAT,
                    case_id);
    return visible;
}

// One row more than the page was asked for: it is cut off and says that there is more.
static uint64_t cut(GArray *rows, unsigned limit, uint64_t last_id, uint64_t horizon)
{
    if (rows->len <= limit)
        return horizon;
    g_array_set_size(rows, limit);
    return last_id;
}

// The filter with its tag as tags are kept.
static bool fold_filter(const MediaListFilter *filter, MediaListFilter *ret_folded, char **ret_tag,
                        GError **err)
{
    *ret_folded = *filter;
    if (filter->tag == NULL)
        return true;
    ret_folded->tag = *ret_tag = tag_fold(filter->tag, err);
    return *ret_tag != NULL;
}

bool media_list(Casework *work, const Actor *actor, uint64_t case_id, const MediaListFilter *filter,
                uint64_t after_id, unsigned limit, GArray *rows, uint64_t *ret_next, GError **err)
{
    uint64_t horizon;
    MediaListFilter folded;
    g_autofree char *tag = NULL;
    if (!check_case(work, actor, case_id, err) || !fold_filter(filter, &folded, &tag, err) ||
        !media_read_list(casework_database(work), case_id, &folded, after_id, limit + 1,
                         MEDIA_LIST_SCAN, rows, &horizon, err))
        return false;
    uint64_t last =
        rows->len >= limit && limit > 0 ? g_array_index(rows, MediaListRow, limit - 1).id : 0;
    *ret_next = cut(rows, limit, last, horizon);
    return media_marks_read(casework_database(work), case_id, rows, err);
}

bool media_list_these(Casework *work, const Actor *actor, uint64_t case_id,
                      const uint64_t *media_ids, size_t count, GArray *rows, GError **err)
{
    Database *database = casework_database(work);
    return check_case(work, actor, case_id, err) &&
           media_read_these(database, case_id, media_ids, count, rows, err) &&
           media_marks_read(database, case_id, rows, err);
}

bool media_order(Casework *work, const Actor *actor, uint64_t case_id,
                 const MediaListFilter *filter, MediaSort sort, GArray *ids, bool *ret_more,
                 GError **err)
{
    MediaListFilter folded;
    g_autofree char *tag = NULL;
    if (!check_case(work, actor, case_id, err) || !fold_filter(filter, &folded, &tag, err) ||
        !media_order_read(casework_database(work), case_id, &folded, sort, MEDIA_ORDER_MAX + 1, ids,
                          err))
        return false;
    *ret_more = ids->len > MEDIA_ORDER_MAX;
    if (*ret_more)
        g_array_set_size(ids, MEDIA_ORDER_MAX);
    return true;
}

bool item_list(Casework *work, const Actor *actor, uint64_t case_id, const ItemListFilter *filter,
               uint64_t after_id, unsigned limit, GArray *rows, uint64_t *ret_next, GError **err)
{
    uint64_t horizon;
    if (!check_case(work, actor, case_id, err) ||
        !media_read_items(casework_database(work), case_id, filter, after_id, limit + 1,
                          MEDIA_LIST_SCAN, rows, &horizon, err))
        return false;
    uint64_t last =
        rows->len >= limit && limit > 0 ? g_array_index(rows, ItemListRow, limit - 1).id : 0;
    *ret_next = cut(rows, limit, last, horizon);
    return true;
}

// ---- One media ----------------------------------------------------------------------------------

bool media_whole(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                 MediaWhole *ret_whole, GError **err)
{
    Database *database = casework_database(work);
    const ItemListFilter places = {.media_id = media_id};
    bool found;
    uint64_t next;
    if (!check_case(work, actor, case_id, err) ||
        !media_read_detail(database, case_id, media_id, &ret_whole->detail, &found, err))
        return false;
    if (!found) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in case %" G_GUINT64_FORMAT, media_id,
                    case_id);
        return false;
    }
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(MediaListRow));
    g_array_append_val(one, ret_whole->detail.row);
    bool has_marks = media_marks_read(database, case_id, one, err);
    ret_whole->detail.row = g_array_index(one, MediaListRow, 0);
    if (!has_marks)
        return false;
    ret_whole->places = item_list_rows_new();
    ret_whole->matches = media_match_rows_new();
    ret_whole->previews = media_preview_rows_new();
    if (!item_list(work, actor, case_id, &places, 0, MEDIA_PLACES, ret_whole->places, &next, err))
        return false;
    ret_whole->more_places = next != 0;
    return media_read_matches(database, case_id, media_id, MEDIA_MATCHES, ret_whole->matches,
                              err) &&
           media_read_previews(database, media_id, ret_whole->previews, &ret_whole->missing, err);
}

void media_whole_clear(MediaWhole *whole)
{
    media_detail_clear(&whole->detail);
    g_clear_pointer(&whole->places, g_array_unref);
    g_clear_pointer(&whole->matches, g_array_unref);
    g_clear_pointer(&whole->previews, g_array_unref);
    g_free(whole->missing);
}

bool media_wants_previews(Casework *work, const Actor *actor, uint64_t case_id,
                          const GByteArray *digests, GByteArray *wanted, GError **err)
{
    if (!check_case(work, actor, case_id, err))
        return false;
    for (unsigned at = 0; at < digests->len; at += SHA256_BYTES) {
        uint64_t media_id;
        bool has_preview;
        if (!media_read_wants(casework_database(work), case_id, digests->data + at, &media_id,
                              &has_preview, err))
            return false;
        if (media_id != 0 && !has_preview)
            g_byte_array_append(wanted, digests->data + at, SHA256_BYTES);
    }
    return true;
}
