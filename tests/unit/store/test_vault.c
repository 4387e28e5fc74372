// SPDX-License-Identifier: Apache-2.0
// What is sealed opens only as what it was sealed as, with the keys that lie beside the database.
#include "store/vault.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"
#include "store/sql_texts.h"

static const char phrase[] = "a neutral phrase";
static const VaultObject totp_of_7 = {"totp", 7};

typedef struct {
    Fixture fixture;
    Database *database;
    Vault *vault;
} Place;

static const char *people_sql(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sql_texts); i++)
        if (sql_texts[i].text != NULL && strstr(sql_texts[i].text, "CREATE TABLE object_key"))
            return sql_texts[i].text;
    g_assert_not_reached();
}

static Vault *open_vault(const Place *place)
{
    g_autoptr(GError) error = NULL;
    Vault *vault = vault_open(place->fixture.folder, place->database, &error);
    g_assert_no_error(error);
    return vault;
}

static Place place_make(void)
{
    g_autoptr(GError) error = NULL;
    Place place = {.fixture = fixture_make()};
    g_assert_cmpint(mkdir(place.fixture.folder, 0700), ==, 0);
    g_autofree char *path = g_build_filename(place.fixture.folder, "people.db", NULL);
    place.database = database_create(path, &error);
    g_assert_no_error(error);
    database_execute(place.database, people_sql(), &error);
    g_assert_no_error(error);
    place.vault = open_vault(&place);
    return place;
}

static void place_clear(Place *place)
{
    vault_close(place->vault);
    database_close(place->database);
    fixture_clear(&place->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static char *key_path(const Place *place, const char *name)
{
    return g_build_filename(place->fixture.folder, "keys", name, NULL);
}

static void assert_phrase(GBytes *plain)
{
    g_assert_cmpmem(g_bytes_get_data(plain, NULL), (int)g_bytes_get_size(plain), phrase,
                    sizeof phrase);
}

static void assert_opens(const Vault *vault, VaultObject what, GBytes *sealed)
{
    g_autoptr(GError) error = NULL;
    size_t size;
    const void *bytes = g_bytes_get_data(sealed, &size);
    g_autoptr(GBytes) plain = vault_unseal(vault, what, bytes, size, &error);
    g_assert_no_error(error);
    assert_phrase(plain);
}

static void assert_refuses(const Vault *vault, VaultObject what, const void *sealed, size_t size,
                           ClewError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) plain = vault_unseal(vault, what, sealed, size, &error);
    g_assert_null(plain);
    g_assert_error(error, CLEW_ERROR, (int)code);
}

static void keys_are_made_at_first_use_for_their_user_alone(void)
{
    g_auto(Place) place = place_make();
    const char *const names[] = {"", "master-1.key", "box-1.key"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = key_path(&place, names[i]);
        struct stat status;
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 07777, ==, i == 0 ? 0700 : 0600);
    }
}

static void what_is_sealed_opens_with_another_handle(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GBytes) sealed = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    g_autoptr(Vault) later = open_vault(&place);
    g_assert_cmpuint(g_bytes_get_size(sealed), ==, sizeof phrase + VAULT_SEAL_OVERHEAD_BYTES);
    assert_opens(later, totp_of_7, sealed);
}

static void nothing_is_sealed_the_same_way_twice(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GBytes) one = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    g_autoptr(GBytes) two = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    g_assert_false(g_bytes_equal(one, two));
}

static void sealed_bytes_in_another_row_or_column_do_not_open(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GBytes) sealed = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    size_t size;
    const void *bytes = g_bytes_get_data(sealed, &size);
    assert_refuses(place.vault, (VaultObject){"totp", 8}, bytes, size, CLEW_ERROR_CORRUPT);
    assert_refuses(place.vault, (VaultObject){"password", 7}, bytes, size, CLEW_ERROR_CORRUPT);
}

static void every_changed_bit_and_every_cut_is_found(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GBytes) sealed = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    size_t size;
    const void *bytes = g_bytes_get_data(sealed, &size);
    g_autofree uint8_t *copy = g_memdup2(bytes, size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool in_key_id = bit >= 8 && bit < 8 * 9;
        assert_refuses(place.vault, totp_of_7, copy, size,
                       in_key_id ? CLEW_ERROR_ENCRYPTED : CLEW_ERROR_CORRUPT);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t length = 0; length < size; length++)
        assert_refuses(place.vault, totp_of_7, copy, length, CLEW_ERROR_CORRUPT);
}

static void after_rotation_the_new_key_seals_and_the_old_one_still_opens(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) old = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    g_assert_true(vault_rotate(place.vault, &error));
    g_autoptr(GBytes) new = vault_seal(place.vault, totp_of_7, phrase, sizeof phrase);
    size_t size = g_bytes_get_size(old);
    g_assert_false(vault_is_current(place.vault, g_bytes_get_data(old, NULL), size));
    g_assert_true(vault_is_current(place.vault, g_bytes_get_data(new, NULL), size));
    g_autoptr(Vault) later = open_vault(&place);
    assert_opens(later, totp_of_7, old);
    assert_opens(later, totp_of_7, new);
}

static void keyed_hashes_differ_by_purpose_and_vault(void)
{
    g_auto(Place) place = place_make();
    g_auto(Place) other = place_make();
    uint8_t one[VAULT_HASH_BYTES], two[VAULT_HASH_BYTES], three[VAULT_HASH_BYTES];
    vault_keyed_hash(place.vault, "name", phrase, sizeof phrase, one);
    vault_keyed_hash(place.vault, "address", phrase, sizeof phrase, two);
    vault_keyed_hash(other.vault, "name", phrase, sizeof phrase, three);
    g_assert_cmpint(memcmp(one, two, sizeof one), !=, 0);
    g_assert_cmpint(memcmp(one, three, sizeof one), !=, 0);
    vault_keyed_hash(place.vault, "name", phrase, sizeof phrase, two);
    g_assert_cmpmem(one, sizeof one, two, sizeof two);
}

// ---- Keys of single objects ---------------------------------------------------------------------

static void make_object_key(const Place *place, uint64_t row_id, uint64_t object_id,
                            ObjectKey *ret_key)
{
    g_autoptr(GError) error = NULL;
    vault_object_key_new(place->vault, place->database, (VaultObject){"preview", object_id},
                         (ObjectKeyRow){.id = row_id, .seq = 1, .now_us = 5}, ret_key, &error);
    g_assert_no_error(error);
}

static GBytes *unseal_with(const ObjectKey *key, GBytes *sealed, GError **err)
{
    size_t size;
    const void *bytes = g_bytes_get_data(sealed, &size);
    return object_key_unseal(key, (VaultObject){"preview", 3}, bytes, size, err);
}

static void what_an_object_key_sealed_opens_with_the_key_of_its_row(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_auto(ObjectKey) made = {0};
    g_auto(ObjectKey) opened = {0};
    make_object_key(&place, 1, 30, &made);
    g_autoptr(GBytes) sealed =
        object_key_seal(&made, (VaultObject){"preview", 3}, phrase, sizeof phrase);
    uint64_t row_id;
    g_assert_true(
        vault_object_key_find(place.database, (VaultObject){"preview", 30}, &row_id, &error));
    g_assert_cmpuint(row_id, ==, 1);
    g_assert_true(vault_object_key_open(place.vault, place.database, row_id, &opened, &error));
    g_autoptr(GBytes) plain = unseal_with(&opened, sealed, &error);
    g_assert_no_error(error);
    assert_phrase(plain);
}

static void the_key_of_another_object_opens_nothing(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_auto(ObjectKey) one = {0};
    g_auto(ObjectKey) two = {0};
    make_object_key(&place, 1, 30, &one);
    make_object_key(&place, 2, 31, &two);
    g_autoptr(GBytes) sealed =
        object_key_seal(&one, (VaultObject){"preview", 3}, phrase, sizeof phrase);
    g_assert_null(unseal_with(&two, sealed, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void an_object_has_one_key(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_auto(ObjectKey) key = {0};
    make_object_key(&place, 1, 30, &key);
    g_assert_false(vault_object_key_new(place.vault, place.database, (VaultObject){"preview", 30},
                                        (ObjectKeyRow){.id = 2, .seq = 1}, &key, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void a_destroyed_key_is_gone(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_auto(ObjectKey) key = {0};
    uint64_t row_id;
    make_object_key(&place, 1, 30, &key);
    g_assert_true(vault_object_key_destroy(place.database, 1, &error));
    g_assert_false(vault_object_key_open(place.vault, place.database, 1, &key, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(
        vault_object_key_find(place.database, (VaultObject){"preview", 30}, &row_id, &error));
    g_assert_cmpuint(row_id, ==, 0);
}

static void a_wrapped_key_in_another_row_does_not_open(void)
{
    g_auto(Place) place = place_make();
    g_autoptr(GError) error = NULL;
    g_auto(ObjectKey) key = {0};
    make_object_key(&place, 1, 30, &key);
    make_object_key(&place, 2, 31, &key);
    database_execute(place.database,
                     "UPDATE object_key SET wrapped = (SELECT wrapped FROM object_key WHERE id = "
                     "1) WHERE id = 2",
                     &error);
    g_assert_no_error(error);
    g_assert_false(vault_object_key_open(place.vault, place.database, 2, &key, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void a_cleared_key_is_zeros(void)
{
    static const ObjectKey zeros;
    ObjectKey key;
    memset(&key, 1, sizeof key);
    object_key_clear(&key);
    g_assert_cmpmem(&key, sizeof key, &zeros, sizeof zeros);
}

// ---- Missing and wrong keys ---------------------------------------------------------------------

static void remove_keys(const Place *place)
{
    const char *const names[] = {"master-1.key", "box-1.key", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = key_path(place, names[i]);
        g_assert_cmpint(remove(path), ==, 0);
    }
}

static void assert_open_fails(const Place *place, Database *database, ClewError code,
                              const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Vault) vault = vault_open(place->fixture.folder, database, &error);
    g_assert_null(vault);
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, words));
}

static void lost_keys_of_a_database_with_sealed_rows_are_said_and_never_replaced(void)
{
    g_auto(Place) place = place_make();
    g_auto(ObjectKey) key = {0};
    make_object_key(&place, 1, 30, &key);
    remove_keys(&place);
    assert_open_fails(&place, place.database, CLEW_ERROR_ENCRYPTED, "(there are none)");
    assert_open_fails(&place, NULL, CLEW_ERROR_ENCRYPTED, "there are no keys in");
    g_autofree char *path = key_path(&place, "master-1.key");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void keys_of_another_database_are_said(void)
{
    g_auto(Place) place = place_make();
    g_auto(Place) other = place_make();
    g_auto(ObjectKey) key = {0};
    make_object_key(&place, 1, 30, &key);
    assert_open_fails(&other, place.database, CLEW_ERROR_ENCRYPTED, "(they are others)");
}

static void keys_that_others_can_read_are_refused(void)
{
    g_auto(Place) place = place_make();
    g_autofree char *path = key_path(&place, "master-1.key");
    g_autofree char *folder = key_path(&place, "");
    g_assert_cmpint(chmod(path, 0640), ==, 0);
    assert_open_fails(&place, place.database, CLEW_ERROR_DENIED, "chmod 600");
    g_assert_cmpint(chmod(path, 0600), ==, 0);
    g_assert_cmpint(chmod(folder, 0750), ==, 0);
    assert_open_fails(&place, place.database, CLEW_ERROR_DENIED, "chmod 700");
}

static void a_damaged_key_is_said_and_never_replaced(void)
{
    g_auto(Place) place = place_make();
    g_autofree char *path = key_path(&place, "master-1.key");
    g_assert_cmpint(truncate(path, 40), ==, 0);
    assert_open_fails(&place, place.database, CLEW_ERROR_CORRUPT, "master-1.key is damaged");
}

// ---- Boxes that travel --------------------------------------------------------------------------

static void a_box_opens_for_its_server_alone(void)
{
    g_auto(Place) place = place_make();
    g_auto(Place) other = place_make();
    g_autoptr(GError) error = NULL;
    uint8_t public_key[VAULT_PUBLIC_KEY_BYTES];
    vault_public_key(place.vault, public_key);
    g_autoptr(GBytes) box = vault_seal_box(public_key, phrase, sizeof phrase);
    size_t size;
    const void *bytes = g_bytes_get_data(box, &size);
    g_assert_cmpuint(size, ==, sizeof phrase + VAULT_BOX_OVERHEAD_BYTES);
    g_autoptr(GBytes) plain = vault_unseal_box(place.vault, bytes, size, &error);
    g_assert_no_error(error);
    assert_phrase(plain);
    g_assert_null(vault_unseal_box(other.vault, bytes, size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void a_cut_or_changed_box_does_not_open(void)
{
    g_auto(Place) place = place_make();
    uint8_t public_key[VAULT_PUBLIC_KEY_BYTES];
    vault_public_key(place.vault, public_key);
    g_autoptr(GBytes) box = vault_seal_box(public_key, phrase, sizeof phrase);
    size_t size;
    const void *bytes = g_bytes_get_data(box, &size);
    g_autofree uint8_t *copy = g_memdup2(bytes, size);
    copy[size - 1] ^= 1;
    for (size_t length = 0; length <= size; length++)
        g_assert_null(vault_unseal_box(place.vault, copy, length, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/vault/" #test, test)
    ADD(keys_are_made_at_first_use_for_their_user_alone);
    ADD(what_is_sealed_opens_with_another_handle);
    ADD(nothing_is_sealed_the_same_way_twice);
    ADD(sealed_bytes_in_another_row_or_column_do_not_open);
    ADD(every_changed_bit_and_every_cut_is_found);
    ADD(after_rotation_the_new_key_seals_and_the_old_one_still_opens);
    ADD(keyed_hashes_differ_by_purpose_and_vault);
    ADD(what_an_object_key_sealed_opens_with_the_key_of_its_row);
    ADD(the_key_of_another_object_opens_nothing);
    ADD(an_object_has_one_key);
    ADD(a_destroyed_key_is_gone);
    ADD(a_wrapped_key_in_another_row_does_not_open);
    ADD(a_cleared_key_is_zeros);
    ADD(lost_keys_of_a_database_with_sealed_rows_are_said_and_never_replaced);
    ADD(keys_of_another_database_are_said);
    ADD(keys_that_others_can_read_are_refused);
    ADD(a_damaged_key_is_said_and_never_replaced);
    ADD(a_box_opens_for_its_server_alone);
    ADD(a_cut_or_changed_box_does_not_open);
    return g_test_run();
}
