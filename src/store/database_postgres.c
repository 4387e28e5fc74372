// SPDX-License-Identifier: Apache-2.0
//
// Database over a PostgreSQL server.
#include "base/error.h"
#include "store/database_ops.h"

Database *database_postgres_open(const char *url, unsigned busy_ms, GError **err)
{
    (void)url;
    (void)busy_ms;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                "cannot open a PostgreSQL database: this build has no part for it");
    return NULL;
}
