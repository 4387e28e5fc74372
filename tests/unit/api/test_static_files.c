// SPDX-License-Identifier: Apache-2.0
//
// The desk's files are served by type from below one folder, and nothing else is.
#include "api/static_files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *folder; // holds desk/ and a file beside it
    char *desk;
    ApiStaticFiles *files;
} Fixture;

static void write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void set_up(Fixture *f, const void *data)
{
    f->folder = g_dir_make_tmp("clew-desk-XXXXXX", NULL);
    f->desk = g_build_filename(f->folder, "desk", NULL);
    g_autofree char *assets = g_build_filename(f->desk, "assets", NULL);
    g_assert_cmpint(g_mkdir_with_parents(assets, 0700), ==, 0);
    write_file(f->folder, "secret.txt", "secret");
    write_file(f->desk, "index.html", "<!doctype html>");
    write_file(f->desk, "robots.txt", "none");
    write_file(f->desk, ".hidden.txt", "hidden");
    write_file(f->desk, "program.exe", "MZ");
    write_file(assets, "desk-0123abcd.js", "1;");
    write_file(assets, "desk.css", "a{}");
    g_autofree char *link = g_build_filename(f->desk, "link.txt", NULL);
    g_autofree char *up = g_build_filename(f->desk, "up", NULL);
    g_autofree char *pipe = g_build_filename(f->desk, "pipe.txt", NULL);
    g_assert_cmpint(symlink("../secret.txt", link), ==, 0);
    g_assert_cmpint(symlink("..", up), ==, 0);
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    f->files = api_static_files_new(f->desk, NULL);
    g_assert_nonnull(f->files);
}

static void tear_down(Fixture *f, const void *data)
{
    api_static_files_free(f->files);
    g_autofree char *command = g_strdup_printf("rm -r '%s'", f->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(f->folder);
    g_free(f->desk);
}

// The content, or NULL when the path is not served. The type and whether it is immutable as well.
static char *served_as(const Fixture *f, const char *path, const char *accepts,
                       ApiStaticFile *ret_file)
{
    g_autoptr(GError) error = NULL;
    if (!api_static_files_open(f->files, path, accepts, ret_file, &error)) {
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
        return NULL;
    }
    char *text = g_malloc0(ret_file->size_bytes + 1);
    g_assert_cmpint(read(ret_file->descriptor, text, ret_file->size_bytes), ==,
                    ret_file->size_bytes);
    close(ret_file->descriptor);
    return text;
}

static char *served(const Fixture *f, const char *path, ApiStaticFile *ret_file)
{
    return served_as(f, path, NULL, ret_file);
}

static void gives_files_with_their_type(Fixture *f, const void *data)
{
    ApiStaticFile file;
    g_autofree char *script = served(f, "/assets/desk-0123abcd.js", &file);
    g_assert_cmpstr(script, ==, "1;");
    g_assert_cmpstr(file.content_type, ==, "text/javascript; charset=utf-8");
    g_assert_true(file.immutable);
    g_autofree char *style = served(f, "/assets/desk.css", &file);
    g_assert_cmpstr(style, ==, "a{}");
    g_assert_false(file.immutable);
    g_assert_true(g_str_has_prefix(file.etag, "\"") && g_str_has_suffix(file.etag, "\""));
}

static void gives_the_page_for_places_of_the_desk(Fixture *f, const void *data)
{
    static const char *const places[] = {"/", "/cases", "/cases/7/media", "/assets", "/up"};
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        ApiStaticFile file;
        g_autofree char *text = served(f, places[i], &file);
        g_assert_cmpstr(text, ==, "<!doctype html>");
        g_assert_false(file.immutable);
    }
}

static void serves_nothing_else(Fixture *f, const void *data)
{
    static const char *const paths[] = {
        "/link.txt",
        "/up/secret.txt",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/.hidden.txt",
        "/program.exe",
        "/none.txt",
        "/pipe.txt",
        "/assets/.",
        "/index.html/x.txt",
        "/robots.txt/",
        "//robots.txt",
        "/./robots.txt",
        "robots.txt",
        "",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        ApiStaticFile file;
        g_autofree char *text = served(f, paths[i], &file);
        if (text != NULL && strcmp(text, "<!doctype html>") != 0)
            g_error("%s gave '%s'", paths[i], text);
    }
}

static void a_changed_file_has_another_etag(Fixture *f, const void *data)
{
    ApiStaticFile before, after;
    g_autofree char *first = served(f, "/robots.txt", &before);
    g_assert_nonnull(first);
    write_file(f->desk, "robots.txt", "other");
    g_autofree char *second = served(f, "/robots.txt", &after);
    g_assert_cmpstr(second, ==, "other");
    g_assert_cmpstr(before.etag, !=, after.etag);
}

static void gives_the_gzip_form_to_those_who_take_it(Fixture *f, const void *data)
{
    static const char *const takers[] = {"gzip", "deflate, gzip;q=0.5, br", "br , GZIP ;q=1"};
    static const char *const others[] = {NULL,       "",       "identity",         "*",
                                         "gzip;q=0", "xgzip,", "gzip; q=0.000, br"};
    ApiStaticFile plain, coded;
    write_file(f->desk, "index.html.gz", "coded");
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *text = served_as(f, "/", others[i], &plain);
        g_assert_cmpstr(text, ==, "<!doctype html>");
        g_assert_true(plain.varies && !plain.is_gzip);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(takers); i++) {
        g_autofree char *text = served_as(f, "/cases", takers[i], &coded);
        g_assert_cmpstr(text, ==, "coded");
        g_assert_true(coded.varies && coded.is_gzip);
        g_assert_cmpstr(coded.content_type, ==, "text/html; charset=utf-8");
        g_assert_cmpstr(coded.etag, !=, plain.etag);
        g_assert_true(g_str_has_suffix(coded.etag, "\""));
    }
    g_autofree char *itself = served_as(f, "/index.html.gz", "gzip", &coded);
    g_assert_null(itself);
    g_autofree char *alone = served_as(f, "/robots.txt", "gzip", &plain);
    g_assert_cmpstr(alone, ==, "none");
    g_assert_false(plain.varies || plain.is_gzip);
}

static void a_gzip_form_that_is_no_file_is_none(Fixture *f, const void *data)
{
    ApiStaticFile file;
    g_autofree char *link = g_build_filename(f->desk, "robots.txt.gz", NULL);
    g_autofree char *folder = g_build_filename(f->desk, "index.html.gz", NULL);
    g_assert_cmpint(symlink("../secret.txt", link), ==, 0);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_autofree char *text = served_as(f, "/robots.txt", "gzip", &file);
    g_assert_cmpstr(text, ==, "none");
    g_autofree char *page = served_as(f, "/", "gzip", &file);
    g_assert_cmpstr(page, ==, "<!doctype html>");
    g_assert_false(file.varies || file.is_gzip);
}

static void without_a_desk_a_page_says_so(void)
{
    g_autoptr(ApiStaticFiles) files = api_static_files_new("/nonexistent/desk", NULL);
    ApiStaticFile file;
    g_assert_true(api_static_files_open(files, "/", "gzip", &file, NULL));
    g_assert_cmpint(file.descriptor, ==, -1);
    g_assert_nonnull(strstr(file.text, "not installed"));
    g_assert_cmpuint(file.size_bytes, ==, strlen(file.text));
    g_assert_false(api_static_files_open(files, "/robots.txt", NULL, &file, NULL));
}

#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/api/static/types", gives_files_with_their_type);
    ADD("/api/static/places", gives_the_page_for_places_of_the_desk);
    ADD("/api/static/nothing_else", serves_nothing_else);
    ADD("/api/static/etag", a_changed_file_has_another_etag);
    ADD("/api/static/gzip", gives_the_gzip_form_to_those_who_take_it);
    ADD("/api/static/gzip_of_no_file", a_gzip_form_that_is_no_file_is_none);
    g_test_add_func("/api/static/no_desk", without_a_desk_a_page_says_so);
    return g_test_run();
}
