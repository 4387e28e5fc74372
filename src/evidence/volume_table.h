// SPDX-License-Identifier: Apache-2.0
//
// Partition tables: DOS with its extended partitions, GPT with its backup, the Apple partition map,
// and BSD disk labels. Read by own code, because damaged tables, media that end early and disks
// with sectors of 4096 bytes are normal here, and a library refuses them as a whole.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef struct {
    unsigned number; // as Linux counts them: DOS logical ones from 5, others by slot from 1
    uint64_t offset, size_bytes; // as written; may overlap others or reach past the medium
} Partition;

typedef struct {
    const char *scheme; // "GPT"
    bool is_certain;    // nothing but a partition table looks like this
    uint32_t sector_bytes;
    GArray *partitions;    // of Partition, by number
    GPtrArray *complaints; // of char *: phrases on what is wrong with the table
} VolumeTable;

// The table that `medium` begins with (GPT: or ends with), or NULL. Yours to free.
VolumeTable *volume_table_read(Source *medium);

void volume_table_free(VolumeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VolumeTable, volume_table_free)
