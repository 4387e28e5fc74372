// SPDX-License-Identifier: Apache-2.0
//
// Cases with leads between them, and people who are signed in.
//
//     make_leads FOLDER                  makes the data folder, which must not be there
//     make_leads FOLDER CASE SEED…       brings more pictures into a case, also beside a server
//
// Case 24-001 of unit North has ann and bob as members; 24-002 of South has eve alone. Pictures of
// one make of camera lie in a folder of one name, and are decided to be notable. Prints JSON:
// cases, media by seed, sessions by name.
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases/accounts_secret.h"
#include "leads_fixture.h"
#include "store/session_rows.h"

#define HOUR_US G_TIME_SPAN_HOUR

static void check(GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "make_leads: %s\n", error->message);
    exit(1);
}

static uint64_t add_picture(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id,
                            unsigned seed)
{
    g_autofree char *path = g_strdup_printf("/Blue Garden/gate %u.jpg", seed);
    const FixturePicture picture = {.seed = seed, .camera = "One", .path = path};
    casework_fixture_ingest(fixture, actor, case_id, "disk", &picture, 1);
    uint64_t media = casework_fixture_media(fixture, seed, 0);
    leads_decide(fixture, case_id, media, "1");
    return media;
}

static void sign_in(CaseworkFixture *fixture, const Actor *actor, const char *before)
{
    GError *error = NULL;
    int64_t now_us = g_get_real_time();
    SessionRow row = {.account_id = actor->account_id,
                      .made_us = now_us,
                      .seen_us = now_us,
                      .ends_us = now_us + HOUR_US,
                      .second_factor_us = now_us,
                      .address = (char *)"127.0.0.1"};
    char *session = secret_new("session", row.id_hash);
    Database *database = casework_database(fixture->work);
    database_begin_write(database, &error);
    check(error);
    session_row_insert(database, &row, &error);
    check(error);
    database_commit(database, &error);
    check(error);
    printf("%s\"%s\":{\"account\":%" G_GUINT64_FORMAT ",\"session\":\"%s\"}", before, actor->name,
           actor->account_id, session);
    secret_free(session);
}

static int make(const char *folder)
{
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    uint64_t south = casework_fixture_case(&fixture, &fixture.eve, "24-002");
    printf("{\"north\":%" G_GUINT64_FORMAT ",\"south\":%" G_GUINT64_FORMAT ",\"media\":{",
           fixture.case_id, south);
    for (unsigned seed = 1; seed <= 3; seed++)
        printf("%s\"%u\":%" G_GUINT64_FORMAT, seed > 1 ? "," : "", seed,
               add_picture(&fixture, &fixture.ann, fixture.case_id, seed));
    printf("},\"people\":{");
    const Actor *const people[] = {&fixture.ann, &fixture.bob, &fixture.eve,
                                   &fixture.aud, &fixture.adm, &fixture.cur};
    for (unsigned i = 0; i < G_N_ELEMENTS(people); i++)
        sign_in(&fixture, people[i], i > 0 ? "," : "");
    printf("}}\n");
    casework_close(g_steal_pointer(&fixture.work));
    int failed = rename(fixture.folder, folder);
    if (failed)
        perror("make_leads");
    casework_fixture_clear(&fixture);
    return failed != 0;
}

static int add(const char *folder, uint64_t case_id, char **seeds)
{
    GError *error = NULL;
    Actor desk = actor_of_command_line("desk");
    CaseworkFixture fixture = {.case_id = case_id, .ann = desk};
    fixture.work =
        casework_open(&(CaseworkOptions){.data_folder = folder, .must_exist = true}, &error);
    check(error);
    printf("{\"media\":{");
    for (char **seed = seeds; *seed != NULL; seed++)
        printf("%s\"%s\":%" G_GUINT64_FORMAT, seed > seeds ? "," : "", *seed,
               add_picture(&fixture, &desk, case_id, (unsigned)atoi(*seed)));
    printf("}}\n");
    casework_close(fixture.work);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc == 3) {
        fprintf(stderr, "usage: make_leads FOLDER [CASE SEED...]\n");
        return 2;
    }
    g_unsetenv("CLEW_TEST_POSTGRES");
    return argc == 2 ? make(argv[1]) : add(argv[1], strtoull(argv[2], NULL, 10), argv + 3);
}
