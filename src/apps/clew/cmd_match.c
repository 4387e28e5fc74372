// SPDX-License-Identifier: Apache-2.0
//
// clew match: bare hashes, or the hashed frames of videos, against the sets. Each line is answered
// before the next is read, so that it serves as a filter in a pipe. What is printed names entries
// by number, never by their hash.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apps/clew/cmd_set.h"
#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/frame_list.h"
#include "apps/clew/hash_argument.h"
#include "apps/clew/report.h"
#include "apps/command/command.h"
#include "base/error.h"
#include "cases/matcher.h"
#include "model/path_text.h"
#include "model/record_json.h"

#define EXIT_STATUS_MATCHED 1

// A line of the longest hash with its type is a tenth of this.
#define LINE_BYTES 1024

typedef struct {
    char **sets;
    char *type;
    char *hashes;
    char *frames;
    int64_t distance;
    bool all;
} MatchOptions;

static const CommandOption options[] = {
    {"set", OPTION_TEXT_LIST, offsetof(MatchOptions, sets), "NAME",
     "ask only this set (may be given several times; default: all sets)"},
    {"type", OPTION_TEXT, offsetof(MatchOptions, type), "T",
     "what bare digits are: md5, sha1, sha256 or pdq"},
    {"hashes", OPTION_FILE, offsetof(MatchOptions, hashes), "FILE",
     "read the hashes from FILE, one a line (- for standard input)"},
    {"frames", OPTION_FILE, offsetof(MatchOptions, frames), "FILE",
     "ask with the frames in FILE, as clew hash --frames lists them"},
    {"distance", OPTION_NUMBER, offsetof(MatchOptions, distance), "N",
     "PDQ matches up to N differing bits of 256 (default 31)"},
    {"all", OPTION_FLAG, offsetof(MatchOptions, all), NULL,
     "answer also for hashes that nothing matches"},
    {0},
};

typedef struct {
    const App *app;
    const MatchOptions *own;
    Matcher *matcher;
    Zygote *zygote; // of clew-list-worker, with --frames
    bool has_type;
    HashType type;
    GArray *matches;
    GString *text;
    bool any_match, any_fault;
} Run;

// ---- One hash ---------------------------------------------------------------------------------

static void append_json_match(GString *text, const char *query, const Match *match)
{
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_string(&json, "query", query);
    match_json_members(&json, match);
    json_write_end_object(&json);
    g_string_append_c(text, '\n');
}

// `fault` NULL: nothing matches.
static void append_json_none(GString *text, const char *query, const char *fault)
{
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_string(&json, "query", query);
    if (fault != NULL)
        json_write_member_string(&json, "error", fault);
    json_write_key(&json, "matches");
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_end_object(&json);
    g_string_append_c(text, '\n');
}

static void append_plain_match(GString *text, const char *query, const Match *match)
{
    g_string_append_printf(text, "%s  %s/%s  e%" G_GUINT64_FORMAT "  ", query, match->set_name,
                           match->category != NULL ? match->category : "-", match->entry);
    if (match->type == MATCH_EXACT) {
        g_string_append(text, match->weak_digest ? "exact, weak\n" : "exact\n");
        return;
    }
    g_string_append_printf(text, "near, %u bits\n", match->distance);
    g_auto(GStrv) pieces = match->video != NULL ? report_piece_texts(match->video) : NULL;
    for (char **piece = pieces; piece != NULL && *piece != NULL; piece++)
        g_string_append_printf(text, "  %s\n", *piece);
}

static bool print_answer(Run *run, const char *query, const char *fault, GError **err)
{
    for (unsigned i = 0; i < run->matches->len; i++) {
        const Match *match = &g_array_index(run->matches, Match, i);
        if (run->app->options.json)
            append_json_match(run->text, query, match);
        else
            append_plain_match(run->text, query, match);
    }
    if (run->matches->len == 0 && run->own->all) {
        if (run->app->options.json)
            append_json_none(run->text, query, fault);
        else
            g_string_append_printf(run->text, "%s  %s\n", query, fault != NULL ? "bad hash" : "-");
    }
    return run->text->len == 0 || (console_print(run->text, err) && console_flush(err));
}

// A hash that cannot be read is a fault and does not keep the others waiting. False: the sets
// cannot be asked, or nobody reads the answers.
static bool answer(Run *run, const char *query, const char *what, GError **err)
{
    g_autoptr(GError) fault = NULL;
    ListHash hash;
    g_array_set_size(run->matches, 0);
    if (!hash_of_text(query, run->has_type, run->type, what, &hash, &fault)) {
        fprintf(stderr, "clew: %s\n", fault->message);
        run->any_fault = true;
    } else if (!matcher_value(run->matcher, hash.type, hash.value, run->matches, err)) {
        return false;
    }
    run->any_match = run->any_match || run->matches->len > 0;
    g_autofree char *shown = path_text_new(query);
    return print_answer(run, shown, fault != NULL ? fault->message : NULL, err);
}

// ---- Many -------------------------------------------------------------------------------------

// Reads one line without its end into `line`. *ret_too_long: it was longer, and is skipped whole.
static bool read_line(FILE *file, char line[LINE_BYTES], bool *ret_too_long)
{
    if (fgets(line, LINE_BYTES, file) == NULL)
        return false;
    *ret_too_long = strchr(line, '\n') == NULL && !feof(file);
    for (int byte = 0; *ret_too_long && byte != '\n' && byte != EOF;)
        byte = getc(file);
    g_strstrip(line);
    return true;
}

static bool answer_line(Run *run, const char *line, unsigned number, bool too_long, GError **err)
{
    g_autofree char *what = g_strdup_printf("line %u", number);
    if (too_long) {
        fprintf(stderr, "clew: %s: too long for a hash\n", what);
        run->any_fault = true;
        return true;
    }
    return *line == '\0' || *line == '#' || answer(run, line, what, err);
}

static bool answer_file(Run *run, FILE *file, const char *name, GError **err)
{
    char line[LINE_BYTES];
    bool too_long;
    errno = 0;
    for (unsigned number = 1; !run->app->is_interrupted() && read_line(file, line, &too_long);
         number++)
        if (!answer_line(run, line, number, too_long, err))
            return false;
    if (ferror(file) && !run->app->is_interrupted())
        return clew_error_set_errno(err, errno, "cannot read the hashes in %s", name);
    return true;
}

static bool answer_all(Run *run, char **arguments, GError **err)
{
    if (run->own->hashes == NULL) {
        for (unsigned i = 0; arguments[i] != NULL; i++) {
            g_autofree char *what = g_strdup_printf("hash %u", i + 1);
            if (!answer(run, arguments[i], what, err))
                return false;
        }
        return true;
    }
    bool is_stdin = strcmp(run->own->hashes, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(run->own->hashes, "re");
    if (file == NULL)
        return clew_error_set_errno(err, errno, "cannot read the hashes in %s", run->own->hashes);
    bool ok = answer_file(run, file, is_stdin ? "standard input" : run->own->hashes, err);
    if (!is_stdin)
        fclose(file);
    return ok;
}

// ---- Frames -----------------------------------------------------------------------------------

static bool answer_video(void *user_data, const char *name, const VideoFrames *frames, GError **err)
{
    Run *run = user_data;
    g_array_set_size(run->matches, 0);
    if (!matcher_video(run->matcher, frames, run->matches, err))
        return false;
    run->any_match = run->any_match || run->matches->len > 0;
    g_autofree char *shown = path_text_new(name != NULL ? name : run->own->frames);
    return print_answer(run, shown, NULL, err);
}

static void refuse_line(void *user_data, uint64_t line, const char *reason)
{
    Run *run = user_data;
    fprintf(stderr, "clew: line %" G_GUINT64_FORMAT ": %s\n", line, reason);
    run->any_fault = true;
}

static bool answer_frames(Run *run, GError **err)
{
    const FrameListReceiver receiver = {.video = answer_video,
                                        .refused = refuse_line,
                                        .is_cancelled = run->app->is_interrupted,
                                        .user_data = run};
    return frame_list_read(run->zygote, run->own->frames, &receiver, err);
}

// The reader starts before anything large is mapped.
static bool start_reader(Run *run, GError **err)
{
    if (run->own->frames == NULL)
        return true;
    run->zygote = zygote_start((ZygoteOptions){.program = "clew-list-worker"}, err);
    return run->zygote != NULL;
}

// ---- The command ------------------------------------------------------------------------------

static bool open_matcher(Run *run, SetStore *store, GError **err)
{
    int64_t given = run->own->distance;
    if (given != OPTION_ABSENT && given > MATCHER_DISTANCE_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "--distance must lie between 0 and %u",
                    MATCHER_DISTANCE_MAX);
        return false;
    }
    MatcherOptions matcher = {.set_names = (const char *const *)run->own->sets,
                              .distance =
                                  given == OPTION_ABSENT ? MATCHER_DISTANCE : (unsigned)given,
                              .min_quality = FRAME_QUALITY_MIN};
    run->matcher = matcher_open(store, matcher, set_talk, (void *)run->app, err);
    return run->matcher != NULL;
}

static bool check_usage(const MatchOptions *own, int argument_count, GError **err)
{
    unsigned ways = (own->hashes != NULL) + (own->frames != NULL) + (argument_count > 0);
    if (ways == 1)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                ways > 1 ? "give either hashes, --hashes or --frames, not two of them"
                         : "needs at least one hash, --hashes FILE or --frames FILE");
    return false;
}

static int match(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const MatchOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    g_autoptr(GString) text = g_string_new(NULL);
    Run run = {.app = app, .own = own, .matches = matches, .text = text};
    g_autoptr(SetStore) store = NULL;
    bool ok =
        check_usage(own, argument_count, &error) && start_reader(&run, &error) &&
        hash_type_of_option(own->type, &run.has_type, &run.type, &error) &&
        (store = set_store_of_app(app, NULL, false, &error)) != NULL &&
        open_matcher(&run, store, &error) &&
        (own->frames != NULL ? answer_frames(&run, &error) : answer_all(&run, arguments, &error));
    matcher_free(run.matcher);
    zygote_free(run.zygote);
    if (app->is_interrupted())
        return EXIT_STATUS_INTERRUPTED;
    if (!ok)
        return command_fail(error);
    if (run.any_fault)
        return EXIT_STATUS_ERROR;
    return run.any_match ? EXIT_STATUS_MATCHED : EXIT_STATUS_OK;
}

const Command command_match = {
    .name = "match",
    .arguments = "[HASH…]",
    .summary = "Ask the sets about hashes",
    .description = "Hashes as arguments or, with --hashes, one a line: bare digits (32 MD5, 40 "
                   "SHA-1, 64 SHA-256)\nor TYPE:HEX, such as pdq:HEX. Each line is answered before "
                   "the next is read. With --frames\nthe frames of a video are asked about "
                   "together, and the pieces that match are told.\nExit status: 0 nothing "
                   "matched, 1 something did, 2 usage or system error, or a hash\nthat cannot be "
                   "read.",
    .options = options,
    .options_bytes = sizeof(MatchOptions),
    .max_arguments = -1,
    .run = match,
};
