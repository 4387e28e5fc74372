// SPDX-License-Identifier: Apache-2.0
//
// Disk images: whatever a file says of itself, its reader opens it or says why not; then every read
// fills what was asked for, a second reading gives the same bytes, and damage lies in the medium,
// in order.
#include <stdlib.h>
#include <string.h>

#include "evidence/dmg_medium.h"
#include "evidence/ewf_medium.h"
#include "evidence/qcow_medium.h"
#include "evidence/vdi_medium.h"
#include "evidence/vhd_medium.h"
#include "evidence/vhdx_medium.h"
#include "evidence/vmdk_descriptor.h"
#include "evidence/vmdk_medium.h"
#include "fuzz_target.h"

#define PIECE 4096u
#define PLACES 24u

static PieceMedium *open_qcow(Source *file)
{
    QcowFacts facts = {0};
    PieceMedium *medium = qcow_medium_open(file, &facts, NULL);
    qcow_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vhd(Source *file)
{
    VhdFacts facts = {0};
    PieceMedium *medium = vhd_medium_open(file, &facts, NULL);
    vhd_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vhdx(Source *file)
{
    VhdxFacts facts = {0};
    PieceMedium *medium = vhdx_medium_open(file, &facts, NULL);
    vhdx_facts_clear(&facts);
    return medium;
}

static PieceMedium *open_vdi(Source *file)
{
    bool is_differencing = false;
    return vdi_medium_open(file, &is_differencing, NULL);
}

static PieceMedium *open_dmg(Source *file)
{
    return dmg_medium_open(file, NULL);
}

static PieceMedium *open_vmdk(Source *file)
{
    VmdkSparse *sparse = vmdk_sparse_open(file, NULL);
    if (sparse == NULL)
        return NULL;
    g_autofree char *text = vmdk_sparse_descriptor(sparse);
    if (text != NULL)
        vmdk_descriptor_free(vmdk_descriptor_parse(text, strlen(text), NULL));
    VmdkMedium *vmdk = vmdk_medium_new();
    vmdk_medium_add_sparse(vmdk, vmdk_sparse_sectors(sparse) * 512, sparse);
    vmdk_medium_add_flat(vmdk, 5000, file, 100);
    vmdk_medium_add_zeroes(vmdk, INT64_MAX);
    return vmdk_medium_finish(vmdk);
}

static PieceMedium *open_ewf(Source *file)
{
    g_autoptr(EwfSegment) segment = ewf_segment_read(file, NULL);
    EwfMedium *ewf = segment != NULL ? ewf_medium_new(segment, NULL) : NULL;
    if (ewf == NULL)
        return NULL;
    ewf_medium_add(ewf, file, segment);
    if (!segment->is_last)
        ewf_medium_add_gap(ewf);
    ewf_medium_add(ewf, file, segment);
    g_autoptr(GArray) gaps = NULL;
    PieceMedium *medium = ewf_medium_finish(ewf, &gaps);
    for (unsigned i = 0; i < gaps->len; i++) {
        const Extent *gap = &g_array_index(gaps, Extent, i);
        if (gap->size_bytes == 0 ||
            gap->offset + gap->size_bytes > source_size(piece_medium_source(medium)))
            abort();
    }
    return medium;
}

// Reads at the begin, the end, and some places between.
static void read_twice(PieceMedium *medium)
{
    Source *source = piece_medium_source(medium);
    uint64_t size = source_size(source);
    for (unsigned i = 0; i <= PLACES && size > 0; i++) {
        uint8_t first[PIECE], second[PIECE];
        uint64_t last = size > PIECE ? size - PIECE : 0, at = last / PLACES * i;
        size_t count = (size_t)MIN(size - at, (uint64_t)PIECE);
        memset(second, 0xaa, sizeof(second));
        if (!source_read_exact(source, at, first, count, NULL) ||
            !source_read_exact(source, at, second, count, NULL) ||
            memcmp(first, second, count) != 0)
            abort();
    }
}

static void check_damage(PieceMedium *medium)
{
    const GArray *damage = piece_medium_damage(medium);
    uint64_t reached = 0;
    for (unsigned i = 0; i < damage->len; i++) {
        const PieceDamage *each = &g_array_index(damage, PieceDamage, i);
        if (each->begin < reached || each->end <= each->begin ||
            each->end > source_size(piece_medium_source(medium)) || each->reason == NULL)
            abort();
        reached = each->end;
    }
}

// A VHDX image has nothing but zeroes in most of its first MiB: the input is laid out over the
// places where something is.
static void run_vhdx(const uint8_t *data, size_t size)
{
    static const struct {
        size_t offset, size_bytes;
    } areas[] = {{0, 8}, {64u << 10, 80}, {192u << 10, 80}, {1u << 20, SIZE_MAX}};
    size_t total = (1u << 20) + (128u << 10) + size, used = 0;
    g_autofree uint8_t *bytes = g_malloc0(total);
    for (size_t i = 0; i < G_N_ELEMENTS(areas); i++) {
        size_t count = MIN(areas[i].size_bytes, size - used);
        memcpy(bytes + areas[i].offset, data + used, count);
        used += count;
    }
    g_autoptr(Source) file = source_new_memory(bytes, total);
    g_autoptr(PieceMedium) medium = open_vhdx(file);
    if (medium == NULL)
        return;
    read_twice(medium);
    check_damage(medium);
    piece_medium_parent_bytes(medium, 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static PieceMedium *(*const openers[])(Source *) = {
        open_qcow, open_vhd, open_vdi, open_vmdk, open_ewf, open_dmg,
    };
    static const uint8_t nothing[1];
    if (size > 8 && memcmp(data, "vhdxfile", 8) == 0)
        run_vhdx(data, size);
    g_autoptr(Source) file = source_new_memory(size > 0 ? data : nothing, size);
    if (size > 0)
        vmdk_descriptor_free(vmdk_descriptor_parse((const char *)data, size, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(openers); i++) {
        g_autoptr(PieceMedium) medium = openers[i](file);
        if (medium == NULL)
            continue;
        read_twice(medium);
        check_damage(medium);
        piece_medium_parent_bytes(medium, 1000);
    }
    return 0;
}
