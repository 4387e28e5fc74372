// SPDX-License-Identifier: Apache-2.0
//
// The floor as a whole: what has to happen before its worker locks itself.
#pragma once

#include <glib.h>
#include <stdbool.h>

// Loads what the container libraries load lazily. One thread exists afterwards, as before.
bool evidence_prepare(GError **err);

// Character sets that names and mails are converted from, NULL-terminated: to be opened before the
// lock and kept open.
extern const char *const evidence_charsets[];

// Versions of the libraries, one line; static.
const char *evidence_versions(void);
