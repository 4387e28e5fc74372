// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/sign_in.h"

#include <stdio.h>
#include <string.h>

static void wipe(void *text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

GPtrArray *sign_in_make(SignInLinks *links, Casework *work, char *const *names, const char *origin,
                        GError **err)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(wipe);
    for (; names != NULL && *names != NULL; names++) {
        char *secret = sign_in_links_make(links, work, *names, err);
        if (secret == NULL) {
            g_prefix_error(err, "--sign-in-link: ");
            return NULL;
        }
        // Behind '#', so that no browser sends it and no log has it.
        g_ptr_array_add(addresses, g_strdup_printf("%s/#/link/%s", origin, secret));
        wipe(secret);
    }
    return g_steal_pointer(&addresses);
}

void sign_in_print(const GPtrArray *addresses)
{
    for (unsigned i = 0; i < addresses->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(addresses, i));
    fflush(stdout);
}
