// SPDX-License-Identifier: Apache-2.0
//
// Numbers of the cases one may see, and notes and tags beside what is in them.
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/notes.h"
#include "cases/statistics.h"
#include "cases/votes.h"
#include "casework_fixture.h"

#define HOUR_US INT64_C(3600000000)

static void vote(CaseworkFixture *fixture, unsigned seed, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->bob, AUDIT_VOTE, &error);
    g_assert_no_error(error);
    uint64_t media = casework_fixture_media(fixture, seed, 0);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){
            .case_id = fixture->case_id, .media = &media, .count = 1, .category = category},
        &error);
    g_assert_no_error(error);
    g_assert_cmpuint(results->len, ==, 1);
    act_commit(act, &error);
    g_assert_no_error(error);
}

// Ten new pictures, one notable; four are decided after 1, 2, 3 and 10 hours.
static void init(CaseworkFixture *fixture)
{
    FixturePicture pictures[11] = {0};
    for (unsigned i = 0; i < 11; i++)
        pictures[i].seed = i + 1;
    pictures[10].notable = "known";
    casework_fixture_init(fixture);
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk", pictures, 11);
    int64_t began_us = fixture->now_us;
    static const int hours[] = {1, 2, 3, 10};
    for (unsigned i = 0; i < 4; i++) {
        fixture->now_us = began_us + hours[i] * HOUR_US;
        vote(fixture, i + 1, i < 3 ? "1" : "0");
    }
}

static Statistics *count(CaseworkFixture *fixture, const Actor *actor,
                         const StatisticsFilter *filter)
{
    g_autoptr(GError) error = NULL;
    Statistics *statistics = statistics_of(fixture->work, actor, filter, &error);
    g_assert_no_error(error);
    return statistics;
}

static uint64_t media_of(const Statistics *statistics, const char *kind, const char *state,
                         const char *category)
{
    uint64_t media = 0;
    for (unsigned i = 0; i < statistics->cells->len; i++) {
        const StatisticsCell *cell = &g_array_index(statistics->cells, StatisticsCell, i);
        g_assert_cmpint(cell->year, ==, 2026);
        g_assert_cmpint(cell->month, ==, 1);
        if (g_strcmp0(cell->kind, kind) == 0 && g_strcmp0(cell->state, state) == 0 &&
            g_strcmp0(cell->category, category) == 0)
            media += cell->media;
    }
    return media;
}

static void counts_by_kind_state_and_category(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(Statistics) statistics = count(&fixture, &fixture.ann, &(StatisticsFilter){0});
    g_assert_cmpuint(statistics->cells->len, ==, 4);
    g_assert_cmpuint(media_of(statistics, "new", "open", NULL), ==, 6);
    g_assert_cmpuint(media_of(statistics, "new", "decided", "1"), ==, 3);
    g_assert_cmpuint(media_of(statistics, "new", "decided", "0"), ==, 1);
    g_assert_cmpuint(media_of(statistics, "notable", "open", NULL), ==, 1);
    casework_fixture_clear(&fixture);
}

static void says_how_long_decisions_took(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(Statistics) statistics = count(&fixture, &fixture.ann, &(StatisticsFilter){0});
    g_assert_cmpuint(statistics->cases->len, ==, 1);
    const StatisticsCase *numbers = &g_array_index(statistics->cases, StatisticsCase, 0);
    g_assert_cmpuint(numbers->media, ==, 11);
    g_assert_cmpuint(numbers->decided, ==, 4);
    g_assert_cmpint(numbers->median_us, ==, 2 * HOUR_US);
    g_assert_cmpint(numbers->ninetieth_us, ==, 10 * HOUR_US);
    casework_fixture_clear(&fixture);
}

static void says_what_was_not_examined(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    database_execute(casework_database(fixture.work),
                     "UPDATE item SET status = 'encrypted' WHERE id IN (1, 2)", &error);
    g_assert_no_error(error);
    g_autoptr(Statistics) statistics = count(&fixture, &fixture.ann, &(StatisticsFilter){0});
    g_assert_cmpuint(statistics->statuses->len, ==, 2);
    const StatisticsStatus *status = &g_array_index(statistics->statuses, StatisticsStatus, 0);
    g_assert_cmpstr(status->status, ==, "encrypted");
    g_assert_cmpuint(status->items, ==, 2);
    status = &g_array_index(statistics->statuses, StatisticsStatus, 1);
    g_assert_cmpstr(status->status, ==, "ok");
    g_assert_cmpuint(status->items, ==, 9);
    g_assert_cmpuint(g_array_index(statistics->cases, StatisticsCase, 0).items_examined, ==, 9);
    casework_fixture_clear(&fixture);
}

static void counts_nothing_of_cases_that_one_may_not_see(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(Statistics) none = count(&fixture, &fixture.eve, &(StatisticsFilter){0});
    g_assert_cmpuint(none->cells->len, ==, 0);
    g_assert_cmpuint(none->cases->len, ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_null(statistics_of(fixture.work, &fixture.eve,
                                &(StatisticsFilter){.case_id = fixture.case_id}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_autoptr(Statistics) audited = count(&fixture, &fixture.aud, &(StatisticsFilter){0});
    g_assert_cmpuint(audited->cases->len, ==, 1);
    casework_fixture_clear(&fixture);
}

static void filters_by_unit_and_time(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(Statistics) other =
        count(&fixture, &fixture.ann, &(StatisticsFilter){.unit_id = fixture.unit[1]});
    g_assert_cmpuint(other->cases->len, ==, 0);
    g_autoptr(Statistics) later =
        count(&fixture, &fixture.ann, &(StatisticsFilter){.from_us = fixture.now_us});
    g_assert_cmpuint(later->cells->len, ==, 0);
    g_assert_cmpuint(later->cases->len, ==, 1);
    casework_fixture_clear(&fixture);
}

// ---- Notes --------------------------------------------------------------------------------------

typedef bool (*AddNote)(Act *act, NoteTarget target, const char *text, uint64_t *ret_id,
                        GError **err);

static uint64_t try_add(CaseworkFixture *fixture, const Actor *actor, AddNote add,
                        NoteTarget target, const char *text, GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_NOTE, &error);
    g_assert_no_error(error);
    uint64_t id = 0;
    if (!add(act, target, text, &id, err))
        return 0;
    act_commit(act, &error);
    g_assert_no_error(error);
    return id;
}

static bool try_remove(CaseworkFixture *fixture, const Actor *actor, uint64_t id, GError **err)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_NOTE, &error);
    g_assert_no_error(error);
    if (!note_remove(act, fixture->case_id, id, err))
        return false;
    act_commit(act, &error);
    g_assert_no_error(error);
    return true;
}

static NoteTarget target_of(CaseworkFixture *fixture, unsigned seed)
{
    return (NoteTarget){.case_id = fixture->case_id,
                        .id = casework_fixture_media(fixture, seed, 0)};
}

static void a_note_that_was_removed_stays_without_its_text(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    uint64_t id = try_add(&fixture, &fixture.ann, note_add, target_of(&fixture, 1),
                          "seen before\nin the other one", &error);
    g_assert_no_error(error);
    g_assert_false(try_remove(&fixture, &fixture.bob, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_clear_error(&error);
    g_assert_true(try_remove(&fixture, &fixture.ann, id, &error));
    g_assert_false(try_remove(&fixture, &fixture.ann, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_clear_error(&error);
    g_autoptr(GArray) notes =
        note_list(fixture.work, &fixture.bob, target_of(&fixture, 1), 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 1);
    const NoteRow *note = &g_array_index(notes, NoteRow, 0);
    g_assert_null(note->text);
    g_assert_cmpint(note->removed_us, ==, fixture.now_us);
    g_assert_cmpuint(note->removed_by, ==, fixture.ann.account_id);
    casework_fixture_clear(&fixture);
}

static void a_tag_stands_once_and_is_found_again(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    uint64_t first =
        try_add(&fixture, &fixture.bob, tag_add, target_of(&fixture, 1), " Holiday ", &error);
    uint64_t second =
        try_add(&fixture, &fixture.ann, tag_add, target_of(&fixture, 1), "holiday", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(first, ==, second);
    NoteTarget stack = {.case_id = fixture.case_id,
                        .id = casework_fixture_case_media(&fixture, fixture.case_id, 2, 0),
                        .is_stack = true};
    try_add(&fixture, &fixture.ann, tag_add, stack, "holiday", &error);
    g_autoptr(GArray) found =
        tag_find(fixture.work, &fixture.ann, fixture.case_id, "HOLIDAY", 0, 10, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpuint(g_array_index(found, TaggedMedia, 1).case_media_id, ==, stack.id);
    try_remove(&fixture, &fixture.bob, first, &error);
    g_autoptr(GArray) left =
        tag_find(fixture.work, &fixture.ann, fixture.case_id, "holiday", 0, 10, &error);
    g_assert_cmpuint(left->len, ==, 1);
    casework_fixture_clear(&fixture);
}

static void refuses_notes_that_are_no_text_and_of_strangers(void)
{
    CaseworkFixture fixture;
    init(&fixture);
    g_autofree char *long_text = g_strnfill(LIMIT_NOTE_BYTES + 1, 'x');
    const char *const bad[] = {"", "\x01", "\xff", long_text};
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        try_add(&fixture, &fixture.ann, note_add, target_of(&fixture, 1), bad[i], &error);
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    try_add(&fixture, &fixture.ann, tag_add, target_of(&fixture, 1), "  ", &error);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    try_add(&fixture, &fixture.eve, note_add, target_of(&fixture, 1), "x", &error);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    try_add(&fixture, &fixture.aud, note_add, target_of(&fixture, 1), "x", &error);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    casework_fixture_clear(&fixture);
}

#define TEST(name) g_test_add_func("/statistics/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(counts_by_kind_state_and_category);
    TEST(says_how_long_decisions_took);
    TEST(says_what_was_not_examined);
    TEST(counts_nothing_of_cases_that_one_may_not_see);
    TEST(filters_by_unit_and_time);
    TEST(a_note_that_was_removed_stays_without_its_text);
    TEST(a_tag_stands_once_and_is_found_again);
    TEST(refuses_notes_that_are_no_text_and_of_strangers);
    return g_test_run();
}
