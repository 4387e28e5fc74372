// SPDX-License-Identifier: Apache-2.0
//
// What the sets say of a record that came from elsewhere: the same questions in the same order as a
// scan asks them (cases/lane.h), so that a case holds the same whichever way records came.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/matcher.h"
#include "model/record.h"
#include "model/video.h"

// Appends to `matches` (of Match). `frames` may be NULL.
bool ingest_match(Matcher *matcher, const Record *record, const VideoFrames *frames,
                  GArray *matches, GError **err);
