// SPDX-License-Identifier: Apache-2.0
//
// Spool: a file without a name in the folder for temporary files, for contents that are too large
// for memory. It is gone with its last descriptor, however the program ends.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Open for reading and writing; -1 with errno set.
int spool_open(void);

// Another descriptor of the same file that can only be read; -1 with errno set.
int spool_reopen_read_only(int descriptor);

// Appends all of the bytes. False with errno set when there is no room.
bool spool_write(int descriptor, const uint8_t *bytes, size_t size_bytes);
