// SPDX-License-Identifier: Apache-2.0
#include "evidence/rar_archive.h"

#include <inttypes.h>
#include <zlib.h>

#include "base/error.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_reader.h"
#include "evidence/archive_volumes.h"
#include "evidence/rar_structure.h"

// The oldest packing that libarchive reads, of RAR 3; and that of RAR 5.
#define VERSION_RAR3 29u
#define VERSION_RAR5 50u
// Data of a link: its target. What is longer is looked at like a file.
#define LINK_BYTES_MAX 4096u

// Members that must be unpacked one after another: in a solid archive each needs those before it.
// In others each member is a run of its own.
typedef struct {
    uint64_t begin;        // of the first member's header
    uint64_t end;          // behind the last member's data, as far as is known
    Extent start;          // signature and main header of the volume it begins in
    uint64_t first;        // its number
    uint64_t next;         // number of the member that the reader would give next
    Source *bytes;         // what the reader reads; owned
    ArchiveReader *reader; // NULL until something is read
    GError *failure;       // why nothing more can be read
} Run;

typedef struct {
    Walk *walk;
    Source *source;
    ArchiveVolumes *volumes; // NULL: it is one file
    ArchiveCoverage *coverage;
    RarReader reader;
    Extent start; // signature and main header of the current volume
    Run run;
    uint64_t index; // of the next member
    uint64_t members, encrypted;
    bool is_volume;
    bool is_at_end;
    bool has_missing_volume;
    uint64_t end; // of the archive
} RarArchive;

static const char *cipher_name(const RarArchive *archive)
{
    return archive->reader.is_rar5 ? "AES-256" : "AES-128";
}

// ---- Unpacking --------------------------------------------------------------------------------

static void run_clear(Run *run)
{
    archive_reader_free(run->reader);
    source_free(run->bytes);
    g_clear_error(&run->failure);
    *run = (Run){0};
}

// The library wants to see the end block even when it has come to the last byte of the data; and it
// looks for the signature of the next volume in 512 bytes or not at all, so the last is filled up.
static Source *end_block(bool is_rar5)
{
    static const uint8_t rar4[] = {0xc4, 0x3d, 0x7b, 0x00, 0x40, 0x07, 0x00};
    static const uint8_t rar5[1024] = {0x1d, 0x77, 0x56, 0x51, 0x03, 0x05, 0x04, 0x00};
    return is_rar5 ? source_new_memory(rar5, sizeof rar5) : source_new_memory(rar4, sizeof rar4);
}

static bool open_run(const RarArchive *archive, Run *run, GError **err)
{
    const Extent extents[] = {run->start,
                              {.offset = run->begin, .size_bytes = run->end - run->begin}};
    bool is_rar5 = archive->reader.is_rar5;
    GPtrArray *parts = g_ptr_array_new();
    g_ptr_array_add(parts, source_new_extents(archive->source, extents, G_N_ELEMENTS(extents)));
    g_ptr_array_add(parts, end_block(is_rar5));
    run->bytes = source_new_joined(parts);
    run->reader =
        archive_reader_open(archive->walk, is_rar5 ? READER_RAR5 : READER_RAR4, run->bytes, err);
    run->next = run->first;
    return run->reader != NULL;
}

// Brings the reader to the member with this number.
static bool find_in_run(const RarArchive *archive, Run *run, uint64_t number, GError **err)
{
    if (run->reader == NULL && !open_run(archive, run, err))
        return false;
    while (run->next <= number) {
        ArchiveEntry entry;
        ReaderNext next = archive_reader_next(run->reader, &entry, err);
        if (next == READER_END)
            g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                                "the archive ends before this member");
        if (next != READER_ENTRY)
            return false;
        run->next++;
    }
    return true;
}

typedef struct {
    RarArchive *archive;
    uint64_t number;
    const RarBlock *block;
    bool is_found;
    uint32_t crc32; // of what was read
    uint64_t bytes;
} Member;

// The library does not check every member. The checksum of one which goes on in the next volume
// stands there.
static ssize_t check_end(const Member *member, GError **err)
{
    const RarBlock *block = member->block;
    bool is_short = block->has_size && member->bytes < block->bytes;
    bool is_wrong = block->has_crc32 && !block->continues && block->crc32 != member->crc32;
    if (is_short)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "%" PRIu64 " of its %" PRIu64 " bytes are there%s", member->bytes, block->bytes,
                    block->continues ? "; it goes on in a volume that is missing" : "");
    else if (is_wrong)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "its checksum is wrong: it is damaged");
    return is_short || is_wrong ? -1 : 0;
}

static ssize_t member_read(void *user_data, void *target, size_t size, GError **err)
{
    Member *member = user_data;
    Run *run = &member->archive->run;
    if (!member->is_found && run->failure == NULL)
        member->is_found = find_in_run(member->archive, run, member->number, &run->failure);
    if (!member->is_found) {
        g_propagate_error(err, g_error_copy(run->failure));
        return -1;
    }
    ssize_t count = archive_reader_read(run->reader, target, size, err);
    if (count == 0)
        return check_end(member, err);
    if (count > 0)
        member->crc32 = (uint32_t)crc32_z(member->crc32, target, (size_t)count);
    member->bytes += count > 0 ? (uint64_t)count : 0;
    return count;
}

// ---- One member -------------------------------------------------------------------------------

static Status find_obstacle(const RarArchive *archive, const RarBlock *block, char **ret_reason)
{
    bool has_passwords = walk_passwords(archive->walk)[0] != NULL;
    if (block->is_encrypted) {
        *ret_reason = g_strdup_printf(
            "it is encrypted (%s)%s", cipher_name(archive),
            has_passwords ? "; passwords cannot be tried on archives of this kind" : "");
        return STATUS_ENCRYPTED;
    }
    if (block->is_continued) {
        *ret_reason = g_strdup("it begins in a volume that is missing");
        return STATUS_UNREADABLE;
    }
    if (!block->is_stored && block->version < VERSION_RAR3)
        *ret_reason =
            g_strdup_printf("it is packed with a method that is not supported: that of RAR %u.%u",
                            block->version / 10, block->version % 10);
    else if (block->version > VERSION_RAR5)
        *ret_reason = g_strdup("it is packed with a method that is not supported: that of RAR 7");
    return *ret_reason != NULL ? STATUS_UNSUPPORTED : STATUS_OK;
}

static bool deliver(RarArchive *archive, const RarBlock *block, uint64_t number)
{
    g_autofree char *own_name =
        block->name == NULL ? g_strdup_printf("member %" PRIu64, number) : NULL;
    g_autofree char *layer = g_strdup_printf("{\"member\":%" PRIu64 "}", number);
    g_autofree char *reason = NULL;
    g_autoptr(GPtrArray) findings = findings_new();
    Status status = find_obstacle(archive, block, &reason);
    if (block->is_encrypted)
        findings_add(findings, FINDING_ENCRYPTED, block->data_bytes, cipher_name(archive));
    Member member = {.archive = archive, .number = number, .block = block};
    const Child child = {.name = own_name != NULL ? own_name : block->name,
                         .layer = layer,
                         .read = status == STATUS_OK ? member_read : NULL,
                         .user_data = &member,
                         .has_size = block->has_size,
                         .size_bytes = block->bytes,
                         .times = block->times,
                         .findings = findings,
                         .status = status,
                         .reason = reason};
    archive->members++;
    archive->encrypted += block->is_encrypted;
    return walk_child(archive->walk, &child);
}

// A member that needs no other begins a run; where it goes on in the next volume, or others need
// it, nobody knows yet where the run ends.
static void begin_run(RarArchive *archive, const RarBlock *block, bool is_solid)
{
    run_clear(&archive->run);
    bool is_open = is_solid || block->continues;
    archive->run = (Run){.begin = block->offset,
                         .end = is_open ? source_size(archive->source)
                                        : block->offset + block->header_bytes + block->data_bytes,
                         .start = archive->start,
                         .first = archive->index};
}

// ---- The chain of headers ---------------------------------------------------------------------

typedef struct {
    bool is_solid;
    bool is_encrypted;
} MainHeader;

static void take_main(RarArchive *archive, const RarBlock *block, MainHeader *header)
{
    archive->start = (Extent){.offset = block->offset, .size_bytes = block->header_bytes};
    archive->is_volume |= block->is_volume;
    header->is_solid |= block->is_solid;
}

static bool take_file(RarArchive *archive, const RarBlock *block, const MainHeader *header)
{
    // The rest of a member of the volume before belongs to it.
    if (block->is_continued && archive->index > 0)
        return true;
    if (!header->is_solid || !block->follows_others || archive->run.begin == 0)
        begin_run(archive, block, header->is_solid);
    uint64_t number = archive->index++;
    if (block->is_folder && block->data_bytes <= LINK_BYTES_MAX)
        return !walk_is_over(archive->walk);
    return deliver(archive, block, number);
}

static void note_encrypted(RarArchive *archive, const RarBlock *block)
{
    walk_add_finding(archive->walk, FINDING_ENCRYPTED, source_size(archive->source),
                     "RAR %s archive with encrypted headers (%s)",
                     archive->reader.is_rar5 ? "5" : "4", cipher_name(archive));
    walk_set_status(archive->walk, STATUS_ENCRYPTED,
                    "the headers of the RAR archive are encrypted (%s)%s", cipher_name(archive),
                    walk_passwords(archive->walk)[0] != NULL
                        ? "; passwords cannot be tried on archives of this kind"
                        : "");
    archive->end = source_size(archive->source);
    archive_coverage_add(archive->coverage, block->offset, archive->end);
    archive->is_at_end = true;
}

// What a header means. False when the walk is over.
static bool take(RarArchive *archive, const RarBlock *block, MainHeader *header)
{
    uint64_t size = source_size(archive->source);
    uint64_t end = MIN(archive->reader.position, size);
    archive_coverage_add(archive->coverage, block->offset, end);
    archive->end = end;
    archive->is_at_end = false;
    switch (block->kind) {
    case RAR_MAIN:
        take_main(archive, block, header);
        return true;
    case RAR_FILE:
        return take_file(archive, block, header);
    case RAR_ENCRYPTED:
        note_encrypted(archive, block);
        return true;
    case RAR_END:
        archive->is_at_end = true;
        archive->has_missing_volume = block->has_next_volume;
        return true;
    case RAR_OTHER:
        break;
    }
    return true;
}

// The next header, in the next volume when this one has come to its end.
static bool next(RarArchive *archive, RarBlock *ret_block, GError **err)
{
    // Behind the last header may stand anything.
    if (archive->is_at_end && !archive->has_missing_volume)
        return false;
    return rar_reader_next(&archive->reader, ret_block, err);
}

static bool walk_chain(RarArchive *archive)
{
    MainHeader header = {0};
    RarBlock block;
    g_autoptr(GError) error = NULL;
    bool ok = true;
    while (ok && next(archive, &block, &error)) {
        ok = take(archive, &block, &header) && !walk_is_over(archive->walk);
        rar_block_clear(&block);
    }
    if (!ok)
        return false;
    uint64_t size = source_size(archive->source);
    if (archive->reader.position > size && archive->reader.position != UINT64_MAX)
        walk_set_status(archive->walk, STATUS_CORRUPT,
                        "the RAR archive is cut off: %" PRIu64 " bytes are missing",
                        archive->reader.position - size);
    else if (!archive->is_at_end && error == NULL && archive->is_volume)
        archive->has_missing_volume = true;
    // Appended bytes of an archive that came to its end are no damage.
    if (error != NULL && !archive->is_at_end) {
        walk_set_error(archive->walk, error);
        walk_not_examined(archive->walk, size - archive->end,
                          "bytes behind the place where the RAR archive is damaged");
        archive->end = size;
    }
    return true;
}

// ---- Volumes ----------------------------------------------------------------------------------

static void note_missing_volume(const RarArchive *archive)
{
    const char *name = archive->volumes != NULL ? archive_volumes_missing(archive->volumes) : NULL;
    walk_not_examined(archive->walk, 0, "the volume that follows%s%s%s is missing",
                      name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
}

// Is the current file a volume, and which of its set?
static bool is_volume(Source *source, uint64_t begin)
{
    RarReader reader;
    RarBlock block = {0};
    bool result = rar_reader_begin(source, begin, &reader) &&
                  rar_reader_next(&reader, &block, NULL) && block.is_volume;
    rar_block_clear(&block);
    return result;
}

static ArchiveVolumes *open_volumes(Walk *walk, Source *source)
{
    ArchiveVolumes *volumes = archive_volumes_open(walk, SEGMENT_RAR_PARTS, source);
    if (volumes == NULL)
        volumes = archive_volumes_open(walk, SEGMENT_RAR_OLD, source);
    if (volumes != NULL && archive_volumes_count(volumes) > 1)
        walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                         "first of %u files that hold one RAR archive",
                         archive_volumes_count(volumes));
    else
        walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                         "one of several files that hold one RAR archive");
    return volumes;
}

// ---- The whole --------------------------------------------------------------------------------

static void open_archive(RarArchive *archive, uint64_t begin)
{
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    archive->coverage = coverage;
    bool ok = walk_chain(archive);
    run_clear(&archive->run);
    if (!ok)
        return;
    if (archive->has_missing_volume)
        note_missing_volume(archive);
    if (archive->encrypted > 0)
        walk_add_finding(archive->walk, FINDING_ENCRYPTED, 0,
                         "%" PRIu64 " of %" PRIu64 " members are encrypted (%s)",
                         archive->encrypted, archive->members, cipher_name(archive));
    archive_coverage_add(coverage, begin, begin + 7);
    archive_coverage_search(coverage, archive->walk, archive->source, archive->end);
}

void rar_archive_open(Walk *walk, Source *source, uint64_t begin)
{
    bool is_part = is_volume(source, begin);
    if (is_part && (archive_volumes_is_later_part(walk, SEGMENT_RAR_PARTS, source) ||
                    archive_volumes_is_later_part(walk, SEGMENT_RAR_OLD, source)))
        return;
    g_autoptr(ArchiveVolumes) volumes = is_part ? open_volumes(walk, source) : NULL;
    RarArchive archive = {.walk = walk,
                          .source = volumes != NULL ? archive_volumes_source(volumes) : source,
                          .volumes = volumes,
                          .end = begin};
    if (rar_reader_begin(archive.source, begin, &archive.reader))
        open_archive(&archive, begin);
    else
        walk_set_status(walk, STATUS_CORRUPT, "the RAR archive has no signature");
}
