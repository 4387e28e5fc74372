// SPDX-License-Identifier: Apache-2.0
//
// The archive of a backup: a plain tar file of three members, so that it can be looked into without
// Clew:
//
//   database      an SQLite file, or what pg_dump wrote in its custom format
//   checkpoints   the signed heads of the record (audit_files.h)
//   manifest      lines: what it is, when and by what it was made, size and SHA-256 of the members,
//                 and the SHA-256 of the lines above
//
// There is one archive for given contents: every byte of it follows from them, so any that was
// changed is found. That says nothing about somebody who made the whole anew: the record in it
// does.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BACKUP_SHA256_BYTES 32u

typedef enum {
    BACKUP_DATABASE,
    BACKUP_CHECKPOINTS,
    BACKUP_MEMBER_COUNT,
} BackupMember;

typedef struct {
    char made[32];    // UTC
    char program[32]; // version that made it
    bool is_postgres;
    uint64_t schema; // newest step of the database
    struct {
        uint64_t size_bytes;
        uint8_t sha256[BACKUP_SHA256_BYTES];
        uint64_t offset; // in the archive; not in the manifest
    } members[BACKUP_MEMBER_COUNT];
} BackupManifest;

// Writes the archive to a path that does not exist, whole or not at all, mode 0600. Sizes, digests
// and offsets of the manifest are filled in.
bool backup_archive_write(const char *path, BackupManifest *manifest,
                          const char *const files[BACKUP_MEMBER_COUNT], GError **err);

// Reads all of it. CLEW_ERROR_CORRUPT when it is not, byte for byte, what was written.
bool backup_archive_check(int descriptor, const char *name, BackupManifest *ret_manifest,
                          GError **err);

// Copies a member to a new file of mode 0600 and syncs it. CLEW_ERROR_CORRUPT when the archive is
// not what it was when it was checked.
bool backup_archive_extract(int descriptor, const BackupManifest *manifest, BackupMember member,
                            const char *path, GError **err);
