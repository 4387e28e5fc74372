// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h; all texts are long texts.
//
//   request     u8 'V'
//   chunk       u8 'v', u64 bytes_read, 1 to VICS_CHUNK_BYTES bytes of the stream
//   record      u32 length of what follows, u8 mark, members
//   media       'm': text raw, u32 case, u64 position, u8 digests present, digests, texts, number
//               size, flags, u8 photodna, files, fields, identifiers
//   identifier  'i': text raw, members of an identifier
//   head        'c': u32 ordinal, texts, u32 refused
//   document    'd': text frame, text version, text region, u32 cases, u64 media, u64 identifiers
//   end         'z': u8 ok; when 0: u8 error code, text message
//
//   number      u8 present, u64 value
//   flag        u8: 0 not said, 1 no, 2 yes
//   list        u32 count, elements
#include "wire/vics_message.h"

#include <string.h>

#include "base/limits.h"
#include "base/reader.h"
#include "wire/codec.h"

#define REQUEST_MARK 'V'
#define CHUNK_MARK 'v'
#define MEDIA_MARK 'm'
#define IDENTIFIER_MARK 'i'
#define HEAD_MARK 'c'
#define DOCUMENT_MARK 'd'
#define END_MARK 'z'

#define CHUNK_HEAD_BYTES 9u
#define RECORD_HEAD_BYTES 4u
#define FLAG_STATES 3u
#define ASSEMBLY_KEEP_BYTES (1u << 20)

enum { HAS_MD5 = 1, HAS_SHA1 = 2, HAS_SHA256 = 4, DIGEST_BITS = 7 };

// The members of each struct that travel alike, in their order on the wire.
static const size_t media_texts[] = {
    offsetof(VicsMedia, category),      offsetof(VicsMedia, precategorization_source),
    offsetof(VicsMedia, series),        offsetof(VicsMedia, comments),
    offsetof(VicsMedia, tags),          offsetof(VicsMedia, mime_type),
    offsetof(VicsMedia, relative_path), offsetof(VicsMedia, updated),
};
static const size_t media_flags[] = {
    offsetof(VicsMedia, victim_identified), offsetof(VicsMedia, offender_identified),
    offsetof(VicsMedia, distributed),       offsetof(VicsMedia, suspected),
    offsetof(VicsMedia, precategorized),    offsetof(VicsMedia, self_generated),
};
static const size_t file_texts[] = {
    offsetof(VicsMediaFile, file_name),   offsetof(VicsMediaFile, file_path),
    offsetof(VicsMediaFile, created),     offsetof(VicsMediaFile, written),
    offsetof(VicsMediaFile, accessed),    offsetof(VicsMediaFile, source_id),
    offsetof(VicsMediaFile, parent_md5),  offsetof(VicsMediaFile, parent_name),
    offsetof(VicsMediaFile, parent_path),
};
static const size_t file_flags[] = {
    offsetof(VicsMediaFile, unallocated),
    offsetof(VicsMediaFile, deleted),
};
static const size_t field_texts[] = {
    offsetof(VicsField, name),
    offsetof(VicsField, value),
    offsetof(VicsField, group),
};
static const size_t event_texts[] = {
    offsetof(VicsEvent, event_id),
    offsetof(VicsEvent, time),
    offsetof(VicsEvent, type),
};
static const size_t identifier_texts[] = {
    offsetof(VicsIdentifier, key),      offsetof(VicsIdentifier, type),
    offsetof(VicsIdentifier, name),     offsetof(VicsIdentifier, application),
    offsetof(VicsIdentifier, comments), offsetof(VicsIdentifier, tags),
};
static const size_t head_texts[] = {
    offsetof(VicsCaseHead, case_id),
    offsetof(VicsCaseHead, case_number),
    offsetof(VicsCaseHead, contact_organization),
    offsetof(VicsCaseHead, contact_name),
    offsetof(VicsCaseHead, contact_phone),
    offsetof(VicsCaseHead, contact_email),
    offsetof(VicsCaseHead, contact_title),
    offsetof(VicsCaseHead, seized),
    offsetof(VicsCaseHead, application_name),
    offsetof(VicsCaseHead, application_version),
};

void vics_request_encode(GByteArray *ret_message)
{
    codec_put(ret_message, REQUEST_MARK, 1);
}

bool vics_request_is(const uint8_t *message, size_t size_bytes)
{
    return size_bytes == 1 && message[0] == REQUEST_MARK;
}

// Writing -----------------------------------------------------------------------------------------

static void put_text(GByteArray *stream, const char *text)
{
    codec_put_long_text(stream, text, LIMIT_VICS_TEXT_BYTES);
}

static void put_texts(GByteArray *stream, const void *object, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_text(stream, *(char *const *)((const char *)object + offsets[i]));
}

static void put_flags(GByteArray *stream, const void *object, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        codec_put(stream, (uint64_t)(*(const int *)((const char *)object + offsets[i]) + 1), 1);
}

static void put_number(GByteArray *stream, VicsNumber number)
{
    codec_put(stream, number.present, 1);
    codec_put(stream, number.value, 8);
}

static void put_fields(GByteArray *stream, const GPtrArray *fields)
{
    codec_put(stream, fields->len, 4);
    for (unsigned i = 0; i < fields->len; i++) {
        const VicsField *field = fields->pdata[i];
        codec_put(stream, field->kind, 1);
        put_texts(stream, field, field_texts, G_N_ELEMENTS(field_texts));
    }
}

static void put_files(GByteArray *stream, const GPtrArray *files)
{
    codec_put(stream, files->len, 4);
    for (unsigned i = 0; i < files->len; i++) {
        const VicsMediaFile *file = files->pdata[i];
        put_texts(stream, file, file_texts, G_N_ELEMENTS(file_texts));
        put_number(stream, file->location);
        put_flags(stream, file, file_flags, G_N_ELEMENTS(file_flags));
    }
}

static void put_identifier(GByteArray *stream, const VicsIdentifier *identifier)
{
    codec_put(stream, identifier->case_ordinal, 4);
    put_texts(stream, identifier, identifier_texts, G_N_ELEMENTS(identifier_texts));
    put_fields(stream, identifier->fields);
    codec_put(stream, identifier->events->len, 4);
    for (unsigned i = 0; i < identifier->events->len; i++)
        put_texts(stream, identifier->events->pdata[i], event_texts, G_N_ELEMENTS(event_texts));
    codec_put(stream, identifier->refused, 4);
}

static void put_digests(GByteArray *stream, const VicsMedia *media)
{
    codec_put(stream,
              (media->has_md5 ? HAS_MD5 : 0u) | (media->has_sha1 ? HAS_SHA1 : 0u) |
                  (media->has_sha256 ? HAS_SHA256 : 0u),
              1);
    codec_put_bytes(stream, media->md5, MD5_BYTES);
    codec_put_bytes(stream, media->sha1, SHA1_BYTES);
    codec_put_bytes(stream, media->sha256, SHA256_BYTES);
}

// Leaves room for the length; returns where the record begins.
static size_t begin_record(GByteArray *stream, char mark)
{
    size_t begin = stream->len;
    codec_put(stream, 0, RECORD_HEAD_BYTES);
    codec_put(stream, (uint8_t)mark, 1);
    return begin;
}

static void end_record(GByteArray *stream, size_t begin)
{
    size_t length = stream->len - begin - RECORD_HEAD_BYTES;
    for (unsigned i = 0; i < RECORD_HEAD_BYTES; i++)
        stream->data[begin + i] = (uint8_t)(length >> (8 * i));
}

void vics_stream_put_media(GByteArray *stream, const VicsMedia *media)
{
    size_t begin = begin_record(stream, MEDIA_MARK);
    codec_put_long_text(stream, media->raw, LIMIT_VICS_OBJECT_BYTES);
    codec_put(stream, media->case_ordinal, 4);
    codec_put(stream, media->position, 8);
    put_digests(stream, media);
    put_texts(stream, media, media_texts, G_N_ELEMENTS(media_texts));
    put_number(stream, media->size_bytes);
    put_flags(stream, media, media_flags, G_N_ELEMENTS(media_flags));
    codec_put(stream, media->photodna, 1);
    put_files(stream, media->files);
    put_fields(stream, media->fields);
    codec_put(stream, media->identifiers->len, 4);
    for (unsigned i = 0; i < media->identifiers->len; i++)
        put_identifier(stream, media->identifiers->pdata[i]);
    codec_put(stream, media->refused, 4);
    end_record(stream, begin);
}

void vics_stream_put_identifier(GByteArray *stream, const VicsIdentifier *identifier)
{
    size_t begin = begin_record(stream, IDENTIFIER_MARK);
    codec_put_long_text(stream, identifier->raw, LIMIT_VICS_OBJECT_BYTES);
    put_identifier(stream, identifier);
    end_record(stream, begin);
}

void vics_stream_put_head(GByteArray *stream, const VicsCaseHead *head)
{
    size_t begin = begin_record(stream, HEAD_MARK);
    codec_put(stream, head->ordinal, 4);
    put_texts(stream, head, head_texts, G_N_ELEMENTS(head_texts));
    codec_put(stream, head->refused, 4);
    end_record(stream, begin);
}

void vics_stream_put_document(GByteArray *stream, const VicsDocument *document)
{
    size_t begin = begin_record(stream, DOCUMENT_MARK);
    codec_put_long_text(stream, document->frame, LIMIT_VICS_FRAME_BYTES);
    put_text(stream, document->version);
    put_text(stream, document->region);
    codec_put(stream, document->case_count, 4);
    codec_put(stream, document->media_count, 8);
    codec_put(stream, document->identifier_count, 8);
    end_record(stream, begin);
}

void vics_stream_put_end(GByteArray *stream, const GError *error)
{
    size_t begin = begin_record(stream, END_MARK);
    codec_put(stream, error == NULL, 1);
    if (error != NULL) {
        bool ours = error->domain == CLEW_ERROR;
        codec_put(stream, ours ? (uint64_t)error->code : CLEW_ERROR_INTERNAL, 1);
        codec_put_long_text(stream, error->message, LIMIT_REASON_BYTES);
    }
    end_record(stream, begin);
}

void vics_chunk_encode(uint64_t bytes_read, const uint8_t *bytes, size_t size_bytes,
                       GByteArray *ret_message)
{
    g_assert(size_bytes > 0 && size_bytes <= VICS_CHUNK_BYTES);
    g_byte_array_set_size(ret_message, 0);
    codec_put(ret_message, CHUNK_MARK, 1);
    codec_put(ret_message, bytes_read, 8);
    codec_put_bytes(ret_message, bytes, size_bytes);
}

// Reading -----------------------------------------------------------------------------------------

static char *take_text(Reader *reader)
{
    return codec_take_long_text(reader, LIMIT_VICS_TEXT_BYTES);
}

static void take_texts(Reader *reader, void *object, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(char **)((char *)object + offsets[i]) = take_text(reader);
}

static void take_flags(Reader *reader, void *object, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(int *)((char *)object + offsets[i]) = (int)codec_take_below(reader, FLAG_STATES) - 1;
}

static VicsNumber take_number(Reader *reader)
{
    VicsNumber number = {.present = codec_take_below(reader, 2)};
    number.value = reader_u64le(reader);
    codec_refuse_unless(reader, number.present ? number.value <= INT64_MAX : number.value == 0);
    return number;
}

static unsigned take_count(Reader *reader)
{
    unsigned count = reader_u32le(reader);
    codec_refuse_unless(reader, count <= LIMIT_VICS_LIST);
    return reader->failed ? 0 : count;
}

static void take_fields(Reader *reader, GPtrArray *fields)
{
    unsigned count = take_count(reader);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        VicsField *field =
            vics_fields_add(fields, (VicsFieldKind)codec_take_below(reader, VICS_FIELD_KIND_COUNT));
        take_texts(reader, field, field_texts, G_N_ELEMENTS(field_texts));
        codec_refuse_unless(reader, field->name != NULL);
    }
}

static void take_files(Reader *reader, VicsMedia *media)
{
    unsigned count = take_count(reader);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        VicsMediaFile *file = vics_media_add_file(media);
        take_texts(reader, file, file_texts, G_N_ELEMENTS(file_texts));
        file->location = take_number(reader);
        take_flags(reader, file, file_flags, G_N_ELEMENTS(file_flags));
    }
}

static void take_identifier(Reader *reader, VicsIdentifier *identifier)
{
    identifier->case_ordinal = reader_u32le(reader);
    take_texts(reader, identifier, identifier_texts, G_N_ELEMENTS(identifier_texts));
    take_fields(reader, identifier->fields);
    unsigned count = take_count(reader);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        take_texts(reader, vics_identifier_add_event(identifier), event_texts,
                   G_N_ELEMENTS(event_texts));
    identifier->refused = reader_u32le(reader);
}

static void take_digests(Reader *reader, VicsMedia *media)
{
    unsigned present = codec_take_flags(reader, DIGEST_BITS);
    media->has_md5 = (present & HAS_MD5) != 0;
    media->has_sha1 = (present & HAS_SHA1) != 0;
    media->has_sha256 = (present & HAS_SHA256) != 0;
    reader_copy(reader, media->md5, MD5_BYTES);
    reader_copy(reader, media->sha1, SHA1_BYTES);
    reader_copy(reader, media->sha256, SHA256_BYTES);
}

static void take_media(Reader *reader, VicsMedia *media)
{
    media->raw = codec_take_long_text(reader, LIMIT_VICS_OBJECT_BYTES);
    media->case_ordinal = reader_u32le(reader);
    media->position = reader_u64le(reader);
    take_digests(reader, media);
    take_texts(reader, media, media_texts, G_N_ELEMENTS(media_texts));
    media->size_bytes = take_number(reader);
    take_flags(reader, media, media_flags, G_N_ELEMENTS(media_flags));
    media->photodna = (VicsPhotodna)codec_take_below(reader, VICS_PHOTODNA_COUNT);
    take_files(reader, media);
    take_fields(reader, media->fields);
    unsigned count = take_count(reader);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        take_identifier(reader, vics_media_add_identifier(media));
    media->refused = reader_u32le(reader);
    codec_refuse_unless(reader, media->raw != NULL);
}

static void take_head(Reader *reader, VicsCaseHead *head)
{
    head->ordinal = reader_u32le(reader);
    take_texts(reader, head, head_texts, G_N_ELEMENTS(head_texts));
    head->refused = reader_u32le(reader);
}

static void take_document(Reader *reader, VicsDocument *document)
{
    document->frame = codec_take_long_text(reader, LIMIT_VICS_FRAME_BYTES);
    document->version = take_text(reader);
    document->region = take_text(reader);
    document->case_count = reader_u32le(reader);
    document->media_count = reader_u64le(reader);
    document->identifier_count = reader_u64le(reader);
    codec_refuse_unless(reader, document->frame != NULL);
}

static void take_end(Reader *reader, VicsRecord *record)
{
    if (codec_take_below(reader, 2) == 1)
        return;
    record->error = (ClewError)codec_take_below(reader, CLEW_ERROR_INTERNAL + 1);
    record->text = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(reader, record->text != NULL);
}

static void take_record(Reader *reader, VicsRecord *record)
{
    switch (reader_u8(reader)) {
    case MEDIA_MARK:
        record->type = VICS_RECORD_MEDIA;
        take_media(reader, &record->media);
        break;
    case IDENTIFIER_MARK:
        record->type = VICS_RECORD_IDENTIFIER;
        record->identifier.raw = codec_take_long_text(reader, LIMIT_VICS_OBJECT_BYTES);
        take_identifier(reader, &record->identifier);
        codec_refuse_unless(reader, record->identifier.raw != NULL);
        break;
    case HEAD_MARK:
        record->type = VICS_RECORD_HEAD;
        take_head(reader, &record->head);
        break;
    case DOCUMENT_MARK:
        record->type = VICS_RECORD_DOCUMENT;
        take_document(reader, &record->document);
        break;
    case END_MARK:
        record->type = VICS_RECORD_END;
        take_end(reader, record);
        break;
    default:
        reader->failed = true;
    }
}

void vics_record_clear(VicsRecord *record)
{
    vics_media_clear(&record->media);
    vics_identifier_clear(&record->identifier);
    vics_case_head_clear(&record->head);
    vics_document_clear(&record->document);
    g_free(record->text);
    *record = (VicsRecord){0};
}

bool vics_assembly_add(VicsAssembly *assembly, const uint8_t *message, size_t size_bytes,
                       uint64_t *ret_bytes_read)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == CHUNK_MARK);
    uint64_t bytes_read = reader_u64le(&reader);
    if (reader.failed || assembly->is_over || size_bytes == CHUNK_HEAD_BYTES ||
        size_bytes - CHUNK_HEAD_BYTES > VICS_CHUNK_BYTES)
        return false;
    if (assembly->bytes == NULL)
        assembly->bytes = g_byte_array_new();
    codec_put_bytes(assembly->bytes, message + CHUNK_HEAD_BYTES, size_bytes - CHUNK_HEAD_BYTES);
    *ret_bytes_read = bytes_read;
    return true;
}

// Gives back what a large record took.
static void forget_taken(VicsAssembly *assembly)
{
    GByteArray *bytes = assembly->bytes;
    guint left = bytes->len - (guint)assembly->position;
    if (assembly->position > ASSEMBLY_KEEP_BYTES) {
        GByteArray *rest = g_byte_array_new();
        codec_put_bytes(rest, bytes->data + assembly->position, left);
        g_byte_array_unref(bytes);
        assembly->bytes = rest;
    } else if (assembly->position > 0) {
        g_byte_array_remove_range(bytes, 0, (guint)assembly->position);
    }
    assembly->position = 0;
}

static VicsNext decode(VicsAssembly *assembly, size_t length, VicsRecord *ret_record)
{
    VicsRecord record = {0};
    vics_media_init(&record.media);
    vics_identifier_init(&record.identifier);
    Reader reader =
        reader_init(assembly->bytes->data + assembly->position + RECORD_HEAD_BYTES, length);
    take_record(&reader, &record);
    assembly->position += RECORD_HEAD_BYTES + length;
    assembly->is_over = record.type == VICS_RECORD_END;
    bool at_end = assembly->position == assembly->bytes->len;
    if (!codec_is_whole(&reader) || (assembly->is_over && !at_end)) {
        vics_record_clear(&record);
        return VICS_NEXT_BROKEN;
    }
    *ret_record = record;
    return VICS_NEXT_RECORD;
}

VicsNext vics_assembly_next(VicsAssembly *assembly, VicsRecord *ret_record)
{
    if (assembly->bytes == NULL)
        return VICS_NEXT_LATER;
    size_t left = assembly->bytes->len - assembly->position;
    Reader reader = reader_init(assembly->bytes->data + assembly->position, left);
    size_t length = reader_u32le(&reader);
    if (!reader.failed && (length == 0 || length > LIMIT_VICS_RECORD_BYTES))
        return VICS_NEXT_BROKEN;
    if (reader.failed || length > reader_remaining(&reader)) {
        forget_taken(assembly);
        return VICS_NEXT_LATER;
    }
    return decode(assembly, length, ret_record);
}

void vics_assembly_clear(VicsAssembly *assembly)
{
    if (assembly->bytes != NULL)
        g_byte_array_unref(assembly->bytes);
    *assembly = (VicsAssembly){0};
}
