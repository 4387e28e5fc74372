// SPDX-License-Identifier: Apache-2.0
#include "list_render.h"

#include <sqlite3.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"

static int64_t memory_read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const MemoryList *list = user_data;
    if (offset >= list->size_bytes)
        return 0;
    size_t count = MIN(size_bytes, list->size_bytes - (size_t)offset);
    if (list->chunk_bytes > 0)
        count = MIN(count, list->chunk_bytes);
    memcpy(target, list->bytes + offset, count);
    return (int64_t)count;
}

ListSource memory_list_source(MemoryList *list)
{
    return (ListSource){
        .read_at = memory_read_at,
        .size_bytes = list->is_pipe ? UINT64_MAX : list->size_bytes,
        .user_data = list,
    };
}

static void append_text(GString *line, const char *name, const char *text)
{
    if (text != NULL)
        g_string_append_printf(line, " %s=[%s]", name, text);
}

static void append_tristate(GString *line, const char *name, int value)
{
    if (value >= 0)
        g_string_append_printf(line, " %s=%s", name, value == 1 ? "yes" : "no");
}

static void append_hash(GString *line, const ListHash *hash)
{
    if (hash->type >= HASH_COMPUTABLE_COUNT) {
        g_string_append_printf(line, " %s=[%s]", hash_type_name(hash->type), hash->text);
        return;
    }
    g_autofree char *hex = encoding_hex_new(hash->value, hash_type_bytes(hash->type));
    g_string_append_printf(line, " %s=%s", hash_type_name(hash->type), hex);
}

// The first four digits of the hash.
static void append_frame(GString *line, const FrameHash *frame)
{
    g_string_append_printf(line, " frame=%u,%u,%02x%02x,%u.%03u", frame->number, frame->quality,
                           frame->hash[0], frame->hash[1], frame->milliseconds / 1000,
                           frame->milliseconds % 1000);
}

char *render_entry(const ListEntry *entry)
{
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%s %" G_GUINT64_FORMAT,
                    entry->action == LIST_ENTRY_DELETED ? "deleted" : "entry", entry->position);
    append_text(line, "key", entry->key);
    for (size_t i = 0; i < entry->hash_count; i++)
        append_hash(line, &entry->hashes[i]);
    append_text(line, "category", entry->category);
    append_text(line, "series", entry->series);
    append_text(line, "name", entry->name);
    append_text(line, "comment", entry->comment);
    if (entry->has_size)
        g_string_append_printf(line, " size=%" G_GUINT64_FORMAT, entry->size_bytes);
    append_tristate(line, "victim", entry->victim_identified);
    append_tristate(line, "offender", entry->offender_identified);
    append_tristate(line, "distributed", entry->distributed);
    if (entry->is_video)
        g_string_append(line, " video");
    for (size_t i = 0; i < entry->frame_count; i++)
        append_frame(line, &entry->frames[i]);
    for (size_t i = 0; i < entry->segment_count; i++)
        g_string_append_printf(
            line, " segment=%g-%g%s%s", entry->segments[i].from, entry->segments[i].to,
            entry->segments[i].category != NULL ? ":" : "",
            entry->segments[i].category != NULL ? entry->segments[i].category : "");
    append_text(line, "extra", entry->extra_json);
    return g_string_free(line, FALSE);
}

static bool render_header(void *user_data, const ListHeader *header)
{
    GString *text = user_data;
    g_string_append_printf(text, "header [%s]", header->description);
    append_text(text, "scheme", header->scheme);
    if (header->is_benign)
        g_string_append(text, " benign");
    if (header->declared_count > 0)
        g_string_append_printf(text, " declares %" G_GUINT64_FORMAT, header->declared_count);
    g_string_append_c(text, '\n');
    return true;
}

static bool render_given(void *user_data, const ListEntry *entry)
{
    g_autofree char *line = render_entry(entry);
    g_string_append_printf(user_data, "%s\n", line);
    return true;
}

static bool render_refused(void *user_data, uint64_t position, const char *reason)
{
    g_string_append_printf(user_data, "refused %" G_GUINT64_FORMAT " %s\n", position, reason);
    return true;
}

static const char *name_of_code(int code)
{
    static const char *const names[] = {
        "not found", "invalid", "unsupported", "corrupt",   "limit",    "denied",
        "conflict",  "busy",    "io",          "cancelled", "internal",
    };
    return names[code];
}

char *render_list(const ListFormat *format, MemoryList list, const ListReadOptions *options)
{
    GString *text = g_string_new(NULL);
    const ListSource source = memory_list_source(&list);
    const ListSink sink = {
        .header = render_header,
        .entry = render_given,
        .refused = render_refused,
        .user_data = text,
    };
    g_autoptr(GError) error = NULL;
    const ListReadOptions none = {0};
    bool ok = format->read(&source, options != NULL ? options : &none, &sink, &error);
    g_assert_true(ok == (error == NULL));
    if (ok)
        g_string_append(text, "complete\n");
    else
        g_string_append_printf(text, "%s: %s\n", name_of_code(error->code), error->message);
    return g_string_free(text, FALSE);
}

char *render_text(const char *format, const char *text, const ListReadOptions *options)
{
    const ListFormat *found = list_format_by_name(format);
    g_assert_nonnull(found);
    return render_list(
        found, (MemoryList){.bytes = (const uint8_t *)text, .size_bytes = strlen(text)}, options);
}

uint8_t *database_from_sql(const char *sql, size_t *ret_size_bytes)
{
    sqlite3 *database;
    char *message = NULL;
    sqlite3_int64 size_bytes = 0;
    g_assert_cmpint(sqlite3_open(":memory:", &database), ==, SQLITE_OK);
    int result = sqlite3_exec(database, sql, NULL, NULL, &message);
    if (result != SQLITE_OK)
        g_error("the fixture's SQL: %s", message);
    uint8_t *image = sqlite3_serialize(database, "main", &size_bytes, 0);
    uint8_t *copy = g_memdup2(image, (size_t)size_bytes);
    sqlite3_free(image);
    sqlite3_close(database);
    *ret_size_bytes = (size_t)size_bytes;
    return copy;
}
