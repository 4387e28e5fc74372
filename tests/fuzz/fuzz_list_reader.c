// SPDX-License-Identifier: Apache-2.0
#include "fuzz_list_reader.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lists/list_format.h"
#include "model/plain_text.h"

typedef struct {
    const uint8_t *data;
    size_t size;
    size_t chunk;
} Bytes;

// What was delivered, summed up.
typedef struct {
    uint64_t checksum;
    uint64_t last_position;
} Delivered;

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Bytes *bytes = user_data;
    if (offset >= bytes->size)
        return 0;
    size_t count = MIN(MIN(size_bytes, bytes->chunk), bytes->size - (size_t)offset);
    memcpy(target, bytes->data + offset, count);
    return (int64_t)count;
}

static void mix(Delivered *delivered, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        delivered->checksum = (delivered->checksum ^ ((const uint8_t *)data)[i]) * 0x100000001b3u;
}

static void check_text(Delivered *delivered, const char *text, size_t limit)
{
    if (text == NULL)
        return;
    size_t length = strlen(text);
    if (length == 0 || length > limit || !plain_text_is(text, length))
        abort();
    mix(delivered, text, length);
}

static bool take_header(void *user_data, const ListHeader *header)
{
    check_text(user_data, header->description, LIMIT_REASON_BYTES);
    check_text(user_data, header->scheme, LIMIT_REASON_BYTES);
    return true;
}

static void check_hash(Delivered *delivered, const ListHash *hash)
{
    if ((unsigned)hash->type >= HASH_TYPE_COUNT)
        abort();
    if (hash->type < HASH_COMPUTABLE_COUNT)
        mix(delivered, hash->value, hash_type_bytes(hash->type));
    else if (hash->text == NULL)
        abort();
    else
        check_text(delivered, hash->text, LIMIT_LIST_HASH_TEXT);
}

// What wire/list_entry_codec.c insists on.
static void check_video(Delivered *delivered, const ListEntry *entry)
{
    if (entry->frame_count > LIMIT_LIST_FRAMES || entry->segment_count > LIMIT_LIST_SEGMENTS ||
        (!entry->is_video && entry->frame_count + entry->segment_count > 0))
        abort();
    for (size_t i = 0; i < entry->frame_count; i++) {
        const FrameHash *frame = &entry->frames[i];
        if (frame->quality > 100 || (i > 0 && (frame->number <= frame[-1].number ||
                                               frame->milliseconds < frame[-1].milliseconds)))
            abort();
        mix(delivered, frame->hash, PDQ_BYTES);
        mix(delivered, &frame->number, sizeof frame->number);
    }
    for (size_t i = 0; i < entry->segment_count; i++) {
        const ListSegment *segment = &entry->segments[i];
        if (!(segment->from >= 0 && segment->from <= segment->to && segment->to < 1e9))
            abort();
        check_text(delivered, segment->category, LIMIT_LIST_TEXT);
        mix(delivered, &segment->from, sizeof segment->from);
    }
}

static bool take_entry(void *user_data, const ListEntry *entry)
{
    if (entry->hash_count > LIMIT_LIST_ENTRY_HASHES ||
        (entry->hash_count == 0 && entry->frame_count == 0 &&
         (entry->key == NULL || entry->action != LIST_ENTRY_DELETED)))
        abort();
    for (size_t i = 0; i < entry->hash_count; i++)
        check_hash(user_data, &entry->hashes[i]);
    check_video(user_data, entry);
    check_text(user_data, entry->key, LIMIT_LIST_TEXT);
    check_text(user_data, entry->category, LIMIT_LIST_TEXT);
    check_text(user_data, entry->series, LIMIT_LIST_TEXT);
    check_text(user_data, entry->name, LIMIT_LIST_TEXT);
    check_text(user_data, entry->comment, LIMIT_LIST_TEXT);
    check_text(user_data, entry->extra_json, LIMIT_LIST_EXTRA_BYTES);
    mix(user_data, &entry->position, sizeof entry->position);
    return true;
}

static bool take_refused(void *user_data, uint64_t position, const char *reason)
{
    check_text(user_data, reason, LIMIT_REASON_BYTES);
    mix(user_data, &position, sizeof position);
    return true;
}

static uint64_t read_once(const ListFormat *format, Bytes *bytes)
{
    Delivered delivered = {.checksum = 0xcbf29ce484222325u};
    const ListSource source = {.read_at = read_at, .size_bytes = bytes->size, .user_data = bytes};
    const ListSink sink = {.header = take_header,
                           .entry = take_entry,
                           .refused = take_refused,
                           .user_data = &delivered};
    g_autoptr(GError) error = NULL;
    bool ok = format->read(&source, &(ListReadOptions){0}, &sink, &error);
    if (ok != (error == NULL))
        abort();
    if (error != NULL)
        mix(&delivered, &error->code, sizeof error->code);
    return delivered.checksum;
}

void fuzz_list_reader(const char *format_name, const uint8_t *data, size_t size)
{
    const ListFormat *format = list_format_by_name(format_name);
    Bytes whole = {.data = data, .size = size, .chunk = SIZE_MAX};
    Bytes pieces = {.data = data, .size = size, .chunk = size > 0 ? 1u + data[size / 2] % 61u : 1};
    list_format_recognise(data, MIN(size, LIST_RECOGNISE_BYTES), NULL);
    if (read_once(format, &whole) != read_once(format, &pieces))
        abort();
}
