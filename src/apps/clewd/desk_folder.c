// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/desk_folder.h"

#include <glib.h>
#include <string.h>

// Of this program in a build folder.
#define PLACE_IN_BUILD "/src/apps/clewd/clewd"

char *desk_folder_find(void)
{
    g_autofree char *executable = g_file_read_link("/proc/self/exe", NULL);
    if (executable != NULL && g_str_has_suffix(executable, PLACE_IN_BUILD)) {
        executable[strlen(executable) - strlen(PLACE_IN_BUILD)] = '\0';
        g_autofree char *built = g_build_filename(executable, "desk", NULL);
        g_autofree char *page = g_build_filename(built, "index.html", NULL);
        if (g_file_test(page, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&built);
    }
    return g_strdup(DESK_FOLDER);
}
