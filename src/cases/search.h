// SPDX-License-Identifier: Apache-2.0
//
// Search over the cases somebody may see. Every search is an act (AUDIT_SEARCH); the record says
// what kind of thing was looked for, how long the term was, in which case and how much was found,
// never the term.
//
//   digest     MD5, SHA-1 or SHA-256, hex                            items with that content
//   pdq        64 hex digits, within `distance` bits                 nearest media, one page
//   prefix     begin of a file's name                                items
//   name_part  part of a file's name, in one case                    items
//   dates      modified from_us up to, not with, to_us               items
//   trait      camera, folder …, identifier: the value as people     media and items
//              write it
//   place      a place and `reach` cells around it (cases/traits.h)  media
//   finding    name of a finding, in one case                        items
//   note       text in notes and tags                                notes
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/known_index.h"
#include "cases/traits.h"

typedef enum {
    SEARCH_DIGEST,
    SEARCH_PDQ,
    SEARCH_PREFIX,
    SEARCH_NAME_PART,
    SEARCH_DATES,
    SEARCH_TRAIT,
    SEARCH_PLACE,
    SEARCH_FINDING,
    SEARCH_NOTE,
    SEARCH_KIND_COUNT,
} SearchKind;

const char *search_kind_name(SearchKind kind);
bool search_kind_from_name(const char *name, SearchKind *ret_kind);

#define SEARCH_TERM_MAX 256u
#define SEARCH_PAGE_MAX 200u
#define SEARCH_NEAR_MAX 100u
#define SEARCH_DISTANCE_MAX 64u
#define SEARCH_SCAN 50000u // items that one call looks at for a part of a name or a finding

typedef struct {
    SearchKind kind;
    const char *term;
    uint64_t case_id; // in this case alone; 0: all visible ones
    unsigned distance;
    KnownIndex *index; // for pdq
    bool by_example;   // the hash is of a picture that was shown; the record says so
    int64_t from_us, to_us;
    TraitKind trait;
    double latitude, longitude;
    unsigned reach;
} Search;

// Where a page ends; all-zero is the beginning. The caller's, to be cleared.
typedef struct {
    uint64_t value; // which of several values of a trait
    uint64_t case_id, id;
    int64_t number;
    char *text;
} SearchCursor;
void search_cursor_clear(SearchCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SearchCursor, search_cursor_clear)

typedef struct {
    uint64_t case_id, media_id;
    uint64_t item_id, note_id; // 0: none
    unsigned distance;
} SearchHit;

// Hits behind the cursor, which moves on (of SearchHit). *ret_more: call again, also when the page
// is not full. CLEW_ERROR_INVALID says what is wrong with the term.
GArray *search_run(Act *act, const Search *search, SearchCursor *cursor, unsigned limit,
                   bool *ret_more, GError **err);
