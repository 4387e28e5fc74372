// SPDX-License-Identifier: Apache-2.0
//
// A store that is in use, on either database, for tests of what is done with it as a whole:
//
//     make_store DATA [URL]
//
// DATA, which must not be there, becomes the data folder; URL names a PostgreSQL database that is
// empty. It holds the fixture's people and case with pictures in stacks and with previews. Prints
// the case and sessions of ann and bob as JSON.
#include <glib.h>
#include <stdio.h>

#include "cases/accounts_secret.h"
#include "cases/preview_store.h"
#include "casework_fixture.h"
#include "store/session_rows.h"

#define PICTURES 12u
#define HOUR_US G_TIME_SPAN_HOUR

static void check(GError *error)
{
    if (error != NULL)
        g_error("%s", error->message);
}

static void add_preview(CaseworkFixture *fixture, unsigned seed)
{
    GError *error = NULL;
    g_autofree char *drawing = g_strdup_printf("a drawing of shape %u", seed);
    g_autoptr(PreviewSet) previews = preview_set_new();
    preview_set_add(previews, PREVIEW_192, 0, 192, 108, g_bytes_new(drawing, strlen(drawing)));
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_PREVIEWS, &error);
    check(error);
    preview_store(act, casework_fixture_media(fixture, seed, 0), previews, NULL, &error);
    check(error);
    act_commit(act, &error);
    check(error);
}

static void add_pictures(CaseworkFixture *fixture)
{
    FixturePicture pictures[PICTURES + 1];
    for (unsigned i = 0; i < PICTURES; i++)
        pictures[i] = (FixturePicture){.seed = i + 1};
    pictures[PICTURES] = (FixturePicture){.seed = 1, .flips = 4};
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "phone", pictures,
                            G_N_ELEMENTS(pictures));
    for (unsigned i = 0; i < PICTURES; i++)
        add_preview(fixture, i + 1);
}

static void sign_in(CaseworkFixture *fixture, const Actor *actor)
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
    printf(",\"%s\":\"%s\"", actor->name, session);
    secret_free(session);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: make_store DATA [URL]\n");
        return 2;
    }
    g_unsetenv("CLEW_TEST_POSTGRES");
    CaseworkFixture fixture;
    casework_fixture_init_in(&fixture, argv[1], argv[2]);
    add_pictures(&fixture);
    printf("{\"case\":%" G_GUINT64_FORMAT, fixture.case_id);
    sign_in(&fixture, &fixture.ann);
    sign_in(&fixture, &fixture.bob);
    printf("}\n");
    casework_fixture_leave(&fixture);
    return 0;
}
