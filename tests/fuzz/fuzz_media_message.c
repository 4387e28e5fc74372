// SPDX-License-Identifier: Apache-2.0
//
// Any bytes a worker or a program may send. A message has exactly one form: what decodes must
// encode to the same bytes again.
#include "wire/media_message.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reply(data, size);
    check_request(data, size);
    check_video_messages(data, size);
    return 0;
}
