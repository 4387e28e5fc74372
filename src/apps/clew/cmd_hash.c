// SPDX-License-Identifier: Apache-2.0
//
// clew hash: one record for every file below the paths. Digests of everything; size, perceptual
// hashes, EXIF and quantisation tables of pictures; what videos are, or the hashes of their frames.
// No sets are asked.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/run_scan.h"
#include "apps/clew/video_frames.h"
#include "apps/command/command.h"
#include "base/encoding.h"
#include "base/json_writer.h"
#include "model/record_json.h"

#define EXIT_STATUS_INCOMPLETE 3

typedef struct {
    WalkOptions walk;
    bool frames;
} HashOptions;

static const CommandOption options[] = {
    {"frames", OPTION_FLAG, offsetof(HashOptions, frames), NULL,
     "list the hashed frames of videos (every one without --fps), as vPDQ does"},
    WALK_OPTION_ROWS(HashOptions),
    {0},
};

typedef struct {
    const App *app;
    Progress *progress;
    ByteCount *byte_count; // NULL when nobody looks
    GString *line;
    bool frames;            // list them
    bool names_first_video; // with a line before its frames
    uint64_t videos;
} Run;

static void append_json_frames(JsonWriter *json, const VideoFrames *frames)
{
    const GArray *array = frames->variants[0];
    json_write_key(json, "frame_hashes");
    json_write_begin_array(json);
    for (unsigned i = 0; array != NULL && i < array->len; i++) {
        const FrameHash *frame = &g_array_index(array, FrameHash, i);
        json_write_begin_object(json);
        json_write_member_uint(json, "number", frame->number);
        json_write_key(json, "seconds");
        json_write_double(json, frame->milliseconds / 1000.0);
        json_write_member_uint(json, "quality", frame->quality);
        json_write_member_hex(json, "hash", frame->hash, PDQ_BYTES);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

static void append_json(GString *line, const Record *record, const VideoFrames *frames)
{
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    record_json_members(&json, record);
    if (frames != NULL)
        append_json_frames(&json, frames);
    json_write_end_object(&json);
    g_string_append_c(line, '\n');
}

// "SHA-256  status  size  WxH  pdq_512 quality  path", columns aligned, "-" for what is not there.
static void append_plain(GString *line, const Record *record)
{
    char sha256[2 * SHA256_BYTES + 1] = "-", pdq[2 * PDQ_BYTES + 1] = "-", size[32] = "-";
    char pixels[32] = "-", quality[8] = "-";
    if (record->has_digests)
        encoding_to_hex(record->digests.sha256, SHA256_BYTES, sha256);
    if (record->has_size)
        g_snprintf(size, sizeof size, "%" G_GUINT64_FORMAT, record->size_bytes);
    const StillFacts *still = record->still;
    if (still != NULL && still->width > 0)
        g_snprintf(pixels, sizeof pixels, "%ux%u", still->width, still->height);
    if (still != NULL && still->pdq[PIPELINE_512].present) {
        encoding_to_hex(still->pdq[PIPELINE_512].hash[0], PDQ_BYTES, pdq);
        g_snprintf(quality, sizeof quality, "%u", still->pdq[PIPELINE_512].quality);
    }
    g_string_append_printf(line, "%-64s  %-11s  %10s  %-11s  %-64s  %3s  %s", sha256,
                           status_name(record->status), size, pixels, pdq, quality, record->path);
    if (record->reason != NULL)
        g_string_append_printf(line, "  (%s)", record->reason);
    g_string_append_c(line, '\n');
}

// Only videos have frames. What could not be examined is said on stderr, because the list has no
// place for it.
static void append_frames(Run *run, const ScanItem *item)
{
    const Record *record = item->record;
    if (record->status != STATUS_OK) {
        progress_clear(run->progress);
        fprintf(stderr, "clew: %s: %s: %s\n", record->path, status_name(record->status),
                record->reason);
    }
    if (item->frames == NULL)
        return;
    bool is_named = run->names_first_video || run->videos > 0;
    frame_lines_append(run->line, item->frames, is_named ? record->path : NULL);
    run->videos++;
}

static bool print_item(void *user_data, const ScanItem *item, GError **err)
{
    Run *run = user_data;
    if (run->app->options.json)
        append_json(run->line, item->record, item->frames);
    else if (run->frames)
        append_frames(run, item);
    else
        append_plain(run->line, item->record);
    progress_clear(run->progress);
    return console_print(run->line, err);
}

static void show_progress(void *user_data, const ScanTotals *totals)
{
    Run *run = user_data;
    if (run->byte_count != NULL)
        progress_set_total(run->progress, byte_count_total(run->byte_count));
    progress_update(run->progress, totals->items, totals->done_bytes, -1);
}

static void pass_own_file(void *user_data, const char *path)
{
    const Run *run = user_data;
    progress_clear(run->progress);
    own_file_say(run->app, path);
}

// Then its frames need no name: the list is the one that vPDQ's reference prints.
static bool is_one_file(char **arguments)
{
    struct stat status;
    return arguments[0] != NULL && arguments[1] == NULL && stat(arguments[0], &status) == 0 &&
           S_ISREG(status.st_mode);
}

static int hash(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const HashOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    unsigned jobs;
    FrameChoice choice;
    if (!jobs_of_options(&own->walk, &jobs, &error) ||
        !frame_choice_of_options(
            &own->walk, own->frames ? SAMPLING_EVERY_FRAME : SAMPLING_PER_SECOND, &choice, &error))
        return command_fail(error);
    g_autoptr(FolderWalk) walk = walk_of_options(app, &own->walk, arguments, &error);
    g_autoptr(Workers) workers = walk ? workers_of_options(&own->walk, &error) : NULL;
    if (workers == NULL)
        return command_fail(error);

    g_autoptr(Progress) progress = progress_new("hashing", app->options.quiet);
    g_autoptr(ByteCount) byte_count =
        progress_is_shown(progress) ? byte_count_new(arguments, own->walk.one_file_system) : NULL;
    g_autoptr(GString) line = g_string_new(NULL);
    Run run = {.app = app,
               .progress = progress,
               .byte_count = byte_count,
               .line = line,
               .frames = own->frames,
               .names_first_video = !is_one_file(arguments)};
    if (own->frames && !app->options.json)
        frame_lines_append_pipeline(line, choice.pipeline);
    g_autoptr(GArray) own_files = own_files_new();
    ScanOptions scan = {.walk = walk,
                        .zygote = workers->media,
                        .evidence = workers_evidence(workers, &own->walk),
                        .own_files = (const ScanOwnFile *)own_files->data,
                        .own_file_count = own_files->len,
                        .frame_choice = choice,
                        .keep_frames = own->frames,
                        .jobs = jobs};
    ScanSink sink = {.item = print_item,
                     .progress = show_progress,
                     .own_file = pass_own_file,
                     .is_cancelled = app->is_interrupted,
                     .user_data = &run};
    ScanTotals totals = {0};
    bool ok = scan_run(&scan, &sink, &totals, &error) && console_flush(&error);
    progress_clear(progress);
    if (totals.interrupted) {
        fprintf(stderr, "clew: interrupted: the records printed are complete, the list is not\n");
        return EXIT_STATUS_INTERRUPTED;
    }
    if (!ok)
        return command_fail(error);
    return scan_is_complete(&totals) ? EXIT_STATUS_OK : EXIT_STATUS_INCOMPLETE;
}

const Command command_hash = {
    .name = "hash",
    .arguments = "PATH…",
    .summary = "Digests and perceptual hashes of files",
    .description =
        "One record for every file, folders in byte order. Exit status: 0 everything was "
        "examined,\n2 usage or system error, 3 something could not be examined.",
    .options = options,
    .options_bytes = sizeof(HashOptions),
    .max_arguments = -1,
    .run = hash,
};
