// SPDX-License-Identifier: Apache-2.0
//
// A data folder with a case to review, and people who are signed in.
//
//     make_review FOLDER
//
// FOLDER, which must be empty or not there, becomes the data folder. Case 1 wants two voters; ann,
// bob and eve are its members. Prints what a test has to know as JSON: sessions and accounts by
// name, the stack of which bob's lease has ended.
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases/accounts_secret.h"
#include "casework_fixture.h"
#include "store/lease_rows.h"
#include "store/session_rows.h"

#define UNLIKE 30u // pictures that stand alone
#define LATE 30u   // seed of the one that bob looked at for too long
#define SHOWN 19u  // the one with a preview
#define FOUND 20u  // the one with a finding
#define HOUR_US G_TIME_SPAN_HOUR

static void check(GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "make_review: %s\n", error->message);
    exit(1);
}

static void prepare_case(CaseworkFixture *fixture)
{
    GError *error = NULL;
    Act *act = act_begin(fixture->work, &fixture->ann, AUDIT_CASE_CHANGED, &error);
    check(error);
    case_file_add_member(act, fixture->case_id, fixture->eve.account_id, &error);
    check(error);
    case_file_change(act, fixture->case_id,
                     &(CaseFileChange){.voters = 2, .voter_units = -1, .restricted = -1}, &error);
    check(error);
    act_commit(act, &error);
    check(error);
    act_free(act);
}

static void add_pictures(CaseworkFixture *fixture)
{
    FixturePicture pictures[UNLIKE + 2];
    for (unsigned i = 0; i < UNLIKE; i++)
        pictures[i] = (FixturePicture){.seed = i + 1, .has_preview = i == SHOWN};
    pictures[FOUND].findings = 1u << FINDING_DELETED;
    pictures[UNLIKE] = (FixturePicture){.seed = 1, .flips = 4};
    pictures[UNLIKE + 1] = (FixturePicture){.seed = 1, .flips = 8};
    casework_fixture_ingest(fixture, &fixture->ann, fixture->case_id, "phone", pictures,
                            G_N_ELEMENTS(pictures));
    uint64_t other = casework_fixture_case(fixture, &fixture->eve, "24-002");
    casework_fixture_ingest(fixture, &fixture->eve, other, "laptop", &(FixturePicture){.seed = 99},
                            1);
}

static uint64_t add_late_lease(CaseworkFixture *fixture)
{
    GError *error = NULL;
    const LeaseRow lease = {.stack_id =
                                casework_fixture_case_media(fixture, fixture->case_id, LATE, 0),
                            .account_id = fixture->bob.account_id,
                            .case_id = fixture->case_id,
                            .unit_id = fixture->bob.unit_id,
                            .ends_us = g_get_real_time() - HOUR_US};
    Database *database = casework_database(fixture->work);
    database_begin_write(database, &error);
    check(error);
    lease_rows_write(database, &lease, &error);
    check(error);
    database_commit(database, &error);
    check(error);
    return lease.stack_id;
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

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_review FOLDER\n");
        return 2;
    }
    g_unsetenv("CLEW_TEST_POSTGRES");
    CaseworkFixture fixture;
    casework_fixture_init(&fixture);
    prepare_case(&fixture);
    add_pictures(&fixture);
    uint64_t late = add_late_lease(&fixture);
    printf("{\"case\":%" G_GUINT64_FORMAT ",\"late\":%" G_GUINT64_FORMAT ",\"people\":{",
           fixture.case_id, late);
    const Actor *const people[] = {&fixture.ann, &fixture.bob, &fixture.eve,
                                   &fixture.aud, &fixture.adm, &fixture.cur};
    for (unsigned i = 0; i < G_N_ELEMENTS(people); i++)
        sign_in(&fixture, people[i], i > 0 ? "," : "");
    printf("}}\n");
    casework_close(g_steal_pointer(&fixture.work));
    int failed = rename(fixture.folder, argv[1]);
    if (failed)
        perror("make_review");
    casework_fixture_clear(&fixture);
    return failed != 0;
}
