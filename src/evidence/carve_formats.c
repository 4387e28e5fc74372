// SPDX-License-Identifier: Apache-2.0
#include "evidence/carve_formats.h"

#include <string.h>

#define MEDIA_TYPES(...) ((const char *const[]){__VA_ARGS__, NULL})

// ---- How each begins --------------------------------------------------------------------------

static bool fits_jpeg(const uint8_t *bytes)
{
    // Behind SOI: a marker that has a segment, but no scan yet.
    return memcmp(bytes, "\xff\xd8\xff", 3) == 0 && bytes[3] >= 0xc0 &&
           (bytes[3] < 0xd0 || bytes[3] > 0xda);
}

static bool fits_png(const uint8_t *bytes)
{
    return memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool fits_gif(const uint8_t *bytes)
{
    return memcmp(bytes, "GIF8", 4) == 0 && (bytes[4] == '7' || bytes[4] == '9') && bytes[5] == 'a';
}

static bool fits_riff(const uint8_t *bytes)
{
    return memcmp(bytes, "RIFF", 4) == 0 &&
           (memcmp(bytes + 8, "WEBP", 4) == 0 || memcmp(bytes + 8, "AVI ", 4) == 0 ||
            memcmp(bytes + 8, "WAVE", 4) == 0);
}

// "ftyp" of a believable size, or, before there were brands, one of QuickTime's first atoms.
static bool fits_iso_media(const uint8_t *bytes)
{
    if (memcmp(bytes + 4, "ftyp", 4) == 0)
        return bytes[0] == 0 && bytes[1] == 0;
    if (memcmp(bytes + 4, "moov", 4) == 0)
        return bytes[0] == 0 && bytes[8] == 0;
    if (memcmp(bytes + 4, "wide", 4) == 0)
        return memcmp(bytes, "\0\0\0\x08", 4) == 0;
    return memcmp(bytes + 4, "mdat", 4) == 0;
}

static bool fits_jp2(const uint8_t *bytes)
{
    return memcmp(bytes, "\0\0\0\x0cjP  \r\n\x87\n", 12) == 0;
}

static bool fits_jxl(const uint8_t *bytes)
{
    return memcmp(bytes, "\0\0\0\x0cJXL \r\n\x87\n", 12) == 0;
}

static bool fits_j2k(const uint8_t *bytes)
{
    return memcmp(bytes, "\xff\x4f\xff\x51", 4) == 0;
}

// Reserved bytes 0, and a header size below 256 that the walk looks at more closely.
static bool fits_bmp(const uint8_t *bytes)
{
    return bytes[0] == 'B' && bytes[1] == 'M' && memcmp(bytes + 6, "\0\0\0\0", 4) == 0 &&
           bytes[14] >= 12 && memcmp(bytes + 15, "\0\0\0", 3) == 0;
}

static bool fits_tiff(const uint8_t *bytes)
{
    bool is_little = bytes[0] == 'I' && bytes[1] == 'I' && bytes[3] == 0;
    bool is_big = bytes[0] == 'M' && bytes[1] == 'M' && bytes[2] == 0;
    uint8_t magic = is_little ? bytes[2] : is_big ? bytes[3] : 0;
    return magic == 42 || magic == 43;
}

static bool fits_matroska(const uint8_t *bytes)
{
    return memcmp(bytes, "\x1a\x45\xdf\xa3", 4) == 0;
}

static bool fits_asf(const uint8_t *bytes)
{
    return memcmp(bytes, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", 16) == 0;
}

static bool fits_flv(const uint8_t *bytes)
{
    return memcmp(bytes, "FLV\x01", 4) == 0 && memcmp(bytes + 5, "\0\0\0\x09", 4) == 0;
}

static bool fits_ogg(const uint8_t *bytes)
{
    return memcmp(bytes, "OggS\0\x02", 6) == 0;
}

static bool fits_mpeg_ps(const uint8_t *bytes)
{
    return memcmp(bytes, "\0\0\x01\xba", 4) == 0 && (bytes[4] >> 6 == 1 || bytes[4] >> 4 == 2);
}

// Sync byte, no error, and a control field that says what the packet holds.
static bool is_ts_packet(const uint8_t *bytes)
{
    return bytes[0] == 0x47 && (bytes[1] & 0x80) == 0 && (bytes[3] & 0x30) != 0;
}

static bool fits_mpeg_ts(const uint8_t *bytes)
{
    bool is_plain = is_ts_packet(bytes) && is_ts_packet(bytes + 188) && is_ts_packet(bytes + 376);
    bool is_timed =
        is_ts_packet(bytes + 4) && is_ts_packet(bytes + 196) && is_ts_packet(bytes + 388);
    return is_plain || is_timed;
}

// ---- The table --------------------------------------------------------------------------------

// Frequent ones first. No bytes fit two rows but those of transport streams, which are last.
static const CarveFormat formats[] = {
    {MEDIA_TYPES("image/jpeg"), NULL, false, fits_jpeg, carve_jpeg},
    {MEDIA_TYPES("image/png"), NULL, false, fits_png, carve_png},
    {MEDIA_TYPES("image/gif"), NULL, false, fits_gif, carve_gif},
    {MEDIA_TYPES("image/webp", "video/x-msvideo", "audio/vnd.wave"), NULL, true, fits_riff,
     carve_riff},
    {MEDIA_TYPES("video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "image/heic",
                 "image/heif", "image/avif", "image/x-canon-cr3", "audio/mp4"),
     NULL, true, fits_iso_media, carve_iso_media},
    {MEDIA_TYPES("image/bmp"), NULL, false, fits_bmp, carve_bmp},
    {MEDIA_TYPES("image/tiff"),
     MEDIA_TYPES("image/x-adobe-dng", "image/x-canon-cr2", "image/x-nikon-nef", "image/x-sony-arw",
                 "image/x-pentax-pef"),
     false, fits_tiff, carve_tiff},
    {MEDIA_TYPES("image/jp2", "image/jpx", "video/mj2"), NULL, true, fits_jp2, carve_jp2},
    {MEDIA_TYPES("image/x-j2c"), NULL, false, fits_j2k, carve_j2k},
    {MEDIA_TYPES("image/jxl"), NULL, false, fits_jxl, carve_jxl},
    {MEDIA_TYPES("video/x-matroska", "video/webm"), NULL, true, fits_matroska, carve_matroska},
    {MEDIA_TYPES("video/x-ms-asf"), NULL, true, fits_asf, carve_asf},
    {MEDIA_TYPES("video/x-flv"), NULL, true, fits_flv, carve_flv},
    {MEDIA_TYPES("video/ogg", "audio/ogg"), NULL, true, fits_ogg, carve_ogg},
    {MEDIA_TYPES("video/mpeg"), NULL, true, fits_mpeg_ps, carve_mpeg_ps},
    {MEDIA_TYPES("video/mp2t"), NULL, true, fits_mpeg_ts, carve_mpeg_ts},
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

const CarveFormat *carve_format_at(const uint8_t *bytes)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (formats[i].fits(bytes))
            return &formats[i];
    }
    return NULL;
}

static bool is_among(const char *media_type, const char *const *types)
{
    for (; types != NULL && *types != NULL; types++) {
        if (strcmp(*types, media_type) == 0)
            return true;
    }
    return false;
}

const CarveFormat *carve_format_of(const char *media_type)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (is_among(media_type, formats[i].media_types))
            return &formats[i];
    }
    return NULL;
}

bool carve_format_has(const CarveFormat *format, const char *media_type)
{
    return is_among(media_type, format->media_types) || is_among(media_type, format->vague_types);
}
