// SPDX-License-Identifier: Apache-2.0
//
// Any medium carries a marker, signatures and a partition table, or none; what is found is sane. An
// input is a list of pieces (place in units of 64 bytes, length, bytes) that are laid into zeros,
// so that small inputs reach what stands far in and at the end.
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "evidence/volume_marker.h"
#include "evidence/volume_signature.h"
#include "evidence/volume_table.h"
#include "fuzz_target.h"

#define MEDIUM_BYTES (256u << 10)
#define UNIT_BYTES 64u

static size_t lay_out(const uint8_t *data, size_t size, uint8_t *medium)
{
    Reader reader = reader_init(data, size);
    size_t medium_size = (size_t)reader_u16le(&reader) * UNIT_BYTES % MEDIUM_BYTES + 1;
    while (reader_remaining(&reader) > 0 && !reader.failed) {
        size_t at = (size_t)reader_u16le(&reader) * UNIT_BYTES % MEDIUM_BYTES;
        size_t length = reader_u16le(&reader) % 1024u;
        size_t left = reader_remaining(&reader), room = MEDIUM_BYTES - at;
        length = MIN(length, MIN(left, room));
        const uint8_t *bytes = reader_bytes(&reader, length);
        if (bytes != NULL)
            memcpy(medium + at, bytes, length);
    }
    return medium_size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *medium = g_malloc0(MEDIUM_BYTES);
    size_t medium_size = lay_out(data, size, medium);
    // A copy of its own size, so that reading behind the end is seen.
    g_autofree uint8_t *copy = g_memdup2(medium, medium_size);
    g_autoptr(Source) source = source_new_memory(copy, medium_size);

    const VolumeMarker *marker = volume_marker_find(source);
    if (marker != NULL && (marker->program == NULL || marker->detail == NULL))
        abort();
    const VolumeSignature *found[VOLUME_SIGNATURES_MAX];
    size_t count = volume_signature_find(source, found);
    for (size_t i = 0; i < count; i++)
        if (found[i] == NULL || (i > 0 && found[i]->kind < found[i - 1]->kind))
            abort();
    g_autoptr(VolumeTable) table = volume_table_read(source);
    for (guint i = 0; table != NULL && i < table->partitions->len; i++)
        if (g_array_index(table->partitions, Partition, i).number == 0)
            abort();
    return 0;
}
