// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h and wire/still_codec.h. Booleans are bits of a flags byte;
// unknown bits are refused.
//
//   request  u8 'q', u64 item, u64 size_bytes, text media_type
//   reply    u8 'r', u64 item, u8 status, text reason, u8 flags (1 still, 2 thumbnail),
//            [still], [still], findings
#include "wire/media_message.h"

#include "base/limits.h"
#include "wire/codec.h"
#include "wire/still_codec.h"

#define REQUEST_MARK 'q'
#define REPLY_MARK 'r'

enum { REPLY_STILL = 1, REPLY_THUMBNAIL = 2 };

void media_request_encode(const MediaRequest *request, GByteArray *ret_message)
{
    codec_put(ret_message, REQUEST_MARK, 1);
    codec_put(ret_message, request->item, 8);
    codec_put(ret_message, request->size_bytes, 8);
    codec_put_text(ret_message, request->media_type, CODEC_MEDIA_TYPE_BYTES);
}

void media_reply_encode(const MediaReply *reply, GByteArray *ret_message)
{
    codec_put(ret_message, REPLY_MARK, 1);
    codec_put(ret_message, reply->item, 8);
    codec_put(ret_message, reply->status, 1);
    codec_put_text(ret_message, reply->reason, LIMIT_REASON_BYTES);
    codec_put(ret_message,
              (reply->still != NULL ? REPLY_STILL : 0u) |
                  (reply->thumbnail != NULL ? REPLY_THUMBNAIL : 0u),
              1);
    if (reply->still != NULL)
        codec_put_still(ret_message, reply->still);
    if (reply->thumbnail != NULL)
        codec_put_still(ret_message, reply->thumbnail);

    codec_put_findings(ret_message, reply->findings, LIMIT_ITEM_FINDINGS);
}

bool media_request_decode(const uint8_t *message, size_t size_bytes, MediaRequest *ret_request,
                          char **ret_media_type)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == REQUEST_MARK);
    MediaRequest request = {.item = reader_u64le(&reader), .size_bytes = reader_u64le(&reader)};
    g_autofree char *media_type = codec_take_text(&reader, CODEC_MEDIA_TYPE_BYTES);
    if (!codec_is_whole(&reader) || media_type == NULL)
        return false;

    request.media_type = media_type;
    *ret_request = request;
    *ret_media_type = g_steal_pointer(&media_type);
    return true;
}

bool media_reply_decode(const uint8_t *message, size_t size_bytes, MediaReply *ret_reply)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == REPLY_MARK);
    MediaReply reply = {.item = reader_u64le(&reader)};
    reply.status = codec_take_below(&reader, STATUS_COUNT);
    reply.reason = codec_take_text(&reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(&reader, (reply.status == STATUS_OK) == (reply.reason == NULL));

    unsigned flags = codec_take_flags(&reader, REPLY_STILL | REPLY_THUMBNAIL);
    reply.still = flags & REPLY_STILL ? codec_take_still(&reader) : NULL;
    reply.thumbnail = flags & REPLY_THUMBNAIL ? codec_take_still(&reader) : NULL;
    reply.findings = codec_take_findings(&reader, LIMIT_ITEM_FINDINGS);
    if (!codec_is_whole(&reader)) {
        media_reply_clear(&reply);
        return false;
    }
    *ret_reply = reply;
    return true;
}

void media_reply_clear(MediaReply *reply)
{
    g_free(reply->reason);
    still_facts_free(reply->still);
    still_facts_free(reply->thumbnail);
    if (reply->findings != NULL)
        g_ptr_array_unref(reply->findings);
    *reply = (MediaReply){0};
}
