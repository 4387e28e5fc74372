// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/first_link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/output_file.h"
#include "cases/accounts.h"

#define FILE_NAME "administrator-link"

static void wipe(char *text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

static bool write_file(const char *path, const char *link, GError **err)
{
    g_autoptr(OutputFile) file =
        output_file_open(path, (OutputFileOptions){.overwrite = true}, err);
    return file != NULL && output_file_write(file, link, strlen(link), err) &&
           output_file_write(file, "\n", 1, err) && output_file_commit(file, err);
}

static bool give_out(const char *path, const char *link, bool quiet, GError **err)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr,
                "clewd: there is no administrator yet. Whoever opens this link within 72 hours "
                "becomes one:\n%s\n",
                link);
        return true;
    }
    if (!write_file(path, link, err))
        return false;
    if (!quiet)
        fprintf(stderr, "clewd: there is no administrator yet; the link for the first is in %s\n",
                path);
    return true;
}

bool first_link_write(Casework *work, const char *origin, bool quiet, GError **err)
{
    char *invitation;
    g_autofree char *path = g_build_filename(casework_folder(work), FILE_NAME, NULL);
    if (!accounts_first_invitation(work, &invitation, err))
        return false;
    if (invitation == NULL) {
        if (unlink(path) == 0 || errno == ENOENT)
            return true;
        return clew_error_set_errno(err, errno, "cannot remove %s", path);
    }
    // Behind '#', so that no browser sends it and no log has it.
    char *link = g_strdup_printf("%s/#/invitation/%s", origin, invitation);
    bool done = give_out(path, link, quiet, err);
    wipe(link);
    wipe(invitation);
    return done;
}
