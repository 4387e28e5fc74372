// SPDX-License-Identifier: Apache-2.0
//
// Lists read through the confined worker: files and pipes, the first entry as soon as its bytes
// are there, a reader that waits for its program, and an end that says why.
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "list_render.h"
#include "wire/list_client.h"

#define MD5_LINE "aaaabbbbccccdddd0000000000000001\n"

typedef struct {
    size_t frames;
    unsigned entries, refused, described;
    uint64_t bytes_read;
    char *format;
    int64_t first_entry_ms;
    unsigned stop_after; // entries; 0: never
    int write_end;       // gets a line at the first entry, is closed at the second; -1: none
} Received;

static bool described(void *user_data, const ListDescription *description, GError **err)
{
    Received *received = user_data;
    received->described++;
    g_free(received->format);
    received->format = g_strdup(description->format);
    return true;
}

static bool entry_came(void *user_data, const ListEntry *entry, GError **err)
{
    Received *received = user_data;
    received->frames += entry->frame_count;
    if (received->entries++ == 0)
        received->first_entry_ms = clock_monotonic_ms();
    if (received->write_end >= 0 && received->entries == 1) {
        g_assert_cmpint(write(received->write_end, MD5_LINE, strlen(MD5_LINE)), >, 0);
    } else if (received->write_end >= 0) {
        close(received->write_end);
        received->write_end = -1;
    }
    return received->stop_after == 0 || received->entries < received->stop_after;
}

static bool refused_came(void *user_data, uint64_t position, const char *reason, GError **err)
{
    Received *received = user_data;
    received->refused++;
    return true;
}

static void progress_came(void *user_data, uint64_t bytes_read)
{
    Received *received = user_data;
    g_assert_cmpuint(bytes_read, >=, received->bytes_read);
    received->bytes_read = bytes_read;
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

static bool read_from(int descriptor, const ListReadRequest *request, Received *received,
                      GError **err)
{
    g_autoptr(Zygote) zygote = start();
    const ListReceiver receiver = {
        .described = described,
        .entry = entry_came,
        .refused = refused_came,
        .progress = progress_came,
        .user_data = received,
    };
    return list_client_read(zygote, descriptor, "a list", request, &receiver, err);
}

// A file that holds the text; open, unlinked.
static int file_of(const char *text, size_t length)
{
    g_autofree char *path = NULL;
    int descriptor = g_file_open_tmp("clew-list-XXXXXX", &path, NULL);
    g_assert_cmpint(descriptor, >=, 0);
    g_assert_cmpint(write(descriptor, text, length), ==, (ssize_t)length);
    unlink(path);
    return descriptor;
}

static void reads_a_file(void)
{
    static const char text[] = "# a list\n" MD5_LINE "nonsense\n" MD5_LINE;
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    int descriptor = file_of(text, strlen(text));
    g_assert_true(read_from(descriptor, &(ListReadRequest){0}, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(received.format, ==, "plain");
    g_assert_cmpuint(received.entries, ==, 2);
    g_assert_cmpuint(received.refused, ==, 1);
    close(descriptor);
    g_free(received.format);
}

static void reads_a_database_without_a_file_system(void)
{
    size_t size_bytes;
    g_autofree uint8_t *database =
        database_from_sql("CREATE TABLE FILE (md5 TEXT); INSERT INTO FILE VALUES ('"
                          "aaaabbbbccccdddd00000000"
                          "00000001');",
                          &size_bytes);
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    int descriptor = file_of((const char *)database, size_bytes);
    g_assert_true(read_from(descriptor, &(ListReadRequest){0}, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(received.format, ==, "nsrl");
    g_assert_cmpuint(received.entries, ==, 1);
    close(descriptor);
    g_free(received.format);
}

// Whoever receives an entry writes the next or closes the pipe: held back, this would never end.
static void gives_each_entry_of_a_pipe_before_the_rest_comes(void)
{
    int ends[2];
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    g_assert_cmpint(write(ends[1], MD5_LINE, strlen(MD5_LINE)), ==, (ssize_t)strlen(MD5_LINE));
    Received received = {.write_end = ends[1]};
    g_autoptr(GError) error = NULL;
    int64_t started_ms = clock_monotonic_ms();
    g_assert_true(read_from(ends[0], &(ListReadRequest){0}, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(received.entries, ==, 2);
    g_assert_cmpint(received.first_entry_ms - started_ms, <, 10000);
    close(ends[0]);
    g_free(received.format);
}

// Far more than one message holds.
static void reads_a_long_video(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < 60000; i++)
        g_string_append_printf(text, "%u,100,%064x,%u.000\n", i, i, i);
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    int descriptor = file_of(text->str, text->len);
    g_assert_true(read_from(descriptor, &(ListReadRequest){0}, &received, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(received.format, ==, "vpdq");
    g_assert_cmpuint(received.entries, ==, 1);
    g_assert_cmpuint(received.frames, ==, 60000);
    close(descriptor);
    g_free(received.format);
}

static void *write_lines(void *user_data)
{
    int descriptor = *(int *)user_data;
    for (unsigned i = 0; i < 20000; i++)
        if (write(descriptor, MD5_LINE, strlen(MD5_LINE)) < 0)
            break;
    close(descriptor);
    return NULL;
}

static void reads_a_long_pipe_to_its_end(void)
{
    int ends[2];
    pthread_t writer;
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    pthread_create(&writer, NULL, write_lines, &ends[1]);
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    g_assert_true(read_from(ends[0], &(ListReadRequest){.format = "plain"}, &received, &error));
    g_assert_no_error(error);
    pthread_join(writer, NULL);
    g_assert_cmpuint(received.entries, ==, 20000);
    g_assert_cmpuint(received.bytes_read, ==, 20000 * strlen(MD5_LINE));
    close(ends[0]);
    g_free(received.format);
}

static void stops_when_the_receiver_wants_no_more(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < 50000; i++)
        g_string_append(text, MD5_LINE);
    Received received = {.stop_after = 10, .write_end = -1};
    g_autoptr(GError) error = NULL;
    int descriptor = file_of(text->str, text->len);
    g_assert_false(read_from(descriptor, &(ListReadRequest){0}, &received, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    g_assert_cmpuint(received.entries, ==, 10);
    close(descriptor);
    g_free(received.format);
}

static void assert_fails(const char *text, const ListReadRequest *request, int code,
                         const char *message)
{
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    int descriptor = file_of(text, strlen(text));
    g_assert_false(read_from(descriptor, request, &received, &error));
    g_assert_error(error, CLEW_ERROR, code);
    g_assert_cmpstr(error->message, ==, message);
    close(descriptor);
    g_free(received.format);
}

static void says_why_a_list_cannot_be_read(void)
{
    assert_fails("{\"@odata.context\":\"/DataModels/2.0.xml\",\"value\":[{]", &(ListReadRequest){0},
                 CLEW_ERROR_CORRUPT,
                 "cannot read the list a list: byte 50: expected a member's name in quotes, or '}' "
                 "but found ']'");
    assert_fails("", &(ListReadRequest){0}, CLEW_ERROR_INVALID,
                 "cannot read the list a list: it is empty");
    assert_fails(
        "something else", &(ListReadRequest){0}, CLEW_ERROR_UNSUPPORTED,
        "cannot read the list a list: it is in none of the formats Clew knows (vics, "
        "ncmec, nsrl, stopncii, icse, hashdeep, vpdq, pdq, plain, csv); name one with --format");
    assert_fails("x", &(ListReadRequest){.format = "vcis"}, CLEW_ERROR_INVALID,
                 "cannot read the list a list: there is no format \"vcis\" (vics, ncmec, nsrl, "
                 "stopncii, icse, hashdeep, vpdq, pdq, plain, csv)");
    assert_fails("x", &(ListReadRequest){.columns = "md5"}, CLEW_ERROR_INVALID,
                 "cannot read the list a list: cannot use the columns: \"md5\" needs a column "
                 "number from 1, as in md5=1");
}

static void cannot_read_a_database_from_a_pipe(void)
{
    int ends[2];
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    g_assert_cmpint(write(ends[1], "SQLite format 3", 16), ==, 16);
    close(ends[1]);
    Received received = {.write_end = -1};
    g_autoptr(GError) error = NULL;
    g_assert_false(read_from(ends[0], &(ListReadRequest){0}, &received, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
    close(ends[0]);
    g_free(received.format);
}

static void names_its_libraries(void)
{
    g_autoptr(Zygote) zygote = start();
    g_assert_nonnull(strstr(zygote_versions(zygote), "expat"));
    g_assert_nonnull(strstr(zygote_versions(zygote), "SQLite 3."));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/probe/list_worker/" #name, name)
    TEST(reads_a_file);
    TEST(reads_a_database_without_a_file_system);
    TEST(gives_each_entry_of_a_pipe_before_the_rest_comes);
    TEST(reads_a_long_video);
    TEST(reads_a_long_pipe_to_its_end);
    TEST(stops_when_the_receiver_wants_no_more);
    TEST(says_why_a_list_cannot_be_read);
    TEST(cannot_read_a_database_from_a_pipe);
    TEST(names_its_libraries);
    return g_test_run();
}
