// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include "base/encoding.h"

#include <math.h>
#include <string.h>

void json_writer_init(JsonWriter *writer, GString *text)
{
    *writer = (JsonWriter){.text = text};
}

static void before_value(JsonWriter *writer)
{
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (writer->depth > 0) {
        if (writer->has_member[writer->depth - 1])
            g_string_append_c(writer->text, ',');
        writer->has_member[writer->depth - 1] = true;
    }
}

static void open_level(JsonWriter *writer, char bracket)
{
    before_value(writer);
    g_assert(writer->depth < JSON_WRITER_DEPTH);
    g_string_append_c(writer->text, bracket);
    writer->has_member[writer->depth++] = false;
}

static void close_level(JsonWriter *writer, char bracket)
{
    g_assert(writer->depth > 0 && !writer->after_key);
    writer->depth--;
    g_string_append_c(writer->text, bracket);
}

void json_write_begin_object(JsonWriter *writer)
{
    open_level(writer, '{');
}

void json_write_end_object(JsonWriter *writer)
{
    close_level(writer, '}');
}

void json_write_begin_array(JsonWriter *writer)
{
    open_level(writer, '[');
}

void json_write_end_array(JsonWriter *writer)
{
    close_level(writer, ']');
}

static void append_escaped(GString *text, const char *value, size_t length)
{
    g_string_append_c(text, '"');
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)value[i];
        if (c == '"' || c == '\\') {
            g_string_append_c(text, '\\');
            g_string_append_c(text, (char)c);
            i++;
        } else if (c < 0x20 || c == 0x7f) {
            g_string_append_printf(text, "\\u%04x", c);
            i++;
        } else if (c < 0x80) {
            g_string_append_c(text, (char)c);
            i++;
        } else {
            gunichar rune = g_utf8_get_char_validated(value + i, (gssize)(length - i));
            if (rune == (gunichar)-1 || rune == (gunichar)-2) {
                g_string_append(text, "\xef\xbf\xbd");
                i++;
            } else {
                size_t bytes = (size_t)(g_utf8_next_char(value + i) - (value + i));
                g_string_append_len(text, value + i, (gssize)bytes);
                i += bytes;
            }
        }
    }
    g_string_append_c(text, '"');
}

void json_write_key(JsonWriter *writer, const char *key)
{
    g_assert(!writer->after_key);
    before_value(writer);
    append_escaped(writer->text, key, strlen(key));
    g_string_append_c(writer->text, ':');
    writer->after_key = true;
}

void json_write_string_length(JsonWriter *writer, const char *value, size_t length)
{
    before_value(writer);
    append_escaped(writer->text, value, length);
}

void json_write_string(JsonWriter *writer, const char *value)
{
    if (value == NULL)
        json_write_null(writer);
    else
        json_write_string_length(writer, value, strlen(value));
}

void json_write_uint(JsonWriter *writer, uint64_t value)
{
    before_value(writer);
    g_string_append_printf(writer->text, "%" G_GUINT64_FORMAT, value);
}

void json_write_int(JsonWriter *writer, int64_t value)
{
    before_value(writer);
    g_string_append_printf(writer->text, "%" G_GINT64_FORMAT, value);
}

void json_write_double(JsonWriter *writer, double value)
{
    if (!isfinite(value)) {
        json_write_null(writer);
        return;
    }
    // The shortest text that reads back as the same number.
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, sizeof text, format, value);
        if (g_ascii_strtod(text, NULL) == value)
            break;
    }
    before_value(writer);
    g_string_append(writer->text, text);
}

void json_write_bool(JsonWriter *writer, bool value)
{
    before_value(writer);
    g_string_append(writer->text, value ? "true" : "false");
}

void json_write_null(JsonWriter *writer)
{
    before_value(writer);
    g_string_append(writer->text, "null");
}

void json_write_raw(JsonWriter *writer, const char *value, size_t length)
{
    before_value(writer);
    g_string_append_len(writer->text, value, (gssize)length);
}

void json_write_member_string(JsonWriter *writer, const char *key, const char *value)
{
    json_write_key(writer, key);
    json_write_string(writer, value);
}

void json_write_member_uint(JsonWriter *writer, const char *key, uint64_t value)
{
    json_write_key(writer, key);
    json_write_uint(writer, value);
}

void json_write_member_bool(JsonWriter *writer, const char *key, bool value)
{
    json_write_key(writer, key);
    json_write_bool(writer, value);
}

void json_write_member_hex(JsonWriter *writer, const char *key, const uint8_t *bytes,
                           size_t size_bytes)
{
    g_autofree char *text = encoding_hex_new(bytes, size_bytes);
    json_write_member_string(writer, key, text);
}
