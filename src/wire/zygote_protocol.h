// SPDX-License-Identifier: Apache-2.0
//
// What a program, its zygote and a worker that has not yet read input tell each other: fixed
// structures in the machine's own byte order, since all of them are of one build on one machine.
//
//   zygote -> program   ZygoteHello, once
//   program -> zygote   ZygoteRequest, answered by one ZygoteReply
//   worker -> program   WorkerHello, once, before its first request
#pragma once

#include <stdint.h>

#define ZYGOTE_CONTROL_DESCRIPTOR 3 // in the worker program, given to it at start
#define ZYGOTE_ARGUMENT "--zygote"  // tells it so

typedef struct {
    char program_version[32]; // program and worker must be of one version
    char noun[32];
    char versions[512];
    char error[512]; // why it cannot serve; empty when it can
} ZygoteHello;

typedef enum {
    ZYGOTE_SPAWN, // carries the worker's socket and, with buffer_bytes > 0, the buffer
    ZYGOTE_REAP,  // waits for the worker up to grace_ms, then kills it
} ZygoteVerb;

typedef struct {
    uint32_t verb;
    int32_t pid; // REAP
    uint32_t grace_ms;
    uint32_t allow_unconfined; // SPAWN
    uint64_t buffer_bytes;     // SPAWN
} ZygoteRequest;

typedef struct {
    int32_t error;      // errno value, 0 when done
    int32_t pid;        // SPAWN
    int32_t status;     // REAP: as waitpid gives it
    int32_t was_killed; // REAP: it did not end by itself
} ZygoteReply;

typedef struct {
    uint32_t confined;
    uint32_t cpu_seconds; // ConfineOptions.cpu_seconds, for the program to move the limit on
    char sandbox[256];    // summary, or what failed
} WorkerHello;
