// SPDX-License-Identifier: Apache-2.0
//
// Images that are recognised and not opened: each is named, with what could be done, and its bytes
// are searched for media that lies in them uncompressed.
#include "evidence/image_kind.h"

typedef struct {
    const char *media_type;
    const char *magic; // where one type covers several; else NULL
    const char *reason;
} Named;

static const Named named[] = {
    {"application/x-ewf-logical", "LVF",
     "logical evidence (EnCase L01) is not opened; export its files from a program that reads it"},
    {"application/x-ewf-logical", NULL,
     "logical evidence (EnCase Lx01) is not opened; export its files from a program that reads it"},
    {"application/x-ewf2", NULL,
     "an EnCase 7 image (Ex01) is not opened; convert it to E01 or to a raw image"},
    {"application/x-ad1", NULL,
     "logical evidence (AccessData AD1) is not opened; export its files from FTK Imager"},
    {"application/x-aff", NULL,
     "an AFF image is not opened; convert it to a raw image (affconvert)"},
    {"application/x-apple-diskimage", "sprs",
     "a sparse disk image of Apple (sparseimage) is not opened; convert it to a raw image "
     "(hdiutil convert)"},
    {"application/x-ms-wim", NULL,
     "a Windows image (WIM) is not opened; extract it (wimlib-imagex)"},
    {"application/x-parallels-disk", NULL,
     "a Parallels disk is not opened; convert it to a raw image (qemu-img convert)"},
    {"application/x-qed-disk", NULL,
     "a QED disk is not opened; convert it to a raw image (qemu-img convert)"},
    {"application/x-ghost-image", NULL,
     "a Norton Ghost image is not opened; restore it to a raw image"},
    {"application/x-acronis-image", NULL,
     "an Acronis True Image backup is not opened; restore it to a raw image"},
    {"application/x-partclone-image", NULL,
     "a Partclone image is not opened; restore it to a raw image (partclone.restore)"},
};

static const Named *find(const SniffType *type, Source *source)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        if (!image_has_type(type, named[i].media_type))
            continue;
        char first[8] = "";
        if (named[i].magic == NULL || (source_read(source, 0, first, sizeof(first) - 1, NULL) > 0 &&
                                       g_str_has_prefix(first, named[i].magic)))
            return &named[i];
    }
    return NULL;
}

static bool fits(const SniffType *type, Source *source)
{
    return find(type, source) != NULL;
}

static void open_named(Walk *walk, const SniffType *type, Source *source)
{
    walk_set_status(walk, STATUS_UNSUPPORTED, "%s", find(type, source)->reason);
    image_search_bytes(walk, source);
}

const ImageKind image_named = {.name = "the image", .fits = fits, .walk = open_named};
