// SPDX-License-Identifier: Apache-2.0
#include "api/times.h"

#include <glib.h>

#include "base/clock.h"

#define US_PER_SECOND 1000000
#define NS_PER_US 1000

json_t *api_time(int64_t us)
{
    if (us == 0)
        return json_null();
    int64_t seconds = us / US_PER_SECOND, rest = us % US_PER_SECOND;
    if (rest < 0) {
        rest += US_PER_SECOND;
        seconds--;
    }
    g_autofree char *text = clock_format_utc(seconds, (uint32_t)rest * NS_PER_US);
    return json_string(text);
}
