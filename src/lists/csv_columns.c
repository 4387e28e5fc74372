// SPDX-License-Identifier: Apache-2.0
#include "lists/csv_columns.h"

#include <string.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "lists/list_emit.h"

typedef struct {
    const char *heading; // lower case, letters and digits only
    ColumnRole role;
    HashType type;
} Heading;

static const Heading headings[] = {
    {"md5", ROLE_HASH, HASH_MD5},
    {"md5hash", ROLE_HASH, HASH_MD5},
    {"hashmd5", ROLE_HASH, HASH_MD5},
    {"sha1", ROLE_HASH, HASH_SHA1},
    {"sha1hash", ROLE_HASH, HASH_SHA1},
    {"hashsha1", ROLE_HASH, HASH_SHA1},
    {"sha256", ROLE_HASH, HASH_SHA256},
    {"sha256hash", ROLE_HASH, HASH_SHA256},
    {"hashsha256", ROLE_HASH, HASH_SHA256},
    {"pdq", ROLE_HASH, HASH_PDQ},
    {"pdqhash", ROLE_HASH, HASH_PDQ},
    {"photodna", ROLE_HASH, HASH_PHOTODNA},
    {"pdna", ROLE_HASH, HASH_PHOTODNA},
    {"tmkpdqf", ROLE_HASH, HASH_TMK_PDQF},
    {"otherhashes", ROLE_HASH, HASH_OTHER},
    {"hash", ROLE_BARE_HASH, 0},
    {"digest", ROLE_BARE_HASH, 0},
    {"hashvalue", ROLE_BARE_HASH, 0},
    {"hashtype", ROLE_HASH_TYPE, 0},
    {"type", ROLE_HASH_TYPE, 0},
    {"algorithm", ROLE_HASH_TYPE, 0},
    {"category", ROLE_CATEGORY, 0},
    {"classification", ROLE_CATEGORY, 0},
    {"baseline", ROLE_CATEGORY, 0},
    {"series", ROLE_SERIES, 0},
    {"seriesname", ROLE_SERIES, 0},
    {"filename", ROLE_NAME, 0},
    {"name", ROLE_NAME, 0},
    {"path", ROLE_NAME, 0},
    {"filepath", ROLE_NAME, 0},
    {"key", ROLE_KEY, 0},
    {"id", ROLE_KEY, 0},
    {"entryid", ROLE_KEY, 0},
    {"imageid", ROLE_KEY, 0},
    {"size", ROLE_SIZE, 0},
    {"filesize", ROLE_SIZE, 0},
    {"sizebytes", ROLE_SIZE, 0},
    {"bytes", ROLE_SIZE, 0},
    {"comment", ROLE_COMMENT, 0},
    {"comments", ROLE_COMMENT, 0},
    {"usercomment", ROLE_COMMENT, 0},
    {"notes", ROLE_COMMENT, 0},
    {"victimidentified", ROLE_VICTIM, 0},
    {"identified", ROLE_VICTIM, 0},
    {"offenderidentified", ROLE_OFFENDER, 0},
    {"isdistributed", ROLE_DISTRIBUTED, 0},
    {"distributed", ROLE_DISTRIBUTED, 0},
    {"mediatype", ROLE_MEDIA_TYPE, 0},
    {"mimetype", ROLE_MEDIA_TYPE, 0},
};

// The heading as the table has it; NULL when it is too long to be one.
static char *normalise(const CsvField *field)
{
    if (field->length > LIMIT_LIST_TEXT)
        return NULL;
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < field->length; i++)
        if (g_ascii_isalnum(field->text[i]))
            g_string_append_c(text, g_ascii_tolower(field->text[i]));
    return g_string_free(text, FALSE);
}

static bool is_taken(const CsvColumns *columns, const Heading *heading)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->columns[i].role == heading->role &&
            (heading->role != ROLE_HASH || columns->columns[i].type == heading->type))
            return true;
    return false;
}

static CsvColumn column_of_heading(const CsvColumns *before, const CsvField *field,
                                   const char *const *extra)
{
    g_autofree char *text = normalise(field);
    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(headings); i++)
        if (strcmp(headings[i].heading, text) == 0 && !is_taken(before, &headings[i]))
            return (CsvColumn){.role = headings[i].role, .type = headings[i].type};
    for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
        if (strlen(extra[i]) == field->length &&
            g_ascii_strncasecmp(extra[i], field->text, field->length) == 0)
            return (CsvColumn){.role = ROLE_EXTRA, .heading = g_strdup(extra[i])};
    return (CsvColumn){.role = ROLE_NONE};
}

static CsvColumns columns_new(size_t count)
{
    return (CsvColumns){.columns = g_new0(CsvColumn, count)};
}

static void append_column(CsvColumns *columns, CsvColumn column)
{
    columns->columns[columns->count++] = column;
    columns->hash_columns += column.role == ROLE_HASH || column.role == ROLE_BARE_HASH;
}

CsvColumns csv_columns_from_headings(const CsvField *fields, size_t count, const char *const *extra)
{
    CsvColumns columns = columns_new(count);
    for (size_t i = 0; i < count; i++)
        append_column(&columns, column_of_heading(&columns, &fields[i], extra));
    return columns;
}

CsvColumns csv_columns_from_options(const ListReadOptions *options)
{
    CsvColumns columns = columns_new(CSV_FIELDS);
    columns.count = CSV_FIELDS;
    const struct {
        unsigned column;
        ColumnRole role;
    } others[] = {
        {options->column_of_category, ROLE_CATEGORY},
        {options->column_of_name, ROLE_NAME},
        {options->column_of_key, ROLE_KEY},
        {options->column_of_size, ROLE_SIZE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (others[i].column > 0 && others[i].column <= CSV_FIELDS)
            columns.columns[others[i].column - 1].role = others[i].role;
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++) {
        unsigned column = options->column_of_hash[type];
        if (column == 0 || column > CSV_FIELDS)
            continue;
        columns.columns[column - 1] = (CsvColumn){.role = ROLE_HASH, .type = (HashType)type};
        columns.hash_columns++;
    }
    return columns;
}

CsvColumns csv_columns_from_values(const CsvField *fields, size_t count,
                                   const ListReadOptions *options)
{
    CsvColumns columns = columns_new(count);
    for (size_t i = 0; i < count; i++) {
        const char *text = fields[i].text;
        size_t length = fields[i].length;
        HashType type;
        list_trim(&text, &length);
        bool is_hash = list_bare_type(options, text, length, &type);
        append_column(&columns, is_hash ? (CsvColumn){.role = ROLE_HASH, .type = type}
                                        : (CsvColumn){.role = ROLE_NONE});
    }
    return columns;
}

void csv_columns_clear(CsvColumns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        g_free(columns->columns[i].heading);
    g_clear_pointer(&columns->columns, g_free);
    columns->count = 0;
}

// A record on its way to becoming an entry.
typedef struct {
    const ListReadOptions *options;
    ListEntry entry;
    const CsvField *hash_type; // value of the ROLE_HASH_TYPE column, or NULL
    GString *extra;            // members for extra_json, or NULL
} EntryBuild;

static const char *add_bare_hash(EntryBuild *build, const CsvField *field)
{
    const char *text = field->text;
    size_t length = field->length;
    list_trim(&text, &length);
    if (length == 0)
        return NULL;
    if (build->hash_type != NULL && build->hash_type->length > 0)
        return list_add_named_hash(&build->entry, build->hash_type->text, build->hash_type->length,
                                   text, length);
    HashType type;
    if (!list_bare_type(build->options, text, length, &type))
        return "not 32, 40 or 64 hexadecimal digits";
    return list_add_hash(&build->entry, type, text, length);
}

// A cell may hold several hashes of one type, separated by blanks.
static const char *add_hashes(EntryBuild *build, HashType type, const CsvField *field)
{
    const char *refused = NULL;
    const char *text = field->text;
    const char *end = field->text + field->length;
    while (text < end && refused == NULL) {
        const char *blank = memchr(text, ' ', (size_t)(end - text));
        const char *stop = blank != NULL ? blank : end;
        refused = list_add_hash(&build->entry, type, text, (size_t)(stop - text));
        text = stop + 1;
    }
    return refused;
}

static void add_extra(EntryBuild *build, const char *heading, const CsvField *field)
{
    g_autofree char *value = list_text_new(field->text, field->length);
    if (value == NULL)
        return;
    if (build->extra == NULL)
        build->extra = g_string_new(NULL);
    JsonWriter json;
    g_string_append_c(build->extra, build->extra->len == 0 ? '{' : ',');
    json_writer_init(&json, build->extra);
    json_write_member_string(&json, heading, value);
}

// Spreadsheets run text that begins with = + - or @; our own CSV guards such text by a quote.
static CsvField without_guard(CsvField field)
{
    if (field.length >= 2 && field.text[0] == '\'' && strchr("=+-@", field.text[1]) != NULL)
        return (CsvField){field.text + 1, field.length - 1};
    return field;
}

static const char *set_size(ListEntry *entry, const CsvField *field)
{
    const char *text = field->text;
    size_t length = field->length;
    list_trim(&text, &length);
    if (length == 0)
        return NULL;
    entry->has_size = list_parse_uint(text, length, &entry->size_bytes);
    return entry->has_size ? NULL : "the size is not a number";
}

static bool is_video(const CsvField *field)
{
    return field->length >= 5 && g_ascii_strncasecmp(field->text, "video", 5) == 0;
}

// NULL, or why the value is refused.
static const char *add_value(EntryBuild *build, const CsvColumn *column, const CsvField *field)
{
    ListEntry *entry = &build->entry;
    CsvField text = without_guard(*field);
    switch (column->role) {
    case ROLE_HASH:
        return add_hashes(build, column->type, field);
    case ROLE_BARE_HASH:
        return add_bare_hash(build, field);
    case ROLE_CATEGORY:
        list_text_set(&entry->category, text.text, text.length);
        return NULL;
    case ROLE_SERIES:
        list_text_set(&entry->series, text.text, text.length);
        return NULL;
    case ROLE_NAME:
        list_text_set(&entry->name, text.text, text.length);
        return NULL;
    case ROLE_KEY:
        list_text_set(&entry->key, text.text, text.length);
        return NULL;
    case ROLE_COMMENT:
        list_text_set(&entry->comment, text.text, text.length);
        return NULL;
    case ROLE_SIZE:
        return set_size(entry, field);
    case ROLE_VICTIM:
        entry->victim_identified = list_tristate(field->text, field->length);
        return NULL;
    case ROLE_OFFENDER:
        entry->offender_identified = list_tristate(field->text, field->length);
        return NULL;
    case ROLE_DISTRIBUTED:
        entry->distributed = list_tristate(field->text, field->length);
        return NULL;
    case ROLE_MEDIA_TYPE:
        entry->is_video = is_video(field);
        return NULL;
    case ROLE_EXTRA:
        add_extra(build, column->heading, field);
        return NULL;
    default:
        return NULL;
    }
}

static const CsvField *find_hash_type(const CsvColumns *columns, const CsvReader *record)
{
    for (size_t i = 0; i < columns->count && i < record->field_count; i++)
        if (columns->columns[i].role == ROLE_HASH_TYPE)
            return &record->fields[i];
    return NULL;
}

static bool emit_build(EntryBuild *build, const CsvColumns *columns, const CsvReader *record,
                       const ListSink *sink, GError **err)
{
    bool values_refused = false;
    for (size_t i = 0; i < columns->count && i < record->field_count; i++) {
        const char *refused = add_value(build, &columns->columns[i], &record->fields[i]);
        if (refused == NULL)
            continue;
        values_refused = true;
        if (!list_emit_refused(sink, record->line, refused, err))
            return false;
    }
    if (build->extra != NULL) {
        g_string_append_c(build->extra, '}');
        build->entry.extra_json = g_string_free(g_steal_pointer(&build->extra), FALSE);
    }
    return list_emit_entry(sink, &build->entry, values_refused, err);
}

bool csv_columns_emit(const CsvColumns *columns, const CsvReader *record,
                      const ListReadOptions *options, const ListSink *sink, GError **err)
{
    EntryBuild build = {.options = options, .hash_type = find_hash_type(columns, record)};
    list_entry_init(&build.entry);
    build.entry.position = record->line;
    bool ok = emit_build(&build, columns, record, sink, err);
    if (build.extra != NULL)
        g_string_free(build.extra, TRUE);
    list_entry_clear(&build.entry);
    return ok;
}
