// SPDX-License-Identifier: Apache-2.0
#include "cases/exposure.h"

#define DAY_US G_TIME_SPAN_DAY

static int64_t day_of(int64_t us)
{
    return us / DAY_US;
}

bool exposure_add(Act *act, unsigned reveals, uint64_t shown_ms, GError **err)
{
    const Actor *actor = act_actor(act);
    if (actor->account_id == 0)
        return true;
    const ExposureRow row = {
        .day = day_of(act_now_us(act)), .reveals = reveals, .shown_ms = shown_ms};
    return exposure_rows_add(act_database(act), actor->account_id, &row, err) &&
           exposure_rows_forget(act_database(act), row.day - EXPOSURE_KEPT_DAYS, err);
}

void exposure_clear(Exposure *exposure)
{
    g_clear_pointer(&exposure->days, g_array_unref);
}

static void add_day(ExposureRow *sum, const ExposureRow *day)
{
    sum->reveals += day->reveals;
    sum->shown_ms += day->shown_ms;
}

bool exposure_get(Casework *work, const Actor *actor, Exposure *ret_exposure, GError **err)
{
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(ExposureRow));
    if (!exposure_rows_list(casework_database(work), actor->account_id, EXPOSURE_LISTED_DAYS, days,
                            err))
        return false;
    int64_t today = day_of(casework_now_us(work));
    Exposure exposure = {.today = {.day = today}, .week = {.day = today}};
    for (unsigned i = 0; i < days->len; i++) {
        const ExposureRow *day = &g_array_index(days, ExposureRow, i);
        if (day->day == today)
            add_day(&exposure.today, day);
        if (day->day > today - EXPOSURE_WEEK_DAYS)
            add_day(&exposure.week, day);
    }
    exposure.days = g_steal_pointer(&days);
    *ret_exposure = exposure;
    return true;
}
