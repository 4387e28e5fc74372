// SPDX-License-Identifier: Apache-2.0
//
// VicsCaseWriter: a VICS 2.0 case document of what a scan saw: one Media for each distinct content,
// known by its MD5, with every MediaFile under it. The caller brings the items in that order.
//
//   new -> (media_begin -> media_file … -> media_end)… -> end -> free
//
// What is not known is left out: times without a zone, categories of a scheme that is not VICS.
// Totals count what was written and therefore stand behind it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_writer.h"
#include "model/match.h"
#include "model/record.h"

typedef struct VicsCaseWriter VicsCaseWriter;

typedef struct {
    const char *name;
    const char *value; // NULL: left out
} VicsProperty;

// Texts are borrowed until the writer is freed; NULL where unknown.
typedef struct {
    const char *case_id; // a GUID, "00000000-0000-4000-8000-000000000000"; required
    const char *case_number;
    const char *contact_organization, *contact_name;
    const char *scheme; // of all categories; "vics-us" and "vics-uk" name the region
    const char *application_name, *application_version;
    const VicsProperty
        *metadata; // provenance, as CaseMetadata; names are different from one another
    size_t metadata_count;
} VicsCaseFacts;

// One content; borrowed during the call.
typedef struct {
    const Record *record;        // of any item with this content; must have digests
    const char *category;        // under facts.scheme, or NULL
    const char *category_source; // the set that said so
    const char *series;
    const Match *matches;
    size_t match_count;
} VicsCaseMedia;

VicsCaseWriter *vics_case_writer_new(const VicsCaseFacts *facts, const ListOutput *output);

bool vics_case_media_begin(VicsCaseWriter *writer, const VicsCaseMedia *media, GError **err);
// One item that holds the content begun last.
bool vics_case_media_file(VicsCaseWriter *writer, const Record *item, GError **err);
bool vics_case_media_end(VicsCaseWriter *writer, GError **err);

// Closes the document. The caller then commits the file.
bool vics_case_end(VicsCaseWriter *writer, GError **err);

void vics_case_writer_free(VicsCaseWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VicsCaseWriter, vics_case_writer_free)
