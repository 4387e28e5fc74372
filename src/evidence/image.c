// SPDX-License-Identifier: Apache-2.0
#include "evidence/image.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "evidence/image_kind.h"
#include "evidence/volume.h"

// Damaged stretches told one by one.
#define STRETCHES_TOLD 16u
// Parents of parents; differencing chains of backup programs are longer than one would think.
#define PARENTS_MAX 64u
// Pieces that are asked whether they are left to a parent that is not there.
#define PIECES_COUNTED 4000000u

static const ImageKind *const kinds[] = {
    &image_ewf, &image_qcow, &image_vhd, &image_vhdx,
    &image_vdi, &image_vmdk, &image_dmg, &image_named,
};

const SniffType *image_type_of(Source *source)
{
    uint8_t first[SNIFF_BYTES];
    ssize_t count = source_read(source, 0, first, sizeof(first), NULL);
    return sniff_bytes(first, count > 0 ? (size_t)count : 0);
}

static const ImageKind *find_kind(const SniffType *type, Source *source)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i]->fits(type, source))
            return kinds[i];
    return NULL;
}

bool image_has_type(const SniffType *type, const char *media_type)
{
    return strcmp(type->media_type, media_type) == 0;
}

bool image_may_have_trailer(const SniffType *type)
{
    // What begins like a picture or a document is one, whatever its last bytes say. A DMG begins
    // with its first packed block.
    return type->family == FAMILY_UNKNOWN || type->family == FAMILY_DISK_IMAGE ||
           image_has_type(type, "application/x-iso9660-image") ||
           image_has_type(type, "application/x-bzip2") || image_has_type(type, "application/x-xz");
}

// ---- What could not be looked at ----------------------------------------------------------------

void image_search_bytes(Walk *walk, Source *source)
{
    const Extent all = {.offset = 0, .size_bytes = source_size(source)};
    // Not as a gap: a container that begins where the image begins is the image itself.
    walk_leftover(walk, source, &all, 1, LEFTOVER_SLACK, 1);
}

void image_give_up(Walk *walk, Source *source, const char *what, const GError *error)
{
    g_autoptr(GError) said = g_error_copy(error);
    g_prefix_error(&said, "%s could not be opened: ", what);
    walk_set_error(walk, said);
    if (error->code == CLEW_ERROR_DENIED)
        walk_add_finding(walk, FINDING_ENCRYPTED, source_size(source), "%s", error->message);
    else
        image_search_bytes(walk, source);
}

// Workers that share a walk each tell what they read: only what is the same for all, or names its
// range, can be put together.
void image_tell_damage(Walk *walk, PieceMedium *medium)
{
    const GArray *damage = piece_medium_damage(medium);
    bool is_damaged = false;
    uint64_t further = 0;
    for (unsigned i = 0; i < damage->len; i++) {
        const PieceDamage *each = &g_array_index(damage, PieceDamage, i);
        is_damaged |= each->code == CLEW_ERROR_CORRUPT || each->code == CLEW_ERROR_IO;
        if (i < STRETCHES_TOLD)
            walk_not_examined(walk, each->end - each->begin,
                              "bytes %" PRIu64 " to %" PRIu64 " of the medium: %s", each->begin,
                              each->end, each->reason);
        else
            further += each->end - each->begin;
    }
    if (is_damaged)
        walk_add_finding(walk, FINDING_DAMAGED, 0,
                         "parts of the image are damaged and were read as zeroes");
    if (further > 0)
        walk_not_examined(walk, further, "%u more stretches of the medium could not be read",
                          damage->len - STRETCHES_TOLD);
}

// ---- Chains -------------------------------------------------------------------------------------

static void free_source(void *source)
{
    source_free(source);
}

static void free_medium(void *medium)
{
    piece_medium_free(medium);
}

// Opens one link and what it refers to. Borrowed from the chain; NULL with err set.
static PieceMedium *open_link(ImageChain *chain, const ImageKind *kind, Source *file, GError **err)
{
    if (chain->depth >= PARENTS_MAX) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "more than %u parents follow one another",
                    PARENTS_MAX);
        return NULL;
    }
    chain->depth++;
    PieceMedium *medium = kind->open(chain, file, err);
    chain->depth--;
    if (medium != NULL)
        g_ptr_array_add(chain->media, medium);
    return medium;
}

Source *image_chain_sibling(ImageChain *chain, const char *path, char **ret_name)
{
    const char *name = path;
    for (const char *at = path; *at != 0; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    *ret_name = g_strdup(name);
    bool is_name = name[0] != 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    Source *file = is_name ? walk_sibling(chain->walk, name) : NULL;
    if (file != NULL)
        g_ptr_array_add(chain->files, file);
    return file;
}

void image_chain_tell_no_parent(ImageChain *chain, PieceMedium *medium, const char *why)
{
    uint64_t bytes = piece_medium_parent_bytes(medium, PIECES_COUNTED);
    walk_not_examined(chain->walk, bytes, "the image holds changes only; %s", why);
}

void image_chain_set_parent(ImageChain *chain, PieceMedium *medium, const char *path)
{
    g_autofree char *name = NULL;
    Source *file = image_chain_sibling(chain, path, &name);
    if (file == NULL) {
        g_autofree char *why = g_strdup_printf("its parent %s is missing", name);
        image_chain_tell_no_parent(chain, medium, why);
        return;
    }
    const ImageKind *kind = find_kind(image_type_of(file), file);
    if (kind == NULL || kind->open == NULL) {
        piece_medium_set_parent(medium, file);
        return;
    }
    g_autoptr(GError) error = NULL;
    PieceMedium *parent = open_link(chain, kind, file, &error);
    if (parent != NULL) {
        piece_medium_set_parent(medium, piece_medium_source(parent));
        return;
    }
    g_autofree char *why =
        g_strdup_printf("its parent %s could not be opened: %s", name, error->message);
    image_chain_tell_no_parent(chain, medium, why);
}

static void walk_chain(Walk *walk, const ImageKind *kind, Source *source)
{
    ImageChain chain = {.walk = walk,
                        .files = g_ptr_array_new_with_free_func(free_source),
                        .media = g_ptr_array_new_with_free_func(free_medium)};
    g_autoptr(GError) error = NULL;
    PieceMedium *medium = open_link(&chain, kind, source, &error);
    if (medium != NULL)
        volume_walk(walk, piece_medium_source(medium));
    else
        image_give_up(walk, source, kind->name, error);
    for (unsigned i = 0; i < chain.media->len; i++)
        image_tell_damage(walk, chain.media->pdata[i]);
    g_ptr_array_unref(chain.media);
    g_ptr_array_unref(chain.files);
}

// ---- The container ------------------------------------------------------------------------------

static bool fits(const SniffType *type, Source *source)
{
    return find_kind(type, source) != NULL;
}

static void open_image(Walk *walk, Source *source)
{
    const SniffType *type = image_type_of(source);
    const ImageKind *kind = find_kind(type, source);
    if (kind == NULL)
        walk_set_status(walk, STATUS_CORRUPT, "it was an image when its first bytes were read");
    else if (kind->walk != NULL)
        kind->walk(walk, type, source);
    else
        walk_chain(walk, kind, source);
}

const Container image_container = {.name = "disk image", .fits = fits, .open = open_image};
