// SPDX-License-Identifier: Apache-2.0
//
// What a subcommand of clew or clewd is: one const struct in its own file, one row in main.c's
// table. Options are a table of offsets into the command's own option struct, so help, man page
// test and parser read one list. docs/adding-a-command.md has the recipe.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Exit statuses every command shares; cmd files name the others they use.
#define EXIT_STATUS_OK 0
#define EXIT_STATUS_ERROR 2
#define EXIT_STATUS_INTERRUPTED 130

typedef enum {
    OPTION_FLAG,      // bool
    OPTION_NUMBER,    // int64_t, not negative; OPTION_ABSENT when not given
    OPTION_TEXT,      // char *, UTF-8
    OPTION_FILE,      // char *, file name bytes
    OPTION_TEXT_LIST, // char **, NULL-terminated; may be given several times
} OptionKind;

// A number option that was not given.
#define OPTION_ABSENT INT64_MAX

typedef struct {
    const char *name; // long name without dashes
    OptionKind kind;
    size_t offset;        // into the option struct
    const char *argument; // what the help calls the value; NULL for flags
    const char *help;     // one line, also checked against the man page
    char short_name;      // one letter, for -o; 0: none
} CommandOption;

// Options every command has.
typedef struct {
    char *data; // --data
    bool json;
    bool quiet;
    bool help;
    bool version;
} GlobalOptions;

// What main hands to a command.
typedef struct {
    GlobalOptions options;
    const char *command_line;     // as typed, escaped, for provenance
    bool (*is_interrupted)(void); // true after Ctrl-C
} App;

typedef struct Command Command;
struct Command {
    const char *name;
    const char *arguments; // "PATH…"
    const char *summary;   // one line
    const char *description;
    const CommandOption *options;     // ends with a NULL name; NULL: none
    size_t options_bytes;             // size of the option struct
    int min_arguments, max_arguments; // max -1: any number
    // Returns the exit status. `options` points to the parsed option struct.
    int (*run)(const App *app, const void *options, char **arguments, int argument_count);
    const Command *const *subcommands; // NULL-terminated; then run is NULL
};

// A program of commands.
typedef struct {
    const char *name;               // "clew"
    const char *summary;            // a sentence
    const char *pages;              // where more is told: the last line of the help
    const Command *const *commands; // NULL-terminated
    const Command *without;         // run when no command is named; NULL: one is needed
} Program;

// Finds the command for argv and runs it; returns the exit status. Speaks on stderr for usage
// errors, on stdout for --help and --version.
int command_main(const Program *program, int argc, char **argv, bool (*is_interrupted)(void));

// The data folder: --data, $CLEW_DATA, or XDG data home + "/clew". Newly allocated.
char *app_data_folder(const App *app);

// Prints "PROGRAM: MESSAGE" on stderr and returns EXIT_STATUS_ERROR.
int command_fail(const GError *error);

// The candidate nearest to `word` by edit distance, or NULL when none is near. Case is ignored.
const char *command_nearest(const char *word, const char *const *candidates);
