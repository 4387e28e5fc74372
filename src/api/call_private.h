// SPDX-License-Identifier: Apache-2.0
//
// What an ApiCall is made of, for the files of api/ that make one, run it and send its reply. It
// knows nothing of the HTTP library: texts of the request are borrowed from the connection, the
// reply is plain data.
//
//   new -> admit (api/admit.h) -> body -> api_call_run -> reply sent -> free
#pragma once

#include "api/call.h"
#include "api/target.h"

// Headers that the server looks at; NULL: absent. Borrowed.
typedef struct {
    const char *host;
    const char *origin;
    const char *fetch_site;
    const char *forwarded_for;
    const char *authorization;
    const char *cookie;
    const char *csrf_token;
    const char *content_type;
    const char *content_length;
    const char *content_encoding;
    const char *accept_encoding;
    const char *transfer_encoding;
    const char *if_match;
    const char *if_none_match;
    const char *idempotency_key;
    const char *last_event_id;
    const char *user_agent;
} ApiHeaders;

typedef struct {
    char *name, *value;
} ApiReplyHeader;

typedef struct {
    int status; // 0: none yet
    char *content_type;
    GBytes *bytes;         // content, or
    int descriptor;        //   this one's, -1: none
    uint64_t size_bytes;   //   of the descriptor
    ApiEventSource events; // or these; `next` NULL: none
    char *etag;
    const char *cache_control; // NULL: no-store
    bool is_page;              // of the desk: a browser may run it
    GArray *headers;           // of ApiReplyHeader
} ApiReply;

// What all calls of a server share. Borrowed.
typedef struct {
    CaseworkPool *pool;
    const ApiAuthenticator *authenticator;
    void *services;
    const uint8_t *cursor_key;
    bool behind_tls_proxy;
} ApiCallContext;

struct ApiCall {
    const ApiCallContext *context;
    char *raw_target;
    ApiTarget target;
    ApiHeaders headers;
    bool is_head;
    ApiMatch match;
    const ApiRoute *route; // NULL: a static file, or refused before
    char *address;
    Identity identity;
    ApiCredential credential; // borrowed from the two below
    char *session_text;
    char *bearer_text;
    GByteArray *body_bytes; // API_BODY_JSON, API_BODY_BYTES
    int body_file;          // API_BODY_FILE; -1
    GBytes *body_handed;    // body_bytes, once a handler asked for them
    ApiBody *body;
    Casework *work; // while the handler runs
    Act *act;       // begun and not committed
    IdempotencyKey key;
    bool was_replayed;
    bool has_version;
    uint64_t version;
    unsigned retry_after_s; // 0: not said
    ApiReply reply;
    char fault_id[17];   // of a 500, also in the log
    char *fault_message; // for the log
};

ApiCall *api_call_new(const ApiCallContext *context, const char *raw_target);
void api_call_free(ApiCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiCall, api_call_free)

// Parses the body, runs the handler with a handle from the pool. A reply is set afterwards.
void api_call_run(ApiCall *call);
// Asks again who the caller is and whether they may: for streams that live long.
bool api_call_recheck(ApiCall *call, Casework *work);
// Makes the error the reply.
void api_call_fail(ApiCall *call, const GError *error);
void api_reply_clear(ApiReply *reply);
const char *api_session_cookie_name(const ApiCallContext *context);
