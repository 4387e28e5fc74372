// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

#define TERMINAL "/dev/tty"

void passphrase_free(char *passphrase)
{
    if (passphrase != NULL)
        explicit_bzero(passphrase, strlen(passphrase));
    g_free(passphrase);
}

// The first line, without its end. NULL when it is too long or nothing came.
static char *read_line(int descriptor)
{
    char *line = g_malloc0(LIMIT_PASSPHRASE_BYTES + 1);
    size_t length = 0;
    ssize_t got;
    while (length < LIMIT_PASSPHRASE_BYTES && (got = read(descriptor, line + length, 1)) == 1 &&
           line[length] != '\n')
        length++;
    bool whole = length < LIMIT_PASSPHRASE_BYTES;
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    if (whole)
        return line;
    passphrase_free(line);
    return NULL;
}

static char *read_from_file(const char *path, GError **err)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot read the passphrase in %s", path);
        return NULL;
    }
    char *line = NULL;
    if ((status.st_mode & S_IRWXO) != 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "refusing to use %s: its mode %04o lets everybody read the passphrase; run: "
                    "chmod 600 '%s'",
                    path, status.st_mode & ALLPERMS, path);
    else if ((line = read_line(descriptor)) == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "the passphrase in %s is too long", path);
    close(descriptor);
    return line;
}

static char *ask(int terminal, const char *question)
{
    struct termios shown, hidden;
    if (tcgetattr(terminal, &shown) != 0)
        return NULL;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    dprintf(terminal, "%s: ", question);
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    char *line = read_line(terminal);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    dprintf(terminal, "\n");
    return line;
}

static char *ask_twice(int terminal)
{
    char *first = ask(terminal, "Passphrase for the keys");
    char *second = first != NULL ? ask(terminal, "The same once more") : NULL;
    bool same = g_strcmp0(first, second) == 0;
    passphrase_free(second);
    if (same)
        return first;
    passphrase_free(first);
    return NULL;
}

static char *ask_at_terminal(bool is_new, GError **err)
{
    int terminal = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY);
    char *line = NULL;
    if (terminal >= 0)
        line = is_new ? ask_twice(terminal) : ask(terminal, "Passphrase of the keys");
    if (terminal >= 0)
        close(terminal);
    if (line == NULL)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                            terminal < 0
                                ? "there is no terminal to ask for the passphrase: name a file "
                                  "with --passphrase-file"
                                : "that was no passphrase, or not the same twice");
    return line;
}

char *passphrase_take(const char *file, bool is_new, GError **err)
{
    char *line = file != NULL ? read_from_file(file, err) : ask_at_terminal(is_new, err);
    size_t least = is_new ? PASSPHRASE_BYTES_MIN : 1;
    if (line == NULL || strlen(line) >= least)
        return line;
    passphrase_free(line);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "the passphrase is too short: it guards every key, take at least %u characters",
                PASSPHRASE_BYTES_MIN);
    return NULL;
}
