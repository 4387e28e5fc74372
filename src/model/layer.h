// SPDX-License-Identifier: Apache-2.0
//
// Layer: one step of a locator, such as {"member":3} or {"inode":42,"attribute":"128-1"}. A worker
// makes it and the program copies it verbatim into its JSON, so its form is checked more narrowly
// than JSON itself asks: nothing that one parser reads otherwise than another.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether the text is one flat JSON object of printable ASCII, at most LIMIT_LAYER_BYTES, with at
// least one member and no white space outside of strings. Keys are lower-case words (a-z, 0-9, _),
// none twice; a value is an integer of at most 20 digits, or a string in which every escape is one
// of RFC 8259 section 7, none stands for NUL, and surrogates come in pairs.
bool layer_is(const char *text, size_t length);
