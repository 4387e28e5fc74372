// SPDX-License-Identifier: Apache-2.0
//
// Media to be carved: the committed samples, bytes around them in which nothing is to be found, and
// what a search found.
#pragma once

#include <glib.h>

#include "evidence/carve.h"

// A sample of tests/corpus/carve by its file name. Yours to free.
GByteArray *carve_sample(const char *name);

// Names of all samples, in order; NULL-terminated. Yours to free (g_strfreev).
char **carve_sample_names(void);

// `count` bytes that begin and continue no media; the same for the same seed.
GByteArray *carve_noise(size_t count, uint32_t seed);

// Replaces the bytes at `offset`.
void carve_plant(GByteArray *target, size_t offset, const GByteArray *media);

typedef struct {
    GArray *found; // of Carved
    uint64_t progress_bytes, calls;
    bool ok;
    GError *error;
} CarveResult;

// Searches; alignment 0 stands for 1, limit 0 for the source's size, end 0 for the limit.
CarveResult *carve_run(Source *source, CarveRange range);
CarveResult *carve_run_bytes(const GByteArray *bytes, uint32_t alignment);

const Carved *carve_result_at(const CarveResult *result, unsigned index);

void carve_result_free(CarveResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CarveResult, carve_result_free)

// The end of media of this type at the beginning of the bytes; 0 when carve_end says none.
uint64_t carve_end_of(const GByteArray *bytes, const char *media_type);
