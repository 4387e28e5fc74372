// SPDX-License-Identifier: Apache-2.0
//
// clew case import: a case document that somebody else made comes into a case. It is read by a
// confined worker. The same file twice changes nothing.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/clew/cmd_case.h"
#include "base/error.h"
#include "cases/case_file.h"
#include "cases/vics_import.h"
#include "model/path_text.h"

typedef struct {
    char *scheme, *database;
    bool unconfined;
} ImportOptions;

static const CommandOption options[] = {
    {"scheme", OPTION_TEXT, offsetof(ImportOptions, scheme), "S",
     "scheme of its categories (default: as its region says)"},
    {"unconfined", OPTION_FLAG, offsetof(ImportOptions, unconfined), NULL,
     "read it even where no sandbox can be had"},
    CASE_DATABASE_OPTION(ImportOptions),
    {0},
};

static int open_document(const char *path, GError **err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot read the document %s", path);
        return -1;
    }
    if (S_ISREG(status.st_mode))
        return descriptor;
    close(descriptor);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "cannot read the document %s: it is read twice and must be a file", path);
    return -1;
}

static bool is_cancelled(void *user_data, GError **err)
{
    const App *app = user_data;
    if (!app->is_interrupted())
        return false;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED,
                        "the import was interrupted; import the same file again to go on");
    return true;
}

static void print_row(const App *app, const char *number, const VicsDocumentRow *row,
                      bool was_there)
{
    if (app->options.quiet)
        return;
    if (was_there) {
        printf("case %s has this document already: nothing was done\n", number);
        return;
    }
    printf("case %s: %" G_GUINT64_FORMAT " media in %" G_GUINT64_FORMAT " files, %" G_GUINT64_FORMAT
           " identifiers; scheme %s\n",
           number, row->media, row->files, row->identifiers,
           row->scheme != NULL ? row->scheme : "none");
}

static bool import_document(const App *app, const ImportOptions *own, char **arguments,
                            Zygote *zygote, int descriptor, GError **err)
{
    g_auto(CaseDesk) desk = {0};
    g_autofree char *name = path_text_new(arguments[1]);
    if (!case_desk_open(app, own->database, true, &desk, err))
        return false;
    g_autoptr(CaseFile) file = case_file_find(desk.work, &desk.actor, arguments[0], err);
    if (file == NULL)
        return false;
    VicsImportOptions request = {.case_id = file->id,
                                 .descriptor = descriptor,
                                 .name = name,
                                 .scheme = own->scheme,
                                 .zygote = zygote,
                                 .is_cancelled = is_cancelled,
                                 .user_data = (void *)app};
    bool was_there;
    g_autoptr(VicsDocumentRow) row = vics_import(desk.work, &desk.actor, &request, &was_there, err);
    if (row != NULL)
        print_row(app, arguments[0], row, was_there);
    return row != NULL;
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ImportOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    // Before anything large is mapped: the zygote is forked from this process.
    g_autoptr(Zygote) zygote = zygote_start(
        (ZygoteOptions){.program = "clew-list-worker", .allow_unconfined = own->unconfined},
        &error);
    int descriptor = zygote != NULL ? open_document(arguments[1], &error) : -1;
    if (descriptor < 0)
        return command_fail(error);
    bool ok = import_document(app, own, arguments, zygote, descriptor, &error);
    close(descriptor);
    return ok ? EXIT_STATUS_OK : command_fail(error);
}

const Command command_case_import = {
    .name = "import",
    .arguments = "NUMBER FILE",
    .summary = "Bring a VICS case document into a case",
    .description = "What it says of media stands beside them as what somebody else says, and is\n"
                   "never a vote. The same file twice changes nothing.",
    .options = options,
    .options_bytes = sizeof(ImportOptions),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
