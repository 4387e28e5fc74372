// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe/compare_probe.h"
#include "probe/media_probe.h"
#include "probe/video_probe.h"

// One request about a video under work.
typedef struct {
    ServeSession *session;
    const MediaRequest *request;
    const uint8_t *buffer; // NULL: the bytes are in the descriptor
    int descriptor;
    GByteArray *batch; // of frames
    int64_t spoken_ms; // when the program last heard of it
} VideoWork;

// Often enough for a program that waits LIMIT_MEDIA_ITEM_MS for a word.
#define SPEAK_MS 1000

static int64_t read_video(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const VideoWork *work = user_data;
    uint64_t whole = work->request->size_bytes;
    uint64_t left = offset < whole ? whole - offset : 0;
    size_t count = (size_t)MIN(left, size_bytes);
    if (work->buffer == NULL) {
        ssize_t done;
        do
            done = pread(work->descriptor, target, count, (off_t)offset);
        while (done < 0 && errno == EINTR);
        return done;
    }
    if (count > 0)
        memcpy(target, work->buffer + offset, count);
    return (int64_t)count;
}

static bool send_frames(VideoWork *work)
{
    if (media_frames_count(work->batch) == 0)
        return true;
    bool ok = serve_reply(work->session, work->batch->data, work->batch->len);
    media_frames_begin(work->batch, work->request->item, work->request->variants);
    work->spoken_ms = clock_monotonic_ms();
    return ok;
}

static bool take_frame(void *user_data, const MediaFrame *frame)
{
    VideoWork *work = user_data;
    media_frames_add(work->batch, frame);
    return work->batch->len < MEDIA_FRAMES_BATCH_BYTES || send_frames(work);
}

static bool take_picture(void *user_data, const MediaPicture *picture)
{
    VideoWork *work = user_data;
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_picture_encode(work->request->item, picture, message);
    work->spoken_ms = clock_monotonic_ms();
    return serve_reply(work->session, message->data, message->len);
}

static bool go_on(void *user_data)
{
    VideoWork *work = user_data;
    if (clock_monotonic_ms() - work->spoken_ms < SPEAK_MS)
        return true;
    if (media_frames_count(work->batch) > 0)
        return send_frames(work);
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_progress_encode(work->request->item, message);
    work->spoken_ms = clock_monotonic_ms();
    return serve_reply(work->session, message->data, message->len);
}

static void probe_video(VideoWork *work, MediaReply *ret_reply)
{
    const VideoSource source = {.read_at = read_video,
                                .size_bytes = work->request->size_bytes,
                                .go_on = go_on,
                                .user_data = work};
    const VideoProbeSink sink = {.frame = take_frame, .picture = take_picture, .user_data = work};
    g_autoptr(GByteArray) batch = g_byte_array_new();
    work->batch = batch;
    work->spoken_ms = clock_monotonic_ms();
    media_frames_begin(batch, work->request->item, work->request->variants);
    if (work->request->ask == MEDIA_ASK_VIDEO)
        video_probe_run(&source, work->request, &sink, ret_reply);
    else
        video_probe_pictures(&source, work->request, &sink, ret_reply);
    send_frames(work);
}

bool media_probe_handle(ServeSession *session, void *state, const ServeRequest *request)
{
    if (compare_message_is_request(request->message, request->size_bytes))
        return compare_probe_handle(session, state, request);
    MediaRequest asked;
    g_autofree char *media_type = NULL;
    size_t buffer_bytes;
    const uint8_t *buffer = serve_buffer(session, &buffer_bytes);
    if (!media_request_decode(request->message, request->size_bytes, &asked, &media_type))
        return false;
    if (asked.by_descriptor ? request->descriptor < 0 : asked.size_bytes > buffer_bytes)
        return false;

    MediaReply reply;
    VideoWork work = {.session = session,
                      .request = &asked,
                      .buffer = asked.by_descriptor ? NULL : buffer,
                      .descriptor = request->descriptor};
    if (asked.ask == MEDIA_ASK_STILL)
        media_probe_run(buffer, (size_t)asked.size_bytes, media_type, &reply);
    else
        probe_video(&work, &reply);
    reply.item = asked.item;
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_reply_encode(&reply, message);
    media_reply_clear(&reply);
    return serve_reply(session, message->data, message->len);
}
