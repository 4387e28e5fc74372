// SPDX-License-Identifier: Apache-2.0
//
// Names of hash types as lists write them, and the bounds of an entry.
#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "model/hash_list.h"

static void type_names_are_read_as_lists_write_them(void)
{
    static const struct {
        const char *name;
        HashType type;
    } rows[] = {{"md5", HASH_MD5},           {"MD5", HASH_MD5},
                {"SHA-256", HASH_SHA256},    {"SHA_1", HASH_SHA1},
                {"PhotoDNA", HASH_PHOTODNA}, {"TMK_PDQF", HASH_TMK_PDQF},
                {"TMK PDQF", HASH_TMK_PDQF}, {"Pdq", HASH_PDQ}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        HashType type;
        g_assert_true(hash_type_from_name(rows[i].name, &type));
        g_assert_cmpint(type, ==, rows[i].type);
    }
    HashType type;
    g_assert_false(hash_type_from_name("sha", &type));
    g_assert_false(hash_type_from_name("other", &type));
    g_assert_false(hash_type_from_name("", &type));
}

static void an_entry_takes_a_bounded_number_of_hashes(void)
{
    static const uint8_t value[HASH_BYTES_MAX] = {1};
    ListEntry entry;
    list_entry_init(&entry);
    for (unsigned i = 0; i < LIMIT_LIST_ENTRY_HASHES; i++)
        g_assert_true(list_entry_add_hash(&entry, HASH_MD5, value, 16, NULL));
    g_assert_false(list_entry_add_hash(&entry, HASH_PHOTODNA, NULL, 0, "text"));
    list_entry_clear(&entry);
    g_assert_cmpuint(entry.hash_count, ==, 0);
    g_assert_cmpint(entry.victim_identified, ==, -1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash_list/type_names_are_read_as_lists_write_them",
                    type_names_are_read_as_lists_write_them);
    g_test_add_func("/hash_list/an_entry_takes_a_bounded_number_of_hashes",
                    an_entry_takes_a_bounded_number_of_hashes);
    return g_test_run();
}
