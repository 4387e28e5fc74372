// SPDX-License-Identifier: Apache-2.0
//
// Made-up films: shots of random length that begin with a random hash and drift a little with every
// moment, and cuts of them into the frames of a video.
#pragma once

#include <glib.h>
#include <stdint.h>

#include "timeline/timeline.h"

#define FILM_MOMENT_MS 40u

typedef struct {
    uint8_t (*moments)[PDQ_BYTES]; // every FILM_MOMENT_MS
    size_t count;
} Film;

// The same seed gives the same film.
Film film_new(uint32_t seed, unsigned seconds);
void film_clear(Film *film);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Film, film_clear)

// A stretch of a film as frames.
typedef struct {
    double from, to; // seconds of the film; `to` is not included
    double speed;    // film seconds in a second of the video; 0: 1
    unsigned interval_ms;
    unsigned phase_ms; // of the first frame
    unsigned noise;    // bits flipped in every frame
} FilmCut;

// Appends the frames (FrameHash) so that they begin at `at` seconds of the video.
void film_cut(const Film *film, FilmCut cut, double at, GArray *frames);

// Appends frames of one picture made from a number, once a second from `at` on.
void film_still(uint32_t number, unsigned count, double at, uint8_t quality, GArray *frames);

GArray *film_frames_new(void);
Timeline film_timeline(const GArray *frames);
