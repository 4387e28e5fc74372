// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_rpm.h"

#include <string.h>

#include "base/reader.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_unpack.h"

// RPM package format, version 3 and 4: the lead, and a header's fixed part with its index entries.
#define LEAD_BYTES 96u
#define HEADER_BYTES 16u
#define INDEX_BYTES 16u

// First byte behind the header at `offset`; 0 when there is none.
static uint64_t header_end(Source *source, uint64_t offset)
{
    uint8_t bytes[HEADER_BYTES];
    if (!source_read_exact(source, offset, bytes, sizeof bytes, NULL) ||
        memcmp(bytes, "\x8e\xad\xe8\x01", 4) != 0)
        return 0;
    Reader reader = reader_init(bytes, sizeof bytes);
    reader_skip(&reader, 8);
    uint64_t entries = reader_u32be(&reader), data_bytes = reader_u32be(&reader);
    return offset + HEADER_BYTES + entries * INDEX_BYTES + data_bytes;
}

bool archive_rpm_payload(Source *source, uint64_t *ret_offset)
{
    // The signature, which is a header too, is filled up to a multiple of eight bytes.
    uint64_t signature = header_end(source, LEAD_BYTES);
    uint64_t end = signature != 0 ? header_end(source, (signature + 7) & ~7ull) : 0;
    if (end == 0 || end > source_size(source))
        return false;
    *ret_offset = end;
    return true;
}

void archive_rpm_open(Walk *walk, Source *source)
{
    uint64_t begin = 0;
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    if (!archive_rpm_payload(source, &begin)) {
        walk_set_status(walk, STATUS_CORRUPT, "the headers of the RPM package are damaged");
        archive_coverage_add(coverage, 0, LEAD_BYTES);
        archive_coverage_search(coverage, walk, source, source_size(source));
        return;
    }
    g_autofree char *name = archive_unpack_name(walk_name(walk));
    g_autoptr(Source) payload = source_new_range(source, begin, source_size(source) - begin);
    const Child child = {.name = name, .layer = "{\"member\":0}", .source = payload};
    if (source_size(payload) > 0)
        walk_child(walk, &child);
}
