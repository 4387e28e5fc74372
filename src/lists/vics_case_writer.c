// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_case_writer.h"

#include <string.h>

#include "base/encoding.h"
#include "base/json_writer.h"
#include "lists/list_date.h"
#include "lists/vics_json.h"

#define FLUSH_BYTES (64u << 10)

struct VicsCaseWriter {
    VicsCaseFacts facts;
    ListOutput output;
    GString *text;
    JsonWriter json;
    bool media_open;
    char md5[2 * MD5_BYTES + 1]; // of the open media
    uint64_t media, files, categorised;
};

static bool flush(VicsCaseWriter *writer, size_t threshold, GError **err)
{
    GString *text = writer->text;
    if (text->len < threshold)
        return true;
    bool ok = writer->output.write(writer->output.user_data, text->str, text->len, err);
    g_string_truncate(text, 0);
    return ok;
}

static void write_text(JsonWriter *json, const char *name, const char *value)
{
    if (value != NULL)
        json_write_member_string(json, name, value);
}

static const char *region_of(const char *scheme)
{
    return scheme == NULL                   ? "UNKNOWN"
           : strcmp(scheme, "vics-us") == 0 ? "US"
           : strcmp(scheme, "vics-uk") == 0 ? "UK"
                                            : "CUSTOM";
}

static void write_metadata(VicsCaseWriter *writer)
{
    JsonWriter *json = &writer->json;
    json_write_key(json, "CaseMetadata");
    json_write_begin_array(json);
    for (size_t i = 0; i < writer->facts.metadata_count; i++)
        vics_write_property(json, writer->facts.metadata[i].name, writer->facts.metadata[i].value);
    json_write_end_array(json);
}

static void write_head(VicsCaseWriter *writer)
{
    const VicsCaseFacts *facts = &writer->facts;
    JsonWriter *json = &writer->json;
    json_write_begin_object(json);
    vics_write_context(json, region_of(facts->scheme), "Cases");
    json_write_key(json, "value");
    json_write_begin_array(json);
    json_write_begin_object(json);
    json_write_member_string(json, "CaseID", facts->case_id);
    write_text(json, "CaseNumber", facts->case_number);
    write_text(json, "ContactOrganization", facts->contact_organization);
    write_text(json, "ContactName", facts->contact_name);
    write_text(json, "SourceApplicationName", facts->application_name);
    write_text(json, "SourceApplicationVersion", facts->application_version);
    if (facts->metadata_count > 0)
        write_metadata(writer);
    json_write_key(json, "Media");
    json_write_begin_array(json);
}

VicsCaseWriter *vics_case_writer_new(const VicsCaseFacts *facts, const ListOutput *output)
{
    VicsCaseWriter *writer = g_new0(VicsCaseWriter, 1);
    writer->facts = *facts;
    writer->output = *output;
    writer->text = g_string_sized_new(FLUSH_BYTES + (16u << 10));
    json_writer_init(&writer->json, writer->text);
    write_head(writer);
    return writer;
}

static void upper_hex(const uint8_t *bytes, size_t size_bytes, char *ret_text)
{
    encoding_to_hex(bytes, size_bytes, ret_text);
    for (char *at = ret_text; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
}

static void write_alternative_hex(JsonWriter *json, const char *name, const uint8_t *bytes,
                                  size_t size_bytes)
{
    g_autofree char *hex = encoding_hex_new(bytes, size_bytes);
    vics_write_alternative_hash(json, name, hex);
}

// Names are the key within one media, and the pipelines disagree: "PDQ" is what exchanges use.
static void write_alternative_hashes(JsonWriter *json, const Record *record)
{
    json_write_key(json, "AlternativeHashes");
    json_write_begin_array(json);
    write_alternative_hex(json, "SHA256", record->digests.sha256, SHA256_BYTES);
    if (record->still != NULL && record->still->pdq[PIPELINE_FULL].present)
        write_alternative_hex(json, "PDQ", record->still->pdq[PIPELINE_FULL].hash[0], PDQ_BYTES);
    if (record->still != NULL && record->still->pdq[PIPELINE_512].present)
        write_alternative_hex(json, "PDQ_512", record->still->pdq[PIPELINE_512].hash[0], PDQ_BYTES);
    json_write_end_array(json);
}

static void write_exif(JsonWriter *json, const ExifFacts *exif)
{
    const VicsProperty properties[] = {
        {"Make", exif->make},
        {"Model", exif->model},
        {"Software", exif->software},
        {"BodySerialNumber", exif->body_serial},
        {"LensModel", exif->lens_model},
        {"LensSerialNumber", exif->lens_serial},
        {"DateTimeOriginal", exif->taken},
        {"DateTimeDigitized", exif->digitized},
        {"DateTime", exif->modified},
    };
    char latitude[G_ASCII_DTOSTR_BUF_SIZE], longitude[G_ASCII_DTOSTR_BUF_SIZE];
    json_write_key(json, "Exifs");
    json_write_begin_array(json);
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
        vics_write_property(json, properties[i].name, properties[i].value);
    if (exif->has_gps) {
        g_ascii_formatd(latitude, sizeof latitude, "%.7f", exif->gps_latitude);
        g_ascii_formatd(longitude, sizeof longitude, "%.7f", exif->gps_longitude);
        vics_write_property(json, "GPSLatitude", latitude);
        vics_write_property(json, "GPSLongitude", longitude);
    }
    json_write_end_array(json);
}

static const char *match_pipeline(const Match *match)
{
    if (match->video != NULL && match->video->item_is_video)
        return frame_pipeline_name(match->video->pipeline);
    return match->pipeline < PIPELINE_COUNT ? pipeline_name(match->pipeline) : "bare hash";
}

// In seconds: "12.0-47.0 is 185.0-220.0 of the entry".
static void append_pieces(GString *text, const MatchVideo *video)
{
    for (unsigned i = 0; i < video->piece_count; i++) {
        const MatchPiece *piece = &video->pieces[i];
        g_string_append(text, i == 0 ? "; pieces " : ", ");
        if (video->item_is_video)
            g_string_append_printf(text, "%.1f-%.1f", piece->from, piece->to);
        if (video->entry_is_video)
            g_string_append_printf(text, "%s%.1f-%.1f of the entry",
                                   video->item_is_video ? " is " : "", piece->their_from,
                                   piece->their_to);
    }
}

static char *match_how(const Match *match)
{
    if (match->type == MATCH_EXACT)
        return g_strdup(match->weak_digest ? "exact, weak digest" : "exact");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "near, distance %u, %s, %s", match->distance,
                           match_pipeline(match), orientation_name(match->orientation));
    if (match->video != NULL)
        append_pieces(text, match->video);
    return g_string_free(text, FALSE);
}

static void write_match(JsonWriter *json, size_t number, const Match *match)
{
    g_autofree char *name = g_strdup_printf("ClewMatch%zu", number);
    g_autofree char *how = match_how(match);
    g_autofree char *value =
        g_strdup_printf("%s; set %s; entry e%" G_GUINT64_FORMAT "%s%s", how, match->set_name,
                        match->entry, match->category != NULL ? "; category " : "",
                        match->category != NULL ? match->category : "");
    vics_write_property(json, name, value);
}

static void write_size(JsonWriter *json, uint32_t width, uint32_t height)
{
    g_autofree char *width_text = g_strdup_printf("%u", width);
    g_autofree char *height_text = g_strdup_printf("%u", height);
    vics_write_property(json, "Width", width_text);
    vics_write_property(json, "Height", height_text);
}

static void write_video(JsonWriter *json, const VideoFacts *video)
{
    char duration[G_ASCII_DTOSTR_BUF_SIZE], rate[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(duration, sizeof duration, "%.3f", video->duration_seconds);
    g_ascii_formatd(rate, sizeof rate, "%.3f", video->frame_rate);
    vics_write_property(json, "Duration", duration);
    vics_write_property(json, "FrameRate", rate);
    vics_write_property(json, "VideoCodec", video->codec);
    vics_write_property(json, "Make", video->make);
    vics_write_property(json, "Model", video->model);
    vics_write_property(json, "Software", video->software);
    vics_write_property(json, "MediaCreated", video->created);
}

static void write_media_metadata(JsonWriter *json, const VicsCaseMedia *media)
{
    const StillFacts *still = media->record->still;
    const VideoFacts *video = media->record->video;
    json_write_key(json, "MediaMetadata");
    json_write_begin_array(json);
    if (still != NULL && still->width > 0)
        write_size(json, still->width, still->height);
    else if (video != NULL)
        write_size(json, video->width, video->height);
    if (video != NULL)
        write_video(json, video);
    if (media->record->status != STATUS_OK) {
        vics_write_property(json, "ClewStatus", status_name(media->record->status));
        vics_write_property(json, "ClewReason", media->record->reason);
    }
    for (size_t i = 0; i < media->match_count; i++)
        write_match(json, i + 1, &media->matches[i]);
    json_write_end_array(json);
}

static void write_category(VicsCaseWriter *writer, const VicsCaseMedia *media)
{
    unsigned number;
    bool fits = vics_category(writer->facts.scheme, media->category, &number);
    if (fits)
        json_write_member_uint(&writer->json, "Category", number);
    json_write_member_bool(&writer->json, "IsPrecategorized", fits);
    if (fits)
        write_text(&writer->json, "PrecategorizationSource", media->category_source);
    writer->categorised += fits;
}

bool vics_case_media_begin(VicsCaseWriter *writer, const VicsCaseMedia *media, GError **err)
{
    const Record *record = media->record;
    JsonWriter *json = &writer->json;
    char sha1[2 * SHA1_BYTES + 1];
    g_assert(!writer->media_open && record->has_digests);
    writer->media_open = true;
    upper_hex(record->digests.md5, MD5_BYTES, writer->md5);
    upper_hex(record->digests.sha1, SHA1_BYTES, sha1);

    g_string_append_c(writer->text, '\n');
    json_write_begin_object(json);
    json_write_member_uint(json, "MediaID", ++writer->media);
    json_write_member_string(json, "MD5", writer->md5);
    json_write_member_string(json, "SHA1", sha1);
    write_category(writer, media);
    write_text(json, "Series", media->series);
    if (record->has_size)
        json_write_member_uint(json, "MediaSize", record->size_bytes);
    write_text(json, "MimeType", record->media_type);
    write_alternative_hashes(json, record);
    if (record->still != NULL && record->still->exif.present)
        write_exif(json, &record->still->exif);
    write_media_metadata(json, media);
    json_write_key(json, "MediaFiles");
    json_write_begin_array(json);
    return flush(writer, FLUSH_BYTES, err);
}

// DateTimeOffset needs a zone; a time that has none would be moved by naming one.
static void write_time(JsonWriter *json, const char *name, const ItemTime *time)
{
    if (time->zone != ZONE_UTC)
        return;
    g_autofree char *text = list_date_format(time->seconds, time->nanoseconds);
    json_write_member_string(json, name, text);
}

static void write_path(JsonWriter *json, const char *path)
{
    const char *slash = strrchr(path, '/');
    g_autofree char *folder = slash != NULL ? g_strndup(path, (size_t)(slash - path) + 1) : NULL;
    json_write_member_string(json, "FileName", slash != NULL ? slash + 1 : path);
    write_text(json, "FilePath", folder);
}

bool vics_case_media_file(VicsCaseWriter *writer, const Record *item, GError **err)
{
    JsonWriter *json = &writer->json;
    g_assert(writer->media_open);
    json_write_begin_object(json);
    json_write_member_string(json, "MD5", writer->md5);
    json_write_member_uint(json, "MediaFileID", ++writer->files);
    write_path(json, item->path);
    write_time(json, "Created", &item->times.created);
    write_time(json, "Written", &item->times.modified);
    write_time(json, "Accessed", &item->times.accessed);
    write_text(json, "SourceID", item->item_id);
    json_write_end_object(json);
    return flush(writer, FLUSH_BYTES, err);
}

bool vics_case_media_end(VicsCaseWriter *writer, GError **err)
{
    g_assert(writer->media_open);
    writer->media_open = false;
    json_write_end_array(&writer->json);
    json_write_end_object(&writer->json);
    return flush(writer, FLUSH_BYTES, err);
}

bool vics_case_end(VicsCaseWriter *writer, GError **err)
{
    JsonWriter *json = &writer->json;
    g_assert(!writer->media_open);
    json_write_end_array(json);
    json_write_member_uint(json, "TotalMediaFiles", writer->files);
    json_write_member_uint(json, "TotalPrecategorized", writer->categorised);
    json_write_end_object(json);
    json_write_end_array(json);
    json_write_end_object(json);
    g_string_append_c(writer->text, '\n');
    return flush(writer, 0, err);
}

void vics_case_writer_free(VicsCaseWriter *writer)
{
    if (writer == NULL)
        return;
    g_string_free(writer->text, TRUE);
    g_free(writer);
}
