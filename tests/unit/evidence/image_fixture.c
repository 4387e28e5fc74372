// SPDX-License-Identifier: Apache-2.0
#include "image_fixture.h"

#include <glib/gstdio.h>
#include <zlib.h>

GByteArray *image_fixture_load(const char *name)
{
    g_autofree char *path =
        g_strdup_printf("%s/tests/fixtures/images/%s.gz", g_getenv("CLEW_SOURCE"), name);
    gzFile file = gzopen(path, "rb");
    g_assert_nonnull(file);
    GByteArray *bytes = g_byte_array_new();
    uint8_t piece[65536];
    int count;
    while ((count = gzread(file, piece, sizeof(piece))) > 0)
        g_byte_array_append(bytes, piece, (unsigned)count);
    g_assert_cmpint(count, ==, 0);
    gzclose(file);
    return bytes;
}

char *image_fixture_folder(void)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("clew-image-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

void image_fixture_remove(char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(folder);
    g_free(folder);
}

void image_fixture_put(const char *folder, const char *name, const void *bytes, size_t size)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GError *error = NULL;
    g_file_set_contents_full(path, bytes, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                             &error);
    g_assert_no_error(error);
}

void image_fixture_copy(const char *folder, const char *fixture, const char *name)
{
    g_autoptr(GByteArray) bytes = image_fixture_load(fixture);
    image_fixture_put(folder, name, bytes->data, bytes->len);
}

char *image_fixture_sha256(const void *bytes, size_t size)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
}
