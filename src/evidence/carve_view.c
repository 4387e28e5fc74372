// SPDX-License-Identifier: Apache-2.0
#include "evidence/carve_view.h"

#include <string.h>

#define BUFFER_BYTES (256u << 10)
#define READ_BYTES_MIN (4u << 10)

G_STATIC_ASSERT(CARVE_VIEW_PIECE <= BUFFER_BYTES);

void carve_view_clear(CarveView *view)
{
    g_clear_pointer(&view->buffer, g_free);
    view->window = NULL;
    view->window_bytes = 0;
}

// Bytes of the window from `offset` on.
static size_t at_hand(const CarveView *view, uint64_t offset)
{
    if (view->window == NULL || offset < view->window_begin ||
        offset - view->window_begin >= view->window_bytes)
        return 0;
    return view->window_bytes - (size_t)(offset - view->window_begin);
}

static bool may_read(CarveView *view)
{
    if (!view->stopped && view->tick != NULL && !view->tick(view->user_data))
        view->stopped = true;
    return !view->stopped;
}

// Moves the window to `offset`, with at least `count` bytes when they are there.
static void load(CarveView *view, uint64_t offset, size_t count)
{
    uint64_t window_end = view->window_begin + view->window_bytes;
    bool goes_on = view->window_bytes > 0 && offset <= window_end && offset + count > window_end;
    view->window_bytes = 0;
    if (!may_read(view))
        return;
    if (view->buffer == NULL)
        view->buffer = g_malloc(BUFFER_BYTES);
    view->read_bytes = goes_on ? MIN(2 * view->read_bytes, BUFFER_BYTES) : READ_BYTES_MIN;
    view->read_bytes = MAX(view->read_bytes, READ_BYTES_MIN);

    size_t wanted = MAX(view->read_bytes, count);
    uint64_t left = view->size_bytes - offset;
    wanted = (size_t)MIN(left, (uint64_t)wanted);
    ssize_t got = source_read(view->source, view->base + offset, view->buffer, wanted, NULL);
    view->window = view->buffer;
    view->window_begin = offset;
    view->window_bytes = got > 0 ? (size_t)got : 0;
    carve_view_charge(view, view->window_bytes);
}

void carve_view_charge(CarveView *view, uint64_t bytes)
{
    view->work -= MIN(view->work, bytes / CARVE_VIEW_BYTES_PER_UNIT);
}

size_t carve_view_window(CarveView *view, uint64_t offset, const uint8_t **ret_bytes)
{
    if (offset >= view->size_bytes || view->work < CARVE_VIEW_QUESTION)
        return 0;
    view->work -= CARVE_VIEW_QUESTION;
    if (at_hand(view, offset) == 0)
        load(view, offset, 1);
    size_t count = at_hand(view, offset);
    if (count == 0)
        return 0;
    *ret_bytes = view->window + (offset - view->window_begin);
    uint64_t left = view->size_bytes - offset;
    return (size_t)MIN(left, (uint64_t)count);
}

const uint8_t *carve_view_bytes(CarveView *view, uint64_t offset, size_t count)
{
    g_assert(count <= CARVE_VIEW_PIECE);
    if (offset > view->size_bytes || count > view->size_bytes - offset ||
        view->work < CARVE_VIEW_QUESTION)
        return NULL;
    view->work -= CARVE_VIEW_QUESTION;
    if (at_hand(view, offset) < count)
        load(view, offset, count);
    return at_hand(view, offset) < count ? NULL : view->window + (offset - view->window_begin);
}

Reader carve_view_reader(CarveView *view, uint64_t offset, size_t count)
{
    uint64_t left = offset < view->size_bytes ? view->size_bytes - offset : 0;
    count = (size_t)MIN(left, (uint64_t)count);
    const uint8_t *bytes = count > 0 ? carve_view_bytes(view, offset, count) : NULL;
    return reader_init(bytes != NULL ? bytes : (const uint8_t *)"", bytes != NULL ? count : 0);
}
