// SPDX-License-Identifier: Apache-2.0
//
// clew doctor: what this machine gives Clew, and what to do about what is missing. Each line is a
// check with its outcome; the exit status is 0 when nothing stands in the way of work.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/clew/commands.h"
#include "apps/clew/console.h"
#include "apps/clew/report.h"
#include "apps/command/command.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "hash/digest.h"
#include "hash/pdq.h"
#include "store/set_store.h"
#include "wire/worker.h"

#define EXIT_STATUS_FAULT 1

typedef enum {
    CHECK_OK,
    CHECK_WARNING, // works, less well
    CHECK_FAULT,   // something will not work
} CheckOutcome;

typedef struct {
    const App *app;
    bool has_fault;
} Doctor;

static const char *outcome_name(CheckOutcome outcome)
{
    static const char *const names[] = {"ok", "warning", "fault"};
    return names[outcome];
}

static void tell(Doctor *doctor, CheckOutcome outcome, const char *check, const char *found,
                 const char *advice)
{
    doctor->has_fault |= outcome == CHECK_FAULT;
    if (doctor->app->options.json) {
        g_autoptr(GString) line = g_string_new(NULL);
        JsonWriter json;
        json_writer_init(&json, line);
        json_write_begin_object(&json);
        json_write_member_string(&json, "check", check);
        json_write_member_string(&json, "outcome", outcome_name(outcome));
        json_write_member_string(&json, "found", found);
        json_write_member_string(&json, "advice", advice);
        json_write_end_object(&json);
        printf("%s\n", line->str);
        return;
    }
    printf("%-8s %-18s %s\n", outcome_name(outcome), check, found);
    if (advice != NULL)
        printf("%-8s %-18s -> %s\n", "", "", advice);
}

static void check_worker(Doctor *doctor, const char *check, const char *program, const char *advice)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Zygote) zygote = zygote_start((ZygoteOptions){.program = program}, &error);
    if (zygote == NULL) {
        tell(doctor, CHECK_FAULT, check, error->message, advice);
        return;
    }
    tell(doctor, CHECK_OK, check, zygote_sandbox(zygote), NULL);
    if (*zygote_versions(zygote) != '\0')
        tell(doctor, CHECK_OK, program, zygote_versions(zygote), NULL);
}

static void check_processor(Doctor *doctor)
{
    g_autofree char *libraries = report_libraries_text();
    tell(doctor, CHECK_OK, "clew", libraries, NULL);
    g_autofree char *cores = g_strdup_printf("%u processors", g_get_num_processors());
    tell(doctor, CHECK_OK, "processors", cores, NULL);
    g_autofree char *pdq = g_strdup_printf("%s path", pdq_engine_name(PDQ_ENGINE_AUTO));
    tell(doctor, CHECK_OK, "PDQ", pdq, NULL);
    g_autofree char *digests = g_strdup_printf("%s path", digest_engine_name(DIGEST_ENGINE_AUTO));
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    if (state != NULL)
        tell(doctor, CHECK_OK, "digests", digests, NULL);
    else
        tell(doctor, CHECK_FAULT, "digests", "libcrypto refuses MD5, SHA-1 or SHA-256",
             "look at the FIPS policy in openssl.cnf");
    digest_state_free(state);
}

static void check_data(Doctor *doctor)
{
    g_autofree char *folder = app_data_folder(doctor->app);
    struct stat stat_buffer;
    if (stat(folder, &stat_buffer) != 0) {
        g_autofree char *found = g_strdup_printf("%s: %s", folder, g_strerror(errno));
        if (errno == ENOENT)
            tell(doctor, CHECK_OK, "data folder", found, "it is made by the first clew set import");
        else
            tell(doctor, CHECK_FAULT, "data folder", found, "choose another with --data DIR");
        return;
    }
    g_autofree char *mode = g_strdup_printf("%s, mode %04o", folder, stat_buffer.st_mode & 07777);
    if (stat_buffer.st_mode & 077) {
        g_autofree char *advice = g_strdup_printf("chmod 700 %s", folder);
        tell(doctor, CHECK_FAULT, "data folder", mode, advice);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SetStore) store =
        set_store_open(folder, (SetStoreOptions){.must_exist = true}, &error);
    if (store != NULL)
        tell(doctor, CHECK_OK, "data folder", mode, NULL);
    else if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND))
        tell(doctor, CHECK_OK, "data folder", mode, "no sets yet: clew set import NAME FILE …");
    else
        tell(doctor, CHECK_FAULT, "data folder", error->message, NULL);
}

static int doctor_run(const App *app, const void *parsed, char **arguments, int argument_count)
{
    Doctor doctor = {.app = app};
    if (!app->options.json)
        printf("clew %s\n", CLEW_VERSION);
    check_worker(&doctor, "media sandbox", "clew-media-worker",
                 "without a sandbox pictures are decoded only with --unconfined");
    check_worker(&doctor, "evidence sandbox", "clew-evidence-worker",
                 "without a sandbox containers are opened only with --unconfined");
    check_worker(&doctor, "list sandbox", "clew-list-worker",
                 "without a sandbox lists cannot be imported");
    check_processor(&doctor);
    check_data(&doctor);
    if (geteuid() == 0)
        tell(&doctor, CHECK_WARNING, "user", "running as root",
             "run clew as a user who may read the evidence and nothing more");
    g_autoptr(GError) error = NULL;
    if (!console_flush(&error))
        return command_fail(error);
    return doctor.has_fault ? EXIT_STATUS_FAULT : EXIT_STATUS_OK;
}

const Command command_doctor = {
    .name = "doctor",
    .arguments = "",
    .summary = "What this machine gives Clew, and what is missing",
    .description = "Exit status: 0 nothing stands in the way, 1 something does.",
    .run = doctor_run,
};
