// SPDX-License-Identifier: Apache-2.0
#include "evidence/mail_header.h"

#include <gmime/gmime.h>
#include <string.h>

#include "evidence/mail_address.h"

// GMime recurses over nested groups of addresses; 256 addresses are not longer than this.
#define ADDRESSES_BYTES 16384u
#define VALUE_BYTES 65536u

void mail_prepare(void)
{
    g_mime_init();
}

// ---- Blocks of fields -------------------------------------------------------------------------

MailHeader *mail_header_new(void)
{
    MailHeader *header = g_new0(MailHeader, 1);
    header->text = g_string_new(NULL);
    return header;
}

void mail_header_free(MailHeader *header)
{
    if (header == NULL)
        return;
    g_string_free(header->text, TRUE);
    g_free(header);
}

void mail_header_clear(MailHeader *header)
{
    g_string_truncate(header->text, 0);
    header->is_cut = false;
    header->in_field = false;
}

// Length of "Name" in "Name: value"; 0 when the line is no field. RFC 5322 section 2.2, with blanks
// before the colon as old mailers write them.
static size_t field_name_length(const char *line, size_t length)
{
    size_t name = 0;
    while (name < length && line[name] > 0x20 && line[name] < 0x7f && line[name] != ':')
        name++;
    size_t colon = name;
    while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
        colon++;
    return colon < length && line[colon] == ':' ? name : 0;
}

static bool is_mailbox_line(const Line *line)
{
    const char *text = (const char *)line->text;
    return (line->length >= 5 && memcmp(text, "From ", 5) == 0) ||
           (line->length >= 6 && memcmp(text, ">From ", 6) == 0);
}

bool mail_header_add_line(MailHeader *header, const Line *line)
{
    const char *text = (const char *)line->text;
    bool is_folded = line->length > 0 && (text[0] == ' ' || text[0] == '\t');
    if (is_folded && !header->in_field)
        return false;
    if (!is_folded && field_name_length(text, line->length) == 0)
        return is_mailbox_line(line);
    header->in_field = true;
    header->is_cut |= line->length + line->break_bytes < line->size_bytes;
    if (header->text->len + line->length + 1 > MAIL_HEADER_BYTES) {
        header->is_cut = true;
        return true;
    }
    size_t begin = header->text->len;
    g_string_append_len(header->text, text, (gssize)line->length);
    // Values are handled as strings.
    for (size_t i = begin; i < header->text->len; i++) {
        if (header->text->str[i] == 0)
            header->text->str[i] = ' ';
    }
    g_string_append_c(header->text, '\n');
    return true;
}

MailHeader *mail_header_read(Source *source, uint64_t offset, uint64_t *ret_body)
{
    g_autoptr(MailHeader) header = mail_header_new();
    g_autoptr(LineReader) lines = line_reader_new(source, offset, UINT64_MAX);
    Line line;
    *ret_body = offset;
    while (line_reader_next(lines, &line)) {
        bool is_end = line.length == 0;
        if (!is_end && !mail_header_add_line(header, &line))
            break;
        *ret_body = line.offset + line.size_bytes;
        if (is_end)
            break;
    }
    return g_steal_pointer(&header);
}

// ---- Values -----------------------------------------------------------------------------------

// The next field from *position on, with its folded lines. False when there is none.
typedef struct {
    const char *name;
    size_t name_length;
    const char *value; // raw, with line breaks
    size_t value_length;
} Field;

static bool next_field(const MailHeader *header, size_t *position, Field *ret_field)
{
    const char *text = header->text->str;
    size_t length = header->text->len, begin = *position;
    if (begin >= length)
        return false;
    size_t end = begin;
    do {
        const char *found = memchr(text + end, '\n', length - end);
        end = found != NULL ? (size_t)(found + 1 - text) : length;
    } while (end < length && (text[end] == ' ' || text[end] == '\t'));
    size_t name = field_name_length(text + begin, end - begin);
    const char *colon = memchr(text + begin + name, ':', end - begin - name);
    const char *value = colon != NULL ? colon + 1 : text + end;
    *ret_field = (Field){.name = text + begin,
                         .name_length = name,
                         .value = value,
                         .value_length = (size_t)(text + end - value)};
    *position = end;
    return true;
}

static bool field_is(const Field *field, const char *name)
{
    return field->name_length == strlen(name) &&
           g_ascii_strncasecmp(field->name, name, field->name_length) == 0;
}

static char *unfolded(const Field *field, size_t limit)
{
    char *value = g_strndup(field->value, MIN(field->value_length, limit));
    for (char *at = value; *at != 0; at++) {
        if (*at == '\n' || *at == '\r' || *at == '\t')
            *at = ' ';
    }
    return g_strstrip(value);
}

char *mail_header_value(const MailHeader *header, const char *name)
{
    size_t position = 0;
    Field field;
    while (next_field(header, &position, &field)) {
        if (field_is(&field, name))
            return unfolded(&field, VALUE_BYTES);
    }
    return NULL;
}

static ItemTime time_of(const char *text)
{
    ItemTime time = {.zone = ZONE_NONE};
    if (text == NULL)
        return time;
    g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(text);
    if (date != NULL) {
        time.seconds = g_date_time_to_unix(date);
        time.zone = ZONE_UTC;
    }
    return time;
}

ItemTime mail_header_date(const MailHeader *header)
{
    g_autofree char *value = mail_header_value(header, "Date");
    return time_of(value);
}

// ---- Parameters -------------------------------------------------------------------------------

// "name=value" or "name="value"" as it is written, also where the semicolon before it is missing.
// NULL when there is none.
static char *raw_parameter(const char *value, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = value; *at != 0; at++) {
        if (at == value || strchr("; \t\"", at[-1]) == NULL ||
            g_ascii_strncasecmp(at, name, length) != 0)
            continue;
        const char *sign = at + length + strspn(at + length, " ");
        if (*sign != '=')
            continue;
        const char *begin = sign + 1 + strspn(sign + 1, " ");
        if (*begin == '"') {
            const char *end = strchr(begin + 1, '"');
            return end != NULL ? g_strndup(begin + 1, (size_t)(end - begin - 1))
                               : g_strdup(begin + 1);
        }
        return g_strndup(begin, strcspn(begin, "; "));
    }
    return NULL;
}

static bool charset_is_known(const char *name, size_t length)
{
    g_autofree char *charset = g_strndup(name, length);
    iconv_t conversion = g_mime_iconv_open("UTF-8", charset);
    if (conversion == (iconv_t)-1)
        return false;
    g_mime_iconv_close(conversion);
    return true;
}

// Behind the encoded word whose charset begins at `word` (RFC 2047 section 2): charset, encoding
// and text lie between question marks.
static const char *behind_word(const char *word)
{
    for (unsigned i = 0; i < 2 && word != NULL; i++) {
        word = strchr(word, '?');
        word += word != NULL ? 1 : 0;
    }
    const char *end = word != NULL ? strstr(word, "?=") : NULL;
    return end != NULL ? end + 2 : NULL;
}

// GMime drops what it cannot convert: is every character set that the value names known?
static bool charsets_are_known(const char *value)
{
    for (const char *at = strstr(value, "=?"); at != NULL; at = strstr(at, "=?")) {
        const char *behind = behind_word(at + 2);
        if (behind == NULL)
            break;
        if (!charset_is_known(at + 2, strcspn(at + 2, "?*")))
            return false;
        at = behind;
    }
    for (const char *at = strstr(value, "*="); at != NULL; at = strstr(at, "*=")) {
        at += 2;
        size_t length = strcspn(at, "'; ");
        if (at[length] == '\'' && length > 0 && !charset_is_known(at, length))
            return false;
    }
    return true;
}

// The name as GMime decodes it, or as it is written where that would lose something.
static char *parameter_name(const char *value, const char *decoded, const char *name)
{
    g_autofree char *raw = raw_parameter(value, name);
    if (decoded != NULL && charsets_are_known(value))
        return g_strdup(decoded);
    if (raw != NULL)
        return g_steal_pointer(&raw);
    g_autofree char *extended = g_strconcat(name, "*", NULL);
    raw = raw_parameter(value, extended);
    return raw != NULL ? g_steal_pointer(&raw) : g_strdup(decoded);
}

static unsigned number_of(GMimeContentType *type, const char *name)
{
    const char *text = g_mime_content_type_get_parameter(type, name);
    guint64 number = text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
    return number <= G_MAXINT ? (unsigned)number : 0;
}

static void lower(char *text)
{
    for (; text != NULL && *text != 0; text++)
        *text = g_ascii_tolower(*text);
}

static void read_type(MailContent *content, const char *value)
{
    GMimeContentType *type = g_mime_content_type_parse(NULL, value);
    g_free(content->media_type);
    content->media_type = g_strdup_printf("%s/%s", g_mime_content_type_get_media_type(type),
                                          g_mime_content_type_get_media_subtype(type));
    lower(content->media_type);
    const char *boundary = g_mime_content_type_get_parameter(type, "boundary");
    content->boundary = boundary != NULL ? g_strdup(boundary) : raw_parameter(value, "boundary");
    content->file_name =
        parameter_name(value, g_mime_content_type_get_parameter(type, "name"), "name");
    content->smime_type = g_strdup(g_mime_content_type_get_parameter(type, "smime-type"));
    lower(content->smime_type);
    content->access_type = g_strdup(g_mime_content_type_get_parameter(type, "access-type"));
    if (g_str_equal(content->media_type, "message/partial")) {
        content->partial_id = g_strdup(g_mime_content_type_get_parameter(type, "id"));
        content->partial_number = number_of(type, "number");
        content->partial_total = number_of(type, "total");
    }
    g_object_unref(type);
}

static void read_disposition(MailContent *content, const char *value)
{
    GMimeContentDisposition *disposition = g_mime_content_disposition_parse(NULL, value);
    const char *decoded = g_mime_content_disposition_get_parameter(disposition, "filename");
    char *name = parameter_name(value, decoded, "filename");
    if (name != NULL && name[0] != 0) {
        g_free(content->file_name);
        content->file_name = name;
    } else {
        g_free(name);
    }
    const char *modified =
        g_mime_content_disposition_get_parameter(disposition, "modification-date");
    const char *created = g_mime_content_disposition_get_parameter(disposition, "creation-date");
    content->times.modified = time_of(modified);
    content->times.created = time_of(created);
    g_object_unref(disposition);
}

static void read_encoding(MailContent *content, char *value)
{
    static const struct {
        const char *name;
        TextEncoding encoding;
    } encodings[] = {{"base64", TEXT_ENCODING_BASE64},
                     {"quoted-printable", TEXT_ENCODING_QUOTED_PRINTABLE},
                     {"x-uuencode", TEXT_ENCODING_UUENCODE},
                     {"uuencode", TEXT_ENCODING_UUENCODE},
                     {"x-uue", TEXT_ENCODING_UUENCODE},
                     {"uue", TEXT_ENCODING_UUENCODE},
                     {"x-yencode", TEXT_ENCODING_YENC},
                     {"x-yenc", TEXT_ENCODING_YENC},
                     {"yenc", TEXT_ENCODING_YENC}};
    value[strcspn(value, "; (\"")] = 0;
    lower(value);
    for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++) {
        if (g_str_equal(value, encodings[i].name)) {
            content->is_encoded = true;
            content->encoding = encodings[i].encoding;
        }
    }
    // Other words are written by mistake for text that is not encoded.
    bool is_own = g_str_has_prefix(value, "x-") || strstr(value, "binhex") != NULL;
    if (is_own && !content->is_encoded)
        content->unknown_encoding = g_strndup(value, 32);
}

MailContent *mail_content_new(const MailHeader *header, const char *default_type)
{
    MailContent *content = g_new0(MailContent, 1);
    content->media_type = g_strdup(default_type);
    g_autofree char *type = mail_header_value(header, "Content-Type");
    if (type != NULL)
        read_type(content, type);
    g_autofree char *disposition = mail_header_value(header, "Content-Disposition");
    if (disposition != NULL)
        read_disposition(content, disposition);
    g_autofree char *encoding = mail_header_value(header, "Content-Transfer-Encoding");
    if (encoding != NULL)
        read_encoding(content, encoding);
    if (content->file_name != NULL && content->file_name[0] == 0)
        g_clear_pointer(&content->file_name, g_free);
    return content;
}

void mail_content_free(MailContent *content)
{
    if (content == NULL)
        return;
    g_free(content->media_type);
    g_free(content->boundary);
    g_free(content->file_name);
    g_free(content->smime_type);
    g_free(content->access_type);
    g_free(content->unknown_encoding);
    g_free(content->partial_id);
    g_free(content);
}

// ---- Addresses --------------------------------------------------------------------------------

static void add_addresses(Walk *walk, InternetAddressList *list, unsigned depth)
{
    int count = internet_address_list_length(list);
    for (int i = 0; i < count; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
            mail_address_add(
                walk, internet_address_mailbox_get_addr((InternetAddressMailbox *)(void *)address));
        } else if (depth < 4) {
            add_addresses(
                walk, internet_address_group_get_members((InternetAddressGroup *)(void *)address),
                depth + 1);
        }
    }
}

void mail_header_add_identifiers(const MailHeader *header, Walk *walk)
{
    static const char *const names[] = {"From",
                                        "To",
                                        "Cc",
                                        "Bcc",
                                        "Reply-To",
                                        "Sender",
                                        "Return-Path",
                                        "Resent-From",
                                        "Resent-To",
                                        "Resent-Cc",
                                        "Resent-Bcc",
                                        "Resent-Sender",
                                        "Resent-Reply-To",
                                        "Delivered-To",
                                        "X-Original-To",
                                        "Envelope-To",
                                        "X-Apparently-To"};
    size_t position = 0;
    Field field;
    while (next_field(header, &position, &field)) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            if (!field_is(&field, names[i]))
                continue;
            g_autofree char *value = unfolded(&field, ADDRESSES_BYTES);
            InternetAddressList *list = internet_address_list_parse(NULL, value);
            if (list == NULL)
                continue;
            add_addresses(walk, list, 0);
            g_object_unref(list);
        }
    }
}
