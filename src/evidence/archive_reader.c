// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

// Blocks handed to the library: small ones behind a jump, because headers are looked at one by one,
// then twice as much each time.
#define BLOCK_BYTES_MIN (4u << 10)
#define BLOCK_BYTES_MAX (256u << 10)
// A reader that has read its source so often without a new entry runs in circles.
#define ROUNDS_MAX 4u
#define ROUNDS_BYTES_MIN (64u << 20)

struct ArchiveReader {
    Walk *walk;
    ReaderFormat format;
    struct archive *archive;
    // One of the two.
    Source *source;
    ArchiveStream *stream;
    uint64_t position; // behind what was handed out
    uint64_t handed;   // since the last entry
    uint64_t damaged_bytes;
    uint8_t *block;
    size_t block_bytes;
    size_t block_room;

    GError *input_error; // of the source or stream
    GError *error;       // of the entry, behind its last byte
    bool is_dead;
    bool is_entry_over;
    bool is_sparse;      // the entry may have holes
    const uint8_t *data; // of the entry, not yet read
    size_t data_bytes;
    uint64_t data_offset; // of `data` in the entry
    uint64_t produced;    // bytes of the entry read
};

// ---- What the library asks for ----------------------------------------------------------------

static bool note_input_error(ArchiveReader *reader, int code, const char *message)
{
    if (reader->input_error == NULL)
        reader->input_error = g_error_new_literal(CLEW_ERROR, code, message);
    archive_set_error(reader->archive, EIO, "%s", reader->input_error->message);
    return false;
}

static bool may_go_on(ArchiveReader *reader)
{
    if (walk_is_over(reader->walk))
        return note_input_error(reader, CLEW_ERROR_CANCELLED, "the walk is over");
    uint64_t limit = ROUNDS_BYTES_MIN;
    if (reader->source != NULL)
        limit += source_size(reader->source) * ROUNDS_MAX;
    if (reader->source != NULL && reader->handed > limit)
        return note_input_error(reader, CLEW_ERROR_CORRUPT, "its structure leads in a circle");
    return true;
}

static la_ssize_t give_block(struct archive *archive, void *user_data, const void **ret_block)
{
    ArchiveReader *reader = user_data;
    if (!may_go_on(reader))
        return -1;
    ssize_t count;
    if (reader->source != NULL)
        count = source_read(reader->source, reader->position, reader->block, reader->block_bytes,
                            reader->input_error == NULL ? &reader->input_error : NULL);
    else
        count = archive_stream_read(reader->stream, reader->block, reader->block_bytes,
                                    reader->input_error == NULL ? &reader->input_error : NULL);
    if (count < 0) {
        note_input_error(reader, CLEW_ERROR_IO, "it cannot be read");
        return -1;
    }
    reader->position += (uint64_t)count;
    reader->handed += (uint64_t)count;
    reader->block_bytes = MIN(reader->block_bytes * 2, reader->block_room);
    *ret_block = reader->block;
    return count;
}

static la_int64_t skip(struct archive *archive, void *user_data, la_int64_t request)
{
    ArchiveReader *reader = user_data;
    if (request <= 0 || reader->position >= source_size(reader->source))
        return 0;
    uint64_t left = source_size(reader->source) - reader->position;
    uint64_t step = MIN((uint64_t)request, left);
    reader->position += step;
    reader->block_bytes = MIN(BLOCK_BYTES_MIN, reader->block_room);
    return (la_int64_t)step;
}

static la_int64_t seek(struct archive *archive, void *user_data, la_int64_t offset, int whence)
{
    ArchiveReader *reader = user_data;
    int64_t size = (int64_t)source_size(reader->source);
    int64_t base = 0;
    if (whence == SEEK_CUR)
        base = (int64_t)reader->position;
    else if (whence == SEEK_END)
        base = size;
    int64_t target;
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return ARCHIVE_FATAL;
    target = MIN(target, size);
    if ((uint64_t)target != reader->position)
        reader->block_bytes = MIN(BLOCK_BYTES_MIN, reader->block_room);
    reader->position = (uint64_t)target;
    return target;
}

// ---- Opening ----------------------------------------------------------------------------------

typedef struct {
    int (*support)(struct archive *archive);
    int filter; // what the one compression is; 0: none
} Format;

static const Format formats[READER_FORMAT_COUNT] = {
    [READER_TAR] = {archive_read_support_format_tar},
    [READER_CPIO] = {archive_read_support_format_cpio},
    [READER_AR] = {archive_read_support_format_ar},
    [READER_7ZIP] = {archive_read_support_format_7zip},
    [READER_RAR4] = {archive_read_support_format_rar},
    [READER_RAR5] = {archive_read_support_format_rar5},
    [READER_CAB] = {archive_read_support_format_cab},
    [READER_LHA] = {archive_read_support_format_lha},
    [READER_XAR] = {archive_read_support_format_xar},
    [READER_ISO] = {archive_read_support_format_iso9660},
    [READER_WARC] = {archive_read_support_format_warc},
    [READER_ZIP_MEMBER] = {archive_read_support_format_zip_streamable},
    [READER_COMPRESS] = {archive_read_support_format_raw, ARCHIVE_FILTER_COMPRESS},
    [READER_LZ4] = {archive_read_support_format_raw, ARCHIVE_FILTER_LZ4},
};

// Words of the library that tell what is wrong better than its error numbers do.
static int code_of_text(const char *text)
{
    static const struct {
        const char *word;
        int code;
    } words[] = {
        {"ncrypt", CLEW_ERROR_DENIED},
        {"assphrase", CLEW_ERROR_DENIED},
        {"nsupported", CLEW_ERROR_UNSUPPORTED},
        {"not supported", CLEW_ERROR_UNSUPPORTED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(text, words[i].word) != NULL)
            return words[i].code;
    return CLEW_ERROR_CORRUPT;
}

// The library names the packing methods of 7z by number only (Methods.txt of the LZMA SDK and the
// list of the 7-Zip fork for Zstandard).
static GError *codec_error(const char *text)
{
    static const struct {
        uint32_t number;
        const char *name;
    } codecs[] = {
        {0x040109, "Deflate64"}, {0x04f71101, "Zstandard"}, {0x04f71102, "Brotli"},
        {0x04f71104, "LZ4"},     {0x04f71105, "LZ5"},       {0x04f71106, "Lizard"},
        {0x0a, "ARM64 filter"},  {0x0b, "RISC-V filter"},   {0x06f10701, "AES-256"},
    };
    const char *digits = strstr(text, "codec ID: ");
    if (digits == NULL)
        return NULL;
    uint64_t number = g_ascii_strtoull(digits + strlen("codec ID: "), NULL, 16);
    const char *name = "unknown";
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (codecs[i].number == number)
            name = codecs[i].name;
    return g_error_new(CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                       "it is packed with a method that is not supported: %" G_GINT64_MODIFIER
                       "x (%s)",
                       number, name);
}

// What the library said last, as an error of ours.
static GError *library_error(ArchiveReader *reader)
{
    if (reader->input_error != NULL)
        return g_error_copy(reader->input_error);
    const char *text = archive_error_string(reader->archive);
    if (text == NULL || *text == '\0')
        text = "it cannot be read";
    // The library takes what breaks off before its first byte for no archive at all.
    if (strcmp(text, "Unrecognized archive format") == 0)
        text = "nothing in it can be read";
    GError *codec = codec_error(text);
    if (codec != NULL)
        return codec;
    int code = archive_errno(reader->archive) == ENOMEM ? CLEW_ERROR_LIMIT : code_of_text(text);
    g_autofree char *message = g_strchomp(g_strdup(text));
    message[0] = g_ascii_tolower(message[0]);
    return g_error_new_literal(CLEW_ERROR, code, message);
}

static bool fail(ArchiveReader *reader, GError **err)
{
    reader->is_dead = true;
    g_clear_error(&reader->error);
    reader->error = library_error(reader);
    g_propagate_error(err, g_error_copy(reader->error));
    return false;
}

// Exactly one filter: where the library chooses, it stacks them without end. Only the one for .Z
// cannot be appended (it reads before there is anything to read); .Z in .Z is unpacked in one go.
static int add_filter(struct archive *archive, int filter)
{
    if (filter == 0)
        return ARCHIVE_OK;
    if (filter == ARCHIVE_FILTER_COMPRESS)
        return archive_read_support_filter_compress(archive);
    return archive_read_append_filter(archive, filter);
}

static bool set_up(ArchiveReader *reader, ReaderFormat format, GError **err)
{
    const Format *row = &formats[format];
    struct archive *archive = reader->archive;
    if (row->support(archive) != ARCHIVE_OK || add_filter(archive, row->filter) != ARCHIVE_OK)
        return fail(reader, err);
    // The checksum is checked by who knows which one counts.
    if (format == READER_ZIP_MEMBER)
        archive_read_set_options(archive, "zip:ignorecrc32");
    // The callback data before all else: the library passes it on while it opens.
    archive_read_set_callback_data(archive, reader);
    archive_read_set_read_callback(archive, give_block);
    if (reader->source != NULL) {
        archive_read_set_skip_callback(archive, skip);
        archive_read_set_seek_callback(archive, seek);
    }
    return archive_read_open1(archive) == ARCHIVE_OK || fail(reader, err);
}

static ArchiveReader *reader_new(Walk *walk, ReaderFormat format, Source *source,
                                 ArchiveStream *stream, GError **err)
{
    g_autoptr(ArchiveReader) reader = g_new0(ArchiveReader, 1);
    reader->walk = walk;
    reader->format = format;
    reader->source = source;
    reader->stream = stream;
    reader->archive = archive_read_new();
    uint64_t size = source != NULL ? source_size(source) : BLOCK_BYTES_MAX;
    reader->block_room = (size_t)CLAMP(size, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
    reader->block_bytes = MIN(BLOCK_BYTES_MIN, reader->block_room);
    reader->block = g_malloc(reader->block_room);
    if (reader->archive == NULL)
        g_error("there is no memory for an archive reader");
    return set_up(reader, format, err) ? g_steal_pointer(&reader) : NULL;
}

ArchiveReader *archive_reader_open(Walk *walk, ReaderFormat format, Source *source, GError **err)
{
    return reader_new(walk, format, source, NULL, err);
}

ArchiveReader *archive_reader_open_stream(Walk *walk, ReaderFormat format, ArchiveStream *stream,
                                          GError **err)
{
    return reader_new(walk, format, NULL, stream, err);
}

void archive_reader_free(ArchiveReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->archive != NULL)
        archive_read_free(reader->archive);
    g_clear_error(&reader->input_error);
    g_clear_error(&reader->error);
    g_free(reader->block);
    g_free(reader);
}

bool archive_reader_has_failed(const ArchiveReader *reader)
{
    return reader->is_dead;
}

uint64_t archive_reader_position(const ArchiveReader *reader)
{
    int64_t position = archive_filter_bytes(reader->archive, -1);
    return position > 0 ? (uint64_t)position : 0;
}

uint64_t archive_reader_damaged_bytes(const ArchiveReader *reader)
{
    return reader->damaged_bytes;
}

// ---- Entries ----------------------------------------------------------------------------------

static ItemTime time_of(bool is_set, time_t seconds, long nanoseconds)
{
    if (!is_set)
        return (ItemTime){0};
    return (ItemTime){.seconds = seconds,
                      .nanoseconds = (uint32_t)CLAMP(nanoseconds, 0, 999999999),
                      .zone = ZONE_UTC};
}

static void describe(struct archive_entry *entry, ArchiveEntry *ret_entry)
{
    bool is_regular = archive_entry_filetype(entry) == AE_IFREG;
    bool is_link = archive_entry_hardlink(entry) != NULL || archive_entry_symlink(entry) != NULL;
    // A link that brings bytes of its own (cpio does) is as good as a file.
    bool has_bytes = archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0;
    *ret_entry = (ArchiveEntry){
        .name = archive_entry_pathname(entry),
        .is_file = is_regular && (!is_link || has_bytes),
        .is_encrypted = archive_entry_is_data_encrypted(entry) != 0,
        .has_size = archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0,
        .size_bytes = (uint64_t)MAX(archive_entry_size(entry), 0),
        .times = {.modified = time_of(archive_entry_mtime_is_set(entry), archive_entry_mtime(entry),
                                      archive_entry_mtime_nsec(entry)),
                  .accessed = time_of(archive_entry_atime_is_set(entry), archive_entry_atime(entry),
                                      archive_entry_atime_nsec(entry)),
                  .changed = time_of(archive_entry_ctime_is_set(entry), archive_entry_ctime(entry),
                                     archive_entry_ctime_nsec(entry)),
                  .created =
                      time_of(archive_entry_birthtime_is_set(entry), archive_entry_birthtime(entry),
                              archive_entry_birthtime_nsec(entry))}};
}

// The next header; damaged ones are passed over where the format can be picked up behind them.
static int next_header(ArchiveReader *reader, struct archive_entry **ret_entry)
{
    int code = archive_read_next_header(reader->archive, ret_entry);
    if (code != ARCHIVE_RETRY || reader->format != READER_TAR)
        return code;
    int64_t begin = archive_read_header_position(reader->archive);
    while (code == ARCHIVE_RETRY && !walk_is_over(reader->walk))
        code = archive_read_next_header(reader->archive, ret_entry);
    int64_t end = archive_read_header_position(reader->archive);
    reader->damaged_bytes += (uint64_t)MAX(end - begin, 0);
    return code;
}

ReaderNext archive_reader_next(ArchiveReader *reader, ArchiveEntry *ret_entry, GError **err)
{
    reader->is_entry_over = false;
    reader->data_offset = 0;
    reader->data = NULL;
    reader->data_bytes = 0;
    reader->produced = 0;
    reader->handed = 0;
    if (reader->is_dead) {
        g_propagate_error(err, g_error_copy(reader->error));
        return READER_FAILED;
    }
    g_clear_error(&reader->error);
    struct archive_entry *entry = NULL;
    int code = next_header(reader, &entry);
    if (code == ARCHIVE_EOF && reader->input_error == NULL)
        return READER_END;
    // A warning comes with an entry that is usable: a name that did not convert, an odd size.
    if (entry == NULL || (code != ARCHIVE_OK && code != ARCHIVE_WARN)) {
        fail(reader, err);
        return READER_FAILED;
    }
    reader->is_sparse = archive_entry_sparse_count(entry) > 0;
    describe(entry, ret_entry);
    ret_entry->header_offset = (uint64_t)MAX(archive_read_header_position(reader->archive), 0);
    return READER_ENTRY;
}

// ---- Bytes of an entry ------------------------------------------------------------------------

// Brings in the next block. A warning (a wrong checksum) belongs behind the block it comes with.
static void fetch(ArchiveReader *reader)
{
    const void *block = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    int code = archive_read_data_block(reader->archive, &block, &size, &offset);
    bool has_block = (code == ARCHIVE_OK || code == ARCHIVE_WARN) && block != NULL && size > 0;
    // The end of a sparse member says how far its last hole reaches.
    bool is_end = code == ARCHIVE_EOF && reader->is_sparse;
    if (code != ARCHIVE_OK && code != ARCHIVE_EOF && reader->error == NULL)
        reader->error = library_error(reader);
    reader->is_entry_over = code != ARCHIVE_OK && !(code == ARCHIVE_WARN && has_block);
    reader->is_dead = code == ARCHIVE_FATAL;
    if ((!has_block && !is_end) || offset < 0)
        return;
    reader->data = block;
    reader->data_bytes = has_block ? size : 0;
    reader->data_offset = (uint64_t)offset;
}

ssize_t archive_reader_read(void *user_data, void *target, size_t size, GError **err)
{
    ArchiveReader *reader = user_data;
    while (reader->data_bytes == 0 && reader->produced >= reader->data_offset &&
           !reader->is_entry_over && !reader->is_dead)
        fetch(reader);
    // Holes of sparse members read as zeroes.
    if (reader->produced < reader->data_offset) {
        uint64_t hole = reader->data_offset - reader->produced;
        size_t count = (size_t)MIN((uint64_t)size, hole);
        memset(target, 0, count);
        reader->produced += count;
        return (ssize_t)count;
    }
    if (reader->data_bytes > 0) {
        size_t count = MIN(size, reader->data_bytes);
        memcpy(target, reader->data, count);
        reader->data += count;
        reader->data_bytes -= count;
        reader->produced += count;
        reader->data_offset = reader->produced;
        return (ssize_t)count;
    }
    if (reader->error == NULL)
        return 0;
    g_propagate_error(err, g_error_copy(reader->error));
    return -1;
}
