// SPDX-License-Identifier: Apache-2.0
//
// Builds one Media of a VICS case document for what Clew itself found. Paths become relative, with
// "\" between parts that every system takes as names; times that say no zone are left out.
//
//   begin -> file* -> end
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "model/digest_set.h"

typedef struct {
    uint64_t number; // MediaID
    const Digests *digests;
    uint64_t size_bytes;
    const char *media_type;
    bool has_category;
    unsigned category;
    const char *category_source;       // a set's name: precategorised; NULL: decided here
    const char *series;                // NULL: none
    bool victim_identified;            // false: not said
    const uint8_t *pdq_full, *pdq_512; // NULL: none
    bool has_dimensions, has_duration;
    uint32_t width, height, duration_ms;
    // Details of matches (docs/json.md): the pieces of a film become segments of the category.
    const char *const *match_details; // NULL-terminated, or NULL
} VicsOwnMedia;

typedef struct {
    GString *text; // owned
    JsonWriter json;
    char md5[2 * MD5_BYTES + 1];
} VicsObject;

void vics_object_begin(VicsObject *object, const VicsOwnMedia *media);

typedef struct {
    uint64_t number;   // MediaFileID
    const char *path;  // as Clew tells paths
    const char *times; // as in a record (docs/json.md); NULL: none
    const char *source;
    bool is_deleted; // false: not said
} VicsOwnFile;
void vics_object_file(VicsObject *object, const VicsOwnFile *file);

// The object's text; yours.
char *vics_object_end(VicsObject *object);

// The folder and name that stand for a path of Clew's; both newly allocated, the folder "" for
// none.
void vics_path_split(const char *path, char **ret_folder, char **ret_name);
