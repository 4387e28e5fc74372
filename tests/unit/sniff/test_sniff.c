// SPDX-License-Identifier: Apache-2.0
//
// What sniffing promises: the type is decided by the bytes alone, weak magic is not believed, and
// whatever the bytes are, the answer comes from the table.
#include <glib.h>
#include <string.h>

#include "sniff/sniff.h"

typedef struct {
    const char *media_type;
    const char *bytes;
    size_t size_bytes;
} Sample;

#define SAMPLE(media_type, bytes)                                                                  \
    {                                                                                              \
        media_type, bytes, sizeof(bytes) - 1                                                       \
    }
#define ZEROS_16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ZEROS_48 ZEROS_16 ZEROS_16 ZEROS_16
#define ZIP_HEADER(name_length)                                                                    \
    "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" name_length "\0\0\0"

static const Sample samples[] = {
    SAMPLE("image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF"),
    SAMPLE("image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    SAMPLE("image/gif", "GIF89a\1\0\1\0"),
    SAMPLE("image/webp", "RIFF\x24\0\0\0WEBPVP8 "),
    SAMPLE("image/tiff", "II*\0\x08\0\0\0\0\0"),
    SAMPLE("image/tiff", "MM\0*\0\0\0\x08\0\0"),
    SAMPLE("image/bmp", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0\2\0\0\0\1\0"),
    SAMPLE("image/heic", "\0\0\0\x18"
                         "ftypheic\0\0\0\0mif1heic"),
    SAMPLE("image/heic", "\0\0\0\x18"
                         "ftypmif1\0\0\0\0mif1heic"),
    SAMPLE("image/heif", "\0\0\0\x18"
                         "ftypmif1\0\0\0\0mif1miaf"),
    SAMPLE("image/avif", "\0\0\0\x1c"
                         "ftypavif\0\0\0\0avifmif1miaf"),
    SAMPLE("image/avif", "\0\0\0\x1c"
                         "ftypavis\0\0\0\0avismsf1miaf"),
    SAMPLE("image/avif", "\0\0\0\x1c"
                         "ftypmif1\0\0\0\0mif1avifmiaf"),
    SAMPLE("image/x-canon-cr3", "\0\0\0\x18"
                                "ftypcrx \0\0\0\1crx isom"),
    SAMPLE("image/jp2", "\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14"
                        "ftypjp2 \0\0\0\0jp2 "),
    SAMPLE("image/jpx", "\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14"
                        "ftypjpx \0\0\0\0jp2 "),
    SAMPLE("image/x-j2c", "\xff\x4f\xff\x51\0\x29"),
    SAMPLE("image/jxl", "\xff\x0a\0\0"),
    SAMPLE("image/jxl", "\0\0\0\x0cJXL \r\n\x87\n"),
    SAMPLE("image/vnd.adobe.photoshop", "8BPS\0\1"),
    SAMPLE("image/vnd.microsoft.icon", "\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0"),
    SAMPLE("image/x-portable-anymap", "P6\n# made\n2 2\n255\n"),
    SAMPLE("image/x-sgi", "\1\xda\1\1\0\3\0\2\0\2\0\3"),
    SAMPLE("image/svg+xml", "<?xml version=\"1.0\"?>\n<svg width=\"1\"/>"),
    SAMPLE("image/x-canon-cr2", "II*\0\x10\0\0\0CR\2\0"),
    SAMPLE("image/x-adobe-dng", "II*\0\x08\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0\0\0\0\0"),
    SAMPLE("image/x-nikon-nef", "MM\0*\0\0\0\x08\0\2\1\x0f\0\2\0\0\0\6\0\0\0\x26\1\x4a\0\4\0\0\0\1"
                                "\0\0\0\0\0\0\0\0NIKON\0"),
    SAMPLE("image/tiff", "MM\0*\0\0\0\x08\0\1\1\x0f\0\2\0\0\0\6\0\0\0\x1a\0\0\0\0NIKON\0"),
    SAMPLE("video/mp4", "\0\0\0\x18"
                        "ftypmp42\0\0\0\0mp42isom"),
    SAMPLE("video/mp4", "\0\0\0\x14"
                        "ftypXYZW\0\0\0\0abcd"),
    SAMPLE("video/quicktime", "\0\0\0\x14"
                              "ftypqt  \0\0\2\0qt  "),
    SAMPLE("video/quicktime", "\0\0\1\0moov\0\0\0\x6cmvhd"),
    SAMPLE("video/3gpp", "\0\0\0\x18"
                         "ftyp3gp4\0\0\0\0isom3gp4"),
    SAMPLE("video/3gpp2", "\0\0\0\x18"
                          "ftyp3g2a\0\0\0\0isom3g2a"),
    SAMPLE("audio/mp4", "\0\0\0\x18"
                        "ftypM4A \0\0\0\0mp42isom"),
    SAMPLE("video/x-matroska", "\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"),
    SAMPLE("video/webm", "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm"),
    SAMPLE("video/x-msvideo", "RIFF\0\0\0\0AVI LIST"),
    SAMPLE("video/mpeg", "\0\0\1\xba\x44\0"),
    SAMPLE("video/x-flv", "FLV\1\5\0\0\0\x09"),
    SAMPLE("video/x-ms-asf", "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"),
    SAMPLE("video/ogg", "OggS\0\2" ZEROS_16 "\0\0\0\0\1\x2a\x80theora"),
    SAMPLE("audio/ogg", "OggS\0\2" ZEROS_16 "\0\0\0\0\1\x1e\1vorbis"),
    SAMPLE("audio/vnd.wave", "RIFF\0\0\0\0WAVEfmt "),
    SAMPLE("audio/flac", "fLaC\0\0\0\x22"),
    SAMPLE("audio/mpeg", "ID3\4\0\0\0\0\0\0"),
    SAMPLE("application/zip", ZIP_HEADER("\1") "a"),
    SAMPLE("application/zip", "PK\5\6" ZEROS_16 "\0\0"),
    SAMPLE("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
           ZIP_HEADER("\x13") "[Content_Types].xml" ZIP_HEADER("\x11") "word/document.xml"),
    SAMPLE("application/x-ooxml", ZIP_HEADER("\x13") "[Content_Types].xml"),
    SAMPLE("application/vnd.oasis.opendocument.text",
           ZIP_HEADER("\x08") "mimetypeapplication/vnd.oasis.opendocument.text"),
    SAMPLE("application/epub+zip", ZIP_HEADER("\x08") "mimetypeapplication/epub+zip"),
    SAMPLE("application/vnd.android.package-archive",
           ZIP_HEADER("\x14") "META-INF/MANIFEST.MF" ZIP_HEADER("\x13") "AndroidManifest.xml"),
    SAMPLE("application/java-archive", ZIP_HEADER("\x14") "META-INF/MANIFEST.MF"),
    SAMPLE("application/x-7z-compressed", "7z\xbc\xaf\x27\x1c\0\4"),
    SAMPLE("application/vnd.rar", "Rar!\x1a\7\1\0"),
    SAMPLE("application/gzip", "\x1f\x8b\x08\0"),
    SAMPLE("application/x-bzip2", "BZh91AY&SY"),
    SAMPLE("application/x-xz", "\xfd"
                               "7zXZ\0\0\4"),
    SAMPLE("application/zstd", "\x28\xb5\x2f\xfd\4"),
    SAMPLE("application/vnd.ms-cab-compressed", "MSCF\0\0\0\0"),
    SAMPLE("application/x-ole-storage", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    SAMPLE("application/pdf", "%PDF-1.7\n"),
    SAMPLE("application/rtf", "{\\rtf1\\ansi"),
    SAMPLE("message/rfc822", "Return-Path: <a@example.org>\r\nReceived: by x\r\n"),
    SAMPLE("message/rfc822", "From: a@example.org\r\nTo: b@example.org\r\n\r\nhello"),
    SAMPLE("message/rfc822",
           "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\n"),
    SAMPLE("message/rfc822", "1234      \nFrom: a@example.org\nDate: 1 Jan 2026 00:00:00 +0000\n"),
    SAMPLE("message/rfc822", "X-Key: a\n folded\nSubject: gr\xfc\xdf\nFrom: a@example.org\n"),
    SAMPLE("text/plain", "Subject: a note\nthat is no mail\nFrom: nobody\n"),
    SAMPLE("text/plain", "1234\nanything\n"),
    SAMPLE("message/rfc822",
           "From: a@example.org\nContent-Type: image/png\n\n\x89PNG\r\n\x1a\n\0\0"),
    SAMPLE("application/mbox", "From a Thu Jan  1 00:00:00 2026\nFrom: a\n"),
    SAMPLE("application/vnd.ms-outlook", "!BDN\0\0\0\0"),
    SAMPLE("application/x-ewf", "EVF\x09\r\n\xff\0\1\1\0\0\0"),
    SAMPLE("application/x-qemu-disk", "QFI\xfb\0\0\0\3"),
    SAMPLE("application/x-vhd", "conectix\0\0\0\2"),
    SAMPLE("application/x-vhdx", "vhdxfile"),
    SAMPLE("application/x-ad1", "ADSEGMENTEDFILE\0\1\0\0\0"),
    SAMPLE("application/x-apple-diskimage", "sprs\0\0\0\3\0\0\x10\0"),
    SAMPLE("application/x-parallels-disk", "WithoutFreeSpace\2\0\0\0"),
    SAMPLE("application/x-qed-disk", "QED\0\0\0\1\0"),
    SAMPLE("application/x-ghost-image", "\xfe\xef\1\1"),
    SAMPLE("application/x-acronis-image", "\xce\x24\xb9\xa2\x20\0\0\0"),
    SAMPLE("application/x-partclone-image", "partclone-image\0"),
    SAMPLE("application/x-vmdk", "KDMV\1\0\0\0"),
    SAMPLE("application/x-apple-diskimage", "encrcdsa\0\0\0\2"),
    SAMPLE("application/x-elf", "\x7f"
                                "ELF\2\1\1\0"),
    SAMPLE("application/vnd.microsoft.portable-executable",
           "MZ" ZEROS_48 "\0\0\0\0\0\0\0\0\0\0\x40\0\0\0PE\0\0"),
    SAMPLE("application/x-java-class", "\xca\xfe\xba\xbe\0\0\0\x34"),
    SAMPLE("application/x-mach-binary", "\xca\xfe\xba\xbe\0\0\0\2"),
    SAMPLE("application/vnd.sqlite3", "SQLite format 3\0\x10\0"),
    SAMPLE("text/html", "\n <!doctype HTML><html>"),
    SAMPLE("text/xml", "<?xml version=\"1.0\"?><a/>"),
    SAMPLE("text/x-script", "#!/bin/sh\n"),
    SAMPLE("text/plain", "a line of text\n"),
    SAMPLE("text/plain", "\xef\xbb\xbf"
                         "caf\xc3\xa9"),
    SAMPLE("text/plain", "\xff\xfe"
                         "a\0b\0"),
    // Weak magic that the rest does not bear out.
    SAMPLE("text/plain", "BMW makes cars, and motor cycles too"),
    SAMPLE("text/plain",
           "MZ is how this text begins, and it goes on for more than sixty-four bytes"),
    SAMPLE("text/plain", "P45 is a form; P6 is not a picture here"),
    SAMPLE("text/plain", "G is a letter\n"),
    SAMPLE("text/plain", "From here to there: not a mailbox"),
    SAMPLE("font/woff", "wOFF\0\1\0\0"),
    SAMPLE("font/woff2", "wOF2\0\1\0\0"),
    SAMPLE("application/octet-stream", "\0\1\2\3\4\5\6\7"),
    SAMPLE("application/octet-stream", "RIFF\0\0\0\0abcd"),
    SAMPLE("application/octet-stream", "\0\0\1\0\0\0\0\0"),
    // $UpCase of NTFS: the letters from U+0000 on, which read like an icon of 4 GiB.
    SAMPLE("application/octet-stream", "\0\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x8\0\x9\0\xa\0\xb\0"),
};

static void tells_types_apart_by_their_first_bytes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const SniffType *type =
            sniff_bytes((const uint8_t *)samples[i].bytes, samples[i].size_bytes);
        if (strcmp(type->media_type, samples[i].media_type) != 0)
            g_test_message("row %zu", i);
        g_assert_cmpstr(type->media_type, ==, samples[i].media_type);
    }
}

static void an_empty_item_has_no_type(void)
{
    const SniffType *type = sniff_bytes((const uint8_t *)"", 0);
    g_assert_cmpstr(type->media_type, ==, "application/octet-stream");
    g_assert_cmpint(type->family, ==, FAMILY_UNKNOWN);
}

// No prefix of any sample is read past its end (the sanitizer watches) or answers NULL.
static void every_prefix_is_answered(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        for (size_t length = 0; length <= samples[i].size_bytes; length++) {
            g_autofree uint8_t *copy = g_memdup2(samples[i].bytes, length);
            g_assert_nonnull(sniff_bytes(copy, length));
        }
    }
}

static void put(uint8_t *bytes, size_t at, const char *text)
{
    memcpy(bytes + at, text, strlen(text));
}

static void finds_types_that_have_no_magic_at_their_start(void)
{
    g_autofree uint8_t *bytes = g_malloc0(SNIFF_BYTES);
    put(bytes, 32769, "CD001");
    g_assert_cmpstr(sniff_bytes(bytes, SNIFF_BYTES)->media_type, ==, "application/x-iso9660-image");
    g_assert_cmpstr(sniff_bytes(bytes, 4096)->media_type, ==, "application/octet-stream");

    memset(bytes, 0, SNIFF_BYTES);
    for (size_t at = 0; at < 1024; at += 188)
        bytes[at] = 'G';
    g_assert_cmpstr(sniff_bytes(bytes, 1024)->media_type, ==, "video/mp2t");

    memset(bytes, 0, SNIFF_BYTES);
    for (size_t at = 4; at < 1024; at += 192)
        bytes[at] = 'G';
    g_assert_cmpstr(sniff_bytes(bytes, 1024)->media_type, ==, "video/mp2t");

    memset(bytes, 0, SNIFF_BYTES);
    put(bytes, 3, "NTFS    ");
    put(bytes, 510, "\x55\xaa");
    g_assert_cmpstr(sniff_bytes(bytes, 512)->media_type, ==, "application/x-raw-disk-image");

    memset(bytes, 0, SNIFF_BYTES);
    put(bytes, 257, "ustar");
    g_assert_cmpstr(sniff_bytes(bytes, 512)->media_type, ==, "application/x-tar");
}

static void an_old_tar_is_known_by_its_checksum(void)
{
    uint8_t header[512] = "name";
    unsigned sum = 8 * ' ' + 'n' + 'a' + 'm' + 'e';
    g_autofree char *text = g_strdup_printf("%06o", sum);
    put(header, 148, text);
    g_assert_cmpstr(sniff_bytes(header, 512)->media_type, ==, "application/x-tar");
    header[200] = 1;
    g_assert_cmpstr(sniff_bytes(header, 512)->media_type, ==, "application/octet-stream");
}

static void one_frame_header_is_no_audio(void)
{
    uint8_t bytes[1024] = {0xff, 0xfb, 0x90, 0}; // 128 kbit/s, 44.1 kHz: 417 bytes
    g_assert_cmpstr(sniff_bytes(bytes, sizeof(bytes))->media_type, ==, "application/octet-stream");
    memcpy(bytes + 417, bytes, 4);
    g_assert_cmpstr(sniff_bytes(bytes, sizeof(bytes))->media_type, ==, "audio/mpeg");
}

static void says_what_a_worker_decodes(void)
{
    static const char *const decoded[] = {"image/jpeg", "image/png",   "image/gif",  "image/webp",
                                          "image/tiff", "image/bmp",   "image/heic", "image/avif",
                                          "image/jp2",  "image/x-j2c", "image/jxl"};
    for (size_t i = 0; i < G_N_ELEMENTS(decoded); i++)
        g_assert_true(sniff_by_media_type(decoded[i])->can_decode);
    g_assert_true(sniff_by_media_type("video/mp4")->can_decode);
    g_assert_false(sniff_by_media_type("application/x-shockwave-flash")->can_decode);
    g_assert_false(sniff_by_media_type("image/vnd.microsoft.icon")->can_decode);
    g_assert_null(sniff_by_media_type("image/none"));
    g_assert_null(sniff_by_media_type(NULL));
}

typedef struct {
    const char *media_type;
    const char *name;
    ExtensionCheck expected;
} Name;

static void compares_names_by_family(void)
{
    static const Name names[] = {
        {"image/jpeg", "a.jpg", EXTENSION_FITS},
        {"image/jpeg", "a.JPEG", EXTENSION_FITS},
        {"image/jpeg", "a.jpg. ", EXTENSION_FITS},
        {"image/jpeg", "a", EXTENSION_FITS},
        {"image/jpeg", ".hidden", EXTENSION_FITS},
        {"image/jpeg", "a.", EXTENSION_FITS},
        {"image/jpeg", "", EXTENSION_FITS},
        {"image/jpeg", "a.tmp", EXTENSION_FITS},
        {"image/jpeg", "a.001", EXTENSION_FITS},
        {"image/jpeg", "the end. of a sentence", EXTENSION_FITS},
        {"image/png", "a.jpg", EXTENSION_HARMLESS},
        {"image/heic", "a.jpg", EXTENSION_HARMLESS},
        {"image/jpeg", "a.mp4", EXTENSION_MISMATCH},
        {"video/mp4", "a.jpg", EXTENSION_MISMATCH},
        {"video/mp4", "a.m4a", EXTENSION_HARMLESS},
        {"image/jpeg", "a.txt", EXTENSION_DISGUISE},
        {"image/jpeg", "a.jpg.docx", EXTENSION_DISGUISE},
        {"image/jpeg", "a.qqq", EXTENSION_DISGUISE},
        {"video/mp4", "a.dll", EXTENSION_DISGUISE},
        {"application/zip", "a.jpg", EXTENSION_MISMATCH},
        {"application/zip", "a.docx", EXTENSION_FITS},
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.zip",
         EXTENSION_HARMLESS},
        {"application/zip", "a.pdf", EXTENSION_MISMATCH},
        {"application/x-ole-storage", "thumbs.db", EXTENSION_FITS},
        {"application/vnd.microsoft.portable-executable", "a.jpg", EXTENSION_MISMATCH},
        {"application/vnd.microsoft.portable-executable", "a.qqq", EXTENSION_FITS},
        {"image/x-adobe-dng", "a.tif", EXTENSION_HARMLESS},
        {"text/plain", "a.jpg", EXTENSION_HARMLESS},
        {"text/plain", "README.qqq", EXTENSION_FITS},
        {"application/octet-stream", "a.jpg", EXTENSION_FITS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const SniffType *type = sniff_by_media_type(names[i].media_type);
        ExtensionCheck check = sniff_check_extension(type, names[i].name);
        if (check != names[i].expected)
            g_test_message("%s named %s", names[i].media_type, names[i].name);
        g_assert_cmpint(check, ==, names[i].expected);
    }
}

static void names_every_family(void)
{
    for (Family family = 0; family < FAMILY_COUNT; family++)
        g_assert_cmpuint(strlen(family_name(family)), >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sniff/tells_types_apart", tells_types_apart_by_their_first_bytes);
    g_test_add_func("/sniff/empty_has_no_type", an_empty_item_has_no_type);
    g_test_add_func("/sniff/every_prefix_is_answered", every_prefix_is_answered);
    g_test_add_func("/sniff/no_magic_at_start", finds_types_that_have_no_magic_at_their_start);
    g_test_add_func("/sniff/old_tar_by_checksum", an_old_tar_is_known_by_its_checksum);
    g_test_add_func("/sniff/one_frame_is_no_audio", one_frame_header_is_no_audio);
    g_test_add_func("/sniff/says_what_is_decoded", says_what_a_worker_decodes);
    g_test_add_func("/sniff/compares_names_by_family", compares_names_by_family);
    g_test_add_func("/sniff/names_every_family", names_every_family);
    return g_test_run();
}
