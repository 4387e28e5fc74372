// SPDX-License-Identifier: Apache-2.0
//
// Random sequences of imports, withdrawals and reinstatements against a plain array that follows
// the rules of set_import.h and set_edit.h word for word. After every step the store must hold the
// same entries in the same states, its counts and digest must be right, and a follower that looks
// only at the change log must know the same active hashes.
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "fixture.h"
#include "store/set_edit.h"

#define VALUES 12 // hashes of each type in the test's world
#define KEYS 6
#define TYPES 3

static const HashType types[TYPES] = {HASH_MD5, HASH_SHA256, HASH_PDQ};

// Bit v of hashes[t]: it carries value v of types[t].
typedef struct {
    int key; // -1: none
    unsigned hashes[TYPES];
    int category; // -1: none
    bool by_list, locally;
} ModelEntry;

typedef struct {
    GArray *entries;           // of ModelEntry, in order of creation
    unsigned withdrawn[TYPES]; // hashes withdrawn by people
} Model;

// ---- The model --------------------------------------------------------------------------------

// The one value of the strongest type, as type * VALUES + value.
static int strongest(const ModelEntry *entry)
{
    static const int by_strength[TYPES] = {1, 0, 2};
    for (int i = 0; i < TYPES; i++)
        for (int value = 0; value < VALUES; value++)
            if (entry->hashes[by_strength[i]] >> value & 1)
                return by_strength[i] * VALUES + value;
    return -1;
}

static ModelEntry *model_find(Model *model, const ModelEntry *wanted)
{
    for (unsigned i = 0; i < model->entries->len; i++) {
        ModelEntry *entry = &g_array_index(model->entries, ModelEntry, i);
        if (wanted->key >= 0 ? entry->key == wanted->key
                             : entry->key < 0 && strongest(entry) == strongest(wanted))
            return entry;
    }
    return NULL;
}

static bool touches(const unsigned withdrawn[TYPES], const ModelEntry *entry)
{
    for (int type = 0; type < TYPES; type++)
        if (withdrawn[type] & entry->hashes[type])
            return true;
    return false;
}

static void model_present(Model *model, const ModelEntry *said, bool replace, bool *seen)
{
    ModelEntry *entry = model_find(model, said);
    if (entry == NULL) {
        g_array_append_val(model->entries, *said);
        entry = &g_array_index(model->entries, ModelEntry, model->entries->len - 1);
    } else {
        bool first = !seen[entry - (ModelEntry *)(void *)model->entries->data];
        if (first && (replace || said->key >= 0)) {
            memcpy(entry->hashes, said->hashes, sizeof said->hashes);
            entry->category = said->category;
        } else {
            for (int type = 0; type < TYPES; type++)
                entry->hashes[type] |= said->hashes[type];
            if (said->category >= 0)
                entry->category = said->category;
        }
    }
    entry->by_list = false;
    entry->locally = entry->locally || touches(model->withdrawn, entry);
    seen[entry - (ModelEntry *)(void *)model->entries->data] = true;
}

static void model_deleted(Model *model, const ModelEntry *said, bool *seen)
{
    ModelEntry *entry = model_find(model, said);
    if (entry == NULL)
        return;
    entry->by_list = true;
    seen[entry - (ModelEntry *)(void *)model->entries->data] = true;
}

static void model_edit(Model *model, int type, int value, bool withdraw)
{
    for (unsigned i = 0; i < model->entries->len; i++) {
        ModelEntry *entry = &g_array_index(model->entries, ModelEntry, i);
        if (!(entry->hashes[type] >> value & 1))
            continue;
        entry->locally = withdraw;
        bool has_digest = entry->hashes[0] != 0 || entry->hashes[1] != 0;
        for (int other = 0; other < TYPES; other++) {
            if (withdraw && types[other] == HASH_PDQ && has_digest)
                continue;
            if (withdraw)
                model->withdrawn[other] |= entry->hashes[other];
            else
                model->withdrawn[other] &= ~entry->hashes[other];
        }
    }
    if (withdraw)
        model->withdrawn[type] |= 1u << value;
    else
        model->withdrawn[type] &= ~(1u << value);
}

// ---- Doing the same to both -------------------------------------------------------------------

static ModelEntry random_entry(void)
{
    ModelEntry entry = {.key =
                            g_test_rand_int_range(0, 3) == 0 ? g_test_rand_int_range(0, KEYS) : -1,
                        .category = g_test_rand_int_range(-1, 3)};
    while (strongest(&entry) < 0)
        for (int type = 0; type < TYPES; type++)
            if (g_test_rand_int_range(0, 2) == 0)
                entry.hashes[type] = 1u << g_test_rand_int_range(0, VALUES);
    return entry;
}

static void to_list_entry(const ModelEntry *said, ListEntry *ret_entry)
{
    list_entry_init(ret_entry);
    if (said->key >= 0)
        ret_entry->key = g_strdup_printf("key/%d", said->key);
    if (said->category >= 0)
        ret_entry->category = g_strdup_printf("%d", said->category);
    for (int type = TYPES - 1; type >= 0; type--) // not in the order of types
        for (uint32_t value = 0; value < VALUES; value++)
            if (said->hashes[type] >> value & 1)
                fixture_add_hash(ret_entry, types[type], value);
}

static void import_random_list(SetStore *store, Model *model)
{
    bool replace = g_test_rand_int_range(0, 3) == 0;
    SetImportOptions options = {.set_name = "a",
                                .mode = replace ? SET_IMPORT_REPLACE : SET_IMPORT_MERGE,
                                .has_kind = true,
                                .who = "tester"};
    g_autoptr(GError) error = NULL;
    g_autoptr(SetImport) import = set_import_begin(store, &options, &error);
    g_assert_no_error(error);
    g_assert_true(set_import_scheme(import, "numbers", &error));
    bool seen[4096] = {false};
    unsigned before = model->entries->len;
    int count = g_test_rand_int_range(0, 12);
    for (int i = 0; i < count; i++) {
        ModelEntry said = random_entry();
        ListEntry entry;
        to_list_entry(&said, &entry);
        bool deleted = g_test_rand_int_range(0, 5) == 0;
        entry.action = deleted ? LIST_ENTRY_DELETED : LIST_ENTRY_PRESENT;
        set_import_entry(import, &entry, &error);
        g_assert_no_error(error);
        list_entry_clear(&entry);
        if (deleted)
            model_deleted(model, &said, seen);
        else
            model_present(model, &said, replace, seen);
    }
    for (unsigned i = 0; replace && i < before; i++)
        if (!seen[i])
            g_array_index(model->entries, ModelEntry, i).by_list = true;
    SetImportCounts counts;
    set_import_commit(import, &(SetImportSource){0}, &counts, &error);
    g_assert_no_error(error);
}

static bool model_has(const Model *model, int type, int value)
{
    for (unsigned i = 0; i < model->entries->len; i++)
        if (g_array_index(model->entries, ModelEntry, i).hashes[type] >> value & 1)
            return true;
    return model->withdrawn[type] >> value & 1;
}

static void edit_random_hash(SetStore *store, Model *model)
{
    bool withdraw = g_test_rand_int_range(0, 2) == 0;
    int type = g_test_rand_int_range(0, TYPES), value = g_test_rand_int_range(0, VALUES);
    EntrySelector selector = {.type = types[type]};
    fixture_value(types[type], (uint32_t)value, selector.value);
    SetEditCounts counts;
    g_autoptr(GError) error = NULL;
    bool ok = withdraw ? set_edit_withdraw(store, "a", &selector, 1, "tester", &counts, &error)
                       : set_edit_reinstate(store, "a", &selector, 1, "tester", &counts, &error);
    g_assert_true(ok == model_has(model, type, value));
    if (ok)
        model_edit(model, type, value, withdraw);
    else
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

// ---- Comparing --------------------------------------------------------------------------------

typedef struct {
    const Model *model;
    unsigned place;
} Comparison;

static unsigned values_of(const ListEntry *entry, HashType type)
{
    unsigned values = 0;
    for (uint32_t value = 0; value < VALUES; value++) {
        uint8_t bytes[HASH_BYTES_MAX];
        fixture_value(type, value, bytes);
        for (size_t i = 0; i < entry->hash_count; i++)
            if (entry->hashes[i].type == type &&
                memcmp(entry->hashes[i].value, bytes, hash_type_bytes(type)) == 0)
                values |= 1u << value;
    }
    return values;
}

static bool compare_entry(void *user_data, const StoredEntry *entry, GError **err)
{
    Comparison *comparison = user_data;
    g_assert_cmpuint(comparison->place, <, comparison->model->entries->len);
    const ModelEntry *expected =
        &g_array_index(comparison->model->entries, ModelEntry, comparison->place++);
    for (int type = 0; type < TYPES; type++)
        g_assert_cmphex(values_of(&entry->content, types[type]), ==, expected->hashes[type]);
    g_autofree char *key = expected->key < 0 ? NULL : g_strdup_printf("key/%d", expected->key);
    g_autofree char *category =
        expected->category < 0 ? NULL : g_strdup_printf("%d", expected->category);
    g_assert_cmpstr(entry->content.key, ==, key);
    g_assert_cmpstr(entry->content.category, ==, category);
    g_assert_cmpint((entry->state & ENTRY_WITHDRAWN_BY_LIST) != 0, ==, expected->by_list);
    g_assert_cmpint((entry->state & ENTRY_WITHDRAWN_LOCALLY) != 0, ==, expected->locally);
    return true;
}

// What a follower knows: (entry, type, value) as text.
typedef struct {
    GHashTable *known;
    uint64_t seq;
} Follower;

static char *fact_new(uint64_t entry_id, HashType type, const uint8_t *value)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %d %02x%02x%02x%02x%02x", entry_id, type,
                           value[0], value[1], value[2], value[3], value[4]);
}

static bool learn(void *user_data, uint64_t entry_id, HashType type, const uint8_t *value,
                  GError **err)
{
    g_hash_table_add(user_data, fact_new(entry_id, type, value));
    return true;
}

static void forget(GHashTable *known, uint64_t first, uint64_t last)
{
    GHashTableIter iter;
    gpointer fact;
    g_hash_table_iter_init(&iter, known);
    while (g_hash_table_iter_next(&iter, &fact, NULL)) {
        uint64_t id = g_ascii_strtoull(fact, NULL, 10);
        if (id >= first && id <= last)
            g_hash_table_iter_remove(&iter);
    }
}

static void follow(Follower *follower, SetStore *store)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(SetChange));
    g_assert_true(set_store_changes(store, follower->seq, changes, NULL));
    for (unsigned i = 0; i < changes->len; i++) {
        SetChange change = g_array_index(changes, SetChange, i);
        g_assert_cmpuint(change.seq, ==, ++follower->seq);
        forget(follower->known, change.first_entry, change.last_entry);
        g_assert_true(set_store_each_hash(store, change.first_entry, change.last_entry, learn,
                                          follower->known, NULL));
    }
    SetChangeMark last;
    bool known;
    g_assert_true(set_store_last_change(store, &last, NULL));
    g_assert_cmpuint(last.seq, ==, follower->seq);
    g_assert_true(set_store_has_change(store, last, &known, NULL));
    g_assert_true(known);
    last.token++;
    g_assert_true(set_store_has_change(store, last, &known, NULL));
    g_assert_false(known);
}

static void compare(SetStore *store, const Model *model, Follower *follower)
{
    g_autoptr(SetInfo) info = set_store_find(store, "a", NULL);
    Comparison comparison = {.model = model};
    g_assert_true(set_store_each_entry(store, info->id, compare_entry, &comparison, NULL));
    g_assert_cmpuint(comparison.place, ==, model->entries->len);

    follow(follower, store);
    g_autoptr(GHashTable) truth = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_true(set_store_each_hash(store, 0, INT64_MAX, learn, truth, NULL));
    g_assert_cmpuint(g_hash_table_size(truth), ==, g_hash_table_size(follower->known));
    GHashTableIter iter;
    gpointer fact;
    g_hash_table_iter_init(&iter, truth);
    while (g_hash_table_iter_next(&iter, &fact, NULL))
        g_assert_true(g_hash_table_contains(follower->known, fact));
}

static void random_sequences_agree_with_a_plain_array(void)
{
    int rounds = g_test_slow() ? 60 : 12;
    for (int round = 0; round < rounds; round++) {
        g_auto(Fixture) fixture = fixture_make();
        g_autoptr(SetStore) store = fixture_open(&fixture);
        Model model = {.entries = g_array_new(FALSE, FALSE, sizeof(ModelEntry))};
        Follower follower = {.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
        import_random_list(store, &model);
        for (int step = 0; step < 40; step++) {
            if (g_test_rand_int_range(0, 2) == 0)
                import_random_list(store, &model);
            else
                edit_random_hash(store, &model);
            compare(store, &model, &follower);
        }
        g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
        g_assert_true(set_store_verify(store, faults, NULL));
        g_assert_cmpuint(faults->len, ==, 0);
        g_array_unref(model.entries);
        g_hash_table_unref(follower.known);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/set_model/random_sequences_agree_with_a_plain_array",
                    random_sequences_agree_with_a_plain_array);
    return g_test_run();
}
