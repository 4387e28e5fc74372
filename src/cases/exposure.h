// SPDX-License-Identifier: Apache-2.0
//
// Exposure: how many pictures were shown to a person and for how long, by days of UTC, so that they
// know it themselves. Private to them; nobody else reads it here.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "store/desk_rows.h"

#define EXPOSURE_KEPT_DAYS 60
#define EXPOSURE_WEEK_DAYS 7
#define EXPOSURE_LISTED_DAYS 14u

// Counts for the actor, in the act's transaction; days of anybody that are too old are forgotten.
bool exposure_add(Act *act, unsigned reveals, uint64_t shown_ms, GError **err);

typedef struct {
    ExposureRow today, week; // `week`: today and the days before it
    GArray *days;            // of ExposureRow, those with anything, the newest first
} Exposure;

void exposure_clear(Exposure *exposure);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Exposure, exposure_clear)

// The actor's own.
bool exposure_get(Casework *work, const Actor *actor, Exposure *ret_exposure, GError **err);
