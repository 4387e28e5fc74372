// SPDX-License-Identifier: Apache-2.0
#include "cases/scan_job.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/accounts.h"
#include "cases/case_file.h"
#include "model/path_text.h"
#include "store/counter.h"

// A process that says nothing for so long, and is not there, is gone.
#define START_US (30 * G_TIME_SPAN_SECOND)

// ---- Asking -----------------------------------------------------------------------------------

static bool is_below(const char *path, const char *root)
{
    char *real = realpath(root, NULL);
    size_t length = real != NULL ? strlen(real) : 0;
    bool below = real != NULL && strncmp(path, real, length) == 0 &&
                 (path[length] == '/' || path[length] == '\0' || length == 1);
    free(real);
    return below;
}

static char *check_path(const char *path, const char *const *roots, GError **err)
{
    char *real = g_path_is_absolute(path) ? realpath(path, NULL) : NULL;
    bool below = false;
    for (; real != NULL && roots != NULL && *roots != NULL && !below; roots++)
        below = is_below(real, *roots);
    if (!below) { // what lies elsewhere is not told apart from what is not there
        free(real);
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                            "there is no such path below a folder that evidence may be read from");
        return NULL;
    }
    char *copy = g_strdup(real);
    free(real);
    return copy;
}

bool scan_job_request(Act *act, uint64_t case_id, const char *path, const char *const *roots,
                      uint64_t *ret_id, char **ret_path, GError **err)
{
    g_autoptr(CaseFile) file = case_file_for_change(act, case_id, err);
    g_autofree char *real = file != NULL ? check_path(path, roots, err) : NULL;
    if (real == NULL)
        return false;
    g_autofree char *shown = path_text_new(real);
    ScanJobRow row = {.case_id = case_id,
                      .account_id = act_actor(act)->account_id,
                      .path = shown,
                      .state = (char *)"waiting",
                      .made_us = act_now_us(act)};
    if (!store_next_ids(act_database(act), "scan_job", 1, &row.id, err) ||
        !scan_job_row_insert(act_database(act), &row, err))
        return false;
    act_set_object(act, "scan %" G_GUINT64_FORMAT, row.id);
    json_write_member_string(act_payload(act), "step", "start");
    *ret_id = row.id;
    *ret_path = g_steal_pointer(&real);
    return true;
}

// ---- Looking ----------------------------------------------------------------------------------

static bool is_gone(const Casework *work, const ScanJob *job)
{
    if (job->ended_us != 0)
        return false;
    if (job->pid == 0)
        return casework_now_us(work) - job->made_us > START_US;
    return kill((pid_t)job->pid, 0) != 0 && errno == ESRCH;
}

// The job as it is, once it was looked whether its process is still there.
static bool look(Casework *work, ScanJob **job, GError **err)
{
    if (!is_gone(work, *job))
        return true;
    uint64_t id = (*job)->id;
    const char *why = (*job)->pid == 0 ? "its process was never started; start the scan again"
                                       : "its process is gone; start the scan again, it goes on";
    ScanJob *now = NULL;
    if (!scan_job_end(work, id, "failed", why, err) ||
        !scan_job_row_load(casework_database(work), id, &now, err))
        return false;
    if (now != NULL) {
        scan_job_row_free(*job);
        *job = now;
    }
    return true;
}

static bool check_case(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    bool visible;
    if (!case_file_is_visible(work, actor, case_id, &visible, err))
        return false;
    if (!visible)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no case %" G_GUINT64_FORMAT,
                    case_id);
    return visible;
}

ScanJob *scan_job_get(Casework *work, const Actor *actor, uint64_t case_id, uint64_t id,
                      GError **err)
{
    g_autoptr(ScanJobRow) job = NULL;
    if (!check_case(work, actor, case_id, err) ||
        !scan_job_row_load(casework_database(work), id, &job, err))
        return NULL;
    if (job == NULL || job->case_id != case_id) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no scan %" G_GUINT64_FORMAT " in this case", id);
        return NULL;
    }
    return look(work, &job, err) ? g_steal_pointer(&job) : NULL;
}

GPtrArray *scan_job_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t before_id,
                         unsigned limit, GError **err)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)scan_job_row_free);
    if (!check_case(work, actor, case_id, err) ||
        !scan_job_row_list(casework_database(work), case_id, before_id, limit, jobs, err))
        return NULL;
    for (unsigned i = 0; i < jobs->len; i++)
        if (!look(work, (ScanJob **)&jobs->pdata[i], err))
            return NULL;
    return g_steal_pointer(&jobs);
}

// ---- The process itself -----------------------------------------------------------------------

static ScanJob *load(Casework *work, uint64_t id, GError **err)
{
    ScanJob *job = NULL;
    if (scan_job_row_load(casework_database(work), id, &job, err) && job == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no scan %" G_GUINT64_FORMAT,
                    id);
    return job;
}

static bool actor_of(Casework *work, const ScanJob *job, Actor *ret_actor, char **ret_name,
                     GError **err)
{
    if (job->account_id == 0) {
        *ret_name = g_strdup("command line");
        *ret_actor = actor_of_command_line(*ret_name);
        return true;
    }
    g_autoptr(Account) account = account_get(work, job->account_id, err);
    if (account == NULL)
        return false;
    *ret_name = g_strdup(account->name);
    *ret_actor = account_actor(account);
    ret_actor->name = *ret_name;
    return true;
}

bool scan_job_begin(Casework *work, uint64_t id, Actor *ret_actor, char **ret_name, GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(ScanJobRow) job = load(work, id, err);
    if (job == NULL)
        return false;
    if (!g_str_equal(job->state, "waiting")) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT, "scan %" G_GUINT64_FORMAT " is %s", id,
                    job->state);
        return false;
    }
    if (!database_begin_write(database, err))
        return false;
    if (scan_job_row_begin(database, id, getpid(), casework_now_us(work), err) &&
        database_commit(database, err))
        return actor_of(work, job, ret_actor, ret_name, err);
    database_rollback(database);
    return false;
}

bool scan_job_progress(Casework *work, uint64_t id, const char *progress, GError **err)
{
    Database *database = casework_database(work);
    if (!database_begin_write(database, err))
        return false;
    if (scan_job_row_progress(database, id, progress, casework_now_us(work), err) &&
        database_commit(database, err))
        return true;
    database_rollback(database);
    return false;
}

bool scan_job_end(Casework *work, uint64_t id, const char *state, const char *error, GError **err)
{
    g_autoptr(ScanJobRow) job = load(work, id, err);
    g_autofree char *name = NULL;
    Actor actor;
    bool ended;
    if (job == NULL || !actor_of(work, job, &actor, &name, err))
        return false;
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_SCAN, err);
    if (act == NULL ||
        !scan_job_row_end(act_database(act), id, state, error, act_now_us(act), &ended, err))
        return false;
    if (!ended)
        return true;
    act_set_case(act, job->case_id);
    act_set_object(act, "scan %" G_GUINT64_FORMAT, id);
    json_write_member_string(act_payload(act), "step", "end");
    json_write_member_string(act_payload(act), "state", state);
    return act_commit(act, err);
}
