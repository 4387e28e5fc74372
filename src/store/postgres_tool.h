// SPDX-License-Identifier: Apache-2.0
//
// Runs a program of PostgreSQL's (pg_dump, pg_restore), found on the PATH, on the database that a
// URL names. The password goes by the environment of that program alone, never by its arguments.
#pragma once

#include <glib.h>
#include <stdbool.h>

// `input` and `output`: files for its standard input and output; NULL: none. CLEW_ERROR_UNSUPPORTED
// when it is not installed, CLEW_ERROR_IO with its own words when it fails.
bool postgres_tool_run(const char *program, const char *url, const char *const *arguments,
                       const char *input, const char *output, GError **err);
