// SPDX-License-Identifier: Apache-2.0
#include "apps/command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model/path_text.h"

static const CommandOption global_options[] = {
    {"data", OPTION_FILE, offsetof(GlobalOptions, data), "DIR",
     "folder of sets and index (default: $CLEW_DATA or XDG data home + /clew)"},
    {"json", OPTION_FLAG, offsetof(GlobalOptions, json), NULL,
     "print one JSON object a line (see clew-json(5))"},
    {"quiet", OPTION_FLAG, offsetof(GlobalOptions, quiet), NULL,
     "no progress and no remarks on standard error"},
    {"help", OPTION_FLAG, offsetof(GlobalOptions, help), NULL, "show this help"},
    {"version", OPTION_FLAG, offsetof(GlobalOptions, version), NULL, "show the version"},
    {0},
};

int command_fail(const GError *error)
{
    fprintf(stderr, "%s: %s\n", g_get_prgname(),
            error != NULL ? error->message : "failed for an unknown reason");
    return EXIT_STATUS_ERROR;
}

// The text begins with the command's full name: "clew hash: …".
static int usage_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
static int usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s\n", text);
    return EXIT_STATUS_ERROR;
}

char *app_data_folder(const App *app)
{
    if (app->options.data != NULL)
        return g_strdup(app->options.data);
    const char *named = g_getenv("CLEW_DATA");
    if (named != NULL && *named != '\0')
        return g_strdup(named);
    return g_build_filename(g_get_user_data_dir(), "clew", NULL);
}

#define NEAREST_WORD_MAX 40

// Edit distance with one row; words longer than NEAREST_WORD_MAX count as far.
static unsigned edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > NEAREST_WORD_MAX || length_b > NEAREST_WORD_MAX)
        return NEAREST_WORD_MAX;
    unsigned row[NEAREST_WORD_MAX + 1];
    for (unsigned j = 0; j <= length_b; j++)
        row[j] = j;
    for (unsigned i = 1; i <= length_a; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= length_b; j++) {
            unsigned above = row[j];
            bool same = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]);
            row[j] = MIN(diagonal + !same, MIN(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[length_b];
}

const char *command_nearest(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    unsigned best = (unsigned)MAX(1, MIN(3, (int)strlen(word) / 2)) + 1;
    for (; *candidates != NULL; candidates++) {
        unsigned distance = edit_distance(word, *candidates);
        // A beginning counts as near: "imp" means "import".
        if (strlen(word) >= 3 && g_str_has_prefix(*candidates, word))
            distance = 1;
        if (distance < best) {
            best = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}

// ---- Options ----------------------------------------------------------------------------------

static GOptionArg option_arg(OptionKind kind)
{
    switch (kind) {
    case OPTION_FLAG:
        return G_OPTION_ARG_NONE;
    case OPTION_NUMBER:
        return G_OPTION_ARG_INT64;
    case OPTION_TEXT:
        return G_OPTION_ARG_STRING;
    case OPTION_FILE:
        return G_OPTION_ARG_FILENAME;
    case OPTION_TEXT_LIST:
        return G_OPTION_ARG_STRING_ARRAY;
    }
    g_assert_not_reached();
}

// GOption writes flags as int; they are kept here until parsing is over.
typedef struct {
    int value;
    bool *target;
} PendingFlag;

typedef struct {
    GArray *entries; // of GOptionEntry, zero-terminated
    GPtrArray *flags;
} EntryTable;

static EntryTable entry_table_new(void)
{
    return (EntryTable){g_array_new(TRUE, TRUE, sizeof(GOptionEntry)),
                        g_ptr_array_new_with_free_func(g_free)};
}

static void entry_table_add(EntryTable *table, const CommandOption *options, void *target)
{
    for (const CommandOption *option = options; option && option->name; option++) {
        void *place = (char *)target + option->offset;
        if (option->kind == OPTION_FLAG) {
            PendingFlag *flag = g_new0(PendingFlag, 1);
            flag->target = place;
            g_ptr_array_add(table->flags, flag);
            place = &flag->value;
        }
        GOptionEntry entry = {.long_name = option->name,
                              .short_name = option->short_name,
                              .arg = option_arg(option->kind),
                              .arg_data = place,
                              .description = option->help,
                              .arg_description = option->argument};
        g_array_append_val(table->entries, entry);
    }
}

static void entry_table_finish(EntryTable *table)
{
    for (unsigned i = 0; i < table->flags->len; i++) {
        PendingFlag *flag = table->flags->pdata[i];
        if (flag->value)
            *flag->target = true;
    }
    g_array_unref(table->entries);
    g_ptr_array_unref(table->flags);
}

static void free_option_values(const CommandOption *options, void *target)
{
    for (const CommandOption *option = options; option && option->name; option++) {
        void *place = (char *)target + option->offset;
        if (option->kind == OPTION_TEXT || option->kind == OPTION_FILE)
            g_clear_pointer((char **)place, g_free);
        else if (option->kind == OPTION_TEXT_LIST)
            g_clear_pointer((char ***)place, g_strfreev);
    }
}

static const char *nearest_option(const CommandOption *own, const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const CommandOption *option = own; option && option->name; option++)
        g_ptr_array_add(names, (void *)option->name);
    for (const CommandOption *option = global_options; option->name; option++)
        g_ptr_array_add(names, (void *)option->name);
    g_ptr_array_add(names, NULL);
    return command_nearest(word, (const char *const *)names->pdata);
}

// GOption's sentence, with the nearest option named when the option is unknown.
static int option_error(const char *path, const CommandOption *own, const GError *error,
                        char **arguments)
{
    if (!g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        return usage_error("%s: %s; see %s --help", path, error->message, path);
    for (char **a = arguments; *a != NULL && strcmp(*a, "--") != 0; a++) {
        if (strncmp(*a, "--", 2) != 0 || strstr(error->message, *a) == NULL)
            continue;
        g_autofree char *word = g_strndup(*a + 2, strcspn(*a + 2, "="));
        const char *near = nearest_option(own, word);
        if (near != NULL)
            return usage_error("%s: unknown option --%s; did you mean --%s?", path, word, near);
        return usage_error("%s: unknown option --%s; see %s --help", path, word, path);
    }
    return usage_error("%s: %s; see %s --help", path, error->message, path);
}

// ---- Help -------------------------------------------------------------------------------------

static void print_option_help(const CommandOption *options)
{
    for (const CommandOption *option = options; option && option->name; option++) {
        g_autofree char *left =
            g_strdup_printf("--%s%s%s", option->name, option->argument ? " " : "",
                            option->argument ? option->argument : "");
        printf("  %-24s %s\n", left, option->help);
    }
}

static int print_command_help(const char *path, const Command *command)
{
    printf("Usage: %s [OPTION…] %s\n\n%s.\n", path, command->arguments, command->summary);
    if (command->description != NULL)
        printf("\n%s\n", command->description);
    if (command->subcommands != NULL) {
        printf("\nCommands:\n");
        for (const Command *const *sub = command->subcommands; *sub != NULL; sub++)
            printf("  %-10s %s\n", (*sub)->name, (*sub)->summary);
    }
    if (command->options != NULL) {
        printf("\nOptions:\n");
        print_option_help(command->options);
    }
    printf("\nOptions of every command:\n");
    print_option_help(global_options);
    return EXIT_STATUS_OK;
}

static int print_main_help(const Program *program)
{
    bool has_commands = *program->commands != NULL;
    const char *words = program->without == NULL ? " COMMAND …"
                        : has_commands           ? " [COMMAND …]"
                                                 : "";
    printf("Usage: %s [OPTION…]%s\n\n%s\n", program->name, words, program->summary);
    if (has_commands)
        printf("\nCommands:\n");
    for (const Command *const *command = program->commands; *command != NULL; command++)
        printf("  %-10s %s\n", (*command)->name, (*command)->summary);
    if (program->without != NULL) {
        printf(has_commands ? "\nOptions without a command:\n" : "\nOptions:\n");
        print_option_help(program->without->options);
    }
    printf("\nOptions of every command:\n");
    print_option_help(global_options);
    printf("\n%s\n", program->pages);
    return EXIT_STATUS_OK;
}

static int print_version(void)
{
    printf("%s %s\n", g_get_prgname(), CLEW_VERSION);
    return EXIT_STATUS_OK;
}

// ---- Running ----------------------------------------------------------------------------------

static const Command *find_command(const Command *const *commands, const char *name)
{
    for (; *commands != NULL; commands++)
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    return NULL;
}

static int unknown_command(const char *path, const Command *const *commands, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (; *commands != NULL; commands++)
        g_ptr_array_add(names, (void *)(*commands)->name);
    g_ptr_array_add(names, NULL);
    const char *near = command_nearest(name, (const char *const *)names->pdata);
    g_autofree char *shown = path_text_new(name);
    if (near != NULL)
        return usage_error("%s: unknown command '%s'; did you mean %s?", path, shown, near);
    return usage_error("%s: unknown command '%s'; see %s --help", path, shown, path);
}

static int check_and_run(const char *path, const Command *command, App *app, void *options,
                         char **arguments)
{
    int count = (int)g_strv_length(arguments);
    if (app->options.help)
        return print_command_help(path, command);
    if (app->options.version)
        return print_version();
    if (count < command->min_arguments)
        return usage_error("%s: needs %s; see %s --help", path, command->arguments, path);
    if (command->max_arguments >= 0 && count > command->max_arguments) {
        g_autofree char *shown = path_text_new(arguments[command->max_arguments]);
        return usage_error("%s: does not take '%s'; see %s --help", path, shown, path);
    }
    return command->run(app, options, arguments, count);
}

// Numbers may not be negative: no option has a use for it.
static const char *negative_option(const CommandOption *options, const void *target)
{
    for (const CommandOption *option = options; option && option->name; option++)
        if (option->kind == OPTION_NUMBER &&
            *(const int64_t *)((const char *)target + option->offset) < 0)
            return option->name;
    return NULL;
}

static int run_command(const char *path, const Command *command, App *app, char **arguments)
{
    g_autofree void *options = g_malloc0(command->options_bytes + 1);
    for (const CommandOption *option = command->options; option && option->name; option++)
        if (option->kind == OPTION_NUMBER)
            *(int64_t *)((char *)options + option->offset) = OPTION_ABSENT;

    EntryTable table = entry_table_new();
    entry_table_add(&table, command->options, options);
    entry_table_add(&table, global_options, &app->options);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, (GOptionEntry *)table.entries->data, NULL);
    g_auto(GStrv) original = g_strdupv(arguments);
    g_auto(GStrv) rest = g_strdupv(arguments);
    g_autoptr(GError) error = NULL;
    bool parsed = g_option_context_parse_strv(context, &rest, &error);
    entry_table_finish(&table);

    int status;
    if (!parsed) {
        status = option_error(path, command->options, error, original);
    } else if (negative_option(command->options, options) != NULL) {
        status = usage_error("%s: --%s cannot be negative", path,
                             negative_option(command->options, options));
    } else {
        char **positional = rest + 1; // rest[0] is the command's name
        if (*positional != NULL && strcmp(*positional, "--") == 0)
            positional++;
        status = check_and_run(path, command, app, options, positional);
    }
    free_option_values(command->options, options);
    return status;
}

// Whether the word is an option of the table whose value is the next word.
static bool takes_value(const CommandOption *options, const char *word)
{
    for (const CommandOption *option = options; option && option->name; option++)
        if (option->kind != OPTION_FLAG && strncmp(word, "--", 2) == 0 &&
            strcmp(word + 2, option->name) == 0)
            return true;
    return false;
}

// Runs `command` with arguments[0] being its name; descends into subcommands. Options may stand
// before a subcommand's name as well as behind it.
static int dispatch(const char *path, const Command *command, App *app, char **arguments)
{
    if (command->subcommands == NULL)
        return run_command(path, command, app, arguments);
    unsigned at = 1;
    while (arguments[at] != NULL && arguments[at][0] == '-') {
        at += takes_value(global_options, arguments[at]) && arguments[at + 1] != NULL ? 2 : 1;
    }
    if (arguments[at] == NULL) {
        for (unsigned i = 1; arguments[i] != NULL; i++)
            if (strcmp(arguments[i], "--help") == 0)
                return print_command_help(path, command);
        return usage_error("%s: needs a command; see %s --help", path, path);
    }
    const Command *sub = find_command(command->subcommands, arguments[at]);
    if (sub == NULL)
        return unknown_command(path, command->subcommands, arguments[at]);
    g_autofree char *sub_path = g_strdup_printf("%s %s", path, sub->name);
    g_autoptr(GPtrArray) rest = g_ptr_array_new();
    g_ptr_array_add(rest, arguments[at]);
    for (unsigned i = 1; arguments[i] != NULL; i++)
        if (i != at)
            g_ptr_array_add(rest, arguments[i]);
    g_ptr_array_add(rest, NULL);
    return dispatch(sub_path, sub, app, (char **)rest->pdata);
}

static char *command_line_text(char **argv)
{
    GString *text = g_string_new(NULL);
    for (; *argv != NULL; argv++) {
        g_autofree char *quoted = g_shell_quote(*argv);
        const char *shown = strpbrk(*argv, " \t\n'\"\\$`*?[]<>|&;(){}~#!") ? quoted : *argv;
        if (text->len > 0)
            g_string_append_c(text, ' ');
        path_text_append(text, shown);
    }
    return g_string_free(text, FALSE);
}

// Whether a word among the arguments is no option and no value of one.
static bool names_a_command(const Program *program, char **arguments)
{
    const CommandOption *own = program->without != NULL ? program->without->options : NULL;
    for (unsigned i = 1; arguments[i] != NULL; i++) {
        if (arguments[i][0] != '-')
            return true;
        bool has_value =
            takes_value(global_options, arguments[i]) || takes_value(own, arguments[i]);
        if (has_value && arguments[i + 1] != NULL)
            i++;
    }
    return false;
}

static int run_without_command(const Program *program, App *app, char **argv)
{
    for (char **argument = argv + 1; *argument != NULL; argument++) {
        if (strcmp(*argument, "--help") == 0)
            return print_main_help(program);
        if (strcmp(*argument, "--version") == 0)
            return print_version();
    }
    if (program->without == NULL)
        return usage_error("%s: needs a command; see %s --help", program->name, program->name);
    return run_command(program->name, program->without, app, argv);
}

int command_main(const Program *program, int argc, char **argv, bool (*is_interrupted)(void))
{
    g_set_prgname(program->name);
    // The commands form the root's subcommands, so that options may stand anywhere.
    Command root = {
        .name = program->name, .arguments = "COMMAND …", .subcommands = program->commands};
    g_autofree char *line = command_line_text(argv);
    App app = {.command_line = line, .is_interrupted = is_interrupted};
    int status = names_a_command(program, argv) ? dispatch(program->name, &root, &app, argv)
                                                : run_without_command(program, &app, argv);
    free_option_values(global_options, &app.options);
    return status;
}
