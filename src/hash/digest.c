// SPDX-License-Identifier: Apache-2.0
#include "hash/digest.h"

#include "hash/digest_fused.h"
#include "hash/digest_parts.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { MD5, SHA1, SHA256, ALGORITHMS };

typedef struct {
    DigestWords words;
    uint64_t size; // bytes so far
    uint8_t pending[DIGEST_BLOCK_BYTES];
    size_t pending_size;
} Fused;

struct DigestState {
    bool is_fused;
    Fused fused;
    EVP_MD *methods[ALGORITHMS]; // NULL when fused, as are the contexts
    EVP_MD_CTX *contexts[ALGORITHMS];
    uint8_t *buffer;
};

#ifdef __x86_64__
#include <cpuid.h>

static bool processor_has_sha(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}
#else
static bool processor_has_sha(void)
{
    return false;
}

void digest_fused_blocks(DigestWords *words, const uint8_t *md5_bytes, const uint8_t *sha_bytes,
                         size_t blocks)
{
    abort(); // never reached: the engine is not available
}
#endif

static DigestEngine resolve(DigestEngine engine)
{
    if (engine != DIGEST_ENGINE_AUTO)
        return engine;
    return processor_has_sha() ? DIGEST_ENGINE_FUSED : DIGEST_ENGINE_LIBCRYPTO;
}

bool digest_engine_available(DigestEngine engine)
{
    engine = resolve(engine);
    return engine == DIGEST_ENGINE_LIBCRYPTO ||
           (engine == DIGEST_ENGINE_FUSED && processor_has_sha());
}

const char *digest_engine_name(DigestEngine engine)
{
    return resolve(engine) == DIGEST_ENGINE_FUSED ? "fused" : "libcrypto";
}

// ---- fused

static void fused_begin(Fused *fused)
{
    static const DigestWords start = {
        .md5 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
        .sha1 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
        .sha256 = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                   0x1f83d9ab, 0x5be0cd19},
    };
    fused->words = start;
    fused->size = 0;
    fused->pending_size = 0;
}

static void fused_update(Fused *fused, const uint8_t *bytes, size_t size)
{
    fused->size += size;
    if (fused->pending_size > 0) {
        size_t taken = DIGEST_BLOCK_BYTES - fused->pending_size;
        if (taken > size)
            taken = size;
        memcpy(fused->pending + fused->pending_size, bytes, taken);
        fused->pending_size += taken;
        bytes += taken;
        size -= taken;
        if (fused->pending_size < DIGEST_BLOCK_BYTES)
            return;
        digest_fused_blocks(&fused->words, fused->pending, fused->pending, 1);
    }
    size_t blocks = size / DIGEST_BLOCK_BYTES;
    digest_fused_blocks(&fused->words, bytes, bytes, blocks);
    fused->pending_size = size % DIGEST_BLOCK_BYTES;
    memcpy(fused->pending, bytes + blocks * DIGEST_BLOCK_BYTES, fused->pending_size);
}

static void store_big(uint8_t *to, const uint32_t *words, int count)
{
    for (int i = 0; i < count; i++) {
        for (int b = 0; b < 4; b++)
            to[4 * i + b] = (uint8_t)(words[i] >> (24 - 8 * b));
    }
}

static void store_little(uint8_t *to, const uint32_t *words, int count)
{
    for (int i = 0; i < count; i++) {
        for (int b = 0; b < 4; b++)
            to[4 * i + b] = (uint8_t)(words[i] >> (8 * b));
    }
}

// Padding: a one bit, zeros, and the length in bits in the last 8 bytes of a block.
static void fused_finish(Fused *fused, DigestSet *ret_digests)
{
    uint8_t md5_tail[2 * DIGEST_BLOCK_BYTES] = {0}, sha_tail[2 * DIGEST_BLOCK_BYTES];
    memcpy(md5_tail, fused->pending, fused->pending_size);
    md5_tail[fused->pending_size] = 0x80;
    memcpy(sha_tail, md5_tail, sizeof sha_tail);

    size_t blocks = fused->pending_size + 1 + 8 > DIGEST_BLOCK_BYTES ? 2 : 1;
    size_t length = blocks * DIGEST_BLOCK_BYTES - 8;
    uint64_t bits = fused->size * 8;
    for (int b = 0; b < 8; b++) {
        md5_tail[length + (size_t)b] = (uint8_t)(bits >> (8 * b));
        sha_tail[length + (size_t)b] = (uint8_t)(bits >> (56 - 8 * b));
    }
    digest_fused_blocks(&fused->words, md5_tail, sha_tail, blocks);
    store_little(ret_digests->md5, fused->words.md5, 4);
    store_big(ret_digests->sha1, fused->words.sha1, 5);
    store_big(ret_digests->sha256, fused->words.sha256, 8);
}

// ---- libcrypto. Once the methods are fetched and the contexts made, nothing below allocates.

static bool contexts_init(DigestState *state)
{
    static const char *const names[ALGORITHMS] = {"MD5", "SHA1", "SHA256"};
    for (int i = 0; i < ALGORITHMS; i++) {
        state->methods[i] = EVP_MD_fetch(NULL, names[i], NULL);
        state->contexts[i] = EVP_MD_CTX_new();
        if (!state->methods[i] || !state->contexts[i] ||
            !EVP_DigestInit_ex2(state->contexts[i], state->methods[i], NULL))
            return false;
    }
    return true;
}

// These calls cannot fail on a context that was set up: a wrong digest must never pass for a right
// one, so if they do the process ends.
static void must(int success)
{
    if (!success)
        abort();
}

static void contexts_finish(DigestState *state, DigestSet *ret_digests)
{
    must(EVP_DigestFinal_ex(state->contexts[MD5], ret_digests->md5, NULL));
    must(EVP_DigestFinal_ex(state->contexts[SHA1], ret_digests->sha1, NULL));
    must(EVP_DigestFinal_ex(state->contexts[SHA256], ret_digests->sha256, NULL));
}

// ---- either

DigestState *digest_state_new(DigestEngine engine)
{
    if (!digest_engine_available(engine)) {
        errno = ENOTSUP;
        return NULL;
    }
    DigestState *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->is_fused = resolve(engine) == DIGEST_ENGINE_FUSED;
    state->buffer = malloc(DIGEST_BUFFER_BYTES);
    int reason = ENOMEM;
    bool complete = state->buffer != NULL;
    if (complete && !state->is_fused) {
        complete = contexts_init(state);
        reason = ENOTSUP;
    }
    if (!complete) {
        digest_state_free(state);
        errno = reason;
        return NULL;
    }
    digest_state_begin(state);
    return state;
}

void digest_state_free(DigestState *state)
{
    if (!state)
        return;
    for (int i = 0; i < ALGORITHMS; i++) {
        EVP_MD_CTX_free(state->contexts[i]);
        EVP_MD_free(state->methods[i]);
    }
    free(state->buffer);
    free(state);
}

void digest_state_begin(DigestState *state)
{
    if (state->is_fused) {
        fused_begin(&state->fused);
        return;
    }
    for (int i = 0; i < ALGORITHMS; i++)
        must(EVP_DigestInit_ex2(state->contexts[i], NULL, NULL));
}

unsigned digest_state_parts(const DigestState *state)
{
    return state->is_fused ? 1 : 2;
}

void digest_state_update_part(DigestState *state, unsigned part, const void *bytes, size_t size)
{
    if (state->is_fused) {
        fused_update(&state->fused, bytes, size);
    } else if (part == 0) {
        must(EVP_DigestUpdate(state->contexts[MD5], bytes, size));
    } else {
        must(EVP_DigestUpdate(state->contexts[SHA1], bytes, size));
        must(EVP_DigestUpdate(state->contexts[SHA256], bytes, size));
    }
}

void digest_state_update(DigestState *state, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    for (unsigned part = 0; part < digest_state_parts(state); part++)
        digest_state_update_part(state, part, bytes, size);
}

void digest_state_finish(DigestState *state, DigestSet *ret_digests)
{
    if (state->is_fused)
        fused_finish(&state->fused, ret_digests);
    else
        contexts_finish(state, ret_digests);
    digest_state_begin(state);
}

uint8_t *digest_state_buffer(DigestState *state)
{
    return state->buffer;
}
