// SPDX-License-Identifier: Apache-2.0
#include "wire/still_codec.h"

#include "base/limits.h"
#include "wire/codec.h"

enum { STILL_DECODED = 1, STILL_TABLES = 2, STILL_EXIF = 4 };
enum { EXIF_GPS = 1, EXIF_ALTITUDE = 2 };

#define TRIMMED_PIPELINES (1u << PIPELINE_512_TRIMMED | 1u << PIPELINE_FULL_TRIMMED)

static const size_t EXIF_TEXTS[] = {
    offsetof(ExifFacts, make),        offsetof(ExifFacts, model),
    offsetof(ExifFacts, software),    offsetof(ExifFacts, body_serial),
    offsetof(ExifFacts, lens_serial), offsetof(ExifFacts, lens_model),
    offsetof(ExifFacts, taken),       offsetof(ExifFacts, digitized),
    offsetof(ExifFacts, modified),    offsetof(ExifFacts, gps_time),
};

static char **exif_text(const ExifFacts *exif, size_t i)
{
    return (char **)((char *)(uintptr_t)exif + EXIF_TEXTS[i]);
}

static void put_exif(GByteArray *message, const ExifFacts *exif)
{
    codec_put(message,
              (exif->has_gps ? EXIF_GPS : 0u) | (exif->has_gps_altitude ? EXIF_ALTITUDE : 0u), 1);
    codec_put(message, exif->orientation, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(EXIF_TEXTS); i++)
        codec_put_text(message, *exif_text(exif, i), LIMIT_EXIF_TEXT);
    if (exif->has_gps) {
        codec_put_double(message, exif->gps_latitude);
        codec_put_double(message, exif->gps_longitude);
    }
    if (exif->has_gps_altitude)
        codec_put_double(message, exif->gps_altitude_metres);
}

static unsigned present_pipelines(const StillFacts *still)
{
    unsigned present = 0;
    for (unsigned i = 0; i < PIPELINE_COUNT; i++)
        present |= still->pdq[i].present ? 1u << i : 0;
    return present;
}

void codec_put_still(GByteArray *message, const StillFacts *still)
{
    codec_put(message,
              (still->decoded ? STILL_DECODED : 0u) | (still->has_jpeg_tables ? STILL_TABLES : 0u) |
                  (still->exif.present ? STILL_EXIF : 0u),
              1);
    codec_put(message, still->width, 4);
    codec_put(message, still->height, 4);
    codec_put(message, still->frames, 4);

    unsigned pipelines = present_pipelines(still);
    codec_put(message, pipelines, 1);
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        if (!still->pdq[i].present)
            continue;
        codec_put(message, still->pdq[i].quality, 1);
        codec_put_bytes(message, still->pdq[i].hash[0], sizeof still->pdq[i].hash);
    }
    if (pipelines & TRIMMED_PIPELINES) {
        codec_put(message, still->trim_left, 4);
        codec_put(message, still->trim_top, 4);
        codec_put(message, still->trim_right, 4);
        codec_put(message, still->trim_bottom, 4);
    }
    if (still->has_jpeg_tables)
        codec_put_bytes(message, still->jpeg_tables, sizeof still->jpeg_tables);
    if (still->exif.present)
        put_exif(message, &still->exif);
}

static void take_exif(Reader *reader, ExifFacts *exif)
{
    unsigned flags = codec_take_flags(reader, EXIF_GPS | EXIF_ALTITUDE);
    exif->present = true;
    exif->orientation = codec_take_below(reader, 9);
    for (size_t i = 0; i < G_N_ELEMENTS(EXIF_TEXTS); i++)
        *exif_text(exif, i) = codec_take_text(reader, LIMIT_EXIF_TEXT);
    exif->has_gps = flags & EXIF_GPS;
    if (exif->has_gps) {
        exif->gps_latitude = codec_take_double(reader, 90);
        exif->gps_longitude = codec_take_double(reader, 180);
    }
    exif->has_gps_altitude = flags & EXIF_ALTITUDE;
    if (exif->has_gps_altitude)
        exif->gps_altitude_metres = codec_take_double(reader, 1e9);
}

static void take_hashes(Reader *reader, StillFacts *still)
{
    unsigned pipelines = codec_take_flags(reader, (1u << PIPELINE_COUNT) - 1);
    codec_refuse_unless(reader, still->decoded || pipelines == 0);
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        if (!(pipelines & 1u << i))
            continue;
        still->pdq[i].present = true;
        still->pdq[i].quality = (uint8_t)codec_take_below(reader, 101);
        reader_copy(reader, still->pdq[i].hash[0], sizeof still->pdq[i].hash);
    }
    if (!(pipelines & TRIMMED_PIPELINES))
        return;
    still->trim_left = reader_u32le(reader);
    still->trim_top = reader_u32le(reader);
    still->trim_right = reader_u32le(reader);
    still->trim_bottom = reader_u32le(reader);
    codec_refuse_unless(reader, (uint64_t)still->trim_left + still->trim_right < still->width &&
                                    (uint64_t)still->trim_top + still->trim_bottom < still->height);
}

StillFacts *codec_take_still(Reader *reader)
{
    StillFacts *still = still_facts_new();
    unsigned flags = codec_take_flags(reader, STILL_DECODED | STILL_TABLES | STILL_EXIF);
    still->decoded = flags & STILL_DECODED;
    still->width = reader_u32le(reader);
    still->height = reader_u32le(reader);
    still->frames = reader_u32le(reader);
    codec_refuse_unless(reader,
                        still->width <= LIMIT_STILL_SIDE && still->height <= LIMIT_STILL_SIDE);
    codec_refuse_unless(reader, !still->decoded || (still->width > 0 && still->height > 0));

    take_hashes(reader, still);
    still->has_jpeg_tables = flags & STILL_TABLES;
    if (still->has_jpeg_tables)
        reader_copy(reader, still->jpeg_tables, sizeof still->jpeg_tables);
    if (flags & STILL_EXIF)
        take_exif(reader, &still->exif);
    return still;
}
