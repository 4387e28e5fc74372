// SPDX-License-Identifier: Apache-2.0
//
// One person's desk: the queue gives what was asked for and what is theirs, once, however far
// behind it lies; what they skip, prefer and saw is theirs alone.
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/exposure.h"
#include "cases/notes.h"
#include "cases/preferences.h"
#include "cases/queue.h"
#include "cases/skips.h"
#include "cases/stacks.h"
#include "cases/votes.h"
#include "casework_fixture.h"
#include "model/record.h"

#define VIDEO_EVERY 10u

static void add_eve(CaseworkFixture *fixture, int voters)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, &error);
    g_assert_no_error(error);
    case_file_change(act, fixture->case_id,
                     &(CaseFileChange){.voters = voters, .voter_units = -1, .restricted = -1},
                     &error);
    case_file_add_member(act, fixture->case_id, fixture->eve.account_id, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void ingest(CaseworkFixture *fixture, const FixturePicture *pictures, size_t count)
{
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "disk", pictures, count);
}

// Pictures with seeds from 1; every tenth is a video.
static void init_for(CaseworkFixture *fixture, unsigned count, int voters)
{
    casework_fixture_init(fixture);
    add_eve(fixture, voters);
    g_autofree FixturePicture *pictures = g_new0(FixturePicture, count);
    for (unsigned i = 0; i < count; i++)
        pictures[i] =
            (FixturePicture){.seed = i + 1, .is_video = i % VIDEO_EVERY == VIDEO_EVERY - 1};
    ingest(fixture, pictures, count);
}

static void init(CaseworkFixture *fixture, unsigned count)
{
    init_for(fixture, count, 1);
}

static uint64_t stack_of(CaseworkFixture *fixture, unsigned seed)
{
    return casework_fixture_case_media(fixture, fixture->case_id, seed, 0);
}

static GArray *lease(CaseworkFixture *fixture, const Actor *actor, const QueueRequest *request)
{
    g_autoptr(GError) error = NULL;
    GArray *leased = queue_lease(fixture->work, actor, fixture->case_id, request, &error);
    g_assert_no_error(error);
    return leased;
}

static uint64_t leased_at(const GArray *leased, unsigned at)
{
    g_assert_cmpuint(at, <, leased->len);
    return g_array_index(leased, LeasedStack, at).facts.stack_id;
}

static unsigned lease_count(CaseworkFixture *fixture, const Actor *actor, unsigned count)
{
    g_autoptr(GArray) leased = lease(fixture, actor, &(QueueRequest){.count = count});
    return leased->len;
}

static void release(CaseworkFixture *fixture, const Actor *actor)
{
    g_autoptr(GError) error = NULL;
    unsigned count;
    g_assert_true(queue_release(fixture->work, actor, fixture->case_id, NULL, 0, &count, &error));
}

static void skip(CaseworkFixture *fixture, const Actor *actor, unsigned seed)
{
    g_autoptr(GError) error = NULL;
    skip_add(fixture->work, actor, fixture->case_id, stack_of(fixture, seed), &error);
    g_assert_no_error(error);
}

static void prefer(CaseworkFixture *fixture, const Actor *actor, unsigned families, const char *tag)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) tags = g_ptr_array_new();
    if (tag != NULL)
        g_ptr_array_add(tags, (gpointer)tag);
    preferences_set(
        fixture->work, actor,
        &(Preferences){.desk = (char *)"{\"grey\":true}", .families = families, .tags = tags},
        &error);
    g_assert_no_error(error);
}

static uint64_t add_tag(CaseworkFixture *fixture, unsigned seed, bool is_stack, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_NOTE, &error);
    NoteTarget target = {.case_id = fixture->case_id,
                         .id = is_stack ? stack_of(fixture, seed)
                                        : casework_fixture_media(fixture, seed, 0),
                         .is_stack = is_stack};
    uint64_t id;
    tag_add(act, target, text, &id, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
    return id;
}

static void remove_tag(CaseworkFixture *fixture, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_NOTE, &error);
    note_remove(act, fixture->case_id, id, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static int64_t number(CaseworkFixture *fixture, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement =
        statement_prepare(casework_database(fixture->work), sql, &error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    return statement_int(statement, 0);
}

// ---- What was asked for -------------------------------------------------------------------------

static void a_family_is_leased_in_order_each_once_and_to_its_end(void)
{
    CaseworkFixture fixture;
    init(&fixture, 120);
    static const QueueOrder orders[] = {QUEUE_OF_CASE, QUEUE_NEWEST_FIRST};
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        const QueueRequest request = {.count = 5, .order = orders[i], .families = FAMILY_BIT_VIDEO};
        for (unsigned done = 0; done < 12;) {
            g_autoptr(GArray) leased = lease(&fixture, &fixture.bob, &request);
            g_assert_cmpuint(leased->len, ==, MIN(5u, 12 - done));
            for (unsigned k = 0; k < leased->len; k++, done++) {
                unsigned video = orders[i] == QUEUE_OF_CASE ? done + 1 : 12 - done;
                g_assert_cmpuint(leased_at(leased, k), ==, stack_of(&fixture, video * VIDEO_EVERY));
                g_assert_cmpstr(g_array_index(leased, LeasedStack, k).facts.family, ==, "video");
            }
        }
        g_autoptr(GArray) none = lease(&fixture, &fixture.bob, &request);
        g_assert_cmpuint(none->len, ==, 0);
        release(&fixture, &fixture.bob);
    }
    casework_fixture_clear(&fixture);
}

static void a_finding_is_leased_and_its_tiles_say_it_once(void)
{
    CaseworkFixture fixture;
    init(&fixture, 40);
    const unsigned deleted = 1u << FINDING_DELETED, carved = 1u << FINDING_CARVED;
    const FixturePicture more[] = {
        {.seed = 60, .findings = deleted, .path = "one.jpg"},
        {.seed = 60, .findings = deleted | carved, .path = "two.jpg"},
        {.seed = 61, .findings = carved},
    };
    ingest(&fixture, more, G_N_ELEMENTS(more));
    const QueueRequest request = {.count = 9, .finding = finding_type_name(FINDING_DELETED)};
    g_autoptr(GArray) leased = lease(&fixture, &fixture.bob, &request);
    g_assert_cmpuint(leased->len, ==, 1);
    g_assert_cmpuint(leased_at(leased, 0), ==, stack_of(&fixture, 60));
    const StackFacts *facts = &g_array_index(leased, LeasedStack, 0).facts;
    g_assert_cmpuint(facts->size_bytes, ==, 1060);
    g_assert_cmpuint(facts->tile.findings->len, ==, 2);
    g_autoptr(GArray) none = lease(&fixture, &fixture.bob,
                                   &(QueueRequest){.count = 1,
                                                   .finding = finding_type_name(FINDING_CARVED),
                                                   .families = FAMILY_BIT_VIDEO});
    g_assert_cmpuint(none->len, ==, 0);
    casework_fixture_clear(&fixture);
}

static void stacks_that_are_named_are_leased_when_they_are_free(void)
{
    CaseworkFixture fixture;
    init(&fixture, 6);
    g_assert_cmpuint(lease_count(&fixture, &fixture.ann, 1), ==, 1);
    skip(&fixture, &fixture.bob, 3);
    prefer(&fixture, &fixture.bob, FAMILY_BIT_PICTURE, NULL);
    const uint64_t named[] = {stack_of(&fixture, 5), stack_of(&fixture, 1), 999999,
                              stack_of(&fixture, 3), stack_of(&fixture, 5)};
    const QueueRequest request = {.count = 5, .stacks = named, .stack_count = G_N_ELEMENTS(named)};
    g_autoptr(GArray) leased = lease(&fixture, &fixture.bob, &request);
    g_assert_cmpuint(leased->len, ==, 2);
    g_assert_cmpuint(leased_at(leased, 0), ==, stack_of(&fixture, 5));
    g_assert_cmpuint(leased_at(leased, 1), ==, stack_of(&fixture, 3));
    g_autoptr(GArray) again = lease(&fixture, &fixture.bob, &request);
    g_assert_cmpuint(again->len, ==, 0);
    casework_fixture_clear(&fixture);
}

static void a_stack_of_another_case_or_one_voted_on_is_not_leased_by_its_name(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    init_for(&fixture, 2, 2);
    uint64_t other = casework_fixture_case(&fixture, &fixture.eve, "24-002");
    const FixturePicture picture = {.seed = 70};
    casework_fixture_ingest(&fixture, &fixture.eve, other, "phone", &picture, 1);
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.bob, AUDIT_VOTE, &error);
    uint64_t media = casework_fixture_media(&fixture, 1, 0);
    g_autoptr(GArray) results = votes_cast(
        act,
        &(VoteRequest){.case_id = fixture.case_id, .media = &media, .count = 1, .category = "1"},
        &error);
    g_assert_nonnull(results);
    act_commit(act, &error);
    g_assert_no_error(error);
    const uint64_t named[] = {stack_of(&fixture, 1),
                              casework_fixture_case_media(&fixture, other, 70, 0)};
    const QueueRequest request = {.count = 2, .stacks = named, .stack_count = G_N_ELEMENTS(named)};
    g_autoptr(GArray) for_bob = lease(&fixture, &fixture.bob, &request);
    g_assert_cmpuint(for_bob->len, ==, 0);
    g_autoptr(GArray) for_ann = lease(&fixture, &fixture.ann, &request);
    g_assert_cmpuint(for_ann->len, ==, 1);
    casework_fixture_clear(&fixture);
}

static void nobody_holds_more_than_twenty_by_naming_them(void)
{
    CaseworkFixture fixture;
    init(&fixture, 25);
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 18), ==, 18);
    uint64_t named[6];
    for (unsigned i = 0; i < G_N_ELEMENTS(named); i++)
        named[i] = stack_of(&fixture, 20 + i);
    g_autoptr(GArray) leased =
        lease(&fixture, &fixture.bob,
              &(QueueRequest){.count = 6, .stacks = named, .stack_count = G_N_ELEMENTS(named)});
    g_assert_cmpuint(leased->len, ==, 2);
    casework_fixture_clear(&fixture);
}

// ---- What is not theirs -------------------------------------------------------------------------

static void what_is_skipped_goes_to_others_until_it_is_taken_back(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    init(&fixture, 2);
    int64_t leaves = number(&fixture, "SELECT count(*) FROM audit_leaf");
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 2), ==, 2);
    skip(&fixture, &fixture.bob, 1);
    skip(&fixture, &fixture.bob, 1);
    g_autoptr(GArray) held = queue_leases(fixture.work, &fixture.bob, fixture.case_id, &error);
    g_assert_cmpuint(held->len, ==, 1);
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 5), ==, 0);
    g_autoptr(GArray) skips = skip_list(fixture.work, &fixture.bob, fixture.case_id, 0, 10, &error);
    g_assert_cmpuint(skips->len, ==, 1);
    g_assert_cmpuint(g_array_index(skips, SkipRow, 0).stack_id, ==, stack_of(&fixture, 1));
    g_autoptr(GArray) of_ann =
        skip_list(fixture.work, &fixture.ann, fixture.case_id, 0, 10, &error);
    g_assert_cmpuint(of_ann->len, ==, 0);
    g_assert_cmpuint(lease_count(&fixture, &fixture.ann, 5), ==, 1);
    release(&fixture, &fixture.ann);
    skip_remove(fixture.work, &fixture.bob, fixture.case_id, stack_of(&fixture, 1), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 5), ==, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM audit_leaf"), ==, leaves);
    casework_fixture_clear(&fixture);
}

static void only_who_reviews_the_case_skips_its_stacks(void)
{
    CaseworkFixture fixture;
    init(&fixture, 1);
    const struct {
        const Actor *actor;
        uint64_t stack_id;
        ClewError code;
    } rows[] = {
        {&fixture.cur, stack_of(&fixture, 1), CLEW_ERROR_NOT_FOUND},
        {&fixture.aud, stack_of(&fixture, 1), CLEW_ERROR_DENIED},
        {&fixture.bob, 999999, CLEW_ERROR_NOT_FOUND},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(
            skip_add(fixture.work, rows[i].actor, fixture.case_id, rows[i].stack_id, &error));
        g_assert_error(error, CLEW_ERROR, (int)rows[i].code);
    }
    casework_fixture_clear(&fixture);
}

static void families_that_are_not_theirs_are_left_to_others(void)
{
    CaseworkFixture fixture;
    init(&fixture, 20);
    prefer(&fixture, &fixture.bob, FAMILY_BIT_PICTURE, NULL);
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 20), ==, 2);
    g_autoptr(GArray) pictures =
        lease(&fixture, &fixture.bob, &(QueueRequest){.count = 5, .families = FAMILY_BIT_PICTURE});
    g_assert_cmpuint(pictures->len, ==, 0);
    prefer(&fixture, &fixture.eve, FAMILY_BITS, NULL);
    g_assert_cmpuint(lease_count(&fixture, &fixture.eve, 20), ==, 0);
    g_assert_cmpuint(lease_count(&fixture, &fixture.ann, 20), ==, 18);
    casework_fixture_clear(&fixture);
}

static void tags_that_are_not_theirs_count_on_a_stack_and_on_its_leader(void)
{
    CaseworkFixture fixture;
    init(&fixture, 4);
    prefer(&fixture, &fixture.bob, 0, " Violence ");
    uint64_t tag = add_tag(&fixture, 1, true, "violence");
    add_tag(&fixture, 2, false, "violence");
    add_tag(&fixture, 3, true, "calendar");
    g_autoptr(GArray) leased = lease(&fixture, &fixture.bob, &(QueueRequest){.count = 9});
    g_assert_cmpuint(leased->len, ==, 2);
    g_assert_cmpuint(leased_at(leased, 0), ==, stack_of(&fixture, 3));
    const StackFacts *facts = &g_array_index(leased, LeasedStack, 0).facts;
    g_assert_cmpuint(facts->tile.tags->len, ==, 1);
    g_assert_cmpstr(facts->tile.tags->pdata[0], ==, "calendar");
    remove_tag(&fixture, tag);
    g_assert_cmpuint(lease_count(&fixture, &fixture.bob, 9), ==, 1);
    g_assert_cmpuint(lease_count(&fixture, &fixture.ann, 9), ==, 1);
    casework_fixture_clear(&fixture);
}

// ---- Nothing is hidden by what lies before it ---------------------------------------------------

static void hold(CaseworkFixture *fixture, const Actor *actor, unsigned first, unsigned last)
{
    g_autoptr(GError) error = NULL;
    Database *database = casework_database(fixture->work);
    database_begin_write(database, &error);
    for (unsigned seed = first; seed <= last; seed++)
        lease_rows_write(database,
                         &(LeaseRow){.stack_id = stack_of(fixture, seed),
                                     .account_id = actor->account_id,
                                     .case_id = fixture->case_id,
                                     .unit_id = actor->unit_id,
                                     .ends_us = fixture->now_us + REVIEW_LEASE_US},
                         &error);
    database_commit(database, &error);
    g_assert_no_error(error);
}

// More than are read ahead, and each leaves room for another unit.
static void what_awaits_another_unit_does_not_hide_what_lies_behind(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    init_for(&fixture, 79, 2);
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.ann, AUDIT_CASE_CHANGED, &error);
    case_file_change(act, fixture.case_id,
                     &(CaseFileChange){.voters = 2, .voter_units = 2, .restricted = -1}, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
    hold(&fixture, &fixture.bob, 1, 78);
    static const unsigned families[] = {0, FAMILY_BIT_PICTURE};
    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autoptr(GArray) leased =
            lease(&fixture, &fixture.ann, &(QueueRequest){.count = 3, .families = families[i]});
        g_assert_cmpuint(leased->len, ==, 1);
        g_assert_cmpuint(leased_at(leased, 0), ==, stack_of(&fixture, 79));
        release(&fixture, &fixture.ann);
    }
    g_autoptr(GArray) of_eve = lease(&fixture, &fixture.eve, &(QueueRequest){.count = 1});
    g_assert_cmpuint(leased_at(of_eve, 0), ==, stack_of(&fixture, 1));
    casework_fixture_clear(&fixture);
}

// ---- At once ------------------------------------------------------------------------------------

typedef struct {
    CaseworkFixture *fixture;
    const Actor *actor;
    uint64_t got[LIMIT_REVIEW_LEASES];
    unsigned count;
} Reviewer;

static gpointer lease_videos(gpointer data)
{
    Reviewer *reviewer = data;
    g_autoptr(Casework) work = casework_fixture_open_again(reviewer->fixture);
    const QueueRequest request = {.count = 2, .families = FAMILY_BIT_VIDEO};
    unsigned got = 1;
    while (got > 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) leased =
            queue_lease(work, reviewer->actor, reviewer->fixture->case_id, &request, &error);
        g_assert_no_error(error);
        got = leased->len;
        for (unsigned i = 0; i < got; i++)
            reviewer->got[reviewer->count++] = leased_at(leased, i);
    }
    return NULL;
}

static void reviewers_at_once_get_every_video_and_none_twice(void)
{
    CaseworkFixture fixture;
    init(&fixture, 400);
    Reviewer reviewers[] = {{.fixture = &fixture, .actor = &fixture.ann},
                            {.fixture = &fixture, .actor = &fixture.bob},
                            {.fixture = &fixture, .actor = &fixture.eve}};
    GThread *threads[G_N_ELEMENTS(reviewers)];
    g_autoptr(GHashTable) taken = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < G_N_ELEMENTS(reviewers); i++)
        threads[i] = g_thread_new("reviewer", lease_videos, &reviewers[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(reviewers); i++)
        g_thread_join(threads[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(reviewers); i++)
        for (unsigned k = 0; k < reviewers[i].count; k++)
            g_assert_true(g_hash_table_add(taken, &reviewers[i].got[k]));
    g_assert_cmpuint(g_hash_table_size(taken), ==, 40);
    casework_fixture_clear(&fixture);
}

// ---- Preferences and exposure -------------------------------------------------------------------

static void preferences_are_empty_until_they_are_set_and_nobody_elses(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    casework_fixture_init(&fixture);
    int64_t leaves = number(&fixture, "SELECT count(*) FROM audit_leaf");
    prefer(&fixture, &fixture.bob, FAMILY_BIT_VIDEO | FAMILY_BIT_OTHER, "BLUE");
    g_autoptr(Preferences) his = preferences_get(fixture.work, &fixture.bob, &error);
    g_assert_cmpstr(his->desk, ==, "{\"grey\":true}");
    g_assert_cmpuint(his->families, ==, FAMILY_BIT_VIDEO | FAMILY_BIT_OTHER);
    g_assert_cmpuint(his->tags->len, ==, 1);
    g_assert_cmpstr(his->tags->pdata[0], ==, "blue");
    g_autoptr(Preferences) hers = preferences_get(fixture.work, &fixture.ann, &error);
    g_assert_cmpstr(hers->desk, ==, "{}");
    g_assert_cmpuint(hers->families, ==, 0);
    g_assert_cmpuint(hers->tags->len, ==, 0);
    prefer(&fixture, &fixture.bob, 0, NULL);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM not_mine_tag"), ==, 0);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM audit_leaf"), ==, leaves);
    casework_fixture_clear(&fixture);
}

static void preferences_are_bounded(void)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    g_autofree char *much = g_strnfill(LIMIT_DESK_BYTES + 1, ' ');
    g_autoptr(GPtrArray) none = g_ptr_array_new(), tags = g_ptr_array_new();
    for (unsigned i = 0; i <= LIMIT_NOT_MINE_TAGS; i++)
        g_ptr_array_add(tags, (gpointer) "x");
    g_autoptr(GPtrArray) line = g_ptr_array_new();
    g_ptr_array_add(line, (gpointer) "two\nlines");
    const struct {
        Preferences preferences;
        ClewError code;
    } rows[] = {
        {{.desk = much, .tags = none}, CLEW_ERROR_LIMIT},
        {{.desk = (char *)"{}", .tags = tags}, CLEW_ERROR_LIMIT},
        {{.desk = (char *)"{}", .tags = line}, CLEW_ERROR_INVALID},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(preferences_set(fixture.work, &fixture.bob, &rows[i].preferences, &error));
        g_assert_error(error, CLEW_ERROR, (int)rows[i].code);
    }
    casework_fixture_clear(&fixture);
}

static void expose(CaseworkFixture *fixture, const Actor *actor, unsigned reveals, unsigned ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_REVEAL, &error);
    exposure_add(act, reveals, ms, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void exposure_is_summed_by_days_and_old_days_are_forgotten(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    casework_fixture_init(&fixture);
    expose(&fixture, &fixture.ann, 9, 9000);
    for (unsigned day = 0; day < 70; day++) {
        expose(&fixture, &fixture.bob, 1, 1500);
        fixture.now_us += G_TIME_SPAN_DAY;
    }
    expose(&fixture, &fixture.bob, 2, 0);
    expose(&fixture, &fixture.bob, 0, 700);
    g_auto(Exposure) exposure = {0};
    exposure_get(fixture.work, &fixture.bob, &exposure, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(exposure.today.reveals, ==, 2);
    g_assert_cmpuint(exposure.today.shown_ms, ==, 700);
    g_assert_cmpuint(exposure.week.reveals, ==, 2 + 6);
    g_assert_cmpuint(exposure.week.shown_ms, ==, 700 + 6 * 1500);
    g_assert_cmpuint(exposure.days->len, ==, EXPOSURE_LISTED_DAYS);
    g_assert_cmpint(g_array_index(exposure.days, ExposureRow, 0).day, ==,
                    fixture.now_us / G_TIME_SPAN_DAY);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM exposure"), ==, EXPOSURE_KEPT_DAYS + 1);
    casework_fixture_clear(&fixture);
}

static void closing_an_account_forgets_its_desk(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    init(&fixture, 2);
    skip(&fixture, &fixture.bob, 1);
    skip(&fixture, &fixture.ann, 1);
    prefer(&fixture, &fixture.bob, 0, "blue");
    expose(&fixture, &fixture.bob, 1, 1);
    g_autoptr(Act) act = act_begin(fixture.work, &fixture.adm, AUDIT_ACCOUNT_CHANGED, &error);
    account_close(act, fixture.bob.account_id, &error);
    act_commit(act, &error);
    g_assert_no_error(error);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM review_skip"), ==, 1);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM preference"), ==, 0);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM not_mine_tag"), ==, 0);
    g_assert_cmpint(number(&fixture, "SELECT count(*) FROM exposure"), ==, 0);
    casework_fixture_clear(&fixture);
}

// ---- Tiles --------------------------------------------------------------------------------------

static void media_of_a_stack_have_findings_and_tags_of_their_own(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    casework_fixture_init(&fixture);
    const FixturePicture pictures[] = {
        {.seed = 1, .has_preview = true},
        {.seed = 1, .flips = 4, .findings = 1u << FINDING_DELETED},
    };
    ingest(&fixture, pictures, G_N_ELEMENTS(pictures));
    add_tag(&fixture, 1, true, "of the stack");
    add_tag(&fixture, 1, false, "of the leader");
    g_autoptr(GArray) media = stacks_media(fixture.work, &fixture.bob, fixture.case_id,
                                           stack_of(&fixture, 1), 0, 10, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(media->len, ==, 2);
    const StackMedia *leader = &g_array_index(media, StackMedia, 0), *other = leader + 1;
    g_assert_cmpuint(leader->tile.tags->len, ==, 1);
    g_assert_cmpstr(leader->tile.tags->pdata[0], ==, "of the leader");
    g_assert_null(leader->tile.findings);
    g_assert_null(leader->no_preview);
    g_assert_null(other->tile.tags);
    g_assert_cmpuint(other->tile.findings->len, ==, 1);
    g_assert_nonnull(strstr(other->tile.findings->pdata[0], "\"type\":\"deleted\""));
    casework_fixture_clear(&fixture);
}

static void a_media_says_why_it_has_no_preview(void)
{
    CaseworkFixture fixture;
    g_autoptr(GError) error = NULL;
    init(&fixture, 2);
    database_execute(
        casework_database(fixture.work),
        "INSERT INTO preview_missing (media_id, reason) SELECT id, 'made up' FROM media "
        "WHERE family = 'picture' ON CONFLICT (media_id) DO UPDATE SET reason = "
        "excluded.reason",
        &error);
    g_assert_no_error(error);
    g_autoptr(GArray) leased = lease(&fixture, &fixture.bob, &(QueueRequest){.count = 1});
    g_assert_cmpstr(g_array_index(leased, LeasedStack, 0).facts.no_preview, ==, "made up");
    g_assert_false(g_array_index(leased, LeasedStack, 0).facts.has_preview);
    casework_fixture_clear(&fixture);
}

#define TEST(name) g_test_add_func("/desk/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST(a_family_is_leased_in_order_each_once_and_to_its_end);
    TEST(a_finding_is_leased_and_its_tiles_say_it_once);
    TEST(stacks_that_are_named_are_leased_when_they_are_free);
    TEST(a_stack_of_another_case_or_one_voted_on_is_not_leased_by_its_name);
    TEST(nobody_holds_more_than_twenty_by_naming_them);
    TEST(what_is_skipped_goes_to_others_until_it_is_taken_back);
    TEST(only_who_reviews_the_case_skips_its_stacks);
    TEST(families_that_are_not_theirs_are_left_to_others);
    TEST(tags_that_are_not_theirs_count_on_a_stack_and_on_its_leader);
    TEST(what_awaits_another_unit_does_not_hide_what_lies_behind);
    TEST(reviewers_at_once_get_every_video_and_none_twice);
    TEST(preferences_are_empty_until_they_are_set_and_nobody_elses);
    TEST(preferences_are_bounded);
    TEST(exposure_is_summed_by_days_and_old_days_are_forgotten);
    TEST(closing_an_account_forgets_its_desk);
    TEST(media_of_a_stack_have_findings_and_tags_of_their_own);
    TEST(a_media_says_why_it_has_no_preview);
    return g_test_run();
}
