// SPDX-License-Identifier: Apache-2.0
//
// From a record back to its picture: fetched from where the evidence lies, held against its digest,
// and from nowhere but below the evidence roots.
#include "cases/view_source.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "test_pictures.h"

typedef struct {
    char *folder, *root; // the root is "evidence" in the folder
    Zygote *media, *evidence;
    MediaClient *client;
    GByteArray *jpeg;
    uint8_t sha256[SHA256_BYTES];
    PreviewPicture *picture;
    MediaReply reply;
} Fixture;

static void digest(const GByteArray *bytes, uint8_t *ret_sha256)
{
    gsize size = SHA256_BYTES;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, bytes->data, bytes->len);
    g_checksum_get_digest(checksum, ret_sha256, &size);
}

static void set_up(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("clew-view-XXXXXX", NULL);
    fixture->root = g_build_filename(fixture->folder, "evidence", NULL);
    g_assert_cmpint(g_mkdir(fixture->root, 0700), ==, 0);
    fixture->media = zygote_start((ZygoteOptions){.program = MEDIA_WORKER}, &error);
    g_assert_no_error(error);
    fixture->evidence = zygote_start((ZygoteOptions){.program = EVIDENCE_WORKER}, &error);
    g_assert_no_error(error);
    fixture->client = media_client_new(fixture->media, NULL, &error);
    g_assert_no_error(error);
    fixture->jpeg = picture_jpeg((PictureOptions){.width = 320, .height = 240});
    digest(fixture->jpeg, fixture->sha256);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    preview_picture_free(fixture->picture);
    media_reply_clear(&fixture->reply);
    media_client_free(fixture->client);
    zygote_free(fixture->media);
    zygote_free(fixture->evidence);
    g_byte_array_unref(fixture->jpeg);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->root);
}

static char *put_file(const char *folder, const char *name, const GByteArray *bytes)
{
    char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
    return path;
}

// The one member of a tar file.
static GByteArray *tar_of(const char *name, const GByteArray *bytes)
{
    enum { BLOCK = 512, SIZE_AT = 124, CHECKSUM_AT = 148 };
    char header[BLOCK] = {0};
    static const uint8_t padding[3 * BLOCK] = {0};
    unsigned sum = 0;
    g_strlcpy(header, name, 100);
    memcpy(header + 100, "0000600\0000000000\0000000000", 23);
    g_snprintf(header + SIZE_AT, 12, "%011o", bytes->len);
    memcpy(header + 136, "00000000000", 11);
    memset(header + CHECKSUM_AT, ' ', 8);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    for (unsigned i = 0; i < BLOCK; i++)
        sum += (uint8_t)header[i];
    g_snprintf(header + CHECKSUM_AT, 8, "%06o", sum);
    GByteArray *tar = g_byte_array_new();
    g_byte_array_append(tar, (const uint8_t *)header, BLOCK);
    g_byte_array_append(tar, bytes->data, bytes->len);
    g_byte_array_append(tar, padding, (BLOCK - bytes->len % BLOCK) % BLOCK);
    g_byte_array_append(tar, padding, 2 * BLOCK);
    return tar;
}

static bool look(Fixture *fixture, const char *evidence, const char *locator, GError **err)
{
    const char *roots[] = {"/nonexistent-root", fixture->root, NULL};
    const ViewSource source = {.roots = roots,
                               .evidence = evidence,
                               .locator = locator,
                               .sha256 = fixture->sha256,
                               .media_type = "image/jpeg",
                               .reader = {.zygote = fixture->evidence}};
    const ViewChoice choice = {.view = picture_view_plain, .side = 160};
    g_clear_pointer(&fixture->picture, preview_picture_free);
    media_reply_clear(&fixture->reply);
    return view_source_view(&source, fixture->client, &choice, &fixture->picture, &fixture->reply,
                            err);
}

static void assert_shown(Fixture *fixture, const char *evidence, const char *locator)
{
    g_autoptr(GError) error = NULL;
    bool ok = look(fixture, evidence, locator, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    g_assert_nonnull(fixture->picture);
    g_assert_cmpuint(fixture->picture->width, ==, 160);
    g_assert_cmpuint(fixture->picture->height, ==, 120);
}

static void assert_fails(Fixture *fixture, const char *evidence, const char *locator,
                         ClewError code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(look(fixture, evidence, locator, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, words));
    g_assert_null(fixture->picture);
}

static char *locator_of(const char *path, const char *more)
{
    return g_strdup_printf("[{\"file\":\"%s\"}%s]", path, more);
}

static void a_file_is_shown(Fixture *fixture, const void *unused)
{
    g_autofree char *path = put_file(fixture->root, "a.jpg", fixture->jpeg);
    g_autofree char *locator = locator_of(path, "");
    assert_shown(fixture, fixture->root, locator);
}

static void what_lies_inside_is_shown(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) tar = tar_of("inner.jpg", fixture->jpeg);
    g_autofree char *path = put_file(fixture->root, "a.tar", tar);
    g_autofree char *by_name = g_strconcat(path, " > inner.jpg", NULL);
    assert_shown(fixture, NULL, by_name);
    g_autofree char *absent = g_strconcat(path, " > other.jpg", NULL);
    assert_fails(fixture, NULL, absent, CLEW_ERROR_NOT_FOUND, "is named so");
}

static void a_relative_record_is_found_where_the_evidence_lay(Fixture *fixture, const void *unused)
{
    g_autofree char *path = put_file(fixture->root, "a.jpg", fixture->jpeg);
    assert_shown(fixture, fixture->root, "[{\"file\":\"a.jpg\"}]");
    assert_shown(fixture, fixture->root, "[{\"file\":\"evidence/a.jpg\"}]");
    assert_shown(fixture, path, "[{\"file\":\"a.jpg\"}]");
    assert_fails(fixture, NULL, "[{\"file\":\"a.jpg\"}]", CLEW_ERROR_NOT_FOUND, "attach it");
}

static void evidence_that_is_offline_is_said_to_be(Fixture *fixture, const void *unused)
{
    g_autofree char *path = g_build_filename(fixture->root, "gone", "a.jpg", NULL);
    g_autofree char *locator = locator_of(path, "");
    assert_fails(fixture, fixture->root, locator, CLEW_ERROR_NOT_FOUND,
                 "is not at its place now; attach it and try again");
}

static void other_bytes_are_not_shown(Fixture *fixture, const void *unused)
{
    g_autoptr(GByteArray) other = picture_jpeg((PictureOptions){.mirrored = true});
    g_autofree char *path = put_file(fixture->root, "a.jpg", other);
    g_autofree char *locator = locator_of(path, "");
    assert_fails(fixture, fixture->root, locator, CLEW_ERROR_CONFLICT,
                 "are not those that were examined");
}

static void nothing_outside_of_the_roots_is_read(Fixture *fixture, const void *unused)
{
    g_autofree char *outside = put_file(fixture->folder, "secret.jpg", fixture->jpeg);
    g_autofree char *plain = locator_of(outside, "");
    assert_fails(fixture, NULL, plain, CLEW_ERROR_DENIED, "--evidence-root");
    g_autofree char *dotted = g_strdup_printf("[{\"file\":\"%s/../secret.jpg\"}]", fixture->root);
    assert_fails(fixture, NULL, dotted, CLEW_ERROR_DENIED, "--evidence-root");
    // A link that leads out of it, and a folder whose name only begins like the root's.
    g_autofree char *link = g_build_filename(fixture->root, "link.jpg", NULL);
    g_assert_cmpint(symlink(outside, link), ==, 0);
    g_autofree char *linked = locator_of(link, "");
    assert_fails(fixture, NULL, linked, CLEW_ERROR_DENIED, "--evidence-root");
    g_autofree char *sibling = g_strconcat(fixture->root, "-2", NULL);
    g_assert_cmpint(g_mkdir(sibling, 0700), ==, 0);
    g_autofree char *beside = put_file(sibling, "a.jpg", fixture->jpeg);
    g_autofree char *alike = locator_of(beside, "");
    assert_fails(fixture, NULL, alike, CLEW_ERROR_DENIED, "--evidence-root");
}

static void a_link_that_stays_inside_is_followed(Fixture *fixture, const void *unused)
{
    g_autofree char *path = put_file(fixture->root, "a.jpg", fixture->jpeg);
    g_autofree char *link = g_build_filename(fixture->root, "link.jpg", NULL);
    g_assert_cmpint(symlink(path, link), ==, 0);
    g_autofree char *linked = locator_of(link, "");
    assert_shown(fixture, NULL, linked);
}

static void previews_can_be_made_anew(Fixture *fixture, const void *unused)
{
    g_autofree char *path = put_file(fixture->root, "a.jpg", fixture->jpeg);
    g_autofree char *locator = locator_of(path, "");
    const char *roots[] = {fixture->root, NULL};
    const ViewSource source = {.roots = roots,
                               .locator = locator,
                               .sha256 = fixture->sha256,
                               .media_type = "image/jpeg",
                               .reader = {.zygote = fixture->evidence}};
    g_autoptr(PreviewSet) previews = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(
        view_source_previews(&source, fixture->client, &previews, &fixture->reply, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(previews->pictures->len, ==, 2);
}

#define ADD(name) g_test_add("/view_source/" #name, Fixture, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_file_is_shown);
    ADD(what_lies_inside_is_shown);
    ADD(a_relative_record_is_found_where_the_evidence_lay);
    ADD(evidence_that_is_offline_is_said_to_be);
    ADD(other_bytes_are_not_shown);
    ADD(nothing_outside_of_the_roots_is_read);
    ADD(a_link_that_stays_inside_is_followed);
    ADD(previews_can_be_made_anew);
    return g_test_run();
}
