// SPDX-License-Identifier: Apache-2.0
#include "evidence/mail_partial.h"

#include <string.h>

// Names tried one after another without finding a piece.
#define MISSES_MAX 8u
#define ID_SHOWN_BYTES 100

static void free_source(void *source)
{
    source_free(source);
}

MailPieces *mail_pieces_new(const MailContent *content)
{
    MailPieces *pieces = g_new0(MailPieces, 1);
    pieces->id = g_strdup(content->partial_id);
    pieces->bodies = g_ptr_array_new_with_free_func(free_source);
    return pieces;
}

void mail_pieces_free(MailPieces *pieces)
{
    if (pieces == NULL)
        return;
    g_free(pieces->id);
    if (pieces->bodies != NULL)
        g_ptr_array_unref(pieces->bodies);
    g_free(pieces);
}

bool mail_pieces_add(MailPieces *pieces, const MailContent *content, Source *body)
{
    unsigned number = content->partial_number;
    bool fits = content->partial_id != NULL && g_str_equal(content->partial_id, pieces->id) &&
                number >= 1 && number <= MAIL_PIECES_MAX;
    if (!fits || (number <= pieces->bodies->len && pieces->bodies->pdata[number - 1] != NULL)) {
        source_free(body);
        return false;
    }
    if (number > pieces->bodies->len)
        g_ptr_array_set_size(pieces->bodies, (int)number);
    pieces->bodies->pdata[number - 1] = body;
    if (content->partial_total > 0)
        pieces->total = content->partial_total;
    return true;
}

char *mail_pieces_describe(const MailPieces *pieces, unsigned number)
{
    g_autofree char *total =
        pieces->total > 0 ? g_strdup_printf(" of %u", pieces->total) : g_strdup("");
    return g_strdup_printf("part %u%s of the message %.*s", number, total, ID_SHOWN_BYTES,
                           pieces->id);
}

unsigned mail_pieces_missing(const MailPieces *pieces)
{
    for (unsigned i = 0; i < pieces->bodies->len; i++) {
        if (pieces->bodies->pdata[i] == NULL)
            return i + 1;
    }
    bool is_whole = pieces->total > 0 && pieces->bodies->len >= pieces->total;
    return is_whole ? 0 : pieces->bodies->len + 1;
}

bool mail_pieces_deliver(MailPieces *pieces, Walk *walk, const char *layer, ItemTimes times)
{
    g_ptr_array_set_free_func(pieces->bodies, NULL);
    g_autofree char *name = g_strdup_printf("joined from %u parts", pieces->bodies->len);
    g_autoptr(Source) joined = source_new_joined(g_steal_pointer(&pieces->bodies));
    pieces->bodies = g_ptr_array_new_with_free_func(free_source);
    const Child child = {.name = name,
                         .layer = layer,
                         .source = joined,
                         .times = times,
                         .type = sniff_by_media_type("message/rfc822")};
    return walk_child(walk, &child);
}

// ---- Siblings ---------------------------------------------------------------------------------

// A number inside a file's name.
typedef struct {
    size_t begin, length;
    uint64_t value;
} Digits;

// The last number before `end`; false when there is none, or one too long to count with.
static bool find_digits(const char *name, size_t end, Digits *ret_digits)
{
    while (end > 0 && !g_ascii_isdigit(name[end - 1]))
        end--;
    size_t begin = end;
    while (begin > 0 && g_ascii_isdigit(name[begin - 1]))
        begin--;
    *ret_digits = (Digits){.begin = begin, .length = end - begin};
    if (end - begin <= 9)
        ret_digits->value = g_ascii_strtoull(name + begin, NULL, 10);
    return end > begin;
}

// The name with another number, as wide as the first when that has leading zeros.
static char *name_with(const char *name, const Digits *digits, uint64_t value)
{
    int width = name[digits->begin] == '0' ? (int)digits->length : 1;
    return g_strdup_printf("%.*s%0*" G_GUINT64_FORMAT "%s", (int)digits->begin, name, width, value,
                           name + digits->begin + digits->length);
}

static bool add_sibling(MailPieces *pieces, Walk *walk, const char *name, GPtrArray *sources)
{
    Source *sibling = walk_sibling(walk, name);
    if (sibling == NULL)
        return false;
    g_ptr_array_add(sources, sibling);
    uint64_t body = 0;
    g_autoptr(MailHeader) header = mail_header_read(sibling, 0, &body);
    g_autoptr(MailContent) content = mail_content_new(header, "text/plain");
    return mail_pieces_add(pieces, content, source_new_range(sibling, body, UINT64_MAX));
}

// Counts a number in the name up and down. Pieces may be missing; behind many that are, none is
// looked for.
static void count(MailPieces *pieces, Walk *walk, const Digits *digits, unsigned number,
                  GPtrArray *sources)
{
    const char *name = walk_name(walk);
    unsigned misses = 0;
    for (unsigned down = 1; down < number && down <= digits->value && misses < MISSES_MAX; down++) {
        g_autofree char *before = name_with(name, digits, digits->value - down);
        misses = add_sibling(pieces, walk, before, sources) ? 0 : misses + 1;
    }
    misses = 0;
    for (unsigned up = 1; number + up <= MAIL_PIECES_MAX && misses < MISSES_MAX; up++) {
        bool is_behind = pieces->total > 0 && number + up > pieces->total;
        if (is_behind || mail_pieces_missing(pieces) == 0 || walk_is_over(walk))
            break;
        g_autofree char *behind = name_with(name, digits, digits->value + up);
        misses = add_sibling(pieces, walk, behind, sources) ? 0 : misses + 1;
    }
}

void mail_pieces_find_siblings(MailPieces *pieces, Walk *walk, unsigned number, GPtrArray *sources)
{
    const char *name = walk_name(walk);
    Digits digits;
    for (size_t end = strlen(name); find_digits(name, end, &digits); end = digits.begin) {
        if (mail_pieces_missing(pieces) == 0)
            break;
        count(pieces, walk, &digits, number, sources);
    }
}
