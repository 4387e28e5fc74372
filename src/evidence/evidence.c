// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

#include "base/error.h"
#include "evidence/archive.h"
#include "evidence/mail_header.h"
#include "evidence/pdf.h"

// What names in archives and mails of the last decades are written in.
const char *const evidence_charsets[] = {
    "CP437",        "CP850",        "CP866",        "CP932",        "SHIFT_JIS",    "ISO-2022-JP",
    "EUC-JP",       "GB18030",      "GBK",          "EUC-CN",       "BIG5",         "BIG5-HKSCS",
    "EUC-KR",       "UHC",          "ISO-2022-KR",  "KOI8-R",       "KOI8-U",       "TIS-620",
    "MACINTOSH",    "WINDOWS-1250", "WINDOWS-1251", "CP1252",       "WINDOWS-1252", "WINDOWS-1253",
    "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "ISO-8859-1",
    "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",
    "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-14",
    "ISO-8859-15",  "ISO-8859-16",  "UTF-16LE",     "UTF-16BE",     "UTF-7",        NULL,
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
