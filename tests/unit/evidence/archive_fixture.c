// SPDX-License-Identifier: Apache-2.0
#include "archive_fixture.h"

#include <string.h>

#include "model/record.h"

char *archive_describe(const Walked *walked)
{
    GString *text = g_string_new(status_name(walked_root(walked)->status));
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (!item->finished || item->depth == 0 || strstr(item->path, " > ") != NULL)
            continue;
        g_string_append_printf(text, " | %s %s %.8s", status_name(item->status), item->name,
                               item->sha256 != NULL ? item->sha256 : "-");
    }
    return g_string_free(text, FALSE);
}

void archive_assert(const void *bytes, size_t size, const char *name, const char *expected)
{
    g_autoptr(Walked) walked = walk_fixture_bytes(bytes, size, name, (WalkFixtureOptions){0});
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, expected);
}
