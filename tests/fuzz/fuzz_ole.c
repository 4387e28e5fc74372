// SPDX-License-Identifier: Apache-2.0
//
// Compound files: sectors, directory, what the reader of documents makes of the names.
#include <glib.h>
#include <stdlib.h>

#include "evidence/ole_file.h"
#include "fuzz_target.h"
#include "fuzz_walk.h"

static void check_streams(const OleFile *file)
{
    for (uint32_t i = 0; i < ole_file_count(file); i++) {
        const OleEntry *entry = ole_file_entry(file, i);
        g_autofree char *path = ole_file_path(file, i);
        g_autoptr(Source) stream = ole_file_stream(file, entry);
        if (!g_utf8_validate(path, -1, NULL) || source_size(stream) > entry->size_bytes)
            abort();
        // What lies in a storage follows it.
        if (entry->parent != OLE_NO_PARENT && entry->parent >= i)
            abort();
    }
}

static void check_unused(const OleFile *file, size_t size)
{
    g_autoptr(GArray) unused = ole_file_unused(file);
    uint64_t before = 0;
    for (unsigned i = 0; i < unused->len; i++) {
        const Extent *extent = &g_array_index(unused, Extent, i);
        if (extent->offset < before || extent->size_bytes == 0)
            abort();
        before = extent->offset + extent->size_bytes;
    }
    if (before > ole_file_end(file) || ole_file_end(file) > size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Source) source = source_new_memory(data, size);
    g_autoptr(OleFile) file = ole_file_open(source, NULL);
    if (file != NULL) {
        check_streams(file);
        check_unused(file, size);
    }
    fuzz_walk(data, size, "application/x-ole-storage");
    return 0;
}
