// SPDX-License-Identifier: Apache-2.0
//
// ScanRunner: the processes of the scans that this server runs. Each has a thread that waits for
// its end, so that a process that dies is noticed at once; they end with the server. Thread-safe.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct ScanRunner ScanRunner;

typedef struct {
    CaseworkOptions casework; // texts are copied
    bool unconfined;
} ScanRunnerOptions;

#define SCAN_RUNNER_MAX 4u // at once

ScanRunner *scan_runner_new(const ScanRunnerOptions *options);
void scan_runner_free(ScanRunner *runner); // ends them all
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScanRunner, scan_runner_free)

// Whether another may begin; CLEW_ERROR_BUSY when not.
bool scan_runner_has_room(ScanRunner *runner, GError **err);

// Starts `clew scan` for a job that was requested and committed. What goes wrong is kept as the
// job's end.
void scan_runner_start(ScanRunner *runner, uint64_t job_id, const char *number, const char *path);

// Asks the job's process to end, and kills it when it does not. False when it is none of ours.
bool scan_runner_cancel(ScanRunner *runner, uint64_t job_id);
