// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/pdf_streams.h"

#define HEADER "%PDF-"
#define HEADER_BYTES 5u
// A header may stand so far in (ISO 32000-1, annex H, 3.4.1).
#define HEADER_SEARCH_BYTES 1024u
#define TAIL_SEARCH_BYTES 2048u
#define END_MARK "%%EOF"
#define END_MARK_BYTES 5u
// Older states of a document that are looked at.
#define REVISIONS_MAX 64u
#define MESSAGE_BYTES 256u
// What a document that lost its end is given, so that its objects are looked for.
#define TRAILER "\ntrailer\n<< /Size 1 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"

typedef struct {
    Walk *walk;
    Source *source;
    const uint8_t *bytes; // the whole source
    size_t size;
    size_t begin; // of the header
    size_t end;   // behind the last end mark; the size when there is none
    GArray *ends; // of size_t: behind each end mark
    GHashTable *delivered;
    OfficeGaps *gaps;
} Document;

// ---- Where it begins and ends -----------------------------------------------------------------

static size_t find_header(const uint8_t *bytes, size_t size)
{
    const uint8_t *found =
        memmem(bytes, MIN(size, (size_t)HEADER_SEARCH_BYTES), HEADER, HEADER_BYTES);
    return found != NULL ? (size_t)(found - bytes) : 0;
}

static void find_ends(Document *document)
{
    size_t at = 0;
    const uint8_t *found;
    document->end = document->size;
    while ((found = memmem(document->bytes + at, document->size - at, END_MARK, END_MARK_BYTES)) !=
           NULL) {
        at = (size_t)(found - document->bytes) + END_MARK_BYTES;
        // The mark's own line.
        for (unsigned i = 0; i < 2 && at < document->size; i++)
            if (document->bytes[at] == '\r' || document->bytes[at] == '\n')
                at++;
        g_array_append_val(document->ends, at);
        document->end = at;
    }
}

// ---- Opening ----------------------------------------------------------------------------------

// Tries the empty password and those that were given. `ret_password` is the one that fits.
static PdfOpening open_with_passwords(const Document *document, PdfFile **ret_file,
                                      const char **ret_password, char *message)
{
    const char *const *passwords = walk_passwords(document->walk);
    *ret_password = "";
    PdfOpening opening =
        pdf_file_open(document->bytes, document->end, "", true, ret_file, message, MESSAGE_BYTES);
    for (unsigned i = 0; opening == PDF_WRONG_PASSWORD && passwords[i] != NULL &&
                         i < LIMIT_EVIDENCE_PASSWORDS && !walk_is_over(document->walk);
         i++) {
        *ret_password = passwords[i];
        opening = pdf_file_open(document->bytes, document->end, passwords[i], true, ret_file,
                                message, MESSAGE_BYTES);
    }
    return opening;
}

static const char *cipher_of(PdfFile *file, PdfNode encryption)
{
    char method[16] = {0};
    PdfNode filters = pdf_get(file, encryption, "/CF");
    PdfNode standard = pdf_get(file, filters, "/StdCF");
    pdf_bytes(file, pdf_get(file, standard, "/CFM"), method, sizeof method - 1);
    if (strcmp(method, "/AESV3") == 0)
        return "AES-256";
    return strcmp(method, "/AESV2") == 0 ? "AES-128" : "RC4";
}

static void say_encryption(Walk *walk, PdfFile *file, const char *password)
{
    PdfNode encryption = pdf_get(file, pdf_trailer(file), "/Encrypt");
    if (pdf_kind(file, encryption) == PDF_DICTIONARY)
        walk_add_finding(
            walk, FINDING_ENCRYPTED, 0, "PDF, %s; opened %s", cipher_of(file, encryption),
            password[0] != '\0' ? "with a password that was given" : "without a password");
    pdf_release(file);
}

static void say_closed(Walk *walk, PdfOpening opening, uint64_t size, const char *message)
{
    switch (opening) {
    case PDF_WRONG_PASSWORD:
        walk_add_finding(walk, FINDING_ENCRYPTED, size, "PDF with a password");
        walk_set_status(walk, STATUS_ENCRYPTED,
                        "it needs a password, and none that was given fits");
        break;
    case PDF_FOREIGN_LOCK:
        walk_add_finding(walk, FINDING_ENCRYPTED, size, "PDF, %s", message);
        walk_set_status(walk, STATUS_ENCRYPTED, "%s", message);
        break;
    case PDF_NO_MEMORY:
        walk_set_status(walk, STATUS_LIMIT, "%s", message);
        break;
    case PDF_DAMAGED:
    case PDF_OPENED:
        walk_set_status(walk, STATUS_CORRUPT, "the document cannot be parsed: %s", message);
        break;
    }
}

// ---- Contents ---------------------------------------------------------------------------------

static bool deliver_revision(const Document *document, PdfFile *file, unsigned revision)
{
    const PdfRevision what = {.walk = document->walk,
                              .file = file,
                              .revision = revision,
                              .delivered = document->delivered,
                              .gaps = document->gaps,
                              .begin = document->begin};
    return pdf_streams_deliver(&what);
}

// The first `count` end marks each end an older state of the document, a document of its own.
static bool deliver_older(const Document *document, unsigned count, const char *password)
{
    if (count > REVISIONS_MAX)
        walk_add_finding(document->walk, FINDING_NOT_EXAMINED, 0,
                         "of %u older states of the document, %u were looked at", count,
                         REVISIONS_MAX);
    for (unsigned i = 0; i < MIN(count, REVISIONS_MAX); i++) {
        char message[MESSAGE_BYTES];
        PdfFile *file = NULL;
        size_t end = g_array_index(document->ends, size_t, i);
        if (walk_is_over(document->walk))
            return false;
        // The first part of a document made for the web ends in such a mark and does not open.
        if (pdf_file_open(document->bytes, end, password, false, &file, message, sizeof message) !=
            PDF_OPENED)
            continue;
        bool goes_on = deliver_revision(document, file, i + 1);
        pdf_file_free(file);
        if (!goes_on)
            return false;
    }
    return true;
}

static bool deliver_all(const Document *document, PdfFile *file, const char *password)
{
    unsigned older = document->ends->len > 0 ? document->ends->len - 1 : 0;
    say_encryption(document->walk, file, password);
    if (!deliver_revision(document, file, 0) || !deliver_older(document, older, password))
        return false;
    if (pdf_file_has_damage(file))
        walk_add_finding(document->walk, FINDING_DAMAGED, 0,
                         "the document has faults that were read around");
    return true;
}

// Does another object follow the last end mark? Then the end of a newer state is missing.
static bool is_cut_short(const Document *document)
{
    const uint8_t *at = document->bytes + document->end;
    const uint8_t *end = document->bytes + document->size;
    while (at < end && g_ascii_isspace(*at))
        at++;
    for (unsigned numbers = 0; numbers < 2; numbers++) {
        const uint8_t *begin = at;
        while (at < end && g_ascii_isdigit(*at))
            at++;
        if (at == begin || at == end || *at++ != ' ')
            return false;
    }
    return end - at >= 3 && memcmp(at, "obj", 3) == 0;
}

// A document without its end still has objects; with an end of our own they are found.
static bool deliver_cut(Document *document)
{
    char message[MESSAGE_BYTES];
    size_t size = document->size + sizeof TRAILER - 1;
    g_autofree uint8_t *bytes = g_try_malloc(size);
    PdfFile *file = NULL;
    document->end = document->size;
    if (bytes == NULL)
        return true;
    memcpy(bytes, document->bytes, document->size);
    memcpy(bytes + document->size, TRAILER, sizeof TRAILER - 1);
    if (pdf_file_open(bytes, size, "", true, &file, message, sizeof message) != PDF_OPENED)
        return true;
    bool goes_on = deliver_revision(document, file, 0);
    pdf_file_free(file);
    return goes_on && deliver_older(document, document->ends->len, "");
}

static bool search_rest(const Document *document)
{
    const Extent prefix = {.offset = 0, .size_bytes = document->begin};
    const Extent behind = {.offset = document->begin + document->end,
                           .size_bytes = document->size - document->end};
    if (prefix.size_bytes > 0 &&
        !walk_leftover(document->walk, document->source, &prefix, 1, LEFTOVER_PREFIX, 1))
        return false;
    // Not from the header on: the document would be found in itself.
    if (!office_gaps_search(document->gaps, document->walk, document->source,
                            document->begin + HEADER_BYTES, behind.offset))
        return false;
    return behind.size_bytes == 0 ||
           walk_leftover(document->walk, document->source, &behind, 1, LEFTOVER_APPENDED, 1);
}

static void open_document(Document *document)
{
    char message[MESSAGE_BYTES] = "";
    const char *password = "";
    PdfFile *file = NULL;
    bool goes_on = true;
    if (is_cut_short(document)) {
        walk_set_status(document->walk, STATUS_CORRUPT,
                        "the document is cut short behind an older state of it");
        if (deliver_cut(document))
            search_rest(document);
        return;
    }
    PdfOpening opening = open_with_passwords(document, &file, &password, message);
    if (opening == PDF_OPENED) {
        goes_on = deliver_all(document, file, password);
        pdf_file_free(file);
    } else {
        say_closed(document->walk, opening, document->size, message);
        goes_on = opening != PDF_DAMAGED || deliver_cut(document);
    }
    if (goes_on)
        search_rest(document);
}

static void pdf_open(Walk *walk, Source *source)
{
    g_autoptr(GError) error = NULL;
    Document document = {.walk = walk, .source = source};
    document.bytes = source_map(source, &document.size, &error);
    if (document.bytes == NULL) {
        const Extent all = {.offset = HEADER_BYTES,
                            .size_bytes = source_size(source) - HEADER_BYTES};
        walk_set_error(walk, error);
        walk_leftover(walk, source, &all, 1, LEFTOVER_GAP, 1);
        return;
    }
    document.begin = find_header(document.bytes, document.size);
    document.bytes += document.begin;
    document.size -= document.begin;
    document.ends = g_array_new(FALSE, FALSE, sizeof(size_t));
    document.delivered = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    document.gaps = office_gaps_new();
    find_ends(&document);
    open_document(&document);
    g_array_unref(document.ends);
    g_hash_table_unref(document.delivered);
    office_gaps_free(document.gaps);
}

// ---- Recognising ------------------------------------------------------------------------------

static bool has_at_end(Source *source, const char *text)
{
    uint8_t tail[TAIL_SEARCH_BYTES];
    uint64_t size = source_size(source);
    uint64_t begin = size > sizeof tail ? size - sizeof tail : 0;
    ssize_t count = source_read(source, begin, tail, sizeof tail, NULL);
    return count > 0 && memmem(tail, (size_t)count, text, strlen(text)) != NULL;
}

static bool pdf_fits(const SniffType *type, Source *source)
{
    if (source_size(source) <= HEADER_BYTES)
        return false;
    if (strcmp(type->media_type, "application/pdf") == 0)
        return true;
    // Bytes in front of it, which readers allow.
    uint8_t first[HEADER_SEARCH_BYTES];
    if (type->family != FAMILY_UNKNOWN && type->family != FAMILY_TEXT)
        return false;
    ssize_t count = source_read(source, 0, first, sizeof first, NULL);
    return count > 0 && memmem(first, (size_t)count, HEADER, HEADER_BYTES) != NULL &&
           has_at_end(source, "startxref");
}

const Container pdf_container = {.name = "PDF document", .fits = pdf_fits, .open = pdf_open};

void pdf_prepare(void)
{
    static const uint8_t nothing[] = HEADER "1.7\n";
    char message[MESSAGE_BYTES];
    PdfFile *file = NULL;
    if (pdf_file_open(nothing, sizeof nothing - 1, "", true, &file, message, sizeof message) ==
        PDF_OPENED)
        pdf_file_free(file);
}
