// SPDX-License-Identifier: Apache-2.0
#include "api/record_body.h"

#include <string.h>

#include "api/record_time.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "model/locator.h"
#include "model/path_text.h"
#include "model/plain_text.h"
#include "sniff/sniff.h"
#include "store/frame_pack.h"
#include "store/media_hashes.h"
#include "store/media_rows.h"

#define LAYER_MARK " > "
#define QUALITY_MAX 100
#define DEGREES_LATITUDE 90.0
#define DEGREES_LONGITUDE 180.0
#define NUMBER_MAX 1e15 // of what is measured: metres, seconds, frames a second
#define FRAME_RATE_MAX 1e6
#define EXIF_ORIENTATION_MAX 8
#define ROTATION_MAX 359
#define STILL_FRAMES_MAX UINT32_MAX

void record_body_free(RecordBody *body)
{
    if (body == NULL)
        return;
    record_free(body->record);
    video_frames_free(body->frames);
    g_free(body->preview_reason);
    g_free(body);
}

// ---- Values -----------------------------------------------------------------------------------

// A text of the media's own or about it, without characters that act; NULL when absent.
static char *read_plain(ApiObject *in, const char *member, size_t max_bytes)
{
    const char *text = api_object_text_or(in, member, 0, max_bytes, NULL);
    if (text != NULL && !plain_text_is(text, strlen(text)))
        api_object_refuse(in, member, "has characters that hide or turn the text around them");
    return g_strdup(text);
}

static uint32_t read_pixels(ApiObject *in, const char *member)
{
    return (uint32_t)api_object_int_or(in, member, 0, UINT32_MAX, 0);
}

static uint64_t read_count(ApiObject *in, const char *member)
{
    return (uint64_t)api_object_int_or(in, member, 0, INT64_MAX, 0);
}

static double read_real(ApiObject *in, const char *member, double max)
{
    return api_object_any(in, member) != NULL ? api_object_real(in, member, -max, max) : 0;
}

// The names of an enumeration as choices.
typedef const char *(*NameOf)(unsigned value);

static unsigned read_name(ApiObject *in, const char *member, NameOf name_of, unsigned count)
{
    g_autofree const char **names = g_new0(const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        names[i] = name_of(i);
    return api_object_choice(in, member, names);
}

static const char *name_of_status(unsigned value)
{
    return status_name((Status)value);
}

static const char *name_of_finding(unsigned value)
{
    return finding_type_name((FindingType)value);
}

static const char *name_of_identifier(unsigned value)
{
    return identifier_kind_name((IdentifierKind)value);
}

static const char *name_of_pipeline(unsigned value)
{
    return frame_pipeline_name((FramePipeline)value);
}

static const char *name_of_sampling(unsigned value)
{
    return frame_sampling_name((FrameSampling)value);
}

// ---- Where it is ------------------------------------------------------------------------------

// Each layer must be what path_text_append makes of some name, so that no path looks like another.
static bool is_path(const char *path)
{
    g_auto(GStrv) layers = g_strsplit(path, LAYER_MARK, -1);
    for (char **layer = layers; *layer != NULL; layer++) {
        g_autofree char *name = path_text_decode(*layer);
        g_autofree char *again = name != NULL ? path_text_new(name) : NULL;
        if (again == NULL || !g_str_equal(again, *layer))
            return false;
    }
    return true;
}

static char *read_path(ApiObject *in)
{
    const char *path = api_object_text(in, "path", 1, LIMIT_RECORD_PATH);
    if (!is_path(path))
        api_object_refuse(in, "path",
                          "is not written as paths are: control characters, "
                          "backslashes and what hides text are escaped");
    return g_strdup(path);
}

static char *locator_text(ApiObject *in, const json_t *value)
{
    if (json_is_string(value))
        return g_strdup(api_object_text(in, "locator", 1, LIMIT_RECORD_PATH));
    char *dumped = json_dumps(value, JSON_COMPACT);
    char *text = g_strdup(dumped);
    free(dumped);
    return text;
}

static char *read_locator(ApiObject *in)
{
    const json_t *value = api_object_any(in, "locator");
    if (value == NULL)
        return NULL;
    g_autofree char *text =
        json_is_string(value) || json_is_array(value) ? locator_text(in, value) : NULL;
    g_auto(Locator) locator = {0};
    if (text != NULL && strlen(text) <= LIMIT_RECORD_PATH && g_str_has_prefix(text, "[{") &&
        locator_parse(text, &locator, NULL))
        return g_steal_pointer(&text);
    api_object_refuse(in, "locator", "is no array of layers");
    return NULL;
}

static char *read_item_id(ApiObject *in, const char *member)
{
    uint8_t key[ITEM_KEY_BYTES];
    return api_object_hex_or_none(in, member, key, sizeof key) ? encoding_hex_new(key, sizeof key)
                                                               : NULL;
}

// ---- What it is -------------------------------------------------------------------------------

static const char *read_media_type(ApiObject *in)
{
    const char *text = api_object_text_or(in, "media_type", 1, LIMIT_RECORD_TEXT, NULL);
    if (text == NULL)
        return NULL;
    const SniffType *type = sniff_by_media_type(text);
    if (type == NULL)
        api_object_refuse(in, "media_type", "is no type that is told apart here");
    return type != NULL ? type->media_type : NULL;
}

static void read_digests(ApiObject *in, Record *record)
{
    bool md5 = api_object_hex_or_none(in, "md5", record->digests.md5, MD5_BYTES);
    bool sha1 = api_object_hex_or_none(in, "sha1", record->digests.sha1, SHA1_BYTES);
    bool sha256 = api_object_hex_or_none(in, "sha256", record->digests.sha256, SHA256_BYTES);
    record->has_digests = md5 && sha1 && sha256;
    if (!record->has_digests && (md5 || sha1 || sha256))
        api_object_refuse(in, "sha256", "md5, sha1 and sha256 come together or not at all");
}

static void read_findings(ApiObject *in, Record *record)
{
    ApiArray *array = api_object_array_or_empty(in, "findings", LIMIT_ITEM_FINDINGS);
    for (size_t i = 0; i < api_array_size(array); i++) {
        ApiObject *one = api_array_object(array, i);
        FindingType type = (FindingType)read_name(one, "type", name_of_finding, FINDING_TYPE_COUNT);
        g_autofree char *detail = read_plain(one, "detail", LIMIT_RECORD_TEXT);
        findings_add(record->findings, type, read_count(one, "bytes"), detail);
    }
}

static void read_identifiers(ApiObject *in, Record *record)
{
    ApiArray *array = api_object_array_or_empty(in, "identifiers", LIMIT_ITEM_IDENTIFIERS);
    for (size_t i = 0; i < api_array_size(array); i++) {
        ApiObject *one = api_array_object(array, i);
        unsigned kind = read_name(one, "kind", name_of_identifier, IDENTIFIER_COUNT);
        g_autofree char *value = read_plain(one, "value", LIMIT_RECORD_TEXT);
        if (value == NULL || *value == '\0')
            api_object_refuse(one, "value", "is missing");
        else
            identifiers_add(record->identifiers, (IdentifierKind)kind, value);
    }
}

static void read_time(ApiObject *in, const char *member, ItemTime *ret_time)
{
    const char *text = api_object_text_or(in, member, 1, LIMIT_CASE_TEXT, NULL);
    if (text != NULL && !record_time_read(text, ret_time))
        api_object_refuse(in, member, "is no time such as 2026-01-31T23:59:59Z");
}

static void read_times(ApiObject *in, Record *record)
{
    ApiObject *times = api_object_child_or_null(in, "times");
    if (times == NULL)
        return;
    read_time(times, "modified", &record->times.modified);
    read_time(times, "accessed", &record->times.accessed);
    read_time(times, "changed", &record->times.changed);
    read_time(times, "created", &record->times.created);
}

// ---- Pictures ---------------------------------------------------------------------------------

static void pass_pdq(ApiObject *in)
{
    static const char *const hashes[] = {"pdq_512", "pdq_full"};
    static const char *const qualities[] = {"pdq_512_quality", "pdq_full_quality"};
    uint8_t hash[PDQ_BYTES];
    for (size_t i = 0; i < G_N_ELEMENTS(hashes); i++) {
        api_object_hex_or_none(in, hashes[i], hash, sizeof hash);
        api_object_int_or(in, qualities[i], 0, QUALITY_MAX, 0);
    }
}

static void read_gps(ApiObject *in, ExifFacts *exif)
{
    ApiObject *gps = api_object_child_or_null(in, "gps");
    if (gps == NULL)
        return;
    exif->has_gps = api_object_has(gps, "latitude") || api_object_has(gps, "longitude");
    if (exif->has_gps) {
        exif->gps_latitude = api_object_real(gps, "latitude", -DEGREES_LATITUDE, DEGREES_LATITUDE);
        exif->gps_longitude =
            api_object_real(gps, "longitude", -DEGREES_LONGITUDE, DEGREES_LONGITUDE);
    }
    exif->has_gps_altitude = api_object_has(gps, "altitude_metres");
    exif->gps_altitude_metres = read_real(gps, "altitude_metres", NUMBER_MAX);
    exif->gps_time = read_plain(gps, "time", LIMIT_EXIF_TEXT);
}

static void read_exif(ApiObject *in, ExifFacts *exif)
{
    ApiObject *object = api_object_child_or_null(in, "exif");
    exif->present = object != NULL;
    if (object == NULL)
        return;
    exif->make = read_plain(object, "make", LIMIT_EXIF_TEXT);
    exif->model = read_plain(object, "model", LIMIT_EXIF_TEXT);
    exif->software = read_plain(object, "software", LIMIT_EXIF_TEXT);
    exif->body_serial = read_plain(object, "body_serial", LIMIT_EXIF_TEXT);
    exif->lens_serial = read_plain(object, "lens_serial", LIMIT_EXIF_TEXT);
    exif->lens_model = read_plain(object, "lens_model", LIMIT_EXIF_TEXT);
    exif->taken = read_plain(object, "taken", LIMIT_EXIF_TEXT);
    exif->digitized = read_plain(object, "digitized", LIMIT_EXIF_TEXT);
    exif->modified = read_plain(object, "modified", LIMIT_EXIF_TEXT);
    exif->orientation =
        (unsigned)api_object_int_or(object, "orientation", 0, EXIF_ORIENTATION_MAX, 0);
    read_gps(object, exif);
}

static void read_trimmed(ApiObject *in, StillFacts *still)
{
    ApiObject *trimmed = api_object_child_or_null(in, "trimmed");
    if (trimmed == NULL)
        return;
    still->trim_left = read_pixels(trimmed, "left");
    still->trim_top = read_pixels(trimmed, "top");
    still->trim_right = read_pixels(trimmed, "right");
    still->trim_bottom = read_pixels(trimmed, "bottom");
    pass_pdq(trimmed);
}

// The picture keys, which stand in the record itself and in "thumbnail"; NULL: no picture.
static StillFacts *read_still(ApiObject *in, const PdqFacts pdq[PIPELINE_COUNT])
{
    StillFacts *still = still_facts_new();
    bool has_size = api_object_has(in, "width") && api_object_has(in, "height");
    still->width = read_pixels(in, "width");
    still->height = read_pixels(in, "height");
    still->frames = (uint32_t)api_object_int_or(in, "frames", 1, STILL_FRAMES_MAX, 1);
    pass_pdq(in);
    read_trimmed(in, still);
    read_exif(in, &still->exif);
    still->has_jpeg_tables =
        api_object_hex_or_none(in, "jpeg_tables", still->jpeg_tables, SHA256_BYTES);
    memcpy(still->pdq, pdq, sizeof still->pdq);
    for (unsigned p = 0; p < PIPELINE_COUNT; p++)
        still->decoded |= pdq[p].present;
    if (has_size)
        return still;
    if (still->decoded)
        api_object_refuse(in, "width", "is missing, though there are hashes of the picture");
    still_facts_free(still);
    return NULL;
}

static void read_pictures(ApiObject *in, Record *record)
{
    PdqFacts still[PIPELINE_COUNT] = {0}, thumbnail[PIPELINE_COUNT] = {0};
    if (api_object_any(in, "hashes") != NULL) {
        GBytes *packed = api_object_base64(in, "hashes", MEDIA_HASHES_MAX);
        size_t size_bytes = 0;
        const uint8_t *bytes = packed != NULL ? g_bytes_get_data(packed, &size_bytes) : NULL;
        if (bytes != NULL && !media_hashes_unpack(bytes, size_bytes, still, thumbnail))
            api_object_refuse(in, "hashes", "are not packed hashes");
        for (unsigned p = 0; p < PIPELINE_COUNT; p++)
            if (still[p].quality > QUALITY_MAX || thumbnail[p].quality > QUALITY_MAX)
                api_object_refuse(in, "hashes", "have a quality above %d", QUALITY_MAX);
    }
    record->still = read_still(in, still);
    ApiObject *inner = api_object_child_or_null(in, "thumbnail");
    if (inner != NULL)
        record->thumbnail = read_still(inner, thumbnail);
}

// ---- Videos -----------------------------------------------------------------------------------

static void read_video_place(ApiObject *in, VideoFacts *video)
{
    ApiObject *location = api_object_child_or_null(in, "location");
    video->has_location = location != NULL;
    if (location == NULL)
        return;
    video->latitude = api_object_real(location, "latitude", -DEGREES_LATITUDE, DEGREES_LATITUDE);
    video->longitude =
        api_object_real(location, "longitude", -DEGREES_LONGITUDE, DEGREES_LONGITUDE);
}

static void read_video_trim(ApiObject *in, VideoFacts *video)
{
    ApiObject *trimmed = api_object_child_or_null(in, "trimmed_pixels");
    if (trimmed == NULL)
        return;
    video->trim_left = read_pixels(trimmed, "left");
    video->trim_top = read_pixels(trimmed, "top");
    video->trim_right = read_pixels(trimmed, "right");
    video->trim_bottom = read_pixels(trimmed, "bottom");
}

// Seconds and the like are never below zero.
static double read_measure(ApiObject *in, const char *member, double max)
{
    double number = read_real(in, member, max);
    if (number < 0)
        api_object_refuse(in, member, "must not be below 0");
    return number;
}

static VideoFacts *read_video(ApiObject *in)
{
    ApiObject *object = api_object_child_or_null(in, "video");
    if (object == NULL)
        return NULL;
    VideoFacts *video = video_facts_new();
    video->width = read_pixels(object, "width");
    video->height = read_pixels(object, "height");
    video->container = read_plain(object, "container", LIMIT_VIDEO_TEXT);
    video->codec = read_plain(object, "codec", LIMIT_VIDEO_TEXT);
    video->frame_rate = read_measure(object, "frame_rate", FRAME_RATE_MAX);
    video->duration_seconds = read_measure(object, "duration_seconds", NUMBER_MAX);
    video->rotation = (unsigned)api_object_int_or(object, "rotation", 0, ROTATION_MAX, 0);
    video->choice = (FrameChoice){
        .pipeline =
            (FramePipeline)read_name(object, "pipeline", name_of_pipeline, FRAMES_PIPELINE_COUNT),
        .sampling = (FrameSampling)read_name(object, "sampling", name_of_sampling, SAMPLING_COUNT),
        .per_second = read_measure(object, "per_second", FRAME_RATE_MAX)};
    video->frames_seen = read_count(object, "frames_seen");
    video->frames_hashed = read_count(object, "frames_hashed");
    video->seconds_seen = read_measure(object, "seconds_seen", NUMBER_MAX);
    video->damaged = read_count(object, "damaged");
    video->is_truncated = api_object_bool_or(object, "truncated", false);
    video->other_streams = read_pixels(object, "other_streams");
    video->created = read_plain(object, "created", LIMIT_VIDEO_TEXT);
    video->make = read_plain(object, "make", LIMIT_VIDEO_TEXT);
    video->model = read_plain(object, "model", LIMIT_VIDEO_TEXT);
    video->software = read_plain(object, "software", LIMIT_VIDEO_TEXT);
    read_video_trim(object, video);
    read_video_place(object, video);
    return video;
}

// Frames in order of time, each of them possible; NULL when they are not.
static GArray *unpack_frames(GBytes *packed)
{
    size_t size_bytes;
    const uint8_t *bytes = g_bytes_get_data(packed, &size_bytes);
    if (size_bytes % FRAME_PACKED_BYTES != 0)
        return NULL;
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    const FrameHash *last = NULL;
    for (size_t at = 0; at < size_bytes; at += FRAME_PACKED_BYTES) {
        const FrameHash frame = frame_unpack(bytes + at);
        bool is_later = last == NULL ||
                        (frame.number > last->number && frame.milliseconds >= last->milliseconds);
        if (!is_later || frame.quality > QUALITY_MAX)
            return NULL;
        g_array_append_val(frames, frame);
        last = &g_array_index(frames, FrameHash, frames->len - 1);
    }
    return g_steal_pointer(&frames);
}

static bool are_same_frames(const GArray *a, const GArray *b)
{
    if (a->len != b->len)
        return false;
    for (unsigned i = 0; i < a->len; i++)
        if (g_array_index(a, FrameHash, i).number != g_array_index(b, FrameHash, i).number)
            return false;
    return true;
}

static void read_variant(ApiObject *in, VideoFrames *frames)
{
    unsigned variant = (unsigned)api_object_int(in, "variant", 0, FRAME_VARIANT_COUNT - 1);
    GBytes *packed =
        api_object_base64(in, "frames", (size_t)LIMIT_RECORD_FRAMES * FRAME_PACKED_BYTES);
    if (packed == NULL)
        return;
    if (frames->variants[variant] != NULL || (variant != 0 && frames->variants[0] == NULL)) {
        api_object_refuse(in, "variant", "comes once, and 0 before all others");
        return;
    }
    g_autoptr(GArray) read = unpack_frames(packed);
    if (read == NULL || (variant != 0 && !are_same_frames(read, frames->variants[0])))
        api_object_refuse(in, "frames", "are not packed frames in order, the same in all variants");
    else
        frames->variants[variant] = g_steal_pointer(&read);
}

static VideoFrames *read_frames(ApiObject *in)
{
    ApiObject *object = api_object_child_or_null(in, "frames_packed");
    if (object == NULL)
        return NULL;
    VideoFrames *frames = video_frames_new(
        (FramePipeline)read_name(object, "pipeline", name_of_pipeline, FRAMES_PIPELINE_COUNT));
    ApiArray *variants = api_object_array(object, "variants", 1, FRAME_VARIANT_COUNT);
    for (size_t i = 0; i < api_array_size(variants); i++)
        read_variant(api_array_object(variants, i), frames);
    return frames;
}

// ---- The whole --------------------------------------------------------------------------------

static void read_identity(ApiObject *in, Record *record)
{
    record->path = read_path(in);
    record->locator = read_locator(in);
    record->item_id = read_item_id(in, "item_id");
    if (record->item_id == NULL)
        api_object_refuse(in, "item_id", "is missing");
    record->parent_id = read_item_id(in, "parent_id");
    g_free(read_item_id(in, "same_as"));
    record->has_size = api_object_has(in, "size_bytes");
    record->size_bytes = read_count(in, "size_bytes");
    record->media_type = read_media_type(in);
    record->status = (Status)read_name(in, "status", name_of_status, STATUS_COUNT);
    record->reason = read_plain(in, "reason", LIMIT_RECORD_TEXT);
    record->not_examined_bytes = read_count(in, "not_examined_bytes");
    record->verified = api_object_bool_or(in, "verified", false);
}

static bool is_media_type(const char *media_type)
{
    const SniffType *type = media_type != NULL ? sniff_by_media_type(media_type) : NULL;
    return type != NULL && (type->family == FAMILY_STILL || type->family == FAMILY_VIDEO);
}

RecordBody *record_body_new(ApiObject *in)
{
    RecordBody *body = g_new0(RecordBody, 1);
    Record *record = body->record = record_new();
    read_identity(in, record);
    read_digests(in, record);
    read_findings(in, record);
    read_identifiers(in, record);
    read_times(in, record);
    read_pictures(in, record);
    record->video = read_video(in);
    body->frames = read_frames(in);
    body->is_media = api_object_bool(in, "is_media");
    if (body->is_media != is_media_type(record->media_type))
        api_object_refuse(in, "is_media", "does not fit the media_type");
    body->preview_reason = read_plain(in, "preview_reason", LIMIT_REASON_BYTES);
    return body;
}
