// SPDX-License-Identifier: Apache-2.0
//
// What the record knows as acts. The name is part of the record and never changes.
#pragma once

typedef enum {
    AUDIT_STARTED,       // the store was made
    AUDIT_LOGIN,         // somebody signed in
    AUDIT_LOGIN_REFUSED, // in aggregate
    AUDIT_LOGOUT,
    AUDIT_SECOND_FACTOR,   // a code was accepted
    AUDIT_ACCOUNT_CHANGED, // made, roles, state, invitation, password
    AUDIT_UNIT_CHANGED,
    AUDIT_TOKEN_CHANGED,
    AUDIT_CASE_OPENED,
    AUDIT_CASE_CHANGED,
    AUDIT_MEMBER_CHANGED,
    AUDIT_INGEST,       // records came in
    AUDIT_PREVIEWS,     // previews came in
    AUDIT_SCAN,         // a scan was started, ended, cancelled
    AUDIT_REVEAL,       // a preview was shown
    AUDIT_REVEAL_ENDED, // and for how long
    AUDIT_FULL_VIEW,
    AUDIT_VOTE,
    AUDIT_VOTE_UNDONE,
    AUDIT_NOTE,
    AUDIT_SEARCH,
    AUDIT_EXPORT,
    AUDIT_IMPORT,      // a case document
    AUDIT_SET_CHANGED, // import, add, withdraw, reinstate, remove
    AUDIT_SERIES_CHANGED,
    AUDIT_VICTIM_CHANGED,
    AUDIT_IDENTIFIER_CHANGED,
    AUDIT_ENQUIRY, // is it known elsewhere?
    AUDIT_ENQUIRY_ANSWERED,
    AUDIT_RETENTION_CHANGED,
    AUDIT_EXPUNGE_ASKED,
    AUDIT_EXPUNGED,
    AUDIT_MATCHED, // hashes asked by a service, in aggregate
    AUDIT_BACKUP,
    AUDIT_COMPARED, // two media, by their previews
    AUDIT_ACTION_COUNT,
} AuditAction;

const char *audit_action_name(AuditAction action);
