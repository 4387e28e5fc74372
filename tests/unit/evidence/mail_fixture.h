// SPDX-License-Identifier: Apache-2.0
//
// Contents for tests of mail and encoded text: something that begins like a picture, and its
// encodings.
#pragma once

#include <glib.h>

#include "walk_fixture.h"

// Begins like a PNG; the rest is arbitrary, the same for the same seed.
GBytes *sample_picture(size_t size, uint32_t seed);

// base64 in lines of `width` digits, each ended by `line_break`.
char *base64_lines(GBytes *bytes, size_t width, const char *line_break);

// "begin 644 name" to "end".
char *uuencoded(GBytes *bytes, const char *name);

// Every byte as "=XX", with soft line breaks.
char *quoted_printable(GBytes *bytes);

// A walk over a text.
Walked *walk_text(const char *text, const char *name);

// The item at this path has exactly these bytes and nothing against it.
void assert_item(const Walked *walked, const char *path, GBytes *bytes);

// The item at this path has this status and a reason with this word.
void assert_status(const Walked *walked, const char *path, Status status, const char *word);

bool has_identifier(const WalkedItem *item, const char *value);
