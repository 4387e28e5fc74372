// SPDX-License-Identifier: Apache-2.0
#include "cases/password.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/error.h"

#define OPERATIONS 3u // one more than libsodium's "interactive"
#define MEMORY_BYTES (64u << 20)
#define REPEATED_MAX 6u // characters of a pattern that is only repeated

_Static_assert(PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES, "hash text");

// A hash of nothing in particular, for names that do not exist.
static const char nobodys_hash[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// What is chosen most where twelve characters are asked for, without the digits and marks that
// people put behind; patterns that repeat or count are found by rule.
static const char *const common_words[] = {
    "password",
    "passwordpassword",
    "passw0rd",
    "p@ssw0rd",
    "mypassword",
    "newpassword",
    "qwertyuiop",
    "qwertyqwerty",
    "qwertyuiopasdf",
    "asdfghjkl",
    "qwertyuiopas",
    "zxcvbnm",
    "qazwsxedc",
    "qazwsxedcrfv",
    "iloveyou",
    "iloveyousomuch",
    "letmein",
    "letmeinplease",
    "welcome",
    "welcomehome",
    "administrator",
    "admin",
    "adminadmin",
    "changeme",
    "changemenow",
    "sunshine",
    "princess",
    "football",
    "basketball",
    "superman",
    "trustno",
    "correcthorsebatterystaple",
    "secretpassword",
    "computer",
    "investigator",
    "investigation",
    "clew",
    "ariadne",
    "starwars",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "qwertzuiop",
    "azertyuiop",
    "passwort",
    "motdepasse",
    "contrasena",
    "wachtwoord",
    "parola",
    "haslo",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "michael",
    "jennifer",
    "christopher",
    "alexander",
    "elizabeth",
};

// ---- What is refused ----------------------------------------------------------------------------

static bool repeats_a_short_pattern(const char *password, size_t length)
{
    for (size_t period = 1; period <= REPEATED_MAX && period < length; period++)
        if (memcmp(password, password + period, length - period) == 0)
            return true;
    return false;
}

// 123456789012, abcdefghijkl, cba… : each byte one more, or one less, than the last; 0 follows 9.
static bool counts(const char *password, size_t length, int step)
{
    for (size_t i = 1; i < length; i++) {
        int expected = password[i - 1] + step;
        if (isdigit((unsigned char)password[i - 1]))
            expected = '0' + (password[i - 1] - '0' + step + 10) % 10;
        if (password[i] != expected)
            return false;
    }
    return true;
}

static bool is_common(const char *lower, size_t length)
{
    if (repeats_a_short_pattern(lower, length) || counts(lower, length, 1) ||
        counts(lower, length, -1))
        return true;
    size_t stem = length;
    while (stem > 0 && !g_ascii_isalpha(lower[stem - 1]) && (lower[stem - 1] & 0x80) == 0)
        stem--;
    for (size_t i = 0; i < G_N_ELEMENTS(common_words); i++)
        if (strlen(common_words[i]) == stem && memcmp(lower, common_words[i], stem) == 0)
            return true;
    return false;
}

static bool refuse(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "this password cannot be used: %s", why);
    return false;
}

bool password_is_acceptable(const char *password, const char *name, GError **err)
{
    size_t length = strlen(password);
    if (length > PASSWORD_BYTES_MAX)
        return refuse(err, "it is longer than 1024 bytes");
    if (!g_utf8_validate(password, (gssize)length, NULL))
        return refuse(err, "it is not UTF-8");
    if (g_utf8_strlen(password, (gssize)length) < PASSWORD_CHARACTERS_MIN)
        return refuse(err, "it needs at least 12 characters; a few unrelated words are good");
    g_autofree char *lower = g_utf8_strdown(password, -1);
    g_autofree char *lower_name = g_utf8_strdown(name, -1);
    bool has_name = lower_name[0] != '\0' && strstr(lower, lower_name) != NULL &&
                    strlen(lower) < strlen(lower_name) + PASSWORD_CHARACTERS_MIN;
    bool is_likely = is_common(lower, strlen(lower));
    sodium_memzero(lower, strlen(lower));
    if (has_name)
        return refuse(err, "it is little more than the account's name");
    return is_likely ? refuse(err, "it is one of the first that anybody would try") : true;
}

// ---- At most so many at once --------------------------------------------------------------------

static GMutex lock;
static GCond freed;
static unsigned running;

static bool enter(GError **err)
{
    int64_t until = g_get_monotonic_time() + PASSWORD_WAIT_MS * (int64_t)G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&lock);
    bool in_time = true;
    while (running >= PASSWORD_AT_ONCE && in_time)
        in_time = g_cond_wait_until(&freed, &lock, until);
    bool entered = running < PASSWORD_AT_ONCE;
    if (entered)
        running++;
    g_mutex_unlock(&lock);
    if (!entered)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                    "too many people are logging in at this moment; try again in some seconds");
    return entered;
}

static void leave(void)
{
    g_mutex_lock(&lock);
    running--;
    g_cond_signal(&freed);
    g_mutex_unlock(&lock);
}

// ---- Hashes -------------------------------------------------------------------------------------

static void start_sodium(void)
{
    int result = sodium_init();
    g_assert(result >= 0);
}

void password_hash_clear(PasswordHash *hash)
{
    sodium_memzero(hash, sizeof *hash);
}

bool password_hash(const char *password, PasswordHash *ret_hash, GError **err)
{
    start_sodium();
    if (!enter(err))
        return false;
    g_auto(PasswordHash) hash = {0};
    bool hashed = crypto_pwhash_str_alg(hash.text, password, strlen(password), OPERATIONS,
                                        MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
    leave();
    if (hashed)
        *ret_hash = hash;
    else
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                    "there is not enough memory to check a password now; try again later");
    return hashed;
}

bool password_verify(const char *password, const char *hash, bool *ret_right, GError **err)
{
    start_sodium();
    size_t length = strlen(password);
    if (length > PASSWORD_BYTES_MAX) { // none was ever set, and no name makes it true
        *ret_right = false;
        return true;
    }
    if (!enter(err))
        return false;
    PasswordHash text = {0}; // verification reads nothing behind the end, but wants the space
    g_strlcpy(text.text, hash != NULL ? hash : nobodys_hash, sizeof text.text);
    bool matches = crypto_pwhash_str_verify(text.text, password, length) == 0;
    leave();
    password_hash_clear(&text);
    *ret_right = matches && hash != NULL;
    return true;
}

bool password_hash_is_current(const char *hash)
{
    PasswordHash text = {0};
    g_strlcpy(text.text, hash, sizeof text.text);
    return crypto_pwhash_str_needs_rehash(text.text, OPERATIONS, MEMORY_BYTES) == 0;
}
