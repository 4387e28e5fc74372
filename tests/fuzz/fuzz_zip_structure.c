// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are a ZIP archive with or without a directory; what its parts are said to be lies
// within the bytes, and going through them comes to an end.
#include "evidence/zip_structure.h"

#include <stdlib.h>

#include "fuzz_target.h"

static void check_member(Source *source, ZipEntry *entry, const ZipLocal *local)
{
    g_autofree char *name = zip_entry_name(entry);
    uint64_t end = zip_member_end(source, entry, local);
    if (name == NULL || end > source_size(source))
        abort();
}

static void read_directory(Source *source, const ZipEnd *end)
{
    if (end->end > source_size(source) || end->directory_offset > end->record_offset)
        abort();
    g_autoptr(ZipDirectory) directory = zip_directory_open(source, end);
    g_autoptr(GError) error = NULL;
    ZipEntry entry;
    while (zip_directory_next(directory, &entry, &error)) {
        ZipLocal local;
        if (zip_local_read(source, &entry, &local))
            check_member(source, &entry, &local);
    }
    if (zip_directory_position(directory) > source_size(source))
        abort();
}

static void read_local_headers(Source *source)
{
    GBytes *name = NULL;
    ZipEntry entry;
    ZipLocal local;
    uint64_t from = 0;
    while (zip_local_find(NULL, source, from, &name, &entry, &local)) {
        if (entry.local_offset < from || local.data_offset <= from)
            abort();
        check_member(source, &entry, &local);
        from = MAX(zip_member_end(source, &entry, &local), local.data_offset);
    }
    g_clear_pointer(&name, g_bytes_unref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // The first byte says whether the archive is one file, or two of which the second begins there.
    uint64_t begins[2] = {0, size > 0 ? data[0] : 0};
    ZipVolumes volumes = {.volume_begins = begins, .volumes = size > 0 && data[0] < 64 ? 2 : 0};
    g_autoptr(Source) source =
        source_new_memory(size > 0 ? data + 1 : data, size > 0 ? size - 1 : 0);
    for (unsigned is_other = 0; is_other < 2; is_other++) {
        ZipEnd end;
        if (zip_end_find(source, volumes, is_other != 0, &end) && !end.is_encrypted)
            read_directory(source, &end);
    }
    read_local_headers(source);
    return 0;
}
