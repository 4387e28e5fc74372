// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the target of a request. What is taken keeps its promises, and its path may be
// matched and looked up among the desk's files.
#include "api/route.h"
#include "api/static_files.h"
#include "api/target.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void check_text(const char *text, size_t max)
{
    if (strlen(text) > max || !g_utf8_validate(text, -1, NULL))
        abort();
    for (; *text != '\0'; text++)
        if (g_ascii_iscntrl(*text))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    ApiTarget target;
    if (!api_target_parse(text, &target, NULL))
        return 0;
    check_text(target.path, LIMIT_API_TARGET_BYTES);
    if (target.path[0] != '/' || strstr(target.path, "//") != NULL ||
        strstr(target.path, "/../") != NULL || g_str_has_suffix(target.path, "/..") ||
        strchr(target.path, '\\') != NULL)
        abort();
    for (unsigned i = 0; i < target.parameter_count; i++) {
        check_text(target.parameters[i].name, LIMIT_API_WORD);
        check_text(target.parameters[i].value, LIMIT_API_QUERY_TEXT);
    }
    ApiMatch match = api_match(api_routes(), API_METHOD_GET, target.path);
    if (match.route != NULL && match.allowed == 0)
        abort();
    g_autoptr(ApiStaticFiles) files = api_static_files_new(NULL, NULL);
    ApiStaticFile file;
    api_static_files_open(files, target.path, NULL, &file, NULL);
    api_target_clear(&target);
    return 0;
}
