// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_object.h"

#include <string.h>

#include "base/limits.h"
#include "base/reader.h"
#include "evidence/ole_values.h"

#define PACKAGE_TYPE 2u
#define PACKAGE_EMBEDDED 3u

// Reads along a source. A read past the end turns `failed`, as in base/reader.h.
typedef struct {
    Source *source;
    uint64_t at;
    bool failed;
} Cursor;

static void take(Cursor *cursor, void *target, size_t size)
{
    memset(target, 0, size);
    cursor->failed |= !source_read_exact(cursor->source, cursor->at, target, size, NULL);
    cursor->at += size;
}

static uint16_t take_u16(Cursor *cursor)
{
    uint8_t bytes[2];
    take(cursor, bytes, sizeof bytes);
    Reader reader = reader_init(bytes, sizeof bytes);
    return reader_u16le(&reader);
}

static uint32_t take_u32(Cursor *cursor)
{
    uint8_t bytes[4];
    take(cursor, bytes, sizeof bytes);
    Reader reader = reader_init(bytes, sizeof bytes);
    return reader_u32le(&reader);
}

static uint64_t bytes_left(const Cursor *cursor)
{
    uint64_t size = source_size(cursor->source);
    return cursor->at < size ? size - cursor->at : 0;
}

// A text after its length; longer ones than a name may be are no text.
static char *take_text(Cursor *cursor)
{
    uint32_t length = take_u32(cursor);
    if (cursor->failed || length > LIMIT_NAME_BYTES) {
        cursor->failed = true;
        return NULL;
    }
    g_autofree char *text = g_malloc0((size_t)length + 1);
    take(cursor, text, length);
    return g_steal_pointer(&text);
}

// A text up to its zero.
static char *take_string(Cursor *cursor)
{
    char text[LIMIT_NAME_BYTES];
    ssize_t count = source_read(cursor->source, cursor->at, text, sizeof text, NULL);
    const char *end = count > 0 ? memchr(text, 0, (size_t)count) : NULL;
    if (end == NULL) {
        cursor->failed = true;
        return NULL;
    }
    cursor->at += (uint64_t)(end - text) + 1;
    return g_strdup(text);
}

static char *take_utf16(Cursor *cursor)
{
    uint32_t units = take_u32(cursor);
    if (cursor->failed || units > LIMIT_NAME_BYTES / 2) {
        cursor->failed = true;
        return NULL;
    }
    g_autofree uint8_t *bytes = g_malloc0((size_t)units * 2 + 1);
    take(cursor, bytes, (size_t)units * 2);
    return ole_utf16_new(bytes, units);
}

// ---- Objects ----------------------------------------------------------------------------------

static OleObjectForm form_of(uint32_t value)
{
    switch (value) {
    case 1:
        return OLE_OBJECT_LINK;
    case 2:
        return OLE_OBJECT_EMBEDDED;
    case 5:
        return OLE_OBJECT_PRESENTATION;
    default:
        return OLE_OBJECT_NONE;
    }
}

bool ole_object_read(Source *source, uint64_t offset, OleObject *ret_object)
{
    Cursor cursor = {.source = source, .at = offset};
    g_auto(OleObject) object = {0};
    take_u32(&cursor);
    object.form = form_of(take_u32(&cursor));
    if (cursor.failed || object.form == OLE_OBJECT_NONE)
        return false;
    object.class_name = take_text(&cursor);
    if (object.form == OLE_OBJECT_PRESENTATION) {
        take_u32(&cursor);
        take_u32(&cursor);
    } else {
        object.topic = take_text(&cursor);
        g_free(take_text(&cursor));
    }
    // A link goes on with a network name and options; its data, if any, is a presentation.
    uint64_t size = object.form == OLE_OBJECT_LINK ? 0 : take_u32(&cursor);
    if (cursor.failed)
        return false;
    uint64_t left = bytes_left(&cursor);
    object.offset = cursor.at;
    object.is_cut = size > left;
    object.size_bytes = MIN(size, left);
    object.end = object.offset + object.size_bytes;
    *ret_object = object;
    object = (OleObject){0};
    return true;
}

void ole_object_clear(OleObject *object)
{
    g_free(object->class_name);
    g_free(object->topic);
    *object = (OleObject){0};
}

// ---- Packages ---------------------------------------------------------------------------------

// The label as UTF-16 behind the file; older packagers wrote none.
static char *unicode_label(Source *source, uint64_t offset)
{
    Cursor cursor = {.source = source, .at = offset};
    g_free(take_utf16(&cursor));
    g_autofree char *label = take_utf16(&cursor);
    return !cursor.failed && label[0] != '\0' ? g_steal_pointer(&label) : NULL;
}

static char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/'), *backslash = strrchr(path, '\\');
    const char *last = MAX(slash, backslash);
    return g_strdup(last != NULL ? last + 1 : path);
}

bool ole_package_read(Source *source, uint64_t offset, OlePackage *ret_package)
{
    Cursor cursor = {.source = source, .at = offset};
    if (take_u16(&cursor) != PACKAGE_TYPE)
        return false;
    g_autofree char *label = take_string(&cursor);
    g_autofree char *path = take_string(&cursor);
    take_u16(&cursor);
    unsigned kind = take_u16(&cursor);
    g_free(take_text(&cursor));
    uint64_t size = take_u32(&cursor);
    if (cursor.failed || kind != PACKAGE_EMBEDDED)
        return false;
    uint64_t left = bytes_left(&cursor);
    *ret_package =
        (OlePackage){.offset = cursor.at, .size_bytes = MIN(size, left), .is_cut = size > left};
    if (!ret_package->is_cut)
        ret_package->file_name = unicode_label(source, cursor.at + size);
    if (ret_package->file_name == NULL)
        ret_package->file_name = last_component(label[0] != '\0' ? label : path);
    return true;
}

void ole_package_clear(OlePackage *package)
{
    g_free(package->file_name);
    *package = (OlePackage){0};
}
