// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a QCOW image, versions 1 to 3. Clusters are found through two levels of tables;
// each is stored, packed (deflate, Zstandard), zero, or left to a backing file. Numbers are
// big-endian. Source: "QCOW2 format", docs/interop/qcow2.txt of QEMU; version 1: block/qcow.c.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"

typedef struct {
    char *backing_name; // path of what answers for clusters it does not hold; NULL: none
    bool has_data_file; // its clusters lie in a file of their own
    char *data_name;    // path of that one, when it is named
    unsigned snapshots; // older states of the medium that are kept inside
    bool is_unclean;    // it says of itself that it is dirty or corrupt
} QcowFacts;

void qcow_facts_clear(QcowFacts *facts);

// Opens the image in `file` (borrowed, must outlive the medium). CLEW_ERROR_CORRUPT, _UNSUPPORTED
// (a feature, by its name) or _DENIED (encrypted). `ret_facts` is filled on success.
PieceMedium *qcow_medium_open(Source *file, QcowFacts *ret_facts, GError **err);

// Where the clusters lie when not in the image itself; borrowed, must outlive the medium.
void qcow_medium_set_data(PieceMedium *medium, Source *data);
