// SPDX-License-Identifier: Apache-2.0
//
// US text such as "6/7/2023 2:31:49 PM" says no zone and is therefore left as it is by the callers.
// "+01:00Z", which one exporter writes, is taken as the offset it spells.
#include "lists/list_date.h"

#include <glib.h>
#include <string.h>

#include "base/clock.h"

typedef struct {
    const char *text;
    size_t length;
    size_t position;
} Scan;

static bool take(Scan *scan, char c)
{
    bool there = scan->position < scan->length && scan->text[scan->position] == c;
    scan->position += there;
    return there;
}

// A number of exactly `digits` digits.
static bool take_number(Scan *scan, size_t digits, int *ret_value)
{
    int value = 0;
    if (scan->length - scan->position < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        char c = scan->text[scan->position + i];
        if (!g_ascii_isdigit(c))
            return false;
        value = value * 10 + (c - '0');
    }
    scan->position += digits;
    *ret_value = value;
    return true;
}

// ".8300" in nanoseconds; digits past the ninth are dropped.
static bool take_fraction(Scan *scan, uint32_t *ret_nanoseconds)
{
    *ret_nanoseconds = 0;
    if (!take(scan, '.'))
        return true;
    uint32_t unit = 100000000;
    size_t start = scan->position;
    for (; scan->position < scan->length && g_ascii_isdigit(scan->text[scan->position]);
         scan->position++, unit /= 10)
        *ret_nanoseconds += unit * (uint32_t)(scan->text[scan->position] - '0');
    return scan->position > start;
}

// "Z", "+01:00", "-0530", "+01:00Z"; seconds east of UTC.
static bool take_zone(Scan *scan, int *ret_seconds)
{
    *ret_seconds = 0;
    if (take(scan, 'Z') || take(scan, 'z'))
        return true;
    int sign = take(scan, '+') ? 1 : take(scan, '-') ? -1 : 0;
    int hours, minutes;
    if (sign == 0 || !take_number(scan, 2, &hours))
        return false;
    take(scan, ':');
    if (!take_number(scan, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    take(scan, 'Z');
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

char *list_date_format(int64_t seconds, uint32_t nanoseconds)
{
    uint32_t kept = nanoseconds - nanoseconds % 100;
    char *text = clock_format_utc(seconds, kept);
    size_t end = strlen(text) - 1;
    while (kept != 0 && text[end - 1] == '0')
        end--;
    text[end] = 'Z';
    text[end + 1] = '\0';
    return text;
}

static char *normalise_iso(Scan *scan)
{
    int year, month, day, hour, minute, second, zone;
    uint32_t nanoseconds;
    if (!take_number(scan, 4, &year) || !take(scan, '-') || !take_number(scan, 2, &month) ||
        !take(scan, '-') || !take_number(scan, 2, &day))
        return NULL;
    if (!take(scan, 'T') && !take(scan, 't') && !take(scan, ' '))
        return NULL;
    if (!take_number(scan, 2, &hour) || !take(scan, ':') || !take_number(scan, 2, &minute) ||
        !take(scan, ':') || !take_number(scan, 2, &second) || !take_fraction(scan, &nanoseconds) ||
        !take_zone(scan, &zone) || scan->position != scan->length)
        return NULL;
    g_autoptr(GDateTime) date = g_date_time_new_utc(year, month, day, hour, minute, second);
    return date != NULL ? list_date_format(g_date_time_to_unix(date) - zone, nanoseconds) : NULL;
}

// Behind "/Date(".
static char *normalise_dotnet(Scan *scan)
{
    bool negative = take(scan, '-');
    int64_t milliseconds = 0;
    size_t start = scan->position;
    for (; scan->position < scan->length && g_ascii_isdigit(scan->text[scan->position]);
         scan->position++) {
        if (scan->position - start == 15)
            return NULL;
        milliseconds = milliseconds * 10 + (scan->text[scan->position] - '0');
    }
    if (scan->position == start)
        return NULL;
    int zone; // says where it was written; the milliseconds are UTC all the same
    if (!take(scan, ')') && (!take_zone(scan, &zone) || !take(scan, ')')))
        return NULL;
    if (!take(scan, '/') || scan->position != scan->length)
        return NULL;
    int64_t total = negative ? -milliseconds : milliseconds;
    int64_t seconds = total >= 0 ? total / 1000 : -((-total + 999) / 1000);
    return list_date_format(seconds, (uint32_t)(total - seconds * 1000) * 1000000u);
}

char *list_date_normalise(const char *text, size_t length)
{
    static const char dotnet[] = "/Date(";
    Scan scan = {.text = text, .length = length};
    if (length > 64)
        return NULL;
    if (length >= strlen(dotnet) && memcmp(text, dotnet, strlen(dotnet)) == 0) {
        scan.position = strlen(dotnet);
        return normalise_dotnet(&scan);
    }
    return normalise_iso(&scan);
}
