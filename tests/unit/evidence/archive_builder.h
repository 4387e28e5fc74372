// SPDX-License-Identifier: Apache-2.0
//
// Small archives made byte by byte, also such as no tool makes.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- ZIP --------------------------------------------------------------------------------------

typedef struct {
    GByteArray *bytes;
    GByteArray *directory;
    unsigned entries;
    size_t start; // of the archive: offsets in the directory count from here
} ZipBuilder;

// A member. All-zero fields are what an ordinary tool writes.
typedef struct {
    const char *name;
    const void *bytes;
    size_t size;
    bool is_deflated;
    bool is_hidden;           // no entry in the directory
    bool has_descriptor;      // sizes and checksum behind the data only
    bool is_plain_descriptor; // without its signature
    const char *local_name;   // another name in the local header
    uint16_t method;          // written instead of the true one, in the directory alone
    uint16_t local_method;    // the same in the local header
    uint16_t flags;           // set in addition
    uint32_t wrong_crc32;     // added to the true one
    uint32_t local_offset;    // written instead of the true one, when not 0
    const void *extra;        // extra fields of both headers
    uint16_t extra_bytes;
} ZipBuilderMember;

void zip_builder_begin(ZipBuilder *builder);
// Returns the offset of the member's local header.
size_t zip_builder_add(ZipBuilder *builder, ZipBuilderMember member);
// Bytes that belong to nothing.
void zip_builder_add_bytes(ZipBuilder *builder, const void *bytes, size_t size);
// The directory and the end record. The builder is done; the bytes are yours.
GByteArray *zip_builder_finish(ZipBuilder *builder, const char *comment);

// ---- tar --------------------------------------------------------------------------------------

void tar_builder_add(GByteArray *bytes, const char *name, const void *contents, size_t size);
void tar_builder_finish(GByteArray *bytes);

// ---- RAR, stored members only -----------------------------------------------------------------

typedef struct {
    const char *name;
    const void *bytes; // of this part
    size_t size;
    size_t whole_size; // of the member; 0: `size`
    uint32_t crc32;    // of the whole; 0: of `bytes`
    bool is_continued; // from the volume before
    bool continues;    // in the next
    bool is_encrypted; // marked as such
    uint8_t version;   // of the packing, RAR 4; 0: the usual
    bool is_packed;    // marked as packed, not stored
} RarBuilderMember;

// Signature and main header of a volume; number 0: the only or first one.
void rar4_builder_begin(GByteArray *bytes, bool is_volume);
void rar4_builder_add(GByteArray *bytes, RarBuilderMember member);
void rar4_builder_finish(GByteArray *bytes, bool has_next);

void rar5_builder_begin(GByteArray *bytes, bool is_volume, unsigned number);
void rar5_builder_add(GByteArray *bytes, RarBuilderMember member);
void rar5_builder_finish(GByteArray *bytes, bool has_next);

// ---- Compressed -------------------------------------------------------------------------------

// One gzip member. `name` NULL: none is stored.
GByteArray *gzip_new(const void *bytes, size_t size, const char *name, uint32_t modified);
