// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_start.h"

#include <string.h>
#include <zlib.h>

#include "base/reader.h"
#include "evidence/zip_archive.h"

// Of a program: its headers, and what of each region is searched for an archive.
#define PROGRAM_HEADER_BYTES (64u << 10)
#define REGION_BYTES (4u << 20)
#define SECTIONS_MAX 96u
#define ELF_HEADERS_MAX 1024u

// ---- By type ----------------------------------------------------------------------------------

static bool kind_of_type(const SniffType *type, ArchiveKind *ret_kind)
{
    static const struct {
        const char *media_type;
        ArchiveKind kind;
    } rows[] = {
        {"application/x-7z-compressed", ARCHIVE_7ZIP},
        {"application/vnd.rar", ARCHIVE_RAR},
        {"application/x-tar", ARCHIVE_TAR},
        {"application/x-cpio", ARCHIVE_CPIO},
        {"application/x-archive", ARCHIVE_AR},
        {"application/vnd.ms-cab-compressed", ARCHIVE_CAB},
        {"application/x-lzh-compressed", ARCHIVE_LHA},
        {"application/x-xar", ARCHIVE_XAR},
        {"application/gzip", ARCHIVE_GZIP},
        {"application/x-bzip2", ARCHIVE_BZIP2},
        {"application/x-xz", ARCHIVE_XZ},
        {"application/x-lzip", ARCHIVE_LZIP},
        {"application/x-lz4", ARCHIVE_LZ4},
        {"application/zstd", ARCHIVE_ZSTD},
        {"application/x-compress", ARCHIVE_COMPRESS},
        {"application/x-rpm", ARCHIVE_RPM},
        {"application/x-arj", ARCHIVE_ARJ},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(type->media_type, rows[i].media_type) == 0) {
            *ret_kind = rows[i].kind;
            return true;
        }
    return false;
}

// ---- By the first bytes -----------------------------------------------------------------------

static uint32_t u32_at(const uint8_t *bytes)
{
    Reader reader = reader_init(bytes, 4);
    return reader_u32le(&reader);
}

// The header of LZMA_Alone (the .lzma format) has no signature: its properties as every tool writes
// them, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size that is unknown or below 256 GiB, and
// the zero byte that every range coder begins with.
static bool is_lzma(const uint8_t *bytes, size_t size)
{
    if (size < 14 || bytes[0] != 0x5d || bytes[13] != 0)
        return false;
    uint32_t dictionary = u32_at(bytes + 1);
    uint32_t low = dictionary & -dictionary;
    bool is_power = dictionary == low || dictionary == 3 * low;
    uint64_t unpacked = u32_at(bytes + 5) | (uint64_t)u32_at(bytes + 9) << 32;
    return dictionary >= 4096 && is_power && (unpacked == UINT64_MAX || unpacked < 1ull << 38);
}

static bool kind_of_bytes(const uint8_t *bytes, size_t size, ArchiveKind *ret_kind)
{
    static const struct {
        const char *signature;
        uint8_t size;
        ArchiveKind kind;
    } rows[] = {
        {"PK\3\4", 4, ARCHIVE_ZIP},   {"PK\5\6", 4, ARCHIVE_ZIP}, {"PK\7\10PK\3\4", 8, ARCHIVE_ZIP},
        {"RE~^", 4, ARCHIVE_RAR_OLD}, {"WARC/", 5, ARCHIVE_WARC},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (size >= rows[i].size && memcmp(bytes, rows[i].signature, rows[i].size) == 0) {
            *ret_kind = rows[i].kind;
            return true;
        }
    return false;
}

// ---- Behind a program -------------------------------------------------------------------------

// Parts of a program that can hold an archive: what follows its last section, and its resources.
typedef struct {
    Extent overlay, resources;
} Regions;

// The section table of a Portable Executable (PE/COFF specification, sections 3 and 4).
static bool find_pe_regions(Reader reader, uint32_t header, uint64_t size, Regions *ret_regions)
{
    reader_skip(&reader, header);
    if (reader_u32le(&reader) != 0x00004550)
        return false;
    reader_skip(&reader, 2);
    unsigned sections = reader_u16le(&reader);
    reader_skip(&reader, 12);
    reader_skip(&reader, (size_t)reader_u16le(&reader) + 2);
    uint64_t end = 0;
    for (unsigned i = 0; i < MIN(sections, SECTIONS_MAX) && !reader.failed; i++) {
        uint8_t name[8];
        reader_copy(&reader, name, sizeof name);
        reader_skip(&reader, 8);
        uint64_t bytes = reader_u32le(&reader), offset = reader_u32le(&reader);
        reader_skip(&reader, 16);
        if (reader.failed)
            break;
        end = MAX(end, offset + bytes);
        if (memcmp(name, ".rsrc\0\0", 8) == 0)
            ret_regions->resources = (Extent){.offset = offset, .size_bytes = bytes};
    }
    if (end < size)
        ret_regions->overlay = (Extent){.offset = end, .size_bytes = size - end};
    return true;
}

// A DOS program without a newer header: its pages (the MZ header's second and third word).
static void find_dos_regions(Reader reader, uint64_t size, Regions *ret_regions)
{
    reader_skip(&reader, 2);
    unsigned last = reader_u16le(&reader), pages = reader_u16le(&reader);
    uint64_t end = (uint64_t)pages * 512 - (last > 0 && last < 512 && pages > 0 ? 512 - last : 0);
    if (end < size)
        ret_regions->overlay = (Extent){.offset = end, .size_bytes = size - end};
}

static uint64_t elf_number(Reader *reader, unsigned bytes, bool is_big)
{
    const uint8_t *at = reader_bytes(reader, bytes);
    uint64_t value = 0;
    for (unsigned i = 0; at != NULL && i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * (is_big ? bytes - 1 - i : i);
    return value;
}

// The end of what an ELF file's section and program headers account for (System V ABI, chapter 4).
static void find_elf_regions(Source *source, Reader reader, Regions *ret_regions)
{
    bool is_64 = reader.data[4] == 2, is_big = reader.data[5] == 2;
    unsigned word = is_64 ? 8 : 4;
    reader_skip(&reader, 24 + word);
    uint64_t programs = elf_number(&reader, word, is_big);
    uint64_t sections = elf_number(&reader, word, is_big);
    reader_skip(&reader, 6);
    unsigned program_bytes = (unsigned)elf_number(&reader, 2, is_big);
    unsigned program_count = (unsigned)elf_number(&reader, 2, is_big);
    unsigned section_bytes = (unsigned)elf_number(&reader, 2, is_big);
    unsigned section_count = (unsigned)elf_number(&reader, 2, is_big);
    uint64_t size = source_size(source);
    if (reader.failed || programs > size || sections > size)
        return;
    uint64_t end = sections + (uint64_t)section_bytes * section_count;
    for (unsigned i = 0; i < MIN(program_count, ELF_HEADERS_MAX); i++) {
        uint8_t header[56];
        ssize_t count = source_read(source, programs + (uint64_t)program_bytes * i, header,
                                    sizeof header, NULL);
        Reader program = reader_init(header, count > 0 ? (size_t)count : 0);
        reader_skip(&program, is_64 ? 8 : 4);
        uint64_t offset = elf_number(&program, word, is_big);
        reader_skip(&program, 2 * word);
        uint64_t bytes = elf_number(&program, word, is_big);
        if (!program.failed && offset <= size && bytes <= size)
            end = MAX(end, offset + bytes);
    }
    if (end < size)
        ret_regions->overlay = (Extent){.offset = end, .size_bytes = size - end};
}

static Regions find_regions(Source *source)
{
    Regions regions = {0};
    g_autofree uint8_t *bytes = g_malloc(PROGRAM_HEADER_BYTES);
    ssize_t count = source_read(source, 0, bytes, PROGRAM_HEADER_BYTES, NULL);
    if (count < 64)
        return regions;
    Reader reader = reader_init(bytes, (size_t)count);
    if (memcmp(bytes, "\177ELF", 4) == 0)
        find_elf_regions(source, reader, &regions);
    else if (bytes[0] == 'M' && bytes[1] == 'Z' &&
             !find_pe_regions(reader, u32_at(bytes + 60), source_size(source), &regions))
        find_dos_regions(reader, source_size(source), &regions);
    return regions;
}

// ---- Signatures that prove themselves ---------------------------------------------------------

// 7zFormat.txt, SignatureHeader: the checksum of the start header.
static bool is_7zip(const uint8_t *bytes, size_t size)
{
    return size >= 32 && memcmp(bytes, "7z\xbc\xaf\x27\x1c", 6) == 0 &&
           crc32(0, bytes + 12, 20) == u32_at(bytes + 8);
}

// The main header that follows the signature has a checksum of its own.
static bool is_rar(const uint8_t *bytes, size_t size)
{
    if (size < 20 || memcmp(bytes, "Rar!\x1a\x07", 6) != 0)
        return false;
    if (bytes[6] == 0)
        return bytes[9] == 0x73 && (uint16_t)crc32(0, bytes + 9, 11) == (bytes[7] | bytes[8] << 8);
    // RAR5: the size is one byte here, because main and encryption headers are short.
    if (bytes[6] != 1 || bytes[7] != 0 || bytes[12] == 0 || bytes[12] >= 0x80 ||
        (size_t)bytes[12] + 13 > size)
        return false;
    return crc32(0, bytes + 12, bytes[12] + 1u) == u32_at(bytes + 8);
}

// [MS-CAB] 2.1: reserved fields are zero, the version is 1.3.
static bool is_cab(const uint8_t *bytes, size_t size)
{
    return size >= 36 && memcmp(bytes, "MSCF\0\0\0\0", 8) == 0 && u32_at(bytes + 12) == 0 &&
           bytes[24] == 3 && bytes[25] == 1;
}

static bool find_signature(Source *source, Extent region, ArchiveStart *ret_start)
{
    static const struct {
        uint8_t first;
        bool (*is)(const uint8_t *bytes, size_t size);
        ArchiveKind kind;
    } rows[] = {
        {'7', is_7zip, ARCHIVE_7ZIP}, {'R', is_rar, ARCHIVE_RAR}, {'M', is_cab, ARCHIVE_CAB}};
    size_t size = (size_t)MIN(region.size_bytes, (uint64_t)REGION_BYTES);
    g_autofree uint8_t *bytes = g_try_malloc(MAX(size, 1));
    ssize_t count = bytes != NULL ? source_read(source, region.offset, bytes, size, NULL) : -1;
    bool is_found = false;
    size_t best = count > 0 ? (size_t)count : 0, end = best;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const uint8_t *at = bytes;
        while (best > 0 && (at = memchr(at, rows[i].first, best - (size_t)(at - bytes))) != NULL) {
            size_t offset = (size_t)(at - bytes);
            if (rows[i].is(at, end - offset)) {
                *ret_start = (ArchiveStart){.kind = rows[i].kind, .offset = region.offset + offset};
                is_found = true;
                best = offset;
                break;
            }
            if (++at == bytes + best)
                break;
        }
    }
    return is_found;
}

static bool find_in_program(Source *source, ArchiveStart *ret_start)
{
    Regions regions = find_regions(source);
    return find_signature(source, regions.overlay, ret_start) ||
           find_signature(source, regions.resources, ret_start);
}

// -----------------------------------------------------------------------------------------------

bool archive_start_find(const SniffType *type, Source *source, ArchiveStart *ret_start)
{
    uint8_t bytes[8];
    ssize_t count = source_read(source, 0, bytes, sizeof bytes, NULL);
    *ret_start = (ArchiveStart){0};
    return count > 0 && (kind_of_bytes(bytes, (size_t)count, &ret_start->kind) ||
                         kind_of_type(type, &ret_start->kind));
}

static bool is_lzma_source(Source *source)
{
    uint8_t bytes[14];
    return source_read_exact(source, 0, bytes, sizeof bytes, NULL) && is_lzma(bytes, sizeof bytes);
}

bool archive_start_find_hidden(const SniffType *type, Source *source, ArchiveStart *ret_start)
{
    *ret_start = (ArchiveStart){.kind = ARCHIVE_ISO};
    if (strcmp(type->media_type, "application/x-iso9660-image") == 0)
        return true;
    if (type->family == FAMILY_EXECUTABLE && find_in_program(source, ret_start))
        return true;
    // A disk image or mail store that ends with an archive is opened for what it is.
    bool is_own = type->family == FAMILY_DISK_IMAGE || type->family == FAMILY_MAIL;
    *ret_start = (ArchiveStart){.kind = ARCHIVE_ZIP};
    if (!is_own && zip_archive_is_behind(source))
        return true;
    *ret_start = (ArchiveStart){.kind = ARCHIVE_LZMA};
    return type->family == FAMILY_UNKNOWN && is_lzma_source(source);
}
