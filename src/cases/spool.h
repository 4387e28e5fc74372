// SPDX-License-Identifier: Apache-2.0
//
// Spool: a file without a name in the folder for temporary files, for contents that are too large
// for memory. It is gone with its last descriptor, however the program ends.
#pragma once

// Open for reading and writing; -1 with errno set.
int spool_open(void);

// Another descriptor of the same file that can only be read; -1 with errno set.
int spool_reopen_read_only(int descriptor);
