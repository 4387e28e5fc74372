// SPDX-License-Identifier: Apache-2.0
#include "casework_fixture.h"

#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "store/media_rows.h"

#define START_US INT64_C(1767225600000000) // 2026-01-01

// ---- The database -----------------------------------------------------------------------------

// A schema of its own in the database for tests; NULL: SQLite.
static char *postgres_schema(char **ret_schema)
{
    const char *url = g_getenv("CLEW_TEST_POSTGRES");
    if (url == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    *ret_schema = g_strdup_printf("casework_%d_%08x", getpid(), g_random_int());
    g_autoptr(Database) database = database_open_url(url, 5000, &error);
    g_assert_no_error(error);
    g_autofree char *create = g_strdup_printf("CREATE SCHEMA %s", *ret_schema);
    database_execute(database, create, &error);
    g_assert_no_error(error);
    return g_strdup_printf("%s%soptions=-csearch_path%%3D%s", url,
                           strchr(url, '?') != NULL ? "&" : "?", *ret_schema);
}

static void drop_schema(const char *schema)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = database_open_url(g_getenv("CLEW_TEST_POSTGRES"), 5000, &error);
    g_assert_no_error(error);
    g_autofree char *drop = g_strdup_printf("DROP SCHEMA %s CASCADE", schema);
    database_execute(database, drop, &error);
    g_assert_no_error(error);
}

static int64_t fixture_clock(void *user_data)
{
    return *(int64_t *)user_data;
}

Casework *casework_fixture_open_again(const CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Casework *work = casework_open(
        &(CaseworkOptions){.data_folder = fixture->folder, .database = fixture->url}, &error);
    g_assert_no_error(error);
    casework_set_clock(work, fixture_clock, (void *)&fixture->now_us);
    return work;
}

// ---- People -----------------------------------------------------------------------------------

static void run(Act *act, const char *sql, uint64_t id, const char *name, int64_t number,
                int64_t second)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Statement) statement = statement_prepare(act_database(act), sql, &error);
    g_assert_no_error(error);
    statement_bind_int(statement, 1, (int64_t)id);
    statement_bind_int(statement, 2, (int64_t)act_seq(act));
    statement_bind_text(statement, 3, name);
    statement_bind_int(statement, 4, number);
    statement_bind_int(statement, 5, second);
    statement_run(statement, &error);
    g_assert_no_error(error);
}

static uint64_t add_unit(Act *act, const char *name)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    act_new_ids(act, TABLE_UNIT, 1, &id, &error);
    g_assert_no_error(error);
    run(act,
        "INSERT INTO unit (id, seq, name, agency, country, contact, state, made_us) VALUES (?1, "
        "?2, ?3, 'Agency', 'NL', 'desk ' || ?3, 'active', ?4 + ?5)",
        id, name, act_now_us(act), 0);
    act_wrote(act, TABLE_UNIT, id);
    return id;
}

static Actor add_person(Act *act, const char *name, uint64_t unit_id, unsigned roles)
{
    g_autoptr(GError) error = NULL;
    uint64_t id;
    act_new_ids(act, TABLE_ACCOUNT, 1, &id, &error);
    g_assert_no_error(error);
    run(act,
        "INSERT INTO account (id, seq, name, display, unit_id, roles, state, made_us) VALUES (?1, "
        "?2, ?3, ?3, ?4, ?5, 'active', 0)",
        id, name, (int64_t)unit_id, roles);
    act_wrote(act, TABLE_ACCOUNT, id);
    return (Actor){.account_id = id,
                   .unit_id = unit_id,
                   .name = name,
                   .session = "test",
                   .roles = roles,
                   .permissions = permissions_of_roles(roles)};
}

static void add_people(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Actor root = actor_of_command_line("root");
    g_autoptr(Act) act = act_begin(fixture->work, &root, AUDIT_STARTED, &error);
    g_assert_no_error(error);
    fixture->unit[0] = add_unit(act, "North");
    fixture->unit[1] = add_unit(act, "South");
    fixture->ann = add_person(act, "ann", fixture->unit[0], 1u << ROLE_INVESTIGATOR);
    fixture->bob = add_person(act, "bob", fixture->unit[0], 1u << ROLE_REVIEWER);
    fixture->eve =
        add_person(act, "eve", fixture->unit[1], 1u << ROLE_REVIEWER | 1u << ROLE_INVESTIGATOR);
    fixture->aud = add_person(act, "aud", fixture->unit[0], 1u << ROLE_AUDITOR);
    fixture->adm = add_person(act, "adm", fixture->unit[0], 1u << ROLE_ADMINISTRATOR);
    fixture->cur = add_person(act, "cur", fixture->unit[0], 1u << ROLE_LIST_CURATOR);
    act_commit(act, &error);
    g_assert_no_error(error);
}

uint64_t casework_fixture_case(CaseworkFixture *fixture, const Actor *actor, const char *number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(fixture->work, actor, AUDIT_CASE_OPENED, &error);
    g_assert_no_error(error);
    g_autoptr(CaseFile) file =
        case_file_open(act, &(CaseFileNew){.number = number, .scheme = "vics-us"}, &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
    return file->id;
}

static void begin_work(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->work = casework_fixture_open_again(fixture);
    add_people(fixture);
    fixture->case_id = casework_fixture_case(fixture, &fixture->ann, "24-001");
    g_autoptr(Act) act = act_begin(fixture->work, &fixture->ann, AUDIT_MEMBER_CHANGED, &error);
    g_assert_no_error(error);
    case_file_add_member(act, fixture->case_id, fixture->bob.account_id, &error);
    g_assert_no_error(error);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            unlink(child);
    }
    rmdir(path);
}

void casework_fixture_init(CaseworkFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    *fixture = (CaseworkFixture){.now_us = START_US};
    fixture->parent = g_dir_make_tmp("clew-casework-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->folder = g_build_filename(fixture->parent, "data", NULL);
    fixture->url = postgres_schema(&fixture->schema);
    begin_work(fixture);
}

void casework_fixture_init_in(CaseworkFixture *fixture, const char *folder, const char *url)
{
    *fixture = (CaseworkFixture){
        .now_us = g_get_real_time(), .folder = g_strdup(folder), .url = g_strdup(url)};
    begin_work(fixture);
}

void casework_fixture_leave(CaseworkFixture *fixture)
{
    casework_close(fixture->work);
    g_free(fixture->url);
    g_free(fixture->folder);
}

void casework_fixture_clear(CaseworkFixture *fixture)
{
    casework_close(fixture->work);
    if (fixture->schema != NULL)
        drop_schema(fixture->schema);
    remove_tree(fixture->parent);
    g_free(fixture->schema);
    g_free(fixture->url);
    g_free(fixture->parent);
    g_free(fixture->folder);
}

// ---- Pictures ---------------------------------------------------------------------------------

static void fill(GRand *random, uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        bytes[i] = (uint8_t)g_rand_int_range(random, 0, 256);
}

static void digests_of(unsigned seed, unsigned flips, Digests *digests)
{
    g_autoptr(GRand) random = g_rand_new_with_seed_array((const guint32[]){seed, flips, 1}, 3);
    fill(random, digests->md5, sizeof digests->md5);
    fill(random, digests->sha1, sizeof digests->sha1);
    fill(random, digests->sha256, sizeof digests->sha256);
}

// Bit i * 7 of each hash is turned for i < flips.
StillFacts *casework_fixture_still(unsigned seed, unsigned flips)
{
    StillFacts *still = still_facts_new();
    still->decoded = true;
    still->width = 640;
    still->height = 480;
    still->frames = 1;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed + 1000);
    for (unsigned pipeline = PIPELINE_512; pipeline <= PIPELINE_FULL; pipeline++) {
        PdqFacts *pdq = &still->pdq[pipeline];
        pdq->present = true;
        pdq->quality = 90;
        for (unsigned turn = 0; turn < ORIENTATION_COUNT; turn++) {
            fill(random, pdq->hash[turn], PDQ_BYTES);
            for (unsigned i = 0; i < flips; i++)
                pdq->hash[turn][i * 7 / 8 % PDQ_BYTES] ^= (uint8_t)(1u << i * 7 % 8);
        }
    }
    return still;
}

static Record *record_of(const FixturePicture *picture)
{
    Record *record = record_new();
    record->path = picture->path != NULL
                       ? g_strdup(picture->path)
                       : g_strdup_printf("picture-%u-%u.jpg", picture->seed, picture->flips);
    record->locator = g_strdup_printf("[\"%s\"]", record->path);
    g_autofree char *id = g_compute_checksum_for_string(G_CHECKSUM_SHA256, record->path, -1);
    record->item_id = g_strndup(id, (size_t)2 * ITEM_KEY_BYTES);
    record->has_size = record->has_digests = true;
    record->size_bytes = 1000 + picture->seed;
    record->media_type = picture->is_video ? "video/mp4" : "image/jpeg";
    digests_of(picture->seed, picture->flips, &record->digests);
    for (unsigned i = 0; i < FINDING_TYPE_COUNT; i++)
        if (picture->findings & (1u << i))
            findings_add(record->findings, (FindingType)i, 0, NULL);
    if (picture->is_video)
        return record;
    record->still = casework_fixture_still(picture->seed, picture->flips);
    if (picture->camera != NULL) {
        record->still->exif.present = true;
        record->still->exif.make = g_strdup("Maker");
        record->still->exif.model = g_strdup(picture->camera);
    }
    return record;
}

static void ingest_one(Ingest *ingest, const FixturePicture *picture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_of(picture);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    if (picture->notable != NULL) {
        const Match match = {.set_name = picture->notable,
                             .entry = (UINT64_C(1) << 32) + picture->seed,
                             .meaning = MEANING_NOTABLE,
                             .type = MATCH_EXACT,
                             .digests = 1u << HASH_SHA256};
        g_array_append_val(matches, match);
    }
    g_autoptr(PreviewSet) previews = preview_set_new();
    if (picture->has_preview)
        preview_set_add(previews, PREVIEW_192, 0, 192, 144, g_bytes_new_static("preview", 7));
    ingest_add(ingest,
               &(IngestItem){.record = record,
                             .matches = matches,
                             .is_media = true,
                             .left_out = picture->ignorable,
                             .previews = picture->has_preview ? previews : NULL},
               &error);
    g_assert_no_error(error);
}

void casework_fixture_ingest(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id,
                             const char *evidence, const FixturePicture *pictures, size_t count)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ingest) ingest = ingest_open(
        fixture->work, actor,
        &(IngestOptions){.case_id = case_id, .evidence = evidence, .evidence_root = "/evidence"},
        &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < count; i++)
        ingest_one(ingest, &pictures[i]);
    ingest_flush(ingest, &error);
    g_assert_no_error(error);
}

static MediaKnown known_of(CaseworkFixture *fixture, uint64_t case_id, unsigned seed,
                           unsigned flips)
{
    g_autoptr(GError) error = NULL;
    Digests digests;
    digests_of(seed, flips, &digests);
    g_autoptr(GArray) known = g_array_new(FALSE, TRUE, sizeof(MediaKnown));
    media_rows_known(casework_database(fixture->work), case_id,
                     (const uint8_t(*)[SHA256_BYTES])digests.sha256, 1, known, &error);
    g_assert_no_error(error);
    return known->len > 0 ? g_array_index(known, MediaKnown, 0) : (MediaKnown){0};
}

uint64_t casework_fixture_media(CaseworkFixture *fixture, unsigned seed, unsigned flips)
{
    return known_of(fixture, fixture->case_id, seed, flips).media_id;
}

uint64_t casework_fixture_case_media(CaseworkFixture *fixture, uint64_t case_id, unsigned seed,
                                     unsigned flips)
{
    return known_of(fixture, case_id, seed, flips).case_media_id;
}
