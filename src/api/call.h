// SPDX-License-Identifier: Apache-2.0
//
// ApiCall: one request as a handler sees it, and the reply it gives. Before the handler runs the
// server has checked host, origin, session, token, permission, case, limits of rate and size, and
// has parsed the JSON body. A handler: read -> one call of cases/ -> one reply.
//
//   static bool handle(ApiCall *call, GError **err)
//   {
//       ApiObject *in = api_call_body(call);
//       const char *name = api_object_text(in, "name", 1, UNIT_NAME_MAX);
//       if (!api_call_body_ok(call, err))
//           return false;
//       Act *act = api_call_begin(call, AUDIT_UNIT_CHANGED, err);
//       uint64_t unit;
//       if (act == NULL || !unit_create(act, name, &unit, err))
//           return false;
//       return api_call_commit(call, 201, json_pack("{sIss}", "id", unit, "name", name), err);
//   }
//
// Everything given out is borrowed and lives as long as the call. An act that was begun and not
// committed when the handler returns is rolled back by the server.
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/authenticate.h"
#include "api/body.h"
#include "api/cursor.h"
#include "api/problem.h"
#include "api/route.h"
#include "cases/act.h"

// ---- The request ------------------------------------------------------------------------------

// The handle of this thread, for as long as the handler runs.
Casework *api_call_work(ApiCall *call);
const ApiRoute *api_call_route(const ApiCall *call);
// NULL on a route with PERMISSION_NONE.
const Actor *api_call_actor(const ApiCall *call);
const Identity *api_call_identity(const ApiCall *call);
// What the program gave to the server (ApiServerOptions.services): what else handlers need.
void *api_call_services(const ApiCall *call);
const char *api_call_address(const ApiCall *call);    // of the client
const char *api_call_session(const ApiCall *call);    // the secret in the cookie; NULL with a token
const char *api_call_user_agent(const ApiCall *call); // "" when there is none

// Path parameters, by the name in the route. Asking for one that the route does not have asserts.
uint64_t api_call_id(const ApiCall *call, const char *name);
const char *api_call_word(const ApiCall *call, const char *name);

// Query parameters; their names must stand in the route. Text is UTF-8 of at most
// LIMIT_API_QUERY_TEXT bytes without control characters.
const char *api_call_query(const ApiCall *call, const char *name); // NULL: not given
bool api_call_query_int(const ApiCall *call, const char *name, int64_t min, int64_t max,
                        int64_t fallback, int64_t *ret_value, GError **err);
// Ids of the parameters case and media, 0: not given; a media only with its case.
bool api_call_query_case_media(const ApiCall *call, uint64_t *ret_case_id, uint64_t *ret_media_id,
                               GError **err);
bool api_call_query_bool(const ApiCall *call, const char *name, bool fallback, bool *ret_value,
                         GError **err); // "true" or "false"
bool api_call_query_choice(const ApiCall *call, const char *name, const char *const *choices,
                           unsigned fallback, unsigned *ret_index, GError **err);

// The JSON body's object (API_BODY_JSON).
ApiObject *api_call_body(ApiCall *call);
bool api_call_body_ok(ApiCall *call, GError **err); // api_body_ok, problem with its pointer
GBytes *api_call_bytes(ApiCall *call);              // API_BODY_BYTES
int api_call_file(ApiCall *call);                   // API_BODY_FILE: descriptor at offset 0

// ---- Paging -----------------------------------------------------------------------------------

typedef struct {
    unsigned limit; // 1 to LIMIT_API_PAGE; ask cases/ for one more to know whether more follows
    bool has_place; // go on behind `place`; else from the beginning
    ApiPlace place;
} ApiPage;

// Reads `cursor` and `limit`.
bool api_page_begin(ApiCall *call, ApiPage *ret_page, GError **err);
// {"items": [...], "next": "…" or null}. Takes `items`; `next` is the place of its last row, NULL
// when nothing follows.
bool api_reply_page(ApiCall *call, json_t *items, const ApiPlace *next, GError **err);

// The same for lists that a body asks for, because their terms do not belong into an address:
// `cursor` and `limit` are members of it, and `terms` is whatever else must be the same when the
// cursor comes back. All other members must have been read.
bool api_page_begin_body(ApiCall *call, ApiObject *in, const char *terms, ApiPage *ret_page,
                         GError **err);
json_t *api_page_next(ApiCall *call, const char *terms, const ApiPlace *next);

// ---- Writing ----------------------------------------------------------------------------------

// Begins the act of this call: one write transaction. NULL with *err set. With an Idempotency-Key
// that was used before by the same caller for the same request, *err says so, the handler returns
// false like after any error, and the server gives the stored reply again. Read the request first
// and begin then; check api_call_if_match behind it.
Act *api_call_begin(ApiCall *call, AuditAction action, GError **err);
// Stores the reply beside the Idempotency-Key, if there is one, commits, and replies. Takes `json`,
// which may be NULL for status 204.
bool api_call_commit(ApiCall *call, int status, json_t *json, GError **err);

// If-Match of an object that has a version: 412 when it names another, 428 when `required` and
// there is none. The ETag of such an object is "VERSION" or begins "VERSION-".
bool api_call_if_match(ApiCall *call, uint64_t version, bool required, GError **err);
// Reads of such an object say its version before they reply.
void api_call_set_version(ApiCall *call, uint64_t version);

// ---- The reply --------------------------------------------------------------------------------

// Each takes what it is given and returns true when a reply is set. A GET answered 200 has a strong
// ETag over its body and heeds If-None-Match.
bool api_reply_json(ApiCall *call, int status, json_t *json, GError **err);
// The same of JSON that is written already, for g_free: long lists of numbers.
bool api_reply_json_text(ApiCall *call, int status, char *text);
bool api_reply_empty(ApiCall *call); // 204
// Pictures and documents. `file_name` (ASCII letters, digits, '.', '_', '-') makes it an
// attachment; NULL shows it in place.
bool api_reply_bytes(ApiCall *call, const char *content_type, GBytes *bytes, const char *file_name);
// A document of any size from a descriptor, which the server closes.
bool api_reply_file(ApiCall *call, const char *content_type, int descriptor, uint64_t size_bytes,
                    const char *file_name);
// A header of the reply beside the fixed ones, such as Location.
void api_reply_header(ApiCall *call, const char *name, const char *value);
// Beside an error that says to wait: Retry-After.
void api_call_retry_after(ApiCall *call, unsigned seconds);
// The session cookie, with the attributes that fit how the server is reached.
void api_reply_set_session(ApiCall *call, const char *session);
void api_reply_clear_session(ApiCall *call);

// Server-sent events. `next` is asked about twice a second, from the thread of the connection, with
// a handle of its own; the caller's session and permission are checked again before. It gives one
// event at a time, until it gives none. The server sends heartbeats, and calls `free` when the
// stream ended or the client went away.
typedef enum {
    API_EVENT_NONE, // nothing new
    API_EVENT_ONE,  // *ret_event is set
    API_EVENT_LAST, // *ret_event is set and the stream ends behind it
    API_EVENT_END,  // the stream ends
} ApiEventState;

typedef struct {
    const char *name; // "progress"
    int64_t id;       // what Last-Event-ID says when the client comes back
    json_t *data;     // taken
} ApiEvent;

typedef struct {
    ApiEventState (*next)(void *data, Casework *work, const Actor *actor, ApiEvent *ret_event);
    void (*free)(void *data);
    void *data;
} ApiEventSource;

bool api_reply_events(ApiCall *call, const ApiEventSource *source, GError **err);
int64_t api_call_last_event(const ApiCall *call); // Last-Event-ID; 0: none
