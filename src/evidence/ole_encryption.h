// SPDX-License-Identifier: Apache-2.0
//
// What shows that an office file is encrypted. Streams can be listed all the same, only not read.
#pragma once

#include "evidence/ole_file.h"
#include "evidence/walk.h"

// Gives the current container a finding for each encrypted part, and the status.
void ole_say_encrypted(Walk *walk, const OleFile *file);
