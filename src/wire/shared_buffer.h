// SPDX-License-Identifier: Apache-2.0
//
// SharedBuffer: memory that the program writes and a worker can only read. Its size is fixed and
// sealed; pages are taken when they are first written.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;    // mapped writable, in the program only
    size_t size_bytes; // 0 when there is none
    int descriptor;    // the program's own, writable
    int for_worker;    // read-only in every way: it cannot be written nor mapped writable
} SharedBuffer;

// Both descriptors close on exec. CLEW_ERROR_IO when memory cannot be had.
bool shared_buffer_open(SharedBuffer *buffer, size_t size_bytes, GError **err);

// Gives the pages past keep_bytes back to the system; they read as zero again.
void shared_buffer_trim(SharedBuffer *buffer, size_t keep_bytes);

// Closes the worker's descriptor, once the worker has it.
void shared_buffer_handed_over(SharedBuffer *buffer);

void shared_buffer_close(SharedBuffer *buffer);
