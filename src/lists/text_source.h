// SPDX-License-Identifier: Apache-2.0
//
// A JSON text in memory, ready for the tokenizer: what an entry's extra_json holds.
#pragma once

#include "lists/json_tokenizer.h"

typedef struct {
    const char *text; // borrowed
    size_t length;
    ListSource source;
    ListInput input;
} TextSource;

// Caller's storage, which must not move while it is open. Close it whatever the outcome.
bool text_source_open(TextSource *source, const char *text, JsonTokenizer *ret_json);
void text_source_close(TextSource *source);
