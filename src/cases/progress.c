// SPDX-License-Identifier: Apache-2.0
#include "cases/progress.h"

#include "cases/case_file.h"
#include "store/progress_rows.h"

#define DAY_US G_TIME_SPAN_DAY
#define HOUR_US G_TIME_SPAN_HOUR
#define SECONDS_PER_HOUR 3600.0

void progress_clear(Progress *progress)
{
    g_clear_pointer(&progress->days, g_array_unref);
}

typedef struct {
    int64_t span; // number of a day or hour since 1970
    uint64_t count;
} Count;

// Goes back from `before_us`, day by day or hour by hour (`span_us`) with anything in it, not
// further than `since_us` and not for more of them than `limit`. Appends Count, newest first.
static bool count_back(Database *database, ProgressEvent event, uint64_t case_id, int64_t span_us,
                       int64_t since_us, int64_t before_us, unsigned limit, GArray *counts,
                       GError **err)
{
    while (counts->len < limit) {
        int64_t last_us;
        if (!progress_rows_last(database, event, case_id, before_us, &last_us, err))
            return false;
        if (last_us <= 0 || last_us < since_us)
            return true;
        Count count = {.span = last_us / span_us};
        int64_t from_us = MAX(count.span * span_us, since_us);
        if (!progress_rows_count(database, event, case_id, from_us, before_us, &count.count, err))
            return false;
        g_array_append_val(counts, count);
        before_us = from_us;
    }
    return true;
}

static uint64_t take_day(const GArray *counts, unsigned *next, int64_t day)
{
    if (*next == counts->len || g_array_index(counts, Count, *next).span != day)
        return 0;
    return g_array_index(counts, Count, (*next)++).count;
}

static int64_t day_at(const GArray *counts, unsigned at)
{
    return at < counts->len ? g_array_index(counts, Count, at).span : -1;
}

static int compare_days(const void *a, const void *b)
{
    const ProgressDay *left = a, *right = b;
    return left->day < right->day ? -1 : left->day > right->day;
}

static bool read_days(Database *database, uint64_t case_id, GArray *days, GError **err)
{
    g_autoptr(GArray) came_in = g_array_new(FALSE, FALSE, sizeof(Count));
    g_autoptr(GArray) decided = g_array_new(FALSE, FALSE, sizeof(Count));
    if (!count_back(database, PROGRESS_CAME_IN, case_id, DAY_US, 0, INT64_MAX, PROGRESS_DAYS,
                    came_in, err) ||
        !count_back(database, PROGRESS_DECIDED, case_id, DAY_US, 0, INT64_MAX, PROGRESS_DAYS,
                    decided, err))
        return false;
    unsigned next_in = 0, next_decided = 0;
    while (days->len < PROGRESS_DAYS && (next_in < came_in->len || next_decided < decided->len)) {
        int64_t in_day = day_at(came_in, next_in), decided_day = day_at(decided, next_decided);
        ProgressDay day = {.day = in_day > decided_day ? in_day : decided_day};
        day.came_in = take_day(came_in, &next_in, day.day);
        day.decided = take_day(decided, &next_decided, day.day);
        g_array_append_val(days, day);
    }
    g_array_sort(days, compare_days);
    return true;
}

static bool read_pace(Database *database, uint64_t case_id, int64_t now_us, double *ret_pace,
                      GError **err)
{
    g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(Count));
    int64_t since_us = now_us - PROGRESS_PACE_DAYS * DAY_US;
    if (!count_back(database, PROGRESS_DECIDED, case_id, HOUR_US, since_us, now_us + 1, UINT_MAX,
                    hours, err))
        return false;
    uint64_t decisions = 0;
    for (unsigned i = 0; i < hours->len; i++)
        decisions += g_array_index(hours, Count, i).count;
    *ret_pace = decisions < PROGRESS_PACE_DECISIONS ? 0 : (double)decisions / hours->len;
    return true;
}

static bool read_all(Casework *work, const Actor *actor, uint64_t case_id, Progress *progress,
                     GError **err)
{
    Database *database = casework_database(work);
    CaseCounts counts;
    if (!case_file_counts(work, actor, case_id, &counts, err) ||
        !read_days(database, case_id, progress->days, err) ||
        !read_pace(database, case_id, casework_now_us(work), &progress->decided_per_hour, err))
        return false;
    progress->seconds_left = -1;
    if (progress->decided_per_hour > 0)
        progress->seconds_left =
            (int64_t)((double)counts.open / progress->decided_per_hour * SECONDS_PER_HOUR);
    return true;
}

bool progress_of(Casework *work, const Actor *actor, uint64_t case_id, Progress *ret_progress,
                 GError **err)
{
    g_auto(Progress) progress = {.days = g_array_new(FALSE, FALSE, sizeof(ProgressDay))};
    if (!database_begin_read(casework_database(work), err))
        return false;
    bool ok = read_all(work, actor, case_id, &progress, err);
    database_rollback(casework_database(work));
    if (ok) {
        *ret_progress = progress;
        progress = (Progress){0};
    }
    return ok;
}
