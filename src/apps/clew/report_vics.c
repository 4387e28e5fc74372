// SPDX-License-Identifier: Apache-2.0
//
// The scan as a VICS 2.0 case document for other tools: every still and video, and whatever else
// matched, one Media for each MD5 with every file under it. Categories come from exact matches
// under the scheme that most of them have; near matches are suggestions and stand in the metadata.
#include <string.h>

#include "apps/clew/media_spool.h"
#include "apps/clew/report.h"
#include "lists/vics_case_writer.h"

typedef struct {
    MediaSpool *spool;
    GHashTable *schemes; // scheme -> number of exact matches that have it
    GString *provenance[3];
    char *started;
} State;

static bool begin(Report *report, const Provenance *provenance, GError **err)
{
    State *state = g_new0(State, 1);
    report->state = state;
    state->spool = media_spool_new(err);
    state->schemes = g_hash_table_new(g_str_hash, g_str_equal);
    state->started = g_strdup(provenance->started);
    state->provenance[0] = g_string_new(provenance->command_line);
    state->provenance[1] = g_string_new(NULL);
    g_string_printf(state->provenance[1], "%s; sandbox: %s", provenance->decoders,
                    provenance->sandbox);
    state->provenance[2] = g_string_new(NULL);
    for (size_t i = 0; i < provenance->set_count; i++) {
        const MatcherSet *set = &provenance->sets[i];
        g_string_append_printf(
            state->provenance[2], "%s%s (%s, generation %" G_GUINT64_FORMAT ", digest %s)",
            i > 0 ? "; " : "", set->name, set_kind_name(set->kind), set->generation, set->digest);
    }
    return state->spool != NULL;
}

static void count_schemes(State *state, const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->type != MATCH_EXACT || match->scheme == NULL || match->category == NULL)
            continue;
        size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(state->schemes, match->scheme));
        g_hash_table_insert(state->schemes, (void *)match->scheme, GSIZE_TO_POINTER(count + 1));
    }
}

static bool write_item(Report *report, const ReportItem *item, GError **err)
{
    State *state = report->state;
    bool is_wanted = item->is_media || item->matches->len > 0;
    if (!item->record->has_digests || !is_wanted)
        return true;
    count_schemes(state, item->matches);
    return media_spool_add(state->spool, item->record, item->matches, err);
}

// The scheme most exact matches have; by name where several have as many.
static const char *main_scheme(const State *state)
{
    GHashTableIter iter;
    void *name, *count;
    const char *best = NULL;
    size_t best_count = 0;
    g_hash_table_iter_init(&iter, state->schemes);
    while (g_hash_table_iter_next(&iter, &name, &count)) {
        size_t n = GPOINTER_TO_SIZE(count);
        if (n > best_count || (n == best_count && strcmp(name, best) < 0)) {
            best = name;
            best_count = n;
        }
    }
    return best;
}

typedef struct {
    VicsCaseWriter *writer;
    const char *scheme;
    bool is_open;
} Pass;

// The category that all exact matches under the scheme agree on; NULL when they do not.
static const Match *deciding_match(const Pass *pass, const GArray *matches)
{
    const Match *deciding = NULL;
    for (unsigned i = 0; matches != NULL && i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        bool counts = match->type == MATCH_EXACT && !match->contradicted &&
                      match->category != NULL && g_strcmp0(match->scheme, pass->scheme) == 0;
        if (!counts)
            continue;
        if (deciding != NULL && strcmp(deciding->category, match->category) != 0)
            return NULL;
        deciding = match;
    }
    return deciding;
}

static bool write_media(void *user_data, const Record *record, const GArray *matches, bool is_first,
                        GError **err)
{
    Pass *pass = user_data;
    if (is_first) {
        if (pass->is_open && !vics_case_media_end(pass->writer, err))
            return false;
        const Match *deciding = deciding_match(pass, matches);
        VicsCaseMedia media = {.record = record,
                               .category = deciding != NULL ? deciding->category : NULL,
                               .category_source = deciding != NULL ? deciding->set_name : NULL,
                               .matches = matches != NULL ? (const Match *)matches->data : NULL,
                               .match_count = matches != NULL ? matches->len : 0};
        if (!vics_case_media_begin(pass->writer, &media, err))
            return false;
        pass->is_open = true;
    }
    return vics_case_media_file(pass->writer, record, err);
}

static bool write_to_report(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    Report *report = user_data;
    g_string_append_len(report->text, bytes, (gssize)size_bytes);
    return report_send(report, err);
}

static bool end(Report *report, const Closing *closing, GError **err)
{
    const ScanTotals *totals = closing->totals;
    State *state = report->state;
    g_autofree char *case_id = g_uuid_string_random();
    g_autofree char *not_examined = report_not_examined_text(totals);
    g_autofree char *libraries = report_libraries_text();
    g_autofree char *limits = report_limits_text();
    const VicsProperty properties[] = {
        {"ClewCommandLine", state->provenance[0]->str},
        {"ClewDecoders", state->provenance[1]->str},
        {"ClewLibraries", libraries},
        {"ClewLimits", limits},
        {"ClewSets", state->provenance[2]->str},
        {"ClewStarted", state->started},
        {"ClewEnded", closing->ended},
        {"ClewNotExamined", not_examined},
        {"ClewPartial", totals->interrupted ? "interrupted before the end" : NULL},
    };
    Pass pass = {.scheme = main_scheme(state)};
    VicsCaseFacts facts = {.case_id = case_id,
                           .scheme = pass.scheme,
                           .application_name = "Clew",
                           .application_version = CLEW_VERSION,
                           .metadata = properties,
                           .metadata_count = G_N_ELEMENTS(properties)};
    ListOutput output = {.write = write_to_report, .user_data = report};
    g_autoptr(VicsCaseWriter) writer = vics_case_writer_new(&facts, &output);
    pass.writer = writer;
    return media_spool_each(state->spool, write_media, &pass, err) &&
           (!pass.is_open || vics_case_media_end(writer, err)) && vics_case_end(writer, err);
}

static void clear(Report *report)
{
    State *state = report->state;
    if (state == NULL)
        return;
    media_spool_free(state->spool);
    g_hash_table_unref(state->schemes);
    for (size_t i = 0; i < G_N_ELEMENTS(state->provenance); i++)
        if (state->provenance[i] != NULL)
            g_string_free(state->provenance[i], TRUE);
    g_free(state->started);
    g_free(state);
}

const ReportForm report_form_vics = {begin, write_item, end, clear};
