// SPDX-License-Identifier: Apache-2.0
#include "evidence/container.h"

#include <glib.h>

#include "evidence/archive.h"
#include "evidence/cms.h"
#include "evidence/encoded_text.h"
#include "evidence/image.h"
#include "evidence/mail.h"
#include "evidence/mbox.h"
#include "evidence/office.h"
#include "evidence/ole.h"
#include "evidence/ole_streams.h"
#include "evidence/onenote.h"
#include "evidence/pdf.h"
#include "evidence/rtf.h"
#include "evidence/sealed/pst.h"
#include "evidence/tnef.h"
#include "evidence/volume.h"

// One row for each kind of container. What has a certain marker comes before what is guessed.
static const Container *const containers[] = {
    &image_container,
    &ole_container,
    &ole_workbook_container,
    &ole_presentation_container,
    &ole_pictures_container,
    &ole_package_container,
    &ole_thumbnail_container,
    &pdf_container,
    &rtf_container,
    &mbox_container,
    &mail_container,
    &tnef_container,
    &onenote_container,
    &cms_container,
    &pst_container,
    &encoded_text_container,
    &office_container,
    &archive_container,
    &volume_container,
    &archive_hidden_container,
    NULL, // ends the table
};

const Container *container_find(const SniffType *type, Source *source)
{
    for (size_t i = 0; containers[i] != NULL; i++)
        if (containers[i]->fits(type, source))
            return containers[i];
    return NULL;
}
