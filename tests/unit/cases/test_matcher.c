// SPDX-License-Identifier: Apache-2.0
//
// What the matcher answers: certain and weak, contradicted, near with its best orientation, which
// sets count; that a change counts at once; that a damaged index is named and mended; and, over
// random sets, the same as a scan over all entries.
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/matcher.h"
#include "fixture.h"
#include "store/set_edit.h"

// ---- Builders ---------------------------------------------------------------------------------

static void import_entries(SetStore *store, const char *name, SetKind kind, const char *scheme,
                           const ListEntry *entries, size_t count)
{
    g_autoptr(GError) error = NULL;
    SetImportOptions options = {.set_name = name,
                                .mode = SET_IMPORT_MERGE,
                                .has_kind = true,
                                .kind = kind,
                                .who = "tester"};
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    if (scheme != NULL)
        g_assert_true(set_import_scheme(import, scheme, &error));
    for (size_t i = 0; i < count; i++)
        g_assert_true(set_import_entry(import, &entries[i], &error));
    SetImportCounts counts;
    g_assert_true(set_import_commit(import, &(SetImportSource){0}, &counts, &error));
}

// One entry with the digests numbered; 0: without.
static void import_digests(SetStore *store, const char *name, SetKind kind, uint32_t md5,
                           uint32_t sha1, uint32_t sha256)
{
    ListEntry entry;
    list_entry_init(&entry);
    if (md5 != 0)
        fixture_add_hash(&entry, HASH_MD5, md5);
    if (sha1 != 0)
        fixture_add_hash(&entry, HASH_SHA1, sha1);
    if (sha256 != 0)
        fixture_add_hash(&entry, HASH_SHA256, sha256);
    import_entries(store, name, kind, NULL, &entry, 1);
    list_entry_clear(&entry);
}

static void import_pdq(SetStore *store, const char *name, const uint8_t value[PDQ_BYTES])
{
    ListEntry entry;
    list_entry_init(&entry);
    list_entry_add_hash(&entry, HASH_PDQ, value, PDQ_BYTES, NULL);
    import_entries(store, name, SET_NOTABLE, NULL, &entry, 1);
    list_entry_clear(&entry);
}

static Digests digests_of(uint32_t number)
{
    Digests digests;
    uint8_t value[HASH_BYTES_MAX];
    fixture_value(HASH_MD5, number, value);
    memcpy(digests.md5, value, MD5_BYTES);
    fixture_value(HASH_SHA1, number, value);
    memcpy(digests.sha1, value, SHA1_BYTES);
    fixture_value(HASH_SHA256, number, value);
    memcpy(digests.sha256, value, SHA256_BYTES);
    return digests;
}

static Matcher *open_matcher(SetStore *store, const char *const *names)
{
    g_autoptr(GError) error = NULL;
    MatcherOptions options = {
        .set_names = names, .distance = MATCHER_DISTANCE, .min_quality = MATCHER_MIN_QUALITY};
    Matcher *matcher = matcher_open(store, options, NULL, NULL, &error);
    g_assert_no_error(error);
    return matcher;
}

static GArray *matches_of(Matcher *matcher, uint32_t number)
{
    g_autoptr(GError) error = NULL;
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
    Digests digests = digests_of(number);
    matcher_exact(matcher, &digests, matches, &error);
    g_assert_no_error(error);
    return matches;
}

static unsigned count_exact(Matcher *matcher, uint32_t number)
{
    g_autoptr(GArray) matches = matches_of(matcher, number);
    return matches->len;
}

// Flips bits of a value.
static void flip(uint8_t value[PDQ_BYTES], unsigned first, unsigned count)
{
    for (unsigned bit = first; bit < first + count; bit++)
        value[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static GArray *near_of(Matcher *matcher, const StillFacts *still)
{
    g_autoptr(GError) error = NULL;
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
    matcher_near(matcher, still, false, matches, &error);
    g_assert_no_error(error);
    return matches;
}

#define MATCH(matches, place) (&g_array_index(matches, Match, place))

// ---- Exact ------------------------------------------------------------------------------------

static void certain_and_weak_are_told_apart(void)
{
    static const struct {
        uint32_t md5, sha1, sha256;
        bool weak, contradicted;
        unsigned digests;
    } rows[] = {
        {7, 0, 0, true, false, 1u << HASH_MD5},
        {0, 7, 0, true, false, 1u << HASH_SHA1},
        {0, 0, 7, false, false, 1u << HASH_SHA256},
        {7, 7, 0, false, false, 1u << HASH_MD5 | 1u << HASH_SHA1},
        {7, 7, 7, false, false, 1u << HASH_MD5 | 1u << HASH_SHA1 | 1u << HASH_SHA256},
        {7, 8, 0, true, true, 1u << HASH_MD5},
        {7, 0, 8, true, true, 1u << HASH_MD5},
        {7, 7, 8, false, true, 1u << HASH_MD5 | 1u << HASH_SHA1},
        {8, 0, 7, false, true, 1u << HASH_SHA256},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Fixture) fixture = fixture_make();
        g_autoptr(SetStore) store = fixture_open(&fixture);
        import_digests(store, "a", SET_NOTABLE, rows[i].md5, rows[i].sha1, rows[i].sha256);
        g_autoptr(Matcher) matcher = open_matcher(store, NULL);
        g_autoptr(GArray) matches = matches_of(matcher, 7);
        g_assert_cmpuint(matches->len, ==, 1);
        g_assert_cmpint(MATCH(matches, 0)->type, ==, MATCH_EXACT);
        g_assert_cmpint(MATCH(matches, 0)->weak_digest, ==, rows[i].weak);
        g_assert_cmpint(MATCH(matches, 0)->contradicted, ==, rows[i].contradicted);
        g_assert_cmphex(MATCH(matches, 0)->digests, ==, rows[i].digests);
        g_assert_cmpuint(count_exact(matcher, 9), ==, 0);
    }
}

static void only_the_sets_named_count(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    import_digests(store, "a", SET_NOTABLE, 1, 0, 0);
    import_digests(store, "b", SET_ALERT, 1, 0, 0);
    import_digests(store, "c", SET_NOTABLE, 1, 0, 0);
    static const char *const names[] = {"c", "b", NULL};
    g_autoptr(Matcher) matcher = open_matcher(store, names);
    g_autoptr(GArray) matches = matches_of(matcher, 1);
    g_assert_cmpuint(matches->len, ==, 2);
    g_assert_cmpstr(MATCH(matches, 0)->set_name, ==, "b");
    g_assert_cmpstr(MATCH(matches, 1)->set_name, ==, "c");
    size_t count;
    matcher_sets(matcher, &count);
    g_assert_cmpuint(count, ==, 2);

    static const char *const unknown[] = {"a", "zz", NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(matcher_open(store, (MatcherOptions){.set_names = unknown}, NULL, NULL, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "zz"));
}

static void category_gives_the_meaning(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry entries[2];
    for (unsigned i = 0; i < 2; i++) {
        list_entry_init(&entries[i]);
        fixture_add_hash(&entries[i], HASH_SHA256, i + 1);
        entries[i].category = g_strdup(i == 0 ? "0" : "1");
    }
    import_entries(store, "a", SET_NOTABLE, "vics-us", entries, 2);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_autoptr(GArray) benign = matches_of(matcher, 1);
    g_autoptr(GArray) known = matches_of(matcher, 2);
    g_assert_cmpint(MATCH(benign, 0)->meaning, ==, MEANING_IGNORABLE);
    g_assert_cmpstr(MATCH(benign, 0)->category, ==, "0");
    g_assert_true(matcher_may_leave_out(benign));
    g_assert_cmpint(MATCH(known, 0)->meaning, ==, MEANING_NOTABLE);
    g_assert_false(matcher_may_leave_out(known));
    list_entry_clear(&entries[0]);
    list_entry_clear(&entries[1]);
}

static void leaving_out_needs_a_certain_match_and_no_other(void)
{
    const Match certain = {.meaning = MEANING_IGNORABLE, .set_kind = SET_IGNORABLE};
    Match weak = certain, contradicted = certain, near = certain, notable = certain,
          alert = certain;
    weak.weak_digest = true;
    contradicted.contradicted = true;
    near.type = MATCH_NEAR;
    notable.meaning = MEANING_NOTABLE;
    notable.type = MATCH_NEAR;
    alert.set_kind = SET_ALERT;
    alert.meaning = MEANING_NEITHER;
    const struct {
        const Match *first, *second;
        bool expected;
    } rows[] = {
        {&certain, NULL, true},      {&weak, NULL, false},      {&contradicted, NULL, false},
        {&near, NULL, false},        {&notable, NULL, false},   {&certain, &near, true},
        {&certain, &notable, false}, {&certain, &alert, false}, {&weak, &certain, true}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
        g_array_append_vals(matches, rows[i].first, 1);
        if (rows[i].second != NULL)
            g_array_append_vals(matches, rows[i].second, 1);
        g_assert_cmpint(matcher_may_leave_out(matches), ==, rows[i].expected);
    }
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Match));
    g_assert_false(matcher_may_leave_out(none));
}

// ---- Near -------------------------------------------------------------------------------------

static void nearest_value_is_told_with_its_orientation(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    uint8_t listed[HASH_BYTES_MAX];
    fixture_value(HASH_PDQ, 5, listed);
    import_pdq(store, "a", listed);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);

    g_autoptr(StillFacts) still = still_facts_new();
    PdqFacts *full = &still->pdq[PIPELINE_FULL];
    full->present = true;
    full->quality = 90;
    for (unsigned i = 0; i < ORIENTATION_COUNT; i++)
        fixture_value(HASH_PDQ, 100 + i, full->hash[i]);
    memcpy(full->hash[2], listed, PDQ_BYTES);
    flip(full->hash[2], 10, 20);
    memcpy(full->hash[6], listed, PDQ_BYTES);
    flip(full->hash[6], 50, 7);
    g_autoptr(GArray) matches = near_of(matcher, still);
    g_assert_cmpuint(matches->len, ==, 1);
    g_assert_cmpint(MATCH(matches, 0)->type, ==, MATCH_NEAR);
    g_assert_cmpuint(MATCH(matches, 0)->distance, ==, 7);
    g_assert_cmpuint(MATCH(matches, 0)->orientation, ==, 6);
    g_assert_cmpint(MATCH(matches, 0)->pipeline, ==, PIPELINE_FULL);
}

static void of_equals_the_untrimmed_unturned_one_is_told(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    uint8_t listed[HASH_BYTES_MAX];
    fixture_value(HASH_PDQ, 5, listed);
    import_pdq(store, "a", listed);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_autoptr(StillFacts) still = still_facts_new();
    for (unsigned pipeline = 0; pipeline < PIPELINE_COUNT; pipeline++) {
        still->pdq[pipeline].present = true;
        still->pdq[pipeline].quality = 100;
        for (unsigned i = 0; i < ORIENTATION_COUNT; i++)
            memcpy(still->pdq[pipeline].hash[i], listed, PDQ_BYTES);
    }
    g_autoptr(GArray) matches = near_of(matcher, still);
    g_assert_cmpuint(matches->len, ==, 1);
    g_assert_cmpint(MATCH(matches, 0)->pipeline, ==, PIPELINE_512);
    g_assert_cmpuint(MATCH(matches, 0)->orientation, ==, 0);
}

static void distance_and_quality_bound_what_is_near(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    uint8_t listed[HASH_BYTES_MAX];
    fixture_value(HASH_PDQ, 5, listed);
    import_pdq(store, "a", listed);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    static const struct {
        unsigned bits;
        uint8_t quality;
        bool is_trimmed;
        unsigned expected;
    } rows[] = {{31, 50, false, 1}, {32, 50, false, 0}, {3, 49, false, 0}, {3, 50, true, 1}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(StillFacts) still = still_facts_new();
        PdqFacts *facts = &still->pdq[rows[i].is_trimmed ? PIPELINE_512_TRIMMED : PIPELINE_512];
        facts->present = true;
        facts->quality = rows[i].quality;
        memcpy(facts->hash[0], listed, PDQ_BYTES);
        flip(facts->hash[0], 17, rows[i].bits);
        g_autoptr(GArray) matches = near_of(matcher, still);
        g_assert_cmpuint(matches->len, ==, rows[i].expected);
    }
}

static void an_exact_match_is_not_told_again_as_near(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    ListEntry entry;
    list_entry_init(&entry);
    fixture_add_hash(&entry, HASH_SHA256, 3);
    fixture_add_hash(&entry, HASH_PDQ, 3);
    import_entries(store, "a", SET_NOTABLE, NULL, &entry, 1);
    list_entry_clear(&entry);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_autoptr(GArray) matches = matches_of(matcher, 3);
    g_autoptr(StillFacts) still = still_facts_new();
    still->pdq[PIPELINE_512].present = true;
    still->pdq[PIPELINE_512].quality = 100;
    fixture_value(HASH_PDQ, 3, still->pdq[PIPELINE_512].hash[0]);
    g_assert_true(matcher_near(matcher, still, false, matches, NULL));
    g_assert_cmpuint(matches->len, ==, 1);
    g_assert_cmpint(MATCH(matches, 0)->type, ==, MATCH_EXACT);
}

static void bare_values_are_asked_as_they_are(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    uint8_t value[HASH_BYTES_MAX];
    fixture_value(HASH_PDQ, 5, value);
    import_pdq(store, "a", value);
    import_digests(store, "b", SET_NOTABLE, 0, 9, 0);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    flip(value, 0, 4);
    g_assert_true(matcher_value(matcher, HASH_PDQ, value, matches, NULL));
    g_assert_cmpuint(MATCH(matches, 0)->distance, ==, 4);
    g_assert_cmpint(MATCH(matches, 0)->pipeline, ==, PIPELINE_COUNT);
    fixture_value(HASH_SHA1, 9, value);
    g_assert_true(matcher_value(matcher, HASH_SHA1, value, matches, NULL));
    g_assert_cmpuint(matches->len, ==, 2);
    g_autoptr(GError) error = NULL;
    g_assert_false(matcher_value(matcher, HASH_PHOTODNA, value, matches, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
}

static void entries_that_match_everything_are_named(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    uint8_t value[HASH_BYTES_MAX];
    fixture_value(HASH_PDQ, 5, value);
    import_pdq(store, "a", value);
    fixture_value(HASH_PDQ, 6, value);
    import_pdq(store, "a", value);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_autoptr(StillFacts) still = still_facts_new();
    still->pdq[PIPELINE_512].present = true;
    still->pdq[PIPELINE_512].quality = 100;
    for (unsigned i = 0; i < 60; i++) {
        fixture_value(HASH_PDQ, i < 51 ? 5 : 6, still->pdq[PIPELINE_512].hash[0]);
        g_autoptr(GArray) matches = near_of(matcher, still);
        g_assert_cmpuint(matches->len, ==, 1);
    }
    g_autoptr(GArray) frequent = matcher_frequent_entries(matcher);
    g_assert_cmpuint(frequent->len, ==, 1);
    const MatcherFrequentEntry *entry = &g_array_index(frequent, MatcherFrequentEntry, 0);
    g_assert_cmpuint(entry->media, ==, 51);
    g_assert_cmpuint(matcher_hits(matcher, entry->entry), ==, 51);
    g_assert_cmpuint(matcher_hits(matcher, 12345), ==, 0);
}

// ---- Following --------------------------------------------------------------------------------

// Waits for an answer as long as the promise allows.
static bool becomes(Matcher *matcher, uint32_t number, unsigned expected)
{
    int64_t start = g_get_monotonic_time();
    while (g_get_monotonic_time() - start < 10000)
        if (count_exact(matcher, number) == expected)
            return true;
    return count_exact(matcher, number) == expected;
}

static void a_change_of_another_process_counts_at_once(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 200);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    g_assert_cmpuint(count_exact(matcher, 500), ==, 0);

    g_autoptr(SetStore) other = fixture_open(&fixture);
    fixture_import(other, "a", SET_IMPORT_MERGE, HASH_SHA256, 500, 500);
    g_assert_true(becomes(matcher, 500, 1));
    EntrySelector selector = {.type = HASH_SHA256};
    fixture_value(HASH_SHA256, 7, selector.value);
    SetEditCounts counts;
    g_assert_true(set_edit_withdraw(other, "a", &selector, 1, "tester", &counts, NULL));
    g_assert_true(becomes(matcher, 7, 0));
    g_assert_true(set_edit_reinstate(other, "a", &selector, 1, "tester", &counts, NULL));
    g_assert_true(becomes(matcher, 7, 1));
    g_assert_true(set_edit_remove(other, "a", "tester", NULL));
    g_assert_true(becomes(matcher, 8, 0));
}

static void a_change_of_the_same_store_counts_at_once(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_MD5, 1, 2);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    // So many that the index has to be built anew under way.
    fixture_import(store, "b", SET_IMPORT_NEW, HASH_MD5, 1000, 1500);
    g_assert_true(becomes(matcher, 1400, 1));
    g_autoptr(GArray) matches = matches_of(matcher, 1400);
    g_assert_cmpstr(MATCH(matches, 0)->set_name, ==, "b");
}

typedef struct {
    Matcher *matcher;
    int stop; // atomic
    int64_t asked;
} Lane;

static gpointer ask_until_stopped(gpointer data)
{
    Lane *lane = data;
    while (g_atomic_int_get(&lane->stop) == 0) {
        g_assert_cmpuint(count_exact(lane->matcher, 3), ==, 1);
        lane->asked++;
    }
    return NULL;
}

static void lanes_share_a_matcher_while_sets_change(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA1, 1, 10);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    Lane lanes[3];
    GThread *threads[3];
    for (unsigned i = 0; i < 3; i++) {
        lanes[i] = (Lane){.matcher = matcher};
        threads[i] = g_thread_new("lane", ask_until_stopped, &lanes[i]);
    }
    for (uint32_t i = 0; i < 40; i++)
        fixture_import(store, "b", i == 0 ? SET_IMPORT_NEW : SET_IMPORT_MERGE, HASH_MD5,
                       1000 + 50 * i, 1000 + 50 * i + 40);
    for (unsigned i = 0; i < 3; i++) {
        g_atomic_int_set(&lanes[i].stop, 1);
        g_thread_join(threads[i]);
    }
    g_assert_true(becomes(matcher, 1000 + 50 * 39 + 1, 1));
}

// ---- Damage -----------------------------------------------------------------------------------

static void count_talk(const char *text, void *user_data)
{
    GString *said = user_data;
    g_string_append(said, text);
}

static void a_damaged_index_is_named_and_mended(void)
{
    static const int64_t places[] = {0, 100, 8300, -1, -2000};
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        g_auto(Fixture) fixture = fixture_make();
        g_autoptr(SetStore) store = fixture_open(&fixture);
        fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 5000);
        matcher_free(open_matcher(store, NULL));
        g_autofree char *path = g_build_filename(fixture.folder, "index.clew", NULL);
        struct stat status;
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        int descriptor = open(path, O_RDWR | O_CLOEXEC);
        int64_t place = places[i] < 0 ? status.st_size + places[i] : places[i];
        uint8_t byte;
        g_assert_cmpint(pread(descriptor, &byte, 1, place), ==, 1);
        byte ^= 0x40;
        g_assert_cmpint(pwrite(descriptor, &byte, 1, place), ==, 1);
        close(descriptor);

        g_autoptr(GString) said = g_string_new(NULL);
        MatcherOptions options = {.distance = MATCHER_DISTANCE};
        g_autoptr(Matcher) matcher = matcher_open(store, options, count_talk, said, NULL);
        for (uint32_t number = 1; number <= 5000; number += 7)
            g_assert_cmpuint(count_exact(matcher, number), ==, 1);
        g_assert_nonnull(strstr(said->str, "index.clew"));
    }
}

static void a_truncated_or_missing_index_is_built_anew(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 5000);
    matcher_free(open_matcher(store, NULL));
    g_autofree char *path = g_build_filename(fixture.folder, "index.clew", NULL);
    static const int lengths[] = {0, 10, 8192, 100000, -1};
    for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_assert_cmpint(lengths[i] < 0 ? unlink(path) : truncate(path, lengths[i]), ==, 0);
        g_autoptr(Matcher) matcher = open_matcher(store, NULL);
        g_assert_cmpuint(count_exact(matcher, 4321), ==, 1);
    }
}

// A copy of the store from before, put back: the index knows changes that have never happened.
static void an_index_of_another_history_is_not_used(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_auto(Fixture) other = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    g_autoptr(SetStore) other_store = fixture_open(&other);
    fixture_import(store, "a", SET_IMPORT_NEW, HASH_SHA256, 1, 10);
    fixture_import(other_store, "a", SET_IMPORT_NEW, HASH_SHA256, 11, 20);
    matcher_free(open_matcher(store, NULL));
    matcher_free(open_matcher(other_store, NULL));
    g_autofree char *path = g_build_filename(fixture.folder, "index.clew", NULL);
    g_autofree char *other_path = g_build_filename(other.folder, "index.clew", NULL);
    g_assert_cmpint(rename(other_path, path), ==, 0);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    for (uint32_t number = 1; number <= 10; number++)
        g_assert_cmpuint(count_exact(matcher, number), ==, 1);
}

// ---- Against a scan over all entries ----------------------------------------------------------

#define WORLD 400

typedef struct {
    uint8_t pdq[PDQ_BYTES];
    bool is_active;
} Planted;

// Values in clusters, so that near ones exist.
static void plant(Planted *planted, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t value[HASH_BYTES_MAX];
        fixture_value(HASH_PDQ, i / 8 * 1000 + 77, value);
        for (unsigned flips = i % 8 * 6; flips > 0; flips--)
            flip(value, (unsigned)g_test_rand_int_range(0, 256), 1);
        planted[i] = (Planted){.is_active = true};
        memcpy(planted[i].pdq, value, PDQ_BYTES);
    }
}

static unsigned bits_between(const uint8_t *a, const uint8_t *b)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PDQ_BYTES; i++)
        for (unsigned bit = 0; bit < 8; bit++)
            bits += (a[i] >> bit & 1) != (b[i] >> bit & 1);
    return bits;
}

static void compare_with_scan(Matcher *matcher, const Planted *planted, unsigned count,
                              const uint8_t *value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    matcher_value(matcher, HASH_PDQ, value, matches, &error);
    g_assert_no_error(error);
    unsigned expected = 0;
    for (unsigned i = 0; i < count; i++)
        expected += planted[i].is_active && bits_between(planted[i].pdq, value) <= MATCHER_DISTANCE;
    g_assert_cmpuint(matches->len, ==, expected);
    for (unsigned i = 0; i < matches->len; i++) {
        const Planted *entry = &planted[entry_id_number(MATCH(matches, i)->entry) - 1];
        g_assert_true(entry->is_active);
        g_assert_cmpuint(MATCH(matches, i)->distance, ==, bits_between(entry->pdq, value));
        if (i > 0)
            g_assert_cmpuint(MATCH(matches, i - 1)->distance, <=, MATCH(matches, i)->distance);
    }
}

static void near_answers_equal_a_scan_while_entries_come_and_go(void)
{
    g_auto(Fixture) fixture = fixture_make();
    g_autoptr(SetStore) store = fixture_open(&fixture);
    Planted planted[WORLD];
    plant(planted, WORLD);
    unsigned count = 1;
    import_pdq(store, "a", planted[0].pdq);
    g_autoptr(Matcher) matcher = open_matcher(store, NULL);
    while (count < WORLD) {
        unsigned step = (unsigned)g_test_rand_int_range(1, 40); // MIN would draw it twice
        unsigned more = MIN(step, WORLD - count);
        for (unsigned i = 0; i < more; i++, count++)
            import_pdq(store, "a", planted[count].pdq);
        unsigned victim = (unsigned)g_test_rand_int_range(0, (int)count);
        EntrySelector selector = {.is_id = true, .id = entry_id_make(1, victim + 1)};
        SetEditCounts counts;
        bool withdraw = planted[victim].is_active;
        g_assert_true(withdraw ? set_edit_withdraw(store, "a", &selector, 1, "x", &counts, NULL)
                               : set_edit_reinstate(store, "a", &selector, 1, "x", &counts, NULL));
        planted[victim].is_active = !withdraw;
        g_usleep(4000);
        for (unsigned i = 0; i < 20; i++) {
            uint8_t value[PDQ_BYTES];
            memcpy(value, planted[g_test_rand_int_range(0, WORLD)].pdq, PDQ_BYTES);
            flip(value, (unsigned)g_test_rand_int_range(0, 240), 5);
            compare_with_scan(matcher, planted, count, value);
        }
    }
}

#define TEST(name) g_test_add_func("/matcher/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(certain_and_weak_are_told_apart);
    TEST(only_the_sets_named_count);
    TEST(category_gives_the_meaning);
    TEST(leaving_out_needs_a_certain_match_and_no_other);
    TEST(nearest_value_is_told_with_its_orientation);
    TEST(of_equals_the_untrimmed_unturned_one_is_told);
    TEST(distance_and_quality_bound_what_is_near);
    TEST(an_exact_match_is_not_told_again_as_near);
    TEST(bare_values_are_asked_as_they_are);
    TEST(entries_that_match_everything_are_named);
    TEST(a_change_of_another_process_counts_at_once);
    TEST(a_change_of_the_same_store_counts_at_once);
    TEST(lanes_share_a_matcher_while_sets_change);
    TEST(a_damaged_index_is_named_and_mended);
    TEST(a_truncated_or_missing_index_is_built_anew);
    TEST(an_index_of_another_history_is_not_used);
    TEST(near_answers_equal_a_scan_while_entries_come_and_go);
    return g_test_run();
}
