// SPDX-License-Identifier: Apache-2.0
//
// Media of a case in order, what lies beside them, and two of them compared by their previews.
#include <string.h>

#include "base/error.h"
#include "cases/compare_previews.h"
#include "cases/media_list.h"
#include "cases/notes.h"
#include "casework_fixture.h"
#include "store/bound.h"

#define PICTURES 5u

// 1, 2, a near copy of 1, something notable that has a preview, and 3.
static const FixturePicture pictures[PICTURES] = {
    {.seed = 1},
    {.seed = 2},
    {.seed = 1, .flips = 4},
    {.seed = 9, .notable = "known", .has_preview = true},
    {.seed = 3, .has_preview = true},
};

typedef struct {
    CaseworkFixture base;
    uint64_t ids[PICTURES];
} Fixture;

static void init(Fixture *fixture)
{
    CaseworkFixture *base = &fixture->base;
    casework_fixture_init(base);
    casework_fixture_ingest(base, &base->ann, base->case_id, "disk", pictures, PICTURES);
    for (unsigned i = 0; i < PICTURES; i++)
        fixture->ids[i] = casework_fixture_media(base, pictures[i].seed, pictures[i].flips);
}

static void set_size(Fixture *fixture, unsigned picture, uint64_t size_bytes)
{
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture->base.work);
    g_assert_true(database_begin_write(database, &error));
    g_assert_true(bound_run(database, &error, "UPDATE media SET size_bytes = ?2 WHERE id = ?1",
                            "uu", fixture->ids[picture], size_bytes));
    g_assert_true(database_commit(database, &error));
    g_assert_no_error(error);
}

// `expected`: places in `pictures`, as digits.
static void expect_order(Fixture *fixture, const MediaListFilter *filter, MediaSort sort,
                         const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool more;
    g_assert_true(media_order(fixture->base.work, &fixture->base.ann, fixture->base.case_id, filter,
                              sort, ids, &more, &error));
    g_assert_no_error(error);
    g_assert_false(more);
    g_assert_cmpuint(ids->len, ==, strlen(expected));
    for (unsigned i = 0; i < ids->len; i++)
        g_assert_cmpuint(g_array_index(ids, uint64_t, i), ==, fixture->ids[expected[i] - '0']);
}

static void media_are_sorted_as_asked(void)
{
    Fixture fixture;
    init(&fixture);
    for (unsigned i = 0; i < PICTURES; i++)
        set_size(&fixture, i, i == 1 ? 90 : 10 + i);
    expect_order(&fixture, &(MediaListFilter){0}, MEDIA_OLDEST_FIRST, "01234");
    expect_order(&fixture, &(MediaListFilter){0}, MEDIA_NEWEST_FIRST, "43210");
    expect_order(&fixture, &(MediaListFilter){0}, MEDIA_LARGEST_FIRST, "14320");
    expect_order(&fixture, &(MediaListFilter){0}, MEDIA_BY_STACK, "02134");
    casework_fixture_clear(&fixture.base);
}

static void what_does_not_fit_is_cut_off_behind_the_order(void)
{
    Fixture fixture;
    init(&fixture);
    for (unsigned i = 0; i < PICTURES; i++)
        set_size(&fixture, i, i == 1 ? 90 : 10 + i);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_assert_true(media_order_read(casework_database(fixture.base.work), fixture.base.case_id,
                                   &(MediaListFilter){0}, MEDIA_LARGEST_FIRST, 2, ids, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(ids->len, ==, 2);
    g_assert_cmpuint(g_array_index(ids, uint64_t, 0), ==, fixture.ids[1]);
    g_assert_cmpuint(g_array_index(ids, uint64_t, 1), ==, fixture.ids[4]);
    casework_fixture_clear(&fixture.base);
}

static void filters_cut_it_down(void)
{
    Fixture fixture;
    init(&fixture);
    uint64_t stack = casework_fixture_case_media(&fixture.base, fixture.base.case_id, 1, 0);
    expect_order(&fixture, &(MediaListFilter){.kind = "new"}, MEDIA_OLDEST_FIRST, "0124");
    expect_order(&fixture, &(MediaListFilter){.kind = "notable"}, MEDIA_LARGEST_FIRST, "3");
    expect_order(&fixture, &(MediaListFilter){.stack_id = stack}, MEDIA_NEWEST_FIRST, "20");
    expect_order(&fixture, &(MediaListFilter){.stack_id = stack, .decision = "decided"},
                 MEDIA_OLDEST_FIRST, "");
    expect_order(&fixture, &(MediaListFilter){.decision = "open", .kind = "new"},
                 MEDIA_OLDEST_FIRST, "0124");
    expect_order(&fixture, &(MediaListFilter){.family = "video"}, MEDIA_OLDEST_FIRST, "");
    expect_order(&fixture, &(MediaListFilter){.status = "ok", .finding = "carved"},
                 MEDIA_OLDEST_FIRST, "");
    casework_fixture_clear(&fixture.base);
}

static void add_tag(Fixture *fixture, uint64_t target, bool is_stack, const char *tag)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->base.work, &fixture->base.ann, AUDIT_NOTE, &error);
    g_assert_no_error(error);
    uint64_t id;
    g_assert_true(
        tag_add(act, (NoteTarget){fixture->base.case_id, target, is_stack}, tag, &id, &error));
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void a_tag_of_a_stack_is_one_of_its_media(void)
{
    Fixture fixture;
    init(&fixture);
    uint64_t stack = casework_fixture_case_media(&fixture.base, fixture.base.case_id, 1, 0);
    add_tag(&fixture, stack, true, "garden");
    add_tag(&fixture, fixture.ids[4], false, "Garden");
    add_tag(&fixture, fixture.ids[0], false, "lamp");
    expect_order(&fixture, &(MediaListFilter){.tag = "garden"}, MEDIA_OLDEST_FIRST, "024");
    expect_order(&fixture, &(MediaListFilter){.tag = " GARDEN"}, MEDIA_NEWEST_FIRST, "420");
    expect_order(&fixture, &(MediaListFilter){.tag = "lamp", .kind = "new"}, MEDIA_LARGEST_FIRST,
                 "0");
    expect_order(&fixture, &(MediaListFilter){.tag = "gard_n"}, MEDIA_OLDEST_FIRST, "");
    casework_fixture_clear(&fixture.base);
}

static void set_findings(Fixture *fixture, unsigned picture, const char *findings)
{
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture->base.work);
    g_assert_true(database_begin_write(database, &error));
    g_assert_true(bound_run(database, &error, "UPDATE item SET findings = ?2 WHERE media_id = ?1",
                            "ut", fixture->ids[picture], findings));
    g_assert_true(database_commit(database, &error));
    g_assert_no_error(error);
}

static void named_media_come_in_order_with_what_lies_beside_them(void)
{
    Fixture fixture;
    init(&fixture);
    set_findings(&fixture, 1, "[{\"type\":\"carved\",\"detail\":\"in free space\"}]");
    expect_order(&fixture, &(MediaListFilter){.finding = "carved"}, MEDIA_OLDEST_FIRST, "1");
    add_tag(&fixture, fixture.ids[1], false, "lamp");
    const uint64_t asked[] = {fixture.ids[4], 999999, fixture.ids[1], fixture.ids[4]};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) rows = media_list_rows_new();
    g_assert_true(media_list_these(fixture.base.work, &fixture.base.ann, fixture.base.case_id,
                                   asked, G_N_ELEMENTS(asked), rows, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 2);
    const MediaListRow *first = &g_array_index(rows, MediaListRow, 0);
    const MediaListRow *second = &g_array_index(rows, MediaListRow, 1);
    g_assert_cmpuint(first->media_id, ==, fixture.ids[4]);
    g_assert_true(first->marks.has_preview);
    g_assert_null(first->marks.tags);
    g_assert_null(first->marks.findings);
    g_assert_cmpuint(second->media_id, ==, fixture.ids[1]);
    g_assert_false(second->marks.has_preview);
    g_assert_cmpuint(second->marks.tags->len, ==, 1);
    g_assert_cmpstr(second->marks.tags->pdata[0], ==, "lamp");
    g_assert_cmpuint(second->marks.findings->len, ==, 1);
    casework_fixture_clear(&fixture.base);
}

static void a_case_that_one_may_not_see_has_no_order(void)
{
    Fixture fixture;
    init(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool more;
    g_assert_false(media_order(fixture.base.work, &fixture.base.eve, fixture.base.case_id,
                               &(MediaListFilter){0}, MEDIA_OLDEST_FIRST, ids, &more, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    casework_fixture_clear(&fixture.base);
}

// ---- Comparing ----------------------------------------------------------------------------------

static void expect_refused(Fixture *fixture, const Actor *actor, const PreviewPair *pair, int code)
{
    g_autoptr(GError) error = NULL;
    g_auto(PreviewComparison) comparison = {0};
    g_assert_false(preview_compare(NULL, fixture->base.work, actor, pair, &comparison, &error));
    g_assert_error(error, CLEW_ERROR, code);
}

static void known_material_is_compared_by_the_rule_of_a_reveal(void)
{
    Fixture fixture;
    init(&fixture);
    const CaseworkFixture *base = &fixture.base;
    const PreviewPair pairs[] = {
        {.case_id = base->case_id, .media_id = fixture.ids[3], .with_id = fixture.ids[4]},
        {.case_id = base->case_id, .media_id = fixture.ids[4], .with_id = fixture.ids[3]},
        {.case_id = base->case_id,
         .media_id = fixture.ids[4],
         .with_id = fixture.ids[3],
         .purpose = "to see"}};
    expect_refused(&fixture, &base->ann, &pairs[0], CLEW_ERROR_DENIED); // no purpose
    expect_refused(&fixture, &base->ann, &pairs[1], CLEW_ERROR_DENIED);
    expect_refused(&fixture, &base->bob, &pairs[2], CLEW_ERROR_DENIED); // a reviewer
    expect_refused(&fixture, &base->eve, &pairs[2], CLEW_ERROR_NOT_FOUND);
    casework_fixture_clear(&fixture.base);
}

static void without_a_preview_it_is_said_and_no_worker_is_asked(void)
{
    Fixture fixture;
    init(&fixture);
    const PreviewPair pair = {
        .case_id = fixture.base.case_id, .media_id = fixture.ids[0], .with_id = fixture.ids[1]};
    g_autoptr(GError) error = NULL;
    g_auto(PreviewComparison) comparison = {.is_comparable = true};
    g_assert_true(
        preview_compare(NULL, fixture.base.work, &fixture.base.bob, &pair, &comparison, &error));
    g_assert_no_error(error);
    g_assert_false(comparison.is_comparable);
    g_assert_nonnull(strstr(comparison.reason, "has no preview of 512 pixels"));
    casework_fixture_clear(&fixture.base);
}

static void regions_are_shares_of_the_first_picture(void)
{
    const CompareAnswer answer = {
        .is_same = true,
        .orientation = 1,
        .width = {200, 100},
        .height = {100, 200},
        .region_count = 2,
        .regions = {{.box = {{50, 10, 100, 60}, {1, 2, 3, 4}}, .share = {0.7, 0.1}},
                    {.box = {{-5, 90, 210, 100}, {0}}, .share = {0.6, 0.1}}}};
    g_auto(PreviewComparison) found = {0};
    preview_comparison_fill(&answer, &found);
    g_assert_true(found.is_comparable);
    g_assert_cmpstr(found.orientation, ==, "rot90");
    g_assert_cmpfloat(found.share, ==, 1); // never more than all of it
    g_assert_cmpuint(found.region_count, ==, 2);
    g_assert_cmpfloat(found.regions[0].left, ==, 0.25);
    g_assert_cmpfloat(found.regions[0].top, ==, 0.1);
    g_assert_cmpfloat(found.regions[0].right, ==, 0.5);
    g_assert_cmpfloat(found.regions[0].bottom, ==, 0.6);
    g_assert_cmpfloat(found.regions[1].left, ==, 0);
    g_assert_cmpfloat(found.regions[1].right, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/order/media are sorted as asked", media_are_sorted_as_asked);
    g_test_add_func("/order/what does not fit is cut off behind the order",
                    what_does_not_fit_is_cut_off_behind_the_order);
    g_test_add_func("/order/filters cut it down", filters_cut_it_down);
    g_test_add_func("/order/a tag of a stack is one of its media",
                    a_tag_of_a_stack_is_one_of_its_media);
    g_test_add_func("/order/named media come in order with what lies beside them",
                    named_media_come_in_order_with_what_lies_beside_them);
    g_test_add_func("/order/a case that one may not see has none",
                    a_case_that_one_may_not_see_has_no_order);
    g_test_add_func("/compare/known material is compared by the rule of a reveal",
                    known_material_is_compared_by_the_rule_of_a_reveal);
    g_test_add_func("/compare/without a preview it is said and no worker is asked",
                    without_a_preview_it_is_said_and_no_worker_is_asked);
    g_test_add_func("/compare/regions are shares of the first picture",
                    regions_are_shares_of_the_first_picture);
    return g_test_run();
}
