// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal and base64 text of binary values, strict: no white space, no partial digits.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Writes 2 * size_bytes lower-case digits and a NUL to `ret_text` (caller's buffer).
void encoding_to_hex(const uint8_t *bytes, size_t size_bytes, char *ret_text);

// Same, newly allocated.
char *encoding_hex_new(const uint8_t *bytes, size_t size_bytes);

// Decodes exactly `size_bytes` bytes from `text_length` = 2 * size_bytes digits of either case.
// False, and nothing written, when the length or a digit is wrong.
bool encoding_from_hex(const char *text, size_t text_length, uint8_t *ret_bytes, size_t size_bytes);

// Decodes standard base64 with padding that must yield exactly `size_bytes` bytes.
bool encoding_from_base64(const char *text, size_t text_length, uint8_t *ret_bytes,
                          size_t size_bytes);
