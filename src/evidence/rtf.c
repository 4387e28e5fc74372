// SPDX-License-Identifier: Apache-2.0
#include "evidence/rtf.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/office_gaps.h"
#include "evidence/ole_dib.h"
#include "evidence/ole_object.h"
#include "evidence/rtf_reader.h"

#define SIGNATURE "{\\rt"
#define SIGNATURE_BYTES 4u
// Objects one after another in one group: data, what is shown for it.
#define PARTS_MAX 16u
// An object that says nothing follows.
#define END_BYTES 8u

typedef struct {
    Walk *walk;
    OfficeGaps *gaps;
    unsigned pictures, objects;
} Document;

// One child out of a group; `part` 0 is its main contents.
static bool deliver(const Document *document, const RtfData *data, unsigned part, const char *name,
                    Source *source, bool is_cut)
{
    g_autofree char *layer =
        part == 0 ? g_strdup_printf("{\"group\":%" PRIu64 "}", data->group)
                  : g_strdup_printf("{\"group\":%" PRIu64 ",\"part\":%u}", data->group, part);
    const Child child = {.name = name,
                         .layer = layer,
                         .source = source,
                         .status = is_cut ? STATUS_CORRUPT : STATUS_OK,
                         .reason = is_cut ? "the text breaks off inside it" : NULL};
    return walk_child(document->walk, &child);
}

static bool deliver_picture(Document *document, const RtfData *data)
{
    g_autofree char *name = g_strdup_printf("picture %u", ++document->pictures);
    g_autoptr(Source) file = data->is_dib ? ole_dib_file_new(data->data) : NULL;
    return deliver(document, data, 0, name, file != NULL ? file : data->data, data->is_cut);
}

// ---- Objects ----------------------------------------------------------------------------------

// A packaged file, or the object as its program stored it.
static bool deliver_embedded(const Document *document, const RtfData *data, unsigned part,
                             const char *name, const OleObject *object)
{
    g_auto(OlePackage) package = {0};
    bool is_package = g_ascii_strcasecmp(object->class_name, "Package") == 0 &&
                      ole_package_read(data->data, object->offset, &package);
    uint64_t offset = is_package ? package.offset : object->offset;
    uint64_t size = is_package ? package.size_bytes : object->size_bytes;
    bool is_cut = data->is_cut || (is_package ? package.is_cut : object->is_cut);
    g_autoptr(Source) contents = source_new_range(data->data, offset, size);
    return deliver(document, data, part, is_package ? package.file_name : name, contents, is_cut);
}

static bool deliver_part(const Document *document, const RtfData *data, unsigned part,
                         const char *name, const OleObject *object)
{
    if (object->form == OLE_OBJECT_LINK) {
        walk_add_finding(document->walk, FINDING_REFERENCE, 0, "%s links to %s", name,
                         object->topic);
        return true;
    }
    if (object->size_bytes == 0)
        return true;
    if (object->form == OLE_OBJECT_EMBEDDED)
        return deliver_embedded(document, data, part, name, object);
    g_autofree char *shown = g_strconcat(name, " as shown", NULL);
    g_autoptr(Source) contents = source_new_range(data->data, object->offset, object->size_bytes);
    return deliver(document, data, part, shown, contents, data->is_cut);
}

static bool deliver_object(Document *document, const RtfData *data)
{
    g_autofree char *name = g_strdup_printf("object %u", ++document->objects);
    uint64_t offset = 0, size = source_size(data->data);
    unsigned part = 0;
    for (; part < PARTS_MAX && !walk_is_over(document->walk); part++) {
        g_auto(OleObject) object = {0};
        if (!ole_object_read(data->data, offset, &object))
            break;
        offset = object.end;
        if (!deliver_part(document, data, part, name, &object))
            return false;
    }
    // No object of OLE 1, or something behind the last one.
    if (size - offset <= END_BYTES)
        return true;
    g_autoptr(Source) rest = source_new_range(data->data, offset, size - offset);
    return deliver(document, data, part, name, rest, data->is_cut);
}

// ---- The document -----------------------------------------------------------------------------

static bool found(void *user_data, const RtfData *data)
{
    Document *document = user_data;
    office_gaps_deliver(document->gaps, data->begin, data->end - data->begin);
    if (source_size(data->data) == 0)
        return true;
    switch (data->kind) {
    case RTF_PICTURE:
        return deliver_picture(document, data);
    case RTF_OBJECT:
        return deliver_object(document, data);
    case RTF_FILE:
        break;
    }
    return deliver(document, data, 0, data->word, data->data, data->is_cut);
}

static bool go_on(void *user_data)
{
    const Document *document = user_data;
    return !walk_is_over(document->walk);
}

// Behind the end: blanks, line ends and zeroes mean nothing.
static bool has_content(Source *source, uint64_t offset)
{
    uint8_t piece[4096];
    for (;;) {
        ssize_t count = source_read(source, offset, piece, sizeof piece, NULL);
        if (count <= 0)
            return false;
        for (ssize_t i = 0; i < count; i++)
            if (piece[i] != 0 && !g_ascii_isspace(piece[i]))
                return true;
        offset += (uint64_t)count;
    }
}

static void search_rest(const Document *document, Source *source, uint64_t end)
{
    const Extent behind = {.offset = end, .size_bytes = source_size(source) - end};
    if (!office_gaps_search(document->gaps, document->walk, source, SIGNATURE_BYTES, end))
        return;
    if (behind.size_bytes > 0 && has_content(source, end))
        walk_leftover(document->walk, source, &behind, 1, LEFTOVER_APPENDED, 1);
}

static void rtf_open(Walk *walk, Source *source)
{
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    g_autoptr(GError) error = NULL;
    Document document = {.walk = walk, .gaps = gaps};
    const RtfSink sink = {.found = found, .go_on = go_on, .user_data = &document};
    RtfResult result;
    if (!rtf_read(source, &sink, &result, &error) && error == NULL)
        return;
    if (error != NULL)
        walk_set_error(walk, error);
    if (result.is_cut)
        walk_set_status(walk, STATUS_CORRUPT, "the text breaks off inside a group");
    if (result.is_limited)
        walk_set_status(walk, STATUS_LIMIT,
                        "groups are nested too deep, or data is in too many pieces");
    search_rest(&document, source, result.end);
}

static bool rtf_fits(const SniffType *type, Source *source)
{
    uint8_t first[SIGNATURE_BYTES];
    if (strcmp(type->media_type, "application/rtf") == 0)
        return true;
    // Word reads texts whose signature is cut off there.
    return type->family == FAMILY_TEXT && source_read_exact(source, 0, first, sizeof first, NULL) &&
           memcmp(first, SIGNATURE, sizeof first) == 0;
}

const Container rtf_container = {.name = "RTF document", .fits = rtf_fits, .open = rtf_open};
