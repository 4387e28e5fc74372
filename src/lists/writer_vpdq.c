// SPDX-License-Identifier: Apache-2.0
//
// vPDQ text: the frames of videos, one a line, as the reference tool prints them. Several videos
// are told apart by a line "# video NAME" before each. An entry without frames is left out; so are
// the digests of those that have some.
#include "lists/list_writer_format.h"

#include "base/encoding.h"

static void begin(ListWriter *writer)
{
}

static void append_frame(GString *text, const FrameHash *frame)
{
    char hex[2 * PDQ_BYTES + 1];
    encoding_to_hex(frame->hash, PDQ_BYTES, hex);
    g_string_append_printf(text, "%u,%u,%s,%u.%03u\n", frame->number, frame->quality, hex,
                           frame->milliseconds / 1000, frame->milliseconds % 1000);
}

static bool write_entry(ListWriter *writer, const ListEntry *entry)
{
    if (entry->frames == NULL)
        return false;
    if (writer->facts.videos > 1 && entry->name != NULL)
        g_string_append_printf(writer->text, "# video %s\n", entry->name);
    else if (writer->facts.videos > 1)
        g_string_append(writer->text, "# video\n");
    for (size_t i = 0; i < entry->frame_count; i++)
        append_frame(writer->text, &entry->frames[i]);
    writer->left_out.hashes += entry->hash_count;
    writer->left_out.categories += entry->category != NULL;
    return true;
}

const ListWriterFormat list_writer_vpdq = {
    .name = "vpdq",
    .summary = "vPDQ text: hashed frames of videos",
    .has_frames = true,
    .begin = begin,
    .entry = write_entry,
};
