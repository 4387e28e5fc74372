// SPDX-License-Identifier: Apache-2.0
//
// JsonWriter: writes one JSON value after another into a GString, in the order of the calls, so
// that a record or a document of any size is printed in constant memory. It knows commas and
// escaping and nothing else; unbalanced calls assert. Text that is not UTF-8 must be escaped by
// the caller first (model/path_text.h); as a last guard an invalid byte is written as U+FFFD.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_WRITER_DEPTH 32

typedef struct {
    GString *text; // borrowed; the caller may take and clear it at any time
    unsigned depth;
    bool has_member[JSON_WRITER_DEPTH]; // a comma is due before the next value
    bool after_key;
} JsonWriter;

void json_writer_init(JsonWriter *writer, GString *text);

void json_write_begin_object(JsonWriter *writer);
void json_write_end_object(JsonWriter *writer);
void json_write_begin_array(JsonWriter *writer);
void json_write_end_array(JsonWriter *writer);

void json_write_key(JsonWriter *writer, const char *key);

void json_write_string(JsonWriter *writer, const char *value); // NULL writes null
void json_write_string_length(JsonWriter *writer, const char *value, size_t length);
void json_write_uint(JsonWriter *writer, uint64_t value);
void json_write_int(JsonWriter *writer, int64_t value);
void json_write_double(JsonWriter *writer, double value); // not finite: null
void json_write_bool(JsonWriter *writer, bool value);
void json_write_null(JsonWriter *writer);

// A value that is JSON text already, written unchanged.
void json_write_raw(JsonWriter *writer, const char *value, size_t length);

// Key and value in one call.
void json_write_member_string(JsonWriter *writer, const char *key, const char *value);
void json_write_member_uint(JsonWriter *writer, const char *key, uint64_t value);
void json_write_member_bool(JsonWriter *writer, const char *key, bool value);
void json_write_member_hex(JsonWriter *writer, const char *key, const uint8_t *bytes,
                           size_t size_bytes);
