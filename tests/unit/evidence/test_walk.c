// SPDX-License-Identifier: Apache-2.0
//
// The rules of the walk: the order of items, what is said of those that cannot be read or opened,
// what counts as not examined, and how a walk ends. With containers made up for them.
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "made_up.h"

// ---- Order ------------------------------------------------------------------------------------

static void open_three(Walk *walk, Source *source)
{
    g_assert_cmpstr(walk_name(walk), ==, "evidence");
    if (made_up_text(walk, 0, "first", "plain") &&
        made_up_text(walk, 1, "second", "#wrapped:plain"))
        made_up_stream(walk, 2, "third", (MadeUpStream){5, 'x', 0});
}

static void what_lies_in_an_item_comes_before_it(void)
{
    g_autoptr(Walked) walked = walk_text("#three:");
    assert_story(walked, "first ok\nsecond > inner ok\nsecond ok\nthird ok");
    const WalkedItem *inner = walked_find(walked, "second > inner");
    g_assert_cmpuint(inner->depth, ==, 2);
    g_assert_cmpuint(inner->place[0], ==, 1);
    g_assert_cmpuint(inner->place[1], ==, 0);
    g_assert_cmpstr(inner->locator, ==, "{\"number\":1},{\"part\":1}");
    g_assert_cmpuint(walked_root(walked)->size_bytes, ==, 7);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 0);
}

static void a_stream_is_digested_as_its_bytes(void)
{
    g_autoptr(Walked) walked = walk_text("#three:");
    g_autofree char *expected = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "xxxxx", 5);
    g_autofree char *md5 = g_compute_checksum_for_string(G_CHECKSUM_MD5, "plain", 5);
    g_assert_cmpstr(walked_find(walked, "third")->sha256, ==, expected);
    g_assert_cmpstr(walked_find(walked, "first")->md5, ==, md5);
    g_assert_cmpuint(walked_find(walked, "third")->size_bytes, ==, 5);
}

// ---- Nesting ----------------------------------------------------------------------------------

static void open_itself(Walk *walk, Source *source)
{
    const Child child = {.name = "again", .layer = "{\"part\":1}", .source = source};
    walk_child(walk, &child);
}

static void what_contains_itself_is_named_and_not_opened_again(void)
{
    g_autoptr(Walked) walked = walk_text("#itself:");
    // The evidence file is not digested, so the first copy is not known to be one.
    assert_story(walked, "again > again ok\nagain ok");
    g_assert_nonnull(walked_finding(walked_find(walked, "again > again"), FINDING_REFERENCE));
    g_assert_null(walked_finding(walked_find(walked, "again"), FINDING_REFERENCE));
}

// Each time one byte longer, so that no two are the same.
static void open_endless(Walk *walk, Source *source)
{
    size_t size;
    const uint8_t *bytes = source_map(source, &size, NULL);
    g_autofree uint8_t *more = g_malloc(size + 1);
    memcpy(more, bytes, size);
    more[size] = 'x';
    made_up_bytes(walk, 0, "deeper", more, size + 1);
}

static void too_deep_is_said_where_the_walk_turns_back(void)
{
    g_autoptr(Walked) walked = walk_text("#endless:");
    g_assert_cmpuint(walked->items->len, ==, LIMIT_EVIDENCE_DEPTH + 1);
    const WalkedItem *deepest = walked->items->pdata[0];
    g_assert_cmpuint(deepest->depth, ==, 32);
    g_assert_cmpint(deepest->status, ==, STATUS_LIMIT);
    g_assert_cmpstr(deepest->reason, ==, "containers are nested deeper than 32");
    g_assert_cmpuint(deepest->not_examined_bytes, ==, deepest->size_bytes);
    const WalkedItem *around = walked->items->pdata[1];
    g_assert_cmpint(around->status, ==, STATUS_OK);
    g_assert_cmpuint(around->not_examined_bytes, ==, around->size_bytes);
    // What is not examined is longer than the file that it came from.
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, strlen("#endless:"));
}

// ---- Failing ----------------------------------------------------------------------------------

static void open_unreadable(Walk *walk, Source *source)
{
    static const struct {
        const char *name;
        int code;
    } rows[] = {
        {"corrupt", CLEW_ERROR_CORRUPT}, {"invalid", CLEW_ERROR_INVALID},
        {"odd", CLEW_ERROR_UNSUPPORTED}, {"huge", CLEW_ERROR_LIMIT},
        {"locked", CLEW_ERROR_DENIED},   {"broken", CLEW_ERROR_IO},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        made_up_stream(walk, i, rows[i].name, (MadeUpStream){i < 3 ? 10 : 0, 'y', rows[i].code});
}

static void what_reading_fails_with_becomes_the_status(void)
{
    g_autoptr(Walked) walked = walk_text("#unreadable:");
    assert_story(walked, "corrupt corrupt [the stream broke]\ninvalid corrupt [the stream broke]\n"
                         "odd unsupported [the stream broke]\nhuge limit [the stream broke]\n"
                         "locked encrypted [the stream broke]\n"
                         "broken unreadable [the stream broke]");
    const WalkedItem *partly = walked_find(walked, "corrupt");
    g_autofree char *ten = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "yyyyyyyyyy", 10);
    g_assert_cmpuint(partly->size_bytes, ==, 10);
    g_assert_cmpstr(partly->sha256, ==, ten);
    g_assert_cmpuint(partly->not_examined_bytes, ==, 10);
    g_assert_false(walked_find(walked, "locked")->has_digests);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, strlen("#unreadable:"));
}

static void open_listed(Walk *walk, Source *source)
{
    made_up_stream(walk, 0, "locked", (MadeUpStream){.code = CLEW_ERROR_DENIED, .listed_bytes = 5});
    made_up_stream(walk, 1, "cut",
                   (MadeUpStream){.size = 3, .code = CLEW_ERROR_CORRUPT, .listed_bytes = 5});
    made_up_stream(walk, 2, "longer", (MadeUpStream){.size = 7, .listed_bytes = 5});
}

// Of the sizes that things are listed with, only that of what gave nothing is taken.
static void what_cannot_be_read_keeps_the_size_it_is_listed_with(void)
{
    g_autoptr(Walked) walked = walk_text("#listed:");
    const WalkedItem *locked = walked_find(walked, "locked"), *cut = walked_find(walked, "cut");
    g_assert_cmpuint(locked->size_bytes, ==, 5);
    g_assert_cmpuint(locked->not_examined_bytes, ==, 5);
    g_assert_cmpuint(cut->size_bytes, ==, 3);
    g_assert_cmpuint(cut->not_examined_bytes, ==, 3);
    g_assert_cmpuint(walked_find(walked, "longer")->size_bytes, ==, 7);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 8);
}

// A source that ends before its size, and one whose second half cannot be read.
static ssize_t half_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                            GError **err)
{
    if (offset >= 50 && user_data != NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "a bad sector");
        return -1;
    }
    size_t count = offset < 50 ? MIN(size, 50 - offset) : 0;
    memset(target, 'z', count);
    return (ssize_t)count;
}

static void open_partly(Walk *walk, Source *source)
{
    static const SourceOps ops = {half_read_at, NULL};
    g_autoptr(Source) shorter = source_new(&ops, NULL, 100);
    g_autoptr(Source) broken = source_new(&ops, "", 100);
    const Child children[] = {{.name = "shorter", .layer = "{\"part\":1}", .source = shorter},
                              {.name = "broken", .layer = "{\"part\":2}", .source = broken}};
    walk_child(walk, &children[0]);
    walk_child(walk, &children[1]);
}

static void what_can_be_read_of_an_item_is_digested(void)
{
    g_autoptr(Walked) walked = walk_text("#partly:");
    assert_story(walked, "shorter unreadable [it ends before the size it is listed with]\n"
                         "broken unreadable [a bad sector]");
    for (unsigned i = 0; i < 2; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        g_assert_cmpuint(item->size_bytes, ==, 50);
        g_assert_true(item->has_digests);
    }
}

static void open_statuses(Walk *walk, Source *source)
{
    const Child locked = {.name = "locked",
                          .layer = "{\"part\":1}",
                          .has_size = true,
                          .size_bytes = 4,
                          .status = STATUS_ENCRYPTED,
                          .reason = "no password fits"};
    const Child folder = {.name = "folder", .layer = "{\"part\":2}"};
    walk_child(walk, &locked);
    walk_child(walk, &folder);
    walk_set_status(walk, STATUS_OK, "never seen");
    walk_set_status(walk, STATUS_CORRUPT, "part %u is damaged", 3);
    walk_set_status(walk, STATUS_LIMIT, "too late");
    walk_not_examined(walk, 3, "part 3");
}

static void the_first_thing_that_is_wrong_is_the_status(void)
{
    g_autoptr(Walked) walked = walk_text("#wrapped:#statuses:1234567890");
    const WalkedItem *inner = walked_find(walked, "inner");
    g_assert_cmpint(inner->status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(inner->reason, ==, "part 3 is damaged");
    g_assert_cmpuint(inner->not_examined_bytes, ==, 4 + 3);
    g_assert_cmpuint(walked_find(walked, "inner > locked")->not_examined_bytes, ==, 4);
    g_assert_cmpint(walked_find(walked, "inner > folder")->status, ==, STATUS_OK);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 4 + 3);
}

static void open_greedy(Walk *walk, Source *source)
{
    walk_not_examined(walk, UINT64_MAX / 2, "much");
    walk_not_examined(walk, UINT64_MAX / 2, "very much");
    walk_not_examined(walk, 10, "and a little");
}

static void never_more_is_not_examined_than_there_is(void)
{
    g_autoptr(Walked) walked = walk_text("#wrapped:#greedy:");
    g_assert_cmpuint(walked_find(walked, "inner")->not_examined_bytes, ==, strlen("#greedy:"));
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, strlen("#greedy:"));
}

// ---- What is said -----------------------------------------------------------------------------

static void open_bad_layers(Walk *walk, Source *source)
{
    static const char *const layers[] = {"{\"part\":1}", "{\"part\": 2}", "not JSON", "",
                                         "{\"part\":5}"};
    for (unsigned i = 0; i < G_N_ELEMENTS(layers); i++) {
        g_autofree char *name = g_strdup_printf("part %u", i + 1);
        g_autoptr(Source) bytes = source_new_memory("12", 2);
        const Child child = {.name = name, .layer = layers[i], .source = bytes};
        g_assert_true(walk_child(walk, &child));
    }
}

static void what_no_locator_can_name_is_said_of_its_container(void)
{
    g_autoptr(Walked) walked = walk_text("#wrapped:#bad_layers:");
    assert_story(walked, "inner > part 1 ok\ninner > part 5 ok\n"
                         "inner unsupported [what lies in it cannot all be named by a locator]");
    const WalkedItem *inner = walked_find(walked, "inner");
    g_assert_cmpuint(inner->not_examined_bytes, ==, 6);
    g_assert_cmpstr(walked_finding(inner, FINDING_NOT_EXAMINED), ==,
                    "item 1 in it cannot be named by a locator and was not opened");
    g_assert_cmpuint(walked_find(walked, "inner > part 5")->place[1], ==, 4);
}

static unsigned findings_wanted;

static void open_many_findings(Walk *walk, Source *source)
{
    for (unsigned i = 0; i < findings_wanted; i++)
        walk_add_finding(walk, FINDING_DAMAGED, i, "number %u", i);
}

static const Finding *last_finding(const WalkedItem *item)
{
    return item->findings->pdata[item->findings->len - 1];
}

static void findings_past_the_limit_are_said_to_be_missing(void)
{
    findings_wanted = LIMIT_ITEM_FINDINGS;
    g_autoptr(Walked) full = walk_text("#many_findings:");
    g_assert_cmpuint(walked_root(full)->findings->len, ==, LIMIT_ITEM_FINDINGS);
    g_assert_cmpstr(last_finding(walked_root(full))->detail, ==, "number 63");
    findings_wanted = 1000;
    g_autoptr(Walked) over = walk_text("#wrapped:#many_findings:");
    const WalkedItem *inner = walked_find(over, "inner");
    g_assert_cmpuint(inner->findings->len, ==, LIMIT_ITEM_FINDINGS);
    g_assert_cmpstr(last_finding(inner)->detail, ==, "there are more findings than are listed");
    g_assert_cmpint(last_finding(inner)->type, ==, FINDING_NOT_EXAMINED);
}

static void open_two_sides(Walk *walk, Source *source)
{
    g_autoptr(GPtrArray) findings = findings_new();
    for (unsigned i = 0; i < 40; i++)
        findings_add(findings, FINDING_DAMAGED, 1, "of the child");
    g_autoptr(Source) bytes = source_new_memory("#many_findings:", 15);
    const Child child = {
        .name = "child", .layer = "{\"part\":1}", .source = bytes, .findings = findings};
    walk_child(walk, &child);
}

// The container around an item, and the item as a container, both say something of it.
static void findings_of_two_sides_share_the_limit(void)
{
    findings_wanted = 24;
    g_autoptr(Walked) full = walk_text("#two_sides:");
    g_assert_cmpuint(walked_find(full, "child")->findings->len, ==, LIMIT_ITEM_FINDINGS);
    g_assert_cmpstr(last_finding(walked_find(full, "child"))->detail, !=,
                    "there are more findings than are listed");
    findings_wanted = 25;
    g_autoptr(Walked) over = walk_text("#two_sides:");
    g_assert_cmpuint(walked_find(over, "child")->findings->len, ==, LIMIT_ITEM_FINDINGS);
    g_assert_cmpstr(last_finding(walked_find(over, "child"))->detail, ==,
                    "there are more findings than are listed");
}

static unsigned addresses_wanted;

static void open_many_addresses(Walk *walk, Source *source)
{
    for (unsigned i = 0; i < addresses_wanted; i++) {
        g_autofree char *address = g_strdup_printf("a%u@example.org", i);
        walk_add_identifier(walk, IDENTIFIER_EMAIL, address);
    }
    walk_add_identifier(walk, IDENTIFIER_EMAIL, "a0@example.org");
}

static void addresses_past_the_limit_are_said_to_be_missing(void)
{
    addresses_wanted = LIMIT_ITEM_IDENTIFIERS;
    g_autoptr(Walked) full = walk_text("#wrapped:#many_addresses:");
    g_assert_cmpuint(walked_find(full, "inner")->identifiers->len, ==, LIMIT_ITEM_IDENTIFIERS);
    g_assert_null(walked_finding(walked_find(full, "inner"), FINDING_NOT_EXAMINED));
    addresses_wanted = 1000;
    g_autoptr(Walked) over = walk_text("#wrapped:#many_addresses:");
    const WalkedItem *inner = walked_find(over, "inner");
    g_assert_cmpuint(inner->identifiers->len, ==, LIMIT_ITEM_IDENTIFIERS);
    g_assert_cmpuint(inner->findings->len, ==, 1);
    g_assert_cmpstr(walked_finding(inner, FINDING_NOT_EXAMINED), ==,
                    "there are more than the 256 addresses that are listed");
}

static const char *picture_name;

static void open_named(Walk *walk, Source *source)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    made_up_bytes(walk, 0, picture_name, picture->data, picture->len);
}

static void a_picture_under_another_name_is_a_finding(void)
{
    static const struct {
        const char *name;
        const char *detail; // NULL: none
    } rows[] = {{"a.jpg", NULL},
                {"folder.txt/a.jpeg", NULL},
                {"a", NULL},
                {"a.dll", "image/jpeg under a name that is not media"},
                {"folder.jpg/a.txt", "image/jpeg under a name that is not media"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        picture_name = rows[i].name;
        g_autoptr(Walked) walked = walk_text("#named:");
        g_assert_cmpstr(
            walked_finding(walked_find(walked, rows[i].name), FINDING_EXTENSION_MISMATCH), ==,
            rows[i].detail);
    }
    // Of the evidence file itself the program says so.
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(Walked) walked = walk_array(picture);
    g_assert_cmpuint(walked_root(walked)->findings->len, ==, 0);
}

// ---- Structures -------------------------------------------------------------------------------

static void open_structures(Walk *walk, Source *source)
{
    g_autoptr(Source) known = source_new_memory("#statuses:", 10);
    g_autoptr(Source) unknown = source_new_range(source, 12, UINT64_MAX);
    const Child children[] = {
        {.name = "p1", .layer = "{\"part\":1}", .source = known, .is_structure = true},
        {.name = "p2", .layer = "{\"part\":2}", .source = unknown, .is_structure = true}};
    walk_child(walk, &children[0]);
    walk_child(walk, &children[1]);
}

static void a_structure_is_not_digested_and_speaks_of_itself(void)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#structures:");
    append_noise(bytes, 1000);
    append_array(bytes, picture);
    g_autoptr(Walked) walked = walk_array(bytes);
    const WalkedItem *p1 = walked_find(walked, "p1"), *p2 = walked_find(walked, "p2");
    g_assert_true(p1->is_structure && p2->is_structure);
    g_assert_false(p1->has_digests || p2->has_digests);
    // Its own 3, without the 4 of what lies in it; the evidence file sums up.
    g_assert_cmpuint(p1->not_examined_bytes, ==, 3);
    g_assert_cmpuint(walked_root(walked)->not_examined_bytes, ==, 7);
    g_assert_nonnull(walked_finding(p2, FINDING_UNRECOGNISED));
    g_assert_cmpint(p2->status, ==, STATUS_OK);
    g_assert_nonnull(walked_find(walked, "p2 > @0x3e8"));
}

// ---- Contents ---------------------------------------------------------------------------------

static void a_picture_is_handed_out_whole_and_nothing_else_is(void)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#wrapped:");
    append_array(bytes, picture);
    g_autoptr(Walked) walked = walk_fixture_bytes(bytes->data, bytes->len, "evidence",
                                                  (WalkFixtureOptions){.keeps_contents = true});
    const GByteArray *sent = walked_find(walked, "inner")->contents;
    g_assert_cmpuint(sent->len, ==, picture->len);
    g_assert_true(memcmp(sent->data, picture->data, sent->len) == 0);
    g_autoptr(Walked) text =
        walk_fixture_bytes("#three:", 7, "evidence", (WalkFixtureOptions){.keeps_contents = true});
    g_assert_null(walked_find(text, "first")->contents);
}

// More than is kept in memory, so that the spool holds both of them, one in the other.
static void open_big(Walk *walk, Source *source)
{
    made_up_stream(walk, 0, "big",
                   (MadeUpStream){LIMIT_EVIDENCE_MEMORY_BYTES + (5u << 20), 'b', 0});
    made_up_stream(walk, 1, "small", (MadeUpStream){5, 's', 0});
}

static WalkChoice fetch_first(void *user_data, const WalkItem *item)
{
    unsigned *place = user_data;
    return item->place[0] == *place ? WALK_FETCH : WALK_SKIP;
}

static void what_does_not_fit_in_memory_goes_through_the_spool(void)
{
    g_autoptr(Walked) walked = walk_text("#big:");
    assert_story(walked, "big ok\nsmall ok");
    const WalkedItem *big = walked_find(walked, "big");
    g_assert_cmpuint(big->size_bytes, ==, LIMIT_EVIDENCE_MEMORY_BYTES + (5u << 20));
    unsigned first = 0;
    g_autoptr(Walked) fetched = walk_fixture_bytes(
        "#big:", 5, "evidence",
        (WalkFixtureOptions){.choose = fetch_first, .choose_data = &first, .keeps_contents = true});
    const GByteArray *sent = walked_find(fetched, "big")->contents;
    g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, sent->data, sent->len);
    g_assert_cmpstr(sha256, ==, big->sha256);
}

static void fetching_gives_the_bytes_and_opens_nothing(void)
{
    unsigned second = 1;
    g_autoptr(Walked) walked = walk_fixture_bytes("#three:", 7, "evidence",
                                                  (WalkFixtureOptions){.choose = fetch_first,
                                                                       .choose_data = &second,
                                                                       .keeps_contents = true});
    assert_story(walked, "second ok");
    const GByteArray *sent = walked_find(walked, "second")->contents;
    g_assert_cmpuint(sent->len, ==, 14);
    g_assert_true(memcmp(sent->data, "#wrapped:plain", 14) == 0);
}

static void fetching_what_has_no_bytes_says_why(void)
{
    unsigned place = 0;
    WalkFixtureOptions options = {.choose = fetch_first, .choose_data = &place};
    g_autoptr(Walked) locked = walk_fixture_bytes("#statuses:", 10, "evidence", options);
    assert_story(locked, "locked encrypted [no password fits]");
    place = 1;
    g_autoptr(Walked) folder = walk_fixture_bytes("#statuses:", 10, "evidence", options);
    assert_story(folder, "folder ok");
}

// ---- Beginning and end ------------------------------------------------------------------------

static void open_busy(Walk *walk, Source *source)
{
    for (unsigned i = 0; !walk_is_over(walk); i++)
        if (!made_up_text(walk, i, "one of many", "text"))
            return;
}

static void a_walk_ends_when_its_time_is_used_up(void)
{
    g_autoptr(Walked) walked = walk_fixture_bytes("#wrapped:#busy:", 15, "evidence",
                                                  (WalkFixtureOptions){.time_limit_ms = 1});
    const WalkedItem *inner = walked_find(walked, "inner"), *root = walked_root(walked);
    g_assert_cmpint(inner->status, ==, STATUS_TIMEOUT);
    g_assert_cmpint(root->status, ==, STATUS_TIMEOUT);
    g_assert_cmpstr(root->reason, ==, "the time for this evidence file ran out");
    g_assert_cmpuint(root->not_examined_bytes, ==, strlen("#busy:"));
    g_assert_cmpuint(walked->items->len, >, 2);
}

static ssize_t zero_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                            GError **err)
{
    memset(target, 0, size);
    return (ssize_t)size;
}

// An item alone that takes for ever, as a stream and as a source.
static void open_huge(Walk *walk, Source *source)
{
    static const SourceOps ops = {zero_read_at, NULL};
    size_t size;
    bool is_stream = source_map(source, &size, NULL)[size - 1] == 's';
    g_autoptr(Source) zeroes = source_new(&ops, NULL, 1ull << 60);
    const Child child = {.name = "huge", .layer = "{\"part\":1}", .source = zeroes};
    bool goes_on = is_stream ? made_up_stream(walk, 0, "huge", (MadeUpStream){.size = 1ull << 60})
                             : walk_child(walk, &child);
    g_assert_false(goes_on && made_up_text(walk, 1, "never", "text"));
}

static void an_item_that_takes_for_ever_is_left_when_the_time_is_used_up(void)
{
    static const char *const texts[] = {"#huge:s", "#huge:-"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Walked) walked = walk_fixture_bytes(texts[i], strlen(texts[i]), "evidence",
                                                      (WalkFixtureOptions){.time_limit_ms = 50});
        assert_story(walked, "huge timeout [the time for this evidence file ran out]");
        g_assert_cmpuint(walked_find(walked, "huge")->size_bytes, <, 64ull << 30);
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_TIMEOUT);
    }
}

static void open_asking(Walk *walk, Source *source)
{
    g_autoptr(Source) sibling = walk_sibling(walk, "sibling");
    walk_add_finding(walk, FINDING_SEGMENT, sibling != NULL ? source_size(sibling) : 0, "%s, %s",
                     sibling != NULL ? "beside" : "nothing beside",
                     walk_verifies_images(walk) ? "verified" : "not verified");
    for (const char *const *password = walk_passwords(walk); *password != NULL; password++)
        walk_add_finding(walk, FINDING_ENCRYPTED, 0, "%s", *password);
    if (source_size(source) > 8)
        made_up_wrapped(walk, source);
}

static void only_the_evidence_file_has_siblings(void)
{
    g_autofree char *folder = g_dir_make_tmp("clew-walk-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "sibling", NULL);
    g_assert_true(g_file_set_contents(path, "12345", 5, NULL));
    static const char *const passwords[] = {"one", "two", NULL};
    g_autoptr(Walked) walked = walk_fixture_bytes(
        "#asking:#asking:", 16, "evidence",
        (WalkFixtureOptions){.folder = folder, .passwords = passwords, .verify_images = true});
    unlink(path);
    rmdir(folder);
    const WalkedItem *root = walked_root(walked), *inner = walked_find(walked, "inner");
    g_assert_cmpstr(walked_finding(root, FINDING_SEGMENT), ==, "beside, verified");
    g_assert_cmpuint(((const Finding *)root->findings->pdata[0])->bytes, ==, 5);
    g_assert_cmpstr(walked_finding(inner, FINDING_SEGMENT), ==, "nothing beside, verified");
    g_assert_cmpstr(last_finding(inner)->detail, ==, "two");
}

static void an_empty_file_is_examined(void)
{
    g_autoptr(Walked) walked = walk_text("");
    g_assert_cmpuint(walked->items->len, ==, 1);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

// A sink that ends the walk at a certain call.
typedef struct {
    unsigned calls, ends_at;
    bool has_ended;
} Ending;

static bool go_on(Ending *ending)
{
    g_assert_false(ending->has_ended);
    ending->has_ended = ++ending->calls == ending->ends_at;
    return !ending->has_ended;
}

static bool end_item(void *user_data, const WalkItem *item)
{
    return go_on(user_data);
}

static bool end_contents(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    return go_on(user_data);
}

static bool end_progress(void *user_data, uint64_t bytes)
{
    return go_on(user_data);
}

static void a_sink_that_ends_the_walk_is_not_called_again(void)
{
    g_autoptr(GByteArray) picture = made_up_picture("jpeg-rgb.jpg");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    append_text(bytes, "#wrapped:");
    append_array(bytes, picture);
    append_text(bytes, "and something behind it that is searched for more of the kind");
    unsigned ends_at = 0;
    bool is_whole = false;
    while (!is_whole) {
        Ending ending = {.ends_at = ++ends_at};
        const WalkSink sink = {.announce = end_item,
                               .contents = end_contents,
                               .finish = end_item,
                               .progress = end_progress,
                               .user_data = &ending};
        const WalkOptions options = {.name = "evidence", .spool = -1};
        g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
        is_whole = walk_run(source, &options, &sink);
        g_assert_cmpint(ending.has_ended, ==, !is_whole);
    }
    g_assert_cmpuint(ends_at, >, 6);
}

static const MadeUp rows[] = {
    {"asking", open_asking},
    {"bad_layers", open_bad_layers},
    {"big", open_big},
    {"busy", open_busy},
    {"endless", open_endless},
    {"greedy", open_greedy},
    {"huge", open_huge},
    {"itself", open_itself},
    {"listed", open_listed},
    {"many_addresses", open_many_addresses},
    {"many_findings", open_many_findings},
    {"named", open_named},
    {"partly", open_partly},
    {"statuses", open_statuses},
    {"structures", open_structures},
    {"three", open_three},
    {"two_sides", open_two_sides},
    {"unreadable", open_unreadable},
    {"wrapped", made_up_wrapped},
    {0},
};

#define ADD(name) g_test_add_func("/walk/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    made_up_use(rows);
    ADD(what_lies_in_an_item_comes_before_it);
    ADD(a_stream_is_digested_as_its_bytes);
    ADD(what_contains_itself_is_named_and_not_opened_again);
    ADD(too_deep_is_said_where_the_walk_turns_back);
    ADD(what_reading_fails_with_becomes_the_status);
    ADD(what_cannot_be_read_keeps_the_size_it_is_listed_with);
    ADD(what_can_be_read_of_an_item_is_digested);
    ADD(the_first_thing_that_is_wrong_is_the_status);
    ADD(never_more_is_not_examined_than_there_is);
    ADD(what_no_locator_can_name_is_said_of_its_container);
    ADD(findings_past_the_limit_are_said_to_be_missing);
    ADD(findings_of_two_sides_share_the_limit);
    ADD(addresses_past_the_limit_are_said_to_be_missing);
    ADD(a_picture_under_another_name_is_a_finding);
    ADD(a_structure_is_not_digested_and_speaks_of_itself);
    ADD(a_picture_is_handed_out_whole_and_nothing_else_is);
    ADD(what_does_not_fit_in_memory_goes_through_the_spool);
    ADD(fetching_gives_the_bytes_and_opens_nothing);
    ADD(fetching_what_has_no_bytes_says_why);
    ADD(a_walk_ends_when_its_time_is_used_up);
    ADD(an_item_that_takes_for_ever_is_left_when_the_time_is_used_up);
    ADD(only_the_evidence_file_has_siblings);
    ADD(an_empty_file_is_examined);
    ADD(a_sink_that_ends_the_walk_is_not_called_again);
    return g_test_run();
}
