// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h; all texts are long texts.
//
//   request      u8 'Q', text format, u8 default type (0xff: none), text columns
//   batch        u8 'B', u64 bytes_read, parts
//   description  u8 'd', text format, text unit, text description, text scheme, u8 benign,
//                u64 count
//   entry        one part or several: wire/list_entry_codec.c
//   refused      u8 'r', u64 position, text reason
//   end          u8 'z', u8 ok; when 0: u8 error code, text message
#include "wire/list_message.h"

#include <string.h>

#include "base/limits.h"
#include "wire/codec.h"

#define REQUEST_MARK 'Q'
#define BATCH_MARK 'B'
#define DESCRIPTION_MARK 'd'
#define REFUSED_MARK 'r'
#define END_MARK 'z'

#define TYPE_ABSENT 0xffu
#define COLUMNS_BYTES 4096u
#define BATCH_HEAD_BYTES 9u

// Writing -----------------------------------------------------------------------------------------

void list_request_encode(const ListReadRequest *request, GByteArray *ret_message)
{
    codec_put(ret_message, REQUEST_MARK, 1);
    codec_put_long_text(ret_message, request->format, LIMIT_REASON_BYTES);
    codec_put(ret_message,
              request->has_default_type ? (uint64_t)request->default_type : TYPE_ABSENT, 1);
    codec_put_long_text(ret_message, request->columns, COLUMNS_BYTES);
}

void list_batch_begin(GByteArray *batch)
{
    g_byte_array_set_size(batch, 0);
    codec_put(batch, BATCH_MARK, 1);
    codec_put(batch, 0, 8);
}

void list_batch_set_progress(GByteArray *batch, uint64_t bytes_read)
{
    for (unsigned i = 0; i < 8; i++)
        batch->data[1 + i] = (uint8_t)(bytes_read >> (8 * i));
}

bool list_batch_is_empty(const GByteArray *batch)
{
    return batch->len <= BATCH_HEAD_BYTES;
}

void list_batch_add_description(GByteArray *batch, const ListDescription *description)
{
    codec_put(batch, DESCRIPTION_MARK, 1);
    codec_put_long_text(batch, description->format, LIMIT_REASON_BYTES);
    codec_put_long_text(batch, description->position_unit, LIMIT_REASON_BYTES);
    codec_put_long_text(batch, description->description, LIMIT_REASON_BYTES);
    codec_put_long_text(batch, description->scheme, LIMIT_REASON_BYTES);
    codec_put(batch, description->is_benign, 1);
    codec_put(batch, description->declared_count, 8);
}

void list_batch_add_entry(GByteArray *batch, const ListEntry *entry, ListEntryCursor *ret_cursor)
{
    list_entry_put(batch, entry, ret_cursor);
}

void list_batch_add_more(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor)
{
    list_entry_put_more(batch, entry, cursor);
}

void list_batch_add_refused(GByteArray *batch, uint64_t position, const char *reason)
{
    codec_put(batch, REFUSED_MARK, 1);
    codec_put(batch, position, 8);
    codec_put_long_text(batch, reason, LIMIT_REASON_BYTES);
}

void list_batch_add_end(GByteArray *batch, const GError *error)
{
    codec_put(batch, END_MARK, 1);
    codec_put(batch, error == NULL, 1);
    if (error == NULL)
        return;
    bool ours = error->domain == CLEW_ERROR;
    codec_put(batch, ours ? (uint64_t)error->code : CLEW_ERROR_INTERNAL, 1);
    codec_put_long_text(batch, error->message, LIMIT_REASON_BYTES);
}

// Reading -----------------------------------------------------------------------------------------

bool list_request_decode(const uint8_t *message, size_t size_bytes, ListReadRequest *ret_request)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == REQUEST_MARK);
    ListReadRequest request = {.format = codec_take_long_text(&reader, LIMIT_REASON_BYTES)};
    unsigned type = reader_u8(&reader);
    codec_refuse_unless(&reader, type < HASH_TYPE_COUNT || type == TYPE_ABSENT);
    request.has_default_type = type < HASH_TYPE_COUNT;
    request.default_type = request.has_default_type ? (HashType)type : HASH_MD5;
    request.columns = codec_take_long_text(&reader, COLUMNS_BYTES);
    if (!codec_is_whole(&reader)) {
        list_request_clear(&request);
        return false;
    }
    *ret_request = request;
    return true;
}

void list_request_clear(ListReadRequest *request)
{
    g_free((char *)request->format);
    g_free((char *)request->columns);
    *request = (ListReadRequest){0};
}

bool list_batch_open(const uint8_t *message, size_t size_bytes, Reader *ret_reader,
                     uint64_t *ret_bytes_read)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == BATCH_MARK);
    uint64_t bytes_read = reader_u64le(&reader);
    if (reader.failed)
        return false;
    *ret_reader = reader;
    *ret_bytes_read = bytes_read;
    return true;
}

static void take_description(Reader *reader, ListPart *part)
{
    ListDescription *description = &part->description;
    part->type = LIST_PART_DESCRIPTION;
    description->format = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    description->position_unit = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    description->description = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    description->scheme = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    description->is_benign = codec_take_below(reader, 2);
    description->declared_count = reader_u64le(reader);
    codec_refuse_unless(reader, description->format != NULL && description->position_unit != NULL);
}

static void take_refused(Reader *reader, ListPart *part)
{
    part->type = LIST_PART_REFUSED;
    part->position = reader_u64le(reader);
    part->text = codec_take_long_text(reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(reader, part->text != NULL);
}

static void take_end(Reader *reader, ListPart *part)
{
    part->type = LIST_PART_END;
    bool ok = codec_take_below(reader, 2) == 1;
    if (!ok) {
        part->error = (ClewError)codec_take_below(reader, CLEW_ERROR_INTERNAL + 1);
        part->text = codec_take_long_text(reader, LIMIT_REASON_BYTES);
        codec_refuse_unless(reader, part->text != NULL);
    }
    codec_refuse_unless(reader, reader_remaining(reader) == 0);
}

// Moves a whole entry into the part.
static bool take_entry(Reader *reader, unsigned mark, ListEntryAssembly *assembly, ListPart *part)
{
    bool whole;
    list_entry_take(reader, mark, assembly, &whole);
    if (!whole)
        return false;
    part->type = LIST_PART_ENTRY;
    part->entry = assembly->entry;
    *assembly = (ListEntryAssembly){0};
    return true;
}

static void take_other(Reader *reader, unsigned mark, ListPart *part)
{
    switch (mark) {
    case DESCRIPTION_MARK:
        take_description(reader, part);
        break;
    case REFUSED_MARK:
        take_refused(reader, part);
        break;
    case END_MARK:
        take_end(reader, part);
        break;
    default:
        reader->failed = true;
    }
}

ListBatchOutcome list_batch_next(Reader *reader, ListEntryAssembly *assembly, ListPart *ret_part)
{
    ListPart part = {0};
    list_entry_init(&part.entry);
    bool complete = false;
    while (!complete && !reader->failed) {
        if (reader_remaining(reader) == 0)
            return LIST_BATCH_OVER;
        unsigned mark = reader_u8(reader);
        if (list_entry_is_mark(mark)) {
            complete = take_entry(reader, mark, assembly, &part);
        } else {
            codec_refuse_unless(reader, !assembly->is_open);
            take_other(reader, mark, &part);
            complete = true;
        }
    }
    if (reader->failed) {
        list_part_clear(&part);
        return LIST_BATCH_BROKEN;
    }
    *ret_part = part;
    return LIST_BATCH_PART;
}

void list_part_clear(ListPart *part)
{
    ListDescription *description = &part->description;
    g_free((char *)description->format);
    g_free((char *)description->position_unit);
    g_free((char *)description->description);
    g_free((char *)description->scheme);
    list_entry_clear(&part->entry);
    g_free(part->text);
    *part = (ListPart){0};
    list_entry_init(&part->entry);
}
