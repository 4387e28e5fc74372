// SPDX-License-Identifier: Apache-2.0
#include "evidence/tnef_properties.h"

#include <glib.h>
#include <string.h>

#include "base/limits.h"

#define MULTIPLE_VALUES 0x1000u
#define FIRST_NAMED 0x8000u

// ---- Cursor -----------------------------------------------------------------------------------

Cursor cursor_init(Source *source, uint64_t offset, uint64_t size_bytes)
{
    uint64_t size = source_size(source);
    Cursor cursor = {.source = source, .offset = MIN(offset, size)};
    uint64_t left = size - cursor.offset;
    cursor.end = cursor.offset + MIN(size_bytes, left);
    return cursor;
}

static uint64_t read_little(Cursor *cursor, size_t count)
{
    uint8_t bytes[8];
    if (cursor->failed || cursor->end - cursor->offset < count ||
        !source_read_exact(cursor->source, cursor->offset, bytes, count, NULL)) {
        cursor->failed = true;
        return 0;
    }
    cursor->offset += count;
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

uint8_t cursor_u8(Cursor *cursor)
{
    return (uint8_t)read_little(cursor, 1);
}

uint16_t cursor_u16(Cursor *cursor)
{
    return (uint16_t)read_little(cursor, 2);
}

uint32_t cursor_u32(Cursor *cursor)
{
    return (uint32_t)read_little(cursor, 4);
}

uint64_t cursor_u64(Cursor *cursor)
{
    return read_little(cursor, 8);
}

void cursor_skip(Cursor *cursor, uint64_t count)
{
    if (cursor->failed || cursor->end - cursor->offset < count)
        cursor->failed = true;
    else
        cursor->offset += count;
}

// ---- Properties -------------------------------------------------------------------------------

// Bytes that one value of this type takes with its padding; 0: it says its own length. False for a
// type that is not known: what follows it cannot be found.
static bool fixed_size(uint16_t type, uint32_t *ret_size)
{
    switch (type) {
    case 0x0000: // unspecified
    case 0x0001: // null
    case 0x0002: // 16 bits
    case PROPERTY_LONG:
    case 0x0004: // float
    case 0x000a: // error
    case 0x000b: // boolean
        *ret_size = 4;
        return true;
    case 0x0005: // double
    case 0x0006: // currency
    case 0x0007: // date
    case 0x0014: // 64 bits
    case PROPERTY_TIME:
        *ret_size = 8;
        return true;
    case 0x0048: // GUID
        *ret_size = 16;
        return true;
    case PROPERTY_STRING8:
    case PROPERTY_STRING:
    case PROPERTY_OBJECT:
    case PROPERTY_BINARY:
        *ret_size = 0;
        return true;
    default:
        return false;
    }
}

static uint64_t padded(uint64_t size)
{
    return (size + 3) / 4 * 4;
}

// The name of a property whose number is only this list's.
static void skip_name(Cursor *cursor)
{
    cursor_skip(cursor, 16); // GUID of the property set
    uint32_t kind = cursor_u32(cursor);
    uint32_t number_or_length = cursor_u32(cursor);
    if (kind == 1)
        cursor_skip(cursor, padded(number_or_length));
}

// The last value of a list may leave its padding out.
static void skip_value(Cursor *cursor, uint64_t size)
{
    uint64_t left = cursor->end - cursor->offset;
    cursor_skip(cursor, size <= left ? MIN(padded(size), left) : size);
}

static bool read_property(Cursor *cursor, Property *ret_property)
{
    uint16_t type = cursor_u16(cursor), id = cursor_u16(cursor);
    if (id >= FIRST_NAMED)
        skip_name(cursor);
    uint16_t base = type & (uint16_t)~MULTIPLE_VALUES;
    uint32_t size = 0;
    if (cursor->failed || !fixed_size(base, &size))
        return false;
    bool has_count = size == 0 || base != type;
    uint32_t count = has_count ? cursor_u32(cursor) : 1;
    *ret_property = (Property){.type = base, .id = id};
    for (uint32_t i = 0; i < count && !cursor->failed; i++) {
        uint64_t length = size != 0 ? size : cursor_u32(cursor);
        if (i == 0) {
            ret_property->offset = cursor->offset;
            ret_property->size_bytes = length;
        }
        skip_value(cursor, length);
    }
    return !cursor->failed;
}

bool tnef_properties_read(Cursor *cursor, bool (*found)(void *user_data, const Property *property),
                          void *user_data)
{
    uint32_t count = cursor_u32(cursor);
    for (uint32_t i = 0; i < count && !cursor->failed; i++) {
        Property property;
        if (!read_property(cursor, &property))
            return false;
        if (property.size_bytes > 0 && !found(user_data, &property))
            return false;
    }
    return !cursor->failed;
}

// ---- Texts ------------------------------------------------------------------------------------

static char *from_utf16(const uint8_t *bytes, size_t size)
{
    g_autofree gunichar2 *units = g_new0(gunichar2, size / 2 + 1);
    for (size_t i = 0; i < size / 2; i++)
        units[i] = (gunichar2)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    return g_utf16_to_utf8(units, -1, NULL, NULL, NULL);
}

static char *from_codepage(const char *text, unsigned codepage)
{
    if (codepage == 0 || g_utf8_validate(text, -1, NULL))
        return g_strdup(text);
    g_autofree char *charset = g_strdup_printf("CP%u", codepage);
    char *converted = g_convert(text, -1, "UTF-8", charset, NULL, NULL, NULL);
    return converted != NULL ? converted : g_strdup(text);
}

char *tnef_text(Source *source, const Property *property, unsigned codepage)
{
    size_t size = (size_t)MIN(property->size_bytes, (uint64_t)LIMIT_NAME_BYTES);
    g_autofree char *bytes = g_malloc0(size + 1);
    if (!source_read_exact(source, property->offset, bytes, size, NULL))
        return NULL;
    char *text = property->type == PROPERTY_STRING ? from_utf16((const uint8_t *)bytes, size)
                                                   : from_codepage(bytes, codepage);
    if (text != NULL && text[0] == 0)
        g_clear_pointer(&text, g_free);
    return text;
}
