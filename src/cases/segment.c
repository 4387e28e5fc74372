// SPDX-License-Identifier: Apache-2.0
#include "cases/segment.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/path_text.h"
#include "sniff/segment_name.h"

// What of the file by which a set is opened is needed to judge it.
#define OPENER_BYTES (64u << 10)
// With more parts between, a part is rather examined for itself.
#define PARTS_MAX 4096u

#define VMDK_SECTOR_BYTES 512u

// The file by which a set is opened.
typedef struct {
    const SniffType *type; // NULL when there is no such regular file
    uint64_t size_bytes;
    char *first; // its first bytes, NUL-terminated
    size_t first_bytes;
} Opener;

static void opener_clear(Opener *opener)
{
    g_free(opener->first);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Opener, opener_clear)

static Opener opener_look(const char *folder, const char *name)
{
    Opener opener = {0};
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int descriptor = open(path, flags | O_NOATIME);
    if (descriptor < 0)
        descriptor = open(path, flags);
    struct stat status;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        opener.first = g_malloc0(OPENER_BYTES + 1);
        ssize_t count = pread(descriptor, opener.first, OPENER_BYTES, 0);
        opener.first_bytes = count > 0 ? (size_t)count : 0;
        opener.type = sniff_bytes((const uint8_t *)opener.first,
                                  MIN(opener.first_bytes, (size_t)SNIFF_BYTES));
        opener.size_bytes = (uint64_t)status.st_size;
    }
    if (descriptor >= 0)
        close(descriptor);
    return opener;
}

static bool size_of_file(const char *folder, const char *name, uint64_t *ret_size_bytes)
{
    struct stat status;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    *ret_size_bytes = (uint64_t)status.st_size;
    return true;
}

// ---- Split media ------------------------------------------------------------------------------

// x.000 opens a set in which it is there, though most begin with x.001.
static char *opener_of(const char *folder, const char *name, const SegmentName *parsed,
                       unsigned *ret_number)
{
    uint64_t size_bytes;
    g_autofree char *zeroth =
        parsed->kind == SEGMENT_NUMBERED ? segment_name_of_part(name, parsed, 0) : NULL;
    bool is_from_zero = zeroth != NULL && size_of_file(folder, zeroth, &size_bytes);
    *ret_number = is_from_zero ? 0 : 1;
    return is_from_zero ? g_steal_pointer(&zeroth) : segment_name_of_opener(name, parsed);
}

// Is the part among those that are read as one medium (evidence/image_split.c)? They end before one
// that is longer than the first, and where too many are missing.
static bool is_joined(const char *folder, const char *name, const SegmentName *parsed,
                      unsigned first, const Opener *opener)
{
    if (parsed->number - first > PARTS_MAX)
        return false;
    unsigned missing = 0;
    for (unsigned number = first + 1; number <= parsed->number; number++) {
        uint64_t size_bytes = 0;
        g_autofree char *part = segment_name_of_part(name, parsed, number);
        bool is_there = part != NULL && size_of_file(folder, part, &size_bytes);
        missing = is_there ? 0 : missing + 1;
        if (missing >= SEGMENT_LOOK_AHEAD || size_bytes > opener->size_bytes)
            return false;
    }
    return true;
}

// ---- VMDK -------------------------------------------------------------------------------------

// What the descriptor says of the file, as in
//   RW 4192256 FLAT "x-flat.vmdk" 0
typedef struct {
    bool is_named;
    bool is_flat;
    bool begins_at_zero;
    uint64_t size_bytes; // of the file, in the medium
} Extent;

static Extent extent_of(const Opener *opener, const char *name)
{
    Extent extent = {0};
    g_autofree char *end = g_strconcat(name, "\"", NULL);
    const char *found = memmem(opener->first, opener->first_bytes, end, strlen(end));
    if (found == NULL || found == opener->first || strchr("\"/\\", found[-1]) == NULL)
        return extent;
    const char *line = found;
    while (line > opener->first && line[-1] != '\n')
        line--;
    g_autofree char *text = g_strndup(line, (size_t)(found - line));
    char access[16] = "", kind[16] = "";
    uint64_t sectors = 0;
    bool is_line = sscanf(text, "%15s %" SCNu64 " %15s", access, &sectors, kind) == 3 &&
                   (g_str_equal(access, "RW") || g_str_equal(access, "RDONLY"));
    extent.is_named = is_line && sectors <= UINT64_MAX / VMDK_SECTOR_BYTES;
    extent.is_flat = g_str_equal(kind, "FLAT") || g_str_equal(kind, "VMFS");
    extent.begins_at_zero = g_ascii_strtoull(found + strlen(end), NULL, 10) == 0;
    extent.size_bytes = sectors * VMDK_SECTOR_BYTES;
    return extent;
}

static SegmentRole role_of_extent(const Opener *opener, const char *name, uint64_t size_bytes)
{
    Extent extent = extent_of(opener, name);
    if (!extent.is_named)
        return SEGMENT_NONE;
    if (!extent.is_flat)
        return SEGMENT_SEARCH;
    bool is_whole = extent.begins_at_zero && extent.size_bytes >= size_bytes;
    return is_whole ? SEGMENT_COVERED : SEGMENT_NONE;
}

// -----------------------------------------------------------------------------------------------

typedef struct {
    const char *folder, *name;
    uint64_t size_bytes;
    const SniffType *type;
    SegmentName parsed;
    unsigned first; // number of the part that opens the set
} Part;

static SegmentRole role_in(const Part *part, const Opener *opener)
{
    bool is_image = opener->type->family == FAMILY_DISK_IMAGE;
    bool is_archive = opener->type->family == FAMILY_ARCHIVE;
    switch (part->parsed.kind) {
    case SEGMENT_NUMBERED:
    case SEGMENT_LETTERED:
        // A raw medium is searched from its first byte to its last, through all its parts.
        if (is_image)
            return is_joined(part->folder, part->name, &part->parsed, part->first, opener)
                       ? SEGMENT_COVERED
                       : SEGMENT_NONE;
        return is_archive ? SEGMENT_SEARCH : SEGMENT_NONE;
    case SEGMENT_VMDK:
        return role_of_extent(opener, part->name, part->size_bytes);
    case SEGMENT_EWF:
        return is_image && part->type == opener->type ? SEGMENT_SEARCH : SEGMENT_NONE;
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
    g_autofree char *folder = g_path_get_dirname(entry->path);
    g_autofree char *name = g_path_get_basename(entry->path);
    Part part = {.folder = folder, .name = name, .size_bytes = entry->size_bytes, .type = type};
    if (!segment_name_find(type, name, &part.parsed))
        return SEGMENT_NONE;
    g_autofree char *opener_name = opener_of(folder, name, &part.parsed, &part.first);
    if (opener_name == NULL || g_str_equal(opener_name, name))
        return SEGMENT_NONE;
    g_auto(Opener) opener = opener_look(folder, opener_name);
    g_autofree char *shown = path_text_new(opener_name);
    SegmentRole role = opener.type != NULL ? role_in(&part, &opener) : SEGMENT_NONE;
    if (role != SEGMENT_NONE)
        record_add_finding(record, FINDING_SEGMENT, 0, "part %u of the set that %s opens",
                           part.parsed.number, shown);
    else if (opener.type == NULL && part.parsed.kind == SEGMENT_EWF)
        record_add_finding(record, FINDING_SEGMENT, 0,
                           "part %u of a set; %s, which opens it, is not beside it",
                           part.parsed.number, shown);
    return entry->is_argument ? SEGMENT_NONE : role;
}
