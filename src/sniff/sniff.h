// SPDX-License-Identifier: Apache-2.0
//
// What is this? A table of magic bytes, the family each type belongs to, and whether a name's
// extension fits. Pure functions over the first bytes of an item; no library, no allocation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes from the start of an item that decide every type in the table.
#define SNIFF_BYTES 4096

typedef enum {
    FAMILY_UNKNOWN,
    FAMILY_STILL,
    FAMILY_VIDEO,
    FAMILY_AUDIO,
    FAMILY_ARCHIVE,
    FAMILY_DOCUMENT,
    FAMILY_MAIL,
    FAMILY_DISK_IMAGE,
    FAMILY_EXECUTABLE,
    FAMILY_DATABASE,
    FAMILY_TEXT,
    FAMILY_COUNT,
} Family;

const char *family_name(Family family);

typedef struct {
    const char *media_type; // "image/jpeg"; "application/octet-stream" when nothing fits
    Family family;
    bool can_decode;               // a media worker of this version decodes it
    const char *const *extensions; // NULL-terminated, lower case; NULL when any name is fine
} SniffType;

// The type of an item that begins with these bytes. Never NULL; borrowed from a static table.
const SniffType *sniff_bytes(const uint8_t *bytes, size_t size_bytes);

// The type with this media type text, or NULL.
const SniffType *sniff_by_media_type(const char *media_type);

typedef enum {
    EXTENSION_FITS,     // or there is none, or nothing is known of it
    EXTENSION_HARMLESS, // another name for a related type, or text named oddly
    EXTENSION_MISMATCH, // another family, such as an archive under a media name
    EXTENSION_DISGUISE, // media under a name that is not media: weighs most
} ExtensionCheck;

// Does `name` (the last component of a path, bytes) fit the type found inside?
ExtensionCheck sniff_check_extension(const SniffType *type, const char *name);
