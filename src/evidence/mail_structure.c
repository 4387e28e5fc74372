// SPDX-License-Identifier: Apache-2.0
#include "evidence/mail_structure.h"

#include <string.h>

#include "evidence/line_reader.h"

// RFC 2046 allows 70; longer ones are met. A line is not longer than this (RFC 5322).
#define BOUNDARY_BYTES_MAX 998u

typedef enum {
    IN_HEADER,
    IN_BODY,
    IN_PROLOGUE, // of the innermost multipart
    IN_EPILOGUE, // of the innermost multipart
} Where;

typedef struct {
    MailContent *content; // owned
    size_t boundary_length;
    char number[MAIL_NUMBER_BYTES];
    unsigned parts;
    bool ended; // its last boundary was met
} Multipart;

typedef struct {
    const MailEvents *events;
    Where where;
    Multipart multiparts[MAIL_NESTING];
    unsigned depth;
    MailHeader *header;
    bool header_told;
    // The part that is being read.
    char number[MAIL_NUMBER_BYTES];
    MailContent *content; // owned; NULL in its header
    uint64_t header_offset, body_offset;
    bool is_too_deep;
    uint64_t begin;    // of the prologue or epilogue
    uint64_t text_end; // behind the last line, without its line break
} Reading;

static Multipart *innermost(Reading *reading)
{
    return reading->depth > 0 ? &reading->multiparts[reading->depth - 1] : NULL;
}

static const char *default_type(const Multipart *around)
{
    bool is_digest = around != NULL && g_str_equal(around->content->media_type, "multipart/digest");
    return is_digest ? "message/rfc822" : "text/plain";
}

// ---- Ends -------------------------------------------------------------------------------------

static uint64_t bytes_from(const Reading *reading, uint64_t begin)
{
    return reading->text_end > begin ? reading->text_end - begin : 0;
}

static bool end_part(Reading *reading)
{
    const Multipart *around = innermost(reading);
    const MailPart part = {.number = reading->number,
                           .header_offset = reading->header_offset,
                           .body_offset = reading->body_offset,
                           .body_bytes = bytes_from(reading, reading->body_offset),
                           .header = reading->header,
                           .content = reading->content,
                           .around = around != NULL ? around->content : NULL,
                           .is_too_deep = reading->is_too_deep};
    bool ok = reading->events->part(reading->events->user_data, &part);
    g_clear_pointer(&reading->content, mail_content_free);
    return ok;
}

static bool end_between(Reading *reading)
{
    uint64_t size = bytes_from(reading, reading->begin);
    return size == 0 ||
           reading->events->between(reading->events->user_data, innermost(reading)->number,
                                    reading->where == IN_EPILOGUE, reading->begin, size);
}

static bool begin_body(Reading *reading, uint64_t offset);

// Ends what the line behind it ended: a part, or what lies between parts.
static bool end_current(Reading *reading)
{
    if (reading->where == IN_HEADER && !begin_body(reading, reading->text_end))
        return false;
    return reading->where == IN_BODY ? end_part(reading) : end_between(reading);
}

static void leave_multipart(Reading *reading)
{
    Multipart *multipart = innermost(reading);
    g_clear_pointer(&multipart->content, mail_content_free);
    reading->depth--;
}

// ---- Beginnings -------------------------------------------------------------------------------

static void begin_part(Reading *reading, uint64_t offset)
{
    Multipart *around = innermost(reading);
    unsigned count = ++around->parts;
    if (around->number[0] != 0)
        g_snprintf(reading->number, sizeof reading->number, "%s.%u", around->number, count);
    else
        g_snprintf(reading->number, sizeof reading->number, "%u", count);
    mail_header_clear(reading->header);
    reading->header_offset = offset;
    reading->where = IN_HEADER;
}

// Blanks at a boundary's end are not part of it.
static size_t boundary_length(const MailContent *content)
{
    if (!g_str_has_prefix(content->media_type, "multipart/") || content->is_encoded ||
        content->boundary == NULL)
        return 0;
    size_t length = strlen(content->boundary);
    while (length > 0 &&
           (content->boundary[length - 1] == ' ' || content->boundary[length - 1] == '\t'))
        length--;
    return length <= BOUNDARY_BYTES_MAX ? length : 0;
}

static void enter_multipart(Reading *reading, size_t length)
{
    Multipart *multipart = &reading->multiparts[reading->depth++];
    *multipart =
        (Multipart){.content = g_steal_pointer(&reading->content), .boundary_length = length};
    g_strlcpy(multipart->number, reading->number, sizeof multipart->number);
    reading->where = IN_PROLOGUE;
    reading->begin = reading->body_offset;
}

// The fields have ended. False when an event returned false.
static bool begin_body(Reading *reading, uint64_t offset)
{
    const Multipart *around = innermost(reading);
    reading->body_offset = offset;
    reading->content = mail_content_new(reading->header, default_type(around));
    reading->where = IN_BODY;
    if (!reading->header_told) {
        reading->header_told = true;
        const MailPart message = {.number = "",
                                  .header_offset = reading->header_offset,
                                  .body_offset = offset,
                                  .header = reading->header,
                                  .content = reading->content};
        if (!reading->events->header(reading->events->user_data, &message))
            return false;
    }
    size_t length = boundary_length(reading->content);
    reading->is_too_deep = length > 0 && reading->depth == MAIL_NESTING;
    if (length > 0 && !reading->is_too_deep)
        enter_multipart(reading, length);
    else if (around == NULL)
        g_strlcpy(reading->number, "1", sizeof reading->number);
    return true;
}

// ---- Lines ------------------------------------------------------------------------------------

typedef enum { BOUNDARY_NONE, BOUNDARY_NEXT, BOUNDARY_LAST } Boundary;

// Is it "--boundary" or "--boundary--", with nothing but blanks behind?
static Boundary compare_boundary(const Multipart *multipart, const Line *line)
{
    size_t at = 2 + multipart->boundary_length;
    if (multipart->ended || line->length < at ||
        memcmp(line->text + 2, multipart->content->boundary, multipart->boundary_length) != 0)
        return BOUNDARY_NONE;
    Boundary boundary = BOUNDARY_NEXT;
    if (line->length >= at + 2 && line->text[at] == '-' && line->text[at + 1] == '-') {
        boundary = BOUNDARY_LAST;
        at += 2;
    }
    while (at < line->length && (line->text[at] == ' ' || line->text[at] == '\t'))
        at++;
    return at == line->length ? boundary : BOUNDARY_NONE;
}

// A boundary of any multipart around ends those inside it.
static Boundary find_boundary(const Reading *reading, const Line *line, unsigned *ret_depth)
{
    if (line->length < 2 || line->text[0] != '-' || line->text[1] != '-')
        return BOUNDARY_NONE;
    for (unsigned depth = reading->depth; depth > 0; depth--) {
        Boundary boundary = compare_boundary(&reading->multiparts[depth - 1], line);
        if (boundary != BOUNDARY_NONE) {
            *ret_depth = depth;
            return boundary;
        }
    }
    return BOUNDARY_NONE;
}

static bool take_boundary(Reading *reading, Boundary boundary, unsigned depth, uint64_t behind)
{
    if (!end_current(reading))
        return false;
    while (reading->depth > depth)
        leave_multipart(reading);
    if (boundary == BOUNDARY_NEXT) {
        begin_part(reading, behind);
        return true;
    }
    innermost(reading)->ended = true;
    reading->where = IN_EPILOGUE;
    reading->begin = behind;
    return true;
}

static bool take_line(Reading *reading, const Line *line)
{
    uint64_t behind = line->offset + line->size_bytes;
    unsigned depth = 0;
    Boundary boundary = find_boundary(reading, line, &depth);
    if (boundary != BOUNDARY_NONE) {
        bool ok = take_boundary(reading, boundary, depth, behind);
        reading->text_end = behind;
        return ok;
    }
    bool is_field = reading->where == IN_HEADER && line->length > 0 &&
                    mail_header_add_line(reading->header, line);
    if (reading->where == IN_HEADER && !is_field) {
        bool is_empty = line->length == 0;
        if (!begin_body(reading, is_empty ? behind : line->offset))
            return false;
        // The body begins with this line, which may be a boundary.
        if (!is_empty)
            return take_line(reading, line);
    }
    reading->text_end = behind - line->break_bytes;
    return true;
}

// ---- The whole --------------------------------------------------------------------------------

// A last part's or text's own line break belongs to it: no boundary follows that would own it.
static bool end_message(Reading *reading, uint64_t end)
{
    reading->text_end = end;
    return end_current(reading);
}

static void reading_clear(Reading *reading)
{
    while (reading->depth > 0)
        leave_multipart(reading);
    g_clear_pointer(&reading->content, mail_content_free);
    g_clear_pointer(&reading->header, mail_header_free);
}

bool mail_structure_read(Source *source, uint64_t offset, const MailEvents *events, GError **err)
{
    g_autoptr(LineReader) lines = line_reader_new(source, offset, UINT64_MAX);
    Reading reading = {.events = events,
                       .where = IN_HEADER,
                       .header = mail_header_new(),
                       .header_offset = offset,
                       .text_end = offset};
    uint64_t end = offset;
    bool ok = true;
    Line line;
    while (ok && line_reader_next(lines, &line)) {
        ok = take_line(&reading, &line);
        end = line.offset + line.size_bytes;
    }
    ok = ok && end_message(&reading, end);
    reading_clear(&reading);
    const GError *error = line_reader_error(lines);
    if (ok && error != NULL && err != NULL)
        *err = g_error_copy(error);
    return ok && error == NULL;
}
