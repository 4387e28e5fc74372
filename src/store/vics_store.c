// SPDX-License-Identifier: Apache-2.0
#include "store/vics_store.h"

#include <string.h>

#include "store/bound.h"

#define DOCUMENT_COLUMNS                                                                           \
    "id, seq, case_id, account_id, name, sha256, size_bytes, state, version, region, scheme, "     \
    "case_number, application, media, identifiers, files, not_understood, photodna, "              \
    "photodna_bad, added_us"
#define DOCUMENT_FRAME_COLUMN 20

void vics_document_row_free(VicsDocumentRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row->frame);
    g_free(row->version);
    g_free(row->region);
    g_free(row->scheme);
    g_free(row->case_number);
    g_free(row->application);
    g_free(row);
}

static VicsDocumentRow *document_of(const Statement *statement)
{
    VicsDocumentRow *row = g_new0(VicsDocumentRow, 1);
    row->id = (uint64_t)statement_int(statement, 0);
    row->seq = (uint64_t)statement_int(statement, 1);
    row->case_id = (uint64_t)statement_int(statement, 2);
    row->account_id = (uint64_t)statement_int(statement, 3);
    row->name = g_strdup(statement_text(statement, 4));
    size_t size_bytes;
    const uint8_t *sha256 = statement_blob(statement, 5, &size_bytes);
    if (sha256 != NULL && size_bytes == SHA256_BYTES)
        memcpy(row->sha256, sha256, SHA256_BYTES);
    row->size_bytes = (uint64_t)statement_int(statement, 6);
    row->is_complete = g_strcmp0(statement_text(statement, 7), "complete") == 0;
    row->version = g_strdup(statement_text(statement, 8));
    row->region = g_strdup(statement_text(statement, 9));
    row->scheme = g_strdup(statement_text(statement, 10));
    row->case_number = g_strdup(statement_text(statement, 11));
    row->application = g_strdup(statement_text(statement, 12));
    row->media = (uint64_t)statement_int(statement, 13);
    row->identifiers = (uint64_t)statement_int(statement, 14);
    row->files = (uint64_t)statement_int(statement, 15);
    row->not_understood = (uint64_t)statement_int(statement, 16);
    row->photodna = (uint64_t)statement_int(statement, 17);
    row->photodna_bad = (uint64_t)statement_int(statement, 18);
    row->added_us = statement_int(statement, 19);
    return row;
}

// The only row of a statement, with its frame.
static bool take_document(Statement *statement, VicsDocumentRow **ret_row, GError **err)
{
    bool there;
    if (statement == NULL || !statement_step(statement, &there, err))
        return false;
    VicsDocumentRow *row = there ? document_of(statement) : NULL;
    if (row != NULL) {
        row->frame = g_strdup(statement_text(statement, DOCUMENT_FRAME_COLUMN));
        statement_reset(statement);
    }
    *ret_row = row;
    return true;
}

bool vics_document_rows_get(Database *database, uint64_t case_id, uint64_t id,
                            VicsDocumentRow **ret_row, GError **err)
{
    return take_document(bound_statement(database, err,
                                         "SELECT " DOCUMENT_COLUMNS ", frame FROM vics_document "
                                         "WHERE id = ?1 AND case_id = ?2",
                                         "uu", id, case_id),
                         ret_row, err);
}

bool vics_document_rows_find(Database *database, uint64_t case_id,
                             const uint8_t sha256[SHA256_BYTES], VicsDocumentRow **ret_row,
                             GError **err)
{
    return take_document(bound_statement(database, err,
                                         "SELECT " DOCUMENT_COLUMNS ", frame FROM vics_document "
                                         "WHERE case_id = ?1 AND sha256 = ?2",
                                         "ub", case_id, sha256, (size_t)SHA256_BYTES),
                         ret_row, err);
}

bool vics_document_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err)
{
    Statement *statement = bound_statement(database, err,
                                           "SELECT " DOCUMENT_COLUMNS " FROM vics_document "
                                           "WHERE case_id = ?1 AND state = 'complete' ORDER BY id",
                                           "u", case_id);
    if (statement == NULL)
        return false;
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        g_ptr_array_add(rows, document_of(statement));
    }
}

static const char *state_name(const VicsDocumentRow *row)
{
    return row->is_complete ? "complete" : "reading";
}

bool vics_document_rows_insert(Database *database, const VicsDocumentRow *row, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO vics_document (" DOCUMENT_COLUMNS ", frame) VALUES (?1, ?2, ?3, "
                     "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
                     "?20, ?21)",
                     "uuuutbuttttttuuuuuuit", row->id, row->seq, row->case_id, row->account_id,
                     row->name, row->sha256, (size_t)SHA256_BYTES, row->size_bytes, state_name(row),
                     row->version, row->region, row->scheme, row->case_number, row->application,
                     row->media, row->identifiers, row->files, row->not_understood, row->photodna,
                     row->photodna_bad, row->added_us, row->frame);
}

bool vics_document_rows_update(Database *database, const VicsDocumentRow *row, GError **err)
{
    return bound_run(
        database, err,
        "UPDATE vics_document SET seq = ?2, state = ?3, frame = ?4, version = ?5, region = ?6, "
        "scheme = ?7, case_number = ?8, application = ?9, media = ?10, identifiers = ?11, "
        "files = ?12, not_understood = ?13, photodna = ?14, photodna_bad = ?15 WHERE id = ?1",
        "uuttttttt"
        "uuuuuu",
        row->id, row->seq, state_name(row), row->frame, row->version, row->region, row->scheme,
        row->case_number, row->application, row->media, row->identifiers, row->files,
        row->not_understood, row->photodna, row->photodna_bad);
}

// Elements ----------------------------------------------------------------------------------------

static void bind_flag(Statement *statement, int position, int flag)
{
    if (flag >= 0)
        statement_bind_int(statement, position, flag);
    else
        statement_bind_null(statement, position);
}

static void bind_digest(Statement *statement, int position, bool present, const uint8_t *bytes,
                        size_t size_bytes)
{
    if (present)
        statement_bind_blob(statement, position, bytes, size_bytes);
    else
        statement_bind_null(statement, position);
}

// The statement with the members that both kinds have bound.
static Statement *element_statement(Database *database, const VicsElementKey *key, const char *kind,
                                    unsigned case_ordinal, const char *raw, GError **err)
{
    return bound_statement(
        database, err,
        "INSERT INTO vics_media (id, seq, document_id, case_id, kind, case_ordinal, ordinal, raw, "
        "md5, sha1, sha256, size_bytes, category, category_source, series, media_type, "
        "victim_identified) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15, ?16, ?17)",
        "uuuutuut", key->id, key->seq, key->document_id, key->case_id, kind, (uint64_t)case_ordinal,
        key->ordinal, raw);
}

static bool insert_file(Database *database, uint64_t id, unsigned ordinal,
                        const VicsMediaFile *file, GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "INSERT INTO vics_file (vics_media_id, ordinal, name, path, created, written, accessed, "
        "source, unallocated, deleted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        "uutttttt", id, (uint64_t)ordinal, file->file_name, file->file_path, file->created,
        file->written, file->accessed, file->source_id);
    if (statement == NULL)
        return false;
    bind_flag(statement, 9, file->unallocated);
    bind_flag(statement, 10, file->deleted);
    return statement_run(statement, err);
}

static bool insert_identifier(Database *database, uint64_t id, unsigned ordinal,
                              const VicsIdentifier *identifier, GError **err)
{
    return bound_run(database, err,
                     "INSERT INTO vics_identifier (vics_media_id, ordinal, type, name, "
                     "application) VALUES (?1, ?2, ?3, ?4, ?5)",
                     "uuttt", id, (uint64_t)ordinal, identifier->type, identifier->name,
                     identifier->application);
}

bool vics_media_rows_insert(Database *database, const VicsElementKey *key, const VicsMedia *media,
                            GError **err)
{
    Statement *statement =
        element_statement(database, key, "media", media->case_ordinal, media->raw, err);
    if (statement == NULL)
        return false;
    bind_digest(statement, 9, media->has_md5, media->md5, MD5_BYTES);
    bind_digest(statement, 10, media->has_sha1, media->sha1, SHA1_BYTES);
    bind_digest(statement, 11, media->has_sha256, media->sha256, SHA256_BYTES);
    if (media->size_bytes.present)
        statement_bind_int(statement, 12, (int64_t)media->size_bytes.value);
    statement_bind_text(statement, 13, media->category);
    statement_bind_text(statement, 14, media->precategorization_source);
    statement_bind_text(statement, 15, media->series);
    statement_bind_text(statement, 16, media->mime_type);
    bind_flag(statement, 17, media->victim_identified);
    if (!statement_run(statement, err))
        return false;
    for (unsigned i = 0; i < media->files->len; i++)
        if (!insert_file(database, key->id, i, media->files->pdata[i], err))
            return false;
    for (unsigned i = 0; i < media->identifiers->len; i++)
        if (!insert_identifier(database, key->id, i, media->identifiers->pdata[i], err))
            return false;
    return true;
}

bool vics_identifier_rows_insert(Database *database, const VicsElementKey *key,
                                 const VicsIdentifier *identifier, GError **err)
{
    Statement *statement = element_statement(database, key, "identifier", identifier->case_ordinal,
                                             identifier->raw, err);
    return statement != NULL && statement_run(statement, err) &&
           insert_identifier(database, key->id, 0, identifier, err);
}

// Reading -----------------------------------------------------------------------------------------

void vics_saying_free(VicsSaying *saying)
{
    g_free(saying->document_name);
    g_free(saying->scheme);
    g_free(saying->category);
    g_free(saying->category_source);
    g_free(saying->series);
    g_free(saying);
}

static VicsSaying *saying_of(const Statement *statement)
{
    VicsSaying *saying = g_new0(VicsSaying, 1);
    saying->document_id = (uint64_t)statement_int(statement, 0);
    saying->vics_media_id = (uint64_t)statement_int(statement, 1);
    saying->document_name = g_strdup(statement_text(statement, 2));
    saying->scheme = g_strdup(statement_text(statement, 3));
    saying->is_weak = statement_is_null(statement, 4);
    saying->category = g_strdup(statement_text(statement, 5));
    saying->category_source = g_strdup(statement_text(statement, 6));
    saying->series = g_strdup(statement_text(statement, 7));
    saying->victim_identified =
        statement_is_null(statement, 8) ? -1 : (int)statement_int(statement, 8);
    return saying;
}

bool vics_rows_say(Database *database, uint64_t case_id, const Digests *digests, GPtrArray *sayings,
                   GError **err)
{
    Statement *statement = bound_statement(
        database, err,
        "SELECT d.id, v.id, d.name, d.scheme, v.sha1, v.category, v.category_source, v.series, "
        "v.victim_identified FROM vics_media v JOIN vics_document d ON d.id = v.document_id "
        "WHERE v.md5 = ?1 AND v.case_id = ?2 AND d.state = 'complete' "
        "AND (v.sha1 IS NULL OR v.sha1 = ?3) AND (v.sha256 IS NULL OR v.sha256 = ?4) "
        "ORDER BY d.id, v.ordinal",
        "bubb", digests->md5, (size_t)MD5_BYTES, case_id, digests->sha1, (size_t)SHA1_BYTES,
        digests->sha256, (size_t)SHA256_BYTES);
    if (statement == NULL)
        return false;
    for (;;) {
        bool there;
        if (!statement_step(statement, &there, err))
            return false;
        if (!there)
            return true;
        g_ptr_array_add(sayings, saying_of(statement));
    }
}
