// SPDX-License-Identifier: Apache-2.0
//
// Cursor: the place in a list from where the next page goes on, as text for the client. It carries
// a keyed checksum over the place and over what it is good for (operation, filters, account), so
// that a changed one, or one of another list or account, is refused as a whole.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"

#define API_CURSOR_NUMBERS 4
#define API_CURSOR_KEY_BYTES 32

// Sort values of the last row that was given, in the order in which the list is sorted.
typedef struct {
    int64_t numbers[API_CURSOR_NUMBERS];
    char text[LIMIT_API_CURSOR_TEXT + 1]; // for lists sorted by a text; "" otherwise
} ApiPlace;

// `purpose`: any text that must be the same when it comes back. Newly allocated, URL-safe.
char *api_cursor_new(const uint8_t key[static API_CURSOR_KEY_BYTES], const char *purpose,
                     const ApiPlace *place);

// CLEW_ERROR_INVALID, always with the same sentence.
bool api_cursor_read(const uint8_t key[static API_CURSOR_KEY_BYTES], const char *purpose,
                     const char *cursor, ApiPlace *ret_place, GError **err);
