// SPDX-License-Identifier: Apache-2.0
//
// Which items a worker takes, as rows: places are written "0.3.1", choices as letters: Take, Pass,
// Skip, Fetch.
#include "probe/evidence_choice.h"

#include <stdlib.h>
#include <string.h>

static Place place_of(const char *text)
{
    Place place = {0};
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    for (char **part = parts; *part != NULL; part++)
        place.ordinal[place.depth++] = (uint32_t)atoi(*part);
    return place;
}

static char letter_of(WalkChoice choice)
{
    static const char letters[] = {[WALK_TAKE] = 'T',
                                   [WALK_PASS] = 'P',
                                   [WALK_SKIP] = 'S',
                                   [WALK_FETCH] = 'F',
                                   [WALK_END] = 'E'};
    return letters[choice];
}

// What the walk comes to, in its order. `name` NULL: a stretch of searched space.
typedef struct {
    const char *place;
    const char *name;
    bool is_structure;
    const char *expected; // one letter for each share, or for each target
} Row;

static WalkItem item_of(const Row *row, const Place *place)
{
    return (WalkItem){.place = place->ordinal,
                      .depth = place->depth,
                      .name = row->name,
                      .layer = row->name != NULL ? "{\"number\":1}" : NULL,
                      .is_structure = row->is_structure};
}

static void check_walk(const Row *rows, size_t count, unsigned shares, const char *resume)
{
    for (unsigned share = 0; share < shares; share++) {
        EvidenceOpen open = {.share = share, .shares = shares, .has_resume = resume != NULL};
        if (resume != NULL)
            open.resume = place_of(resume);
        EvidenceChoice choice = {.open = &open};
        for (size_t i = 0; i < count; i++) {
            const Place place = place_of(rows[i].place);
            const WalkItem item = item_of(&rows[i], &place);
            g_test_message("share %u of %u, %s", share, shares, rows[i].place);
            g_assert_cmpint(letter_of(evidence_choice_walk(&choice, &item)), ==,
                            rows[i].expected[share]);
        }
    }
}

// ---- Shares -----------------------------------------------------------------------------------

static void one_worker_takes_everything(void)
{
    static const Row rows[] = {{"0", "a", false, "T"},
                               {"1", "p1", true, "T"},
                               {"1.0", "b", false, "T"},
                               {"1.1", NULL, false, "T"},
                               {"1.1.0", "@0x0", false, "T"}};
    check_walk(rows, G_N_ELEMENTS(rows), 1, NULL);
}

static void the_items_of_the_evidence_file_are_dealt_out(void)
{
    static const Row rows[] = {
        {"0", "a", false, "TSS"}, {"1", "b", false, "STS"},  {"2", "c", false, "SST"},
        {"3", "d", false, "TSS"}, {"4", NULL, false, "STS"}, // a stretch is dealt like an item
        {"5", "e", false, "SST"},
    };
    check_walk(rows, G_N_ELEMENTS(rows), 3, NULL);
}

static void what_lies_in_an_item_belongs_to_who_has_the_item(void)
{
    // Only what a worker takes is opened by it, so the rows are those of the worker that took "0".
    static const Row rows[] = {{"0", "a.zip", false, "T"},   {"0.0", "b", false, "T"},
                               {"0.1", "c.zip", false, "T"}, {"0.1.1", "d", false, "T"},
                               {"0.2", NULL, false, "T"},    {"0.2.0", "@0x0", false, "T"}};
    EvidenceOpen open = {.share = 0, .shares = 2};
    EvidenceChoice choice = {.open = &open};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Place place = place_of(rows[i].place);
        const WalkItem item = item_of(&rows[i], &place);
        g_assert_cmpint(evidence_choice_walk(&choice, &item), ==, WALK_TAKE);
    }
}

static void structures_are_walked_by_all_and_answered_for_by_the_first(void)
{
    static const Row rows[] = {
        {"0", "p1", true, "TPP"},     {"0.0", "fs", true, "TPP"},   {"0.0.0", "a", false, "TSS"},
        {"0.0.1", "b", false, "STS"}, {"0.0.2", "c", false, "SST"}, {"0.0.3", NULL, false, "TSS"},
        {"1", "p2", true, "TPP"},     {"1.1", "d", false, "STS"},   {"2", "gap", false, "SST"},
    };
    check_walk(rows, G_N_ELEMENTS(rows), 3, NULL);
}

static void a_structure_in_an_item_is_the_items(void)
{
    // The image that lies in a member of an archive.
    static const Row rows[] = {{"2", "disk.img", false, "T"},
                               {"2.0", "p1", true, "T"},
                               {"2.0.0", "a", false, "T"},
                               {"2.0.1", "b", false, "T"}};
    EvidenceOpen open = {.share = 0, .shares = 2};
    EvidenceChoice choice = {.open = &open};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Place place = place_of(rows[i].place);
        const WalkItem item = item_of(&rows[i], &place);
        g_assert_cmpint(letter_of(evidence_choice_walk(&choice, &item)), ==, rows[i].expected[0]);
    }
}

// ---- Behind a place ---------------------------------------------------------------------------

static void behind_a_place_only_what_comes_later_and_what_is_around_is_taken(void)
{
    static const Row rows[] = {
        {"0", "before", false, "S"},   {"1", "around", false, "T"}, {"1.0", "before", false, "S"},
        {"1.2", "around", false, "T"}, {"1.2.3", "it", false, "S"}, {"1.2.4", "next", false, "T"},
        {"1.3", "later", false, "T"},  {"2", "later", false, "T"},  {"2.0", "later", false, "T"},
    };
    check_walk(rows, G_N_ELEMENTS(rows), 1, "1.2.3");
}

static void a_finished_container_is_not_gone_into_again(void)
{
    static const Row rows[] = {{"0", "before", false, "S"},
                               {"1", "it", false, "S"},
                               {"2", "later", false, "T"},
                               {"2.0", "later", false, "T"}};
    check_walk(rows, G_N_ELEMENTS(rows), 1, "1");
}

static void a_share_goes_on_behind_a_place_that_was_another_shares(void)
{
    static const Row rows[] = {{"0", "p1", true, "TP"},    {"0.0", "a", false, "SS"},
                               {"0.1", "it", false, "SS"}, {"0.2", "b", false, "TS"},
                               {"0.3", "c", false, "ST"},  {"1", "d", false, "ST"}};
    check_walk(rows, G_N_ELEMENTS(rows), 2, "0.1");
}

// ---- One by one -------------------------------------------------------------------------------

static void only_the_target_and_what_is_around_it_is_entered(void)
{
    static const struct {
        const char *place, *target;
        WalkChoice choice;
        bool is_behind;
    } rows[] = {
        {"0", "1.2", WALK_SKIP, false},    {"1", "1.2", WALK_PASS, false},
        {"1.1", "1.2", WALK_SKIP, false},  {"1.2", "1.2", WALK_FETCH, false},
        {"1.3", "1.2", WALK_SKIP, true},   {"2", "1.2", WALK_SKIP, true},
        {"1.2.0", "1.2", WALK_SKIP, true}, {"0", "0", WALK_FETCH, false},
        {"0.0", "0", WALK_SKIP, true},     {"10", "9.1", WALK_SKIP, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Place place = place_of(rows[i].place), target = place_of(rows[i].target);
        const WalkItem item = {.place = place.ordinal, .depth = place.depth};
        bool is_behind = !rows[i].is_behind;
        g_test_message("%s for %s", rows[i].place, rows[i].target);
        g_assert_cmpint(evidence_choice_fetch(&target, &item, &is_behind), ==, rows[i].choice);
        g_assert_cmpint(is_behind, ==, rows[i].is_behind);
    }
}

// ---- Along a path -----------------------------------------------------------------------------

typedef struct {
    const char *place, *name, *layer;
    char expected;
} Step;

static void check_find(const char *const *path, bool is_layers, const Step *steps, size_t count)
{
    const EvidenceOpen open = {.mode = EVIDENCE_FIND};
    EvidenceChoice choice = {
        .open = &open, .path = (char **)(uintptr_t)path, .path_is_layers = is_layers};
    for (size_t i = 0; i < count; i++) {
        const Place place = place_of(steps[i].place);
        const WalkItem item = {.place = place.ordinal,
                               .depth = place.depth,
                               .name = steps[i].name,
                               .layer = steps[i].layer};
        g_test_message("%s %s", steps[i].place, steps[i].name);
        g_assert_cmpint(letter_of(evidence_choice_find(&choice, &item)), ==, steps[i].expected);
    }
}

static void escaped_names_are_compared_as_they_are_shown(void)
{
    static const char *const path[] = {"p1", "b \\x3e c", "line\\nbreak", NULL};
    static const Step steps[] = {
        {"0", "p2", "{\"n\":0}", 'S'},
        {"1", "p1", "{\"n\":1}", 'P'},
        {"1.0", "b", "{\"n\":0}", 'S'},
        {"1.1", "b > c", "{\"n\":1}", 'P'},
        {"1.1.0", "line\\nbreak", "{\"n\":0}", 'S'},
        {"1.1.1", "line\nbreak", "{\"n\":1}", 'F'},
        {"1.1.2", "line\nbreak", "{\"n\":2}", 'F'}, // a second one of that name
        {"2", "p1", "{\"n\":2}", 'P'},              // and a second way
        {"2.0", "b > c", "{\"n\":0}", 'P'},
        {"2.0.0", "line\nbreak", "{\"n\":0}", 'F'},
    };
    check_find(path, false, steps, G_N_ELEMENTS(steps));
}

static void layers_lead_to_one(void)
{
    static const char *const path[] = {"{\"n\":1}", "{\"m\":\"a b\"}", NULL};
    static const Step steps[] = {
        {"0", "same", "{\"n\":10}", 'S'},      {"1", "same", "{\"n\":1}", 'P'},
        {"1.0", "{\"m\":\"a b\"}", "{}", 'S'}, {"1.1", "x", "{\"m\":\"a b\"}", 'F'},
        {"1.2", "x", "{\"m\":\"a  b\"}", 'S'},
    };
    check_find(path, true, steps, G_N_ELEMENTS(steps));
}

static void only_carved_items_are_looked_for_in_searched_space(void)
{
    static const char *const carved[] = {"p1", "@0x200", NULL};
    static const Step ways[] = {{"0", "p1", "{\"n\":0}", 'P'},
                                {"0.0", NULL, NULL, 'P'},
                                {"0.0.0", "@0x100", "{\"offset\":256,\"size\":1}", 'S'},
                                {"0.0.1", "@0x200", "{\"offset\":512,\"size\":1}", 'F'},
                                {"0.1", "@0x200", "{\"n\":3}", 'F'}};
    check_find(carved, false, ways, G_N_ELEMENTS(ways));

    static const char *const layers[] = {"{\"n\":0}", "{\"offset\":512,\"size\":1}", NULL};
    static const Step exact[] = {{"0", "p1", "{\"n\":0}", 'P'},
                                 {"0.0", NULL, NULL, 'P'},
                                 {"0.0.1", "@0x200", "{\"offset\":512,\"size\":1}", 'F'}};
    check_find(layers, true, exact, G_N_ELEMENTS(exact));

    static const char *const named[] = {"p1", "a.jpg", NULL};
    static const Step none[] = {{"0", "p1", "{\"n\":0}", 'P'}, {"0.0", NULL, NULL, 'S'}};
    check_find(named, false, none, G_N_ELEMENTS(none));
}

static void an_empty_path_leads_nowhere(void)
{
    static const char *const path[] = {NULL};
    static const Step steps[] = {{"0", "a", "{\"n\":0}", 'S'}, {"1", NULL, NULL, 'S'}};
    check_find(path, false, steps, G_N_ELEMENTS(steps));
}

#define ADD(name) g_test_add_func("/evidence_choice/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(one_worker_takes_everything);
    ADD(the_items_of_the_evidence_file_are_dealt_out);
    ADD(what_lies_in_an_item_belongs_to_who_has_the_item);
    ADD(structures_are_walked_by_all_and_answered_for_by_the_first);
    ADD(a_structure_in_an_item_is_the_items);
    ADD(behind_a_place_only_what_comes_later_and_what_is_around_is_taken);
    ADD(a_finished_container_is_not_gone_into_again);
    ADD(a_share_goes_on_behind_a_place_that_was_another_shares);
    ADD(only_the_target_and_what_is_around_it_is_entered);
    ADD(escaped_names_are_compared_as_they_are_shown);
    ADD(layers_lead_to_one);
    ADD(only_carved_items_are_looked_for_in_searched_space);
    ADD(an_empty_path_leads_nowhere);
    return g_test_run();
}
