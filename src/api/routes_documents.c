// SPDX-License-Identifier: Apache-2.0
//
// Case documents (VICS) of a case: those that came in, and the case as one that goes out.
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "api/call.h"
#include "api/routes.h"
#include "api/services.h"
#include "api/times.h"
#include "base/limits.h"
#include "cases/vics_export.h"
#include "cases/vics_import.h"

#define NAME_WITHOUT_ONE "a document that was sent"

static json_t *document_json(const VicsDocumentRow *row)
{
    return json_pack("{sI ss sI ss? ss? ss? ss? ss? sI sI sI sI so}", "id", (json_int_t)row->id,
                     "name", row->name, "size_bytes", (json_int_t)row->size_bytes, "version",
                     row->version, "region", row->region, "scheme", row->scheme, "case_number",
                     row->case_number, "application", row->application, "media",
                     (json_int_t)row->media, "files", (json_int_t)row->files, "identifiers",
                     (json_int_t)row->identifiers, "not_understood",
                     (json_int_t)row->not_understood, "added", api_time(row->added_us));
}

static bool list_documents(ApiCall *call, GError **err)
{
    g_autoptr(GPtrArray) rows =
        vics_documents(api_call_work(call), api_call_actor(call), api_call_id(call, "case"), err);
    if (rows == NULL)
        return false;
    json_t *items = json_array();
    for (unsigned i = 0; i < rows->len; i++)
        json_array_append_new(items, document_json(rows->pdata[i]));
    return api_reply_json(call, 200, json_pack("{so}", "items", items), err);
}

static const ApiServices *services_of(ApiCall *call, GError **err)
{
    const ApiServices *services = api_call_services(call);
    if (services != NULL && services->lists != NULL && services->data_folder != NULL)
        return services;
    g_set_error_literal(err, API_PROBLEM, API_PROBLEM_UNAVAILABLE,
                        "this server reads and writes no documents");
    return NULL;
}

// The acts are vics_import's own: sending the same document again changes nothing, so that a client
// that heard no reply sends it again.
static bool import_document(ApiCall *call, GError **err)
{
    const ApiServices *services = services_of(call, err);
    if (services == NULL)
        return false;
    const char *name = api_call_query(call, "name");
    VicsImportOptions options = {.case_id = api_call_id(call, "case"),
                                 .descriptor = api_call_file(call),
                                 .name = name != NULL ? name : NAME_WITHOUT_ONE,
                                 .scheme = api_call_query(call, "scheme"),
                                 .zygote = services->lists};
    bool was_there;
    g_autoptr(VicsDocumentRow) row =
        vics_import(api_call_work(call), api_call_actor(call), &options, &was_there, err);
    if (row == NULL)
        return api_refuse_content(err);
    return api_reply_json(call, was_there ? 200 : 201, document_json(row), err);
}

// ---- Going out --------------------------------------------------------------------------------

// A new file of ours in the data folder, which has its name only until it is sent.
static char *new_path(const ApiServices *services, GError **err)
{
    g_autofree char *path = g_build_filename(services->data_folder, "export-XXXXXX", NULL);
    int descriptor = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "%s cannot be made: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    close(descriptor);
    return g_steal_pointer(&path);
}

static bool send_file(ApiCall *call, const char *path, const VicsExportCounts *counts, GError **err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "%s cannot be read: %s", path,
                    g_strerror(errno));
        return false;
    }
    g_autofree char *file_name =
        g_strdup_printf("case-%" G_GUINT64_FORMAT ".json", api_call_id(call, "case"));
    return api_reply_file(call, "application/json", descriptor, counts->size_bytes, file_name);
}

static bool export_document(ApiCall *call, GError **err)
{
    const ApiServices *services = services_of(call, err);
    if (services == NULL)
        return false;
    ApiObject *in = api_call_body(call);
    VicsExportOptions options = {
        .case_id = api_call_id(call, "case"),
        .overwrite = true,
        .document_id = (uint64_t)api_object_int_or(in, "document", 1, INT64_MAX, 0),
        .region = api_object_text_or(in, "region", 1, LIMIT_CASE_TEXT, NULL),
        .imported_only = api_object_bool_or(in, "imported_only", false),
        .with_ignorable = api_object_bool_or(in, "with_ignorable", false)};
    if (!api_call_body_ok(call, err))
        return false;
    g_autofree char *path = new_path(services, err);
    if (path == NULL)
        return false;
    options.path = path;
    VicsExportCounts counts;
    bool ok = vics_export(api_call_work(call), api_call_actor(call), &options, &counts, err) &&
              send_file(call, path, &counts, err);
    g_unlink(path);
    return ok;
}

const ApiRoute routes_documents[] = {
    {.path = "/api/v1/cases/{case}/documents",
     .operation = "listDocuments",
     .permission = PERMISSION_CASE_READ,
     .handle = list_documents},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/documents",
     .operation = "importDocument",
     .permission = PERMISSION_INGEST,
     .query = "name scheme",
     .body = API_BODY_FILE,
     .body_limit = LIMIT_DOCUMENT_BYTES,
     .unrepeatable = true,
     .handle = import_document},
    {.method = API_METHOD_POST,
     .path = "/api/v1/cases/{case}/documents/export",
     .operation = "exportDocument",
     .permission = PERMISSION_EXPORT,
     .body = API_BODY_JSON,
     .unrepeatable = true,
     .handle = export_document},
    {0},
};
