// SPDX-License-Identifier: Apache-2.0
//
// A file is written whole or not at all, and never over another unless that was asked for.
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/output_file.h"

typedef struct {
    char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-test-XXXXXX", NULL);
    g_assert_nonnull(fixture->folder);
    fixture->path = g_build_filename(fixture->folder, "out.txt", NULL);
}

static unsigned files_in(const char *folder)
{
    unsigned count = 0;
    GDir *dir = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(dir) != NULL)
        count++;
    g_dir_close(dir);
    return count;
}

static void tear_down(Fixture *fixture, const void *unused)
{
    g_unlink(fixture->path);
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0); // nothing else was left behind
    g_free(fixture->folder);
    g_free(fixture->path);
}

static void put(Fixture *fixture, const char *text)
{
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
}

static void assert_holds(Fixture *fixture, const char *text)
{
    g_autofree char *contents = NULL;
    g_assert_true(g_file_get_contents(fixture->path, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, text);
}

static void appears_only_on_commit(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutputFile) file = output_file_open(fixture->path, (OutputFileOptions){0}, &error);
    g_assert_no_error(error);
    g_assert_true(output_file_write(file, "hello", 5, &error));
    g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
    g_assert_true(output_file_commit(file, &error));
    assert_holds(fixture, "hello");
    struct stat stat_buffer;
    g_assert_cmpint(g_stat(fixture->path, &stat_buffer), ==, 0);
    g_assert_cmpint(stat_buffer.st_mode & 07777, ==, 0600);
}

static void takes_the_place_of_regular_files_only(Fixture *fixture, const void *unused)
{
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpint(i == 0 ? mkfifo(fixture->path, 0600) : symlink("elsewhere", fixture->path),
                        ==, 0);
        struct stat before, after;
        g_assert_cmpint(lstat(fixture->path, &before), ==, 0);
        g_autoptr(GError) error = NULL;
        g_assert_null(
            output_file_open(fixture->path, (OutputFileOptions){.overwrite = true}, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
        g_assert_cmpint(lstat(fixture->path, &after), ==, 0);
        g_assert_cmpuint(before.st_ino, ==, after.st_ino);
        g_unlink(fixture->path);
    }
}

static void leaves_nothing_without_commit(Fixture *fixture, const void *unused)
{
    OutputFile *file = output_file_open(fixture->path, (OutputFileOptions){0}, NULL);
    output_file_write(file, "hello", 5, NULL);
    output_file_free(file);
    g_assert_cmpuint(files_in(fixture->folder), ==, 0);
}

static void does_not_overwrite_unasked(Fixture *fixture, const void *unused)
{
    put(fixture, "old");
    g_autoptr(GError) error = NULL;
    g_assert_null(output_file_open(fixture->path, (OutputFileOptions){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    assert_holds(fixture, "old");
}

static void a_file_that_appears_meanwhile_is_kept(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutputFile) file = output_file_open(fixture->path, (OutputFileOptions){0}, NULL);
    put(fixture, "other");
    g_assert_false(output_file_commit(file, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    assert_holds(fixture, "other");
}

static void overwrites_when_told(Fixture *fixture, const void *unused)
{
    put(fixture, "old");
    g_autoptr(OutputFile) file =
        output_file_open(fixture->path, (OutputFileOptions){.overwrite = true}, NULL);
    output_file_write(file, "new", 3, NULL);
    g_assert_true(output_file_commit(file, NULL));
    assert_holds(fixture, "new");
}

static void large_writes_arrive_whole(Fixture *fixture, const void *unused)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(OutputFile) file = output_file_open(fixture->path, (OutputFileOptions){0}, NULL);
    for (unsigned i = 0; i < 3000; i++) {
        g_autofree char *piece = g_strnfill(i, (char)('a' + i % 26));
        g_string_append(text, piece);
        g_assert_true(output_file_write(file, piece, i, NULL));
    }
    g_assert_true(output_file_commit(file, NULL));
    assert_holds(fixture, text->str);
}

static void a_missing_folder_is_named(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(output_file_open("/nonexistent/folder/x", (OutputFileOptions){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "/nonexistent/folder/x"));
}

#define ADD(name) g_test_add("/output_file/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(appears_only_on_commit);
    ADD(takes_the_place_of_regular_files_only);
    ADD(leaves_nothing_without_commit);
    ADD(does_not_overwrite_unasked);
    ADD(a_file_that_appears_meanwhile_is_kept);
    ADD(overwrites_when_told);
    ADD(large_writes_arrive_whole);
    g_test_add_func("/output_file/a_missing_folder_is_named", a_missing_folder_is_named);
    return g_test_run();
}
