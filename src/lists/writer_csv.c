// SPDX-License-Identifier: Apache-2.0
//
// CSV with headings that our reader knows; every field of an entry but extra_json, frames and
// segments. Several hashes of one type stand in one cell, separated by a blank. An entry that has
// frames only is left out.
#include "lists/list_writer_format.h"

static const HashType types[] = {HASH_MD5,      HASH_SHA1,     HASH_SHA256, HASH_PDQ,
                                 HASH_PHOTODNA, HASH_TMK_PDQF, HASH_OTHER};

static void begin(ListWriter *writer)
{
    g_string_append(writer->text, "key,md5,sha1,sha256,pdq,photodna,tmk_pdqf,other hashes,category,"
                                  "series,name,comment,size,victim identified,offender identified,"
                                  "distributed,media type\r\n");
}

static void append_hashes(GString *text, const ListEntry *entry, HashType type)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    for (size_t i = 0; i < entry->hash_count; i++) {
        const ListHash *hash = &entry->hashes[i];
        if (hash->type != type)
            continue;
        if (cell->len > 0)
            g_string_append_c(cell, ' ');
        if (type < HASH_COMPUTABLE_COUNT)
            list_append_hex(cell, hash, false);
        else
            g_string_append(cell, hash->text);
    }
    csv_append_cell(text, cell->str, ',');
}

static void append_cell(GString *text, const char *value)
{
    g_string_append_c(text, ',');
    csv_append_cell(text, value, ',');
}

static const char *tristate_word(int value)
{
    return value < 0 ? NULL : value != 0 ? "yes" : "no";
}

static bool write_entry(ListWriter *writer, const ListEntry *entry)
{
    GString *text = writer->text;
    if (entry->hash_count == 0)
        return false;
    csv_append_cell(text, entry->key, ',');
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_string_append_c(text, ',');
        append_hashes(text, entry, types[i]);
    }
    append_cell(text, entry->category);
    append_cell(text, entry->series);
    append_cell(text, entry->name);
    append_cell(text, entry->comment);
    g_string_append_c(text, ',');
    if (entry->has_size)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, entry->size_bytes);
    append_cell(text, tristate_word(entry->victim_identified));
    append_cell(text, tristate_word(entry->offender_identified));
    append_cell(text, tristate_word(entry->distributed));
    append_cell(text, entry->is_video ? "video" : NULL);
    g_string_append(text, "\r\n");
    return true;
}

const ListWriterFormat list_writer_csv = {
    .name = "csv",
    .summary = "CSV with headings: every field of an entry",
    .begin = begin,
    .entry = write_entry,
};
