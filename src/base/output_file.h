// SPDX-License-Identifier: Apache-2.0
//
// OutputFile: a file that is written whole or not at all. Bytes go to an unnamed temporary file in
// the target's folder; commit makes them durable and gives them the name in one step. Freeing
// without commit, or dying at any moment, leaves nothing behind and the old file untouched.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct OutputFile OutputFile;

typedef struct {
    mode_t mode;    // 0 means 0600: what Clew writes is for its user alone
    bool overwrite; // false: an existing file is CLEW_ERROR_CONFLICT, at open and again at commit
} OutputFileOptions;

// CLEW_ERROR_DENIED when the name belongs to a device, a FIFO, a folder or a link.
OutputFile *output_file_open(const char *path, OutputFileOptions options, GError **err);

bool output_file_write(OutputFile *file, const void *data, size_t size_bytes, GError **err);

// Descriptor for writers that need one (borrowed; do not mix with output_file_write).
int output_file_descriptor(OutputFile *file);

// Flushes, syncs, names. The object can only be freed afterwards, whatever the outcome.
bool output_file_commit(OutputFile *file, GError **err);

void output_file_free(OutputFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutputFile, output_file_free)
