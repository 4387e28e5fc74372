// SPDX-License-Identifier: Apache-2.0
//
// What is promised: file and changes answer as one; an added entry counts at once, a withdrawn one
// no more, wherever it stands; sets filter; no entry comes twice for one query; threads may search
// while another changes.
#include "base/error.h"
#include "index/index.h"
#include "index_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUES 25000u

typedef struct {
    char *folder;
    Value *values;
    IndexRow *rows;
    Index *index;
} Fixture;

// PDQ values with entry ids from 1, in sets 1..3.
static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = make_folder();
    fixture->values = make_values(VALUES_RANDOM, VALUES);
    fixture->rows = make_rows(INDEX_PDQ, (const Value *)fixture->values, VALUES);
    g_autofree char *path = g_build_filename(fixture->folder, "sets.index", NULL);
    build_index(path, fixture->rows, VALUES, 1);
    fixture->index = index_open(path, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    index_free(fixture->index);
    remove_folder(fixture->folder);
    g_free(fixture->values);
    g_free(fixture->rows);
}

static void query(Index *index, const uint8_t *value, uint32_t radius, const IndexFilter *filter,
                  IndexHits *hits)
{
    g_autoptr(GError) error = NULL;
    IndexPdqQuery question = {(const Value *)value, 1, radius, filter};
    hits->count = 0;
    index_query_pdq(index, &question, hits, &error);
    g_assert_no_error(error);
}

static void add_row(Index *index, const IndexRow *row)
{
    g_autoptr(GError) error = NULL;
    index_delta_add(index_delta(index), row, &error);
    g_assert_no_error(error);
}

static void assert_entries(const IndexHits *hits, const uint64_t *entries, size_t count)
{
    g_assert_cmpuint(hits->count, ==, count);
    for (size_t i = 0; i < count; i++)
        g_assert_cmpuint(hits->items[i].entry_id, ==, entries[i]);
}

static void an_added_entry_counts_at_once(Fixture *fixture, gconstpointer data)
{
    IndexHits hits = {0};
    IndexRow row = {.type = INDEX_PDQ, .set_id = 8, .entry_id = 5000000};
    memset(row.value, 0x5c, sizeof row.value);
    Value near;
    memcpy(near, row.value, sizeof near);
    turn_bits(near, 31);
    query(fixture->index, near, 31, NULL, &hits);
    g_assert_cmpuint(hits.count, ==, 0);
    add_row(fixture->index, &row);
    query(fixture->index, near, 31, NULL, &hits);
    assert_entries(&hits, &row.entry_id, 1);
    g_assert_cmpuint(hits.items[0].distance, ==, 31);
    g_assert_cmpuint(hits.items[0].set_id, ==, 8);
    query(fixture->index, near, 30, NULL, &hits);
    g_assert_cmpuint(hits.count, ==, 0);
    index_hits_clear(&hits);
}

static void a_withdrawn_entry_is_hidden_until_reinstated(Fixture *fixture, gconstpointer data)
{
    IndexHits hits = {0};
    IndexDelta *delta = index_delta(fixture->index);
    IndexRow added = {.type = INDEX_PDQ, .set_id = 8, .entry_id = 5000000};
    memcpy(added.value, fixture->values[4], sizeof added.value);
    add_row(fixture->index, &added);
    query(fixture->index, fixture->values[4], 20, NULL, &hits);
    assert_entries(&hits, (const uint64_t[]){5, 5000000}, 2);
    index_delta_withdraw(delta, 5);
    index_delta_withdraw(delta, 5000000);
    g_assert_cmpuint(index_delta_withdrawn(delta), ==, 2);
    add_row(fixture->index, &added); // does not reinstate
    query(fixture->index, fixture->values[4], 20, NULL, &hits);
    g_assert_cmpuint(hits.count, ==, 0);
    index_delta_reinstate(delta, 5);
    query(fixture->index, fixture->values[4], 20, NULL, &hits);
    assert_entries(&hits, (const uint64_t[]){5}, 1);
    index_hits_clear(&hits);
}

static void only_the_sets_asked_for_answer(Fixture *fixture, gconstpointer data)
{
    IndexHits hits = {0};
    IndexRow row = fixture->rows[10]; // in set 2
    row.set_id = 9;
    add_row(fixture->index, &row);
    query(fixture->index, row.value, 10, &(IndexFilter){(const uint32_t[]){1, 2, 9}, 3}, &hits);
    assert_entries(&hits, (const uint64_t[]){11, 11}, 2);
    query(fixture->index, row.value, 10, &(IndexFilter){(const uint32_t[]){2}, 1}, &hits);
    assert_entries(&hits, (const uint64_t[]){11}, 1);
    g_assert_cmpuint(hits.items[0].set_id, ==, 2);
    query(fixture->index, row.value, 10, &(IndexFilter){(const uint32_t[]){1, 3}, 2}, &hits);
    g_assert_cmpuint(hits.count, ==, 0);
    query(fixture->index, row.value, 10, &(IndexFilter){NULL, 0}, &hits);
    g_assert_cmpuint(hits.count, ==, 0);
    index_hits_clear(&hits);
}

// The same row in file and delta, and an entry with two values near the query.
static void an_entry_comes_once_for_a_query_at_its_least_distance(Fixture *fixture,
                                                                  gconstpointer data)
{
    IndexHits hits = {0};
    IndexRow other = fixture->rows[0];
    add_row(fixture->index, &other);
    turn_bits(other.value, 3);
    add_row(fixture->index, &other);
    Value values[2];
    memcpy(values[0], fixture->values[0], sizeof values[0]);
    memcpy(values[1], other.value, sizeof values[1]);
    g_autoptr(GError) error = NULL;
    IndexPdqQuery question = {(const Value *)values, 2, 31, NULL};
    index_query_pdq(fixture->index, &question, &hits, &error);
    g_assert_no_error(error);
    assert_entries(&hits, (const uint64_t[]){1, 1}, 2);
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_cmpuint(hits.items[i].query, ==, i);
        g_assert_cmpuint(hits.items[i].distance, ==, 0);
    }
    index_hits_clear(&hits);
}

static void hits_are_appended_nearest_first(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    IndexHits hits = {0};
    for (uint32_t distance = 0; distance < 30; distance += 3) {
        IndexRow row = {.type = INDEX_PDQ, .set_id = 1, .entry_id = 7000000 - distance};
        memcpy(row.value, fixture->values[3], sizeof row.value);
        turn_bits(row.value, distance);
        add_row(fixture->index, &row);
    }
    query(fixture->index, fixture->values[9], 31, NULL, &hits);
    IndexPdqQuery question = {(const Value *)fixture->values[3], 1, 31, NULL};
    index_query_pdq(fixture->index, &question, &hits, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hits.count, ==, 12);
    g_assert_cmpuint(hits.items[0].entry_id, ==, 10);
    for (size_t i = 2; i < hits.count; i++)
        g_assert_cmpuint(hits.items[i].distance, >=, hits.items[i - 1].distance);
    index_hits_clear(&hits);
}

static void refuses_questions_that_make_no_sense(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    IndexHits hits = {0};
    IndexPdqQuery wide = {(const Value *)fixture->values, 1, 257, NULL};
    g_assert_false(index_query_pdq(fixture->index, &wide, &hits, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    IndexDigest digest = {.type = INDEX_PDQ};
    IndexDigestQuery lookup = {&digest, 1, NULL};
    g_assert_false(index_lookup_digests(fixture->index, &lookup, &hits, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    IndexRow row = {.type = INDEX_TYPE_COUNT};
    g_assert_false(index_delta_add(index_delta(fixture->index), &row, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

// Three digests of one file asked at once, some known, in file or delta, some not.
static void digests_of_all_types_are_found_in_file_and_delta(void)
{
    enum { COUNT = 5000 };
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "sets.index", NULL);
    g_autofree Value *values = make_values(VALUES_RANDOM, COUNT);
    g_autofree IndexRow *rows = g_new0(IndexRow, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        rows[i] = (IndexRow){.type = i % 3, .set_id = 1, .entry_id = i / 3};
        memcpy(rows[i].value, values[i], index_type_width(rows[i].type));
    }
    build_index(path, rows, COUNT / 2, 1);
    g_autoptr(Index) index = index_open(path, &error);
    for (uint32_t i = COUNT / 2; i < COUNT; i++)
        add_row(index, &rows[i]);
    add_row(index, &rows[COUNT - 1]);
    g_assert_cmpuint(index_delta_rows(index_delta(index)), ==, COUNT / 2);
    IndexHits hits = {0};
    g_autofree IndexDigest *digests = g_new0(IndexDigest, 2 * COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        digests[2 * i].type = rows[i].type;
        digests[2 * i + 1].type = rows[i].type;
        memcpy(digests[2 * i].value, rows[i].value, INDEX_VALUE_BYTES);
        memcpy(digests[2 * i + 1].value, rows[i].value, INDEX_VALUE_BYTES);
        digests[2 * i + 1].value[0] ^= 0x80;
    }
    IndexDigestQuery lookup = {digests, 2 * COUNT, NULL};
    g_assert_true(index_lookup_digests(index, &lookup, &hits, &error));
    g_assert_cmpuint(hits.count, ==, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        g_assert_cmpuint(hits.items[i].query, ==, 2 * i);
        g_assert_cmpuint(hits.items[i].entry_id, ==, rows[i].entry_id);
    }
    index_hits_clear(&hits);
    remove_folder(folder);
}

// Forged digests with one beginning: all in one bucket.
static void digests_with_one_beginning_are_all_found(void)
{
    enum { COUNT = 30000 };
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "sets.index", NULL);
    g_autofree Value *values = make_values(VALUES_NARROW, COUNT);
    g_autofree IndexRow *rows = make_rows(INDEX_SHA256, (const Value *)values, COUNT);
    build_index(path, rows, COUNT, 1);
    g_autoptr(Index) index = index_open(path, &error);
    IndexHits hits = {0};
    for (uint32_t i = 0; i < COUNT; i += 11) {
        IndexDigest digest = {.type = INDEX_SHA256};
        memcpy(digest.value, values[i], sizeof(Value));
        IndexDigestQuery lookup = {&digest, 1, NULL};
        hits.count = 0;
        g_assert_true(index_lookup_digests(index, &lookup, &hits, &error));
        g_assert_cmpuint(hits.count, >=, 1);
    }
    index_hits_clear(&hits);
    remove_folder(folder);
}

// Values with very many entries, beside values with one: wide groups of the offset table.
static void a_value_of_many_entries_gives_them_all(void)
{
    enum { COUNT = 200, MANY = 3000 };
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "sets.index", NULL);
    g_autofree Value *values = make_values(VALUES_RANDOM, COUNT);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(IndexRow));
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t entries = i % 50 == 3 ? MANY : 1;
        for (uint32_t k = 0; k < entries; k++) {
            IndexRow row = {.type = INDEX_MD5, .set_id = k % 7, .entry_id = i * 100000 + k};
            memcpy(row.value, values[i], sizeof(Value));
            g_array_append_val(rows, row);
        }
    }
    build_index(path, (const IndexRow *)rows->data, rows->len, 1);
    g_autoptr(Index) index = index_open(path, &error);
    IndexHits hits = {0};
    for (uint32_t i = 0; i < COUNT; i++) {
        IndexDigest digest = {.type = INDEX_MD5};
        memcpy(digest.value, values[i], sizeof(Value));
        IndexDigestQuery lookup = {&digest, 1, NULL};
        hits.count = 0;
        g_assert_true(index_lookup_digests(index, &lookup, &hits, &error));
        g_assert_cmpuint(hits.count, ==, i % 50 == 3 ? MANY : 1);
        for (size_t k = 0; k < hits.count; k++)
            g_assert_cmpuint(hits.items[k].entry_id / 100000, ==, i);
    }
    index_hits_clear(&hits);
    remove_folder(folder);
}

static int by_query_distance_set_entry(const void *a, const void *b)
{
    const IndexHit *left = a;
    const IndexHit *right = b;
    if (left->query != right->query)
        return left->query < right->query ? -1 : 1;
    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    if (left->set_id != right->set_id)
        return left->set_id < right->set_id ? -1 : 1;
    return left->entry_id < right->entry_id ? -1 : left->entry_id > right->entry_id;
}

// The oracle: sort whole hits, and keep those no earlier one has the query and entry of.
static void tidy_slowly(IndexHit *hits, size_t *count)
{
    size_t kept = 0;
    qsort(hits, *count, sizeof *hits, by_query_distance_set_entry);
    for (size_t i = 0; i < *count; i++) {
        bool seen = false;
        for (size_t k = 0; k < kept; k++)
            seen |= hits[k].query == hits[i].query && hits[k].set_id == hits[i].set_id &&
                    hits[k].entry_id == hits[i].entry_id;
        if (!seen)
            hits[kept++] = hits[i];
    }
    *count = kept;
}

static void tidy_hits_are_ordered_and_unrepeated(void)
{
    for (uint32_t round = 0; round < 200; round++) {
        size_t count = (size_t)g_test_rand_int_range(0, round % 2 == 0 ? 40 : 600);
        IndexHits hits = {0};
        g_autofree IndexHit *expected = g_new0(IndexHit, count + 1);
        g_assert_true(index_hits_add(&hits, (IndexHit){.entry_id = 1, .query = UINT32_MAX}));
        for (size_t i = 0; i < count; i++) {
            expected[i] = (IndexHit){
                .entry_id = (uint64_t)g_test_rand_int_range(0, 9) << 40 | 7,
                .set_id = (uint32_t)g_test_rand_int_range(0, 4) << 20,
                .query = (uint32_t)g_test_rand_int_range(0, 3) * 300,
                .distance = (uint32_t)g_test_rand_int_range(0, 257),
            };
            g_assert_true(index_hits_add(&hits, expected[i]));
        }
        tidy_slowly(expected, &count);
        g_assert_true(index_hits_tidy(&hits, 1));
        g_assert_cmpuint(hits.count, ==, count + 1);
        g_assert_cmpuint(hits.items[0].query, ==, UINT32_MAX);
        for (size_t i = 0; i < count; i++)
            g_assert_cmpint(by_query_distance_set_entry(&hits.items[i + 1], &expected[i]), ==, 0);
        index_hits_clear(&hits);
    }
}

// A hit of the delta must not look like the whole answer when the file cannot be read.
static void a_search_that_fails_leaves_the_hits_as_they_were(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->folder, "sets.index", NULL);
    IndexHits hits = {0};
    IndexRow row = fixture->rows[20];
    row.entry_id = 5000000;
    add_row(fixture->index, &row);
    query(fixture->index, fixture->values[0], 31, NULL, &hits);
    size_t before = hits.count;
    g_assert_cmpint(truncate(path, 9000), ==, 0);
    g_autoptr(Index) cut = index_open(path, &error);
    g_assert_null(cut);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_clear_error(&error);
    IndexPdqQuery question = {(const Value *)fixture->values + 20, 1, 31, NULL};
    while (index_query_pdq(fixture->index, &question, &hits, &error))
        hits.count = before; // scans read blocks that are in memory; tables do not
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_cmpuint(hits.count, ==, before);
    index_hits_clear(&hits);
}

// Searches one slice of the values until told to stop; each must be found, whatever else goes on.
typedef struct {
    const Fixture *fixture;
    uint32_t first;
} Searcher;

static gpointer search_slice(gpointer data)
{
    const Searcher *searcher = data;
    IndexHits hits = {0};
    for (uint32_t i = searcher->first; i < VALUES; i += 50) {
        query(searcher->fixture->index, searcher->fixture->values[i], 31, NULL, &hits);
        g_assert_cmpuint(hits.count, >=, 1);
        g_assert_cmpuint(hits.items[0].entry_id, ==, i + 1);
    }
    index_hits_clear(&hits);
    return NULL;
}

static void threads_search_while_another_changes(Fixture *fixture, gconstpointer data)
{
    enum { THREADS = 6 };
    GThread *threads[THREADS];
    Searcher searchers[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        searchers[i] = (Searcher){fixture, i % 3}; // several want the same blocks
        threads[i] = g_thread_new("search", search_slice, &searchers[i]);
    }
    g_autofree Value *values = make_values(VALUES_RANDOM, 3000);
    g_autofree IndexRow *rows = make_rows(INDEX_PDQ, (const Value *)values, 3000);
    for (uint32_t i = 0; i < 3000; i++) {
        rows[i].entry_id += 1000000;
        add_row(fixture->index, &rows[i]);
        index_delta_withdraw(index_delta(fixture->index), rows[i].entry_id);
    }
    for (uint32_t i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpuint(index_delta_rows(index_delta(fixture->index)), ==, 3000);
}

static void add(const char *name, void (*test)(Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat("/index/", name, NULL);
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("an_added_entry_counts_at_once", an_added_entry_counts_at_once);
    add("a_withdrawn_entry_is_hidden_until_reinstated",
        a_withdrawn_entry_is_hidden_until_reinstated);
    add("only_the_sets_asked_for_answer", only_the_sets_asked_for_answer);
    add("an_entry_comes_once_for_a_query_at_its_least_distance",
        an_entry_comes_once_for_a_query_at_its_least_distance);
    add("hits_are_appended_nearest_first", hits_are_appended_nearest_first);
    add("a_search_that_fails_leaves_the_hits_as_they_were",
        a_search_that_fails_leaves_the_hits_as_they_were);
    add("refuses_questions_that_make_no_sense", refuses_questions_that_make_no_sense);
    add("threads_search_while_another_changes", threads_search_while_another_changes);
    g_test_add_func("/index/digests_of_all_types_are_found_in_file_and_delta",
                    digests_of_all_types_are_found_in_file_and_delta);
    g_test_add_func("/index/digests_with_one_beginning_are_all_found",
                    digests_with_one_beginning_are_all_found);
    g_test_add_func("/index/tidy_hits_are_ordered_and_unrepeated",
                    tidy_hits_are_ordered_and_unrepeated);
    g_test_add_func("/index/a_value_of_many_entries_gives_them_all",
                    a_value_of_many_entries_gives_them_all);
    return g_test_run();
}
