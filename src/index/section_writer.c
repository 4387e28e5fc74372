// SPDX-License-Identifier: Apache-2.0
#include "index/section_writer.h"

#include <assert.h>

bool section_begin(SectionWriter *writer, SectionName name)
{
    IndexHeader *header = writer->header;
    assert(header->section_count < INDEX_MAX_SECTIONS);
    if (!block_writer_align(writer->blocks, INDEX_ALIGNMENT))
        return false;
    header->sections[header->section_count++] = (IndexSection){
        .kind = (uint16_t)name.kind,
        .type = (uint8_t)name.type,
        .table = name.table,
        .offset_bytes = block_writer_position(writer->blocks),
    };
    return true;
}

static IndexSection *last_section(SectionWriter *writer)
{
    return &writer->header->sections[writer->header->section_count - 1];
}

void section_end(SectionWriter *writer)
{
    IndexSection *section = last_section(writer);
    section->size_bytes = block_writer_position(writer->blocks) - section->offset_bytes;
}

bool section_add(SectionWriter *writer, SectionName name, const void *data, size_t size_bytes)
{
    if (!section_begin(writer, name) || !block_writer_add(writer->blocks, data, size_bytes))
        return false;
    section_end(writer);
    return true;
}

bool section_add_offsets(SectionWriter *writer, IndexType type, uint8_t table,
                         HammingSubstring substring, const OffsetArrays *arrays)
{
    uint32_t bits = arrays->group_bits;
    SectionName base = {SECTION_OFFSETS_BASE, type, table};
    SectionName within = {SECTION_OFFSETS_WITHIN, type, table};
    SectionName wide = {SECTION_OFFSETS_WIDE, type, table};
    if (!section_add(writer, base, arrays->base, offset_table_base_bytes(arrays->buckets, bits)))
        return false;
    IndexSection *section = last_section(writer);
    section->start = substring.start;
    section->bits = substring.bits;
    section->radius = substring.radius;
    section->group_bits = (uint8_t)bits;
    return section_add(writer, within, arrays->within,
                       offset_table_within_bytes(arrays->buckets, bits)) &&
           section_add(writer, wide, arrays->wide,
                       offset_table_wide_bytes(arrays->wide_groups, bits));
}
