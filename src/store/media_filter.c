// SPDX-License-Identifier: Apache-2.0
#include "store/media_filter.h"

// '#' is where the text goes, which may be asked for twice.
static void append_condition(GString *sql, const char *condition, unsigned parameter)
{
    g_string_append(sql, " AND ");
    for (const char *c = condition; *c != '\0'; c++) {
        if (*c == '#')
            g_string_append_printf(sql, "?%u", parameter);
        else
            g_string_append_c(sql, *c);
    }
}

#define HAS_FINDING "i.findings IS NOT NULL AND i.findings LIKE '%\"type\":\"' || # || '\"%'"

// Items of a media, one media after the other; or all items with findings at once.
static const char finding_of_row[] =
    "EXISTS (SELECT 1 FROM item i WHERE i.media_id = c.media_id AND i.case_id = ?1 AND " HAS_FINDING
    ")";
static const char finding_of_case[] =
    "c.media_id IN (SELECT i.media_id FROM item i WHERE i.case_id = ?1 AND " HAS_FINDING ")";

#define TAGGED                                                                                     \
    "(SELECT n.case_media_id FROM note n WHERE n.case_id = ?1 AND n.text = # AND n.kind = 'tag' "  \
    "AND n.removed_us IS NULL AND n.is_stack = "
static const char tagged[] = "(c.id IN " TAGGED "0) OR c.stack_id IN " TAGGED "1))";

static bool is_open(const MediaListFilter *filter)
{
    return g_strcmp0(filter->decision, "open") == 0;
}

unsigned media_filter_append(GString *sql, const MediaListFilter *filter, MediaFilterPlace place,
                             const char *ret_texts[MEDIA_FILTER_TEXTS])
{
    const struct {
        const char *condition, *text;
    } rows[MEDIA_FILTER_TEXTS] = {
        {"c.kind = #", filter->kind},
        {"c.decision = #", is_open(filter) ? NULL : filter->decision},
        {"m.family = #", filter->family},
        {"m.status = #", filter->status},
        {place.whole ? finding_of_case : finding_of_row, filter->finding},
        {tagged, filter->tag},
    };
    unsigned count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].text == NULL)
            continue;
        append_condition(sql, rows[i].condition, place.first + count);
        ret_texts[count++] = rows[i].text;
    }
    if (is_open(filter))
        g_string_append(sql, " AND c.decision IS NULL");
    if (filter->stack_id != 0)
        g_string_append_printf(sql, " AND c.stack_id = %" G_GUINT64_FORMAT, filter->stack_id);
    return count;
}
