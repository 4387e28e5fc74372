// SPDX-License-Identifier: Apache-2.0
//
// Lists of MAPI properties inside TNEF (MS-OXTNEF section 2.1.3.4). Values are told by where they
// lie; nothing is copied.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

// MS-OXCDATA section 2.11.1.
typedef enum {
    PROPERTY_STRING8 = 0x001e,
    PROPERTY_STRING = 0x001f, // UTF-16LE
    PROPERTY_TIME = 0x0040,
    PROPERTY_OBJECT = 0x000d,
    PROPERTY_BINARY = 0x0102,
    PROPERTY_LONG = 0x0003,
} PropertyType;

typedef struct {
    uint16_t type, id;
    uint64_t offset, size_bytes; // of the value, the first one when there are several
} Property;

// Reads forward through a part of a source; a read past the end fails, and stays so.
typedef struct {
    Source *source;
    uint64_t offset, end;
    bool failed;
} Cursor;

Cursor cursor_init(Source *source, uint64_t offset, uint64_t size_bytes);
uint8_t cursor_u8(Cursor *cursor);
uint16_t cursor_u16(Cursor *cursor);
uint32_t cursor_u32(Cursor *cursor);
uint64_t cursor_u64(Cursor *cursor);
void cursor_skip(Cursor *cursor, uint64_t count);

// Calls `found` for each property of the list at the cursor, which then stands behind it. False
// when the list breaks off or `found` returned false.
bool tnef_properties_read(Cursor *cursor, bool (*found)(void *user_data, const Property *property),
                          void *user_data);

// A text value in UTF-8 or as it is stored, without the NUL, cut to LIMIT_NAME_BYTES; newly
// allocated. `codepage` is what eight-bit texts are written in; 0: not said. NULL when empty.
char *tnef_text(Source *source, const Property *property, unsigned codepage);
