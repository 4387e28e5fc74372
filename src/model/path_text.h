// SPDX-License-Identifier: Apache-2.0
//
// Paths for people. Layers are joined by " > ". File names are bytes that an attacker chose, so
// control characters, backslash, bytes that are not UTF-8, bidirectional overrides and a literal
// " > " inside a name (or " >" at its end) are escaped: \n \t \\ \xHH \u{XXXX}. The result is
// always valid UTF-8 and never moves a cursor, and two different lists of names never give the same
// text.
#pragma once

#include <glib.h>

// Appends the escaped form of one layer's name (NUL-terminated bytes).
void path_text_append(GString *text, const char *name);

// The escaped form of one name, newly allocated.
char *path_text_new(const char *name);

// The name that gives this escaped form, newly allocated bytes; NULL when a backslash begins no
// escape that path_text_append writes, or one stands for NUL.
char *path_text_decode(const char *text);
