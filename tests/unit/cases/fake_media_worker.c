// SPDX-License-Identifier: Apache-2.0
//
// A media worker that does what the bytes after FF D8 FF say: CRASH dies, HANG never answers, LIE
// answers for another item, POISON answers and dies on whatever comes next, ONCE dies unless it is
// the first item of this worker. Anything else is a picture as wide as the file is long.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "wire/media_message.h"
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
