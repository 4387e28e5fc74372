// SPDX-License-Identifier: Apache-2.0
#include "evidence/volume.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/file_system.h"
#include "evidence/volume_marker.h"
#include "evidence/volume_signature.h"
#include "evidence/volume_space.h"
#include "evidence/volume_table.h"

// Boot sectors and superblocks lie about as small files, too: NTFS itself has one in $Boot.
#define VOLUME_BYTES_MIN (32u << 10)

// Files of any file system begin at a multiple of this.
#define BLOCK_BYTES 512u

typedef struct {
    Walk *walk;
    Source *medium;
    uint64_t size_bytes;
    VolumeSpace *space;
} Medium;

// ---- Partitions -------------------------------------------------------------------------------

static bool walk_partition(const Medium *medium, const Partition *partition)
{
    uint64_t begin = partition->offset, size = partition->size_bytes;
    if (begin >= medium->size_bytes) {
        walk_add_finding(medium->walk, FINDING_DAMAGED, 0,
                         "partition %u begins at byte %" PRIu64 ", behind the end of the medium",
                         partition->number, begin);
        return true;
    }
    uint64_t rest = medium->size_bytes - begin;
    if (size > rest) {
        walk_add_finding(medium->walk, FINDING_DAMAGED, 0,
                         "partition %u was cut: it reaches %" PRIu64
                         " bytes behind the end of the medium",
                         partition->number, size - rest);
        size = rest;
    }
    volume_space_use(medium->space, begin, size);
    g_autofree char *name = g_strdup_printf("p%u", partition->number);
    g_autofree char *layer =
        g_strdup_printf("{\"volume\":%u,\"offset\":%" PRIu64 ",\"size\":%" PRIu64 "}",
                        partition->number, begin, size);
    g_autoptr(Source) source = source_new_range(medium->medium, begin, size);
    const Child child = {.name = name, .layer = layer, .source = source, .is_structure = true};
    return walk_child(medium->walk, &child);
}

static bool overlap(const Partition *a, const Partition *b)
{
    return a->offset < b->offset ? b->offset - a->offset < a->size_bytes
                                 : a->offset - b->offset < b->size_bytes;
}

static void note_overlaps(const Medium *medium, const GArray *partitions)
{
    for (guint i = 0; i < partitions->len; i++) {
        const Partition *partition = &g_array_index(partitions, Partition, i);
        for (guint j = 0; j < i; j++) {
            const Partition *other = &g_array_index(partitions, Partition, j);
            if (overlap(partition, other))
                walk_add_finding(medium->walk, FINDING_DAMAGED, 0,
                                 "partitions %u and %u overlap; each was walked", other->number,
                                 partition->number);
        }
    }
}

static bool walk_partitions(const Medium *medium, const VolumeTable *table)
{
    for (guint i = 0; i < table->complaints->len; i++)
        walk_add_finding(medium->walk, FINDING_DAMAGED, 0, "%s",
                         (const char *)table->complaints->pdata[i]);
    note_overlaps(medium, table->partitions);
    for (guint i = 0; i < table->partitions->len; i++)
        if (!walk_partition(medium, &g_array_index(table->partitions, Partition, i)))
            return false;
    return true;
}

// ---- File systems -----------------------------------------------------------------------------

typedef struct {
    FileSystem *opened[VOLUME_OPENED_COUNT];
    const VolumeSignature *signatures[VOLUME_OPENED_COUNT];
    size_t count;
    bool has_layout;  // files would begin at blocks
    GString *refused; // what fits but does not open, and why; "" for none
    GString *known;   // names of what can only be named; "" for none
} FileSystems;

static void open_file_systems(const Medium *medium, FileSystems *systems, bool without_fat)
{
    const VolumeSignature *found[VOLUME_SIGNATURES_MAX];
    size_t count = volume_signature_find(medium->medium, found);
    for (size_t i = 0; i < count; i++) {
        const VolumeSignature *signature = found[i];
        systems->has_layout = systems->has_layout || signature->kind != VOLUME_SWAP;
        if (signature->kind >= VOLUME_OPENED_COUNT) {
            g_string_append_printf(systems->known, "%s%s", systems->known->len > 0 ? ", " : "",
                                   signature->name);
            continue;
        }
        if (signature->kind == VOLUME_FAT && without_fat)
            continue;
        g_autofree char *reason = NULL;
        FileSystem *file_system =
            file_system_open(medium->walk, medium->medium, signature->kind, &reason);
        if (file_system == NULL) {
            g_string_append_printf(systems->refused, "%s%s (%s)",
                                   systems->refused->len > 0 ? ", " : "", signature->name, reason);
            continue;
        }
        systems->signatures[systems->count] = signature;
        systems->opened[systems->count++] = file_system;
    }
}

static void close_file_systems(FileSystems *systems)
{
    for (size_t i = 0; i < systems->count; i++)
        file_system_close(systems->opened[i]);
    g_string_free(systems->refused, TRUE);
    g_string_free(systems->known, TRUE);
}

static void note_file_systems(const Medium *medium, const FileSystems *systems,
                              const VolumeTable *table, const VolumeMarker *marker)
{
    bool is_recognised = systems->count > 0 || table != NULL || marker != NULL;
    if (systems->count + (table != NULL) > 1) {
        g_autoptr(GString) names = g_string_new(NULL);
        for (size_t i = 0; i < systems->count; i++)
            g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", systems->signatures[i]->name);
        walk_add_finding(medium->walk, FINDING_AMBIGUOUS, 0, "%s%s%s fit; each was walked",
                         table != NULL ? table->scheme : "",
                         table != NULL && systems->count > 0 ? " partitions, " : "", names->str);
    }
    if (systems->refused->len > 0)
        walk_add_finding(medium->walk, FINDING_UNRECOGNISED, medium->size_bytes,
                         "looks like %s and could not be opened; it was searched for media",
                         systems->refused->str);
    if (systems->known->len > 0) {
        // A name beside what was opened is a remark; alone, it is what the volume is.
        if (is_recognised)
            walk_add_finding(medium->walk, FINDING_AMBIGUOUS, 0, "it also looks like %s",
                             systems->known->str);
        else if (systems->has_layout)
            walk_set_status(medium->walk, STATUS_UNSUPPORTED,
                            "%s is not opened; it was searched for media", systems->known->str);
        else
            walk_add_finding(medium->walk, FINDING_UNRECOGNISED, medium->size_bytes,
                             "%s; it was searched for media", systems->known->str);
    } else if (!is_recognised && systems->refused->len == 0) {
        walk_add_finding(medium->walk, FINDING_UNRECOGNISED, medium->size_bytes,
                         "no partition table and no file system that Clew knows; it was searched "
                         "for media");
    }
}

static void note_size(const Medium *medium, const FileSystem *file_system,
                      const VolumeSignature *signature)
{
    uint64_t size = file_system_size(file_system);
    if (size > medium->size_bytes)
        walk_add_finding(medium->walk, FINDING_DAMAGED, 0,
                         "the %s file system says to be %" PRIu64
                         " bytes longer than what there is of it",
                         signature->name, size - medium->size_bytes);
}

static bool walk_file_systems(const Medium *medium, const FileSystems *systems, bool has_others)
{
    for (size_t i = 0; i < systems->count; i++) {
        const FileSystemOptions options = {.prefix =
                                               has_others ? systems->signatures[i]->prefix : NULL};
        note_size(medium, systems->opened[i], systems->signatures[i]);
        if (!file_system_walk(systems->opened[i], options, medium->space))
            return false;
    }
    return true;
}

// ---- The medium -------------------------------------------------------------------------------

static void note_marker(const Medium *medium, const VolumeMarker *marker)
{
    walk_add_finding(medium->walk, FINDING_ENCRYPTED, medium->size_bytes, "%s", marker->detail);
    walk_set_status(medium->walk, STATUS_ENCRYPTED, "it is encrypted: %s", marker->detail);
}

void volume_walk(Walk *walk, Source *source)
{
    g_autoptr(VolumeSpace) space = volume_space_new(source_size(source));
    const Medium medium = {
        .walk = walk, .medium = source, .size_bytes = source_size(source), .space = space};
    g_autoptr(VolumeTable) table = volume_table_read(source);
    const VolumeMarker *marker = volume_marker_find(source);
    FileSystems systems = {.refused = g_string_new(NULL), .known = g_string_new(NULL)};
    open_file_systems(&medium, &systems, marker != NULL && marker->mimics_fat);
    if (marker != NULL)
        note_marker(&medium, marker);
    note_file_systems(&medium, &systems, table, marker);

    bool has_others = systems.count > 1 || table != NULL;
    bool ok = table == NULL || walk_partitions(&medium, table);
    ok = ok && walk_file_systems(&medium, &systems, has_others);
    // Where nothing is known of the layout, media may begin anywhere.
    bool is_laid_out = table != NULL || marker != NULL || systems.has_layout;
    close_file_systems(&systems);
    if (ok)
        volume_space_search(space, walk, source, is_laid_out ? BLOCK_BYTES : 1);
}

static bool fits(const SniffType *type, Source *source)
{
    const VolumeSignature *found[VOLUME_SIGNATURES_MAX];
    if (volume_marker_find(source) != NULL)
        return true;
    if (source_size(source) < VOLUME_BYTES_MIN)
        return false;
    if (volume_signature_find(source, found) > 0)
        return true;
    g_autoptr(VolumeTable) table = volume_table_read(source);
    return table != NULL;
}

const Container volume_container = {
    .name = "volume",
    .fits = fits,
    .open = volume_walk,
};
