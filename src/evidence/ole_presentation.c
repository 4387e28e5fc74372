// SPDX-License-Identifier: Apache-2.0
//
// PowerPoint's stream is a tree of records ([MS-PPT] 2.3.1): u16 version and instance, u16 type,
// u32 length. Version 15 marks a container; its children follow. Stepping into every container and
// over everything else visits all records in order, without recursion.
#include <inttypes.h>

#include "base/reader.h"
#include "evidence/office_gaps.h"
#include "evidence/ole_inflate.h"
#include "evidence/ole_streams.h"

const SniffType ole_presentation_type = {.media_type = "application/octet-stream"};

#define RECORD_HEADER_BYTES 8u
#define VERSION_CONTAINER 15u
// An embedded compound file: object, control or macros ([MS-PPT] 2.10.34).
#define TYPE_STORAGE 0x1011u
#define INSTANCE_PACKED 1u
#define UNPACKED_SIZE_BYTES 4u

typedef struct {
    unsigned version, instance, type;
    uint64_t body, length; // length is cut to what is there
    bool is_cut;
} SlideRecord;

static bool read_record(Source *source, uint64_t offset, SlideRecord *ret_record)
{
    uint8_t header[RECORD_HEADER_BYTES];
    if (!source_read_exact(source, offset, header, sizeof header, NULL))
        return false;
    Reader reader = reader_init(header, sizeof header);
    unsigned version_instance = reader_u16le(&reader);
    *ret_record = (SlideRecord){.version = version_instance & 15u,
                                .instance = version_instance >> 4,
                                .type = reader_u16le(&reader),
                                .body = offset + sizeof header};
    uint64_t length = reader_u32le(&reader);
    uint64_t left = source_size(source) - ret_record->body;
    ret_record->is_cut = length > left;
    ret_record->length = MIN(length, left);
    return true;
}

static bool deliver(Walk *walk, Source *source, const SlideRecord *record, unsigned number)
{
    g_autofree char *name = g_strdup_printf("object %u", number);
    g_autofree char *layer = g_strdup_printf("{\"object\":%u}", number);
    Child child = {.name = name, .layer = layer};
    if (record->instance != INSTANCE_PACKED) {
        g_autoptr(Source) part = source_new_range(source, record->body, record->length);
        child.source = part;
        return walk_child(walk, &child);
    }
    if (record->length <= UNPACKED_SIZE_BYTES)
        return true;
    g_autoptr(OleInflate) inflate = ole_inflate_new(source, record->body + UNPACKED_SIZE_BYTES,
                                                    record->length - UNPACKED_SIZE_BYTES);
    child.read = ole_inflate_read;
    child.user_data = inflate;
    return walk_child(walk, &child);
}

static void presentation_open(Walk *walk, Source *source)
{
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    SlideRecord record;
    uint64_t offset = 0;
    unsigned number = 0;
    while (!walk_is_over(walk) && read_record(source, offset, &record)) {
        if (record.version == VERSION_CONTAINER) {
            offset = record.body;
            continue;
        }
        if (record.is_cut)
            break;
        if (record.type == TYPE_STORAGE) {
            if (!deliver(walk, source, &record, ++number))
                return;
            office_gaps_deliver(gaps, record.body, record.length);
        }
        offset = record.body + record.length;
    }
    office_gaps_search(gaps, walk, source, 0, source_size(source));
}

static bool presentation_fits(const SniffType *type, Source *source)
{
    return type == &ole_presentation_type;
}

const Container ole_presentation_container = {
    .name = "PowerPoint stream", .fits = presentation_fits, .open = presentation_open};
