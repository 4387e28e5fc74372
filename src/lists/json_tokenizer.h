// SPDX-License-Identifier: Apache-2.0
//
// JsonTokenizer: takes JSON (RFC 8259) apart as it streams by, one token a call, in memory that
// does not grow with the document. It is strict where leniency would let two programs read one
// document differently: UTF-8, number and escape grammar, surrogate pairs, no NUL inside strings,
// no comments, no trailing commas. What repeated member names mean is the reader's matter.
//
// A string longer than LIMIT_LIST_TOKEN_BYTES is checked and passed over rather than held: its
// token says too_long and gives no text, so that a reader can refuse one entry and go on.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_input.h"

typedef enum {
    JSON_TOKEN_END, // the document is complete and nothing but white space follows
    JSON_TOKEN_BEGIN_OBJECT,
    JSON_TOKEN_END_OBJECT,
    JSON_TOKEN_BEGIN_ARRAY,
    JSON_TOKEN_END_ARRAY,
    JSON_TOKEN_KEY,
    JSON_TOKEN_STRING,
    JSON_TOKEN_NUMBER,
    JSON_TOKEN_TRUE,
    JSON_TOKEN_FALSE,
    JSON_TOKEN_NULL,
} JsonTokenType;

typedef struct {
    JsonTokenType type;
    bool too_long;    // key or string beyond the limit; text is empty
    const char *text; // key and string unescaped, number as written; not NUL-terminated;
                      // borrowed until the next call
    size_t length;
    uint64_t offset; // of the token's first byte in the source
} JsonToken;

typedef struct {
    ListInput *input; // borrowed
    bool many;        // several documents may follow one another
    unsigned depth;
    uint64_t is_object; // bit d - 1: level d is an object
    int state;
} JsonTokenizer;

// Caller's storage; nothing to clear. `input` is initialised and stands at the document's start.
void json_tokenizer_init(JsonTokenizer *tokenizer, ListInput *input);

// Fails with CLEW_ERROR_CORRUPT where the text is no JSON ("byte N: expected … but found …"),
// CLEW_ERROR_LIMIT past LIMIT_LIST_DEPTH, or what the source says. After a failure only
// json_tokenizer_init may follow.
bool json_tokenizer_next(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err);

// Passes over the rest of the value that `token` began; for a scalar there is none.
bool json_tokenizer_skip(JsonTokenizer *tokenizer, const JsonToken *token, GError **err);

// Sets CLEW_ERROR_CORRUPT "byte N: expected WHAT" for a token that a reader cannot use, where the
// document is JSON but not the one it claims to be. Returns false.
bool json_token_unexpected(const JsonToken *token, const char *expected, GError **err);

// Whether a key or string is exactly `text`.
bool json_token_is(const JsonToken *token, const char *text);
