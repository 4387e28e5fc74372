// SPDX-License-Identifier: Apache-2.0
//
// Containers made up by a test, in place of those of evidence/container.c: bytes that begin with
// "#name:" are opened by the function that the test gave for that name.
#pragma once

#include <glib.h>

#include "evidence/container.h"
#include "walk_fixture.h"

typedef struct {
    const char *name;
    void (*open)(Walk *walk, Source *source);
} MadeUp;

// The rows end with a NULL name; borrowed.
void made_up_use(const MadeUp *rows);

// ---- What they deliver ------------------------------------------------------------------------

// A child with the layer {"number":N} that is all these bytes.
bool made_up_bytes(Walk *walk, unsigned number, const char *name, const void *bytes, size_t size);
bool made_up_text(Walk *walk, unsigned number, const char *name, const char *text);

// A child that is read once: `size` bytes that are `fill`. Then it fails with `code` of
// CLEW_ERROR, unless that is 0. It is listed with `listed_bytes`, unless that is 0.
typedef struct {
    uint64_t size;
    uint8_t fill;
    int code;
    uint64_t listed_bytes;
} MadeUpStream;
bool made_up_stream(Walk *walk, unsigned number, const char *name, MadeUpStream stream);

// For the table: delivers what stands behind its own "#name:" as the child "inner".
void made_up_wrapped(Walk *walk, Source *source);

// ---- Bytes to be walked -----------------------------------------------------------------------

// A picture of tests/corpus/still. Yours to free.
GByteArray *made_up_picture(const char *name);

void append_text(GByteArray *bytes, const char *text);
void append_array(GByteArray *bytes, const GByteArray *more);
// Bytes in which nothing is to be found.
void append_noise(GByteArray *bytes, size_t size);
// Bytes as a cipher gives them.
void append_random(GByteArray *bytes, size_t size);

Walked *walk_text(const char *text);
Walked *walk_array(const GByteArray *bytes);

// Compares what was finished but for the evidence file, in its order, as lines
// "path status [reason]".
void assert_story(const Walked *walked, const char *expected);
