// SPDX-License-Identifier: Apache-2.0
#include "wire/serve_worker.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "wire/channel.h"
#include "wire/zygote_protocol.h"

// Where the worker's own two descriptors go, so that all others can be closed.
#define WORKER_SOCKET 3
#define WORKER_BUFFER 4
#define FIRST_FREE_DESCRIPTOR 16

#define STATUS_RELEASED 0 // the program let go
#define STATUS_REFUSED 3  // could not lock, begin, or understand a request

struct ServeSession {
    int socket;
    const uint8_t *buffer;
    size_t buffer_bytes;
    int descriptor; // of the request in hand, until it is taken
};

const uint8_t *serve_buffer(const ServeSession *session, size_t *ret_size_bytes)
{
    *ret_size_bytes = session->buffer_bytes;
    return session->buffer;
}

int serve_take_descriptor(ServeSession *session)
{
    int descriptor = session->descriptor;
    session->descriptor = -1;
    return descriptor;
}

// False when the program is gone or sends more than a message may hold.
static bool receive(ServeSession *session, uint8_t *message, size_t *ret_size_bytes,
                    int *ret_descriptor)
{
    unsigned descriptor_count = 0;
    *ret_descriptor = -1;
    ssize_t size_bytes = channel_receive_descriptors(session->socket, message, LIMIT_MESSAGE_BYTES,
                                                     ret_descriptor, 1, &descriptor_count);
    if (size_bytes <= 0 || size_bytes > (ssize_t)LIMIT_MESSAGE_BYTES)
        return false;
    *ret_size_bytes = (size_t)size_bytes;
    return true;
}

bool serve_receive(ServeSession *session, GByteArray *ret_message, int *ret_descriptor)
{
    size_t size_bytes = 0;
    g_byte_array_set_size(ret_message, LIMIT_MESSAGE_BYTES);
    bool received = receive(session, ret_message->data, &size_bytes, ret_descriptor);
    g_byte_array_set_size(ret_message, (unsigned)size_bytes);
    return received;
}

bool serve_reply(ServeSession *session, const uint8_t *message, size_t size_bytes)
{
    return channel_send(session->socket, message, size_bytes, NULL, 0);
}

// Both are moved out of the way first, because each may sit where the other has to go.
static bool keep_own_descriptors(const ServeWorkerStart *start)
{
    bool has_buffer = start->buffer >= 0;
    int socket = fcntl(start->socket, F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR);
    int buffer = has_buffer ? fcntl(start->buffer, F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR) : -1;
    return dup2(socket, WORKER_SOCKET) >= 0 && (!has_buffer || dup2(buffer, WORKER_BUFFER) >= 0) &&
           close_range(has_buffer ? WORKER_BUFFER + 1 : WORKER_BUFFER, ~0u, 0) == 0;
}

static bool session_open(ServeSession *session, const ServeWorkerStart *start)
{
    *session = (ServeSession){.socket = WORKER_SOCKET, .descriptor = -1};
    if (!keep_own_descriptors(start))
        return false;
    if (start->buffer < 0)
        return true;

    void *buffer = mmap(NULL, start->buffer_bytes, PROT_READ, MAP_SHARED, WORKER_BUFFER, 0);
    if (buffer == MAP_FAILED)
        return false;
    session->buffer = buffer;
    session->buffer_bytes = start->buffer_bytes;
    return true;
}

// True when the worker may read input.
static bool lock_and_say_hello(const ServeSession *session, const Confinement *confinement,
                               const ServeProgram *program, bool allow_unconfined)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *summary = NULL;
    bool confined = confine_enter(confinement, &summary, &error);

    WorkerHello hello = {.confined = confined, .cpu_seconds = program->confine.cpu_seconds};
    g_strlcpy(hello.sandbox, confined ? summary : error->message, sizeof hello.sandbox);
    return channel_send(session->socket, &hello, sizeof hello, NULL, 0) &&
           (confined || allow_unconfined);
}

static int serve_requests(ServeSession *session, const ServeProgram *program, void *state,
                          uint8_t *message)
{
    for (;;) {
        size_t size_bytes;
        if (!receive(session, message, &size_bytes, &session->descriptor))
            return STATUS_RELEASED;

        ServeRequest request = {
            .message = message, .size_bytes = size_bytes, .descriptor = session->descriptor};
        bool understood = program->handle(session, state, &request);
        if (session->descriptor >= 0)
            close(session->descriptor);
        if (!understood)
            return STATUS_REFUSED;
    }
}

_Noreturn void serve_worker_run(const ServeProgram *program, const Confinement *confinement,
                                ServeWorkerStart start)
{
    ServeSession session;
    g_autofree uint8_t *message = g_malloc(LIMIT_MESSAGE_BYTES);
    if (!session_open(&session, &start) ||
        !lock_and_say_hello(&session, confinement, program, start.allow_unconfined))
        _exit(STATUS_REFUSED);

    g_autoptr(GError) error = NULL;
    void *state = program->begin == NULL ? NULL : program->begin(&error);
    if (error != NULL)
        _exit(STATUS_REFUSED);
    // _exit, because exit handlers of libraries are not meant for a locked process.
    _exit(serve_requests(&session, program, state, message));
}
