// SPDX-License-Identifier: Apache-2.0
//
// What lies inside a uniform border of a reduced picture. The full-size detector that hashing uses
// (hash/pdq_border.h) streams; this one sees the whole small picture and may be simple. A border
// that it misses, or content that it takes for one, costs no match: registration tries without.
#pragma once

#include "compare/plane.h"

// The whole plane when there is no border.
Area border_inside(const Plane *luma);
