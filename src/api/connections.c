// SPDX-License-Identifier: Apache-2.0
#include "api/connections.h"

#include <stdbool.h>
#include <sys/socket.h>

#define SWEEP_MS 250

struct ApiConnection {
    int socket;
    int64_t due_ms; // monotonic; 0: never
};

struct ApiConnections {
    GMutex lock;
    GCond stop;
    GHashTable *open; // set of ApiConnection
    bool stopping;
    GThread *thread;
};

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

// Cutting is shutting down: the connection's own thread notices and cleans up.
static void cut_overdue(ApiConnections *connections)
{
    GHashTableIter iter;
    void *key;
    g_hash_table_iter_init(&iter, connections->open);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        ApiConnection *connection = key;
        if (connection->due_ms == 0 || connection->due_ms > now_ms())
            continue;
        shutdown(connection->socket, SHUT_RDWR);
        connection->due_ms = 0;
    }
}

static void *sweep(void *data)
{
    ApiConnections *connections = data;
    g_mutex_lock(&connections->lock);
    while (!connections->stopping) {
        cut_overdue(connections);
        g_cond_wait_until(&connections->stop, &connections->lock,
                          g_get_monotonic_time() + SWEEP_MS * 1000);
    }
    g_mutex_unlock(&connections->lock);
    return NULL;
}

ApiConnections *api_connections_new(void)
{
    ApiConnections *connections = g_new0(ApiConnections, 1);
    g_mutex_init(&connections->lock);
    g_cond_init(&connections->stop);
    connections->open = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    connections->thread = g_thread_new("api-connections", sweep, connections);
    return connections;
}

void api_connections_free(ApiConnections *connections)
{
    if (connections == NULL)
        return;
    g_mutex_lock(&connections->lock);
    connections->stopping = true;
    g_cond_signal(&connections->stop);
    g_mutex_unlock(&connections->lock);
    g_thread_join(connections->thread);
    g_hash_table_unref(connections->open);
    g_mutex_clear(&connections->lock);
    g_cond_clear(&connections->stop);
    g_free(connections);
}

ApiConnection *api_connection_add(ApiConnections *connections, int socket)
{
    ApiConnection *connection = g_new0(ApiConnection, 1);
    connection->socket = socket;
    g_mutex_lock(&connections->lock);
    g_hash_table_add(connections->open, connection);
    g_mutex_unlock(&connections->lock);
    return connection;
}

void api_connection_remove(ApiConnections *connections, ApiConnection *connection)
{
    g_mutex_lock(&connections->lock);
    g_hash_table_remove(connections->open, connection);
    g_mutex_unlock(&connections->lock);
}

void api_connection_due_in(ApiConnections *connections, ApiConnection *connection, int64_t wait_ms)
{
    g_mutex_lock(&connections->lock);
    connection->due_ms = wait_ms > 0 ? now_ms() + wait_ms : 0;
    g_mutex_unlock(&connections->lock);
}
