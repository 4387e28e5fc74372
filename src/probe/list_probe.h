// SPDX-License-Identifier: Apache-2.0
//
// The work of clew-list-worker: one list in, batches of entries out. Runs in the confined worker.
//
// Batches go out when they are full, a tenth of a second after the first part went in, and before
// the worker reads on from a pipe, which may make it wait: what could be read is never held back.
// While the program is behind, sending waits, and with it the reading.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/list_message.h"
#include "wire/serve.h"

// Answers one ListReadRequest about the descriptor that came with it (ServeProgram.handle).
bool list_probe_handle(ServeSession *session, void *state, const ServeRequest *request);

// Where batches go; false when nobody takes them any more.
typedef bool (*ListBatchSend)(void *user_data, const GByteArray *batch);

// The same with the sending left to the caller, so that tests run it in place.
void list_probe_run(int descriptor, const ListReadRequest *request, ListBatchSend send,
                    void *user_data);
