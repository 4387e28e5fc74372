// SPDX-License-Identifier: Apache-2.0
//
// The two header formats. Private to evidence/rar_*.c.
#pragma once

#include "evidence/rar_structure.h"

// Takes the header at the reader's position apart and moves the position behind it. False when it
// is no header: cut off, or with a wrong checksum.
bool rar4_parse(RarReader *reader, RarBlock *block);
bool rar5_parse(RarReader *reader, RarBlock *block);
