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
    OBJECT_NONE, // nothing follows
    OBJECT_LINK,
    OBJECT_EMBEDDED,
    OBJECT_PRESENTATION,
} ObjectForm;

typedef struct {
    ObjectForm form;
    char *class_name;            // bytes; owned
    char *topic;                 // bytes; owned: of a link, what it leads to
    uint64_t offset, size_bytes; // of the data
    bool is_cut;                 // less is there than was said
    uint64_t end;                // behind it; the next object begins here
} EmbeddedObject;

// The object that begins at `offset`. False when there is none.
bool embedded_object_read(Source *source, uint64_t offset, EmbeddedObject *ret_object);
void embedded_object_clear(EmbeddedObject *object);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EmbeddedObject, embedded_object_clear)

typedef struct {
    char *file_name; // UTF-8 where it is stored so, else bytes; owned
    uint64_t offset, size_bytes;
    bool is_cut;
} Package;

// The package that begins at `offset`. False when there is none.
bool package_read(Source *source, uint64_t offset, Package *ret_package);
void package_clear(Package *package);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Package, package_clear)
