// SPDX-License-Identifier: Apache-2.0
//
// The program's side of reading a hash list in clew-list-worker: descriptor in, entries out.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/list_message.h"
#include "wire/worker.h"

// Each returns false to stop reading, with err set to say why. `bytes_read` is how far the reader
// has come in the source. What a list says of itself may come again when it says more later.
typedef struct {
    bool (*described)(void *user_data, const ListDescription *description, GError **err);
    bool (*entry)(void *user_data, const ListEntry *entry, GError **err);
    bool (*refused)(void *user_data, uint64_t position, const char *reason, GError **err);
    void (*progress)(void *user_data, uint64_t bytes_read); // may be NULL
    // Asked several times a second also while nothing comes; true, with err set, stops reading. May
    // be NULL.
    bool (*is_cancelled)(void *user_data, GError **err);
    void *user_data;
} ListReceiver;

// Reads the list on `descriptor` (a file or a pipe; stays the caller's) through one worker that
// serves nothing else. `name` is for messages. A pipe may be silent as long as it likes. Errors:
// CLEW_ERROR_CORRUPT, _UNSUPPORTED (no format fits), _LIMIT, _INVALID (an option), _IO, _INTERNAL
// (worker crashed, with its reason), or what a callback set.
bool list_client_read(Zygote *zygote, int descriptor, const char *name,
                      const ListReadRequest *request, const ListReceiver *receiver, GError **err);
