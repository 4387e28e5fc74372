// SPDX-License-Identifier: Apache-2.0
#include "evidence/cms.h"

#include <string.h>

#define NESTING 16u
#define CHUNKS_MAX 1000000u // of contents written in pieces

// BER, X.690 section 8.
enum {
    TAG_OCTETS = 0x04,
    TAG_OCTETS_IN_PIECES = 0x24,
    TAG_OBJECT_IDENTIFIER = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_CONTENT = 0xa0, // [0]
};

typedef enum {
    CMS_NONE,
    CMS_SIGNED,
    CMS_ENCRYPTED,
    CMS_COMPRESSED,
    CMS_OTHER,
} CmsKind;

typedef struct {
    uint8_t tag;
    bool is_open;        // of indefinite length: it ends with two zero bytes
    uint64_t begin, end; // of its contents; of an open one, `end` is its parent's
} Element;

// ---- Elements ---------------------------------------------------------------------------------

// The element at `offset`. False when there is none, also at the end of an open one.
static bool read_element(Source *source, uint64_t offset, uint64_t end, Element *ret_element)
{
    uint8_t bytes[10];
    ssize_t count = source_read(source, offset, bytes, sizeof bytes, NULL);
    if (count < 2 || offset >= end || (bytes[0] & 0x1f) == 0x1f || bytes[0] == 0)
        return false;
    size_t size = bytes[1] & 0x80 ? bytes[1] & 0x7f : 0;
    uint64_t length = bytes[1] & 0x80 ? 0 : bytes[1];
    if (size > 8 || (size_t)count < 2 + size)
        return false;
    for (size_t i = 0; i < size; i++)
        length = length << 8 | bytes[2 + i];
    *ret_element = (Element){
        .tag = bytes[0], .is_open = bytes[1] == 0x80, .begin = offset + 2 + size, .end = end};
    if (ret_element->begin > end)
        return false;
    // A length too long is a file cut short.
    if (!ret_element->is_open)
        ret_element->end = ret_element->begin + MIN(length, end - ret_element->begin);
    return true;
}

// Where the element ends, with the two zero bytes of an open one. False when it does not.
static bool find_end(Source *source, const Element *element, unsigned depth, uint64_t *ret_end)
{
    uint64_t at = element->end;
    if (element->is_open) {
        Element inner;
        for (at = element->begin; read_element(source, at, element->end, &inner);) {
            if (depth >= NESTING || !find_end(source, &inner, depth + 1, &at))
                return false;
        }
        at += 2;
    }
    *ret_end = at;
    return at <= element->end;
}

// Steps into the element at *offset, which has to have this tag.
static bool enter(Source *source, uint8_t tag, uint64_t *offset, uint64_t *end)
{
    Element element;
    if (!read_element(source, *offset, *end, &element) || element.tag != tag)
        return false;
    *offset = element.begin;
    *end = element.end;
    return true;
}

static bool skip(Source *source, uint64_t *offset, uint64_t end)
{
    Element element;
    return read_element(source, *offset, end, &element) && find_end(source, &element, 0, offset);
}

// ---- Kinds ------------------------------------------------------------------------------------

// The object identifier at *offset, which is stepped over.
static CmsKind read_kind(Source *source, uint64_t *offset, uint64_t end)
{
    static const struct {
        const char *identifier;
        size_t length;
        CmsKind kind;
    } kinds[] = {
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 9, CMS_OTHER},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9, CMS_SIGNED},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", 9, CMS_ENCRYPTED},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04", 9, CMS_ENCRYPTED},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05", 9, CMS_OTHER},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", 9, CMS_ENCRYPTED},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09", 11, CMS_COMPRESSED},
        {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", 11, CMS_ENCRYPTED},
    };
    char identifier[11];
    Element element;
    if (!read_element(source, *offset, end, &element) || element.tag != TAG_OBJECT_IDENTIFIER ||
        element.is_open)
        return CMS_NONE;
    size_t length = (size_t)MIN(element.end - element.begin, (uint64_t)sizeof identifier);
    if (!source_read_exact(source, element.begin, identifier, length, NULL))
        return CMS_NONE;
    *offset = element.end;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].length == length && memcmp(kinds[i].identifier, identifier, length) == 0)
            return kinds[i].kind;
    }
    return CMS_NONE;
}

// RFC 5652 section 3: SEQUENCE { contentType, [0] content }. *ret_content is where the content is.
static CmsKind find_content(Source *source, uint64_t *ret_content, uint64_t *ret_end)
{
    uint64_t offset = 0, end = source_size(source);
    if (!enter(source, TAG_SEQUENCE, &offset, &end))
        return CMS_NONE;
    CmsKind kind = read_kind(source, &offset, end);
    if (kind == CMS_NONE || !enter(source, TAG_CONTENT, &offset, &end))
        return CMS_NONE;
    *ret_content = offset;
    *ret_end = end;
    return kind;
}

static bool fits(const SniffType *type, Source *source)
{
    uint64_t content = 0, end = 0;
    return type->family == FAMILY_UNKNOWN && find_content(source, &content, &end) != CMS_NONE;
}

// ---- Signed contents --------------------------------------------------------------------------

static void add_extent(GArray *extents, const Element *octets)
{
    const Extent extent = {.offset = octets->begin, .size_bytes = octets->end - octets->begin};
    if (extent.size_bytes > 0)
        g_array_append_val(extents, extent);
}

// Section 5.1, 5.2: SEQUENCE { version, digestAlgorithms, SEQUENCE { type, [0] octets }, … }. The
// octets, in one piece or many; none when the signature stands beside what it signs.
static bool find_octets(Walk *walk, Source *source, uint64_t offset, uint64_t end, GArray *extents)
{
    if (!enter(source, TAG_SEQUENCE, &offset, &end) || !skip(source, &offset, end) ||
        !skip(source, &offset, end) || !enter(source, TAG_SEQUENCE, &offset, &end) ||
        !skip(source, &offset, end))
        return false;
    Element octets;
    if (!enter(source, TAG_CONTENT, &offset, &end))
        return true;
    if (!read_element(source, offset, end, &octets))
        return false;
    if (octets.tag == TAG_OCTETS)
        add_extent(extents, &octets);
    if (octets.tag != TAG_OCTETS_IN_PIECES)
        return octets.tag == TAG_OCTETS;
    Element piece;
    for (uint64_t at = octets.begin; read_element(source, at, octets.end, &piece); at = piece.end) {
        if (piece.tag != TAG_OCTETS || piece.is_open)
            return false;
        if (extents->len >= CHUNKS_MAX || walk_is_over(walk)) {
            walk_set_status(walk, STATUS_LIMIT, "the signed content lies in more than %u pieces",
                            CHUNKS_MAX);
            break;
        }
        add_extent(extents, &piece);
    }
    return true;
}

// What S/MIME signs is a part of a message, often with a single field.
static const SniffType *content_type(Source *content)
{
    char first[8];
    bool is_part = source_read_exact(content, 0, first, sizeof first, NULL) &&
                   g_ascii_strncasecmp(first, "Content-", sizeof first) == 0;
    return is_part ? sniff_by_media_type("message/rfc822") : NULL;
}

static bool deliver_octets(Walk *walk, Source *source, const GArray *extents)
{
    const Extent *all = (const Extent *)(const void *)extents->data;
    g_autoptr(Source) content = source_new_extents(source, all, extents->len);
    const Child child = {.name = "signed content",
                         .layer = "{\"part\":\"content\"}",
                         .source = content,
                         .type = content_type(content)};
    return walk_child(walk, &child);
}

// Certificates and signatures may hold anything. The first byte is left out, so that this is not
// taken for what it lies in.
static void search_rest(Walk *walk, Source *source, const GArray *extents)
{
    uint64_t size = source_size(source), begin = 1, behind = 1;
    if (extents->len > 0) {
        const Extent *first = &g_array_index(extents, Extent, 0);
        const Extent *last = &g_array_index(extents, Extent, extents->len - 1);
        begin = first->offset;
        behind = last->offset + last->size_bytes;
    }
    const Extent rest[] = {{.offset = 1, .size_bytes = begin - 1},
                           {.offset = behind, .size_bytes = size - behind}};
    walk_leftover(walk, source, rest, G_N_ELEMENTS(rest), LEFTOVER_GAP, 1);
}

static void open_signed(Walk *walk, Source *source, uint64_t offset, uint64_t end)
{
    g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(Extent));
    if (!find_octets(walk, source, offset, end, extents))
        walk_set_status(walk, STATUS_CORRUPT, "the structure of the signed message is broken");
    if (extents->len == 0 || deliver_octets(walk, source, extents))
        search_rest(walk, source, extents);
}

static void open_cms(Walk *walk, Source *source)
{
    uint64_t content = 0, end = 0;
    switch (find_content(source, &content, &end)) {
    case CMS_SIGNED:
        open_signed(walk, source, content, end);
        break;
    case CMS_ENCRYPTED:
        walk_set_status(walk, STATUS_ENCRYPTED, "the S/MIME message is encrypted");
        break;
    case CMS_COMPRESSED:
        walk_set_status(walk, STATUS_UNSUPPORTED, "compressed S/MIME messages are not opened");
        break;
    default:
        walk_set_status(walk, STATUS_UNSUPPORTED, "this kind of S/MIME message is not opened");
        break;
    }
}

const Container cms_container = {.name = "S/MIME message", .fits = fits, .open = open_cms};
