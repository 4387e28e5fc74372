// SPDX-License-Identifier: Apache-2.0
//
// Real archives, whole, encrypted, damaged and hostile ones, each end in the record that is right.
// The digests are those of what 7-Zip, tar, cpio and lha make of the same files; where only RAR
// itself could unpack them, the checksums inside agree.
#include <string.h>

#include "archive_fixture.h"
#include "evidence/archive.h"

typedef struct {
    const char *file, *expected;
} Row;

static void check_rows(const char *folder, const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *path = g_build_filename("evidence", folder, rows[i].file, NULL);
        g_autoptr(Walked) walked = walk_fixture_media(path, (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        g_autofree char *found = archive_describe(walked);
        if (strcmp(found, rows[i].expected) != 0)
            g_test_message("%s", rows[i].file);
        g_assert_cmpstr(found, ==, rows[i].expected);
    }
}

static void every_file_of_libarchive(void)
{
    static const Row rows[] = {
        {"test_compat_zip_1.zip", "ok | ok META-INF/MANIFEST.MF 11c5da6f | ok tmp.class c6d29382"},
        {"test_compat_zip_2.zip", "ok | ok file1 e3b0c442 | ok file2 67ee5478"},
        {"test_compat_zip_3.zip", "ok | ok soapui-4.0.0/soapui-settings.xml d782a4b9"},
        {"test_compat_zip_4.zip", "ok | ok foo b5bb9d80 | ok bar 7d865e95 | ok baz bf07a7fb"},
        {"test_compat_zip_5.zip",
         "ok | ok Metadata/Job_PT.xml 4a9a9d3a | ok Metadata/MXDC_Empty_PT.xml 615ef2d3"
         " | ok Documents/1/Metadata/Page1_Thumbnail.JPG 69100cbd"
         " | ok Documents/1/Pages/_rels/1.fpage.rels 0a6c945a"
         " | ok Documents/1/Pages/1.fpage 74a225a9"
         " | ok Documents/1/Resources/Fonts/3DFDBC8B-4514-41F1-A808-DEA1C79BAC2B.odttf c8356969"
         " | ok Documents/1/_rels/FixedDocument.fdoc.rels 5b643d66"
         " | ok Documents/1/FixedDocument.fdoc affcb89b"
         " | ok _rels/FixedDocumentSequence.fdseq.rels 30b1ad9c"
         " | ok FixedDocumentSequence.fdseq 596e4cf9 | ok _rels/.rels f7bec664"
         " | ok [Content_Types].xml d736aa19"},
        {"test_compat_zip_6.zip", "ok | ok New Folder/New Folder/New Text Document.txt 6b5745c7"},
        {"test_compat_zip_7.xps",
         "ok | ok Metadata/Job_PT.xml c44ed43e | ok Metadata/MXDC_Empty_PT.xml 615ef2d3"
         " | ok Documents/1/Metadata/Page1_Thumbnail.JPG 28f62505"
         " | ok Documents/1/Pages/_rels/1.fpage.rels a598063f"
         " | ok Documents/1/Pages/1.fpage 04fb2493"
         " | ok Documents/1/Resources/Fonts/B5AE1A61-D830-441F-9D07-954F3B1B3B58.odttf 137b0a04"
         " | ok Documents/1/_rels/FixedDocument.fdoc.rels 5b643d66"
         " | ok Documents/1/FixedDocument.fdoc affcb89b"
         " | ok _rels/FixedDocumentSequence.fdseq.rels 30b1ad9c"
         " | ok FixedDocumentSequence.fdseq 596e4cf9 | ok _rels/.rels f7bec664"
         " | ok [Content_Types].xml d736aa19"},
        {"test_compat_zip_8.zip", "ok | ok arc\\test f68e37dc"},
        {"test_read_format_7zip_copy.7z", "ok | ok file1 d0c504f0"},
        {"test_read_format_7zip_empty_archive.7z", "ok"},
        {"test_read_format_7zip_encryption_header.7z", "encrypted"},
        {"test_read_format_7zip_encryption_partially.7z",
         "ok | ok bar_unencrypted.txt b5bb9d80 | encrypted bar_encrypted.txt -"},
        {"test_read_format_7zip_malformed.7z", "corrupt"},
        {"test_read_format_7zip_malformed4.7z", "corrupt"},
        {"test_read_format_7zip_solid_zstd.7z",
         "ok | unsupported dir1/file1 - | unsupported file2 - | unsupported file3 -"
         " | unsupported file4 -"},
        {"test_read_format_7zip_symbolic_name.7z", "ok | ok file1 9ef90da0"},
        {"test_read_format_7zip_zstd.7z",
         "ok | unsupported dir1/file1 - | unsupported file2 - | unsupported file3 -"
         " | unsupported file4 -"},
        {"test_read_format_cab_1.cab",
         "ok | ok empty e3b0c442 | ok dir1/file1 d0c504f0 | ok dir2/file2 60f47caf"},
        {"test_read_format_cab_lzx_oob.cab", "corrupt | corrupt L -"},
        {"test_read_format_cab_multi.p1.cab", "unsupported"},
        {"test_read_format_cab_multi.p2.cab", "unsupported"},
        {"test_read_format_iso_joliet.iso.Z", "ok | ok test_read_format_iso_joliet.iso 32cfa338"},
        {"test_read_format_iso_rockridge.iso.Z",
         "ok | ok test_read_format_iso_rockridge.iso c7a0c9b1"},
        {"test_read_format_iso_rockridge_ce_loop.iso.Z",
         "ok | ok test_read_format_iso_rockridge_ce_loop.iso 62169b31"},
        {"test_read_format_lha_withjunk.lzh", "ok | ok file1 d0c504f0 | ok file2 60f47caf"},
        {"test_read_format_mtree_crash747.mtree.bz2",
         "corrupt | corrupt test_read_format_mtree_crash747.mtree 734faec3"},
        {"test_read_format_mtree_nomagic.mtree", "ok"},
        {"test_read_format_mtree_nomagic3.mtree", "ok"},
        {"test_read_format_mtree_noprint.mtree", "ok"},
        {"test_read_format_rar4_encrypted_filenames.rar", "encrypted"},
        {"test_read_format_rar4_solid_encrypted.rar",
         "ok | encrypted a.txt - | encrypted b.txt - | encrypted c.txt -"
         " | encrypted d.txt -"},
        {"test_read_format_rar5_compressed.rar", "ok | ok test.bin 588870a2"},
        {"test_read_format_rar5_data_ready_pointer_leak.rar", "corrupt"},
        {"test_read_format_rar5_encrypted.rar",
         "ok | ok a.txt 02dc86d8 | encrypted b.txt - | ok c.txt 0b8a3f12"
         " | encrypted d.txt -"},
        {"test_read_format_rar5_solid.rar",
         "ok | ok test.bin 588870a2 | ok test1.bin 7d89f86f | ok test2.bin f81e6fce"
         " | ok test3.bin 5e621f2b | ok test4.bin 2627f401 | ok test5.bin b0622b64"
         " | ok test6.bin 0b79ce23"},
        {"test_read_format_rar5_solid_encrypted.rar",
         "ok | encrypted a.txt - | encrypted b.txt - | encrypted c.txt -"
         " | encrypted d.txt -"},
        {"test_read_format_rar5_solid_encrypted_filenames.rar", "encrypted"},
        {"test_read_format_rar5_stored.rar", "ok | ok helloworld.txt fef9ad8c"},
        {"test_read_format_rar5_unicode.rar", "ok | ok 👋🌎.txt 315f5bdb"},
        {"test_read_format_rar5_zip_in_rar.rar",
         "ok | ok payload/inner.zip 98bc6fa2 | ok payload/real_after.txt c70b2aeb"},
        {"test_read_format_rar_encryption_header.rar", "encrypted"},
        {"test_read_format_rar_encryption_partially.rar",
         "ok | encrypted foo.txt - | ok bar.txt 7113d093"},
        {"test_read_format_rar_multivolume.part0001.rar",
         "ok | corrupt ppmd_lzss_conversion_test.txt 7fb70e76"},
        {"test_read_format_rar_multivolume.part0004.rar",
         "ok | unreadable LibarchiveAddingTest.html - | ok testdir/test.txt 5a5f16e0"
         " | ok testdir/LibarchiveAddingTest.html ee16390e"},
        {"test_read_format_rar_unicode.rar",
         "ok | ok 表だよ/新しいフォルダ/新規テキスト ドキュメント.txt e3b0c442"
         " | ok 表だよ/漢字長いファイル名long-filename-in-漢字.txt 7faabe85"
         " | ok abcdefghijklmnopqrsテスト.txt 84674f2b"},
        {"test_read_format_zip_7z_lzma.zip",
         "ok"
         " | ok "
         "_installdir/abc_tools/2000.9-beta11/samples/abc_measurement_analysis_sample/src/"
         "abc_measurement_analysis_sample.py f85d2f72"},
        {"test_read_format_zip_comment_stored_2.zip",
         "ok | ok file0 6821a0c3 | ok build.sh 40327220"},
        {"test_read_format_zip_encryption_data.zip",
         "ok | encrypted bar.txt - | encrypted foo.txt -"},
        {"test_read_format_zip_encryption_header.zip", "encrypted"},
        {"test_read_format_zip_encryption_partially.zip",
         "ok | ok bar.txt 0df52a1f | encrypted foo.txt -"},
        {"test_read_format_zip_length_at_end.zip", "ok | ok hello.txt 5891b5b5"},
        {"test_read_format_zip_ppmd8.zipx", "ok | ok vimrc b16e85e4"},
        {"test_read_format_zip_ppmd8_aes256_streaming.zipx", "ok | encrypted encrypted_file.txt -"},
        {"test_read_format_zip_ppmd8_crash_1.zipx", "ok"},
        {"test_read_format_zip_ppmd8_crash_2.zipx", "ok"},
        {"test_read_format_zip_sfx", "ok | ok file0 e3b0c442 | ok build.sh 40327220"},
        {"test_read_format_zip_winzip_aes128.zip", "ok | encrypted README -"},
        {"test_read_format_zip_winzip_aes256.zip", "ok | encrypted README -"},
        {"test_read_format_zip_winzip_aes256_large_bzip2.zip",
         "ok | encrypted Makefile - | encrypted NEWS - | encrypted README -"
         " | encrypted config.h -"},
        {"test_read_format_zip_winzip_aes256_large_lzma.zip",
         "ok | encrypted Makefile - | encrypted NEWS - | encrypted README -"
         " | encrypted config.h -"},
        {"test_read_format_zip_winzip_aes256_large_xz.zip",
         "ok | encrypted Makefile - | encrypted NEWS - | encrypted README -"
         " | encrypted config.h -"},
        {"test_read_format_zip_winzip_aes256_large_zstd.zip",
         "ok | encrypted config.h - | encrypted Makefile - | encrypted NEWS -"
         " | encrypted README -"},
        {"test_read_format_zip_zip64a.zip", "ok | ok - fa02361e"},
    };
    check_rows("libarchive_libarchive/libarchive/test", rows, G_N_ELEMENTS(rows));
}

static void the_same_documents_in_many_archives(void)
{
    static const Row rows[] = {
        {"droste.zip", "ok | ok droste.jpg 7700f36e | ok droste.zip 983613c8"},
        {"test-documents-enc.rar", "encrypted"},
        {"test-documents.7z", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                              " | ok test-documents/testHTML.html c727d1d9"
                              " | ok test-documents/testOpenOffice2.odt 07669977"
                              " | ok test-documents/testPDF.pdf 8035bc3f"
                              " | ok test-documents/testPPT.ppt 499ccd0d"
                              " | ok test-documents/testRTF.rtf c0f8456d"
                              " | ok test-documents/testTXT.txt 55de37b3"
                              " | ok test-documents/testWORD.doc 5ada3261"
                              " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.cpio", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                                " | ok test-documents/testHTML.html c727d1d9"
                                " | ok test-documents/testOpenOffice2.odt 07669977"
                                " | ok test-documents/testPDF.pdf 8035bc3f"
                                " | ok test-documents/testPPT.ppt 499ccd0d"
                                " | ok test-documents/testRTF.rtf c0f8456d"
                                " | ok test-documents/testTXT.txt 55de37b3"
                                " | ok test-documents/testWORD.doc 5ada3261"
                                " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.rar", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                               " | ok test-documents/testHTML.html c727d1d9"
                               " | ok test-documents/testOpenOffice2.odt 07669977"
                               " | ok test-documents/testPDF.pdf 8035bc3f"
                               " | ok test-documents/testPPT.ppt 499ccd0d"
                               " | ok test-documents/testRTF.rtf c0f8456d"
                               " | ok test-documents/testTXT.txt 55de37b3"
                               " | ok test-documents/testWORD.doc 5ada3261"
                               " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.tar", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                               " | ok test-documents/testHTML.html c727d1d9"
                               " | ok test-documents/testOpenOffice2.odt 07669977"
                               " | ok test-documents/testPDF.pdf 8035bc3f"
                               " | ok test-documents/testPPT.ppt 499ccd0d"
                               " | ok test-documents/testRTF.rtf c0f8456d"
                               " | ok test-documents/testTXT.txt 55de37b3"
                               " | ok test-documents/testWORD.doc 5ada3261"
                               " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.tbz2", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                                " | ok test-documents/testHTML.html c727d1d9"
                                " | ok test-documents/testOpenOffice2.odt 07669977"
                                " | ok test-documents/testPDF.pdf 8035bc3f"
                                " | ok test-documents/testPPT.ppt 499ccd0d"
                                " | ok test-documents/testRTF.rtf c0f8456d"
                                " | ok test-documents/testTXT.txt 55de37b3"
                                " | ok test-documents/testWORD.doc 5ada3261"
                                " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.tgz", "ok | ok test-documents/testEXCEL.xls 8f279fb4"
                               " | ok test-documents/testHTML.html c727d1d9"
                               " | ok test-documents/testOpenOffice2.odt 07669977"
                               " | ok test-documents/testPDF.pdf 8035bc3f"
                               " | ok test-documents/testPPT.ppt 499ccd0d"
                               " | ok test-documents/testRTF.rtf c0f8456d"
                               " | ok test-documents/testTXT.txt 55de37b3"
                               " | ok test-documents/testWORD.doc 5ada3261"
                               " | ok test-documents/testXML.xml 44b8473f"},
        {"test-documents.zip",
         "ok | ok testEXCEL.xls 8f279fb4 | ok testHTML.html c727d1d9"
         " | ok testOpenOffice2.odt 07669977 | ok testPDF.pdf 8035bc3f"
         " | ok testPPT.ppt 499ccd0d | ok testRTF.rtf c0f8456d | ok testTXT.txt 55de37b3"
         " | ok testWORD.doc 5ada3261 | ok testXML.xml 44b8473f"},
        {"testTika4424.zip",
         "ok | ok LO455-26eb80d3.kml 2de1d5f1 | ok LO455_26eb80d3.csv 87023bb7"},
    };
    check_rows("apache_tika", rows, G_N_ELEMENTS(rows));
}

static void the_same_file_in_many_archives(void)
{
    static const Row rows[] = {
        {"syslog.Z", "ok | ok syslog 0420b023"},
        {"syslog.bz2", "ok | ok syslog 0420b023"},
        {"syslog.gz", "ok | ok syslog.1 0420b023"},
        {"syslog.lzma", "ok | ok syslog 0420b023"},
        {"syslog.tgz", "ok | ok syslog 0420b023"},
        {"syslog.xz", "ok | ok syslog 0420b023"},
        {"syslog.bin.cpio", "ok | ok syslog 0420b023"},
        {"syslog.crc.cpio", "ok | ok syslog 0420b023"},
        {"syslog.newc.cpio", "ok | ok syslog 0420b023"},
        {"syslog.odc.cpio", "ok | ok syslog 0420b023"},
        {"tar/absolute_paths.tar", "ok | ok /folder/syslog 0420b023 | ok /folder/wtmp.1 29e7489c"},
        {"tar/mixed_paths.tar", "ok | ok /folder/syslog 0420b023 | ok folder/wtmp.1 29e7489c"},
        {"tar/syslog.tar", "ok | ok syslog 0420b023"},
        {"tar/with_directory.tar", "ok | ok folder/syslog 0420b023 | ok folder/wtmp.1 29e7489c"},
        {"tar/without_directory.tar", "ok | ok folder/syslog 0420b023 | ok folder/wtmp.1 29e7489c"},
        {"zip/absolute_paths.zip", "ok | ok /folder/syslog 0420b023 | ok /folder/wtmp.1 29e7489c"},
        {"zip/mixed_paths.zip", "ok | ok /folder/syslog 0420b023 | ok folder/wtmp.1 29e7489c"},
        {"zip/syslog.zip", "ok | ok syslog 0420b023 | ok wtmp.1 29e7489c"},
        {"zip/with_directory.zip", "ok | ok folder/wtmp.1 29e7489c | ok folder/syslog 0420b023"},
        {"zip/without_directory.zip", "ok | ok folder/syslog 0420b023 | ok folder/wtmp.1 29e7489c"},
    };
    check_rows("log2timeline_dfvfs/test_data", rows, G_N_ELEMENTS(rows));
}

static void smallest_valid_archives(void)
{
    static const Row rows[] = {
        {"arj.arj", "unsupported"},
        {"cab.cab", "ok | ok README.txt 32ebf8bd"},
        {"lz4.lz4", "ok | ok lz4 c0535e4b"},
        {"rar14.rar", "unsupported"},
        {"rar4.rar", "ok | ok rar4.txt 460c63d2"},
        {"rar5.rar", "ok | ok rar5.txt 34f3c9f9"},
        {"tar.tar", "ok | ok hello.txt 16a6862e"},
        {"xz.xz", "ok | ok xz 8c4c97e7"},
        {"zstandard.zst", "ok | ok zstandard c0535e4b"},
    };
    check_rows("corkami_mitra/input", rows, G_N_ELEMENTS(rows));
}

// ---- Passwords --------------------------------------------------------------------------------

static void check_password(const char *file, const char *const *passwords, const char *expected,
                           const char *finding)
{
    g_autofree char *path =
        g_build_filename("evidence/libarchive_libarchive/libarchive/test", file, NULL);
    g_autoptr(Walked) walked =
        walk_fixture_media(path, (WalkFixtureOptions){.passwords = passwords});
    if (walked == NULL)
        return;
    g_autofree char *found = archive_describe(walked);
    g_assert_cmpstr(found, ==, expected);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_ENCRYPTED), ==, finding);
}

static void passwords_open_zip_members_of_every_method(void)
{
    static const char *const passwords[] = {"", "wrong", "password", "also wrong", NULL};
    static const char opened[] = "4 of 4 members are encrypted (AES-256); opened with a given "
                                 "password";
    static const char large[] = "ok | ok Makefile f3d8eb32 | ok NEWS 31413ab5 | ok README 3c4bccfd"
                                " | ok config.h 0c9322ed";
    check_password("test_read_format_zip_winzip_aes128.zip", passwords, "ok | ok README 3c4bccfd",
                   "1 of 1 members are encrypted (AES-128); opened with a given password");
    check_password("test_read_format_zip_winzip_aes256.zip", passwords, "ok | ok README 3c4bccfd",
                   "1 of 1 members are encrypted (AES-256); opened with a given password");
    check_password("test_read_format_zip_winzip_aes256_large_bzip2.zip", passwords, large, opened);
    check_password("test_read_format_zip_winzip_aes256_large_lzma.zip", passwords, large, opened);
    check_password("test_read_format_zip_winzip_aes256_large_xz.zip", passwords, large, opened);
    check_password("test_read_format_zip_winzip_aes256_large_zstd.zip", passwords,
                   "ok | ok config.h 0c9322ed | ok Makefile f3d8eb32 | ok NEWS 31413ab5"
                   " | ok README 3c4bccfd",
                   opened);
}

static void a_wrong_password_is_said(void)
{
    static const char *const passwords[] = {"wrong", NULL};
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/libarchive_libarchive/libarchive/test/test_read_format_zip_winzip_aes256.zip",
        (WalkFixtureOptions){.passwords = passwords});
    if (walked == NULL)
        return;
    const WalkedItem *item = walked_find(walked, "README");
    g_assert_nonnull(item);
    g_assert_cmpint(item->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(item->reason, ==, "it is encrypted (AES-256) and no given password fits");
}

// ---- What is encrypted, unsupported, damaged --------------------------------------------------

typedef struct {
    const char *file;
    Status status;
    const char *reason;
    FindingType type;
    const char *finding; // of this type; NULL: none
} WholeRow;

static void archives_that_cannot_be_opened_say_why(void)
{
    static const WholeRow rows[] = {
        {"test_read_format_7zip_encryption_header.7z", STATUS_ENCRYPTED,
         "the headers of the 7z archive are encrypted (AES-256)", FINDING_ENCRYPTED,
         "7z archive with encrypted headers (AES-256)"},
        {"test_read_format_7zip_malformed.7z", STATUS_CORRUPT,
         "the 7z archive is cut off: its header, at the end, is missing (59 bytes)",
         FINDING_ENCRYPTED, NULL},
        {"test_read_format_7zip_malformed4.7z", STATUS_CORRUPT,
         "the header of the 7z archive lists no members", FINDING_ENCRYPTED, NULL},
        {"test_read_format_rar4_encrypted_filenames.rar", STATUS_ENCRYPTED,
         "the headers of the RAR archive are encrypted (AES-128)", FINDING_ENCRYPTED,
         "RAR 4 archive with encrypted headers (AES-128)"},
        {"test_read_format_rar5_solid_encrypted_filenames.rar", STATUS_ENCRYPTED,
         "the headers of the RAR archive are encrypted (AES-256)", FINDING_ENCRYPTED,
         "RAR 5 archive with encrypted headers (AES-256)"},
        {"test_read_format_zip_encryption_header.zip", STATUS_ENCRYPTED,
         "the directory of the ZIP archive is encrypted", FINDING_ENCRYPTED,
         "ZIP archive with an encrypted directory (PKWARE strong encryption)"},
        {"test_read_format_cab_multi.p1.cab", STATUS_UNSUPPORTED,
         "cabinets in several files are not supported", FINDING_SEGMENT,
         "cabinet 1 of a set, behind it test_read_format_cab_multi.p2.cab"},
        {"test_read_format_rar_multivolume.part0001.rar", STATUS_OK, NULL, FINDING_NOT_EXAMINED,
         "the volume that follows (test_read_format_rar_multivolume.part0002.rar) is missing"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path =
            g_build_filename("evidence/libarchive_libarchive/libarchive/test", rows[i].file, NULL);
        g_autoptr(Walked) walked = walk_fixture_media(path, (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        const WalkedItem *root = walked_root(walked);
        g_assert_cmpint(root->status, ==, rows[i].status);
        g_assert_cmpstr(root->reason, ==, rows[i].reason);
        g_assert_cmpstr(walked_finding(root, rows[i].type), ==, rows[i].finding);
    }
}

static bool is_unsupported(const WalkedItem *item)
{
    return item->status == STATUS_UNSUPPORTED && item->not_examined_bytes == item->size_bytes;
}

static void methods_that_are_not_supported_are_named(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/moby.zip", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpuint(walked_count(walked, is_unsupported), ==, 135);
    g_assert_cmpstr(walked_find(walked, "moby.122")->reason, ==,
                    "it is packed with a method that is not supported: 1 (Shrink)");
    g_assert_cmpstr(walked_find(walked, "moby.0")->reason, ==,
                    "it is packed with a method that is not supported: 6 (Implode)");
    g_autoptr(Walked) sevenzip = walk_fixture_media(
        "evidence/libarchive_libarchive/libarchive/test/test_read_format_7zip_zstd.7z",
        (WalkFixtureOptions){0});
    g_assert_cmpstr(walked_find(sevenzip, "file4")->reason, ==,
                    "it is packed with a method that is not supported: 4f71101 (Zstandard)");
}

// ---- Endless ones -----------------------------------------------------------------------------

static void an_archive_in_itself_is_entered_once(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/droste.zip", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    const WalkedItem *inner = walked_find(walked, "droste.zip > droste.zip");
    g_assert_nonnull(inner);
    g_assert_nonnull(walked_finding(inner, FINDING_REFERENCE));
    g_assert_null(walked_find(walked, "droste.zip > droste.zip > droste.jpg"));
}

static void a_gzip_file_that_grows_for_ever_ends_in_its_time(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/libarchive_libarchive/libarchive/test/test_read_filter_gzip_recursive.gz",
        (WalkFixtureOptions){.time_limit_ms = 500});
    if (walked == NULL)
        return;
    // Each layer is one step of depth: none is unpacked unseen.
    const WalkedItem *first = walked_find(walked, "test_read_filter_gzip_recursive");
    g_assert_nonnull(first);
    g_assert_cmpuint(first->size_bytes, ==, 408);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_TIMEOUT);
}

// ---- Times ------------------------------------------------------------------------------------

typedef struct {
    const char *file, *member;
    Zone zone;
    int64_t seconds;
} TimeRow;

static void times_have_the_zone_that_the_format_gives_them(void)
{
    static const TimeRow rows[] = {
        // MS-DOS, 2007-12-03 16:32:16 wherever that was.
        {"libarchive_libarchive/libarchive/test/test_compat_zip_1.zip", "tmp.class", ZONE_UNKNOWN,
         1196699536},
        {"libarchive_libarchive/libarchive/test/test_compat_zip_4.zip", "foo", ZONE_UTC,
         1321681925},
        {"libarchive_libarchive/libarchive/test/test_read_format_7zip_copy.7z", "file1", ZONE_UTC,
         86401},
        {"libarchive_libarchive/libarchive/test/test_read_format_cab_1.cab", "empty", ZONE_UNKNOWN,
         1292618532},
        {"libarchive_libarchive/libarchive/test/test_read_format_lha_withjunk.lzh", "file1",
         ZONE_UTC, 86401},
        {"libarchive_libarchive/libarchive/test/test_read_format_rar5_stored.rar", "helloworld.txt",
         ZONE_UTC, 1537937022},
        {"corkami_mitra/input/rar4.rar", "rar4.txt", ZONE_UNKNOWN, 1579374520},
        {"log2timeline_dfvfs/test_data/tar/syslog.tar", "syslog", ZONE_UTC, 1343166324},
        {"log2timeline_dfvfs/test_data/syslog.gz", "syslog.1", ZONE_UTC, 1343493847},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_build_filename("evidence", rows[i].file, NULL);
        g_autoptr(Walked) walked = walk_fixture_media(path, (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        const WalkedItem *item = walked_find(walked, rows[i].member);
        g_assert_nonnull(item);
        g_assert_cmpint(item->times.modified.zone, ==, rows[i].zone);
        g_assert_cmpint(item->times.modified.seconds, ==, rows[i].seconds);
    }
}

// ---- Sharing ----------------------------------------------------------------------------------

typedef struct {
    unsigned share, shares;
} Deal;

static Deal deal; // the choice has no data of its own in the fixture

static WalkChoice choose_dealt(void *user_data, const WalkItem *item)
{
    if (item->depth != 1)
        return WALK_TAKE;
    return item->place[0] % deal.shares == deal.share ? WALK_TAKE : WALK_SKIP;
}

static void collect(GHashTable *items, const char *path)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(path, (WalkFixtureOptions){.choose = choose_dealt});
    for (unsigned i = 0; walked != NULL && i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (!item->finished || item->depth == 0)
            continue;
        char *line =
            g_strdup_printf("%u %s %s %s %s", item->place[0], item->locator, item->path,
                            status_name(item->status), item->sha256 != NULL ? item->sha256 : "");
        // Nothing is found twice.
        g_assert_true(g_hash_table_add(items, line));
    }
}

static void shares_make_up_the_whole(void)
{
    static const char *const files[] = {
        "apache_tika/test-documents.zip",
        "apache_tika/test-documents.7z",
        "apache_tika/test-documents.tgz",
        "apache_tika/test-documents.rar",
        "apache_tika/test-documents.cpio",
        "apache_tika/testKeynote.key",
        "libarchive_libarchive/libarchive/test/test_read_format_rar5_solid.rar",
        "libarchive_libarchive/libarchive/test/test_read_format_cab_1.cab",
        "libarchive_libarchive/libarchive/test/test_read_format_lha_withjunk.lzh",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename("evidence", files[i], NULL);
        g_autoptr(GHashTable) whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GHashTable) dealt = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        deal = (Deal){0, 1};
        collect(whole, path);
        for (unsigned share = 0; share < 3; share++) {
            deal = (Deal){share, 3};
            collect(dealt, path);
        }
        GHashTableIter iterator;
        gpointer line;
        g_hash_table_iter_init(&iterator, whole);
        while (g_hash_table_iter_next(&iterator, &line, NULL))
            if (!g_hash_table_contains(dealt, line))
                g_error("%s: no share has %s", files[i], (char *)line);
        g_assert_cmpuint(g_hash_table_size(dealt), ==, g_hash_table_size(whole));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_true(archive_prepare());
    g_test_add_func("/archive/every_file_of_libarchive", every_file_of_libarchive);
    g_test_add_func("/archive/the_same_documents_in_many_archives",
                    the_same_documents_in_many_archives);
    g_test_add_func("/archive/the_same_file_in_many_archives", the_same_file_in_many_archives);
    g_test_add_func("/archive/smallest_valid_archives", smallest_valid_archives);
    g_test_add_func("/archive/passwords_open_zip_members_of_every_method",
                    passwords_open_zip_members_of_every_method);
    g_test_add_func("/archive/a_wrong_password_is_said", a_wrong_password_is_said);
    g_test_add_func("/archive/archives_that_cannot_be_opened_say_why",
                    archives_that_cannot_be_opened_say_why);
    g_test_add_func("/archive/methods_that_are_not_supported_are_named",
                    methods_that_are_not_supported_are_named);
    g_test_add_func("/archive/an_archive_in_itself_is_entered_once",
                    an_archive_in_itself_is_entered_once);
    g_test_add_func("/archive/a_gzip_file_that_grows_for_ever_ends_in_its_time",
                    a_gzip_file_that_grows_for_ever_ends_in_its_time);
    g_test_add_func("/archive/times_have_the_zone_that_the_format_gives_them",
                    times_have_the_zone_that_the_format_gives_them);
    g_test_add_func("/archive/shares_make_up_the_whole", shares_make_up_the_whole);
    return g_test_run();
}
