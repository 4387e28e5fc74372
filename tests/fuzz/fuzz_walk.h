// SPDX-License-Identifier: Apache-2.0
//
// Opens an input as a container of one type and holds the container to the rules of
// evidence/walk.h: layers that name one child each, the same children whatever is skipped, reasons
// where there is a status.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sniff/sniff.h"

// Children are read, not opened: every container has a target of its own.
void fuzz_walk(const uint8_t *data, size_t size, const char *media_type);
// The same for a container that only answers to a type of its own.
void fuzz_walk_as(const uint8_t *data, size_t size, const SniffType *type);
