// SPDX-License-Identifier: Apache-2.0
//
// VMDK disks: a descriptor of its own with extents beside it, or one sparse extent with the
// descriptor inside.
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "evidence/image_kind.h"
#include "evidence/vmdk_descriptor.h"
#include "evidence/vmdk_medium.h"
#include "evidence/vmdk_sparse.h"
#include "sniff/segment_name.h"

#define SECTOR_BYTES 512u

// ---- Extents ------------------------------------------------------------------------------------

static void note_missing(ImageChain *chain, VmdkMedium *vmdk, uint64_t size_bytes, const char *why)
{
    uint64_t begin = vmdk_medium_size(vmdk);
    walk_not_examined(chain->walk, size_bytes, "bytes %" PRIu64 " to %" PRIu64 " of the medium: %s",
                      begin, begin + size_bytes, why);
    vmdk_medium_add_zeroes(vmdk, size_bytes);
}

static bool add_sparse(ImageChain *chain, VmdkMedium *vmdk, const VmdkExtent *extent, Source *file)
{
    g_autoptr(GError) error = NULL;
    VmdkSparse *sparse = vmdk_sparse_open(file, &error);
    uint64_t size_bytes = extent->sectors * SECTOR_BYTES;
    if (sparse != NULL) {
        vmdk_medium_add_sparse(vmdk, size_bytes, sparse);
        return true;
    }
    g_autofree char *why =
        g_strdup_printf("the extent %s could not be opened: %s", extent->name, error->message);
    note_missing(chain, vmdk, size_bytes, why);
    return false;
}

// False when it is not there; then zeroes take its place, which is told.
static bool add_extent(ImageChain *chain, VmdkMedium *vmdk, const VmdkExtent *extent)
{
    uint64_t size_bytes = extent->sectors * SECTOR_BYTES;
    if (extent->kind == VMDK_EXTENT_ZERO) {
        vmdk_medium_add_zeroes(vmdk, size_bytes);
        return true;
    }
    if (extent->kind == VMDK_EXTENT_OTHER) {
        g_autofree char *why =
            g_strdup_printf("an extent of the kind %s is not supported", extent->kind_name);
        note_missing(chain, vmdk, size_bytes, why);
        return false;
    }
    g_autofree char *name = NULL;
    Source *file = image_chain_sibling(chain, extent->name != NULL ? extent->name : "", &name);
    if (file == NULL) {
        g_autofree char *why = g_strdup_printf("the extent %s is missing", name);
        note_missing(chain, vmdk, size_bytes, why);
        return false;
    }
    if (extent->kind == VMDK_EXTENT_SPARSE)
        return add_sparse(chain, vmdk, extent, file);
    vmdk_medium_add_flat(vmdk, size_bytes, file, extent->offset * SECTOR_BYTES);
    return true;
}

static PieceMedium *finish(ImageChain *chain, VmdkMedium *vmdk, const VmdkDescriptor *descriptor)
{
    PieceMedium *medium = vmdk_medium_finish(vmdk);
    if (descriptor != NULL && descriptor->has_parent && descriptor->parent_name != NULL)
        image_chain_set_parent(chain, medium, descriptor->parent_name);
    else if (descriptor != NULL && descriptor->has_parent)
        image_chain_tell_no_parent(chain, medium, "it does not say what its parent is called");
    return medium;
}

// ---- The two forms ------------------------------------------------------------------------------

static PieceMedium *open_descriptor(ImageChain *chain, Source *file, GError **err)
{
    size_t size = (size_t)MIN(source_size(file), (uint64_t)VMDK_DESCRIPTOR_BYTES_MAX);
    g_autofree char *text = g_malloc0(size + 1);
    if (source_read(file, 0, text, size, err) < 0)
        return NULL;
    g_autoptr(VmdkDescriptor) descriptor = vmdk_descriptor_parse(text, size, err);
    if (descriptor == NULL)
        return NULL;
    g_autoptr(VmdkMedium) vmdk = vmdk_medium_new();
    unsigned missing = 0;
    for (unsigned i = 0; i < descriptor->extents->len; i++)
        missing += !add_extent(chain, vmdk, descriptor->extents->pdata[i]);
    if (missing == descriptor->extents->len) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                            "none of the files that hold it could be opened");
        return NULL;
    }
    return finish(chain, g_steal_pointer(&vmdk), descriptor);
}

// An extent without a descriptor is a part of a set, which its name may tell.
static void tell_part(ImageChain *chain)
{
    SegmentName parsed;
    const char *name = walk_name(chain->walk);
    if (chain->depth > 1 || !segment_name_parse(SEGMENT_VMDK, name, &parsed) || parsed.number == 0)
        return;
    g_autofree char *opener = segment_name_of_opener(name, &parsed);
    walk_add_finding(chain->walk, FINDING_SEGMENT, 0,
                     "extent %u of a VMDK disk that is opened by %s; opened by itself here",
                     parsed.number, opener);
}

static PieceMedium *open_sparse(ImageChain *chain, Source *file, GError **err)
{
    g_autoptr(VmdkSparse) sparse = vmdk_sparse_open(file, err);
    if (sparse == NULL)
        return NULL;
    g_autofree char *text = vmdk_sparse_descriptor(sparse);
    g_autoptr(VmdkDescriptor) descriptor =
        text != NULL ? vmdk_descriptor_parse(text, strlen(text), NULL) : NULL;
    if (descriptor == NULL)
        tell_part(chain);
    uint64_t size_bytes = vmdk_sparse_sectors(sparse) * SECTOR_BYTES;
    VmdkMedium *vmdk = vmdk_medium_new();
    // The extent that the descriptor names is this file, whatever it is called by now.
    vmdk_medium_add_sparse(vmdk, size_bytes, g_steal_pointer(&sparse));
    for (unsigned i = 1; descriptor != NULL && i < descriptor->extents->len; i++)
        add_extent(chain, vmdk, descriptor->extents->pdata[i]);
    return finish(chain, vmdk, descriptor);
}

static PieceMedium *open_vmdk(ImageChain *chain, Source *file, GError **err)
{
    char first[2] = "";
    if (!source_read_exact(file, 0, first, 1, err))
        return NULL;
    return first[0] == '#' ? open_descriptor(chain, file, err) : open_sparse(chain, file, err);
}

static bool fits(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-vmdk");
}

const ImageKind image_vmdk = {.name = "the VMDK disk", .fits = fits, .open = open_vmdk};
