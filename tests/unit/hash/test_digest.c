// SPDX-License-Identifier: Apache-2.0
//
// Promise: both engines give the published digests of known texts and agree on bytes of every
// length, however they are cut.
#include "hash/digest.h"

#include <glib.h>
#include <string.h>

static const DigestEngine both[] = {DIGEST_ENGINE_LIBCRYPTO, DIGEST_ENGINE_FUSED};

typedef void EngineTest(DigestEngine engine);

static void on_every_engine(EngineTest *test)
{
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        g_test_message("%s", digest_engine_name(both[i]));
        if (digest_engine_available(both[i]))
            test(both[i]);
        else
            g_test_message("this processor cannot run it");
    }
}

static char *hex_of(const uint8_t *bytes, size_t size)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

static void assert_digests(const DigestSet *set, const char *md5, const char *sha1,
                           const char *sha256)
{
    g_autofree char *actual_md5 = hex_of(set->md5, sizeof set->md5);
    g_autofree char *actual_sha1 = hex_of(set->sha1, sizeof set->sha1);
    g_autofree char *actual_sha256 = hex_of(set->sha256, sizeof set->sha256);
    g_assert_cmpstr(actual_md5, ==, md5);
    g_assert_cmpstr(actual_sha1, ==, sha1);
    g_assert_cmpstr(actual_sha256, ==, sha256);
}

// From RFC 1321 and FIPS 180-4.
static void known_texts(DigestEngine engine)
{
    static const struct {
        const char *text, *md5, *sha1, *sha256;
    } rows[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "8215ef0796a20bcaaae116d3876c664a", "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    DigestState *state = digest_state_new(engine);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        DigestSet set;
        digest_state_update(state, rows[i].text, strlen(rows[i].text));
        digest_state_finish(state, &set);
        assert_digests(&set, rows[i].md5, rows[i].sha1, rows[i].sha256);
    }
    digest_state_free(state);
}

static void million_letters(DigestEngine engine)
{
    DigestState *state = digest_state_new(engine);
    DigestSet set;
    char letters[1000];
    memset(letters, 'a', sizeof letters);
    for (int i = 0; i < 1000; i++)
        digest_state_update(state, letters, sizeof letters);
    digest_state_finish(state, &set);
    assert_digests(&set, "7707d6ae4e027c70eea2a935c2296f21",
                   "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
                   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    digest_state_free(state);
}

static void begin_forgets_what_was_given(DigestEngine engine)
{
    DigestState *state = digest_state_new(engine);
    DigestSet set;
    digest_state_update(state, "something else", 14);
    digest_state_begin(state);
    digest_state_update(state, "abc", 3);
    digest_state_finish(state, &set);
    assert_digests(&set, "900150983cd24fb0d6963f7d28e17f72",
                   "a9993e364706816aba3e25717850c26c9cd0d89d",
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_state_free(state);
}

static void known_texts_have_their_published_digests(void)
{
    on_every_engine(known_texts);
    on_every_engine(million_letters);
}

static void begin_forgets_what_was_given_before(void)
{
    on_every_engine(begin_forgets_what_was_given);
}

static uint8_t *random_bytes(size_t size)
{
    uint8_t *bytes = g_malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)g_test_rand_int_range(0, 256);
    return bytes;
}

static DigestSet digests_in_pieces(DigestState *state, const uint8_t *bytes, size_t size)
{
    DigestSet set;
    for (size_t at = 0; at < size;) {
        size_t piece = (size_t)g_test_rand_int_range(0, 200);
        piece = MIN(piece, size - at);
        digest_state_update(state, bytes + at, piece);
        at += piece;
    }
    digest_state_finish(state, &set);
    return set;
}

static DigestSet digests_at_once(DigestState *state, const uint8_t *bytes, size_t size)
{
    DigestSet set;
    digest_state_update(state, bytes, size);
    digest_state_finish(state, &set);
    return set;
}

static void engines_agree_on_every_length_and_cut(void)
{
    if (!digest_engine_available(DIGEST_ENGINE_FUSED)) {
        g_test_skip("this processor has no SHA instructions");
        return;
    }
    DigestState *plain = digest_state_new(DIGEST_ENGINE_LIBCRYPTO);
    DigestState *fused = digest_state_new(DIGEST_ENGINE_FUSED);
    for (size_t size = 0; size < 700; size++) {
        g_autofree uint8_t *bytes = random_bytes(size);
        DigestSet expected = digests_at_once(plain, bytes, size);
        DigestSet whole = digests_at_once(fused, bytes, size);
        DigestSet pieces = digests_in_pieces(fused, bytes, size);
        g_assert_cmpmem(&whole, sizeof whole, &expected, sizeof expected);
        g_assert_cmpmem(&pieces, sizeof pieces, &expected, sizeof expected);
    }
    digest_state_free(plain);
    digest_state_free(fused);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/digest/known_texts_have_their_published_digests",
                    known_texts_have_their_published_digests);
    g_test_add_func("/hash/digest/begin_forgets_what_was_given_before",
                    begin_forgets_what_was_given_before);
    g_test_add_func("/hash/digest/engines_agree_on_every_length_and_cut",
                    engines_agree_on_every_length_and_cut);
    return g_test_run();
}
