// SPDX-License-Identifier: Apache-2.0
//
// Archives: ZIP and everything that is one by another name, 7z, RAR, tar, cpio, ar, CAB, LHA, XAR,
// ISO 9660 where no file system was recognised, WARC, and single compressed files. Also archives
// that follow a program or lie behind content of another type, and archives in several files.
//
//     archive_start     which kind, and where it begins
//     archive_volumes   the files of a set as one
//     zip_archive, rar_archive, sevenzip_archive    formats with a structure reader of their own
//     archive_members   all others, member after member, through libarchive (archive_reader)
//     archive_packed    one compressed file (archive_unpack), or the tar or cpio archive in it
//
// Three reasons are kept apart: encrypted, packed with a method that is not supported, damaged.
#pragma once

#include <stdbool.h>

#include "evidence/container.h"

// What begins with the marker of an archive.
extern const Container archive_container;

// What is known with less certainty, for the end of the table: an archive behind a program or other
// content, ISO 9660, LZMA without a signature.
extern const Container archive_hidden_container;

// Before the worker is confined: the time zone in which libarchive reckons DOS times (UTC) and the
// character set of names (UTF-8). False when the machine has no UTF-8 locale.
bool archive_prepare(void);
