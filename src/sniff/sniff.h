// SPDX-License-Identifier: Apache-2.0
//
// What is this? A table of magic bytes, the family each type belongs to, and whether a name's
// extension fits. Pure functions over the first bytes of an item; no library, no allocation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes from the start of an item that decide every type in the table. Nearly all are decided by
// the first 512; ISO 9660 says its name only behind 32 KiB of nothing. What is marked at the end of
// an item alone (fixed VHD, most DMG) is not seen here.
#define SNIFF_BYTES 33280

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
    FAMILY_FONT,
    FAMILY_COUNT,
} Family;

const char *family_name(Family family);

typedef struct {
    const char *media_type; // "image/jpeg"; "application/octet-stream" when nothing fits
    Family family;
    bool can_decode;               // a media worker of this version decodes it
    const char *const *extensions; // NULL-terminated, lower case; NULL when any name is fine
} SniffType;

// The type of an item that begins with these bytes (fewer than SNIFF_BYTES are fine: then fewer
// types are seen). Never NULL; borrowed from a static table. Well under a microsecond.
const SniffType *sniff_bytes(const uint8_t *bytes, size_t size_bytes);

// The type with this media type text, or NULL.
const SniffType *sniff_by_media_type(const char *media_type);

typedef enum {
    EXTENSION_FITS,     // or there is none, or nothing is known of it
    EXTENSION_HARMLESS, // another name for a related type, or text named oddly
    EXTENSION_MISMATCH, // another family, such as an archive under a media name
    EXTENSION_DISGUISE, // media under a name that is not media: weighs most
} ExtensionCheck;

// Families are compared, not types: a PNG named .jpg is harmless, a video named .jpg is not. Names
// that say nothing of what is inside (.tmp, .bak, .dat, numbers) fit everything.
//
// Does `name` (the last component of a path, bytes) fit the type found inside?
ExtensionCheck sniff_check_extension(const SniffType *type, const char *name);
