// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf_streams.h"

#include <string.h>

#include "evidence/pdf_attachment.h"
#include "evidence/pdf_picture.h"
#include "evidence/pdf_reader.h"

#define NAME_BYTES 32u

// What the last filter of a stream makes of it.
typedef enum {
    CODING_NONE, // lossless filters that qpdf undoes
    CODING_FILE, // JPEG, JPEG 2000: what the filter reads is a file
    CODING_FAX,
    CODING_JBIG2,
    CODING_UNKNOWN,
} Coding;

typedef struct {
    const char *name, *short_name;
    Coding coding;
} FilterRow;

// ISO 32000-1, tables 6 and 94.
static const FilterRow filters[] = {
    {"/FlateDecode", "/Fl", CODING_NONE},     {"/LZWDecode", "/LZW", CODING_NONE},
    {"/ASCII85Decode", "/A85", CODING_NONE},  {"/ASCIIHexDecode", "/AHx", CODING_NONE},
    {"/RunLengthDecode", "/RL", CODING_NONE}, {"/Crypt", "/Crypt", CODING_NONE},
    {"/DCTDecode", "/DCT", CODING_FILE},      {"/JPXDecode", "/JPXDecode", CODING_FILE},
    {"/CCITTFaxDecode", "/CCF", CODING_FAX},  {"/JBIG2Decode", "/JBIG2Decode", CODING_JBIG2},
};

static void read_name(PdfFile *file, PdfNode node, char *ret_name)
{
    memset(ret_name, 0, NAME_BYTES);
    if (pdf_kind(file, node) == PDF_NAME)
        pdf_bytes(file, node, ret_name, NAME_BYTES - 1);
}

static Coding coding_of_filter(PdfFile *file, PdfNode filter)
{
    char name[NAME_BYTES];
    read_name(file, filter, name);
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        if (strcmp(name, filters[i].name) == 0 || strcmp(name, filters[i].short_name) == 0)
            return filters[i].coding;
    return CODING_UNKNOWN;
}

static Coding coding_of(PdfFile *file, PdfNode stream)
{
    PdfNode filter = pdf_get(file, stream, "/Filter"), first = PDF_NONE;
    if (pdf_kind(file, filter) == PDF_NAME)
        return coding_of_filter(file, filter);
    size_t count = pdf_kind(file, filter) == PDF_ARRAY ? pdf_values(file, filter, &first) : 0;
    // All but the last must be undone before it.
    for (size_t i = 0; i + 1 < count; i++)
        if (coding_of_filter(file, first + (PdfNode)i) != CODING_NONE)
            return CODING_UNKNOWN;
    return count == 0 ? CODING_NONE : coding_of_filter(file, first + (PdfNode)(count - 1));
}

// ---- One stream -------------------------------------------------------------------------------

typedef struct {
    const PdfRevision *revision;
    PdfNode node;
    int number, generation;
    const PdfAttachment *attachment; // NULL: it is none
    GPtrArray *findings;
    GString *name;
    GBytes *head;
    PdfReaderOptions options;
} Stream;

static void stream_clear(Stream *stream)
{
    g_clear_pointer(&stream->findings, g_ptr_array_unref);
    g_clear_pointer(&stream->head, g_bytes_unref);
    if (stream->name != NULL)
        g_string_free(stream->name, TRUE);
    stream->name = NULL;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, stream_clear)

static bool is_image(PdfFile *file, PdfNode node)
{
    char subtype[NAME_BYTES];
    read_name(file, pdf_get(file, node, "/Subtype"), subtype);
    return strcmp(subtype, "/Image") == 0;
}

// Puts a TIFF header in front of samples or fax codes.
static void make_picture(Stream *stream, const PdfFax *fax)
{
    const char *reason = NULL;
    stream->head = pdf_picture_header(stream->revision->file, stream->node, fax,
                                      &stream->options.limit_bytes, &reason);
    if (stream->head == NULL) {
        findings_add(stream->findings, FINDING_NOT_EXAMINED, 0, reason);
        return;
    }
    stream->options.head = stream->head;
    stream->options.has_limit = true;
    g_string_append(stream->name, " (bitmap).tif");
}

static void prepare_fax(Stream *stream)
{
    PdfFile *file = stream->revision->file;
    PdfFax fax = pdf_fax_read(file, stream->node);
    pdf_drop_last_filter(file, stream->node);
    fax.coded_bytes = pdf_stream_bytes(stream->revision->walk, file, stream->node, false);
    make_picture(stream, &fax);
}

// Decides what becomes of the bytes.
static void prepare(Stream *stream)
{
    PdfFile *file = stream->revision->file;
    switch (coding_of(file, stream->node)) {
    case CODING_NONE:
        if (stream->attachment == NULL && is_image(file, stream->node))
            make_picture(stream, NULL);
        break;
    case CODING_FILE:
        pdf_drop_last_filter(file, stream->node);
        break;
    case CODING_FAX:
        prepare_fax(stream);
        break;
    case CODING_JBIG2:
        pdf_drop_last_filter(file, stream->node);
        findings_add(stream->findings, FINDING_NOT_EXAMINED, 0,
                     "a JBIG2 picture, which nothing here decodes");
        break;
    case CODING_UNKNOWN:
        stream->options.raw = true;
        findings_add(stream->findings, FINDING_NOT_EXAMINED, 0,
                     "coded by a filter that is not known");
        break;
    }
    if (pdf_kind(file, pdf_get(file, stream->node, "/F")) != PDF_NULL)
        findings_add(stream->findings, FINDING_REFERENCE, 0,
                     "the contents are said to lie in another file");
}

static char *layer_of(const Stream *stream)
{
    GString *layer = g_string_new(NULL);
    g_string_append_printf(layer, "{\"object\":%d", stream->number);
    if (stream->generation != 0)
        g_string_append_printf(layer, ",\"generation\":%d", stream->generation);
    if (stream->revision->revision > 0)
        g_string_append_printf(layer, ",\"revision\":%u", stream->revision->revision);
    g_string_append_c(layer, '}');
    return g_string_free(layer, FALSE);
}

static bool deliver(Stream *stream)
{
    const PdfRevision *revision = stream->revision;
    g_autofree char *layer = layer_of(stream);
    prepare(stream);
    g_autoptr(PdfReader) reader =
        pdf_reader_new(revision->walk, revision->file, stream->node, stream->options);
    Child child = {.name = stream->name->str,
                   .layer = layer,
                   .read = pdf_reader_read,
                   .user_data = reader,
                   .findings = stream->findings};
    if (stream->attachment != NULL)
        child.times = stream->attachment->times;
    return walk_child(revision->walk, &child);
}

static void name_stream(Stream *stream)
{
    unsigned revision = stream->revision->revision;
    stream->name = g_string_new(NULL);
    if (stream->attachment != NULL)
        g_string_append(stream->name, stream->attachment->name);
    else
        g_string_printf(stream->name, "object %d", stream->number);
    if (revision > 0 && stream->attachment == NULL)
        g_string_append_printf(stream->name, ", revision %u", revision);
    if (revision > 0) {
        g_autofree char *detail =
            g_strdup_printf("of revision %u; later ones replace or drop it", revision);
        findings_add(stream->findings, FINDING_DELETED, 0, detail);
    }
}

// Notes where the stream lies. False when a later revision has the same bytes.
static bool note_place(const PdfRevision *revision, PdfNode node)
{
    gint64 offset = pdf_stream_offset(revision->file, node);
    if (offset < 0)
        return revision->revision == 0;
    if (g_hash_table_contains(revision->delivered, &offset))
        return false;
    g_hash_table_add(revision->delivered, g_memdup2(&offset, sizeof offset));
    office_gaps_deliver(revision->gaps, revision->begin + (uint64_t)offset,
                        pdf_stream_bytes(revision->walk, revision->file, node, true));
    return true;
}

bool pdf_streams_deliver(const PdfRevision *revision)
{
    PdfFile *file = revision->file;
    g_autoptr(PdfAttachments) attachments = pdf_attachments_find(revision->walk, file);
    for (size_t i = 0; i < pdf_object_count(file); i++) {
        g_auto(Stream) stream = {.revision = revision};
        stream.node = pdf_object(file, i, &stream.number, &stream.generation);
        bool is_wanted =
            pdf_kind(file, stream.node) == PDF_STREAM && note_place(revision, stream.node);
        if (is_wanted) {
            stream.findings = findings_new();
            stream.attachment = pdf_attachments_get(attachments, stream.number, stream.generation);
            name_stream(&stream);
        }
        bool goes_on = !is_wanted || deliver(&stream);
        pdf_release(file);
        if (!goes_on || walk_is_over(revision->walk))
            return false;
    }
    return true;
}
