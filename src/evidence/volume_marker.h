// SPDX-License-Identifier: Apache-2.0
//
// Volume markers: encrypted volumes and containers that say so in a header of their own, with the
// program that made them. VeraCrypt and TrueCrypt have no marker (evidence/random_region.h).
//
// A marker is a claim, not a proof: bytes may be planted. So what carries one is still searched,
// and a file system that fits beside it is still walked.
#pragma once

#include <stdbool.h>

#include "evidence/source.h"

typedef struct {
    const char *program;       // "BitLocker"
    const char *detail;        // one phrase for a finding: "BitLocker To Go volume"
    bool opens_without_secret; // the key lies beside it in the clear; `detail` says so
    bool mimics_fat; // the file system one sees is a front of the program's, not the user's files
} VolumeMarker;

// The marker that `source` carries, or NULL. Borrowed from a static table. Reads a few sectors;
// bytes that cannot be read carry no marker.
const VolumeMarker *volume_marker_find(Source *source);
