// SPDX-License-Identifier: Apache-2.0
//
// PDQ text, as the reference tools print it, one hash a line:
//
//   f8f8…e0e0                                        hash alone
//   f8f8…e0e0,100,picture.jpg                        hash,quality,filename
//   hash=f8f8…,norm=128,delta=0,quality=100,filename=picture.jpg
//
// A first line of column names is passed over. The quality stays with the entry.
#include "lists/formats.h"

#include <string.h>

#include "base/encoding.h"
#include "lists/list_emit.h"
#include "lists/list_lines.h"
#include "model/digest_set.h"

// What one line says; texts borrowed.
typedef struct {
    const char *hash, *quality, *name;
    size_t hash_length, quality_length, name_length;
} PdqLine;

// A PDQ hash compares each of 256 values with their median, so half of its bits are set.
static bool looks_like_pdq(const char *text, size_t length)
{
    uint8_t value[PDQ_BYTES];
    int bits = 0;
    if (!encoding_from_hex(text, length, value, sizeof value))
        return false;
    for (size_t i = 0; i < sizeof value; i++)
        bits += __builtin_popcount(value[i]);
    return bits == 128;
}

// The text up to the next comma; `rest` moves behind it.
static void take_field(const char **rest, size_t *rest_length, const char **ret_text,
                       size_t *ret_length)
{
    const char *comma = memchr(*rest, ',', *rest_length);
    *ret_text = *rest;
    *ret_length = comma != NULL ? (size_t)(comma - *rest) : *rest_length;
    size_t taken = *ret_length + (comma != NULL ? 1 : 0);
    *rest += taken;
    *rest_length -= taken;
}

static bool starts_with(const char *text, size_t length, const char *prefix)
{
    return length >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

// hash=…,norm=…,quality=…,filename=… : the name is last and may hold commas.
static void split_labelled(const char *text, size_t length, PdqLine *line)
{
    while (length > 0) {
        if (starts_with(text, length, "filename=")) {
            line->name = text + strlen("filename=");
            line->name_length = length - strlen("filename=");
            return;
        }
        const char *field;
        size_t field_length;
        take_field(&text, &length, &field, &field_length);
        if (starts_with(field, field_length, "hash=")) {
            line->hash = field + strlen("hash=");
            line->hash_length = field_length - strlen("hash=");
        } else if (starts_with(field, field_length, "quality=")) {
            line->quality = field + strlen("quality=");
            line->quality_length = field_length - strlen("quality=");
        }
    }
}

static PdqLine split_line(const char *text, size_t length)
{
    PdqLine line = {.hash = "", .quality = "", .name = ""};
    if (starts_with(text, length, "hash=")) {
        split_labelled(text, length, &line);
        return line;
    }
    take_field(&text, &length, &line.hash, &line.hash_length);
    take_field(&text, &length, &line.quality, &line.quality_length);
    line.name = text;
    line.name_length = length;
    return line;
}

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line first;
    bool complete;
    if (!list_first_line(bytes, size_bytes, &first, &complete))
        return 0;
    if (first.length >= 13 && g_ascii_strncasecmp(first.text, "hash,quality,", 13) == 0)
        return 2;
    PdqLine line = split_line(first.text, first.length);
    uint64_t quality;
    if (!list_parse_uint(line.quality, line.quality_length, &quality) || quality > 100)
        return 0;
    return looks_like_pdq(line.hash, line.hash_length) ? 2 : 0;
}

static bool is_heading(const Line *line)
{
    return line->number == 1 && line->length >= 4 &&
           g_ascii_strncasecmp(line->text, "hash", 4) == 0 &&
           (line->length == 4 || line->text[4] == ',');
}

static const char *fill_entry(ListEntry *entry, const PdqLine *line)
{
    uint64_t quality = 0;
    const char *hash = line->hash;
    size_t hash_length = line->hash_length;
    list_trim(&hash, &hash_length);
    if (starts_with(hash, hash_length, "pdq:")) {
        hash += 4;
        hash_length -= 4;
    }
    bool has_quality = line->quality_length > 0;
    if (has_quality &&
        (!list_parse_uint(line->quality, line->quality_length, &quality) || quality > 100))
        return "the quality is not a number from 0 to 100";
    if (has_quality)
        entry->extra_json = g_strdup_printf("{\"quality\":%u}", (unsigned)quality);
    entry->name = list_text_new(line->name, line->name_length);
    return list_add_hash(entry, HASH_PDQ, hash, hash_length);
}

static bool read_line(void *state, const Line *line, GError **err)
{
    const ListSink *sink = state;
    const char *text = line->text;
    size_t length = line->length;
    list_trim(&text, &length);
    if (length == 0 || text[0] == '#' || is_heading(line))
        return true;

    PdqLine split = split_line(text, length);
    ListEntry entry;
    list_entry_init(&entry);
    entry.position = line->number;
    const char *refused = fill_entry(&entry, &split);
    bool ok = refused != NULL ? list_emit_refused(sink, line->number, refused, err)
                              : list_emit_entry(sink, &entry, false, err);
    list_entry_clear(&entry);
    return ok;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    return list_emit_header(sink, &(ListHeader){.description = "PDQ text"}, err) &&
           list_read_lines(source, sink, read_line, (void *)sink, err);
}

const ListFormat list_format_pdq = {
    .name = "pdq",
    .summary = "PDQ text: hash, or hash,quality,filename, one a line",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
