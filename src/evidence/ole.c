// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/ole_catalog.h"
#include "evidence/ole_encryption.h"
#include "evidence/ole_file.h"
#include "evidence/ole_msg.h"
#include "evidence/ole_streams.h"

#define SIGNATURE_BYTES 8u

typedef struct {
    const char *name;
    const SniffType *type;
} StreamRow;

// Streams that are containers, by their names.
static const StreamRow stream_rows[] = {
    {"Workbook", &ole_workbook_type},
    {"Book", &ole_workbook_type},
    {"PowerPoint Document", &ole_presentation_type},
    {"Pictures", &ole_pictures_type},       // PowerPoint
    {"Data", &ole_pictures_type},           // Word: pictures in the text
    {"WordDocument", &ole_pictures_type},   // Word: pictures beside the text
    {"0Table", &ole_pictures_type},         // Word
    {"1Table", &ole_pictures_type},         // Word
    {"EscherStm", &ole_pictures_type},      // Publisher
    {"EscherDelayStm", &ole_pictures_type}, // Publisher
    {"\001Ole10Native", &ole_package_type},
};

typedef struct {
    Walk *walk;
    const OleFile *file;
    const OleCatalog *catalog; // NULL when it is no Thumbs.db
} Document;

static const SniffType *stream_type(const OleEntry *entry)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stream_rows); i++)
        if (strcmp(entry->name, stream_rows[i].name) == 0)
            return stream_rows[i].type;
    return NULL;
}

// ---- Streams ----------------------------------------------------------------------------------

// Puts the attachment's own name in the place of the stream's.
static char *attachment_path(const OleFile *file, uint32_t number, const char *attachment)
{
    g_autofree char *folder = ole_file_path(file, ole_file_entry(file, number)->parent);
    return g_strconcat(folder, "/", attachment, NULL);
}

// What this document says of a stream beyond its name: sets name (newly allocated), type and times.
static char *describe(const Document *document, uint32_t number, Child *child)
{
    const OleEntry *entry = ole_file_entry(document->file, number);
    g_autofree char *attachment = ole_msg_attachment(document->file, entry, &child->times);
    if (attachment != NULL)
        return attachment_path(document->file, number, attachment);
    g_autofree char *path = ole_file_path(document->file, number);
    const char *shown = NULL;
    if (document->catalog != NULL && entry->parent == OLE_NO_PARENT &&
        ole_catalog_find(document->catalog, entry->name, &shown, &child->times.modified)) {
        child->type = &ole_thumbnail_type;
        return shown != NULL ? g_strdup_printf("%s (%s)", path, shown) : g_steal_pointer(&path);
    }
    child->type = stream_type(entry);
    return g_steal_pointer(&path);
}

static bool deliver(const Document *document, uint32_t number)
{
    const OleEntry *entry = ole_file_entry(document->file, number);
    g_autoptr(Source) stream = ole_file_stream(document->file, entry);
    g_autofree char *layer = g_strdup_printf("{\"stream\":%" PRIu32 "}", entry->id);
    g_autoptr(GPtrArray) findings = NULL;
    Child child = {.layer = layer, .source = stream};
    if (entry->is_unlinked) {
        findings = findings_new();
        findings_add(findings, FINDING_DELETED, 0, "a stream that no storage leads to");
        child.findings = findings;
    }
    g_autofree char *reason = NULL;
    if (source_size(stream) < entry->size_bytes) {
        reason = g_strdup_printf("only %" PRIu64 " of %" PRIu64 " bytes of the stream are there",
                                 source_size(stream), entry->size_bytes);
        child.status = STATUS_CORRUPT;
        child.reason = reason;
    }
    g_autofree char *name = describe(document, number, &child);
    child.name = name;
    return walk_child(document->walk, &child);
}

// ---- The rest ---------------------------------------------------------------------------------

static void search_unused(Walk *walk, const OleFile *file, Source *source)
{
    g_autoptr(GArray) unused = ole_file_unused(file);
    if (unused->len > 0 && !walk_leftover(walk, source, (const Extent *)(void *)unused->data,
                                          unused->len, LEFTOVER_GAP, 1))
        return;
    uint64_t end = ole_file_end(file), size = source_size(source);
    const Extent behind = {.offset = end, .size_bytes = size - end};
    if (behind.size_bytes > 0)
        walk_leftover(walk, source, &behind, 1,
                      ole_file_ends_in_free_sectors(file) ? LEFTOVER_GAP : LEFTOVER_APPENDED, 1);
}

static void say_state(Walk *walk, const OleFile *file)
{
    ole_say_encrypted(walk, file);
    uint64_t missing = ole_file_missing_bytes(file);
    if (missing > 0)
        walk_set_status(walk, STATUS_CORRUPT,
                        "the file is cut short: at least %" PRIu64 " bytes are missing", missing);
    if (ole_file_left_out(file) != NULL)
        walk_set_status(walk, STATUS_LIMIT, "%s", ole_file_left_out(file));
}

static void ole_open(Walk *walk, Source *source)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OleFile) file = ole_file_open(source, &error);
    if (file == NULL) {
        uint64_t size = source_size(source);
        const Extent all = {.offset = SIGNATURE_BYTES, .size_bytes = size - SIGNATURE_BYTES};
        walk_set_error(walk, error);
        walk_leftover(walk, source, &all, 1, LEFTOVER_GAP, 1);
        return;
    }
    say_state(walk, file);
    if (ole_file_find(file, OLE_NO_PARENT, "__properties_version1.0") != NULL)
        ole_msg_addresses(walk, file);
    g_autoptr(OleCatalog) catalog = ole_catalog_read(file);
    const Document document = {.walk = walk, .file = file, .catalog = catalog};
    for (uint32_t i = 0; i < ole_file_count(file); i++)
        if (!ole_file_entry(file, i)->is_storage && !deliver(&document, i))
            return;
    search_unused(walk, file, source);
}

static bool ole_fits(const SniffType *type, Source *source)
{
    return source_size(source) > SIGNATURE_BYTES &&
           strcmp(type->media_type, "application/x-ole-storage") == 0;
}

const Container ole_container = {.name = "compound file", .fits = ole_fits, .open = ole_open};
