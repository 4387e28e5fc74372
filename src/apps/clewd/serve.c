// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/serve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/server.h"
#include "api/services.h"
#include "apps/clewd/desk_folder.h"
#include "apps/clewd/first_link.h"
#include "apps/clewd/sign_in.h"
#include "apps/clewd/upkeep.h"
#include "apps/clewd/witness_http.h"
#include "cases/audit_appender.h"
#include "cases/casework.h"
#include "store/data_folder.h"

#define DEFAULT_LISTEN "127.0.0.1:8600"
#define POLL_US 100000
#define HANDLE_CACHE_KIB 8192u // of each of many handles
#define MATCH_RATE_MAX 10000000u

typedef struct {
    char *listen;
    char *database;
    char **evidence_roots;
    bool behind_tls_proxy;
    char **proxies;
    char **hosts;
    char *desk;
    char **witnesses;
    char **sign_in_links;
    bool unconfined;
    int64_t match_rate;
} ServeOptions;

static const CommandOption serve_options[] = {
    {"listen", OPTION_TEXT, offsetof(ServeOptions, listen), "HOST:PORT",
     "address to listen on (default: " DEFAULT_LISTEN ")"},
    {"database", OPTION_TEXT, offsetof(ServeOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"evidence-root", OPTION_TEXT_LIST, offsetof(ServeOptions, evidence_roots), "DIR",
     "folder below which scans may be started; may be repeated"},
    {"behind-tls-proxy", OPTION_FLAG, offsetof(ServeOptions, behind_tls_proxy), NULL,
     "a proxy on this machine speaks TLS to the outside"},
    {"proxy", OPTION_TEXT_LIST, offsetof(ServeOptions, proxies), "ADDRESS",
     "the proxy is at this address instead; may be repeated"},
    {"host", OPTION_TEXT_LIST, offsetof(ServeOptions, hosts), "NAME",
     "a name under which browsers reach it; may be repeated"},
    {"desk", OPTION_FILE, offsetof(ServeOptions, desk), "DIR",
     "folder of the desk's files (default: as built or installed)"},
    {"sign-in-link", OPTION_TEXT_LIST, offsetof(ServeOptions, sign_in_links), "NAME",
     "print an address that signs this person in, once; may be repeated"},
    {"witness", OPTION_TEXT_LIST, offsetof(ServeOptions, witnesses), "URL=KEY",
     "give heads of the record to this witness; may be repeated"},
    {"unconfined", OPTION_FLAG, offsetof(ServeOptions, unconfined), NULL,
     "decode even where no sandbox can be had"},
    {"match-rate", OPTION_NUMBER, offsetof(ServeOptions, match_rate), "N",
     "hashes a second that one token may ask about (default: 5000)"},
    {0},
};

// ---- Handles ----------------------------------------------------------------------------------

static Casework *open_casework(void *data, GError **err)
{
    return casework_open(data, err);
}

// The first handle is opened before the server listens, so that what is wrong with the data folder
// or the database is said at once.
static bool try_casework(CaseworkPool *pool, GError **err)
{
    Casework *work = casework_pool_take(pool, err);
    if (work != NULL)
        casework_pool_give(pool, work, false);
    return work != NULL;
}

// ---- Log --------------------------------------------------------------------------------------

// One write a line, so that lines of several threads do not mix.
static void write_line(void *data, const char *line)
{
    g_autofree char *whole = g_strdup_printf("%s\n", line);
    if (write(STDERR_FILENO, whole, strlen(whole)) < 0)
        return; // nobody reads it; there is nowhere to say so
}

// ---- Serving ----------------------------------------------------------------------------------

static bool check_evidence_roots(char **roots, GError **err)
{
    for (; roots != NULL && *roots != NULL; roots++)
        if (!g_path_is_absolute(*roots) || !g_file_test(*roots, G_FILE_TEST_IS_DIR)) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "--evidence-root %s is no folder with its whole path", *roots);
            return false;
        }
    return true;
}

static bool check_options(const ServeOptions *options, GError **err)
{
    if (options->proxies != NULL && !options->behind_tls_proxy) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                            "--proxy means something only with --behind-tls-proxy");
        return false;
    }
    if (options->desk != NULL && !g_file_test(options->desk, G_FILE_TEST_IS_DIR)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "--desk %s is no folder", options->desk);
        return false;
    }
    if (options->sign_in_links != NULL && options->behind_tls_proxy) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                            "--sign-in-link is for a server that only this machine reaches, and "
                            "behind a proxy others reach it; leave one of the two out");
        return false;
    }
    int64_t rate = options->match_rate;
    if (rate != OPTION_ABSENT && (rate < 1 || rate > MATCH_RATE_MAX)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "--match-rate is 1 to %u", MATCH_RATE_MAX);
        return false;
    }
    return check_evidence_roots(options->evidence_roots, err);
}

// Everything that serving needs, made before the first thread and taken down in reverse.
typedef struct {
    const App *app;
    const ServeOptions *options;
    CaseworkOptions casework;
    AuditSigner *signer;
    Zygote *media, *evidence, *lists;
    CaseworkPool *pool;
    Casework *work; // of the matcher
    Matcher *matcher;
    MatchService *matching;
    Workshop *workshop;
    ApiKnown *known;
    ViewDesk *views;
    ScanRunner *scans;
    SignInLinks *links;
    AuditAppender *appender;
    Upkeep *upkeep;
    GArray *witnesses; // of AuditWitness
    char *desk;
    ApiServices services;
} Serving;

static Zygote *begin_worker(const Serving *serving, const char *program, GError **err)
{
    return zygote_begin(
        (ZygoteOptions){.program = program, .allow_unconfined = serving->options->unconfined}, err);
}

// They start side by side, while there is one thread and little memory.
static bool start_workers(Serving *serving, GError **err)
{
    serving->media = begin_worker(serving, "clew-media-worker", err);
    serving->evidence = serving->media ? begin_worker(serving, "clew-evidence-worker", err) : NULL;
    serving->lists = serving->evidence ? begin_worker(serving, "clew-list-worker", err) : NULL;
    return serving->lists != NULL && zygote_await(serving->media, err) &&
           zygote_await(serving->evidence, err) && zygote_await(serving->lists, err);
}

static void witness_clear(void *data)
{
    g_free((char *)((AuditWitness *)data)->url);
}

static bool read_witnesses(Serving *serving, GError **err)
{
    serving->witnesses = g_array_new(FALSE, FALSE, sizeof(AuditWitness));
    g_array_set_clear_func(serving->witnesses, witness_clear);
    char **given = serving->options->witnesses;
    for (; given != NULL && *given != NULL; given++) {
        AuditWitness witness;
        if (!witness_parse(*given, &witness, err))
            return false;
        g_array_append_val(serving->witnesses, witness);
    }
    return witness_http_init(err);
}

static void talk(const char *text, void *user_data)
{
    const App *app = user_data;
    if (!app->options.quiet)
        fprintf(stderr, "clewd: %s\n", text);
}

static void say(void *user_data, const char *sentence)
{
    fprintf(stderr, "clewd: %s\n", sentence);
}

static bool start_appender(Serving *serving, GError **err)
{
    serving->appender =
        audit_appender_start(&(AuditAppenderOptions){.casework = serving->casework,
                                                     .signer = serving->signer,
                                                     .witnesses = (void *)serving->witnesses->data,
                                                     .witness_count = serving->witnesses->len,
                                                     .post = witness_http_post,
                                                     .say = say},
                             err);
    return serving->appender != NULL;
}

static bool open_matcher(Serving *serving, GError **err)
{
    serving->work = casework_open(&serving->casework, err);
    if (serving->work == NULL)
        return false;
    MatcherOptions options = {.distance = MATCHER_DISTANCE, .min_quality = MATCHER_MIN_QUALITY};
    serving->matcher =
        matcher_open(casework_sets(serving->work), options, talk, (void *)serving->app, err);
    return serving->matcher != NULL;
}

static bool start_matching(Serving *serving, GError **err)
{
    int64_t rate = serving->options->match_rate;
    serving->matching = match_service_new(
        &(MatchServiceOptions){.matcher = serving->matcher,
                               .media = serving->media,
                               .casework = serving->casework,
                               .hashes_per_second = rate == OPTION_ABSENT ? 0 : (unsigned)rate,
                               .say = say},
        err);
    return serving->matching != NULL;
}

static bool prepare(Serving *serving, GError **err)
{
    const char *folder = serving->casework.data_folder;
    if (!check_options(serving->options, err) || !data_folder_prepare(folder, err) ||
        !read_witnesses(serving, err))
        return false;
    serving->signer = audit_signer_start(folder, err);
    if (serving->signer == NULL || !start_workers(serving, err))
        return false;
    serving->pool = casework_pool_new(&(CaseworkPoolOptions){
        .open = open_casework, .close = casework_close, .data = &serving->casework});
    if (!try_casework(serving->pool, err) || !open_matcher(serving, err) ||
        !start_matching(serving, err) || !start_appender(serving, err))
        return false;
    serving->workshop = workshop_new(&serving->casework);
    serving->known = api_known_new();
    serving->upkeep = upkeep_start(&serving->casework, serving->known, say, NULL);
    serving->scans = scan_runner_new(&(ScanRunnerOptions){
        .casework = serving->casework, .unconfined = serving->options->unconfined});
    serving->views = view_desk_new(
        &(ViewDeskOptions){.media = serving->media,
                           .evidence = serving->evidence,
                           .roots = (const char *const *)serving->options->evidence_roots});
    serving->links = sign_in_links_new();
    serving->services =
        (ApiServices){.matcher = serving->matcher,
                      .matching = serving->matching,
                      .known = serving->known,
                      .workshop = serving->workshop,
                      .views = serving->views,
                      .scans = serving->scans,
                      .links = serving->links,
                      .media = serving->media,
                      .evidence = serving->evidence,
                      .lists = serving->lists,
                      .data_folder = folder,
                      .database = serving->casework.database,
                      .evidence_roots = (const char *const *)serving->options->evidence_roots};
    return true;
}

static void take_down(Serving *serving)
{
    match_service_free(serving->matching); // its last leaves come before the last head
    upkeep_stop(serving->upkeep);
    audit_appender_stop(serving->appender);
    audit_signer_free(serving->signer);
    scan_runner_free(serving->scans);
    sign_in_links_free(serving->links);
    view_desk_free(serving->views);
    workshop_free(serving->workshop);
    api_known_free(serving->known);
    matcher_free(serving->matcher);
    casework_close(serving->work);
    casework_pool_free(serving->pool);
    zygote_free(serving->media);
    zygote_free(serving->evidence);
    zygote_free(serving->lists);
    g_clear_pointer(&serving->witnesses, g_array_unref);
    g_free(serving->desk);
}

static ApiServer *start(Serving *serving, GError **err)
{
    const ServeOptions *options = serving->options;
    serving->desk = options->desk != NULL ? g_strdup(options->desk) : desk_folder_find();
    return api_server_start(
        &(ApiServerOptions){
            .listen = options->listen != NULL ? options->listen : DEFAULT_LISTEN,
            .behind_tls_proxy = options->behind_tls_proxy,
            .proxies = (const char *const *)options->proxies,
            .hosts = (const char *const *)options->hosts,
            .desk = serving->desk,
            .pool = serving->pool,
            .authenticator = api_authenticator_of_accounts(),
            .spool = serving->casework.data_folder,
            .services = &serving->services,
            .log = serving->app->options.quiet ? NULL : write_line,
        },
        err);
}

// Where browsers reach it: by the first name that was given, else by its address.
static char *origin_of(const ServeOptions *options, const ApiServer *server)
{
    const char *name = options->hosts != NULL ? options->hosts[0] : NULL;
    if (options->behind_tls_proxy)
        return g_strdup_printf("https://%s", name != NULL ? name : api_server_address(server));
    return g_strdup_printf("http://%s", api_server_address(server));
}

// What lets people in who have no password yet, or need none. NULL with *err set when it fails.
static GPtrArray *make_links(Serving *serving, const ApiServer *server, GError **err)
{
    g_autofree char *origin = origin_of(serving->options, server);
    Casework *work = casework_pool_take(serving->pool, err);
    if (work == NULL)
        return NULL;
    GPtrArray *addresses =
        first_link_write(work, origin, serving->app->options.quiet, err)
            ? sign_in_make(serving->links, work, serving->options->sign_in_links, origin, err)
            : NULL;
    casework_pool_give(serving->pool, work, false);
    return addresses;
}

static int serve(Serving *serving)
{
    g_autoptr(GError) error = NULL;
    ApiServer *server = prepare(serving, &error) ? start(serving, &error) : NULL;
    if (server == NULL)
        return command_fail(error);
    g_autoptr(GPtrArray) addresses = make_links(serving, server, &error);
    if (addresses == NULL) {
        api_server_stop(server);
        return command_fail(error);
    }
    printf("clewd: listening on http://%s\n", api_server_address(server));
    fflush(stdout);
    sign_in_print(addresses);
    while (!serving->app->is_interrupted())
        g_usleep(POLL_US); // a signal cuts it short
    api_server_stop(server);
    return EXIT_STATUS_OK;
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ServeOptions *options = parsed;
    g_autofree char *folder = app_data_folder(app);
    Serving serving = {.app = app,
                       .options = options,
                       .casework = {.data_folder = folder,
                                    .database = options->database,
                                    .cache_kib = HANDLE_CACHE_KIB}};
    int status = serve(&serving);
    take_down(&serving);
    return status;
}

const Command command_serve = {
    .name = "serve",
    .arguments = "",
    .summary = "Serves the API and the desk",
    .options = serve_options,
    .options_bytes = sizeof(ServeOptions),
    .max_arguments = 0,
    .run = run,
};
