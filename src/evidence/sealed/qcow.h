// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a QCOW image (versions 1 to 3), by libqcow.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/source.h"

typedef struct Qcow Qcow;

// Opens the image in `file` (borrowed, must outlive it). `parent` (borrowed, must outlive it; may
// be NULL) answers for what the image does not hold. CLEW_ERROR_CORRUPT when the library cannot.
Qcow *qcow_open(Source *file, Qcow *parent, GError **err);
void qcow_close(Qcow *qcow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Qcow, qcow_close)

// The medium; borrowed from `qcow`.
Source *qcow_medium(Qcow *qcow);
