// SPDX-License-Identifier: Apache-2.0
//
// NSRL RDSv3, a SQLite database of known files (known, not known to be good). Rows are taken from
// the table FILE, else from the table METADATA that the published FILE view is made of (a plain
// scan; the view may sort), else from the view FILE. Columns are found by name.
#include "lists/formats.h"

#include <string.h>

#include "base/error.h"
#include "lists/list_emit.h"
#include "lists/nsrl_vfs.h"

// A step that runs longer than this without giving a row is a trap, not a list.
#define STEP_OPERATIONS 100000
#define STEPS_WITHOUT_ROW 500u

typedef enum {
    FIELD_SHA256,
    FIELD_SHA1,
    FIELD_MD5,
    FIELD_NAME,
    FIELD_SIZE,
    FIELD_COUNT,
} Field;

typedef struct {
    const ListSink *sink;
    sqlite3 *database;
    uint64_t row;   // of the row being read, 1-based
    unsigned steps; // since the last row
} NsrlReader;

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    static const char magic[16] = "SQLite format 3";
    return size_bytes >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0 ? 2 : 0;
}

static int count_steps(void *user_data)
{
    NsrlReader *reader = user_data;
    return ++reader->steps > STEPS_WITHOUT_ROW;
}

static sqlite3_stmt *prepare(NsrlReader *reader, const char *sql, const char *what, GError **err)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(reader->database, sql, -1, &statement, NULL);
    if (result != SQLITE_OK)
        nsrl_vfs_fail(reader->database, result, what, err);
    return statement;
}

// Whether the schema holds an object of this type and name. False, with err unset, when it does
// not.
static bool has_object(NsrlReader *reader, const char *type, const char *name, GError **err)
{
    sqlite3_stmt *statement =
        prepare(reader, "SELECT 1 FROM sqlite_schema WHERE type = ?1 AND upper(name) = ?2",
                "read the schema", err);
    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, type, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        nsrl_vfs_fail(reader->database, result, "read the schema", err);
    sqlite3_finalize(statement);
    return result == SQLITE_ROW;
}

// The object to read, or NULL with err set.
static const char *find_rows(NsrlReader *reader, GError **err)
{
    static const struct {
        const char *type, *name;
    } candidates[] = {{"table", "FILE"}, {"table", "METADATA"}, {"view", "FILE"}};
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        GError *error = NULL;
        if (has_object(reader, candidates[i].type, candidates[i].name, &error))
            return candidates[i].name;
        if (error != NULL) {
            g_propagate_error(err, error);
            return NULL;
        }
    }
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                        "the database has neither FILE nor METADATA: it is no NSRL RDSv3");
    return NULL;
}

// Notes the column that holds a field, the first where several do.
static void note_column(const char *columns[FIELD_COUNT], const char *column)
{
    static const struct {
        const char *column;
        Field field;
    } known[] = {
        {"sha256", FIELD_SHA256},  {"sha1", FIELD_SHA1},     {"md5", FIELD_MD5},
        {"file_name", FIELD_NAME}, {"filename", FIELD_NAME}, {"file_size", FIELD_SIZE},
        {"filesize", FIELD_SIZE},  {"bytes", FIELD_SIZE},    {"size", FIELD_SIZE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (columns[known[i].field] == NULL && g_ascii_strcasecmp(known[i].column, column) == 0)
            columns[known[i].field] = known[i].column;
}

// "SELECT sha256, sha1, … FROM name", with NULL where the object has no such column.
static char *select_text(NsrlReader *reader, const char *name, GError **err)
{
    g_autofree char *all = g_strdup_printf("SELECT * FROM \"%s\"", name);
    sqlite3_stmt *statement = prepare(reader, all, "read the columns", err);
    if (statement == NULL)
        return NULL;
    const char *columns[FIELD_COUNT] = {NULL};
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *column = sqlite3_column_name(statement, i);
        if (column != NULL)
            note_column(columns, column);
    }
    sqlite3_finalize(statement);

    GString *text = g_string_new("SELECT ");
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               columns[i] != NULL ? columns[i] : "NULL");
    g_string_append_printf(text, " FROM \"%s\"", name);
    return g_string_free(text, FALSE);
}

static const char *add_hash(ListEntry *entry, sqlite3_stmt *row, int column, HashType type)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return NULL;
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text != NULL ? list_add_hash(entry, type, text, strlen(text)) : NULL;
}

static bool emit_row(NsrlReader *reader, sqlite3_stmt *row, GError **err)
{
    static const HashType types[] = {HASH_SHA256, HASH_SHA1, HASH_MD5};
    ListEntry entry;
    list_entry_init(&entry);
    entry.position = reader->row;
    const char *refused = NULL;
    for (int i = 0; i < (int)G_N_ELEMENTS(types) && refused == NULL; i++)
        refused = add_hash(&entry, row, i, types[i]);
    const char *name = (const char *)sqlite3_column_text(row, FIELD_NAME);
    if (name != NULL)
        entry.name = list_text_new(name, strlen(name));
    const char *size = (const char *)sqlite3_column_text(row, FIELD_SIZE);
    entry.has_size = size != NULL && list_parse_uint(size, strlen(size), &entry.size_bytes);
    bool ok = refused != NULL ? list_emit_refused(reader->sink, reader->row, refused, err)
                              : list_emit_entry(reader->sink, &entry, false, err);
    list_entry_clear(&entry);
    return ok;
}

static bool read_rows(NsrlReader *reader, sqlite3_stmt *rows, GError **err)
{
    for (;;) {
        reader->steps = 0;
        int result = sqlite3_step(rows);
        if (result == SQLITE_DONE)
            return true;
        if (result != SQLITE_ROW) {
            g_autofree char *what =
                g_strdup_printf("read the row behind row %" G_GUINT64_FORMAT, reader->row);
            return nsrl_vfs_fail(reader->database, result, what, err);
        }
        reader->row++;
        if (!emit_row(reader, rows, err))
            return false;
    }
}

// The release, where the database says it; best effort, since only people read it.
static char *describe(NsrlReader *reader)
{
    sqlite3_stmt *statement = NULL;
    char *description = NULL;
    if (sqlite3_prepare_v2(reader->database, "SELECT version FROM VERSION LIMIT 1", -1, &statement,
                           NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        g_autofree char *version = text != NULL ? list_text_new(text, strlen(text)) : NULL;
        description = g_strdup_printf("NSRL RDSv3, version %.64s", version != NULL ? version : "?");
    }
    sqlite3_finalize(statement);
    return description != NULL ? description : g_strdup("NSRL RDSv3");
}

static bool read_database(NsrlReader *reader, GError **err)
{
    const char *name = find_rows(reader, err);
    g_autofree char *sql = name != NULL ? select_text(reader, name, err) : NULL;
    if (sql == NULL)
        return false;
    g_autofree char *description = describe(reader);
    ListHeader header = {.description = description, .is_benign = true};
    if (!list_emit_header(reader->sink, &header, err))
        return false;
    sqlite3_stmt *rows = prepare(reader, sql, "read the rows", err);
    bool ok = rows != NULL && read_rows(reader, rows, err);
    sqlite3_finalize(rows);
    return ok;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    if (source->size_bytes == UINT64_MAX) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "a SQLite list cannot be read from a pipe; save it to a file first");
        return false;
    }
    NsrlReader reader = {.sink = sink, .database = nsrl_vfs_open(source, err)};
    if (reader.database == NULL)
        return false;
    sqlite3_progress_handler(reader.database, STEP_OPERATIONS, count_steps, &reader);
    bool ok = read_database(&reader, err);
    nsrl_vfs_close(reader.database);
    return ok;
}

const ListFormat list_format_nsrl = {
    .name = "nsrl",
    .summary = "NSRL RDSv3, a SQLite database",
    .position_unit = "row",
    .recognise = recognise,
    .read = read_list,
};
