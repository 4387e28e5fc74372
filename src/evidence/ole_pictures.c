// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "evidence/office_gaps.h"
#include "evidence/ole_blip.h"
#include "evidence/ole_dib.h"
#include "evidence/ole_inflate.h"
#include "evidence/ole_streams.h"

const SniffType ole_pictures_type = {.media_type = "application/octet-stream"};

static bool deliver_packed(Walk *walk, Source *source, const OleBlip *blip, Child *child)
{
    g_autoptr(OleInflate) inflate = ole_inflate_new(source, blip->offset, blip->size_bytes);
    child->read = ole_inflate_read;
    child->user_data = inflate;
    return walk_child(walk, child);
}

static bool deliver(Walk *walk, Source *source, const OleBlip *blip, unsigned number)
{
    g_autofree char *name = g_strdup_printf("picture %u", number);
    g_autofree char *layer = g_strdup_printf("{\"picture\":%u}", number);
    Child child = {.name = name, .layer = layer};
    if (blip->is_packed)
        return deliver_packed(walk, source, blip, &child);
    g_autoptr(Source) picture = source_new_range(source, blip->offset, blip->size_bytes);
    g_autoptr(Source) file = blip->kind == OLE_BLIP_DIB ? ole_dib_file_new(picture) : NULL;
    child.source = file != NULL ? file : picture;
    return walk_child(walk, &child);
}

static void pictures_open(Walk *walk, Source *source)
{
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    g_autoptr(GError) error = NULL;
    OleBlip blip;
    uint64_t offset = 0;
    unsigned number = 0;
    while (!walk_is_over(walk) && ole_blip_find(source, offset, &blip, &error)) {
        if (!deliver(walk, source, &blip, ++number))
            return;
        office_gaps_deliver(gaps, blip.record_offset, blip.record_bytes);
        offset = blip.record_offset + blip.record_bytes;
    }
    if (error != NULL)
        walk_set_error(walk, error);
    office_gaps_search(gaps, walk, source, 0, source_size(source));
}

static bool pictures_fits(const SniffType *type, Source *source)
{
    return type == &ole_pictures_type;
}

const Container ole_pictures_container = {
    .name = "drawing records", .fits = pictures_fits, .open = pictures_open};
