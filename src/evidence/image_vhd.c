// SPDX-License-Identifier: Apache-2.0
//
// The virtual disks that keep whole blocks: VHD, VHDX, VDI.
#include "evidence/image_kind.h"
#include "evidence/vdi_medium.h"
#include "evidence/vhd_medium.h"
#include "evidence/vhdx_medium.h"

static void set_parent(ImageChain *chain, PieceMedium *medium, const char *parent_name)
{
    if (parent_name != NULL)
        image_chain_set_parent(chain, medium, parent_name);
    else
        image_chain_tell_no_parent(chain, medium, "it does not say what its parent is called");
}

// ---- VHD ----------------------------------------------------------------------------------------

static PieceMedium *open_vhd(ImageChain *chain, Source *file, GError **err)
{
    VhdFacts facts = {0};
    PieceMedium *medium = vhd_medium_open(file, &facts, err);
    if (medium != NULL && facts.is_differencing)
        set_parent(chain, medium, facts.parent_name);
    vhd_facts_clear(&facts);
    return medium;
}

// A fixed image begins like the medium in it: with a boot sector, a file system, or nothing known.
static bool fits_vhd(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-vhd") ||
           (image_may_have_trailer(type) && vhd_is_fixed(source));
}

const ImageKind image_vhd = {.name = "the VHD image", .fits = fits_vhd, .open = open_vhd};

// ---- VHDX ---------------------------------------------------------------------------------------

static PieceMedium *open_vhdx(ImageChain *chain, Source *file, GError **err)
{
    VhdxFacts facts = {0};
    PieceMedium *medium = vhdx_medium_open(file, &facts, err);
    if (medium != NULL && facts.is_differencing)
        set_parent(chain, medium, facts.parent_name);
    if (medium != NULL && facts.has_log)
        walk_not_examined(chain->walk, 0,
                          "the image was not closed properly; its log of last writes was not "
                          "carried out");
    vhdx_facts_clear(&facts);
    return medium;
}

static bool fits_vhdx(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-vhdx");
}

const ImageKind image_vhdx = {.name = "the VHDX image", .fits = fits_vhdx, .open = open_vhdx};

// ---- VDI ----------------------------------------------------------------------------------------

static PieceMedium *open_vdi(ImageChain *chain, Source *file, GError **err)
{
    bool is_differencing = false;
    PieceMedium *medium = vdi_medium_open(file, &is_differencing, err);
    if (medium != NULL && is_differencing)
        set_parent(chain, medium, NULL);
    return medium;
}

static bool fits_vdi(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-virtualbox-vdi");
}

const ImageKind image_vdi = {.name = "the VDI image", .fits = fits_vdi, .open = open_vdi};
