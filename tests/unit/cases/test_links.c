// SPDX-License-Identifier: Apache-2.0
//
// Traits and links: what says nothing does not count, the same value in two places is a link, and
// none crosses into a case that its reader may not see.
#include "base/error.h"
#include "cases/identifiers.h"
#include "cases/links.h"
#include "leads_fixture.h"

// ---- Traits -----------------------------------------------------------------------------------

static void names_that_programs_give_say_nothing(void)
{
    static const char *const generic[] = {"IMG_0001.JPG",
                                          "DSC00012.jpg",
                                          "dscn1234.jpg",
                                          "IMG-20200101-WA0001.jpg",
                                          "WhatsApp Image 2020-01-01 at 10.11.12.jpeg",
                                          "20200101_101112.jpg",
                                          "thumb_12.png",
                                          "f0012345.jpg",
                                          "100APPLE",
                                          "DCIM",
                                          "Screenshot (3).png",
                                          "..."};
    static const char *const telling[] = {"garden-gate.jpg", "img_garden.jpg", "\xc3\xbc-walk.png",
                                          "summer 2019"};
    for (size_t i = 0; i < G_N_ELEMENTS(generic); i++)
        if (!trait_name_is_generic(generic[i]))
            g_error("%s should say nothing", generic[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(telling); i++)
        if (trait_name_is_generic(telling[i]))
            g_error("%s should count", telling[i]);
}

static void a_folder_is_the_last_part_before_the_name(void)
{
    g_autofree char *plain = trait_folder("/home/user/Blue Garden/IMG_1.jpg");
    g_assert_cmpstr(plain, ==, "blue garden");
    g_autofree char *layered = trait_folder("disk.E01 > p2 > /Garden/Walk.zip > a/b.jpg");
    g_assert_null(layered); // "a"
    g_autofree char *archive = trait_folder("disk.E01 > p2 > /Garden/Walk.zip > b.jpg");
    g_assert_cmpstr(archive, ==, "walk.zip");
    g_assert_null(trait_folder("b.jpg"));
    g_assert_null(trait_folder("DCIM/b.jpg"));
    g_assert_null(trait_folder(""));
    g_assert_null(trait_folder("///"));
}

static void a_cell_is_about_a_hundred_metres_wide_everywhere(void)
{
    g_autofree char *here = trait_place(52.370216, 4.895168);
    g_autofree char *ten_metres = trait_place(52.370306, 4.895168);
    g_autofree char *kilometre = trait_place(52.379216, 4.895168);
    g_assert_cmpstr(here, ==, "58189:3321");
    g_assert_cmpstr(here, ==, ten_metres);
    g_assert_cmpstr(here, !=, kilometre);
    g_autofree char *south = trait_place(-0.000001, -0.000001);
    g_assert_cmpstr(south, ==, "-1:-1");
    g_assert_null(trait_place(0, 0));
    g_assert_null(trait_place(91, 0));
    g_assert_null(trait_place(52, 200));
    g_autofree char *pole = trait_place(90, 180);
    g_assert_nonnull(pole);
    g_autoptr(GPtrArray) around = trait_places_around(52.370216, 4.895168, 1);
    g_assert_cmpuint(around->len, ==, 9);
    g_assert_true(g_ptr_array_find_with_equal_func(around, here, g_str_equal, NULL));
}

static void a_record_gives_its_camera_place_time_and_folder(void)
{
    g_autoptr(Record) record = record_new();
    record->path = g_strdup("/Blue Garden/IMG_1.jpg");
    record->still = still_facts_new();
    record->still->has_jpeg_tables = true;
    ExifFacts *exif = &record->still->exif;
    exif->present = exif->has_gps = true;
    exif->make = g_strdup("Maker");
    exif->model = g_strdup("M 1");
    exif->body_serial = g_strdup("007");
    exif->software = g_strdup("Editor 2");
    exif->taken = g_strdup("2026:01:31 23:59:59+01:00");
    exif->gps_latitude = 52.370216;
    exif->gps_longitude = 4.895168;
    identifiers_add(record->identifiers, IDENTIFIER_EMAIL, "Some.One@Example.org");
    g_autoptr(GPtrArray) traits = traits_of_record(record);
    static const char *const expected[] = {
        "jpeg_tables 0000000000000000000000000000000000000000000000000000000000000000",
        "camera maker m 1",
        "camera_serial maker m 1 #007",
        "software editor 2",
        "place 58189:3321",
        "taken 2026-01-31T23:59",
        "folder blue garden",
        "email some.one@example.org"};
    g_assert_cmpuint(traits->len, ==, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < traits->len; i++) {
        const Trait *trait = traits->pdata[i];
        g_autofree char *text =
            g_strdup_printf("%s %s", trait_kind_name(trait->kind), trait->value);
        g_assert_cmpstr(text, ==, expected[i]);
    }
}

static void a_clock_that_was_never_set_says_nothing(void)
{
    static const char *const taken[] = {"2000:01:01 00:00:31", "0000:00:00 00:00:00", "today",
                                        "2026:1:31 23:59:59"};
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        g_autoptr(Record) record = record_new();
        record->path = g_strdup("x");
        record->still = still_facts_new();
        record->still->exif.present = true;
        record->still->exif.taken = g_strdup(taken[i]);
        g_autoptr(GPtrArray) traits = traits_of_record(record);
        g_assert_cmpuint(traits->len, ==, 0);
    }
}

static void identifiers_are_compared_in_one_form(void)
{
    static const struct {
        TraitKind kind;
        const char *written, *value;
    } rows[] = {
        {TRAIT_EMAIL, " Some.One@Example.ORG ", "some.one@example.org"},
        {TRAIT_EMAIL, "no address", NULL},
        {TRAIT_EMAIL, "a@b@c", NULL},
        {TRAIT_PHONE, "+31 (0)6-1234", "+31061234"},
        {TRAIT_PHONE, "0031 6 1234", "+3161234"},
        {TRAIT_PHONE, "12", NULL},
        {TRAIT_PHONE, "call me", NULL},
        {TRAIT_ACCOUNT, "@Blue   Bird", "blue bird"},
        {TRAIT_IP, "2001:0db8:0000::0001", "2001:db8::1"},
        {TRAIT_IP, "192.0.2.1", "192.0.2.1"},
        {TRAIT_IP, "192.0.2.999", NULL},
        {TRAIT_DEVICE, "35-209900-176148-1", "352099001761481"},
        {TRAIT_URL, "HTTPS://Example.ORG:443/Path/?q=1#here", "https://example.org/Path?q=1"},
        {TRAIT_URL, "nothing", NULL},
        {TRAIT_NAME, " A   Neutral\tName", "a neutral name"},
        {TRAIT_NAME, "\xff", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = identifier_normalise(rows[i].kind, rows[i].written);
        g_assert_cmpstr(value, ==, rows[i].value);
    }
}

// ---- Links ------------------------------------------------------------------------------------

static void put(CaseworkFixture *f, uint64_t case_id, unsigned seed, const char *path,
                const char *camera)
{
    const FixturePicture picture = {.seed = seed, .path = path, .camera = camera};
    casework_fixture_ingest(f, &f->ann, case_id, "disk", &picture, 1);
}

static GPtrArray *links(CaseworkFixture *f, const Actor *actor, uint64_t case_id, unsigned seed)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found =
        links_of_media(f->work, actor, case_id, casework_fixture_media(f, seed, 0), &error);
    g_assert_no_error(error);
    return found;
}

static const Link *find(const GPtrArray *found, TraitKind kind)
{
    for (unsigned i = 0; i < found->len; i++)
        if (((const Link *)found->pdata[i])->kind == kind)
            return found->pdata[i];
    return NULL;
}

static void the_same_value_in_two_places_is_a_link_with_its_count(CaseworkFixture *f)
{
    put(f, f->case_id, 1, "Blue Garden/gate.jpg", "M 1");
    put(f, f->case_id, 2, "Blue Garden/IMG_2.jpg", "M 1");
    put(f, f->case_id, 3, "Other/IMG_3.jpg", "M 2");
    g_autoptr(GPtrArray) found = links(f, &f->ann, f->case_id, 1);
    g_assert_cmpuint(found->len, ==, 2);
    const Link *camera = find(found, TRAIT_CAMERA);
    g_assert_cmpstr(camera->value, ==, "maker m 1");
    g_assert_cmpuint(camera->uses, ==, 2);
    g_assert_cmpuint(camera->cases, ==, 1);
    g_assert_cmpuint(camera->places->len, ==, 1);
    g_assert_cmpuint(g_array_index(camera->places, TraitPlace, 0).media_id, ==,
                     casework_fixture_media(f, 2, 0));
    g_assert_cmpstr(find(found, TRAIT_FOLDER)->value, ==, "blue garden");
    g_autoptr(GPtrArray) none = links(f, &f->ann, f->case_id, 3);
    g_assert_cmpuint(none->len, ==, 0);
}

static void no_link_crosses_into_a_case_its_reader_may_not_see(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t secret = casework_fixture_case(f, &f->ann, "24-002"), cursor = 0;
    bool more;
    put(f, f->case_id, 1, "Blue Garden/gate.jpg", "M 1");
    put(f, secret, 2, "Blue Garden/gate.jpg", "M 1");
    g_autoptr(GPtrArray) for_ann = links(f, &f->ann, f->case_id, 1);
    g_assert_cmpuint(for_ann->len, ==, 3);
    g_assert_cmpuint(find(for_ann, TRAIT_FILE_NAME)->cases, ==, 2);
    g_autoptr(GPtrArray) for_bob = links(f, &f->bob, f->case_id, 1);
    g_assert_cmpuint(for_bob->len, ==, 0);
    g_autoptr(GPtrArray) of_case =
        links_of_case(f->work, &f->ann, f->case_id, &cursor, 10, &more, &error);
    g_assert_cmpuint(of_case->len, ==, 2);
    cursor = 0;
    g_autoptr(GPtrArray) bobs =
        links_of_case(f->work, &f->bob, f->case_id, &cursor, 10, &more, &error);
    g_assert_cmpuint(bobs->len, ==, 0);
    g_assert_false(more);
    cursor = 0;
    g_assert_null(links_of_case(f->work, &f->bob, secret, &cursor, 10, &more, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

static void a_value_that_is_everywhere_says_so_and_lists_nothing(CaseworkFixture *f)
{
    put(f, f->case_id, 1, "a.jpg", "M 1");
    for (unsigned i = 0; i < LINK_CASES_MAX; i++) {
        g_autofree char *number = g_strdup_printf("25-%03u", i);
        put(f, casework_fixture_case(f, &f->ann, number), 100 + i, "b.jpg", "M 1");
    }
    g_autoptr(GPtrArray) found = links(f, &f->ann, f->case_id, 1);
    const Link *camera = find(found, TRAIT_CAMERA);
    g_assert_true(camera->is_everywhere);
    g_assert_cmpuint(camera->cases, ==, LINK_CASES_MAX + 1);
    g_assert_cmpuint(camera->places->len, ==, 0);
    g_autoptr(GPtrArray) bobs = links(f, &f->bob, f->case_id, 1);
    g_assert_cmpuint(bobs->len, ==, 0);
}

static void the_same_records_twice_count_once(CaseworkFixture *f)
{
    put(f, f->case_id, 1, "a.jpg", "M 1");
    put(f, f->case_id, 1, "a.jpg", "M 1");
    g_assert_cmpint(leads_number(f, "SELECT uses FROM trait_count"), ==, 1);
}

static void an_identifier_links_until_it_is_removed(CaseworkFixture *f)
{
    g_autoptr(GError) error = NULL;
    uint64_t other = casework_fixture_case(f, &f->ann, "24-002"), ids[2], cursor = 0;
    bool more;
    const uint64_t cases[] = {f->case_id, other};
    for (size_t i = 0; i < 2; i++) {
        Act *act = leads_begin(f, &f->ann, AUDIT_IDENTIFIER_CHANGED);
        identifier_add(
            act, cases[i],
            &(IdentifierNew){.kind = TRAIT_ACCOUNT, .written = i == 0 ? "@Blue Bird" : "blue bird"},
            &ids[i], &error);
        g_assert_no_error(error);
        leads_commit(act);
    }
    g_autoptr(GPtrArray) found = links_of_case(f->work, &f->ann, other, &cursor, 10, &more, &error);
    g_assert_cmpuint(found->len, ==, 1);
    Act *act = leads_begin(f, &f->ann, AUDIT_IDENTIFIER_CHANGED);
    identifier_remove(act, f->case_id, ids[0], &error);
    g_assert_no_error(error);
    leads_commit(act);
    cursor = 0;
    g_autoptr(GPtrArray) none = links_of_case(f->work, &f->ann, other, &cursor, 10, &more, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_null(identifier_list(f->work, &f->bob, other, 0, 0, 10, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_cmpint(leads_number(f, "SELECT count(*) FROM audit_leaf WHERE lower(payload) LIKE "
                                    "'%bird%' OR lower(object) LIKE '%bird%'"),
                    ==, 0);
    leads_assert_record_is_whole(f);
}

static unsigned identifiers_at(CaseworkFixture *f, uint64_t media, uint64_t after)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list =
        identifier_list(f->work, &f->ann, f->case_id, media, after, 10, &error);
    g_assert_no_error(error);
    return list->len;
}

static void identifiers_are_found_by_a_media_and_its_items(CaseworkFixture *f)
{
    put(f, f->case_id, 1, "a.jpg", "M 1");
    put(f, f->case_id, 2, "b.jpg", "M 1");
    uint64_t media = casework_fixture_media(f, 1, 0), other = casework_fixture_media(f, 2, 0);
    g_autofree char *sql =
        g_strdup_printf("SELECT min(id) FROM item WHERE media_id = %" G_GUINT64_FORMAT, media);
    uint64_t item = (uint64_t)leads_number(f, sql), first = 0;
    const IdentifierNew identifiers[] = {
        {.kind = TRAIT_ACCOUNT, .written = "one", .media_id = media, .item_id = item},
        {.kind = TRAIT_ACCOUNT, .written = "two", .item_id = item},
        {.kind = TRAIT_ACCOUNT, .written = "three", .media_id = media},
        {.kind = TRAIT_ACCOUNT, .written = "four"},
        {.kind = TRAIT_ACCOUNT, .written = "five", .media_id = other}};
    for (size_t i = 0; i < G_N_ELEMENTS(identifiers); i++) {
        g_autoptr(GError) error = NULL;
        uint64_t id;
        Act *act = leads_begin(f, &f->ann, AUDIT_IDENTIFIER_CHANGED);
        identifier_add(act, f->case_id, &identifiers[i], &id, &error);
        g_assert_no_error(error);
        leads_commit(act);
        first = first == 0 ? id : first;
    }
    g_assert_cmpuint(identifiers_at(f, 0, 0), ==, 5);
    g_assert_cmpuint(identifiers_at(f, media, 0), ==, 3);
    g_assert_cmpuint(identifiers_at(f, media, first), ==, 2);
    g_assert_cmpuint(identifiers_at(f, other, 0), ==, 1);
    g_assert_cmpuint(identifiers_at(f, 999999, 0), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD_PURE(test) g_test_add_func("/links/" #test, test)
    ADD_PURE(names_that_programs_give_say_nothing);
    ADD_PURE(a_folder_is_the_last_part_before_the_name);
    ADD_PURE(a_cell_is_about_a_hundred_metres_wide_everywhere);
    ADD_PURE(a_record_gives_its_camera_place_time_and_folder);
    ADD_PURE(a_clock_that_was_never_set_says_nothing);
    ADD_PURE(identifiers_are_compared_in_one_form);
#define ADD(test) leads_add_test("/links/" #test, test)
    ADD(the_same_value_in_two_places_is_a_link_with_its_count);
    ADD(no_link_crosses_into_a_case_its_reader_may_not_see);
    ADD(a_value_that_is_everywhere_says_so_and_lists_nothing);
    ADD(the_same_records_twice_count_once);
    ADD(an_identifier_links_until_it_is_removed);
    ADD(identifiers_are_found_by_a_media_and_its_items);
    return g_test_run();
}
