// SPDX-License-Identifier: Apache-2.0
//
// Times print as RFC 3339 in UTC, whatever the machine's zone.
#include <glib.h>
#include <stdlib.h>

#include "base/clock.h"

static void prints_utc_in_any_zone(void)
{
    g_setenv("TZ", "Asia/Tokyo", TRUE);
    tzset();
    g_autofree char *epoch = clock_format_utc(0, 0);
    g_autofree char *leap = clock_format_utc(1709164799, 123000000);
    g_autofree char *before = clock_format_utc(-1, 0);
    g_assert_cmpstr(epoch, ==, "1970-01-01T00:00:00Z");
    g_assert_cmpstr(leap, ==, "2024-02-28T23:59:59.123000000Z");
    g_assert_cmpstr(before, ==, "1969-12-31T23:59:59Z");
}

static void a_year_that_does_not_fit_is_still_printed(void)
{
    g_autofree char *text = clock_format_utc(INT64_MAX, 0);
    g_assert_cmpstr(text, ==, "@9223372036854775807");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/prints_utc_in_any_zone", prints_utc_in_any_zone);
    g_test_add_func("/clock/a_year_that_does_not_fit_is_still_printed",
                    a_year_that_does_not_fit_is_still_printed);
    return g_test_run();
}
