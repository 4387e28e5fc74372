// SPDX-License-Identifier: Apache-2.0
//
// The two ciphers of ZIP members for which passwords are tried: the traditional one (APPNOTE 6.1)
// and WinZip's AES (AE-1 and AE-2). Decrypted here and not by libarchive, which tries the
// traditional cipher's one check byte only and cannot decrypt every method.
#pragma once

#include <stdint.h>

#include "evidence/archive_stream.h"

typedef struct {
    uint8_t aes_strength; // 1: 128 bits, 2: 192, 3: 256; 0: the traditional cipher
    uint8_t check;        // what the last byte of the traditional cipher's header must be
} ZipCipher;

// "ZipCrypto", "AES-256" …
const char *zip_cipher_name(const ZipCipher *cipher);

// Bytes that the cipher adds to a member: before and behind the data.
uint64_t zip_cipher_overhead(const ZipCipher *cipher);

// Decrypts the `packed_bytes` of a member at `offset` of `source` (borrowed). NULL with
// CLEW_ERROR_DENIED when the password is certainly wrong; a wrong one gets through in one of 256
// (traditional) or 65,536 (AES) cases, so what comes out must be checked. The AES authentication
// code is checked behind the last byte.
ArchiveStream *zip_decrypt_new(Source *source, uint64_t offset, uint64_t packed_bytes,
                               const ZipCipher *cipher, const char *password, GError **err);
