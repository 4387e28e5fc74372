// SPDX-License-Identifier: Apache-2.0
//
// Real pictures and films: each ends with its last byte, but for those whose makers put something
// behind, and each is found in whatever surrounds it. Hostile ones do no harm. Reads the folder
// CLEW_TEST_MEDIA names; skipped without it.
#include <string.h>

#include "carve_fixture.h"

// Where the media ends before the file does, and what follows there.
static const struct {
    const char *name;
    uint64_t end;
} trailers[] = {
    // Samsung's trailer, "SEFT".
    {"exif-rotn-1.jpg", 3149817},
    {"exif-rotn-3.jpg", 3245926},
    {"exif-rotn-6.jpg", 3668605},
    {"exif-rotn-8.jpg", 3244974},
};

static char *media_folder(const char *relative)
{
    const char *folder = g_getenv("CLEW_TEST_MEDIA");
    if (folder == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    return g_build_filename(folder, relative, NULL);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void gather(GPtrArray *paths, const char *folder)
{
    g_autoptr(GError) error = NULL;
    GDir *dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            gather(paths, path);
        else
            g_ptr_array_add(paths, g_steal_pointer(&path));
    }
    g_dir_close(dir);
}

// All files below a folder of the media, in order; NULL when the test is skipped.
static GPtrArray *files_below(const char *relative)
{
    g_autofree char *folder = media_folder(relative);
    if (folder == NULL)
        return NULL;
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    gather(paths, folder);
    qsort(paths->pdata, paths->len, sizeof(char *), compare_paths);
    return paths;
}

static GByteArray *read_file(const char *path)
{
    char *bytes = NULL;
    gsize size = 0;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_byte_array_new_take((guint8 *)bytes, size);
}

static const SniffType *type_of(const GByteArray *bytes)
{
    return sniff_bytes(bytes->data, bytes->len);
}

static bool is_media(const SniffType *type)
{
    return type->family == FAMILY_STILL || type->family == FAMILY_VIDEO;
}

static uint64_t expected_end(const char *path, const GByteArray *bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(trailers); i++) {
        if (g_str_has_suffix(path, trailers[i].name))
            return trailers[i].end;
    }
    return bytes->len;
}

static unsigned check_ends(const char *relative)
{
    g_autoptr(GPtrArray) paths = files_below(relative);
    unsigned checked = 0;
    for (unsigned i = 0; paths != NULL && i < paths->len; i++) {
        g_autoptr(GByteArray) bytes = read_file(paths->pdata[i]);
        const SniffType *type = type_of(bytes);
        if (!is_media(type))
            continue;
        uint64_t end = carve_end_of(bytes, type->media_type);
        if (end != expected_end(paths->pdata[i], bytes))
            g_error("%s: %u bytes, end %" G_GUINT64_FORMAT, (char *)paths->pdata[i], bytes->len,
                    end);
        checked++;
    }
    return checked;
}

static void every_picture_ends_with_its_last_byte(void)
{
    unsigned checked = check_ends("pdq");
    if (g_getenv("CLEW_TEST_MEDIA") != NULL)
        g_assert_cmpuint(checked, >=, 42);
}

static void every_film_ends_with_its_last_byte(void)
{
    unsigned checked = check_ends("video");
    if (g_getenv("CLEW_TEST_MEDIA") != NULL)
        g_assert_cmpuint(checked, ==, 7);
}

// Pictures one after another with noise between, at odd offsets and then on blocks.
static void finds_every_picture_in_noise(void)
{
    g_autoptr(GPtrArray) paths = files_below("pdq");
    for (uint32_t alignment = 1; paths != NULL && alignment <= 4096; alignment += 4095) {
        g_autoptr(GByteArray) medium = g_byte_array_new();
        g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(Carved));
        for (unsigned i = 0; i < paths->len; i++) {
            g_autoptr(GByteArray) bytes = read_file(paths->pdata[i]);
            if (!is_media(type_of(bytes)) || bytes->len > 1000000)
                continue;
            const Carved carved = {.offset = medium->len, .size_bytes = bytes->len};
            g_array_append_val(expected, carved);
            g_byte_array_append(medium, bytes->data, bytes->len);
            size_t gap = 3001 + 17 * i;
            if (alignment > 1)
                gap += alignment - (medium->len + gap) % alignment;
            g_autoptr(GByteArray) noise = carve_noise(gap, i);
            g_byte_array_append(medium, noise->data, noise->len);
        }
        g_autoptr(CarveResult) result = carve_run_bytes(medium, alignment);
        g_assert_cmpuint(expected->len, >, 30);
        g_assert_cmpuint(result->found->len, ==, expected->len);
        for (unsigned i = 0; i < expected->len; i++) {
            const Carved *wanted = &g_array_index(expected, Carved, i);
            const Carved *found = carve_result_at(result, i);
            g_assert_cmpuint(found->offset, ==, wanted->offset);
            g_assert_cmpuint(found->size_bytes, ==, wanted->size_bytes);
            g_assert_true(found->complete);
        }
    }
}

static void films_are_found_in_noise(void)
{
    g_autofree char *path = media_folder("video/chair-20-sd-bar.mp4");
    if (path == NULL)
        return;
    g_autoptr(GByteArray) film = read_file(path);
    g_autoptr(GByteArray) noise = carve_noise(film->len + (3 << 20), 1);
    carve_plant(noise, 1234567, film);
    g_autoptr(CarveResult) result = carve_run_bytes(noise, 1);
    g_assert_cmpuint(result->found->len, ==, 1);
    g_assert_cmpuint(carve_result_at(result, 0)->offset, ==, 1234567);
    g_assert_cmpuint(carve_result_at(result, 0)->size_bytes, ==, film->len);
    g_assert_cmpstr(carve_result_at(result, 0)->type->media_type, ==, "video/mp4");
}

// Whatever they do to decoders: the search ends, and what it finds lies inside.
static void hostile_media_do_no_harm(void)
{
    g_autoptr(GPtrArray) paths = files_below("evidence");
    for (unsigned i = 0; paths != NULL && i < paths->len; i++) {
        g_autoptr(GByteArray) bytes = read_file(paths->pdata[i]);
        if (bytes->len > (2 << 20))
            continue;
        uint64_t end = carve_end_of(bytes, type_of(bytes)->media_type);
        g_assert_cmpuint(end, <=, bytes->len);
        g_autoptr(CarveResult) result = carve_run_bytes(bytes, 1);
        g_assert_cmpuint(result->progress_bytes, ==, bytes->len);
        for (unsigned found = 0; found < result->found->len; found++) {
            const Carved *carved = carve_result_at(result, found);
            g_assert_cmpuint(carved->offset + carved->size_bytes, <=, bytes->len);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/carve_media/" #name, name)
    ADD(every_picture_ends_with_its_last_byte);
    ADD(every_film_ends_with_its_last_byte);
    ADD(finds_every_picture_in_noise);
    ADD(films_are_found_in_noise);
    ADD(hostile_media_do_no_harm);
    return g_test_run();
}
