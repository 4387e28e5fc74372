// SPDX-License-Identifier: Apache-2.0
//
// ICSE CSV. Holds MD5, SHA-1 and PhotoDNA, one of each; an entry with none of them is left out.
#include "lists/list_writer_format.h"

#include <string.h>

static const HashType types[] = {HASH_MD5, HASH_SHA1, HASH_PHOTODNA};

static void begin(ListWriter *writer)
{
    g_string_append(writer->text,
                    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender "
                    "identified;Series name;Number of submissions;File Available;Media "
                    "Type;Baseline\r\n");
}

static void append_cell(GString *text, const char *value)
{
    g_string_append_c(text, ';');
    csv_append_cell(text, value, ';');
}

static const char *tristate_word(int value)
{
    return value < 0 ? NULL : value != 0 ? "true" : "false";
}

// Returns how many of the entry's hashes went in.
static size_t append_hashes(GString *text, const ListEntry *entry)
{
    size_t written = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        const ListHash *hash = list_entry_first(entry, types[i]);
        if (i > 0)
            g_string_append_c(text, ';');
        if (hash == NULL)
            continue;
        written++;
        if (types[i] == HASH_PHOTODNA)
            csv_append_cell(text, hash->text, ';');
        else
            list_append_hex(text, hash, true);
    }
    return written;
}

static bool write_entry(ListWriter *writer, const ListEntry *entry)
{
    GString *text = writer->text;
    size_t before = text->len;
    size_t written = append_hashes(text, entry);
    if (written == 0) {
        g_string_truncate(text, before);
        return false;
    }
    g_autofree char *submissions = extra_member(entry, "Number of submissions");
    g_autofree char *available = extra_member(entry, "File Available");
    bool is_baseline = entry->category != NULL && strcmp(entry->category, "baseline") == 0;
    append_cell(text, entry->key);
    append_cell(text, tristate_word(entry->distributed));
    append_cell(text, tristate_word(entry->victim_identified));
    append_cell(text, tristate_word(entry->offender_identified));
    append_cell(text, entry->series);
    append_cell(text, submissions);
    append_cell(text, available);
    append_cell(text, entry->is_video ? "Video" : "Image");
    append_cell(text, is_baseline ? "true" : NULL);
    g_string_append(text, "\r\n");
    writer->left_out.hashes += entry->hash_count - written;
    writer->left_out.categories += entry->category != NULL && !is_baseline;
    return true;
}

const ListWriterFormat list_writer_icse = {
    .name = "icse",
    .summary = "ICSE CSV: MD5, SHA-1, PhotoDNA",
    .begin = begin,
    .entry = write_entry,
};
