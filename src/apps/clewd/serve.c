// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/serve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/server.h"
#include "cases/casework.h"
#include "store/data_folder.h"

#define DEFAULT_LISTEN "127.0.0.1:8600"
#define POLL_US 100000

typedef struct {
    char *listen;
    char *database;
    char **evidence_roots;
    bool behind_tls_proxy;
    char **proxies;
    char **hosts;
    char *desk;
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
     "folder of the desk's files (default: as installed)"},
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
    return check_evidence_roots(options->evidence_roots, err);
}

static ApiServer *start(const App *app, const ServeOptions *options, CaseworkPool *pool,
                        GError **err)
{
    return api_server_start(
        &(ApiServerOptions){
            .listen = options->listen != NULL ? options->listen : DEFAULT_LISTEN,
            .behind_tls_proxy = options->behind_tls_proxy,
            .proxies = (const char *const *)options->proxies,
            .hosts = (const char *const *)options->hosts,
            .desk = options->desk != NULL ? options->desk : DESK_FOLDER,
            .pool = pool,
            .authenticator = api_authenticator_of_accounts(),
            .log = app->options.quiet ? NULL : write_line,
        },
        err);
}

static int serve(const App *app, const ServeOptions *options, CaseworkPool *pool)
{
    g_autoptr(GError) error = NULL;
    if (!check_options(options, &error) || !try_casework(pool, &error))
        return command_fail(error);
    ApiServer *server = start(app, options, pool, &error);
    if (server == NULL)
        return command_fail(error);
    printf("clewd: listening on http://%s\n", api_server_address(server));
    fflush(stdout);
    while (!app->is_interrupted())
        g_usleep(POLL_US); // a signal cuts it short
    api_server_stop(server);
    return EXIT_STATUS_OK;
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ServeOptions *options = parsed;
    g_autofree char *folder = app_data_folder(app);
    CaseworkOptions casework = {.data_folder = folder, .database = options->database};
    g_autoptr(GError) error = NULL;
    if (!data_folder_prepare(folder, &error))
        return command_fail(error);
    g_autoptr(CaseworkPool) pool = casework_pool_new(
        &(CaseworkPoolOptions){.open = open_casework, .close = casework_close, .data = &casework});
    return serve(app, options, pool);
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
