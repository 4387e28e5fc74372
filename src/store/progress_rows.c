// SPDX-License-Identifier: Apache-2.0
#include "store/progress_rows.h"

#include "store/bound.h"

#define CAME_IN "FROM case_media WHERE case_id = ?1 AND added_us "
#define DECIDED                                                                                    \
    "FROM decision WHERE case_id = ?1 AND withdrawn_us IS NULL AND state = 'decided' AND made_us "

static const char *const last_sql[PROGRESS_EVENT_COUNT] = {
    [PROGRESS_CAME_IN] = "SELECT added_us " CAME_IN "< ?2 ORDER BY added_us DESC LIMIT 1",
    [PROGRESS_DECIDED] = "SELECT made_us " DECIDED "< ?2 ORDER BY made_us DESC LIMIT 1",
};

static const char *const count_sql[PROGRESS_EVENT_COUNT] = {
    [PROGRESS_CAME_IN] = "SELECT count(*) " CAME_IN ">= ?2 AND added_us < ?3",
    [PROGRESS_DECIDED] = "SELECT count(*) " DECIDED ">= ?2 AND made_us < ?3",
};

bool progress_rows_last(Database *database, ProgressEvent event, uint64_t case_id,
                        int64_t before_us, int64_t *ret_us, GError **err)
{
    bool found;
    *ret_us = 0;
    return bound_number(database, ret_us, &found, err, last_sql[event], "ui", case_id, before_us);
}

bool progress_rows_count(Database *database, ProgressEvent event, uint64_t case_id, int64_t from_us,
                         int64_t before_us, uint64_t *ret_count, GError **err)
{
    int64_t count = 0;
    bool found;
    bool ok = bound_number(database, &count, &found, err, count_sql[event], "uii", case_id, from_us,
                           before_us);
    *ret_count = (uint64_t)count;
    return ok;
}
