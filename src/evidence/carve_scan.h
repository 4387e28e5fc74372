// SPDX-License-Identifier: Apache-2.0
//
// Where could media begin? The search for the first bytes of all formats at once, at every byte
// offset, near memory speed when nothing is there.
//
// Each format is known by up to four bytes, which stand at its beginning or up to
// CARVE_SCAN_SHIFT_MAX behind. The patterns are dealt out to eight buckets, and for each of the
// four places a table tells by a byte's low half, and another by its high half, which buckets still
// fit. What all eight tables leave is a candidate, and the exact test of evidence/carve_formats.h
// decides. On x86-64 the tables are looked up 16 or 32 bytes at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARVE_SCAN_PLACES 4u
#define CARVE_SCAN_SHIFT_MAX 4u

// So many bytes behind the last position must be readable, whatever they are.
#define CARVE_SCAN_PADDING 512u

typedef struct CarveScan CarveScan;

// The first position in [from, end) whose bytes leave a bucket; `end` when there is none.
typedef size_t (*CarveScanEngine)(const CarveScan *scan, const uint8_t *bytes, size_t from,
                                  size_t end);

struct CarveScan {
    CarveScanEngine engine;
    uint8_t low[CARVE_SCAN_PLACES][16], high[CARVE_SCAN_PLACES][16];
};

// Sync byte of transport streams, whose packets have nothing else in common.
#define CARVE_SCAN_SYNC 0x47
#define CARVE_SCAN_SYNC_NEXT 188u
#define CARVE_SCAN_SYNC_NEXT_TIMED 192u

// Takes the fastest engine that runs on this processor.
void carve_scan_init(CarveScan *scan);

// The first position in [from, end) where carve_format_at finds a format; `end` when there is none.
size_t carve_scan_next(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end);

// The same, position after position: what carve_scan_next is compared with.
size_t carve_scan_next_plain(const uint8_t *bytes, size_t from, size_t end);

typedef struct {
    const char *name;
    CarveScanEngine engine;
} CarveScanEngineRow;

// The engines that run on this processor, the fastest last.
size_t carve_scan_engines(const CarveScanEngineRow **ret_rows);

size_t carve_scan_portable(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end);
size_t carve_scan_ssse3(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end);
size_t carve_scan_avx2(const CarveScan *scan, const uint8_t *bytes, size_t from, size_t end);
