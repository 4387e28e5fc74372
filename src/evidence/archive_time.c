// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_time.h"

// Seconds from 1601 to 1970.
#define WINDOWS_EPOCH_SECONDS 11644473600

// Days since 1970-01-01 of a date of the Gregorian calendar, counted from March so that the leap
// day is the last of its year.
static int64_t days_of_date(int year, unsigned month, unsigned day)
{
    int y = month <= 2 ? year - 1 : year;
    unsigned m = month <= 2 ? month + 9 : month - 3;
    int era = y / 400;
    unsigned year_of_era = (unsigned)(y - era * 400);
    unsigned day_of_year = (153 * m + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

ItemTime archive_time_dos(uint16_t date, uint16_t time)
{
    unsigned day = date & 31u, month = date >> 5 & 15u;
    unsigned hour = time >> 11, minute = time >> 5 & 63u, second = (time & 31u) * 2;
    if (day == 0 || month == 0 || month > 12 || hour > 23 || minute > 59 || second > 59)
        return (ItemTime){0};
    int64_t days = days_of_date(1980 + (date >> 9), month, day);
    return (ItemTime){.seconds = days * 86400 + hour * 3600 + minute * 60 + second,
                      .zone = ZONE_UNKNOWN};
}

ItemTime archive_time_windows(uint64_t filetime)
{
    if (filetime == 0)
        return (ItemTime){0};
    return (ItemTime){.seconds = (int64_t)(filetime / 10000000) - WINDOWS_EPOCH_SECONDS,
                      .nanoseconds = (uint32_t)(filetime % 10000000) * 100,
                      .zone = ZONE_UTC};
}

ItemTime archive_time_unix(int64_t seconds)
{
    return (ItemTime){.seconds = seconds, .zone = ZONE_UTC};
}
