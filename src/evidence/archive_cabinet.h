// SPDX-License-Identifier: Apache-2.0
//
// Cabinets ([MS-CAB]), through libarchive. Those that go on in another file are told from their
// header: libarchive does not read them.
#pragma once

#include "evidence/walk.h"

void archive_cabinet_open(Walk *walk, Source *source, uint64_t begin);
