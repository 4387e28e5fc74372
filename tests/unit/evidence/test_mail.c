// SPDX-License-Identifier: Apache-2.0
//
// Every part of a message comes out exactly as it was before it was encoded, under its name; what
// cannot be read is said to be so.
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "mail_fixture.h"

#define PHOTO "4f60a9dbc20beccc740ee6717e3d2da765235f2ebf9a78654e878fbb68c53317"
#define PARTIAL "evidence/jstedfast_gmime/tests/data/partial/input/photo-discuss/message-partial."

// ---- Real messages ----------------------------------------------------------------------------

static void opens_a_part_saved_on_its_own(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/jstedfast_gmime/tests/data/mime-part/raptors.b64.txt", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    const WalkedItem *item = walked_find(walked, "raptors.png");
    g_assert_nonnull(item);
    g_assert_cmpstr(item->sha256, ==,
                    "26a2cf77287aad99c923bb903f3b4c53a61f9fca1418e51b39342e94ba85b8d6");
    g_assert_cmpstr(item->layer, ==, "{\"part\":\"1\"}");
}

static void opens_a_real_message(void)
{
    g_autoptr(Walked) walked = walk_fixture_media("evidence/apache_tika/testRFC822_encrypted_zip",
                                                  (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    const WalkedItem *zip = walked_find(walked, "test.zip");
    g_assert_nonnull(zip);
    g_assert_cmpuint(zip->size_bytes, ==, 267);
    g_assert_cmpstr(zip->layer, ==, "{\"part\":\"2\"}");
    g_assert_nonnull(walked_find(walked, "part 1.1"));
    g_assert_nonnull(walked_find(walked, "part 1.2"));
    g_assert_true(has_identifier(walked_root(walked), "juha.haaga@gmail.com"));
    g_assert_true(has_identifier(walked_root(walked), "juha.haaga@codenomicon.com"));
    g_assert_cmpint(zip->times.modified.zone, ==, ZONE_UTC);
    g_assert_cmpint(zip->times.modified.seconds, ==, 1421393746);
}

static void joins_a_message_sent_in_pieces(void)
{
    g_autoptr(Walked) first = walk_fixture_media(PARTIAL "0.eml", (WalkFixtureOptions){0});
    if (first == NULL)
        return;
    const WalkedItem *photo = walked_find(first, "joined from 3 parts > earrings.jpg");
    g_assert_nonnull(photo);
    g_assert_cmpstr(photo->sha256, ==, PHOTO);
    g_assert_cmpint(walked_root(first)->status, ==, STATUS_OK);
    g_assert_nonnull(strstr(walked_finding(walked_root(first), FINDING_SEGMENT), "part 1 of 3"));

    // The others say what they are, and leave the message to the first.
    g_autoptr(Walked) second = walk_fixture_media(PARTIAL "1.eml", (WalkFixtureOptions){0});
    g_autoptr(Walked) third = walk_fixture_media(PARTIAL "2.eml", (WalkFixtureOptions){0});
    g_assert_cmpuint(second->items->len, ==, 1);
    g_assert_cmpuint(third->items->len, ==, 1);
    g_assert_nonnull(strstr(walked_finding(walked_root(third), FINDING_SEGMENT), "part 3 of 3"));
    g_assert_null(walked_finding(walked_root(third), FINDING_NOT_EXAMINED));
}

static void says_which_piece_is_missing(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media(PARTIAL "0.eml", (WalkFixtureOptions){.folder = "/nonexistent"});
    if (walked == NULL)
        return;
    const char *detail = walked_finding(walked_root(walked), FINDING_NOT_EXAMINED);
    g_assert_nonnull(detail);
    g_assert_nonnull(strstr(detail, "part 2"));
    // What is there is opened as far as it goes.
    const WalkedItem *begun = walked_find(walked, "part 1 > earrings.jpg");
    g_assert_nonnull(begun);
    g_assert_cmpuint(begun->size_bytes, >, 40000);
    g_assert_cmpstr(begun->type->media_type, ==, "image/jpeg");
}

// ---- Pieces beside each other -----------------------------------------------------------------

typedef struct {
    char *folder;
    GBytes *picture;
} Pieces;

// Three pieces of one message under names made of `format` and a number.
static Pieces write_pieces(const char *format, const unsigned *numbers, const char *last_id)
{
    Pieces pieces = {.folder = g_dir_make_tmp("clew-test-XXXXXX", NULL),
                     .picture = sample_picture(3000, 20)};
    g_autofree char *digits = base64_lines(pieces.picture, 76, "\n");
    g_autofree char *whole =
        g_strconcat("From: a@example.org\nContent-Type: image/png; name=whole.png\n"
                    "Content-Transfer-Encoding: base64\n\n",
                    digits, NULL);
    size_t length = strlen(whole), step = length / 3 / 77 * 77;
    for (unsigned i = 0; i < 3; i++) {
        size_t begin = i * step, end = i == 2 ? length : begin + step;
        g_autofree char *text = g_strdup_printf(
            "From: a@example.org\nContent-Type: message/partial; id=\"%s\"; number=%u%s\n\n%.*s",
            i == 2 ? last_id : "x@y", i + 1, i == 2 ? "; total=3" : "", (int)(end - begin),
            whole + begin);
        g_autofree char *name = g_strdup_printf(format, numbers[i]);
        g_autofree char *path = g_build_filename(pieces.folder, name, NULL);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    }
    return pieces;
}

static Walked *walk_piece(const Pieces *pieces, const char *name)
{
    g_autofree char *path = g_build_filename(pieces->folder, name, NULL);
    return walk_fixture_file(path, (WalkFixtureOptions){0});
}

static void pieces_clear(Pieces *pieces)
{
    g_autoptr(GDir) folder = g_dir_open(pieces->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(pieces->folder, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(pieces->folder), ==, 0);
    g_free(pieces->folder);
    g_bytes_unref(pieces->picture);
}

static void finds_pieces_by_their_numbers(void)
{
    static const struct {
        const char *format, *first;
        unsigned numbers[3];
    } rows[] = {{"mail%u.eml", "mail7.eml", {7, 8, 9}},
                {"part-%03u-of-3.eml", "part-009-of-3.eml", {9, 10, 11}},
                {"%u", "1", {1, 2, 3}}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Pieces pieces = write_pieces(rows[i].format, rows[i].numbers, "x@y");
        g_autoptr(Walked) walked = walk_piece(&pieces, rows[i].first);
        assert_item(walked, "joined from 3 parts > whole.png", pieces.picture);
        pieces_clear(&pieces);
    }
}

static void does_not_join_pieces_of_other_messages(void)
{
    static const unsigned numbers[] = {1, 2, 3};
    Pieces pieces = write_pieces("m%u.eml", numbers, "another@y");
    g_autoptr(Walked) walked = walk_piece(&pieces, "m1.eml");
    g_assert_null(walked_find(walked, "joined from 3 parts"));
    g_assert_nonnull(strstr(walked_finding(walked_root(walked), FINDING_NOT_EXAMINED), "part 3"));
    pieces_clear(&pieces);
}

// ---- Encodings and names ----------------------------------------------------------------------

// A message of one attachment.
static char *message_with(const char *fields, const char *body)
{
    return g_strdup_printf("From: a@example.org\nMIME-Version: 1.0\n%s\n%s", fields, body);
}

static void decodes_every_encoding(void)
{
    g_autoptr(GBytes) picture = sample_picture(2000, 10);
    g_autofree char *base64 = base64_lines(picture, 76, "\n");
    g_autofree char *quoted = quoted_printable(picture);
    g_autofree char *uu = uuencoded(picture, "other.png");
    const struct {
        const char *encoding, *body;
    } rows[] = {{"base64", base64},
                {"BASE64 (comment)", base64},
                {"quoted-printable", quoted},
                {"x-uuencode", uu},
                {"uuencode", uu}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *fields =
            g_strdup_printf("Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: %s\n",
                            rows[i].encoding);
        g_autofree char *text = message_with(fields, rows[i].body);
        g_autoptr(Walked) walked = walk_text(text, "a.eml");
        assert_item(walked, "a.png", picture);
    }
}

static void finds_uuencode_inside_text(void)
{
    g_autoptr(GBytes) picture = sample_picture(2000, 11);
    g_autofree char *uu = uuencoded(picture, "inline.png");
    g_autofree char *body = g_strconcat("Hi, see below.\n\n", uu, "\nregards\n", NULL);
    g_autofree char *text = message_with("Content-Type: text/plain\n", body);
    g_autoptr(Walked) walked = walk_text(text, "a.eml");
    assert_item(walked, "part 1 > inline.png", picture);
}

static void takes_8_bit_parts_as_they_are(void)
{
    g_autoptr(GBytes) picture = sample_picture(5000, 12);
    GString *text = g_string_new("From: a@example.org\nTo: b@example.org\n"
                                 "Content-Type: multipart/mixed; boundary=zzzz\n\n--zzzz\n"
                                 "Content-Type: image/png\nContent-Transfer-Encoding: binary\n"
                                 "Content-Disposition: attachment; filename=raw.png\n\n");
    g_string_append_len(text, g_bytes_get_data(picture, NULL), (gssize)g_bytes_get_size(picture));
    g_string_append(text, "\n--zzzz--\n");
    g_autoptr(Walked) walked =
        walk_fixture_bytes(text->str, text->len, "a.eml", (WalkFixtureOptions){0});
    assert_item(walked, "raw.png", picture);
    g_string_free(text, TRUE);
}

static void reads_names_as_senders_write_them(void)
{
    static const struct {
        const char *fields, *name;
    } rows[] = {
        {"Content-Disposition: attachment; filename=\"a b.png\"\n", "a b.png"},
        {"Content-Type: image/png; name=\"in type.png\"\n", "in type.png"},
        {"Content-Type: image/png; name=b.png\nContent-Disposition: inline; filename=a.png\n",
         "a.png"},
        {"Content-Disposition: attachment; filename*=utf-8''gr%C3%BC%C3%9Fe.png\n",
         "gr\u00fc\u00dfe.png"},
        {"Content-Disposition: attachment;\n filename*0*=iso-8859-1''%FCber; filename*1=all.png\n",
         "\u00fcberall.png"},
        {"Content-Type: image/png; name=\"=?utf-8?B?Z3LDvMOfZQ==?= =?utf-8?Q?.png?=\"\n",
         "gr\u00fc\u00dfe.png"},
        {"Content-Type: image/png; name=\"=?iso-8859-1?B?Z3L8bg==?= a.png\"\n", "gr\u00fcn a.png"},
        {"Content-Type: image/png; name=\"no =? word.png\"\n", "no =? word.png"},
        // Not to be read: as it is.
        {"Content-Disposition: attachment; filename=\"gr\xfc\xdf.png\"\n", "gr\xfc\xdf.png"},
        {"Content-Disposition: attachment; filename=\"=?x-none?Q?=E9?=.png\"\n",
         "=?x-none?Q?=E9?=.png"},
        {"Content-Disposition: attachment; filename*=x-none''%E9.png\n", "x-none''%E9.png"},
        {"Content-Type: image/png name=loose.png\n", "loose.png"},
        {"Content-Type: image/png; name=\"\"\n", "part 1"},
        {"Content-Type: image/png\n", "part 1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = message_with(rows[i].fields, "body\n");
        g_autoptr(Walked) walked = walk_text(text, "a.eml");
        const WalkedItem *item = walked->items->pdata[0];
        g_assert_cmpstr(item->name, ==, rows[i].name);
    }
}

static void opens_messages_in_messages(void)
{
    g_autoptr(GBytes) picture = sample_picture(1000, 13);
    g_autofree char *digits = base64_lines(picture, 76, "\n");
    g_autofree char *inner = g_strdup_printf(
        "From: inner@example.org\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nContent-Type: image/png; "
        "name=deep.png\nContent-Transfer-Encoding: base64\n\n%s",
        digits);
    g_autoptr(GBytes) inner_bytes = g_bytes_new_static(inner, strlen(inner));
    g_autofree char *encoded = base64_lines(inner_bytes, 76, "\n");
    const struct {
        const char *fields, *body;
    } rows[] = {
        {"Content-Type: message/rfc822\n", inner},
        {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n", encoded},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = message_with(rows[i].fields, rows[i].body);
        g_autoptr(Walked) walked = walk_text(text, "a.eml");
        assert_item(walked, "part 1", inner_bytes);
        assert_item(walked, "part 1 > deep.png", picture);
        g_assert_true(has_identifier(walked_find(walked, "part 1"), "inner@example.org"));
        g_assert_false(has_identifier(walked_root(walked), "inner@example.org"));
    }
}

// Where the usual parser loses the leaf.
static void loses_nothing_however_deep(void)
{
    g_autoptr(GBytes) picture = sample_picture(1000, 14);
    g_autofree char *digits = quoted_printable(picture);
    GString *text = g_string_new("From: a@example.org\n");
    for (unsigned i = 0; i < 300; i++)
        g_string_append_printf(text, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i,
                               i);
    g_string_append_printf(text,
                           "Content-Type: image/png; name=deep.png\n"
                           "Content-Transfer-Encoding: quoted-printable\n\n%s",
                           digits);
    g_autofree char *owned = g_string_free(text, FALSE);
    g_autoptr(Walked) walked = walk_text(owned, "a.eml");
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, picture);
    const WalkedItem *deep = walked_find_sha256(walked, sha256);
    g_assert_nonnull(deep);
    g_assert_cmpstr(deep->name, ==, "deep.png");
}

// A multipart may not be encoded; that it is hides its parts from most.
static void opens_an_encoded_multipart(void)
{
    g_autoptr(GBytes) picture = sample_picture(1000, 15);
    g_autofree char *digits = base64_lines(picture, 76, "\n");
    g_autofree char *inner = g_strdup_printf(
        "--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n%s--b--\n",
        digits);
    g_autoptr(GBytes) bytes = g_bytes_new_static(inner, strlen(inner));
    g_autofree char *encoded = base64_lines(bytes, 76, "\n");
    g_autofree char *text = message_with(
        "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n", encoded);
    g_autoptr(Walked) walked = walk_text(text, "a.eml");
    assert_item(walked, "part 1 > a.png", picture);
}

static void looks_where_no_mailer_looks(void)
{
    g_autoptr(GBytes) one = sample_picture(600, 16), two = sample_picture(600, 17);
    g_autoptr(GBytes) three = sample_picture(600, 18);
    g_autofree char *before = base64_lines(one, 76, "\n"), *behind = base64_lines(two, 76, "\n");
    g_autofree char *tail = base64_lines(three, 76, "\n");
    g_autofree char *text = g_strdup_printf(
        "From: a@example.org\nTo: b@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"
        "hidden:\n\n%s\n--b\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; "
        "filename=short.txt\n\naGVsbG8=\n____________\nlist footer:\n\n%s\n--b--\nand:\n\n%s",
        before, tail, behind);
    g_autoptr(Walked) walked = walk_text(text, "a.eml");
    assert_item(walked, "prologue > base64 at 9", one);
    assert_item(walked, "epilogue > base64 at 6", two);
    g_autoptr(GBytes) hello = g_bytes_new_static("hello", 5);
    assert_item(walked, "short.txt", hello);
    assert_item(walked, "behind part 1 > base64 at 27", three);
}

// ---- What cannot be read ----------------------------------------------------------------------

static void says_what_is_encrypted(void)
{
    static const char envelope[] = "MIAGCSqGSIb3DQEHA6CAMIACAQAxAA==\n";
    static const struct {
        const char *fields, *path, *word;
    } rows[] = {
        {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
         "Content-Transfer-Encoding: base64\n",
         "smime.p7m", "S/MIME"},
        {"Content-Type: application/octet-stream; name=odd.bin\n"
         "Content-Transfer-Encoding: base64\n",
         "odd.bin", "S/MIME"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = message_with(rows[i].fields, envelope);
        g_autoptr(Walked) walked = walk_text(text, "a.eml");
        assert_status(walked, rows[i].path, STATUS_ENCRYPTED, rows[i].word);
        g_assert_true(walked_find(walked, rows[i].path)->has_digests);
    }
    g_autofree char *pgp = message_with(
        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n",
        "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\n"
        "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA0yX\n"
        "-----END PGP MESSAGE-----\n--b--\n");
    g_autoptr(Walked) walked = walk_text(pgp, "a.eml");
    assert_status(walked, "part 2", STATUS_ENCRYPTED, "encrypted");
    g_assert_cmpint(walked_find(walked, "part 1")->status, ==, STATUS_OK);
}

static void says_what_it_does_not_know(void)
{
    g_autofree char *odd = message_with(
        "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: x-own\n", "abcdef\n");
    g_autoptr(Walked) walked = walk_text(odd, "a.eml");
    assert_status(walked, "a.png", STATUS_UNSUPPORTED, "transfer encoding");
    g_autofree char *elsewhere =
        message_with("Content-Type: message/external-body; access-type=URL; URL=\"http://x/\"\n",
                     "Content-Type: image/png\n");
    g_autoptr(Walked) named = walk_text(elsewhere, "a.eml");
    g_assert_nonnull(strstr(walked_finding(walked_root(named), FINDING_REFERENCE), "URL"));
}

// ---- Fields -----------------------------------------------------------------------------------

static void adds_addresses_as_identifiers(void)
{
    g_autoptr(Walked) walked = walk_text(
        "From: \"Some One\" <Some.One@EXAMPLE.org>\n"
        "To: a@b.example, =?utf-8?q?J=C3=B6?= <jo@b.example>,\n\tgroup: x@y.example, z@y.example;\n"
        "Cc: undisclosed-recipients:;\nBcc: <hidden@b.example>\nReply-To: no address\n"
        "Resent-To: again@b.example\nReturn-Path: <>\nSubject: not@an.address\n\nhello\n",
        "a.eml");
    static const char *const wanted[] = {"Some.One@example.org", "a@b.example", "jo@b.example",
                                         "x@y.example",          "z@y.example", "hidden@b.example",
                                         "again@b.example"};
    const WalkedItem *root = walked_root(walked);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        g_assert_true(has_identifier(root, wanted[i]));
    g_assert_cmpuint(root->identifiers->len, ==, G_N_ELEMENTS(wanted));
}

static void reads_dates(void)
{
    g_autofree char *text = message_with(
        "Date: Thu, 1 Jan 2026 12:00:00 +0200\nContent-Type: multipart/mixed; boundary=b\n",
        "--b\n\none\n--b\nContent-Disposition: attachment; filename=a;\n"
        " modification-date=\"Wed, 31 Dec 2025 00:00:00 +0000\"\n\ntwo\n--b--\n");
    g_autoptr(Walked) walked = walk_text(text, "a.eml");
    const WalkedItem *one = walked_find(walked, "part 1"), *two = walked_find(walked, "a");
    g_assert_cmpint(one->times.modified.seconds, ==, 1767261600);
    g_assert_cmpint(one->times.modified.zone, ==, ZONE_UTC);
    g_assert_cmpint(two->times.modified.seconds, ==, 1767139200);
}

static void opens_messages_of_apple_mail(void)
{
    g_autoptr(GBytes) picture = sample_picture(300, 21);
    g_autofree char *block = uuencoded(picture, "behind.png");
    const char *message = "From: a@example.org\nSubject: x\n\nhello\n";
    g_autofree char *text = g_strdup_printf("%-10zu\n%s<?xml version=\"1.0\"?>\n<plist/>\n%s",
                                            strlen(message), message, block);
    g_autoptr(Walked) walked = walk_text(text, "1.emlx");
    g_autoptr(GBytes) hello = g_bytes_new_static("hello\n", 6);
    assert_item(walked, "part 1", hello);
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
}

static void searches_fields_that_are_too_long(void)
{
    g_autoptr(GBytes) picture = sample_picture(80000, 19);
    g_autofree char *digits = base64_lines(picture, 76, "\n ");
    g_autofree char *text = g_strconcat("From: a@example.org\nTo: b@example.org\nX-Data: ", digits,
                                        "\n\nhello\n", NULL);
    g_autoptr(Walked) walked = walk_text(text, "a.eml");
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8"); // as in the worker
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail/opens_a_part_saved_on_its_own", opens_a_part_saved_on_its_own);
    g_test_add_func("/mail/opens_a_real_message", opens_a_real_message);
    g_test_add_func("/mail/joins_a_message_sent_in_pieces", joins_a_message_sent_in_pieces);
    g_test_add_func("/mail/says_which_piece_is_missing", says_which_piece_is_missing);
    g_test_add_func("/mail/finds_pieces_by_their_numbers", finds_pieces_by_their_numbers);
    g_test_add_func("/mail/does_not_join_pieces_of_other_messages",
                    does_not_join_pieces_of_other_messages);
    g_test_add_func("/mail/decodes_every_encoding", decodes_every_encoding);
    g_test_add_func("/mail/finds_uuencode_inside_text", finds_uuencode_inside_text);
    g_test_add_func("/mail/takes_8_bit_parts_as_they_are", takes_8_bit_parts_as_they_are);
    g_test_add_func("/mail/reads_names_as_senders_write_them", reads_names_as_senders_write_them);
    g_test_add_func("/mail/opens_messages_in_messages", opens_messages_in_messages);
    g_test_add_func("/mail/loses_nothing_however_deep", loses_nothing_however_deep);
    g_test_add_func("/mail/opens_an_encoded_multipart", opens_an_encoded_multipart);
    g_test_add_func("/mail/looks_where_no_mailer_looks", looks_where_no_mailer_looks);
    g_test_add_func("/mail/says_what_is_encrypted", says_what_is_encrypted);
    g_test_add_func("/mail/says_what_it_does_not_know", says_what_it_does_not_know);
    g_test_add_func("/mail/adds_addresses_as_identifiers", adds_addresses_as_identifiers);
    g_test_add_func("/mail/reads_dates", reads_dates);
    g_test_add_func("/mail/opens_messages_of_apple_mail", opens_messages_of_apple_mail);
    g_test_add_func("/mail/searches_fields_that_are_too_long", searches_fields_that_are_too_long);
    return g_test_run();
}
