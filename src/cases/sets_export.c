// SPDX-License-Identifier: Apache-2.0
//
// The only way listed hashes leave the store, so it leads into a private file and nowhere else.
#include "cases/sets.h"

#include <string.h>

#include "base/error.h"
#include "base/output_file.h"
#include "lists/list_writer.h"

static const ListWriterFormat *find_format(const char *name, GError **err)
{
    const ListWriterFormat *format = name != NULL ? list_writer_format_by_name(name) : NULL;
    if (format != NULL)
        return format;
    g_autoptr(GString) names = g_string_new(NULL);
    for (const ListWriterFormat *const *row = list_writer_formats(); *row != NULL; row++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                               list_writer_format_name(*row));
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot write format \"%s\"; there are: %s",
                name != NULL ? name : "", names->str);
    return NULL;
}

// OutputFile refuses devices, FIFOs and links.
static bool check_target(const char *path, GError **err)
{
    if (strcmp(path, "-") != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "a set is exported to a file only, not to standard output: its hashes are secret");
    return false;
}

static bool write_out(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    return output_file_write(user_data, bytes, size_bytes, err);
}

typedef struct {
    SetStore *store;
    ListWriter *writer;
    bool with_frames;
} Export;

static bool export_with_frames(const Export *export, const StoredEntry *entry, GError **err)
{
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    if (!set_store_frames(export->store, entry->id, frames, err))
        return false;
    ListEntry content = entry->content; // borrowed, all of it
    content.frames = (FrameHash *)(void *)frames->data;
    content.frame_count = frames->len;
    return list_writer_entry(export->writer, &content, err);
}

static bool export_entry(void *user_data, const StoredEntry *entry, GError **err)
{
    const Export *export = user_data;
    if (entry->state != 0)
        return true;
    return export->with_frames && entry->content.frame_count > 0
               ? export_with_frames(export, entry, err)
               : list_writer_entry(export->writer, &entry->content, err);
}

static bool write_entries(const Export *export, const SetInfo *info, OutputFile *file, GError **err)
{
    return set_store_each_entry(export->store, info->id, export_entry, (void *)export, err) &&
           list_writer_end(export->writer, err) && output_file_commit(file, err);
}

static bool export_set(SetStore *store, const SetInfo *info, const ListWriterFormat *format,
                       OutputFile *file, SetsExportSummary *ret_summary, GError **err)
{
    g_autofree char *remark =
        g_strdup_printf("clew %s, set %s, generation %" G_GUINT64_FORMAT ", digest %s",
                        CLEW_VERSION, info->name, info->generation, info->digest);
    ListWriterFacts facts = {
        .scheme = info->scheme, .remark = remark, .videos = info->tally.videos};
    memcpy(facts.hashes, info->tally.hashes, sizeof facts.hashes);
    ListOutput output = {.write = write_out, .user_data = file};
    g_autoptr(ListWriter) writer = list_writer_new(format, &facts, &output);
    Export export = {
        .store = store, .writer = writer, .with_frames = list_writer_format_has_frames(format)};
    if (!write_entries(&export, info, file, err))
        return false;
    ListLeftOut left_out = list_writer_left_out(writer);
    *ret_summary = (SetsExportSummary){.written = list_writer_written(writer),
                                       .left_out = left_out.entries,
                                       .hashes_left_out = left_out.hashes,
                                       .categories_left_out = left_out.categories,
                                       .frames_left_out = left_out.frames,
                                       .segments_left_out = left_out.segments};
    return true;
}

bool sets_export(SetStore *store, const char *set_name, const SetsExportRequest *request,
                 SetsExportSummary *ret_summary, GError **err)
{
    const ListWriterFormat *format = find_format(request->format, err);
    if (format == NULL || !check_target(request->path, err))
        return false;
    // One state of the set from its counts to its last entry.
    if (!set_store_begin_snapshot(store, err))
        return false;
    g_autoptr(SetInfo) info = set_store_find(store, set_name, err);
    OutputFileOptions options = {.mode = 0600, .overwrite = request->overwrite};
    g_autoptr(OutputFile) file =
        info != NULL ? output_file_open(request->path, options, err) : NULL;
    bool ok = file != NULL && export_set(store, info, format, file, ret_summary, err);
    set_store_end_snapshot(store);
    return ok;
}
