// SPDX-License-Identifier: Apache-2.0
//
// The program's side of reading a hash list in clew-list-worker: descriptor in, entries out.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/hash_list.h"
#include "wire/worker.h"

typedef struct {
    const char *format; // name of a ListFormat, or NULL: recognise
    bool has_default_type;
    HashType default_type;
    const char *columns; // as given to --columns, or NULL
} ListReadRequest;

// What the list says of itself; texts borrowed until the callback returns.
typedef struct {
    const char *format;
    const char *description;
    const char *scheme; // NULL when not stated
    bool is_benign;
    uint64_t declared_count;
} ListDescription;

// Each returns false to stop reading. `bytes_read` is how far the reader has come in the source.
typedef struct {
    bool (*described)(void *user_data, const ListDescription *description, GError **err);
    bool (*entry)(void *user_data, const ListEntry *entry, GError **err);
    bool (*refused)(void *user_data, uint64_t position, const char *reason, GError **err);
    void (*progress)(void *user_data, uint64_t bytes_read); // may be NULL
    void *user_data;
} ListReceiver;

// Reads the list on `descriptor` (a file or a pipe; stays the caller's) through one worker that
// serves nothing else. `name` is for messages. Errors: CLEW_ERROR_CORRUPT, _UNSUPPORTED (no format
// fits), _LIMIT, _INTERNAL (worker crashed, with its reason), or what a callback set.
bool list_client_read(Zygote *zygote, int descriptor, const char *name,
                      const ListReadRequest *request, const ListReceiver *receiver, GError **err);
