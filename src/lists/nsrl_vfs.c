// SPDX-License-Identifier: Apache-2.0
#include "lists/nsrl_vfs.h"

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/limits.h"

#define VFS_NAME "clew-list"
#define CACHE_KIB 16384
#define HEAP_BYTES (256ll << 20)

typedef struct {
    sqlite3_file base;
    const ListSource *source;
} SourceFile;

static int file_close(sqlite3_file *file)
{
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *target, int size_bytes, sqlite3_int64 offset)
{
    const ListSource *source = ((SourceFile *)file)->source;
    size_t done = 0;
    while (done < (size_t)size_bytes) {
        int64_t got = source->read_at(source->user_data, (uint64_t)offset + done,
                                      (uint8_t *)target + done, (size_t)size_bytes - done);
        if (got < 0)
            return SQLITE_IOERR_READ;
        if (got == 0) {
            memset((uint8_t *)target + done, 0, (size_t)size_bytes - done);
            return SQLITE_IOERR_SHORT_READ;
        }
        done += (size_t)got;
    }
    return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int size_bytes, sqlite3_int64 offset)
{
    return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size_bytes)
{
    return SQLITE_READONLY;
}

static int file_nothing(sqlite3_file *file, int value)
{
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size_bytes)
{
    *ret_size_bytes = (sqlite3_int64)((SourceFile *)file)->source->size_bytes;
    return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *ret_locked)
{
    *ret_locked = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
    return 4096;
}

static int file_characteristics(sqlite3_file *file)
{
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_nothing,
    .xFileSize = file_size,
    .xLock = file_nothing,
    .xUnlock = file_nothing,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    SourceFile *source_file = (SourceFile *)file;
    source_file->base.pMethods = NULL;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
        return SQLITE_CANTOPEN;
    source_file->base.pMethods = &file_methods;
    source_file->source = vfs->pAppData;
    if (ret_flags != NULL)
        *ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
    *ret_result = 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size_bytes, char *ret_path)
{
    sqlite3_snprintf(size_bytes, ret_path, "%s", name);
    return SQLITE_OK;
}

// Nothing that is read here depends on chance or on the time of day.
static int vfs_randomness(sqlite3_vfs *vfs, int size_bytes, char *ret_bytes)
{
    memset(ret_bytes, 0, (size_t)size_bytes);
    return size_bytes;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    return 0;
}

static int vfs_current_time(sqlite3_vfs *vfs, double *ret_julian_day)
{
    *ret_julian_day = 2440587.5;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size_bytes, char *ret_text)
{
    return 0;
}

bool nsrl_vfs_fail(sqlite3 *database, int result, const char *what, GError **err)
{
    ClewError code = CLEW_ERROR_CORRUPT;
    int primary = result & 0xff;
    if (primary == SQLITE_NOMEM || primary == SQLITE_TOOBIG || primary == SQLITE_INTERRUPT)
        code = CLEW_ERROR_LIMIT;
    else if (primary == SQLITE_AUTH)
        code = CLEW_ERROR_DENIED;
    else if (primary == SQLITE_IOERR && result != SQLITE_IOERR_SHORT_READ)
        code = CLEW_ERROR_IO;
    g_set_error(err, CLEW_ERROR, code, "cannot %s: %s", what,
                database != NULL ? sqlite3_errmsg(database) : sqlite3_errstr(result));
    return false;
}

// A view is SQL of the file's author. It may select and compute, nothing else; recursion could
// run for ever, and functions are limited to what views of hash tables use.
static int authorize(void *user_data, int action, const char *first, const char *second,
                     const char *schema, const char *trigger)
{
    static const char *const functions[] = {
        "upper",    "lower",  "trim",   "ltrim",  "rtrim",   "substr", "substring", "hex",
        "coalesce", "ifnull", "nullif", "length", "replace", "cast",   "iif",       NULL,
    };
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        for (size_t i = 0; functions[i] != NULL; i++)
            if (second != NULL && g_ascii_strcasecmp(second, functions[i]) == 0)
                return SQLITE_OK;
        return SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static void set_limits(sqlite3 *database)
{
    static const struct {
        int limit;
        int value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, LIMIT_LIST_TOKEN_BYTES},
        {SQLITE_LIMIT_SQL_LENGTH, 65536},
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 50},
        {SQLITE_LIMIT_COMPOUND_SELECT, 5},
        {SQLITE_LIMIT_VDBE_OP, 20000},
        {SQLITE_LIMIT_FUNCTION_ARG, 8},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 8},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        sqlite3_limit(database, limits[i].limit, limits[i].value);
}

static bool harden(sqlite3 *database, GError **err)
{
    static const char settings[] =
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
        "PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;"
        "PRAGMA cache_size = -" G_STRINGIFY(CACHE_KIB) ";";
    int result = SQLITE_OK;
    const int on[] = {SQLITE_DBCONFIG_DEFENSIVE};
    const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                       SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
                       SQLITE_DBCONFIG_DQS_DML,        SQLITE_DBCONFIG_DQS_DDL};
    for (size_t i = 0; i < G_N_ELEMENTS(on) && result == SQLITE_OK; i++)
        result = sqlite3_db_config(database, on[i], 1, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(off) && result == SQLITE_OK; i++)
        result = sqlite3_db_config(database, off[i], 0, NULL);
    set_limits(database);
    if (result == SQLITE_OK)
        result = sqlite3_exec(database, settings, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_set_authorizer(database, authorize, NULL);
    return result == SQLITE_OK || nsrl_vfs_fail(database, result, "open the database", err);
}

static sqlite3_vfs *vfs_new(const ListSource *source)
{
    sqlite3_vfs *vfs = g_new0(sqlite3_vfs, 1);
    *vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(SourceFile),
        .mxPathname = 64,
        .zName = VFS_NAME,
        .pAppData = (void *)source,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
    return vfs;
}

static void unregister(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(VFS_NAME);
    if (vfs == NULL)
        return;
    sqlite3_vfs_unregister(vfs);
    g_free(vfs);
}

sqlite3 *nsrl_vfs_open(const ListSource *source, GError **err)
{
    sqlite3 *database = NULL;
    sqlite3_hard_heap_limit64(HEAP_BYTES);
    sqlite3_vfs_register(vfs_new(source), 0);
    // immutable: no lock, no journal, and a file in WAL mode opens without its log.
    int result =
        sqlite3_open_v2("file:list?immutable=1", &database,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, VFS_NAME);
    bool ok = result == SQLITE_OK ? harden(database, err)
                                  : nsrl_vfs_fail(database, result, "open the database", err);
    if (ok)
        return database;
    nsrl_vfs_close(database);
    return NULL;
}

void nsrl_vfs_close(sqlite3 *database)
{
    sqlite3_close(database);
    unregister();
    sqlite3_hard_heap_limit64(0);
}
