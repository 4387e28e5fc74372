// SPDX-License-Identifier: Apache-2.0
//
// hashdeep and its family. A hashdeep file states its columns; the file name is last and may hold
// commas. The other tools print one digest a line:
//
//   %%%% HASHDEEP-1.0
//   %%%% size,md5,sha256,filename
//   ## a remark
//   1234,9a…,5f…,/folder/a, b.jpg
//
//   9a…  name      9a… *name      1234  9a…  name      MD5 (name) = 9a…
#include "lists/formats.h"

#include <string.h>

#include "lists/list_emit.h"
#include "lists/list_lines.h"

#define COLUMNS_MAX 16

typedef enum {
    COLUMN_SIZE,
    COLUMN_HASH,
    COLUMN_NAME,
} ColumnKind;

typedef struct {
    ColumnKind kind;
    HashType type;  // COLUMN_HASH
    char label[16]; // COLUMN_HASH of a type Clew cannot compute
} Column;

typedef struct {
    const ListReadOptions *options;
    const ListSink *sink;
    Column columns[COLUMNS_MAX]; // as stated by the last column line
    size_t column_count;         // 0 before one was seen
} HashdeepReader;

static bool starts_with(const Line *line, const char *prefix)
{
    return line->length >= strlen(prefix) && memcmp(line->text, prefix, strlen(prefix)) == 0;
}

// Length of a digest that the text begins with and that ends there or before white space; else 0.
static size_t leading_digest(const char *text, size_t length)
{
    HashType type;
    size_t digits = list_hex_run(text, length);
    bool ends = digits == length || g_ascii_isspace(text[digits]);
    return ends && list_bare_type(&(ListReadOptions){0}, text, digits, &type) ? digits : 0;
}

// "MD5 (name) = 9a…": the parts, from the right, since a name may hold anything.
static bool split_tagged(const char *text, size_t length, size_t *ret_type_length,
                         size_t *ret_name_end, size_t *ret_digest)
{
    const char *open = memchr(text, '(', length);
    if (open == NULL || open == text || open[-1] != ' ' || (size_t)(open - text) > 12)
        return false;
    size_t digest = length;
    while (digest > 0 && g_ascii_isxdigit(text[digest - 1]))
        digest--;
    if (digest < 4 || memcmp(text + digest - 4, ") = ", 4) != 0 || text + digest - 4 <= open ||
        digest == length)
        return false;
    *ret_type_length = (size_t)(open - text) - 1;
    *ret_name_end = digest - 4;
    *ret_digest = digest;
    return true;
}

// [backslash] [size] digest name
typedef struct {
    bool escaped; // the name is
    bool has_size;
    uint64_t size_bytes;
    const char *digest, *name; // name: with the blanks or the mark before it
    size_t digest_length, name_length;
} UntaggedLine;

static bool split_untagged(const Line *line, UntaggedLine *ret_parts)
{
    UntaggedLine parts = {0};
    const char *text = line->text;
    size_t length = line->length;
    list_trim(&text, &length);
    if (length > 0 && text[0] == '\\') {
        parts.escaped = true;
        text++;
        length--;
    }
    parts.digest_length = leading_digest(text, length);
    if (parts.digest_length == 0) {
        size_t size_digits = list_hex_run(text, length);
        parts.has_size = list_parse_uint(text, size_digits, &parts.size_bytes);
        text += size_digits;
        length -= size_digits;
        list_trim(&text, &length);
        parts.digest_length = parts.has_size ? leading_digest(text, length) : 0;
    }
    parts.digest = text;
    parts.name = text + parts.digest_length;
    parts.name_length = length - parts.digest_length;
    *ret_parts = parts;
    return parts.digest_length > 0;
}

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line line;
    bool complete;
    if (!list_first_line(bytes, size_bytes, &line, &complete))
        return 0;
    if (starts_with(&line, "%%%%"))
        return 2;
    size_t a, b, c;
    if (split_tagged(line.text, line.length, &a, &b, &c))
        return 2;
    UntaggedLine parts;
    if (!split_untagged(&line, &parts) || parts.name_length < 2)
        return 0;
    return parts.name[0] == ' ' && (parts.name[1] == ' ' || parts.name[1] == '*') ? 2 : 0;
}

static bool parse_column(const char *name, Column *ret_column)
{
    HashType type;
    if (strcmp(name, "size") == 0) {
        *ret_column = (Column){.kind = COLUMN_SIZE};
    } else if (strcmp(name, "filename") == 0) {
        *ret_column = (Column){.kind = COLUMN_NAME};
    } else {
        bool known = hash_type_from_name(name, &type) && type < HASH_COMPUTABLE_COUNT;
        *ret_column = (Column){.kind = COLUMN_HASH, .type = known ? type : HASH_OTHER};
        g_strlcpy(ret_column->label, name, sizeof ret_column->label);
    }
    return name[0] != '\0' && strlen(name) < sizeof ret_column->label;
}

// "size,md5,sha256,filename" behind the marker.
static bool read_columns(HashdeepReader *reader, const Line *line, GError **err)
{
    g_autofree char *text = g_strndup(line->text + 4, line->length - 4);
    g_auto(GStrv) names = g_strsplit(g_strstrip(text), ",", COLUMNS_MAX + 1);
    size_t count = g_strv_length(names);
    Column columns[COLUMNS_MAX];
    bool usable = count > 0 && count <= COLUMNS_MAX;
    for (size_t i = 0; usable && i < count; i++)
        usable = parse_column(names[i], &columns[i]) &&
                 (columns[i].kind != COLUMN_NAME || i + 1 == count);
    if (!usable)
        return list_emit_refused(reader->sink, line->number,
                                 "a line of column names that cannot be used", err);
    memcpy(reader->columns, columns, sizeof columns);
    reader->column_count = count;
    return true;
}

static const char *read_field(ListEntry *entry, const Column *column, const char *text,
                              size_t length)
{
    switch (column->kind) {
    case COLUMN_SIZE:
        entry->has_size = list_parse_uint(text, length, &entry->size_bytes);
        return entry->has_size || length == 0 ? NULL : "the size is not a number";
    case COLUMN_NAME:
        list_text_set(&entry->name, text, length);
        return NULL;
    default:
        if (column->type == HASH_OTHER)
            return list_add_named_hash(entry, column->label, strlen(column->label), text, length);
        return list_add_hash(entry, column->type, text, length);
    }
}

// A row under stated columns. NULL or why it is refused.
static const char *fill_row(const HashdeepReader *reader, ListEntry *entry, const Line *line)
{
    const char *rest = line->text;
    const char *end = line->text + line->length;
    for (size_t i = 0; i < reader->column_count; i++) {
        if (rest > end)
            return "fewer values than columns";
        bool is_last = i + 1 == reader->column_count;
        const char *comma = is_last ? NULL : memchr(rest, ',', (size_t)(end - rest));
        const char *stop = comma != NULL ? comma : end;
        const char *refused = read_field(entry, &reader->columns[i], rest, (size_t)(stop - rest));
        if (refused != NULL)
            return refused;
        rest = stop + 1;
    }
    return NULL;
}

static const char *fill_tagged(ListEntry *entry, const Line *line, size_t type_length,
                               size_t name_end, size_t digest)
{
    size_t name_start = type_length + 2;
    entry->name = list_text_new(line->text + name_start, name_end - name_start);
    return list_add_named_hash(entry, line->text, type_length, line->text + digest,
                               line->length - digest);
}

// GNU tools put a backslash before a digest whose name is escaped.
static char *unescape_name(const char *text, size_t length)
{
    GString *name = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\' || i + 1 == length) {
            g_string_append_c(name, text[i]);
            continue;
        }
        i++;
        g_string_append_c(name, text[i] == 'n' ? '\n' : text[i] == 'r' ? '\r' : text[i]);
    }
    char *result = list_text_new(name->str, name->len);
    g_string_free(name, TRUE);
    return result;
}

static const char *fill_untagged(const HashdeepReader *reader, ListEntry *entry, const Line *line)
{
    UntaggedLine parts;
    HashType type;
    if (!split_untagged(line, &parts) ||
        !list_bare_type(reader->options, parts.digest, parts.digest_length, &type))
        return "the line has no digest of 32, 40 or 64 hexadecimal digits";
    entry->has_size = parts.has_size;
    entry->size_bytes = parts.size_bytes;
    const char *name = parts.name;
    size_t length = parts.name_length;
    list_trim(&name, &length);
    if (length > 0 && name[0] == '*') {
        name++;
        length--;
    }
    entry->name = parts.escaped ? unescape_name(name, length) : list_text_new(name, length);
    return list_add_hash(entry, type, parts.digest, parts.digest_length);
}

static const char *fill_entry(const HashdeepReader *reader, ListEntry *entry, const Line *line)
{
    size_t type_length, name_end, digest;
    if (reader->column_count > 0)
        return fill_row(reader, entry, line);
    if (split_tagged(line->text, line->length, &type_length, &name_end, &digest))
        return fill_tagged(entry, line, type_length, name_end, digest);
    return fill_untagged(reader, entry, line);
}

static bool read_line(void *state, const Line *line, GError **err)
{
    HashdeepReader *reader = state;
    if (line->length == 0 || line->text[0] == '#')
        return true;
    if (starts_with(line, "%%%% HASHDEEP"))
        return true;
    if (starts_with(line, "%%%%"))
        return read_columns(reader, line, err);

    ListEntry entry;
    list_entry_init(&entry);
    entry.position = line->number;
    const char *refused = fill_entry(reader, &entry, line);
    bool ok = refused != NULL ? list_emit_refused(reader->sink, line->number, refused, err)
                              : list_emit_entry(reader->sink, &entry, false, err);
    list_entry_clear(&entry);
    return ok;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    HashdeepReader reader = {.options = options, .sink = sink};
    return list_emit_header(sink, &(ListHeader){.description = "hashdeep or md5deep output"},
                            err) &&
           list_read_lines(source, sink, read_line, &reader, err);
}

const ListFormat list_format_hashdeep = {
    .name = "hashdeep",
    .summary = "hashdeep, md5deep, sha1deep, sha256deep, md5sum and their kind",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
