// SPDX-License-Identifier: Apache-2.0
//
// clew scan: hash and match in one pass. Says what is known, what looks like something known, and
// what could not be examined, in as many report forms as are asked for.
#include <stdio.h>
#include <string.h>

#include "apps/clew/case_sink.h"
#include "apps/clew/cmd_case.h"
#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/report.h"
#include "apps/clew/run_scan.h"
#include "apps/clew/server_client.h"
#include "apps/clew/video_frames.h"
#include "apps/command/command.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "cases/match_rules.h"
#include "cases/scan_job.h"
#include "model/path_text.h"
#include "store/set_store.h"

#define EXIT_STATUS_FOUND 1
#define EXIT_STATUS_INCOMPLETE 3
#define EXIT_STATUS_FOUND_INCOMPLETE 4

typedef struct {
    WalkOptions walk;
    char **sets;
    int64_t distance, min_quality;
    char *csv, *vics, *html;
    char *state, *resume;
    char *case_number, *evidence, *database;
    char *server, *token_file, *ca_file;
    int64_t job;
    bool force;
    bool no_verify;
} ScanCommandOptions;

static const CommandOption options[] = {
    {"set", OPTION_TEXT_LIST, offsetof(ScanCommandOptions, sets), "NAME",
     "ask only this set (may be given several times; default: all sets)"},
    {"distance", OPTION_NUMBER, offsetof(ScanCommandOptions, distance), "N",
     "near matches up to N differing bits of 256 (default 31)"},
    {"min-quality", OPTION_NUMBER, offsetof(ScanCommandOptions, min_quality), "N",
     "ask only with hashes of at least this quality, 0-100 (default 50)"},
    {"csv", OPTION_FILE, offsetof(ScanCommandOptions, csv), "FILE", "also write a table to FILE"},
    {"vics", OPTION_FILE, offsetof(ScanCommandOptions, vics), "FILE",
     "also write a VICS 2.0 case document to FILE"},
    {"html", OPTION_FILE, offsetof(ScanCommandOptions, html), "FILE",
     "also write a page to read and print to FILE"},
    {"force", OPTION_FLAG, offsetof(ScanCommandOptions, force), NULL,
     "overwrite existing output files"},
    {"state", OPTION_FILE, offsetof(ScanCommandOptions, state), "FILE",
     "write down in FILE what was reported, for --resume"},
    {"resume", OPTION_FILE, offsetof(ScanCommandOptions, resume), "FILE",
     "go on where the scan that wrote FILE ended, and report its part again"},
    {"case", OPTION_TEXT, offsetof(ScanCommandOptions, case_number), "NUMBER",
     "bring what is found into this case"},
    {"evidence", OPTION_TEXT, offsetof(ScanCommandOptions, evidence), "NAME",
     "what it is called in the case (default: name of the first path)"},
    CASE_DATABASE_OPTION(ScanCommandOptions),
    {"server", OPTION_TEXT, offsetof(ScanCommandOptions, server), "URL",
     "the case is on this server"},
    {"token-file", OPTION_FILE, offsetof(ScanCommandOptions, token_file), "FILE",
     "FILE holds the token for the server"},
    {"cacert", OPTION_FILE, offsetof(ScanCommandOptions, ca_file), "FILE",
     "trust the certificates in FILE, and no others"},
    {"job", OPTION_NUMBER, offsetof(ScanCommandOptions, job), "ID",
     "run the scan that somebody asked clewd for; clewd itself calls this"},
    {"no-verify", OPTION_FLAG, offsetof(ScanCommandOptions, no_verify), NULL,
     "do not read exact hits inside containers a second time"},
    WALK_OPTION_ROWS(ScanCommandOptions),
    {0},
};

// Where the items of a scan go: to a server, or into the database of this machine.
typedef struct {
    ServerClient *client; // NULL: this machine
    CaseDesk desk;
    CaseSink *sink;  // NULL: no case
    uint64_t job;    // 0: none; at whose progress somebody looks
    char *job_name;  // of the account that asked
    int64_t told_ms; // when progress was told last
} Bringing;

static void bringing_clear(Bringing *bringing)
{
    case_sink_free(bringing->sink);
    case_desk_clear(&bringing->desk);
    g_free(bringing->job_name);
    server_client_free(bringing->client);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bringing, bringing_clear)

typedef struct {
    const App *app;
    GPtrArray *reports; // of Report *
    Progress *progress;
    ByteCount *byte_count; // NULL when nobody looks
    CaseSink *sink;        // NULL: no case
    Bringing *bringing;    // where its items go
    GError *sink_error;    // of handing over while nothing came; ends the scan
} Run;

static bool open_reports(Run *run, const ScanCommandOptions *own, GError **err)
{
    const struct {
        const ReportForm *form;
        const char *path;
        bool wanted;
    } rows[] = {
        {run->app->options.json ? &report_form_json : &report_form_text, NULL, true},
        {&report_form_csv, own->csv, own->csv != NULL},
        {&report_form_vics, own->vics, own->vics != NULL},
        {&report_form_html, own->html, own->html != NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].wanted)
            continue;
        Report *report = report_open(rows[i].form, rows[i].path, own->force, err);
        if (report == NULL)
            return false;
        g_ptr_array_add(run->reports, report);
    }
    return true;
}

static bool begin_reports(Run *run, const Provenance *provenance, GError **err)
{
    for (unsigned i = 0; i < run->reports->len; i++) {
        Report *report = run->reports->pdata[i];
        if (!report->form->begin(report, provenance, err))
            return false;
    }
    return true;
}

static bool end_reports(Run *run, const ScanTotals *totals, const char *ended, Matcher *matcher,
                        GError **err)
{
    g_autoptr(GArray) frequent = matcher_frequent_entries(matcher);
    const Closing closing = {.totals = totals, .ended = ended, .frequent = frequent};
    for (unsigned i = 0; i < run->reports->len; i++) {
        Report *report = run->reports->pdata[i];
        if (!report->form->end(report, &closing, err) || !report_commit(report, err))
            return false;
    }
    return true;
}

static bool report_item(void *user_data, const ScanItem *scanned, GError **err)
{
    Run *run = user_data;
    ReportItem item = {scanned->record, scanned->matches, scanned->left_out, scanned->is_media};
    progress_clear(run->progress);
    for (unsigned i = 0; i < run->reports->len; i++) {
        Report *report = run->reports->pdata[i];
        if (!report->form->item(report, &item, err))
            return false;
    }
    if (run->sink_error != NULL) {
        g_propagate_error(err, g_steal_pointer(&run->sink_error));
        return false;
    }
    return run->sink == NULL || case_sink_add(run->sink, scanned, err);
}

#define JOB_TOLD_MS 1000

// A job that cannot tell how far it is goes on all the same.
static void tell_job(Bringing *bringing, const ScanTotals *totals)
{
    int64_t now_ms = clock_monotonic_ms();
    if (bringing->job == 0 || now_ms - bringing->told_ms < JOB_TOLD_MS)
        return;
    bringing->told_ms = now_ms;
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    json_write_member_uint(&json, "items", totals->items);
    json_write_member_uint(&json, "media", totals->media);
    json_write_member_uint(&json, "exact", totals->exact);
    json_write_member_uint(&json, "near", totals->near);
    json_write_member_uint(&json, "evidence_bytes", totals->evidence_bytes);
    json_write_member_uint(&json, "done_bytes", totals->done_bytes);
    json_write_member_uint(&json, "not_examined", scan_not_examined(totals));
    json_write_end_object(&json);
    scan_job_progress(bringing->desk.work, bringing->job, text->str, NULL);
}

// How the job ended; one that failed is told what was wrong.
static bool end_job(Bringing *bringing, const ScanTotals *totals, GError **err)
{
    if (bringing->job == 0)
        return true;
    bringing->told_ms = 0;
    tell_job(bringing, totals);
    const char *state = totals->interrupted        ? "cancelled"
                        : scan_is_complete(totals) ? "done"
                                                   : "incomplete";
    return scan_job_end(bringing->desk.work, bringing->job, state, NULL, err);
}

static void show_progress(void *user_data, const ScanTotals *totals)
{
    Run *run = user_data;
    tell_job(run->bringing, totals);
    if (run->sink != NULL && run->sink_error == NULL)
        case_sink_tick(run->sink, &run->sink_error);
    if (run->byte_count != NULL)
        progress_set_total(run->progress, byte_count_total(run->byte_count));
    progress_update(run->progress, totals->items, totals->done_bytes, (int64_t)scan_found(totals));
}

static void pass_own_file(void *user_data, const char *path)
{
    const Run *run = user_data;
    progress_clear(run->progress);
    own_file_say(run->app, path);
}

static void talk(const char *text, void *user_data)
{
    const App *app = user_data;
    if (!app->options.quiet)
        fprintf(stderr, "clew: %s\n", text);
}

static bool number_of_option(const char *name, int64_t given, unsigned fallback, unsigned maximum,
                             unsigned *ret_value, GError **err)
{
    *ret_value = given == OPTION_ABSENT ? fallback : (unsigned)MIN(given, UINT32_MAX);
    if (*ret_value <= maximum)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "--%s must lie between 0 and %u", name,
                maximum);
    return false;
}

static Matcher *open_matcher(const App *app, const ScanCommandOptions *own, SetStore *store,
                             GError **err)
{
    MatcherOptions matcher = {.set_names = (const char *const *)own->sets};
    if (!number_of_option("distance", own->distance, MATCHER_DISTANCE, MATCHER_DISTANCE_MAX,
                          &matcher.distance, err) ||
        !number_of_option("min-quality", own->min_quality, MATCHER_MIN_QUALITY, 100,
                          &matcher.min_quality, err))
        return NULL;
    return matcher_open(store, matcher, talk, (void *)app, err);
}

static int exit_status(const ScanTotals *totals)
{
    bool found = scan_found(totals) > 0;
    bool complete = scan_is_complete(totals);
    if (totals->interrupted)
        return EXIT_STATUS_INTERRUPTED;
    if (found)
        return complete ? EXIT_STATUS_FOUND : EXIT_STATUS_FOUND_INCOMPLETE;
    return complete ? EXIT_STATUS_OK : EXIT_STATUS_INCOMPLETE;
}

static char *second_text(int64_t us)
{
    return clock_format_utc(us / G_USEC_PER_SEC, 0);
}

static bool say_begin(const Run *run, const Provenance *provenance, int64_t begun_us, GError **err)
{
    if (run->sink == NULL)
        return true;
    g_autofree char *text = provenance_for_case(provenance);
    return case_sink_begin(run->sink, begun_us, text, err);
}

// What is left goes into the case, and what came of it.
static bool hand_over(Run *run, const ScanTotals *totals, int64_t ended_us, GError **err)
{
    if (run->sink == NULL)
        return true;
    if (run->sink_error != NULL) {
        g_propagate_error(err, g_steal_pointer(&run->sink_error));
        return false;
    }
    g_autofree char *text = totals_for_case(totals);
    if (!case_sink_flush(run->sink, err) || !case_sink_end(run->sink, ended_us, text, err))
        return false;
    CaseSinkCounts counts = case_sink_counts(run->sink);
    progress_clear(run->progress);
    if (!run->app->options.quiet)
        fprintf(stderr,
                "clew: into the case: %" G_GUINT64_FORMAT " items, %" G_GUINT64_FORMAT
                " media, of which %" G_GUINT64_FORMAT " need eyes, in %" G_GUINT64_FORMAT
                " new stacks\n",
                counts.items_new, counts.media_new, counts.eyes_new, counts.stacks_new);
    return true;
}

// Everything is open; walks, reports and closes.
static int scan_with(Run *run, const ScanCommandOptions *own, const Workers *workers,
                     const ScanOptions *scan, GError **err)
{
    int64_t begun_us = g_get_real_time();
    g_autofree char *started = second_text(begun_us);
    unsigned distance, min_quality;
    number_of_option("distance", own->distance, MATCHER_DISTANCE, MATCHER_DISTANCE_MAX, &distance,
                     NULL);
    number_of_option("min-quality", own->min_quality, MATCHER_MIN_QUALITY, 100, &min_quality, NULL);
    Provenance provenance = {.command_line = run->app->command_line,
                             .started = started,
                             .host = g_get_host_name(),
                             .sandbox = workers->sandbox,
                             .decoders = workers->versions,
                             .distance = distance,
                             .min_quality = min_quality,
                             .frame_choice = scan->frame_choice,
                             .jobs = scan->jobs};
    provenance.sets = matcher_sets(scan->matcher, &provenance.set_count);
    ScanSink sink = {.item = report_item,
                     .progress = show_progress,
                     .own_file = pass_own_file,
                     .is_cancelled = run->app->is_interrupted,
                     .user_data = run};
    ScanTotals totals = {0};
    if (!begin_reports(run, &provenance, err) || !say_begin(run, &provenance, begun_us, err) ||
        !scan_run(scan, &sink, &totals, err))
        return EXIT_STATUS_ERROR;
    int64_t now_us = g_get_real_time();
    int64_t ended_us = now_us > begun_us ? now_us : begun_us; // clocks are set back
    g_autofree char *ended = second_text(ended_us);
    if (!hand_over(run, &totals, ended_us, err) || !end_job(run->bringing, &totals, err))
        return EXIT_STATUS_ERROR;
    progress_clear(run->progress);
    if (!end_reports(run, &totals, ended, scan->matcher, err))
        return EXIT_STATUS_ERROR;
    return exit_status(&totals);
}

// Everything that decides what a scan finds, as one digest: what was begun with other settings or
// other sets cannot be gone on with.
static char *fingerprint_of(const ScanCommandOptions *own, const Workers *workers, Matcher *matcher,
                            const FrameChoice *choice, char **arguments)
{
    g_autoptr(GString) text = g_string_new(CLEW_VERSION);
    g_string_append_printf(text, "\n%d %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d\n%s\n%s\n",
                           own->walk.one_file_system, own->walk.verify_images, own->distance,
                           own->min_quality, own->no_verify,
                           own->walk.timezone != NULL ? own->walk.timezone : "",
                           own->walk.files0_from != NULL ? own->walk.files0_from : "");
    g_autofree char *frames = frame_choice_text(choice);
    g_string_append_printf(text, "frames %s\n", frames);
    for (char **argument = arguments; *argument != NULL; argument++)
        g_string_append_printf(text, "path %zu %s\n", strlen(*argument), *argument);
    for (char **password = workers->passwords; password != NULL && *password != NULL; password++)
        g_string_append_printf(text, "password %zu %s\n", strlen(*password), *password);
    size_t count;
    const MatcherSet *sets = matcher_sets(matcher, &count);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "set %s %" G_GUINT64_FORMAT " %s\n", sets[i].name,
                               sets[i].generation, sets[i].digest);
    char *fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
    explicit_bzero(text->str, text->len);
    return fingerprint;
}

static bool open_state(const ScanCommandOptions *own, const char *fingerprint,
                       ScanState **ret_state, GError **err)
{
    if (own->state != NULL && own->resume != NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "give either --state or --resume, which goes on writing to its file");
        return false;
    }
    if (own->state != NULL)
        *ret_state = scan_state_create(own->state, fingerprint, err);
    else if (own->resume != NULL)
        *ret_state = scan_state_open(own->resume, fingerprint, err);
    else
        return true;
    return *ret_state != NULL;
}

static GArray *own_files_of(const Run *run, ScanState *state)
{
    GArray *own_files = own_files_new();
    if (state != NULL)
        own_file_add(own_files, scan_state_descriptor(state));
    for (unsigned i = 0; i < run->reports->len; i++) {
        const Report *report = run->reports->pdata[i];
        if (report->file != NULL)
            own_file_add(own_files, output_file_descriptor(report->file));
    }
    return own_files;
}

static CaseSink *open_sink(const ScanCommandOptions *own, Bringing *bringing, char **arguments,
                           GError **err)
{
    if (arguments[0] == NULL && own->evidence == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "say with --evidence what the evidence is called in the case");
        return NULL;
    }
    g_autofree char *root =
        arguments[0] != NULL ? g_canonicalize_filename(arguments[0], NULL) : NULL;
    g_autofree char *base = root != NULL ? g_path_get_basename(root) : NULL;
    g_autofree char *name = path_text_new(own->evidence != NULL ? own->evidence : base);
    g_autofree char *shown_root = root != NULL ? path_text_new(root) : NULL;
    if (bringing->client != NULL)
        return case_sink_server(bringing->client, own->case_number, name, shown_root, err);
    return case_sink_local(bringing->desk.work, &bringing->desk.actor, own->case_number, name,
                           shown_root, err);
}

static void say_waiting(void *user_data, const char *sentence)
{
    talk(sentence, user_data);
}

static bool check_server_options(const ScanCommandOptions *own, GError **err)
{
    const char *wrong = NULL;
    if (own->server == NULL && (own->token_file != NULL || own->ca_file != NULL))
        wrong = "--token-file and --cacert mean something only with --server";
    else if (own->server != NULL && own->case_number == NULL)
        wrong = "say with --case which case of the server it is for";
    else if (own->server != NULL && own->token_file == NULL)
        wrong = "say with --token-file where the token for the server is";
    else if (own->server != NULL && (own->database != NULL || own->job != OPTION_ABSENT))
        wrong = "give either --server or --database";
    else if (own->job != OPTION_ABSENT && own->case_number == NULL)
        wrong = "--job means something only with --case";
    if (wrong != NULL)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID, wrong);
    return wrong == NULL;
}

// clewd tells the database of a job where no list of processes shows it.
#define JOB_DATABASE "CLEW_JOB_DATABASE"

static const char *database_of(const ScanCommandOptions *own)
{
    bool is_job = own->job != OPTION_ABSENT;
    return own->database == NULL && is_job ? g_getenv(JOB_DATABASE) : own->database;
}

static bool begin_job(const ScanCommandOptions *own, Bringing *bringing, GError **err)
{
    if (own->job == OPTION_ABSENT)
        return true;
    bringing->job = (uint64_t)own->job;
    return scan_job_begin(bringing->desk.work, bringing->job, &bringing->desk.actor,
                          &bringing->job_name, err);
}

static bool open_bringing(const App *app, const ScanCommandOptions *own, char **arguments,
                          Bringing *ret_bringing, GError **err)
{
    if (own->case_number == NULL)
        return true;
    if (own->server != NULL) {
        ret_bringing->client =
            server_client_new(&(ServerClientOptions){.url = own->server,
                                                     .token_file = own->token_file,
                                                     .ca_file = own->ca_file,
                                                     .is_interrupted = app->is_interrupted,
                                                     .talk = say_waiting,
                                                     .user_data = (void *)app},
                              err);
        if (ret_bringing->client == NULL)
            return false;
    } else if (!case_desk_open(app, database_of(own), true, &ret_bringing->desk, err) ||
               !begin_job(own, ret_bringing, err)) {
        return false;
    }
    ret_bringing->sink = open_sink(own, ret_bringing, arguments, err);
    return ret_bringing->sink != NULL;
}

static int scan(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ScanCommandOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    // The walk checks the paths, then the zygote starts while little is mapped.
    unsigned jobs;
    FrameChoice choice;
    if (!check_server_options(own, &error) || !jobs_of_options(&own->walk, &jobs, &error) ||
        !frame_choice_of_options(&own->walk, SAMPLING_PER_SECOND, &choice, &error))
        return command_fail(error);
    g_autoptr(FolderWalk) walk = walk_of_options(app, &own->walk, arguments, &error);
    g_autoptr(Workers) workers = walk ? workers_of_options(&own->walk, &error) : NULL;
    if (workers == NULL)
        return command_fail(error);
    g_autofree char *data = app_data_folder(app);
    g_autoptr(SetStore) store =
        set_store_open(data, (SetStoreOptions){.database = database_of(own)}, &error);
    g_autoptr(Matcher) matcher = store ? open_matcher(app, own, store, &error) : NULL;
    if (matcher == NULL)
        return command_fail(error);

    g_auto(Bringing) bringing = {0};
    if (!open_bringing(app, own, arguments, &bringing, &error))
        return command_fail(error);
    const CaseSink *sink = bringing.sink;
    g_autofree char *fingerprint = fingerprint_of(own, workers, matcher, &choice, arguments);
    g_autoptr(ScanState) state = NULL;
    if (!open_state(own, fingerprint, &state, &error))
        return command_fail(error);
    g_autoptr(Progress) progress = progress_new("scanning", app->options.quiet);
    g_autoptr(ByteCount) byte_count =
        progress_is_shown(progress) ? byte_count_new(arguments, own->walk.one_file_system) : NULL;
    g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
    Run run = {.app = app,
               .reports = reports,
               .progress = progress,
               .byte_count = byte_count,
               .sink = bringing.sink,
               .bringing = &bringing};
    if (!open_reports(&run, own, &error))
        return command_fail(error);
    g_autoptr(GArray) own_files = own_files_of(&run, state);
    ScanOptions scan_options = {.walk = walk,
                                .zygote = workers->media,
                                .evidence = workers_evidence(workers, &own->walk),
                                .matcher = matcher,
                                .frame_choice = choice,
                                .verify_hits = !own->no_verify,
                                .keep_frames = sink != NULL,
                                .needs_eyes = sink != NULL ? match_rules_needs_eyes : NULL,
                                .state = state,
                                .own_files = (const ScanOwnFile *)own_files->data,
                                .own_file_count = own_files->len,
                                .jobs = jobs};
    int status = scan_with(&run, own, workers, &scan_options, &error);
    progress_clear(progress);
    return error != NULL ? command_fail(error) : status;
}

const Command command_scan = {
    .name = "scan",
    .arguments = "PATH…",
    .summary = "Find known pictures and videos in files and folders",
    .description =
        "Without --json only what matched or could not be examined is listed. Exit status:\n"
        "0 nothing found, complete; 1 found, complete; 2 usage or system error;\n"
        "3 nothing found, incomplete; 4 found, incomplete; 130 interrupted.",
    .options = options,
    .options_bytes = sizeof(ScanCommandOptions),
    .max_arguments = -1,
    .run = scan,
};
