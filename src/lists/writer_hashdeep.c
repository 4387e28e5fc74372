// SPDX-License-Identifier: Apache-2.0
//
// hashdeep. Its reader wants one line of columns and every digest of every row, so the columns are
// the most frequent digest and those that are as frequent; entries that lack one are left out. A
// size that is not known is an empty value, which hashdeep accepts.
#include "lists/list_writer_format.h"

static const HashType digests[] = {HASH_MD5, HASH_SHA1, HASH_SHA256};

static void begin(ListWriter *writer)
{
    uint64_t most = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++)
        most = MAX(most, writer->facts.hashes[digests[i]]);
    g_string_append(writer->text, "%%%% HASHDEEP-1.0\n%%%% size");
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        if (writer->facts.hashes[digests[i]] < most)
            continue;
        writer->columns |= 1u << digests[i];
        g_string_append_printf(writer->text, ",%s", hash_type_name(digests[i]));
    }
    g_string_append(writer->text, ",filename\n");
    if (writer->facts.remark != NULL)
        g_string_append_printf(writer->text, "## %s\n", writer->facts.remark);
}

static bool has_columns(const ListWriter *writer, const ListEntry *entry)
{
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++)
        if ((writer->columns >> digests[i] & 1) != 0 && list_entry_first(entry, digests[i]) == NULL)
            return false;
    return true;
}

static bool write_entry(ListWriter *writer, const ListEntry *entry)
{
    if (!has_columns(writer, entry))
        return false;
    size_t written = 0;
    if (entry->has_size)
        g_string_append_printf(writer->text, "%" G_GUINT64_FORMAT, entry->size_bytes);
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        if ((writer->columns >> digests[i] & 1) == 0)
            continue;
        g_string_append_c(writer->text, ',');
        list_append_hex(writer->text, list_entry_first(entry, digests[i]), false);
        written++;
    }
    g_string_append_printf(writer->text, ",%s\n", entry->name != NULL ? entry->name : "");
    writer->left_out.hashes += entry->hash_count - written;
    return true;
}

const ListWriterFormat list_writer_hashdeep = {
    .name = "hashdeep",
    .summary = "hashdeep: size, digests, file name",
    .begin = begin,
    .entry = write_entry,
};
