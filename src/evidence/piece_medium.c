// SPDX-License-Identifier: Apache-2.0
#include "evidence/piece_medium.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"

// Unpacked pieces kept: by number, and by bytes.
#define KEPT_PIECES 64u
#define KEPT_BYTES (32u << 20)
// Stretches of damage told apart; further ones widen the last.
#define DAMAGES_MAX 4096u
// Zeroes for bytes that could not be read from a file, before the next ones are tried.
#define RETRY_BYTES 4096u

typedef struct {
    uint64_t begin, end; // of the medium; empty when end is 0
    uint64_t used;       // the clock when it was last read
    uint8_t *bytes;
    bool is_damaged; // zeroes in the place of what could not be unpacked
} Kept;

struct PieceMedium {
    const PieceMapOps *ops;
    void *user_data;
    uint64_t size_bytes;
    Source *parent; // borrowed; NULL: zeroes
    Source *source;
    Kept kept[KEPT_PIECES];
    uint64_t kept_bytes, clock;
    uint8_t *packed; // room for one packed piece
    size_t packed_capacity;
    GArray *damage; // of PieceDamage, by offset, not overlapping
};

static void damage_clear(void *damage)
{
    g_free(((PieceDamage *)damage)->reason);
}

// ---- Damage -------------------------------------------------------------------------------------

// The first stretch that ends at `offset` or behind it.
static unsigned find_damage(const GArray *damage, uint64_t offset)
{
    unsigned low = 0, high = damage->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(damage, PieceDamage, middle).end < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Takes in the stretches behind `at` that it has grown over.
static void swallow(GArray *damage, unsigned at)
{
    PieceDamage *grown = &g_array_index(damage, PieceDamage, at);
    unsigned last = at + 1;
    while (last < damage->len && g_array_index(damage, PieceDamage, last).begin < grown->end) {
        grown->end = MAX(grown->end, g_array_index(damage, PieceDamage, last).end);
        last++;
    }
    if (last > at + 1)
        g_array_remove_range(damage, at + 1, last - at - 1);
}

static void note_damage(PieceMedium *medium, uint64_t begin, uint64_t end, const GError *error)
{
    const char *reason = error != NULL ? error->message : "it could not be read";
    GArray *damage = medium->damage;
    unsigned at = find_damage(damage, begin);
    PieceDamage *near = at < damage->len ? &g_array_index(damage, PieceDamage, at) : NULL;
    bool touches = near != NULL && near->begin <= end;
    bool overlaps = touches && near->begin < end && near->end > begin;
    if (overlaps || (touches && strcmp(near->reason, reason) == 0)) {
        near->begin = MIN(near->begin, begin);
        near->end = MAX(near->end, end);
        swallow(damage, at);
        return;
    }
    if (damage->len >= DAMAGES_MAX)
        return;
    // One that ends exactly here, for another reason, stays before it.
    if (touches && near->end <= begin)
        at++;
    const PieceDamage added = {.begin = begin,
                               .end = end,
                               .code = error != NULL ? error->code : CLEW_ERROR_CORRUPT,
                               .reason = g_strdup(reason)};
    g_array_insert_val(damage, at, added);
    swallow(damage, at);
}

const GArray *piece_medium_damage(PieceMedium *medium)
{
    return medium->damage;
}

// ---- Unpacked pieces ----------------------------------------------------------------------------

static Kept *find_kept(PieceMedium *medium, uint64_t offset)
{
    for (size_t i = 0; i < KEPT_PIECES; i++) {
        Kept *kept = &medium->kept[i];
        if (offset >= kept->begin && offset < kept->end) {
            kept->used = ++medium->clock;
            return kept;
        }
    }
    return NULL;
}

static void drop(PieceMedium *medium, Kept *kept)
{
    medium->kept_bytes -= kept->end - kept->begin;
    g_free(kept->bytes);
    *kept = (Kept){0};
}

// A free place, with room for so many bytes: what was read longest ago goes.
static Kept *make_room(PieceMedium *medium, uint64_t size_bytes)
{
    for (;;) {
        Kept *empty = NULL, *oldest = NULL;
        for (size_t i = 0; i < KEPT_PIECES; i++) {
            Kept *kept = &medium->kept[i];
            if (kept->end == 0)
                empty = kept;
            else if (oldest == NULL || kept->used < oldest->used)
                oldest = kept;
        }
        if (empty != NULL && (oldest == NULL || medium->kept_bytes + size_bytes <= KEPT_BYTES))
            return empty;
        drop(medium, oldest);
    }
}

static bool load_packed(PieceMedium *medium, const Piece *piece, GError **err)
{
    if (piece->packed_bytes == 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "it has no bytes");
        return false;
    }
    if (piece->packed_bytes > medium->packed_capacity) {
        g_free(medium->packed);
        medium->packed = g_try_malloc(piece->packed_bytes);
        medium->packed_capacity = medium->packed != NULL ? piece->packed_bytes : 0;
        if (medium->packed == NULL) {
            g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is no memory for it");
            return false;
        }
    }
    return source_read_exact(piece->file, piece->offset, medium->packed, piece->packed_bytes, err);
}

// Keeps the bytes (taken) of a piece.
static Kept *keep(PieceMedium *medium, const Piece *piece, uint8_t *bytes)
{
    uint64_t size = piece->end - piece->begin;
    Kept *kept = make_room(medium, size);
    *kept =
        (Kept){.begin = piece->begin, .end = piece->end, .used = ++medium->clock, .bytes = bytes};
    medium->kept_bytes += size;
    return kept;
}

// Unpacks into `target`, which has room for the whole piece.
static bool unpack_piece(PieceMedium *medium, const Piece *piece, void *target, GError **err)
{
    size_t size = (size_t)(piece->end - piece->begin);
    size_t least = piece->least_bytes != 0 ? (size_t)MIN(piece->least_bytes, size) : size;
    return load_packed(medium, piece, err) &&
           unpack(piece->packing, medium->packed, piece->packed_bytes, target, least, size, NULL,
                  err);
}

// ---- Reading ------------------------------------------------------------------------------------

static size_t copy_kept(const Kept *kept, uint64_t offset, void *target, size_t size)
{
    uint64_t left = kept->end - offset;
    size_t count = (size_t)MIN(left, (uint64_t)size);
    memcpy(target, kept->bytes + (offset - kept->begin), count);
    return count;
}

static size_t read_parent(Source *parent, uint64_t offset, void *target, size_t size, GError **err)
{
    memset(target, 0, size);
    if (parent == NULL)
        return size;
    // A parent may be shorter: zeroes follow.
    ssize_t count = source_read(parent, offset, target, size, err);
    return count < 0 ? 0 : size;
}

// A packed piece is unpacked in place when all of it is wanted, else kept for the next read. A
// damaged one is kept as zeroes, so that it is not unpacked in vain again.
static size_t read_packed(PieceMedium *medium, const Piece *piece, uint64_t offset, void *target,
                          size_t size, GError **err)
{
    uint64_t piece_bytes = piece->end - piece->begin;
    if (piece_bytes > PIECE_BYTES_MAX || piece->packed_bytes > 2 * PIECE_BYTES_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "it is a piece of more than %u MiB",
                    PIECE_BYTES_MAX >> 20);
        return 0;
    }
    if (offset == piece->begin && size >= piece_bytes)
        return unpack_piece(medium, piece, target, err) ? (size_t)piece_bytes : 0;
    uint8_t *bytes = g_try_malloc((size_t)piece_bytes);
    if (bytes == NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is no memory for it");
        return 0;
    }
    bool ok = unpack_piece(medium, piece, bytes, err);
    if (!ok)
        memset(bytes, 0, (size_t)piece_bytes);
    Kept *kept = keep(medium, piece, bytes);
    kept->is_damaged = !ok;
    return ok ? copy_kept(kept, offset, target, size) : 0;
}

// As far as it goes: what lies behind the end of the file, or on a bad sector, is asked for again.
static size_t read_stored(const Piece *piece, uint64_t offset, void *target, size_t size,
                          GError **err)
{
    uint64_t at = 0;
    bool overflows = __builtin_add_overflow(piece->offset, offset - piece->begin, &at);
    ssize_t count = overflows ? 0 : source_read(piece->file, at, target, size, err);
    if (count == 0)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "it lies behind the file's end");
    return count > 0 ? (size_t)count : 0;
}

// Reads up to `size` bytes at `offset`, which the piece holds. 0 with err set when it is damaged.
static size_t read_piece(PieceMedium *medium, const Piece *piece, uint64_t offset, void *target,
                         size_t size, GError **err)
{
    switch (piece->kind) {
    case PIECE_ZERO:
        memset(target, 0, size);
        return size;
    case PIECE_PARENT:
        return read_parent(medium->parent, offset, target, size, err);
    case PIECE_STORED:
        return read_stored(piece, offset, target, size, err);
    case PIECE_PACKED:
        return read_packed(medium, piece, offset, target, size, err);
    }
    return 0;
}

// A reader's answer is held to the question: the piece lies in the medium and around the offset.
static bool find_piece(PieceMedium *medium, uint64_t offset, Piece *piece, GError **err)
{
    bool found = medium->ops->find(medium->user_data, offset, piece, err);
    if (piece->begin > offset || piece->end <= offset)
        *piece = (Piece){.begin = offset, .end = offset + 1};
    if (found && piece->kind != PIECE_PACKED)
        piece->end = MIN(piece->end, medium->size_bytes);
    return found;
}

static ssize_t medium_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    PieceMedium *medium = user_data;
    const Kept *kept = find_kept(medium, offset);
    if (kept != NULL) {
        if (kept->is_damaged)
            source_note_damage();
        return (ssize_t)copy_kept(kept, offset, target, size);
    }

    Piece piece = {.begin = offset, .end = offset + 1};
    g_autoptr(GError) error = NULL;
    bool found = find_piece(medium, offset, &piece, &error);
    uint64_t left = piece.end - offset;
    size_t wanted = (size_t)MIN(left, (uint64_t)size);
    size_t count = found ? read_piece(medium, &piece, offset, target, wanted, &error) : 0;
    if (count > 0)
        return (ssize_t)count;
    if (error != NULL && error->code == CLEW_ERROR_CANCELLED) {
        g_propagate_error(err, g_steal_pointer(&error));
        return -1;
    }
    // Behind a bad sector the medium may be sound again.
    if (found && piece.kind != PIECE_PACKED && error != NULL && error->code == CLEW_ERROR_IO)
        wanted = (size_t)MIN((uint64_t)wanted, RETRY_BYTES - offset % RETRY_BYTES);
    memset(target, 0, wanted);
    source_note_damage();
    bool is_whole = !found || piece.kind == PIECE_PACKED;
    note_damage(medium, is_whole ? piece.begin : offset,
                MIN(is_whole ? piece.end : offset + wanted, medium->size_bytes), error);
    return (ssize_t)wanted;
}

// ---- The object ---------------------------------------------------------------------------------

PieceMedium *piece_medium_new(const PieceMapOps *ops, void *user_data, uint64_t size_bytes)
{
    static const SourceOps source_ops = {medium_read_at, NULL};
    PieceMedium *medium = g_new0(PieceMedium, 1);
    medium->ops = ops;
    medium->user_data = user_data;
    medium->size_bytes = size_bytes;
    medium->damage = g_array_new(FALSE, FALSE, sizeof(PieceDamage));
    g_array_set_clear_func(medium->damage, damage_clear);
    medium->source = source_new(&source_ops, medium, size_bytes);
    return medium;
}

void piece_medium_free(PieceMedium *medium)
{
    if (medium == NULL)
        return;
    source_free(medium->source);
    for (size_t i = 0; i < KEPT_PIECES; i++)
        g_free(medium->kept[i].bytes);
    g_free(medium->packed);
    g_array_unref(medium->damage);
    medium->ops->free(medium->user_data);
    g_free(medium);
}

void *piece_medium_map(PieceMedium *medium)
{
    return medium->user_data;
}

void piece_medium_set_parent(PieceMedium *medium, Source *parent)
{
    medium->parent = parent;
}

uint64_t piece_medium_parent_bytes(PieceMedium *medium, unsigned limit)
{
    uint64_t offset = 0, total = 0;
    for (unsigned i = 0; i < limit && offset < medium->size_bytes; i++) {
        Piece piece = {.begin = offset, .end = offset + 1};
        bool found = find_piece(medium, offset, &piece, NULL);
        uint64_t end = MIN(piece.end, medium->size_bytes);
        if (found && piece.kind == PIECE_PARENT)
            total += end - offset;
        offset = end;
    }
    return total;
}

Source *piece_medium_source(PieceMedium *medium)
{
    return medium->source;
}
