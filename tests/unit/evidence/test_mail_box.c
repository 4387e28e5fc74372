// SPDX-License-Identifier: Apache-2.0
//
// A mailbox gives each of its messages, cut where mailers cut it.
#include <string.h>

#include "mail_fixture.h"

#define FROM "From a@example.org Thu Jan  1 00:00:00 2026\n"
#define FIELDS "From: a@example.org\nTo: b@example.org\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"

static void opens_a_real_mailbox(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/complex.mbox", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpuint(walked->items->len, ==, 7);
    const WalkedItem *second = walked_find(walked, "message 2");
    g_assert_cmpuint(second->size_bytes, ==, 5179);
    g_assert_cmpstr(second->layer, ==, "{\"message\":2,\"offset\":3936}");
    g_assert_cmpint(second->times.modified.seconds, ==, 1243834249);
    g_assert_true(has_identifier(second, "jianmin_woo@yahoo.com"));
    g_assert_cmpuint(walked_find(walked, "message 3 > part 1")->size_bytes, ==, 1733);
}

static void cuts_at_the_right_lines(void)
{
    static const struct {
        const char *text;
        unsigned messages;
    } rows[] = {
        {FROM FIELDS "\none\n", 1},
        {FROM FIELDS "\none\n\n" FROM FIELDS "\ntwo\n", 2},
        // No empty line before; no date, but fields behind.
        {FROM FIELDS "\none\n" FROM FIELDS "\ntwo\n", 2},
        {FROM FIELDS "\none\n\nFrom nobody\n" FIELDS "\ntwo\n", 2},
        // Sentences that begin with the word.
        {FROM FIELDS "\none\n\nFrom here on, all is well.\nAnd so: on\n", 1},
        {FROM FIELDS "\none\nFrom 2026 on.\nSubject: x\n", 1},
        {FROM FIELDS "\none\nFrom 10:30 on.\nSubject: x\n", 1},
        {FROM FIELDS "\none\n\n>From a@example.org Thu Jan  1 00:00:00 2026\nA: b\n", 1},
        {"From - Thu Jan 01 00:00:00 2026\nX-Mozilla-Status: 0001\n" FIELDS "\none\n", 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked = walk_text(rows[i].text, "a.mbox");
        g_assert_cmpstr(walked_root(walked)->type->media_type, ==, "application/mbox");
        unsigned messages = 0;
        for (unsigned k = 0; k < walked->items->len; k++)
            messages += ((const WalkedItem *)walked->items->pdata[k])->depth == 1;
        g_assert_cmpuint(messages, ==, rows[i].messages);
    }
}

static void gives_messages_without_what_lies_between(void)
{
    g_autoptr(Walked) walked = walk_text(FROM FIELDS "\none\n\n" FROM FIELDS "\ntwo\n", "a.mbox");
    g_autoptr(GBytes) one = g_bytes_new_static(FIELDS "\none\n", strlen(FIELDS "\none\n"));
    g_autoptr(GBytes) two = g_bytes_new_static(FIELDS "\ntwo\n", strlen(FIELDS "\ntwo\n"));
    assert_item(walked, "message 1", one);
    assert_item(walked, "message 2", two);
}

// Three pieces of one message, between others and in disorder.
static char *mailbox_of_pieces(GBytes *picture, bool is_whole)
{
    g_autofree char *digits = base64_lines(picture, 76, "\n");
    g_autofree char *message = g_strconcat("Content-Type: image/png; name=a.png\n"
                                           "Content-Transfer-Encoding: base64\n\n",
                                           digits, NULL);
    size_t length = strlen(message), step = length / 3;
    static const unsigned order[] = {2, 0, 1};
    GString *text = g_string_new(FROM FIELDS "\nfirst\n\n");
    for (unsigned i = 0; i < 3; i++) {
        size_t begin = order[i] * step, end = order[i] == 2 ? length : begin + step;
        // Pieces end at line breaks.
        while (begin > 0 && message[begin - 1] != '\n')
            begin--;
        while (end < length && message[end - 1] != '\n')
            end--;
        if (order[i] == 1 && !is_whole)
            continue;
        g_string_append_printf(
            text,
            FROM FIELDS "Content-Type: message/partial; id=\"i@x\"; number=%u; total=3\n\n%.*s\n",
            order[i] + 1, (int)(end - begin), message + begin);
    }
    g_string_append(text, FROM FIELDS "\nlast\n");
    return g_string_free(text, FALSE);
}

static void joins_pieces(void)
{
    g_autoptr(GBytes) picture = sample_picture(4000, 30);
    g_autofree char *text = mailbox_of_pieces(picture, true);
    g_autoptr(Walked) walked = walk_text(text, "a.mbox");
    assert_item(walked, "joined from 3 parts > a.png", picture);
    const WalkedItem *piece = walked_find(walked, "message 2");
    g_assert_nonnull(strstr(walked_finding(piece, FINDING_SEGMENT), "part 3 of 3"));
    g_assert_null(walked_finding(piece, FINDING_NOT_EXAMINED));
    g_assert_nonnull(walked_find(walked, "message 5 > part 1"));
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void says_which_piece_is_missing(void)
{
    g_autoptr(GBytes) picture = sample_picture(4000, 31);
    g_autofree char *text = mailbox_of_pieces(picture, false);
    g_autoptr(Walked) walked = walk_text(text, "a.mbox");
    g_assert_null(walked_find(walked, "joined from 3 parts"));
    const char *detail = walked_finding(walked_find(walked, "message 2"), FINDING_NOT_EXAMINED);
    g_assert_nonnull(detail);
    g_assert_nonnull(strstr(detail, "was not found"));
}

// Children keep their places and layers when some are not wanted.
static void is_the_same_for_sharing_workers(void)
{
    g_autoptr(GBytes) picture = sample_picture(4000, 32);
    g_autofree char *text = mailbox_of_pieces(picture, true);
    g_autoptr(Walked) all = walk_text(text, "a.mbox");
    unsigned found = 0;
    for (unsigned share = 0; share < 3; share++) {
        g_autoptr(Walked) part = walk_fixture_bytes(
            text, strlen(text), "a.mbox", (WalkFixtureOptions){.share = share, .shares = 3});
        for (unsigned i = 0; i + 1 < part->items->len; i++) {
            const WalkedItem *item = part->items->pdata[i];
            const WalkedItem *same = walked_find(all, item->path);
            g_assert_nonnull(same);
            g_assert_cmpstr(item->sha256, ==, same->sha256);
            g_assert_cmpstr(item->locator, ==, same->locator);
            found++;
        }
    }
    g_assert_cmpuint(found, ==, all->items->len - 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail_box/opens_a_real_mailbox", opens_a_real_mailbox);
    g_test_add_func("/mail_box/cuts_at_the_right_lines", cuts_at_the_right_lines);
    g_test_add_func("/mail_box/gives_messages_without_what_lies_between",
                    gives_messages_without_what_lies_between);
    g_test_add_func("/mail_box/joins_pieces", joins_pieces);
    g_test_add_func("/mail_box/says_which_piece_is_missing", says_which_piece_is_missing);
    g_test_add_func("/mail_box/is_the_same_for_sharing_workers", is_the_same_for_sharing_workers);
    return g_test_run();
}
