// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe/compare_probe.h"
#include "probe/media_probe.h"
#include "probe/preview_probe.h"
#include "probe/video_probe.h"

// One request under work.
typedef struct {
    ServeSession *session;
    const MediaRequest *request;
    const uint8_t *buffer; // NULL: the bytes are in the descriptor
    int descriptor;
    GByteArray *batch; // of frames
    int64_t spoken_ms; // when the program last heard of it
} Work;

// Often enough for a program that waits LIMIT_MEDIA_ITEM_MS for a word.
#define SPEAK_MS 1000

static int64_t read_video(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Work *work = user_data;
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

static bool send_frames(Work *work)
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
    Work *work = user_data;
    media_frames_add(work->batch, frame);
    return work->batch->len < MEDIA_FRAMES_BATCH_BYTES || send_frames(work);
}

static bool take_picture(void *user_data, const MediaPicture *picture)
{
    Work *work = user_data;
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_picture_encode(work->request->item, picture, message);
    work->spoken_ms = clock_monotonic_ms();
    return serve_reply(work->session, message->data, message->len);
}

static bool go_on(void *user_data)
{
    Work *work = user_data;
    if (clock_monotonic_ms() - work->spoken_ms < SPEAK_MS)
        return true;
    if (media_frames_count(work->batch) > 0)
        return send_frames(work);
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_progress_encode(work->request->item, message);
    work->spoken_ms = clock_monotonic_ms();
    return serve_reply(work->session, message->data, message->len);
}

static bool send_piece(Work *work, const MediaPreviewPiece *piece)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_preview_encode(work->request->item, piece, message);
    work->spoken_ms = clock_monotonic_ms();
    return serve_reply(work->session, message->data, message->len);
}

static bool take_preview(void *user_data, const MediaPreviewPiece *whole)
{
    bool goes_on = true;
    for (uint32_t done = 0; done < whole->whole_bytes && goes_on;) {
        MediaPreviewPiece piece = *whole;
        piece.offset = done;
        piece.bytes = whole->bytes + done;
        piece.size_bytes = MIN(whole->whole_bytes - done, MEDIA_PREVIEW_PIECE_BYTES);
        goes_on = send_piece(user_data, &piece);
        done += piece.size_bytes;
    }
    return goes_on;
}

static void probe_video(Work *work, MediaReply *ret_reply)
{
    const VideoSource source = {.read_at = read_video,
                                .size_bytes = work->request->size_bytes,
                                .go_on = go_on,
                                .user_data = work};
    const PreviewSink preview_sink = {.preview = take_preview, .user_data = work};
    const VideoProbeSink sink = {.frame = take_frame, .picture = take_picture, .user_data = work};
    g_autoptr(GByteArray) batch = g_byte_array_new();
    work->batch = batch;
    work->spoken_ms = clock_monotonic_ms();
    media_frames_begin(batch, work->request->item, work->request->variants);
    if (work->request->ask == MEDIA_ASK_VIDEO)
        video_probe_run(&source, work->request, &sink, ret_reply);
    else if (work->request->ask == MEDIA_ASK_PREVIEWS)
        preview_probe_video(&source, work->request, &preview_sink, ret_reply);
    else
        video_probe_pictures(&source, work->request, &sink, ret_reply);
    send_frames(work);
}

static void probe(Work *work, MediaReply *ret_reply)
{
    const MediaRequest *request = work->request;
    const PreviewSink sink = {.preview = take_preview, .user_data = work};
    if (request->ask == MEDIA_ASK_STILL)
        media_probe_run(work->buffer, (size_t)request->size_bytes, request->media_type, ret_reply);
    else if (request->ask == MEDIA_ASK_PREVIEWS && !request->is_video)
        preview_probe_still(work->buffer, request, &sink, ret_reply);
    else
        probe_video(work, ret_reply);
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
    Work work = {.session = session,
                 .request = &asked,
                 .buffer = asked.by_descriptor ? NULL : buffer,
                 .descriptor = request->descriptor};
    probe(&work, &reply);
    reply.item = asked.item;
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_reply_encode(&reply, message);
    media_reply_clear(&reply);
    return serve_reply(session, message->data, message->len);
}
