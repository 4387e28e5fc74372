// SPDX-License-Identifier: Apache-2.0
//
// What a video says of itself. Texts are strangers' texts: made plain and cut.
#include "media/video_ffmpeg.h"

#include <math.h>
#include <string.h>

#include <libavutil/display.h>

#include "base/limits.h"
#include "model/plain_text.h"

// The first of these keys that is there, of the stream or the whole file.
static char *find_text(const FfmpegState *state, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        const AVDictionaryEntry *entry = av_dict_get(state->format->metadata, *keys, NULL, 0);
        if (entry == NULL)
            entry = av_dict_get(state->stream->metadata, *keys, NULL, 0);
        if (entry == NULL || entry->value[0] == 0)
            continue;
        char *text = plain_text_new(entry->value, strlen(entry->value), LIMIT_VIDEO_TEXT);
        if (g_strstrip(text)[0] != 0)
            return text;
        g_free(text);
    }
    return NULL;
}

static char *find_created(const FfmpegState *state)
{
    static const char *const keys[] = {"com.apple.quicktime.creationdate", "creation_time",
                                       "date_utc", NULL};
    for (const char *const *key = keys; *key != NULL; key++) {
        g_autofree char *text = find_text(state, (const char *const[]){*key, NULL});
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, utc) : NULL;
        g_autoptr(GDateTime) in_utc = time != NULL ? g_date_time_to_utc(time) : NULL;
        if (in_utc != NULL)
            return g_date_time_format(in_utc, "%Y-%m-%dT%H:%M:%SZ");
    }
    return NULL;
}

// One coordinate of ISO 6709: a sign, digits for degrees (and minutes, and seconds), a fraction.
// `degree_digits` is 2 for latitudes, 3 for longitudes.
static bool read_coordinate(const char **place, unsigned degree_digits, double *ret_degrees)
{
    const char *text = *place;
    if (*text != '+' && *text != '-')
        return false;
    double sign = *text == '-' ? -1 : 1;
    size_t digits = strspn(text + 1, "0123456789");
    if (digits < degree_digits || digits > degree_digits + 4 || (digits - degree_digits) % 2 != 0)
        return false;
    char *end;
    double value = g_ascii_strtod(text + 1, &end);
    double minutes = 0, seconds = 0;
    if (digits == degree_digits + 4) {
        seconds = fmod(value, 100);
        value = floor(value / 100);
    }
    if (digits >= degree_digits + 2) {
        minutes = fmod(value, 100);
        value = floor(value / 100);
    }
    *ret_degrees = sign * (value + minutes / 60 + seconds / 3600);
    *place = end;
    return true;
}

static void read_location(VideoFacts *facts, const FfmpegState *state)
{
    static const char *const keys[] = {"com.apple.quicktime.location.ISO6709", "location",
                                       "location-eng", NULL};
    g_autofree char *text = find_text(state, keys);
    const char *place = text;
    double latitude, longitude;
    if (text == NULL || !read_coordinate(&place, 2, &latitude) ||
        !read_coordinate(&place, 3, &longitude))
        return;
    if (fabs(latitude) > 90 || fabs(longitude) > 180)
        return;
    facts->has_location = true;
    facts->latitude = latitude;
    facts->longitude = longitude;
}

static unsigned find_rotation(const AVStream *stream)
{
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (data == NULL || size < 9 * sizeof(int32_t))
        return 0;
    int32_t matrix[9];
    memcpy(matrix, data, sizeof matrix);
    double counter_clockwise = av_display_rotation_get(matrix);
    if (isnan(counter_clockwise))
        return 0;
    long quarters = lround(-counter_clockwise / 90);
    return (unsigned)(((quarters % 4) + 4) % 4) * 90;
}

static double find_duration(const FfmpegState *state)
{
    const AVStream *stream = state->stream;
    if (stream->duration > 0 && stream->duration != AV_NOPTS_VALUE)
        return (double)stream->duration * av_q2d(stream->time_base);
    int64_t duration = state->format->duration;
    return duration > 0 && duration != AV_NOPTS_VALUE ? (double)duration / AV_TIME_BASE : 0;
}

// "mov,mp4,m4a,3gp,3g2,mj2" of the demuxer is told as what the file was taken for.
static char *container_name(const FfmpegState *state)
{
    static const char *const names[][2] = {
        {"video/mp4", "mp4"},   {"video/quicktime", "mov"}, {"video/3gpp", "3gp"},
        {"video/3gpp2", "3g2"}, {"video/mj2", "mj2"},       {"image/avif", "avif"},
        {"video/webm", "webm"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i][0], state->media_type))
            return g_strdup(names[i][1]);
    }
    const char *name = state->format->iformat->name;
    return g_strndup(name, strcspn(name, ","));
}

void ffmpeg_facts_read(Video *video)
{
    static const char *const make[] = {"com.apple.quicktime.make", "com.android.manufacturer",
                                       "make", NULL};
    static const char *const model[] = {"com.apple.quicktime.model", "com.android.model", "model",
                                        NULL};
    static const char *const software[] = {"com.apple.quicktime.software", "software", "encoder",
                                           "encoded_by", NULL};
    const FfmpegState *state = video->state;
    VideoFacts *facts = video->facts;
    facts->width = (uint32_t)MAX(state->stream->codecpar->width, 0);
    facts->height = (uint32_t)MAX(state->stream->codecpar->height, 0);
    facts->container = container_name(state);
    facts->codec = g_strdup(avcodec_get_name(state->stream->codecpar->codec_id));
    facts->duration_seconds = find_duration(state);
    facts->rotation = find_rotation(state->stream);
    facts->created = find_created(state);
    facts->make = find_text(state, make);
    facts->model = find_text(state, model);
    facts->software = find_text(state, software);
    read_location(facts, state);
}
