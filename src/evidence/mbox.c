// SPDX-License-Identifier: Apache-2.0
#include "evidence/mbox.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/line_reader.h"
#include "evidence/mail_header.h"
#include "evidence/mail_partial.h"

// Pieces of messages in one mailbox; more are told as messages of their own.
#define PIECES_MAX 1024u

typedef struct {
    uint64_t offset, size_bytes;
    unsigned number;
} Message;

// A piece whose turn comes when the mailbox has been gone through.
typedef struct {
    Message message;
    uint64_t body_offset; // in the mailbox
    MailContent *content; // owned
    ItemTime date;
} Piece;

typedef struct {
    Walk *walk;
    Source *source;
    unsigned count;    // messages met
    GPtrArray *pieces; // of Piece *, owned
} Mailbox;

static void piece_free(void *pointer)
{
    Piece *piece = pointer;
    mail_content_free(piece->content);
    g_free(piece);
}

static bool fits(const SniffType *type, Source *source)
{
    return strcmp(type->media_type, "application/mbox") == 0;
}

// ---- Lines that begin a message ---------------------------------------------------------------

static bool is_from_line(const Line *line)
{
    return line->length >= 5 && memcmp(line->text, "From ", 5) == 0;
}

// "From sender Thu Jan  1 00:00:00 2026": a time and a year tell it from a line of text that begins
// with the same word.
static bool has_date(const Line *line)
{
    const uint8_t *text = line->text;
    bool has_time = false, has_year = false;
    unsigned digits = 0;
    for (size_t i = 5; i <= line->length; i++) {
        bool is_digit = i < line->length && g_ascii_isdigit((char)text[i]);
        if (is_digit) {
            digits++;
            continue;
        }
        has_year |= digits == 4;
        has_time |= digits > 0 && digits <= 2 && i + 2 < line->length && text[i] == ':' &&
                    g_ascii_isdigit((char)text[i + 1]) && g_ascii_isdigit((char)text[i + 2]);
        digits = 0;
    }
    return has_time && has_year;
}

// Does the next line look like a header field?
static bool is_before_header(Source *source, const Line *line)
{
    char next[80];
    ssize_t count = source_read(source, line->offset + line->size_bytes, next, sizeof next, NULL);
    for (ssize_t i = 0; i < count; i++) {
        if (next[i] == ':')
            return i > 0;
        if (next[i] <= 0x20 || next[i] >= 0x7f)
            return false;
    }
    return false;
}

// ---- Messages ---------------------------------------------------------------------------------

static bool deliver(const Mailbox *mailbox, const Message *message, ItemTime date,
                    const SniffType *type, const GPtrArray *findings)
{
    g_autofree char *name = g_strdup_printf("message %u", message->number);
    g_autofree char *layer = g_strdup_printf("{\"message\":%u,\"offset\":%" PRIu64 "}",
                                             message->number, message->offset);
    g_autoptr(Source) bytes =
        source_new_range(mailbox->source, message->offset, message->size_bytes);
    const Child child = {.name = name,
                         .layer = layer,
                         .source = bytes,
                         .times = {.modified = date},
                         .findings = findings,
                         .type = type};
    return walk_child(mailbox->walk, &child);
}

static bool take_message(Mailbox *mailbox, uint64_t offset, uint64_t end)
{
    Message message = {.offset = offset, .size_bytes = end - offset, .number = ++mailbox->count};
    g_autoptr(Source) bytes = source_new_range(mailbox->source, offset, end - offset);
    uint64_t body = 0;
    g_autoptr(MailHeader) header = mail_header_read(bytes, 0, &body);
    g_autoptr(MailContent) content = mail_content_new(header, "text/plain");
    ItemTime date = mail_header_date(header);
    if (content->partial_id == NULL || content->partial_number == 0 ||
        mailbox->pieces->len >= PIECES_MAX)
        return deliver(mailbox, &message, date, sniff_by_media_type("message/rfc822"), NULL);
    Piece *piece = g_new(Piece, 1);
    *piece = (Piece){.message = message,
                     .body_offset = offset + body,
                     .content = g_steal_pointer(&content),
                     .date = date};
    g_ptr_array_add(mailbox->pieces, piece);
    return true;
}

static bool take_messages(Mailbox *mailbox, GError **err)
{
    g_autoptr(LineReader) lines = line_reader_new(mailbox->source, 0, UINT64_MAX);
    uint64_t begin = 0, end = 0, end_before = 0;
    bool in_message = false, ok = true, was_empty = true;
    Line line;
    while (ok && line_reader_next(lines, &line)) {
        bool begins = is_from_line(&line) &&
                      (has_date(&line) || (was_empty && is_before_header(mailbox->source, &line)));
        // The empty line before it belongs to the mailbox.
        uint64_t end_of_last = was_empty && end_before >= begin ? end_before : line.offset;
        end_before = line.offset;
        end = line.offset + line.size_bytes;
        was_empty = line.length == 0;
        if (!begins)
            continue;
        if (in_message)
            ok = take_message(mailbox, begin, end_of_last);
        in_message = true;
        begin = end;
    }
    if (ok && in_message)
        ok = take_message(mailbox, begin, end);
    const GError *error = line_reader_error(lines);
    if (ok && error != NULL)
        *err = g_error_copy(error);
    return ok && error == NULL;
}

// ---- Pieces -----------------------------------------------------------------------------------

// All pieces of one message.
static MailPieces *gather(const Mailbox *mailbox, const char *id)
{
    MailPieces *pieces = NULL;
    for (unsigned i = 0; i < mailbox->pieces->len; i++) {
        const Piece *piece = mailbox->pieces->pdata[i];
        if (!g_str_equal(piece->content->partial_id, id))
            continue;
        if (pieces == NULL)
            pieces = mail_pieces_new(piece->content);
        uint64_t size = piece->message.offset + piece->message.size_bytes - piece->body_offset;
        mail_pieces_add(pieces, piece->content,
                        source_new_range(mailbox->source, piece->body_offset, size));
    }
    return pieces;
}

// A piece that is part of a whole set is not opened for itself. Alone, it says what is missing.
static bool deliver_piece(const Mailbox *mailbox, const Piece *piece, const MailPieces *pieces)
{
    bool is_whole = mail_pieces_missing(pieces) == 0;
    g_autoptr(GPtrArray) findings = findings_new();
    g_autofree char *detail = mail_pieces_describe(pieces, piece->content->partial_number);
    if (is_whole)
        findings_add(findings, FINDING_SEGMENT, 0, detail);
    const char *type = is_whole ? "text/plain" : "message/rfc822";
    return deliver(mailbox, &piece->message, piece->date, sniff_by_media_type(type), findings);
}

static bool deliver_joined(const Mailbox *mailbox, const Piece *first, MailPieces *pieces)
{
    g_autofree char *layer = g_strdup_printf("{\"joined\":%u}", first->message.number);
    return mail_pieces_missing(pieces) != 0 ||
           mail_pieces_deliver(pieces, mailbox->walk, layer, (ItemTimes){.modified = first->date});
}

static bool take_pieces(const Mailbox *mailbox)
{
    g_autoptr(GHashTable) joined = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; i < mailbox->pieces->len; i++) {
        const Piece *piece = mailbox->pieces->pdata[i];
        g_autoptr(MailPieces) pieces = gather(mailbox, piece->content->partial_id);
        if (!deliver_piece(mailbox, piece, pieces))
            return false;
        if (g_hash_table_add(joined, piece->content->partial_id) &&
            !deliver_joined(mailbox, piece, pieces))
            return false;
    }
    return true;
}

static void open_mailbox(Walk *walk, Source *source)
{
    mail_prepare();
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(piece_free);
    Mailbox mailbox = {.walk = walk, .source = source, .pieces = pieces};
    g_autoptr(GError) error = NULL;
    bool ok = take_messages(&mailbox, &error);
    if (ok || error != NULL)
        take_pieces(&mailbox);
    if (error != NULL)
        walk_set_error(walk, error);
}

const Container mbox_container = {.name = "mailbox", .fits = fits, .open = open_mailbox};
