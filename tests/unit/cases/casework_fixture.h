// SPDX-License-Identifier: Apache-2.0
//
// A data folder with casework in it, for one test: units, people, a case, media of generated facts.
// With CLEW_TEST_POSTGRES=postgresql://… in the environment the database is there, in a schema of
// its own that goes away with the fixture; else it is SQLite in the folder.
#pragma once

#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/casework.h"
#include "cases/ingest.h"

typedef struct {
    char *parent;       // removed with everything in it
    char *folder;       // of the data
    char *url, *schema; // of PostgreSQL; NULL: SQLite
    Casework *work;
    int64_t now_us; // the clock of `work`; tests may move it
    uint64_t unit[2];
    // ann (investigator) and bob (reviewer) of unit 0, eve (reviewer and investigator) of unit 1,
    // aud (auditor) and adm (administrator) and cur (list curator) of unit 0.
    Actor ann, bob, eve, aud, adm, cur;
    uint64_t case_id; // "24-001" of unit 0, scheme vics-us; members ann and bob
} CaseworkFixture;

void casework_fixture_init(CaseworkFixture *fixture);
void casework_fixture_clear(CaseworkFixture *fixture);

// The same in a data folder and, unless `url` is NULL, an empty PostgreSQL database that stay when
// the fixture is left.
void casework_fixture_init_in(CaseworkFixture *fixture, const char *folder, const char *url);
void casework_fixture_leave(CaseworkFixture *fixture);

// Another handle on the same database, as another process has it. Yours.
Casework *casework_fixture_open_again(const CaseworkFixture *fixture);

// Another case, of the actor's unit.
uint64_t casework_fixture_case(CaseworkFixture *fixture, const Actor *actor, const char *number);

// A picture's facts, made from `seed`: its digests and hashes are those of no other seed, more than
// 100 bits away. `flips` bits of each hash are turned, so the same seed with few flips is a near
// duplicate.
typedef struct {
    unsigned seed;
    unsigned flips;
    const char *path;    // NULL: "picture-SEED-FLIPS.jpg"
    const char *notable; // name of a notable set that it matches exactly (made up); NULL: none
    const char *camera;  // EXIF model; NULL: no EXIF
    bool ignorable;      // left out
    bool has_preview;    // some bytes as its preview
    bool is_video;       // one without hashes: it stands alone
    unsigned findings;   // bits 1 << FindingType
} FixturePicture;

// The facts of such a picture. Yours.
StillFacts *casework_fixture_still(unsigned seed, unsigned flips);

// Ingests them into the case as evidence `evidence`.
void casework_fixture_ingest(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id,
                             const char *evidence, const FixturePicture *pictures, size_t count);

// media id and case_media id of a picture that was ingested; 0 when it is not there.
uint64_t casework_fixture_media(CaseworkFixture *fixture, unsigned seed, unsigned flips);
uint64_t casework_fixture_case_media(CaseworkFixture *fixture, uint64_t case_id, unsigned seed,
                                     unsigned flips);
