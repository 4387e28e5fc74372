// SPDX-License-Identifier: Apache-2.0
//
// clew case export: a case goes out as a VICS case document, in a new file that only its owner can
// read. Who took what out is on record before the file has its name.
#include <stdio.h>

#include "apps/clew/cmd_case.h"
#include "cases/case_file.h"
#include "cases/vics_export.h"

typedef struct {
    int64_t document;
    char *region, *database;
    bool imported_only, with_ignorable, force;
} ExportOptions;

static const CommandOption options[] = {
    {"document", OPTION_NUMBER, offsetof(ExportOptions, document), "N",
     "go out as this imported document (default: a new one with everything)"},
    {"region", OPTION_TEXT, offsetof(ExportOptions, region), "R",
     "region of a new document (default: as the case's scheme says)"},
    {"imported-only", OPTION_FLAG, offsetof(ExportOptions, imported_only), NULL,
     "nothing of what Clew found"},
    {"with-ignorable", OPTION_FLAG, offsetof(ExportOptions, with_ignorable), NULL,
     "also what sets say to leave out"},
    {"force", OPTION_FLAG, offsetof(ExportOptions, force), NULL, "replace an existing file"},
    CASE_DATABASE_OPTION(ExportOptions),
    {0},
};

static void print_counts(const App *app, const char *path, const VicsExportCounts *counts)
{
    if (app->options.quiet)
        return;
    printf("%s: %" G_GUINT64_FORMAT " media (%" G_GUINT64_FORMAT
           " found by Clew, %" G_GUINT64_FORMAT " decided otherwise here), %" G_GUINT64_FORMAT
           " identifiers\n",
           path, counts->media, counts->own, counts->changed, counts->identifiers);
    if (counts->files_left_out > 0)
        printf("%" G_GUINT64_FORMAT " files of media with very many were left out\n",
               counts->files_left_out);
    if (counts->categories_left_out > 0)
        printf("%" G_GUINT64_FORMAT
               " categories of another scheme than the document's were left out\n",
               counts->categories_left_out);
}

static int run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ExportOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    g_auto(CaseDesk) desk = {0};
    if (!case_desk_open(app, own->database, true, &desk, &error))
        return command_fail(error);
    g_autoptr(CaseFile) file = case_file_find(desk.work, &desk.actor, arguments[0], &error);
    if (file == NULL)
        return command_fail(error);
    VicsExportOptions request = {.case_id = file->id,
                                 .path = arguments[1],
                                 .overwrite = own->force,
                                 .document_id =
                                     own->document == OPTION_ABSENT ? 0 : (uint64_t)own->document,
                                 .region = own->region,
                                 .imported_only = own->imported_only,
                                 .with_ignorable = own->with_ignorable};
    VicsExportCounts counts;
    if (!vics_export(desk.work, &desk.actor, &request, &counts, &error))
        return command_fail(error);
    print_counts(app, arguments[1], &counts);
    return EXIT_STATUS_OK;
}

const Command command_case_export = {
    .name = "export",
    .arguments = "NUMBER FILE",
    .summary = "Write a case as a VICS case document",
    .description = "An imported document goes out as it came, but for what was decided here. The\n"
                   "file is new and readable by its owner only.",
    .options = options,
    .options_bytes = sizeof(ExportOptions),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
