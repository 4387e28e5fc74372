// SPDX-License-Identifier: Apache-2.0
//
// Ingest: records become rows once, stacks hold what resembles its leader, acts are on record.
#include <string.h>

#include "base/error.h"
#include "cases/preview_store.h"
#include "cases/traits.h"
#include "casework_fixture.h"
#include "store/derived_check.h"
#include "store/trait_rows.h"

static int64_t number(CaseworkFixture *fixture, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement =
        statement_prepare(casework_database(fixture->work), sql, &error);
    g_assert_no_error(error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    int64_t value = row ? statement_int(statement, 0) : -1;
    statement_reset(statement);
    return value;
}

static int64_t stack_of(CaseworkFixture *fixture, unsigned seed, unsigned flips)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT stack_id FROM case_media WHERE id = %" G_GUINT64_FORMAT,
                        casework_fixture_case_media(fixture, fixture->case_id, seed, flips));
    return number(fixture, sql);
}

static void ingest(CaseworkFixture *fixture, const FixturePicture *pictures, size_t count)
{
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk 1", pictures, count);
}

static void records_become_items_and_distinct_media(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture,
           (FixturePicture[]){{.seed = 1}, {.seed = 2}, {.seed = 1, .path = "copy/of one.jpg"}}, 3);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM item"), ==, 3);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM media"), ==, 2);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM case_media WHERE kind = 'new'"), ==, 2);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM item WHERE name = 'of one.jpg'"), ==, 1);
    casework_fixture_clear(&fixture);
}

static void the_same_records_twice_change_nothing(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    const FixturePicture pictures[] = {{.seed = 1}, {.seed = 2}, {.seed = 2, .flips = 3}};
    ingest(&fixture, pictures, 3);
    int64_t leaves = number(&fixture, "SELECT max(seq) FROM audit_leaf");
    ingest(&fixture, pictures, 3);
    g_assert_cmpint(number(&fixture, "SELECT max(seq) FROM audit_leaf"), ==, leaves);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM item"), ==, 3);
    g_assert_cmpint(number(&fixture, "SELECT CAST(sum(media_count) AS INTEGER) FROM stack"), ==, 3);
    casework_fixture_clear(&fixture);
}

static void what_was_there_and_what_is_new_may_come_in_one_batch(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture, (FixturePicture[]){{.seed = 1}}, 1);
    ingest(&fixture, (FixturePicture[]){{.seed = 1}, {.seed = 1, .path = "b.jpg"}, {.seed = 3}}, 3);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM item"), ==, 3);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM media"), ==, 2);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM case_media"), ==, 2);
    casework_fixture_clear(&fixture);
}

static void known_and_ignorable_media_need_no_eyes(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture,
           (FixturePicture[]){
               {.seed = 1, .notable = "list"}, {.seed = 2, .ignorable = true}, {.seed = 3}},
           3);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM case_media WHERE kind = 'notable'"), ==,
                    1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM case_media WHERE kind = 'ignorable'"),
                    ==, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM stack"), ==, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM media_match"), ==, 1);
    casework_fixture_clear(&fixture);
}

static void what_a_case_says_of_itself_is_what_its_rows_say(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    ingest(&fixture,
           (FixturePicture[]){{.seed = 1, .notable = "list"},
                              {.seed = 2, .ignorable = true},
                              {.seed = 3},
                              {.seed = 3, .flips = 2},
                              {.seed = 4}},
           5);
    CaseCounts counts;
    g_assert_true(case_file_counts(fixture.work, &fixture.ann, fixture.case_id, &counts, &error));
    g_assert_cmpuint(counts.items, ==, 5);
    g_assert_cmpuint(counts.notable, ==, 1);
    g_assert_cmpuint(counts.ignorable, ==, 1);
    g_assert_cmpuint(counts.fresh, ==, 3);
    g_assert_cmpuint(counts.open, ==, 3);
    g_assert_cmpuint(counts.stacks, ==, 2);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(derived_check(casework_database(fixture.work), faults, &error));
    g_assert_cmpuint(faults->len, ==, 0);
    database_execute(casework_database(fixture.work), "UPDATE case_tally SET items = 4", &error);
    g_assert_no_error(error);
    g_assert_true(derived_check(casework_database(fixture.work), faults, &error));
    g_assert_cmpuint(faults->len, ==, 1);
    casework_fixture_clear(&fixture);
}

// Whichever lane decoded a content first has its previews.
static void previews_may_come_with_a_later_item_of_the_same_content(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture, (FixturePicture[]){{.seed = 1}}, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM preview"), ==, 0);
    ingest(&fixture, (FixturePicture[]){{.seed = 1, .path = "copy.jpg", .has_preview = true}}, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM preview"), ==, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) jpeg = NULL;
    g_assert_true(preview_load(fixture.work, casework_fixture_media(&fixture, 1, 0), PREVIEW_192, 0,
                               &jpeg, &error));
    g_assert_cmpmem(g_bytes_get_data(jpeg, NULL), (int)g_bytes_get_size(jpeg), "preview", 7);
    casework_fixture_clear(&fixture);
}

static void previews_that_an_earlier_run_left_out_come_with_a_later_one(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture, (FixturePicture[]){{.seed = 1}}, 1);
    const FixturePicture again[] = {{.seed = 1, .has_preview = true}};
    ingest(&fixture, again, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM preview"), ==, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM item"), ==, 1);
    int64_t leaves = number(&fixture, "SELECT max(seq) FROM audit_leaf");
    ingest(&fixture, again, 1);
    g_assert_cmpint(number(&fixture, "SELECT max(seq) FROM audit_leaf"), ==, leaves);
    casework_fixture_clear(&fixture);
}

static void known_media_get_no_previews(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture,
           (FixturePicture[]){{.seed = 1, .notable = "list", .has_preview = true},
                              {.seed = 2, .ignorable = true, .has_preview = true}},
           2);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM preview"), ==, 0);
    casework_fixture_clear(&fixture);
}

static void near_duplicates_share_a_stack(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture, (FixturePicture[]){{.seed = 1}, {.seed = 2}}, 2);
    ingest(&fixture, (FixturePicture[]){{.seed = 1, .flips = 24}, {.seed = 2, .flips = 25}}, 2);
    g_assert_cmpint(stack_of(&fixture, 1, 24), ==, stack_of(&fixture, 1, 0));
    g_assert_cmpint(stack_of(&fixture, 2, 25), !=, stack_of(&fixture, 2, 0));
    g_assert_cmpint(number(&fixture, "SELECT max(distance) FROM case_media"), ==, 24);
    casework_fixture_clear(&fixture);
}

// Each step is 15 bits from the one before, but only the leader counts.
static void a_chain_of_small_steps_glues_nothing_together(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    ingest(&fixture,
           (FixturePicture[]){{.seed = 1},
                              {.seed = 1, .flips = 15},
                              {.seed = 1, .flips = 30},
                              {.seed = 1, .flips = 45},
                              {.seed = 1, .flips = 60}},
           5);
    g_assert_cmpint(stack_of(&fixture, 1, 15), ==, stack_of(&fixture, 1, 0));
    g_assert_cmpint(stack_of(&fixture, 1, 30), !=, stack_of(&fixture, 1, 0));
    g_assert_cmpint(stack_of(&fixture, 1, 45), ==, stack_of(&fixture, 1, 30));
    g_assert_cmpint(stack_of(&fixture, 1, 60), !=, stack_of(&fixture, 1, 30));
    casework_fixture_clear(&fixture);
}

// Its stacker was opened before the leader came.
static void another_process_sees_the_leaders_of_this_one(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(Casework) other = casework_fixture_open_again(&fixture);
    g_autoptr(Stacker) stacker = stacker_open(other, fixture.case_id, &error);
    g_assert_no_error(error);
    ingest(&fixture, (FixturePicture[]){{.seed = 7}, {.seed = 8}}, 2);
    g_autoptr(Act) act = act_begin(other, &fixture.ann, AUDIT_INGEST, &error);
    g_assert_no_error(error);
    g_autoptr(StillFacts) still = casework_fixture_still(7, 4);
    StackPlace place;
    g_assert_true(stacker_place(stacker, &(StackAsk){.case_media_id = 1000, .still = still}, 1,
                                &place, &error));
    g_assert_false(place.is_leader);
    g_assert_cmpuint(place.distance, ==, 4);
    g_assert_cmpuint(place.stack_id, ==,
                     casework_fixture_case_media(&fixture, fixture.case_id, 7, 0));
    g_clear_pointer(&act, act_free);
    g_clear_pointer(&stacker, stacker_free);
    g_clear_pointer(&other, casework_close);
    casework_fixture_clear(&fixture);
}

static void a_case_is_not_there_for_strangers(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    Ingest *none =
        ingest_open(fixture.work, &fixture.eve,
                    &(IngestOptions){.case_id = fixture.case_id, .evidence = "x"}, &error);
    g_assert_null(none);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    casework_fixture_clear(&fixture);
}

static void a_closed_case_takes_no_records(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.ann, AUDIT_CASE_CHANGED, &error);
    case_file_change(
        act, fixture.case_id,
        &(CaseFileChange){.voters = -1, .voter_units = -1, .restricted = -1, .close = true},
        &error);
    act_commit(act, &error);
    g_assert_no_error(error);
    Ingest *none =
        ingest_open(fixture.work, &fixture.ann,
                    &(IngestOptions){.case_id = fixture.case_id, .evidence = "x"}, &error);
    g_assert_null(none);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    casework_fixture_clear(&fixture);
}

static uint64_t uses_of(CaseworkFixture *fixture, TraitKind kind, const char *value)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) cases = g_array_new(FALSE, FALSE, sizeof(TraitCase));
    Database *database = casework_database(fixture->work);
    uint64_t id;
    trait_rows_find(database, trait_kind_name(kind), value, &id, &error);
    g_assert_no_error(error);
    trait_rows_cases(database, id, cases, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(cases->len, <=, 1);
    return cases->len == 1 ? g_array_index(cases, TraitCase, 0).uses : 0;
}

// The camera belongs to the content, however often it lies there; the folder to each item.
static void what_leads_elsewhere_is_stored_once_with_the_content(void)
{
    const FixturePicture pictures[] = {
        {.seed = 1, .camera = "One", .path = "/Blue Garden/gate.jpg"},
        {.seed = 1, .camera = "One", .path = "/Blue Garden/copy of gate.jpg"},
        {.seed = 2, .camera = "One", .path = "/Red Garden/gate.jpg"}};
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    for (unsigned round = 0; round < 2; round++) {
        casework_fixture_ingest(&fixture, &fixture.ann, fixture.case_id, "disk", pictures,
                                G_N_ELEMENTS(pictures));
        g_assert_cmpuint(uses_of(&fixture, TRAIT_CAMERA, "maker one"), ==, 2);
        g_assert_cmpuint(uses_of(&fixture, TRAIT_FOLDER, "blue garden"), ==, 2);
        g_assert_cmpuint(uses_of(&fixture, TRAIT_FOLDER, "red garden"), ==, 1);
    }
    casework_fixture_clear(&fixture);
}

static void columns_of_audited_tables_are_those_of_the_schema(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autoptr(GError) error = NULL;
    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        const AuditTableInfo *info = audit_table((AuditTable)table);
        if (info == NULL)
            continue;
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s WHERE 1 = 0", info->name);
        g_autoptr(Statement) all = statement_prepare(casework_database(fixture.work), sql, &error);
        g_assert_no_error(error);
        g_assert_nonnull(all);
        g_auto(GStrv) columns = g_strsplit(info->columns, ",", -1);
        g_assert_cmpuint(g_strv_length(columns), ==, strlen(info->types) + 2);
        g_autoptr(Statement) by_id =
            statement_prepare(casework_database(fixture.work), info->by_id, &error);
        g_assert_no_error(error);
        g_assert_nonnull(by_id);
    }
    casework_fixture_clear(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/ingest/" #test, test)
    ADD(records_become_items_and_distinct_media);
    ADD(the_same_records_twice_change_nothing);
    ADD(what_was_there_and_what_is_new_may_come_in_one_batch);
    ADD(known_and_ignorable_media_need_no_eyes);
    ADD(what_a_case_says_of_itself_is_what_its_rows_say);
    ADD(previews_may_come_with_a_later_item_of_the_same_content);
    ADD(previews_that_an_earlier_run_left_out_come_with_a_later_one);
    ADD(known_media_get_no_previews);
    ADD(near_duplicates_share_a_stack);
    ADD(a_chain_of_small_steps_glues_nothing_together);
    ADD(another_process_sees_the_leaders_of_this_one);
    ADD(a_case_is_not_there_for_strangers);
    ADD(a_closed_case_takes_no_records);
    ADD(columns_of_audited_tables_are_those_of_the_schema);
    ADD(what_leads_elsewhere_is_stored_once_with_the_content);
    return g_test_run();
}
