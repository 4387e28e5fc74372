// SPDX-License-Identifier: Apache-2.0
//
// Only requests that name this server and come from its own pages are admitted, and forwarded
// headers count from the proxy only.
#include "api/guard.h"

#include "api/problem.h"

static ApiGuard *guard_of(ApiGuardOptions options)
{
    g_autoptr(GError) error = NULL;
    if (options.listen_host == NULL)
        options.listen_host = "127.0.0.1";
    options.listen_port = 8600;
    ApiGuard *guard = api_guard_new(&options, &error);
    g_assert_no_error(error);
    return guard;
}

static int status_of(const ApiGuard *guard, ApiGuardRequest request)
{
    g_autoptr(GError) error = NULL;
    if (request.peer == NULL)
        request.peer = "127.0.0.1";
    if (api_guard_admits(guard, &request, &error))
        return 200;
    g_assert_true(error->domain == API_PROBLEM);
    return error->code;
}

static void on_loopback_its_own_names_with_its_port(void)
{
    g_autoptr(ApiGuard) guard = guard_of((ApiGuardOptions){0});
    static const char *const good[] = {"localhost:8600", "LocalHost:8600", "127.0.0.1:8600",
                                       "[::1]:8600"};
    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_cmpint(status_of(guard, (ApiGuardRequest){.host = good[i]}), ==, 200);
    static const char *const others[] = {
        "localhost",           "localhost:80", "evil.example:8600", "127.0.0.2:8600",
        "localhost.evil:8600", "[::2]:8600",   "127.1:8600",        "localhost:08601"};
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_cmpint(status_of(guard, (ApiGuardRequest){.host = others[i]}), ==, 421);
    static const char *const bad[] = {"",       ":8600", "localhost:",       "localhost:x",
                                      "[::1",   "a b",   "localhost:999999", "user@localhost:8600",
                                      "[::1]x", "a/b:1", "[localhost]:8600", "localhost:8600:8600"};
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpint(status_of(guard, (ApiGuardRequest){.host = bad[i]}), ==, 400);
    g_assert_cmpint(status_of(guard, (ApiGuardRequest){.host = NULL}), ==, 400);
}

static void names_can_be_added(void)
{
    static const char *const hosts[] = {"clew.example", "other.example:9000", NULL};
    g_autoptr(ApiGuard) plain = guard_of((ApiGuardOptions){.hosts = hosts});
    g_assert_cmpint(status_of(plain, (ApiGuardRequest){.host = "clew.example:8600"}), ==, 200);
    g_assert_cmpint(status_of(plain, (ApiGuardRequest){.host = "other.example:9000"}), ==, 200);
    g_assert_cmpint(status_of(plain, (ApiGuardRequest){.host = "other.example:8600"}), ==, 421);
    g_autoptr(ApiGuard) tls = guard_of((ApiGuardOptions){.hosts = hosts, .behind_tls_proxy = true});
    g_assert_cmpint(status_of(tls, (ApiGuardRequest){.host = "clew.example"}), ==, 200);
    g_assert_cmpint(status_of(tls, (ApiGuardRequest){.host = "clew.example:443"}), ==, 200);
    g_assert_cmpint(status_of(tls, (ApiGuardRequest){.host = "clew.example:8600"}), ==, 421);
    g_autoptr(GError) error = NULL;
    static const char *const wrong[] = {"http://clew.example", NULL};
    g_assert_null(
        api_guard_new(&(ApiGuardOptions){.listen_host = "127.0.0.1", .hosts = wrong}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

static void origin_must_be_this_server(void)
{
    g_autoptr(ApiGuard) guard = guard_of((ApiGuardOptions){0});
    static const struct {
        const char *origin;
        int status;
    } rows[] = {
        {NULL, 200},
        {"http://localhost:8600", 200},
        {"http://127.0.0.1:8600", 403}, // this server, but not the name that was asked
        {"https://localhost:8600", 403},
        {"http://localhost", 403},
        {"http://localhost:8601", 403},
        {"http://evil.example", 403},
        {"http://localhost:8600.evil.example", 403},
        {"http://localhost:8600/", 403},
        {"null", 403},
        {"", 403},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(
            status_of(guard, (ApiGuardRequest){.host = "localhost:8600", .origin = rows[i].origin}),
            ==, rows[i].status);
    static const char *const hosts[] = {"clew.example", NULL};
    g_autoptr(ApiGuard) tls = guard_of((ApiGuardOptions){.hosts = hosts, .behind_tls_proxy = true});
    g_assert_cmpint(
        status_of(tls, (ApiGuardRequest){.host = "clew.example", .origin = "https://clew.example"}),
        ==, 200);
    g_assert_cmpint(
        status_of(tls, (ApiGuardRequest){.host = "clew.example", .origin = "http://clew.example"}),
        ==, 403);
}

static void pages_of_other_sites_may_link_but_not_call(void)
{
    g_autoptr(ApiGuard) guard = guard_of((ApiGuardOptions){0});
    ApiGuardRequest request = {.host = "localhost:8600", .fetch_site = "same-origin"};
    g_assert_cmpint(status_of(guard, request), ==, 200);
    request.fetch_site = "none";
    g_assert_cmpint(status_of(guard, request), ==, 200);
    request.fetch_site = "same-site"; // another port of this machine
    g_assert_cmpint(status_of(guard, request), ==, 403);
    request.fetch_site = "cross-site";
    g_assert_cmpint(status_of(guard, request), ==, 403);
    request.is_navigation = true;
    g_assert_cmpint(status_of(guard, request), ==, 200);
}

static char *client_of(const ApiGuard *guard, const char *peer, const char *forwarded_for)
{
    return api_guard_client(guard,
                            &(ApiGuardRequest){.peer = peer, .forwarded_for = forwarded_for});
}

static void assert_client(const ApiGuard *guard, const char *peer, const char *forwarded_for,
                          const char *client)
{
    g_autofree char *found = client_of(guard, peer, forwarded_for);
    g_assert_cmpstr(found, ==, client);
}

static void forwarded_addresses_count_from_the_proxy_only(void)
{
    static const char *const proxies[] = {"192.0.2.9", NULL};
    g_autoptr(ApiGuard) plain = guard_of((ApiGuardOptions){0});
    assert_client(plain, "127.0.0.1", "203.0.113.5", "127.0.0.1");
    g_autoptr(ApiGuard) tls =
        guard_of((ApiGuardOptions){.behind_tls_proxy = true, .proxies = proxies});
    assert_client(tls, "127.0.0.1", "203.0.113.5", "203.0.113.5");
    assert_client(tls, "::ffff:127.0.0.1", "203.0.113.5", "203.0.113.5");
    assert_client(tls, "192.0.2.9", "198.51.100.1, 203.0.113.5", "203.0.113.5");
    assert_client(tls, "192.0.2.8", "203.0.113.5", "192.0.2.8");
    assert_client(tls, "127.0.0.1", "no address", "127.0.0.1");
    assert_client(tls, "127.0.0.1", "2001:DB8::0:1", "2001:db8::1");
}

static void behind_a_proxy_nobody_comes_past_it(void)
{
    static const char *const proxies[] = {"192.0.2.9", NULL};
    g_autoptr(ApiGuard) guard =
        guard_of((ApiGuardOptions){.behind_tls_proxy = true, .proxies = proxies});
    ApiGuardRequest request = {.host = "localhost:8600", .peer = "192.0.2.9"};
    g_assert_cmpint(status_of(guard, request), ==, 200);
    request.peer = "192.0.2.10";
    g_assert_cmpint(status_of(guard, request), ==, 403);
}

static void an_ipv6_customer_is_one_stranger(void)
{
    g_autofree char *a = api_address_network("2001:db8::a:b:c:d");
    g_autofree char *b = api_address_network("2001:db8:0:0:1:2:3:4");
    g_autofree char *c = api_address_network("2001:db8:0:1:1:2:3:4");
    g_autofree char *d = api_address_network("192.0.2.1");
    g_assert_cmpstr(a, ==, b);
    g_assert_cmpstr(a, !=, c);
    g_assert_cmpstr(d, ==, "192.0.2.1");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/guard/loopback_names", on_loopback_its_own_names_with_its_port);
    g_test_add_func("/api/guard/added_names", names_can_be_added);
    g_test_add_func("/api/guard/origin", origin_must_be_this_server);
    g_test_add_func("/api/guard/sites", pages_of_other_sites_may_link_but_not_call);
    g_test_add_func("/api/guard/forwarded", forwarded_addresses_count_from_the_proxy_only);
    g_test_add_func("/api/guard/past_the_proxy", behind_a_proxy_nobody_comes_past_it);
    g_test_add_func("/api/guard/network", an_ipv6_customer_is_one_stranger);
    return g_test_run();
}
