// SPDX-License-Identifier: Apache-2.0
//
// A message is taken apart into exactly its parts, whatever its boundaries do.
#include "evidence/mail_structure.h"

#include <string.h>

typedef struct {
    const char *text;
    GString *told; // one line an event
    unsigned left; // events until one returns false
} Told;

static bool tell_header(void *user_data, const MailPart *message)
{
    Told *told = user_data;
    g_string_append_printf(told->told, "header %s\n", message->content->media_type);
    return --told->left > 0;
}

static bool tell_part(void *user_data, const MailPart *part)
{
    Told *told = user_data;
    g_string_append_printf(told->told, "%s %s%s [%.*s]\n", part->number, part->content->media_type,
                           part->is_too_deep ? " too deep" : "", (int)part->body_bytes,
                           told->text + part->body_offset);
    return --told->left > 0;
}

static bool tell_between(void *user_data, const char *number, bool is_behind, uint64_t offset,
                         uint64_t size_bytes)
{
    Told *told = user_data;
    g_string_append_printf(told->told, "%s %s [%.*s]\n", is_behind ? "behind" : "before", number,
                           (int)size_bytes, told->text + offset);
    return --told->left > 0;
}

static char *read_structure(const char *text, unsigned events_wanted)
{
    Told told = {.text = text, .told = g_string_new(NULL), .left = events_wanted};
    const MailEvents events = {
        .header = tell_header, .part = tell_part, .between = tell_between, .user_data = &told};
    g_autoptr(Source) source = source_new_memory(text, strlen(text));
    g_autoptr(GError) error = NULL;
    bool ok = mail_structure_read(source, 0, &events, &error);
    g_assert_no_error(error);
    g_assert_true(ok == (told.left > 0));
    return g_string_free(told.told, FALSE);
}

#define MULTIPART(boundary) "Content-Type: multipart/mixed; boundary=" boundary "\n\n"

static void takes_messages_apart(void)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"From: a\n\nhello\n", "header text/plain\n1 text/plain [hello\n]\n"},
        {"From: a\r\n\r\nhello\r\n", "header text/plain\n1 text/plain [hello\r\n]\n"},
        {"From: a\n", "header text/plain\n1 text/plain []\n"},
        {"", "header text/plain\n1 text/plain []\n"},
        {MULTIPART("b") "before\n--b\n\none\n--b\n\ntwo\n--b--\nbehind\n",
         "header multipart/mixed\nbefore  [before]\n1 text/plain [one]\n2 text/plain [two]\n"
         "behind  [behind\n]\n"},
        // The line break before a boundary is the boundary's; one more is the part's.
        {MULTIPART("b") "--b\r\nA: b\r\n\r\none\r\n\r\n--b--\r\n",
         "header multipart/mixed\n1 text/plain [one\r\n]\n"},
        // No last boundary, no empty line behind fields, an empty part.
        {MULTIPART("b") "--b\n\n--b\nA: b\n--b\n\ntail\n",
         "header multipart/mixed\n1 text/plain []\n2 text/plain []\n3 text/plain [tail\n]\n"},
        // Blanks behind a boundary; a longer word that begins with it; one boundary inside another.
        {MULTIPART("\"b \"") "--b  \n\none\n--bc\n--b-- \t\n",
         "header multipart/mixed\n1 text/plain [one\n--bc]\n"},
        {MULTIPART("b") "--b\n" MULTIPART("bb") "--bb\n\ninner\n--bb--\n--b\n\nouter\n--b--\n",
         "header multipart/mixed\n1.1 text/plain [inner]\n2 text/plain [outer]\n"},
        // An outer boundary ends what an inner one left open.
        {MULTIPART("b") "--b\n" MULTIPART("c") "--c\n\ninner\n--b\n\nouter\n--b--\n--c\nlost\n",
         "header multipart/mixed\n1.1 text/plain [inner]\n2 text/plain [outer]\n"
         "behind  [--c\nlost\n]\n"},
        // Behind the last boundary there are no parts.
        {MULTIPART("b") "--b\n\none\n--b--\n--b\n\ntwo\n",
         "header multipart/mixed\n1 text/plain [one]\nbehind  [--b\n\ntwo\n]\n"},
        // A part that begins without fields and without an empty line.
        {MULTIPART("b") "--b\njust text\n--b--\n",
         "header multipart/mixed\n1 text/plain [just text]\n"},
        // The body begins where the fields break off, and be it with a boundary.
        {"Content-Type: multipart/mixed; boundary=b\n--b\n\none\n--b--\n",
         "header multipart/mixed\n1 text/plain [one]\n"},
        {"Content-Transfer-Encoding: base64\n/9j/4AAQ\n",
         "header text/plain\n1 text/plain [/9j/4AAQ\n]\n"},
        // Digests are of messages. A multipart without a boundary is one part, so is an encoded
        // one.
        {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a\n--b--\n",
         "header multipart/digest\n1 message/rfc822 [From: a]\n"},
        {"Content-Type: multipart/mixed\n\n--b\n",
         "header multipart/mixed\n1 multipart/mixed [--b\n]\n"},
        {"Content-Transfer-Encoding: base64\n" MULTIPART("b") "LS1i\n",
         "header multipart/mixed\n1 multipart/mixed [LS1i\n]\n"},
        // The semicolon that some leave out.
        {"Content-Type: multipart/mixed boundary=\"b\"\n\n--b\n\none\n--b--\n",
         "header multipart/mixed\n1 text/plain [one]\n"},
        {"From x@y Thu Jan  1 00:00:00 2026\n>From x\nA: b\n\nhello",
         "header text/plain\n1 text/plain [hello]\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *told = read_structure(rows[i].text, 1000);
        g_assert_cmpstr(told, ==, rows[i].told);
    }
}

static void stops_when_told(void)
{
    const char *text = MULTIPART("b") "before\n--b\n\none\n--b\n\ntwo\n--b--\nbehind\n";
    for (unsigned wanted = 1; wanted <= 5; wanted++) {
        g_autofree char *told = read_structure(text, wanted);
        unsigned lines = 0;
        for (const char *at = told; *at != 0; at++)
            lines += *at == '\n';
        g_assert_cmpuint(lines, >=, wanted);
    }
}

// However deep: what is not gone into is told whole, with its fields.
static void tells_what_is_too_deep(void)
{
    for (unsigned depth = MAIL_NESTING - 1; depth <= MAIL_NESTING + 1; depth++) {
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < depth; i++)
            g_string_append_printf(text,
                                   "%s"
                                   "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n",
                                   "", i, i);
        g_string_append(text, "\nleaf\n");
        g_autofree char *owned = g_string_free(text, FALSE);
        g_autofree char *told = read_structure(owned, 1000);
        g_assert_nonnull(strstr(told, "leaf"));
        g_assert_true((strstr(told, "too deep") != NULL) == (depth > MAIL_NESTING));
        g_assert_true((strstr(told, "1.1 text/plain [leaf") != NULL) == (depth <= MAIL_NESTING));
    }
}

// Lines longer than any buffer are gone through, and boundaries behind them seen.
static void passes_long_lines(void)
{
    for (size_t length = 65500; length < 65570; length++) {
        g_autofree char *line = g_strnfill(length, 'x');
        g_autofree char *text =
            g_strconcat(MULTIPART("b") "--b\n\n", line, "\n--b\n\ntwo\n--b--\n", NULL);
        g_autofree char *told = read_structure(text, 1000);
        g_assert_nonnull(strstr(told, "2 text/plain [two]\n"));
        g_assert_nonnull(strstr(told, "x]\n2 "));
        g_assert_cmpuint(
            strlen(told), ==,
            length + strlen("header multipart/mixed\n1 text/plain []\n2 text/plain [two]\n"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_prepare();
    g_test_add_func("/mail_structure/takes_messages_apart", takes_messages_apart);
    g_test_add_func("/mail_structure/stops_when_told", stops_when_told);
    g_test_add_func("/mail_structure/tells_what_is_too_deep", tells_what_is_too_deep);
    g_test_add_func("/mail_structure/passes_long_lines", passes_long_lines);
    return g_test_run();
}
