// SPDX-License-Identifier: Apache-2.0
//
// Rows become 48-byte sort rows:
//
//     0      type
//     1..32  value, padded with zeros; PDQ permuted (hamming_plan.h), so that sorted rows give
//            sorted permuted values
//     33..36 set id, highest byte first
//     37..44 entry id, highest byte first
//
// Sections are written front to back while the sorted rows are read several times, once for each
// array they give. Substring tables are built from the halves read back from the file.
#include "index/index_builder.h"

#include "base/error.h"
#include "base/output_file.h"
#include "index/digest_index.h"
#include "index/hamming_build.h"
#include "index/row_sorter.h"
#include "index/section_writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define DEFAULT_MEMORY_BYTES ((size_t)640 << 20)
#define VALUE_AT 1
#define SET_AT 33
#define ENTRY_AT 37

struct IndexBuilder {
    char *path;
    RowSorter *sorter;
    HammingPermuter *permuter;
    uint64_t first_rows[INDEX_TYPE_COUNT + 1]; // of each type, among the sorted rows
    SectionWriter sections;
    int descriptor;     // of the file being written
    uint64_t halves[2]; // where in its data the halves of PDQ values start
};

static bool no_memory(const IndexBuilder *builder, GError **err)
{
    return clew_error_set_errno(err, ENOMEM, "cannot build index %s", builder->path);
}

static bool write_failed(const IndexBuilder *builder, GError **err)
{
    return clew_error_set_errno(err, errno, "cannot write index %s", builder->path);
}

IndexBuilder *index_builder_new(const char *path, IndexBuilderOptions options, GError **err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    IndexBuilder *builder = g_new0(IndexBuilder, 1);
    size_t memory = options.memory_bytes != 0 ? options.memory_bytes : DEFAULT_MEMORY_BYTES;
    builder->path = g_strdup(path);
    builder->sorter = row_sorter_new(folder, memory);
    builder->permuter = hamming_permuter_new();
    builder->sections.header = g_new0(IndexHeader, 1);
    builder->descriptor = -1;
    if (builder->sorter != NULL && builder->permuter != NULL)
        return builder;
    no_memory(builder, err);
    index_builder_free(builder);
    return NULL;
}

void index_builder_free(IndexBuilder *builder)
{
    if (builder == NULL)
        return;
    block_writer_free(builder->sections.blocks);
    row_sorter_free(builder->sorter);
    hamming_permuter_free(builder->permuter);
    g_free(builder->sections.header);
    g_free(builder->path);
    g_free(builder);
}

static void put_be64(uint8_t *target, uint64_t number)
{
    number = GUINT64_TO_BE(number);
    memcpy(target, &number, sizeof number);
}

static void put_be32(uint8_t *target, uint32_t number)
{
    number = GUINT32_TO_BE(number);
    memcpy(target, &number, sizeof number);
}

static uint32_t get_be32(const uint8_t *source)
{
    uint32_t number;
    memcpy(&number, source, sizeof number);
    return GUINT32_FROM_BE(number);
}

static uint64_t get_be64(const uint8_t *source)
{
    uint64_t number;
    memcpy(&number, source, sizeof number);
    return GUINT64_FROM_BE(number);
}

static SortRow sort_row_of(const IndexBuilder *builder, const IndexRow *row)
{
    SortRow sorted = {{0}};
    sorted.bytes[0] = (uint8_t)row->type;
    if (row->type == INDEX_PDQ) {
        HammingValue value = hamming_permuter_apply(builder->permuter, row->value);
        for (uint32_t word = 0; word < 4; word++)
            put_be64(sorted.bytes + VALUE_AT + 8 * word, value.words[word]);
    } else {
        memcpy(sorted.bytes + VALUE_AT, row->value, index_type_width(row->type));
    }
    put_be32(sorted.bytes + SET_AT, row->set_id);
    put_be64(sorted.bytes + ENTRY_AT, row->entry_id);
    return sorted;
}

bool index_builder_add(IndexBuilder *builder, const IndexRow *rows, size_t count, GError **err)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned)rows[i].type >= INDEX_TYPE_COUNT) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "cannot index a value of unknown type %d", (int)rows[i].type);
            return false;
        }
        SortRow row = sort_row_of(builder, &rows[i]);
        if (!row_sorter_add(builder->sorter, &row))
            return clew_error_set_errno(err, errno, "cannot sort the rows of index %s",
                                        builder->path);
    }
    return true;
}

// Calls `visit` for every row of a type; new_value: the first row of its value.
typedef bool (*RowVisitor)(void *context, const SortRow *row, bool new_value);

static bool visit_rows(IndexBuilder *builder, uint64_t first, uint64_t count, RowVisitor visit,
                       void *context)
{
    SortRow previous = {{0}};
    row_sorter_seek(builder->sorter, first);
    for (uint64_t i = 0; i < count; i++) {
        int failed;
        const SortRow *row = row_sorter_next(builder->sorter, &failed);
        if (row == NULL) {
            errno = failed;
            return false;
        }
        bool new_value = i == 0 || memcmp(previous.bytes, row->bytes, SET_AT) != 0;
        previous = *row;
        if (!visit(context, row, new_value))
            return false;
    }
    return true;
}

static bool visit_type(IndexBuilder *builder, IndexType type, RowVisitor visit, void *context)
{
    return visit_rows(builder, builder->first_rows[type],
                      builder->first_rows[type + 1] - builder->first_rows[type], visit, context);
}

static bool count_row(void *context, const SortRow *row, bool new_value)
{
    IndexHeader *header = context;
    header->refs[row->bytes[0]]++;
    header->values[row->bytes[0]] += new_value;
    return true;
}

static bool count_rows(IndexBuilder *builder, GError **err)
{
    IndexHeader *header = builder->sections.header;
    uint64_t rows = row_sorter_count(builder->sorter);
    if (!visit_rows(builder, 0, rows, count_row, header))
        return clew_error_set_errno(err, errno, "cannot read the sorted rows of index %s",
                                    builder->path);
    for (int type = 0; type < INDEX_TYPE_COUNT; type++) {
        builder->first_rows[type + 1] = builder->first_rows[type] + header->refs[type];
        if (header->refs[type] > OFFSET_TABLE_MAX_ITEMS) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                        "cannot build index %s: %" G_GUINT64_FORMAT
                        " rows of one type, more than %u",
                        builder->path, header->refs[type], OFFSET_TABLE_MAX_ITEMS);
            return false;
        }
    }
    return true;
}

// What a pass over the rows of one type writes to, and counts.
typedef struct {
    BlockWriter *blocks;
    OffsetArrays offsets;
    uint32_t width;
    uint32_t bucket_bits;
    uint32_t bucket; // being counted
    uint32_t in_bucket;
} Pass;

// Ends buckets until `bucket` is the one being counted.
static bool count_up_to(Pass *pass, uint32_t bucket)
{
    for (; pass->bucket < bucket; pass->bucket++) {
        if (!offset_arrays_add(&pass->offsets, pass->in_bucket))
            return false;
        pass->in_bucket = 0;
    }
    return true;
}

static bool write_digest(void *context, const SortRow *row, bool new_value)
{
    Pass *pass = context;
    const uint8_t *value = row->bytes + VALUE_AT;
    if (!new_value)
        return true;
    if (!count_up_to(pass, digest_index_bucket(value, pass->bucket_bits)))
        return false;
    pass->in_bucket++;
    return block_writer_add(pass->blocks, value, pass->width);
}

static bool end_offsets(IndexBuilder *builder, Pass *pass, IndexType type, uint8_t table)
{
    HammingSubstring bits = {.bits = (uint8_t)pass->bucket_bits};
    bool ok = count_up_to(pass, pass->offsets.buckets) && offset_arrays_end(&pass->offsets) &&
              section_add_offsets(&builder->sections, type, table, bits, &pass->offsets);
    offset_arrays_clear(&pass->offsets);
    return ok;
}

static bool write_digests(IndexBuilder *builder, IndexType type)
{
    uint32_t count = builder->sections.header->values[type];
    Pass pass = {
        .blocks = builder->sections.blocks,
        .width = index_type_width(type),
        .bucket_bits = digest_index_bucket_bits(count),
    };
    if (!section_begin(&builder->sections, (SectionName){SECTION_VALUES, type, 0}) ||
        !offset_arrays_begin(&pass.offsets, count, 1u << pass.bucket_bits))
        return false;
    if (!visit_type(builder, type, write_digest, &pass)) {
        offset_arrays_clear(&pass.offsets);
        return false;
    }
    section_end(&builder->sections);
    return end_offsets(builder, &pass, type, 0);
}

static bool write_ref(void *context, const SortRow *row, bool new_value)
{
    Pass *pass = context;
    uint64_t entry_id = get_be64(row->bytes + ENTRY_AT);
    uint32_t set_id = get_be32(row->bytes + SET_AT);
    uint8_t ref[INDEX_REF_BYTES];
    memcpy(ref, &entry_id, sizeof entry_id);
    memcpy(ref + sizeof entry_id, &set_id, sizeof set_id);
    // The first value is bucket 0; every later one ends the bucket before it.
    if (new_value && pass->in_bucket > 0 && !count_up_to(pass, pass->bucket + 1))
        return false;
    pass->in_bucket++;
    return block_writer_add(pass->blocks, ref, sizeof ref);
}

static bool write_refs(IndexBuilder *builder, IndexType type)
{
    const IndexHeader *header = builder->sections.header;
    SectionName name = {SECTION_REFS, type, INDEX_REFS_TABLE};
    Pass pass = {.blocks = builder->sections.blocks};
    if (!section_begin(&builder->sections, name) ||
        !offset_arrays_begin(&pass.offsets, (uint32_t)header->refs[type], header->values[type]))
        return false;
    if (!visit_type(builder, type, write_ref, &pass)) {
        offset_arrays_clear(&pass.offsets);
        return false;
    }
    section_end(&builder->sections);
    return end_offsets(builder, &pass, type, INDEX_REFS_TABLE);
}

static bool write_half(Pass *pass, const uint8_t *half)
{
    uint64_t words[2] = {get_be64(half), get_be64(half + 8)};
    return block_writer_add(pass->blocks, words, sizeof words);
}

static bool write_first_half(void *context, const SortRow *row, bool new_value)
{
    return !new_value || write_half(context, row->bytes + VALUE_AT);
}

static bool write_second_half(void *context, const SortRow *row, bool new_value)
{
    return !new_value || write_half(context, row->bytes + VALUE_AT + 16);
}

static bool write_halves(IndexBuilder *builder, SectionKind kind, RowVisitor visit,
                         uint64_t *ret_offset)
{
    Pass pass = {.blocks = builder->sections.blocks};
    if (!section_begin(&builder->sections, (SectionName){kind, INDEX_PDQ, 0}))
        return false;
    *ret_offset = block_writer_position(pass.blocks);
    if (!visit_type(builder, INDEX_PDQ, visit, &pass))
        return false;
    section_end(&builder->sections);
    return true;
}

static bool read_back(int descriptor, void *target, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t got =
            pread(descriptor, (uint8_t *)target + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static bool read_halves(void *context, uint32_t first, uint32_t count, uint64_t *first_halves,
                        uint64_t *second_halves)
{
    const IndexBuilder *builder = context;
    uint64_t offset = INDEX_HEADER_BYTES + (uint64_t)first * 16;
    size_t size = (size_t)count * 16;
    return read_back(builder->descriptor, first_halves, size, offset + builder->halves[0]) &&
           read_back(builder->descriptor, second_halves, size, offset + builder->halves[1]);
}

static bool write_table_halves(IndexBuilder *builder, uint8_t number, const HammingSource *source,
                               const uint32_t *ids)
{
    uint32_t count = builder->sections.header->values[INDEX_PDQ];
    SectionName name = {SECTION_TABLE_HALVES, INDEX_PDQ, number};
    uint64_t *halves = hamming_table_halves(source, count, ids);
    bool ok = halves != NULL && section_add(&builder->sections, name, halves, (size_t)count * 16);
    free(halves);
    return ok;
}

static bool write_table(IndexBuilder *builder, const HammingPlan *plan, uint8_t number)
{
    HammingSubstring substring = plan->substrings[number];
    uint32_t count = builder->sections.header->values[INDEX_PDQ];
    HammingSource source = {builder, read_halves};
    HammingTableArrays table;
    if (!hamming_table_build(&source, count, substring, &table))
        return false;
    bool ok = section_add_offsets(&builder->sections, INDEX_PDQ, number, substring, &table.offsets);
    if (ok && table.ids != NULL)
        ok = section_add(&builder->sections, (SectionName){SECTION_IDS, INDEX_PDQ, number},
                         table.ids, (size_t)count * sizeof *table.ids);
    if (ok && table.ids != NULL && plan->keeps_halves)
        ok = write_table_halves(builder, number, &source, table.ids);
    hamming_table_clear(&table);
    return ok;
}

static bool write_pdq(IndexBuilder *builder)
{
    IndexHeader *header = builder->sections.header;
    HammingPlan plan = hamming_plan_make(header->values[INDEX_PDQ]);
    header->table_count = plan.table_count;
    if (!write_halves(builder, SECTION_FIRST_HALVES, write_first_half, &builder->halves[0]) ||
        !write_halves(builder, SECTION_SECOND_HALVES, write_second_half, &builder->halves[1]))
        return false;
    if (plan.table_count > 0 && !block_writer_align(builder->sections.blocks, BLOCK_BYTES))
        return false;
    for (uint32_t i = 0; i < plan.table_count; i++) {
        if (!write_table(builder, &plan, (uint8_t)i))
            return false;
    }
    return true;
}

static bool write_data(IndexBuilder *builder)
{
    for (IndexType type = 0; type < INDEX_TYPE_COUNT; type++) {
        if (builder->sections.header->values[type] == 0)
            continue;
        bool ok = type == INDEX_PDQ ? write_pdq(builder) : write_digests(builder, type);
        if (!ok || !write_refs(builder, type))
            return false;
    }
    return true;
}

static bool write_header(IndexBuilder *builder, IndexStamp stamp)
{
    IndexHeader *header = builder->sections.header;
    uint64_t data_bytes = block_writer_position(builder->sections.blocks);
    uint64_t blocks = (data_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    memcpy(header->magic, INDEX_MAGIC, sizeof header->magic);
    header->version = INDEX_VERSION;
    header->file_bytes = INDEX_HEADER_BYTES + data_bytes + blocks * sizeof(uint64_t);
    header->generation = stamp.generation;
    header->covered_seq = stamp.covered_seq;
    header->data_bytes = data_bytes;
    g_autofree uint8_t *bytes = g_malloc0(INDEX_HEADER_BYTES);
    memcpy(bytes, header, sizeof *header);
    uint64_t checksum = XXH3_64bits(bytes, INDEX_HEADER_BYTES - sizeof checksum);
    memcpy(bytes + INDEX_HEADER_BYTES - sizeof checksum, &checksum, sizeof checksum);
    return block_writer_put(builder->descriptor, bytes, INDEX_HEADER_BYTES, 0);
}

static bool write_all(IndexBuilder *builder, IndexStamp stamp)
{
    builder->sections.blocks = block_writer_new(builder->descriptor, INDEX_HEADER_BYTES);
    return builder->sections.blocks != NULL && write_data(builder) &&
           block_writer_end(builder->sections.blocks, &builder->sections.header->checksums_xxh3) &&
           write_header(builder, stamp);
}

// Removes a temporary file of this index whose builder is dead: a living one holds its lock.
static void remove_if_abandoned(int folder, const char *name)
{
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return;
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
        flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(descriptor);
}

// OutputFile names them .NAME.XXXXXX.tmp.
static void remove_abandoned(const char *path)
{
    g_autofree char *folder_path = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *prefix = g_strdup_printf(".%s.", name);
    DIR *folder = opendir(folder_path);
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (g_str_has_prefix(entry->d_name, prefix) && g_str_has_suffix(entry->d_name, ".tmp") &&
            strlen(entry->d_name) == strlen(prefix) + strlen("XXXXXX.tmp"))
            remove_if_abandoned(dirfd(folder), entry->d_name);
    }
    closedir(folder);
}

bool index_builder_write(IndexBuilder *builder, IndexStamp stamp, GError **err)
{
    if (!row_sorter_finish(builder->sorter))
        return clew_error_set_errno(err, errno, "cannot sort the rows of index %s", builder->path);
    if (!count_rows(builder, err))
        return false;
    remove_abandoned(builder->path);
    g_autoptr(OutputFile) file =
        output_file_open(builder->path, (OutputFileOptions){.overwrite = true}, err);
    if (file == NULL)
        return false;
    builder->descriptor = output_file_descriptor(file);
    flock(builder->descriptor, LOCK_EX | LOCK_NB);
    errno = ENOMEM; // what the parts that only allocate leave to be said
    if (!write_all(builder, stamp))
        return write_failed(builder, err);
    return output_file_commit(file, err);
}
