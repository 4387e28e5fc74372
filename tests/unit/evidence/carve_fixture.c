// SPDX-License-Identifier: Apache-2.0
#include "carve_fixture.h"

#include <string.h>

static char *corpus_folder(void)
{
    const char *source = g_getenv("CLEW_SOURCE");
    g_assert_nonnull(source);
    return g_build_filename(source, "tests", "corpus", "carve", NULL);
}

GByteArray *carve_sample(const char *name)
{
    g_autofree char *folder = corpus_folder();
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *bytes = NULL;
    gsize size = 0;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_byte_array_new_take((guint8 *)bytes, size);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **carve_sample_names(void)
{
    g_autofree char *folder = corpus_folder();
    g_autoptr(GError) error = NULL;
    GDir *dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    GPtrArray *names = g_ptr_array_new();
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    qsort(names->pdata, names->len, sizeof(char *), compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

// Without FF and without zeroes, which begin and hold together much of what is carved.
GByteArray *carve_noise(size_t count, uint32_t seed)
{
    GByteArray *noise = g_byte_array_sized_new((guint)count);
    g_byte_array_set_size(noise, (guint)count);
    uint64_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        noise->data[i] = (uint8_t)(1 + (state >> 33) % 254);
    }
    return noise;
}

void carve_plant(GByteArray *target, size_t offset, const GByteArray *media)
{
    g_assert_cmpuint(offset + media->len, <=, target->len);
    memcpy(target->data + offset, media->data, media->len);
}

static bool add_found(void *user_data, const Carved *carved)
{
    CarveResult *result = user_data;
    g_array_append_val(result->found, *carved);
    return true;
}

static bool add_progress(void *user_data, uint64_t bytes)
{
    CarveResult *result = user_data;
    result->progress_bytes += bytes;
    result->calls++;
    return true;
}

CarveResult *carve_run(Source *source, CarveRange range)
{
    CarveResult *result = g_new0(CarveResult, 1);
    result->found = g_array_new(FALSE, FALSE, sizeof(Carved));
    range.limit = range.limit == 0 ? source_size(source) : range.limit;
    range.end = range.end == 0 ? range.limit : range.end;
    range.alignment = MAX(range.alignment, 1u);
    result->ok = carve_search(source, range, add_found, add_progress, result, &result->error);
    return result;
}

CarveResult *carve_run_bytes(const GByteArray *bytes, uint32_t alignment)
{
    g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
    CarveResult *result = carve_run(source, (CarveRange){.alignment = alignment});
    g_assert_no_error(result->error);
    g_assert_true(result->ok);
    return result;
}

const Carved *carve_result_at(const CarveResult *result, unsigned index)
{
    g_assert_cmpuint(index, <, result->found->len);
    return &g_array_index(result->found, Carved, index);
}

void carve_result_free(CarveResult *result)
{
    if (result == NULL)
        return;
    g_array_unref(result->found);
    g_clear_error(&result->error);
    g_free(result);
}

uint64_t carve_end_of(const GByteArray *bytes, const char *media_type)
{
    g_autoptr(Source) source = source_new_memory(bytes->data, bytes->len);
    uint64_t end = 0;
    bool has_end = carve_end(source, 0, bytes->len, sniff_by_media_type(media_type), &end);
    g_assert_cmpint(has_end, ==, end != 0);
    return end;
}
