// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <glib.h>

char *clock_format_utc(int64_t seconds, uint32_t nanoseconds)
{
    time_t t = seconds;
    struct tm parts;
    if (gmtime_r(&t, &parts) == NULL)
        return g_strdup_printf("@%" G_GINT64_FORMAT, seconds); // year does not fit
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                    parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (nanoseconds != 0)
        g_string_append_printf(text, ".%09u", nanoseconds);
    g_string_append_c(text, 'Z');
    return g_string_free(text, FALSE);
}

char *clock_now_utc(void)
{
    return clock_format_utc(time(NULL), 0);
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
