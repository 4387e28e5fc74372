// SPDX-License-Identifier: Apache-2.0
//
// What every reader does with what it found: hashes checked and put into an entry, texts bounded,
// entries handed to the sink. Shared so that one rule for a hash value holds in every format.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_format.h"

// Hand over to the sink; false with CLEW_ERROR_CANCELLED when it wants no more.
bool list_emit_header(const ListSink *sink, const ListHeader *header, GError **err);
bool list_emit_refused(const ListSink *sink, uint64_t position, const char *reason, GError **err);

// An entry with neither a hash nor frames nor, for a deletion, a key identifies nothing: it is
// refused, unless `values_refused` says that the reasons were told already.
bool list_emit_entry(const ListSink *sink, const ListEntry *entry, bool values_refused,
                     GError **err);

// Checks one value, white space around it ignored, and adds it. NULL when it went in, was empty or
// was there already; else the reason, a static phrase: wrong length, no hexadecimal, a second
// different digest of one type (nobody could say which one is meant).
const char *list_add_hash(ListEntry *entry, HashType type, const char *text, size_t length);

// The same for a type known only by its name in the list: unknown names go in as HASH_OTHER.
const char *list_add_named_hash(ListEntry *entry, const char *type, size_t type_length,
                                const char *text, size_t length);

// The type of a bare value of `length` hexadecimal digits: 32 MD5, 40 SHA-1, 64 SHA-256, or the
// default type where that has the same length. False when no type fits.
bool list_bare_type(const ListReadOptions *options, const char *text, size_t length,
                    HashType *ret_type);

// The text as an entry keeps it: white space at both ends dropped, made plain (model/plain_text.h),
// cut at LIMIT_LIST_TEXT. NULL when nothing is left.
char *list_text_new(const char *text, size_t length);

// Replaces *target by list_text_new.
void list_text_set(char **target, const char *text, size_t length);

// Yes, no or not said: true/false, yes/no, y/n, t/f, 1/0, in any case; anything else is -1.
int list_tristate(const char *text, size_t length);

// A decimal number of bytes. False when it is none or overflows.
bool list_parse_uint(const char *text, size_t length, uint64_t *ret_value);

// A view of the text without white space at both ends.
void list_trim(const char **text, size_t *length);
