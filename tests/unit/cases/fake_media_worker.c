// SPDX-License-Identifier: Apache-2.0
//
// A media worker that does what the bytes after FF D8 FF say: CRASH dies, HANG never answers, LIE
// answers for another item, POISON answers and dies on whatever comes next, ONCE dies unless it is
// the first item of this worker. Anything else is a picture as wide as the file is long.
//
// Asked for previews it gives the smallest picture there is in each size; but UNSHOWN has nothing
// to show, SECRET has a comment in its previews, EYELESS dies, MANY gives more than were asked for.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "wire/media_message.h"
#include "wire/media_preview.h"
#include "wire/serve.h"

typedef struct {
    bool has_served, is_poisoned;
} State;

static void *begin(GError **err)
{
    return g_new0(State, 1);
}

static bool says(const uint8_t *bytes, size_t size, const char *word)
{
    return size >= 3 + strlen(word) && memcmp(bytes + 3, word, strlen(word)) == 0;
}

static void die(void)
{
    // Straight to the default action: a sanitizer's handler would report and change the signal.
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    _exit(1);
}

static void answer(ServeSession *session, uint64_t item, size_t size)
{
    StillFacts facts = {.decoded = true, .width = (uint32_t)size, .height = 1, .frames = 1};
    MediaReply reply = {.item = item, .still = &facts, .findings = findings_new()};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_reply_encode(&reply, message);
    serve_reply(session, message->data, message->len);
    g_ptr_array_unref(reply.findings);
}

static void send_preview(ServeSession *session, uint64_t item, uint32_t side, bool has_comment)
{
    static const uint8_t plain[] = {0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 1, 0,  1, 1, 1,    0x11,
                                    0,    0xff, 0xda, 0,    8, 1,  1, 0, 0, 63, 0, 1, 0xff, 0xd9};
    static const uint8_t commented[] = {0xff, 0xd8, 0xff, 0xfe, 0, 4, 'h', 'i', 0xff, 0xd9};
    MediaPreviewPiece piece = {.of = PREVIEW_OF_PICTURE, .side = side, .width = 1, .height = 1};
    piece.bytes = has_comment ? commented : plain;
    piece.size_bytes = has_comment ? sizeof commented : sizeof plain;
    piece.whole_bytes = piece.size_bytes;
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_preview_encode(item, &piece, message);
    serve_reply(session, message->data, message->len);
}

static void show(ServeSession *session, const MediaRequest *asked, const uint8_t *bytes,
                 size_t size)
{
    enum { TOO_MANY = 9 };
    if (says(bytes, size, "EYELESS"))
        die();
    bool is_shown = !says(bytes, size, "UNSHOWN");
    unsigned times = says(bytes, size, "MANY") ? TOO_MANY : 1;
    for (unsigned i = 0; is_shown && i < times * asked->size_count; i++)
        send_preview(session, asked->item, asked->sizes[i % asked->size_count],
                     says(bytes, size, "SECRET"));
    MediaReply reply = {.item = asked->item, .findings = findings_new()};
    if (!is_shown) {
        reply.status = STATUS_CORRUPT;
        reply.reason = g_strdup("there is nothing to see");
    }
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_reply_encode(&reply, message);
    media_reply_clear(&reply);
    serve_reply(session, message->data, message->len);
}

static bool handle(ServeSession *session, void *user_data, const ServeRequest *request)
{
    State *state = user_data;
    MediaRequest picture;
    g_autofree char *media_type = NULL;
    if (!media_request_decode(request->message, request->size_bytes, &picture, &media_type))
        return false;
    size_t buffer_size;
    const uint8_t *bytes = serve_buffer(session, &buffer_size);
    size_t size = (size_t)picture.size_bytes;
    if (state->is_poisoned || says(bytes, size, "CRASH") ||
        (says(bytes, size, "ONCE") && state->has_served))
        die();
    if (says(bytes, size, "HANG"))
        for (;;)
            pause();
    if (picture.ask == MEDIA_ASK_PREVIEWS) {
        show(session, &picture, bytes, size);
        return true;
    }
    state->is_poisoned = says(bytes, size, "POISON");
    state->has_served = true;
    answer(session, says(bytes, size, "LIE") ? picture.item + 1 : picture.item, size);
    return true;
}

int main(int argc, char **argv)
{
    static const ServeProgram program = {
        .name = "fake-media-worker", .noun = "the decoder", .begin = begin, .handle = handle};
    return serve_main(argc, argv, &program);
}
