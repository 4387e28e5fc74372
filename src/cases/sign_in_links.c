// SPDX-License-Identifier: Apache-2.0
#include "cases/sign_in_links.h"

#include <sodium.h>

#include "base/error.h"
#include "cases/accounts_secret.h"
#include "cases/login.h"

static const char purpose[] = "sign-in link";

typedef struct {
    uint8_t hash[ACCOUNT_HASH_BYTES];
    uint64_t account_id;
    int64_t made_us;
} Link;

struct SignInLinks {
    GMutex lock;
    GArray *rows; // of Link, under the lock
};

SignInLinks *sign_in_links_new(void)
{
    SignInLinks *links = g_new0(SignInLinks, 1);
    g_mutex_init(&links->lock);
    links->rows = g_array_new(FALSE, FALSE, sizeof(Link));
    return links;
}

void sign_in_links_free(SignInLinks *links)
{
    if (links == NULL)
        return;
    g_array_unref(links->rows);
    g_mutex_clear(&links->lock);
    g_free(links);
}

char *sign_in_links_make(SignInLinks *links, Casework *work, const char *name, GError **err)
{
    g_autoptr(AccountRow) account = NULL;
    if (!account_row_find(casework_database(work), name, &account, err))
        return NULL;
    if (account == NULL || !g_str_equal(account->state, "active")) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no active account of the name '%s' to sign in", name);
        return NULL;
    }
    Link row = {.account_id = account->id, .made_us = casework_now_us(work)};
    char *secret = secret_new(purpose, row.hash);
    g_mutex_lock(&links->lock);
    g_array_append_val(links->rows, row);
    g_mutex_unlock(&links->lock);
    return secret;
}

// The place of the link among the rows, or their number when it is none of them. Under the lock.
static unsigned find(const SignInLinks *links, const char *link, int64_t now_us)
{
    uint8_t hash[ACCOUNT_HASH_BYTES];
    unsigned count = links->rows->len;
    if (!secret_hash(purpose, link, hash))
        return count;
    for (unsigned i = 0; i < count; i++) {
        const Link *row = &g_array_index(links->rows, Link, i);
        bool is_it = sodium_memcmp(row->hash, hash, sizeof hash) == 0;
        // A clock that went back behind its making ends it too.
        if (is_it && now_us >= row->made_us && now_us < row->made_us + SIGN_IN_LINK_LIFE_US)
            return i;
    }
    return count;
}

bool sign_in_links_open(SignInLinks *links, Casework *work, const char *link, const char *address,
                        char **ret_session, GError **err)
{
    LoginPlace place = {.name = SIGN_IN_LINK_NAME, .address = address};
    if (!login_limits_allow(work, place, err))
        return false;
    if (links == NULL)
        return login_refuse_link(work, place, err);
    // Under the lock until the session is there: it is used once, and not at all when that fails.
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&links->lock);
    unsigned at = find(links, link, casework_now_us(work));
    bool is_active = false;
    if (at < links->rows->len) {
        const Link *row = &g_array_index(links->rows, Link, at);
        if (!login_enter_by_link(work, row->account_id, place, &is_active, ret_session, err))
            return false;
        g_array_remove_index(links->rows, at);
    }
    g_clear_pointer(&locker, g_mutex_locker_free);
    return is_active || login_refuse_link(work, place, err);
}
