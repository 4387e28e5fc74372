// SPDX-License-Identifier: Apache-2.0
//
// Excel's stream is a row of records of at most 8224 bytes ([MS-XLS] 2.1.4); what is longer goes on
// in Continue records. Pictures lie in the drawing group, charts keep theirs in a frame, a sheet's
// background has a record of its own.
#include <inttypes.h>

#include "base/reader.h"
#include "evidence/office_gaps.h"
#include "evidence/ole_dib.h"
#include "evidence/ole_streams.h"

const SniffType ole_workbook_type = {.media_type = "application/octet-stream"};

#define RECORD_HEADER_BYTES 4u
// Behind it: u16 format, u16 environment, u32 length, picture.
#define BITMAP_HEADER_BYTES 8u
#define BITMAP_FORMAT_DIB 9u

enum {
    RECORD_CONTINUE = 0x003c,
    RECORD_IMAGE = 0x007f,         // ImData
    RECORD_DRAWING_GROUP = 0x00eb, // MsoDrawingGroup
    RECORD_DRAWING = 0x00ec,       // MsoDrawing
    RECORD_BACKGROUND = 0x00e9,    // BkHim
    RECORD_CHART_FILL = 0x1066,    // GelFrame
};

typedef struct {
    Walk *walk;
    Source *source;
    OfficeGaps *gaps;
    GArray *drawings; // of Extent: the bodies of all drawing records in their order
    GArray *image;    // of Extent: the bodies of the image that is being read
    unsigned images;
} Workbook;

static void collect(GArray *extents, OfficeGaps *gaps, uint64_t offset, uint64_t size)
{
    const Extent extent = {.offset = offset, .size_bytes = size};
    g_array_append_val(extents, extent);
    office_gaps_deliver(gaps, offset - RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + size);
}

static bool deliver_image(Workbook *workbook)
{
    if (workbook->image->len == 0)
        return true;
    g_autoptr(Source) whole = source_new_extents(
        workbook->source, (const Extent *)(void *)workbook->image->data, workbook->image->len);
    g_array_set_size(workbook->image, 0);
    uint8_t header[BITMAP_HEADER_BYTES];
    if (!source_read_exact(whole, 0, header, sizeof header, NULL))
        return true;
    Reader reader = reader_init(header, sizeof header);
    unsigned format = reader_u16le(&reader);
    reader_skip(&reader, 2);
    uint32_t length = reader_u32le(&reader);
    g_autoptr(Source) picture = source_new_range(whole, sizeof header, length);
    g_autoptr(Source) file = format == BITMAP_FORMAT_DIB ? ole_dib_file_new(picture) : NULL;
    unsigned number = ++workbook->images;
    g_autofree char *name = g_strdup_printf("image %u", number);
    g_autofree char *layer = g_strdup_printf("{\"image\":%u}", number);
    const Child child = {.name = name, .layer = layer, .source = file != NULL ? file : picture};
    return walk_child(workbook->walk, &child);
}

// Goes through the records; images are delivered on the way. False when the walk is over.
static bool read_records(Workbook *workbook)
{
    GArray *target = NULL; // where Continue records belong
    uint8_t header[RECORD_HEADER_BYTES];
    uint64_t offset = 0, size = source_size(workbook->source);
    while (source_read_exact(workbook->source, offset, header, sizeof header, NULL)) {
        unsigned id = header[0] | (unsigned)header[1] << 8;
        unsigned length = header[2] | (unsigned)header[3] << 8;
        uint64_t body = offset + sizeof header;
        if (walk_is_over(workbook->walk))
            return false;
        if (id != RECORD_CONTINUE) {
            if (!deliver_image(workbook))
                return false;
            bool is_image = id == RECORD_IMAGE || id == RECORD_BACKGROUND;
            bool is_drawing =
                id == RECORD_DRAWING_GROUP || id == RECORD_DRAWING || id == RECORD_CHART_FILL;
            target = is_image ? workbook->image : is_drawing ? workbook->drawings : NULL;
        }
        uint64_t left = size - body;
        if (target != NULL)
            collect(target, workbook->gaps, body, MIN(left, (uint64_t)length));
        // Zeroes fill the rest of some files.
        if (length > left || (id == 0 && length == 0))
            break;
        offset = body + length;
    }
    return deliver_image(workbook);
}

static bool deliver_drawings(const Workbook *workbook)
{
    if (workbook->drawings->len == 0)
        return true;
    g_autoptr(Source) joined =
        source_new_extents(workbook->source, (const Extent *)(void *)workbook->drawings->data,
                           workbook->drawings->len);
    const Child child = {.name = "drawings",
                         .layer = "{\"drawings\":1}",
                         .source = joined,
                         .type = &ole_pictures_type};
    return walk_child(workbook->walk, &child);
}

static void workbook_open(Walk *walk, Source *source)
{
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    g_autoptr(GArray) drawings = g_array_new(FALSE, FALSE, sizeof(Extent));
    g_autoptr(GArray) image = g_array_new(FALSE, FALSE, sizeof(Extent));
    Workbook workbook = {
        .walk = walk, .source = source, .gaps = gaps, .drawings = drawings, .image = image};
    if (read_records(&workbook) && deliver_drawings(&workbook))
        office_gaps_search(gaps, walk, source, 0, source_size(source));
}

static bool workbook_fits(const SniffType *type, Source *source)
{
    return type == &ole_workbook_type;
}

const Container ole_workbook_container = {
    .name = "Excel stream", .fits = workbook_fits, .open = workbook_open};
