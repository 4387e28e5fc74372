// SPDX-License-Identifier: Apache-2.0
//
// The system call filter of a worker: compiled once, loaded by each child.
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct ConfineFilter ConfineFilter;

typedef struct {
    bool threads; // threads (and nothing else) may be cloned
    bool spools;  // descriptors that were passed may be written to
} ConfineFilterOptions;

// CLEW_ERROR_UNSUPPORTED when it cannot be built on this machine.
ConfineFilter *confine_filter_new(ConfineFilterOptions options, GError **err);

// Loads it into every thread of the calling process; no_new_privs must be set. On return the
// allow-list holds. CLEW_ERROR_UNSUPPORTED when the kernel refuses.
bool confine_filter_load(const ConfineFilter *filter, GError **err);

void confine_filter_free(ConfineFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfineFilter, confine_filter_free)
