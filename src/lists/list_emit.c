// SPDX-License-Identifier: Apache-2.0
#include "lists/list_emit.h"

#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "model/plain_text.h"

#define PHOTODNA_BYTES 144

static bool cancelled(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "reading the list was stopped");
    return false;
}

bool list_emit_header(const ListSink *sink, const ListHeader *header, GError **err)
{
    return sink->header(sink->user_data, header) || cancelled(err);
}

bool list_emit_refused(const ListSink *sink, uint64_t position, const char *reason, GError **err)
{
    return sink->refused(sink->user_data, position, reason) || cancelled(err);
}

bool list_emit_entry(const ListSink *sink, const ListEntry *entry, bool values_refused,
                     GError **err)
{
    if (entry->hash_count > 0 || entry->frame_count > 0 ||
        (entry->action == LIST_ENTRY_DELETED && entry->key != NULL))
        return sink->entry(sink->user_data, entry) || cancelled(err);
    if (values_refused)
        return true;
    return list_emit_refused(sink, entry->position, "the entry has no hash", err);
}

void list_trim(const char **text, size_t *length)
{
    while (*length > 0 && g_ascii_isspace((*text)[0])) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && g_ascii_isspace((*text)[*length - 1]))
        (*length)--;
}

static const char *reason_of_digits(HashType type)
{
    switch (type) {
    case HASH_MD5:
        return "MD5 is not 32 hexadecimal digits";
    case HASH_SHA1:
        return "SHA-1 is not 40 hexadecimal digits";
    case HASH_SHA256:
        return "SHA-256 is not 64 hexadecimal digits";
    default:
        return "PDQ is not 64 hexadecimal digits";
    }
}

// An entry may carry several PDQ hashes (pipelines, orientations, frames) but one of each digest.
static const char *add_digits(ListEntry *entry, HashType type, const char *text, size_t length)
{
    uint8_t value[HASH_BYTES_MAX];
    size_t size_bytes = hash_type_bytes(type);
    if (!encoding_from_hex(text, length, value, size_bytes))
        return reason_of_digits(type);
    for (size_t i = 0; i < entry->hash_count; i++) {
        const ListHash *hash = &entry->hashes[i];
        if (hash->type != type)
            continue;
        if (memcmp(hash->value, value, size_bytes) == 0)
            return NULL;
        if (type != HASH_PDQ)
            return "a second, different digest of the same type";
    }
    return list_entry_add_hash(entry, type, value, size_bytes, NULL)
               ? NULL
               : "more hashes than one entry may have";
}

static bool is_photodna(const char *text, size_t length)
{
    uint8_t value[PHOTODNA_BYTES];
    return encoding_from_base64(text, length, value, sizeof value) ||
           encoding_from_hex(text, length, value, sizeof value);
}

static bool is_graphic(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isgraph(text[i]))
            return false;
    return true;
}

// Values that are kept as they came, each once.
static const char *add_text(ListEntry *entry, HashType type, const char *text, size_t length)
{
    if (length > LIMIT_LIST_HASH_TEXT)
        return "the value is too long to be kept";
    if (!is_graphic(text, length))
        return "the value is not printable text";
    g_autofree char *copy = g_strndup(text, length);
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == type && strcmp(entry->hashes[i].text, copy) == 0)
            return NULL;
    return list_entry_add_hash(entry, type, NULL, 0, copy) ? NULL
                                                           : "more hashes than one entry may have";
}

const char *list_add_hash(ListEntry *entry, HashType type, const char *text, size_t length)
{
    list_trim(&text, &length);
    if (length == 0)
        return NULL;
    if (type < HASH_COMPUTABLE_COUNT)
        return add_digits(entry, type, text, length);
    if (type == HASH_PHOTODNA && !is_photodna(text, length))
        return "PhotoDNA is not 144 bytes in base64 or hexadecimal";
    return add_text(entry, type, text, length);
}

// Names of one type that writers number or extend because names must differ within an entry.
static bool is_named_like(const char *name, const char *type)
{
    size_t length = strlen(type);
    if (g_ascii_strncasecmp(name, type, length) != 0)
        return false;
    const char *rest = name + length;
    rest += *rest == '_' || *rest == '-' || *rest == ' ';
    if (g_ascii_strcasecmp(rest, "full") == 0)
        return true;
    while (g_ascii_isdigit(*rest))
        rest++;
    return *rest == '\0';
}

const char *list_add_named_hash(ListEntry *entry, const char *type, size_t type_length,
                                const char *text, size_t length)
{
    HashType known;
    g_autofree char *name = list_text_new(type, type_length);
    if (name == NULL)
        return "a hash without the name of its type";
    if (hash_type_from_name(name, &known) && known != HASH_OTHER)
        return list_add_hash(entry, known, text, length);
    if (g_ascii_strcasecmp(name, "pdna") == 0 || is_named_like(name, "photodna"))
        return list_add_hash(entry, HASH_PHOTODNA, text, length);
    if (is_named_like(name, "pdq")) // PDQ_512, PDQ_FULL, PDQ_2
        return list_add_hash(entry, HASH_PDQ, text, length);
    list_trim(&text, &length);
    if (length == 0)
        return NULL;
    if (length > LIMIT_LIST_HASH_TEXT)
        return "the value is too long to be kept";
    g_autofree char *value = g_strndup(text, length);
    g_autofree char *both = g_strdup_printf("%s:%s", name, value);
    return list_add_hash(entry, HASH_OTHER, both, strlen(both));
}

bool list_bare_type(const ListReadOptions *options, const char *text, size_t length,
                    HashType *ret_type)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isxdigit(text[i]))
            return false;
    if (options->has_default_type && options->default_type < HASH_COMPUTABLE_COUNT &&
        hash_type_bytes(options->default_type) * 2 == length) {
        *ret_type = options->default_type;
        return true;
    }
    static const HashType types[] = {HASH_MD5, HASH_SHA1, HASH_SHA256};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (hash_type_bytes(types[i]) * 2 == length) {
            *ret_type = types[i];
            return true;
        }
    }
    return false;
}

char *list_text_new(const char *text, size_t length)
{
    list_trim(&text, &length);
    return length > 0 ? plain_text_new(text, length, LIMIT_LIST_TEXT) : NULL;
}

void list_text_set(char **target, const char *text, size_t length)
{
    g_free(*target);
    *target = list_text_new(text, length);
}

int list_tristate(const char *text, size_t length)
{
    static const struct {
        const char *text;
        int value;
    } words[] = {
        {"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"1", 1},
        {"0", 0},    {"y", 1},     {"n", 0},   {"t", 1},  {"f", 0},
    };
    list_trim(&text, &length);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i].text) == length &&
            g_ascii_strncasecmp(text, words[i].text, length) == 0)
            return words[i].value;
    return -1;
}

bool list_parse_uint(const char *text, size_t length, uint64_t *ret_value)
{
    list_trim(&text, &length);
    if (length == 0 || length > 20)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]) || __builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
            return false;
    }
    *ret_value = value;
    return true;
}
