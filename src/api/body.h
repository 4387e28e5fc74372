// SPDX-License-Identifier: Apache-2.0
//
// ApiBody: a JSON request body, read member by member with types and limits. The first thing that
// is wrong is kept, with its JSON pointer, and later reads give harmless values, so that a handler
// reads all it needs and asks once:
//
//   ApiObject *in = api_call_body(call);
//   const char *name = api_object_text(in, "name", 1, CASE_NAME_MAX);
//   int64_t priority = api_object_int_or(in, "priority", 0, 9, 5);
//   if (!api_call_body_ok(call, err))
//       return false;
//
// Members that nobody read are refused by api_body_ok: a misspelt one is an error, not a default.
// Text is UTF-8 without NUL and control characters other than tab and newline. Everything returned
// is borrowed from the body.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct ApiBody ApiBody;
typedef struct ApiObject ApiObject;
typedef struct ApiArray ApiArray;

// CLEW_ERROR_INVALID for what is no JSON object in strict UTF-8: duplicate members, NUL, numbers
// out of range, text behind the value and nesting deeper than LIMIT_API_DEPTH are refused.
ApiBody *api_body_parse(const char *bytes, size_t size_bytes, GError **err);
void api_body_free(ApiBody *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiBody, api_body_free)

ApiObject *api_body_root(ApiBody *body);

// False with CLEW_ERROR_INVALID when anything was wrong or a member was not read.
bool api_body_ok(ApiBody *body, GError **err);
// Where it was wrong ("/members/0/name", "" the whole); NULL when nothing was.
const char *api_body_pointer(const ApiBody *body);
// For rules beyond types: keeps "MEMBER: text" unless something was wrong before.
void api_object_refuse(ApiObject *object, const char *member, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

bool api_object_has(ApiObject *object, const char *member); // present and not null

// The plain form requires the member; _or takes a value for when it is absent or null.
int64_t api_object_int(ApiObject *object, const char *member, int64_t min, int64_t max);
int64_t api_object_int_or(ApiObject *object, const char *member, int64_t min, int64_t max,
                          int64_t fallback);
double api_object_real(ApiObject *object, const char *member, double min, double max);
bool api_object_bool(ApiObject *object, const char *member);
bool api_object_bool_or(ApiObject *object, const char *member, bool fallback);
// Sizes count bytes of UTF-8. A text that is required has at least min_bytes, mostly 1.
const char *api_object_text(ApiObject *object, const char *member, size_t min_bytes,
                            size_t max_bytes);
const char *api_object_text_or(ApiObject *object, const char *member, size_t min_bytes,
                               size_t max_bytes, const char *fallback);
// Index into NULL-terminated `choices`; 0 after an error.
unsigned api_object_choice(ApiObject *object, const char *member, const char *const *choices);
unsigned api_object_choice_or(ApiObject *object, const char *member, const char *const *choices,
                              unsigned fallback);
// Hexadecimal digits, either case, for exactly size_bytes bytes. Zeroes after an error.
void api_object_hex(ApiObject *object, const char *member, uint8_t *ret_bytes, size_t size_bytes);
bool api_object_hex_or_none(ApiObject *object, const char *member, uint8_t *ret_bytes,
                            size_t size_bytes); // false: absent, or an error
// Standard base64 with padding, at most max_bytes decoded; NULL after an error. Owned by the body.
GBytes *api_object_base64(ApiObject *object, const char *member, size_t max_bytes);

// Never NULL: an empty one after an error.
ApiObject *api_object_child(ApiObject *object, const char *member);
ApiObject *api_object_child_or_null(ApiObject *object, const char *member); // NULL: absent or null
// Never NULL. The _or_empty form takes absent and null for an empty array.
ApiArray *api_object_array(ApiObject *object, const char *member, size_t min, size_t max);
ApiArray *api_object_array_or_empty(ApiObject *object, const char *member, size_t max);
size_t api_array_size(const ApiArray *array);
ApiObject *api_array_object(ApiArray *array, size_t at);
int64_t api_array_int(ApiArray *array, size_t at, int64_t min, int64_t max);
const char *api_array_text(ApiArray *array, size_t at, size_t min_bytes, size_t max_bytes);
// A value taken as it is (unknown keys of a document, kept whole); borrowed.
const json_t *api_object_any(ApiObject *object, const char *member);
