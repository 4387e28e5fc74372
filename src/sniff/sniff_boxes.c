// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/reader.h"
#include "sniff/sniff_containers.h"

typedef struct {
    char brand[5];
    TypeId type;
} Brand;

// ISO/IEC 14496-12 brands. Image brands win wherever they stand: a viewer opens a picture whose
// major brand is a generic one, and a file that claims to be a picture and is none will fail
// loudly in the decoder, while a picture taken for a video would be passed over.
static const Brand image_brands[] = {
    {"avif", TYPE_AVIF}, {"avis", TYPE_AVIF}, {"heic", TYPE_HEIC}, {"heix", TYPE_HEIC},
    {"heim", TYPE_HEIC}, {"heis", TYPE_HEIC}, {"hevc", TYPE_HEIC}, {"hevx", TYPE_HEIC},
    {"hevm", TYPE_HEIC}, {"hevs", TYPE_HEIC}, {"mif1", TYPE_HEIF}, {"msf1", TYPE_HEIF},
    {"mif2", TYPE_HEIF}, {"crx ", TYPE_CR3},
};

static const Brand other_brands[] = {
    {"qt  ", TYPE_QUICKTIME}, {"3g2", TYPE_3G2},  {"3gp", TYPE_3GP},  {"3gr", TYPE_3GP},
    {"3gs", TYPE_3GP},        {"3ge", TYPE_3GP},  {"3gg", TYPE_3GP},  {"M4A ", TYPE_M4A},
    {"M4B ", TYPE_M4A},       {"M4P ", TYPE_M4A}, {"mjp2", TYPE_MJ2}, {"mj2s", TYPE_MJ2},
};

static TypeId find_brand(const Brand *brands, size_t count, const uint8_t *text)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(text, brands[i].brand, strlen(brands[i].brand)) == 0)
            return brands[i].type;
    }
    return TYPE_UNKNOWN;
}

// The box: size (4), "ftyp", major brand (4), minor version (4), compatible brands (4 each).
TypeId sniff_iso_bmff(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 12)
        return TYPE_UNKNOWN;
    Reader reader = reader_init(bytes, size_bytes);
    size_t end = reader_u32be(&reader);
    if (end > size_bytes || end < 16)
        end = size_bytes;

    bool is_generic_heif = false;
    for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
        TypeId type = find_brand(image_brands, sizeof(image_brands) / sizeof(Brand), bytes + at);
        if (type == TYPE_HEIF)
            is_generic_heif = true;
        else if (type != TYPE_UNKNOWN)
            return type;
    }
    if (is_generic_heif)
        return TYPE_HEIF;

    TypeId type = find_brand(other_brands, sizeof(other_brands) / sizeof(Brand), bytes + 8);
    return type != TYPE_UNKNOWN ? type : TYPE_MP4;
}

// QuickTime before `ftyp`: any of its top-level atoms with a believable size.
TypeId sniff_quicktime(const uint8_t *bytes, size_t size_bytes)
{
    Reader reader = reader_init(bytes, size_bytes);
    uint32_t atom_bytes = reader_u32be(&reader);
    return atom_bytes == 0 || atom_bytes == 1 || atom_bytes >= 8 ? TYPE_QUICKTIME : TYPE_UNKNOWN;
}

TypeId sniff_jp2(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 24 || memcmp(bytes + 16, "ftyp", 4) != 0)
        return TYPE_JP2;
    if (memcmp(bytes + 20, "mjp2", 4) == 0)
        return TYPE_MJ2;
    bool is_extended = memcmp(bytes + 20, "jpx ", 4) == 0 || memcmp(bytes + 20, "jpm ", 4) == 0;
    return is_extended ? TYPE_JPX : TYPE_JP2;
}

TypeId sniff_riff(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 12)
        return TYPE_UNKNOWN;
    if (memcmp(bytes + 8, "WEBP", 4) == 0)
        return TYPE_WEBP;
    if (memcmp(bytes + 8, "AVI ", 4) == 0 || memcmp(bytes + 8, "AVIX", 4) == 0)
        return TYPE_AVI;
    if (memcmp(bytes + 8, "WAVE", 4) == 0)
        return TYPE_WAV;
    if (memcmp(bytes + 8, "CDXA", 4) == 0)
        return TYPE_MPEG_PS;
    return memcmp(bytes + 8, "RMID", 4) == 0 ? TYPE_MIDI : TYPE_UNKNOWN;
}

TypeId sniff_iff(const uint8_t *bytes, size_t size_bytes)
{
    bool is_aiff = size_bytes >= 12 &&
                   (memcmp(bytes + 8, "AIFF", 4) == 0 || memcmp(bytes + 8, "AIFC", 4) == 0);
    return is_aiff ? TYPE_AIFF : TYPE_UNKNOWN;
}

// The DocType element (0x4282) stands near the start of the EBML header.
TypeId sniff_ebml(const uint8_t *bytes, size_t size_bytes)
{
    size_t length = size_bytes < 128 ? size_bytes : 128;
    return memmem(bytes, length, "\x42\x82\x84webm", 7) ? TYPE_WEBM : TYPE_MATROSKA;
}

// First packet of the first page, RFC 3533.
TypeId sniff_ogg(const uint8_t *bytes, size_t size_bytes)
{
    size_t length = size_bytes < 64 ? size_bytes : 64;
    bool is_video = memmem(bytes, length, "\x80theora", 7) || memmem(bytes, length, "BBCD", 4) ||
                    memmem(bytes, length, "fishead", 7) || memmem(bytes, length, "\x01video", 6);
    return is_video ? TYPE_OGG_VIDEO : TYPE_OGG_AUDIO;
}

typedef struct {
    const char *text;
    TypeId type;
} Member;

// EPUB and OpenDocument begin with a stored member "mimetype".
static TypeId zip_mimetype(const uint8_t *bytes, size_t size_bytes)
{
    static const Member types[] = {
        {"application/epub+zip", TYPE_EPUB},
        {"application/vnd.oasis.opendocument.text", TYPE_ODT},
        {"application/vnd.oasis.opendocument.spreadsheet", TYPE_ODS},
        {"application/vnd.oasis.opendocument.presentation", TYPE_ODP},
        {"application/vnd.oasis.opendocument", TYPE_ODF},
    };
    if (size_bytes < 38 || memcmp(bytes + 30, "mimetype", 8) != 0)
        return TYPE_UNKNOWN;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t length = strlen(types[i].text);
        if (size_bytes >= 38 + length && memcmp(bytes + 38, types[i].text, length) == 0)
            return types[i].type;
    }
    return TYPE_UNKNOWN;
}

static TypeId zip_member(const uint8_t *name, size_t length)
{
    static const Member members[] = {
        {"word/", TYPE_DOCX},
        {"xl/", TYPE_XLSX},
        {"ppt/", TYPE_PPTX},
        {"AndroidManifest.xml", TYPE_APK},
        {"classes.dex", TYPE_APK},
        {"META-INF/MANIFEST.MF", TYPE_JAR},
        {"[Content_Types]", TYPE_OOXML},
        {"_rels/.rels", TYPE_OOXML},
    };
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        size_t wanted = strlen(members[i].text);
        if (length >= wanted && memcmp(name, members[i].text, wanted) == 0)
            return members[i].type;
    }
    return TYPE_UNKNOWN;
}

// Names of the members whose local headers begin within the bytes in hand. A package of Office
// names its parts there; when only its common parts are seen it is some OOXML.
TypeId sniff_zip(const uint8_t *bytes, size_t size_bytes)
{
    TypeId found = zip_mimetype(bytes, size_bytes);
    if (found != TYPE_UNKNOWN)
        return found;

    if (size_bytes > 4096)
        size_bytes = 4096;
    const uint8_t *end = bytes + size_bytes;
    for (const uint8_t *at = bytes; at != NULL && end - at >= 30;
         at = memchr(at + 1, 'P', (size_t)(end - at - 1))) {
        if (memcmp(at, "PK\x03\x04", 4) != 0)
            continue;
        TypeId type = zip_member(at + 30, (size_t)(end - at - 30));
        // A MANIFEST alone is a JAR, but an Android package has one too.
        if (type != TYPE_UNKNOWN && type != TYPE_OOXML && type != TYPE_JAR)
            return type;
        if (type != TYPE_UNKNOWN)
            found = type;
    }
    return found != TYPE_UNKNOWN ? found : TYPE_ZIP;
}

#define TIFF_MAKE 0x010f
#define TIFF_SUB_IFDS 0x014a
#define TIFF_DNG_VERSION 0xc612
#define TIFF_ENTRIES_MAX 64

// What the first directory of a TIFF says of the camera.
typedef struct {
    bool is_dng;
    bool has_sub_ifds;
    uint32_t make; // offset of the maker's name, 0 when there is none
} TiffFacts;

static uint16_t tiff_u16(Reader *reader)
{
    return reader->data[0] == 'I' ? reader_u16le(reader) : reader_u16be(reader);
}

static uint32_t tiff_u32(Reader *reader)
{
    return reader->data[0] == 'I' ? reader_u32le(reader) : reader_u32be(reader);
}

static TiffFacts tiff_facts(const uint8_t *bytes, size_t size_bytes)
{
    TiffFacts facts = {0};
    Reader reader = reader_init(bytes, size_bytes);
    reader_skip(&reader, 4);
    reader_skip(&reader, (size_t)tiff_u32(&reader) - 8); // offsets below 8 wrap round and fail
    unsigned count = tiff_u16(&reader);
    for (unsigned i = 0; i < count && i < TIFF_ENTRIES_MAX; i++) {
        unsigned tag = tiff_u16(&reader);
        reader_skip(&reader, 6);
        uint32_t value = tiff_u32(&reader);
        if (reader.failed)
            break;
        facts.is_dng |= tag == TIFF_DNG_VERSION;
        facts.has_sub_ifds |= tag == TIFF_SUB_IFDS;
        if (tag == TIFF_MAKE)
            facts.make = value;
    }
    return facts;
}

// Camera raw files are TIFF. Their first directory often holds only a small preview, so taking
// them for plain TIFF would hash the wrong picture. DNG says so with a tag of its own; the others
// are known by maker together with sub-directories, which a plain TIFF of that maker lacks.
TypeId sniff_tiff(const uint8_t *bytes, size_t size_bytes)
{
    static const struct {
        const char *maker;
        TypeId type;
    } makers[] = {{"NIKON", TYPE_NEF}, {"SONY", TYPE_ARW}, {"PENTAX", TYPE_PEF}};

    TiffFacts facts = tiff_facts(bytes, size_bytes);
    if (facts.is_dng)
        return TYPE_DNG;
    for (size_t i = 0; facts.has_sub_ifds && i < sizeof(makers) / sizeof(makers[0]); i++) {
        size_t length = strlen(makers[i].maker);
        if (facts.make > 0 && facts.make < size_bytes && size_bytes - facts.make >= length &&
            memcmp(bytes + facts.make, makers[i].maker, length) == 0)
            return makers[i].type;
    }
    return TYPE_TIFF;
}
