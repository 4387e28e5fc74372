// SPDX-License-Identifier: Apache-2.0
//
// What a forked worker does until it is gone.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "wire/confine.h"
#include "wire/serve.h"

typedef struct {
    int socket;
    int buffer; // -1: none
    size_t buffer_bytes;
    bool allow_unconfined;
} ServeWorkerStart;

// Locks the process, says hello, serves. Closes every other descriptor. Does not return.
_Noreturn void serve_worker_run(const ServeProgram *program, const Confinement *confinement,
                                ServeWorkerStart start);
