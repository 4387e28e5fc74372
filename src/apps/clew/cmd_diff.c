// SPDX-License-Identifier: Apache-2.0
//
// clew diff: two pictures or two videos that may be copies of each other, and what differs between
// them: regions as boxes with their share of the area, of videos also when, and what each file says
// of its making. It never says which one is the original, and no picture is written.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/run_scan.h"
#include "apps/command/command.h"
#include "base/encoding.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/compare.h"
#include "model/record_json.h"

#define EXIT_STATUS_DIFFERS 1
#define EXIT_STATUS_NOT_COMPARED 3
#define AT_END_SECONDS 0.1

typedef struct {
    WalkOptions walk; // unconfined alone
} DiffOptions;

static const CommandOption options[] = {
    {"unconfined", OPTION_FLAG, offsetof(DiffOptions, walk.unconfined), NULL,
     "decode even where no sandbox can be had (the result says so)"},
    {0},
};

static const char *const side_names[2] = {"A", "B"};
static const char *const edges[4] = {"left", "top", "right", "bottom"};

static const struct {
    CompareTone tone;
    const char *name, *sentence;
} tones[] = {
    {COMPARE_BRIGHTER, "brighter", "B is brighter."},
    {COMPARE_DARKER, "darker", "B is darker."},
    {COMPARE_MORE_CONTRAST, "more_contrast", "B has more contrast."},
    {COMPARE_LESS_CONTRAST, "less_contrast", "B has less contrast."},
    {COMPARE_A_COLOURLESS, "a_colourless", "A is grey or of one tint, B has colours."},
    {COMPARE_B_COLOURLESS, "b_colourless", "B is grey or of one tint, A has colours."},
    {COMPARE_MORE_COLOUR, "more_colour", "The colours of B are stronger."},
    {COMPARE_LESS_COLOUR, "less_colour", "The colours of B are weaker."},
};

// That nothing differs is said only of what could be looked at.
static int exit_status(const Comparison *comparison)
{
    if (comparison->is_same && comparison_differs(comparison))
        return EXIT_STATUS_DIFFERS;
    bool was_examined = comparison->status == STATUS_OK && comparison_is_complete(comparison);
    return was_examined && (comparison->is_same || comparison->is_identical)
               ? EXIT_STATUS_OK
               : EXIT_STATUS_NOT_COMPARED;
}

// ---- JSON ---------------------------------------------------------------------------------------

static void json_number(JsonWriter *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_double(json, round(value * 10000) / 10000);
}

static void json_box(JsonWriter *json, const char *key, const CompareBox *box)
{
    const double sides[4] = {box->left, box->top, box->right, box->bottom};
    json_write_key(json, key);
    json_write_begin_object(json);
    for (unsigned i = 0; i < 4; i++) {
        json_write_key(json, edges[i]);
        json_write_int(json, (int64_t)lround(sides[i]));
    }
    json_write_end_object(json);
}

static char *locator_of(const char *path)
{
    GString *locator = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, locator);
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_member_string(&json, "file", path);
    json_write_end_object(&json);
    json_write_end_array(&json);
    return g_string_free(locator, FALSE);
}

static char *item_id_of(const char *locator)
{
    DigestSet digests;
    DigestState *digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (digest == NULL)
        return NULL;
    digest_state_update(digest, locator, strlen(locator));
    digest_state_finish(digest, &digests);
    digest_state_free(digest);
    return encoding_hex_new(digests.sha256, 16);
}

// A side as the record that `clew hash` would give.
static Record *record_of(const ComparedSide *side)
{
    Record *record = record_new();
    record->path = g_strdup(side->path);
    record->locator = locator_of(side->path);
    record->item_id = item_id_of(record->locator);
    record->has_size = true;
    record->size_bytes = side->size_bytes;
    record->media_type = side->media_type;
    record->status = side->facts.status;
    record->reason = g_strdup(side->facts.reason);
    record->has_digests = true;
    memcpy(record->digests.md5, side->digests.md5, MD5_BYTES);
    memcpy(record->digests.sha1, side->digests.sha1, SHA1_BYTES);
    memcpy(record->digests.sha256, side->digests.sha256, SHA256_BYTES);
    if (side->facts.findings != NULL)
        findings_copy(record->findings, side->facts.findings);
    record->still = side->facts.still != NULL ? still_facts_copy(side->facts.still) : NULL;
    record->video = side->facts.video != NULL ? video_facts_copy(side->facts.video) : NULL;
    return record;
}

static void json_side(JsonWriter *json, const ComparedSide *side)
{
    g_autoptr(Record) record = record_of(side);
    json_write_begin_object(json);
    record_json_members(json, record);
    json_write_member_string(json, "missing", side->missing);
    if (side->compared.jpeg_quality > 0)
        json_write_member_uint(json, "jpeg_quality", side->compared.jpeg_quality);
    if (side->compared.jpeg_across > 0) {
        g_autofree char *sampling =
            g_strdup_printf("%ux%u", side->compared.jpeg_across, side->compared.jpeg_down);
        json_write_member_string(json, "jpeg_sampling", sampling);
        json_write_member_bool(json, "jpeg_progressive", side->compared.is_progressive);
    }
    json_write_end_object(json);
}

static void json_region(JsonWriter *json, const CompareRegion *region, const TimedRegion *timed)
{
    json_write_begin_object(json);
    json_box(json, "a", &region->box[0]);
    json_box(json, "b", &region->box[1]);
    json_number(json, "a_share", region->share[0]);
    json_number(json, "b_share", region->share[1]);
    json_number(json, "strength", region->strength);
    if (timed != NULL) {
        json_number(json, "a_from", timed->from[0]);
        json_number(json, "a_to", timed->to[0]);
        json_number(json, "b_from", timed->from[1]);
        json_number(json, "b_to", timed->to[1]);
    }
    json_write_end_object(json);
}

static void json_regions(JsonWriter *json, const Comparison *comparison)
{
    json_write_key(json, "regions");
    json_write_begin_array(json);
    if (comparison->regions != NULL) {
        for (unsigned i = 0; i < comparison->regions->len; i++) {
            const TimedRegion *timed = &g_array_index(comparison->regions, TimedRegion, i);
            json_region(json, &timed->region, timed);
        }
    } else {
        for (unsigned i = 0; i < comparison->whole.region_count; i++)
            json_region(json, &comparison->whole.regions[i], NULL);
    }
    json_write_end_array(json);
}

static void json_pieces(JsonWriter *json, const Comparison *comparison)
{
    json_write_key(json, "pieces");
    json_write_begin_array(json);
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(comparison->pieces, MatchPiece, i);
        json_write_begin_object(json);
        json_number(json, "a_from", piece->from);
        json_number(json, "a_to", piece->to);
        json_number(json, "b_from", piece->their_from);
        json_number(json, "b_to", piece->their_to);
        json_number(json, "speed", piece->speed);
        json_write_end_object(json);
    }
    json_write_end_array(json);
    json_write_member_uint(json, "frame_pairs", comparison->frame_pairs);
    json_write_member_uint(json, "unlike_frame_pairs", comparison->unlike_pairs);
    json_write_member_uint(json, "failed_frame_pairs", comparison->failed_pairs);
    json_write_member_string(json, "failed_reason", comparison->failed_reason);
    json_write_member_uint(json, "unsteady_regions", comparison->unsteady_regions);
}

static void json_only(JsonWriter *json, const CompareAnswer *whole, unsigned side)
{
    json_write_begin_object(json);
    json_write_member_bool(json, "border", whole->has_border[side]);
    for (unsigned i = 0; i < 4; i++)
        json_number(json, edges[i], whole->beyond[side][i]);
    json_write_end_object(json);
}

static void json_same(JsonWriter *json, const Comparison *comparison)
{
    const CompareAnswer *whole = &comparison->whole;
    json_write_member_string(json, "orientation", orientation_name(whole->orientation));
    json_number(json, "correlation", whole->correlation);
    json_write_key(json, "map");
    json_write_begin_array(json);
    for (unsigned i = 0; i < 6; i++)
        json_write_double(json, round(whole->map[i] * 1e6) / 1e6);
    json_write_end_array(json);
    json_write_key(json, "tones");
    json_write_begin_array(json);
    for (unsigned i = 0; i < G_N_ELEMENTS(tones); i++)
        if (whole->tones & tones[i].tone)
            json_write_string(json, tones[i].name);
    json_write_end_array(json);
    json_write_key(json, "a_only");
    json_only(json, whole, 0);
    json_write_key(json, "b_only");
    json_only(json, whole, 1);
    json_regions(json, comparison);
    json_write_member_bool(json, "more_regions", whole->has_more);
    if (comparison->pieces != NULL)
        json_pieces(json, comparison);
}

static void print_json(const App *app, const Workers *workers, const Comparison *comparison,
                       GString *text)
{
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_string(&json, "type", "comparison");
    json_write_member_string(&json, "clew", CLEW_VERSION);
    json_write_member_string(&json, "command_line", app->command_line);
    json_write_member_string(&json, "sandbox", workers->sandbox);
    json_write_member_string(&json, "libraries", workers->versions);
    json_write_member_bool(&json, "identical", comparison->is_identical);
    json_write_member_bool(&json, "same", comparison->is_same);
    json_write_member_bool(&json, "differs", comparison->is_same && comparison_differs(comparison));
    json_write_member_string(&json, "status", status_name(comparison->status));
    json_write_member_string(&json, "reason", comparison->reason);
    json_write_member_bool(&json, "complete",
                           comparison->status == STATUS_OK && comparison_is_complete(comparison));
    if (comparison->is_same)
        json_same(&json, comparison);
    for (unsigned i = 0; i < 2; i++) {
        json_write_key(&json, i == 0 ? "a" : "b");
        json_side(&json, &comparison->sides[i]);
    }
    json_write_end_object(&json);
    g_string_append_c(text, '\n');
}

// ---- Text ---------------------------------------------------------------------------------------

// "00:12".
static char *clock_of(double seconds)
{
    unsigned whole = seconds > 0 ? (unsigned)(seconds + 0.5) : 0;
    return whole >= 3600
               ? g_strdup_printf("%u:%02u:%02u", whole / 3600, whole / 60 % 60, whole % 60)
               : g_strdup_printf("%02u:%02u", whole / 60, whole % 60);
}

static void text_fact(GString *text, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(text, "   %-12s %s\n", name, value);
}

static void text_still(GString *text, const ComparedSide *side)
{
    const StillFacts *still = side->facts.still;
    if (still == NULL)
        return;
    const ExifFacts *exif = &still->exif;
    g_string_append_printf(text, "   %-12s %u x %u pixels\n", "picture", still->width,
                           still->height);
    text_fact(text, "make", exif->make);
    text_fact(text, "model", exif->model);
    text_fact(text, "serial", exif->body_serial);
    text_fact(text, "software", exif->software);
    text_fact(text, "taken", exif->taken);
    text_fact(text, "modified", exif->modified);
    if (exif->has_gps)
        g_string_append_printf(text, "   %-12s %.5f, %.5f\n", "place", exif->gps_latitude,
                               exif->gps_longitude);
    if (side->compared.jpeg_quality > 0)
        g_string_append_printf(text, "   %-12s JPEG, last saved at about quality %u%s\n",
                               "saved as", side->compared.jpeg_quality,
                               side->compared.is_progressive ? ", progressive" : "");
    if (side->compared.jpeg_across > 0)
        g_string_append_printf(text, "   %-12s one colour for %u x %u pixels\n", "sampling",
                               side->compared.jpeg_across, side->compared.jpeg_down);
    if (still->has_jpeg_tables) {
        g_autofree char *tables = encoding_hex_new(still->jpeg_tables, 8);
        text_fact(text, "tables", tables);
    }
}

static void text_video(GString *text, const ComparedSide *side)
{
    const VideoFacts *video = side->facts.video;
    if (video == NULL)
        return;
    g_string_append_printf(text, "   %-12s %u x %u pixels, %.3f frames a second, %.1f seconds\n",
                           "video", video->width, video->height, video->frame_rate,
                           video->duration_seconds);
    g_autofree char *coded = g_strdup_printf("%s in %s", video->codec != NULL ? video->codec : "?",
                                             video->container != NULL ? video->container : "?");
    text_fact(text, "coded as", coded);
    if (video->duration_seconds > 0)
        g_string_append_printf(text, "   %-12s %.0f kbit/s\n", "bit rate",
                               (double)side->size_bytes * 8 / 1000 / video->duration_seconds);
    text_fact(text, "created", video->created);
    text_fact(text, "make", video->make);
    text_fact(text, "model", video->model);
    text_fact(text, "software", video->software);
    if (video->has_location)
        g_string_append_printf(text, "   %-12s %.5f, %.5f\n", "place", video->latitude,
                               video->longitude);
}

static void text_side(GString *text, const Comparison *comparison, unsigned i)
{
    const ComparedSide *side = &comparison->sides[i];
    g_autofree char *sha256 = encoding_hex_new(side->digests.sha256, SHA256_BYTES);
    g_string_append_printf(text, "%s  %s\n", side_names[i], side->path);
    g_string_append_printf(text, "   %-12s %" G_GUINT64_FORMAT " bytes, %s\n", "file",
                           side->size_bytes, side->media_type);
    text_fact(text, "SHA-256", sha256);
    text_still(text, side);
    text_video(text, side);
}

static void text_region(GString *text, const CompareRegion *region)
{
    for (unsigned i = 0; i < 2; i++) {
        const CompareBox *box = &region->box[i];
        g_string_append_printf(text, "%s%.1f %% of %s at %ld,%ld to %ld,%ld", i == 0 ? "" : "; ",
                               100 * region->share[i], side_names[i], lround(box->left),
                               lround(box->top), lround(box->right), lround(box->bottom));
    }
}

// Whether the region is there up to the end of what both show.
static const char *end_of(const Comparison *comparison, const TimedRegion *timed)
{
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(comparison->pieces, MatchPiece, i);
        if (fabs(piece->to - timed->to[0]) < AT_END_SECONDS)
            return ", to the end";
    }
    return "";
}

static void text_regions(GString *text, const Comparison *comparison)
{
    const CompareAnswer *whole = &comparison->whole;
    bool is_video = comparison->regions != NULL;
    unsigned count = is_video ? comparison->regions->len : whole->region_count;
    if (count == 0)
        g_string_append(text, comparison->failed_pairs > 0
                                  ? "In what could be compared no region differs.\n"
                                  : "No region differs.\n");
    else
        g_string_append_printf(text, "%s%u %s:\n", whole->has_more ? "More than " : "", count,
                               count == 1 ? "region differs" : "regions differ");
    for (unsigned i = 0; i < count; i++) {
        g_string_append(text, "   ");
        if (!is_video) {
            text_region(text, &whole->regions[i]);
        } else {
            const TimedRegion *timed = &g_array_index(comparison->regions, TimedRegion, i);
            g_autofree char *from = clock_of(timed->from[0]), *to = clock_of(timed->to[0]);
            g_autofree char *their_from = clock_of(timed->from[1]);
            g_autofree char *their_to = clock_of(timed->to[1]);
            g_string_append_printf(text, "from %s to %s of A (%s to %s of B)%s: ", from, to,
                                   their_from, their_to, end_of(comparison, timed));
            text_region(text, &timed->region);
        }
        g_string_append_c(text, '\n');
    }
    if (comparison->unsteady_regions > 0)
        g_string_append_printf(text, "What flickered or jumped is not listed: %u times.\n",
                               comparison->unsteady_regions);
}

static void text_only(GString *text, const CompareAnswer *whole, unsigned side)
{
    if (whole->has_border[side])
        g_string_append_printf(text, "%s has a border of one colour.\n", side_names[side]);
    for (unsigned i = 0; i < 4; i++)
        if (whole->beyond[side][i] > 0)
            g_string_append_printf(text, "%s shows %.0f %% more at its %s.\n", side_names[side],
                                   100 * whole->beyond[side][i], edges[i]);
}

static void text_pieces(GString *text, const Comparison *comparison)
{
    for (unsigned i = 0; i < comparison->pieces->len; i++) {
        const MatchPiece *piece = &g_array_index(comparison->pieces, MatchPiece, i);
        g_autofree char *from = clock_of(piece->from), *to = clock_of(piece->to);
        g_autofree char *their_from = clock_of(piece->their_from);
        g_autofree char *their_to = clock_of(piece->their_to);
        g_string_append_printf(text, "%s to %s of A is %s to %s of B.\n", from, to, their_from,
                               their_to);
    }
    if (comparison->failed_pairs > 0)
        g_string_append_printf(text, "%u pairs of frames could not be compared: %s.\n",
                               comparison->failed_pairs, comparison->failed_reason);
    if (comparison->unlike_pairs > 0)
        g_string_append_printf(text, "%u of %u frames compared do not show the same.\n",
                               comparison->unlike_pairs, comparison->frame_pairs);
}

static void print_text(const Workers *workers, const Comparison *comparison, GString *text)
{
    const CompareAnswer *whole = &comparison->whole;
    g_string_append_printf(text, "clew %s, sandbox: %s\n", CLEW_VERSION, workers->sandbox);
    for (unsigned i = 0; i < 2; i++)
        text_side(text, comparison, i);
    g_string_append_c(text, '\n');
    if (comparison->is_identical)
        g_string_append(text, "The files are the same, byte for byte.\n");
    for (unsigned i = 0; i < 2; i++)
        if (comparison->sides[i].missing != NULL)
            g_string_append_printf(text, "%s was not there as a whole: %s.\n", side_names[i],
                                   comparison->sides[i].missing);
    if (!comparison->is_same) {
        g_string_append_printf(text, "Not compared: %s.\n", comparison->reason);
        return;
    }
    g_string_append_printf(text, "Both show the same %s.\n",
                           comparison->sides[0].is_video ? "video" : "picture");
    if (whole->orientation != 0)
        g_string_append_printf(text, "B is A turned or mirrored (%s).\n",
                               orientation_name(whole->orientation));
    if (comparison->pieces != NULL)
        text_pieces(text, comparison);
    text_regions(text, comparison);
    for (unsigned i = 0; i < 2; i++)
        text_only(text, whole, i);
    for (unsigned i = 0; i < G_N_ELEMENTS(tones); i++)
        if (whole->tones & tones[i].tone)
            g_string_append_printf(text, "%s\n", tones[i].sentence);
}

// -------------------------------------------------------------------------------------------------

static int diff(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const DiffOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_autoptr(Workers) workers = workers_of_options(&own->walk, &error);
    if (workers == NULL)
        return command_fail(error);
    const char *const files[2] = {arguments[0], arguments[1]};
    g_autoptr(Comparison) comparison =
        compare_files(workers->media, files, app->is_interrupted, &error);
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_CANCELLED))
        return EXIT_STATUS_INTERRUPTED;
    if (comparison == NULL)
        return command_fail(error);
    g_autoptr(GString) text = g_string_new(NULL);
    if (app->options.json)
        print_json(app, workers, comparison, text);
    else
        print_text(workers, comparison, text);
    if (!console_print(text, &error) || !console_flush(&error))
        return command_fail(error);
    return exit_status(comparison);
}

const Command command_diff = {
    .name = "diff",
    .arguments = "A B",
    .summary = "List what differs between two copies of a picture or video",
    .description =
        "A and B are two pictures or two videos. Exit status: 0 nothing differs, 1 something "
        "does,\n"
        "2 a file could not be read, 3 they do not show the same or could not be examined as a "
        "whole.",
    .options = options,
    .options_bytes = sizeof(DiffOptions),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = diff,
};
