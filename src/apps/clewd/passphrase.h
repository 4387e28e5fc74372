// SPDX-License-Identifier: Apache-2.0
//
// A passphrase, from a file or from the person at the terminal. Never from the command line, which
// others on the machine can see.
#pragma once

#include <glib.h>
#include <stdbool.h>

// The first line of `file`; without a file it is asked for at the terminal, twice when `is_new`,
// not shown. CLEW_ERROR_INVALID when it is empty or, being new, shorter than PASSPHRASE_BYTES_MIN.
// Newly allocated; to be wiped with passphrase_free.
#define PASSPHRASE_BYTES_MIN 12u
char *passphrase_take(const char *file, bool is_new, GError **err);
void passphrase_free(char *passphrase);
