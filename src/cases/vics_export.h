// SPDX-License-Identifier: Apache-2.0
//
// A case goes out as a VICS case document. An imported document goes out as it came, member by
// member, but for what was decided in Clew meanwhile: category, series, an identified victim of
// media known by two digests or their SHA-256. What Clew itself found is added behind.
//
// One state of the database, so that the same state gives the same bytes. The leaf that says who
// took what out is committed before the file gets its name: a file without a leaf cannot be.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct {
    uint64_t case_id;
    const char *path; // the new file, mode 0600; CLEW_ERROR_CONFLICT when it is there
    bool overwrite;
    uint64_t document_id; // go out as this document; 0: a new one with everything of the case
    const char *region;   // of a new one: "US", "UK" …; NULL: as the case's scheme says
    bool imported_only;   // nothing of what Clew found
    bool with_ignorable;  // also what sets say to leave out
} VicsExportOptions;

typedef struct {
    uint64_t media;       // elements of "Media"
    uint64_t identifiers; // elements of "Identifiers"
    uint64_t changed;     // imported media that were decided otherwise here
    uint64_t own;         // media that Clew found
    uint64_t own_files;
    uint64_t files_left_out; // beyond LIMIT_VICS_LIST of one media
    // Decided under a scheme whose categories are not those of the document.
    uint64_t categories_left_out;
    uint8_t sha256[32]; // of the file
    uint64_t size_bytes;
} VicsExportCounts;

// CLEW_ERROR_DENIED (may not export), _NOT_FOUND (no such case or document), _CONFLICT, _IO.
bool vics_export(Casework *work, const Actor *actor, const VicsExportOptions *options,
                 VicsExportCounts *ret_counts, GError **err);
