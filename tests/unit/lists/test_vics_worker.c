// SPDX-License-Identifier: Apache-2.0
//
// Case documents read through the confined worker: everything arrives in its order, large media in
// pieces, failures as what they are, and memory does not grow with the document.
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/sanitizer.h"
#include "wire/vics_client.h"

// The document below has 31 MB; the address sanitizer holds on to what was freed.
#define GROWTH_KIB ((SANITIZER_BUILD ? 256 : 16) << 10)

typedef struct {
    unsigned media, identifiers, heads, documents, files;
    size_t largest; // raw, of media
    unsigned stop_after;
} Received;

static bool media_came(void *user_data, VicsMedia *media, GError **err)
{
    Received *received = user_data;
    received->files += media->files->len;
    received->largest = MAX(received->largest, strlen(media->raw));
    return ++received->media != received->stop_after;
}

static bool identifier_came(void *user_data, VicsIdentifier *identifier, GError **err)
{
    Received *received = user_data;
    g_assert_cmpstr(identifier->name, ==, "kite_flyer");
    received->identifiers++;
    return true;
}

static bool head_came(void *user_data, const VicsCaseHead *head, GError **err)
{
    Received *received = user_data;
    g_assert_cmpstr(head->case_number, ==, "2024-7");
    received->heads++;
    return true;
}

static bool document_came(void *user_data, const VicsDocument *document, GError **err)
{
    Received *received = user_data;
    g_assert_cmpuint(received->heads, ==, 1);
    g_assert_cmpuint(document->media_count, ==, received->media);
    g_assert_cmpstr(document->region, ==, "US");
    received->documents++;
    return true;
}

static Zygote *start(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_build_filename(g_getenv("CLEW_BUILD"), "src", "apps",
                                                "clew-list-worker", "clew-list-worker", NULL);
    // Sanitizers need what the sandbox takes away; wire/ has its own tests of the lock.
    Zygote *zygote =
        zygote_start((ZygoteOptions){.program = program, .allow_unconfined = true}, &error);
    g_assert_no_error(error);
    return zygote;
}

static bool read_from(FILE *file, Received *received, GError **err)
{
    g_autoptr(Zygote) zygote = start();
    const VicsReceiver receiver = {
        .media = media_came,
        .identifier = identifier_came,
        .head = head_came,
        .document = document_came,
        .user_data = received,
    };
    fflush(file);
    return vics_client_read(zygote, fileno(file), "case.json", &receiver, err);
}

static FILE *document_begin(void)
{
    FILE *file = tmpfile();
    g_assert_nonnull(file);
    fputs("{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/"
          "$metadata#Cases\",\"value\":[{\"Media\":[",
          file);
    return file;
}

static void document_end(FILE *file)
{
    fputs("],\"Identifiers\":[{\"Name\":\"kite_flyer\"}],\"CaseNumber\":\"2024-7\"}]}", file);
}

static void everything_arrives(void)
{
    Received received = {0};
    g_autoptr(GError) error = NULL;
    FILE *file = document_begin();
    for (unsigned i = 0; i < 1000; i++)
        fprintf(file,
                "%s{\"MediaID\":%u,\"MD5\":\"%032x\",\"MediaFiles\":[{\"FileName\":\"%u.jpg\"}]}",
                i > 0 ? ",\r\n" : "", i + 1, i, i);
    document_end(file);
    g_assert_true(read_from(file, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(received.media, ==, 1000);
    g_assert_cmpuint(received.files, ==, 1000);
    g_assert_cmpuint(received.identifiers, ==, 1);
    g_assert_cmpuint(received.documents, ==, 1);
    fclose(file);
}

// One file may be named by as many entries as a disk has room for.
static void a_media_of_megabytes_comes_in_pieces(void)
{
    Received received = {0};
    g_autoptr(GError) error = NULL;
    FILE *file = document_begin();
    fputs("{\"MD5\":\"00000000000000000000000000000001\",\"MediaFiles\":[", file);
    for (unsigned i = 0; i < 50000; i++)
        fprintf(file, "%s{\"FileName\":\"%u.jpg\",\"FilePath\":\"Users\\\\somebody\\\\Pictures\"}",
                i > 0 ? "," : "", i);
    fputs("]}", file);
    document_end(file);
    g_assert_true(read_from(file, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(received.media, ==, 1);
    g_assert_cmpuint(received.files, ==, 50000);
    g_assert_cmpuint(received.largest, >, 3000000);
    fclose(file);
}

static void a_broken_document_says_where(void)
{
    Received received = {0};
    g_autoptr(GError) error = NULL;
    FILE *file = document_begin();
    fputs("{\"MD5\":\"1\"},{\"MD5\":", file);
    g_assert_false(read_from(file, &received, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_true(g_str_has_prefix(error->message, "cannot read the case document case.json: "));
    g_assert_nonnull(strstr(error->message, "but found the end of the file"));
    g_assert_cmpuint(received.documents, ==, 0);
    fclose(file);
}

static void a_pipe_is_refused(void)
{
    int ends[2];
    Received received = {0};
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    FILE *file = fdopen(ends[0], "r");
    g_assert_false(read_from(file, &received, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    fclose(file);
    close(ends[1]);
}

static void stops_when_told(void)
{
    Received received = {.stop_after = 3};
    g_autoptr(GError) error = NULL;
    FILE *file = document_begin();
    fputs("{},{},{},{}", file);
    document_end(file);
    g_assert_false(read_from(file, &received, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    g_assert_cmpuint(received.media, ==, 3);
    fclose(file);
}

static long peak_kib(void)
{
    struct rusage usage;
    g_assert_cmpint(getrusage(RUSAGE_SELF, &usage), ==, 0);
    return usage.ru_maxrss;
}

static void memory_does_not_grow_with_the_document(void)
{
    Received received = {0};
    g_autoptr(GError) error = NULL;
    FILE *file = document_begin();
    for (unsigned i = 0; i < 60000; i++)
        fprintf(file,
                "%s{\"MediaID\":%u,\"MD5\":\"%032x\",\"Vendor\":\"%0400u\",\"MediaFiles\":[{"
                "\"FileName\":\"%u.jpg\"}]}",
                i > 0 ? ",\n" : "", i + 1, i, i, i);
    document_end(file);
    long before = peak_kib();
    g_assert_true(read_from(file, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(received.media, ==, 60000);
    g_assert_cmpint(peak_kib() - before, <, GROWTH_KIB);
    fclose(file);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vics_worker/everything_arrives", everything_arrives);
    g_test_add_func("/vics_worker/a_media_of_megabytes_comes_in_pieces",
                    a_media_of_megabytes_comes_in_pieces);
    g_test_add_func("/vics_worker/a_broken_document_says_where", a_broken_document_says_where);
    g_test_add_func("/vics_worker/a_pipe_is_refused", a_pipe_is_refused);
    g_test_add_func("/vics_worker/stops_when_told", stops_when_told);
    g_test_add_func("/vics_worker/memory_does_not_grow_with_the_document",
                    memory_does_not_grow_with_the_document);
    return g_test_run();
}
