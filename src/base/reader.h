// SPDX-License-Identifier: Apache-2.0
//
// Reader: the bounded reader through which untrusted bytes are taken apart. It borrows a memory
// block. A read past the end never happens: the reader turns `failed`, stays so, and every later
// read returns zero, so that a parser may read a whole structure and check once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *data;
    size_t size_bytes;
    size_t position; // always <= size_bytes
    bool failed;
} Reader;

Reader reader_init(const void *data, size_t size_bytes);

size_t reader_remaining(const Reader *reader);

uint8_t reader_u8(Reader *reader);
uint16_t reader_u16le(Reader *reader);
uint16_t reader_u16be(Reader *reader);
uint32_t reader_u32le(Reader *reader);
uint32_t reader_u32be(Reader *reader);
uint64_t reader_u64le(Reader *reader);

// Borrowed view of the next `count` bytes, or NULL (and failed) when fewer remain.
const uint8_t *reader_bytes(Reader *reader, size_t count);

// Copies `count` bytes into `target`; zeroes it and fails when fewer remain.
void reader_copy(Reader *reader, void *target, size_t count);

void reader_skip(Reader *reader, size_t count);
