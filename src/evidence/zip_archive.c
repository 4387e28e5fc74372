// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip_archive.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "evidence/archive_coverage.h"
#include "evidence/archive_volumes.h"
#include "evidence/zip_member.h"
#include "evidence/zip_structure.h"
#include "sniff/sniff.h"

// Extra fields and comments longer than this may hold more than they should, and are searched.
#define FIELD_BYTES_MAX 1024u
#define COMMENT_BYTES_MAX 32u

typedef struct {
    Walk *walk;
    Source *source;
    ArchiveVolumes *volumes; // NULL: it is one file
    ArchiveCoverage *coverage;
    ZipPasswords passwords;
    uint64_t members;   // folders not counted
    uint64_t encrypted; // of them
    const char *cipher; // of the last encrypted one
    bool is_odd;        // the directory has fields of unusual size
} ZipArchive;

// ---- One member -------------------------------------------------------------------------------

static void add_finding(GPtrArray *findings, FindingType type, uint64_t bytes, const char *detail)
{
    findings_add(findings, type, bytes, detail);
}

// What keeps a member from being read, whatever is tried. STATUS_OK: it can be tried.
static Status find_obstacle(const ZipArchive *archive, const ZipMember *member, char **ret_reason)
{
    const ZipEntry *entry = &member->entry;
    const char *cipher = zip_member_cipher(entry);
    const char *unsupported = zip_method_unsupported(zip_member_method(entry));
    bool has_passwords = archive->passwords.list[0] != NULL;
    bool is_hopeless = cipher != NULL && (!zip_member_takes_password(entry) || !has_passwords);
    if (is_hopeless && !zip_member_is_marked_only(member)) {
        *ret_reason = g_strdup_printf("it is encrypted (%s)", cipher);
        return STATUS_ENCRYPTED;
    }
    if (unsupported == NULL)
        return STATUS_OK;
    *ret_reason = g_strdup_printf("it is packed with a method that is not supported: %u (%s)",
                                  zip_member_method(entry), unsupported);
    return STATUS_UNSUPPORTED;
}

static bool deliver(ZipArchive *archive, const ZipEntry *entry, const ZipLocal *local,
                    const char *name, const char *layer, GPtrArray *findings)
{
    ZipMember member = {.walk = archive->walk,
                        .source = archive->source,
                        .passwords = &archive->passwords,
                        .findings = findings,
                        .entry = *entry,
                        .local = *local};
    g_autofree char *reason = NULL;
    Status status = find_obstacle(archive, &member, &reason);
    // What would not be kept in memory is read where it lies.
    bool is_large = entry->bytes > LIMIT_EVIDENCE_MEMORY_BYTES;
    Source *bytes = status == STATUS_OK && is_large ? zip_member_source(&member) : NULL;
    const Child child = {.name = name,
                         .layer = layer,
                         .source = bytes,
                         .read = status == STATUS_OK && bytes == NULL ? zip_member_read : NULL,
                         .user_data = &member,
                         .has_size = entry->has_sizes,
                         .size_bytes = entry->bytes,
                         .times = entry->times,
                         .findings = findings,
                         .status = status,
                         .reason = reason};
    bool ok = walk_child(archive->walk, &child);
    if (zip_member_is_damaged(&member))
        walk_add_finding(archive->walk, FINDING_DAMAGED, entry->bytes,
                         "the checksum of %s is wrong", layer);
    zip_member_clear(&member);
    return ok;
}

// A member whose local header contradicts the directory is delivered once more, as its local header
// describes it: readers differ in what they believe.
static bool deliver_as_local(ZipArchive *archive, const ZipEntry *entry, const ZipLocal *local,
                             const char *name, uint64_t index, GPtrArray *findings)
{
    ZipEntry other = *entry;
    other.method = local->method;
    other.flags = local->flags;
    other.has_sizes = false;
    g_autofree char *other_name = g_strdup_printf("%s (by its local header)", name);
    g_autofree char *layer =
        g_strdup_printf("{\"member\":%" PRIu64 ",\"header\":\"local\"}", index);
    return deliver(archive, &other, local, other_name, layer, findings);
}

static bool deliver_member(ZipArchive *archive, ZipEntry *entry, const ZipLocal *local,
                           uint64_t index)
{
    g_autoptr(GPtrArray) findings = findings_new();
    g_autofree char *name = zip_entry_name(entry);
    g_autofree char *layer = g_strdup_printf("{\"member\":%" PRIu64 "}", index);
    const char *cipher = zip_member_cipher(entry);
    archive->members++;
    if (cipher != NULL) {
        archive->encrypted++;
        archive->cipher = cipher;
        add_finding(findings, FINDING_ENCRYPTED, entry->packed_bytes, cipher);
    }
    if (local->name_differs)
        add_finding(findings, FINDING_DAMAGED, 0,
                    "its local header has another name than the directory");
    bool differs = local->method != entry->method;
    if (differs)
        add_finding(findings, FINDING_DAMAGED, 0,
                    "its local header has another method than the directory");
    return deliver(archive, entry, local, name, layer, findings) &&
           (!differs || deliver_as_local(archive, entry, local, name, index, findings));
}

// An entry of the directory that leads nowhere.
static bool deliver_lost(ZipArchive *archive, const ZipEntry *entry, uint64_t index)
{
    g_autofree char *name = zip_entry_name(entry);
    g_autofree char *layer = g_strdup_printf("{\"member\":%" PRIu64 "}", index);
    const char *missing =
        archive->volumes != NULL ? archive_volumes_missing(archive->volumes) : NULL;
    g_autofree char *reason = missing != NULL
                                  ? g_strdup_printf("it lies in a missing volume (%s)", missing)
                                  : g_strdup("there is no local header where the directory says");
    const Child child = {.name = name,
                         .layer = layer,
                         .has_size = true,
                         .size_bytes = entry->bytes,
                         .times = entry->times,
                         .status = missing != NULL ? STATUS_UNREADABLE : STATUS_CORRUPT,
                         .reason = reason};
    archive->members++;
    return walk_child(archive->walk, &child);
}

static void cover_member(ZipArchive *archive, const ZipEntry *entry, const ZipLocal *local)
{
    uint64_t begin = entry->local_offset, end = zip_member_end(archive->source, entry, local);
    if (local->extra_bytes > FIELD_BYTES_MAX) {
        archive_coverage_add(archive->coverage, begin, local->data_offset - local->extra_bytes);
        begin = local->data_offset;
    }
    archive_coverage_add(archive->coverage, begin, MAX(begin, end));
}

// ---- With a directory -------------------------------------------------------------------------

static bool walk_directory(ZipArchive *archive, const ZipEnd *end)
{
    g_autoptr(ZipDirectory) directory = zip_directory_open(archive->source, end);
    g_autoptr(GError) error = NULL;
    ZipEntry entry;
    bool ok = true;
    for (uint64_t index = 0; ok && zip_directory_next(directory, &entry, &error); index++) {
        ZipLocal local;
        bool is_there = zip_local_read(archive->source, &entry, &local);
        archive->is_odd |= entry.record_bytes > entry.name_bytes + FIELD_BYTES_MAX;
        if (is_there)
            cover_member(archive, &entry, &local);
        if (entry.is_folder)
            ok = !walk_is_over(archive->walk);
        else
            ok = is_there ? deliver_member(archive, &entry, &local, index)
                          : deliver_lost(archive, &entry, index);
    }
    if (error != NULL)
        walk_set_error(archive->walk, error);
    if (!archive->is_odd)
        archive_coverage_add(archive->coverage, end->directory_offset,
                             zip_directory_position(directory));
    uint64_t comment = end->comment_bytes >= COMMENT_BYTES_MAX ? end->comment_bytes : 0;
    archive_coverage_add(archive->coverage, end->record_offset, end->end - comment);
    return ok;
}

static void note_encrypted_directory(ZipArchive *archive, const ZipEnd *end)
{
    walk_add_finding(archive->walk, FINDING_ENCRYPTED, source_size(archive->source),
                     "ZIP archive with an encrypted directory (PKWARE strong encryption)");
    walk_set_status(archive->walk, STATUS_ENCRYPTED,
                    "the directory of the ZIP archive is encrypted");
    archive_coverage_add(archive->coverage, 0, end->end);
}

// ---- Without one ------------------------------------------------------------------------------

// The signature at the start is known, whatever else is; so what is left is less than the whole.
static void cover_signature(ZipArchive *archive, uint64_t end)
{
    archive_coverage_add(archive->coverage, 0, MIN(4, end));
}

static bool walk_local_headers(ZipArchive *archive)
{
    walk_set_status(archive->walk, STATUS_CORRUPT,
                    "the ZIP archive has no directory at its end; its members were found by their "
                    "local headers");
    GBytes *name = NULL;
    ZipEntry entry;
    ZipLocal local;
    uint64_t from = 0, index = 0;
    bool ok = true;
    while (ok && zip_local_find(archive->walk, archive->source, from, &name, &entry, &local)) {
        from = MAX(zip_member_end(archive->source, &entry, &local), local.data_offset);
        cover_signature(archive, index == 0 ? entry.local_offset : 0);
        cover_member(archive, &entry, &local);
        ok = entry.is_folder ? !walk_is_over(archive->walk)
                             : deliver_member(archive, &entry, &local, index);
        index++;
    }
    cover_signature(archive, index == 0 ? source_size(archive->source) : 0);
    g_clear_pointer(&name, g_bytes_unref);
    return ok;
}

// ---- The whole --------------------------------------------------------------------------------

static void add_findings(ZipArchive *archive)
{
    if (archive->encrypted > 0)
        walk_add_finding(archive->walk, FINDING_ENCRYPTED, 0,
                         "%" PRIu64 " of %" PRIu64 " members are encrypted (%s)%s",
                         archive->encrypted, archive->members, archive->cipher,
                         archive->passwords.opened > 0 ? "; opened with a given password" : "");
    uint64_t overlaps = archive_coverage_overlaps(archive->coverage);
    if (overlaps > 0)
        walk_add_finding(archive->walk, FINDING_DAMAGED, 0,
                         "%" PRIu64 " members share bytes with others", overlaps);
}

bool zip_archive_is_behind(Source *source)
{
    ZipEnd end;
    return zip_end_find(source, (ZipVolumes){0}, true, &end);
}

// Content of another type before the archive: normal for programs that unpack themselves.
static void note_behind(const ZipArchive *archive, const ZipEnd *end)
{
    uint8_t first[SNIFF_BYTES];
    ssize_t count = source_read(archive->source, 0, first, sizeof first, NULL);
    const SniffType *type = sniff_bytes(first, count > 0 ? (size_t)count : 0);
    uint64_t begin = archive_coverage_begin(archive->coverage);
    if (type->family != FAMILY_EXECUTABLE && begin > 0)
        walk_add_finding(archive->walk, FINDING_APPENDED_DATA, end->end - begin,
                         "a ZIP archive begins at byte %" PRIu64 ", behind other content", begin);
}

// AFF4 keeps a disk image in pieces as members of a ZIP archive, whose comment is its name.
static void note_disk_image(const ZipArchive *archive, const ZipEnd *end)
{
    char comment[8] = "";
    if (end->comment_bytes < 7 ||
        !source_read_exact(archive->source, end->end - end->comment_bytes, comment, 7, NULL) ||
        strcmp(comment, "aff4://") != 0)
        return;
    walk_set_status(archive->walk, STATUS_UNSUPPORTED,
                    "an AFF4 disk image is not put together; its members were examined as files");
}

static bool begins_like_zip(Source *source)
{
    uint8_t bytes[2];
    return source_read_exact(source, 0, bytes, sizeof bytes, NULL) && bytes[0] == 'P' &&
           bytes[1] == 'K';
}

void zip_archive_open(Walk *walk, Source *source)
{
    ZipEnd end = {0};
    bool is_other = !begins_like_zip(source);
    bool has_end = zip_end_find(source, (ZipVolumes){0}, is_other, &end);
    if (archive_volumes_is_later_part(walk, SEGMENT_ZIP, source))
        return;
    g_autoptr(ArchiveVolumes) volumes = archive_volumes_open_zip(walk, source, end.last_disk);
    ZipArchive archive = {.walk = walk,
                          .source = volumes != NULL ? archive_volumes_source(volumes) : source,
                          .volumes = volumes,
                          .passwords = {.list = walk_passwords(walk)}};
    if (volumes != NULL) {
        walk_add_finding(walk, FINDING_SEGMENT, source_size(source),
                         "last of %u files that hold one ZIP archive",
                         archive_volumes_count(volumes));
        has_end = zip_end_find(archive.source, archive_volumes_begins(volumes), false, &end);
    }
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    archive.coverage = coverage;
    bool ok = true;
    if (has_end && end.is_encrypted)
        note_encrypted_directory(&archive, &end);
    else if (has_end)
        ok = walk_directory(&archive, &end);
    else
        ok = walk_local_headers(&archive);
    if (ok)
        archive_coverage_search(coverage, walk, archive.source,
                                has_end ? end.end : source_size(archive.source));
    if (has_end)
        note_disk_image(&archive, &end);
    if (has_end && is_other && volumes == NULL)
        note_behind(&archive, &end);
    add_findings(&archive);
}
