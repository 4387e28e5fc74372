// SPDX-License-Identifier: Apache-2.0
//
// One record in the file: a u32 length, then the digests, size and times as they stand in memory
// (the file never outlives the process), the texts with u32 lengths, and what decoding showed in
// the form in which the worker sent it (wire/media_message.h).
#include "apps/clew/media_spool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/reader.h"
#include "wire/media_message.h"

typedef struct {
    uint8_t md5[MD5_BYTES];
    uint64_t offset;
    GArray *matches; // owned; NULL when there are none
} Place;

struct MediaSpool {
    FILE *file;
    GArray *places; // of Place
    GByteArray *bytes;
};

static void place_clear(void *pointer)
{
    Place *place = pointer;
    if (place->matches != NULL)
        g_array_unref(place->matches);
}

MediaSpool *media_spool_new(GError **err)
{
    FILE *file = tmpfile();
    if (file == NULL) {
        clew_error_set_errno(err, errno, "cannot make a temporary file for the case document");
        return NULL;
    }
    MediaSpool *spool = g_new0(MediaSpool, 1);
    spool->file = file;
    spool->places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_array_set_clear_func(spool->places, place_clear);
    spool->bytes = g_byte_array_new();
    return spool;
}

void media_spool_free(MediaSpool *spool)
{
    if (spool == NULL)
        return;
    fclose(spool->file);
    g_array_unref(spool->places);
    g_byte_array_unref(spool->bytes);
    g_free(spool);
}

static void put(GByteArray *bytes, const void *data, size_t size_bytes)
{
    g_byte_array_append(bytes, data, (guint)size_bytes);
}

static void put_text(GByteArray *bytes, const char *text)
{
    uint32_t length = text != NULL ? (uint32_t)strlen(text) : 0;
    put(bytes, &length, sizeof length);
    put(bytes, text, length);
}

static void encode(const Record *record, GByteArray *bytes)
{
    g_byte_array_set_size(bytes, 0);
    put(bytes, &record->digests, sizeof record->digests);
    put(bytes, &record->size_bytes, sizeof record->size_bytes);
    put(bytes, &record->times, sizeof record->times);
    put_text(bytes, record->path);
    put_text(bytes, record->item_id);
    put_text(bytes, record->media_type);
    MediaReply facts = {.status = record->status,
                        .reason = record->reason,
                        .still = record->still,
                        .video = record->video,
                        .findings = findings_new()};
    g_autoptr(GByteArray) message = g_byte_array_new();
    media_reply_encode(&facts, message);
    g_ptr_array_unref(facts.findings);
    put(bytes, message->data, message->len);
}

static char *take_text(Reader *reader)
{
    uint32_t length;
    reader_copy(reader, &length, sizeof length);
    const uint8_t *text = reader_bytes(reader, length);
    return g_strndup(text != NULL ? (const char *)text : "", text != NULL ? length : 0);
}

// NULL when the file does not hold what was written.
static Record *decode(const GByteArray *bytes)
{
    g_autoptr(Record) record = record_new();
    Reader reader = reader_init(bytes->data, bytes->len);
    reader_copy(&reader, &record->digests, sizeof record->digests);
    reader_copy(&reader, &record->size_bytes, sizeof record->size_bytes);
    reader_copy(&reader, &record->times, sizeof record->times);
    record->has_digests = record->has_size = true;
    record->path = take_text(&reader);
    record->item_id = take_text(&reader);
    g_autofree char *media_type = take_text(&reader);
    record->media_type = g_intern_string(media_type);
    size_t rest = reader_remaining(&reader);
    MediaReply facts;
    if (reader.failed || !media_reply_decode(reader_bytes(&reader, rest), rest, &facts))
        return NULL;
    record->status = facts.status;
    record->reason = g_steal_pointer(&facts.reason);
    record->still = g_steal_pointer(&facts.still);
    record->video = g_steal_pointer(&facts.video);
    media_reply_clear(&facts);
    return g_steal_pointer(&record);
}

static bool file_error(GError **err)
{
    return clew_error_set_errno(err, errno, "cannot use the case document's temporary file");
}

bool media_spool_add(MediaSpool *spool, const Record *record, const GArray *matches, GError **err)
{
    g_assert(record->has_digests);
    Place place = {0};
    off_t offset = ftello(spool->file);
    if (offset < 0)
        return file_error(err);
    encode(record, spool->bytes);
    uint32_t length = spool->bytes->len;
    if (fwrite(&length, sizeof length, 1, spool->file) != 1 ||
        fwrite(spool->bytes->data, 1, length, spool->file) != length)
        return file_error(err);
    memcpy(place.md5, record->digests.md5, MD5_BYTES);
    place.offset = (uint64_t)offset;
    if (matches->len > 0) {
        place.matches = g_array_new(FALSE, FALSE, sizeof(Match));
        g_array_append_vals(place.matches, matches->data, matches->len);
    }
    g_array_append_val(spool->places, place);
    return true;
}

static int compare_places(const void *a, const void *b)
{
    const Place *x = a, *y = b;
    int order = memcmp(x->md5, y->md5, MD5_BYTES);
    return order != 0 ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static Record *read_at(MediaSpool *spool, uint64_t offset, GError **err)
{
    uint32_t length;
    if (fseeko(spool->file, (off_t)offset, SEEK_SET) != 0 ||
        fread(&length, sizeof length, 1, spool->file) != 1) {
        file_error(err);
        return NULL;
    }
    g_byte_array_set_size(spool->bytes, length);
    if (fread(spool->bytes->data, 1, length, spool->file) != length) {
        file_error(err);
        return NULL;
    }
    Record *record = decode(spool->bytes);
    if (record == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the case document's temporary file was damaged while it was used");
    return record;
}

bool media_spool_each(MediaSpool *spool, MediaSpoolItem item, void *user_data, GError **err)
{
    g_array_sort(spool->places, compare_places);
    const uint8_t *md5 = NULL;
    for (unsigned i = 0; i < spool->places->len; i++) {
        const Place *place = &g_array_index(spool->places, Place, i);
        g_autoptr(Record) record = read_at(spool, place->offset, err);
        bool is_first = md5 == NULL || memcmp(md5, place->md5, MD5_BYTES) != 0;
        md5 = place->md5;
        if (record == NULL || !item(user_data, record, place->matches, is_first, err))
            return false;
    }
    return true;
}
