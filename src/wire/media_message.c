// SPDX-License-Identifier: Apache-2.0
//
// Layout, little-endian. A text is a 16-bit length (0xffff: absent) and that many bytes of plain
// text (model/plain_text.h). Booleans are bits of a flags byte; unknown bits are refused.
//
//   request  u8 'q', u64 item, u64 size_bytes, text media_type
//   reply    u8 'r', u64 item, u8 status, text reason, u8 flags (1 still, 2 thumbnail),
//            [still], [still], u16 count, count * (u8 type, u64 bytes, text detail)
//   still    u8 flags (1 decoded, 2 JPEG tables, 4 EXIF), u32 width, height, frames,
//            u8 pipelines present, for each: u8 quality, 8 * 32 bytes of hash
//            [u32 left, top, right, bottom  when a trimmed pipeline is present]
//            [32 bytes                      when there are JPEG tables]
//            [exif]
//   exif     u8 flags (1 GPS, 2 altitude), u8 orientation, 10 texts in the order of EXIF_TEXTS,
//            [f64 latitude, longitude], [f64 altitude]
//
// The encoder makes texts plain and short, so that whatever a library said can be sent; the decoder
// trusts nothing of that.
#include "wire/media_message.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/reader.h"
#include "model/plain_text.h"

#define REQUEST_MARK 'q'
#define REPLY_MARK 'r'
#define TEXT_ABSENT 0xffffu
#define MEDIA_TYPE_BYTES 128u

enum { REPLY_STILL = 1, REPLY_THUMBNAIL = 2 };
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

// Writing -----------------------------------------------------------------------------------------

static void put(GByteArray *message, uint64_t value, unsigned byte_count)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < byte_count; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    g_byte_array_append(message, bytes, byte_count);
}

static void put_double(GByteArray *message, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(message, bits, 8);
}

static void put_text(GByteArray *message, const char *text, size_t limit)
{
    if (text == NULL) {
        put(message, TEXT_ABSENT, 2);
        return;
    }
    g_autofree char *plain = plain_text_new(text, strlen(text), limit);
    size_t length = strlen(plain);
    put(message, length, 2);
    g_byte_array_append(message, (const uint8_t *)plain, (unsigned)length);
}

static void put_exif(GByteArray *message, const ExifFacts *exif)
{
    put(message, (exif->has_gps ? EXIF_GPS : 0u) | (exif->has_gps_altitude ? EXIF_ALTITUDE : 0u),
        1);
    put(message, exif->orientation, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(EXIF_TEXTS); i++)
        put_text(message, *exif_text(exif, i), LIMIT_EXIF_TEXT);
    if (exif->has_gps) {
        put_double(message, exif->gps_latitude);
        put_double(message, exif->gps_longitude);
    }
    if (exif->has_gps_altitude)
        put_double(message, exif->gps_altitude_metres);
}

static unsigned present_pipelines(const StillFacts *still)
{
    unsigned present = 0;
    for (unsigned i = 0; i < PIPELINE_COUNT; i++)
        present |= still->pdq[i].present ? 1u << i : 0;
    return present;
}

static void put_still(GByteArray *message, const StillFacts *still)
{
    put(message,
        (still->decoded ? STILL_DECODED : 0u) | (still->has_jpeg_tables ? STILL_TABLES : 0u) |
            (still->exif.present ? STILL_EXIF : 0u),
        1);
    put(message, still->width, 4);
    put(message, still->height, 4);
    put(message, still->frames, 4);

    unsigned pipelines = present_pipelines(still);
    put(message, pipelines, 1);
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        if (!still->pdq[i].present)
            continue;
        put(message, still->pdq[i].quality, 1);
        g_byte_array_append(message, still->pdq[i].hash[0], sizeof still->pdq[i].hash);
    }
    if (pipelines & TRIMMED_PIPELINES) {
        put(message, still->trim_left, 4);
        put(message, still->trim_top, 4);
        put(message, still->trim_right, 4);
        put(message, still->trim_bottom, 4);
    }
    if (still->has_jpeg_tables)
        g_byte_array_append(message, still->jpeg_tables, sizeof still->jpeg_tables);
    if (still->exif.present)
        put_exif(message, &still->exif);
}

void media_request_encode(const MediaRequest *request, GByteArray *ret_message)
{
    put(ret_message, REQUEST_MARK, 1);
    put(ret_message, request->item, 8);
    put(ret_message, request->size_bytes, 8);
    put_text(ret_message, request->media_type, MEDIA_TYPE_BYTES);
}

void media_reply_encode(const MediaReply *reply, GByteArray *ret_message)
{
    put(ret_message, REPLY_MARK, 1);
    put(ret_message, reply->item, 8);
    put(ret_message, reply->status, 1);
    put_text(ret_message, reply->reason, LIMIT_REASON_BYTES);
    put(ret_message,
        (reply->still != NULL ? REPLY_STILL : 0u) |
            (reply->thumbnail != NULL ? REPLY_THUMBNAIL : 0u),
        1);
    if (reply->still != NULL)
        put_still(ret_message, reply->still);
    if (reply->thumbnail != NULL)
        put_still(ret_message, reply->thumbnail);

    unsigned count = MIN(reply->findings->len, LIMIT_ITEM_FINDINGS);
    put(ret_message, count, 2);
    for (unsigned i = 0; i < count; i++) {
        const Finding *finding = reply->findings->pdata[i];
        put(ret_message, finding->type, 1);
        put(ret_message, finding->bytes, 8);
        put_text(ret_message, finding->detail, LIMIT_REASON_BYTES);
    }
}

// Reading -----------------------------------------------------------------------------------------
// A rule that is broken turns the reader `failed`, as a read past the end does.

static void refuse_unless(Reader *reader, bool rule)
{
    if (!rule)
        reader->failed = true;
}

static unsigned take_flags(Reader *reader, unsigned known)
{
    unsigned flags = reader_u8(reader);
    refuse_unless(reader, (flags & ~known) == 0);
    return flags & known;
}

static unsigned take_below(Reader *reader, unsigned limit)
{
    unsigned value = reader_u8(reader);
    refuse_unless(reader, value < limit);
    return value < limit ? value : 0;
}

static double take_double(Reader *reader, double magnitude)
{
    uint64_t bits = reader_u64le(reader);
    double value;
    memcpy(&value, &bits, sizeof value);
    bool fits = isfinite(value) && fabs(value) <= magnitude;
    refuse_unless(reader, fits);
    return fits ? value : 0;
}

// Newly allocated, or NULL when absent (or failed).
static char *take_text(Reader *reader, size_t limit)
{
    size_t length = reader_u16le(reader);
    if (length == TEXT_ABSENT || reader->failed)
        return NULL;
    refuse_unless(reader, length <= limit);
    const char *text = (const char *)reader_bytes(reader, length);
    if (text == NULL)
        return NULL;
    refuse_unless(reader, plain_text_is(text, length));
    return reader->failed ? NULL : g_strndup(text, length);
}

static void take_exif(Reader *reader, ExifFacts *exif)
{
    unsigned flags = take_flags(reader, EXIF_GPS | EXIF_ALTITUDE);
    exif->present = true;
    exif->orientation = take_below(reader, 9);
    for (size_t i = 0; i < G_N_ELEMENTS(EXIF_TEXTS); i++)
        *exif_text(exif, i) = take_text(reader, LIMIT_EXIF_TEXT);
    exif->has_gps = flags & EXIF_GPS;
    if (exif->has_gps) {
        exif->gps_latitude = take_double(reader, 90);
        exif->gps_longitude = take_double(reader, 180);
    }
    exif->has_gps_altitude = flags & EXIF_ALTITUDE;
    if (exif->has_gps_altitude)
        exif->gps_altitude_metres = take_double(reader, 1e9);
}

static void take_hashes(Reader *reader, StillFacts *still)
{
    unsigned pipelines = take_flags(reader, (1u << PIPELINE_COUNT) - 1);
    refuse_unless(reader, still->decoded || pipelines == 0);
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        if (!(pipelines & 1u << i))
            continue;
        still->pdq[i].present = true;
        still->pdq[i].quality = (uint8_t)take_below(reader, 101);
        reader_copy(reader, still->pdq[i].hash[0], sizeof still->pdq[i].hash);
    }
    if (!(pipelines & TRIMMED_PIPELINES))
        return;
    still->trim_left = reader_u32le(reader);
    still->trim_top = reader_u32le(reader);
    still->trim_right = reader_u32le(reader);
    still->trim_bottom = reader_u32le(reader);
    refuse_unless(reader, (uint64_t)still->trim_left + still->trim_right < still->width &&
                              (uint64_t)still->trim_top + still->trim_bottom < still->height);
}

static StillFacts *take_still(Reader *reader)
{
    StillFacts *still = still_facts_new();
    unsigned flags = take_flags(reader, STILL_DECODED | STILL_TABLES | STILL_EXIF);
    still->decoded = flags & STILL_DECODED;
    still->width = reader_u32le(reader);
    still->height = reader_u32le(reader);
    still->frames = reader_u32le(reader);
    refuse_unless(reader, still->width <= LIMIT_STILL_SIDE && still->height <= LIMIT_STILL_SIDE);
    refuse_unless(reader, !still->decoded || (still->width > 0 && still->height > 0));

    take_hashes(reader, still);
    still->has_jpeg_tables = flags & STILL_TABLES;
    if (still->has_jpeg_tables)
        reader_copy(reader, still->jpeg_tables, sizeof still->jpeg_tables);
    if (flags & STILL_EXIF)
        take_exif(reader, &still->exif);
    return still;
}

static GPtrArray *take_findings(Reader *reader)
{
    GPtrArray *findings = findings_new();
    unsigned count = reader_u16le(reader);
    refuse_unless(reader, count <= LIMIT_ITEM_FINDINGS);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        FindingType type = take_below(reader, FINDING_TYPE_COUNT);
        uint64_t bytes = reader_u64le(reader);
        g_autofree char *detail = take_text(reader, LIMIT_REASON_BYTES);
        findings_add(findings, type, bytes, detail);
    }
    return findings;
}

static bool is_whole(const Reader *reader)
{
    return !reader->failed && reader_remaining(reader) == 0;
}

bool media_request_decode(const uint8_t *message, size_t size_bytes, MediaRequest *ret_request,
                          char **ret_media_type)
{
    Reader reader = reader_init(message, size_bytes);
    refuse_unless(&reader, reader_u8(&reader) == REQUEST_MARK);
    MediaRequest request = {.item = reader_u64le(&reader), .size_bytes = reader_u64le(&reader)};
    g_autofree char *media_type = take_text(&reader, MEDIA_TYPE_BYTES);
    if (!is_whole(&reader) || media_type == NULL)
        return false;

    request.media_type = media_type;
    *ret_request = request;
    *ret_media_type = g_steal_pointer(&media_type);
    return true;
}

bool media_reply_decode(const uint8_t *message, size_t size_bytes, MediaReply *ret_reply)
{
    Reader reader = reader_init(message, size_bytes);
    refuse_unless(&reader, reader_u8(&reader) == REPLY_MARK);
    MediaReply reply = {.item = reader_u64le(&reader)};
    reply.status = take_below(&reader, STATUS_COUNT);
    reply.reason = take_text(&reader, LIMIT_REASON_BYTES);
    refuse_unless(&reader, (reply.status == STATUS_OK) == (reply.reason == NULL));

    unsigned flags = take_flags(&reader, REPLY_STILL | REPLY_THUMBNAIL);
    reply.still = flags & REPLY_STILL ? take_still(&reader) : NULL;
    reply.thumbnail = flags & REPLY_THUMBNAIL ? take_still(&reader) : NULL;
    reply.findings = take_findings(&reader);
    if (!is_whole(&reader)) {
        media_reply_clear(&reply);
        return false;
    }
    *ret_reply = reply;
    return true;
}

void media_reply_clear(MediaReply *reply)
{
    g_free(reply->reason);
    still_facts_free(reply->still);
    still_facts_free(reply->thumbnail);
    if (reply->findings != NULL)
        g_ptr_array_unref(reply->findings);
    *reply = (MediaReply){0};
}
