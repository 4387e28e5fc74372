// SPDX-License-Identifier: Apache-2.0
//
// Channel: a pair of connected sockets that carry whole messages (SOCK_SEQPACKET), with descriptors
// passed along where that is wanted. Messages are copied by the kernel, so nobody can change one
// while it is read. Both ends close on exec.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CHANNEL_DESCRIPTORS_MAX 2

// Makes a pair that takes messages up to LIMIT_MESSAGE_BYTES.
bool channel_open(int ret_sockets[2], GError **err);

// Sends one message. False with errno set; EPIPE when the other end is gone.
bool channel_send(int socket, const void *message, size_t size_bytes, const int *descriptors,
                  unsigned descriptor_count);

// Takes one message, waiting for it. Returns its length, which is more than `capacity` when it did
// not fit; 0 when the other end is gone; -1 with errno set. Descriptors are not accepted and
// dropped by the kernel.
ssize_t channel_receive(int socket, void *target, size_t capacity);

// The same with up to `max_descriptors` descriptors, which the caller then owns.
ssize_t channel_receive_descriptors(int socket, void *target, size_t capacity, int *ret_descriptors,
                                    unsigned max_descriptors, unsigned *ret_descriptor_count);

// Waits until a message (or the end) is there. False when timeout_ms have passed.
bool channel_wait(int socket, unsigned timeout_ms);
