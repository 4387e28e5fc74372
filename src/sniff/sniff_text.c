// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>

#include "sniff/sniff_containers.h"

#define TEXT_BYTES 256   // looked at to tell text from other bytes
#define MARKUP_BYTES 512 // looked at for what kind of mark-up it is

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

// A message begins with a header line; only names that mail writes first are believed.
static bool is_mail(const uint8_t *bytes, size_t length)
{
    static const char *const sure[] = {
        "Return-Path:",      "Received:",       "Delivered-To:",     "MIME-Version:", "Message-ID:",
        "X-Mozilla-Status:", "DKIM-Signature:", "X-Originating-IP:", "Envelope-To:"};
    for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++) {
        if (starts_with(bytes, length, sure[i]))
            return true;
    }
    static const char *const likely[] = {"From:", "To:", "Subject:", "Date:"};
    for (size_t i = 0; i < sizeof(likely) / sizeof(likely[0]); i++) {
        if (starts_with(bytes, length, likely[i]))
            return contains(bytes, length, "\nFrom:") || contains(bytes, length, "\nTo:") ||
                   contains(bytes, length, "\nMIME-Version:") ||
                   contains(bytes, length, "\nMessage-ID:");
    }
    return false;
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

static TypeId kind_of_text(const uint8_t *bytes, size_t length)
{
    TypeId type = markup(bytes, length);
    if (type != TYPE_UNKNOWN)
        return type;
    if (starts_with(bytes, length, "#!"))
        return TYPE_SCRIPT;
    if (length >= 5 && memcmp(bytes, "From ", 5) == 0 &&
        (contains(bytes, length, "\nFrom:") || contains(bytes, length, "\nReceived:") ||
         contains(bytes, length, "\nReturn-Path:") || contains(bytes, length, "\nDate:")))
        return TYPE_MBOX;
    return is_mail(bytes, length) ? TYPE_EML : TYPE_TEXT;
}

TypeId sniff_text(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes >= 4 &&
        ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return TYPE_TEXT; // UTF-16 or UTF-32 with its mark
    if (!is_utf8_text(bytes, size_bytes < TEXT_BYTES ? size_bytes : TEXT_BYTES))
        return TYPE_UNKNOWN;

    size_t skip = starts_with(bytes, size_bytes, "\xef\xbb\xbf") ? 3 : 0; // byte order mark
    size_t length = size_bytes - skip < MARKUP_BYTES ? size_bytes - skip : MARKUP_BYTES;
    return kind_of_text(bytes + skip, length);
}
