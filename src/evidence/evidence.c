// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

#include "base/error.h"
#include "evidence/archive.h"
#include "evidence/mail_header.h"
#include "evidence/pdf.h"

// What names in archives and mails of the last decades are written in.
const char *const evidence_charsets[] = {
    "CP437", "CP932",        "SHIFT_JIS", "ISO-2022-JP", "GB18030",  "BIG5",     "EUC-KR", "KOI8-R",
    "CP850", "WINDOWS-1251", "CP1252",    "ISO-8859-1",  "UTF-16LE", "UTF-16BE", "UTF-7",  NULL,
};

bool evidence_prepare(GError **err)
{
    mail_prepare();
    pdf_prepare();
    if (archive_prepare())
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                "cannot read names in archives: the locale C.UTF-8 is missing on this machine");
    return false;
}

const char *evidence_versions(void)
{
    return EVIDENCE_VERSIONS;
}
