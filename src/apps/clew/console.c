// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/console.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

#define FIRST_SHOWN_MS 2000
#define REDRAW_MS 100

struct Progress {
    char *what;
    bool silent;
    bool drawn;
    int64_t begun_ms, drawn_ms;
    uint64_t total_bytes;
};

Progress *progress_new(const char *what, bool quiet)
{
    Progress *progress = g_new0(Progress, 1);
    progress->what = g_strdup(what);
    progress->silent = quiet || !isatty(STDERR_FILENO);
    progress->begun_ms = clock_monotonic_ms();
    return progress;
}

bool progress_is_shown(const Progress *progress)
{
    return !progress->silent;
}

void progress_set_total(Progress *progress, uint64_t total_bytes)
{
    progress->total_bytes = total_bytes;
}

static unsigned terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

// "[#####     ] 52 %, 1:20 left", or nothing while the total is unknown.
static void append_bar(GString *line, const Progress *progress, uint64_t done_bytes,
                       int64_t elapsed_ms)
{
    if (progress->total_bytes == 0)
        return;
    double share = MIN(1.0, (double)done_bytes / (double)progress->total_bytes);
    unsigned filled = (unsigned)(share * 20);
    g_string_append(line, " [");
    for (unsigned i = 0; i < 20; i++)
        g_string_append_c(line, i < filled ? '#' : ' ');
    g_string_append_printf(line, "] %.0f %%", share * 100);
    if (share > 0.01) {
        int64_t left = (int64_t)((double)elapsed_ms / share * (1 - share) / 1000);
        g_string_append_printf(line, ", %d:%02d left", (int)(left / 60), (int)(left % 60));
    }
}

void progress_update(Progress *progress, uint64_t items, uint64_t done_bytes, int64_t found)
{
    if (progress->silent)
        return;
    int64_t now = clock_monotonic_ms();
    int64_t elapsed = now - progress->begun_ms;
    if (elapsed < FIRST_SHOWN_MS || now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    g_autofree char *count = console_count(items);
    g_autofree char *bytes = console_bytes(done_bytes);
    g_autofree char *rate = console_bytes((uint64_t)((double)done_bytes * 1000 / (double)elapsed));
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "%s: %s items, %s, %s/s", progress->what, count, bytes, rate);
    if (found >= 0)
        g_string_append_printf(line, ", %" G_GINT64_FORMAT " found", found);
    append_bar(line, progress, done_bytes, elapsed);
    if (line->len >= terminal_columns())
        g_string_truncate(line, terminal_columns() - 1);
    fprintf(stderr, "\r\033[K%s", line->str);
    fflush(stderr);
    progress->drawn = true;
}

void progress_clear(Progress *progress)
{
    if (!progress->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->drawn = false;
}

void progress_free(Progress *progress)
{
    if (progress == NULL)
        return;
    progress_clear(progress);
    g_free(progress->what);
    g_free(progress);
}

bool console_print(GString *text, GError **err)
{
    size_t written = fwrite(text->str, 1, text->len, stdout);
    bool ok = written == text->len;
    g_string_truncate(text, 0);
    return ok || clew_error_set_errno(err, errno, "cannot write to standard output");
}

bool console_flush(GError **err)
{
    return fflush(stdout) == 0 ||
           clew_error_set_errno(err, errno, "cannot write to standard output");
}

char *console_count(uint64_t count)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    size_t length = strlen(digits);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

char *console_bytes(uint64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    unsigned unit = 0;
    while (value >= 1000 && unit + 1 < G_N_ELEMENTS(units)) {
        value /= 1000;
        unit++;
    }
    return g_strdup_printf(unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}
