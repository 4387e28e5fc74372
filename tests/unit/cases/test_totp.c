// SPDX-License-Identifier: Apache-2.0
// Codes of the second factor, against the standard's own vectors.
#include "cases/totp.h"

#include <glib.h>
#include <string.h>

static const uint8_t rfc_secret[] = "12345678901234567890"; // RFC 6238, appendix B
#define SECONDS(s) ((int64_t)(s)*G_TIME_SPAN_SECOND)

static void codes_are_those_of_the_standard(void)
{
    static const struct {
        int64_t seconds;
        const char *code; // the last six of its eight digits
    } vectors[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        char code[TOTP_DIGITS + 1];
        totp_code(rfc_secret, totp_step_of(SECONDS(vectors[i].seconds)), code);
        g_assert_cmpstr(code, ==, vectors[i].code);
    }
}

static size_t match_at(int64_t seconds, const char *code)
{
    int64_t steps[2 * TOTP_WINDOW + 1];
    return totp_match(rfc_secret, code, SECONDS(seconds), steps);
}

static void a_code_is_good_one_step_before_and_after_its_own(void)
{
    g_assert_cmpuint(match_at(1234567890 - 60, "005924"), ==, 0);
    g_assert_cmpuint(match_at(1234567890 - 30, "005924"), ==, 1);
    g_assert_cmpuint(match_at(1234567890, "005924"), ==, 1);
    g_assert_cmpuint(match_at(1234567890 + 30, "005924"), ==, 1);
    g_assert_cmpuint(match_at(1234567890 + 60, "005924"), ==, 0);
}

static void the_step_that_matched_is_told(void)
{
    int64_t steps[2 * TOTP_WINDOW + 1];
    g_assert_cmpuint(totp_match(rfc_secret, "005924", SECONDS(1234567920), steps), ==, 1);
    g_assert_cmpint(steps[0], ==, 41152263);
}

static void what_is_not_six_digits_is_no_code(void)
{
    static const char *const others[] = {"",       "00592",  "0059245", "00592a",
                                         " 05924", "-05924", "٠٠٥٩٢٤",  "005924\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_assert_false(totp_is_code(others[i]));
        g_assert_cmpuint(match_at(1234567890, others[i]), ==, 0);
    }
}

static void an_authenticator_reads_the_address(void)
{
    g_autofree char *uri = totp_uri(rfc_secret, "Clew", "ann@unit.example");
    g_assert_cmpstr(uri, ==,
                    "otpauth://totp/Clew:ann%40unit.example?secret="
                    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Clew&algorithm=SHA1&digits=6&"
                    "period=30");
}

static void every_secret_is_another(void)
{
    uint8_t one[TOTP_SECRET_BYTES], two[TOTP_SECRET_BYTES];
    totp_secret_new(one);
    totp_secret_new(two);
    g_assert_cmpint(memcmp(one, two, sizeof one), !=, 0);
}

static void a_recovery_code_is_known_however_it_is_typed(void)
{
    char code[RECOVERY_CODE_LENGTH + 1];
    uint8_t hash[RECOVERY_HASH_BYTES], typed[RECOVERY_HASH_BYTES];
    recovery_code_new(code);
    g_assert_cmpuint(strlen(code), ==, 19);
    g_assert_true(recovery_code_hash(code, hash));
    g_autofree char *capitals = g_ascii_strup(code, -1);
    g_assert_true(recovery_code_hash(g_strdelimit(capitals, "-", ' '), typed));
    g_assert_cmpmem(hash, sizeof hash, typed, sizeof typed);
}

static void every_recovery_code_is_another(void)
{
    char one[RECOVERY_CODE_LENGTH + 1], two[RECOVERY_CODE_LENGTH + 1];
    recovery_code_new(one);
    recovery_code_new(two);
    g_assert_cmpstr(one, !=, two);
}

static void what_is_no_recovery_code_is_refused(void)
{
    static const char *const others[] = {"", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnopq",
                                         "abcd-efgh-ijkl-mno1", "005924"};
    uint8_t hash[RECOVERY_HASH_BYTES];
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(recovery_code_hash(others[i], hash));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/totp/" #test, test)
    ADD(codes_are_those_of_the_standard);
    ADD(a_code_is_good_one_step_before_and_after_its_own);
    ADD(the_step_that_matched_is_told);
    ADD(what_is_not_six_digits_is_no_code);
    ADD(an_authenticator_reads_the_address);
    ADD(every_secret_is_another);
    ADD(a_recovery_code_is_known_however_it_is_typed);
    ADD(every_recovery_code_is_another);
    ADD(what_is_no_recovery_code_is_refused);
    return g_test_run();
}
