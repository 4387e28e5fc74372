// SPDX-License-Identifier: Apache-2.0
//
// Search: what each kind finds, page by page, over visible cases alone, and what the record keeps
// of it. At the end a stranger walks through everything that can be read.
#include <string.h>

#include "base/error.h"
#include "cases/enquiry.h"
#include "cases/expunge.h"
#include "cases/identifiers.h"
#include "cases/links.h"
#include "cases/retention.h"
#include "cases/search.h"
#include "cases/series.h"
#include "cases/victims.h"
#include "leads_fixture.h"

// All pages of so many hits each.
static GArray *all(CaseworkFixture *f, const Actor *actor, const Search *search, unsigned page)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(SearchHit));
    g_auto(SearchCursor) cursor = {0};
    bool more = true;
    for (unsigned pages = 0; more; pages++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(pages, <, 100);
        Act *act = leads_begin(f, actor, AUDIT_SEARCH);
        g_autoptr(GArray) some = search_run(act, search, &cursor, page, &more, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(some->len, <=, page);
        g_array_append_vals(hits, some->data, some->len);
        leads_commit(act);
    }
    return hits;
}

static unsigned count(CaseworkFixture *f, const Actor *actor, Search search)
{
    g_autoptr(GArray) hits = all(f, actor, &search, 2);
    return hits->len;
}

static void put_three(CaseworkFixture *f, uint64_t case_id)
{
    const FixturePicture pictures[] = {{.seed = 1, .path = "a/garden-gate.jpg"},
                                       {.seed = 2, .path = "a/garden-wall.jpg"},
                                       {.seed = 3, .path = "b/house_100%.jpg"}};
    casework_fixture_ingest(f, &f->ann, case_id, "disk", pictures, 3);
}

static char *hex_of_first(CaseworkFixture *f, const char *column)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM media WHERE id = %" G_GUINT64_FORMAT,
                                           column, casework_fixture_media(f, 1, 0));
    g_autoptr(Statement) statement = statement_prepare(casework_database(f->work), sql, &error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    size_t size_bytes;
    const uint8_t *bytes = statement_blob(statement, 0, &size_bytes);
    GString *hex = g_string_new(NULL);
    for (size_t i = 0; i < size_bytes; i++)
        g_string_append_printf(hex, "%02X", bytes[i]);
    return g_string_free(hex, FALSE);
}

static void every_digest_finds_its_items(CaseworkFixture *f)
{
    static const char *const columns[] = {"md5", "sha1", "sha256"};
    put_three(f, f->case_id);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *hex = hex_of_first(f, columns[i]);
        g_assert_cmpuint(count(f, &f->ann, (Search){.kind = SEARCH_DIGEST, .term = hex}), ==, 1);
    }
}

static void names_are_found_by_their_begin_and_in_one_case_by_any_part(CaseworkFixture *f)
{
    put_three(f, f->case_id);
    put_three(f, casework_fixture_case(f, &f->ann, "24-002"));
    g_assert_cmpuint(count(f, &f->ann, (Search){.kind = SEARCH_PREFIX, .term = "GARDEN"}), ==, 4);
    g_assert_cmpuint(count(f, &f->ann, (Search){.kind = SEARCH_PREFIX, .term = "wall"}), ==, 0);
    g_assert_cmpuint(
        count(f, &f->ann,
              (Search){.kind = SEARCH_NAME_PART, .term = "den-", .case_id = f->case_id}),
        ==, 2);
    g_assert_cmpuint(
        count(f, &f->ann, (Search){.kind = SEARCH_NAME_PART, .term = "0%", .case_id = f->case_id}),
        ==, 1);
    g_assert_cmpuint(
        count(f, &f->ann, (Search){.kind = SEARCH_NAME_PART, .term = "_", .case_id = f->case_id}),
        ==, 1);
}

static void a_term_that_makes_no_sense_is_refused(CaseworkFixture *f)
{
    const Search bad[] = {{.kind = SEARCH_DIGEST, .term = "abc"},
                          {.kind = SEARCH_DIGEST, .term = ""},
                          {.kind = SEARCH_PREFIX},
                          {.kind = SEARCH_NAME_PART, .term = "a"},
                          {.kind = SEARCH_NOTE, .term = "\xff"},
                          {.kind = SEARCH_TRAIT, .trait = TRAIT_EMAIL, .term = "none"},
                          {.kind = SEARCH_TRAIT, .trait = TRAIT_FOLDER, .term = "a"},
                          {.kind = SEARCH_PLACE, .latitude = 91}};
    g_autoptr(Act) act = leads_begin(f, &f->ann, AUDIT_SEARCH);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(SearchCursor) cursor = {0};
        bool more;
        g_assert_null(search_run(act, &bad[i], &cursor, 10, &more, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
}

static void add_email(CaseworkFixture *f, uint64_t case_id)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    Act *act = leads_begin(f, &f->ann, AUDIT_IDENTIFIER_CHANGED);
    identifier_add(act, case_id,
                   &(IdentifierNew){.kind = TRAIT_EMAIL,
                                    .written = "Some.One@example.org",
                                    .media_id = casework_fixture_media(f, 1, 0)},
                   &id, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static void an_identifier_is_found_however_it_is_written(CaseworkFixture *f)
{
    put_three(f, f->case_id);
    add_email(f, f->case_id);
    const Search search = {
        .kind = SEARCH_TRAIT, .trait = TRAIT_EMAIL, .term = " SOME.one@EXAMPLE.org"};
    g_autoptr(GArray) hits = all(f, &f->ann, &search, 1);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_cmpuint(g_array_index(hits, SearchHit, 0).media_id, ==,
                     casework_fixture_media(f, 1, 0));
}

static void a_search_is_on_record_without_its_term(CaseworkFixture *f)
{
    put_three(f, f->case_id);
    count(f, &f->ann, (Search){.kind = SEARCH_PREFIX, .term = "garden-g", .case_id = f->case_id});
    g_assert_cmpuint(leads_count_leaves(f, f->case_id, AUDIT_SEARCH), ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM audit_leaf WHERE payload LIKE "
                                    "'%garden%' OR object LIKE '%garden%'"),
                    ==, 0);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM audit_leaf WHERE payload LIKE "
                                    "'%\"length\":8%'"),
                    ==, 1);
    leads_assert_record_is_whole(f);
}

// Whatever a stranger can call, about a case with everything in it: nothing comes out.
static void a_stranger_who_walks_through_everything_learns_nothing(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002"), series, victim, link, cursor = 0;
    put_three(f, secret);
    put_three(f, f->case_id);
    add_email(f, secret);
    uint64_t media = casework_fixture_media(f, 1, 0);
    leads_decide(f, secret, media, "1");
    Act *act = leads_begin(f, &f->ann, AUDIT_SERIES_CHANGED);
    series_make(act, "room", &series, &error);
    series_join(act, series, secret, &media, 1, &error);
    victim_make(act, "N-7", &victim, &error);
    victim_link_series(act, victim, series, &link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_autoptr(KnownIndex) index = known_index_new();
    const Actor *bob = &f->bob; // a member of the other case of the same unit
    bool more;
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        g_assert_null(call);                                                                       \
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);                                   \
        g_clear_error(&error);                                                                     \
    } while (0)
    WhoCursor who = {0};
    REFUSED(series_get(f->work, bob, series, &error));
    REFUSED(series_cases(f->work, bob, series, &error));
    REFUSED(series_media(f->work, bob, series, secret, 0, 0, 10, &error));
    REFUSED(series_list(f->work, bob, &(SeriesFilter){.case_id = secret}, 0, 10, &error));
    REFUSED(victim_get(f->work, bob, victim, &error));
    REFUSED(victim_list(f->work, bob, &(VictimFilter){.case_id = secret}, 0, 10, &error));
    REFUSED(victim_list(f->work, bob, &(VictimFilter){.series_id = series}, 0, 10, &error));
    REFUSED(victim_history(f->work, bob, victim, &error));
    REFUSED(victim_links(f->work, bob, victim, &error));
    REFUSED(victims_who_queue(f->work, bob, secret, &who, 10, &more, &error));
    REFUSED(links_of_media(f->work, bob, secret, media, &error));
    REFUSED(links_of_case(f->work, bob, secret, &cursor, 10, &more, &error));
    REFUSED(identifier_list(f->work, bob, secret, 0, 0, 10, &error));
    REFUSED(enquiry_known(f->work, bob, secret, &cursor, 10, &more, &error));
    REFUSED(enquiry_questions(f->work, bob, secret, 0, 10, &error));
    REFUSED(enquiry_notices(f->work, bob, secret, 0, 10, &error));
    REFUSED(retention_rules(f->work, bob, secret, &error));
    REFUSED(expunge_list(f->work, bob, secret, &error));
    REFUSED(expunge_tombstones(f->work, bob, secret, &error));
#define NOTHING(type, call)                                                                        \
    do {                                                                                           \
        g_autoptr(type) list = call;                                                               \
        g_assert_no_error(error);                                                                  \
        g_assert_cmpuint(list->len, ==, 0);                                                        \
    } while (0)
    NOTHING(GPtrArray, series_list(f->work, bob, &(SeriesFilter){0}, 0, 10, &error));
    NOTHING(GPtrArray, victim_list(f->work, bob, &(VictimFilter){0}, 0, 10, &error));
    NOTHING(GArray, victims_who_queue(f->work, bob, 0, &who, 10, &more, &error));
    NOTHING(GPtrArray, links_of_case(f->work, bob, f->case_id, &cursor, 10, &more, &error));
    NOTHING(GArray, retention_due(f->work, bob, INT64_MAX / 2, &error));
    g_autofree char *hex = hex_of_first(f, "sha256");
    const Search searches[] = {
        {.kind = SEARCH_DIGEST, .term = hex},
        {.kind = SEARCH_PREFIX, .term = "garden"},
        {.kind = SEARCH_DATES, .to_us = INT64_MAX},
        {.kind = SEARCH_NOTE, .term = "a"},
        {.kind = SEARCH_PLACE, .latitude = 1, .longitude = 1},
        {.kind = SEARCH_TRAIT, .trait = TRAIT_EMAIL, .term = "some.one@example.org"},
        {.kind = SEARCH_PDQ,
         .term = "0000000000000000000000000000000000000000000000000000000000"
                 "000000",
         .distance = 64,
         .index = index}};
    for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
        g_autoptr(GArray) hits = all(f, bob, &searches[i], 10);
        for (unsigned j = 0; j < hits->len; j++)
            g_assert_cmpuint(g_array_index(hits, SearchHit, j).case_id, ==, f->case_id);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) leads_add_test("/search/" #test, test)
    ADD(every_digest_finds_its_items);
    ADD(names_are_found_by_their_begin_and_in_one_case_by_any_part);
    ADD(a_term_that_makes_no_sense_is_refused);
    ADD(an_identifier_is_found_however_it_is_written);
    ADD(a_search_is_on_record_without_its_term);
    ADD(a_stranger_who_walks_through_everything_learns_nothing);
    return g_test_run();
}
