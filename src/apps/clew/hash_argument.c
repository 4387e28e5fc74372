// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/hash_argument.h"

#include <errno.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "model/digest_set.h"

bool hash_type_of_option(const char *text, bool *ret_has_type, HashType *ret_type, GError **err)
{
    *ret_has_type = text != NULL;
    if (text == NULL)
        return true;
    if (hash_type_from_name(text, ret_type) && *ret_type < HASH_COMPUTABLE_COUNT)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "--type must be md5, sha1, sha256 or pdq, not \"%s\"", text);
    return false;
}

static bool type_of_length(size_t digits, HashType *ret_type)
{
    for (unsigned type = HASH_MD5; type <= HASH_SHA256; type++) {
        if (2 * hash_type_bytes((HashType)type) == digits) {
            *ret_type = (HashType)type;
            return true;
        }
    }
    return false;
}

static bool fail_digits(const char *what, HashType type, size_t digits, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "%s: a %s has %u hexadecimal digits; this has %u characters", what,
                hash_type_name(type), (unsigned)(2 * hash_type_bytes(type)), (unsigned)digits);
    return false;
}

// The type before the colon.
static bool stated_type(const char *text, const char *colon, const char *what, HashType *ret_type,
                        GError **err)
{
    g_autofree char *name = g_strndup(text, (gsize)(colon - text));
    if (!hash_type_from_name(name, ret_type)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "%s: the type before the colon must be md5, sha1, sha256 or pdq", what);
        return false;
    }
    if (*ret_type >= HASH_COMPUTABLE_COUNT) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "%s: hashes of type %s are kept but cannot be computed or matched", what,
                    hash_type_name(*ret_type));
        return false;
    }
    return true;
}

bool hash_of_text(const char *text, bool has_type, HashType type, const char *what,
                  ListHash *ret_hash, GError **err)
{
    const char *digits = text;
    const char *colon = strchr(text, ':');
    if (colon != NULL) {
        if (!stated_type(text, colon, what, &type, err))
            return false;
        digits = colon + 1;
    } else if (!has_type && !type_of_length(strlen(text), &type)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "%s: a bare hash has 32 (MD5), 40 (SHA-1) or 64 (SHA-256) hexadecimal digits; "
                    "a PDQ is written pdq:DIGITS",
                    what);
        return false;
    }
    ListHash hash = {.type = type};
    if (!encoding_from_hex(digits, strlen(digits), hash.value, hash_type_bytes(type)))
        return fail_digits(what, type, strlen(digits), err);
    *ret_hash = hash;
    return true;
}

// "e" and decimal digits, not so many that it could be a hash.
static bool entry_number(const char *text, uint64_t *ret_id)
{
    if (text[0] != 'e' || text[1] == '\0' || strspn(text + 1, "0123456789") != strlen(text + 1) ||
        strlen(text) > 21)
        return false;
    errno = 0;
    *ret_id = g_ascii_strtoull(text + 1, NULL, 10);
    return errno == 0 && *ret_id <= INT64_MAX;
}

bool selector_of_text(const char *text, bool has_type, HashType type, const char *what,
                      EntrySelector *ret_selector, GError **err)
{
    EntrySelector selector = {0};
    ListHash hash;
    if (entry_number(text, &selector.id)) {
        selector.is_id = true;
    } else if (hash_of_text(text, has_type, type, what, &hash, err)) {
        selector.type = hash.type;
        memcpy(selector.value, hash.value, sizeof selector.value);
    } else {
        return false;
    }
    *ret_selector = selector;
    return true;
}
