// SPDX-License-Identifier: Apache-2.0
//
// Any bytes a worker or a program may send. A message has exactly one form: what decodes must
// encode to the same bytes again.
#include "wire/media_message.h"
#include "wire/media_preview.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_same(const GByteArray *again, const uint8_t *data, size_t size)
{
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

static void check_reply(const uint8_t *data, size_t size)
{
    MediaReply reply;
    if (!media_reply_decode(data, size, &reply))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    media_reply_encode(&reply, again);
    media_reply_clear(&reply);
    assert_same(again, data, size);
}

static void check_request(const uint8_t *data, size_t size)
{
    MediaRequest request;
    g_autofree char *media_type = NULL;
    if (!media_request_decode(data, size, &request, &media_type))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    media_request_encode(&request, again);
    assert_same(again, data, size);
}

static void check_video_messages(const uint8_t *data, size_t size)
{
    enum { ITEM = 1 };
    MediaPicture picture;
    g_autoptr(VideoFrames) frames = video_frames_new(FRAMES_VPDQ);
    media_frames_decode(data, size, ITEM, frames);
    media_progress_decode(data, size, ITEM);
    if (!media_picture_decode(data, size, ITEM, &picture))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    media_picture_encode(ITEM, &picture, again);
    assert_same(again, data, size);
}

// A JPEG that is held to be plain is so of one size only, and not with a byte more.
static void check_plain(const uint8_t *data, size_t size)
{
    enum { WIDTH = 8, HEIGHT = 5 };
    if (!media_preview_is_plain(data, size, WIDTH, HEIGHT))
        return;
    if (media_preview_is_plain(data, size, WIDTH + 1, HEIGHT) || data[size - 1] != 0xd9)
        abort();
}

static void check_previews(const uint8_t *data, size_t size)
{
    enum { ITEM = 1 };
    MediaPreviewPiece piece;
    if (!media_preview_decode(data, size, ITEM, &piece))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    media_preview_encode(ITEM, &piece, again);
    assert_same(again, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reply(data, size);
    check_request(data, size);
    check_video_messages(data, size);
    check_previews(data, size);
    check_plain(data, size);
    return 0;
}
