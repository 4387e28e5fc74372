// SPDX-License-Identifier: Apache-2.0
#include "evidence/sevenzip_archive.h"

#include <inttypes.h>

#include "evidence/archive_coverage.h"
#include "evidence/archive_members.h"
#include "evidence/sevenzip_header.h"

#define CIPHER "AES-256"
#define SIGNATURE_BYTES 32u

// What can be said of an archive that lists no members.
static void note_unreadable(Walk *walk, const SevenzipHeader *header, uint64_t size)
{
    if (header->state == SEVENZIP_ENCRYPTED) {
        walk_add_finding(walk, FINDING_ENCRYPTED, size, "7z archive with encrypted headers (%s)",
                         CIPHER);
        walk_set_status(
            walk, STATUS_ENCRYPTED, "the headers of the 7z archive are encrypted (%s)%s", CIPHER,
            walk_passwords(walk)[0] != NULL ? "; passwords cannot be tried on archives of this kind"
                                            : "");
    } else if (header->state == SEVENZIP_CUT) {
        walk_set_status(walk, STATUS_CORRUPT,
                        "the 7z archive is cut off: its header, at the end, is missing (%" PRIu64
                        " bytes)",
                        header->end - size);
    } else {
        walk_set_status(walk, STATUS_CORRUPT, "the header of the 7z archive is damaged");
    }
}

void sevenzip_archive_open(Walk *walk, Source *source, uint64_t begin)
{
    static const ArchiveMembers members = {
        .format = READER_7ZIP, .is_restartable = true, .cipher = CIPHER};
    uint64_t size = source_size(source);
    SevenzipHeader header = sevenzip_header_read(source, begin);
    bool is_listed = header.state == SEVENZIP_PLAIN || header.state == SEVENZIP_PACKED;
    bool is_readable = is_listed || header.state == SEVENZIP_EMPTY;
    ArchiveTally tally = {0};
    g_autoptr(Source) archive = source_new_range(source, begin, size - begin);
    if (!is_readable)
        note_unreadable(walk, &header, size);
    else if (is_listed && !archive_members_deliver(walk, &members, archive, &tally))
        return;
    if (is_listed && tally.is_complete && tally.entries == 0)
        walk_set_status(walk, STATUS_CORRUPT, "the header of the 7z archive lists no members");
    if (tally.encrypted > 0)
        walk_add_finding(walk, FINDING_ENCRYPTED, 0,
                         "%" PRIu64 " of %" PRIu64 " members are encrypted (%s)", tally.encrypted,
                         tally.members, CIPHER);
    if (is_listed && !tally.is_complete)
        walk_not_examined(walk, size - MIN(begin + tally.position, size),
                          "the members behind one that cannot be unpacked");
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    // What is stored without packing in a damaged archive can still be found.
    bool is_dark = header.state == SEVENZIP_CUT || header.state == SEVENZIP_DAMAGED;
    archive_coverage_add(coverage, begin, is_dark ? begin + SIGNATURE_BYTES : header.end);
    archive_coverage_search(coverage, walk, source, is_dark ? size : MIN(header.end, size));
}
