// SPDX-License-Identifier: Apache-2.0
//
// One kind of image, and what the kinds share. Private to evidence/image*.c.
//
// Most kinds make one PieceMedium of a file and of what it refers to (parents, extents). They are
// opened as links of a chain, because a parent may be an image of another kind. Sets of segments
// and kinds that are only named look inside by themselves.
#pragma once

#include <stdbool.h>

#include "evidence/piece_medium.h"
#include "evidence/source.h"
#include "evidence/walk.h"
#include "sniff/sniff.h"

// Everything that one image is made of.
typedef struct {
    Walk *walk;
    GPtrArray *files; // of Source *, owned
    GPtrArray *media; // of PieceMedium *, owned; parents before what refers to them
    unsigned depth;   // parents above each other
} ImageChain;

typedef struct {
    const char *name; // with its article: "the QCOW image"
    bool (*fits)(const SniffType *type, Source *source);
    // The medium in `file` (borrowed, outlives the chain); what is odd or missing is told.
    PieceMedium *(*open)(ImageChain *chain, Source *file, GError **err);
    // Instead of `open`: looks inside by itself.
    void (*walk)(Walk *walk, const SniffType *type, Source *source);
} ImageKind;

extern const ImageKind image_dmg, image_ewf, image_named, image_qcow, image_vdi, image_vhd,
    image_vhdx, image_vmdk;

// By its first bytes.
const SniffType *image_type_of(Source *source);
bool image_has_type(const SniffType *type, const char *media_type);

// May content that begins like this be an image that is marked at its end alone?
bool image_may_have_trailer(const SniffType *type);

// Searches the wrapper's own bytes for media at every offset: for what cannot be opened.
void image_search_bytes(Walk *walk, Source *source);

// Says that `what` ("the E01 set") cannot be opened, for the error's reason, and searches its
// bytes.
void image_give_up(Walk *walk, Source *source, const char *what, const GError *error);

// Tells what was found damaged while the medium was read.
void image_tell_damage(Walk *walk, PieceMedium *medium);

// The file beside the evidence file that a path stored in the image names by its last component,
// whichever way its slashes lean; borrowed from the chain. NULL when there is none. `ret_name`
// (newly allocated, also then) is the base name that was looked for.
Source *image_chain_sibling(ImageChain *chain, const char *path, char **ret_name);

// Gives `medium` the parent that `path` names, opened as an image of any kind or as a raw medium.
// Says what is missing when it is not there.
void image_chain_set_parent(ImageChain *chain, PieceMedium *medium, const char *path);

// Says why the parent's bytes could not be looked at, and how many they are.
void image_chain_tell_no_parent(ImageChain *chain, PieceMedium *medium, const char *why);
