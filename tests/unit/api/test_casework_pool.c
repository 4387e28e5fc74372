// SPDX-License-Identifier: Apache-2.0
//
// Handles are used by one at a time, there are never more than the maximum, and waiting ends.
#include "api/casework_pool.h"

#include <stdatomic.h>

static atomic_uint opened, closed; // of the test's own handles

static Casework *open_handle(void *data, GError **err)
{
    if (data != NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_IO, "cannot");
        return NULL;
    }
    opened++;
    return g_malloc(1);
}

static void close_handle(Casework *work)
{
    closed++;
    g_free(work);
}

static CaseworkPool *pool_of(unsigned maximum, void *fails)
{
    opened = 0;
    closed = 0;
    return casework_pool_new(&(CaseworkPoolOptions){.open = open_handle,
                                                    .close = close_handle,
                                                    .data = fails,
                                                    .maximum = maximum,
                                                    .wait_ms = 50});
}

static void a_handle_that_was_given_back_is_used_again(void)
{
    CaseworkPool *pool = pool_of(4, NULL);
    Casework *first = casework_pool_take(pool, NULL);
    casework_pool_give(pool, first, false);
    g_assert_true(casework_pool_take(pool, NULL) == first);
    casework_pool_give(pool, first, false);
    casework_pool_free(pool);
    g_assert_cmpuint(opened, ==, 1);
    g_assert_cmpuint(closed, ==, 1);
}

static void a_spoiled_handle_is_not_used_again(void)
{
    CaseworkPool *pool = pool_of(1, NULL);
    casework_pool_give(pool, casework_pool_take(pool, NULL), true);
    g_assert_cmpuint(closed, ==, 1);
    casework_pool_give(pool, casework_pool_take(pool, NULL), false);
    casework_pool_free(pool);
    g_assert_cmpuint(opened, ==, 2);
}

static void beyond_the_maximum_waiting_ends(void)
{
    CaseworkPool *pool = pool_of(2, NULL);
    Casework *a = casework_pool_take(pool, NULL), *b = casework_pool_take(pool, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(casework_pool_take(pool, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_BUSY);
    casework_pool_give(pool, a, false);
    casework_pool_give(pool, b, false);
    casework_pool_free(pool);
}

static void what_cannot_be_opened_takes_no_room(void)
{
    CaseworkPool *pool = pool_of(1, (void *)1);
    for (unsigned i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(casework_pool_take(pool, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    }
    casework_pool_free(pool);
}

#define TURNS 200

static void *take_turns(void *data)
{
    CaseworkPool *pool = data;
    for (unsigned i = 0; i < TURNS; i++) {
        Casework *work = casework_pool_take(pool, NULL);
        g_assert_nonnull(work);
        *(char *)work = (char)i; // a second user at once would be a race that TSan and ASan see
        casework_pool_give(pool, work, i % 50 == 0);
    }
    return NULL;
}

static void threads_take_turns(void)
{
    CaseworkPool *pool = casework_pool_new(&(CaseworkPoolOptions){
        .open = open_handle, .close = close_handle, .maximum = 2, .wait_ms = 10000});
    GThread *threads[4];
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("turns", take_turns, pool);
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    casework_pool_free(pool);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/pool/reuse", a_handle_that_was_given_back_is_used_again);
    g_test_add_func("/api/pool/spoiled", a_spoiled_handle_is_not_used_again);
    g_test_add_func("/api/pool/maximum", beyond_the_maximum_waiting_ends);
    g_test_add_func("/api/pool/cannot_open", what_cannot_be_opened_takes_no_room);
    g_test_add_func("/api/pool/threads", threads_take_turns);
    return g_test_run();
}
