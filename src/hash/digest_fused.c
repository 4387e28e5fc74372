// SPDX-License-Identifier: Apache-2.0
//
// Sources: RFC 1321 (MD5), FIPS 180-4 (SHA-1, SHA-256); the SHA instructions as described in
// Intel's Software Developer's Manual.
//
// Each algorithm alone waits for its own last result most of the time. Four steps of each are
// written in turn, so that the processor always finds work of the two others; the loop over the 20
// groups is unrolled completely, which makes every index below a constant.
#include "hash/digest_fused.h"

#include <immintrin.h>
#include <string.h>

#define FUSED_INLINE static inline __attribute__((always_inline))

// Keeps the compiler from reordering the additions in front: the last operand is the one on MD5's
// critical path and must be added last.
#define ADDED_SO_FAR(sum) __asm__("" : "+r"(sum))

enum { GROUPS = 20, GROUPS_64 = 16 }; // of four steps: SHA-1 has 80, the others 64

static const uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t md5_rotations[4][4] = {
    {7, 12, 17, 22},
    {5, 9, 14, 20},
    {4, 11, 16, 23},
    {6, 10, 15, 21},
};

static const uint32_t sha256_roots[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// ---- MD5, in general registers

typedef struct {
    uint32_t a, b, c, d;
} Md5;

FUSED_INLINE int md5_word(int step)
{
    switch (step / 16) {
    case 0:
        return step;
    case 1:
        return (5 * step + 1) % 16;
    case 2:
        return (3 * step + 5) % 16;
    default:
        return 7 * step % 16;
    }
}

FUSED_INLINE uint32_t md5_step(uint32_t a, uint32_t b, uint32_t c, uint32_t d, int step,
                               const uint8_t *block)
{
    uint32_t word, sum;
    memcpy(&word, block + 4 * md5_word(step), sizeof word);
    sum = a + md5_sines[step] + word;
    switch (step / 16) {
    case 0:
        sum += d ^ (b & (c ^ d));
        break;
    case 1: // the standard's "or" of disjoint bits, as two additions
        sum += ~d & c;
        ADDED_SO_FAR(sum);
        sum += d & b;
        break;
    case 2:
        ADDED_SO_FAR(sum);
        sum += b ^ (c ^ d);
        break;
    default:
        ADDED_SO_FAR(sum);
        sum += c ^ (b | ~d);
        break;
    }
    int rotation = md5_rotations[step / 16][step % 4];
    return b + (sum << rotation | sum >> (32 - rotation));
}

FUSED_INLINE void md5_group(Md5 *md5, int group, const uint8_t *block)
{
    int step = 4 * group;
    md5->a = md5_step(md5->a, md5->b, md5->c, md5->d, step, block);
    md5->d = md5_step(md5->d, md5->a, md5->b, md5->c, step + 1, block);
    md5->c = md5_step(md5->c, md5->d, md5->a, md5->b, step + 2, block);
    md5->b = md5_step(md5->b, md5->c, md5->d, md5->a, step + 3, block);
}

// ---- SHA-1

typedef struct {
    __m128i abcd, e; // a in the highest lane; e in the highest, the others zero
} Sha1;

FUSED_INLINE void sha1_group(Sha1 *sha1, __m128i words[GROUPS], int group, const uint8_t *block)
{
    const __m128i reverse = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    if (group < 4) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(block + 16 * group));
        words[group] = _mm_shuffle_epi8(bytes, reverse);
    } else {
        __m128i mixed = _mm_sha1msg1_epu32(words[group - 4], words[group - 3]);
        words[group] = _mm_sha1msg2_epu32(_mm_xor_si128(mixed, words[group - 2]), words[group - 1]);
    }
    __m128i e =
        group == 0 ? _mm_add_epi32(sha1->e, words[0]) : _mm_sha1nexte_epu32(sha1->e, words[group]);
    sha1->e = sha1->abcd;
    switch (group / 5) {
    case 0:
        sha1->abcd = _mm_sha1rnds4_epu32(sha1->abcd, e, 0);
        break;
    case 1:
        sha1->abcd = _mm_sha1rnds4_epu32(sha1->abcd, e, 1);
        break;
    case 2:
        sha1->abcd = _mm_sha1rnds4_epu32(sha1->abcd, e, 2);
        break;
    default:
        sha1->abcd = _mm_sha1rnds4_epu32(sha1->abcd, e, 3);
        break;
    }
}

FUSED_INLINE Sha1 sha1_load(const uint32_t from[5])
{
    __m128i abcd = _mm_loadu_si128((const __m128i *)from);
    return (Sha1){.abcd = _mm_shuffle_epi32(abcd, 0x1B), .e = _mm_set_epi32((int)from[4], 0, 0, 0)};
}

FUSED_INLINE void sha1_store(uint32_t to[5], Sha1 sha1)
{
    _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi32(sha1.abcd, 0x1B));
    to[4] = (uint32_t)_mm_extract_epi32(sha1.e, 3);
}

// ---- SHA-256

typedef struct {
    __m128i abef, cdgh; // as sha256rnds2 wants them
} Sha256;

FUSED_INLINE void sha256_group(Sha256 *sha256, __m128i words[GROUPS_64], int group,
                               const uint8_t *block)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    if (group < 4) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(block + 16 * group));
        words[group] = _mm_shuffle_epi8(bytes, swap);
    } else {
        __m128i mixed = _mm_sha256msg1_epu32(words[group - 4], words[group - 3]);
        __m128i seventh = _mm_alignr_epi8(words[group - 1], words[group - 2], 4);
        words[group] = _mm_sha256msg2_epu32(_mm_add_epi32(mixed, seventh), words[group - 1]);
    }
    const __m128i *roots = (const __m128i *)(sha256_roots + 4 * group);
    __m128i in = _mm_add_epi32(words[group], _mm_load_si128(roots));
    sha256->cdgh = _mm_sha256rnds2_epu32(sha256->cdgh, sha256->abef, in);
    in = _mm_shuffle_epi32(in, 0x0E);
    sha256->abef = _mm_sha256rnds2_epu32(sha256->abef, sha256->cdgh, in);
}

FUSED_INLINE Sha256 sha256_load(const uint32_t from[8])
{
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)from), 0xB1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(from + 4)), 0x1B);
    return (Sha256){.abef = _mm_alignr_epi8(abcd, efgh, 8),
                    .cdgh = _mm_blend_epi16(efgh, abcd, 0xF0)};
}

FUSED_INLINE void sha256_store(uint32_t to[8], Sha256 sha256)
{
    __m128i feba = _mm_shuffle_epi32(sha256.abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(sha256.cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)to, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(to + 4), _mm_alignr_epi8(dchg, feba, 8));
}

void digest_fused_blocks(DigestWords *words, const uint8_t *md5_bytes, const uint8_t *sha_bytes,
                         size_t blocks)
{
    Md5 md5 = {words->md5[0], words->md5[1], words->md5[2], words->md5[3]};
    Sha1 sha1 = sha1_load(words->sha1);
    Sha256 sha256 = sha256_load(words->sha256);

    for (; blocks > 0; blocks--) {
        const Md5 md5_before = md5;
        const Sha1 sha1_before = sha1;
        const Sha256 sha256_before = sha256;
        __m128i sha1_words[GROUPS], sha256_words[GROUPS_64];

#pragma GCC unroll 20
        for (int group = 0; group < GROUPS; group++) {
            if (group < GROUPS_64) {
                md5_group(&md5, group, md5_bytes);
                sha256_group(&sha256, sha256_words, group, sha_bytes);
            }
            sha1_group(&sha1, sha1_words, group, sha_bytes);
        }

        md5 = (Md5){md5.a + md5_before.a, md5.b + md5_before.b, md5.c + md5_before.c,
                    md5.d + md5_before.d};
        sha1.e = _mm_sha1nexte_epu32(sha1.e, sha1_before.e);
        sha1.abcd = _mm_add_epi32(sha1.abcd, sha1_before.abcd);
        sha256.abef = _mm_add_epi32(sha256.abef, sha256_before.abef);
        sha256.cdgh = _mm_add_epi32(sha256.cdgh, sha256_before.cdgh);
        md5_bytes += DIGEST_BLOCK_BYTES;
        sha_bytes += DIGEST_BLOCK_BYTES;
    }
    memcpy(words->md5, (uint32_t[4]){md5.a, md5.b, md5.c, md5.d}, sizeof words->md5);
    sha1_store(words->sha1, sha1);
    sha256_store(words->sha256, sha256);
}
