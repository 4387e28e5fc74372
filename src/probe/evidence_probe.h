// SPDX-License-Identifier: Apache-2.0
//
// The evidence worker's work: walks one evidence file and tells the program item by item
// (wire/evidence_message.h). It decides nothing about what is known: it announces, digests and
// hands out what must be decoded.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "wire/serve.h"

// Before the lock: what the libraries load lazily.
bool evidence_probe_prepare(GError **err);

// The state of a worker, for every evidence_probe_handle.
void *evidence_probe_begin(GError **err);

bool evidence_probe_handle(ServeSession *session, void *state, const ServeRequest *request);

// Versions of the libraries inside, one line; static.
const char *evidence_probe_versions(void);
