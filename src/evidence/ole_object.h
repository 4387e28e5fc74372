// SPDX-License-Identifier: Apache-2.0
//
// Embedded objects in the form of OLE 1, which RTF still writes and OLE 2 keeps in streams named
// "\1Ole10Native": [MS-OLEDS] 2.2, and the object packager's own record, which is not in any
// specification.
//
//   object    u32 version, u32 form (1 link, 2 embedded, 5 presentation), class name, and
//             link, embedded   topic, item; u32 size; native data
//             presentation     u32 width, u32 height; u32 size; data
//             (a text is a u32 length with its zero, then the bytes)
//   package   u16 2; label and source path, each ending in a zero; u16 0; u16 kind (3 embedded);
//             text temporary path; u32 size; the file; then UTF-16 texts (u32 units): temporary
//             path, label, source path
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef enum {
    OLE_OBJECT_NONE, // nothing follows
    OLE_OBJECT_LINK,
    OLE_OBJECT_EMBEDDED,
    OLE_OBJECT_PRESENTATION,
} OleObjectForm;

typedef struct {
    OleObjectForm form;
    char *class_name;            // bytes; owned
    char *topic;                 // bytes; owned: of a link, what it leads to
    uint64_t offset, size_bytes; // of the data
    bool is_cut;                 // less is there than was said
    uint64_t end;                // behind it; the next object begins here
} OleObject;

// The object that begins at `offset`. False when there is none.
bool ole_object_read(Source *source, uint64_t offset, OleObject *ret_object);
void ole_object_clear(OleObject *object);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OleObject, ole_object_clear)

typedef struct {
    char *file_name; // UTF-8 where it is stored so, else bytes; owned
    uint64_t offset, size_bytes;
    bool is_cut;
} OlePackage;

// The package that begins at `offset`. False when there is none.
bool ole_package_read(Source *source, uint64_t offset, OlePackage *ret_package);
void ole_package_clear(OlePackage *package);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OlePackage, ole_package_clear)
