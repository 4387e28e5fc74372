// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h; all texts are long texts.
//
//   request      u8 'Q', text format, u8 default type (0xff: none), text columns
//   batch        u8 'B', u64 bytes_read, parts
//   description  u8 'd', text format, text unit, text description, text scheme, u8 benign,
//                u64 count
//   entry        u8 'e', u8 action, u8 flags (1 size, 2 video), u64 position, u64 size_bytes,
//                u8 victim, offender, distributed (0 no, 1 yes, 2 not said),
//                text key, category, series, name, comment, extra_json,
//                u8 count, count * (u8 type, value of the type's length | text)
//   refused      u8 'r', u64 position, text reason
//   end          u8 'z', u8 ok; when 0: u8 error code, text message
#include "wire/list_message.h"

#include <string.h>

#include "base/limits.h"
#include "wire/codec.h"

#define REQUEST_MARK 'Q'
#define BATCH_MARK 'B'
#define DESCRIPTION_MARK 'd'
#define ENTRY_MARK 'e'
#define REFUSED_MARK 'r'
#define END_MARK 'z'

#define TYPE_ABSENT 0xffu
#define COLUMNS_BYTES 4096u
#define BATCH_HEAD_BYTES 9u

enum { ENTRY_SIZE = 1, ENTRY_VIDEO = 2 };

#define LONGEST_ENTRY                                                                              \
    (LIMIT_LIST_EXTRA_BYTES + LIMIT_LIST_ENTRY_HASHES * (LIMIT_LIST_TEXT + 5) +                    \
     6 * (LIMIT_LIST_TEXT + 4) + 64)
_Static_assert(LIST_BATCH_BYTES + LONGEST_ENTRY <= LIMIT_MESSAGE_BYTES, "an entry fits a batch");
_Static_assert(LIMIT_LIST_ENTRY_HASHES <= 255, "the count is one byte");

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

static unsigned tristate_code(int value)
{
    return value < 0 ? 2 : value != 0;
}

static void put_hash(GByteArray *batch, const ListHash *hash)
{
    codec_put(batch, hash->type, 1);
    if (hash->type < HASH_COMPUTABLE_COUNT)
        g_byte_array_append(batch, hash->value, (guint)hash_type_bytes(hash->type));
    else
        codec_put_long_text(batch, hash->text, LIMIT_LIST_TEXT);
}

void list_batch_add_entry(GByteArray *batch, const ListEntry *entry)
{
    codec_put(batch, ENTRY_MARK, 1);
    codec_put(batch, entry->action, 1);
    codec_put(batch, (entry->has_size ? ENTRY_SIZE : 0u) | (entry->is_video ? ENTRY_VIDEO : 0u), 1);
    codec_put(batch, entry->position, 8);
    codec_put(batch, entry->has_size ? entry->size_bytes : 0, 8);
    codec_put(batch, tristate_code(entry->victim_identified), 1);
    codec_put(batch, tristate_code(entry->offender_identified), 1);
    codec_put(batch, tristate_code(entry->distributed), 1);
    codec_put_long_text(batch, entry->key, LIMIT_LIST_TEXT);
    codec_put_long_text(batch, entry->category, LIMIT_LIST_TEXT);
    codec_put_long_text(batch, entry->series, LIMIT_LIST_TEXT);
    codec_put_long_text(batch, entry->name, LIMIT_LIST_TEXT);
    codec_put_long_text(batch, entry->comment, LIMIT_LIST_TEXT);
    codec_put_long_text(batch, entry->extra_json, LIMIT_LIST_EXTRA_BYTES);
    size_t count = MIN(entry->hash_count, LIMIT_LIST_ENTRY_HASHES);
    codec_put(batch, count, 1);
    for (size_t i = 0; i < count; i++)
        put_hash(batch, &entry->hashes[i]);
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

static int take_tristate(Reader *reader)
{
    unsigned code = codec_take_below(reader, 3);
    return code == 2 ? -1 : (int)code;
}

static void take_hash(Reader *reader, ListEntry *entry)
{
    HashType type = (HashType)codec_take_below(reader, HASH_TYPE_COUNT);
    if (type < HASH_COMPUTABLE_COUNT) {
        const uint8_t *value = reader_bytes(reader, hash_type_bytes(type));
        if (value != NULL)
            list_entry_add_hash(entry, type, value, hash_type_bytes(type), NULL);
        return;
    }
    g_autofree char *text = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    codec_refuse_unless(reader, text != NULL && text[0] != '\0');
    if (!reader->failed)
        list_entry_add_hash(entry, type, NULL, 0, text);
}

// What it holds is checked where it is taken apart (lists/); here only that it is an object.
static char *take_extra(Reader *reader)
{
    char *extra = codec_take_long_text(reader, LIMIT_LIST_EXTRA_BYTES);
    codec_refuse_unless(reader, extra == NULL || (extra[0] == '{' && g_str_has_suffix(extra, "}")));
    return extra;
}

static void take_entry(Reader *reader, ListPart *part)
{
    ListEntry *entry = &part->entry;
    part->type = LIST_PART_ENTRY;
    entry->action = (ListEntryAction)codec_take_below(reader, LIST_ENTRY_DELETED + 1);
    unsigned flags = codec_take_below(reader, (ENTRY_SIZE | ENTRY_VIDEO) + 1);
    entry->position = reader_u64le(reader);
    entry->size_bytes = reader_u64le(reader);
    entry->has_size = (flags & ENTRY_SIZE) != 0;
    entry->is_video = (flags & ENTRY_VIDEO) != 0;
    entry->victim_identified = take_tristate(reader);
    entry->offender_identified = take_tristate(reader);
    entry->distributed = take_tristate(reader);
    entry->key = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    entry->category = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    entry->series = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    entry->name = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    entry->comment = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    entry->extra_json = take_extra(reader);
    unsigned count = codec_take_below(reader, LIMIT_LIST_ENTRY_HASHES + 1);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        take_hash(reader, entry);
    codec_refuse_unless(reader, entry->has_size || entry->size_bytes == 0);
    codec_refuse_unless(reader, count > 0 || entry->key != NULL);
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

ListBatchOutcome list_batch_next(Reader *reader, ListPart *ret_part)
{
    if (!reader->failed && reader_remaining(reader) == 0)
        return LIST_BATCH_OVER;
    ListPart part = {0};
    list_entry_init(&part.entry);
    switch (reader_u8(reader)) {
    case DESCRIPTION_MARK:
        take_description(reader, &part);
        break;
    case ENTRY_MARK:
        take_entry(reader, &part);
        break;
    case REFUSED_MARK:
        take_refused(reader, &part);
        break;
    case END_MARK:
        take_end(reader, &part);
        break;
    default:
        reader->failed = true;
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
