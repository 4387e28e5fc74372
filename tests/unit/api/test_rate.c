// SPDX-License-Identifier: Apache-2.0
//
// A bucket lets through its burst and then its rate, each key for itself, in a table of fixed size.
#include "api/rate.h"

static const ApiRateLimit limit = {.per_second = 2, .burst = 5};

static unsigned allowed_of(ApiRate *rate, const char *key, unsigned tries, int64_t now_ms)
{
    unsigned allowed = 0;
    for (unsigned i = 0; i < tries; i++)
        allowed += api_rate_take(rate, key, limit, now_ms) == 0;
    return allowed;
}

static void lets_a_burst_through_and_then_its_rate(void)
{
    g_autoptr(ApiRate) rate = api_rate_new(64);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 1000), ==, 5);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 1499), ==, 0);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 1500), ==, 1);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 3500), ==, 4);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 1000000), ==, 5);
}

static void says_how_long_to_wait(void)
{
    static const ApiRateLimit slow = {.per_second = 1, .burst = 1};
    g_autoptr(ApiRate) rate = api_rate_new(64);
    g_assert_cmpuint(api_rate_take(rate, "a", slow, 0), ==, 0);
    g_assert_cmpuint(api_rate_take(rate, "a", slow, 10), ==, 1);
    g_assert_cmpuint(api_rate_take(rate, "a", slow, 1000), ==, 0);
}

static void keys_do_not_share_a_bucket(void)
{
    g_autoptr(ApiRate) rate = api_rate_new(64);
    g_assert_cmpuint(allowed_of(rate, "account 1", 20, 0), ==, 5);
    g_assert_cmpuint(allowed_of(rate, "account 2", 20, 0), ==, 5);
    g_assert_cmpuint(allowed_of(rate, "account 1", 20, 0), ==, 0);
}

static void a_clock_that_stands_or_jumps_back_gives_nothing(void)
{
    g_autoptr(ApiRate) rate = api_rate_new(64);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 5000), ==, 5);
    g_assert_cmpuint(allowed_of(rate, "a", 20, 1000), ==, 0);
    g_assert_cmpuint(allowed_of(rate, "a", 20, INT64_MAX / 4), ==, 5);
}

// The one who asks most keeps an empty bucket while others come and go.
static void many_other_keys_do_not_fill_an_empty_bucket(void)
{
    g_autoptr(ApiRate) rate = api_rate_new(8);
    g_assert_cmpuint(allowed_of(rate, "greedy", 20, 0), ==, 5);
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *key = g_strdup_printf("address %u", i);
        g_assert_cmpuint(api_rate_take(rate, key, limit, 0), ==, 0);
    }
    g_assert_cmpuint(allowed_of(rate, "greedy", 20, 0), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/rate/burst_and_rate", lets_a_burst_through_and_then_its_rate);
    g_test_add_func("/api/rate/wait", says_how_long_to_wait);
    g_test_add_func("/api/rate/keys", keys_do_not_share_a_bucket);
    g_test_add_func("/api/rate/clock", a_clock_that_stands_or_jumps_back_gives_nothing);
    g_test_add_func("/api/rate/eviction", many_other_keys_do_not_fill_an_empty_bucket);
    return g_test_run();
}
