// SPDX-License-Identifier: Apache-2.0
#include "evidence/image_kind.h"
#include "evidence/qcow_medium.h"

static void tell(Walk *walk, const QcowFacts *facts)
{
    if (facts->snapshots > 0)
        walk_not_examined(walk, 0,
                          "%u snapshots inside the image, older states of the medium, were not "
                          "looked at",
                          facts->snapshots);
    if (facts->is_unclean)
        walk_add_finding(walk, FINDING_DAMAGED, 0,
                         "the image says that it was not closed properly or is damaged");
}

static void set_data_file(ImageChain *chain, PieceMedium *medium, const QcowFacts *facts)
{
    g_autofree char *name = NULL;
    Source *data =
        image_chain_sibling(chain, facts->data_name != NULL ? facts->data_name : "", &name);
    if (data != NULL)
        qcow_medium_set_data(medium, data);
    else
        walk_add_finding(chain->walk, FINDING_SEGMENT, 0,
                         "the file %s, in which the image keeps its data, is missing", name);
}

static PieceMedium *open_qcow(ImageChain *chain, Source *file, GError **err)
{
    QcowFacts facts = {0};
    PieceMedium *medium = qcow_medium_open(file, &facts, err);
    if (medium == NULL)
        return NULL;
    tell(chain->walk, &facts);
    if (facts.has_data_file)
        set_data_file(chain, medium, &facts);
    if (facts.backing_name != NULL)
        image_chain_set_parent(chain, medium, facts.backing_name);
    qcow_facts_clear(&facts);
    return medium;
}

static bool fits(const SniffType *type, Source *source)
{
    return image_has_type(type, "application/x-qemu-disk");
}

const ImageKind image_qcow = {.name = "the QCOW image", .fits = fits, .open = open_qcow};
