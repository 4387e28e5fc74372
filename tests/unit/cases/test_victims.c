// SPDX-License-Identifier: Apache-2.0
//
// Series and victims: who may see them, what is kept of every change, and who is still looked for.
#include "base/error.h"
#include "cases/series.h"
#include "cases/victims.h"
#include "leads_fixture.h"

static const FixturePicture three[] = {{.seed = 1}, {.seed = 2}, {.seed = 3}};

static uint64_t make_series(CaseworkFixture *f, const Actor *actor, const char *name)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = 0;
    Act *act = leads_begin(f, actor, AUDIT_SERIES_CHANGED);
    series_make(act, name, &id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return id;
}

static void join(CaseworkFixture *f, const Actor *actor, uint64_t series, uint64_t case_id,
                 uint64_t media)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(f, actor, AUDIT_SERIES_CHANGED);
    series_join(act, series, case_id, &media, 1, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

static uint64_t make_victim(CaseworkFixture *f, const Actor *actor, const char *reference)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = 0;
    Act *act = leads_begin(f, actor, AUDIT_VICTIM_CHANGED);
    victim_make(act, reference, &id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return id;
}

static uint64_t link_media(CaseworkFixture *f, const Actor *actor, uint64_t victim,
                           uint64_t case_id, uint64_t media)
{
    g_autoptr(GError) error = NULL;
    uint64_t link = 0;
    Act *act = leads_begin(f, actor, AUDIT_VICTIM_CHANGED);
    victim_link_media(act, victim, case_id, media, &link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return link;
}

static void set_state(CaseworkFixture *f, const Actor *actor, uint64_t victim, VictimState state)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(f, actor, AUDIT_VICTIM_CHANGED);
    victim_set_state(act, victim, state, 0, "school recognised", &error);
    g_assert_no_error(error);
    leads_commit(act);
}

// Media ids in the queue of a reader; 0 for all their cases.
static unsigned who(CaseworkFixture *f, const Actor *actor, uint64_t case_id)
{
    g_autoptr(GError) error = NULL;
    WhoCursor cursor = {0};
    bool more;
    g_autoptr(GArray) queue =
        victims_who_queue(f->work, actor, case_id, &cursor, 100, &more, &error);
    g_assert_no_error(error);
    g_assert_false(more);
    return queue->len;
}

static void assert_no_series(CaseworkFixture *f, const Actor *actor, uint64_t id)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(series_get(f->work, actor, id, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

static void an_empty_series_is_seen_by_its_unit_alone(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = make_series(f, &f->ann, "blue room");
    g_autoptr(Series) series = series_get(f->work, &f->bob, id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(series->name, ==, "blue room");
    assert_no_series(f, &f->eve, id);
    leads_assert_record_is_whole(f);
}

static void a_series_is_seen_with_the_cases_its_media_lie_in(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 1);
    casework_fixture_ingest(f, &f->ann, secret, "disk", three, 3);
    uint64_t id = make_series(f, &f->ann, "blue room");
    join(f, &f->ann, id, secret, casework_fixture_media(f, 1, 0));
    join(f, &f->ann, id, secret, casework_fixture_media(f, 2, 0));
    assert_no_series(f, &f->bob, id);
    join(f, &f->ann, id, f->case_id, casework_fixture_media(f, 1, 0));
    g_autoptr(Series) for_bob = series_get(f->work, &f->bob, id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(for_bob->media, ==, 1);
    g_autoptr(GArray) cases = series_cases(f->work, &f->bob, id, &error);
    g_assert_cmpuint(cases->len, ==, 1);
    g_assert_null(series_media(f->work, &f->bob, id, secret, 0, 0, 10, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autoptr(Series) for_ann = series_get(f->work, &f->ann, id, &error);
    g_assert_cmpuint(for_ann->media, ==, 3);
    leads_assert_record_is_whole(f);
}

static void media_that_left_a_series_stay_on_record(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 1);
    uint64_t id = make_series(f, &f->ann, "blue room"), media = casework_fixture_media(f, 1, 0);
    join(f, &f->ann, id, f->case_id, media);
    join(f, &f->ann, id, f->case_id, media);
    f->now_us += 5;
    Act *act = leads_begin(f, &f->ann, AUDIT_SERIES_CHANGED);
    series_leave(act, id, f->case_id, &media, 1, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_autoptr(GArray) rows = series_media(f->work, &f->ann, id, f->case_id, 0, 0, 10, &error);
    g_assert_cmpuint(rows->len, ==, 1);
    g_assert_cmpint(g_array_index(rows, SeriesMedia, 0).left_us, ==, f->now_us);
    g_autoptr(Series) series = series_get(f->work, &f->ann, id, &error);
    g_assert_cmpuint(series->media, ==, 0);
    leads_assert_record_is_whole(f);
}

static void a_media_of_another_case_cannot_join(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t other = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, other, "disk", three, 1);
    uint64_t id = make_series(f, &f->ann, "blue room"), media = casework_fixture_media(f, 1, 0);
    g_autoptr(Act) act = leads_begin(f, &f->ann, AUDIT_SERIES_CHANGED);
    g_assert_false(series_join(act, id, f->case_id, &media, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

static void every_state_is_kept_with_date_unit_and_reason(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = make_victim(f, &f->ann, "N-7");
    f->now_us += 1000;
    Act *act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_set_state(act, id, VICTIM_IDENTIFIED, f->now_us - 500, "school recognised", &error);
    g_assert_no_error(error);
    leads_commit(act);
    set_state(f, &f->ann, id, VICTIM_UNIDENTIFIED);
    g_autoptr(GPtrArray) history = victim_history(f->work, &f->ann, id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(history->len, ==, 3);
    const VictimStateRow *second = history->pdata[1];
    g_assert_cmpint(second->state, ==, VICTIM_IDENTIFIED);
    g_assert_cmpint(second->since_us, ==, f->now_us - 500);
    g_assert_cmpuint(second->unit_id, ==, f->unit[0]);
    g_assert_cmpstr(second->reason, ==, "school recognised");
    leads_assert_record_is_whole(f);
}

static void a_state_needs_a_reason_and_does_not_begin_in_the_future(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = make_victim(f, &f->ann, "N-7");
    g_autoptr(Act) act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    g_assert_false(victim_set_state(act, id, VICTIM_IDENTIFIED, 0, "", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(victim_set_state(act, id, VICTIM_IDENTIFIED, f->now_us + 1, "why", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

static void media_of_an_identified_victim_leave_every_queue(CaseworkFixture *f)
{
    uint64_t other = casework_fixture_case(f, &f->eve, "S-1");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 3);
    casework_fixture_ingest(f, &f->eve, other, "phone", three, 1);
    uint64_t media = casework_fixture_media(f, 1, 0);
    leads_decide(f, f->case_id, media, "1");
    leads_decide(f, f->case_id, casework_fixture_media(f, 2, 0), "1");
    leads_decide(f, f->case_id, casework_fixture_media(f, 3, 0), "4"); // not pertinent
    leads_decide(f, other, media, "1");
    uint64_t victim = make_victim(f, &f->ann, "N-7");
    link_media(f, &f->ann, victim, f->case_id, media);
    g_assert_cmpuint(who(f, &f->ann, f->case_id), ==, 2);
    g_assert_cmpuint(who(f, &f->eve, 0), ==, 1);
    set_state(f, &f->ann, victim, VICTIM_BEING_WORKED);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 2);
    set_state(f, &f->ann, victim, VICTIM_SAFEGUARDED);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 1);
    g_assert_cmpuint(who(f, &f->eve, 0), ==, 0);
    set_state(f, &f->ann, victim, VICTIM_UNIDENTIFIED);
    g_assert_cmpuint(who(f, &f->eve, 0), ==, 1);
}

static void a_media_stays_while_a_second_victim_is_looked_for(CaseworkFixture *f)
{
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 1);
    uint64_t media = casework_fixture_media(f, 1, 0);
    leads_decide(f, f->case_id, media, "1");
    uint64_t first = make_victim(f, &f->ann, "N-7"), second = make_victim(f, &f->ann, "N-8");
    link_media(f, &f->ann, first, f->case_id, media);
    uint64_t link = link_media(f, &f->ann, second, f->case_id, media);
    set_state(f, &f->ann, first, VICTIM_IDENTIFIED);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 1);
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_unlink(act, second, link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 0);
    leads_assert_record_is_whole(f);
}

static void a_victim_of_a_series_is_a_victim_of_its_media(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 1);
    uint64_t media = casework_fixture_media(f, 1, 0), link;
    leads_decide(f, f->case_id, media, "1");
    uint64_t victim = make_victim(f, &f->ann, "N-7"), series = make_series(f, &f->ann, "room");
    join(f, &f->ann, series, f->case_id, media);
    Act *act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_link_series(act, victim, series, &link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 1);
    set_state(f, &f->ann, victim, VICTIM_IDENTIFIED);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 0);
}

static void what_a_restricted_case_knows_moves_no_queue_of_others(CaseworkFixture *f)
{
    uint64_t other = casework_fixture_case(f, &f->eve, "S-1");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 1);
    casework_fixture_ingest(f, &f->eve, other, "phone", three, 1);
    leads_restrict(f, &f->ann, f->case_id, true);
    uint64_t media = casework_fixture_media(f, 1, 0);
    leads_decide(f, f->case_id, media, "1");
    leads_decide(f, other, media, "1");
    uint64_t victim = make_victim(f, &f->ann, "N-7");
    link_media(f, &f->ann, victim, f->case_id, media);
    set_state(f, &f->ann, victim, VICTIM_IDENTIFIED);
    g_assert_cmpuint(who(f, &f->ann, 0), ==, 0);
    g_assert_cmpuint(who(f, &f->eve, 0), ==, 1);
}

static void a_stranger_sees_no_victim(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, secret, "disk", three, 1);
    uint64_t victim = make_victim(f, &f->ann, "N-7");
    link_media(f, &f->ann, victim, secret, casework_fixture_media(f, 1, 0));
    const Actor *strangers[] = {&f->bob, &f->eve};
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        g_assert_null(victim_get(f->work, strangers[i], victim, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        g_clear_error(&error);
        g_assert_null(victim_history(f->work, strangers[i], victim, &error));
        g_clear_error(&error);
        g_assert_null(victim_links(f->work, strangers[i], victim, &error));
        g_clear_error(&error);
        g_autoptr(GPtrArray) list =
            victim_list(f->work, strangers[i], &(VictimFilter){0}, 0, 100, &error);
        g_assert_cmpuint(list->len, ==, 0);
        g_autoptr(Act) act = leads_begin(f, strangers[i], AUDIT_VICTIM_CHANGED);
        g_assert_false(victim_set_state(act, victim, VICTIM_IDENTIFIED, 0, "why", &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        g_clear_error(&error);
    }
    g_autoptr(GPtrArray) list = victim_list(f->work, &f->aud, &(VictimFilter){0}, 0, 100, &error);
    g_assert_cmpuint(list->len, ==, 1);
}

static void a_destroyed_name_is_unreadable_and_the_rest_stays(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t id = make_victim(f, &f->ann, "N-7");
    Act *act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_name_set(act, id, "A neutral phrase", &error);
    g_assert_no_error(error);
    leads_commit(act);
    act = leads_begin(f, &f->bob, AUDIT_REVEAL);
    g_autofree char *name = NULL;
    victim_name_read(act, id, &name, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_assert_cmpstr(name, ==, "A neutral phrase");
    act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_name_destroy(act, id, &error);
    g_assert_no_error(error);
    leads_commit(act);
    g_autoptr(Act) again = leads_begin(f, &f->ann, AUDIT_REVEAL);
    g_autofree char *none = NULL;
    g_assert_false(victim_name_read(again, id, &none, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_null(none);
    g_clear_pointer(&again, act_free);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM object_key"), ==, 0);
    g_clear_error(&error);
    g_autoptr(Victim) victim = victim_get(f->work, &f->ann, id, &error);
    g_assert_cmpstr(victim->reference, ==, "N-7");
    g_assert_false(victim->has_name);
    leads_assert_record_is_whole(f);
}

// ---- Asked from the other side ----------------------------------------------------------------

static uint64_t link_series(CaseworkFixture *f, const Actor *actor, uint64_t victim,
                            uint64_t series)
{
    g_autoptr(GError) error = NULL;
    uint64_t link = 0;
    Act *act = leads_begin(f, actor, AUDIT_VICTIM_CHANGED);
    victim_link_series(act, victim, series, &link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    return link;
}

static void leave(CaseworkFixture *f, const Actor *actor, uint64_t series, uint64_t case_id,
                  uint64_t media)
{
    g_autoptr(GError) error = NULL;
    Act *act = leads_begin(f, actor, AUDIT_SERIES_CHANGED);
    series_leave(act, series, case_id, &media, 1, &error);
    g_assert_no_error(error);
    leads_commit(act);
}

// Names and media of the case, in pages of one, joined by blanks.
static char *series_by(CaseworkFixture *f, const Actor *actor, SeriesFilter filter)
{
    GString *names = g_string_new(NULL);
    uint64_t after = 0;
    while (true) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = series_list(f->work, actor, &filter, after, 1, &error);
        g_assert_no_error(error);
        if (list->len == 0)
            return g_string_free(names, FALSE);
        const Series *series = list->pdata[0];
        g_string_append_printf(names, "%s:%" G_GUINT64_FORMAT " ", series->name,
                               series->media_of_case);
        after = series->id;
    }
}

static void assert_series(CaseworkFixture *f, const Actor *actor, SeriesFilter filter,
                          const char *expected)
{
    g_autofree char *names = series_by(f, actor, filter);
    g_assert_cmpstr(names, ==, expected);
}

static void series_are_found_by_a_case_and_by_a_media_of_it(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 3);
    casework_fixture_ingest(f, &f->ann, secret, "disk", three, 3);
    uint64_t media[3];
    for (unsigned i = 0; i < 3; i++)
        media[i] = casework_fixture_media(f, i + 1, 0);
    uint64_t red = make_series(f, &f->ann, "red"), blue = make_series(f, &f->ann, "blue"),
             empty = make_series(f, &f->ann, "empty"), hidden = make_series(f, &f->ann, "hidden");
    join(f, &f->ann, red, f->case_id, media[0]);
    join(f, &f->ann, red, f->case_id, media[1]);
    join(f, &f->ann, red, secret, media[2]);
    join(f, &f->ann, blue, f->case_id, media[0]);
    join(f, &f->ann, hidden, secret, media[0]);
    g_assert_cmpuint(empty, !=, 0);
    const uint64_t north = f->case_id;
    assert_series(f, &f->ann, (SeriesFilter){0}, "red:0 blue:0 empty:0 hidden:0 ");
    assert_series(f, &f->bob, (SeriesFilter){.case_id = north}, "red:2 blue:1 ");
    assert_series(f, &f->ann, (SeriesFilter){.case_id = secret}, "red:1 hidden:1 ");
    assert_series(f, &f->bob, (SeriesFilter){north, media[0]}, "red:2 blue:1 ");
    assert_series(f, &f->bob, (SeriesFilter){north, media[1]}, "red:2 ");
    assert_series(f, &f->bob, (SeriesFilter){north, media[2]}, "");
    assert_series(f, &f->bob, (SeriesFilter){north, 999999}, "");
    g_assert_null(series_list(f->work, &f->bob, &(SeriesFilter){secret, media[0]}, 0, 10, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    leave(f, &f->ann, blue, north, media[0]);
    assert_series(f, &f->bob, (SeriesFilter){.case_id = north}, "red:2 ");
    assert_series(f, &f->bob, (SeriesFilter){north, media[0]}, "red:2 ");
}

static void each_stay_of_a_media_in_a_series_is_a_row(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 2);
    uint64_t series = make_series(f, &f->ann, "red"), media = casework_fixture_media(f, 1, 0);
    join(f, &f->ann, series, f->case_id, media);
    join(f, &f->ann, series, f->case_id, casework_fixture_media(f, 2, 0));
    leave(f, &f->ann, series, f->case_id, media);
    join(f, &f->ann, series, f->case_id, media);
    g_autoptr(GArray) rows =
        series_media(f->work, &f->ann, series, f->case_id, media, 0, 1, &error);
    g_assert_cmpuint(rows->len, ==, 1);
    const SeriesMedia first = g_array_index(rows, SeriesMedia, 0);
    g_assert_cmpint(first.left_us, !=, 0);
    g_autoptr(GArray) rest =
        series_media(f->work, &f->ann, series, f->case_id, media, first.id, 10, &error);
    g_assert_cmpuint(rest->len, ==, 1);
    g_assert_cmpuint(g_array_index(rest, SeriesMedia, 0).media_id, ==, media);
    g_assert_cmpint(g_array_index(rest, SeriesMedia, 0).left_us, ==, 0);
}

static void assert_victims(CaseworkFixture *f, const Actor *actor, VictimFilter filter,
                           const char *expected)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (uint64_t after = 0, before = 1; after != before;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = victim_list(f->work, actor, &filter, after, 1, &error);
        g_assert_no_error(error);
        before = after;
        if (list->len == 0)
            break;
        g_string_append_printf(names, "%s ", ((const Victim *)list->pdata[0])->reference);
        after = ((const Victim *)list->pdata[0])->id;
    }
    g_assert_cmpstr(names->str, ==, expected);
}

static void victims_are_found_by_what_they_are_linked_to(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002");
    casework_fixture_ingest(f, &f->ann, f->case_id, "disk", three, 3);
    casework_fixture_ingest(f, &f->ann, secret, "disk", three, 3);
    const uint64_t north = f->case_id, one = casework_fixture_media(f, 1, 0),
                   two = casework_fixture_media(f, 2, 0), last = casework_fixture_media(f, 3, 0);
    uint64_t series = make_series(f, &f->ann, "red"), hidden = make_series(f, &f->ann, "hidden");
    join(f, &f->ann, series, north, two);
    join(f, &f->ann, hidden, secret, one);
    uint64_t a = make_victim(f, &f->ann, "A"), b = make_victim(f, &f->ann, "B"),
             c = make_victim(f, &f->ann, "C");
    make_victim(f, &f->ann, "D");
    link_media(f, &f->ann, a, north, one);
    link_series(f, &f->ann, b, series);
    link_media(f, &f->ann, b, north, one);
    uint64_t link = link_series(f, &f->ann, c, hidden);
    link_media(f, &f->ann, c, secret, two);
    assert_victims(f, &f->ann, (VictimFilter){0}, "A B C D ");
    assert_victims(f, &f->bob, (VictimFilter){.case_id = north}, "A B ");
    assert_victims(f, &f->bob, (VictimFilter){.case_id = north, .media_id = one}, "A B ");
    assert_victims(f, &f->bob, (VictimFilter){.case_id = north, .media_id = two}, "B ");
    assert_victims(f, &f->bob, (VictimFilter){.case_id = north, .media_id = last}, "");
    assert_victims(f, &f->bob, (VictimFilter){.series_id = series}, "B ");
    assert_victims(f, &f->ann, (VictimFilter){.case_id = secret}, "C ");
    assert_victims(f, &f->ann, (VictimFilter){.case_id = secret, .media_id = one}, "C ");
    assert_victims(f, &f->ann, (VictimFilter){.series_id = hidden, .case_id = north}, "");
    const VictimFilter refused[] = {{.case_id = secret}, {.series_id = hidden}};
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_assert_null(victim_list(f->work, &f->bob, &refused[i], 0, 10, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        g_clear_error(&error);
    }
    Act *act = leads_begin(f, &f->ann, AUDIT_VICTIM_CHANGED);
    victim_unlink(act, c, link, &error);
    g_assert_no_error(error);
    leads_commit(act);
    leave(f, &f->ann, series, north, two);
    assert_victims(f, &f->ann, (VictimFilter){.series_id = hidden}, "");
    assert_victims(f, &f->ann, (VictimFilter){.case_id = secret, .media_id = one}, "");
    assert_victims(f, &f->bob, (VictimFilter){.case_id = north, .media_id = two}, "");
    assert_victims(f, &f->bob, (VictimFilter){.series_id = series}, "B ");
}

static void victims_are_found_by_their_state_and_say_since_when(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t a = make_victim(f, &f->ann, "A");
    make_victim(f, &f->ann, "B");
    uint64_t c = make_victim(f, &f->ann, "C");
    f->now_us += 1000;
    set_state(f, &f->ann, a, VICTIM_IDENTIFIED);
    set_state(f, &f->ann, c, VICTIM_BEING_WORKED);
    f->now_us += 1000;
    set_state(f, &f->ann, a, VICTIM_BEING_WORKED);
    const VictimFilter worked = {.has_state = true, .state = VICTIM_BEING_WORKED};
    assert_victims(f, &f->ann, worked, "A C ");
    assert_victims(f, &f->ann, (VictimFilter){.has_state = true}, "B ");
    assert_victims(f, &f->ann, (VictimFilter){.has_state = true, .state = VICTIM_IDENTIFIED}, "");
    assert_victims(f, &f->eve, worked, "");
    g_autoptr(Victim) victim = victim_get(f->work, &f->ann, a, &error);
    g_assert_cmpint(victim->since_us, ==, f->now_us);
    g_autoptr(Victim) earlier = victim_get(f->work, &f->ann, c, &error);
    g_assert_cmpint(earlier->since_us, ==, f->now_us - 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    leads_add_test("/victims/an_empty_series_is_seen_by_its_unit_alone",
                   an_empty_series_is_seen_by_its_unit_alone);
    leads_add_test("/victims/a_series_is_seen_with_the_cases_its_media_lie_in",
                   a_series_is_seen_with_the_cases_its_media_lie_in);
    leads_add_test("/victims/media_that_left_a_series_stay_on_record",
                   media_that_left_a_series_stay_on_record);
    leads_add_test("/victims/a_media_of_another_case_cannot_join",
                   a_media_of_another_case_cannot_join);
    leads_add_test("/victims/every_state_is_kept_with_date_unit_and_reason",
                   every_state_is_kept_with_date_unit_and_reason);
    leads_add_test("/victims/a_state_needs_a_reason_and_does_not_begin_in_the_future",
                   a_state_needs_a_reason_and_does_not_begin_in_the_future);
    leads_add_test("/victims/media_of_an_identified_victim_leave_every_queue",
                   media_of_an_identified_victim_leave_every_queue);
    leads_add_test("/victims/a_media_stays_while_a_second_victim_is_looked_for",
                   a_media_stays_while_a_second_victim_is_looked_for);
    leads_add_test("/victims/a_victim_of_a_series_is_a_victim_of_its_media",
                   a_victim_of_a_series_is_a_victim_of_its_media);
    leads_add_test("/victims/what_a_restricted_case_knows_moves_no_queue_of_others",
                   what_a_restricted_case_knows_moves_no_queue_of_others);
    leads_add_test("/victims/a_stranger_sees_no_victim", a_stranger_sees_no_victim);
    leads_add_test("/victims/a_destroyed_name_is_unreadable_and_the_rest_stays",
                   a_destroyed_name_is_unreadable_and_the_rest_stays);
#define ADD(test) leads_add_test("/victims/" #test, test)
    ADD(series_are_found_by_a_case_and_by_a_media_of_it);
    ADD(each_stay_of_a_media_in_a_series_is_a_row);
    ADD(victims_are_found_by_what_they_are_linked_to);
    ADD(victims_are_found_by_their_state_and_say_since_when);
    return g_test_run();
}
