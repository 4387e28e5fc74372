// SPDX-License-Identifier: Apache-2.0
#include "api/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "api/problem.h"

#define HTTPS_PORT 443
#define HOST_BYTES_MAX 255
#define PORT_DIGITS_MAX 5

typedef struct {
    char *host;
    unsigned port; // 0: any that fits how the server is reached
} HostName;

struct ApiGuard {
    GArray *names; // of HostName
    GPtrArray *proxies;
    unsigned port;
    bool behind_tls_proxy;
};

// ---- Names and addresses ----------------------------------------------------------------------

static bool parse_port(const char *text, unsigned *ret_port)
{
    size_t length = strlen(text);
    unsigned port = 0;
    if (length == 0 || length > PORT_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]))
            return false;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    *ret_port = port;
    return port <= UINT16_MAX;
}

static bool is_host_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '.' && text[i] != '_')
            return false;
    return length > 0 && length <= HOST_BYTES_MAX && text[0] != '.' && text[0] != '-';
}

bool api_host_split(const char *text, char **ret_host, unsigned *ret_port)
{
    const char *host = text, *end = text + strcspn(text, ":");
    bool bracketed = text[0] == '[';
    if (bracketed) {
        host = text + 1;
        end = strchr(host, ']');
        if (end == NULL)
            return false;
    }
    g_autofree char *name = g_ascii_strdown(host, end - host);
    struct in6_addr address;
    if (bracketed ? inet_pton(AF_INET6, name, &address) != 1 : !is_host_name(name, strlen(name)))
        return false;
    const char *rest = end + (bracketed ? 1 : 0);
    unsigned port = 0;
    if (*rest != '\0' && (*rest != ':' || !parse_port(rest + 1, &port)))
        return false;
    *ret_host = g_steal_pointer(&name);
    *ret_port = port;
    return true;
}

// Text as the system writes it, so that addresses can be compared as text; an IPv4 address that is
// mapped into IPv6 becomes itself. NULL when it is none.
static char *canonical_address(const char *text)
{
    struct in_addr four;
    struct in6_addr six;
    char written[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, text, &four) == 1)
        return g_strdup(inet_ntop(AF_INET, &four, written, sizeof written));
    if (inet_pton(AF_INET6, text, &six) != 1)
        return NULL;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return g_strdup(inet_ntop(AF_INET, six.s6_addr + 12, written, sizeof written));
    return g_strdup(inet_ntop(AF_INET6, &six, written, sizeof written));
}

bool api_address_is_loopback(const char *address)
{
    g_autofree char *text = canonical_address(address);
    return text != NULL && (g_str_has_prefix(text, "127.") || strcmp(text, "::1") == 0);
}

char *api_address_network(const char *address)
{
    struct in6_addr six;
    char written[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, address, &six) != 1)
        return g_strdup(address);
    memset(six.s6_addr + 8, 0, 8); // the half that names a machine
    return g_strdup(inet_ntop(AF_INET6, &six, written, sizeof written));
}

// ---- Making -----------------------------------------------------------------------------------

static void host_name_clear(void *data)
{
    g_free(((HostName *)data)->host);
}

static bool add_name(ApiGuard *guard, const char *text, GError **err)
{
    HostName name = {0};
    if (!api_host_split(text, &name.host, &name.port)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "'%s' is no name of a host, like clew.example or clew.example:8443", text);
        return false;
    }
    g_array_append_val(guard->names, name);
    return true;
}

static bool add_proxy(ApiGuard *guard, const char *text, GError **err)
{
    char *address = canonical_address(text);
    if (address == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "'%s' is no address of a proxy; give its IP address", text);
        return false;
    }
    g_ptr_array_add(guard->proxies, address);
    return true;
}

ApiGuard *api_guard_new(const ApiGuardOptions *options, GError **err)
{
    g_autoptr(ApiGuard) guard = g_new0(ApiGuard, 1);
    guard->names = g_array_new(FALSE, FALSE, sizeof(HostName));
    g_array_set_clear_func(guard->names, host_name_clear);
    guard->proxies = g_ptr_array_new_with_free_func(g_free);
    guard->port = options->listen_port;
    guard->behind_tls_proxy = options->behind_tls_proxy;

    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};
    for (unsigned i = 0; i < G_N_ELEMENTS(loopback); i++) {
        g_autofree char *name = g_strdup_printf("%s:%u", loopback[i], guard->port);
        if (!add_name(guard, name, err))
            return NULL;
    }
    const char *bracket = strchr(options->listen_host, ':') != NULL ? "[" : "";
    g_autofree char *own = g_strdup_printf("%s%s%s:%u", bracket, options->listen_host,
                                           *bracket != '\0' ? "]" : "", guard->port);
    if (!add_name(guard, own, err))
        return NULL;
    for (unsigned i = 0; options->hosts != NULL && options->hosts[i] != NULL; i++)
        if (!add_name(guard, options->hosts[i], err))
            return NULL;
    for (unsigned i = 0; options->proxies != NULL && options->proxies[i] != NULL; i++)
        if (!add_proxy(guard, options->proxies[i], err))
            return NULL;
    return g_steal_pointer(&guard);
}

void api_guard_free(ApiGuard *guard)
{
    if (guard == NULL)
        return;
    g_array_unref(guard->names);
    g_ptr_array_unref(guard->proxies);
    g_free(guard);
}

// ---- Judging ----------------------------------------------------------------------------------

static unsigned usual_port(const ApiGuard *guard)
{
    return guard->behind_tls_proxy ? HTTPS_PORT : guard->port;
}

// A name without a port is good for the port that browsers take for granted here.
static bool knows(const ApiGuard *guard, const char *host, unsigned port)
{
    for (unsigned i = 0; i < guard->names->len; i++) {
        const HostName *name = &g_array_index(guard->names, HostName, i);
        if (strcmp(name->host, host) == 0 &&
            port == (name->port != 0 ? name->port : usual_port(guard)))
            return true;
    }
    return false;
}

static bool split_with_port(const ApiGuard *guard, const char *text, char **ret_host,
                            unsigned *ret_port)
{
    if (!api_host_split(text, ret_host, ret_port))
        return false;
    if (*ret_port == 0)
        *ret_port = guard->behind_tls_proxy ? HTTPS_PORT : 80;
    return true;
}

static bool refuse(GError **err, int status, const char *why)
{
    g_set_error_literal(err, API_PROBLEM, status, why);
    return false;
}

static bool check_origin(const ApiGuard *guard, const char *origin, const char *host, unsigned port,
                         GError **err)
{
    const char *scheme = guard->behind_tls_proxy ? "https://" : "http://";
    g_autofree char *origin_host = NULL;
    unsigned origin_port = 0;
    if (!g_str_has_prefix(origin, scheme) ||
        !split_with_port(guard, origin + strlen(scheme), &origin_host, &origin_port) ||
        strcmp(origin_host, host) != 0 || origin_port != port)
        return refuse(err, API_PROBLEM_FORBIDDEN,
                      "the request comes from a page of another origin");
    return true;
}

static bool is_proxy(const ApiGuard *guard, const char *peer)
{
    if (!guard->behind_tls_proxy)
        return false;
    if (api_address_is_loopback(peer))
        return true;
    g_autofree char *address = canonical_address(peer);
    for (unsigned i = 0; address != NULL && i < guard->proxies->len; i++)
        if (strcmp(guard->proxies->pdata[i], address) == 0)
            return true;
    return false;
}

bool api_guard_admits(const ApiGuard *guard, const ApiGuardRequest *request, GError **err)
{
    if (guard->behind_tls_proxy && !is_proxy(guard, request->peer))
        return refuse(err, API_PROBLEM_FORBIDDEN, "the request does not come through the proxy");
    g_autofree char *host = NULL;
    unsigned port = 0;
    if (request->host == NULL || !split_with_port(guard, request->host, &host, &port))
        return refuse(err, API_PROBLEM_BAD_REQUEST, "the request needs a Host header with a name");
    if (!knows(guard, host, port))
        return refuse(err, API_PROBLEM_MISDIRECTED,
                      "this server does not go by the name in the Host header; it is started with "
                      "--host NAME if it shall");
    if (request->origin != NULL && !check_origin(guard, request->origin, host, port, err))
        return false;
    const char *site = request->fetch_site;
    if (site != NULL && !request->is_navigation && strcmp(site, "same-origin") != 0 &&
        strcmp(site, "none") != 0)
        return refuse(err, API_PROBLEM_FORBIDDEN, "the request comes from a page of another site");
    return true;
}

char *api_guard_client(const ApiGuard *guard, const ApiGuardRequest *request)
{
    if (request->forwarded_for != NULL && is_proxy(guard, request->peer)) {
        // What stands before the last address the client may have written itself.
        const char *comma = strrchr(request->forwarded_for, ',');
        g_autofree char *last = g_strdup(comma != NULL ? comma + 1 : request->forwarded_for);
        char *address = canonical_address(g_strstrip(last));
        if (address != NULL)
            return address;
    }
    char *peer = canonical_address(request->peer);
    return peer != NULL ? peer : g_strdup(request->peer);
}
