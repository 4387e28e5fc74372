// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_msg.h"

#include <string.h>

#include "base/reader.h"
#include "evidence/ole_values.h"

#define STREAM_PREFIX "__substg1.0_"
#define ATTACHMENT_PREFIX "__attach_version1.0_#"
#define ATTACHMENT_DATA STREAM_PREFIX "37010102"
// Bytes of a text that are looked at.
#define TEXT_BYTES_MAX (256u << 10)

// The properties of an attachment: 8 bytes, then entries of 16.
#define TABLE_HEADER_BYTES 8u
#define TABLE_ENTRY_BYTES 16u
#define TABLE_ENTRIES_MAX 256u
#define TAG_CREATED 0x30070040u
#define TAG_MODIFIED 0x30080040u

// The text of a property stream whose name ends in its type: 001F is UTF-16, 001E bytes.
static char *read_text(const OleFile *file, const OleEntry *entry)
{
    g_autoptr(Source) stream = ole_file_stream(file, entry);
    size_t size = (size_t)MIN(source_size(stream), (uint64_t)TEXT_BYTES_MAX);
    g_autofree char *bytes = g_malloc0(size + 1);
    if (!source_read_exact(stream, 0, bytes, size, NULL))
        return NULL;
    if (g_str_has_suffix(entry->name, "001F"))
        return ole_utf16_new((const uint8_t *)bytes, size / 2);
    return g_strdup(bytes);
}

// ---- Attachments ------------------------------------------------------------------------------

static ItemTimes read_times(const OleFile *file, uint32_t storage)
{
    ItemTimes times = {0};
    const OleEntry *table = ole_file_find(file, storage, "__properties_version1.0");
    if (table == NULL)
        return times;
    g_autoptr(Source) stream = ole_file_stream(file, table);
    uint8_t bytes[TABLE_ENTRY_BYTES];
    for (unsigned i = 0; i < TABLE_ENTRIES_MAX; i++) {
        uint64_t offset = TABLE_HEADER_BYTES + (uint64_t)i * TABLE_ENTRY_BYTES;
        if (!source_read_exact(stream, offset, bytes, sizeof bytes, NULL))
            break;
        Reader reader = reader_init(bytes, sizeof bytes);
        uint32_t tag = reader_u32le(&reader);
        reader_skip(&reader, 4);
        ItemTime time = ole_filetime(reader_u64le(&reader));
        if (tag == TAG_CREATED)
            times.created = time;
        else if (tag == TAG_MODIFIED)
            times.modified = time;
    }
    return times;
}

char *ole_msg_attachment(const OleFile *file, const OleEntry *entry, ItemTimes *ret_times)
{
    // Long name, short name; as UTF-16 or bytes.
    static const char *const names[] = {STREAM_PREFIX "3707001F", STREAM_PREFIX "3707001E",
                                        STREAM_PREFIX "3704001F", STREAM_PREFIX "3704001E"};
    if (entry->parent == OLE_NO_PARENT || strcmp(entry->name, ATTACHMENT_DATA) != 0 ||
        !g_str_has_prefix(ole_file_entry(file, entry->parent)->name, ATTACHMENT_PREFIX))
        return NULL;
    *ret_times = read_times(file, entry->parent);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const OleEntry *name = ole_file_find(file, entry->parent, names[i]);
        g_autofree char *text = name != NULL ? read_text(file, name) : NULL;
        if (text != NULL && text[0] != '\0')
            return g_steal_pointer(&text);
    }
    return NULL;
}

// ---- Addresses --------------------------------------------------------------------------------

static bool is_address_byte(char byte)
{
    return g_ascii_isalnum(byte) || (byte != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", byte) != NULL);
}

static bool is_domain_byte(char byte)
{
    return g_ascii_isalnum(byte) || byte == '.' || byte == '-';
}

// Tells what looks like an address around each '@'.
static void tell_addresses(Walk *walk, const char *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        if (text[at] != '@')
            continue;
        size_t begin = at, end = at + 1;
        while (begin > 0 && is_address_byte(text[begin - 1]))
            begin--;
        while (end < length && is_domain_byte(text[end]))
            end++;
        while (end > at + 1 && !g_ascii_isalnum(text[end - 1]))
            end--;
        if (begin == at || end == at + 1)
            continue;
        g_autofree char *address = g_strndup(text + begin, end - begin);
        walk_add_identifier(walk, IDENTIFIER_EMAIL, address);
    }
}

static bool is_address_header(const char *line)
{
    static const char *const fields[] = {
        "from:",        "sender:",       "reply-to:",  "to:",          "cc:",       "bcc:",
        "return-path:", "delivered-to:", "resent-to:", "resent-from:", "resent-cc:"};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (g_ascii_strncasecmp(line, fields[i], strlen(fields[i])) == 0)
            return true;
    return false;
}

// A header goes on in lines that begin with a blank (RFC 5322 2.2.3).
static void tell_headers(Walk *walk, const char *text)
{
    bool wanted = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "\r\n");
        if (*text != ' ' && *text != '\t')
            wanted = is_address_header(text);
        if (wanted)
            tell_addresses(walk, text, length);
        text += length;
        text += strspn(text, "\r\n");
    }
}

void ole_msg_addresses(Walk *walk, const OleFile *file)
{
    // Sender, whom the sender stands for, receiver, recipient: address or SMTP address.
    static const char *const tags[] = {"0C1F", "5D01", "0065", "5D02", "0076",
                                       "0078", "3003", "39FE", "5D09", "5D0B"};
    size_t prefix = strlen(STREAM_PREFIX);
    for (uint32_t i = 0; i < ole_file_count(file) && !walk_is_over(walk); i++) {
        const OleEntry *entry = ole_file_entry(file, i);
        bool is_text =
            g_str_has_suffix(entry->name, "001F") || g_str_has_suffix(entry->name, "001E");
        if (!is_text || !g_str_has_prefix(entry->name, STREAM_PREFIX))
            continue;
        const char *tag = entry->name + prefix;
        bool is_headers = strncmp(tag, "007D", 4) == 0;
        bool is_wanted = is_headers;
        for (size_t k = 0; k < G_N_ELEMENTS(tags); k++)
            is_wanted = is_wanted || strncmp(tag, tags[k], 4) == 0;
        g_autofree char *text = is_wanted ? read_text(file, entry) : NULL;
        if (text != NULL && is_headers)
            tell_headers(walk, text);
        else if (text != NULL)
            tell_addresses(walk, text, strlen(text));
    }
}
