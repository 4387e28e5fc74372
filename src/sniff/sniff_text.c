// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>

#include "sniff/sniff_containers.h"

#define TEXT_BYTES 256   // looked at to tell text from other bytes
#define MARKUP_BYTES 512 // looked at for what kind of mark-up it is
#define MAIL_BYTES 2048  // looked at for header fields of mail

static bool is_text_byte(uint8_t byte)
{
    return byte >= 0x20
               ? byte != 0x7f
               : byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == 0x1b;
}

// Length of the UTF-8 sequence that `lead` begins, 0 when it begins none.
static size_t sequence_length(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// UTF-8 without control characters; a sequence cut off by the end of the bytes is forgiven.
static bool is_utf8_text(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t count = sequence_length(bytes[at]);
        if (count == 0 || !is_text_byte(bytes[at]))
            return false;
        for (size_t i = 1; i < count && at + i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80)
                return false;
        }
        at += count;
    }
    return true;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool starts_with(const uint8_t *bytes, size_t length, const char *text)
{
    size_t wanted = strlen(text);
    return length >= wanted && strncasecmp((const char *)bytes, text, wanted) == 0;
}

static bool contains(const uint8_t *bytes, size_t length, const char *text)
{
    size_t wanted = strlen(text);
    for (size_t at = 0; at + wanted <= length; at++) {
        if (bytes[at] == (uint8_t)text[0] && memcmp(bytes + at, text, wanted) == 0)
            return true;
    }
    return false;
}

// Length of "Name" in "Name: value" (RFC 5322 section 2.2); 0 when the line is no header field.
static size_t field_name_length(const uint8_t *line, size_t length)
{
    size_t name = 0;
    while (name < length && line[name] > 0x20 && line[name] < 0x7f && line[name] != ':')
        name++;
    return name < length && line[name] == ':' ? name : 0;
}

static bool is_one_of(const uint8_t *name, size_t length, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == length && strncasecmp((const char *)name, names[i], length) == 0)
            return true;
    }
    return false;
}

// A message begins with header fields. One that only mail has first is believed alone, of those
// that other texts write too there must be two.
static bool is_mail(const uint8_t *bytes, size_t length)
{
    static const char *const sure[] = {"Return-Path",    "Received",         "Delivered-To",
                                       "MIME-Version",   "Message-ID",       "X-Mozilla-Status",
                                       "DKIM-Signature", "X-Originating-IP", "Envelope-To"};
    static const char *const likely[] = {"From",
                                         "To",
                                         "Cc",
                                         "Subject",
                                         "Date",
                                         "Received",
                                         "Message-ID",
                                         "Reply-To",
                                         "Sender",
                                         "MIME-Version",
                                         "Content-Type",
                                         "Newsgroups",
                                         "Organization",
                                         "References",
                                         "In-Reply-To",
                                         "X-Mailer",
                                         "Path",
                                         "Content-Transfer-Encoding",
                                         "Content-Disposition"};
    unsigned seen = 0;
    for (size_t at = 0; at < length && seen < 2;) {
        const uint8_t *line = bytes + at;
        const uint8_t *end = memchr(line, '\n', length - at);
        size_t name = field_name_length(line, length - at);
        bool is_folded = at > 0 && (*line == ' ' || *line == '\t');
        if (name == 0 && !is_folded)
            break;
        if (at == 0 && is_one_of(line, name, sure, sizeof(sure) / sizeof(sure[0])))
            return true;
        if (is_one_of(line, name, likely, sizeof(likely) / sizeof(likely[0])))
            seen++;
        at = end != NULL ? (size_t)(end + 1 - bytes) : length;
    }
    return seen >= 2;
}

// Mailboxes begin with a line "From sender time" (RFC 4155).
static bool is_mailbox(const uint8_t *bytes, size_t length)
{
    return length >= 5 && memcmp(bytes, "From ", 5) == 0 &&
           (contains(bytes, length, "\nFrom:") || contains(bytes, length, "\nReceived:") ||
            contains(bytes, length, "\nReturn-Path:") || contains(bytes, length, "\nDate:") ||
            contains(bytes, length, "\nX-Mozilla-Status:") ||
            contains(bytes, length, "\nMIME-Version:") ||
            contains(bytes, length, "\nDelivered-To:"));
}

// Apple Mail writes the length of the message into a line before it.
static size_t length_line(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && bytes[at] >= '0' && bytes[at] <= '9')
        at++;
    size_t digits = at;
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\r'))
        at++;
    return digits > 0 && digits < 20 && at < length && bytes[at] == '\n' ? at + 1 : 0;
}

static TypeId markup(const uint8_t *bytes, size_t length)
{
    size_t blank = 0;
    while (blank < length && is_space(bytes[blank]))
        blank++;
    bytes += blank;
    length -= blank;
    if (length == 0 || *bytes != '<')
        return TYPE_UNKNOWN;
    if (starts_with(bytes, length, "<!DOCTYPE html") || starts_with(bytes, length, "<html") ||
        starts_with(bytes, length, "<head") || starts_with(bytes, length, "<body"))
        return TYPE_HTML;
    bool is_xml = starts_with(bytes, length, "<?xml");
    if (starts_with(bytes, length, "<svg") || starts_with(bytes, length, "<!DOCTYPE svg") ||
        (is_xml && contains(bytes, length, "<svg")))
        return TYPE_SVG;
    if (is_xml && contains(bytes, length, "<html"))
        return TYPE_HTML;
    return is_xml ? TYPE_XML : TYPE_UNKNOWN;
}

static size_t at_most(size_t length, size_t most)
{
    return length < most ? length : most;
}

static TypeId kind_of_text(const uint8_t *bytes, size_t length)
{
    TypeId type = markup(bytes, at_most(length, MARKUP_BYTES));
    if (type != TYPE_UNKNOWN)
        return type;
    if (starts_with(bytes, length, "#!"))
        return TYPE_SCRIPT;
    if (is_mailbox(bytes, length))
        return TYPE_MBOX;
    size_t skip = length_line(bytes, length);
    return is_mail(bytes + skip, length - skip) ? TYPE_EML : TYPE_TEXT;
}

// Old mail has letters of some national set in its fields: no UTF-8, but no control bytes either.
// Behind the empty line that ends the fields there may be anything.
static TypeId kind_of_old_text(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < TEXT_BYTES; i++) {
        bool is_empty_line =
            i > 0 && bytes[i - 1] == '\n' && (bytes[i] == '\n' || bytes[i] == '\r');
        if (is_empty_line)
            break;
        if (bytes[i] < 0x80 && !is_text_byte(bytes[i]))
            return TYPE_UNKNOWN;
    }
    if (is_mailbox(bytes, length))
        return TYPE_MBOX;
    return is_mail(bytes, length) ? TYPE_EML : TYPE_UNKNOWN;
}

TypeId sniff_text(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes >= 4 &&
        ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return TYPE_TEXT; // UTF-16 or UTF-32 with its mark
    if (!is_utf8_text(bytes, at_most(size_bytes, TEXT_BYTES)))
        return kind_of_old_text(bytes, at_most(size_bytes, MAIL_BYTES));

    size_t skip = starts_with(bytes, size_bytes, "\xef\xbb\xbf") ? 3 : 0; // byte order mark
    return kind_of_text(bytes + skip, at_most(size_bytes - skip, MAIL_BYTES));
}
