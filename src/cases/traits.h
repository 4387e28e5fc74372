// SPDX-License-Identifier: Apache-2.0
//
// Traits: what a record has that may lead to other media: its camera, where and when it was taken,
// what folder it lay in, whose addresses stand beside it. The same value in two places is a link
// (cases/links.h). Pure functions.
//
//   camera         make and model
//   camera_serial  make, model and serial of the body
//   jpeg_tables    SHA-256 of the quantisation tables, hex
//   software       as EXIF names it
//   place          a cell of about 100 m by 100 m: trait_place
//   taken          when, by the camera, to the minute: 2026-01-31T23:59
//   folder         what it lies in: folder, archive, mail; lower case
//   file_name      lower case; nothing is stored for it, items say it themselves
//   email … name   identifiers, as cases/identifiers.h compares them
//
// Names and times that say nothing do not count: IMG_0001, DCIM, WhatsApp Image …, midnight of the
// first of January, zero degrees north and east.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

typedef enum {
    TRAIT_CAMERA,
    TRAIT_CAMERA_SERIAL,
    TRAIT_JPEG_TABLES,
    TRAIT_SOFTWARE,
    TRAIT_PLACE,
    TRAIT_TAKEN,
    TRAIT_FOLDER,
    TRAIT_FILE_NAME,
    TRAIT_EMAIL,
    TRAIT_PHONE,
    TRAIT_ACCOUNT,
    TRAIT_IP,
    TRAIT_DEVICE,
    TRAIT_URL,
    TRAIT_NAME,
    TRAIT_KIND_COUNT,
} TraitKind;

const char *trait_kind_name(TraitKind kind);
bool trait_kind_from_name(const char *name, TraitKind *ret_kind);
static inline bool trait_is_identifier(TraitKind kind)
{
    return kind >= TRAIT_EMAIL && kind < TRAIT_KIND_COUNT;
}
// Of the content itself, and so the same wherever it lies.
static inline bool trait_is_of_media(TraitKind kind)
{
    return kind <= TRAIT_TAKEN;
}

typedef struct {
    TraitKind kind;
    char *value;   // as it is compared
    char *written; // of an identifier: as it was found; else NULL
} Trait;
void trait_free(Trait *trait);

// Of Trait *. Empty for most records that are no pictures.
GPtrArray *traits_of_record(const Record *record);

// The folder that a path lies in, as it is compared; NULL: none, or one that says nothing.
char *trait_folder(const char *path);
// A file's name as it is compared; NULL when it says nothing.
char *trait_file_name(const char *name);

// A cell: rows of 900 micro-degrees of latitude (100.2 m) from the equator, in each as many columns
// from Greenwich as make cells as wide as high at the middle of the row: "ROW:COLUMN". Places less
// than 100 m apart may lie in neighbouring cells. NULL: no place on earth, or zero and zero.
char *trait_place(double latitude, double longitude);
// The cells of a place and of what lies up to `reach` cells (at most TRAIT_PLACE_REACH) around it,
// each once: char *.
#define TRAIT_PLACE_REACH 10u
GPtrArray *trait_places_around(double latitude, double longitude, unsigned reach);

// Whether a name, without its ending, is one that cameras and programs give.
bool trait_name_is_generic(const char *name);
