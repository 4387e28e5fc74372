// SPDX-License-Identifier: Apache-2.0
//
// What tests of series, victims, enquiries, links, expunge and search share: acts in one line, a
// decision without voters, and a look at the whole record at the end.
#pragma once

#include "casework_fixture.h"

// Fails the test on an error.
Act *leads_begin(CaseworkFixture *fixture, const Actor *actor, AuditAction action);
void leads_commit(Act *act); // and frees it

// The media is decided to be of this category.
void leads_decide(CaseworkFixture *fixture, uint64_t case_id, uint64_t media_id,
                  const char *category);

void leads_restrict(CaseworkFixture *fixture, const Actor *actor, uint64_t case_id,
                    bool restricted);

// Every leaf, payload and row fits.
void leads_assert_record_is_whole(CaseworkFixture *fixture);

// Leaves about a case with this action.
unsigned leads_count_leaves(CaseworkFixture *fixture, uint64_t case_id, AuditAction action);

// What a query of one number says.
int64_t leads_number(CaseworkFixture *fixture, const char *sql);

// A test on a fixture of its own.
void leads_add_test(const char *path, void (*test)(CaseworkFixture *fixture));
