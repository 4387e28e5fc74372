// SPDX-License-Identifier: Apache-2.0
//
// The tables whose rows the audit log vouches for. Each has `id INTEGER PRIMARY KEY` and `seq`, the
// number of the leaf whose act wrote the row last. A leaf carries one digest over all rows its act
// wrote; what a later act overwrites or deletes leaves its hash in audit_superseded. So a row that
// was changed, added or taken away behind the log's back makes some leaf's digest wrong.
//
// The hash of a row is SHA-256 over the table's name and then, of every column that is not NULL,
// its place, type and bytes, each length-prefixed. A column that a later migration appends is NULL
// in old rows and so changes no old hash; columns are never reordered or removed from the list.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/database.h"

// The number is part of the record: new tables go to the end.
typedef enum {
    TABLE_UNIT,
    TABLE_ACCOUNT,
    TABLE_ACCOUNT_SECRET,
    TABLE_TOKEN,
    TABLE_OBJECT_KEY,
    TABLE_CASE_FILE,
    TABLE_CASE_MEMBER,
    TABLE_EVIDENCE,
    TABLE_MEDIA,
    TABLE_ITEM,
    TABLE_CASE_MEDIA,
    TABLE_MEDIA_MATCH,
    TABLE_PREVIEW,
    TABLE_VOTE,
    TABLE_DECISION,
    TABLE_NOTE,
    TABLE_SERIES,
    TABLE_SERIES_MEDIA,
    TABLE_VICTIM,
    TABLE_VICTIM_STATE,
    TABLE_VICTIM_LINK,
    TABLE_IDENTIFIER,
    TABLE_ENQUIRY,
    TABLE_RETENTION_RULE,
    TABLE_EXPUNGE,
    TABLE_TOMBSTONE,
    TABLE_VICS_DOCUMENT,
    TABLE_VICS_MEDIA,
    TABLE_RECOVERY_CODE,
    TABLE_EXAMINATION,
    TABLE_COUNT,
    TABLE_PAYLOAD = 1000, // no table: payloads of leaves, which can only be erased
} AuditTable;

typedef struct {
    const char *name;
    const char *types;    // of the columns after id and seq: i integer, t text, b blob, r real
    const char *columns;  // "id, seq, …" in the order of types
    const char *by_id;    // SELECT the columns of the row ?1
    const char *by_range; // of the rows ?1 to ?2 whose seq is ?3, by id
    const char *by_seq;   // of all rows by seq, then id
} AuditTableInfo;

// NULL when no migration of this version makes such a table, and for every other number. Static.
const AuditTableInfo *audit_table(AuditTable table);

// Of the row that a statement over one of the SELECTs above stands on.
void audit_row_hash(AuditTable table, const Statement *row, uint8_t ret_hash[SHA256_BYTES]);
