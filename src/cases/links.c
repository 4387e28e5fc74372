// SPDX-License-Identifier: Apache-2.0
#include "cases/links.h"

#include "cases/case_file.h"
#include "cases/case_sight.h"

#define PAGE 500u

void link_free(Link *link)
{
    if (link == NULL)
        return;
    g_free(link->value);
    g_array_free(link->places, TRUE);
    g_free(link);
}

typedef struct {
    Casework *work;
    const CaseSight *sight;
    uint64_t case_id, media_id; // where the question starts; media 0: the whole case
    GPtrArray *links;
} Joining;

static Link *link_new(TraitKind kind, const char *value)
{
    Link *link = g_new0(Link, 1);
    link->kind = kind;
    link->value = g_strdup(value);
    link->places = g_array_new(FALSE, FALSE, sizeof(TraitPlace));
    return link;
}

// Keeps the link when it leads anywhere.
static void keep(Joining *joining, Link *link)
{
    uint64_t least = joining->media_id != 0 ? link->uses : link->cases;
    if (least >= 2)
        g_ptr_array_add(joining->links, link);
    else
        link_free(link);
}

static void add_case(Link *link, uint64_t uses)
{
    link->uses += uses;
    link->cases++;
    link->is_everywhere = link->cases > LINK_CASES_MAX || link->uses > LINK_USES_MAX;
}

// The place that the question starts from is no answer.
static void drop_start(const Joining *joining, Link *link)
{
    for (unsigned i = link->places->len; i > 0; i--) {
        const TraitPlace *place = &g_array_index(link->places, TraitPlace, i - 1);
        if (place->case_id == joining->case_id &&
            (joining->media_id == 0 || place->media_id == joining->media_id))
            g_array_remove_index(link->places, i - 1);
    }
}

static bool list_places(const Joining *joining, uint64_t value_id, const GArray *cases, Link *link,
                        GError **err)
{
    const TraitPlace start = {0};
    for (unsigned i = 0; i < cases->len && link->places->len < LINK_PLACES_MAX; i++) {
        const TraitCase *one = &g_array_index(cases, TraitCase, i);
        const TraitPlace whole = {.case_id = one->case_id};
        if (joining->media_id == 0 && one->case_id == joining->case_id)
            continue;
        if (link->kind == TRAIT_FOLDER)
            g_array_append_val(link->places, whole);
        else if (!trait_rows_places(casework_database(joining->work), value_id, one->case_id,
                                    &start, LINK_PLACES_MAX - link->places->len, link->places, err))
            return false;
    }
    drop_start(joining, link);
    return true;
}

static bool join_value(Joining *joining, uint64_t value_id, TraitKind kind, const char *value,
                       GError **err)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(TraitCase));
    g_autoptr(GArray) visible = g_array_new(FALSE, FALSE, sizeof(TraitCase));
    if (!trait_rows_cases(casework_database(joining->work), value_id, all, err))
        return false;
    Link *link = link_new(kind, value);
    for (unsigned i = 0; i < all->len; i++) {
        const TraitCase *one = &g_array_index(all, TraitCase, i);
        if (!case_sight_has(joining->sight, one->case_id))
            continue;
        add_case(link, one->uses);
        g_array_append_val(visible, *one);
    }
    bool ok = link->is_everywhere || list_places(joining, value_id, visible, link, err);
    if (ok)
        keep(joining, link);
    else
        link_free(link);
    return ok;
}

static bool join_values(Joining *joining, const GArray *values, GError **err)
{
    for (unsigned i = 0; i < values->len; i++) {
        const TraitValue *value = &g_array_index(values, TraitValue, i);
        TraitKind kind;
        if (trait_kind_from_name(value->kind, &kind) &&
            !join_value(joining, value->value_id, kind, value->value, err))
            return false;
    }
    return true;
}

// ---- Names ------------------------------------------------------------------------------------

static bool join_name(Joining *joining, const char *name, GError **err)
{
    size_t count;
    const uint64_t *case_ids = case_sight_ids(joining->sight, &count);
    Link *link = link_new(TRAIT_FILE_NAME, name);
    bool ok = true;
    for (size_t i = 0; ok && i < count && !link->is_everywhere; i++) {
        uint64_t uses = 0;
        ok = trait_rows_name_uses(casework_database(joining->work), case_ids[i], name,
                                  LINK_USES_MAX + 1, &uses, err);
        if (!ok || uses == 0)
            continue;
        add_case(link, uses);
        if (link->places->len < LINK_PLACES_MAX)
            ok = trait_rows_name_places(casework_database(joining->work), case_ids[i], name,
                                        LINK_PLACES_MAX - link->places->len, link->places, err);
    }
    if (link->is_everywhere)
        g_array_set_size(link->places, 0);
    drop_start(joining, link);
    if (ok)
        keep(joining, link);
    else
        link_free(link);
    return ok;
}

static bool join_folder(Joining *joining, const char *folder, GError **err)
{
    uint64_t value_id;
    return trait_rows_find(casework_database(joining->work), trait_kind_name(TRAIT_FOLDER), folder,
                           &value_id, err) &&
           (value_id == 0 || join_value(joining, value_id, TRAIT_FOLDER, folder, err));
}

static bool join_names(Joining *joining, GError **err)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!trait_rows_item_names(casework_database(joining->work), joining->case_id,
                               joining->media_id, LINK_ITEMS_MAX, paths, names, err))
        return false;
    for (unsigned i = 0; i < paths->len; i++) {
        g_autofree char *folder = trait_folder(paths->pdata[i]);
        g_autofree char *name = trait_file_name(names->pdata[i]);
        if (folder != NULL && g_hash_table_add(seen, g_strconcat("/", folder, NULL)) &&
            !join_folder(joining, folder, err))
            return false;
        if (name != NULL && g_hash_table_add(seen, g_strdup(name)) &&
            !join_name(joining, name, err))
            return false;
    }
    return true;
}

// ---- Questions --------------------------------------------------------------------------------

static void clear_value(void *pointer)
{
    trait_value_clear(pointer);
}

static GArray *values_new(void)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(TraitValue));
    g_array_set_clear_func(values, clear_value);
    return values;
}

static CaseSight *sight_on(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    return file != NULL ? case_sight_new(work, actor, err) : NULL;
}

GPtrArray *links_of_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                          GError **err)
{
    g_autoptr(CaseSight) sight = sight_on(work, actor, case_id, err);
    g_autoptr(GArray) values = values_new();
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
    Joining joining = {work, sight, case_id, media_id, links};
    if (sight == NULL ||
        !trait_rows_of_media(casework_database(work), case_id, media_id, values, err) ||
        !join_values(&joining, values, err) || !join_names(&joining, err))
        return NULL;
    return g_steal_pointer(&links);
}

GPtrArray *links_of_case(Casework *work, const Actor *actor, uint64_t case_id, uint64_t *cursor,
                         unsigned limit, bool *ret_more, GError **err)
{
    g_autoptr(CaseSight) sight = sight_on(work, actor, case_id, err);
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
    Joining joining = {work, sight, case_id, 0, links};
    if (sight == NULL)
        return NULL;
    *ret_more = true;
    for (unsigned looked_at = 0; links->len < limit && looked_at < LINK_SCAN;) {
        g_autoptr(GArray) values = values_new();
        unsigned page = MIN(PAGE, limit - links->len);
        if (!trait_rows_of_case(casework_database(work), case_id, *cursor, page, values, err) ||
            !join_values(&joining, values, err))
            return NULL;
        looked_at += values->len;
        if (values->len > 0)
            *cursor = g_array_index(values, TraitValue, values->len - 1).value_id;
        if (values->len < page) {
            *ret_more = false;
            break;
        }
    }
    return g_steal_pointer(&links);
}
