// SPDX-License-Identifier: Apache-2.0
//
// Identifiers: what leads to a person or an account: e-mail, phone, account, IP address with time
// and port, device, URL, name. Out of records, case documents and people's hands. They are
// compared in a form of their own, and shown as they were written.
//
//   email    lower case, with one @
//   phone    digits behind "+"; 00 becomes +; at least 5 digits
//   account  lower case, spaces pressed together, a leading @ taken off
//   ip       IPv4 or IPv6 as the system writes it
//   device   letters and digits, upper case (IMEI, serial numbers)
//   url      scheme and host in lower case, no fragment, no default port, no slash at the end
//   name     case-folded, spaces pressed together
//
// What they say is personal: none of it goes into the record of acts.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/traits.h"
#include "store/identifier_rows.h"

#define IDENTIFIER_BYTES_MAX 1024u

// As it is compared; NULL when it is none of this kind. `kind` is one of TRAIT_EMAIL to TRAIT_NAME.
char *identifier_normalise(TraitKind kind, const char *written);

typedef enum {
    IDENTIFIER_FROM_HAND,
    IDENTIFIER_FROM_MAIL,
    IDENTIFIER_FROM_VICS,
} IdentifierSource;

typedef struct {
    TraitKind kind;
    const char *written;
    uint64_t media_id, item_id; // what it was found at; 0: the case as a whole
    bool has_at;                // an address in use at this moment
    int64_t at_us;
    uint16_t port; // 0: not said
    IdentifierSource source;
} IdentifierNew;

// CLEW_ERROR_INVALID: not of its kind. The case must be open.
bool identifier_add(Act *act, uint64_t case_id, const IdentifierNew *identifier, uint64_t *ret_id,
                    GError **err);
bool identifier_remove(Act *act, uint64_t case_id, uint64_t id, GError **err);

// Of IdentifierRow *, by id behind `after_id`; when `media_id` is not 0, those found at that media
// or at an item of it.
GPtrArray *identifier_list(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                           uint64_t after_id, unsigned limit, GError **err);

// ---- Bulk, for ingest ---------------------------------------------------------------------------

// Gathers the traits of a batch of records of one case; finish writes the sums. Inside the act that
// writes their rows. `traits` is traits_of_record's answer.
typedef struct TraitBatch TraitBatch;
TraitBatch *trait_batch_new(Act *act, uint64_t case_id);
void trait_batch_free(TraitBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraitBatch, trait_batch_free)

// An item that is new in the case. `is_media_new`: its media was not in the case before. Media may
// be 0.
bool trait_batch_add(TraitBatch *batch, uint64_t media_id, bool is_media_new, uint64_t item_id,
                     const GPtrArray *traits, GError **err);
bool trait_batch_finish(TraitBatch *batch, GError **err);
