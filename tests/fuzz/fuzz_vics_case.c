// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a VICS case document: the same must come out whatever pieces they arrive in; what is
// taken out survives the wire; and what is written again is read again as the same, byte for byte.
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "lists/vics_case_frame.h"
#include "lists/vics_case_reader.h"
#include "model/plain_text.h"
#include "wire/vics_message.h"

typedef struct {
    const uint8_t *data;
    size_t size, chunk;
} Bytes;

typedef struct {
    unsigned case_ordinal;
    VicsArray array;
    char *raw;
} Element;

typedef struct {
    GArray *elements;
    char *frame;
    GByteArray *stream; // all of it, as it would go over the wire
} Taken;

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Bytes *bytes = user_data;
    if (offset >= bytes->size)
        return 0;
    size_t count = MIN(MIN(size_bytes, bytes->chunk), bytes->size - (size_t)offset);
    memcpy(target, bytes->data + offset, count);
    return (int64_t)count;
}

static void keep(Taken *taken, unsigned case_ordinal, VicsArray array, const char *raw)
{
    if (!plain_text_is(raw, strlen(raw)))
        abort();
    Element element = {.case_ordinal = case_ordinal, .array = array, .raw = g_strdup(raw)};
    g_array_append_val(taken->elements, element);
}

static bool take_media(void *user_data, const VicsMedia *media, GError **err)
{
    Taken *taken = user_data;
    keep(taken, media->case_ordinal, VICS_ARRAY_MEDIA, media->raw);
    vics_stream_put_media(taken->stream, media);
    return true;
}

static bool take_identifier(void *user_data, const VicsIdentifier *identifier, GError **err)
{
    Taken *taken = user_data;
    keep(taken, identifier->case_ordinal, VICS_ARRAY_IDENTIFIERS, identifier->raw);
    vics_stream_put_identifier(taken->stream, identifier);
    return true;
}

static bool take_head(void *user_data, const VicsCaseHead *head, GError **err)
{
    vics_stream_put_head(((Taken *)user_data)->stream, head);
    return true;
}

static bool take_document(void *user_data, const VicsDocument *document, GError **err)
{
    Taken *taken = user_data;
    taken->frame = g_strdup(document->frame);
    vics_stream_put_document(taken->stream, document);
    return true;
}

static void element_clear(void *element)
{
    g_free(((Element *)element)->raw);
}

static bool read_document(Bytes bytes, Taken *taken)
{
    const ListSource source = {.read_at = read_at, .size_bytes = bytes.size, .user_data = &bytes};
    const VicsCaseSink sink = {.media = take_media,
                               .identifier = take_identifier,
                               .head = take_head,
                               .document = take_document,
                               .user_data = taken};
    *taken = (Taken){.elements = g_array_new(FALSE, FALSE, sizeof(Element)),
                     .stream = g_byte_array_new()};
    g_array_set_clear_func(taken->elements, element_clear);
    g_autoptr(GError) error = NULL;
    bool ok = vics_case_read(&source, &sink, &error);
    if (ok != (error == NULL) || ok != (taken->frame != NULL))
        abort();
    return ok;
}

static void taken_clear(Taken *taken)
{
    g_array_unref(taken->elements);
    g_byte_array_unref(taken->stream);
    g_free(taken->frame);
}

static bool bring_elements(void *user_data, VicsCaseFrame *frame, unsigned case_ordinal,
                           VicsArray array, GError **err)
{
    const Taken *taken = user_data;
    for (unsigned i = 0; i < taken->elements->len; i++) {
        const Element *element = &g_array_index(taken->elements, Element, i);
        if (element->case_ordinal == case_ordinal && element->array == array &&
            !vics_case_frame_element(frame, element->raw, err))
            return false;
    }
    return true;
}

static bool append_output(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    g_string_append_len(user_data, bytes, (gssize)size_bytes);
    return true;
}

static GString *write_document(Taken *taken)
{
    GString *text = g_string_new(NULL);
    const VicsFrameContent content = {.elements = bring_elements, .user_data = taken};
    const ListOutput output = {.write = append_output, .user_data = text};
    if (!vics_case_frame_write(taken->frame, &content, &output, NULL))
        abort();
    return text;
}

static void check_round_trip(Taken *taken)
{
    g_autoptr(GString) once = write_document(taken);
    Taken again;
    if (!read_document(
            (Bytes){.data = (const uint8_t *)once->str, .size = once->len, .chunk = SIZE_MAX},
            &again))
        abort();
    g_autoptr(GString) twice = write_document(&again);
    if (!g_string_equal(once, twice) || strcmp(taken->frame, again.frame) != 0)
        abort();
    taken_clear(&again);
}

static void put_record(GByteArray *stream, const VicsRecord *record)
{
    if (record->type == VICS_RECORD_MEDIA)
        vics_stream_put_media(stream, &record->media);
    else if (record->type == VICS_RECORD_IDENTIFIER)
        vics_stream_put_identifier(stream, &record->identifier);
    else if (record->type == VICS_RECORD_HEAD)
        vics_stream_put_head(stream, &record->head);
    else if (record->type == VICS_RECORD_DOCUMENT)
        vics_stream_put_document(stream, &record->document);
}

static void check_wire(const GByteArray *stream)
{
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_autoptr(GByteArray) chunk = g_byte_array_new();
    VicsAssembly assembly = {0};
    for (size_t at = 0; at < stream->len; at += VICS_CHUNK_BYTES) {
        uint64_t bytes_read;
        VicsRecord record;
        VicsNext next;
        vics_chunk_encode(at, stream->data + at, MIN(stream->len - at, VICS_CHUNK_BYTES), chunk);
        if (!vics_assembly_add(&assembly, chunk->data, chunk->len, &bytes_read))
            abort();
        while ((next = vics_assembly_next(&assembly, &record)) == VICS_NEXT_RECORD) {
            put_record(again, &record);
            vics_record_clear(&record);
        }
        if (next == VICS_NEXT_BROKEN)
            abort();
    }
    vics_assembly_clear(&assembly);
    if (again->len != stream->len ||
        (again->len > 0 && memcmp(again->data, stream->data, again->len) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Taken whole, pieces;
    size_t chunk = size > 0 ? 1u + data[size / 2] % 61u : 1;
    bool ok = read_document((Bytes){.data = data, .size = size, .chunk = SIZE_MAX}, &whole);
    if (read_document((Bytes){.data = data, .size = size, .chunk = chunk}, &pieces) != ok ||
        whole.stream->len != pieces.stream->len ||
        (ok && whole.stream->len > 0 &&
         memcmp(whole.stream->data, pieces.stream->data, whole.stream->len) != 0))
        abort();
    check_wire(whole.stream);
    if (ok)
        check_round_trip(&whole);
    taken_clear(&whole);
    taken_clear(&pieces);
    return 0;
}
