// SPDX-License-Identifier: Apache-2.0
#include "cases/scheme.h"

#include <string.h>

#include "base/error.h"
#include "cases/scheme_texts.h"

#define SCHEME_GROUP "scheme"
#define SCHEME_SUFFIX ".ini"

#define KEYS_BY_PLACE 9u

struct Scheme {
    char *id;
    char *name;
    bool is_public;
    bool shares_ignorable;
    GHashTable *codes; // lower-case code -> SchemeCode, borrowed from `ordered`
    GPtrArray *ordered;
};

static void scheme_code_free(gpointer data)
{
    SchemeCode *code = data;
    g_free((char *)code->code);
    g_free((char *)code->label);
    g_free(code);
}

void scheme_free(Scheme *scheme)
{
    if (scheme == NULL)
        return;
    g_free(scheme->id);
    g_free(scheme->name);
    g_hash_table_unref(scheme->codes);
    g_ptr_array_unref(scheme->ordered);
    g_free(scheme);
}

static bool meaning_from_name(const char *name, Meaning *ret_meaning)
{
    static const Meaning meanings[] = {MEANING_NEITHER, MEANING_NOTABLE, MEANING_IGNORABLE};
    for (unsigned i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (g_strcmp0(name, meaning_name(meanings[i])) == 0) {
            *ret_meaning = meanings[i];
            return true;
        }
    }
    return false;
}

// A code as it is looked up: no blanks around it, lower case.
static char *code_key_new(const char *code)
{
    return g_strstrip(g_ascii_strdown(code, -1));
}

static bool fail_code(const Scheme *scheme, const char *group, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "scheme %s: code [%s] %s", scheme->id, group,
                what);
    return false;
}

static bool key_is_taken(const Scheme *scheme, char key)
{
    for (unsigned i = 0; i < scheme->ordered->len; i++)
        if (scheme_code(scheme, i)->key == key)
            return true;
    return false;
}

static bool read_key(const Scheme *scheme, GKeyFile *file, const char *group, char *ret_key,
                     GError **err)
{
    g_autofree char *key = g_key_file_get_string(file, group, "key", NULL);
    if (key != NULL) {
        *ret_key = *key;
        if (strlen(key) != 1 || !g_ascii_isgraph(*key) || key_is_taken(scheme, *key))
            return fail_code(scheme, group, "needs a key=… of one character that no other has",
                             err);
    } else if (scheme->ordered->len < KEYS_BY_PLACE) {
        char by_place = (char)('1' + scheme->ordered->len);
        *ret_key = key_is_taken(scheme, by_place) ? '\0' : by_place;
    }
    return true;
}

static bool add_code(Scheme *scheme, GKeyFile *file, const char *group, GError **err)
{
    g_autofree char *meaning = g_key_file_get_string(file, group, "meaning", NULL);
    SchemeCode code = {.is_offered = true};
    if (!meaning_from_name(meaning, &code.meaning))
        return fail_code(scheme, group, "needs meaning=notable, ignorable or neither", err);
    if (g_key_file_has_key(file, group, "offered", NULL))
        code.is_offered = g_key_file_get_boolean(file, group, "offered", NULL);
    if (code.is_offered && !read_key(scheme, file, group, &code.key, err))
        return false;
    g_autofree char *folded = code_key_new(group);
    if (g_hash_table_contains(scheme->codes, folded))
        return fail_code(scheme, group, "is there twice", err);
    g_autofree char *label = g_key_file_get_string(file, group, "label", NULL);
    code.code = g_strdup(group);
    code.label = label != NULL ? g_steal_pointer(&label) : g_strdup(group);
    SchemeCode *kept = g_memdup2(&code, sizeof code);
    g_ptr_array_add(scheme->ordered, kept);
    g_hash_table_insert(scheme->codes, g_steal_pointer(&folded), kept);
    return true;
}

static Scheme *scheme_parse(const char *id, const char *text, gsize length, GError **err)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) wrong = NULL;
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &wrong) ||
        !g_key_file_has_group(file, SCHEME_GROUP)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "scheme %s cannot be read: %s", id,
                    wrong != NULL ? wrong->message : "it has no group [" SCHEME_GROUP "]");
        return NULL;
    }
    g_autoptr(Scheme) scheme = g_new0(Scheme, 1);
    scheme->id = g_strdup(id);
    scheme->codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    scheme->ordered = g_ptr_array_new_with_free_func(scheme_code_free);
    scheme->name = g_key_file_get_string(file, SCHEME_GROUP, "name", NULL);
    if (scheme->name == NULL)
        scheme->name = g_strdup(id);
    scheme->is_public = !g_key_file_has_key(file, SCHEME_GROUP, "public", NULL) ||
                        g_key_file_get_boolean(file, SCHEME_GROUP, "public", NULL);
    scheme->shares_ignorable = g_key_file_get_boolean(file, SCHEME_GROUP, "share_ignorable", NULL);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++)
        if (strcmp(*group, SCHEME_GROUP) != 0 && !add_code(scheme, file, *group, err))
            return NULL;
    return g_steal_pointer(&scheme);
}

static char *user_folder(const char *data_folder)
{
    return g_build_filename(data_folder, "schemes", NULL);
}

// An id becomes a file name, so it is plain.
static bool id_is_plain(const char *id)
{
    return *id != '\0' && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static bool fail_not_found(const char *id, const char *data_folder, GError **err)
{
    g_auto(GStrv) ids = scheme_ids(data_folder);
    g_autofree char *list = g_strjoinv(", ", ids);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                "there is no category scheme \"%s\"; there are: %s", id, list);
    return false;
}

static const char *built_in_text(const char *id)
{
    for (size_t i = 0; scheme_texts[i].name != NULL; i++)
        if (strcmp(scheme_texts[i].name, id) == 0)
            return scheme_texts[i].text;
    return NULL;
}

Scheme *scheme_load(const char *id, const char *data_folder, GError **err)
{
    if (!id_is_plain(id)) {
        fail_not_found(id, data_folder, err);
        return NULL;
    }
    g_autofree char *text = NULL;
    gsize length;
    if (data_folder != NULL) {
        g_autofree char *folder = user_folder(data_folder);
        g_autofree char *name = g_strconcat(id, SCHEME_SUFFIX, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_get_contents(path, &text, &length, NULL))
            return scheme_parse(id, text, length, err);
    }
    const char *built_in = built_in_text(id);
    if (built_in != NULL)
        return scheme_parse(id, built_in, strlen(built_in), err);
    fail_not_found(id, data_folder, err);
    return NULL;
}

const char *scheme_id(const Scheme *scheme)
{
    return scheme->id;
}

const char *scheme_name(const Scheme *scheme)
{
    return scheme->name;
}

bool scheme_is_public(const Scheme *scheme)
{
    return scheme->is_public;
}

static const SchemeCode *find_code(const Scheme *scheme, const char *code)
{
    g_autofree char *key = code_key_new(code);
    return g_hash_table_lookup(scheme->codes, key);
}

bool scheme_meaning(const Scheme *scheme, const char *code, Meaning *ret_meaning)
{
    const SchemeCode *found = find_code(scheme, code);
    if (found != NULL)
        *ret_meaning = found->meaning;
    return found != NULL;
}

const char *scheme_label(const Scheme *scheme, const char *code)
{
    const SchemeCode *found = find_code(scheme, code);
    return found != NULL ? found->label : NULL;
}

size_t scheme_code_count(const Scheme *scheme)
{
    return scheme->ordered->len;
}

const SchemeCode *scheme_code(const Scheme *scheme, size_t place)
{
    g_assert(place < scheme->ordered->len);
    return g_ptr_array_index(scheme->ordered, place);
}

const SchemeCode *scheme_offered_code(const Scheme *scheme, const char *code, GError **err)
{
    const SchemeCode *found = find_code(scheme, code);
    if (found != NULL && found->is_offered)
        return found;
    g_autoptr(GString) codes = g_string_new(NULL);
    for (size_t i = 0; i < scheme_code_count(scheme); i++)
        if (scheme_code(scheme, i)->is_offered)
            g_string_append_printf(codes, "%s%s", codes->len > 0 ? ", " : "",
                                   scheme_code(scheme, i)->code);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "nobody can vote for this category by scheme %s; its codes are: %s", scheme->id,
                codes->len > 0 ? codes->str : "none");
    return NULL;
}

bool scheme_shares_ignorable(const Scheme *scheme)
{
    return scheme->shares_ignorable;
}

Meaning scheme_entry_meaning(const Scheme *scheme, SetKind kind, const char *category)
{
    if (scheme == NULL || category == NULL)
        return kind == SET_IGNORABLE ? MEANING_IGNORABLE : MEANING_NOTABLE;
    Meaning meaning;
    if (scheme_meaning(scheme, category, &meaning))
        return meaning;
    return kind == SET_IGNORABLE ? MEANING_NEITHER : MEANING_NOTABLE;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **scheme_ids(const char *data_folder)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; scheme_texts[i].name != NULL; i++)
        g_hash_table_add(ids, g_strdup(scheme_texts[i].name));
    g_autofree char *path = data_folder != NULL ? user_folder(data_folder) : NULL;
    g_autoptr(GDir) folder = path != NULL ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(name, SCHEME_SUFFIX))
            g_hash_table_add(ids, g_strndup(name, strlen(name) - strlen(SCHEME_SUFFIX)));

    guint count;
    g_autofree char **borrowed = (char **)g_hash_table_get_keys_as_array(ids, &count);
    qsort(borrowed, count, sizeof *borrowed, compare_names);
    return g_strdupv(borrowed);
}
