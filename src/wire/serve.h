// SPDX-License-Identifier: Apache-2.0
//
// The worker program's side: what the main() of a worker program is made of.
//
// serve_main() makes the process the zygote of wire/worker.h: it prepares once, then forks a child
// for each worker that is asked for. The child locks itself (wire/confine.h), proves that it did,
// and serves requests one after another until its program lets go of it. The zygote never reads a
// byte that is not from its program.
//
//   zygote: prepare -> fork …        worker: lock -> begin -> handle, handle, … -> gone
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/confine.h"

// What a handler may use while it works on a request.
typedef struct ServeSession ServeSession;

typedef struct {
    const uint8_t *message; // borrowed until handle returns
    size_t size_bytes;
    int descriptor; // passed along with the request, or -1; closed after handle returns
} ServeRequest;

typedef struct {
    const char *name;              // of the program, "clew-media-worker"
    const char *noun;              // for reasons: "the decoder", "the list reader"
    const char *(*versions)(void); // libraries inside, for provenance; may be NULL

    // Character sets to be converted from after the lock ("CP932", …, NULL-terminated), opened once
    // and kept open, because their modules cannot be loaded later; may be NULL.
    const char *const *charsets;

    // In the zygote, before any fork: loads what libraries load lazily. May not start a thread or
    // touch input. May be NULL.
    bool (*prepare)(GError **err);

    // In the worker, after the lock; what it returns is handed to every handle. May be NULL; NULL
    // with err set ends the worker.
    void *(*begin)(GError **err);

    // Works on one request and sends any number of replies. False when the request breaks the
    // rules of the program's messages: the worker ends.
    bool (*handle)(ServeSession *session, void *state, const ServeRequest *request);

    ConfineOptions confine;
} ServeProgram;

// Runs the program; returns its exit status.
int serve_main(int argc, char **argv, const ServeProgram *program);

// The shared buffer, read-only; NULL (and size 0) when the worker was given none.
const uint8_t *serve_buffer(const ServeSession *session, size_t *ret_size_bytes);

// Takes over the descriptor of the request in hand: it stays open and is the handler's to close.
// -1 when there is none.
int serve_take_descriptor(ServeSession *session);

// Waits for the program's next message in the middle of a request: an answer to what was asked.
// *ret_descriptor is -1 when none came along, else the caller's. False when the program is gone.
bool serve_receive(ServeSession *session, GByteArray *ret_message, int *ret_descriptor);

// Sends one message of at most LIMIT_MESSAGE_BYTES. Waits while the program is behind. False when
// the program is gone: the handler should return.
bool serve_reply(ServeSession *session, const uint8_t *message, size_t size_bytes);
