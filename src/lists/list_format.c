// SPDX-License-Identifier: Apache-2.0
#include "lists/list_format.h"

#include <string.h>

#include "base/error.h"
#include "lists/formats.h"

// Where two are equally likely the earlier is taken: what states its kind comes before what could
// be anything.
static const ListFormat *const formats[] = {
    &list_format_vics,
    &list_format_ncmec,
    &list_format_nsrl,
    &list_format_stopncii,
    &list_format_icse,
    &list_format_hashdeep,
    &list_format_vpdq,
    &list_format_pdq,
    &list_format_plain,
    &list_format_csv,
    NULL,
};

const ListFormat *list_format_by_name(const char *name)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const ListFormat *list_format_recognise(const uint8_t *bytes, size_t size_bytes, bool *ret_sure)
{
    const ListFormat *best = NULL;
    int best_score = 0;
    for (size_t i = 0; formats[i] != NULL; i++) {
        int score = formats[i]->recognise(bytes, size_bytes);
        if (score > best_score) {
            best = formats[i];
            best_score = score;
        }
    }
    if (ret_sure != NULL)
        *ret_sure = best_score == 2;
    return best;
}

const ListFormat *const *list_formats(void)
{
    return formats;
}

// The column a word of --columns sets, or NULL.
static unsigned *column_named(ListReadOptions *options, const char *name)
{
    const struct {
        const char *name;
        unsigned *column;
    } columns[] = {
        {"category", &options->column_of_category},
        {"name", &options->column_of_name},
        {"key", &options->column_of_key},
        {"size", &options->column_of_size},
    };
    HashType type;
    if (hash_type_from_name(name, &type))
        return &options->column_of_hash[type];
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (strcmp(columns[i].name, name) == 0)
            return columns[i].column;
    return NULL;
}

static bool parse_column(ListReadOptions *options, const char *word, GError **err)
{
    g_auto(GStrv) parts = g_strsplit(word, "=", 2);
    unsigned *column = parts[0] != NULL ? column_named(options, parts[0]) : NULL;
    if (column == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot use the columns: \"%s\" is none of md5, sha1, sha256, pdq, photodna, "
                    "category, name, key, size",
                    parts[0] != NULL ? parts[0] : "");
        return false;
    }
    guint64 number;
    if (parts[1] == NULL || !g_ascii_string_to_unsigned(parts[1], 10, 1, 10000, &number, NULL)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot use the columns: \"%s\" needs a column number from 1, as in %s=1", word,
                    parts[0]);
        return false;
    }
    *column = (unsigned)number;
    return true;
}

bool list_read_options_parse_columns(ListReadOptions *options, const char *text, GError **err)
{
    ListReadOptions parsed = *options;
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    if (words[0] == NULL)
        return parse_column(&parsed, "", err);
    for (size_t i = 0; words[i] != NULL; i++)
        if (!parse_column(&parsed, words[i], err))
            return false;
    *options = parsed;
    return true;
}
