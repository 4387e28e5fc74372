// SPDX-License-Identifier: Apache-2.0
#include "store/postgres_link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

// The server is asked to answer after so many commands, so that it and this program work at the
// same time; answers are read when twice as many as may stay are due.
#define FLUSH_COMMANDS 64u
#define QUEUED_MAX 512u
#define QUEUED_LEFT 256u

#define PASSWORD_FILE_VARIABLE "CLEW_DATABASE_PASSWORD_FILE"
#define PASSWORD_BYTES_MAX 1024
#define CONNECT_SECONDS "10"
#define SERVER_VERSION_MIN 130000

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

// ---- Errors -----------------------------------------------------------------------------------

// By SQLSTATE; the longest prefix that fits decides, so the more special rows stand first.
static ClewError code_of_state(const char *state)
{
    static const struct {
        const char *prefix;
        ClewError code;
    } codes[] = {
        {"08", CLEW_ERROR_BUSY},         // connection
        {"57", CLEW_ERROR_BUSY},         // stopped, starting, cancelled
        {"55P03", CLEW_ERROR_BUSY},      // lock_timeout
        {"40", CLEW_ERROR_BUSY},         // serialisation, deadlock
        {"53300", CLEW_ERROR_BUSY},      // too many connections
        {"53", CLEW_ERROR_IO},           // disk full, out of memory
        {"58", CLEW_ERROR_IO},           // system
        {"23", CLEW_ERROR_CONFLICT},     // constraints
        {"25006", CLEW_ERROR_DENIED},    // read-only
        {"42501", CLEW_ERROR_DENIED},    // privilege
        {"28", CLEW_ERROR_DENIED},       // who you are
        {"3D000", CLEW_ERROR_NOT_FOUND}, // no such database
        {"22021", CLEW_ERROR_INVALID},   // not UTF-8
        {"XX001", CLEW_ERROR_CORRUPT},   {"XX002", CLEW_ERROR_CORRUPT},
    };
    for (size_t i = 0; state != NULL && i < G_N_ELEMENTS(codes); i++)
        if (g_str_has_prefix(state, codes[i].prefix))
            return codes[i].code;
    return CLEW_ERROR_INTERNAL;
}

static bool fail_lost(const PostgresLink *link, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                "the connection to the database %s was lost; what was not acknowledged may not "
                "have been done, try again",
                link->database->name);
    return false;
}

// Only the primary message: its detail may quote what is stored.
static bool fail(const PostgresLink *link, const PGresult *result, GError **err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    ClewError code = code_of_state(state);
    const char *name = link->database->name;
    if (postgres_link_is_lost(link))
        return fail_lost(link, err);
    if (g_strcmp0(state, "55P03") == 0)
        return database_fail_busy(link->database, err);
    if (g_strcmp0(state, "53100") == 0)
        g_set_error(err, CLEW_ERROR, code,
                    "cannot write the database %s: no space is left; nothing was changed", name);
    else if (code == CLEW_ERROR_CORRUPT)
        g_set_error(err, CLEW_ERROR, code, "the database %s is damaged: %s", name,
                    words != NULL ? words : "unknown fault");
    else
        g_set_error(err, CLEW_ERROR, code, "cannot use the database %s: %s%s", name,
                    words != NULL ? words : "the server gave no reason",
                    code == CLEW_ERROR_BUSY ? "; try again" : "");
    return false;
}

// ---- Where it is ------------------------------------------------------------------------------

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL && *options->val != '\0' ? options->val : NULL;
    return NULL;
}

// libpq's own words about a bad URL would quote it, password and all.
static PQconninfoOption *parse_url(const char *url, GError **err)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (options == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot open the database: its URL is not of the form "
                    "postgresql://USER@HOST:PORT/NAME");
    return options;
}

char *postgres_url_for_people(const char *url, GError **err)
{
    PQconninfoOption *options = parse_url(url, err);
    if (options == NULL)
        return NULL;
    const char *user = option_value(options, "user"), *host = option_value(options, "host"),
               *port = option_value(options, "port"), *name = option_value(options, "dbname");
    char *text = g_strconcat("postgresql://", user != NULL ? user : "", user != NULL ? "@" : "",
                             host != NULL ? host : "", port != NULL ? ":" : "",
                             port != NULL ? port : "", "/", name, NULL);
    PQconninfoFree(options);
    return text;
}

// *ret_password stays NULL where no file is named.
static bool read_password_file(char **ret_password, GError **err)
{
    const char *path = g_getenv(PASSWORD_FILE_VARIABLE);
    if (path == NULL || *path == '\0')
        return true;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    char text[PASSWORD_BYTES_MAX + 1] = {0};
    ssize_t length = -1;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0)
        length = read(descriptor, text, PASSWORD_BYTES_MAX);
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (length < 0)
        return clew_error_set_errno(err, error, "cannot read the database password in %s", path);
    if ((status.st_mode & S_IRWXO) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "refusing to use %s: its mode %04o lets everybody read the database password; "
                    "run: chmod 600 '%s'",
                    path, status.st_mode & 07777, path);
        return false;
    }
    text[strcspn(text, "\r\n")] = '\0';
    *ret_password = g_strdup(text);
    return true;
}

// "keyword='value'", as libpq reads it.
static void append_option(GString *text, const PQconninfoOption *option)
{
    g_string_append_printf(text, "%s%s='", text->len > 0 ? " " : "", option->keyword);
    for (const char *at = option->val; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *at);
    }
    g_string_append_c(text, '\'');
}

bool postgres_url_for_programs(const char *url, char **ret_target, char **ret_password,
                               GError **err)
{
    g_autofree char *password = NULL;
    PQconninfoOption *options = parse_url(url, err);
    if (options == NULL)
        return false;
    g_autoptr(GString) target = g_string_new(NULL);
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL && *option->val != '\0' && strcmp(option->keyword, "password") != 0)
            append_option(target, option);
    password = g_strdup(option_value(options, "password"));
    PQconninfoFree(options);
    if (password == NULL && !read_password_file(&password, err))
        return false;
    *ret_target = g_strdup(target->str);
    *ret_password = g_steal_pointer(&password);
    return true;
}

// ---- Connecting -------------------------------------------------------------------------------

void postgres_link_init(PostgresLink *link, Database *database)
{
    *link = (PostgresLink){.database = database, .stale = g_ptr_array_new_with_free_func(g_free)};
}

static void drop_connection(PostgresLink *link)
{
    PQfinish(link->connection);
    link->connection = NULL;
    link->queued = link->since_flush = 0;
    g_ptr_array_set_size(link->stale, 0);
}

void postgres_link_clear(PostgresLink *link)
{
    drop_connection(link);
    g_clear_error(&link->failure);
    g_ptr_array_unref(link->stale);
    g_free(link->lock);
}

bool postgres_link_is_lost(const PostgresLink *link)
{
    return link->connection == NULL || PQstatus(link->connection) != CONNECTION_OK;
}

// Settings of the session. Those of the URL come later and win. A plan made for an empty table must
// not read all of it when it has grown, so an index is said to be cheap (random_page_cost); and a
// statement that compares a thousand rows gains nothing from being compiled first (jit).
static char *session_options(const PostgresLink *link, const char *own)
{
    return g_strdup_printf("-c search_path=public -c lock_timeout=%u -c statement_timeout=0 "
                           "-c idle_in_transaction_session_timeout=0 -c timezone=UTC -c jit=off "
                           "-c random_page_cost=1.1 "
                           "-c standard_conforming_strings=on %s -c synchronous_commit=on",
                           MAX(link->database->busy_ms, 1u), own != NULL ? own : "");
}

static PGconn *connect_with(const PostgresLink *link, const PQconninfoOption *url_options,
                            const char *password)
{
    g_autofree char *options = session_options(link, option_value(url_options, "options"));
    const char *keywords[] = {
        "dbname", "client_encoding", "fallback_application_name", "options", NULL, NULL, NULL};
    const char *values[] = {link->database->place, "UTF8", "clew", options, NULL, NULL, NULL};
    int count = 4;
    if (option_value(url_options, "connect_timeout") == NULL) {
        keywords[count] = "connect_timeout";
        values[count++] = CONNECT_SECONDS;
    }
    if (password != NULL && option_value(url_options, "password") == NULL) {
        keywords[count] = "password";
        values[count++] = password;
    }
    return PQconnectdbParams(keywords, values, 1);
}

// The first line of libpq's words; no value of the URL but host, port, user and database is in it.
static bool fail_to_connect(const PostgresLink *link, GError **err)
{
    g_autofree char *words = g_strdup(PQerrorMessage(link->connection));
    bool no_password = PQconnectionNeedsPassword(link->connection) != 0;
    bool denied = no_password || PQconnectionUsedPassword(link->connection) != 0;
    words[strcspn(words, "\n")] = '\0';
    g_set_error(err, CLEW_ERROR, denied ? CLEW_ERROR_DENIED : CLEW_ERROR_BUSY,
                "cannot connect to the database %s: %s; %s", link->database->name, words,
                no_password ? "give its password with PGPASSWORD or " PASSWORD_FILE_VARIABLE
                            : "see that the server runs and the URL is right");
    return false;
}

static bool check_server(const PostgresLink *link, GError **err)
{
    const char *encoding = PQparameterStatus(link->connection, "server_encoding");
    const char *name = link->database->name;
    if (PQserverVersion(link->connection) < SERVER_VERSION_MIN)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot use the database %s: its server is older than PostgreSQL 13", name);
    else if (g_strcmp0(encoding, "UTF8") != 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot use the database %s: its encoding is %s; make one with encoding UTF8",
                    name, encoding != NULL ? encoding : "unknown");
    else
        return true;
    return false;
}

// Writers of one schema wait for each other; the lock's number is made of the schema's name.
static bool find_lock(PostgresLink *link, GError **err)
{
    g_autoptr(PGresult) result =
        PQexec(link->connection, "SELECT hashtextextended('clew ' || current_schema(), 0)");
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return fail(link, result, err);
    if (PQgetisnull(result, 0, 0)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "cannot use the database %s: it has no schema public, or you may not use it",
                    link->database->name);
        return false;
    }
    g_free(link->lock);
    link->lock = g_strdup_printf("SELECT pg_advisory_xact_lock(%s)", PQgetvalue(result, 0, 0));
    return true;
}

static void ignore_notice(void *user_data, const PGresult *result)
{
}

bool postgres_link_connect(PostgresLink *link, GError **err)
{
    if (!postgres_link_is_lost(link))
        return true;
    g_autofree char *password = NULL;
    drop_connection(link);
    if (!read_password_file(&password, err))
        return false;
    PQconninfoOption *options = parse_url(link->database->place, err);
    if (options == NULL)
        return false;
    link->connection = connect_with(link, options, password);
    link->number++;
    PQconninfoFree(options);
    PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
    bool ok = PQstatus(link->connection) == CONNECTION_OK
                  ? check_server(link, err) && find_lock(link, err) &&
                        PQenterPipelineMode(link->connection) == 1
                  : fail_to_connect(link, err);
    if (!ok)
        drop_connection(link);
    return ok;
}

// ---- Reading outcomes -------------------------------------------------------------------------

static void note_failure(PostgresLink *link, const PGresult *result)
{
    if (link->failure == NULL)
        fail(link, result, &link->failure);
}

static void note_lost(PostgresLink *link)
{
    if (link->failure == NULL)
        fail_lost(link, &link->failure);
    link->queued = link->since_flush = 0;
}

// The outcome of the oldest command; NULL when it failed.
static PGresult *read_outcome(PostgresLink *link)
{
    g_autoptr(PGresult) outcome = NULL;
    PGresult *result;
    while ((result = PQgetResult(link->connection)) != NULL) {
        PQclear(outcome);
        outcome = result;
    }
    ExecStatusType status = PQresultStatus(outcome);
    bool ok =
        status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!ok)
        note_failure(link, outcome);
    return ok ? g_steal_pointer(&outcome) : NULL;
}

static void read_outcomes(PostgresLink *link, unsigned left, PGresult **ret_last)
{
    while (link->queued > left) {
        g_autoptr(PGresult) result = read_outcome(link);
        if (postgres_link_is_lost(link)) {
            note_lost(link);
            return;
        }
        link->queued--;
        if (link->queued == 0 && ret_last != NULL)
            *ret_last = g_steal_pointer(&result);
    }
}

// Outside a transaction an error concerns nobody after this call.
static bool report_failure(PostgresLink *link, GError **err)
{
    if (link->failure == NULL)
        return true;
    if (link->in_transaction)
        g_propagate_error(err, g_error_copy(link->failure));
    else
        g_propagate_error(err, g_steal_pointer(&link->failure));
    return false;
}

static void synchronise(PostgresLink *link, PGresult **ret_last)
{
    if (postgres_link_is_lost(link) || PQpipelineSync(link->connection) != 1) {
        note_lost(link);
        return;
    }
    read_outcomes(link, 0, ret_last);
    link->since_flush = 0;
    if (postgres_link_is_lost(link))
        return;
    g_autoptr(PGresult) end = PQgetResult(link->connection);
    if (PQresultStatus(end) != PGRES_PIPELINE_SYNC)
        note_failure(link, end);
}

bool postgres_link_settle(PostgresLink *link, PGresult **ret_last, GError **err)
{
    g_autoptr(PGresult) last = NULL;
    synchronise(link, &last);
    if (!report_failure(link, err))
        return false;
    if (ret_last != NULL)
        *ret_last = g_steal_pointer(&last);
    return true;
}

void postgres_link_recover(PostgresLink *link)
{
    if (!postgres_link_is_lost(link))
        synchronise(link, NULL);
    if (postgres_link_is_lost(link))
        drop_connection(link);
    g_clear_error(&link->failure);
}

// ---- Sending ----------------------------------------------------------------------------------

static bool may_send(PostgresLink *link, GError **err)
{
    if (link->failure == NULL && postgres_link_is_lost(link))
        note_lost(link);
    return report_failure(link, err);
}

static bool note_sent(PostgresLink *link, int sent, GError **err)
{
    if (sent != 1) {
        note_lost(link);
        return report_failure(link, err);
    }
    link->queued++;
    if (++link->since_flush >= FLUSH_COMMANDS) {
        link->since_flush = 0;
        PQsendFlushRequest(link->connection);
        PQflush(link->connection);
    }
    if (link->queued >= QUEUED_MAX)
        read_outcomes(link, QUEUED_LEFT, NULL);
    return report_failure(link, err);
}

static const PostgresParameters no_parameters;

bool postgres_link_send(PostgresLink *link, const char *sql, const PostgresParameters *parameters,
                        GError **err)
{
    const PostgresParameters *p = parameters != NULL ? parameters : &no_parameters;
    return may_send(link, err) &&
           note_sent(link,
                     PQsendQueryParams(link->connection, sql, p->count, p->types, p->values,
                                       p->lengths, p->formats, 1),
                     err);
}

bool postgres_link_send_prepare(PostgresLink *link, const char *name, const char *sql,
                                const PostgresParameters *parameters, GError **err)
{
    return may_send(link, err) && note_sent(link,
                                            PQsendPrepare(link->connection, name, sql,
                                                          parameters->count, parameters->types),
                                            err);
}

bool postgres_link_send_describe(PostgresLink *link, const char *name, GError **err)
{
    return may_send(link, err) &&
           note_sent(link, PQsendDescribePrepared(link->connection, name), err);
}

bool postgres_link_send_prepared(PostgresLink *link, const char *name,
                                 const PostgresParameters *parameters, GError **err)
{
    return may_send(link, err) &&
           note_sent(link,
                     PQsendQueryPrepared(link->connection, name, parameters->count,
                                         parameters->values, parameters->lengths,
                                         parameters->formats, 1),
                     err);
}

bool postgres_link_query(PostgresLink *link, const char *sql, PGresult **ret_result, GError **err)
{
    return postgres_link_send(link, sql, NULL, err) && postgres_link_settle(link, ret_result, err);
}

bool postgres_link_script(PostgresLink *link, const char *script, GError **err)
{
    if (!may_send(link, err) || !postgres_link_settle(link, NULL, err))
        return false;
    if (PQexitPipelineMode(link->connection) != 1) {
        note_lost(link);
        return report_failure(link, err);
    }
    g_autoptr(PGresult) result = PQexec(link->connection, script);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        note_failure(link, result);
    if (!postgres_link_is_lost(link))
        PQenterPipelineMode(link->connection);
    return report_failure(link, err);
}
