// SPDX-License-Identifier: Apache-2.0
//
// The program's side of reading a VICS case document in clew-list-worker.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/vics_message.h"
#include "wire/worker.h"

// Each returns false to stop reading, with err set to say why. Media and identifiers come in the
// order of the document, a case's head behind them, the document itself last.
typedef struct {
    // These two may keep what they are given by moving it away and leaving zeros.
    bool (*media)(void *user_data, VicsMedia *media, GError **err);
    bool (*identifier)(void *user_data, VicsIdentifier *identifier, GError **err);
    bool (*head)(void *user_data, const VicsCaseHead *head, GError **err);
    bool (*document)(void *user_data, const VicsDocument *document, GError **err);
    void (*progress)(void *user_data, uint64_t bytes_read); // may be NULL
    // Asked several times a second; true, with err set, stops reading. May be NULL.
    bool (*is_cancelled)(void *user_data, GError **err);
    void *user_data;
} VicsReceiver;

// Reads the document on `descriptor` (a file; stays the caller's) through one worker that serves
// nothing else. `name` is for messages. CLEW_ERROR_CORRUPT, _UNSUPPORTED (a hash set), _LIMIT, _IO,
// _INTERNAL (the worker crashed or broke the rules), or what a callback set.
bool vics_client_read(Zygote *zygote, int descriptor, const char *name,
                      const VicsReceiver *receiver, GError **err);
