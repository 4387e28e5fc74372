// SPDX-License-Identifier: Apache-2.0
#include "cases/segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/path_text.h"
#include "sniff/segment_name.h"

// The type of the regular file that opens the set, or NULL when there is none.
static const SniffType *type_of_opener(const char *path, const char *opener)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *full = g_build_filename(folder, opener, NULL);
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int descriptor = open(full, flags | O_NOATIME);
    if (descriptor < 0)
        descriptor = open(full, flags);
    struct stat status;
    const SniffType *type = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        uint8_t first[SNIFF_BYTES];
        ssize_t count = pread(descriptor, first, sizeof first, 0);
        type = sniff_bytes(first, count > 0 ? (size_t)count : 0);
    }
    if (descriptor >= 0)
        close(descriptor);
    return type;
}

static SegmentRole role_in(const SegmentName *name, const SniffType *type, const SniffType *opener)
{
    bool is_image = opener->family == FAMILY_DISK_IMAGE;
    bool is_archive = opener->family == FAMILY_ARCHIVE;
    switch (name->kind) {
    case SEGMENT_NUMBERED:
    case SEGMENT_LETTERED:
        // A raw medium is searched from its first byte to its last, through all its parts.
        if (is_image)
            return SEGMENT_COVERED;
        return is_archive ? SEGMENT_SEARCH : SEGMENT_NONE;
    case SEGMENT_VMDK:
        if (!is_image && opener->family != FAMILY_TEXT)
            return SEGMENT_NONE;
        return name->first_letter == 's' ? SEGMENT_SEARCH : SEGMENT_COVERED;
    case SEGMENT_EWF:
        return is_image && type == opener ? SEGMENT_SEARCH : SEGMENT_NONE;
    case SEGMENT_AD1:
    case SEGMENT_DMG:
        return is_image ? SEGMENT_SEARCH : SEGMENT_NONE;
    case SEGMENT_RAR_PARTS:
    case SEGMENT_RAR_OLD:
    case SEGMENT_ZIP:
        return is_archive ? SEGMENT_SEARCH : SEGMENT_NONE;
    case SEGMENT_KIND_COUNT:
        break;
    }
    return SEGMENT_NONE;
}

SegmentRole segment_role(const WalkEntry *entry, const SniffType *type, Record *record)
{
    SegmentName parsed;
    g_autofree char *name = g_path_get_basename(entry->path);
    if (!segment_name_find(type, name, &parsed))
        return SEGMENT_NONE;
    g_autofree char *opener = segment_name_of_opener(name, &parsed);
    if (opener == NULL || g_str_equal(opener, name))
        return SEGMENT_NONE;
    const SniffType *opener_type = type_of_opener(entry->path, opener);
    g_autofree char *shown = path_text_new(opener);
    SegmentRole role = opener_type != NULL ? role_in(&parsed, type, opener_type) : SEGMENT_NONE;
    if (role != SEGMENT_NONE)
        record_add_finding(record, FINDING_SEGMENT, 0, "part %u of the set that %s opens",
                           parsed.number, shown);
    else if (opener_type == NULL && parsed.kind == SEGMENT_EWF)
        record_add_finding(record, FINDING_SEGMENT, 0,
                           "part %u of a set; %s, which opens it, is not beside it", parsed.number,
                           shown);
    return entry->is_argument ? SEGMENT_NONE : role;
}
