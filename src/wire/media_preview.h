// SPDX-License-Identifier: Apache-2.0
//
// Previews on their way from the media worker. One is a JPEG that comes in pieces, in order and not
// mingled with another's. What arrives is held to be hostile: nobody sees it before
// media_preview_is_plain has found that it is a picture and nothing else.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_PREVIEW_MARK 'i'

// Of one piece; a message holds it and its header.
#define MEDIA_PREVIEW_PIECE_BYTES (192u << 10)

typedef enum {
    PREVIEW_OF_PICTURE,   // the still, or the one frame of a video
    PREVIEW_OF_THUMBNAIL, // embedded in the still
    PREVIEW_OF_STRIP,     // a frame of the video's strip
    PREVIEW_OF_COUNT,
} PreviewOf;

typedef struct {
    PreviewOf of;
    uint32_t side;          // as it was asked for
    uint32_t milliseconds;  // of a frame; else 0
    uint32_t width, height; // neither above `side`
    uint32_t whole_bytes;   // of the JPEG; at most media_preview_limit(side)
    uint32_t offset;        // of this piece in it
    const uint8_t *bytes;   // borrowed from the message
    uint32_t size_bytes;    // of this piece
} MediaPreviewPiece;

// Bytes of a JPEG with sides of so many pixels, at most.
size_t media_preview_limit(uint32_t side);

void media_preview_encode(uint64_t item, const MediaPreviewPiece *piece, GByteArray *ret_message);
// False when the message breaks the rules or is of another item.
bool media_preview_decode(const uint8_t *message, size_t size_bytes, uint64_t item,
                          MediaPreviewPiece *ret_piece);

// A baseline JPEG of one scan and these sides, with no segment but those that decoding needs: no
// metadata, no comment, no thumbnail, nothing behind its end.
bool media_preview_is_plain(const uint8_t *jpeg, size_t size_bytes, uint32_t width,
                            uint32_t height);
