// SPDX-License-Identifier: Apache-2.0
//
// The walk names every file once, in the byte order of full paths, follows nothing and opens
// nothing but regular files.
#include "cases/folder_walk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

typedef struct {
    char *folder;
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-walk-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_autofree char *command =
        g_strdup_printf("chmod -R u+rwx '%s'; rm -rf '%s'", fixture->folder, fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
}

static void make_file(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0700);
    g_assert_true(g_file_set_contents(path, path, -1, NULL));
}

static FolderWalk *walk_of(const char *path)
{
    const char *paths[] = {path, NULL};
    g_autoptr(GError) error = NULL;
    FolderWalk *walk = folder_walk_new(paths, (FolderWalkOptions){0}, &error);
    g_assert_no_error(error);
    return walk;
}

// All paths of a walk, one a line, with the kind where it is no plain file.
static char *listing(FolderWalk *walk)
{
    static const char *const kinds[] = {"", "link ", "special ", "unreadable ", "limit "};
    GString *text = g_string_new(NULL);
    for (;;) {
        g_autoptr(WalkEntry) entry = folder_walk_next(walk);
        if (entry == NULL)
            return g_string_free(text, FALSE);
        g_assert_cmpint(entry->descriptor >= 0, ==, entry->kind == WALK_FILE);
        g_string_append_printf(text, "%s%s\n", kinds[entry->kind], entry->path);
    }
}

static void order_is_that_of_sorted_full_paths(Fixture *fixture, const void *unused)
{
    static const char *const names[] = {"t/a/x", "t/a.txt",    "t/a/B", "t/B/z",
                                        "t/a0",  "t/\xc3\xa9", "t/z",   "t/.hidden"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        make_file(names[i]);
    g_autoptr(FolderWalk) walk = walk_of("t");
    g_autofree char *text = listing(walk);
    g_assert_cmpstr(text, ==, "t/.hidden\nt/B/z\nt/a.txt\nt/a/B\nt/a/x\nt/a0\nt/z\nt/\xc3\xa9\n");
}

static void links_and_special_files_are_named_not_opened(Fixture *fixture, const void *unused)
{
    make_file("t/file");
    g_assert_cmpint(symlink("file", "t/link"), ==, 0);
    g_assert_cmpint(symlink("..", "t/loop"), ==, 0);
    g_assert_cmpint(mkfifo("t/fifo", 0600), ==, 0);
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "t/socket"};
    g_assert_cmpint(bind(descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);
    close(descriptor);
    g_autoptr(FolderWalk) walk = walk_of("t");
    g_autofree char *text = listing(walk);
    g_assert_cmpstr(text, ==,
                    "special t/fifo\nt/file\nlink t/link\nlink t/loop\nspecial t/socket\n");
}

static void a_missing_path_is_an_error_before_anything_is_walked(Fixture *fixture,
                                                                 const void *unused)
{
    make_file("there");
    const char *paths[] = {"there", "not there\n", NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(folder_walk_new(paths, (FolderWalkOptions){0}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "not there\\n"));
}

static void a_listed_path_that_is_missing_becomes_an_entry(Fixture *fixture, const void *unused)
{
    make_file("a");
    g_assert_true(g_file_set_contents("list", "gone\0a\0\0a", 9, NULL));
    g_autoptr(FolderWalk) walk =
        folder_walk_from_list(open("list", O_RDONLY), (FolderWalkOptions){0});
    g_autofree char *text = listing(walk);
    g_assert_cmpstr(text, ==, "unreadable gone\na\na\n");
}

static void an_endless_path_in_the_list_is_told(Fixture *fixture, const void *unused)
{
    g_autofree char *endless = g_strnfill(2 << 20, 'x');
    g_assert_true(g_file_set_contents("list", endless, -1, NULL));
    g_autoptr(FolderWalk) walk =
        folder_walk_from_list(open("list", O_RDONLY), (FolderWalkOptions){0});
    g_autoptr(WalkEntry) entry = folder_walk_next(walk);
    g_assert_cmpint(entry->kind, ==, WALK_UNREADABLE);
    g_assert_nonnull(strstr(entry->reason, "longer than"));
    g_assert_null(folder_walk_next(walk));
}

static void what_cannot_be_opened_says_why(Fixture *fixture, const void *unused)
{
    static const uid_t nobody = 65534;
    make_file("t/closed/file");
    g_chmod("t/closed", 0);
    bool is_root = geteuid() == 0; // root may open anything: look as somebody else
    if (is_root) {
        g_chmod(".", 0755);
        g_chmod("t", 0755);
        g_assert_cmpint(seteuid(nobody), ==, 0);
    }
    g_autoptr(FolderWalk) walk = walk_of("t");
    g_autoptr(WalkEntry) entry = folder_walk_next(walk);
    if (is_root)
        g_assert_cmpint(seteuid(0), ==, 0);
    g_assert_cmpint(entry->kind, ==, WALK_UNREADABLE);
    g_assert_nonnull(strstr(entry->reason, "Permission denied"));
}

static void deep_folders_are_walked(Fixture *fixture, const void *unused)
{
    for (unsigned depth = 0; depth < 900; depth++) {
        g_assert_cmpint(g_mkdir("d", 0700), ==, 0);
        g_assert_cmpint(g_chdir("d"), ==, 0);
    }
    g_assert_true(g_file_set_contents("bottom", "x", 1, NULL));
    g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
    g_autoptr(FolderWalk) walk = walk_of("d");
    g_autoptr(WalkEntry) entry = folder_walk_next(walk);
    g_assert_true(g_str_has_suffix(entry->path, "/d/bottom"));
    g_assert_null(folder_walk_next(walk));
}

#define ADD(name) g_test_add("/folder_walk/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(order_is_that_of_sorted_full_paths);
    ADD(links_and_special_files_are_named_not_opened);
    ADD(a_missing_path_is_an_error_before_anything_is_walked);
    ADD(a_listed_path_that_is_missing_becomes_an_entry);
    ADD(an_endless_path_in_the_list_is_told);
    ADD(what_cannot_be_opened_says_why);
    ADD(deep_folders_are_walked);
    return g_test_run();
}
