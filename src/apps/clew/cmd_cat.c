// SPDX-License-Identifier: Apache-2.0
//
// clew cat: the bytes of one item, as they lie, into a file: to look at what a record speaks of
// with another tool, or to hand it on. Nothing is decoded, and nothing goes to a terminal.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/run_scan.h"
#include "apps/command/command.h"
#include "base/encoding.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/output_file.h"
#include "cases/retrieve.h"

typedef struct {
    WalkOptions walk; // passwords and unconfined
    char *output;
    bool force;
} CatOptions;

static const CommandOption options[] = {
    {"output", OPTION_FILE, offsetof(CatOptions, output), "FILE",
     "file to write (also -o FILE); only you will be able to read it", 'o'},
    {"force", OPTION_FLAG, offsetof(CatOptions, force), NULL, "overwrite an existing FILE"},
    {"passwords", OPTION_FILE, offsetof(CatOptions, walk.passwords), "FILE",
     "try the lines of FILE as passwords on encrypted archives and documents"},
    {"unconfined", OPTION_FLAG, offsetof(CatOptions, walk.unconfined), NULL,
     "open containers even where no sandbox can be had"},
    {0},
};

static bool write_piece(void *user_data, const uint8_t *bytes, size_t size_bytes, GError **err)
{
    return output_file_write(user_data, bytes, size_bytes, err);
}

static void print_json(const Retrieved *retrieved)
{
    g_autoptr(GString) line = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    json_write_member_string(&json, "path", retrieved->path);
    json_write_key(&json, "locator");
    json_write_raw(&json, retrieved->locator, strlen(retrieved->locator));
    json_write_member_uint(&json, "size_bytes", retrieved->size_bytes);
    json_write_member_hex(&json, "md5", retrieved->digests.md5, MD5_BYTES);
    json_write_member_hex(&json, "sha1", retrieved->digests.sha1, SHA1_BYTES);
    json_write_member_hex(&json, "sha256", retrieved->digests.sha256, SHA256_BYTES);
    json_write_end_object(&json);
    printf("%s\n", line->str);
}

static void print_done(const App *app, const CatOptions *own, const Retrieved *retrieved)
{
    if (app->options.json) {
        print_json(retrieved);
        return;
    }
    g_autofree char *sha256 = encoding_hex_new(retrieved->digests.sha256, SHA256_BYTES);
    if (!app->options.quiet)
        fprintf(stderr, "clew: wrote %" G_GUINT64_FORMAT " bytes of %s to %s, SHA-256 %s\n",
                retrieved->size_bytes, retrieved->path, own->output, sha256);
}

static void list_candidates(const GPtrArray *candidates)
{
    for (unsigned i = 0; i < candidates->len; i++) {
        const Candidate *candidate = candidates->pdata[i];
        g_autofree char *size = candidate->has_size ? g_strdup_printf("%" G_GUINT64_FORMAT " bytes",
                                                                      candidate->size_bytes)
                                                    : g_strdup("size not known");
        fprintf(stderr, "  %s (%s)\n    '%s'\n", candidate->path, size, candidate->locator);
    }
}

static void free_candidate_void(void *candidate)
{
    candidate_free(candidate);
}

// Bytes go to a file that only the user can read, and never over the evidence that they are from.
static bool check_output(const CatOptions *own, const Locator *locator, GError **err)
{
    struct stat output, evidence;
    if (g_str_equal(own->output, "-")) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "nothing is written to standard output; name a file with -o FILE");
        return false;
    }
    bool is_evidence = stat(own->output, &output) == 0 && stat(locator->file, &evidence) == 0 &&
                       output.st_dev == evidence.st_dev && output.st_ino == evidence.st_ino;
    if (is_evidence)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "cannot write %s: it is the evidence itself; name another file", own->output);
    return !is_evidence;
}

static int cat(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const CatOptions *own = parsed;
    g_autoptr(GError) error = NULL;
    if (own->output == NULL) {
        g_set_error(&error, CLEW_ERROR, CLEW_ERROR_INVALID, "needs -o FILE to write to");
        return command_fail(error);
    }
    g_auto(Locator) locator = {0};
    if (!locator_parse(arguments[0], &locator, &error) || !check_output(own, &locator, &error))
        return command_fail(error);
    g_autoptr(Workers) workers = evidence_worker_of_options(&own->walk, &error);
    g_autoptr(OutputFile) output =
        workers != NULL
            ? output_file_open(own->output, (OutputFileOptions){.overwrite = own->force}, &error)
            : NULL;
    if (output == NULL)
        return command_fail(error);

    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(free_candidate_void);
    EvidenceReaderOptions reading = workers_evidence(workers, &own->walk);
    reading.is_cancelled = app->is_interrupted;
    Retrieved retrieved;
    bool ok = retrieve(&locator, reading, write_piece, output, candidates, &retrieved, &error);
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_CANCELLED))
        return EXIT_STATUS_INTERRUPTED;
    if (!ok) {
        int status = command_fail(error);
        if (candidates->len > 1)
            list_candidates(candidates);
        return status;
    }
    ok = output_file_commit(output, &error);
    if (ok)
        print_done(app, own, &retrieved);
    retrieved_clear(&retrieved);
    return ok ? EXIT_STATUS_OK : command_fail(error);
}

const Command command_cat = {
    .name = "cat",
    .arguments = "LOCATOR|PATH",
    .summary = "Write the bytes of one item to a file",
    .description =
        "LOCATOR or PATH as a record names it: a file, or something inside one\n"
        "('disk.E01 > p2 > /a/b.zip > c.jpg'). Exit status: 0 written, 2 nothing was, for the\n"
        "reason said; a PATH that several items have is refused with their locators.",
    .options = options,
    .options_bytes = sizeof(CatOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = cat,
};
