// SPDX-License-Identifier: Apache-2.0
//
// What is promised of values that very many rows lie near: with a cap they are found to be frequent
// and have no hits, by counts that a linear scan gives too, whichever way the search goes; without
// one, memory goes with the entries and not with their rows.
#include "index/index.h"
#include "index_fixture.h"

#include <string.h>
#include <time.h>

typedef struct {
    char *folder;
    Index *index;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->folder = make_folder();
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    index_free(fixture->index);
    remove_folder(fixture->folder);
}

static void open_rows(Fixture *fixture, const IndexRow *rows, size_t count)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->folder, "sets.index", NULL);
    if (count > 0)
        build_index(path, rows, count, 1);
    fixture->index = index_open(path, &error);
    g_assert_no_error(error);
}

static void add_rows(Fixture *fixture, const IndexRow *rows, size_t count)
{
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < count; i++) {
        index_delta_add(index_delta(fixture->index), &rows[i], &error);
        g_assert_no_error(error);
    }
}

// Rows of entries 1, 2, … in sets 1..3, all with values within 8 bits of zero.
static IndexRow *rows_near_zero(uint32_t count)
{
    g_autofree Value *values = g_new0(Value, count);
    for (uint32_t i = 0; i < count; i++)
        turn_bits(values[i], (uint32_t)g_test_rand_int_range(0, 9));
    return make_rows(INDEX_PDQ, (const Value *)values, count);
}

typedef struct {
    size_t hits;
    bool frequent;
} Answer;

// Asks with the value zero.
static Answer ask(Fixture *fixture, uint32_t max_hits, const IndexFilter *filter)
{
    g_autoptr(GError) error = NULL;
    static const Value zero[1];
    bool frequent = true;
    IndexHits hits = {0};
    IndexPdqQuery query = {zero, 1, 31, filter, max_hits, &frequent};
    index_query_pdq(fixture->index, &query, &hits, &error);
    g_assert_no_error(error);
    Answer answer = {hits.count, frequent};
    index_hits_clear(&hits);
    return answer;
}

static void assert_answer(Answer answer, size_t hits, bool frequent)
{
    g_assert_cmpuint(answer.hits, ==, hits);
    g_assert_cmpint(answer.frequent, ==, frequent);
}

static void a_value_with_more_hits_than_the_cap_has_none(Fixture *fixture, gconstpointer data)
{
    g_autofree IndexRow *rows = rows_near_zero(90);
    open_rows(fixture, rows, 90);
    assert_answer(ask(fixture, 0, NULL), 90, false);
    assert_answer(ask(fixture, 90, NULL), 90, false);
    assert_answer(ask(fixture, 89, NULL), 0, true);
    assert_answer(ask(fixture, 1, NULL), 0, true);
}

static void file_and_changes_count_together(Fixture *fixture, gconstpointer data)
{
    g_autofree IndexRow *rows = rows_near_zero(90);
    open_rows(fixture, rows, 50);
    add_rows(fixture, rows + 50, 40);
    assert_answer(ask(fixture, 90, NULL), 90, false);
    assert_answer(ask(fixture, 89, NULL), 0, true);
    assert_answer(ask(fixture, 2, NULL), 0, true);
}

static void changes_alone_make_a_value_frequent(Fixture *fixture, gconstpointer data)
{
    g_autofree IndexRow *rows = rows_near_zero(90);
    open_rows(fixture, NULL, 0);
    add_rows(fixture, rows, 90);
    assert_answer(ask(fixture, 90, NULL), 90, false);
    assert_answer(ask(fixture, 89, NULL), 0, true);
    assert_answer(ask(fixture, 2, NULL), 0, true);
}

static void only_hits_that_would_be_delivered_count(Fixture *fixture, gconstpointer data)
{
    g_autofree IndexRow *rows = rows_near_zero(90);
    open_rows(fixture, rows, 60);
    add_rows(fixture, rows + 60, 30);
    IndexFilter second = {(const uint32_t[]){2}, 1};
    assert_answer(ask(fixture, 30, &second), 30, false);
    assert_answer(ask(fixture, 29, &second), 0, true);
    index_delta_withdraw(index_delta(fixture->index), 2);
    assert_answer(ask(fixture, 29, &second), 29, false);
}

// One entry, as of a static film: 16 rows for every hit are allowed.
static void rows_of_one_entry_count_sixteen_times_less(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 16 * 5 + 1 };
    g_autofree IndexRow *rows = g_new0(IndexRow, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        rows[i] = (IndexRow){.type = INDEX_PDQ, .set_id = 1, .entry_id = 7};
        rows[i].value[i / 8] = (uint8_t)(1u << i % 8);
    }
    open_rows(fixture, rows, 50);
    add_rows(fixture, rows + 50, COUNT - 51);
    assert_answer(ask(fixture, 5, NULL), 1, false);
    add_rows(fixture, rows + COUNT - 1, 1);
    assert_answer(ask(fixture, 5, NULL), 0, true);
    assert_answer(ask(fixture, 6, NULL), 1, false);
}

// Entries that have the very same value, of another set than is asked for.
static void refs_of_one_value_are_not_walked_past_the_cap(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 300000 };
    g_autofree IndexRow *rows = g_new0(IndexRow, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        rows[i] = (IndexRow){.type = INDEX_PDQ, .set_id = 1, .entry_id = i + 1u};
    open_rows(fixture, rows, COUNT);
    ask(fixture, 0, NULL); // loads the file
    IndexFilter other = {(const uint32_t[]){2}, 1};
    clock_t start = clock();
    for (uint32_t i = 0; i < 2000; i++)
        assert_answer(ask(fixture, 100, i % 2 == 0 ? &other : NULL), 0, true);
    g_assert_cmpint(clock() - start, <, 2 * CLOCKS_PER_SEC);
    assert_answer(ask(fixture, 0, NULL), COUNT, false);
    assert_answer(ask(fixture, COUNT, NULL), COUNT, false);
}

// A hundred thousand frames near each other that are of few entries.
static void memory_goes_with_entries_and_not_with_rows(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 100000, ENTRIES = 7 };
    g_autoptr(GError) error = NULL;
    static const Value zero[3];
    g_autofree IndexRow *rows = rows_near_zero(COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        rows[i].entry_id = rows[i].set_id = i % ENTRIES + 1;
    open_rows(fixture, rows, COUNT);
    IndexHits hits = {0};
    IndexPdqQuery query = {zero, G_N_ELEMENTS(zero), 31, NULL, 0, NULL};
    index_query_pdq(fixture->index, &query, &hits, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hits.count, ==, 3 * ENTRIES);
    g_assert_cmpuint(hits.capacity, <, COUNT / 4);
    for (uint32_t i = 0; i < hits.count; i++) {
        g_assert_cmpuint(hits.items[i].query, ==, i / ENTRIES);
        g_assert_cmpuint(hits.items[i].distance, <=, 1);
    }
    index_hits_clear(&hits);
}

// Slow and obviously right: different rows within the radius, and how many entries they are of.
// Entry ids are below `entries`.
static Answer plain_answer(const IndexRow *rows, uint32_t count, const uint8_t *value,
                           uint32_t entries, uint32_t max_hits)
{
    g_autofree bool *has = g_new0(bool, entries);
    uint64_t near = 0;
    Answer answer = {0, false};
    for (uint32_t i = 0; i < count; i++) {
        if (plain_distance(rows[i].value, value) > 31)
            continue;
        near++;
        answer.hits += !has[rows[i].entry_id];
        has[rows[i].entry_id] = true;
    }
    if (max_hits > 0 && (answer.hits > max_hits || near > 16ull * max_hits))
        answer = (Answer){0, true};
    return answer;
}

// The rows of values i in turn for entries 0, 1, … of `entries`, all different; returns how many.
static uint32_t make_distinct_rows(const Value *values, uint32_t count, uint32_t entries,
                                   IndexRow *ret_rows)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        IndexRow row = {.type = INDEX_PDQ, .set_id = 1, .entry_id = i % entries};
        memcpy(row.value, values[i], sizeof row.value);
        if (g_hash_table_add(seen, g_bytes_new(&row, sizeof row)))
            ret_rows[kept++] = row;
    }
    return kept;
}

static void assert_like_plain(Fixture *fixture, const IndexRow *rows, uint32_t count,
                              uint32_t entries, uint32_t max_hits)
{
    enum { VALUES = 40 };
    g_autoptr(GError) error = NULL;
    Value values[VALUES];
    bool frequent[VALUES];
    size_t found[VALUES] = {0};
    IndexHits hits = {0};
    for (uint32_t i = 0; i < VALUES; i++) {
        memcpy(values[i], rows[(uint32_t)g_test_rand_int() % count].value, sizeof values[i]);
        turn_bits(values[i], (uint32_t)g_test_rand_int_range(0, 32));
    }
    IndexPdqQuery query = {(const Value *)values, VALUES, 31, NULL, max_hits, frequent};
    index_query_pdq(fixture->index, &query, &hits, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < hits.count; i++)
        found[hits.items[i].query]++;
    for (uint32_t i = 0; i < VALUES; i++) {
        Answer plain = plain_answer(rows, count, values[i], entries, max_hits);
        assert_answer((Answer){found[i], frequent[i]}, plain.hits, plain.frequent);
    }
    index_hits_clear(&hits);
}

// Random values go through the tables, those around few centres to scans after a trial. Of the
// latter all lie near some of the others, as frames of shots do.
static void answers_are_those_of_a_plain_count(Fixture *fixture, gconstpointer data)
{
    enum { COUNT = 30000, IN_FILE = 24000, ENTRIES = 300 };
    // About 5,000 rows lie near a centre of VALUES_ALIKE: nearly as many as 320 entries may have.
    static const uint32_t caps[] = {0, 1, 20, 150, 299, 300, 320, 2000};
    static const ValueKind kinds[] = {VALUES_RANDOM, VALUES_ALIKE, VALUES_SPREAD};
    for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        g_autofree Value *values = make_values(kinds[kind], COUNT);
        g_autofree IndexRow *rows = g_new0(IndexRow, COUNT);
        uint32_t count = make_distinct_rows((const Value *)values, COUNT, ENTRIES, rows);
        g_clear_pointer(&fixture->index, index_free);
        open_rows(fixture, rows, IN_FILE);
        add_rows(fixture, rows + IN_FILE, count - IN_FILE);
        for (size_t i = 0; i < G_N_ELEMENTS(caps); i++)
            assert_like_plain(fixture, rows, count, ENTRIES, caps[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"a_value_with_more_hits_than_the_cap_has_none",
         a_value_with_more_hits_than_the_cap_has_none},
        {"file_and_changes_count_together", file_and_changes_count_together},
        {"changes_alone_make_a_value_frequent", changes_alone_make_a_value_frequent},
        {"only_hits_that_would_be_delivered_count", only_hits_that_would_be_delivered_count},
        {"rows_of_one_entry_count_sixteen_times_less", rows_of_one_entry_count_sixteen_times_less},
        {"refs_of_one_value_are_not_walked_past_the_cap",
         refs_of_one_value_are_not_walked_past_the_cap},
        {"memory_goes_with_entries_and_not_with_rows", memory_goes_with_entries_and_not_with_rows},
        {"answers_are_those_of_a_plain_count", answers_are_those_of_a_plain_count},
    };
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/frequent/", tests[i].name, NULL);
        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
