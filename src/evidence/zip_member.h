// SPDX-License-Identifier: Apache-2.0
//
// ZipMember: the contents of one member of a ZIP archive, decrypted and unpacked when they are
// first asked for, and checked against the checksum and size that the archive has for them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/archive_stream.h"
#include "evidence/walk.h"
#include "evidence/zip_structure.h"

// What an archive knows of the passwords that were given.
typedef struct {
    const char *const *list; // NULL-terminated; borrowed
    size_t last_good;        // index of the one that fitted last
    unsigned failures;       // password trials that cost much and failed
    uint64_t opened;         // members that a password opened
    uint64_t not_encrypted;  // members that are marked as encrypted and are not
} ZipPasswords;

typedef struct {
    Walk *walk;
    Source *source;
    ZipPasswords *passwords;
    ZipEntry entry; // its name is not looked at
    ZipLocal local;
    GPtrArray *findings;    // borrowed; what reading shows is added. NULL: nobody asks
    ArchiveStream *stream;  // once it was asked for; owned
    Source *bytes;          // likewise
    uint64_t checked_bytes; // of `bytes`, from the start
    uint32_t checked_crc32;
} ZipMember;

// Of the form that Child.read has; user_data is a ZipMember. CLEW_ERROR_DENIED when it is encrypted
// and no password fits.
ssize_t zip_member_read(void *user_data, void *target, size_t size, GError **err);
void zip_member_clear(ZipMember *member);

// Is the member merely marked as encrypted? Some tools do that so that others give up.
bool zip_member_is_marked_only(const ZipMember *member);

// The bytes of a member that is neither packed nor encrypted, to be read at any place; NULL for all
// others. What is read from start to end is checked on the way: zip_member_is_damaged says
// afterwards whether its checksum was wrong. Borrowed until the member is cleared.
Source *zip_member_source(ZipMember *member);
bool zip_member_is_damaged(const ZipMember *member);

// The method that the data are packed with, behind any encryption.
uint16_t zip_member_method(const ZipEntry *entry);

// NULL when members of this method are unpacked; else what it is called.
const char *zip_method_unsupported(uint16_t method);

// What the member is encrypted with: "AES-256", "ZipCrypto" …; NULL when it is not.
const char *zip_member_cipher(const ZipEntry *entry);
// Passwords can be tried on it.
bool zip_member_takes_password(const ZipEntry *entry);
