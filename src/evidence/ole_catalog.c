// SPDX-License-Identifier: Apache-2.0
//
//   0  u16 length of this header, u16 version, u32 count, u32 width, u32 height
//      then for each thumbnail: u32 length, u32 number, u64 FILETIME, UTF-16 name, zeroes
//
// The stream's name is the number with its digits in reverse order. Since Windows Vista names are a
// width, '_' and a hash, and the catalog is empty.
#include "evidence/ole_catalog.h"

#include <string.h>

#include "base/reader.h"
#include "evidence/ole_values.h"

#define CATALOG_BYTES_MAX (64u << 20)
#define HEADER_BYTES 16u
#define ENTRY_BYTES 16u

typedef struct {
    char *file_name;
    ItemTime modified;
} Thumbnail;

struct OleCatalog {
    GHashTable *thumbnails; // name of the stream -> Thumbnail
};

static void thumbnail_free(void *pointer)
{
    Thumbnail *thumbnail = pointer;
    g_free(thumbnail->file_name);
    g_free(thumbnail);
}

static char *stream_name(uint32_t number)
{
    char digits[16];
    g_snprintf(digits, sizeof digits, "%u", number);
    return g_strdup(g_strreverse(digits));
}

static void read_entries(OleCatalog *catalog, const uint8_t *bytes, size_t size)
{
    Reader header = reader_init(bytes, size);
    size_t at = reader_u16le(&header);
    if (at < HEADER_BYTES)
        return;
    while (at < size && size - at > ENTRY_BYTES) {
        Reader reader = reader_init(bytes + at, size - at);
        size_t length = reader_u32le(&reader);
        uint32_t number = reader_u32le(&reader);
        uint64_t modified = reader_u64le(&reader);
        if (length <= ENTRY_BYTES || length > size - at)
            return;
        size_t units = (length - ENTRY_BYTES) / 2;
        Thumbnail *thumbnail = g_new(Thumbnail, 1);
        *thumbnail = (Thumbnail){.file_name = ole_utf16_new(bytes + at + ENTRY_BYTES, units),
                                 .modified = ole_filetime(modified)};
        g_hash_table_replace(catalog->thumbnails, stream_name(number), thumbnail);
        at += length;
    }
}

OleCatalog *ole_catalog_read(const OleFile *file)
{
    const OleEntry *entry = ole_file_find(file, OLE_NO_PARENT, "Catalog");
    if (entry == NULL || entry->is_storage)
        return NULL;
    OleCatalog *catalog = g_new0(OleCatalog, 1);
    catalog->thumbnails = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, thumbnail_free);
    g_autoptr(Source) stream = ole_file_stream(file, entry);
    size_t size = 0;
    const uint8_t *bytes =
        source_size(stream) <= CATALOG_BYTES_MAX ? source_map(stream, &size, NULL) : NULL;
    if (bytes != NULL)
        read_entries(catalog, bytes, size);
    return catalog;
}

void ole_catalog_free(OleCatalog *catalog)
{
    if (catalog == NULL)
        return;
    g_hash_table_unref(catalog->thumbnails);
    g_free(catalog);
}

bool ole_catalog_find(const OleCatalog *catalog, const char *name, const char **ret_file_name,
                      ItemTime *ret_modified)
{
    size_t digits = strspn(name, "0123456789");
    if (digits == 0 || (name[digits] != '\0' && name[digits] != '_'))
        return false;
    const Thumbnail *thumbnail = g_hash_table_lookup(catalog->thumbnails, name);
    *ret_file_name = thumbnail != NULL ? thumbnail->file_name : NULL;
    *ret_modified = thumbnail != NULL ? thumbnail->modified : (ItemTime){.zone = ZONE_NONE};
    return true;
}
