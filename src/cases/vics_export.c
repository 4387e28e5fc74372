// SPDX-License-Identifier: Apache-2.0
#include "cases/vics_export.h"

#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/output_file.h"
#include "cases/act.h"
#include "cases/case_file.h"
#include "lists/vics_case_frame.h"
#include "lists/vics_case_object.h"
#include "lists/vics_json.h"
#include "store/media_hashes.h"
#include "store/vics_export_rows.h"
#include "store/vics_store.h"

typedef struct {
    Casework *work;
    Database *database;
    const VicsExportOptions *options;
    CaseFile *file;
    VicsDocumentRow *document; // NULL: a new one
    GPtrArray *documents;      // of a new one: of VicsDocumentRow *
    const char *scheme;        // of the categories that are written; NULL: none
    VicsFrameContent content;
    VicsCaseFrame *frame; // while its elements are written
    OutputFile *output;
    GChecksum *checksum;
    VicsExportCounts counts;
} Export;

static bool write_out(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    Export *export = user_data;
    g_checksum_update(export->checksum, bytes, (gssize)size_bytes);
    export->counts.size_bytes += size_bytes;
    return output_file_write(export->output, bytes, size_bytes, err);
}

// Imported elements -------------------------------------------------------------------------------

static char *json_string(const char *text)
{
    GString *json = g_string_new(NULL);
    JsonWriter writer;
    json_writer_init(&writer, json);
    json_write_string(&writer, text);
    return g_string_free(json, FALSE);
}

static bool edit_category(Export *export, const VicsElementRow *row, const char *scheme,
                          char **ret_json)
{
    unsigned decided, came;
    if (row->decided.category == NULL)
        return false;
    if (g_strcmp0(scheme, export->file->scheme) != 0 ||
        !vics_category(scheme, row->decided.category, &decided)) {
        export->counts.categories_left_out++;
        return false;
    }
    if (vics_category(scheme, row->category, &came) && came == decided)
        return false;
    *ret_json = g_strdup_printf("%u", decided);
    return true;
}

// Writes the element, changed where Clew knows better.
static bool write_element(Export *export, const VicsElementRow *row, const char *scheme,
                          GError **err)
{
    VicsMemberEdit edits[3];
    size_t count = 0;
    g_autofree char *category = NULL;
    g_autofree char *series = NULL;
    if (edit_category(export, row, scheme, &category))
        edits[count++] = (VicsMemberEdit){"Category", category};
    if (row->decided.series != NULL && g_strcmp0(row->decided.series, row->series) != 0) {
        series = json_string(row->decided.series);
        edits[count++] = (VicsMemberEdit){"Series", series};
    }
    if (row->decided.victim_identified && row->victim_identified != 1)
        edits[count++] = (VicsMemberEdit){"VictimIdentified", "true"};
    if (count == 0)
        return vics_case_frame_element(export->frame, row->raw, err);
    g_autoptr(GString) text = g_string_new(NULL);
    export->counts.changed++;
    return vics_object_edit(row->raw, edits, count, text, err) &&
           vics_case_frame_element(export->frame, text->str, err);
}

typedef struct {
    Export *export;
    const char *scheme; // of the document the elements are from
    bool are_media;
} Elements;

static bool take_element(void *user_data, const VicsElementRow *row, GError **err)
{
    const Elements *elements = user_data;
    if (!elements->are_media) {
        elements->export->counts.identifiers++;
        return vics_case_frame_element(elements->export->frame, row->raw, err);
    }
    elements->export->counts.media++;
    return write_element(elements->export, row, elements->scheme, err);
}

static bool write_imported(Export *export, const VicsDocumentRow *document, int case_ordinal,
                           VicsArray array, GError **err)
{
    Elements elements = {
        .export = export, .scheme = document->scheme, .are_media = array == VICS_ARRAY_MEDIA};
    return vics_export_elements(export->database, document->id,
                                elements.are_media ? "media" : "identifier", case_ordinal,
                                take_element, &elements, err);
}

// What Clew found ---------------------------------------------------------------------------------

static VicsOwnSelection own_selection(const Export *export)
{
    return (VicsOwnSelection){.case_id = export->file->id,
                              .document_id = export->options->document_id,
                              .scheme = export->scheme,
                              .with_ignorable = export->options->with_ignorable};
}

// The category under the document's scheme; *ret_source is the set that said so.
static bool own_category(const Export *export, const VicsOwnRow *row, unsigned *ret_category,
                         const char **ret_source)
{
    *ret_source = NULL;
    if (row->decided.category != NULL)
        return g_strcmp0(export->file->scheme, export->scheme) == 0 &&
               vics_category(export->scheme, row->decided.category, ret_category);
    *ret_source = row->listed_by;
    return vics_category(export->scheme, row->listed_category, ret_category);
}

static bool count_own(void *user_data, const VicsOwnRow *row, GError **err)
{
    Export *export = user_data;
    uint64_t files;
    unsigned category;
    const char *source;
    if (!vics_export_item_count(export->database, export->file->id, row->media_id, &files, err))
        return false;
    export->content.has_more = true;
    export->content.media_files += MIN(files, LIMIT_VICS_LIST);
    export->content.precategorized += own_category(export, row, &category, &source);
    return true;
}

typedef struct {
    Export *export;
    VicsObject object;
} OwnFiles;

static bool take_item(void *user_data, const VicsItemRow *row, GError **err)
{
    OwnFiles *own = user_data;
    g_autofree char *source = encoding_hex_new(row->item_key, row->item_key_bytes);
    const VicsOwnFile file = {
        .number = ++own->export->counts.own_files,
        .path = row->path,
        .times = row->times,
        .source = source,
        .is_deleted =
            row->findings != NULL && strstr(row->findings, "\"type\":\"deleted\"") != NULL,
    };
    vics_object_file(&own->object, &file);
    return true;
}

static bool write_files(OwnFiles *own, const VicsOwnRow *row, GError **err)
{
    Export *export = own->export;
    uint64_t before = export->counts.own_files, files;
    if (!vics_export_items(export->database, export->file->id, row->media_id, LIMIT_VICS_LIST,
                           take_item, own, err) ||
        !vics_export_item_count(export->database, export->file->id, row->media_id, &files, err))
        return false;
    export->counts.files_left_out += files - (export->counts.own_files - before);
    return true;
}

static bool take_own(void *user_data, const VicsOwnRow *row, GError **err)
{
    Export *export = user_data;
    PdqFacts pdq[PIPELINE_COUNT] = {0}, thumbnail[PIPELINE_COUNT] = {0};
    g_autoptr(GPtrArray) details = g_ptr_array_new_with_free_func(g_free);
    VicsOwnMedia media = {
        .number = ++export->counts.media,
        .digests = &row->digests,
        .size_bytes = row->size_bytes,
        .media_type = row->media_type,
        .series = row->decided.series,
        .victim_identified = row->decided.victim_identified,
        .has_dimensions = row->has_dimensions,
        .width = row->width,
        .height = row->height,
        .has_duration = row->has_duration,
        .duration_ms = row->duration_ms,
    };
    media.has_category = own_category(export, row, &media.category, &media.category_source);
    export->counts.own++;
    export->counts.categories_left_out += row->decided.category != NULL && !media.has_category;
    if (row->hashes != NULL &&
        media_hashes_unpack(row->hashes, row->hashes_bytes, pdq, thumbnail)) {
        media.pdq_full = pdq[PIPELINE_FULL].present ? pdq[PIPELINE_FULL].hash[0] : NULL;
        media.pdq_512 = pdq[PIPELINE_512].present ? pdq[PIPELINE_512].hash[0] : NULL;
    }
    if (row->is_video &&
        !vics_export_match_details(export->database, export->file->id, row->media_id, details, err))
        return false;
    g_ptr_array_add(details, NULL);
    media.match_details = (const char *const *)details->pdata;

    OwnFiles own = {.export = export};
    vics_object_begin(&own.object, &media);
    bool ok = write_files(&own, row, err);
    g_autofree char *text = vics_object_end(&own.object);
    return ok && vics_case_frame_element(export->frame, text, err);
}

// The document ------------------------------------------------------------------------------------

static bool bring_elements(void *user_data, VicsCaseFrame *frame, unsigned case_ordinal,
                           VicsArray array, GError **err)
{
    Export *export = user_data;
    export->frame = frame;
    if (export->document != NULL &&
        !write_imported(export, export->document, (int)case_ordinal, array, err))
        return false;
    for (unsigned i = 0; export->documents != NULL && i < export->documents->len; i++)
        if (!write_imported(export, export->documents->pdata[i], -1, array, err))
            return false;
    if (case_ordinal != 0 || array != VICS_ARRAY_MEDIA || !export->content.has_more ||
        export->options->imported_only)
        return true;
    const VicsOwnSelection selection = own_selection(export);
    return vics_export_own(export->database, &selection, take_own, export, err);
}

static const char *scheme_of_region(const char *region)
{
    return g_strcmp0(region, "US") == 0   ? "vics-us"
           : g_strcmp0(region, "UK") == 0 ? "vics-uk"
                                          : NULL;
}

static const char *region_of_scheme(const char *scheme)
{
    return g_strcmp0(scheme, "vics-us") == 0   ? "US"
           : g_strcmp0(scheme, "vics-uk") == 0 ? "UK"
                                               : "CUSTOM";
}

// The same case has the same id in every document.
static char *case_guid(const CaseFile *file)
{
    g_autofree char *name = g_strdup_printf("clew case %" G_GUINT64_FORMAT " %s %" G_GINT64_FORMAT,
                                            file->id, file->number, file->opened_us);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    return g_strdup_printf("%.8s-%.4s-8%.3s-8%.3s-%.12s", digest, digest + 8, digest + 12,
                           digest + 15, digest + 18);
}

static char *new_frame(const Export *export)
{
    GString *text = g_string_new(NULL);
    JsonWriter json;
    g_autofree char *guid = case_guid(export->file);
    const char *region = export->options->region;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    vics_write_context(&json, region != NULL ? region : region_of_scheme(export->file->scheme),
                       "Cases");
    json_write_key(&json, "value");
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_member_string(&json, "CaseID", guid);
    json_write_member_string(&json, "CaseNumber", export->file->number);
    json_write_member_string(&json, "SourceApplicationName", "Clew");
    json_write_member_string(&json, "SourceApplicationVersion", CLEW_VERSION);
    json_write_member_uint(&json, "TotalMediaFiles", 0);
    json_write_member_uint(&json, "TotalPrecategorized", 0);
    json_write_key(&json, "Identifiers");
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_key(&json, "Media");
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_end_object(&json);
    json_write_end_array(&json);
    json_write_end_object(&json);
    return g_string_free(text, FALSE);
}

static void row_free(void *row)
{
    vics_document_row_free(row);
}

static bool choose_document(Export *export, GError **err)
{
    const VicsExportOptions *options = export->options;
    if (options->document_id == 0) {
        export->scheme =
            options->region != NULL ? scheme_of_region(options->region) : export->file->scheme;
        export->documents = g_ptr_array_new_with_free_func(row_free);
        return vics_document_rows_list(export->database, options->case_id, export->documents, err);
    }
    if (!vics_document_rows_get(export->database, options->case_id, options->document_id,
                                &export->document, err))
        return false;
    if (export->document == NULL || !export->document->is_complete) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no case document %" G_GUINT64_FORMAT " in the case %s",
                    options->document_id, export->file->number);
        return false;
    }
    export->scheme = export->document->scheme;
    return true;
}

// Counted, not added up while writing: the totals may stand before what they count.
static bool count_all(Export *export, GError **err)
{
    const VicsExportOptions *options = export->options;
    const VicsOwnSelection selection = own_selection(export);
    uint64_t categorized;
    if (!vics_export_categorized(export->database, options->case_id, options->document_id,
                                 &categorized, err))
        return false;
    export->content.precategorized = categorized;
    export->content.has_more = export->document == NULL;
    if (export->document != NULL)
        export->content.media_files = export->document->files;
    for (unsigned i = 0; export->documents != NULL && i < export->documents->len; i++)
        export->content.media_files += ((VicsDocumentRow *)export->documents->pdata[i])->files;
    return options->imported_only ||
           vics_export_own(export->database, &selection, count_own, export, err);
}

static bool write_document(Export *export, GError **err)
{
    if (!choose_document(export, err) || !count_all(export, err))
        return false;
    g_autofree char *fresh = export->document == NULL ? new_frame(export) : NULL;
    const char *frame = fresh != NULL ? fresh : export->document->frame;
    const ListOutput output = {.write = write_out, .user_data = export};
    export->content.elements = bring_elements;
    export->content.user_data = export;
    return vics_case_frame_write(frame, &export->content, &output, err);
}

static bool record_act(Export *export, const Actor *actor, GError **err)
{
    g_autoptr(Act) act = act_begin(export->work, actor, AUDIT_EXPORT, err);
    if (act == NULL)
        return false;
    JsonWriter *json = act_payload(act);
    act_set_case(act, export->options->case_id);
    if (export->document != NULL)
        act_set_object(act, "vics_document %" G_GUINT64_FORMAT, export->document->id);
    json_write_member_string(json, "format", "vics-case");
    json_write_member_uint(json, "media", export->counts.media);
    json_write_member_uint(json, "own", export->counts.own);
    json_write_member_uint(json, "bytes", export->counts.size_bytes);
    json_write_member_hex(json, "sha256", export->counts.sha256, SHA256_BYTES);
    return act_commit(act, err);
}

static bool run(Export *export, const Actor *actor, GError **err)
{
    const VicsExportOptions *options = export->options;
    gsize length = SHA256_BYTES;
    export->file = case_file_get(export->work, actor, options->case_id, err);
    if (export->file == NULL)
        return false;
    export->output =
        output_file_open(options->path, (OutputFileOptions){.overwrite = options->overwrite}, err);
    if (export->output == NULL || !database_begin_read(export->database, err))
        return false;
    bool ok = write_document(export, err);
    database_rollback(export->database);
    if (!ok)
        return false;
    g_checksum_get_digest(export->checksum, export->counts.sha256, &length);
    return record_act(export, actor, err) && output_file_commit(export->output, err);
}

bool vics_export(Casework *work, const Actor *actor, const VicsExportOptions *options,
                 VicsExportCounts *ret_counts, GError **err)
{
    if ((actor->permissions & PERMISSION_BIT(PERMISSION_EXPORT)) == 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                            "cannot export the case: your roles do not allow taking anything out "
                            "of a case");
        return false;
    }
    Export export = {.work = work,
                     .database = casework_database(work),
                     .options = options,
                     .checksum = g_checksum_new(G_CHECKSUM_SHA256)};
    bool ok = run(&export, actor, err);
    if (ok)
        *ret_counts = export.counts;
    case_file_free(export.file);
    vics_document_row_free(export.document);
    if (export.documents != NULL)
        g_ptr_array_unref(export.documents);
    output_file_free(export.output);
    g_checksum_free(export.checksum);
    return ok;
}
