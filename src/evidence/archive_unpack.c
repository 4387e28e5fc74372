// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_unpack.h"

#include <string.h>

#include "base/error.h"
#include "base/reader.h"
#include "evidence/archive_time.h"

// RFC 1952 section 2.3.1.
#define GZIP_HEADER_BYTES 10
#define GZIP_HAS_EXTRA 0x04
#define GZIP_HAS_NAME 0x08
#define GZIP_SEEN_BYTES 4096 // of the header with its name

// ---- gzip -------------------------------------------------------------------------------------

static char *gzip_name(Reader *reader, unsigned flags)
{
    if (flags & GZIP_HAS_EXTRA)
        reader_skip(reader, reader_u16le(reader));
    if (!(flags & GZIP_HAS_NAME) || reader->failed)
        return NULL;
    const uint8_t *name = reader->data + reader->position;
    const uint8_t *end = memchr(name, 0, reader_remaining(reader));
    if (end == NULL || end == name)
        return NULL;
    return g_strndup((const char *)name, (size_t)(end - name));
}

static void read_gzip_header(Source *source, ArchiveUnpack *unpack)
{
    uint8_t bytes[GZIP_SEEN_BYTES];
    ssize_t count = source_read(source, 0, bytes, sizeof bytes, NULL);
    if (count < GZIP_HEADER_BYTES)
        return;
    Reader reader = reader_init(bytes, (size_t)count);
    reader_skip(&reader, 3);
    unsigned flags = reader_u8(&reader);
    uint32_t seconds = reader_u32le(&reader);
    reader_skip(&reader, 2);
    if (seconds != 0)
        unpack->modified = archive_time_unix(seconds);
    unpack->name = gzip_name(&reader, flags);
}

// ---- Streams ----------------------------------------------------------------------------------

static void open_codec(ArchiveCodec codec, ArchiveUnpack *unpack)
{
    ArchiveStream *packed =
        archive_stream_new_range(unpack->source, 0, source_size(unpack->source));
    unpack->stream = archive_codec_new(codec, packed, &unpack->packed_bytes);
}

static ssize_t raw_read(void *state, void *target, size_t size, GError **err)
{
    return archive_reader_read(state, target, size, err);
}

static void raw_free(void *state)
{
    archive_reader_free(state);
}

// LZ4 and .Z, through libarchive.
static bool open_reader(Walk *walk, ReaderFormat format, ArchiveUnpack *unpack, GError **err)
{
    static const ArchiveStreamOps ops = {raw_read, raw_free};
    g_autoptr(ArchiveReader) reader = archive_reader_open(walk, format, unpack->source, err);
    ArchiveEntry entry;
    if (reader == NULL || archive_reader_next(reader, &entry, err) == READER_FAILED)
        return false;
    unpack->reader = reader;
    unpack->stream = archive_stream_new(&ops, g_steal_pointer(&reader));
    return true;
}

bool archive_unpack_open(Walk *walk, ArchivePacking packing, Source *source,
                         ArchiveUnpack *ret_unpack, GError **err)
{
    static const ArchiveCodec codec[] = {
        [PACKED_GZIP] = CODEC_GZIP, [PACKED_BZIP2] = CODEC_BZIP2, [PACKED_XZ] = CODEC_XZ,
        [PACKED_LZMA] = CODEC_LZMA, [PACKED_LZIP] = CODEC_LZIP,   [PACKED_ZSTD] = CODEC_ZSTD,
    };
    *ret_unpack = (ArchiveUnpack){.source = source, .packing = packing};
    if (packing == PACKED_LZ4)
        return open_reader(walk, READER_LZ4, ret_unpack, err);
    if (packing == PACKED_COMPRESS)
        return open_reader(walk, READER_COMPRESS, ret_unpack, err);
    if (packing == PACKED_GZIP)
        read_gzip_header(source, ret_unpack);
    open_codec(codec[packing], ret_unpack);
    return true;
}

void archive_unpack_clear(ArchiveUnpack *unpack)
{
    archive_stream_free(unpack->stream);
    g_free(unpack->name);
    *unpack = (ArchiveUnpack){0};
}

uint64_t archive_unpack_position(const ArchiveUnpack *unpack)
{
    if (unpack->reader == NULL)
        return unpack->packed_bytes;
    uint64_t position = archive_reader_position(unpack->reader);
    // The library has taken the first four bytes of what follows the last LZ4 frame for the
    // signature of another.
    bool is_behind = unpack->packing == PACKED_LZ4 && position < source_size(unpack->source);
    return is_behind && position >= 4 ? position - 4 : position;
}

// ---- Names ------------------------------------------------------------------------------------

char *archive_unpack_name(const char *name)
{
    static const struct {
        const char *suffix, *instead;
    } suffixes[] = {
        {".gz", ""},      {".bz2", ""},      {".bz", ""},      {".xz", ""},      {".lzma", ""},
        {".lz", ""},      {".lz4", ""},      {".zst", ""},     {".z", ""},       {".tgz", ".tar"},
        {".tbz", ".tar"}, {".tbz2", ".tar"}, {".txz", ".tar"}, {".tlz", ".tar"}, {".tzst", ".tar"},
        {".taz", ".tar"}, {".svgz", ".svg"}, {".emz", ".emf"}, {".wmz", ".wmf"}, {".rpm", ".cpio"},
    };
    const char *slash = strrchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    for (size_t i = 0; dot != NULL && dot != base && i < G_N_ELEMENTS(suffixes); i++)
        if (g_ascii_strcasecmp(dot, suffixes[i].suffix) == 0)
            return g_strdup_printf("%.*s%s", (int)(dot - base), base, suffixes[i].instead);
    return g_strdup(*base != '\0' ? base : "unpacked");
}
