// SPDX-License-Identifier: Apache-2.0
//
// The work of clew-list-worker on a VICS case document: its records out in chunks. Runs in the
// confined worker. While the program is behind, sending waits, and with it the reading.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "wire/serve.h"
#include "wire/vics_message.h"

// Answers the request about the descriptor that came with it (ServeProgram.handle).
bool vics_probe_handle(ServeSession *session, void *state, const ServeRequest *request);

// Where chunks go; false when nobody takes them any more.
typedef bool (*VicsChunkSend)(void *user_data, const GByteArray *chunk);

// The same with the sending left to the caller, so that tests run it in place.
void vics_probe_run(int descriptor, VicsChunkSend send, void *user_data);
