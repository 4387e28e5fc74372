// SPDX-License-Identifier: Apache-2.0
//
// header | FAT | contents of streams and free sectors | directory
#include "ole_builder.h"

#include <stdbool.h>
#include <string.h>

#define FREE 0xffffffffu
#define END 0xfffffffeu
#define FAT 0xfffffffdu
#define NONE 0xffffffffu

typedef struct {
    char *name;
    uint8_t type; // 1 storage, 2 stream, 5 root
    uint32_t right, child, last_child;
    uint32_t first;
    uint64_t size_bytes;
} Entry;

struct OleBuilder {
    unsigned shift;
    GArray *entries;      // of Entry
    GArray *chain;        // of uint32_t: FAT entries of the contents, as numbers among them
    GByteArray *contents; // whole sectors
};

static Entry *entry_at(const OleBuilder *builder, uint32_t i)
{
    return &g_array_index(builder->entries, Entry, i);
}

OleBuilder *ole_builder_new(unsigned sector_shift)
{
    OleBuilder *builder = g_new0(OleBuilder, 1);
    builder->shift = sector_shift;
    builder->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    builder->chain = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    builder->contents = g_byte_array_new();
    const Entry root = {.name = g_strdup("Root Entry"),
                        .type = 5,
                        .right = NONE,
                        .child = NONE,
                        .last_child = NONE,
                        .first = END};
    g_array_append_val(builder->entries, root);
    return builder;
}

void ole_builder_free(OleBuilder *builder)
{
    for (unsigned i = 0; i < builder->entries->len; i++)
        g_free(entry_at(builder, i)->name);
    g_array_unref(builder->entries);
    g_array_unref(builder->chain);
    g_byte_array_unref(builder->contents);
    g_free(builder);
}

static uint32_t add_sectors(OleBuilder *builder, const void *bytes, size_t size, bool is_free)
{
    size_t step = (size_t)1 << builder->shift;
    size_t count = (size + step - 1) / step;
    uint32_t first = builder->chain->len;
    size_t before = builder->contents->len;
    if (size == 0)
        return END;
    g_byte_array_set_size(builder->contents, (unsigned)(before + count * step));
    memset(builder->contents->data + before, 0, count * step);
    memcpy(builder->contents->data + before, bytes, size);
    for (size_t i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? first + (uint32_t)i + 1 : END;
        next = is_free ? FREE : next;
        g_array_append_val(builder->chain, next);
    }
    return first;
}

static uint32_t add_entry(OleBuilder *builder, const char *name, uint8_t type, uint32_t first,
                          size_t size)
{
    const Entry entry = {.name = g_strdup(name),
                         .type = type,
                         .right = NONE,
                         .child = NONE,
                         .last_child = NONE,
                         .first = first,
                         .size_bytes = size};
    g_array_append_val(builder->entries, entry);
    return builder->entries->len - 1;
}

static uint32_t link_entry(OleBuilder *builder, uint32_t parent, uint32_t number)
{
    Entry *storage = entry_at(builder, parent);
    if (storage->last_child == NONE)
        storage->child = number;
    else
        entry_at(builder, storage->last_child)->right = number;
    storage->last_child = number;
    return number;
}

uint32_t ole_builder_storage(OleBuilder *builder, uint32_t parent, const char *name)
{
    return link_entry(builder, parent, add_entry(builder, name, 1, 0, 0));
}

uint32_t ole_builder_unlinked(OleBuilder *builder, const char *name, const void *bytes, size_t size)
{
    return add_entry(builder, name, 2, add_sectors(builder, bytes, size, false), size);
}

uint32_t ole_builder_stream(OleBuilder *builder, uint32_t parent, const char *name,
                            const void *bytes, size_t size)
{
    return link_entry(builder, parent, ole_builder_unlinked(builder, name, bytes, size));
}

void ole_builder_free_bytes(OleBuilder *builder, const void *bytes, size_t size)
{
    add_sectors(builder, bytes, size, true);
}

// ---- Writing ----------------------------------------------------------------------------------

static void put(GByteArray *target, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        g_byte_array_append(target, &byte, 1);
    }
}

static void fill(GByteArray *target, uint8_t value, size_t end)
{
    while (target->len < end)
        g_byte_array_append(target, &value, 1);
}

static GByteArray *directory_of(const OleBuilder *builder, uint32_t contents_first)
{
    GByteArray *directory = g_byte_array_new();
    for (unsigned i = 0; i < builder->entries->len; i++) {
        const Entry *entry = entry_at(builder, i);
        unsigned begin = directory->len;
        size_t length = strlen(entry->name);
        for (size_t k = 0; k < length; k++)
            put(directory, (uint8_t)entry->name[k], 2);
        fill(directory, 0, begin + 64);
        put(directory, 2 * (length + 1), 2);
        put(directory, entry->type, 1);
        put(directory, 1, 1);
        put(directory, NONE, 4);
        put(directory, entry->right, 4);
        put(directory, entry->child, 4);
        fill(directory, 0, begin + 116);
        put(directory, entry->first == END ? END : entry->first + contents_first, 4);
        put(directory, entry->size_bytes, 8);
    }
    return directory;
}

GByteArray *ole_builder_finish(const OleBuilder *builder)
{
    uint32_t per_sector = 1u << (builder->shift - 2), step = 1u << builder->shift;
    uint32_t contents = builder->chain->len;
    uint32_t directories = (builder->entries->len * 128 + step - 1) / step;
    uint32_t fats = 1;
    while (fats * per_sector < fats + contents + directories)
        fats++;
    g_assert_cmpuint(fats, <=, 109);

    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const uint8_t *)"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    fill(file, 0, 24);
    put(file, 0x3e, 2);
    put(file, builder->shift == 9 ? 3 : 4, 2);
    put(file, 0xfffe, 2);
    put(file, builder->shift, 2);
    put(file, 6, 2);
    fill(file, 0, 44);
    put(file, fats, 4);
    put(file, fats + contents, 4);
    put(file, 0, 4);
    put(file, 0, 4); // every stream lies in ordinary sectors
    put(file, END, 4);
    put(file, 0, 4);
    put(file, END, 4);
    put(file, 0, 4);
    for (uint32_t i = 0; i < 109; i++)
        put(file, i < fats ? i : FREE, 4);
    fill(file, 0, step);

    for (uint32_t i = 0; i < fats; i++)
        put(file, FAT, 4);
    for (uint32_t i = 0; i < contents; i++) {
        uint32_t next = g_array_index(builder->chain, uint32_t, i);
        put(file, next < END - 1 ? next + fats : next, 4);
    }
    for (uint32_t i = 0; i < directories; i++)
        put(file, i + 1 < directories ? fats + contents + i + 1 : END, 4);
    fill(file, 0xff, (size_t)step * (1 + fats));

    g_byte_array_append(file, builder->contents->data, builder->contents->len);
    GByteArray *directory = directory_of(builder, fats);
    g_byte_array_append(file, directory->data, directory->len);
    g_byte_array_unref(directory);
    fill(file, 0, (size_t)step * (1 + fats + contents + directories));
    return file;
}
