// SPDX-License-Identifier: Apache-2.0
#include "evidence/encoded_text_search.h"

#include <glib.h>
#include <string.h>

#include "evidence/line_reader.h"
#include "sniff/sniff.h"

#define PIECE_BYTES 65536u
#define HEAD_BYTES 512u       // of a block, looked at to believe it
#define BASE64_DIGITS_MIN 40u // fewer hold no picture
#define WHOLE_BYTES 65536u    // of a text that might be base64 as a whole
#define WHOLE_DIGITS_MIN 64u

// ---- Looking closely --------------------------------------------------------------------------

// What the text says at one place, ended by NUL.
typedef struct {
    char text[HEAD_BYTES + 1];
    size_t length;
} Head;

static Head head_at(Source *source, uint64_t offset)
{
    Head head = {.length = 0};
    ssize_t count = source_read(source, offset, head.text, HEAD_BYTES, NULL);
    head.length = count > 0 ? (size_t)count : 0;
    head.text[head.length] = 0;
    return head;
}

static bool is_digit(uint8_t byte)
{
    return encoded_text_base64_digit(byte) < 64;
}

static bool is_behind_digit(Source *source, uint64_t offset)
{
    uint8_t before = 0;
    return offset > 0 && source_read_exact(source, offset - 1, &before, 1, NULL) &&
           is_digit(before);
}

static bool is_at_line_begin(Source *source, uint64_t offset)
{
    uint8_t before = 0;
    return offset == 0 ||
           (source_read_exact(source, offset - 1, &before, 1, NULL) && before == '\n');
}

// ---- base64 -----------------------------------------------------------------------------------

typedef enum { RUN_GOES_ON, RUN_ENDS } RunStep;

typedef struct {
    uint64_t digits;
    uint64_t end; // behind the last byte that belongs to it
    unsigned signs, breaks;
    bool escape, has_escapes;
    bool in_line; // digits on this line
    bool blank;   // a blank behind digits of this line
} Run;

static RunStep step_escape(Run *run, uint8_t byte, uint64_t offset)
{
    run->escape = false;
    if (byte == '/') {
        run->digits++;
        run->end = offset + 1;
        return RUN_GOES_ON;
    }
    return byte == 'n' || byte == 'r' || byte == 't' || byte == '\n' ? RUN_GOES_ON : RUN_ENDS;
}

// A run goes on over line breaks and folded lines, but not over an empty line or a blank between
// digits, behind which prose begins.
static RunStep step_run(Run *run, uint8_t byte, uint64_t offset)
{
    if (run->escape)
        return step_escape(run, byte, offset);
    if (byte == '=') {
        run->end = offset + 1;
        return ++run->signs < 2 ? RUN_GOES_ON : RUN_ENDS;
    }
    if (run->signs > 0)
        return RUN_ENDS;
    if (is_digit(byte)) {
        if (run->blank)
            return RUN_ENDS;
        run->digits++;
        run->end = offset + 1;
        run->in_line = true;
        run->breaks = 0;
        return RUN_GOES_ON;
    }
    switch (byte) {
    case '\n':
        run->in_line = false;
        run->blank = false;
        return ++run->breaks < 2 ? RUN_GOES_ON : RUN_ENDS;
    case '\r':
        return RUN_GOES_ON;
    case ' ':
    case '\t':
        run->blank = run->in_line;
        return RUN_GOES_ON;
    case '\\':
        run->escape = true;
        run->has_escapes = true;
        return RUN_GOES_ON;
    default:
        return RUN_ENDS;
    }
}

static bool find_run(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    Run run = {.end = offset};
    uint64_t size = source_size(source);
    g_autofree uint8_t *piece = g_malloc(PIECE_BYTES);
    RunStep step = RUN_GOES_ON;
    for (uint64_t at = offset; at < size && step == RUN_GOES_ON;) {
        // Most runs are short.
        size_t wanted = at == offset ? HEAD_BYTES : PIECE_BYTES;
        ssize_t count = source_read(source, at, piece, wanted, NULL);
        if (count <= 0)
            break;
        for (size_t i = 0; i < (size_t)count && step == RUN_GOES_ON; i++)
            step = step_run(&run, piece[i], at + i);
        at += (uint64_t)count;
    }
    if (run.digits < BASE64_DIGITS_MIN)
        return false;
    *ret_block = (EncodedBlock){.encoding = run.has_escapes ? TEXT_ENCODING_ESCAPED_BASE64
                                                            : TEXT_ENCODING_BASE64,
                                .offset = offset,
                                .size_bytes = run.end - offset};
    return true;
}

// base64 that begins as media or a container does.
static bool try_media(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    if (is_behind_digit(source, offset))
        return false;
    uint8_t first[HEAD_BYTES];
    g_autoptr(EncodedStream) stream =
        encoded_stream_new(source, offset, HEAD_BYTES, TEXT_ENCODING_ESCAPED_BASE64);
    ssize_t count = encoded_stream_read(stream, first, sizeof first, NULL);
    const SniffType *type = sniff_bytes(first, count > 0 ? (size_t)count : 0);
    if (type->family == FAMILY_UNKNOWN || type->family == FAMILY_TEXT)
        return false;
    return find_run(source, offset, ret_block);
}

// The "se64" of ";base64," lies at `offset`.
static bool try_data_uri(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    static const char marker[] = ";base64,";
    char text[sizeof marker - 1];
    if (offset < 3 || !source_read_exact(source, offset - 3, text, sizeof text, NULL) ||
        memcmp(text, marker, sizeof text) != 0)
        return false;
    return find_run(source, offset - 3 + sizeof text, ret_block);
}

// "ftyp" stands behind four bytes of size: "AAAA?GZ0eXB".
static bool try_boxes(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    char zeros[4];
    return offset >= 5 && source_read_exact(source, offset - 5, zeros, sizeof zeros, NULL) &&
           memcmp(zeros, "AAAA", sizeof zeros) == 0 && try_media(source, offset - 5, ret_block);
}

// ---- uuencode ---------------------------------------------------------------------------------

static bool is_uu_line(const Line *line)
{
    if (line->length == 0 || line->length > 64 || line->text[0] < 0x21 || line->text[0] > 0x60)
        return false;
    for (size_t i = 0; i < line->length; i++) {
        if (line->text[i] < 0x20 || line->text[i] > 0x60)
            return false;
    }
    // Blanks at the end may be missing; a check digit may be added.
    size_t bytes = (size_t)(line->text[0] - 0x20) & 0x3f;
    return line->length <= 1 + (bytes + 2) / 3 * 4 + 2;
}

static bool line_is(const Line *line, const char *text)
{
    return line->length >= strlen(text) && memcmp(line->text, text, strlen(text)) == 0;
}

static bool is_base64_line(const Line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        if (!is_digit(line->text[i]) && line->text[i] != '=')
            return false;
    }
    return line->length > 0;
}

// Goes through the lines behind "begin" to the end line, or to what cannot belong to the block.
static bool measure_uu(Source *source, uint64_t offset, bool is_base64, EncodedBlock *block)
{
    g_autoptr(LineReader) lines = line_reader_new(source, offset, UINT64_MAX);
    const char *end = is_base64 ? "====" : "end";
    unsigned data_lines = 0;
    bool is_last = false; // "`": nothing but "end" may follow
    Line line;
    line_reader_next(lines, &line);
    block->size_bytes = line.size_bytes;
    while (line_reader_next(lines, &line)) {
        bool ends = line_is(&line, end);
        bool is_data = is_base64 ? is_base64_line(&line) : is_uu_line(&line);
        bool is_empty = !is_base64 && line.length <= 1 && (line.length == 0 || *line.text == ' ');
        if (!ends && (is_last || (!is_data && !is_empty)))
            break;
        is_last = is_empty || (!is_base64 && line.text[0] == '`');
        data_lines += is_data && !is_last ? 1 : 0;
        block->size_bytes = line.offset + line.size_bytes - offset;
        if (ends)
            break;
    }
    return data_lines > 0;
}

static void copy_name(EncodedBlock *block, const char *name)
{
    size_t length = strcspn(name, "\r\n");
    while (length > 0 && name[length - 1] == ' ')
        length--;
    length = MIN(length, sizeof block->name - 1);
    memcpy(block->name, name, length);
    block->name[length] = 0;
}

// begin 644 name
static bool try_uu(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    Head head = head_at(source, offset);
    bool is_base64 = g_str_has_prefix(head.text, "begin-base64 ");
    if (!is_base64 && !g_str_has_prefix(head.text, "begin "))
        return false;
    const char *mode = strchr(head.text, ' ') + 1;
    size_t digits = strspn(mode, "01234567");
    if (digits < 3 || digits > 5 || mode[digits] != ' ')
        return false;
    EncodedBlock block = {.encoding = TEXT_ENCODING_UUENCODE, .offset = offset};
    copy_name(&block, mode + digits + 1);
    if (!measure_uu(source, offset, is_base64, &block))
        return false;
    *ret_block = block;
    return true;
}

// ---- yEnc -------------------------------------------------------------------------------------

static bool try_yenc(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    Head head = head_at(source, offset);
    head.text[strcspn(head.text, "\r\n")] = 0;
    const char *name = strstr(head.text, " name=");
    if (!g_str_has_prefix(head.text, "=ybegin ") || strstr(head.text, " size=") == NULL ||
        name == NULL || !is_at_line_begin(source, offset))
        return false;
    EncodedBlock block = {.encoding = TEXT_ENCODING_YENC, .offset = offset};
    copy_name(&block, name + strlen(" name="));
    g_autoptr(LineReader) lines = line_reader_new(source, offset, UINT64_MAX);
    Line line;
    for (bool is_first = true; line_reader_next(lines, &line); is_first = false) {
        if (!is_first && line_is(&line, "=ybegin "))
            break;
        block.size_bytes = line.offset + line.size_bytes - offset;
        if (line_is(&line, "=yend"))
            break;
    }
    *ret_block = block;
    return true;
}

// ---- PGP --------------------------------------------------------------------------------------

// Packet tags of RFC 4880 section 4.3 that begin an encrypted message: session keys, encrypted
// data.
static bool is_encrypted_packet(uint8_t byte)
{
    unsigned tag = (byte & 0x40) != 0 ? byte & 0x3f : byte >> 2 & 0x0f;
    return (byte & 0x80) != 0 && (tag == 1 || tag == 3 || tag == 9 || tag == 18);
}

// The message's first byte, behind the armour's own headers and an empty line.
static uint8_t first_pgp_byte(const Head *head)
{
    const char *body = strstr(head->text, "\n\n");
    const char *with_returns = strstr(head->text, "\r\n\r\n");
    if (with_returns != NULL && (body == NULL || with_returns < body))
        body = with_returns + 2;
    uint8_t byte = 0;
    g_autoptr(Source) text = source_new_memory(head->text, head->length);
    uint64_t begin = body != NULL ? (uint64_t)(body + 2 - head->text) : head->length;
    g_autoptr(EncodedStream) stream =
        encoded_stream_new(text, begin, HEAD_BYTES, TEXT_ENCODING_BASE64);
    encoded_stream_read(stream, &byte, 1, NULL);
    return byte;
}

// The "N PG" of "-----BEGIN PGP MESSAGE-----" lies at `offset`.
static bool try_pgp(Source *source, uint64_t offset, EncodedBlock *ret_block)
{
    static const char begin[] = "-----BEGIN PGP MESSAGE-----", end[] = "-----END PGP MESSAGE-----";
    const size_t before = strlen("-----BEGI");
    if (offset < before)
        return false;
    uint64_t start = offset - before;
    Head head = head_at(source, start);
    if (!g_str_has_prefix(head.text, begin) || !is_at_line_begin(source, start))
        return false;
    EncodedBlock block = {.kind = is_encrypted_packet(first_pgp_byte(&head))
                                      ? ENCODED_BLOCK_PGP_ENCRYPTED
                                      : ENCODED_BLOCK_PGP_OTHER,
                          .encoding = TEXT_ENCODING_BASE64,
                          .offset = start};
    g_autoptr(LineReader) lines = line_reader_new(source, start, UINT64_MAX);
    Line line;
    while (line_reader_next(lines, &line)) {
        block.size_bytes = line.offset + line.size_bytes - start;
        if (line_is(&line, end))
            break;
    }
    *ret_block = block;
    return true;
}

// ---- Finding beginnings -----------------------------------------------------------------------

// Four letters that a block begins with, or that lie in its first line.
typedef struct {
    char letters[5];
    bool (*try)(Source *source, uint64_t offset, EncodedBlock *ret_block);
    uint8_t before; // bytes of the letters that lie before the block
} Beginning;

static const Beginning beginnings[] = {
    {"/9j/", try_media, 0},    // JPEG
    {"/9j\\", try_media, 0},   // JPEG, with "/" as "\/"
    {"iVBO", try_media, 0},    // PNG
    {"R0lG", try_media, 0},    // GIF
    {"UklG", try_media, 0},    // RIFF
    {"SUkq", try_media, 0},    // TIFF
    {"TU0A", try_media, 0},    // TIFF
    {"GZ0e", try_boxes, 0},    // HEIF, MP4
    {"UEsD", try_media, 0},    // zip
    {"JVBE", try_media, 0},    // PDF
    {"0M8R", try_media, 0},    // OLE
    {"N3q8", try_media, 0},    // 7z
    {"se64", try_data_uri, 0}, // ;base64,
    {"\nbeg", try_uu, 1},      {"=ybe", try_yenc, 0}, {"N PG", try_pgp, 0},
};
#define BEGINNING_COUNT G_N_ELEMENTS(beginnings)
_Static_assert(BEGINNING_COUNT <= 16, "four bits of a word each");

// Four bits for each beginning: bit n says that the last n + 1 bytes are its first n + 1 letters.
#define FIRST_LETTERS 0x1111111111111111u
#define LAST_LETTERS 0x8888888888888888u

typedef struct {
    uint64_t letters[256];
} Automaton;

static const Automaton *automaton(void)
{
    static Automaton built;
    static gsize is_built = 0;
    if (g_once_init_enter(&is_built)) {
        for (size_t i = 0; i < BEGINNING_COUNT; i++) {
            for (size_t letter = 0; letter < 4; letter++)
                built.letters[(uint8_t)beginnings[i].letters[letter]] |= UINT64_C(1)
                                                                         << (4 * i + letter);
        }
        g_once_init_leave(&is_built, 1);
    }
    return &built;
}

// One of the beginnings whose last letter lies at `last`.
static bool try_beginnings(Source *source, uint64_t complete, uint64_t last, EncodedBlock *block)
{
    for (size_t i = 0; i < BEGINNING_COUNT; i++) {
        bool is_here = (complete >> (4 * i + 3) & 1) != 0;
        if (is_here && beginnings[i].try(source, last - 3 + beginnings[i].before, block))
            return true;
    }
    return false;
}

bool encoded_text_find(Source *source, uint64_t *position, uint64_t end, EncodedBlock *ret_block)
{
    const uint64_t *letters = automaton()->letters;
    uint64_t limit = MIN(end, source_size(source));
    uint64_t begin = *position;
    uint64_t state = is_at_line_begin(source, begin) ? letters['\n'] & FIRST_LETTERS : 0;
    g_autofree uint8_t *piece = g_malloc(PIECE_BYTES);
    for (uint64_t at = begin; at < limit;) {
        size_t wanted = (size_t)MIN(limit - at, (uint64_t)PIECE_BYTES);
        ssize_t count = source_read(source, at, piece, wanted, NULL);
        if (count <= 0)
            break;
        for (size_t i = 0; i < (size_t)count; i++) {
            state = (state << 1 | FIRST_LETTERS) & letters[piece[i]];
            if ((state & LAST_LETTERS) != 0 &&
                try_beginnings(source, state & LAST_LETTERS, at + i, ret_block) &&
                ret_block->offset >= begin) {
                *position = ret_block->offset + MAX(ret_block->size_bytes, 1);
                return true;
            }
        }
        at += (uint64_t)count;
    }
    *position = end;
    return false;
}

// ---- base64 as a whole ------------------------------------------------------------------------

typedef struct {
    bool has_capital, has_small, has_number, has_other; // has_other: no hexadecimal digit
    uint64_t digits;
    size_t line_length; // of all lines but the last
    bool is_last;       // a shorter line came: nothing may follow
} Whole;

static bool add_whole_line(Whole *whole, const Line *line)
{
    if (line->length == 0) {
        whole->is_last = whole->digits > 0;
        return true;
    }
    if (whole->line_length == 0)
        whole->line_length = line->length;
    if (whole->is_last || line->length > whole->line_length)
        return false;
    whole->is_last = line->length < whole->line_length || line->text[line->length - 1] == '=';
    for (size_t i = 0; i < line->length; i++) {
        uint8_t byte = line->text[i];
        bool is_padding = byte == '=' && i + 2 >= line->length;
        if (!is_digit(byte) && !is_padding)
            return false;
        whole->has_capital |= g_ascii_isupper((char)byte);
        whole->has_small |= g_ascii_islower((char)byte);
        whole->has_number |= g_ascii_isdigit((char)byte);
        whole->has_other |= !g_ascii_isxdigit((char)byte) && !is_padding;
        whole->digits++;
    }
    return true;
}

bool encoded_text_find_whole(Source *source, EncodedBlock *ret_block)
{
    uint64_t size = source_size(source), begin = 0;
    g_autoptr(LineReader) lines = line_reader_new(source, 0, WHOLE_BYTES);
    Whole whole = {0};
    Line line;
    while (line_reader_next(lines, &line)) {
        bool is_cut = line.offset + line.size_bytes >= WHOLE_BYTES && size > WHOLE_BYTES;
        if (is_cut && whole.line_length != 0)
            break;
        if (!add_whole_line(&whole, &line))
            return false;
        if (whole.digits == 0)
            begin = line.offset + line.size_bytes;
    }
    return whole.digits >= WHOLE_DIGITS_MIN && whole.line_length >= 16 && whole.has_capital &&
           whole.has_small && whole.has_number && whole.has_other &&
           find_run(source, begin, ret_block);
}
