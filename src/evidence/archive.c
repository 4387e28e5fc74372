// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive.h"

#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "evidence/archive_cabinet.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_members.h"
#include "evidence/archive_packed.h"
#include "evidence/archive_rpm.h"
#include "evidence/archive_start.h"
#include "evidence/archive_volumes.h"
#include "evidence/rar_archive.h"
#include "evidence/sevenzip_archive.h"
#include "evidence/zip_archive.h"

bool archive_prepare(void)
{
    setenv("TZ", "UTC0", 1);
    tzset();
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

// ---- One archive ------------------------------------------------------------------------------

// Archives that are known by name. What is stored in them without packing can still be found.
static void open_unsupported(Walk *walk, Source *source, const char *name, unsigned signature_bytes)
{
    walk_set_status(walk, STATUS_UNSUPPORTED, "%s archives are not supported", name);
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    archive_coverage_add(coverage, 0, signature_bytes);
    archive_coverage_search(coverage, walk, source, source_size(source));
}

static bool find_packing(ArchiveKind kind, ArchivePacking *ret_packing)
{
    static const struct {
        ArchiveKind kind;
        ArchivePacking packing;
    } rows[] = {
        {ARCHIVE_GZIP, PACKED_GZIP}, {ARCHIVE_BZIP2, PACKED_BZIP2},       {ARCHIVE_XZ, PACKED_XZ},
        {ARCHIVE_LZMA, PACKED_LZMA}, {ARCHIVE_LZIP, PACKED_LZIP},         {ARCHIVE_LZ4, PACKED_LZ4},
        {ARCHIVE_ZSTD, PACKED_ZSTD}, {ARCHIVE_COMPRESS, PACKED_COMPRESS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].kind == kind) {
            *ret_packing = rows[i].packing;
            return true;
        }
    return false;
}

static void open_kind(Walk *walk, const ArchiveStart *start, Source *source)
{
    ArchivePacking packing;
    if (start->kind == ARCHIVE_ZIP)
        zip_archive_open(walk, source);
    else if (start->kind == ARCHIVE_7ZIP)
        sevenzip_archive_open(walk, source, start->offset);
    else if (start->kind == ARCHIVE_RAR)
        rar_archive_open(walk, source, start->offset);
    else if (start->kind == ARCHIVE_CAB)
        archive_cabinet_open(walk, source, start->offset);
    else if (start->kind == ARCHIVE_RPM)
        archive_rpm_open(walk, source);
    else if (start->kind == ARCHIVE_ARJ)
        open_unsupported(walk, source, "ARJ", 4);
    else if (start->kind == ARCHIVE_RAR_OLD)
        open_unsupported(walk, source, "RAR 1.4", 4);
    else if (find_packing(start->kind, &packing))
        archive_packed_open(walk, packing, source);
    else
        archive_members_open(walk, start->kind, source, start->offset);
}

// ---- The container ----------------------------------------------------------------------------

static const SniffType *type_of(Source *source)
{
    uint8_t first[SNIFF_BYTES];
    ssize_t count = source_read(source, 0, first, sizeof first, NULL);
    return sniff_bytes(first, count > 0 ? (size_t)count : 0);
}

static void open_start(Walk *walk, const ArchiveStart *start, Source *source)
{
    if (archive_volumes_is_later_part(walk, SEGMENT_NUMBERED, source))
        return;
    g_autoptr(ArchiveVolumes) volumes = archive_volumes_open(walk, SEGMENT_NUMBERED, source);
    if (volumes != NULL && archive_volumes_count(volumes) > 1) {
        walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                         "first of %u files that hold one archive", archive_volumes_count(volumes));
        source = archive_volumes_source(volumes);
    }
    open_kind(walk, start, source);
}

static bool fits(const SniffType *type, Source *source)
{
    ArchiveStart start;
    return archive_start_find(type, source, &start);
}

static void open_archive(Walk *walk, Source *source)
{
    ArchiveStart start;
    if (archive_start_find(type_of(source), source, &start))
        open_start(walk, &start, source);
}

const Container archive_container = {.name = "archive", .fits = fits, .open = open_archive};

static bool fits_hidden(const SniffType *type, Source *source)
{
    ArchiveStart start;
    return archive_start_find_hidden(type, source, &start);
}

static void open_hidden(Walk *walk, Source *source)
{
    ArchiveStart start;
    if (archive_start_find_hidden(type_of(source), source, &start))
        open_start(walk, &start, source);
}

const Container archive_hidden_container = {
    .name = "archive", .fits = fits_hidden, .open = open_hidden};
