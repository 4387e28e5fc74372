// SPDX-License-Identifier: Apache-2.0
//
// What a person sees while clew works: a progress line on a terminal, remarks on standard error,
// and data on standard output whose write errors are noticed.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Progress Progress;

// A progress line for `what` ("scanning"), silent when quiet or when standard error is no terminal.
// It first shows after two seconds.
Progress *progress_new(const char *what, bool quiet);

// False when nobody would see it: quiet, or no terminal.
bool progress_is_shown(const Progress *progress);

// Total work in bytes when it becomes known; 0: unknown.
void progress_set_total(Progress *progress, uint64_t total_bytes);

// Draws at most ten times a second. `found` below 0 is not shown.
void progress_update(Progress *progress, uint64_t items, uint64_t done_bytes, int64_t found);

// Removes the line, so that something else can be printed; the next update draws it again.
void progress_clear(Progress *progress);

void progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

// Writes the text and clears it. False with CLEW_ERROR_IO when standard output fails.
bool console_print(GString *text, GError **err);

// Ensures that everything printed has arrived.
bool console_flush(GError **err);

// "1,234,567" and "12.3 MB", newly allocated.
char *console_count(uint64_t count);
char *console_bytes(uint64_t bytes);
