// SPDX-License-Identifier: Apache-2.0
#include <expat.h>
#include <sqlite3.h>

#include "base/error.h"
#include "lists/list_format.h"

bool list_formats_prepare(GError **err)
{
    int result = sqlite3_initialize();
    if (result == SQLITE_OK)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "cannot start SQLite: %s",
                sqlite3_errstr(result));
    return false;
}

const char *list_formats_versions(void)
{
    XML_Expat_Version expat = XML_ExpatVersionInfo();
    g_autofree char *text = g_strdup_printf("expat %d.%d.%d; SQLite %s", expat.major, expat.minor,
                                            expat.micro, sqlite3_libversion());
    return g_intern_string(text);
}
