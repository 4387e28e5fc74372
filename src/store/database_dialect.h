// SPDX-License-Identifier: Apache-2.0
//
// One SQL text serves both engines. It is written for SQLite with the words both know; what is
// spelled differently in PostgreSQL is rewritten here, token by token, so that text in quotes and
// comments stays as it is:
//
//   ?1                      $1, or NULL where asked for
//   INTEGER, BLOB, REAL     BIGINT, BYTEA, DOUBLE PRECISION, as type of a column or of a CAST
//   TEXT                    TEXT COLLATE "C" as type of a column: both engines order by bytes
//   STRICT, WITHOUT ROWID   left out
//   x'00ff'                 '\x00ff'::bytea
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// Parameters 1 to 64 whose bit (position - 1) is set are written as NULL. Newly allocated.
char *database_dialect_postgres(const char *sql, uint64_t null_parameters);

// The highest ?N in it; 0 without parameters.
unsigned database_dialect_parameters(const char *sql);

// True when a single statement only reads: SELECT or VALUES, or WITH in front of such.
bool database_dialect_only_reads(const char *sql);
