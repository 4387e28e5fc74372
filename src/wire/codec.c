// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "model/plain_text.h"

// Lengths of texts are of 2 or 4 bytes; all bits set: the text is absent.
#define SHORT_LENGTH 2
#define LONG_LENGTH 4

#define NANOSECONDS_PER_SECOND 1000000000u

static uint64_t absent_length(unsigned length_bytes)
{
    return length_bytes == SHORT_LENGTH ? UINT16_MAX : UINT32_MAX;
}

// Writing -----------------------------------------------------------------------------------------

void codec_put(GByteArray *message, uint64_t value, unsigned byte_count)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < byte_count; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    g_byte_array_append(message, bytes, byte_count);
}

void codec_put_double(GByteArray *message, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    codec_put(message, bits, 8);
}

void codec_put_bytes(GByteArray *message, const void *bytes, size_t size_bytes)
{
    g_byte_array_append(message, bytes, (guint)size_bytes);
}

static void put_counted(GByteArray *message, const char *bytes, size_t size_bytes,
                        unsigned length_bytes)
{
    g_assert(size_bytes < absent_length(length_bytes));
    codec_put(message, size_bytes, length_bytes);
    codec_put_bytes(message, bytes, size_bytes);
}

static void put_text(GByteArray *message, const char *text, size_t limit, unsigned length_bytes)
{
    if (text == NULL) {
        codec_put(message, absent_length(length_bytes), length_bytes);
        return;
    }
    size_t length = strlen(text);
    if (length <= limit && plain_text_is(text, length)) {
        put_counted(message, text, length, length_bytes);
        return;
    }
    g_autofree char *plain = plain_text_new(text, length, limit);
    put_counted(message, plain, strlen(plain), length_bytes);
}

void codec_put_text(GByteArray *message, const char *text, size_t limit)
{
    put_text(message, text, limit, SHORT_LENGTH);
}

void codec_put_long_text(GByteArray *message, const char *text, size_t limit)
{
    put_text(message, text, limit, LONG_LENGTH);
}

void codec_put_name(GByteArray *message, const char *name, size_t limit)
{
    put_counted(message, name, strnlen(name, limit), SHORT_LENGTH);
}

void codec_put_long_name(GByteArray *message, const char *name, size_t limit)
{
    put_counted(message, name, strnlen(name, limit), LONG_LENGTH);
}

static void put_time(GByteArray *message, const ItemTime *time)
{
    codec_put(message, time->zone, 1);
    if (time->zone == ZONE_NONE)
        return;
    codec_put(message, (uint64_t)time->seconds, 8);
    codec_put(message, time->nanoseconds, 4);
}

void codec_put_times(GByteArray *message, const ItemTimes *times)
{
    put_time(message, &times->modified);
    put_time(message, &times->accessed);
    put_time(message, &times->changed);
    put_time(message, &times->created);
}

void codec_put_place(GByteArray *message, const Place *place)
{
    g_assert(place->depth <= LIMIT_EVIDENCE_DEPTH);
    codec_put(message, place->depth, 1);
    for (unsigned i = 0; i < place->depth; i++)
        codec_put(message, place->ordinal[i], 4);
}

void codec_put_digests(GByteArray *message, const Digests *digests)
{
    codec_put_bytes(message, digests->md5, MD5_BYTES);
    codec_put_bytes(message, digests->sha1, SHA1_BYTES);
    codec_put_bytes(message, digests->sha256, SHA256_BYTES);
}

void codec_put_findings(GByteArray *message, const GPtrArray *findings, unsigned limit)
{
    unsigned count = MIN(findings->len, limit);
    codec_put(message, count, 2);
    for (unsigned i = 0; i < count; i++) {
        const Finding *finding = findings->pdata[i];
        codec_put(message, finding->type, 1);
        codec_put(message, finding->bytes, 8);
        codec_put_text(message, finding->detail, LIMIT_REASON_BYTES);
    }
}

// Values that differ may be alike once they are plain and short.
static GPtrArray *plain_identifiers(const GPtrArray *identifiers)
{
    GPtrArray *plain = identifiers_new();
    for (unsigned i = 0; i < identifiers->len && plain->len < LIMIT_ITEM_IDENTIFIERS; i++) {
        const Identifier *identifier = identifiers->pdata[i];
        g_autofree char *value =
            plain_text_new(identifier->value, strlen(identifier->value), LIMIT_REASON_BYTES);
        if (value[0] != '\0')
            identifiers_add(plain, identifier->kind, value);
    }
    return plain;
}

void codec_put_identifiers(GByteArray *message, const GPtrArray *identifiers)
{
    g_autoptr(GPtrArray) plain = plain_identifiers(identifiers);
    codec_put(message, plain->len, 2);
    for (unsigned i = 0; i < plain->len; i++) {
        const Identifier *identifier = plain->pdata[i];
        codec_put(message, identifier->kind, 1);
        codec_put_text(message, identifier->value, LIMIT_REASON_BYTES);
    }
}

// Reading -----------------------------------------------------------------------------------------

void codec_refuse_unless(Reader *reader, bool rule)
{
    if (!rule)
        reader->failed = true;
}

bool codec_is_whole(const Reader *reader)
{
    return !reader->failed && reader_remaining(reader) == 0;
}

unsigned codec_take_flags(Reader *reader, unsigned known)
{
    unsigned flags = reader_u8(reader);
    codec_refuse_unless(reader, (flags & ~known) == 0);
    return flags & known;
}

unsigned codec_take_below(Reader *reader, unsigned limit)
{
    unsigned value = reader_u8(reader);
    codec_refuse_unless(reader, value < limit);
    return value < limit ? value : 0;
}

double codec_take_double(Reader *reader, double magnitude)
{
    uint64_t bits = reader_u64le(reader);
    double value;
    memcpy(&value, &bits, sizeof value);
    bool fits = isfinite(value) && fabs(value) <= magnitude;
    codec_refuse_unless(reader, fits);
    return fits ? value : 0;
}

// `length` bytes that obey the limit, or NULL.
static const char *take_counted(Reader *reader, size_t length, size_t limit)
{
    codec_refuse_unless(reader, length <= limit);
    return (const char *)reader_bytes(reader, length);
}

static char *take_text(Reader *reader, size_t length, size_t absent, size_t limit)
{
    if (length == absent || reader->failed)
        return NULL;
    const char *text = take_counted(reader, length, limit);
    if (text == NULL)
        return NULL;
    codec_refuse_unless(reader, plain_text_is(text, length));
    return reader->failed ? NULL : g_strndup(text, length);
}

char *codec_take_text(Reader *reader, size_t limit)
{
    return take_text(reader, reader_u16le(reader), absent_length(SHORT_LENGTH), limit);
}

char *codec_take_long_text(Reader *reader, size_t limit)
{
    return take_text(reader, reader_u32le(reader), absent_length(LONG_LENGTH), limit);
}

static char *take_name(Reader *reader, size_t length, size_t limit)
{
    const char *name = take_counted(reader, length, limit);
    if (name == NULL)
        return NULL;
    codec_refuse_unless(reader, memchr(name, '\0', length) == NULL);
    return reader->failed ? NULL : g_strndup(name, length);
}

char *codec_take_name(Reader *reader, size_t limit)
{
    return take_name(reader, reader_u16le(reader), limit);
}

char *codec_take_long_name(Reader *reader, size_t limit)
{
    return take_name(reader, reader_u32le(reader), limit);
}

static ItemTime take_time(Reader *reader)
{
    ItemTime time = {.zone = (Zone)codec_take_below(reader, ZONE_UNKNOWN + 1)};
    if (time.zone == ZONE_NONE)
        return time;
    time.seconds = (int64_t)reader_u64le(reader);
    time.nanoseconds = reader_u32le(reader);
    codec_refuse_unless(reader, time.nanoseconds < NANOSECONDS_PER_SECOND);
    return time;
}

ItemTimes codec_take_times(Reader *reader)
{
    ItemTimes times;
    times.modified = take_time(reader);
    times.accessed = take_time(reader);
    times.changed = take_time(reader);
    times.created = take_time(reader);
    return times;
}

Place codec_take_place(Reader *reader)
{
    Place place = {.depth = codec_take_below(reader, LIMIT_EVIDENCE_DEPTH + 1)};
    for (unsigned i = 0; i < place.depth; i++)
        place.ordinal[i] = reader_u32le(reader);
    return place;
}

Digests codec_take_digests(Reader *reader)
{
    Digests digests;
    reader_copy(reader, digests.md5, MD5_BYTES);
    reader_copy(reader, digests.sha1, SHA1_BYTES);
    reader_copy(reader, digests.sha256, SHA256_BYTES);
    return digests;
}

GPtrArray *codec_take_findings(Reader *reader, unsigned limit)
{
    GPtrArray *findings = findings_new();
    unsigned count = reader_u16le(reader);
    codec_refuse_unless(reader, count <= limit);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        FindingType type = codec_take_below(reader, FINDING_TYPE_COUNT);
        uint64_t bytes = reader_u64le(reader);
        g_autofree char *detail = codec_take_text(reader, LIMIT_REASON_BYTES);
        findings_add(findings, type, bytes, detail);
    }
    return findings;
}

GPtrArray *codec_take_identifiers(Reader *reader)
{
    GPtrArray *identifiers = identifiers_new();
    unsigned count = reader_u16le(reader);
    codec_refuse_unless(reader, count <= LIMIT_ITEM_IDENTIFIERS);
    for (unsigned i = 0; i < count && !reader->failed; i++) {
        IdentifierKind kind = codec_take_below(reader, IDENTIFIER_COUNT);
        g_autofree char *value = codec_take_text(reader, LIMIT_REASON_BYTES);
        codec_refuse_unless(reader, value != NULL && value[0] != '\0');
        if (value == NULL)
            continue;
        identifiers_add(identifiers, kind, value);
        codec_refuse_unless(reader, identifiers->len == i + 1); // none twice
    }
    return identifiers;
}
