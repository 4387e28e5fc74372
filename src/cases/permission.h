// SPDX-License-Identifier: Apache-2.0
//
// Who may do what. A person has roles, a token has scopes; both come down to a set of permissions,
// and this table is the only place that says which. Whether a person may do it *in this case* is
// asked with casework membership (cases/case_file.h); what a person may not see does not exist for
// them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    ROLE_ADMINISTRATOR, // units, accounts, policies, retention; sees no media
    ROLE_INVESTIGATOR,  // works cases: evidence, series, victims, export
    ROLE_REVIEWER,      // looks and votes
    ROLE_AUDITOR,       // reads the record and every case's facts; sees no media, changes nothing
    ROLE_LIST_CURATOR,  // hash sets
    ROLE_COUNT,
} Role;

// "administrator" …
const char *role_name(Role role);
bool role_from_name(const char *name, Role *ret_role);

typedef enum {
    PERMISSION_NONE,        // for everybody, also strangers: health
    PERMISSION_SIGNED_IN,   // any account: own session, schemes
    PERMISSION_ADMINISTER,  // units, accounts, roles, tokens of others, policies
    PERMISSION_CASE_READ,   // facts of a case
    PERMISSION_CASE_CREATE, // open a case
    PERMISSION_CASE_WRITE,  // evidence, members, notes, tags, series, victims, identifiers
    PERMISSION_INGEST,      // bring records and previews into a case; start a scan
    PERMISSION_REVIEW,      // lease stacks, vote
    PERMISSION_REVEAL,      // see a preview (second factor)
    PERMISSION_FULL_VIEW,   // see the evidence itself through the worker (second factor)
    PERMISSION_EXPORT,      // documents and evidence bytes out of a case (second factor)
    PERMISSION_EXPUNGE,     // ask for, or approve, an expunge (second factor)
    PERMISSION_SEARCH,      // across the cases one may see
    PERMISSION_SETS_READ,   // sets and their state; entries as opaque numbers
    PERMISSION_SETS_WRITE,  // import, withdraw, reinstate, policies of sets
    PERMISSION_STATISTICS,
    PERMISSION_AUDIT_READ, // the record, proofs
    PERMISSION_MATCH,      // POST /match, for services that check uploads
    PERMISSION_ENQUIRE,    // is it already known elsewhere?; answer enquiries
    PERMISSION_COUNT,
} Permission;

const char *permission_name(Permission permission); // "case_read" …

// Bit set over Permission.
typedef uint32_t Permissions;
#define PERMISSION_BIT(permission) (1u << (permission))

// What the roles (bits 1 << Role) of an active account allow.
Permissions permissions_of_roles(unsigned roles);

// What a token may be made for. A token never has more than its account.
typedef enum {
    SCOPE_MATCH,     // PERMISSION_MATCH and nothing else
    SCOPE_INGEST,    // records and previews into its case
    SCOPE_CASE_READ, // facts of its case
    SCOPE_AUDIT_READ,
    SCOPE_COUNT,
} Scope;

const char *scope_name(Scope scope);
bool scope_from_name(const char *name, Scope *ret_scope);
Permissions permissions_of_scopes(unsigned scopes);

// These need a second factor in the session unless the server's policy says otherwise.
bool permission_needs_second_factor(Permission permission);
