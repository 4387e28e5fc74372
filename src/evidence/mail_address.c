// SPDX-License-Identifier: Apache-2.0
#include "evidence/mail_address.h"

#include <string.h>

#define ADDRESS_BYTES 320u // RFC 5321 section 4.5.3.1

void mail_address_add(Walk *walk, const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    if (at == NULL || at == address || at[1] == 0 || strlen(address) > ADDRESS_BYTES ||
        !g_utf8_validate(address, -1, NULL))
        return;
    for (const char *byte = address; *byte != 0; byte++) {
        if ((unsigned char)*byte <= 0x20 || *byte == 0x7f)
            return;
    }
    g_autofree char *domain = g_utf8_strdown(at, -1);
    g_autofree char *local = g_strndup(address, (size_t)(at - address));
    g_autofree char *value = g_strconcat(local, domain, NULL);
    walk_add_identifier(walk, IDENTIFIER_EMAIL, value);
}
