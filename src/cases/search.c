// SPDX-License-Identifier: Apache-2.0
#include "cases/search.h"

#include <string.h>

#include "base/error.h"
#include "cases/case_file.h"
#include "cases/case_sight.h"
#include "cases/identifiers.h"
#include "store/enquiry_rows.h"
#include "store/search_rows.h"
#include "store/trait_rows.h"

#define SCAN_BLOCK 5000u

static const char *const kind_names[SEARCH_KIND_COUNT] = {
    [SEARCH_DIGEST] = "digest",       [SEARCH_PDQ] = "pdq",         [SEARCH_PREFIX] = "prefix",
    [SEARCH_NAME_PART] = "name_part", [SEARCH_DATES] = "dates",     [SEARCH_TRAIT] = "trait",
    [SEARCH_PLACE] = "place",         [SEARCH_FINDING] = "finding", [SEARCH_NOTE] = "note",
};

const char *search_kind_name(SearchKind kind)
{
    g_return_val_if_fail((unsigned)kind < SEARCH_KIND_COUNT, "unknown");
    return kind_names[kind];
}

bool search_kind_from_name(const char *name, SearchKind *ret_kind)
{
    for (unsigned i = 0; name != NULL && i < SEARCH_KIND_COUNT; i++)
        if (g_str_equal(name, kind_names[i])) {
            *ret_kind = (SearchKind)i;
            return true;
        }
    return false;
}

void search_cursor_clear(SearchCursor *cursor)
{
    g_free(cursor->text);
    *cursor = (SearchCursor){0};
}

typedef struct {
    Act *act;
    const Search *search;
    const CaseSight *sight;
    SearchCursor *cursor;
    unsigned limit, scanned;
    char *term;     // as it is compared
    GArray *values; // of uint64_t: media of a digest, values of a trait
    GArray *hits;   // of SearchHit
} Running;

static bool is_full(const Running *run)
{
    return run->hits->len >= run->limit || run->scanned >= SEARCH_SCAN;
}

static void add_hit(Running *run, uint64_t case_id, const SearchRow *row)
{
    const SearchHit hit = {case_id, row->media_id, row->item_id, row->note_id, 0};
    g_array_append_val(run->hits, hit);
}

// ---- The term ---------------------------------------------------------------------------------

static bool refuse(GError **err, const char *what)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot search: %s", what);
    return false;
}

static bool parse_hex(const char *term, uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        int high = g_ascii_xdigit_value(term[2 * i]);
        int low = high >= 0 ? g_ascii_xdigit_value(term[2 * i + 1]) : -1;
        if (low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool find_digest(Running *run, GError **err)
{
    uint8_t digest[SHA256_BYTES];
    size_t size_bytes = strlen(run->term) / 2;
    bool is_digest =
        strlen(run->term) % 2 == 0 &&
        (size_bytes == MD5_BYTES || size_bytes == SHA1_BYTES || size_bytes == SHA256_BYTES);
    if (!is_digest || !parse_hex(run->term, digest, size_bytes))
        return refuse(err, "a digest has 32, 40 or 64 hex digits");
    return search_rows_digest(act_database(run->act), digest, size_bytes, run->values, err);
}

static bool add_value(Running *run, TraitKind kind, const char *value, GError **err)
{
    uint64_t id;
    if (!trait_rows_find(act_database(run->act), trait_kind_name(kind), value, &id, err))
        return false;
    if (id != 0)
        g_array_append_val(run->values, id);
    return true;
}

static bool find_trait(Running *run, GError **err)
{
    TraitKind kind = run->search->trait;
    if ((unsigned)kind >= TRAIT_KIND_COUNT || kind == TRAIT_FOLDER || kind == TRAIT_FILE_NAME)
        return refuse(err, "this kind of value is not kept by media; search for names instead");
    g_autofree char *value = trait_is_identifier(kind)
                                 ? identifier_normalise(kind, run->search->term)
                             : kind == TRAIT_TAKEN ? g_strdup(run->search->term)
                                                   : g_utf8_strdown(run->search->term, -1);
    if (value == NULL)
        return refuse(err, "the identifier has another form than its kind");
    return add_value(run, kind, value, err);
}

static bool find_place(Running *run, GError **err)
{
    g_autoptr(GPtrArray) cells =
        trait_places_around(run->search->latitude, run->search->longitude, run->search->reach);
    if (cells->len == 0)
        return refuse(err, "a place has a latitude of -90 to 90 and a longitude of -180 to 180");
    for (unsigned i = 0; i < cells->len; i++)
        if (!add_value(run, TRAIT_PLACE, cells->pdata[i], err))
            return false;
    return true;
}

// For LIKE: any text around the term, whose own signs stand for themselves.
static char *pattern_of(const char *before, const char *term, const char *after)
{
    GString *pattern = g_string_new(before);
    for (const char *c = term; *c != '\0'; c++) {
        if (strchr("%_\\", *c) != NULL)
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *c);
    }
    return g_string_free(g_string_append(pattern, after), FALSE);
}

static bool check_term(Running *run, GError **err)
{
    const Search *search = run->search;
    bool has_term = search->kind != SEARCH_DATES && search->kind != SEARCH_PLACE;
    bool in_one_case = search->kind == SEARCH_NAME_PART || search->kind == SEARCH_FINDING;
    size_t length = search->term != NULL ? strlen(search->term) : 0;
    if (has_term &&
        (length == 0 || length > SEARCH_TERM_MAX || !g_utf8_validate(search->term, -1, NULL)))
        return refuse(err, "a term has 1 to 256 bytes of text");
    if (in_one_case && search->case_id == 0)
        return refuse(err, "parts of names and findings are searched in one case; name it");
    if (search->kind == SEARCH_PDQ && search->distance > SEARCH_DISTANCE_MAX)
        return refuse(err, "hashes are searched within at most 64 bits");
    g_autofree char *lower = g_utf8_strdown(has_term ? search->term : "", -1);
    if (search->kind == SEARCH_NAME_PART || search->kind == SEARCH_NOTE)
        run->term = pattern_of("%", lower, "%");
    else if (search->kind == SEARCH_FINDING)
        run->term = pattern_of("%\"type\":\"", lower, "\"%");
    else
        run->term = g_steal_pointer(&lower);
    return true;
}

// ---- One case at a time -----------------------------------------------------------------------

typedef bool (*CaseStep)(Running *run, uint64_t case_id, bool *ret_more, GError **err);

// Moves the cursor to the last row and tells whether there may be more.
static void take_rows(Running *run, uint64_t case_id, const GArray *rows, unsigned asked,
                      bool *ret_more)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const SearchRow *row = &g_array_index(rows, SearchRow, i);
        add_hit(run, case_id, row);
        run->cursor->id = row->item_id != 0 ? row->item_id : row->note_id;
        run->cursor->number = row->number;
        g_free(run->cursor->text);
        run->cursor->text = g_strdup(row->text);
    }
    *ret_more = rows->len == asked;
}

static bool step_rows(Running *run, uint64_t case_id, bool *ret_more, GError **err)
{
    const Search *search = run->search;
    Database *database = act_database(run->act);
    SearchCursor *cursor = run->cursor;
    unsigned asked = run->limit - run->hits->len;
    g_autoptr(GArray) rows = search_rows_new();
    bool ok = false;
    if (search->kind == SEARCH_PREFIX)
        ok = search_rows_prefix(database, case_id, run->term, cursor->text, cursor->id, asked, rows,
                                err);
    else if (search->kind == SEARCH_DATES)
        ok = search_rows_dates(database, case_id, search->from_us, search->to_us,
                               cursor->id == 0 ? INT64_MIN : cursor->number, cursor->id, asked,
                               rows, err);
    else if (search->kind == SEARCH_NOTE)
        ok = search_rows_notes(database, case_id, cursor->id, run->term, asked, rows, err);
    else
        ok = search_rows_items(database, case_id,
                               g_array_index(run->values, uint64_t, cursor->value), cursor->id,
                               asked, rows, err);
    if (ok)
        take_rows(run, case_id, rows, asked, ret_more);
    return ok;
}

static bool step_places(Running *run, uint64_t case_id, bool *ret_more, GError **err)
{
    unsigned asked = run->limit - run->hits->len;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(TraitPlace));
    const TraitPlace after = {case_id, (uint64_t)run->cursor->number, run->cursor->id};
    if (!trait_rows_places(act_database(run->act),
                           g_array_index(run->values, uint64_t, run->cursor->value), case_id,
                           &after, asked, places, err))
        return false;
    for (unsigned i = 0; i < places->len; i++) {
        const TraitPlace *place = &g_array_index(places, TraitPlace, i);
        const SearchHit hit = {case_id, place->media_id, place->item_id, 0, 0};
        g_array_append_val(run->hits, hit);
        run->cursor->number = (int64_t)place->media_id;
        run->cursor->id = place->item_id;
    }
    *ret_more = places->len == asked;
    return true;
}

// Names and findings are looked through, a block of items at a time.
static bool step_scan(Running *run, uint64_t case_id, bool *ret_more, GError **err)
{
    Database *database = act_database(run->act);
    while (!is_full(run)) {
        uint64_t last;
        unsigned asked = run->limit - run->hits->len;
        g_autoptr(GArray) rows = search_rows_new();
        if (!search_rows_block(database, case_id, run->cursor->id, SCAN_BLOCK, &last, err))
            return false;
        *ret_more = last != 0;
        if (last == 0)
            return true;
        bool ok = run->search->kind == SEARCH_FINDING
                      ? search_rows_finding(database, case_id, run->cursor->id, last, run->term,
                                            asked, rows, err)
                      : search_rows_name_part(database, case_id, run->cursor->id, last, run->term,
                                              asked, rows, err);
        if (!ok)
            return false;
        bool is_cut;
        take_rows(run, case_id, rows, asked, &is_cut);
        if (!is_cut)
            run->cursor->id = last;
        run->scanned += SCAN_BLOCK;
    }
    return true;
}

static void next_case(SearchCursor *cursor, uint64_t case_id)
{
    g_clear_pointer(&cursor->text, g_free);
    cursor->case_id = case_id;
    cursor->id = 0;
    cursor->number = 0;
}

// Through the visible cases, from where the cursor stands.
static bool walk_cases(Running *run, CaseStep step, bool *ret_more, GError **err)
{
    size_t count;
    const uint64_t *ids = case_sight_ids(run->sight, &count);
    *ret_more = false;
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < run->cursor->case_id ||
            (run->search->case_id != 0 && ids[i] != run->search->case_id))
            continue;
        *ret_more = true;
        if (is_full(run))
            return true;
        if (run->cursor->case_id != ids[i])
            next_case(run->cursor, ids[i]);
        if (!step(run, ids[i], ret_more, err))
            return false;
        if (*ret_more)
            return true;
    }
    return true;
}

// The same for each of several values.
static bool walk_values(Running *run, CaseStep step, bool *ret_more, GError **err)
{
    *ret_more = false;
    while (run->cursor->value < run->values->len) {
        if (!walk_cases(run, step, ret_more, err))
            return false;
        if (*ret_more)
            return true;
        run->cursor->value++;
        next_case(run->cursor, 0);
    }
    return true;
}

// ---- By likeness ------------------------------------------------------------------------------

static bool add_holders(Running *run, const KnownHit *near, GError **err)
{
    g_autoptr(GArray) holders = g_array_new(FALSE, FALSE, sizeof(MediaHolder));
    bool ok = enquiry_rows_holders(act_database(run->act), near->media_id, holders, err);
    for (unsigned i = 0; i < holders->len; i++) {
        MediaHolder *holder = &g_array_index(holders, MediaHolder, i);
        const SearchHit hit = {holder->case_id, near->media_id, 0, 0, near->distance};
        if (ok && case_sight_has(run->sight, holder->case_id) && run->hits->len < run->limit &&
            (run->search->case_id == 0 || run->search->case_id == holder->case_id))
            g_array_append_val(run->hits, hit);
        media_holder_clear(holder);
    }
    return ok;
}

static bool find_near(Running *run, GError **err)
{
    uint8_t value[PDQ_BYTES];
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(KnownHit));
    if (strlen(run->term) != (size_t)2 * PDQ_BYTES || !parse_hex(run->term, value, PDQ_BYTES))
        return refuse(err, "a PDQ hash has 64 hex digits");
    // Those of cases that nobody here may see are left out before they are counted.
    if (!known_index_near_value(run->search->index, act_database(run->act), value,
                                run->search->distance, UINT32_MAX, near, err))
        return false;
    for (unsigned i = 0; i < near->len && run->hits->len < MIN(run->limit, SEARCH_NEAR_MAX); i++)
        if (!add_holders(run, &g_array_index(near, KnownHit, i), err))
            return false;
    return true;
}

// ---- Running it -------------------------------------------------------------------------------

static bool dispatch(Running *run, bool *ret_more, GError **err)
{
    switch (run->search->kind) {
    case SEARCH_PDQ:
        *ret_more = false;
        return find_near(run, err);
    case SEARCH_DIGEST:
        return find_digest(run, err) && walk_values(run, step_rows, ret_more, err);
    case SEARCH_TRAIT:
        return find_trait(run, err) && walk_values(run, step_places, ret_more, err);
    case SEARCH_PLACE:
        return find_place(run, err) && walk_values(run, step_places, ret_more, err);
    case SEARCH_NAME_PART:
    case SEARCH_FINDING:
        return walk_cases(run, step_scan, ret_more, err);
    default:
        return walk_cases(run, step_rows, ret_more, err);
    }
}

static void say_search(Act *act, const Search *search, unsigned hits)
{
    JsonWriter *json = act_payload(act);
    act_set_case(act, search->case_id);
    json_write_member_string(json, "kind", search_kind_name(search->kind));
    if (search->kind == SEARCH_TRAIT)
        json_write_member_string(json, "trait", trait_kind_name(search->trait));
    if (search->by_example)
        json_write_member_bool(json, "by_example", true);
    json_write_member_uint(json, "length", search->term != NULL ? strlen(search->term) : 0);
    json_write_member_uint(json, "hits", hits);
}

GArray *search_run(Act *act, const Search *search, SearchCursor *cursor, unsigned limit,
                   bool *ret_more, GError **err)
{
    if (search->case_id != 0) {
        g_autoptr(CaseFile) file =
            case_file_get(act_work(act), act_actor(act), search->case_id, err);
        if (file == NULL)
            return NULL;
    }
    g_autoptr(CaseSight) sight = case_sight_new(act_work(act), act_actor(act), err);
    if (sight == NULL)
        return NULL;
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(SearchHit));
    Running run = {.act = act,
                   .search = search,
                   .sight = sight,
                   .cursor = cursor,
                   .limit = MIN(limit, SEARCH_PAGE_MAX),
                   .values = values,
                   .hits = hits};
    bool ok = check_term(&run, err) && dispatch(&run, ret_more, err);
    g_free(run.term);
    if (!ok)
        return NULL;
    say_search(act, search, hits->len);
    return g_steal_pointer(&hits);
}
