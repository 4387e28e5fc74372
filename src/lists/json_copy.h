// SPDX-License-Identifier: Apache-2.0
//
// Writes what the tokenizer reads back as compact JSON, so that members Clew has no field for can
// be kept and written again. Numbers stay as they were written, strings keep their characters.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "lists/json_tokenizer.h"

// Appends one token; commas follow from what stands before. Not for JSON_TOKEN_END.
void json_copy_token(GString *text, const JsonToken *token);

// Appends the whole value that `token` begins. When `text` would grow past `limit_bytes`, or a
// string was too long, the value is passed over, `text` is as before, and *ret_kept is false.
bool json_copy_value(JsonTokenizer *tokenizer, const JsonToken *token, GString *text,
                     size_t limit_bytes, bool *ret_kept, GError **err);

// Appends a string in quotes. The value is valid UTF-8; characters that act on a terminal or turn
// text around are escaped, so that the result is plain text (model/plain_text.h).
void json_copy_string(GString *text, const char *value, size_t length);
