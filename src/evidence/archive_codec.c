// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_codec.h"

#include <bzlib.h>
#include <libdeflate.h>
#include <lzma.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"

#define PIECE_BYTES (64u << 10)
// What a dictionary may take; more than any tool makes without being asked to.
#define MEMORY_BYTES_MAX (1ull << 30)
#define ZSTD_WINDOW_LOG_MAX 30
// Unpacked in one go up to here, packed and unpacked.
#define SMALL_BYTES_MAX (4u << 20)
// Longest signature of a stream.
#define SIGNATURE_BYTES 6u
// windowBits of inflateInit2: a bare stream, and a gzip member.
#define ZLIB_BARE (-15)
#define ZLIB_GZIP (15 + 16)

// Bytes on their way through a library, as each of them has its own words for.
typedef struct {
    const uint8_t *in;
    size_t in_bytes;
    uint8_t *out;
    size_t out_bytes;
} Passage;

typedef enum { STEP_MORE, STEP_END, STEP_FAILED } Step;

typedef struct {
    bool (*begin)(void **state);
    // Moves `in` and `out` on. STEP_FAILED with err set.
    Step (*step)(void *state, Passage *passage, GError **err);
    void (*end)(void *state);
    const char *signature; // of a stream; "" when only one may be there
} CodecOps;

static Step fail(GError **err, const char *message)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "its packed data are damaged: %s", message);
    return STEP_FAILED;
}

static Step fail_memory(GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "unpacking it takes more than %u MiB of memory",
                (unsigned)(MEMORY_BYTES_MAX >> 20));
    return STEP_FAILED;
}

// ---- zlib -------------------------------------------------------------------------------------

static bool zlib_begin(void **state, int window_bits)
{
    z_stream *zlib = g_new0(z_stream, 1);
    *state = zlib;
    return inflateInit2(zlib, window_bits) == Z_OK;
}

static bool deflate_begin(void **state)
{
    return zlib_begin(state, ZLIB_BARE);
}

static bool gzip_begin(void **state)
{
    return zlib_begin(state, ZLIB_GZIP);
}

static void zlib_end(void *state)
{
    inflateEnd(state);
    g_free(state);
}

static Step zlib_step(void *state, Passage *passage, GError **err)
{
    z_stream *zlib = state;
    zlib->next_in = (uint8_t *)(uintptr_t)passage->in;
    zlib->avail_in = (unsigned)passage->in_bytes;
    zlib->next_out = passage->out;
    zlib->avail_out = (unsigned)passage->out_bytes;
    int code = inflate(zlib, Z_NO_FLUSH);
    *passage = (Passage){zlib->next_in, zlib->avail_in, zlib->next_out, zlib->avail_out};
    if (code == Z_STREAM_END)
        return STEP_END;
    if (code == Z_OK || code == Z_BUF_ERROR)
        return STEP_MORE;
    return fail(err, zlib->msg != NULL ? zlib->msg : "not a deflate stream");
}

// ---- bzip2 ------------------------------------------------------------------------------------

static bool bzip2_begin(void **state)
{
    bz_stream *bzip2 = g_new0(bz_stream, 1);
    *state = bzip2;
    return BZ2_bzDecompressInit(bzip2, 0, 0) == BZ_OK;
}

static void bzip2_end(void *state)
{
    BZ2_bzDecompressEnd(state);
    g_free(state);
}

static Step bzip2_step(void *state, Passage *passage, GError **err)
{
    bz_stream *bzip2 = state;
    bzip2->next_in = (char *)(uintptr_t)passage->in;
    bzip2->avail_in = (unsigned)passage->in_bytes;
    bzip2->next_out = (char *)passage->out;
    bzip2->avail_out = (unsigned)passage->out_bytes;
    int code = BZ2_bzDecompress(bzip2);
    *passage = (Passage){(const uint8_t *)bzip2->next_in, bzip2->avail_in,
                         (uint8_t *)bzip2->next_out, bzip2->avail_out};
    if (code == BZ_STREAM_END)
        return STEP_END;
    if (code == BZ_OK)
        return STEP_MORE;
    return fail(err, code == BZ_DATA_ERROR ? "a bzip2 checksum is wrong" : "not a bzip2 stream");
}

// ---- liblzma ----------------------------------------------------------------------------------

static lzma_stream *lzma_stream_new(void **state)
{
    static const lzma_stream initial = LZMA_STREAM_INIT;
    lzma_stream *lzma = g_new(lzma_stream, 1);
    *lzma = initial;
    *state = lzma;
    return lzma;
}

static bool xz_begin(void **state)
{
    return lzma_stream_decoder(lzma_stream_new(state), MEMORY_BYTES_MAX, 0) == LZMA_OK;
}

static bool lzma_begin(void **state)
{
    return lzma_alone_decoder(lzma_stream_new(state), MEMORY_BYTES_MAX) == LZMA_OK;
}

static bool lzip_begin(void **state)
{
    return lzma_lzip_decoder(lzma_stream_new(state), MEMORY_BYTES_MAX, 0) == LZMA_OK;
}

static void lzma_finish(void *state)
{
    lzma_end(state);
    g_free(state);
}

static Step lzma_step(void *state, Passage *passage, GError **err)
{
    lzma_stream *lzma = state;
    lzma->next_in = passage->in;
    lzma->avail_in = passage->in_bytes;
    lzma->next_out = passage->out;
    lzma->avail_out = passage->out_bytes;
    lzma_ret code = lzma_code(lzma, LZMA_RUN);
    *passage = (Passage){lzma->next_in, lzma->avail_in, lzma->next_out, lzma->avail_out};
    switch (code) {
    case LZMA_STREAM_END:
        return STEP_END;
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return STEP_MORE;
    case LZMA_MEMLIMIT_ERROR:
    case LZMA_MEM_ERROR:
        return fail_memory(err);
    case LZMA_OPTIONS_ERROR:
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "it is packed with options that are not supported");
        return STEP_FAILED;
    default:
        return fail(err, "an LZMA stream is wrong");
    }
}

// ---- Zstandard --------------------------------------------------------------------------------

static bool zstd_begin(void **state)
{
    *state = ZSTD_createDStream();
    return *state != NULL &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(*state, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX));
}

static void zstd_end(void *state)
{
    ZSTD_freeDStream(state);
}

static Step zstd_step(void *state, Passage *passage, GError **err)
{
    ZSTD_inBuffer in = {passage->in, passage->in_bytes, 0};
    ZSTD_outBuffer out = {passage->out, passage->out_bytes, 0};
    size_t code = ZSTD_decompressStream(state, &out, &in);
    *passage = (Passage){passage->in + in.pos, passage->in_bytes - in.pos, passage->out + out.pos,
                         passage->out_bytes - out.pos};
    if (!ZSTD_isError(code))
        return code == 0 ? STEP_END : STEP_MORE;
    ZSTD_ErrorCode kind = ZSTD_getErrorCode(code);
    bool is_memory =
        kind == ZSTD_error_frameParameter_windowTooLarge || kind == ZSTD_error_memory_allocation;
    return is_memory ? fail_memory(err) : fail(err, ZSTD_getErrorName(code));
}

// ---- Streams one after another ----------------------------------------------------------------

static const CodecOps codecs[CODEC_COUNT] = {
    [CODEC_DEFLATE] = {deflate_begin, zlib_step, zlib_end, ""},
    [CODEC_GZIP] = {gzip_begin, zlib_step, zlib_end, "\x1f\x8b\x08"},
    [CODEC_BZIP2] = {bzip2_begin, bzip2_step, bzip2_end, "BZh"},
    [CODEC_XZ] = {xz_begin, lzma_step, lzma_finish,
                  "\xfd"
                  "7zXZ"},
    [CODEC_LZMA] = {lzma_begin, lzma_step, lzma_finish, ""},
    [CODEC_LZIP] = {lzip_begin, lzma_step, lzma_finish, "LZIP"},
    [CODEC_ZSTD] = {zstd_begin, zstd_step, zstd_end, "\x28\xb5\x2f\xfd"},
};

typedef struct {
    const CodecOps *ops;
    ArchiveStream *packed;
    void *state; // of the library, while a stream is being unpacked
    uint64_t streams;
    bool is_packed_over;
    bool is_over;
    uint64_t *packed_bytes; // used up; NULL: nothing may follow
    GError *error;          // behind the output of the last read
    Passage passage;
    uint8_t piece[PIECE_BYTES];
} Unpacking;

static void end_stream(Unpacking *unpacking)
{
    if (unpacking->state != NULL)
        unpacking->ops->end(unpacking->state);
    unpacking->state = NULL;
}

static void unpacking_free(void *state)
{
    Unpacking *unpacking = state;
    end_stream(unpacking);
    archive_stream_free(unpacking->packed);
    g_clear_error(&unpacking->error);
    g_free(unpacking);
}

// Brings in packed bytes behind those that are left. False with err set.
static bool refill(Unpacking *unpacking, GError **err)
{
    Passage *passage = &unpacking->passage;
    if (passage->in_bytes > 0)
        memmove(unpacking->piece, passage->in, passage->in_bytes);
    passage->in = unpacking->piece;
    ssize_t count = archive_stream_read(unpacking->packed, unpacking->piece + passage->in_bytes,
                                        sizeof unpacking->piece - passage->in_bytes, err);
    if (count < 0)
        return false;
    unpacking->is_packed_over = count == 0;
    passage->in_bytes += (size_t)count;
    return true;
}

static void use_up(Unpacking *unpacking, size_t count)
{
    if (unpacking->packed_bytes != NULL)
        *unpacking->packed_bytes += count;
}

// Zeroes between streams, in which xz files are filled up to a multiple of four bytes and tapes to
// a block.
static bool skip_zeroes(Unpacking *unpacking, GError **err)
{
    Passage *passage = &unpacking->passage;
    for (;;) {
        size_t zeroes = 0;
        while (zeroes < passage->in_bytes && passage->in[zeroes] == 0)
            zeroes++;
        passage->in += zeroes;
        passage->in_bytes -= zeroes;
        use_up(unpacking, zeroes);
        if (passage->in_bytes >= SIGNATURE_BYTES || unpacking->is_packed_over)
            return true;
        if (!refill(unpacking, err))
            return false;
    }
}

static bool begins_stream(const Unpacking *unpacking)
{
    const uint8_t *bytes = unpacking->passage.in;
    size_t there = unpacking->passage.in_bytes;
    const char *signature = unpacking->ops->signature;
    size_t size = strlen(signature);
    // RFC 8878, 3.1.2: frames to be skipped, which some tools append.
    bool is_skippable = unpacking->ops == &codecs[CODEC_ZSTD] && there >= 4 &&
                        (bytes[0] & 0xf0) == 0x50 && memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0;
    return is_skippable || (size > 0 && there >= size && memcmp(bytes, signature, size) == 0);
}

// Begins the next stream, or finds that there is none. False with err set.
static bool begin_stream(Unpacking *unpacking, GError **err)
{
    bool is_first = unpacking->streams++ == 0;
    if (!is_first && !skip_zeroes(unpacking, err))
        return false;
    bool is_there = is_first || begins_stream(unpacking);
    unpacking->is_over = !is_there;
    if (is_there) {
        if (unpacking->ops->begin(&unpacking->state))
            return true;
        return fail_memory(err) == STEP_MORE;
    }
    if (unpacking->packed_bytes == NULL && unpacking->passage.in_bytes > 0)
        return fail(err, "there are bytes behind their end") == STEP_MORE;
    return true;
}

// Lets the library work once. False with err set.
static bool step(Unpacking *unpacking, GError **err)
{
    Passage *passage = &unpacking->passage;
    if (passage->in_bytes == 0 && !unpacking->is_packed_over && !refill(unpacking, err))
        return false;
    size_t in_before = passage->in_bytes, out_before = passage->out_bytes;
    Step result = unpacking->ops->step(unpacking->state, passage, err);
    use_up(unpacking, in_before - passage->in_bytes);
    if (result == STEP_END)
        end_stream(unpacking);
    bool is_stuck = result == STEP_MORE && in_before == passage->in_bytes &&
                    out_before == passage->out_bytes && unpacking->is_packed_over;
    if (is_stuck)
        return fail(err, "they break off") == STEP_MORE;
    return result != STEP_FAILED;
}

static bool produce(Unpacking *unpacking, GError **err)
{
    size_t room = unpacking->passage.out_bytes;
    while (unpacking->passage.out_bytes == room && !unpacking->is_over) {
        if (unpacking->state == NULL && !begin_stream(unpacking, err))
            return false;
        if (!unpacking->is_over && !step(unpacking, err))
            return false;
    }
    return true;
}

static ssize_t unpacking_read(void *state, void *target, size_t size, GError **err)
{
    Unpacking *unpacking = state;
    if (unpacking->error == NULL) {
        size_t room = MIN(size, (size_t)1 << 30);
        unpacking->passage.out = target;
        unpacking->passage.out_bytes = room;
        produce(unpacking, &unpacking->error);
        size_t count = room - unpacking->passage.out_bytes;
        if (count > 0)
            return (ssize_t)count;
    }
    if (unpacking->error == NULL)
        return 0;
    g_propagate_error(err, g_steal_pointer(&unpacking->error));
    return -1;
}

ArchiveStream *archive_codec_new(ArchiveCodec codec, ArchiveStream *packed,
                                 uint64_t *ret_packed_bytes)
{
    static const ArchiveStreamOps ops = {unpacking_read, unpacking_free};
    Unpacking *unpacking = g_malloc(sizeof *unpacking);
    memset(unpacking, 0, offsetof(Unpacking, piece));
    unpacking->ops = &codecs[codec];
    unpacking->packed = packed;
    unpacking->packed_bytes = ret_packed_bytes;
    if (ret_packed_bytes != NULL)
        *ret_packed_bytes = 0;
    return archive_stream_new(&ops, unpacking);
}

// ---- In one go --------------------------------------------------------------------------------

typedef struct {
    size_t size, given;
    uint8_t bytes[];
} Block;

static ssize_t block_read(void *state, void *target, size_t size, GError **err)
{
    Block *block = state;
    size_t count = MIN(size, block->size - block->given);
    memcpy(target, block->bytes + block->given, count);
    block->given += count;
    return (ssize_t)count;
}

static bool inflate_block(const uint8_t *packed, size_t packed_bytes, Block *block)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    size_t used = 0;
    bool ok = decompressor != NULL &&
              libdeflate_deflate_decompress_ex(decompressor, packed, packed_bytes, block->bytes,
                                               block->size, &used, NULL) == LIBDEFLATE_SUCCESS &&
              used == packed_bytes;
    libdeflate_free_decompressor(decompressor);
    return ok;
}

ArchiveStream *archive_codec_new_small(Source *source, uint64_t offset, uint64_t packed_bytes,
                                       uint64_t bytes)
{
    static const ArchiveStreamOps ops = {block_read, g_free};
    if (packed_bytes > SMALL_BYTES_MAX || bytes > SMALL_BYTES_MAX)
        return NULL;
    g_autofree uint8_t *packed = g_malloc((size_t)packed_bytes + 1);
    if (!source_read_exact(source, offset, packed, (size_t)packed_bytes, NULL))
        return NULL;
    Block *block = g_malloc(sizeof(Block) + (size_t)bytes);
    block->size = (size_t)bytes;
    block->given = 0;
    if (inflate_block(packed, (size_t)packed_bytes, block))
        return archive_stream_new(&ops, block);
    g_free(block);
    return NULL;
}
