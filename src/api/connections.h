// SPDX-License-Identifier: Apache-2.0
//
// ApiConnections: the open connections and the moment by which each must have got on. A thread cuts
// those that have not: a client that sends its headers or body a byte at a time, or reads its reply
// so, does not keep a thread for longer than that.
//
//   opened -> (headers due) -> request -> (body due) -> handler -> (reply due) -> (headers due) …
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct ApiConnections ApiConnections;
typedef struct ApiConnection ApiConnection;

ApiConnections *api_connections_new(void); // starts the thread
void api_connections_free(ApiConnections *connections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiConnections, api_connections_free)

// `socket` must stay open until api_connection_remove.
ApiConnection *api_connection_add(ApiConnections *connections, int socket);
void api_connection_remove(ApiConnections *connections, ApiConnection *connection);
// Due in so many milliseconds; 0: never.
void api_connection_due_in(ApiConnections *connections, ApiConnection *connection, int64_t wait_ms);
