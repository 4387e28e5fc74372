// SPDX-License-Identifier: Apache-2.0
//
// ServerClient: requests to the API of a case server, with a token. TLS is verified; plain http is
// spoken to loopback alone, so that no token travels in the clear. While the server does not
// answer, or is busy, a request is made again after a growing wait, until it is answered or the
// program is interrupted.
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct ServerClient ServerClient;

typedef struct {
    const char *url;        // "https://clew.example"
    const char *token_file; // holds the token and nothing else
    const char *ca_file;    // certificates to trust; NULL: those of the system
    bool (*is_interrupted)(void);
    void (*talk)(void *user_data, const char *sentence); // while it waits; may be NULL
    void *user_data;
} ServerClientOptions;

// Reads the token; connects to nothing.
ServerClient *server_client_new(const ServerClientOptions *options, GError **err);
void server_client_free(ServerClient *client); // wipes the token
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerClient, server_client_free)

// GET when `body` is NULL, else POST of JSON. `path` begins with "/api/v1/". `patient`: waits for a
// server that cannot be reached; else that is an error at once. *ret_reply is JSON.
// CLEW_ERROR_DENIED: the token was refused, or does not allow it. CLEW_ERROR_NOT_FOUND: no such
// path. CLEW_ERROR_INVALID and others: what the server says.
bool server_client_ask(ServerClient *client, const char *path, const GString *body, bool patient,
                       GString *ret_reply, GError **err);

// A number behind a key, and a text without escapes, of a reply; false when there is none.
bool server_reply_number(const char *reply, const char *key, guint64 *ret_number);
char *server_reply_word(const char *reply, const char *key);
