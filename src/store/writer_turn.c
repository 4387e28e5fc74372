// SPDX-License-Identifier: Apache-2.0
//
// The table of turns is the one thing in store/ that lives as long as the process, as the file it
// stands for does: two Databases that know nothing of each other must find the same turn.
#include "store/writer_turn.h"

#include <glib.h>
#include <sys/stat.h>

struct WriterTurn {
    dev_t device;
    ino_t inode;
    unsigned users;
    GMutex lock;
    GQueue waiting; // of Waiter *, oldest first
    bool is_taken;
};

// Lies on the stack of whoever waits.
typedef struct {
    GCond woken;
    bool has_turn;
} Waiter;

static GMutex table_lock;
static GPtrArray *table; // of WriterTurn *

static WriterTurn *find(dev_t device, ino_t inode)
{
    for (unsigned i = 0; table != NULL && i < table->len; i++) {
        WriterTurn *turn = table->pdata[i];
        if (turn->device == device && turn->inode == inode)
            return turn;
    }
    return NULL;
}

WriterTurn *writer_turn_of(const char *path)
{
    struct stat status = {0};
    if (stat(path, &status) != 0)
        status.st_ino = 0; // opening it fails next
    g_mutex_lock(&table_lock);
    WriterTurn *turn = find(status.st_dev, status.st_ino);
    if (turn == NULL) {
        turn = g_new0(WriterTurn, 1);
        turn->device = status.st_dev;
        turn->inode = status.st_ino;
        g_mutex_init(&turn->lock);
        g_queue_init(&turn->waiting);
        if (table == NULL)
            table = g_ptr_array_new();
        g_ptr_array_add(table, turn);
    }
    turn->users++;
    g_mutex_unlock(&table_lock);
    return turn;
}

void writer_turn_unref(WriterTurn *turn)
{
    if (turn == NULL)
        return;
    g_mutex_lock(&table_lock);
    bool is_last = --turn->users == 0;
    if (is_last)
        g_ptr_array_remove_fast(table, turn);
    if (table->len == 0)
        g_clear_pointer(&table, g_ptr_array_unref);
    g_mutex_unlock(&table_lock);
    if (!is_last)
        return;
    g_mutex_clear(&turn->lock);
    g_free(turn);
}

bool writer_turn_take(WriterTurn *turn, unsigned busy_ms)
{
    int64_t until_us = g_get_monotonic_time() + (int64_t)busy_ms * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&turn->lock);
    if (!turn->is_taken) {
        turn->is_taken = true;
        g_mutex_unlock(&turn->lock);
        return true;
    }
    Waiter waiter = {0};
    g_cond_init(&waiter.woken);
    g_queue_push_tail(&turn->waiting, &waiter);
    while (!waiter.has_turn && g_cond_wait_until(&waiter.woken, &turn->lock, until_us))
        ;
    if (!waiter.has_turn)
        g_queue_remove(&turn->waiting, &waiter);
    g_mutex_unlock(&turn->lock);
    g_cond_clear(&waiter.woken);
    return waiter.has_turn;
}

// The turn is handed to the next one: nobody who comes now can get in between.
void writer_turn_give(WriterTurn *turn)
{
    g_mutex_lock(&turn->lock);
    Waiter *next = g_queue_pop_head(&turn->waiting);
    turn->is_taken = next != NULL;
    if (next != NULL) {
        next->has_turn = true;
        g_cond_signal(&next->woken);
    }
    g_mutex_unlock(&turn->lock);
}
