// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/server_client.h"

#include <curl/curl.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "model/plain_text.h"

#define CONNECT_MS 10000L
#define STALLED_SECONDS 120L // with less than a byte a second
#define WAIT_FIRST_MS 500u
#define WAIT_MOST_MS 30000u
#define WAIT_SLICE_MS 100u
#define TOKEN_BYTES_MAX 512u
#define SAID_BYTES_MAX 500u

struct ServerClient {
    ServerClientOptions options;
    char *url, *ca_file;
    char *authorization; // the header line; secret
    CURL *curl;
    bool is_plain;
};

// ---- Opening ----------------------------------------------------------------------------------

static bool is_loopback(const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    bool loopback = false;
    if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        loopback = g_str_equal(host, "localhost") || g_str_equal(host, "[::1]") ||
                   g_regex_match_simple("^127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}$", host, 0, 0);
    }
    curl_free(host);
    curl_url_cleanup(parts);
    return loopback;
}

static bool check_url(ServerClient *client, const char *url, GError **err)
{
    client->is_plain = g_str_has_prefix(url, "http://");
    if (!client->is_plain && !g_str_has_prefix(url, "https://")) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "--server %s is not of the form https://HOST", url);
        return false;
    }
    if (client->is_plain && !is_loopback(url)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "--server %s would send the token in the clear; use https, or http to this "
                    "machine alone",
                    url);
        return false;
    }
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    client->url = g_strndup(url, length);
    return true;
}

static bool read_token(ServerClient *client, const char *path, GError **err)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "cannot read the token: %s", error->message);
        return false;
    }
    bool fits = length <= TOKEN_BYTES_MAX && strlen(text) == length;
    char *token = g_strstrip(text);
    fits = fits && *token != '\0';
    for (const char *c = token; fits && *c != '\0'; c++)
        fits = g_ascii_isgraph(*c);
    if (fits)
        client->authorization = g_strconcat("Authorization: Bearer ", token, NULL);
    else
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s holds no token", path);
    explicit_bzero(text, length);
    return fits;
}

ServerClient *server_client_new(const ServerClientOptions *options, GError **err)
{
    g_autoptr(ServerClient) client = g_new0(ServerClient, 1);
    client->options = *options;
    client->ca_file = g_strdup(options->ca_file);
    if (!check_url(client, options->url, err) || !read_token(client, options->token_file, err))
        return NULL;
    client->curl = curl_easy_init();
    if (client->curl == NULL)
        g_error("libcurl has no memory");
    return g_steal_pointer(&client);
}

void server_client_free(ServerClient *client)
{
    if (client == NULL)
        return;
    if (client->curl != NULL)
        curl_easy_cleanup(client->curl);
    if (client->authorization != NULL)
        explicit_bzero(client->authorization, strlen(client->authorization));
    g_free(client->authorization);
    g_free(client->url);
    g_free(client->ca_file);
    g_free(client);
}

// ---- One request ------------------------------------------------------------------------------

static size_t take_answer(char *bytes, size_t size, size_t count, void *user_data)
{
    GString *answer = user_data;
    if (answer->len + count > LIMIT_API_BODY_BYTES)
        return 0; // fails the transfer
    g_string_append_len(answer, bytes, (gssize)count);
    return count;
}

static int look_at_interrupt(void *user_data, curl_off_t down_all, curl_off_t down,
                             curl_off_t up_all, curl_off_t up)
{
    const ServerClient *client = user_data;
    return client->options.is_interrupted != NULL && client->options.is_interrupted();
}

static void set_up(ServerClient *client, const char *url, const GString *body, GString *answer,
                   char *why)
{
    CURL *curl = client->curl;
    curl_easy_reset(curl); // keeps the connection
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, client->is_plain ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALLED_SECONDS);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (client->ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
    if (client->is_plain)
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "clew/" CLEW_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_at_interrupt);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->str);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
    }
}

// The result of one attempt; *ret_status is 0 when there was no answer.
static CURLcode attempt(ServerClient *client, const char *path, const GString *body,
                        GString *answer, long *ret_status, char *why)
{
    g_autofree char *url = g_strconcat(client->url, path, NULL);
    struct curl_slist *headers = curl_slist_append(NULL, client->authorization);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    g_string_truncate(answer, 0);
    *ret_status = 0;
    set_up(client, url, body, answer, why);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode result = curl_easy_perform(client->curl);
    if (result == CURLE_OK)
        curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, ret_status);
    for (struct curl_slist *header = headers; header != NULL; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(headers);
    return result;
}

// ---- Answers ----------------------------------------------------------------------------------

static char *group_of(const char *reply, const char *key, const char *pattern)
{
    g_autofree char *whole = g_strdup_printf("\"%s\":\\s*%s", key, pattern);
    g_autoptr(GRegex) regex = g_regex_new(whole, G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    return g_regex_match(regex, reply, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

bool server_reply_number(const char *reply, const char *key, guint64 *ret_number)
{
    g_autofree char *digits = group_of(reply, key, "(\\d{1,19})\\b");
    return digits != NULL &&
           g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT64, ret_number, NULL);
}

char *server_reply_word(const char *reply, const char *key)
{
    return group_of(reply, key, "\"([^\"\\\\]*)\"");
}

static bool is_busy(long status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

static bool fail_with_status(const ServerClient *client, long status, const char *reply,
                             GError **err)
{
    g_autofree char *detail = group_of(reply, "detail", "\"((?:[^\"\\\\]|\\\\.)*)\"");
    g_autofree char *said =
        detail != NULL ? plain_text_new(detail, strlen(detail), SAID_BYTES_MAX) : g_strdup("");
    switch (status) {
    case 401:
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "%s refuses the token: it is wrong, has ended or was revoked", client->url);
        break;
    case 403:
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "the token is not for this: %s", said);
        break;
    case 404:
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "%s does not have it: %s", client->url,
                    said);
        break;
    default:
        g_set_error(err, CLEW_ERROR, status == 409 ? CLEW_ERROR_CONFLICT : CLEW_ERROR_INVALID,
                    "%s answers %ld: %s", client->url, status, said);
    }
    return false;
}

static bool wait_ms(const ServerClient *client, unsigned milliseconds)
{
    for (unsigned done = 0; done < milliseconds; done += WAIT_SLICE_MS) {
        if (client->options.is_interrupted != NULL && client->options.is_interrupted())
            return false;
        g_usleep(WAIT_SLICE_MS * 1000u);
    }
    return true;
}

static void say_waiting(const ServerClient *client, const char *why)
{
    g_autofree char *sentence = g_strdup_printf(
        "%s: %s; what was found is kept, and brought there when it answers", client->url, why);
    if (client->options.talk != NULL)
        client->options.talk(client->options.user_data, sentence);
}

bool server_client_ask(ServerClient *client, const char *path, const GString *body, bool patient,
                       GString *ret_reply, GError **err)
{
    unsigned pause_ms = WAIT_FIRST_MS;
    bool has_told = false;
    while (true) {
        char why[CURL_ERROR_SIZE] = "";
        long status;
        CURLcode result = attempt(client, path, body, ret_reply, &status, why);
        if (result == CURLE_OK && status >= 200 && status < 300)
            return true;
        if (result == CURLE_OK && !is_busy(status))
            return fail_with_status(client, status, ret_reply->str, err);
        const char *reason = result == CURLE_OK ? "the server is busy"
                             : why[0] != '\0'   ? why
                                                : curl_easy_strerror(result);
        bool is_hopeless = result == CURLE_PEER_FAILED_VERIFICATION ||
                           result == CURLE_SSL_CACERT_BADFILE || result == CURLE_URL_MALFORMAT;
        if (!patient || is_hopeless) {
            g_set_error(err, CLEW_ERROR, is_hopeless ? CLEW_ERROR_DENIED : CLEW_ERROR_IO,
                        "cannot reach %s: %s", client->url, reason);
            return false;
        }
        if (!has_told)
            say_waiting(client, reason);
        has_told = true;
        if (!wait_ms(client, pause_ms)) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED,
                        "stopped while %s did not answer; run the scan again to bring the rest",
                        client->url);
            return false;
        }
        pause_ms = pause_ms * 2 < WAIT_MOST_MS ? pause_ms * 2 : WAIT_MOST_MS;
    }
}
