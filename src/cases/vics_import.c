// SPDX-License-Identifier: Apache-2.0
#include "cases/vics_import.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/list_source.h"
#include "cases/scheme.h"
#include "wire/vics_client.h"

// A batch is written when it has VICS_IMPORT_BATCH elements or so much text.
#define BATCH_BYTES (32u << 20)

typedef struct {
    bool is_identifier;
    VicsMedia media;
    VicsIdentifier identifier;
} Element;

typedef struct {
    Casework *work;
    const Actor *actor;
    const VicsImportOptions *options;
    uint64_t size_bytes;
    bool is_check;        // the first reading: nothing is written
    VicsDocumentRow *row; // as it stands in the database, once it does
    bool is_stored;
    uint64_t seen;    // elements of this reading
    GArray *batch;    // of Element
    size_t bytes;     // text in it
    struct stat file; // as it was when it was checked
} Import;

static void element_clear(void *pointer)
{
    Element *element = pointer;
    vics_media_clear(&element->media);
    vics_identifier_clear(&element->identifier);
}

// Writing -----------------------------------------------------------------------------------------

static uint64_t stored_elements(const VicsDocumentRow *row)
{
    return row->media + row->identifiers;
}

static bool fail_conflict(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                        "cannot import the case document: somebody else is importing the same "
                        "file into this case; wait for that to end");
    return false;
}

// Makes the document's row, or sees that it is as this import left it.
static bool hold_row(Import *import, Act *act, GError **err)
{
    VicsDocumentRow *row = import->row;
    g_autoptr(VicsDocumentRow) now = NULL;
    if (!vics_document_rows_find(act_database(act), row->case_id, row->sha256, &now, err))
        return false;
    if (!import->is_stored) {
        if (now != NULL)
            return fail_conflict(err);
        row->added_us = act_now_us(act);
        return act_new_ids(act, TABLE_VICS_DOCUMENT, 1, &row->id, err);
    }
    if (now == NULL || now->is_complete || stored_elements(now) != stored_elements(row))
        return fail_conflict(err);
    return act_supersedes(act, TABLE_VICS_DOCUMENT, row->id, err);
}

static void count_media(VicsDocumentRow *row, const VicsMedia *media)
{
    row->media++;
    row->files += media->files->len;
    row->not_understood += media->refused;
    row->photodna += media->photodna == VICS_PHOTODNA_KEPT;
    row->photodna_bad +=
        media->photodna == VICS_PHOTODNA_NOT_VALID || media->photodna == VICS_PHOTODNA_BOGUS;
}

static bool write_elements(Import *import, Act *act, GError **err)
{
    uint64_t first;
    VicsDocumentRow *row = import->row;
    if (import->batch->len == 0)
        return true;
    if (!act_new_ids(act, TABLE_VICS_MEDIA, import->batch->len, &first, err))
        return false;
    for (unsigned i = 0; i < import->batch->len; i++) {
        const Element *element = &g_array_index(import->batch, Element, i);
        const VicsElementKey key = {.id = first + i,
                                    .seq = act_seq(act),
                                    .document_id = row->id,
                                    .case_id = row->case_id,
                                    .ordinal = stored_elements(row)};
        bool ok =
            element->is_identifier
                ? vics_identifier_rows_insert(act_database(act), &key, &element->identifier, err)
                : vics_media_rows_insert(act_database(act), &key, &element->media, err);
        if (!ok)
            return false;
        if (element->is_identifier) {
            row->identifiers++;
            row->not_understood += element->identifier.refused;
        } else {
            count_media(row, &element->media);
        }
    }
    act_wrote_range(act, TABLE_VICS_MEDIA, first, first + import->batch->len - 1);
    return true;
}

// What the document says of itself goes in before its elements do, because they refer to it.
static bool write_batch(Import *import, Act *act, GError **err)
{
    VicsDocumentRow *row = import->row;
    row->seq = act_seq(act);
    bool was_stored = import->is_stored;
    if (!was_stored && !vics_document_rows_insert(act_database(act), row, err))
        return false;
    if (!was_stored)
        act_wrote(act, TABLE_VICS_DOCUMENT, row->id);
    return write_elements(import, act, err) &&
           vics_document_rows_update(act_database(act), row, err);
}

// What is written must be what was checked and digested.
static bool is_unchanged(const Import *import, GError **err)
{
    struct stat now;
    const struct stat *then = &import->file;
    if (fstat(import->options->descriptor, &now) == 0 && now.st_size == then->st_size &&
        now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == then->st_mtim.tv_nsec &&
        now.st_ctim.tv_sec == then->st_ctim.tv_sec && now.st_ctim.tv_nsec == then->st_ctim.tv_nsec)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "cannot import the case document %s: the file changed while it was read; the "
                "import was stopped",
                import->options->name);
    return false;
}

// One act. On failure the row stands as in the database.
static bool flush(Import *import, GError **err)
{
    VicsDocumentRow before = *import->row;
    if (!is_unchanged(import, err))
        return false;
    g_autoptr(Act) act = act_begin(import->work, import->actor, AUDIT_IMPORT, err);
    g_autoptr(CaseFile) file =
        act != NULL ? case_file_for_change(act, import->row->case_id, err) : NULL;
    bool ok = file != NULL && hold_row(import, act, err);
    if (ok) {
        act_set_object(act, "vics_document %" G_GUINT64_FORMAT, import->row->id);
        ok = write_batch(import, act, err);
    }
    if (ok) {
        json_write_member_uint(act_payload(act), "elements", import->batch->len);
        json_write_member_bool(act_payload(act), "complete", import->row->is_complete);
        ok = act_commit(act, err);
    }
    if (!ok) {
        *import->row = before;
        return false;
    }
    import->is_stored = true;
    g_array_set_size(import->batch, 0);
    import->bytes = 0;
    return true;
}

// Receiving ---------------------------------------------------------------------------------------

// Whether the element that came is to be kept; what an earlier import wrote is passed over.
static bool is_wanted(Import *import)
{
    uint64_t ordinal = import->seen++;
    return !import->is_check && ordinal >= stored_elements(import->row) + import->batch->len;
}

static bool flush_when_due(Import *import, const char *raw, GError **err)
{
    import->bytes += strlen(raw);
    bool due = import->batch->len >= VICS_IMPORT_BATCH || import->bytes >= BATCH_BYTES;
    return !due || flush(import, err);
}

static bool take_media(void *user_data, VicsMedia *media, GError **err)
{
    Import *import = user_data;
    if (!is_wanted(import))
        return true;
    const Element element = {.media = *media};
    *media = (VicsMedia){0};
    g_array_append_val(import->batch, element);
    return flush_when_due(import, element.media.raw, err);
}

static bool take_identifier(void *user_data, VicsIdentifier *identifier, GError **err)
{
    Import *import = user_data;
    if (!is_wanted(import))
        return true;
    const Element element = {.is_identifier = true, .identifier = *identifier};
    *identifier = (VicsIdentifier){0};
    g_array_append_val(import->batch, element);
    return flush_when_due(import, element.identifier.raw, err);
}

static bool take_head(void *user_data, const VicsCaseHead *head, GError **err)
{
    VicsDocumentRow *row = ((Import *)user_data)->row;
    if (head->ordinal != 0)
        return true;
    g_free(row->case_number);
    g_free(row->application);
    row->case_number = g_strdup(head->case_number);
    row->application = g_strdup(head->application_name);
    return true;
}

static const char *scheme_of_region(const char *region)
{
    return g_strcmp0(region, "US") == 0   ? "vics-us"
           : g_strcmp0(region, "UK") == 0 ? "vics-uk"
                                          : NULL;
}

static void describe(VicsDocumentRow *row, const VicsDocument *document, const char *scheme)
{
    g_free(row->version);
    g_free(row->region);
    g_free(row->scheme);
    g_free(row->frame);
    row->version = g_strdup(document->version);
    row->region = g_strdup(document->region);
    row->scheme = g_strdup(scheme != NULL ? scheme : scheme_of_region(document->region));
    row->frame = g_strdup(document->frame);
}

static bool take_document(void *user_data, const VicsDocument *document, GError **err)
{
    Import *import = user_data;
    if (document->media_count + document->identifier_count != import->seen) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                            "the reader of the case document does not count what it sends");
        return false;
    }
    if (import->is_check)
        return true;
    describe(import->row, document, import->options->scheme);
    import->row->is_complete = true;
    if (flush(import, err))
        return true;
    import->row->is_complete = false;
    return false;
}

static void tell_progress(void *user_data, uint64_t bytes_read)
{
    const Import *import = user_data;
    uint64_t before = import->is_check ? 0 : import->size_bytes;
    if (import->options->progress != NULL)
        import->options->progress(import->options->user_data, before + bytes_read,
                                  2 * import->size_bytes);
}

static bool ask_cancelled(void *user_data, GError **err)
{
    const VicsImportOptions *options = ((Import *)user_data)->options;
    return options->is_cancelled != NULL && options->is_cancelled(options->user_data, err);
}

static bool read_once(Import *import, GError **err)
{
    const VicsReceiver receiver = {
        .media = take_media,
        .identifier = take_identifier,
        .head = take_head,
        .document = take_document,
        .progress = tell_progress,
        .is_cancelled = ask_cancelled,
        .user_data = import,
    };
    import->seen = 0;
    return vics_client_read(import->options->zygote, import->options->descriptor,
                            import->options->name, &receiver, err);
}

// Importing ---------------------------------------------------------------------------------------

static bool may_import(Casework *work, const Actor *actor, const VicsImportOptions *options,
                       GError **err)
{
    if ((actor->permissions & PERMISSION_BIT(PERMISSION_INGEST)) == 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                            "cannot import the case document: your roles do not allow bringing "
                            "anything into a case");
        return false;
    }
    if (options->scheme != NULL) {
        g_autoptr(Scheme) scheme = scheme_load(options->scheme, casework_folder(work), err);
        if (scheme == NULL)
            return false;
    }
    g_autoptr(CaseFile) file = case_file_get(work, actor, options->case_id, err);
    if (file == NULL)
        return false;
    if (file->state == CASE_OPEN)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "cannot import the case document: the case %s is not open", file->number);
    return false;
}

// The first reading, while the file is digested beside it.
static bool check(Import *import, uint8_t ret_sha256[SHA256_BYTES], GError **err)
{
    const VicsImportOptions *options = import->options;
    g_autoptr(ListSourceDigest) digest =
        list_source_digest_begin(options->descriptor, options->name);
    if (!list_source_is_file(digest)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot import the case document %s: it is not a regular file", options->name);
        return false;
    }
    if (fstat(options->descriptor, &import->file) != 0)
        return clew_error_set_errno(err, errno, "cannot examine %s", options->name);
    import->size_bytes = list_source_bytes(digest);
    import->is_check = true;
    bool ok = read_once(import, err) && list_source_digest_end(digest, ret_sha256, err);
    import->is_check = false;
    return ok;
}

static VicsDocumentRow *new_row(const Import *import, const uint8_t sha256[SHA256_BYTES])
{
    VicsDocumentRow *row = g_new0(VicsDocumentRow, 1);
    row->case_id = import->options->case_id;
    row->account_id = import->actor->account_id;
    row->name = g_strdup(import->options->name);
    row->size_bytes = import->size_bytes;
    memcpy(row->sha256, sha256, SHA256_BYTES);
    return row;
}

// The second reading.
static bool write_all(Import *import, GError **err)
{
    import->batch = g_array_new(FALSE, FALSE, sizeof(Element));
    g_array_set_clear_func(import->batch, element_clear);
    bool ok = read_once(import, err);
    g_array_unref(import->batch);
    return ok;
}

static bool run(Import *import, bool *ret_was_there, GError **err)
{
    uint8_t sha256[SHA256_BYTES];
    Database *database = casework_database(import->work);
    VicsDocumentRow *checked = import->row = g_new0(VicsDocumentRow, 1);
    bool ok = check(import, sha256, err);
    vics_document_row_free(checked);
    import->row = NULL;
    if (!ok ||
        !vics_document_rows_find(database, import->options->case_id, sha256, &import->row, err))
        return false;
    *ret_was_there = import->row != NULL && import->row->is_complete;
    if (*ret_was_there)
        return true;
    import->is_stored = import->row != NULL;
    if (!import->is_stored)
        import->row = new_row(import, sha256);
    return write_all(import, err);
}

VicsDocumentRow *vics_import(Casework *work, const Actor *actor, const VicsImportOptions *options,
                             bool *ret_was_there, GError **err)
{
    Import import = {.work = work, .actor = actor, .options = options};
    bool was_there = false;
    if (!may_import(work, actor, options, err))
        return NULL;
    if (!run(&import, &was_there, err)) {
        vics_document_row_free(import.row);
        return NULL;
    }
    *ret_was_there = was_there;
    return import.row;
}

// Asking ------------------------------------------------------------------------------------------

static void row_free(void *row)
{
    vics_document_row_free(row);
}

static void saying_free(void *saying)
{
    vics_saying_free(saying);
}

GPtrArray *vics_documents(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    if (file == NULL || !vics_document_rows_list(casework_database(work), case_id, rows, err))
        return NULL;
    return g_steal_pointer(&rows);
}

GPtrArray *vics_say(Casework *work, const Actor *actor, uint64_t case_id, const Digests *digests,
                    GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(GPtrArray) sayings = g_ptr_array_new_with_free_func(saying_free);
    if (file == NULL || !vics_rows_say(casework_database(work), case_id, digests, sayings, err))
        return NULL;
    return g_steal_pointer(&sayings);
}
