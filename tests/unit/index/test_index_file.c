// SPDX-License-Identifier: Apache-2.0
//
// What is promised: an index file says what its rows say; one that is cut, changed, of another
// version or readable by others is refused or named when the damaged part is needed, and never
// crashes or silently misses; a file is replaced whole or not at all, whoever reads it meanwhile.
#include "base/error.h"
#include "index/index.h"
#include "index/index_builder.h"
#include "index/index_format.h"
#include "index_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#define PDQ_VALUES 22000u // enough for tables
#define DIGEST_VALUES 3000u

typedef struct {
    char *folder;
    char *path;
    IndexRow *rows;
    size_t count;
} Fixture;

// A file with every type, some values in two entries.
static void set_up(Fixture *fixture, gconstpointer data)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(IndexRow));
    for (IndexType type = 0; type < INDEX_TYPE_COUNT; type++) {
        uint32_t count = type == INDEX_PDQ ? PDQ_VALUES : DIGEST_VALUES;
        g_autofree Value *values = make_values(VALUES_RANDOM, count);
        g_autofree IndexRow *of_type = make_rows(type, (const Value *)values, count);
        g_array_append_vals(rows, of_type, count);
        of_type[7].entry_id = 900000 + type;
        g_array_append_val(rows, of_type[7]);
    }
    fixture->folder = make_folder();
    fixture->path = g_build_filename(fixture->folder, "sets.index", NULL);
    fixture->count = rows->len;
    fixture->rows = (IndexRow *)g_array_free(rows, FALSE);
    build_index(fixture->path, fixture->rows, fixture->count, 1);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    remove_folder(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->rows);
}

static bool ask(Index *index, const IndexRow *row, IndexHits *hits, GError **err)
{
    if (row->type == INDEX_PDQ) {
        IndexPdqQuery query = {.values = &row->value, .count = 1, .radius = 31};
        return index_query_pdq(index, &query, hits, err);
    }
    IndexDigest digest = {.type = row->type};
    memcpy(digest.value, row->value, sizeof digest.value);
    IndexDigestQuery query = {.digests = &digest, .count = 1};
    return index_lookup_digests(index, &query, hits, err);
}

static bool has_hit(const IndexHits *hits, const IndexRow *row)
{
    for (size_t i = 0; i < hits->count; i++) {
        if (hits->items[i].entry_id == row->entry_id && hits->items[i].set_id == row->set_id &&
            hits->items[i].distance == 0)
            return true;
    }
    return false;
}

static void assert_finds(Index *index, const IndexRow *row)
{
    g_autoptr(GError) error = NULL;
    IndexHits hits = {0};
    ask(index, row, &hits, &error);
    g_assert_no_error(error);
    g_assert_true(has_hit(&hits, row));
    index_hits_clear(&hits);
}

static Index *open_index(const char *path)
{
    g_autoptr(GError) error = NULL;
    Index *index = index_open(path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(index);
    return index;
}

static void assert_refused(const char *path, ClewError code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(index_file_open(path, &error));
    g_assert_error(error, CLEW_ERROR, (int)code);
    g_assert_nonnull(strstr(error->message, path));
}

static char *read_file(const char *path, gsize *ret_size)
{
    g_autoptr(GError) error = NULL;
    char *bytes = NULL;
    g_file_get_contents(path, &bytes, ret_size, &error);
    g_assert_no_error(error);
    return bytes;
}

static void write_file(const char *path, const char *bytes, gsize size)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_cmpint(descriptor, >=, 0);
    g_assert_cmpint(write(descriptor, bytes, size), ==, (gssize)size);
    close(descriptor);
}

// Makes the header's own checksum right again after a change.
static void seal_header(char *bytes)
{
    uint64_t checksum = XXH3_64bits(bytes, INDEX_HEADER_BYTES - sizeof checksum);
    memcpy(bytes + INDEX_HEADER_BYTES - sizeof checksum, &checksum, sizeof checksum);
}

static void finds_every_row(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Index) index = open_index(fixture->path);
    const IndexFileInfo *info = index_info(index);
    g_assert_cmpuint(info->generation, ==, 1);
    g_assert_cmpuint(info->covered_seq, ==, 10);
    g_assert_cmpuint(info->values[INDEX_PDQ], ==, PDQ_VALUES);
    g_assert_cmpuint(info->refs[INDEX_MD5], ==, DIGEST_VALUES + 1);
    g_assert_cmpuint(hamming_index_plan(index_file_pdq(index_file(index)))->table_count, >, 0);
    for (size_t i = 0; i < fixture->count; i += i < 40 ? 1 : 13)
        assert_finds(index, &fixture->rows[i]);
}

static void finds_near_values_as_a_scan_does(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Index) index = open_index(fixture->path);
    const IndexRow *rows = fixture->rows + 3 * (DIGEST_VALUES + 1);
    IndexHits hits = {0};
    for (uint32_t i = 0; i < 60; i++) {
        Value value;
        memcpy(value, rows[i].value, sizeof value);
        turn_bits(value, i);
        IndexPdqQuery query = {.values = (const Value *)value, .count = 1, .radius = 31};
        hits.count = 0;
        index_query_pdq(index, &query, &hits, &error);
        g_assert_no_error(error);
        size_t expected = 0;
        for (uint32_t k = 0; k < PDQ_VALUES + 1; k++)
            expected += plain_distance(rows[k].value, value) <= 31;
        g_assert_cmpuint(hits.count, ==, expected);
    }
    index_hits_clear(&hits);
}

static void finds_nothing_that_is_not_there(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Index) index = open_index(fixture->path);
    IndexHits hits = {0};
    for (size_t i = 0; i < 3 * DIGEST_VALUES; i += 7) {
        IndexRow row = fixture->rows[i];
        row.value[index_type_width(row.type) - 1] ^= 1;
        ask(index, &row, &hits, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpuint(hits.count, ==, 0);
    index_hits_clear(&hits);
}

static void verifies_and_loads_on_demand(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Index) index = open_index(fixture->path);
    IndexFile *file = index_file(index);
    g_assert_cmpuint(index_file_loaded_bytes(file), ==, 0);
    assert_finds(index, &fixture->rows[0]);
    g_assert_cmpuint(index_file_loaded_bytes(file), >, 0);
    g_assert_cmpuint(index_file_loaded_bytes(file), <, index_info(index)->file_bytes / 2);
    g_assert_true(index_file_verify(file, &error));
    g_assert_no_error(error);
}

// At every boundary between sections, and one byte before the end.
static void refuses_truncated_files(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    IndexHeader header;
    memcpy(&header, bytes, sizeof header);
    for (uint32_t i = 0; i < header.section_count; i++) {
        gsize end = INDEX_HEADER_BYTES + header.sections[i].offset_bytes;
        g_assert_cmpint(truncate(fixture->path, (off_t)end), ==, 0);
        assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
        write_file(fixture->path, bytes, size);
    }
    gsize ends[] = {0, 1, 100, INDEX_HEADER_BYTES - 1, INDEX_HEADER_BYTES, size - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        write_file(fixture->path, bytes, ends[i]);
        assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
    }
}

// Asks for everything; true when all was found, false with the error of the first that failed.
static bool ask_for_all(const char *path, const Fixture *fixture, GError **err)
{
    g_autoptr(Index) index = index_open(path, err);
    IndexHits hits = {0};
    bool ok = index != NULL;
    for (size_t i = 0; ok && i < fixture->count; i += 29) {
        hits.count = 0;
        ok = ask(index, &fixture->rows[i], &hits, err);
        g_assert_true(!ok || has_hit(&hits, &fixture->rows[i])); // never a silent miss
    }
    index_hits_clear(&hits);
    return ok;
}

static void names_the_block_of_every_flipped_byte(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    IndexHeader header;
    memcpy(&header, bytes, sizeof header);
    uint32_t found_by_search = 0;
    uint32_t blocks = 0;
    for (uint64_t start = 0; start < header.data_bytes; start += BLOCK_BYTES, blocks++) {
        uint64_t rest = MIN(BLOCK_BYTES, header.data_bytes - start);
        uint64_t place = INDEX_HEADER_BYTES + start + (uint32_t)g_test_rand_int() % rest;
        bytes[place] ^= 0x10;
        write_file(fixture->path, bytes, size);
        g_autofree char *where = g_strdup_printf("block %u at offset %" G_GUINT64_FORMAT, blocks,
                                                 INDEX_HEADER_BYTES + start);

        g_autoptr(GError) error = NULL;
        g_autoptr(IndexFile) file = index_file_open(fixture->path, &error);
        g_assert_no_error(error);
        g_assert_false(index_file_verify(file, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
        g_assert_nonnull(strstr(error->message, where));
        g_clear_error(&error);
        if (!ask_for_all(fixture->path, fixture, &error)) {
            g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
            g_assert_nonnull(strstr(error->message, where));
            found_by_search++;
        }
        bytes[place] ^= 0x10;
    }
    g_assert_cmpuint(blocks, >, 10);
    g_assert_cmpuint(found_by_search, >, blocks / 2); // refs and second halves are read in part
}

static void refuses_a_damaged_header_or_table(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    gsize places[] = {0, 16, 40, 700, INDEX_HEADER_BYTES - 1, size - 1, size - 300};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        bytes[places[i]] ^= 4;
        write_file(fixture->path, bytes, size);
        assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
        bytes[places[i]] ^= 4;
    }
}

static void refuses_another_version(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    bytes[offsetof(IndexHeader, version)]++;
    seal_header(bytes);
    write_file(fixture->path, bytes, size);
    assert_refused(fixture->path, CLEW_ERROR_UNSUPPORTED);
}

// Checksums do not protect against someone who can compute them.
static void refuses_forged_headers(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    IndexHeader header;
    memcpy(&header, bytes, sizeof header);
    for (uint32_t i = 0; i < header.section_count; i++) {
        IndexHeader forged = header;
        forged.sections[i].offset_bytes = header.data_bytes + 64;
        memcpy(bytes, &forged, sizeof forged);
        seal_header(bytes);
        write_file(fixture->path, bytes, size);
        assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
        forged = header;
        forged.sections[i].size_bytes = UINT64_MAX - 8;
        memcpy(bytes, &forged, sizeof forged);
        seal_header(bytes);
        write_file(fixture->path, bytes, size);
        assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
    }
    header.values[INDEX_PDQ]++;
    memcpy(bytes, &header, sizeof header);
    seal_header(bytes);
    write_file(fixture->path, bytes, size);
    assert_refused(fixture->path, CLEW_ERROR_CORRUPT);
}

static void refuses_files_others_can_access(Fixture *fixture, gconstpointer data)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0610};
    struct stat status;
    g_assert_cmpint(stat(fixture->path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_assert_cmpint(chmod(fixture->path, modes[i]), ==, 0);
        assert_refused(fixture->path, CLEW_ERROR_DENIED);
    }
    g_autofree char *fifo = g_build_filename(fixture->folder, "fifo", NULL);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_refused(fifo, CLEW_ERROR_DENIED);
    assert_refused(fixture->folder, CLEW_ERROR_DENIED);
}

// The length is checked at opening; what happens afterwards must not be SIGBUS.
static void says_when_an_open_file_is_cut(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Index) index = open_index(fixture->path);
    g_assert_cmpint(truncate(fixture->path, INDEX_HEADER_BYTES + 10), ==, 0);
    IndexHits hits = {0};
    g_assert_false(ask(index, &fixture->rows[fixture->count - 1], &hits, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_nonnull(strstr(error->message, "cut short"));
    g_assert_cmpuint(hits.count, ==, 0);
    index_hits_clear(&hits);
}

static void keeps_an_open_file_when_it_is_replaced(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Index) old = open_index(fixture->path);
    IndexRow other = {.type = INDEX_MD5, .value = {9, 9, 9}, .set_id = 4, .entry_id = 77};
    build_index(fixture->path, &other, 1, 2);
    g_autoptr(Index) new = open_index(fixture->path);
    g_assert_cmpuint(index_info(new)->generation, ==, 2);
    assert_finds(new, &other);
    for (size_t i = 0; i < fixture->count; i += 101)
        assert_finds(old, &fixture->rows[i]);
}

static void an_absent_file_is_an_empty_index(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "none.index", NULL);
    g_autoptr(Index) index = open_index(path);
    g_assert_cmpuint(index_info(index)->generation, ==, 0);
    g_assert_null(index_file(index));
    IndexHits hits = {0};
    for (IndexType type = 0; type < INDEX_TYPE_COUNT; type++) {
        IndexRow row = {.type = type};
        g_assert_true(ask(index, &row, &hits, &error));
    }
    g_assert_cmpuint(hits.count, ==, 0);
    assert_refused(path, CLEW_ERROR_NOT_FOUND);
    remove_folder(folder);
}

static void an_index_of_nothing_opens_and_finds_nothing(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "empty.index", NULL);
    build_index(path, NULL, 0, 5);
    g_autoptr(Index) index = open_index(path);
    g_assert_cmpuint(index_info(index)->generation, ==, 5);
    g_assert_true(index_file_verify(index_file(index), &error));
    IndexHits hits = {0};
    for (IndexType type = 0; type < INDEX_TYPE_COUNT; type++) {
        IndexRow row = {.type = type};
        g_assert_true(ask(index, &row, &hits, &error));
    }
    g_assert_cmpuint(hits.count, ==, 0);
    remove_folder(folder);
}

// More rows than the memory allowed: sorted runs on disk, merged, repeats dropped.
static void builds_the_same_file_in_little_memory(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->folder, "little.index", NULL);
    g_autoptr(IndexBuilder) builder =
        index_builder_new(path, (IndexBuilderOptions){.memory_bytes = 1}, &error);
    g_assert_no_error(error);
    for (int round = 0; round < 3; round++) {
        for (size_t i = fixture->count; i > 0; i--) {
            index_builder_add(builder, &fixture->rows[i - 1], 1, &error);
            g_assert_no_error(error);
        }
    }
    index_builder_write(builder, (IndexStamp){1, 10}, &error);
    g_assert_no_error(error);
    gsize size;
    gsize other_size;
    g_autofree char *bytes = read_file(fixture->path, &size);
    g_autofree char *other = read_file(path, &other_size);
    g_assert_cmpuint(size, ==, other_size);
    g_assert_cmpint(memcmp(bytes, other, size), ==, 0);
}

// Large enough for tables with their own halves.
static void finds_near_values_in_a_middle_sized_file(void)
{
    enum { COUNT = 310000 };
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "sets.index", NULL);
    g_autofree Value *values = make_values(VALUES_RANDOM, COUNT);
    g_autofree IndexRow *rows = make_rows(INDEX_PDQ, (const Value *)values, COUNT);
    build_index(path, rows, COUNT, 1);
    g_autoptr(Index) index = open_index(path);
    IndexHits hits = {0};
    for (uint32_t i = 0; i < 400; i++) {
        Value value;
        memcpy(value, values[i * 700], sizeof value);
        turn_bits(value, i % 32);
        IndexPdqQuery query = {.values = (const Value *)value, .count = 1, .radius = 31};
        hits.count = 0;
        g_assert_true(index_query_pdq(index, &query, &hits, &error));
        g_assert_cmpuint(hits.count, ==, 1);
        g_assert_cmpuint(hits.items[0].entry_id, ==, i * 700 + 1);
        g_assert_cmpuint(hits.items[0].distance, ==, i % 32);
    }
    g_assert_cmpuint(hits.scans, <, 20);
    index_hits_clear(&hits);
    remove_folder(folder);
}

static void says_when_it_cannot_write(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = make_folder();
    g_autofree char *path = g_build_filename(folder, "missing", "sets.index", NULL);
    g_autoptr(IndexBuilder) builder = index_builder_new(path, (IndexBuilderOptions){0}, &error);
    g_assert_no_error(error);
    IndexRow unknown = {.type = (IndexType)9};
    g_assert_false(index_builder_add(builder, &unknown, 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(index_builder_write(builder, (IndexStamp){1, 1}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    remove_folder(folder);
}

static guint count_files(const char *folder)
{
    guint count = 0;
    GDir *entries = g_dir_open(folder, 0, NULL);
    while (g_dir_read_name(entries) != NULL)
        count++;
    g_dir_close(entries);
    return count;
}

static void build_forever(const Fixture *fixture)
{
    for (uint64_t generation = 2;; generation++)
        build_index(fixture->path, fixture->rows, fixture->count, generation);
}

// Killed at any moment, also between writing and renaming, a builder leaves a whole file, and the
// next one removes what it left.
static void leaves_a_whole_file_when_killed(Fixture *fixture, gconstpointer data)
{
    for (int round = 0; round < 12; round++) {
        pid_t child = fork();
        g_assert_cmpint(child, >=, 0);
        if (child == 0)
            build_forever(fixture);
        g_usleep((gulong)g_test_rand_int_range(1000, 150000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        g_autoptr(GError) error = NULL;
        g_autoptr(Index) index = open_index(fixture->path);
        g_assert_true(index_file_verify(index_file(index), &error));
        assert_finds(index, &fixture->rows[(uint32_t)g_test_rand_int() % fixture->count]);
    }
    build_index(fixture->path, fixture->rows, fixture->count, 1);
    g_assert_cmpuint(count_files(fixture->folder), ==, 1);
}

static void add(const char *name, void (*test)(Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat("/index_file/", name, NULL);
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("finds_every_row", finds_every_row);
    add("finds_near_values_as_a_scan_does", finds_near_values_as_a_scan_does);
    add("finds_nothing_that_is_not_there", finds_nothing_that_is_not_there);
    add("verifies_and_loads_on_demand", verifies_and_loads_on_demand);
    add("refuses_truncated_files", refuses_truncated_files);
    add("names_the_block_of_every_flipped_byte", names_the_block_of_every_flipped_byte);
    add("refuses_a_damaged_header_or_table", refuses_a_damaged_header_or_table);
    add("refuses_another_version", refuses_another_version);
    add("refuses_forged_headers", refuses_forged_headers);
    add("refuses_files_others_can_access", refuses_files_others_can_access);
    add("says_when_an_open_file_is_cut", says_when_an_open_file_is_cut);
    add("keeps_an_open_file_when_it_is_replaced", keeps_an_open_file_when_it_is_replaced);
    add("builds_the_same_file_in_little_memory", builds_the_same_file_in_little_memory);
    add("leaves_a_whole_file_when_killed", leaves_a_whole_file_when_killed);
    g_test_add_func("/index_file/an_absent_file_is_an_empty_index",
                    an_absent_file_is_an_empty_index);
    g_test_add_func("/index_file/an_index_of_nothing_opens_and_finds_nothing",
                    an_index_of_nothing_opens_and_finds_nothing);
    g_test_add_func("/index_file/finds_near_values_in_a_middle_sized_file",
                    finds_near_values_in_a_middle_sized_file);
    g_test_add_func("/index_file/says_when_it_cannot_write", says_when_it_cannot_write);
    return g_test_run();
}
