// SPDX-License-Identifier: Apache-2.0
#include "cases/scheme.h"

#include <string.h>

#include "base/error.h"
#include "cases/scheme_texts.h"

#define SCHEME_GROUP "scheme"
#define SCHEME_SUFFIX ".ini"

typedef struct {
    Meaning meaning;
    char *label;
} SchemeCode;

struct Scheme {
    char *id;
    char *name;
    bool is_public;
    GHashTable *codes; // lower-case code -> SchemeCode
};

static void scheme_code_free(gpointer data)
{
    SchemeCode *code = data;
    g_free(code->label);
    g_free(code);
}

void scheme_free(Scheme *scheme)
{
    if (scheme == NULL)
        return;
    g_free(scheme->id);
    g_free(scheme->name);
    g_hash_table_unref(scheme->codes);
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

static bool add_code(Scheme *scheme, GKeyFile *file, const char *group, GError **err)
{
    g_autofree char *meaning = g_key_file_get_string(file, group, "meaning", NULL);
    SchemeCode code = {0};
    if (!meaning_from_name(meaning, &code.meaning)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "scheme %s: code [%s] needs meaning=notable, ignorable or neither", scheme->id,
                    group);
        return false;
    }
    code.label = g_key_file_get_string(file, group, "label", NULL);
    if (code.label == NULL)
        code.label = g_strdup(group);
    g_hash_table_replace(scheme->codes, code_key_new(group), g_memdup2(&code, sizeof code));
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
    scheme->codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, scheme_code_free);
    scheme->name = g_key_file_get_string(file, SCHEME_GROUP, "name", NULL);
    if (scheme->name == NULL)
        scheme->name = g_strdup(id);
    scheme->is_public = !g_key_file_has_key(file, SCHEME_GROUP, "public", NULL) ||
                        g_key_file_get_boolean(file, SCHEME_GROUP, "public", NULL);
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
