// SPDX-License-Identifier: Apache-2.0
//
// clew case: cases in the database of this machine, without a server. What is done here is on
// record under the login name.
#include "apps/clew/cmd_case.h"

#include <stdio.h>
#include <string.h>

#include "apps/clew/commands.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cases/accounts.h"
#include "cases/case_file.h"
#include "cases/examination.h"
#include "cases/sets.h"
#include "store/case_counts.h"

#define US_PER_SECOND 1000000

bool case_desk_open(const App *app, const char *database, bool must_exist, CaseDesk *ret_desk,
                    GError **err)
{
    g_autofree char *folder = app_data_folder(app);
    *ret_desk = (CaseDesk){0};
    ret_desk->work = casework_open(
        &(CaseworkOptions){.data_folder = folder, .database = database, .must_exist = must_exist},
        err);
    if (ret_desk->work == NULL)
        return false;
    ret_desk->login = sets_login_name();
    ret_desk->actor = actor_of_command_line(ret_desk->login);
    return true;
}

void case_desk_clear(CaseDesk *desk)
{
    casework_close(desk->work);
    g_free(desk->login);
    *desk = (CaseDesk){0};
}

// ---- open -------------------------------------------------------------------------------------

typedef struct {
    char *title, *unit, *scheme, *reference, *database;
    int64_t voters, voter_units;
    bool restricted;
} OpenOptions;

static const CommandOption open_options[] = {
    {"title", OPTION_TEXT, offsetof(OpenOptions, title), "TEXT", "a neutral title"},
    {"unit", OPTION_TEXT, offsetof(OpenOptions, unit), "NAME",
     "the unit it belongs to (default: the only one there is)"},
    {"scheme", OPTION_TEXT, offsetof(OpenOptions, scheme), "S",
     "scheme of its categories (default vics-us)"},
    {"voters", OPTION_NUMBER, offsetof(OpenOptions, voters), "N",
     "so many distinct people decide (default 1)"},
    {"voter-units", OPTION_NUMBER, offsetof(OpenOptions, voter_units), "N",
     "from so many units (default 1)"},
    {"reference", OPTION_TEXT, offsetof(OpenOptions, reference), "TEXT",
     "what other units are given to name it by"},
    {"restricted", OPTION_FLAG, offsetof(OpenOptions, restricted), NULL,
     "other units are told \"no\" when they ask; you are told that they asked"},
    CASE_DATABASE_OPTION(OpenOptions),
    {0},
};

#define LOCAL_UNIT "local"
#define DEFAULT_SCHEME "vics-us"

// The unit of this name; without a name the only one, made when there is none.
static bool unit_of(Act *act, const char *name, uint64_t *ret_id, GError **err)
{
    g_autoptr(GPtrArray) units = unit_list(act_work(act), 0, UINT16_MAX, err);
    if (units == NULL)
        return false;
    for (unsigned i = 0; i < units->len; i++) {
        const Unit *unit = units->pdata[i];
        if (name != NULL ? g_str_equal(unit->name, name) : units->len == 1) {
            *ret_id = unit->id;
            return true;
        }
    }
    if (name == NULL && units->len > 1) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "there are %u units; say whose case it is with --unit", units->len);
        return false;
    }
    return unit_create(
        act,
        &(UnitFields){
            .name = name != NULL ? name : LOCAL_UNIT, .agency = "", .country = "ZZ", .contact = ""},
        ret_id, err);
}

static unsigned small_number(int64_t given)
{
    return given == OPTION_ABSENT ? 0 : (unsigned)(given < UINT16_MAX ? given : UINT16_MAX);
}

static bool open_case(CaseDesk *desk, const OpenOptions *own, const char *number, GError **err)
{
    g_autoptr(Act) act = act_begin(desk->work, &desk->actor, AUDIT_CASE_OPENED, err);
    CaseFileNew request = {.number = number,
                           .title = own->title,
                           .scheme = own->scheme != NULL ? own->scheme : DEFAULT_SCHEME,
                           .voters = small_number(own->voters),
                           .voter_units = small_number(own->voter_units),
                           .restricted = own->restricted,
                           .reference = own->reference};
    if (act == NULL || !unit_of(act, own->unit, &request.unit_id, err))
        return false;
    g_autoptr(CaseFile) file = case_file_open(act, &request, err);
    return file != NULL && act_commit(act, err);
}

static int run_open(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const OpenOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_auto(CaseDesk) desk = {0};
    if (!case_desk_open(app, own->database, false, &desk, &error) ||
        !open_case(&desk, own, arguments[0], &error))
        return command_fail(error);
    if (!app->options.quiet)
        printf("case %s is open; bring evidence into it with: clew scan --case %s PATH\n",
               arguments[0], arguments[0]);
    return EXIT_STATUS_OK;
}

static const Command command_open = {
    .name = "open",
    .arguments = "NUMBER",
    .summary = "Open a case",
    .options = open_options,
    .options_bytes = sizeof(OpenOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_open,
};

// ---- list and show ----------------------------------------------------------------------------

typedef struct {
    char *database;
} ReadOptions;

static const CommandOption read_options[] = {CASE_DATABASE_OPTION(ReadOptions), {0}};

#define CASES_AT_ONCE 500u

// Members of a case.
static void write_case(JsonWriter *json, const CaseFile *file, const CaseCounts *counts)
{
    g_autofree char *opened = clock_format_utc(file->opened_us / US_PER_SECOND, 0);
    json_write_member_string(json, "number", file->number);
    json_write_member_string(json, "title", file->title);
    json_write_member_string(json, "state", case_state_name(file->state));
    json_write_member_string(json, "scheme", file->scheme);
    json_write_member_uint(json, "voters", file->voters);
    json_write_member_uint(json, "voter_units", file->voter_units);
    json_write_member_bool(json, "restricted", file->restricted);
    json_write_member_string(json, "opened", opened);
    json_write_member_uint(json, "items", counts->items);
    json_write_member_uint(json, "not_examined", counts->not_examined);
    json_write_member_uint(json, "notable", counts->notable);
    json_write_member_uint(json, "ignorable", counts->ignorable);
    json_write_member_uint(json, "new", counts->fresh);
    json_write_member_uint(json, "open", counts->open);
    json_write_member_uint(json, "decided", counts->decided);
    json_write_member_uint(json, "disputed", counts->disputed);
    json_write_member_uint(json, "stacks", counts->stacks);
}

static void print_line(const CaseFile *file, const CaseCounts *counts)
{
    printf("%-20s %-8s %8" G_GUINT64_FORMAT " new in %" G_GUINT64_FORMAT
           " stacks, %" G_GUINT64_FORMAT " open, %" G_GUINT64_FORMAT " notable, %" G_GUINT64_FORMAT
           " not examined  %s\n",
           file->number, case_state_name(file->state), counts->fresh, counts->stacks, counts->open,
           counts->notable, counts->not_examined, file->title);
}

static void print_case(const App *app, const CaseFile *file, const CaseCounts *counts)
{
    if (!app->options.json) {
        print_line(file, counts);
        return;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    write_case(&json, file, counts);
    json_write_end_object(&json);
    puts(text->str);
}

static bool list_cases(const App *app, CaseDesk *desk, GError **err)
{
    uint64_t after = 0;
    while (true) {
        g_autoptr(GPtrArray) files =
            case_file_list(desk->work, &desk->actor, after, CASES_AT_ONCE, err);
        if (files == NULL)
            return false;
        for (unsigned i = 0; i < files->len; i++) {
            const CaseFile *file = files->pdata[i];
            CaseCounts counts;
            if (!case_counts(casework_database(desk->work), file->id, &counts, err))
                return false;
            print_case(app, file, &counts);
            after = file->id;
        }
        if (files->len < CASES_AT_ONCE)
            return true;
    }
}

static int run_list(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ReadOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_auto(CaseDesk) desk = {0};
    if (!case_desk_open(app, own->database, true, &desk, &error) || !list_cases(app, &desk, &error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

static const Command command_list = {
    .name = "list",
    .arguments = "",
    .summary = "List the cases and how far they are",
    .options = read_options,
    .options_bytes = sizeof(ReadOptions),
    .run = run_list,
};

static char *who_of(CaseDesk *desk, const Examination *row)
{
    g_autoptr(Account) account =
        row->account_id != 0 ? account_get(desk->work, row->account_id, NULL) : NULL;
    const char *name = account != NULL ? account->name : row->login;
    return g_strdup(name != NULL ? name : "");
}

static void write_examination(JsonWriter *json, CaseDesk *desk, const Examination *row)
{
    g_autofree char *who = who_of(desk, row);
    g_autofree char *begun = clock_format_utc(row->begun_us / US_PER_SECOND, 0);
    g_autofree char *ended =
        row->ended_us != 0 ? clock_format_utc(row->ended_us / US_PER_SECOND, 0) : NULL;
    const char *totals = row->totals != NULL ? row->totals : "null";
    json_write_begin_object(json);
    json_write_member_string(json, "evidence", row->evidence);
    json_write_member_string(json, "who", who);
    json_write_member_string(json, "begun", begun);
    json_write_member_string(json, "ended", ended);
    json_write_key(json, "provenance");
    json_write_raw(json, row->provenance, strlen(row->provenance));
    json_write_key(json, "totals");
    json_write_raw(json, totals, strlen(totals));
    json_write_end_object(json);
}

static void print_examination(CaseDesk *desk, const Examination *row)
{
    g_autofree char *who = who_of(desk, row);
    g_autofree char *begun = clock_format_utc(row->begun_us / US_PER_SECOND, 0);
    g_autofree char *ended = row->ended_us != 0 ? clock_format_utc(row->ended_us / US_PER_SECOND, 0)
                                                : g_strdup("no end was said");
    printf("  examined %s to %s by %s: %s\n", begun, ended, who, row->evidence);
}

#define EXAMINATIONS_AT_ONCE 100u

// A line for each, or with `json` an element of an array.
static bool tell_examinations(CaseDesk *desk, uint64_t case_id, JsonWriter *json, GError **err)
{
    uint64_t after = 0;
    while (true) {
        g_autoptr(GPtrArray) rows =
            examination_list(desk->work, &desk->actor, case_id, after, EXAMINATIONS_AT_ONCE, err);
        if (rows == NULL)
            return false;
        for (unsigned i = 0; i < rows->len; i++) {
            const Examination *row = rows->pdata[i];
            if (json != NULL)
                write_examination(json, desk, row);
            else
                print_examination(desk, row);
            after = row->id;
        }
        if (rows->len < EXAMINATIONS_AT_ONCE)
            return true;
    }
}

static bool show_case(const App *app, CaseDesk *desk, const CaseFile *file,
                      const CaseCounts *counts, GError **err)
{
    if (!app->options.json) {
        print_line(file, counts);
        return tell_examinations(desk, file->id, NULL, err);
    }
    g_autoptr(GString) text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_object(&json);
    write_case(&json, file, counts);
    json_write_key(&json, "examinations");
    json_write_begin_array(&json);
    if (!tell_examinations(desk, file->id, &json, err))
        return false;
    json_write_end_array(&json);
    json_write_end_object(&json);
    puts(text->str);
    return true;
}

static int run_show(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ReadOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_auto(CaseDesk) desk = {0};
    if (!case_desk_open(app, own->database, true, &desk, &error))
        return command_fail(error);
    g_autoptr(CaseFile) file = case_file_find(desk.work, &desk.actor, arguments[0], &error);
    CaseCounts counts;
    if (file == NULL || !case_counts(casework_database(desk.work), file->id, &counts, &error) ||
        !show_case(app, &desk, file, &counts, &error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

static const Command command_show = {
    .name = "show",
    .arguments = "NUMBER",
    .summary = "Say how far a case is, and how its evidence was examined",
    .options = read_options,
    .options_bytes = sizeof(ReadOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_show,
};

static const Command *const subcommands[] = {
    &command_open, &command_list, &command_show, &command_case_import, &command_case_export, NULL};

const Command command_case = {
    .name = "case",
    .arguments = "COMMAND",
    .summary = "Open cases and see how far they are",
    .description =
        "Cases lie in the database of this machine, or in the one that --database names;\n"
        "clewd serves the same cases to several people.",
    .subcommands = subcommands,
};
