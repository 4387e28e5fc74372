// SPDX-License-Identifier: Apache-2.0
#include "cases/checkpoint.h"

#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"

#define DASH "\xe2\x80\x94" // U+2014
#define SIGNATURE_START DASH " "
#define SEPARATOR "\n\n" SIGNATURE_START
#define SIZE_DIGITS 19 // of a number below 2^63
#define ROOT_CHARACTERS 44
#define TIME_BYTES 8

// ---- Parsing ----------------------------------------------------------------------------------

static bool refuse(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "this is no checkpoint: %s", why);
    return false;
}

// The next line without its newline; false when there is none.
static bool next_line(const char **from, const char *end, const char **ret_line, size_t *ret_length)
{
    const char *newline = memchr(*from, '\n', (size_t)(end - *from));
    if (newline == NULL)
        return false;
    *ret_line = *from;
    *ret_length = (size_t)(newline - *from);
    *from = newline + 1;
    return true;
}

// Decimal, no sign, no leading zero, below 2^63.
static bool parse_number(const char *text, size_t length, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (length == 0 || length > SIZE_DIGITS || (text[0] == '0' && length > 1))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    if (number > MERKLE_SIZE_MAX)
        return false;
    *ret_number = number;
    return true;
}

// Of any size, but only the one text that encoding gives. NULL when it is no such text.
static uint8_t *parse_base64(const char *text, size_t length, size_t *ret_size)
{
    if (length < 4 || length % 4 != 0)
        return NULL;
    size_t padding = text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
    size_t size = length / 4 * 3 - padding;
    g_autofree uint8_t *bytes = g_malloc(size);
    if (!encoding_from_base64(text, length, bytes, size))
        return NULL;
    g_autofree char *again = g_base64_encode(bytes, size);
    if (memcmp(again, text, length) != 0)
        return NULL;
    *ret_size = size;
    return g_steal_pointer(&bytes);
}

static bool parse_root(const char *text, size_t length, MerkleHash *ret_root)
{
    size_t size;
    g_autofree uint8_t *bytes =
        length == ROOT_CHARACTERS ? parse_base64(text, length, &size) : NULL;
    if (bytes == NULL || size != MERKLE_HASH_BYTES)
        return false;
    memcpy(ret_root->bytes, bytes, MERKLE_HASH_BYTES);
    return true;
}

static bool parse_body(Checkpoint *checkpoint, GError **err)
{
    const char *from = checkpoint->text, *end = from + checkpoint->body_length, *line;
    size_t length;
    if (!next_line(&from, end, &line, &length) || length == 0)
        return refuse(err, "the first line, the origin, is empty");
    checkpoint->origin = g_strndup(line, length);
    if (!next_line(&from, end, &line, &length) || !parse_number(line, length, &checkpoint->size))
        return refuse(err, "the second line is not a number of leaves");
    if (!next_line(&from, end, &line, &length) || !parse_root(line, length, &checkpoint->root))
        return refuse(err, "the third line is not a hash of 32 bytes in base64");
    while (next_line(&from, end, &line, &length))
        if (length == 0)
            return refuse(err, "an extension line is empty");
    return true;
}

static void signature_free(void *data)
{
    CheckpointSignature *signature = data;
    g_free(signature->name);
    g_free(signature->bytes);
    g_free(signature);
}

// NULL when the line is no signature.
static CheckpointSignature *parse_signature(const char *line, size_t length)
{
    const size_t start = strlen(SIGNATURE_START);
    if (length < start || memcmp(line, SIGNATURE_START, start) != 0)
        return NULL;
    const char *name = line + start;
    const char *space = memchr(name, ' ', length - start);
    if (space == NULL)
        return NULL;
    g_autofree char *name_text = g_strndup(name, (size_t)(space - name));
    size_t size;
    g_autofree uint8_t *bytes =
        parse_base64(space + 1, (size_t)(line + length - (space + 1)), &size);
    if (bytes == NULL || size <= AUDIT_KEY_ID_BYTES || name_text[0] == '\0' ||
        strchr(name_text, '+') != NULL)
        return NULL;
    CheckpointSignature *signature = g_new0(CheckpointSignature, 1);
    signature->name = g_steal_pointer(&name_text);
    memcpy(signature->key_id, bytes, AUDIT_KEY_ID_BYTES);
    signature->size_bytes = size - AUDIT_KEY_ID_BYTES;
    signature->bytes = g_memdup2(bytes + AUDIT_KEY_ID_BYTES, signature->size_bytes);
    return signature;
}

static bool parse_signatures(Checkpoint *checkpoint, size_t length, GError **err)
{
    const char *from = checkpoint->text + checkpoint->body_length + 1; // behind the blank line
    const char *end = checkpoint->text + length, *line;
    size_t line_length;
    while (from < end) {
        CheckpointSignature *signature = NULL;
        if (checkpoint->signatures->len == LIMIT_CHECKPOINT_SIGNATURES) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                        "the checkpoint has more than %u signatures", LIMIT_CHECKPOINT_SIGNATURES);
            return false;
        }
        if (next_line(&from, end, &line, &line_length))
            signature = parse_signature(line, line_length);
        if (signature == NULL)
            return refuse(err, "a line behind the blank one is no signature");
        g_ptr_array_add(checkpoint->signatures, signature);
    }
    return true;
}

static bool is_note_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\n')
            return false;
    return g_utf8_validate(text, (gssize)length, NULL);
}

Checkpoint *checkpoint_parse(const char *text, size_t length, GError **err)
{
    if (length > LIMIT_CHECKPOINT_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "the checkpoint is longer than %u bytes",
                    LIMIT_CHECKPOINT_BYTES);
        return NULL;
    }
    if (length == 0 || !is_note_text(text, length)) {
        refuse(err, "it is empty, holds control characters or is no UTF-8");
        return NULL;
    }
    g_autoptr(Checkpoint) checkpoint = g_new0(Checkpoint, 1);
    checkpoint->text = g_strndup(text, length);
    checkpoint->signatures = g_ptr_array_new_with_free_func(signature_free);
    // Only lines of the body that are empty could stand before the last blank one, and those are
    // refused: the first is as good.
    const char *separator = strstr(checkpoint->text, SEPARATOR);
    if (separator == NULL) {
        refuse(err, "no blank line with a signature behind it");
        return NULL;
    }
    checkpoint->body_length = (size_t)(separator - checkpoint->text) + 1;
    if (!parse_body(checkpoint, err) || !parse_signatures(checkpoint, length, err))
        return NULL;
    return g_steal_pointer(&checkpoint);
}

void checkpoint_free(Checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    g_free(checkpoint->text);
    g_free(checkpoint->origin);
    g_ptr_array_free(checkpoint->signatures, TRUE);
    g_free(checkpoint);
}

// ---- Signatures -------------------------------------------------------------------------------

static uint64_t read_time(const uint8_t bytes[TIME_BYTES])
{
    uint64_t seconds;
    memcpy(&seconds, bytes, sizeof seconds);
    return GUINT64_FROM_BE(seconds);
}

static bool verify_cosignature(const AuditKey *key, const char *body,
                               const CheckpointSignature *signature, uint64_t *ret_seconds)
{
    if (signature->size_bytes != TIME_BYTES + AUDIT_SIGNATURE_BYTES)
        return false;
    *ret_seconds = read_time(signature->bytes);
    if (*ret_seconds > MERKLE_SIZE_MAX) // the same bound: below 2^63
        return false;
    g_autofree char *text = checkpoint_cosigned_text(body, *ret_seconds);
    return audit_key_verify(key, text, strlen(text), signature->bytes + TIME_BYTES);
}

bool checkpoint_is_signed(const Checkpoint *checkpoint, const AuditKey *key, uint64_t *ret_seconds)
{
    bool is_signed = false;
    uint64_t seconds = 0;
    g_autofree char *body = g_strndup(checkpoint->text, checkpoint->body_length);
    for (unsigned i = 0; i < checkpoint->signatures->len; i++) {
        const CheckpointSignature *signature = g_ptr_array_index(checkpoint->signatures, i);
        if (strcmp(signature->name, key->name) != 0 ||
            memcmp(signature->key_id, key->id, AUDIT_KEY_ID_BYTES) != 0)
            continue;
        bool is_valid = key->type == AUDIT_KEY_WITNESS
                            ? verify_cosignature(key, body, signature, &seconds)
                            : signature->size_bytes == AUDIT_SIGNATURE_BYTES &&
                                  audit_key_verify(key, body, strlen(body), signature->bytes);
        if (!is_valid)
            return false;
        is_signed = true;
    }
    if (is_signed && ret_seconds != NULL)
        *ret_seconds = seconds;
    return is_signed;
}

// ---- Making -----------------------------------------------------------------------------------

char *checkpoint_body(const char *origin, uint64_t size, const MerkleHash *root)
{
    g_autofree char *text = g_base64_encode(root->bytes, MERKLE_HASH_BYTES);
    return g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n%s\n", origin, size, text);
}

char *checkpoint_cosigned_text(const char *body, uint64_t seconds)
{
    return g_strdup_printf("cosignature/v1\ntime %" G_GUINT64_FORMAT "\n%s", seconds, body);
}

char *checkpoint_signature_line(const AuditKey *key, uint64_t seconds,
                                const uint8_t signature[AUDIT_SIGNATURE_BYTES])
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const uint64_t time = GUINT64_TO_BE(seconds);
    g_byte_array_append(bytes, key->id, AUDIT_KEY_ID_BYTES);
    if (key->type == AUDIT_KEY_WITNESS)
        g_byte_array_append(bytes, (const uint8_t *)&time, sizeof time);
    g_byte_array_append(bytes, signature, AUDIT_SIGNATURE_BYTES);
    g_autofree char *text = g_base64_encode(bytes->data, bytes->len);
    return g_strdup_printf(SIGNATURE_START "%s %s\n", key->name, text);
}

char *checkpoint_note(const char *body, const char *signature_lines)
{
    return g_strconcat(body, "\n", signature_lines, NULL);
}

// ---- Files of many ----------------------------------------------------------------------------

bool checkpoint_parse_many(const char *text, size_t length, GPtrArray *notes, GError **err)
{
    const char *from = text, *end = text + length;
    while (from < end) {
        // A note ends with the empty line behind its signatures, or with the file.
        const char *signatures = g_strstr_len(from, end - from, SEPARATOR);
        const char *stop = signatures == NULL
                               ? NULL
                               : g_strstr_len(signatures + 2, end - (signatures + 2), "\n\n");
        size_t note_length = (size_t)((stop != NULL ? stop + 1 : end) - from);
        Checkpoint *checkpoint = checkpoint_parse(from, note_length, err);
        if (checkpoint == NULL) {
            g_prefix_error(err, "checkpoint %u of the file: ", notes->len + 1);
            return false;
        }
        g_ptr_array_add(notes, checkpoint);
        from += note_length;
        if (from < end)
            from++; // the empty line
    }
    return true;
}
