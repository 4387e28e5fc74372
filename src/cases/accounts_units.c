// SPDX-License-Identifier: Apache-2.0
//
// Units, of cases/accounts.h.
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/accounts_rules.h"
#include "cases/text_field.h"

static bool check_optional(const char *what, const char *text, size_t limit, GError **err)
{
    return text[0] == '\0' || text_field_check(what, text, limit, err);
}

static bool check_unit(Act *act, uint64_t id, const UnitFields *fields, GError **err)
{
    if (!text_field_check("the unit's name", fields->name, LIMIT_ACCOUNT_TEXT, err) ||
        !check_optional("the unit's agency", fields->agency, LIMIT_ACCOUNT_TEXT, err) ||
        !check_optional("the unit's contact", fields->contact, LIMIT_ACCOUNT_CONTACT, err))
        return false;
    if (strlen(fields->country) != 2 || !g_ascii_isupper(fields->country[0]) ||
        !g_ascii_isupper(fields->country[1]))
        return accounts_invalid(err, "the unit's country", "is two capital letters, such as NL");
    g_autoptr(UnitRow) other = NULL;
    if (!unit_row_find(act_database(act), fields->name, &other, err))
        return false;
    return other == NULL || other->id == id ||
           accounts_conflict(err, "there is a unit of this name already");
}

static void fill_unit(Unit *unit, const UnitFields *fields)
{
    g_free(unit->name);
    g_free(unit->agency);
    g_free(unit->country);
    g_free(unit->contact);
    unit->name = g_strdup(fields->name);
    unit->agency = g_strdup(fields->agency);
    unit->country = g_strdup(fields->country);
    unit->contact = g_strdup(fields->contact);
}

static bool write_unit(Act *act, Unit *unit, const char *change, GError **err)
{
    unit->seq = act_seq(act);
    if (!unit_row_write(act_database(act), unit, err))
        return false;
    act_wrote(act, TABLE_UNIT, unit->id);
    act_set_object(act, "unit %" G_GUINT64_FORMAT, unit->id);
    json_write_member_string(act_payload(act), "change", change);
    return true;
}

bool unit_create(Act *act, const UnitFields *fields, uint64_t *ret_id, GError **err)
{
    uint64_t id;
    if (!accounts_must_administer(act, err) || !check_unit(act, 0, fields, err) ||
        !act_new_ids(act, TABLE_UNIT, 1, &id, err))
        return false;
    g_autoptr(Unit) unit = g_new0(Unit, 1);
    unit->id = id;
    unit->state = g_strdup("active");
    unit->made_us = act_now_us(act);
    fill_unit(unit, fields);
    if (!write_unit(act, unit, "created", err))
        return false;
    *ret_id = id;
    return true;
}

static Unit *unit_for_change(Act *act, uint64_t id, GError **err)
{
    g_autoptr(Unit) unit = unit_get(act_work(act), id, err);
    if (unit == NULL || !act_supersedes(act, TABLE_UNIT, id, err))
        return NULL;
    return g_steal_pointer(&unit);
}

bool unit_change(Act *act, uint64_t id, const UnitFields *fields, GError **err)
{
    if (!accounts_must_administer(act, err) || !check_unit(act, id, fields, err))
        return false;
    g_autoptr(Unit) unit = unit_for_change(act, id, err);
    if (unit == NULL)
        return false;
    fill_unit(unit, fields);
    return write_unit(act, unit, "changed", err);
}

bool unit_close(Act *act, uint64_t id, GError **err)
{
    uint64_t accounts;
    if (!accounts_must_administer(act, err) ||
        !account_row_count_of_unit(act_database(act), id, &accounts, err))
        return false;
    if (accounts > 0)
        return accounts_conflict(
            err, "the unit has accounts that are not closed; close them or move them "
                 "to another unit first");
    g_autoptr(Unit) unit = unit_for_change(act, id, err);
    if (unit == NULL)
        return false;
    g_free(unit->state);
    unit->state = g_strdup("closed");
    return write_unit(act, unit, "closed", err);
}

Unit *unit_get(Casework *work, uint64_t id, GError **err)
{
    Unit *unit;
    if (!unit_row_load(casework_database(work), id, &unit, err))
        return NULL;
    if (unit == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no unit %" G_GUINT64_FORMAT,
                    id);
    return unit;
}

static void free_unit(gpointer unit)
{
    unit_row_free(unit);
}

GPtrArray *unit_list(Casework *work, uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(free_unit);
    return unit_row_list(casework_database(work), after_id, accounts_page_size(limit), units, err)
               ? g_steal_pointer(&units)
               : NULL;
}
