// SPDX-License-Identifier: Apache-2.0
#include "evidence/vmdk_medium.h"

#include <glib.h>

typedef struct {
    uint64_t begin, end;
    VmdkSparse *sparse; // owned; NULL: flat or zeroes
    Source *file;       // borrowed; NULL: zeroes
    uint64_t offset;
} Part;

struct VmdkMedium {
    GArray *parts; // of Part
    uint64_t size_bytes;
};

static void clear_part(void *part)
{
    vmdk_sparse_free(((Part *)part)->sparse);
}

VmdkMedium *vmdk_medium_new(void)
{
    VmdkMedium *vmdk = g_new0(VmdkMedium, 1);
    vmdk->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_array_set_clear_func(vmdk->parts, clear_part);
    return vmdk;
}

void vmdk_medium_free(VmdkMedium *vmdk)
{
    if (vmdk == NULL)
        return;
    g_array_unref(vmdk->parts);
    g_free(vmdk);
}

uint64_t vmdk_medium_size(const VmdkMedium *vmdk)
{
    return vmdk->size_bytes;
}

// Extents are counted in sectors of at most INT64_MAX / 512 and there are few: the sum is cut where
// it would not fit, since no medium is so large.
static void add(VmdkMedium *vmdk, Part part, uint64_t size_bytes)
{
    uint64_t left = INT64_MAX - vmdk->size_bytes;
    part.begin = vmdk->size_bytes;
    part.end = part.begin + MIN(size_bytes, left);
    vmdk->size_bytes = part.end;
    g_array_append_val(vmdk->parts, part);
}

void vmdk_medium_add_flat(VmdkMedium *vmdk, uint64_t size_bytes, Source *file, uint64_t offset)
{
    add(vmdk, (Part){.file = file, .offset = offset}, size_bytes);
}

void vmdk_medium_add_sparse(VmdkMedium *vmdk, uint64_t size_bytes, VmdkSparse *sparse)
{
    add(vmdk, (Part){.sparse = sparse}, size_bytes);
}

void vmdk_medium_add_zeroes(VmdkMedium *vmdk, uint64_t size_bytes)
{
    add(vmdk, (Part){0}, size_bytes);
}

static const Part *find_part(const VmdkMedium *vmdk, uint64_t offset)
{
    unsigned low = 0, high = vmdk->parts->len - 1;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(vmdk->parts, Part, middle).end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return &g_array_index(vmdk->parts, Part, low);
}

static bool find(void *user_data, uint64_t offset, Piece *ret_piece, GError **err)
{
    const Part *part = find_part(user_data, offset);
    *ret_piece = (Piece){.begin = part->begin,
                         .end = part->end,
                         .kind = part->file != NULL ? PIECE_STORED : PIECE_ZERO,
                         .file = part->file,
                         .offset = part->offset};
    if (part->sparse == NULL)
        return true;
    bool found = vmdk_sparse_find(part->sparse, offset - part->begin, ret_piece, err);
    ret_piece->begin += part->begin;
    ret_piece->end += part->begin;
    // The last grain reaches over the end of its extent; a packed one unpacks whole.
    if (ret_piece->kind != PIECE_PACKED)
        ret_piece->end = MIN(ret_piece->end, part->end);
    return found;
}

static void free_map(void *user_data)
{
    vmdk_medium_free(user_data);
}

PieceMedium *vmdk_medium_finish(VmdkMedium *vmdk)
{
    static const PieceMapOps ops = {find, free_map};
    return piece_medium_new(&ops, vmdk, vmdk->size_bytes);
}
