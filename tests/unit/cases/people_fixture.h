// SPDX-License-Identifier: Apache-2.0
//
// Casework with people who can log in: all have the same password, each a second factor of their
// own. The record is verified when the fixture goes away: no test may leave it broken.
#pragma once

#include "cases/accounts.h"
#include "cases/totp.h"
#include "casework_fixture.h"

#define PEOPLE_PASSWORD "lantern orbit seventeen"
#define PEOPLE_ADDRESS "192.0.2.7"

typedef struct {
    CaseworkFixture casework;
} PeopleFixture;

void people_init(PeopleFixture *people);
void people_clear(PeopleFixture *people);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PeopleFixture, people_clear)

typedef struct {
    uint64_t id;
    uint8_t totp[TOTP_SECRET_BYTES];
    Actor actor; // with permissions, session "test"
} Person;

// An account that accepted its invitation; the name is borrowed.
Person people_add(PeopleFixture *people, const char *name, unsigned roles);

// The secret that an otpauth address holds.
void people_secret_of_uri(const char *uri, uint8_t ret_secret[TOTP_SECRET_BYTES]);
// The code that the person's authenticator shows now, or `steps` later.
const char *people_code(const PeopleFixture *people, const uint8_t *secret, int steps);

// Logs in and insists that it works; NULL for `code` leaves the second factor out. Yours.
char *people_login(PeopleFixture *people, const char *name, const char *code);

Act *people_act(PeopleFixture *people, const Actor *actor, AuditAction action);
void people_commit(Act *act); // takes it

// Leaves of an action so far.
unsigned people_leaves(PeopleFixture *people, const char *action);
int64_t people_number(PeopleFixture *people, const char *sql);
