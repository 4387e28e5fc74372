// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the stream of records that a list worker may send. A record has exactly one form:
// what decodes must encode to the same bytes again.
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "wire/vics_message.h"

static void put_record(GByteArray *stream, const VicsRecord *record)
{
    g_autoptr(GError) error = NULL;
    switch (record->type) {
    case VICS_RECORD_MEDIA:
        vics_stream_put_media(stream, &record->media);
        break;
    case VICS_RECORD_IDENTIFIER:
        vics_stream_put_identifier(stream, &record->identifier);
        break;
    case VICS_RECORD_HEAD:
        vics_stream_put_head(stream, &record->head);
        break;
    case VICS_RECORD_DOCUMENT:
        vics_stream_put_document(stream, &record->document);
        break;
    case VICS_RECORD_END:
        if (record->text != NULL)
            error = g_error_new_literal(CLEW_ERROR, (int)record->error, record->text);
        vics_stream_put_end(stream, error);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_autoptr(GByteArray) chunk = g_byte_array_new();
    VicsAssembly assembly = {0};
    VicsNext next = VICS_NEXT_LATER;
    size_t piece = size > 0 ? 1u + data[0] : 1;
    for (size_t at = 0; at < size && next == VICS_NEXT_LATER; at += piece) {
        uint64_t bytes_read;
        VicsRecord record;
        vics_chunk_encode(at, data + at, MIN(size - at, piece), chunk);
        if (!vics_assembly_add(&assembly, chunk->data, chunk->len, &bytes_read))
            break;
        while ((next = vics_assembly_next(&assembly, &record)) == VICS_NEXT_RECORD) {
            put_record(again, &record);
            vics_record_clear(&record);
        }
    }
    if (again->len > size || (again->len > 0 && memcmp(again->data, data, again->len) != 0))
        abort();
    vics_assembly_clear(&assembly);
    return 0;
}
