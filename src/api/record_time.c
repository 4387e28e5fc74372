// SPDX-License-Identifier: Apache-2.0
#include "api/record_time.h"

#include <glib.h>
#include <string.h>

#include "base/limits.h"

#define SECONDS_A_DAY 86400
#define NANOSECOND_DIGITS 9u
#define DAYS_OF_400_YEARS 146097
#define DAYS_TO_1970 719468 // from 1 March of year 0

// Between `min` and `max` digits; false when there are not.
static bool read_digits(const char **at, unsigned min, unsigned max, int64_t *ret_number,
                        unsigned *ret_count)
{
    unsigned count = 0;
    *ret_number = 0;
    while (count < max && g_ascii_isdigit(**at)) {
        *ret_number = *ret_number * 10 + (*(*at)++ - '0');
        count++;
    }
    *ret_count = count;
    return count >= min;
}

// Two digits up to `max`, behind `mark` (0: none).
static bool read_pair(const char **at, char mark, int64_t min, int64_t max, int64_t *ret_number)
{
    unsigned count;
    if (mark != '\0' && *(*at)++ != mark)
        return false;
    return read_digits(at, 2, 2, ret_number, &count) && *ret_number >= min && *ret_number <= max;
}

// Days since 1970 of a day of the Gregorian calendar, for years of either sign.
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           DAYS_TO_1970;
}

static bool read_date(const char **at, int64_t *ret_days)
{
    bool is_negative = **at == '-';
    unsigned count;
    int64_t year, month, day;
    if (is_negative)
        (*at)++;
    if (!read_digits(at, is_negative ? 1 : 4, LIMIT_RECORD_TIME_DIGITS, &year, &count) ||
        !read_pair(at, '-', 1, 12, &month) || !read_pair(at, '-', 1, 31, &day))
        return false;
    *ret_days = days_from_civil(is_negative ? -year : year, month, day);
    return true;
}

static bool read_fraction(const char **at, uint32_t *ret_nanoseconds)
{
    int64_t number;
    unsigned count;
    *ret_nanoseconds = 0;
    if (**at != '.')
        return true;
    (*at)++;
    if (!read_digits(at, 1, NANOSECOND_DIGITS, &number, &count))
        return false;
    for (; count < NANOSECOND_DIGITS; count++)
        number *= 10;
    *ret_nanoseconds = (uint32_t)number;
    return true;
}

bool record_time_read(const char *text, ItemTime *ret_time)
{
    const char *at = text;
    int64_t days, hour, minute, second;
    uint32_t nanoseconds;
    if (!read_date(&at, &days) || !read_pair(&at, 'T', 0, 23, &hour) ||
        !read_pair(&at, ':', 0, 59, &minute) || !read_pair(&at, ':', 0, 60, &second) ||
        !read_fraction(&at, &nanoseconds))
        return false;
    bool is_utc = *at == 'Z';
    if (at[is_utc ? 1 : 0] != '\0')
        return false;
    *ret_time = (ItemTime){.seconds = days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second,
                           .nanoseconds = nanoseconds,
                           .zone = is_utc ? ZONE_UTC : ZONE_UNKNOWN};
    return true;
}
