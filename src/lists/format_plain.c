// SPDX-License-Identifier: Apache-2.0
//
// Plain digests: one a line, bare or TYPE:HEX, with anything behind white space as its name.
// Empty lines and lines that begin with # are passed over. A bare value of 64 digits is SHA-256
// unless a default type was given.
#include "lists/formats.h"

#include <string.h>

#include "lists/list_emit.h"
#include "lists/list_lines.h"

typedef struct {
    const ListReadOptions *options;
    const ListSink *sink;
} PlainReader;

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line line;
    bool complete;
    if (!list_first_line(bytes, size_bytes, &line, &complete))
        return 0;
    const char *colon = memchr(line.text, ':', line.length);
    size_t type_length = colon != NULL ? (size_t)(colon - line.text) : 0;
    g_autofree char *name = g_strndup(line.text, type_length);
    HashType type;
    if (type_length > 0 && type_length < 16 && hash_type_from_name(name, &type))
        return 2;
    HashType bare;
    size_t digits = list_hex_run(line.text, line.length);
    if (!list_bare_type(&(ListReadOptions){0}, line.text, digits, &bare))
        return 0;
    if (digits == line.length)
        return complete ? 2 : 1;
    return g_ascii_isspace(line.text[digits]) ? 1 : 0;
}

// Adds the value of a line, "HEX" or "TYPE:HEX". NULL or the reason why not.
static const char *add_value(const PlainReader *reader, ListEntry *entry, const char *text,
                             size_t length)
{
    const char *colon = memchr(text, ':', length);
    HashType type;
    if (colon == NULL)
        return list_bare_type(reader->options, text, length, &type)
                   ? list_add_hash(entry, type, text, length)
                   : "not 32, 40 or 64 hexadecimal digits";

    size_t type_length = (size_t)(colon - text);
    g_autofree char *name = g_strndup(text, type_length);
    if (!hash_type_from_name(name, &type))
        return "an unknown hash type before the colon";
    return list_add_hash(entry, type, colon + 1, length - type_length - 1);
}

static bool read_line(void *state, const Line *line, GError **err)
{
    const PlainReader *reader = state;
    const char *text = line->text;
    size_t length = line->length;
    list_trim(&text, &length);
    if (length == 0 || text[0] == '#')
        return true;

    size_t value_length = 0;
    while (value_length < length && !g_ascii_isspace(text[value_length]))
        value_length++;
    ListEntry entry;
    list_entry_init(&entry);
    entry.position = line->number;
    entry.name = list_text_new(text + value_length, length - value_length);
    const char *refused = add_value(reader, &entry, text, value_length);
    bool ok = refused != NULL ? list_emit_refused(reader->sink, line->number, refused, err)
                              : list_emit_entry(reader->sink, &entry, false, err);
    list_entry_clear(&entry);
    return ok;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    PlainReader reader = {.options = options, .sink = sink};
    return list_emit_header(sink, &(ListHeader){.description = "plain digests"}, err) &&
           list_read_lines(source, sink, read_line, &reader, err);
}

const ListFormat list_format_plain = {
    .name = "plain",
    .summary = "plain digests, one a line, bare or TYPE:HEX",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
