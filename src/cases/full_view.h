// SPDX-License-Identifier: Apache-2.0
//
// FullView: the evidence itself, shown by the media worker or handed out as bytes. Each is an act
// (AUDIT_FULL_VIEW, AUDIT_EXPORT) that says what for; it is committed before anything is given out.
//
// ViewDesk holds the workers that do it: a bounded number, each for one request at a time.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "cases/preview.h"
#include "wire/zygote.h"

typedef struct ViewDesk ViewDesk;

typedef struct {
    Zygote *media, *evidence; // borrowed
    const char *const *roots; // folders below which evidence lies, NULL-terminated; borrowed
} ViewDeskOptions;

#define VIEW_DESK_CLIENTS 2u
#define VIEW_DESK_WAIT_MS 30000u

ViewDesk *view_desk_new(const ViewDeskOptions *options);
void view_desk_free(ViewDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewDesk, view_desk_free)

// For others who work on pictures: a place at the desk, to be left again, and what workers are made
// of. CLEW_ERROR_BUSY when none becomes free in time.
bool view_desk_enter(ViewDesk *desk, GError **err);
void view_desk_leave(ViewDesk *desk);
Zygote *view_desk_media(const ViewDesk *desk);

typedef struct {
    uint64_t case_id, item_id;
    uint64_t media_id; // must be that of the item; 0: whatever it is
    const char *purpose;
} FullView;

// *ret_jpeg is newly referenced. CLEW_ERROR_NOT_FOUND: no such item for this actor, or its evidence
// is not at its place now; _DENIED, _CONFLICT, _LIMIT as of view_source.h; _UNSUPPORTED says why it
// cannot be shown.
bool full_view_show(ViewDesk *desk, Casework *work, const Actor *actor, const FullView *view,
                    const ViewChoice *choice, GBytes **ret_jpeg, GError **err);

// The bytes themselves, checked against the recorded SHA-256, in a file without a name.
#define FULL_VIEW_EXPORT_BYTES (16ull << 30)
bool full_view_export(ViewDesk *desk, Casework *work, const Actor *actor, const FullView *view,
                      int *ret_descriptor, uint64_t *ret_size_bytes, GError **err);
