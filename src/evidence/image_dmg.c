// SPDX-License-Identifier: Apache-2.0
#include "evidence/dmg_medium.h"
#include "evidence/image_kind.h"

static PieceMedium *open_dmg(ImageChain *chain, Source *file, GError **err)
{
    return dmg_medium_open(file, err);
}

// Encrypted ones begin with their mark; the others begin with their first block.
static bool fits(const SniffType *type, Source *source)
{
    char first[5] = "";
    if (image_has_type(type, "application/x-apple-diskimage"))
        return source_read_exact(source, 0, first, 4, NULL) && !g_str_equal(first, "sprs");
    return image_may_have_trailer(type) && dmg_has_trailer(source);
}

const ImageKind image_dmg = {.name = "the disk image of Apple", .fits = fits, .open = open_dmg};
