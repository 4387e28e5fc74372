// SPDX-License-Identifier: Apache-2.0
#include "cases/identifiers.h"

#include <arpa/inet.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/error.h"
#include "cases/case_file.h"
#include "store/trait_rows.h"

// ---- As they are compared ---------------------------------------------------------------------

#define PHONE_DIGITS_MIN 5u
#define PHONE_DIGITS_MAX 20u
#define DEVICE_LENGTH_MIN 4u

// Case-folded, spaces pressed together.
static char *folded(const char *text)
{
    g_autofree char *copy = g_utf8_casefold(text, -1);
    g_auto(GStrv) parts = g_strsplit_set(copy, " \t\n\r", -1);
    GString *joined = g_string_new(NULL);
    for (char **part = parts; *part != NULL; part++)
        if (**part != '\0')
            g_string_append_printf(joined, "%s%s", joined->len > 0 ? " " : "", *part);
    return g_string_free(joined, FALSE);
}

static char *normal_email(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strpbrk(text, " \t\r\n<>,;") != NULL)
        return NULL;
    return g_utf8_strdown(text, -1);
}

static char *normal_phone(const char *text)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    bool is_international = false;
    for (const char *c = text; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c))
            g_string_append_c(digits, *c);
        else if (*c == '+' && digits->len == 0)
            is_international = true;
        else if (strchr(" -./()", *c) == NULL)
            return NULL;
    }
    if (!is_international && g_str_has_prefix(digits->str, "00")) {
        g_string_erase(digits, 0, 2);
        is_international = true;
    }
    if (digits->len < PHONE_DIGITS_MIN || digits->len > PHONE_DIGITS_MAX)
        return NULL;
    return g_strdup_printf("%s%s", is_international ? "+" : "", digits->str);
}

static char *normal_account(const char *text)
{
    g_autofree char *name = folded(*text == '@' ? text + 1 : text);
    return *name != '\0' ? g_steal_pointer(&name) : NULL;
}

static char *normal_ip(const char *text)
{
    struct in_addr four;
    struct in6_addr six;
    char written[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, text, &four) == 1)
        return g_strdup(inet_ntop(AF_INET, &four, written, sizeof written));
    if (inet_pton(AF_INET6, text, &six) == 1)
        return g_strdup(inet_ntop(AF_INET6, &six, written, sizeof written));
    return NULL;
}

static char *normal_device(const char *text)
{
    g_autoptr(GString) device = g_string_new(NULL);
    for (const char *c = text; *c != '\0'; c++)
        if (g_ascii_isalnum(*c))
            g_string_append_c(device, g_ascii_toupper(*c));
        else if (strchr(" -:./", *c) == NULL)
            return NULL;
    return device->len >= DEVICE_LENGTH_MIN ? g_strdup(device->str) : NULL;
}

static char *normal_url(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_ENCODED, NULL);
    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0')
        return NULL;
    g_autofree char *scheme = g_ascii_strdown(g_uri_get_scheme(uri), -1);
    g_autofree char *host = g_utf8_strdown(g_uri_get_host(uri), -1);
    g_autofree char *path = g_strdup(g_uri_get_path(uri));
    while (g_str_has_suffix(path, "/"))
        path[strlen(path) - 1] = '\0';
    GString *url = g_string_new(NULL);
    g_string_append_printf(url, "%s://%s", scheme, host);
    int port = g_uri_get_port(uri);
    bool is_default = (port == 80 && g_str_equal(scheme, "http")) ||
                      (port == 443 && g_str_equal(scheme, "https"));
    if (port > 0 && !is_default)
        g_string_append_printf(url, ":%d", port);
    g_string_append(url, path);
    if (g_uri_get_query(uri) != NULL)
        g_string_append_printf(url, "?%s", g_uri_get_query(uri));
    return g_string_free(url, FALSE);
}

static char *normal_name(const char *text)
{
    g_autofree char *name = folded(text);
    return *name != '\0' ? g_steal_pointer(&name) : NULL;
}

char *identifier_normalise(TraitKind kind, const char *written)
{
    static char *(*const rows[TRAIT_KIND_COUNT])(const char *) = {
        [TRAIT_EMAIL] = normal_email,     [TRAIT_PHONE] = normal_phone,
        [TRAIT_ACCOUNT] = normal_account, [TRAIT_IP] = normal_ip,
        [TRAIT_DEVICE] = normal_device,   [TRAIT_URL] = normal_url,
        [TRAIT_NAME] = normal_name,
    };
    g_return_val_if_fail(trait_is_identifier(kind), NULL);
    if (strlen(written) > IDENTIFIER_BYTES_MAX || !g_utf8_validate(written, -1, NULL))
        return NULL;
    g_autofree char *trimmed = g_strstrip(g_strdup(written));
    return *trimmed != '\0' ? rows[kind](trimmed) : NULL;
}

// ---- Rows -------------------------------------------------------------------------------------

static const char *source_name(IdentifierSource source)
{
    static const char *const names[] = {[IDENTIFIER_FROM_HAND] = "hand",
                                        [IDENTIFIER_FROM_MAIL] = "mail",
                                        [IDENTIFIER_FROM_VICS] = "vics"};
    return names[source];
}

static bool insert(Act *act, IdentifierRow *row, GError **err)
{
    uint8_t nonce[IDENTIFIER_NONCE_BYTES];
    if (RAND_bytes(nonce, sizeof nonce) != 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL, "cannot get random bytes");
        return false;
    }
    row->seq = act_seq(act);
    row->made_us = act_now_us(act);
    if (!act_new_ids(act, TABLE_IDENTIFIER, 1, &row->id, err) ||
        !identifier_rows_insert(act_database(act), row, nonce, err))
        return false;
    act_wrote(act, TABLE_IDENTIFIER, row->id);
    return true;
}

bool identifier_add(Act *act, uint64_t case_id, const IdentifierNew *identifier, uint64_t *ret_id,
                    GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    if (file == NULL)
        return false;
    g_autofree char *value = identifier_normalise(identifier->kind, identifier->written);
    if (value == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "this cannot be entered as an identifier of kind %s: it has another form",
                    trait_kind_name(identifier->kind));
        return false;
    }
    IdentifierRow row = {.case_id = case_id,
                         .media_id = identifier->media_id,
                         .item_id = identifier->item_id,
                         .kind = (char *)trait_kind_name(identifier->kind),
                         .value = value,
                         .written = (char *)identifier->written,
                         .source = (char *)source_name(identifier->source),
                         .has_at = identifier->has_at,
                         .at_us = identifier->at_us,
                         .port = identifier->port};
    uint64_t value_id;
    bool is_new;
    if (!insert(act, &row, err) ||
        !trait_rows_value(act_database(act), row.kind, value, &value_id, err) ||
        !trait_rows_use(act_database(act), value_id, case_id, row.media_id, row.item_id, &is_new,
                        err) ||
        (is_new && !trait_rows_count(act_database(act), value_id, case_id, 1, err)))
        return false;
    act_set_object(act, "identifier %" G_GUINT64_FORMAT, row.id);
    json_write_member_string(act_payload(act), "change", "added");
    json_write_member_string(act_payload(act), "kind", row.kind);
    *ret_id = row.id;
    return true;
}

// Another identifier may say the same of the same place.
static bool drop_trait(Act *act, const IdentifierRow *row, GError **err)
{
    Database *database = act_database(act);
    uint64_t value_id, others;
    if (!trait_rows_find(database, row->kind, row->value, &value_id, err) ||
        !identifier_rows_same(database, row, &others, err))
        return false;
    return value_id == 0 || others > 0 ||
           (trait_rows_drop_use(database, value_id, row->case_id, row->media_id, row->item_id,
                                err) &&
            trait_rows_count(database, value_id, row->case_id, -1, err));
}

bool identifier_remove(Act *act, uint64_t case_id, uint64_t id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    g_autoptr(IdentifierRow) row = NULL;
    if (file == NULL || !identifier_rows_get(act_database(act), case_id, id, &row, err))
        return false;
    if (row == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no identifier %" G_GUINT64_FORMAT " in the case", id);
        return false;
    }
    act_set_object(act, "identifier %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "change", "removed");
    return act_deletes(act, TABLE_IDENTIFIER, id, err) &&
           identifier_rows_delete(act_database(act), id, err) && drop_trait(act, row, err);
}

GPtrArray *identifier_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                           uint64_t after_id, unsigned limit, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    if (file == NULL)
        return NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)identifier_row_free);
    if (!identifier_rows_list(casework_database(work), case_id, media_id, after_id, limit, rows,
                              err))
        return NULL;
    return g_steal_pointer(&rows);
}

// ---- Bulk -------------------------------------------------------------------------------------

typedef struct {
    uint64_t value_id;
    int64_t uses;
} BatchValue;

struct TraitBatch {
    Act *act;
    uint64_t case_id;
    GHashTable *values; // kind and value -> BatchValue
};

TraitBatch *trait_batch_new(Act *act, uint64_t case_id)
{
    TraitBatch *batch = g_new0(TraitBatch, 1);
    batch->act = act;
    batch->case_id = case_id;
    batch->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return batch;
}

void trait_batch_free(TraitBatch *batch)
{
    if (batch == NULL)
        return;
    g_hash_table_unref(batch->values);
    g_free(batch);
}

static BatchValue *batch_value(TraitBatch *batch, const Trait *trait, GError **err)
{
    const char *kind = trait_kind_name(trait->kind);
    g_autofree char *key = g_strdup_printf("%s %s", kind, trait->value);
    BatchValue *value = g_hash_table_lookup(batch->values, key);
    if (value != NULL)
        return value;
    uint64_t id;
    if (!trait_rows_value(act_database(batch->act), kind, trait->value, &id, err))
        return NULL;
    value = g_new0(BatchValue, 1);
    value->value_id = id;
    g_hash_table_insert(batch->values, g_steal_pointer(&key), value);
    return value;
}

// Says in *ret_counts whether it is a use that was not there.
static bool place(TraitBatch *batch, const Trait *trait, const BatchValue *value,
                  const TraitPlace *where, bool *ret_counts, GError **err)
{
    *ret_counts = true;
    if (trait->kind == TRAIT_FOLDER)
        return true;
    return trait_rows_use(act_database(batch->act), value->value_id, batch->case_id,
                          where->media_id, where->item_id, ret_counts, err);
}

static bool add_identifier(TraitBatch *batch, const Trait *trait, const TraitPlace *where,
                           GError **err)
{
    IdentifierRow row = {.case_id = batch->case_id,
                         .media_id = where->media_id,
                         .item_id = where->item_id,
                         .kind = (char *)trait_kind_name(trait->kind),
                         .value = trait->value,
                         .written = trait->written != NULL ? trait->written : trait->value,
                         .source = (char *)source_name(IDENTIFIER_FROM_MAIL)};
    return insert(batch->act, &row, err);
}

bool trait_batch_add(TraitBatch *batch, uint64_t media_id, bool is_media_new, uint64_t item_id,
                     const GPtrArray *traits, GError **err)
{
    for (unsigned i = 0; i < traits->len; i++) {
        const Trait *trait = traits->pdata[i];
        bool is_of_media = trait_is_of_media(trait->kind), counts;
        if (trait->kind == TRAIT_FILE_NAME || (is_of_media && (!is_media_new || media_id == 0)))
            continue;
        const TraitPlace where = {batch->case_id, media_id, is_of_media ? 0 : item_id};
        BatchValue *value = batch_value(batch, trait, err);
        if (value == NULL || !place(batch, trait, value, &where, &counts, err) ||
            (counts && trait_is_identifier(trait->kind) &&
             !add_identifier(batch, trait, &where, err)))
            return false;
        value->uses += counts;
    }
    return true;
}

bool trait_batch_finish(TraitBatch *batch, GError **err)
{
    GHashTableIter iter;
    void *entry;
    g_hash_table_iter_init(&iter, batch->values);
    while (g_hash_table_iter_next(&iter, NULL, &entry)) {
        const BatchValue *value = entry;
        if (value->uses > 0 && !trait_rows_count(act_database(batch->act), value->value_id,
                                                 batch->case_id, value->uses, err))
            return false;
    }
    g_hash_table_remove_all(batch->values);
    return true;
}
