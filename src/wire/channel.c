// SPDX-License-Identifier: Apache-2.0
#include "wire/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"

// The kernel doubles what is asked, up to the system's maximum, and one message must fit.
static bool widen(int socket)
{
    int size_bytes = LIMIT_MESSAGE_BYTES;
    return setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size_bytes, sizeof size_bytes) == 0;
}

bool channel_open(int ret_sockets[2], GError **err)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return clew_error_set_errno(err, errno, "cannot make a pair of sockets");
    if (!widen(sockets[0]) || !widen(sockets[1])) {
        clew_error_set_errno(err, errno, "cannot set the size of a socket's buffer");
        close(sockets[0]);
        close(sockets[1]);
        return false;
    }
    memcpy(ret_sockets, sockets, sizeof sockets);
    return true;
}

typedef union {
    struct cmsghdr header; // for alignment
    char bytes[CMSG_SPACE(CHANNEL_DESCRIPTORS_MAX * sizeof(int))];
} ControlBuffer;

bool channel_send(int socket, const void *message, size_t size_bytes, const int *descriptors,
                  unsigned descriptor_count)
{
    g_assert(descriptor_count <= CHANNEL_DESCRIPTORS_MAX);
    struct iovec part = {.iov_base = (void *)message, .iov_len = size_bytes};
    struct msghdr envelope = {.msg_iov = &part, .msg_iovlen = 1};
    ControlBuffer control = {0};

    if (descriptor_count > 0) {
        size_t descriptor_bytes = descriptor_count * sizeof(int);
        envelope.msg_control = control.bytes;
        envelope.msg_controllen = CMSG_SPACE(descriptor_bytes);
        struct cmsghdr *header = CMSG_FIRSTHDR(&envelope);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptor_bytes);
        memcpy(CMSG_DATA(header), descriptors, descriptor_bytes);
    }

    ssize_t sent;
    do
        sent = sendmsg(socket, &envelope, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

ssize_t channel_receive(int socket, void *target, size_t capacity)
{
    ssize_t received;
    do
        received = recv(socket, target, capacity, MSG_TRUNC);
    while (received < 0 && errno == EINTR);
    return received;
}

// Takes the descriptors out of an envelope; those past max_descriptors are closed.
static unsigned take_descriptors(struct msghdr *envelope, int *ret_descriptors,
                                 unsigned max_descriptors)
{
    unsigned taken = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(envelope); header != NULL;
         header = CMSG_NXTHDR(envelope, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
            if (taken < max_descriptors)
                ret_descriptors[taken++] = descriptor;
            else
                close(descriptor);
        }
    }
    return taken;
}

ssize_t channel_receive_descriptors(int socket, void *target, size_t capacity, int *ret_descriptors,
                                    unsigned max_descriptors, unsigned *ret_descriptor_count)
{
    struct iovec part = {.iov_base = target, .iov_len = capacity};
    ControlBuffer control;
    struct msghdr envelope = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control,
    };

    ssize_t received;
    do
        received = recvmsg(socket, &envelope, MSG_CMSG_CLOEXEC | MSG_TRUNC);
    while (received < 0 && errno == EINTR);
    *ret_descriptor_count =
        received < 0 ? 0 : take_descriptors(&envelope, ret_descriptors, max_descriptors);
    return received;
}

bool channel_wait(int socket, unsigned timeout_ms)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        int64_t left_ms = end_ms - clock_monotonic_ms();
        struct pollfd watched = {.fd = socket, .events = POLLIN};
        int ready = poll(&watched, 1, (int)CLAMP(left_ms, 0, G_MAXINT));
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}
