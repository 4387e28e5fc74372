// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"

char *audit_file_checkpoints(const char *data_folder)
{
    return g_build_filename(data_folder, "audit", "checkpoints", NULL);
}

char *audit_file_tree(const char *data_folder)
{
    return g_build_filename(data_folder, "audit", "tree", NULL);
}

char *audit_file_key(const char *data_folder)
{
    return g_build_filename(data_folder, "keys", "audit.key", NULL);
}

char *audit_file_signed(const char *data_folder)
{
    return g_build_filename(data_folder, "keys", "audit.signed", NULL);
}

char *audit_file_public_key(const char *data_folder)
{
    return g_build_filename(data_folder, "keys", "audit.pub", NULL);
}

bool audit_public_key_read(const char *path, AuditKey *ret_key, GError **err)
{
    char line[2 * AUDIT_KEY_NAME_MAX + 1];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return clew_error_set_errno(err, errno, "cannot read the public key %s", path);
    char *text = fgets(line, sizeof line, file);
    fclose(file);
    if (text != NULL)
        g_strchomp(text);
    return audit_key_parse(text != NULL ? text : "", ret_key, err);
}

// ---- Checkpoints ------------------------------------------------------------------------------

struct CheckpointReader {
    FILE *file;
    char *path;
    char *line; // getline's
    size_t line_size;
    uint64_t number;
};

CheckpointReader *checkpoint_reader_open(const char *path, GError **err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        clew_error_set_errno(err, errno, "cannot read the checkpoints in %s", path);
        return NULL;
    }
    CheckpointReader *reader = g_new0(CheckpointReader, 1);
    reader->file = file;
    reader->path = g_strdup(path);
    return reader;
}

void checkpoint_reader_free(CheckpointReader *reader)
{
    if (reader == NULL)
        return;
    fclose(reader->file);
    free(reader->line);
    g_free(reader->path);
    g_free(reader);
}

static bool is_blank(const char *line)
{
    return strcmp(line, "\n") == 0;
}

// One note: up to the blank line behind its signatures, or the end of the file.
static bool read_note(CheckpointReader *reader, GString *note, GError **err)
{
    bool in_signatures = false;
    while (note->len <= LIMIT_CHECKPOINT_BYTES) {
        ssize_t length = getline(&reader->line, &reader->line_size, reader->file);
        if (length < 0)
            return feof(reader->file) ||
                   clew_error_set_errno(err, errno, "cannot read the checkpoints in %s",
                                        reader->path);
        if (is_blank(reader->line) && note->len == 0)
            continue;
        if (is_blank(reader->line) && in_signatures)
            return true;
        in_signatures |= is_blank(reader->line);
        g_string_append_len(note, reader->line, length);
    }
    return true; // too long: the parser says so
}

bool checkpoint_reader_next(CheckpointReader *reader, Checkpoint **ret_checkpoint, GError **err)
{
    g_autoptr(GString) note = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    *ret_checkpoint = NULL;
    if (!read_note(reader, note, err))
        return false;
    if (note->len == 0)
        return true;
    reader->number++;
    *ret_checkpoint = checkpoint_parse(note->str, note->len, &error);
    if (*ret_checkpoint == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "checkpoint %" G_GUINT64_FORMAT " in %s is damaged: %s", reader->number,
                    reader->path, error->message);
    return *ret_checkpoint != NULL;
}

static bool write_all(int descriptor, const char *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t written = write(descriptor, bytes, size_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size_bytes -= (size_t)written;
    }
    return true;
}

bool checkpoint_file_append(const char *path, const char *note, GError **err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = g_strconcat(note, "\n", NULL);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return clew_error_set_errno(err, errno, "cannot make the folder %s", folder);
    int descriptor =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot write %s", path);
    off_t end = lseek(descriptor, 0, SEEK_END);
    bool ok = write_all(descriptor, text, strlen(text)) && fdatasync(descriptor) == 0;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot write %s", path);
    // Half a note would spoil the file for every reader.
    if (!ok && end >= 0 && ftruncate(descriptor, end) != 0)
        g_prefix_error(err, "half a checkpoint stands at the end of it: ");
    close(descriptor);
    return ok;
}
