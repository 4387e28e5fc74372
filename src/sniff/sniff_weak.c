// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/reader.h"
#include "sniff/sniff_containers.h"

static uint32_t u32le(const uint8_t *bytes)
{
    Reader reader = reader_init(bytes, 4);
    return reader_u32le(&reader);
}

static unsigned u16le(const uint8_t *bytes)
{
    return (unsigned)(bytes[0] | bytes[1] << 8);
}

static unsigned u16be(const uint8_t *bytes)
{
    return (unsigned)(bytes[0] << 8 | bytes[1]);
}

// "MZ" alone begins many a text; a DOS header has its relocation table offset and, for Windows
// programs, points to "PE\0\0". One that points past the bytes in hand is believed.
TypeId sniff_mz(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 64)
        return TYPE_UNKNOWN;
    uint32_t at = u32le(bytes + 60);
    if (at < size_bytes && size_bytes - at >= 2 &&
        (memcmp(bytes + at, "PE", 2) == 0 || memcmp(bytes + at, "NE", 2) == 0 ||
         memcmp(bytes + at, "LE", 2) == 0))
        return TYPE_PE;
    return sniff_text(bytes, size_bytes) == TYPE_UNKNOWN ? TYPE_PE : TYPE_UNKNOWN;
}

// The size of the second header says which of the known versions it is.
TypeId sniff_bmp(const uint8_t *bytes, size_t size_bytes)
{
    static const uint8_t sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    if (size_bytes < 26)
        return TYPE_UNKNOWN;
    uint32_t header_bytes = u32le(bytes + 14);
    for (size_t i = 0; i < sizeof(sizes); i++) {
        if (header_bytes == sizes[i])
            return TYPE_BMP;
    }
    return TYPE_UNKNOWN;
}

// No icon is larger; $UpCase of NTFS begins like one of 4 GiB.
#define ICON_PICTURE_BYTES (64u << 20)
#define ICON_OFFSET_MAX (64u << 20)

// Reserved 0, type 1 or 2, at least one picture, and the first entry's reserved byte 0.
TypeId sniff_icon(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 22 || u16le(bytes + 4) == 0 || u16le(bytes + 4) > 512 || bytes[9] != 0)
        return TYPE_UNKNOWN;
    uint32_t picture_bytes = u32le(bytes + 14), offset = u32le(bytes + 18);
    // Icons have planes and bits a pixel; cursors a spot inside the picture.
    bool is_icon = bytes[2] == 1;
    bool fits = is_icon ? u16le(bytes + 10) <= 1 && u16le(bytes + 12) <= 32
                        : u16le(bytes + 10) <= 256 && u16le(bytes + 12) <= 256;
    if (!fits || picture_bytes < 16 || picture_bytes > ICON_PICTURE_BYTES ||
        offset < 6 + 16 * (uint32_t)u16le(bytes + 4) || offset > ICON_OFFSET_MAX)
        return TYPE_UNKNOWN;
    return is_icon ? TYPE_ICO : TYPE_CUR;
}

// Storage 0 or 1, 1 or 2 bytes a channel, 1 to 3 dimensions.
TypeId sniff_sgi(const uint8_t *bytes, size_t size_bytes)
{
    bool fits = size_bytes >= 12 && bytes[2] <= 1 && bytes[3] >= 1 && bytes[3] <= 2 &&
                u16be(bytes + 4) >= 1 && u16be(bytes + 4) <= 3;
    return fits ? TYPE_SGI : TYPE_UNKNOWN;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

// "P1" to "P7", "Pf", "PF", white space, then a digit or a comment.
TypeId sniff_pnm(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 7 || memchr("1234567fF", bytes[1], 9) == NULL || !is_space(bytes[2]))
        return TYPE_UNKNOWN;
    bool fits = bytes[3] == '#' || (bytes[3] >= '0' && bytes[3] <= '9') ||
                memcmp(bytes + 3, "WIDTH", 4) == 0;
    return fits ? TYPE_PNM : TYPE_UNKNOWN;
}

// Version 0-5, encoding 0-1, 1/2/4/8 bits a pixel, reserved byte 0, 1-4 planes.
TypeId sniff_pcx(const uint8_t *bytes, size_t size_bytes)
{
    bool fits = size_bytes >= 128 && bytes[1] <= 5 && bytes[2] <= 1 &&
                (bytes[3] == 1 || bytes[3] == 2 || bytes[3] == 4 || bytes[3] == 8) &&
                bytes[64] == 0 && bytes[65] >= 1 && bytes[65] <= 4 &&
                u16le(bytes + 8) >= u16le(bytes + 4) && u16le(bytes + 10) >= u16le(bytes + 6);
    return fits ? TYPE_PCX : TYPE_UNKNOWN;
}

// Frames, width, height and depth 8, and the flags 0 or 3.
TypeId sniff_fli(const uint8_t *bytes, size_t size_bytes)
{
    bool fits = size_bytes >= 128 && u16le(bytes + 8) != 0 && u16le(bytes + 10) != 0 &&
                (u16le(bytes + 12) == 8 || u16le(bytes + 12) == 0) && u16le(bytes + 14) <= 3;
    return fits ? TYPE_FLI : TYPE_UNKNOWN;
}

TypeId sniff_lha(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= 21 && bytes[6] == '-' ? TYPE_LHA : TYPE_UNKNOWN;
}

// Length in bytes of the MPEG audio layer I-III frame (ISO/IEC 11172-3, 13818-3) at `header`, or 0.
static size_t mpeg_frame_bytes(const uint8_t *header)
{
    static const uint16_t rates_1[3][16] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0}, // layer I
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},    // layer II
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},     // layer III
    };
    static const uint16_t rates_2[2][16] = {
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0}, // layer I
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},      // layers II, III
    };
    static const uint16_t samples_per_second[3] = {44100, 48000, 32000};
    unsigned version = header[1] >> 3 & 3, layer = 4 - (header[1] >> 1 & 3);
    unsigned rate = header[2] >> 4, sampling = header[2] >> 2 & 3, padding = header[2] >> 1 & 1;
    if (header[0] != 0xff || (header[1] & 0xe0) != 0xe0 || version == 1 || layer == 4 ||
        sampling == 3)
        return 0;

    unsigned kilobits = version == 3 ? rates_1[layer - 1][rate] : rates_2[layer > 1][rate];
    unsigned hertz = samples_per_second[sampling] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    if (layer == 1)
        return (12 * kilobits * 1000 / hertz + padding) * 4;
    unsigned slots = layer == 3 && version != 3 ? 72 : 144;
    return slots * kilobits * 1000 / hertz + padding;
}

// Two frames, one behind the other. ADTS (AAC) has layer bits 00, which MPEG audio does not use.
TypeId sniff_mpeg_audio(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 7)
        return TYPE_UNKNOWN;
    if ((bytes[1] & 0xf6) == 0xf0) {
        size_t length = (size_t)(bytes[3] & 3) << 11 | (size_t)bytes[4] << 3 | bytes[5] >> 5;
        bool fits = length >= 7 && length + 2 <= size_bytes && bytes[length] == 0xff &&
                    (bytes[length + 1] & 0xf6) == 0xf0;
        return fits ? TYPE_AAC : TYPE_UNKNOWN;
    }
    size_t length = mpeg_frame_bytes(bytes);
    bool fits = length >= 4 && length + 4 <= size_bytes && mpeg_frame_bytes(bytes + length) >= 4;
    return fits ? TYPE_MP3 : TYPE_UNKNOWN;
}

// Sync bytes at three packets in a row.
static bool has_packets(const uint8_t *bytes, size_t size_bytes, size_t first, size_t packet_bytes)
{
    return size_bytes > first + 2 * packet_bytes && bytes[first] == 'G' &&
           bytes[first + packet_bytes] == 'G' && bytes[first + 2 * packet_bytes] == 'G';
}

TypeId sniff_mpeg_ts(const uint8_t *bytes, size_t size_bytes)
{
    return has_packets(bytes, size_bytes, 0, 188) ? TYPE_MPEG_TS : TYPE_UNKNOWN;
}

// Packets with a time stamp of 4 bytes in front, as camcorders and discs write them.
TypeId sniff_m2ts(const uint8_t *bytes, size_t size_bytes)
{
    return has_packets(bytes, size_bytes, 4, 192) ? TYPE_MPEG_TS : TYPE_UNKNOWN;
}

// Java classes and fat Mach-O share the magic; the latter counts its few architectures where the
// former has its version (45 and more).
TypeId sniff_cafebabe(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 8)
        return TYPE_UNKNOWN;
    return u16be(bytes + 4) == 0 && u16be(bytes + 6) < 40 ? TYPE_MACHO : TYPE_CLASS;
}

// A boot sector: a file system's, or a partition table whose four rows are possible.
TypeId sniff_boot_sector(const uint8_t *bytes, size_t size_bytes)
{
    static const char *const systems[] = {"NTFS    ", "EXFAT   ", "-FVE-FS-", "MSDOS5.0",
                                          "MSWIN4.1", "mkfs.fat", "mkdosfs"};
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
        if (memcmp(bytes + 3, systems[i], strlen(systems[i])) == 0)
            return TYPE_RAW_DISK;
    }
    if (memcmp(bytes + 54, "FAT1", 4) == 0 || memcmp(bytes + 82, "FAT32", 5) == 0)
        return TYPE_RAW_DISK;

    unsigned used = 0;
    for (size_t at = 446; at < 510; at += 16) {
        if (bytes[at] != 0 && bytes[at] != 0x80)
            return TYPE_UNKNOWN;
        used += bytes[at + 4] != 0 && u32le(bytes + at + 12) != 0;
    }
    return used > 0 ? TYPE_RAW_DISK : TYPE_UNKNOWN;
}

// The superblock of ext2 to ext4 at 1024: creator and revision are small numbers.
TypeId sniff_ext(const uint8_t *bytes, size_t size_bytes)
{
    bool fits = size_bytes >= 1024 + 80 && u32le(bytes + 1024 + 24) <= 6 &&
                u32le(bytes + 1024 + 72) <= 4 && u32le(bytes + 1024 + 76) <= 1;
    return fits ? TYPE_RAW_DISK : TYPE_UNKNOWN;
}

// A tar header before POSIX has no magic: its checksum, in octal at 148, must hold.
bool sniff_is_old_tar(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 512 || bytes[0] == 0 || bytes[99] != 0)
        return false;
    unsigned written = 0, digits = 0;
    for (size_t at = 148; at < 156; at++) {
        if (bytes[at] >= '0' && bytes[at] <= '7') {
            written = written * 8 + (bytes[at] - '0');
            digits++;
        } else if (bytes[at] != ' ' && bytes[at] != 0) {
            return false;
        }
    }
    if (digits < 4)
        return false;
    unsigned sum = 0;
    for (size_t at = 0; at < 512; at++)
        sum += at >= 148 && at < 156 ? ' ' : bytes[at];
    return sum == written;
}
