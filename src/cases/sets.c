// SPDX-License-Identifier: Apache-2.0
#include "cases/sets.h"

#include <pwd.h>
#include <unistd.h>

#include "cases/set_index.h"
#include "store/set_edit.h"

bool sets_add(SetStore *store, const SetsAddRequest *request, const ListHash *hashes, size_t count,
              SetImportCounts *ret_counts, GError **err)
{
    SetImportOptions options = {.set_name = request->set_name,
                                .mode = SET_IMPORT_ADD,
                                .has_kind = request->has_kind,
                                .kind = request->kind,
                                .who = request->who};
    g_autoptr(SetImport) import = set_import_begin(store, &options, err);
    if (import == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        ListEntry entry;
        list_entry_init(&entry);
        list_entry_add_hash(&entry, hashes[i].type, hashes[i].value,
                            hash_type_bytes(hashes[i].type), NULL);
        bool ok = set_import_entry(import, &entry, err);
        list_entry_clear(&entry);
        if (!ok)
            return false;
    }
    return set_import_commit(import, &(SetImportSource){0}, ret_counts, err);
}

// The set is gone once the store says so. That its hashes may still stand in the index file is
// worth a word and no failure: nothing is found by them, and the next build drops them.
bool sets_remove(SetStore *store, const char *set_name, void (*talk)(const char *, void *),
                 void *user_data, GError **err)
{
    g_autofree char *who = sets_login_name();
    if (!set_edit_remove(store, set_name, who, err))
        return false;
    g_autoptr(GError) error = NULL;
    SetIndexOptions options = {.talk = talk, .user_data = user_data};
    if (!set_index_refresh(store, true, options, &error) && talk != NULL) {
        g_autofree char *text = g_strdup_printf(
            "the hashes of the removed set stay in the index file until it is built anew: %s",
            error->message);
        talk(text, user_data);
    }
    return true;
}

bool sets_verify(SetStore *store, GPtrArray *faults, GError **err)
{
    return set_store_verify(store, faults, err) && set_index_verify(store, faults, err);
}

char *sets_login_name(void)
{
    const struct passwd *user = getpwuid(getuid());
    return user != NULL ? g_strdup(user->pw_name) : g_strdup_printf("uid %u", getuid());
}
