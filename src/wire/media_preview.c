// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h:
//
//   preview   u8 'i', u64 item, u8 of, u32 side, u32 milliseconds, u32 width, u32 height,
//             u32 whole_bytes, u32 offset, u32 size, bytes
#include "wire/media_preview.h"

#include <string.h>

#include "base/limits.h"
#include "wire/codec.h"

size_t media_preview_limit(uint32_t side)
{
    return side <= LIMIT_PREVIEW_SIDE ? LIMIT_PREVIEW_BYTES : LIMIT_VIEW_BYTES;
}

void media_preview_encode(uint64_t item, const MediaPreviewPiece *piece, GByteArray *ret_message)
{
    codec_put(ret_message, MEDIA_PREVIEW_MARK, 1);
    codec_put(ret_message, item, 8);
    codec_put(ret_message, piece->of, 1);
    codec_put(ret_message, piece->side, 4);
    codec_put(ret_message, piece->milliseconds, 4);
    codec_put(ret_message, piece->width, 4);
    codec_put(ret_message, piece->height, 4);
    codec_put(ret_message, piece->whole_bytes, 4);
    codec_put(ret_message, piece->offset, 4);
    codec_put(ret_message, piece->size_bytes, 4);
    codec_put_bytes(ret_message, piece->bytes, piece->size_bytes);
}

static bool is_length(uint32_t length, uint32_t most)
{
    return length > 0 && length <= most;
}

bool media_preview_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                          MediaPreviewPiece *ret_piece)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == MEDIA_PREVIEW_MARK);
    codec_refuse_unless(&reader, reader_u64le(&reader) == item);
    MediaPreviewPiece piece = {.of = codec_take_below(&reader, PREVIEW_OF_COUNT)};
    piece.side = reader_u32le(&reader);
    piece.milliseconds = reader_u32le(&reader);
    piece.width = reader_u32le(&reader);
    piece.height = reader_u32le(&reader);
    piece.whole_bytes = reader_u32le(&reader);
    piece.offset = reader_u32le(&reader);
    piece.size_bytes = reader_u32le(&reader);
    codec_refuse_unless(&reader, is_length(piece.side, LIMIT_VIEW_SIDE) &&
                                     is_length(piece.width, piece.side) &&
                                     is_length(piece.height, piece.side));
    codec_refuse_unless(&reader, piece.whole_bytes <= media_preview_limit(piece.side) &&
                                     piece.offset < piece.whole_bytes);
    codec_refuse_unless(&reader, is_length(piece.size_bytes, MEDIA_PREVIEW_PIECE_BYTES) &&
                                     piece.size_bytes <= piece.whole_bytes - piece.offset);
    piece.bytes = reader_bytes(&reader, piece.size_bytes);
    if (!codec_is_whole(&reader))
        return false;
    *ret_piece = piece;
    return true;
}

// ---- What is inside ---------------------------------------------------------------------------

enum {
    JPEG_START = 0xd8,
    JPEG_END = 0xd9,
    JPEG_BASELINE = 0xc0,
    JPEG_HUFFMAN = 0xc4,
    JPEG_SCAN = 0xda,
    JPEG_QUANTISATION = 0xdb,
};

// Precision (1), height (2), width (2).
static bool is_frame_of(Reader segment, uint32_t width, uint32_t height)
{
    reader_skip(&segment, 1);
    bool has_height = reader_u16be(&segment) == height;
    bool has_width = reader_u16be(&segment) == width;
    return !segment.failed && has_height && has_width;
}

// Coded pixels hold ff only before 00; the one other marker is the last.
static bool ends_after_scan(const uint8_t *bytes, size_t size_bytes)
{
    const uint8_t *end = bytes + size_bytes;
    for (const uint8_t *at = bytes; (at = memchr(at, 0xff, (size_t)(end - at))) != NULL; at += 2) {
        if (end - at < 2)
            return false;
        if (at[1] != 0)
            return at[1] == JPEG_END && end - at == 2;
    }
    return false;
}

bool media_preview_is_plain(const uint8_t *jpeg, size_t size_bytes, uint32_t width, uint32_t height)
{
    Reader reader = reader_init(jpeg, size_bytes);
    unsigned frames = 0;
    if (reader_u8(&reader) != 0xff || reader_u8(&reader) != JPEG_START)
        return false;
    while (reader_u8(&reader) == 0xff) {
        uint8_t marker = reader_u8(&reader);
        unsigned length = reader_u16be(&reader);
        const uint8_t *bytes = length > 2 ? reader_bytes(&reader, length - 2) : NULL;
        if (reader.failed || bytes == NULL)
            return false;
        if (marker == JPEG_SCAN)
            return frames == 1 &&
                   ends_after_scan(bytes + length - 2,
                                   (size_t)(jpeg + size_bytes - (bytes + length - 2)));
        if (marker == JPEG_BASELINE && is_frame_of(reader_init(bytes, length - 2), width, height))
            frames++;
        else if (marker != JPEG_HUFFMAN && marker != JPEG_QUANTISATION)
            return false;
    }
    return false;
}
