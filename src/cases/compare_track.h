// SPDX-License-Identifier: Apache-2.0
//
// Regions over time: what single pairs of frames of two videos showed becomes regions that differ
// from one moment to another. Pure; cases/compare_video.c asks for the pairs.
//
// Boxes of neighbouring pairs that lie mostly on each other are one region. One that is missing for
// less than TRACK_GAP_SECONDS goes on; one that lasts less than TRACK_FLASH_SECONDS is movement
// that was caught between two frames. Where a region begins or ends between two pairs, the pair
// halfway is to be asked for, until no frame lies between.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/compare.h"

#define TRACK_GAP_SECONDS 1.0
#define TRACK_FLASH_SECONDS 1.0

// Pairs of frames that were laid over each other, in order of A's time.
typedef struct Sightings Sightings;

Sightings *sightings_new(void);
void sightings_free(Sightings *sightings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sightings, sightings_free)

// A pair, at these seconds of A and of B; pairs that do not show the same say nothing.
void sightings_add(Sightings *sightings, const double time[2], const CompareAnswer *answer);
unsigned sightings_count(const Sightings *sightings);

// Of TimedRegion, newly allocated, in order of time; *ret_unsteady more were seen.
GArray *sightings_regions(const Sightings *sightings, unsigned *ret_unsteady);

// Seconds of A at which a pair would say more of when regions begin and end, `frame_seconds` apart
// or more from the pairs there are; of double, in order of time, newly allocated.
GArray *sightings_moments(const Sightings *sightings, double frame_seconds);

// What most of the pairs say of the tone: bits of CompareTone.
unsigned sightings_tones(const Sightings *sightings);
