// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h; all texts are long texts.
//
//   entry        u8 'e', u8 action, u8 flags (1 size, 2 video, 4 pieces follow), u64 position,
//                u64 size_bytes, u8 victim, offender, distributed (0 no, 1 yes, 2 not said),
//                text key, category, series, name, comment, extra_json,
//                u8 count, count * (u8 type, value of the type's length | text)
//   hash         u8 'h', u8 type, value of the type's length |
//                u8 last (0 more of this text follows at once), text
//   frames       u8 'f', u16 count, count * (u32 number, u32 milliseconds, u8 quality, hash)
//   segments     u8 's', u16 count, count * (double from, double to, text category)
//   whole        u8 'w'
//
// Pieces come in this order. Hashes from the first long text on are pieces, so that their order
// stays.
#include "wire/list_entry_codec.h"

#include <string.h>

#include "base/limits.h"
#include "wire/codec.h"
#include "wire/list_message.h"

#define ENTRY_MARK 'e'
#define HASH_MARK 'h'
#define FRAMES_MARK 'f'
#define SEGMENTS_MARK 's'
#define WHOLE_MARK 'w'

enum { ENTRY_SIZE = 1, ENTRY_VIDEO = 2, ENTRY_PIECES = 4 };

#define TEXT_PIECE_BYTES (64u << 10)
#define FRAME_BYTES (4u + 4u + 1u + PDQ_BYTES)
#define FRAMES_PER_PIECE 2048u
#define SEGMENTS_PER_PIECE 128u

#define SECONDS_MAX 1e9

#define LONGEST_ENTRY                                                                              \
    (LIMIT_LIST_EXTRA_BYTES + LIMIT_LIST_ENTRY_HASHES * (LIMIT_LIST_TEXT + 5) +                    \
     6 * (LIMIT_LIST_TEXT + 4) + 64)
_Static_assert(LONGEST_ENTRY <= LIST_ENTRY_PART_BYTES, "an entry fits a part");
_Static_assert(TEXT_PIECE_BYTES + 64 <= LIST_ENTRY_PART_BYTES, "a text fits a part");
_Static_assert(FRAMES_PER_PIECE *FRAME_BYTES + 64 <= LIST_ENTRY_PART_BYTES, "frames fit a part");
_Static_assert(SEGMENTS_PER_PIECE *(LIMIT_LIST_TEXT + 20) + 64 <= LIST_ENTRY_PART_BYTES,
               "segments fit a part");
_Static_assert(LIST_BATCH_BYTES + LIST_ENTRY_PART_BYTES <= LIMIT_MESSAGE_BYTES, "a part fits");
_Static_assert(LIMIT_LIST_ENTRY_HASHES <= 255, "the count is one byte");

static size_t text_bytes(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

size_t list_entry_bytes(const ListEntry *entry)
{
    size_t bytes =
        sizeof *entry + text_bytes(entry->key) + text_bytes(entry->category) +
        text_bytes(entry->series) + text_bytes(entry->name) + text_bytes(entry->comment) +
        text_bytes(entry->extra_json) + entry->hash_count * sizeof *entry->hashes +
        entry->frame_count * sizeof *entry->frames + entry->segment_count * sizeof *entry->segments;
    for (size_t i = 0; i < entry->hash_count; i++)
        bytes += text_bytes(entry->hashes[i].text);
    for (size_t i = 0; i < entry->segment_count; i++)
        bytes += text_bytes(entry->segments[i].category);
    return bytes;
}

// ---- Writing ----------------------------------------------------------------------------------

static unsigned tristate_code(int value)
{
    return value < 0 ? 2 : value != 0;
}

static bool is_long(const ListHash *hash)
{
    return hash->type >= HASH_COMPUTABLE_COUNT && text_bytes(hash->text) > LIMIT_LIST_TEXT;
}

static size_t count_short_hashes(const ListEntry *entry)
{
    size_t count = MIN(entry->hash_count, LIMIT_LIST_ENTRY_HASHES);
    for (size_t i = 0; i < count; i++)
        if (is_long(&entry->hashes[i]))
            return i;
    return count;
}

static void put_hash(GByteArray *batch, const ListHash *hash)
{
    codec_put(batch, hash->type, 1);
    if (hash->type < HASH_COMPUTABLE_COUNT)
        codec_put_bytes(batch, hash->value, hash_type_bytes(hash->type));
    else
        codec_put_long_text(batch, hash->text, LIMIT_LIST_TEXT);
}

void list_entry_put(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor)
{
    size_t count = count_short_hashes(entry);
    bool pieces = count < MIN(entry->hash_count, LIMIT_LIST_ENTRY_HASHES) ||
                  entry->frame_count > 0 || entry->segment_count > 0;
    codec_put(batch, ENTRY_MARK, 1);
    codec_put(batch, entry->action, 1);
    codec_put(batch,
              (entry->has_size ? ENTRY_SIZE : 0u) | (entry->is_video ? ENTRY_VIDEO : 0u) |
                  (pieces ? ENTRY_PIECES : 0u),
              1);
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
    codec_put(batch, count, 1);
    for (size_t i = 0; i < count; i++)
        put_hash(batch, &entry->hashes[i]);
    *cursor = (ListEntryCursor){.is_whole = !pieces, .hash = count};
}

static void put_hash_piece(GByteArray *batch, const ListHash *hash, ListEntryCursor *cursor)
{
    codec_put(batch, HASH_MARK, 1);
    codec_put(batch, hash->type, 1);
    if (hash->type < HASH_COMPUTABLE_COUNT) {
        codec_put_bytes(batch, hash->value, hash_type_bytes(hash->type));
        cursor->hash++;
        return;
    }
    g_autofree char *piece = g_strndup(hash->text + cursor->text_at, TEXT_PIECE_BYTES);
    bool last =
        strlen(piece) < TEXT_PIECE_BYTES || hash->text[cursor->text_at + TEXT_PIECE_BYTES] == '\0';
    codec_put(batch, last, 1);
    codec_put_long_text(batch, piece, TEXT_PIECE_BYTES);
    cursor->text_at = last ? 0 : cursor->text_at + TEXT_PIECE_BYTES;
    cursor->hash += last;
}

static void put_frames(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor)
{
    size_t count = MIN(entry->frame_count - cursor->frame, FRAMES_PER_PIECE);
    codec_put(batch, FRAMES_MARK, 1);
    codec_put(batch, count, 2);
    for (size_t i = 0; i < count; i++) {
        const FrameHash *frame = &entry->frames[cursor->frame++];
        codec_put(batch, frame->number, 4);
        codec_put(batch, frame->milliseconds, 4);
        codec_put(batch, frame->quality, 1);
        codec_put_bytes(batch, frame->hash, PDQ_BYTES);
    }
}

static void put_segments(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor)
{
    size_t count = MIN(entry->segment_count - cursor->segment, SEGMENTS_PER_PIECE);
    codec_put(batch, SEGMENTS_MARK, 1);
    codec_put(batch, count, 2);
    for (size_t i = 0; i < count; i++) {
        const ListSegment *segment = &entry->segments[cursor->segment++];
        codec_put_double(batch, segment->from);
        codec_put_double(batch, segment->to);
        codec_put_long_text(batch, segment->category, LIMIT_LIST_TEXT);
    }
}

void list_entry_put_more(GByteArray *batch, const ListEntry *entry, ListEntryCursor *cursor)
{
    if (cursor->hash < MIN(entry->hash_count, LIMIT_LIST_ENTRY_HASHES)) {
        put_hash_piece(batch, &entry->hashes[cursor->hash], cursor);
    } else if (cursor->frame < entry->frame_count) {
        put_frames(batch, entry, cursor);
    } else if (cursor->segment < entry->segment_count) {
        put_segments(batch, entry, cursor);
    } else {
        codec_put(batch, WHOLE_MARK, 1);
        cursor->is_whole = true;
    }
}

// ---- Reading ----------------------------------------------------------------------------------

static int take_tristate(Reader *reader)
{
    unsigned code = codec_take_below(reader, 3);
    return code == 2 ? -1 : (int)code;
}

static void take_value(Reader *reader, HashType type, ListEntry *entry)
{
    const uint8_t *value = reader_bytes(reader, hash_type_bytes(type));
    if (value != NULL)
        codec_refuse_unless(reader,
                            list_entry_add_hash(entry, type, value, hash_type_bytes(type), NULL));
}

static void take_hash(Reader *reader, ListEntry *entry)
{
    HashType type = (HashType)codec_take_below(reader, HASH_TYPE_COUNT);
    if (type < HASH_COMPUTABLE_COUNT) {
        take_value(reader, type, entry);
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

static bool names_something(const ListEntry *entry)
{
    return entry->key != NULL || entry->hash_count > 0 || entry->frame_count > 0;
}

static void take_entry(Reader *reader, ListEntryAssembly *assembly)
{
    ListEntry *entry = &assembly->entry;
    list_entry_init(entry);
    entry->action = (ListEntryAction)codec_take_below(reader, LIST_ENTRY_DELETED + 1);
    unsigned flags = codec_take_flags(reader, ENTRY_SIZE | ENTRY_VIDEO | ENTRY_PIECES);
    assembly->is_open = (flags & ENTRY_PIECES) != 0;
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
    codec_refuse_unless(reader, assembly->is_open || names_something(entry));
}

static void take_hash_piece(Reader *reader, ListEntryAssembly *assembly)
{
    ListEntry *entry = &assembly->entry;
    HashType type = (HashType)codec_take_below(reader, HASH_TYPE_COUNT);
    codec_refuse_unless(reader, entry->frame_count == 0 && entry->segment_count == 0);
    codec_refuse_unless(reader, assembly->text == NULL || assembly->text_type == type);
    if (reader->failed)
        return;
    if (type < HASH_COMPUTABLE_COUNT) {
        take_value(reader, type, entry);
        return;
    }
    bool last = codec_take_below(reader, 2) == 1;
    g_autofree char *piece = codec_take_long_text(reader, TEXT_PIECE_BYTES);
    codec_refuse_unless(reader, piece != NULL && piece[0] != '\0' &&
                                    (last || strlen(piece) == TEXT_PIECE_BYTES));
    if (reader->failed)
        return;
    if (assembly->text == NULL)
        assembly->text = g_string_new(NULL);
    assembly->text_type = type;
    g_string_append(assembly->text, piece);
    codec_refuse_unless(reader, assembly->text->len <= LIMIT_LIST_HASH_TEXT);
    if (!last || reader->failed)
        return;
    codec_refuse_unless(reader, list_entry_add_hash(entry, type, NULL, 0, assembly->text->str));
    g_string_free(g_steal_pointer(&assembly->text), TRUE);
}

static void take_frame(Reader *reader, ListEntry *entry)
{
    FrameHash frame = {.number = reader_u32le(reader), .milliseconds = reader_u32le(reader)};
    frame.quality = (uint8_t)codec_take_below(reader, 101);
    reader_copy(reader, frame.hash, PDQ_BYTES);
    const FrameHash *last = entry->frame_count > 0 ? &entry->frames[entry->frame_count - 1] : NULL;
    codec_refuse_unless(reader, last == NULL || (frame.number > last->number &&
                                                 frame.milliseconds >= last->milliseconds));
    if (!reader->failed)
        codec_refuse_unless(reader, list_entry_add_frame(entry, &frame));
}

static void take_frames(Reader *reader, ListEntry *entry)
{
    unsigned count = reader_u16le(reader);
    codec_refuse_unless(reader, count > 0 && count <= FRAMES_PER_PIECE && entry->is_video &&
                                    entry->segment_count == 0);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        take_frame(reader, entry);
}

static void take_segment(Reader *reader, ListEntry *entry)
{
    double from = codec_take_double(reader, SECONDS_MAX);
    double to = codec_take_double(reader, SECONDS_MAX);
    g_autofree char *category = codec_take_long_text(reader, LIMIT_LIST_TEXT);
    codec_refuse_unless(reader, from >= 0 && from <= to);
    if (!reader->failed)
        codec_refuse_unless(reader, list_entry_add_segment(entry, from, to, category));
}

static void take_segments(Reader *reader, ListEntry *entry)
{
    unsigned count = reader_u16le(reader);
    codec_refuse_unless(reader, count > 0 && count <= SEGMENTS_PER_PIECE);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        take_segment(reader, entry);
}

bool list_entry_is_mark(unsigned mark)
{
    return mark == ENTRY_MARK || mark == HASH_MARK || mark == FRAMES_MARK ||
           mark == SEGMENTS_MARK || mark == WHOLE_MARK;
}

static void take_piece(Reader *reader, unsigned mark, ListEntryAssembly *assembly)
{
    ListEntry *entry = &assembly->entry;
    codec_refuse_unless(reader, assembly->is_open);
    codec_refuse_unless(reader, mark == HASH_MARK || assembly->text == NULL);
    if (reader->failed)
        return;
    switch (mark) {
    case HASH_MARK:
        take_hash_piece(reader, assembly);
        break;
    case FRAMES_MARK:
        take_frames(reader, entry);
        break;
    case SEGMENTS_MARK:
        take_segments(reader, entry);
        break;
    case WHOLE_MARK:
        codec_refuse_unless(reader, names_something(entry));
        assembly->is_open = false;
        break;
    default: // another entry
        reader->failed = true;
    }
}

void list_entry_take(Reader *reader, unsigned mark, ListEntryAssembly *assembly, bool *ret_whole)
{
    size_t before = reader_remaining(reader);
    if (mark == ENTRY_MARK && !assembly->is_open) {
        list_entry_assembly_clear(assembly);
        take_entry(reader, assembly);
    } else {
        take_piece(reader, mark, assembly);
    }
    assembly->size_bytes += before - reader_remaining(reader);
    codec_refuse_unless(reader, assembly->size_bytes <= LIMIT_LIST_ENTRY_BYTES);
    *ret_whole = !reader->failed && !assembly->is_open;
}

void list_entry_assembly_clear(ListEntryAssembly *assembly)
{
    list_entry_clear(&assembly->entry);
    if (assembly->text != NULL)
        g_string_free(assembly->text, TRUE);
    *assembly = (ListEntryAssembly){0};
}
