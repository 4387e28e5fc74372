// SPDX-License-Identifier: Apache-2.0
#include "cases/media_client.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

// What the buffer keeps between items; the pages of a larger one are given back.
#define BUFFER_KEPT_BYTES (16u << 20)
// How long one wait lasts before the program looks whether it was interrupted.
#define WAIT_STEP_MS 100

struct MediaClient {
    Zygote *zygote;
    bool (*is_cancelled)(void);
    Worker *worker; // NULL after a fall, until the next item
    uint64_t next_item;
    GByteArray *request, *reply;
};

bool media_client_ready(MediaClient *client, GError **err)
{
    if (client->worker != NULL && worker_is_alive(client->worker) &&
        worker_items(client->worker) < LIMIT_WORKER_ITEMS)
        return true;
    g_clear_pointer(&client->worker, worker_free);
    client->worker =
        worker_spawn(client->zygote, (WorkerOptions){.buffer_bytes = LIMIT_STILL_BYTES}, err);
    return client->worker != NULL;
}

MediaClient *media_client_new(Zygote *zygote, bool (*is_cancelled)(void), GError **err)
{
    g_autoptr(MediaClient) client = g_new0(MediaClient, 1);
    client->zygote = zygote;
    client->is_cancelled = is_cancelled;
    client->request = g_byte_array_new();
    client->reply = g_byte_array_new();
    return media_client_ready(client, err) ? g_steal_pointer(&client) : NULL;
}

void media_client_free(MediaClient *client)
{
    if (client == NULL)
        return;
    worker_free(client->worker);
    g_byte_array_unref(client->request);
    g_byte_array_unref(client->reply);
    g_free(client);
}

bool media_client_keeps_bytes(const MediaClient *client)
{
    return client->worker != NULL;
}

uint8_t *media_client_buffer(MediaClient *client)
{
    return worker_buffer(client->worker);
}

size_t media_client_buffer_bytes(const MediaClient *client)
{
    return worker_buffer_bytes(client->worker);
}

void media_client_trim(MediaClient *client, uint64_t item_bytes)
{
    if (client->worker != NULL && item_bytes > BUFFER_KEPT_BYTES)
        worker_trim_buffer(client->worker, BUFFER_KEPT_BYTES);
}

// ---- One question -----------------------------------------------------------------------------

// What a question is about and where its answers go.
typedef struct {
    MediaClient *client;
    const MediaItem *item;
    MediaRequest request;
    VideoFrames *frames; // of a video
    GPtrArray *stills;   // of pictures
    GPtrArray *previews; // those that are whole
    GByteArray *pieces;  // of the preview that is under way
    MediaPreviewPiece begun;
    uint64_t begun_cpu_ms;
} Question;

static void send_request(Question *question)
{
    MediaClient *client = question->client;
    question->request.item = client->next_item++;
    question->begun_cpu_ms = worker_cpu_ms(client->worker);
    g_byte_array_set_size(client->request, 0);
    media_request_encode(&question->request, client->request);
    // A send that fails means a worker that is gone; receiving tells how it went.
    worker_send(client->worker, client->request->data, client->request->len,
                question->item->descriptor, NULL);
}

// A film may take its time; what is allowed grows with its size.
static bool has_overrun(const Question *question)
{
    uint64_t allowed_ms =
        LIMIT_VIDEO_TIME_MS + (question->item->size_bytes >> 20) * LIMIT_VIDEO_TIME_MS_PER_MIB;
    return question->request.ask != MEDIA_ASK_STILL &&
           worker_cpu_ms(question->client->worker) - question->begun_cpu_ms > allowed_ms;
}

// Waits for a message for as long as a worker may be silent. False when cancelled; a still is
// waited for, because it is done soon.
static bool wait_for_message(const Question *question, GError **err)
{
    const MediaClient *client = question->client;
    int64_t begun_ms = clock_monotonic_ms();
    bool may_cancel = question->request.ask != MEDIA_ASK_STILL && client->is_cancelled != NULL;
    do {
        if (may_cancel && client->is_cancelled()) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
            return false;
        }
    } while (!worker_wait(client->worker, WAIT_STEP_MS) &&
             clock_monotonic_ms() - begun_ms < LIMIT_MEDIA_ITEM_MS);
    return true;
}

static void take_picture(Question *question, const MediaPicture *picture)
{
    MediaStill *still = g_new0(MediaStill, 1);
    still->number = picture->number;
    still->milliseconds = picture->milliseconds;
    still->jpeg = g_bytes_new(picture->jpeg, picture->jpeg_bytes);
    g_ptr_array_add(question->stills, still);
}

// ---- Previews in pieces -----------------------------------------------------------------------

void media_preview_free(MediaPreview *preview)
{
    if (preview == NULL)
        return;
    g_bytes_unref(preview->jpeg);
    g_free(preview);
}

static void free_preview(void *preview)
{
    media_preview_free(preview);
}

// One in each size, the thumbnail, and the strip.
static unsigned most_previews(const MediaRequest *request)
{
    return request->size_count + (request->with_thumbnail ? 1u : 0u) + request->picture_count;
}

// What follows belongs to what was begun.
static bool continues(const MediaPreviewPiece *begun, const MediaPreviewPiece *piece)
{
    return begun->of == piece->of && begun->side == piece->side &&
           begun->milliseconds == piece->milliseconds && begun->width == piece->width &&
           begun->height == piece->height && begun->whole_bytes == piece->whole_bytes;
}

static bool keep_preview(Question *question)
{
    const MediaPreviewPiece *whole = &question->begun;
    GByteArray *pieces = question->pieces;
    if (!media_preview_is_plain(pieces->data, pieces->len, whole->width, whole->height))
        return false;
    MediaPreview *preview = g_new0(MediaPreview, 1);
    *preview = (MediaPreview){.of = whole->of,
                              .side = whole->side,
                              .milliseconds = whole->milliseconds,
                              .width = whole->width,
                              .height = whole->height,
                              .jpeg = g_bytes_new(pieces->data, pieces->len)};
    g_ptr_array_add(question->previews, preview);
    g_byte_array_set_size(pieces, 0);
    return true;
}

static bool take_piece(Question *question, const MediaPreviewPiece *piece)
{
    GByteArray *pieces = question->pieces;
    if (pieces->len == 0 && question->previews->len >= most_previews(&question->request))
        return false;
    if (piece->offset != pieces->len || (piece->offset > 0 && !continues(&question->begun, piece)))
        return false;
    question->begun = *piece;
    g_byte_array_append(pieces, piece->bytes, piece->size_bytes);
    return pieces->len < piece->whole_bytes || keep_preview(question);
}

// ---- Messages ---------------------------------------------------------------------------------

typedef enum { STEP_MORE, STEP_DONE, STEP_NONSENSE } Step;

static Step take_message(Question *question, MediaReply *ret_reply)
{
    const GByteArray *message = question->client->reply;
    uint64_t item = question->request.item;
    MediaPicture picture;
    MediaPreviewPiece piece;
    bool sane = false;
    switch (media_message_kind(message->data, message->len)) {
    case MEDIA_MESSAGE_PROGRESS:
        sane = media_progress_decode(message->data, message->len, item);
        break;
    case MEDIA_MESSAGE_FRAMES:
        sane = question->frames != NULL &&
               media_frames_decode(message->data, message->len, item, question->frames);
        break;
    case MEDIA_MESSAGE_PICTURE:
        sane = question->stills != NULL && question->stills->len < LIMIT_VIDEO_STILLS &&
               media_picture_decode(message->data, message->len, item, &picture);
        if (sane)
            take_picture(question, &picture);
        break;
    case MEDIA_MESSAGE_PREVIEW:
        sane = question->previews != NULL &&
               media_preview_decode(message->data, message->len, item, &piece) &&
               take_piece(question, &piece);
        break;
    case MEDIA_MESSAGE_REPLY:
        if (!media_reply_decode(message->data, message->len, ret_reply))
            return STEP_NONSENSE;
        if (ret_reply->item == item)
            return STEP_DONE;
        media_reply_clear(ret_reply);
        break;
    case MEDIA_MESSAGE_NONE:
        break;
    }
    return sane ? STEP_MORE : STEP_NONSENSE;
}

typedef enum {
    ASKED_ANSWERED,
    ASKED_FELL, // *ret_outcome and *ret_reason say how
    ASKED_OVERRAN,
    ASKED_CANCELLED, // err is set
} Asked;

static Asked ask_once(Question *question, MediaReply *ret_reply, WorkerOutcome *ret_outcome,
                      char **ret_reason, GError **err)
{
    MediaClient *client = question->client;
    send_request(question);
    for (;;) {
        if (!wait_for_message(question, err)) {
            g_clear_pointer(&client->worker, worker_free);
            return ASKED_CANCELLED;
        }
        *ret_outcome = worker_receive(client->worker, 0, client->reply, ret_reason);
        if (*ret_outcome == WORKER_TIMED_OUT) {
            g_free(*ret_reason);
            *ret_reason =
                g_strdup_printf("the decoder gave no answer within %u seconds and was stopped",
                                LIMIT_MEDIA_ITEM_MS / 1000);
        }
        if (*ret_outcome != WORKER_ANSWERED)
            return ASKED_FELL;
        Step step = take_message(question, ret_reply);
        if (step == STEP_DONE)
            return ASKED_ANSWERED;
        if (step == STEP_NONSENSE) {
            *ret_outcome = WORKER_NONSENSE;
            *ret_reason = worker_reject(client->worker);
            return ASKED_FELL;
        }
        if (has_overrun(question)) {
            g_clear_pointer(&client->worker, worker_free);
            return ASKED_OVERRAN;
        }
    }
}

static void forget_answers(Question *question)
{
    if (question->frames != NULL) {
        VideoFrames *fresh = video_frames_new(question->frames->pipeline);
        video_frames_free(question->frames);
        question->frames = fresh;
    }
    if (question->stills != NULL)
        g_ptr_array_set_size(question->stills, 0);
    if (question->previews != NULL) {
        g_ptr_array_set_size(question->previews, 0);
        g_byte_array_set_size(question->pieces, 0);
    }
}

// Replaces the fallen worker and puts the same bytes before the new one.
static bool hand_over(Question *question, GError **err)
{
    MediaClient *client = question->client;
    Worker *fallen = g_steal_pointer(&client->worker);
    bool ok = media_client_ready(client, err);
    if (ok && question->item->descriptor < 0)
        memcpy(worker_buffer(client->worker), worker_buffer(fallen),
               (size_t)question->item->size_bytes);
    worker_free(fallen);
    forget_answers(question);
    return ok;
}

static void reply_without_worker(MediaReply *reply, Status status, char *reason)
{
    *reply = (MediaReply){.status = status, .reason = reason, .findings = findings_new()};
}

static bool ask(Question *question, MediaReply *ret_reply, GError **err)
{
    MediaClient *client = question->client;
    bool had_served = worker_items(client->worker) > 0;
    g_autofree char *reason = NULL;
    WorkerOutcome outcome;
    Asked asked = ask_once(question, ret_reply, &outcome, &reason, err);
    if (asked == ASKED_FELL && outcome == WORKER_CRASHED && had_served) {
        if (!hand_over(question, err))
            return false;
        g_clear_pointer(&reason, g_free);
        asked = ask_once(question, ret_reply, &outcome, &reason, err);
    }
    if (asked == ASKED_FELL)
        reply_without_worker(ret_reply,
                             outcome == WORKER_TIMED_OUT ? STATUS_TIMEOUT : STATUS_CRASHED,
                             g_steal_pointer(&reason));
    else if (asked == ASKED_OVERRAN)
        reply_without_worker(ret_reply, STATUS_TIMEOUT,
                             g_strdup("it takes more time than is allowed for its size"));
    return asked != ASKED_CANCELLED;
}

// ---- The questions ----------------------------------------------------------------------

bool media_client_still(MediaClient *client, const MediaItem *item, MediaReply *ret_reply,
                        GError **err)
{
    Question question = {
        .client = client,
        .item = item,
        .request = {.ask = MEDIA_ASK_STILL,
                    .size_bytes = item->size_bytes,
                    .media_type = item->media_type},
    };
    return ask(&question, ret_reply, err);
}

bool media_client_video(MediaClient *client, const MediaItem *item, FrameChoice choice,
                        bool variants, VideoFrames **ret_frames, MediaReply *ret_reply,
                        GError **err)
{
    Question question = {
        .client = client,
        .item = item,
        .request = {.ask = MEDIA_ASK_VIDEO,
                    .size_bytes = item->size_bytes,
                    .media_type = item->media_type,
                    .by_descriptor = item->descriptor >= 0,
                    .choice = choice,
                    .variants = variants},
        .frames = video_frames_new(choice.pipeline),
    };
    if (!ask(&question, ret_reply, err)) {
        video_frames_free(question.frames);
        return false;
    }
    *ret_frames = question.frames;
    return true;
}

void media_still_free(MediaStill *still)
{
    if (still == NULL)
        return;
    g_bytes_unref(still->jpeg);
    g_free(still);
}

static void free_still(void *still)
{
    media_still_free(still);
}

bool media_client_stills(MediaClient *client, const MediaItem *item, MediaStillsChoice choice,
                         GPtrArray **ret_stills, MediaReply *ret_reply, GError **err)
{
    g_autoptr(GPtrArray) stills = g_ptr_array_new_with_free_func(free_still);
    Question question = {
        .client = client,
        .item = item,
        .request = {.ask = MEDIA_ASK_PICTURES,
                    .size_bytes = item->size_bytes,
                    .media_type = item->media_type,
                    .by_descriptor = item->descriptor >= 0,
                    .side = choice.side,
                    .picture_count = MIN(choice.count, LIMIT_VIDEO_STILLS)},
        .stills = stills,
    };
    if (choice.milliseconds != NULL) {
        question.request.time_count = question.request.picture_count;
        memcpy(question.request.milliseconds, choice.milliseconds,
               question.request.time_count * sizeof choice.milliseconds[0]);
    }
    if (!ask(&question, ret_reply, err))
        return false;
    *ret_stills = g_steal_pointer(&stills);
    return true;
}

bool media_client_previews(MediaClient *client, const MediaItem *item, const MediaRequest *asked,
                           GPtrArray **ret_previews, MediaReply *ret_reply, GError **err)
{
    g_autoptr(GPtrArray) previews = g_ptr_array_new_with_free_func(free_preview);
    g_autoptr(GByteArray) pieces = g_byte_array_new();
    Question question = {
        .client = client, .item = item, .request = *asked, .previews = previews, .pieces = pieces};
    question.request.ask = MEDIA_ASK_PREVIEWS;
    question.request.size_bytes = item->size_bytes;
    question.request.media_type = item->media_type;
    question.request.by_descriptor = item->descriptor >= 0;
    if (!ask(&question, ret_reply, err))
        return false;
    *ret_previews = g_steal_pointer(&previews);
    return true;
}
