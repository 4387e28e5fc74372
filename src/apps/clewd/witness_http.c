// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/witness_http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define CONNECT_MS 5000L
#define ANSWER_MS 15000L

bool witness_parse(const char *option, AuditWitness *ret_witness, GError **err)
{
    // A key holds no '=' but at its end, a URL may: the key begins behind the last one before a
    // '+'.
    const char *plus = strchr(option, '+');
    const char *equals = plus != NULL ? g_strrstr_len(option, plus - option, "=") : NULL;
    if (equals == NULL ||
        (!g_str_has_prefix(option, "https://") && !g_str_has_prefix(option, "http://"))) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "--witness %s is not of the form https://HOST/PATH=NAME+ID+KEY", option);
        return false;
    }
    if (!audit_key_parse(equals + 1, &ret_witness->key, err))
        return false;
    if (ret_witness->key.type != AUDIT_KEY_WITNESS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "--witness %s gives a key for logs, not for witnesses", option);
        return false;
    }
    size_t length = (size_t)(equals - option);
    while (length > 0 && option[length - 1] == '/')
        length--;
    ret_witness->url = g_strndup(option, length);
    return true;
}

bool witness_http_init(GError **err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "cannot start libcurl");
    return false;
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *user_data)
{
    GString *answer = user_data;
    if (answer->len + count > LIMIT_CHECKPOINT_BYTES)
        return 0; // fails the transfer
    g_string_append_len(answer, bytes, (gssize)count);
    return count;
}

static void set_up(CURL *curl, const char *url, const char *body, GString *answer, char *why)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "clewd/" CLEW_VERSION);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
}

bool witness_http_post(void *user_data, const char *url, const char *body, unsigned *ret_status,
                       char **ret_answer, GError **err)
{
    long status = 0;
    char why[CURL_ERROR_SIZE] = "";
    g_autoptr(GString) answer = g_string_new(NULL);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    CURL *curl = curl_easy_init();
    if (curl == NULL || headers == NULL)
        g_error("libcurl has no memory");
    set_up(curl, url, body, answer, why);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (result != CURLE_OK) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO,
                    "the witness at %s does not answer (%s); heads are kept and brought to it "
                    "later",
                    url, why[0] != '\0' ? why : curl_easy_strerror(result));
        return false;
    }
    *ret_status = (unsigned)status;
    *ret_answer = g_string_free(g_steal_pointer(&answer), FALSE);
    return true;
}
