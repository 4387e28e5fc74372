// SPDX-License-Identifier: Apache-2.0
#include "lists/list_writer.h"

#include <string.h>

#include "base/encoding.h"
#include "lists/json_tokenizer.h"
#include "lists/list_writer_format.h"
#include "lists/text_source.h"

#define FLUSH_BYTES (64u << 10)

static const ListWriterFormat *const formats[] = {
    &list_writer_vics, &list_writer_hashdeep, &list_writer_csv,
    &list_writer_icse, &list_writer_vpdq,     NULL,
};

const ListWriterFormat *list_writer_format_by_name(const char *name)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const ListWriterFormat *const *list_writer_formats(void)
{
    return formats;
}

const char *list_writer_format_name(const ListWriterFormat *format)
{
    return format->name;
}

const char *list_writer_format_summary(const ListWriterFormat *format)
{
    return format->summary;
}

bool list_writer_format_has_frames(const ListWriterFormat *format)
{
    return format->has_frames;
}

ListWriter *list_writer_new(const ListWriterFormat *format, const ListWriterFacts *facts,
                            const ListOutput *output)
{
    ListWriter *writer = g_new0(ListWriter, 1);
    writer->format = format;
    writer->facts = *facts;
    writer->output = *output;
    writer->text = g_string_sized_new(FLUSH_BYTES + (16u << 10));
    format->begin(writer);
    return writer;
}

static bool flush(ListWriter *writer, GError **err)
{
    bool ok =
        writer->output.write(writer->output.user_data, writer->text->str, writer->text->len, err);
    g_string_truncate(writer->text, 0);
    return ok;
}

bool list_writer_entry(ListWriter *writer, const ListEntry *entry, GError **err)
{
    if (entry->action == LIST_ENTRY_DELETED)
        return true;
    const ListWriterFormat *format = writer->format;
    if (format->entry(writer, entry)) {
        writer->written++;
        writer->left_out.frames += format->has_frames ? 0 : entry->frame_count;
        writer->left_out.segments += format->has_segments ? 0 : entry->segment_count;
    } else {
        writer->left_out.entries++;
    }
    return writer->text->len < FLUSH_BYTES || flush(writer, err);
}

bool list_writer_end(ListWriter *writer, GError **err)
{
    if (writer->format->end != NULL)
        writer->format->end(writer);
    return flush(writer, err);
}

ListLeftOut list_writer_left_out(const ListWriter *writer)
{
    return writer->left_out;
}

uint64_t list_writer_written(const ListWriter *writer)
{
    return writer->written;
}

void list_writer_free(ListWriter *writer)
{
    if (writer == NULL)
        return;
    g_string_free(writer->text, TRUE);
    g_free(writer);
}

const ListHash *list_entry_first(const ListEntry *entry, HashType type)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == type)
            return &entry->hashes[i];
    return NULL;
}

void list_append_hex(GString *text, const ListHash *hash, bool upper)
{
    char hex[2 * HASH_BYTES_MAX + 1];
    encoding_to_hex(hash->value, hash_type_bytes(hash->type), hex);
    for (char *at = hex; upper && *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    g_string_append(text, hex);
}

void csv_append_cell(GString *text, const char *value, char delimiter)
{
    if (value == NULL)
        return;
    bool guard = value[0] != '\0' && strchr("=+-@", value[0]) != NULL;
    if (strchr(value, delimiter) == NULL && strpbrk(value, "\"\r\n") == NULL) {
        g_string_append(text, guard ? "'" : "");
        g_string_append(text, value);
        return;
    }
    g_string_append(text, guard ? "\"'" : "\"");
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(text, '"');
        g_string_append_c(text, *at);
    }
    g_string_append_c(text, '"');
}

char *extra_member(const ListEntry *entry, const char *name)
{
    if (entry->extra_json == NULL)
        return NULL;
    TextSource source;
    JsonTokenizer json;
    JsonToken key, value;
    char *found = NULL;
    bool ok = text_source_open(&source, entry->extra_json, &json) &&
              json_tokenizer_next(&json, &key, NULL); // the opening brace
    while (ok && found == NULL && json_tokenizer_next(&json, &key, NULL) &&
           key.type == JSON_TOKEN_KEY) {
        bool is_it = json_token_is(&key, name);
        ok = json_tokenizer_next(&json, &value, NULL) && json_tokenizer_skip(&json, &value, NULL);
        if (ok && is_it && (value.type == JSON_TOKEN_STRING || value.type == JSON_TOKEN_NUMBER))
            found = g_strndup(value.text, value.length);
    }
    text_source_close(&source);
    return found;
}
