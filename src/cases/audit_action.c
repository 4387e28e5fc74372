// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_action.h"

#include <glib.h>

static const char *const names[AUDIT_ACTION_COUNT] = {
    [AUDIT_STARTED] = "started",
    [AUDIT_LOGIN] = "login",
    [AUDIT_LOGIN_REFUSED] = "login_refused",
    [AUDIT_LOGOUT] = "logout",
    [AUDIT_SECOND_FACTOR] = "second_factor",
    [AUDIT_ACCOUNT_CHANGED] = "account_changed",
    [AUDIT_UNIT_CHANGED] = "unit_changed",
    [AUDIT_TOKEN_CHANGED] = "token_changed",
    [AUDIT_CASE_OPENED] = "case_opened",
    [AUDIT_CASE_CHANGED] = "case_changed",
    [AUDIT_MEMBER_CHANGED] = "member_changed",
    [AUDIT_INGEST] = "ingest",
    [AUDIT_PREVIEWS] = "previews",
    [AUDIT_SCAN] = "scan",
    [AUDIT_REVEAL] = "reveal",
    [AUDIT_REVEAL_ENDED] = "reveal_ended",
    [AUDIT_FULL_VIEW] = "full_view",
    [AUDIT_VOTE] = "vote",
    [AUDIT_VOTE_UNDONE] = "vote_undone",
    [AUDIT_NOTE] = "note",
    [AUDIT_SEARCH] = "search",
    [AUDIT_EXPORT] = "export",
    [AUDIT_IMPORT] = "import",
    [AUDIT_SET_CHANGED] = "set_changed",
    [AUDIT_SERIES_CHANGED] = "series_changed",
    [AUDIT_VICTIM_CHANGED] = "victim_changed",
    [AUDIT_IDENTIFIER_CHANGED] = "identifier_changed",
    [AUDIT_ENQUIRY] = "enquiry",
    [AUDIT_ENQUIRY_ANSWERED] = "enquiry_answered",
    [AUDIT_RETENTION_CHANGED] = "retention_changed",
    [AUDIT_EXPUNGE_ASKED] = "expunge_asked",
    [AUDIT_EXPUNGED] = "expunged",
    [AUDIT_MATCHED] = "matched",
    [AUDIT_BACKUP] = "backup",
    [AUDIT_COMPARED] = "compared",
};

const char *audit_action_name(AuditAction action)
{
    g_return_val_if_fail((unsigned)action < AUDIT_ACTION_COUNT, "unknown");
    return names[action];
}
