// SPDX-License-Identifier: Apache-2.0
#include "evidence/mail.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/mail_header.h"
#include "evidence/mail_partial.h"
#include "evidence/mail_structure.h"

// Text between parts, and fields, that are long enough to hide something in.
#define BETWEEN_BYTES_MIN 256u
#define HEADER_BYTES_USUAL (64u << 10)
// Behind the end of base64.
#define TAIL_BYTES_MIN 64u
#define ACCESS_SHOWN_BYTES 100

typedef struct {
    Walk *walk;
    Source *source;
    ItemTimes times; // of the message
} Message;

static bool is_message(const SniffType *type, Source *source)
{
    return strcmp(type->media_type, "message/rfc822") == 0;
}

static bool type_is(const MailContent *content, const char *media_type)
{
    return g_str_equal(content->media_type, media_type);
}

// ---- The message's own fields -----------------------------------------------------------------

// Fields of this size are not a message's; what they hide is searched as text.
static bool deliver_header(const Message *message, const MailPart *part)
{
    g_autoptr(Source) fields = source_new_range(message->source, part->header_offset,
                                                part->body_offset - part->header_offset);
    const Child child = {.name = "header",
                         .layer = "{\"part\":\"header\"}",
                         .source = fields,
                         .times = message->times,
                         .type = sniff_by_media_type("text/plain")};
    return walk_child(message->walk, &child);
}

static bool take_header(void *user_data, const MailPart *part)
{
    Message *message = user_data;
    mail_header_add_identifiers(part->header, message->walk);
    message->times.modified = mail_header_date(part->header);
    if (part->header->is_cut)
        walk_not_examined(message->walk, 0, "header fields behind the first MiB were not read");
    return part->body_offset - part->header_offset <= HEADER_BYTES_USUAL ||
           deliver_header(message, part);
}

static bool take_between(void *user_data, const char *number, bool is_behind, uint64_t offset,
                         uint64_t size_bytes)
{
    const Message *message = user_data;
    if (size_bytes < BETWEEN_BYTES_MIN)
        return true;
    const char *word = is_behind ? "epilogue" : "prologue";
    g_autofree char *name =
        number[0] != 0 ? g_strdup_printf("%s of part %s", word, number) : g_strdup(word);
    g_autofree char *layer = g_strdup_printf("{\"part\":\"%s\",\"text\":\"%s\"}", number, word);
    g_autoptr(Source) text = source_new_range(message->source, offset, size_bytes);
    const Child child = {.name = name, .layer = layer, .source = text, .times = message->times};
    return walk_child(message->walk, &child);
}

// ---- Parts ------------------------------------------------------------------------------------

static void add_status(const MailPart *part, Child *child)
{
    const MailContent *content = part->content;
    const MailContent *around = part->around;
    bool in_encrypted = around != NULL && type_is(around, "multipart/encrypted") &&
                        !type_is(content, "application/pgp-encrypted");
    const char *smime = content->smime_type;
    bool is_smime = smime != NULL && (g_str_equal(smime, "enveloped-data") ||
                                      g_str_equal(smime, "authenveloped-data") ||
                                      g_str_equal(smime, "encrypted-data"));
    if (in_encrypted || is_smime) {
        child->status = STATUS_ENCRYPTED;
        child->reason =
            is_smime ? "the S/MIME message is encrypted" : "the part of the message is encrypted";
    } else if (content->unknown_encoding != NULL) {
        child->status = STATUS_UNSUPPORTED;
        child->reason = "its transfer encoding is not known";
    }
}

static ItemTimes times_of(const Message *message, const MailContent *content)
{
    ItemTimes times = content->times;
    if (times.modified.zone == ZONE_NONE)
        times.modified = message->times.modified;
    return times;
}

// base64 may end before the part does, and what follows is then looked at for itself.
static uint64_t encoded_bytes(const Message *message, const MailPart *part)
{
    if (part->content->encoding != TEXT_ENCODING_BASE64)
        return part->body_bytes;
    return encoded_text_base64_end(message->source, part->body_offset, part->body_bytes) -
           part->body_offset;
}

static bool deliver_tail(const Message *message, const MailPart *part, uint64_t begin)
{
    uint64_t size = part->body_bytes - begin;
    if (size < TAIL_BYTES_MIN)
        return true;
    g_autofree char *name = g_strdup_printf("behind part %s", part->number);
    g_autofree char *layer = g_strdup_printf("{\"part\":\"%s\",\"text\":\"behind\"}", part->number);
    g_autoptr(Source) tail = source_new_range(message->source, part->body_offset + begin, size);
    const Child child = {.name = name, .layer = layer, .source = tail, .times = message->times};
    return walk_child(message->walk, &child);
}

// A stream with something before it.
typedef struct {
    char *before;
    size_t at;
    EncodedStream *stream;
} Prefixed;

static ssize_t read_prefixed(void *user_data, void *target, size_t size, GError **err)
{
    Prefixed *prefixed = user_data;
    size_t left = strlen(prefixed->before) - prefixed->at;
    if (left == 0)
        return encoded_stream_read(prefixed->stream, target, size, err);
    size_t count = MIN(left, size);
    memcpy(target, prefixed->before + prefixed->at, count);
    prefixed->at += count;
    return (ssize_t)count;
}

// RFC 2045 section 6.4 forbids to encode a multipart; it is done to get past those who keep to it.
// Decoded it is a message again once it has its field back.
static bool deliver_encoded_multipart(const Message *message, const MailPart *part, Child *child,
                                      EncodedStream *stream)
{
    g_autofree char *type = mail_header_value(part->header, "Content-Type");
    g_autofree char *before = g_strdup_printf("Content-Type: %s\n\n", type != NULL ? type : "");
    Prefixed prefixed = {.before = before, .stream = stream};
    child->type = sniff_by_media_type("message/rfc822");
    child->read = read_prefixed;
    child->user_data = &prefixed;
    return walk_child(message->walk, child);
}

static bool deliver_encoded(const Message *message, const MailPart *part, Child *child)
{
    uint64_t size = encoded_bytes(message, part);
    g_autoptr(EncodedStream) stream =
        encoded_stream_new(message->source, part->body_offset, size, part->content->encoding);
    if (g_str_has_prefix(part->content->media_type, "multipart/"))
        return deliver_encoded_multipart(message, part, child, stream) &&
               deliver_tail(message, part, size);
    child->read = encoded_stream_read;
    child->user_data = stream;
    return walk_child(message->walk, child) && deliver_tail(message, part, size);
}

static bool deliver_part(const Message *message, const MailPart *part)
{
    const MailContent *content = part->content;
    g_autofree char *name = content->file_name != NULL ? g_strdup(content->file_name)
                                                       : g_strdup_printf("part %s", part->number);
    g_autofree char *layer = g_strdup_printf("{\"part\":\"%s\"}", part->number);
    Child child = {.name = name, .layer = layer, .times = times_of(message, content)};
    add_status(part, &child);
    if (type_is(content, "message/rfc822") || type_is(content, "message/global") ||
        type_is(content, "message/news") || part->is_too_deep)
        child.type = sniff_by_media_type("message/rfc822");
    if (content->is_encoded && !part->is_too_deep)
        return deliver_encoded(message, part, &child);
    uint64_t begin = part->is_too_deep ? part->header_offset : part->body_offset;
    g_autoptr(Source) body =
        source_new_range(message->source, begin, part->body_offset - begin + part->body_bytes);
    child.source = body;
    return walk_child(message->walk, &child);
}

// ---- Pieces -----------------------------------------------------------------------------------

// What a lone piece holds: the first begins the message, a later one goes on anywhere in it.
static bool deliver_piece(const Message *message, const MailPart *part)
{
    g_autoptr(Source) body = source_new_range(message->source, part->body_offset, part->body_bytes);
    const Child child = {
        .name = "part 1",
        .layer = "{\"part\":\"1\"}",
        .source = body,
        .times = message->times,
        .type = part->content->partial_number == 1 ? sniff_by_media_type("message/rfc822") : NULL};
    return walk_child(message->walk, &child);
}

static void free_source(void *source)
{
    source_free(source);
}

// Every piece that lies beside the others knows of them all; the first has the message.
static bool take_piece(const Message *message, const MailPart *part)
{
    const MailContent *content = part->content;
    Walk *walk = message->walk;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_source);
    g_autoptr(MailPieces) pieces = mail_pieces_new(content);
    mail_pieces_add(pieces, content,
                    source_new_range(message->source, part->body_offset, part->body_bytes));
    mail_pieces_find_siblings(pieces, walk, content->partial_number, files);

    g_autofree char *detail = mail_pieces_describe(pieces, content->partial_number);
    walk_add_finding(walk, FINDING_SEGMENT, 0, "%s", detail);
    unsigned missing = mail_pieces_missing(pieces);
    if (missing > 0) {
        walk_not_examined(walk, 0, "part %u of the message was not found beside it", missing);
        return deliver_piece(message, part);
    }
    g_autofree char *layer = g_strdup_printf("{\"joined\":%u}", pieces->bodies->len);
    return content->partial_number != 1 || mail_pieces_deliver(pieces, walk, layer, message->times);
}

static bool take_part(void *user_data, const MailPart *part)
{
    const Message *message = user_data;
    const MailContent *content = part->content;
    bool is_piece = part->around == NULL && content->partial_id != NULL &&
                    content->partial_number >= 1 && content->partial_number <= MAIL_PIECES_MAX;
    if (is_piece)
        return take_piece(message, part);
    if (type_is(content, "message/external-body"))
        walk_add_finding(message->walk, FINDING_REFERENCE, 0, "part %s lies elsewhere (%.*s)",
                         part->number, ACCESS_SHOWN_BYTES,
                         content->access_type != NULL ? content->access_type : "not said where");
    if (part->body_bytes == 0 && content->file_name == NULL)
        return true;
    return deliver_part(message, part);
}

// ---- The whole --------------------------------------------------------------------------------

// Apple Mail writes the message's size into a line before it, and a property list behind it.
static Source *without_envelope(Source *source, uint64_t *ret_behind)
{
    char first[32];
    ssize_t count = source_read(source, 0, first, sizeof first - 1, NULL);
    first[count > 0 ? count : 0] = 0;
    size_t begin = g_str_has_prefix(first, "\xef\xbb\xbf") ? 3 : 0;
    size_t digits = strspn(first, "0123456789");
    size_t blanks = strspn(first + digits, " \r");
    uint64_t size = UINT64_MAX;
    if (digits > 0 && digits < 20 && first[digits + blanks] == '\n') {
        begin = digits + blanks + 1;
        size = g_ascii_strtoull(first, NULL, 10);
    }
    Source *message = source_new_range(source, begin, size);
    *ret_behind = begin + source_size(message);
    return message;
}

static void open_message(Walk *walk, Source *source)
{
    mail_prepare();
    uint64_t behind = 0;
    g_autoptr(Source) inner = without_envelope(source, &behind);
    Message message = {.walk = walk, .source = inner};
    const MailEvents events = {
        .header = take_header, .part = take_part, .between = take_between, .user_data = &message};
    g_autoptr(GError) error = NULL;
    if (!mail_structure_read(inner, 0, &events, &error)) {
        if (error != NULL)
            walk_set_error(walk, error);
        return;
    }
    const Extent rest = {.offset = behind, .size_bytes = source_size(source) - behind};
    if (rest.size_bytes > 0)
        walk_leftover(walk, source, &rest, 1, LEFTOVER_GAP, 1);
}

const Container mail_container = {.name = "mail message", .fits = is_message, .open = open_message};
