// SPDX-License-Identifier: Apache-2.0
//
// The work of clew-media-worker: one picture or video in, what can be said of it out. Runs in the
// confined worker. Stills are here, videos in probe/video_probe.h; both are pure but for memory, so
// that tests and fuzzers run them in place too.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/media_message.h"
#include "wire/serve.h"

// Examines the picture in `bytes` (borrowed). Every outcome is a reply: a picture that cannot be
// decoded has a status with its reason, and what its header, EXIF and thumbnail still told. The
// caller sets the item and clears the reply.
void media_probe_run(const uint8_t *bytes, size_t size_bytes, const char *media_type,
                     MediaReply *ret_reply);

// Answers one MediaRequest about the bytes in the shared buffer or the descriptor, or a request of
// wire/compare_message.h (ServeProgram.handle). `state` is a CompareProbe.
bool media_probe_handle(ServeSession *session, void *state, const ServeRequest *request);
