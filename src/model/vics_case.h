// SPDX-License-Identifier: Apache-2.0
//
// What a VICS case document says, as far as Clew has a use for it. Each media and identifier keeps
// its whole JSON object besides (`raw`, compact, members in the order they came), so that it can be
// written again with every member, known or not, in the form its maker chose. The typed members
// are read from it and never the only copy.
//
// Texts are plain (model/plain_text.h), at most LIMIT_VICS_TEXT_BYTES, NULL when absent. A flag is
// 1 yes, 0 no, -1 not said.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"

typedef struct {
    bool present;
    uint64_t value;
} VicsNumber;

// A name and a value in a list of a media or identifier.
typedef enum {
    VICS_FIELD_EXIF,
    VICS_FIELD_METADATA,
    VICS_FIELD_HASH,       // AlternativeHashes
    VICS_FIELD_REPOSITORY, // value is NULL
    VICS_FIELD_KIND_COUNT,
} VicsFieldKind;

// "exif", "metadata", "hash", "repository".
const char *vics_field_kind_name(VicsFieldKind kind);

typedef struct {
    VicsFieldKind kind;
    char *name;
    char *value;
    char *group; // Exif PropertyGroup
} VicsField;

typedef struct {
    char *file_name;
    char *file_path;                    // as it came: for people, never to open a file with
    char *created, *written, *accessed; // strict UTC; NULL also where the zone is not said
    char *source_id;
    VicsNumber location; // PhysicalLocation
    int unallocated, deleted;
    char *parent_md5, *parent_name, *parent_path;
} VicsMediaFile;

typedef struct {
    char *event_id;
    char *time; // strict UTC
    char *type;
} VicsEvent;

// An account, address or name; of the case or of one media.
typedef struct {
    char *raw; // of a case's own; NULL inside a media
    unsigned case_ordinal;
    char *key; // "MD5", which is the entity's key
    char *type, *name, *application, *comments, *tags;
    GPtrArray *fields; // of VicsField
    GPtrArray *events; // of VicsEvent
    unsigned refused;
} VicsIdentifier;

typedef enum {
    VICS_PHOTODNA_NONE,
    VICS_PHOTODNA_KEPT,      // of the right length; kept, not matchable
    VICS_PHOTODNA_NOT_VALID, // of another length or form
    VICS_PHOTODNA_BOGUS,     // a constant that one tool writes where hashing failed
    VICS_PHOTODNA_COUNT,
} VicsPhotodna;

typedef struct {
    char *raw;             // one JSON value; typed members are absent when it is no object
    unsigned case_ordinal; // which element of "value", from 0
    uint64_t position;     // byte offset in the document
    bool has_md5, has_sha1, has_sha256; // SHA-256 comes from AlternativeHashes
    uint8_t md5[MD5_BYTES];
    uint8_t sha1[SHA1_BYTES];
    uint8_t sha256[SHA256_BYTES];
    char *category; // somebody else's, as text; never a vote
    char *precategorization_source;
    char *series;
    char *comments, *tags;
    char *mime_type;
    char *relative_path; // with "/", inside its folder; NULL when it leaves it
    char *updated;       // strict UTC
    VicsNumber size_bytes;
    int victim_identified, offender_identified, distributed, suspected, precategorized;
    int self_generated;
    VicsPhotodna photodna;
    GPtrArray *files;       // of VicsMediaFile
    GPtrArray *fields;      // of VicsField
    GPtrArray *identifiers; // of VicsIdentifier
    unsigned refused;       // values whose form is not understood; they are in `raw`
} VicsMedia;

// One element of "value": its own members. Comes behind its media, because they may.
typedef struct {
    unsigned ordinal;
    char *case_id, *case_number;
    char *contact_organization, *contact_name, *contact_phone, *contact_email, *contact_title;
    char *seized; // strict UTC
    char *application_name, *application_version;
    unsigned refused;
} VicsCaseHead;

// The document around media and identifiers.
typedef struct {
    char *frame;   // the JSON text with the "Media" and "Identifiers" arrays of its cases empty
    char *version; // "2.0"; NULL when the context does not say
    char *region;  // "US"
    unsigned case_count;
    uint64_t media_count, identifier_count;
} VicsDocument;

// Caller's storage; clear frees what it holds, and only init may follow. Clearing zeros is
// harmless.
void vics_media_init(VicsMedia *media);
void vics_media_clear(VicsMedia *media);
void vics_identifier_init(VicsIdentifier *identifier);
void vics_identifier_clear(VicsIdentifier *identifier);
void vics_case_head_clear(VicsCaseHead *head); // of a head that began as zeros
void vics_document_clear(VicsDocument *document);

// Append an empty one, which the list owns.
VicsMediaFile *vics_media_add_file(VicsMedia *media);
VicsIdentifier *vics_media_add_identifier(VicsMedia *media);
VicsEvent *vics_identifier_add_event(VicsIdentifier *identifier);
VicsField *vics_fields_add(GPtrArray *fields, VicsFieldKind kind);
