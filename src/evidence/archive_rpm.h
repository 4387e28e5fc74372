// SPDX-License-Identifier: Apache-2.0
//
// RPM packages: a lead, two headers, and the packed cpio archive that follows them, which is the
// package's only item.
#pragma once

#include <stdbool.h>

#include "evidence/walk.h"

// Where the packed archive begins. False when the headers are not right.
bool archive_rpm_payload(Source *source, uint64_t *ret_offset);

void archive_rpm_open(Walk *walk, Source *source);
