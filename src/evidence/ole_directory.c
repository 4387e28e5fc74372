// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_directory.h"

#include "base/error.h"
#include "base/reader.h"
#include "evidence/ole_values.h"

#define NAME_UNITS 32u
#define ENTRIES_MAX (1u << 20)
#define ENTRY_NONE 0xffffffffu

typedef enum {
    TYPE_STORAGE = 1,
    TYPE_STREAM = 2,
    TYPE_ROOT = 5,
} EntryType;

typedef struct {
    uint8_t type;
    bool visited;
    uint32_t left, right, child, first_sector;
    uint64_t size_bytes;
    char *name;
} RawEntry;

typedef struct {
    RawEntry *raw;
    uint32_t count;
    OleDirectory *directory;
} Listing;

// ---- Entries ----------------------------------------------------------------------------------

static RawEntry take_entry(const uint8_t *bytes, bool has_long_sizes)
{
    RawEntry entry = {0};
    Reader reader = reader_init(bytes, OLE_DIRECTORY_ENTRY_BYTES);
    const uint8_t *name = reader_bytes(&reader, NAME_UNITS * 2);
    unsigned units = reader_u16le(&reader) / 2u; // with the terminating zero
    entry.type = reader_u8(&reader);
    reader_skip(&reader, 1);
    entry.left = reader_u32le(&reader);
    entry.right = reader_u32le(&reader);
    entry.child = reader_u32le(&reader);
    reader_skip(&reader, 36);
    entry.first_sector = reader_u32le(&reader);
    entry.size_bytes = reader_u64le(&reader);
    // In files with small sectors the upper half may be anything ([MS-CFB] 2.6.1).
    if (!has_long_sizes)
        entry.size_bytes &= UINT32_MAX;
    entry.name = ole_utf16_new(name, MIN(units, NAME_UNITS));
    return entry;
}

static void read_entries(Listing *listing, Source *source, bool has_long_sizes)
{
    uint32_t total = listing->count;
    listing->count = 0;
    for (uint32_t i = 0; i < total; i++) {
        uint8_t bytes[OLE_DIRECTORY_ENTRY_BYTES] = {0};
        if (source_read(source, (uint64_t)i * sizeof bytes, bytes, sizeof bytes, NULL) <= 0)
            return;
        listing->raw[listing->count++] = take_entry(bytes, has_long_sizes);
    }
}

// ---- Listing ----------------------------------------------------------------------------------

static uint32_t list_entry(const Listing *listing, uint32_t id, uint32_t parent)
{
    RawEntry *raw = &listing->raw[id];
    bool is_stream = raw->type == TYPE_STREAM;
    const OleEntry entry = {.name = g_steal_pointer(&raw->name),
                            .id = id,
                            .parent = parent,
                            .is_storage = !is_stream,
                            .size_bytes = is_stream ? raw->size_bytes : 0,
                            .first_sector = raw->first_sector};
    g_array_append_val(listing->directory->entries, entry);
    return listing->directory->entries->len - 1;
}

// What is still to be visited: the siblings below an entry of one storage's tree, or the entry
// itself once its left side is done.
typedef struct {
    uint32_t id, parent;
    uint8_t depth; // storages around it
    bool left_is_done;
} Visit;

static void push(GArray *stack, const Listing *listing, Visit visit)
{
    if (visit.id < listing->count)
        g_array_append_val(stack, visit);
}

// The entry, its storage's further entries and, before those, what lies in it.
static void visit_entry(const Listing *listing, GArray *stack, const Visit *visit)
{
    const RawEntry *raw = &listing->raw[visit->id];
    push(stack, listing, (Visit){.id = raw->right, .parent = visit->parent, .depth = visit->depth});
    if (raw->type != TYPE_STORAGE && raw->type != TYPE_STREAM)
        return;
    uint32_t number = list_entry(listing, visit->id, visit->parent);
    if (raw->type != TYPE_STORAGE || raw->child == ENTRY_NONE)
        return;
    if (visit->depth + 1u >= OLE_DEPTH_MAX)
        listing->directory->left_out = "its storages are nested deeper than is followed";
    else
        push(stack, listing,
             (Visit){.id = raw->child, .parent = number, .depth = (uint8_t)(visit->depth + 1u)});
}

// Lists what the tree below `root` holds, in its order; every entry once.
static void list_tree(const Listing *listing, uint32_t root)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Visit));
    push(stack, listing, (Visit){.id = root, .parent = OLE_NO_PARENT});
    while (stack->len > 0) {
        Visit visit = g_array_index(stack, Visit, stack->len - 1);
        g_array_set_size(stack, stack->len - 1);
        RawEntry *raw = &listing->raw[visit.id];
        if (visit.left_is_done) {
            visit_entry(listing, stack, &visit);
        } else if (!raw->visited) {
            raw->visited = true;
            visit.left_is_done = true;
            push(stack, listing, visit);
            push(stack, listing,
                 (Visit){.id = raw->left, .parent = visit.parent, .depth = visit.depth});
        }
    }
}

static void list_unlinked(const Listing *listing)
{
    for (uint32_t id = 0; id < listing->count; id++) {
        const RawEntry *raw = &listing->raw[id];
        if (raw->visited || raw->type != TYPE_STREAM || raw->size_bytes == 0)
            continue;
        uint32_t number = list_entry(listing, id, OLE_NO_PARENT);
        g_array_index(listing->directory->entries, OleEntry, number).is_unlinked = true;
    }
}

// -----------------------------------------------------------------------------------------------

bool ole_directory_read(Source *source, bool has_long_sizes, OleDirectory *ret_directory,
                        GError **err)
{
    uint64_t total = source_size(source) / OLE_DIRECTORY_ENTRY_BYTES;
    Listing listing = {.count = (uint32_t)MIN(total, (uint64_t)ENTRIES_MAX),
                       .directory = ret_directory};
    g_autofree RawEntry *raw = g_try_new0(RawEntry, (size_t)listing.count + 1);
    if (raw == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is no memory for %u directory entries", listing.count);
        return false;
    }
    listing.raw = raw;
    *ret_directory = (OleDirectory){
        .entries = g_array_new(FALSE, FALSE, sizeof(OleEntry)),
        .left_out = total > ENTRIES_MAX ? "its directory is longer than is followed" : NULL};
    read_entries(&listing, source, has_long_sizes);
    bool has_root = listing.count > 0 && raw[0].type == TYPE_ROOT;
    if (has_root) {
        ret_directory->first_sector = raw[0].first_sector;
        raw[0].visited = true;
        list_tree(&listing, raw[0].child);
        list_unlinked(&listing);
    } else {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "the compound file's directory does not begin with a root");
        ole_directory_clear(ret_directory);
    }
    for (uint32_t i = 0; i < listing.count; i++)
        g_free(raw[i].name);
    return has_root;
}

void ole_directory_clear(OleDirectory *directory)
{
    for (uint32_t i = 0; directory->entries != NULL && i < directory->entries->len; i++)
        g_free(g_array_index(directory->entries, OleEntry, i).name);
    g_clear_pointer(&directory->entries, g_array_unref);
}
