// SPDX-License-Identifier: Apache-2.0
//
// A forged index file: checksums that agree and contents that do not. The first byte of the input
// says what the rest is:
//
//     0      a file as it stands
//     1      header and data, to which right checksums are added
//     other  changes to a good file with every kind of section, 8 bytes each: place and new 32-bit
//            value; the highest bit of the place means the header. Right checksums are added
//
// Whatever it is, opening or searching may only fail or find.
#include "index/index.h"
#include "index/index_builder.h"
#include "index/index_format.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "fuzz_target.h"

#define GOOD_VALUES 20500u // just enough for substring tables
#define MAX_CHANGES 64u
#define QUERIES 20u // more than a fresh file answers by scanning

typedef struct {
    uint8_t *bytes;
    size_t size;
} Image;

static void fill_value(uint8_t *value, uint32_t number)
{
    uint64_t state = number * 0x9e3779b97f4a7c15u + 1;
    for (uint32_t i = 0; i < INDEX_VALUE_BYTES; i++) {
        state ^= state >> 31;
        state *= 0xd6e8feb86659fd93u;
        value[i] = (uint8_t)(state >> 56);
    }
    if (number % 8 == 0) // many alike, for wide groups
        memset(value, 0x11, 28);
}

static IndexRow good_row(IndexType type, uint32_t number)
{
    IndexRow row = {.type = type, .set_id = number % 5, .entry_id = number};
    fill_value(row.value, number);
    return row;
}

static void write_good_file(const char *path)
{
    g_autoptr(IndexBuilder) builder = index_builder_new(path, (IndexBuilderOptions){0}, NULL);
    bool ok = builder != NULL;
    for (IndexType type = 0; ok && type < INDEX_TYPE_COUNT; type++) {
        uint32_t count = type == INDEX_PDQ ? GOOD_VALUES : 2000;
        for (uint32_t i = 0; ok && i < count; i++) {
            IndexRow row = good_row(type, i);
            ok = index_builder_add(builder, &row, 1, NULL);
        }
    }
    if (!ok || !index_builder_write(builder, (IndexStamp){1, 1}, NULL))
        abort();
}

// Made once and never changed.
static Image good_image(void)
{
    static Image good;
    if (good.bytes == NULL) {
        g_autofree char *folder = g_dir_make_tmp("clew-fuzz-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(folder, "good.index", NULL);
        write_good_file(path);
        char *bytes = NULL;
        if (!g_file_get_contents(path, &bytes, &good.size, NULL))
            abort();
        good.bytes = (uint8_t *)bytes;
        unlink(path);
        rmdir(folder);
    }
    return good;
}

static Image changed_image(const uint8_t *data, size_t size)
{
    Image good = good_image();
    Image image = {g_memdup2(good.bytes, good.size), good.size};
    for (size_t i = 0; i + 8 <= size && i < 8 * MAX_CHANGES; i += 8) {
        uint32_t place;
        memcpy(&place, data + i, sizeof place);
        uint32_t limit = place >> 31 != 0 ? INDEX_HEADER_BYTES : (uint32_t)good.size;
        memcpy(image.bytes + ((place & 0x7fffffffu) % (limit / 4)) * 4, data + i + 4, 4);
    }
    return image;
}

static Image whole_image(const uint8_t *data, size_t size)
{
    size_t data_bytes = size > INDEX_HEADER_BYTES ? size - INDEX_HEADER_BYTES : 0;
    size_t blocks = (data_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    Image image = {.size = INDEX_HEADER_BYTES + data_bytes + 8 * blocks};
    image.bytes = g_malloc0(image.size);
    memcpy(image.bytes, data, size);
    IndexHeader *header = (IndexHeader *)image.bytes;
    header->data_bytes = data_bytes;
    return image;
}

// Gives the image the marks of a good file and the checksums that go with its contents.
static void seal(Image image)
{
    IndexHeader *header = (IndexHeader *)image.bytes;
    uint64_t rest = image.size - INDEX_HEADER_BYTES;
    memcpy(header->magic, INDEX_MAGIC, sizeof header->magic);
    header->version = INDEX_VERSION;
    header->file_bytes = image.size;
    if (header->data_bytes <= rest) {
        uint8_t *data = image.bytes + INDEX_HEADER_BYTES;
        uint64_t blocks = (rest - header->data_bytes) / 8;
        uint8_t *checksums = data + header->data_bytes;
        for (uint64_t i = 0; i < blocks && i * BLOCK_BYTES < header->data_bytes; i++) {
            uint64_t part = MIN(BLOCK_BYTES, header->data_bytes - i * BLOCK_BYTES);
            uint64_t checksum = XXH3_64bits(data + i * BLOCK_BYTES, part);
            memcpy(checksums + 8 * i, &checksum, sizeof checksum);
        }
        header->checksums_xxh3 = XXH3_64bits(checksums, rest - header->data_bytes);
    }
    uint64_t checksum = XXH3_64bits(image.bytes, INDEX_HEADER_BYTES - 8);
    memcpy(image.bytes + INDEX_HEADER_BYTES - 8, &checksum, sizeof checksum);
}

static void search(Index *index)
{
    static const uint32_t radii[] = {31, 3, 40};
    IndexHits hits = {0};
    for (uint32_t i = 0; i < QUERIES; i++) {
        IndexRow row = good_row(INDEX_PDQ, i * 5);
        bool frequent;
        IndexPdqQuery query = {
            .values = (const uint8_t(*)[32])row.value,
            .count = 1,
            .radius = radii[i % 3],
            .max_hits = i % 2 * 2,
            .ret_frequent = &frequent,
        };
        index_query_pdq(index, &query, &hits, NULL);
        IndexDigest digest = {.type = i % INDEX_PDQ};
        memcpy(digest.value, row.value, sizeof digest.value);
        IndexDigestQuery lookup = {&digest, 1, NULL};
        index_lookup_digests(index, &lookup, &hits, NULL);
        hits.count = 0;
    }
    index_hits_clear(&hits);
}

static void open_and_search(Image image)
{
    int descriptor = memfd_create("index", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", descriptor);
    if (descriptor < 0 || fchmod(descriptor, 0600) != 0 ||
        write(descriptor, image.bytes, image.size) != (ssize_t)image.size)
        abort();
    Index *index = index_open(path, NULL);
    if (index != NULL)
        search(index);
    index_free(index);
    close(descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Image image;
    if (data[0] == 0) {
        image = (Image){g_memdup2(data + 1, size - 1), size - 1};
    } else {
        image = data[0] == 1 ? whole_image(data + 1, size - 1) : changed_image(data + 1, size - 1);
        seal(image);
    }
    open_and_search(image);
    g_free(image.bytes);
    return 0;
}
