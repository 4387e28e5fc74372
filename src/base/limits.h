// SPDX-License-Identifier: Apache-2.0
//
// Every limit on untrusted input, in one place. They count what is really produced or read, never
// what a header declares. Reaching one is said aloud: a record with status `limit`, or
// CLEW_ERROR_LIMIT.
#pragma once

#include <stdint.h>

// Stills.
#define LIMIT_STILL_BYTES (256u << 20)           // one encoded picture handed to a media worker
#define LIMIT_STILL_SIDE 100000u                 // pixels along one side
#define LIMIT_STILL_PIXELS (1ull << 29)          // 536 megapixels, decoded in strips
#define LIMIT_STILL_BUFFERED_PIXELS (1ull << 27) // formats that cannot be decoded in strips
#define LIMIT_STILL_JPEG_SCANS 500u              // progressive scans (a known bomb)
#define LIMIT_THUMBNAIL_BYTES (1u << 20)         // an embedded EXIF thumbnail
#define LIMIT_EXIF_TEXT 256u                     // bytes kept of one EXIF text

// Video. A stream that reaches one of these is looked at up to there, and the record says so.
#define LIMIT_VIDEO_SIDE 16384u                // pixels along one side of a frame
#define LIMIT_VIDEO_PIXELS (1ull << 26)        // 67 megapixels, one frame
#define LIMIT_VIDEO_FRAMES (1u << 24)          // frames gone through: 155 hours at 30 a second
#define LIMIT_VIDEO_SECONDS (7u * 24u * 3600u) // of the stream's own time
#define LIMIT_VIDEO_HASH_BYTES (256u << 20)    // hashes of one video, all variants
#define LIMIT_VIDEO_TIME_MS 120000u            // CPU time for one video, and in addition
#define LIMIT_VIDEO_TIME_MS_PER_MIB 30000u     //   for each MiB of it
#define LIMIT_VIDEO_BUFFERED_BYTES (64u << 20) // handed over in memory; larger ones as a file
#define LIMIT_VIDEO_SPOOL_BYTES (64ull << 30)  // a large video out of a container, on disk
#define LIMIT_VIDEO_TEXT 256u                  // bytes kept of one text in its metadata
#define LIMIT_VIDEO_STREAMS 64u                // streams of one file that are looked at
#define LIMIT_VIDEO_STILLS 64u                 // frames handed out as JPEG at a time
#define LIMIT_VIDEO_STILL_BYTES (200u << 10)   // each of them

// Previews: what people see of a picture or video.
#define LIMIT_PREVIEW_SIDE 512u              // pixels along the longer side of a preview
#define LIMIT_PREVIEW_BYTES (128u << 10)     // one of them
#define LIMIT_PREVIEW_STRIP 8u               // frames of a video in its strip
#define LIMIT_VIEW_SIDE 4096u                // pixels along the longer side of a full view
#define LIMIT_VIEW_BYTES (8u << 20)          // one of them
#define LIMIT_SCAN_PREVIEW_BYTES (32u << 20) // of previews that wait in one lane's stream

// Workers.
#define LIMIT_MESSAGE_BYTES (256u << 10)       // one message between a program and its worker
#define LIMIT_MEDIA_WORKER_MEMORY (3ull << 30) // RLIMIT_AS
#define LIMIT_LIST_WORKER_MEMORY (1ull << 30)  // RLIMIT_AS
#define LIMIT_MEDIA_ITEM_MS 30000u             // wall clock for one picture
#define LIMIT_MEDIA_ITEM_CPU_SECONDS 60u       // RLIMIT_CPU allowance per picture
#define LIMIT_LIST_SILENCE_MS 60000u           // a list worker that sends nothing for so long
#define LIMIT_WORKER_ITEMS 10000u              // then a worker is replaced by a fresh one
#define LIMIT_WORKER_START_MS 20000u           // until a worker program says hello
#define LIMIT_REASON_BYTES 512u                // one phrase a worker sends: a reason, a detail
#define LIMIT_ITEM_FINDINGS 64u                // findings of one item

// Looking inside (evidence/).
#define LIMIT_EVIDENCE_DEPTH 32u                  // containers in containers
#define LIMIT_EVIDENCE_MEMBERS 20000000u          // children of one container
#define LIMIT_EVIDENCE_ITEM_BYTES (64ull << 30)   // produced for one item
#define LIMIT_EVIDENCE_MEMORY_BYTES (64u << 20)   // contents kept in memory for one item
#define LIMIT_EVIDENCE_SPOOL_BYTES (64ull << 30)  // contents kept in the unlinked file, in all
#define LIMIT_EVIDENCE_MAPPED_BYTES (512u << 20)  // documents that a library wants in one block
#define LIMIT_EVIDENCE_TIME_MS 30000u             // for one evidence file, and in addition
#define LIMIT_EVIDENCE_TIME_MS_PER_MIB 1000u      //   for each MiB of it
#define LIMIT_EVIDENCE_SILENCE_MS 30000u          // a worker that reports nothing for so long
#define LIMIT_EVIDENCE_CPU_SECONDS 60u            // RLIMIT_CPU allowance between two reports
#define LIMIT_EVIDENCE_FALLS 3u                   // of a worker in one evidence file
#define LIMIT_EVIDENCE_WORKER_MEMORY (3ull << 30) // RLIMIT_AS
#define LIMIT_EVIDENCE_ORPHANS 1000000u           // orphan entries of one volume
#define LIMIT_EVIDENCE_PASSWORDS 1000u            // passwords tried on one container
#define LIMIT_EVIDENCE_SEGMENTS 20000u            // files of one split image
#define LIMIT_LAYER_BYTES 512u                    // one layer of a locator
#define LIMIT_NAME_BYTES 4096u                    // one name inside a container
#define LIMIT_ITEM_IDENTIFIERS 256u               // addresses of one item

// Hash lists.
#define LIMIT_LIST_TOKEN_BYTES (1u << 20)  // one JSON or XML string, one CSV line
#define LIMIT_LIST_DEPTH 64u               // nesting of JSON or XML
#define LIMIT_LIST_ENTRY_HASHES 64u        // hashes of one entry
#define LIMIT_LIST_TEXT 1024u              // bytes kept of one text field of an entry
#define LIMIT_LIST_HASH_TEXT (512u << 10)  // one hash that cannot be computed: TMK has 351 KB
#define LIMIT_LIST_EXTRA_BYTES (64u << 10) // bytes kept of an entry's members without a field
#define LIMIT_LIST_FRAMES (1u << 20)       // frames of one video
#define LIMIT_LIST_SEGMENTS 4096u          // segments of one video
#define LIMIT_LIST_ENTRY_BYTES (64u << 20) // one entry with its frames and long hashes
#define LIMIT_LIST_REFUSALS_SHOWN 100u     // refused entries reported one by one

// VICS case documents.
#define LIMIT_VICS_OBJECT_BYTES (16u << 20) // one media or identifier
#define LIMIT_VICS_FRAME_BYTES (4u << 20)   // what stands around them
#define LIMIT_VICS_TEXT_BYTES 4096u         // one text taken out of them
#define LIMIT_VICS_LIST 100000u             // files, fields, identifiers, events taken out of one
#define LIMIT_VICS_RECORD_BYTES (64u << 20) // one media with what was taken out of it

// A scan remembers what it decoded for so many distinct contents, at 1.4 KB a picture and as much
// again for its thumbnail; further ones are decoded again when they repeat.
#define LIMIT_SCAN_REMEMBERED 500000u

// A scan names the first item of same contents for so many distinct ones, at 130 bytes each.
#define LIMIT_SCAN_SAME 4000000u

// Casework.
#define LIMIT_CASE_NUMBER 64u // bytes of a case number
#define LIMIT_CASE_TEXT 256u  // of a title, a reference, a name of evidence
#define LIMIT_CASE_VOTERS 9u  // voters that a policy may ask for

// How an evidence was examined, as a case keeps it.
#define LIMIT_PROVENANCE_BYTES (256u << 10) // JSON of it
#define LIMIT_PROVENANCE_COMMAND 16384u     // bytes of the command line; the rest is cut off
#define LIMIT_PROVENANCE_TEXT 4096u         // of any other text
#define LIMIT_PROVENANCE_SETS 200u          // sets that are named; further ones are counted
#define LIMIT_PROVENANCE_LIMITS 64u         // limits of the examination
#define LIMIT_TOTALS_BYTES 4096u            // JSON of what came of it
#define LIMIT_EXAMINATION_PAGE 20u          // of one page

// The case server.
#define LIMIT_IDEMPOTENCY_KEYS 20000u // replies kept of one account

// Accounts.
#define LIMIT_ACCOUNT_NAME 64u      // what is typed to log in
#define LIMIT_ACCOUNT_TEXT 200u     // a display name, a unit, an agency, a token's name
#define LIMIT_ACCOUNT_CONTACT 1000u // how to reach a unit
#define LIMIT_ACCOUNT_SESSIONS 20u  // of one account; a new one ends the oldest
#define LIMIT_ACCOUNT_TOKENS 100u   // of one account that are in force
#define LIMIT_LOGIN_ATTEMPTS 20000u // counters of failed logins, of each kind
#define LIMIT_ACCOUNT_PAGE 1000u    // rows of one listing

// Folder walk.
#define LIMIT_WALK_DEPTH 4096u // nesting of folders

// HTTP (api/).
#define LIMIT_API_CONNECTIONS 256u            // at once; one thread each
#define LIMIT_API_CONNECTIONS_PER_ADDRESS 64u // not counted for the proxy
#define LIMIT_API_HEADER_BYTES (32u << 10)    // request line and headers of one request
#define LIMIT_API_TARGET_BYTES 8192u          // path and query
#define LIMIT_API_WORD 64u                    // a name in a path
#define LIMIT_API_QUERY_PARAMETERS 32u        // of one request
#define LIMIT_API_QUERY_TEXT 4096u            // one of them, decoded
#define LIMIT_API_CURSOR_TEXT 1024u           // text in a cursor
#define LIMIT_API_BODY_CURSOR 2048u           // a cursor in a body
#define LIMIT_API_BODY_BYTES (1u << 20)       // a body, unless its route says otherwise
#define LIMIT_API_BODIES_BYTES (512ull << 20) // bodies in memory, of all requests at once
#define LIMIT_API_DEPTH 32u                   // nesting of a JSON body
#define LIMIT_API_HEADERS_MS 20000u           // until the headers of a request are there
#define LIMIT_API_BODY_MS 30000u              // until its body is there, and in addition
#define LIMIT_API_BODY_MS_PER_MIB 1000u       //   for each MiB of it
#define LIMIT_API_STOP_MS 10000u              // calls still running when the server stops
#define LIMIT_API_PAGE 200u                   // rows of one page
#define LIMIT_API_STREAMS 64u                 // event streams at once
#define LIMIT_API_RATE_KEYS 65536u            // accounts, tokens and addresses that are counted

// Records and previews that come in over HTTP.
#define LIMIT_RECORDS 1000u              // of one request
#define LIMIT_RECORDS_BYTES (32u << 20)  // body of one request
#define LIMIT_RECORD_PATH (64u << 10)    // bytes of a path or a locator
#define LIMIT_RECORD_TEXT 4096u          // of any other text of a record
#define LIMIT_RECORD_FRAMES (1u << 18)   // hashed frames of a video, of each variant
#define LIMIT_RECORD_TIME_DIGITS 9u      // of the year of a time
#define LIMIT_PREVIEW_MEDIA 64u          // media with previews in one request
#define LIMIT_PREVIEWS_BYTES (32u << 20) // body of one request

// The record of acts.
#define LIMIT_CHECKPOINT_BYTES (64u << 10) // one signed head with its signatures
#define LIMIT_CHECKPOINT_SIGNATURES 64u    // of one
#define LIMIT_PROOF_BYTES (4u << 20)       // a bundle that proves one record

// Review.
#define LIMIT_VOTE_MEDIA 10000u  // media of one act of voting
#define LIMIT_REVIEW_LEASES 20u  // stacks that one person holds in a case
#define LIMIT_NOTE_BYTES 4096u   // one note
#define LIMIT_TAG_BYTES 64u      // one tag
#define LIMIT_NOTES_LISTED 1000u // of one media or stack
#define LIMIT_DESK_BYTES 8192u   // one person's preferences of the desk, JSON
#define LIMIT_NOT_MINE_TAGS 20u  // tags that keep stacks from one person

// Backups.
#define LIMIT_BACKUP_MANIFEST_BYTES 4096u
#define LIMIT_KEY_FILES 4096u              // in a data folder
#define LIMIT_KEY_FILE_BYTES 65536u        // one of them
#define LIMIT_KEY_BUNDLE_BYTES (64u << 20) // all of them, sealed
#define LIMIT_PASSPHRASE_BYTES 1024u

// Matching for programs that check uploads.
#define LIMIT_MATCH_HASHES 1000u                // of one request
#define LIMIT_MATCH_ID_BYTES 128u               // what the caller calls one of them
#define LIMIT_MATCH_PICTURE_BYTES (32ull << 20) // of one picture
#define LIMIT_MATCH_PICTURES 4u                 // decoded at once
#define LIMIT_MATCH_PICTURE_WAIT_MS 10000u      // until one of these is free
#define LIMIT_MATCH_PICTURE_HASHES 50u          // so many hashes a picture counts as
#define LIMIT_MATCH_HASHES_PER_SECOND 5000u     // of one token, unless the server says otherwise
#define LIMIT_MATCH_BURST_SECONDS 10u           // so much of it may be saved up

// Lists and case documents that come in over HTTP.
#define LIMIT_SET_IMPORT_BYTES (8ull << 30) // one list
#define LIMIT_SET_EDIT 1000u                // entries and hashes of one change
#define LIMIT_DOCUMENT_BYTES (4ull << 30)   // one case document
