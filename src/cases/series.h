// SPDX-License-Identifier: Apache-2.0
//
// Series: media that show one history, over cases. A series belongs to a unit and is visible to who
// may see a case whose media are or were in it, and to its unit as long as it is empty. Everybody
// sees of it only the media of cases they may see, and no number that counts others.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/case_sight.h"
#include "store/series_rows.h"

typedef struct {
    uint64_t id, seq, unit_id;
    char *name;
    int64_t made_us;
    uint64_t media;         // that are in it, of visible cases
    uint64_t media_of_case; // of the case that was asked about
} Series;
void series_free(Series *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Series, series_free)

// A series of the actor's unit. The name says nothing about people.
bool series_make(Act *act, const char *name, uint64_t *ret_id, GError **err);

// Media of an open case join; those that are in it already change nothing. At most
// SERIES_MEDIA_MAX in one act. CLEW_ERROR_NOT_FOUND: no such series, or a media that is not in the
// case.
#define SERIES_MEDIA_MAX 10000u
bool series_join(Act *act, uint64_t series_id, uint64_t case_id, const uint64_t *media_ids,
                 size_t count, GError **err);
// They leave; the rows stay and say when.
bool series_leave(Act *act, uint64_t series_id, uint64_t case_id, const uint64_t *media_ids,
                  size_t count, GError **err);

Series *series_get(Casework *work, const Actor *actor, uint64_t id, GError **err);
// Of Series *, by id behind `after_id`. CLEW_ERROR_NOT_FOUND: no such case; a media that is not in
// it is in no series.
GPtrArray *series_list(Casework *work, const Actor *actor, const SeriesFilter *filter,
                       uint64_t after_id, unsigned limit, GError **err);

typedef struct {
    uint64_t id, case_id, media_id; // id grows with the time of joining, within a case
    int64_t joined_us, left_us;     // left_us 0: it is in it
} SeriesMedia;
// Of one case, behind row `after_id` (of SeriesMedia), those that left too; of one media alone when
// `media_id` is not 0.
GArray *series_media(Casework *work, const Actor *actor, uint64_t series_id, uint64_t case_id,
                     uint64_t media_id, uint64_t after_id, unsigned limit, GError **err);
// The visible cases whose media are or were in it (of uint64_t).
GArray *series_cases(Casework *work, const Actor *actor, uint64_t series_id, GError **err);

// For the rules of other files: false in *ret_visible also when there is none.
bool series_is_visible(Casework *work, const Actor *actor, const CaseSight *sight,
                       uint64_t series_id, bool *ret_visible, GError **err);
