// SPDX-License-Identifier: Apache-2.0
//
// The medium inside a set of EWF segments (E01, s01), by libewf. What the library is silent about
// (segments that are missing at the end) is the caller's to find out: evidence/ewf_sections.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef struct EwfSet EwfSet;

// Opens the set whose segments are `segments` (count of them, borrowed, must outlive it), in any
// order. CLEW_ERROR_CORRUPT when the library cannot.
EwfSet *ewf_set_open(Source *const *segments, size_t count, GError **err);
void ewf_set_close(EwfSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EwfSet, ewf_set_close)

// The medium; borrowed from the set. A damaged chunk reads as zeroes and is noted.
Source *ewf_set_medium(EwfSet *set);

// The library found segments it could not read to their ends.
bool ewf_set_is_corrupted(const EwfSet *set);

// Stretches of the medium that failed their checksum when they were read; grows with reading.
unsigned ewf_set_damage_count(const EwfSet *set);
bool ewf_set_damage(const EwfSet *set, unsigned index, Extent *ret_stretch);
