// SPDX-License-Identifier: Apache-2.0
//
// Container: how one kind of container is recognised and opened. Adding one is one file and one row
// of the table in container.c.
#pragma once

#include <stdbool.h>

#include "evidence/source.h"
#include "evidence/walk.h"
#include "sniff/sniff.h"

typedef struct {
    const char *name; // of the kind, for messages: "PDF document"
    // Does it open these bytes? `type` is what the first SNIFF_BYTES look like; what needs more
    // (markers at the end, a superblock far in) reads the source. Cheap, and false rather than
    // wrong: an item that nothing opens is searched byte by byte.
    bool (*fits)(const SniffType *type, Source *source);
    // Names the children. Says what is wrong by walk_set_status and walk_add_finding; afterwards
    // the walk goes on behind the container. Bytes that were not delivered go to walk_leftover.
    void (*open)(Walk *walk, Source *source);
} Container;

// The first row that fits, or NULL. The order of the rows matters: certain markers first.
const Container *container_find(const SniffType *type, Source *source);
