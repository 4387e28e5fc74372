// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_proof.h"

#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "cases/audit_files.h"
#include "cases/audit_tree.h"

#define MAGIC "c2sp.org/tlog-proof@v1"
#define LEAF_MAGIC "clew leaf 1"
#define HASHES_AT_A_TIME 4096u

// ---- Making -----------------------------------------------------------------------------------

static void add_number(GString *text, const char *name, int64_t number)
{
    g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", name, number);
}

static void add_text(GString *text, const char *name, const char *value)
{
    g_autofree char *escaped = g_strescape(value, NULL);
    g_string_append_printf(text, "%s %s\n", name, escaped);
}

static void add_digest(GString *text, const char *name, const uint8_t digest[SHA256_BYTES])
{
    g_autofree char *digits = encoding_hex_new(digest, SHA256_BYTES);
    g_string_append_printf(text, "%s %s\n", name, digits);
}

static char *leaf_text(const AuditLeaf *leaf)
{
    GString *text = g_string_new(LEAF_MAGIC "\n");
    add_number(text, "seq", (int64_t)leaf->seq);
    add_number(text, "made_us", leaf->made_us);
    add_number(text, "monotonic_us", leaf->monotonic_us);
    add_number(text, "account", (int64_t)leaf->account_id);
    add_text(text, "actor", leaf->actor);
    add_text(text, "session", leaf->session);
    add_text(text, "action", leaf->action);
    add_number(text, "case", (int64_t)leaf->case_id);
    add_text(text, "object", leaf->object);
    add_digest(text, "payload_sha256", leaf->payload_sha256);
    add_number(text, "rows_written", (int64_t)leaf->rows_written);
    add_digest(text, "rows_sha256", leaf->rows_sha256);
    add_digest(text, "previous", leaf->previous);
    if (leaf->payload != NULL)
        add_text(text, "payload", leaf->payload);
    return g_string_free(text, FALSE);
}

static char *bundle(const AuditLeaf *leaf, const MerkleProof *proof, const char *note)
{
    g_autofree char *fields = leaf_text(leaf);
    g_autofree char *extra = g_base64_encode((const guchar *)fields, strlen(fields));
    GString *text = g_string_new(NULL);
    g_string_printf(text, MAGIC "\nextra %s\nindex %" G_GUINT64_FORMAT "\n", extra, leaf->seq - 1);
    for (size_t i = 0; i < proof->count; i++) {
        g_autofree char *hash = g_base64_encode(proof->hashes[i].bytes, MERKLE_HASH_BYTES);
        g_string_append_printf(text, "%s\n", hash);
    }
    g_string_append_printf(text, "\n%s", note);
    return g_string_free(text, FALSE);
}

// A tree of the first `size` leaves in a file that has no name.
static AuditTree *tree_of_leaves(Casework *work, uint64_t size, GError **err)
{
    g_autoptr(GByteArray) hashes = g_byte_array_new();
    g_autofree char *folder = g_dir_make_tmp("clew-tree-XXXXXX", err);
    if (folder == NULL)
        return NULL;
    g_autofree char *path = g_build_filename(folder, "tree", NULL);
    g_autoptr(AuditTree) tree = audit_tree_open(path, err);
    unlink(path);
    rmdir(folder);
    while (tree != NULL && audit_tree_size(tree) < size) {
        uint64_t left = size - audit_tree_size(tree);
        g_byte_array_set_size(hashes, 0);
        if (!audit_leaves_read_hashes(casework_database(work), audit_tree_size(tree),
                                      (unsigned)MIN(left, HASHES_AT_A_TIME), hashes, err))
            return NULL;
        if (hashes->len == 0) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                        "the record is shorter than its signed heads; run clewd audit verify");
            return NULL;
        }
        if (!audit_tree_append(tree, hashes->data, hashes->len / SHA256_BYTES, err))
            return NULL;
    }
    return g_steal_pointer(&tree);
}

static bool holds(const AuditLeaf *leaf, const Checkpoint *checkpoint, const MerkleProof *proof)
{
    MerkleHash hash;
    audit_leaf_hash(leaf, hash.bytes);
    return merkle_verify_inclusion(&hash, leaf->seq - 1, checkpoint->size, proof,
                                   &checkpoint->root);
}

// From the tree in the data folder, or, when that is missing or wrong, from the leaves.
static bool prove(Casework *work, const AuditLeaf *leaf, const Checkpoint *checkpoint,
                  MerkleProof *ret_proof, GError **err)
{
    g_autofree char *path = audit_file_tree(casework_folder(work));
    g_autoptr(AuditTree) tree = audit_tree_open_read_only(path, NULL);
    if (tree != NULL &&
        audit_tree_prove_inclusion(tree, leaf->seq - 1, checkpoint->size, ret_proof, NULL) &&
        holds(leaf, checkpoint, ret_proof))
        return true;
    audit_tree_free(tree);
    tree = tree_of_leaves(work, checkpoint->size, err);
    if (tree == NULL ||
        !audit_tree_prove_inclusion(tree, leaf->seq - 1, checkpoint->size, ret_proof, err))
        return false;
    if (holds(leaf, checkpoint, ret_proof))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "leaf %" G_GUINT64_FORMAT
                " is not what was signed, or another is not; run clewd audit verify",
                leaf->seq);
    return false;
}

char *audit_proof_make(Casework *work, uint64_t seq, GError **err)
{
    g_autoptr(StoredLeaf) leaf = audit_leaf_read(casework_database(work), seq, err);
    g_autoptr(StoredCheckpoint) stored = NULL;
    MerkleProof proof;
    if (leaf == NULL || !audit_checkpoints_covering(casework_database(work), seq, &stored, err))
        return NULL;
    if (stored == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "no signed head covers leaf %" G_GUINT64_FORMAT
                    " yet; the server signs one within a second or two while it runs",
                    seq);
        return NULL;
    }
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(stored->note, strlen(stored->note), err);
    if (checkpoint == NULL || !prove(work, &leaf->leaf, checkpoint, &proof, err))
        return NULL;
    return bundle(&leaf->leaf, &proof, stored->note);
}

// ---- Checking ---------------------------------------------------------------------------------

static bool is_no_proof(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "this is no proof of a leaf: %s", why);
    return false;
}

static bool proves_nothing(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "the proof does not hold: %s", why);
    return false;
}

// The value behind "name " on a line of its own; NULL when the line has another name.
static const char *value_of(char *const *lines, unsigned *at, const char *name)
{
    size_t length = strlen(name);
    const char *line = lines[*at];
    if (line == NULL || strncmp(line, name, length) != 0 || line[length] != ' ')
        return NULL;
    ++*at;
    return line + length + 1;
}

static bool take_number(char *const *lines, unsigned *at, const char *name, int64_t *ret_number)
{
    char *end;
    const char *value = value_of(lines, at, name);
    if (value == NULL)
        return false;
    *ret_number = g_ascii_strtoll(value, &end, 10);
    g_autofree char *again = g_strdup_printf("%" G_GINT64_FORMAT, *ret_number);
    return strcmp(again, value) == 0;
}

// Only what escaping gives; a backslash at the end escapes nothing.
static bool take_text(char *const *lines, unsigned *at, const char *name, char **ret_text)
{
    const char *value = value_of(lines, at, name);
    size_t slashes = 0;
    for (size_t end = value != NULL ? strlen(value) : 0; end > 0 && value[end - 1] == '\\'; end--)
        slashes++;
    if (value == NULL || slashes % 2 != 0)
        return false;
    g_autofree char *text = g_strcompress(value);
    g_autofree char *again = g_strescape(text, NULL);
    if (strcmp(again, value) != 0)
        return false;
    *ret_text = g_steal_pointer(&text);
    return true;
}

static bool take_digest(char *const *lines, unsigned *at, const char *name,
                        uint8_t ret_digest[SHA256_BYTES])
{
    const char *value = value_of(lines, at, name);
    return value != NULL && encoding_from_hex(value, strlen(value), ret_digest, SHA256_BYTES);
}

static bool take_fields(StoredLeaf *stored, char *const *lines)
{
    AuditLeaf *leaf = &stored->leaf;
    unsigned at = 1;
    int64_t seq = 0, account = 0, case_id = 0, rows = 0;
    bool ok = g_strcmp0(lines[0], LEAF_MAGIC) == 0 && take_number(lines, &at, "seq", &seq) &&
              take_number(lines, &at, "made_us", &leaf->made_us) &&
              take_number(lines, &at, "monotonic_us", &leaf->monotonic_us) &&
              take_number(lines, &at, "account", &account) &&
              take_text(lines, &at, "actor", &stored->actor) &&
              take_text(lines, &at, "session", &stored->session) &&
              take_text(lines, &at, "action", &stored->action) &&
              take_number(lines, &at, "case", &case_id) &&
              take_text(lines, &at, "object", &stored->object) &&
              take_digest(lines, &at, "payload_sha256", leaf->payload_sha256) &&
              take_number(lines, &at, "rows_written", &rows) &&
              take_digest(lines, &at, "rows_sha256", leaf->rows_sha256) &&
              take_digest(lines, &at, "previous", leaf->previous);
    if (!ok || seq < 1)
        return false;
    if (lines[at] != NULL && g_str_has_prefix(lines[at], "payload ") &&
        !take_text(lines, &at, "payload", &stored->payload))
        return false;
    leaf->seq = (uint64_t)seq;
    leaf->account_id = (uint64_t)account;
    leaf->case_id = (uint64_t)case_id;
    leaf->rows_written = (uint64_t)rows;
    leaf->actor = stored->actor;
    leaf->session = stored->session;
    leaf->action = stored->action;
    leaf->object = stored->object;
    leaf->payload = stored->payload;
    return lines[at] != NULL && lines[at][0] == '\0' && lines[at + 1] == NULL;
}

static StoredLeaf *parse_leaf(const char *extra)
{
    size_t size;
    g_autofree char *fields = (char *)g_base64_decode(extra, &size);
    g_autofree char *again = g_base64_encode((const guchar *)fields, size);
    g_autofree char *text = g_strndup(fields, size);
    if (strcmp(again, extra) != 0 || strlen(text) != size)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(StoredLeaf) leaf = g_new0(StoredLeaf, 1);
    return lines[0] != NULL && take_fields(leaf, lines) ? g_steal_pointer(&leaf) : NULL;
}

// Only what encoding gives: bits that no byte uses are zero.
static bool take_hash(const char *line, MerkleHash *ret_hash)
{
    if (!encoding_from_base64(line, strlen(line), ret_hash->bytes, MERKLE_HASH_BYTES))
        return false;
    g_autofree char *again = g_base64_encode(ret_hash->bytes, MERKLE_HASH_BYTES);
    return strcmp(again, line) == 0;
}

static bool parse_head(char *const *lines, StoredLeaf **ret_leaf, MerkleProof *ret_proof,
                       GError **err)
{
    unsigned at = 1;
    int64_t index;
    if (g_strcmp0(lines[0], MAGIC) != 0)
        return is_no_proof(err, "it does not begin with " MAGIC);
    const char *extra = value_of(lines, &at, "extra");
    *ret_leaf = extra != NULL ? parse_leaf(extra) : NULL;
    if (*ret_leaf == NULL)
        return is_no_proof(err, "the leaf's fields are missing or wrong");
    if (!take_number(lines, &at, "index", &index) || (uint64_t)index + 1 != (*ret_leaf)->leaf.seq)
        return is_no_proof(err, "its index is not the leaf's");
    for (ret_proof->count = 0; lines[at] != NULL; at++) {
        if (ret_proof->count == MERKLE_PROOF_MAX ||
            !take_hash(lines[at], &ret_proof->hashes[ret_proof->count]))
            return is_no_proof(err, "a line of the path is no hash");
        ret_proof->count++;
    }
    return true;
}

static bool verify(const AuditProof *proof, const MerkleProof *path, const AuditKey *key,
                   GError **err)
{
    uint8_t digest[SHA256_BYTES];
    const AuditLeaf *leaf = &proof->leaf->leaf;
    if (strcmp(proof->checkpoint->origin, key->name) != 0 ||
        !checkpoint_is_signed(proof->checkpoint, key, NULL))
        return proves_nothing(err, "its head is not signed by that key");
    if (!holds(leaf, proof->checkpoint, path))
        return proves_nothing(err, "the leaf is not in the record whose head was signed");
    if (leaf->payload == NULL)
        return true;
    EVP_Digest(leaf->payload, strlen(leaf->payload), digest, NULL, EVP_sha256(), NULL);
    return memcmp(digest, leaf->payload_sha256, SHA256_BYTES) == 0 ||
           proves_nothing(err, "the payload is not the leaf's");
}

void audit_proof_clear(AuditProof *proof)
{
    g_clear_pointer(&proof->leaf, stored_leaf_free);
    g_clear_pointer(&proof->checkpoint, checkpoint_free);
}

bool audit_proof_check(const char *text, size_t length, const AuditKey *key, AuditProof *ret_proof,
                       GError **err)
{
    MerkleProof path;
    g_auto(AuditProof) proof = {0};
    if (length > LIMIT_PROOF_BYTES || memchr(text, '\0', length) != NULL)
        return is_no_proof(err, "it is too long or no text");
    const char *blank = g_strstr_len(text, (gssize)length, "\n\n");
    if (blank == NULL)
        return is_no_proof(err, "it has no blank line");
    g_autofree char *head = g_strndup(text, (size_t)(blank - text));
    g_auto(GStrv) lines = g_strsplit(head, "\n", MERKLE_PROOF_MAX + 4);
    if (!parse_head(lines, &proof.leaf, &path, err))
        return false;
    const char *note = blank + 2;
    proof.checkpoint = checkpoint_parse(note, (size_t)(text + length - note), err);
    if (proof.checkpoint == NULL || !verify(&proof, &path, key, err))
        return false;
    *ret_proof = proof;
    proof = (AuditProof){0};
    return true;
}
