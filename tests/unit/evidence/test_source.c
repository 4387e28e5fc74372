// SPDX-License-Identifier: Apache-2.0
//
// A source gives the bytes that it is made of, whatever it is put together from: the same as a
// plain array would. What cannot be read is said, and what can be read is given all the same.
#include "evidence/source.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

// ---- A medium that is slow, short and broken on request ---------------------------------------

typedef struct {
    GByteArray *bytes;
    size_t most;            // at most so many bytes a read
    uint64_t bad_from;      // reading there fails,
    uint64_t bad_to;        //   up to here
    uint64_t ends_at;       // against what its size says, nothing is there from here on
    unsigned reads, frees;  // what was asked of it
    unsigned *frees_beyond; // counted there, because it is gone itself
} Medium;

static ssize_t medium_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    Medium *medium = user_data;
    medium->reads++;
    g_assert_cmpuint(size, >, 0);
    g_assert_cmpuint(offset + size, <=, medium->bytes->len);
    if (offset >= medium->bad_from && offset < medium->bad_to) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "bad byte %" G_GUINT64_FORMAT, offset);
        return -1;
    }
    if (offset >= medium->ends_at)
        return 0;
    uint64_t end = MIN(offset + MIN(size, medium->most), medium->ends_at);
    if (offset < medium->bad_from)
        end = MIN(end, medium->bad_from);
    memcpy(target, medium->bytes->data + offset, (size_t)(end - offset));
    return (ssize_t)(end - offset);
}

static void medium_free(void *user_data)
{
    Medium *medium = user_data;
    medium->frees++;
    if (medium->frees_beyond != NULL)
        ++*medium->frees_beyond;
}

static const SourceOps medium_ops = {medium_read_at, medium_free};

// `size_bytes` different bytes as far as one byte can tell.
static GByteArray *numbered(size_t size_bytes)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, (unsigned)size_bytes);
    for (size_t i = 0; i < size_bytes; i++)
        bytes->data[i] = (uint8_t)(i ^ i >> 8);
    return bytes;
}

static Medium medium_of(GByteArray *bytes)
{
    return (Medium){
        .bytes = bytes, .most = SIZE_MAX, .bad_from = UINT64_MAX, .ends_at = UINT64_MAX};
}

static Source *source_of(Medium *medium)
{
    return source_new(&medium_ops, medium, medium->bytes->len);
}

static void assert_same(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
    g_assert_cmpuint(a_bytes, ==, b_bytes);
    g_assert_true(a_bytes == 0 || memcmp(a, b, a_bytes) == 0);
}

// Compares all of it with the expected bytes, read in one go.
static void assert_holds(Source *source, const void *expected, size_t size_bytes)
{
    g_assert_cmpuint(source_size(source), ==, size_bytes);
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *read = g_malloc(size_bytes + 1);
    read[size_bytes] = 0xa5;
    g_assert_cmpint(source_read(source, 0, read, size_bytes + 1, &error), ==, (ssize_t)size_bytes);
    g_assert_no_error(error);
    assert_same(read, size_bytes, expected, size_bytes);
    g_assert_cmpuint(read[size_bytes], ==, 0xa5);
}

// ---- Leaves -----------------------------------------------------------------------------------

static int file_with(const void *bytes, size_t size_bytes)
{
    g_autofree char *path = NULL;
    int descriptor = g_file_open_tmp("clew-source-XXXXXX", &path, NULL);
    g_assert_cmpint(write(descriptor, bytes, size_bytes), ==, (ssize_t)size_bytes);
    unlink(path);
    return descriptor;
}

static void reading_a_file_leaves_its_offset_alone(void)
{
    int descriptor = file_with("0123456789", 10);
    int same_offset = dup(descriptor);
    lseek(descriptor, 4, SEEK_SET);
    Source *source = source_new_descriptor(descriptor, 10);
    assert_holds(source, "0123456789", 10);
    g_assert_cmpint(lseek(same_offset, 0, SEEK_CUR), ==, 4);
    source_free(source);
    g_assert_cmpint(fcntl(descriptor, F_GETFD), ==, -1);
    close(same_offset);
}

static void a_file_that_shrank_ends_early(void)
{
    int descriptor = file_with("0123456789", 10);
    g_autoptr(Source) source = source_new_descriptor(descriptor, 20);
    char bytes[20];
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(source_read(source, 0, bytes, sizeof bytes, &error), ==, 10);
    g_assert_cmpint(source_read(source, 15, bytes, 5, &error), ==, 0);
    g_assert_no_error(error);
    g_assert_false(source_read_exact(source, 5, bytes, 10, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void a_file_that_cannot_be_read_says_why(void)
{
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autoptr(Source) source = source_new_descriptor(folder, 10);
    char bytes[10];
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(source_read(source, 3, bytes, 5, &error), ==, -1);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "byte 3"));
}

static void empty_sources_hold_nothing(void)
{
    g_autoptr(Source) memory = source_new_memory(NULL, 0);
    g_autoptr(Source) bytes = source_new_bytes(g_bytes_new(NULL, 0));
    g_autoptr(Source) range = source_new_range(memory, 0, 0);
    g_autoptr(Source) extents = source_new_extents(memory, NULL, 0);
    g_autoptr(Source) joined = source_new_joined(g_ptr_array_new());
    Source *const sources[] = {memory, bytes, range, extents, joined};
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        assert_holds(sources[i], "", 0);
        size_t size = 1;
        g_assert_nonnull(source_map(sources[i], &size, NULL));
        g_assert_cmpuint(size, ==, 0);
    }
}

static void bytes_live_as_long_as_their_source(void)
{
    g_autoptr(Source) source = source_new_bytes(g_bytes_new("abc", 3));
    assert_holds(source, "abc", 3);
}

static void a_source_is_freed_once(void)
{
    g_autoptr(GByteArray) bytes = numbered(10);
    Medium medium = medium_of(bytes);
    source_free(source_of(&medium));
    g_assert_cmpuint(medium.frees, ==, 1);
    source_free(NULL);
}

// ---- Failing ----------------------------------------------------------------------------------

static void a_medium_that_reads_little_at_a_time_is_asked_again(void)
{
    g_autoptr(GByteArray) bytes = numbered(1000);
    Medium medium = medium_of(bytes);
    medium.most = 7;
    g_autoptr(Source) source = source_of(&medium);
    assert_holds(source, bytes->data, 1000);
    g_assert_cmpuint(medium.reads, ==, 143);
}

static void what_lies_before_a_bad_place_is_given(void)
{
    g_autoptr(GByteArray) bytes = numbered(100);
    Medium medium = medium_of(bytes);
    medium.bad_from = 60;
    medium.bad_to = 70;
    g_autoptr(Source) source = source_of(&medium);
    uint8_t read[100];
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(source_read(source, 40, read, 60, &error), ==, 20);
    g_assert_no_error(error);
    assert_same(read, 20, bytes->data + 40, 20);
    g_assert_cmpint(source_read(source, 60, read, 40, &error), ==, -1);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_clear_error(&error);
    g_assert_cmpint(source_read(source, 70, read, 40, &error), ==, 30);
    g_assert_no_error(error);
}

static void exactly_so_many_bytes_or_a_reason(void)
{
    g_autoptr(GByteArray) bytes = numbered(100);
    Medium medium = medium_of(bytes);
    medium.bad_from = 60;
    medium.bad_to = 70;
    g_autoptr(Source) source = source_of(&medium);
    uint8_t read[100];
    g_autoptr(GError) error = NULL;
    g_assert_true(source_read_exact(source, 0, read, 60, &error));
    g_assert_no_error(error);
    g_assert_false(source_read_exact(source, 50, read, 20, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_cmpstr(error->message, ==, "only 10 of 20 bytes are there at byte 50");
    g_clear_error(&error);
    g_assert_false(source_read_exact(source, 65, read, 2, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_clear_error(&error);
    g_assert_false(source_read_exact(source, 95, read, 6, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void behind_the_end_there_is_nothing(void)
{
    g_autoptr(GByteArray) bytes = numbered(10);
    Medium medium = medium_of(bytes);
    g_autoptr(Source) source = source_of(&medium);
    uint8_t read[10];
    g_assert_cmpint(source_read(source, 10, read, 10, NULL), ==, 0);
    g_assert_cmpint(source_read(source, UINT64_MAX, read, 10, NULL), ==, 0);
    g_assert_cmpint(source_read(source, 3, read, 0, NULL), ==, 0);
    g_assert_cmpuint(medium.reads, ==, 0);
}

// ---- Parts and wholes -------------------------------------------------------------------------

static void a_range_is_cut_to_what_there_is(void)
{
    static const struct {
        uint64_t offset, size_bytes;
        const char *expected;
    } rows[] = {
        {0, 10, "0123456789"}, {3, 4, "3456"}, {8, 100, "89"},
        {8, UINT64_MAX, "89"}, {10, 1, ""},    {UINT64_MAX, UINT64_MAX, ""},
    };
    g_autoptr(Source) whole = source_new_memory("0123456789", 10);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Source) range = source_new_range(whole, rows[i].offset, rows[i].size_bytes);
        assert_holds(range, rows[i].expected, strlen(rows[i].expected));
    }
    g_autoptr(Source) outer = source_new_range(whole, 2, 6);
    g_autoptr(Source) inner = source_new_range(outer, 1, 100);
    assert_holds(inner, "34567", 5);
}

static void extents_may_repeat_overlap_and_reach_too_far(void)
{
    static const Extent extents[] = {{7, 2},          {0, 3},          {1, 0}, {1, 3},
                                     {8, UINT64_MAX}, {UINT64_MAX, 4}, {10, 1}};
    g_autoptr(Source) whole = source_new_memory("0123456789", 10);
    g_autoptr(Source) source = source_new_extents(whole, extents, G_N_ELEMENTS(extents));
    assert_holds(source, "7801212389", 10);
}

static void joined_sources_follow_one_another(void)
{
    unsigned frees = 0;
    g_autoptr(GByteArray) bytes = numbered(5);
    Medium medium = medium_of(bytes);
    medium.frees_beyond = &frees;
    GPtrArray *parts = g_ptr_array_new();
    g_ptr_array_add(parts, source_new_memory("ab", 2));
    g_ptr_array_add(parts, source_new_memory("", 0));
    g_ptr_array_add(parts, source_of(&medium));
    g_ptr_array_add(parts, source_new_memory("c", 1));
    Source *source = source_new_joined(parts);
    assert_holds(source, "ab\0\1\2\3\4c", 8);
    source_free(source);
    g_assert_cmpuint(frees, ==, 1);
}

static void a_short_part_does_not_move_the_others(void)
{
    g_autoptr(GByteArray) bytes = numbered(10);
    Medium medium = medium_of(bytes);
    medium.ends_at = 4;
    GPtrArray *parts = g_ptr_array_new();
    g_ptr_array_add(parts, source_of(&medium));
    g_ptr_array_add(parts, source_new_memory("xyz", 3));
    g_autoptr(Source) source = source_new_joined(parts);
    uint8_t read[13];
    g_assert_cmpint(source_read(source, 0, read, 13, NULL), ==, 4);
    g_assert_cmpint(source_read(source, 6, read, 7, NULL), ==, 0);
    g_assert_cmpint(source_read(source, 10, read, 3, NULL), ==, 3);
    assert_same(read, 3, "xyz", 3);
}

// ---- The cache --------------------------------------------------------------------------------

static void small_reads_go_to_the_medium_once_a_block(void)
{
    g_autoptr(GByteArray) bytes = numbered(1000);
    Medium medium = medium_of(bytes);
    g_autoptr(Source) source = source_new_cached(source_of(&medium), 100, 3);
    for (size_t i = 0; i < 300; i++) {
        uint8_t byte;
        g_assert_true(source_read_exact(source, i, &byte, 1, NULL));
        g_assert_cmpuint(byte, ==, bytes->data[i]);
    }
    g_assert_cmpuint(medium.reads, ==, 3);
    assert_holds(source, bytes->data, 1000);
}

static void the_block_that_was_asked_for_longest_ago_gives_way(void)
{
    g_autoptr(GByteArray) bytes = numbered(1000);
    Medium medium = medium_of(bytes);
    g_autoptr(Source) source = source_new_cached(source_of(&medium), 100, 2);
    static const struct {
        uint64_t offset;
        unsigned reads;
    } rows[] = {{0, 1}, {100, 2}, {50, 2}, {200, 3}, {0, 3}, {100, 4}, {0, 4}, {200, 5}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t byte;
        g_assert_true(source_read_exact(source, rows[i].offset, &byte, 1, NULL));
        g_assert_cmpuint(medium.reads, ==, rows[i].reads);
    }
}

static void a_cache_hides_no_bad_place_and_nothing_behind_one(void)
{
    g_autoptr(GByteArray) bytes = numbered(1000);
    Medium medium = medium_of(bytes);
    medium.bad_from = 130;
    medium.bad_to = 140;
    g_autoptr(Source) source = source_new_cached(source_of(&medium), 100, 2);
    uint8_t read[50];
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(source_read(source, 110, read, 50, &error), ==, 20);
    g_assert_no_error(error);
    g_assert_cmpint(source_read(source, 130, read, 50, &error), ==, -1);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_IO);
    g_clear_error(&error);
    g_assert_cmpint(source_read(source, 145, read, 50, &error), ==, 50);
    g_assert_no_error(error);
    assert_same(read, 50, bytes->data + 145, 50);
}

// ---- All at once ------------------------------------------------------------------------------

static void what_lies_in_memory_is_not_copied(void)
{
    static const char text[] = "0123456789";
    g_autoptr(Source) whole = source_new_memory(text, 10);
    g_autoptr(Source) range = source_new_range(whole, 4, 3);
    size_t size;
    g_assert_true(source_map(whole, &size, NULL) == (const uint8_t *)text);
    g_assert_cmpuint(size, ==, 10);
    g_assert_true(source_map(range, &size, NULL) == (const uint8_t *)text + 4);
    g_assert_cmpuint(size, ==, 3);
}

static void anything_else_is_loaded_once(void)
{
    g_autoptr(GByteArray) bytes = numbered(10u << 20);
    Medium medium = medium_of(bytes);
    g_autoptr(Source) source = source_of(&medium);
    size_t size;
    const uint8_t *first = source_map(source, &size, NULL);
    assert_same(first, size, bytes->data, bytes->len);
    unsigned reads = medium.reads;
    g_assert_true(source_map(source, &size, NULL) == first);
    assert_holds(source, bytes->data, bytes->len);
    g_assert_cmpuint(medium.reads, ==, reads);
}

static void what_cannot_be_loaded_whole_is_refused(void)
{
    g_autoptr(GByteArray) bytes = numbered(100);
    Medium medium = medium_of(bytes);
    medium.ends_at = 99;
    size_t size = 77;
    g_autoptr(GError) error = NULL;
    g_autoptr(Source) cut = source_of(&medium);
    g_assert_null(source_map(cut, &size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_clear_error(&error);
    g_autoptr(Source) huge =
        source_new(&medium_ops, &medium, (uint64_t)LIMIT_EVIDENCE_MAPPED_BYTES + 1);
    g_assert_null(source_map(huge, &size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
    g_assert_cmpuint(size, ==, 77);
}

// ---- Against a plain array --------------------------------------------------------------------

// A random source and the bytes that it is to hold. What it borrows is kept in `kept`.
typedef struct {
    Source *source;
    GByteArray *bytes; // owned
} Built;

typedef struct {
    GPtrArray *sources; // borrowed by others, in the order in which they were made
    GPtrArray *arrays;  // of media
    GPtrArray *media;
} Kept;

static Built build(Kept *kept, unsigned depth);

static Built build_leaf(Kept *kept)
{
    GByteArray *bytes = numbered((size_t)g_test_rand_int_range(0, 600));
    for (unsigned i = 0; i < bytes->len; i++)
        bytes->data[i] = (uint8_t)g_test_rand_int_range(0, 256);
    if (g_test_rand_bit())
        return (Built){source_new_bytes(g_bytes_new(bytes->data, bytes->len)), bytes};
    if (g_test_rand_bit())
        return (Built){source_new_descriptor(file_with(bytes->data, bytes->len), bytes->len),
                       bytes};
    Medium *medium = g_new(Medium, 1);
    *medium = medium_of(g_byte_array_ref(bytes));
    medium->most = (size_t)g_test_rand_int_range(1, 50);
    g_ptr_array_add(kept->arrays, medium->bytes);
    g_ptr_array_add(kept->media, medium);
    return (Built){source_of(medium), bytes};
}

static Built build_range(Kept *kept, unsigned depth)
{
    Built whole = build(kept, depth - 1);
    unsigned begin = (unsigned)g_test_rand_int_range(0, (int)whole.bytes->len + 1);
    unsigned size = (unsigned)g_test_rand_int_range(0, (int)(whole.bytes->len - begin) + 1);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, whole.bytes->data + begin, size);
    g_byte_array_unref(whole.bytes);
    g_ptr_array_add(kept->sources, whole.source);
    return (Built){source_new_range(whole.source, begin, size), bytes};
}

static Built build_extents(Kept *kept, unsigned depth)
{
    Built whole = build(kept, depth - 1);
    Extent extents[6];
    GByteArray *bytes = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(extents); i++) {
        unsigned begin = (unsigned)g_test_rand_int_range(0, (int)whole.bytes->len + 20);
        unsigned size = (unsigned)g_test_rand_int_range(0, 200);
        extents[i] = (Extent){begin, size};
        if (begin < whole.bytes->len)
            g_byte_array_append(bytes, whole.bytes->data + begin,
                                MIN(size, whole.bytes->len - begin));
    }
    g_byte_array_unref(whole.bytes);
    g_ptr_array_add(kept->sources, whole.source);
    return (Built){source_new_extents(whole.source, extents, G_N_ELEMENTS(extents)), bytes};
}

static Built build_joined(Kept *kept, unsigned depth)
{
    GPtrArray *parts = g_ptr_array_new();
    GByteArray *bytes = g_byte_array_new();
    for (int i = g_test_rand_int_range(0, 5); i > 0; i--) {
        Built part = build(kept, depth - 1);
        g_byte_array_append(bytes, part.bytes->data, part.bytes->len);
        g_byte_array_unref(part.bytes);
        g_ptr_array_add(parts, part.source);
    }
    return (Built){source_new_joined(parts), bytes};
}

static Built build_cached(Kept *kept, unsigned depth)
{
    Built inner = build(kept, depth - 1);
    size_t block_bytes = (size_t)g_test_rand_int_range(1, 100);
    size_t block_count = (size_t)g_test_rand_int_range(1, 5);
    return (Built){source_new_cached(inner.source, block_bytes, block_count), inner.bytes};
}

static Built build(Kept *kept, unsigned depth)
{
    static Built (*const builders[])(Kept * kept, unsigned depth) = {build_range, build_extents,
                                                                     build_joined, build_cached};
    if (depth == 0)
        return build_leaf(kept);
    return builders[g_test_rand_int_range(0, G_N_ELEMENTS(builders))](kept, depth);
}

static void assert_reads_as(const Built *built)
{
    unsigned size = built->bytes->len;
    uint8_t read[300];
    for (unsigned i = 0; i < 40; i++) {
        unsigned offset = (unsigned)g_test_rand_int_range(0, (int)size + 10);
        unsigned wanted = (unsigned)g_test_rand_int_range(0, sizeof read);
        unsigned there = offset < size ? MIN(wanted, size - offset) : 0;
        g_assert_cmpint(source_read(built->source, offset, read, wanted, NULL), ==, there);
        assert_same(read, there, built->bytes->data + offset, there);
    }
    size_t mapped;
    const uint8_t *all = source_map(built->source, &mapped, NULL);
    assert_same(all, mapped, built->bytes->data, size);
}

static void any_construction_reads_as_a_plain_array(void)
{
    for (unsigned round = 0; round < 300; round++) {
        Kept kept = {.sources = g_ptr_array_new(),
                     .arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
                     .media = g_ptr_array_new_with_free_func(g_free)};
        Built built = build(&kept, round % 4);
        assert_holds(built.source, built.bytes->data, built.bytes->len);
        assert_reads_as(&built);
        source_free(built.source);
        // The last that was kept is built on the ones before it.
        for (unsigned i = kept.sources->len; i-- > 0;)
            source_free(kept.sources->pdata[i]);
        g_byte_array_unref(built.bytes);
        g_ptr_array_unref(kept.sources);
        g_ptr_array_unref(kept.arrays);
        g_ptr_array_unref(kept.media);
    }
}

#define ADD(name) g_test_add_func("/source/" #name, name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(reading_a_file_leaves_its_offset_alone);
    ADD(a_file_that_shrank_ends_early);
    ADD(a_file_that_cannot_be_read_says_why);
    ADD(empty_sources_hold_nothing);
    ADD(bytes_live_as_long_as_their_source);
    ADD(a_source_is_freed_once);
    ADD(a_medium_that_reads_little_at_a_time_is_asked_again);
    ADD(what_lies_before_a_bad_place_is_given);
    ADD(exactly_so_many_bytes_or_a_reason);
    ADD(behind_the_end_there_is_nothing);
    ADD(a_range_is_cut_to_what_there_is);
    ADD(extents_may_repeat_overlap_and_reach_too_far);
    ADD(joined_sources_follow_one_another);
    ADD(a_short_part_does_not_move_the_others);
    ADD(small_reads_go_to_the_medium_once_a_block);
    ADD(the_block_that_was_asked_for_longest_ago_gives_way);
    ADD(a_cache_hides_no_bad_place_and_nothing_behind_one);
    ADD(what_lies_in_memory_is_not_copied);
    ADD(anything_else_is_loaded_once);
    ADD(what_cannot_be_loaded_whole_is_refused);
    ADD(any_construction_reads_as_a_plain_array);
    return g_test_run();
}
