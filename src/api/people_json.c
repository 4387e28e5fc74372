// SPDX-License-Identifier: Apache-2.0
#include "api/people_json.h"

#include <string.h>

#include "base/limits.h"
#include "cases/sessions.h"

json_t *api_role_names(unsigned roles)
{
    json_t *names = json_array();
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        if ((roles & 1u << role) != 0)
            json_array_append_new(names, json_string(role_name((Role)role)));
    return names;
}

unsigned api_roles(ApiObject *in)
{
    unsigned roles = 0;
    ApiArray *names = api_object_array(in, "roles", 1, ROLE_COUNT);
    for (size_t i = 0; i < api_array_size(names); i++) {
        Role role;
        const char *name = api_array_text(names, i, 1, LIMIT_API_WORD);
        if (role_from_name(name, &role))
            roles |= 1u << role;
        else
            api_object_refuse(in, "roles", "one of them is none of the roles there are");
    }
    return roles;
}

void api_secret_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

void api_secret_clear(char **text)
{
    api_secret_free(*text);
}

json_t *api_texts(const GPtrArray *texts)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < texts->len; i++)
        json_array_append_new(array, json_string(texts->pdata[i]));
    return array;
}

bool api_refuse_attempt(ApiCall *call, const char *name, GError *error, GError **err)
{
    if (!g_error_matches(error, CLEW_ERROR, CLEW_ERROR_BUSY)) {
        g_propagate_error(err, error);
        return false;
    }
    api_call_retry_after(call, sessions_wait_s(api_call_work(call), name, api_call_address(call)));
    g_set_error_literal(err, API_PROBLEM, API_PROBLEM_TOO_MANY, error->message);
    g_error_free(error);
    return false;
}
