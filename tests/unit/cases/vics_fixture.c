// SPDX-License-Identifier: Apache-2.0
#include "vics_fixture.h"

#include "base/encoding.h"

#define CONTEXT                                                                                    \
    "\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/"       \
    "$metadata#Cases\""

Zygote *vics_fixture_zygote(void)
{
    g_autoptr(GError) error = NULL;
    // Sanitizers need what the sandbox takes away; wire/ has its own tests of the lock.
    Zygote *zygote =
        zygote_start((ZygoteOptions){.program = LIST_WORKER, .allow_unconfined = true}, &error);
    g_assert_no_error(error);
    return zygote;
}

FILE *vics_fixture_file(const char *text)
{
    FILE *file = tmpfile();
    g_assert_nonnull(file);
    g_assert_cmpint(fputs(text, file), >=, 0);
    g_assert_cmpint(fflush(file), ==, 0);
    return file;
}

FILE *vics_fixture_many(unsigned count)
{
    FILE *file = vics_fixture_file("{" CONTEXT ",\"value\":[{\"CaseNumber\":\"X-1\",\"Media\":[");
    for (unsigned i = 0; i < count; i++)
        fprintf(file,
                "%s\n{\"MediaID\":%u,\"MD5\":\"%032X\",\"SHA1\":\"%040x\",\"Category\":%u,"
                "\"PrecategorizationSource\":\"a list\",\"MediaFiles\":[{\"FileName\":\"%u.jpg\","
                "\"FilePath\":\"Users\\\\somebody\"}]}",
                i > 0 ? "," : "", i + 1, i, i, i % 3, i);
    fputs("\n],\"Identifiers\":[{\"Name\":\"kite_flyer\",\"IdentifierType\":\"Account\"}]}]}\n",
          file);
    g_assert_cmpint(fflush(file), ==, 0);
    return file;
}

VicsDocumentRow *vics_fixture_import(CaseworkFixture *fixture, FILE *file, bool *ret_was_there)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Zygote) zygote = vics_fixture_zygote();
    bool was_there;
    const VicsImportOptions options = {.case_id = fixture->case_id,
                                       .descriptor = fileno(file),
                                       .name = "case.json",
                                       .zygote = zygote};
    VicsDocumentRow *row = vics_import(fixture->work, &fixture->ann, &options, &was_there, &error);
    g_assert_no_error(error);
    g_assert_nonnull(row);
    if (ret_was_there != NULL)
        *ret_was_there = was_there;
    return row;
}

Digests vics_fixture_digests(unsigned number)
{
    Digests digests = {0};
    g_autofree char *md5 = g_strdup_printf("%032x", number);
    g_autofree char *sha1 = g_strdup_printf("%040x", number);
    g_assert_true(encoding_from_hex(md5, 2 * MD5_BYTES, digests.md5, MD5_BYTES));
    g_assert_true(encoding_from_hex(sha1, 2 * SHA1_BYTES, digests.sha1, SHA1_BYTES));
    return digests;
}

int64_t vics_fixture_count(CaseworkFixture *fixture, const char *sql)
{
    g_autoptr(GError) error = NULL;
    bool row = false;
    g_autoptr(Statement) statement =
        statement_prepare(casework_database(fixture->work), sql, &error);
    g_assert_no_error(error);
    g_assert_true(statement_step(statement, &row, &error) && row);
    int64_t count = statement_int(statement, 0);
    statement_reset(statement);
    return count;
}
