// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_cabinet.h"

#include <string.h>

#include "base/reader.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_members.h"

#define HEADER_BYTES 36u
#define NAME_BYTES 256u // with its zero
#define HAS_PREVIOUS 0x0001u
#define HAS_NEXT 0x0002u
#define HAS_RESERVE 0x0004u

// What the header ([MS-CAB] 2.1) says of the set the cabinet belongs to.
typedef struct {
    unsigned flags, number;
    char previous[NAME_BYTES], next[NAME_BYTES];
} CabinetSet;

// A name with its zero; passes over the name of the disk that follows it.
static void read_names(Reader *reader, char *ret_name)
{
    for (unsigned i = 0; i < 2; i++) {
        size_t length = 0;
        uint8_t byte;
        while ((byte = reader_u8(reader)) != 0 && !reader->failed)
            if (i == 0 && length < NAME_BYTES - 1)
                ret_name[length++] = (char)byte;
        if (i == 0)
            ret_name[length] = '\0';
    }
}

static CabinetSet read_set(Source *source, uint64_t begin)
{
    CabinetSet set = {0};
    uint8_t bytes[HEADER_BYTES + 4 + 4 * NAME_BYTES];
    ssize_t count = source_read(source, begin, bytes, sizeof bytes, NULL);
    Reader reader = reader_init(bytes, count > 0 ? (size_t)count : 0);
    reader_skip(&reader, 30);
    set.flags = reader_u16le(&reader);
    reader_skip(&reader, 2);
    set.number = reader_u16le(&reader);
    if (set.flags & HAS_RESERVE)
        reader_skip(&reader, reader_u16le(&reader) + 2u);
    if (set.flags & HAS_PREVIOUS)
        read_names(&reader, set.previous);
    if (set.flags & HAS_NEXT)
        read_names(&reader, set.next);
    return set;
}

static void note_set(Walk *walk, Source *source, const CabinetSet *set)
{
    bool has_previous = (set->flags & HAS_PREVIOUS) != 0, has_next = (set->flags & HAS_NEXT) != 0;
    walk_add_finding(walk, FINDING_SEGMENT, source_size(source), "cabinet %u of a set%s%s%s%s",
                     set->number + 1, has_previous ? ", before it " : "", set->previous,
                     has_next ? ", behind it " : "", set->next);
    walk_set_status(walk, STATUS_UNSUPPORTED, "cabinets in several files are not supported");
}

void archive_cabinet_open(Walk *walk, Source *source, uint64_t begin)
{
    CabinetSet set = read_set(source, begin);
    if (!(set.flags & (HAS_PREVIOUS | HAS_NEXT))) {
        archive_members_open(walk, ARCHIVE_CAB, source, begin);
        return;
    }
    note_set(walk, source, &set);
    // What is stored in it without packing can still be found.
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    archive_coverage_add(coverage, begin, begin + HEADER_BYTES);
    archive_coverage_search(coverage, walk, source, source_size(source));
}
