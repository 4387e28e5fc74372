// SPDX-License-Identifier: Apache-2.0
//
// What worker.c asks of a zygote (wire/worker.h), beyond what programs see.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "wire/worker.h"

// A Zygote lives until its owner and its last worker have let go of it.
Zygote *zygote_ref(Zygote *zygote);

// "the decoder"; borrowed.
const char *zygote_noun(const Zygote *zygote);

bool zygote_allows_unconfined(const Zygote *zygote);

// Forks a worker that gets `socket` and, unless it is -1, the buffer of buffer_bytes (both stay the
// caller's). CLEW_ERROR_INTERNAL when the zygote is gone, CLEW_ERROR_IO when it cannot fork.
bool zygote_fork(Zygote *zygote, int socket, int buffer, size_t buffer_bytes, pid_t *ret_pid,
                 GError **err);

typedef struct {
    int status;      // as waitpid gives it
    bool was_killed; // it did not end by itself within the grace
} WorkerEnd;

// Waits grace_ms for the worker to end and kills it otherwise. Until this returns the id of the
// process is its own. CLEW_ERROR_INTERNAL when the zygote is gone (and with it the worker).
bool zygote_reap(Zygote *zygote, pid_t pid, unsigned grace_ms, WorkerEnd *ret_end, GError **err);
