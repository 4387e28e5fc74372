// SPDX-License-Identifier: Apache-2.0
#include "index/index_file.h"

#include "base/error.h"
#include "index/index_format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

// Refs of one type: value id -> run of refs.
typedef struct {
    OffsetTable offsets;
    BlockRegion *refs;
} RefLists;

struct IndexFile {
    char *path;
    int descriptor;
    IndexHeader *header;
    IndexFileInfo info;
    uint64_t *checksums;
    Blocks *blocks;
    BlockRegion *regions[INDEX_MAX_SECTIONS]; // of the sections
    DigestIndex digests[INDEX_PDQ];
    HammingIndex *pdq;
    RefLists refs[INDEX_TYPE_COUNT];
};

static bool corrupt(const IndexFile *file, GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "cannot open index %s: %s", file->path, why);
    return false;
}

static bool open_descriptor(IndexFile *file, uint64_t *ret_size, GError **err)
{
    file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot open index %s", file->path);
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot examine index %s", file->path);
    if (!S_ISREG(status.st_mode)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "cannot open index %s: it is not a regular file", file->path);
        return false;
    }
    if ((status.st_mode & 077) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "cannot open index %s: others than its owner can access it (mode %04o)",
                    file->path, (unsigned)(status.st_mode & 07777));
        return false;
    }
    *ret_size = (uint64_t)status.st_size;
    return true;
}

static bool read_at(const IndexFile *file, void *target, size_t size, uint64_t offset, GError **err)
{
    for (size_t done = 0; done < size;) {
        ssize_t got =
            pread(file->descriptor, (uint8_t *)target + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return clew_error_set_errno(err, errno, "cannot read index %s", file->path);
        if (got == 0)
            return corrupt(file, err, "it ends too early");
        done += (size_t)got;
    }
    return true;
}

static bool check_header(const IndexFile *file, const uint8_t *bytes, uint64_t size, GError **err)
{
    const IndexHeader *header = file->header;
    uint64_t checksum;
    memcpy(&checksum, bytes + INDEX_HEADER_BYTES - sizeof checksum, sizeof checksum);
    if (memcmp(header->magic, INDEX_MAGIC, sizeof header->magic) != 0)
        return corrupt(file, err, "it does not begin like an index");
    if (header->version != INDEX_VERSION) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot open index %s: it has version %u, this program reads version %u",
                    file->path, header->version, INDEX_VERSION);
        return false;
    }
    if (XXH3_64bits(bytes, INDEX_HEADER_BYTES - sizeof checksum) != checksum)
        return corrupt(file, err, "its header is damaged");
    if (header->file_bytes != size) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "cannot open index %s: it has %" G_GUINT64_FORMAT
                    " bytes and should have %" G_GUINT64_FORMAT,
                    file->path, size, header->file_bytes);
        return false;
    }
    if (header->section_count > INDEX_MAX_SECTIONS || header->table_count > HAMMING_MAX_TABLES)
        return corrupt(file, err, "its header has impossible counts");
    return true;
}

static bool read_header(IndexFile *file, uint64_t size, GError **err)
{
    g_autofree uint8_t *bytes = g_malloc(INDEX_HEADER_BYTES);
    if (size < INDEX_HEADER_BYTES)
        return corrupt(file, err, "it is shorter than a header");
    if (!read_at(file, bytes, INDEX_HEADER_BYTES, 0, err))
        return false;
    memcpy(file->header, bytes, sizeof *file->header);
    return check_header(file, bytes, size, err);
}

static bool read_checksums(IndexFile *file, uint64_t size, GError **err)
{
    const IndexHeader *header = file->header;
    uint64_t rest = size - INDEX_HEADER_BYTES;
    if (header->data_bytes > rest)
        return corrupt(file, err, "its data are longer than the file");
    uint64_t blocks = (header->data_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    if (rest - header->data_bytes != blocks * sizeof(uint64_t))
        return corrupt(file, err, "its checksums do not fill the rest of the file");
    size_t checksum_bytes = (size_t)blocks * sizeof(uint64_t);
    file->checksums = g_try_malloc(checksum_bytes + 1);
    if (file->checksums == NULL)
        return clew_error_set_errno(err, ENOMEM, "cannot open index %s", file->path);
    if (!read_at(file, file->checksums, checksum_bytes, INDEX_HEADER_BYTES + header->data_bytes,
                 err))
        return false;
    if (XXH3_64bits(file->checksums, checksum_bytes) != header->checksums_xxh3)
        return corrupt(file, err, "its checksums are damaged");
    file->blocks = blocks_new(file->descriptor, INDEX_HEADER_BYTES, (size_t)header->data_bytes,
                              file->checksums);
    if (file->blocks == NULL)
        return clew_error_set_errno(err, ENOMEM, "cannot open index %s", file->path);
    return true;
}

static bool attach_sections(IndexFile *file, GError **err)
{
    for (uint32_t i = 0; i < file->header->section_count; i++) {
        const IndexSection *section = &file->header->sections[i];
        if (section->offset_bytes % INDEX_ALIGNMENT == 0)
            file->regions[i] = blocks_region(file->blocks, (size_t)section->offset_bytes,
                                             (size_t)section->size_bytes);
        if (file->regions[i] == NULL)
            return corrupt(file, err, "a section lies outside its data");
    }
    return true;
}

// Number of a section, or -1.
static int find_section(const IndexFile *file, SectionKind kind, IndexType type, uint32_t table)
{
    for (uint32_t i = 0; i < file->header->section_count; i++) {
        const IndexSection *section = &file->header->sections[i];
        if (section->kind == kind && section->type == type && section->table == table)
            return (int)i;
    }
    return -1;
}

static BlockRegion *find_region(const IndexFile *file, SectionKind kind, IndexType type,
                                uint32_t table)
{
    int number = find_section(file, kind, type, table);
    return number >= 0 ? file->regions[number] : NULL;
}

// Fills in an offset table and, from its base section, the description that comes with it.
static bool find_offsets(const IndexFile *file, IndexType type, uint32_t table,
                         OffsetTable *offsets, HammingSubstring *ret_substring)
{
    int base = find_section(file, SECTION_OFFSETS_BASE, type, table);
    if (base < 0)
        return false;
    const IndexSection *section = &file->header->sections[base];
    offsets->group_bits = section->group_bits;
    offsets->base = file->regions[base];
    offsets->within = find_region(file, SECTION_OFFSETS_WITHIN, type, table);
    offsets->wide = find_region(file, SECTION_OFFSETS_WIDE, type, table);
    if (offsets->within == NULL || offsets->wide == NULL || offsets->group_bits < 3 ||
        offsets->group_bits > 6)
        return false;
    offsets->wide_groups =
        (uint32_t)(offsets->wide->size_bytes / offset_table_wide_bytes(1, offsets->group_bits));
    *ret_substring = (HammingSubstring){section->start, section->bits, section->radius};
    return true;
}

static bool attach_digests(IndexFile *file, IndexType type)
{
    DigestIndex *digests = &file->digests[type];
    HammingSubstring bits;
    digests->count = file->header->values[type];
    digests->width = index_type_width(type);
    digests->values = find_region(file, SECTION_VALUES, type, 0);
    if (digests->values == NULL || !find_offsets(file, type, 0, &digests->offsets, &bits))
        return false;
    digests->bucket_bits = bits.bits;
    digests->offsets.items = digests->count;
    digests->offsets.buckets = bits.bits < 31 ? 1u << bits.bits : 0;
    return digest_index_valid(digests);
}

static bool attach_pdq(IndexFile *file)
{
    HammingArrays arrays = {.count = file->header->values[INDEX_PDQ]};
    arrays.first_halves = find_region(file, SECTION_FIRST_HALVES, INDEX_PDQ, 0);
    arrays.second_halves = find_region(file, SECTION_SECOND_HALVES, INDEX_PDQ, 0);
    if (arrays.first_halves == NULL || arrays.second_halves == NULL)
        return false;
    arrays.plan.table_count = file->header->table_count;
    for (uint32_t i = 0; i < arrays.plan.table_count; i++) {
        HammingTable *table = &arrays.tables[i];
        HammingSubstring *substring = &arrays.plan.substrings[i];
        if (!find_offsets(file, INDEX_PDQ, i, &table->offsets, substring))
            return false;
        table->offsets.items = arrays.count;
        table->offsets.buckets = substring->bits < 31 ? 1u << substring->bits : 0;
        table->ids = find_region(file, SECTION_IDS, INDEX_PDQ, i);
        table->halves = find_region(file, SECTION_TABLE_HALVES, INDEX_PDQ, i);
        if (table->ids == NULL && substring->start != 0)
            return false;
    }
    IndexFault fault;
    file->pdq = hamming_index_attach(&arrays, &fault);
    return file->pdq != NULL;
}

static bool attach_refs(IndexFile *file, IndexType type)
{
    RefLists *lists = &file->refs[type];
    HammingSubstring unused;
    uint64_t count = file->header->refs[type];
    lists->refs = find_region(file, SECTION_REFS, type, INDEX_REFS_TABLE);
    if (lists->refs == NULL || count > OFFSET_TABLE_MAX_ITEMS ||
        lists->refs->size_bytes != count * INDEX_REF_BYTES ||
        !find_offsets(file, type, INDEX_REFS_TABLE, &lists->offsets, &unused))
        return false;
    OffsetTable *offsets = &lists->offsets;
    offsets->items = (uint32_t)count;
    offsets->buckets = file->header->values[type];
    return offsets->base->size_bytes ==
               offset_table_base_bytes(offsets->buckets, offsets->group_bits) &&
           offsets->within->size_bytes ==
               offset_table_within_bytes(offsets->buckets, offsets->group_bits);
}

static bool attach_types(IndexFile *file, GError **err)
{
    for (IndexType type = 0; type < INDEX_TYPE_COUNT; type++) {
        if (file->header->values[type] == 0)
            continue;
        bool ok = type == INDEX_PDQ ? attach_pdq(file) : attach_digests(file, type);
        if (!ok || !attach_refs(file, type))
            return corrupt(file, err, "its sections do not fit one another");
    }
    return true;
}

static void fill_info(IndexFile *file)
{
    const IndexHeader *header = file->header;
    file->info.generation = header->generation;
    file->info.covered_seq = header->covered_seq;
    file->info.file_bytes = header->file_bytes;
    memcpy(file->info.refs, header->refs, sizeof file->info.refs);
    memcpy(file->info.values, header->values, sizeof file->info.values);
}

IndexFile *index_file_open(const char *path, GError **err)
{
    g_autoptr(IndexFile) file = g_new0(IndexFile, 1);
    uint64_t size = 0;
    file->path = g_strdup(path);
    file->descriptor = -1;
    file->header = g_new0(IndexHeader, 1);
    if (!open_descriptor(file, &size, err) || !read_header(file, size, err) ||
        !read_checksums(file, size, err) || !attach_sections(file, err) || !attach_types(file, err))
        return NULL;
    fill_info(file);
    return g_steal_pointer(&file);
}

void index_file_free(IndexFile *file)
{
    if (file == NULL)
        return;
    hamming_index_free(file->pdq);
    blocks_free(file->blocks);
    if (file->descriptor >= 0)
        close(file->descriptor);
    g_free(file->checksums);
    g_free(file->header);
    g_free(file->path);
    g_free(file);
}

const IndexFileInfo *index_file_info(const IndexFile *file)
{
    return &file->info;
}

size_t index_file_loaded_bytes(const IndexFile *file)
{
    return blocks_loaded_bytes(file->blocks);
}

bool index_file_verify(IndexFile *file, GError **err)
{
    IndexFault fault;
    return blocks_verify(file->blocks, &fault) || index_file_set_error(file, &fault, err);
}

const DigestIndex *index_file_digests(const IndexFile *file, IndexType type)
{
    return type < INDEX_PDQ && file->info.values[type] > 0 ? &file->digests[type] : NULL;
}

HammingIndex *index_file_pdq(IndexFile *file)
{
    return file->pdq;
}

bool index_file_ref_range(const IndexFile *file, IndexType type, uint32_t id, uint32_t *ret_start,
                          uint32_t *ret_end, IndexFault *fault)
{
    const OffsetTable *offsets = &file->refs[type].offsets;
    return offset_table_prepare(offsets, id, fault) &&
           offset_table_range(offsets, id, ret_start, ret_end, fault);
}

bool index_file_ref(const IndexFile *file, IndexType type, uint32_t number, IndexRef *ret_ref,
                    IndexFault *fault)
{
    BlockRegion *refs = file->refs[type].refs;
    size_t offset = (size_t)number * INDEX_REF_BYTES;
    if (!region_need(refs, offset, INDEX_REF_BYTES, fault))
        return false;
    memcpy(&ret_ref->entry_id, refs->data + offset, sizeof ret_ref->entry_id);
    memcpy(&ret_ref->set_id, refs->data + offset + sizeof ret_ref->entry_id,
           sizeof ret_ref->set_id);
    return true;
}

bool index_file_set_error(const IndexFile *file, const IndexFault *fault, GError **err)
{
    if (fault->kind == INDEX_FAULT_MEMORY)
        return clew_error_set_errno(err, ENOMEM, "cannot search index %s", file->path);
    if (fault->kind == INDEX_FAULT_MALFORMED) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "index %s is malformed: %s", file->path,
                    fault->what);
        return false;
    }
    if (fault->kind == INDEX_FAULT_IO && fault->errno_value != 0)
        return clew_error_set_errno(err, fault->errno_value,
                                    "cannot read index %s, block %" G_GUINT64_FORMAT
                                    " at offset %" G_GUINT64_FORMAT,
                                    file->path, fault->block, fault->offset_bytes);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "index %s is damaged: block %" G_GUINT64_FORMAT " at offset %" G_GUINT64_FORMAT
                " %s",
                file->path, fault->block, fault->offset_bytes,
                fault->kind == INDEX_FAULT_IO ? "is cut short" : "does not have its checksum");
    return false;
}
