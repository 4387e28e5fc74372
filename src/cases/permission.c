// SPDX-License-Identifier: Apache-2.0
#include "cases/permission.h"

#include <glib.h>

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_ADMINISTRATOR] = "administrator", [ROLE_INVESTIGATOR] = "investigator",
    [ROLE_REVIEWER] = "reviewer",           [ROLE_AUDITOR] = "auditor",
    [ROLE_LIST_CURATOR] = "list_curator",
};

static const char *const scope_names[SCOPE_COUNT] = {
    [SCOPE_MATCH] = "match",
    [SCOPE_INGEST] = "ingest",
    [SCOPE_CASE_READ] = "case_read",
    [SCOPE_AUDIT_READ] = "audit_read",
};

#define ROLE_BIT(role) (1u << (role))
#define ALL_ROLES (ROLE_BIT(ROLE_COUNT) - 1)

typedef struct {
    const char *name;
    unsigned roles;  // any of these has it
    unsigned scopes; // any of these gives it to a token
    bool second_factor;
} PermissionRow;

static const PermissionRow rows[PERMISSION_COUNT] = {
    [PERMISSION_NONE] = {"none", ALL_ROLES, ~0u, false},
    [PERMISSION_SIGNED_IN] = {"signed_in", ALL_ROLES, 0, false},
    [PERMISSION_ADMINISTER] = {"administer", ROLE_BIT(ROLE_ADMINISTRATOR), 0, true},
    [PERMISSION_CASE_READ] = {"case_read",
                              ROLE_BIT(ROLE_INVESTIGATOR) | ROLE_BIT(ROLE_REVIEWER) |
                                  ROLE_BIT(ROLE_AUDITOR),
                              1u << SCOPE_CASE_READ | 1u << SCOPE_INGEST, false},
    [PERMISSION_CASE_CREATE] = {"case_create", ROLE_BIT(ROLE_INVESTIGATOR), 0, false},
    [PERMISSION_CASE_WRITE] = {"case_write", ROLE_BIT(ROLE_INVESTIGATOR), 0, false},
    [PERMISSION_INGEST] = {"ingest", ROLE_BIT(ROLE_INVESTIGATOR), 1u << SCOPE_INGEST, false},
    [PERMISSION_REVIEW] = {"review", ROLE_BIT(ROLE_INVESTIGATOR) | ROLE_BIT(ROLE_REVIEWER), 0,
                           false},
    [PERMISSION_REVEAL] = {"reveal", ROLE_BIT(ROLE_INVESTIGATOR) | ROLE_BIT(ROLE_REVIEWER), 0,
                           true},
    [PERMISSION_FULL_VIEW] = {"full_view", ROLE_BIT(ROLE_INVESTIGATOR), 0, true},
    [PERMISSION_EXPORT] = {"export", ROLE_BIT(ROLE_INVESTIGATOR), 0, true},
    [PERMISSION_EXPUNGE] = {"expunge", ROLE_BIT(ROLE_INVESTIGATOR), 0, true},
    [PERMISSION_SEARCH] = {"search",
                           ROLE_BIT(ROLE_INVESTIGATOR) | ROLE_BIT(ROLE_REVIEWER) |
                               ROLE_BIT(ROLE_AUDITOR),
                           0, false},
    [PERMISSION_SETS_READ] = {"sets_read",
                              ROLE_BIT(ROLE_INVESTIGATOR) | ROLE_BIT(ROLE_LIST_CURATOR) |
                                  ROLE_BIT(ROLE_AUDITOR),
                              0, false},
    [PERMISSION_SETS_WRITE] = {"sets_write", ROLE_BIT(ROLE_LIST_CURATOR), 0, true},
    [PERMISSION_STATISTICS] = {"statistics",
                               ROLE_BIT(ROLE_ADMINISTRATOR) | ROLE_BIT(ROLE_INVESTIGATOR) |
                                   ROLE_BIT(ROLE_AUDITOR),
                               0, false},
    [PERMISSION_AUDIT_READ] = {"audit_read", ROLE_BIT(ROLE_AUDITOR), 1u << SCOPE_AUDIT_READ, false},
    [PERMISSION_MATCH] = {"match", 0, 1u << SCOPE_MATCH, false},
    [PERMISSION_ENQUIRE] = {"enquire", ROLE_BIT(ROLE_INVESTIGATOR), 0, false},
};

const char *role_name(Role role)
{
    g_return_val_if_fail((unsigned)role < ROLE_COUNT, "unknown");
    return role_names[role];
}

bool role_from_name(const char *name, Role *ret_role)
{
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        if (g_str_equal(name, role_names[role])) {
            *ret_role = (Role)role;
            return true;
        }
    return false;
}

const char *permission_name(Permission permission)
{
    g_return_val_if_fail((unsigned)permission < PERMISSION_COUNT, "unknown");
    return rows[permission].name;
}

Permissions permissions_of_roles(unsigned roles)
{
    Permissions permissions =
        PERMISSION_BIT(PERMISSION_NONE) | PERMISSION_BIT(PERMISSION_SIGNED_IN);
    for (unsigned i = 0; i < PERMISSION_COUNT; i++)
        if ((rows[i].roles & roles) != 0)
            permissions |= PERMISSION_BIT(i);
    return permissions;
}

const char *scope_name(Scope scope)
{
    g_return_val_if_fail((unsigned)scope < SCOPE_COUNT, "unknown");
    return scope_names[scope];
}

bool scope_from_name(const char *name, Scope *ret_scope)
{
    for (unsigned scope = 0; scope < SCOPE_COUNT; scope++)
        if (g_str_equal(name, scope_names[scope])) {
            *ret_scope = (Scope)scope;
            return true;
        }
    return false;
}

Permissions permissions_of_scopes(unsigned scopes)
{
    Permissions permissions = 0;
    for (unsigned i = 0; i < PERMISSION_COUNT; i++)
        if ((rows[i].scopes & scopes) != 0)
            permissions |= PERMISSION_BIT(i);
    return permissions;
}

bool permission_needs_second_factor(Permission permission)
{
    g_return_val_if_fail((unsigned)permission < PERMISSION_COUNT, true);
    return rows[permission].second_factor;
}
