// SPDX-License-Identifier: Apache-2.0
//
// Is it already known? What an asker learns of cases they may not see, what its owner learns, and
// that both stay right when things change.
#include "base/error.h"
#include "cases/enquiry.h"
#include "cases/victims.h"
#include "leads_fixture.h"

typedef struct {
    CaseworkFixture *f;
    KnownIndex *index;
    uint64_t south; // eve's case "S-1"; ann and bob do not see it
} World;

static World world_of(CaseworkFixture *f)
{
    return (World){f, known_index_new(), casework_fixture_case(f, &f->eve, "S-1")};
}

static void world_end(World *world)
{
    leads_assert_record_is_whole(world->f);
    known_index_free(world->index);
}

static void ingest(World *world, const Actor *actor, uint64_t case_id, FixturePicture picture)
{
    casework_fixture_ingest(world->f, actor, case_id, "disk", &picture, 1);
}

static GPtrArray *ask_of(World *world, const Actor *actor, uint64_t case_id, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(world->f, actor, AUDIT_ENQUIRY);
    GPtrArray *places = enquiry_ask(act, world->index, case_id, &media, 1, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return places;
}

// ann asks in "24-001".
static GPtrArray *ask(World *world, unsigned seed, unsigned flips)
{
    return ask_of(world, &world->f->ann, world->f->case_id,
                  casework_fixture_media(world->f, seed, flips));
}

static GPtrArray *known(World *world)
{
    g_autoptr(GError) error = NULL;
    uint64_t cursor = 0;
    bool more;
    GPtrArray *places = enquiry_known(world->f->work, &world->f->ann, world->f->case_id, &cursor,
                                      100, &more, &error);
    g_assert_no_error(error);
    g_assert_false(more);
    return places;
}

static GPtrArray *questions(World *world)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *list =
        enquiry_questions(world->f->work, &world->f->eve, world->south, 0, 100, &error);
    g_assert_no_error(error);
    return list;
}

static unsigned notices(World *world, const Actor *actor, uint64_t case_id, const char *what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = enquiry_notices(world->f->work, actor, case_id, 0, 100, &error);
    g_assert_no_error(error);
    unsigned count = 0;
    for (unsigned i = 0; i < list->len; i++)
        if (g_str_equal(((const EnquiryNotice *)list->pdata[i])->what, what))
            count++;
    return count;
}

static void follow(World *world)
{
    g_autoptr(GError) error = NULL;
    bool more = true;
    while (more) {
        enquiry_follow(world->f->work, world->index, 100, &more, &error);
        g_assert_no_error(error);
    }
}

static void answer(World *world, uint64_t id, EnquiryAnswer what)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(world->f, &world->f->eve, AUDIT_ENQUIRY_ANSWERED);
    enquiry_answer(act, id, what, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static uint64_t eves_victim(World *world, unsigned seed)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = 0, link;
    Act *act = leads_begin(world->f, &world->f->eve, AUDIT_VICTIM_CHANGED);
    victim_make(act, "S-victim", &id, &error);
    g_assert_no_error(error);
    victim_link_media(act, id, world->south, casework_fixture_media(world->f, seed, 0), &link,
                      &error);
    g_assert_no_error(error);
    leads_commit(act);
    return id;
}

static void eve_sets(World *world, uint64_t victim, VictimState state)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(world->f, &world->f->eve, AUDIT_VICTIM_CHANGED);
    victim_set_state(act, victim, state, 0, "found", &error);
    g_assert_no_error(error);
    leads_commit(act);
}

// ---- Exact ------------------------------------------------------------------------------------

static void an_exact_hit_elsewhere_gives_contact_reference_and_state_alone(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    eve_sets(&world, eves_victim(&world, 1), VICTIM_BEING_WORKED);
    g_autoptr(GPtrArray) places = ask(&world, 1, 0);
    g_assert_cmpuint(places->len, ==, 1);
    const KnownPlace *place = places->pdata[0];
    g_assert_cmpstr(place->contact, ==, "desk South");
    g_assert_cmpstr(place->reference, ==, "S-1");
    g_assert_cmpint(place->state, ==, VICTIM_BEING_WORKED);
    g_assert_false(place->is_near);
    g_assert_cmpuint(place->case_id, ==, 0);
    g_assert_cmpuint(place->known_media_id, ==, 0);
    world_end(&world);
}

static void both_sides_have_it_on_record_and_the_owner_is_told(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    g_ptr_array_unref(ask(&world, 1, 0));
    g_assert_cmpuint(leads_count_leaves(f, f->case_id, AUDIT_ENQUIRY), ==, 1);
    g_assert_cmpuint(leads_count_leaves(f, world.south, AUDIT_ENQUIRY), ==, 1);
    g_autoptr(GPtrArray) list = questions(&world);
    g_assert_cmpuint(list->len, ==, 1);
    const EnquiryQuestion *question = list->pdata[0];
    g_assert_cmpstr(question->contact, ==, "desk North");
    g_assert_cmpstr(question->reference, ==, "24-001");
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "told"), ==, 1);
    world_end(&world);
}

static void asking_again_writes_nothing_new(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    g_ptr_array_unref(ask(&world, 1, 0));
    g_autoptr(GPtrArray) places = ask(&world, 1, 0);
    g_assert_cmpuint(places->len, ==, 1);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM enquiry"), ==, 1);
    g_assert_cmpuint(leads_count_leaves(f, world.south, AUDIT_ENQUIRY), ==, 1);
    world_end(&world);
}

static void a_case_the_asker_may_see_is_named(CaseworkFixture *f)
{
    World world = world_of(f);
    uint64_t own = casework_fixture_case(f, &f->ann, "24-002");
    ingest(&world, &f->ann, own, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, own, (FixturePicture){.seed = 2, .flips = 5});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 2});
    g_autoptr(GPtrArray) exact = ask(&world, 1, 0);
    g_autoptr(GPtrArray) near = ask(&world, 2, 0);
    g_assert_cmpuint(((KnownPlace *)exact->pdata[0])->case_id, ==, own);
    g_assert_cmpuint(near->len, ==, 1);
    const KnownPlace *place = near->pdata[0];
    g_assert_cmpuint(place->case_id, ==, own);
    g_assert_true(place->is_near);
    g_assert_cmpuint(place->distance, ==, 5);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM enquiry"), ==, 0);
    world_end(&world);
}

static void ignorable_media_are_held_by_nobody(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1, .ignorable = true});
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 2});
    leads_decide(f, world.south, casework_fixture_media(f, 2, 0), "4");
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 2});
    g_autoptr(GPtrArray) first = ask(&world, 1, 0);
    g_autoptr(GPtrArray) second = ask(&world, 2, 0);
    g_assert_cmpuint(first->len, ==, 0);
    g_assert_cmpuint(second->len, ==, 0);
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "told"), ==, 0);
    world_end(&world);
}

// ---- Near -------------------------------------------------------------------------------------

static void a_near_match_tells_the_asker_nothing_and_asks_the_owner(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1, .flips = 4});
    g_autoptr(GPtrArray) places = ask(&world, 1, 4);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(places->len, ==, 0);
    g_assert_cmpuint(told->len, ==, 0);
    g_autoptr(GPtrArray) list = questions(&world);
    const EnquiryQuestion *question = list->pdata[0];
    g_assert_cmpuint(question->distance, ==, 4);
    g_assert_cmpint(question->state, ==, ENQUIRY_WAITING);
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "waiting"), ==, 1);
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "waiting"), ==, 0);
    world_end(&world);
}

static void the_asker_learns_of_a_near_match_when_the_owner_says_it_is_the_same(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1, .flips = 4});
    g_ptr_array_unref(ask(&world, 1, 4));
    g_autoptr(GPtrArray) list = questions(&world);
    uint64_t id = ((const EnquiryQuestion *)list->pdata[0])->id;
    answer(&world, id, ENQUIRY_ANSWER_LATER);
    g_autoptr(GPtrArray) none = known(&world);
    g_assert_cmpuint(none->len, ==, 0);
    answer(&world, id, ENQUIRY_ANSWER_DIFFERENT);
    g_autoptr(GPtrArray) still_none = known(&world);
    g_assert_cmpuint(still_none->len, ==, 0);
    answer(&world, id, ENQUIRY_ANSWER_SAME);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(told->len, ==, 1);
    g_assert_cmpstr(((const KnownPlace *)told->pdata[0])->contact, ==, "desk South");
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "same"), ==, 1);
    g_assert_cmpuint(leads_count_leaves(f, f->case_id, AUDIT_ENQUIRY_ANSWERED), ==, 1);
    world_end(&world);
}

static void nobody_but_the_owner_answers(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1, .flips = 4});
    g_ptr_array_unref(ask(&world, 1, 4));
    g_autoptr(GPtrArray) list = questions(&world);
    Act *act = leads_begin(f, &f->ann, AUDIT_ENQUIRY_ANSWERED);
    g_assert_false(enquiry_answer(act, ((const EnquiryQuestion *)list->pdata[0])->id,
                                  ENQUIRY_ANSWER_SAME, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    act_free(act);
    world_end(&world);
}

// ---- Restricted -------------------------------------------------------------------------------

static void a_restricted_case_says_no_and_its_owner_is_alerted(CaseworkFixture *f)
{
    World world = world_of(f);
    leads_restrict(f, &f->eve, world.south, true);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    g_autoptr(GPtrArray) places = ask(&world, 1, 0);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(places->len, ==, 0);
    g_assert_cmpuint(told->len, ==, 0);
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "withheld"), ==, 1);
    g_assert_cmpuint(leads_count_leaves(f, world.south, AUDIT_ENQUIRY), ==, 1);
    world_end(&world);
}

static void a_case_that_is_restricted_no_more_tells_and_the_other_way_round(CaseworkFixture *f)
{
    World world = world_of(f);
    leads_restrict(f, &f->eve, world.south, true);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    g_ptr_array_unref(ask(&world, 1, 0));
    leads_restrict(f, &f->eve, world.south, false);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(told->len, ==, 1);
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "told"), ==, 1);
    leads_restrict(f, &f->eve, world.south, true);
    g_autoptr(GPtrArray) none = known(&world);
    g_assert_cmpuint(none->len, ==, 0);
    world_end(&world);
}

static void the_owner_of_a_restricted_case_may_tell_and_that_stands(CaseworkFixture *f)
{
    World world = world_of(f);
    leads_restrict(f, &f->eve, world.south, true);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    uint64_t victim = eves_victim(&world, 1);
    g_ptr_array_unref(ask(&world, 1, 0));
    g_autoptr(GPtrArray) list = questions(&world);
    answer(&world, ((const EnquiryQuestion *)list->pdata[0])->id, ENQUIRY_ANSWER_SAME);
    eve_sets(&world, victim, VICTIM_IDENTIFIED);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(told->len, ==, 1);
    g_assert_cmpint(((const KnownPlace *)told->pdata[0])->state, ==, VICTIM_IDENTIFIED);
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "withdrawn"), ==, 0);
    world_end(&world);
}

// ---- Kept right -------------------------------------------------------------------------------

static void who_asked_hears_when_another_case_takes_it_in_later(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 2});
    g_ptr_array_unref(ask(&world, 1, 0));
    g_ptr_array_unref(ask(&world, 2, 0));
    follow(&world);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 2, .flips = 6});
    follow(&world);
    follow(&world);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpuint(told->len, ==, 1);
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "told"), ==, 1);
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "told"), ==, 1);
    g_assert_cmpuint(notices(&world, &f->eve, world.south, "waiting"), ==, 1);
    g_assert_cmpuint(leads_count_leaves(f, world.south, AUDIT_ENQUIRY), ==, 2);
    world_end(&world);
}

static void who_asked_hears_when_the_child_is_found(CaseworkFixture *f)
{
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    uint64_t victim = eves_victim(&world, 1);
    g_ptr_array_unref(ask(&world, 1, 0));
    eve_sets(&world, victim, VICTIM_SAFEGUARDED);
    g_autoptr(GPtrArray) told = known(&world);
    g_assert_cmpint(((const KnownPlace *)told->pdata[0])->state, ==, VICTIM_SAFEGUARDED);
    g_assert_cmpuint(notices(&world, &f->ann, f->case_id, "victim_state"), ==, 1);
    world_end(&world);
}

// ---- No probing -------------------------------------------------------------------------------

static void nobody_asks_about_media_that_do_not_lie_in_their_open_case(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    World world = world_of(f);
    ingest(&world, &f->eve, world.south, (FixturePicture){.seed = 1});
    uint64_t media = casework_fixture_media(f, 1, 0);
    Act *act = leads_begin(f, &f->ann, AUDIT_ENQUIRY);
    g_assert_null(enquiry_ask(act, world.index, f->case_id, &media, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(enquiry_ask(act, world.index, world.south, &media, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    act_free(act);
    act = leads_begin(f, &f->eve, AUDIT_CASE_CHANGED);
    case_file_change(
        act, world.south,
        &(CaseFileChange){.voters = -1, .voter_units = -1, .restricted = -1, .close = true},
        &error);
    g_assert_no_error(error);
    leads_commit(act);
    act = leads_begin(f, &f->eve, AUDIT_ENQUIRY);
    g_assert_null(enquiry_ask(act, world.index, world.south, &media, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    act_free(act);
    world_end(&world);
}

static void an_account_asks_so_much_an_hour(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t sum;
    World world = world_of(f);
    ingest(&world, &f->ann, f->case_id, (FixturePicture){.seed = 1});
    database_begin_write(casework_database(f->work), &error);
    enquiry_rate_add(casework_database(f->work), f->ann.account_id,
                     f->now_us / (INT64_C(3600) * G_USEC_PER_SEC), ENQUIRY_MEDIA_PER_HOUR, &sum,
                     &error);
    database_commit(casework_database(f->work), &error);
    g_assert_no_error(error);
    uint64_t media = casework_fixture_media(f, 1, 0);
    Act *act = leads_begin(f, &f->ann, AUDIT_ENQUIRY);
    g_assert_null(enquiry_ask(act, world.index, f->case_id, &media, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
    act_free(act);
    f->now_us += INT64_C(3600) * G_USEC_PER_SEC;
    g_ptr_array_unref(ask(&world, 1, 0));
    world_end(&world);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) leads_add_test("/enquiry/" #test, test)
    ADD(an_exact_hit_elsewhere_gives_contact_reference_and_state_alone);
    ADD(both_sides_have_it_on_record_and_the_owner_is_told);
    ADD(asking_again_writes_nothing_new);
    ADD(a_case_the_asker_may_see_is_named);
    ADD(ignorable_media_are_held_by_nobody);
    ADD(a_near_match_tells_the_asker_nothing_and_asks_the_owner);
    ADD(the_asker_learns_of_a_near_match_when_the_owner_says_it_is_the_same);
    ADD(nobody_but_the_owner_answers);
    ADD(a_restricted_case_says_no_and_its_owner_is_alerted);
    ADD(a_case_that_is_restricted_no_more_tells_and_the_other_way_round);
    ADD(the_owner_of_a_restricted_case_may_tell_and_that_stands);
    ADD(who_asked_hears_when_another_case_takes_it_in_later);
    ADD(who_asked_hears_when_the_child_is_found);
    ADD(nobody_asks_about_media_that_do_not_lie_in_their_open_case);
    ADD(an_account_asks_so_much_an_hour);
    return g_test_run();
}
