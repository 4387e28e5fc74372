// SPDX-License-Identifier: Apache-2.0
//
// Rows of series and of the media in them. Who may see which is decided in cases/series.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

typedef struct {
    uint64_t id, seq, unit_id;
    char *name;
    int64_t made_us;
} SeriesRow;
void series_row_free(SeriesRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeriesRow, series_row_free)

bool series_rows_insert(Database *database, const SeriesRow *row, GError **err);
// *ret_row is NULL without an error when there is none.
bool series_rows_get(Database *database, uint64_t id, SeriesRow **ret_row, GError **err);
// Which series: those that hold media of a case, or this media of it. 0: whatever.
typedef struct {
    uint64_t case_id, media_id;
} SeriesFilter;
// Appends ids behind `after_id`, in order.
bool series_rows_ids(Database *database, const SeriesFilter *filter, uint64_t after_id,
                     unsigned limit, GArray *ids, GError **err);
// Appends the cases whose media are or were in it.
bool series_rows_cases(Database *database, uint64_t id, GArray *case_ids, GError **err);
// Appends the series that a case's media are or were in.
bool series_rows_of_case(Database *database, uint64_t case_id, GArray *series_ids, GError **err);

typedef struct {
    uint64_t id, seq, series_id, case_id, media_id;
    int64_t joined_us, left_us; // left_us 0: it is in it
} SeriesMediaRow;
bool series_media_insert(Database *database, const SeriesMediaRow *row, GError **err);
bool series_media_set_left(Database *database, uint64_t id, uint64_t seq, int64_t left_us,
                           GError **err);
// The row of a media that is in it; 0 when it is not.
bool series_media_present(Database *database, uint64_t series_id, uint64_t case_id,
                          uint64_t media_id, uint64_t *ret_id, GError **err);
// Appends rows of one case behind `after_id` (of SeriesMediaRow), those that left too; of one media
// alone when `media_id` is not 0.
bool series_media_list(Database *database, uint64_t series_id, uint64_t case_id, uint64_t media_id,
                       uint64_t after_id, unsigned limit, GArray *rows, GError **err);
// How many media of the case are in it.
bool series_media_count(Database *database, uint64_t series_id, uint64_t case_id,
                        uint64_t *ret_count, GError **err);

// Whether a media is in a case.
bool series_rows_case_has_media(Database *database, uint64_t case_id, uint64_t media_id,
                                bool *ret_has, GError **err);
