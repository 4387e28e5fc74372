// SPDX-License-Identifier: Apache-2.0
#include "film.h"

#include <string.h>

#define SHOT_SECONDS_MIN 2
#define SHOT_SECONDS_MAX 9
#define DRIFT_MOMENTS 2u // one bit in so many moments

static void fill(GRand *random, uint8_t hash[PDQ_BYTES])
{
    for (unsigned i = 0; i < PDQ_BYTES; i++)
        hash[i] = (uint8_t)g_rand_int_range(random, 0, 256);
}

static void flip(GRand *random, uint8_t hash[PDQ_BYTES])
{
    unsigned bit = (unsigned)g_rand_int_range(random, 0, 8 * PDQ_BYTES);
    hash[bit / 8] = (uint8_t)(hash[bit / 8] ^ 1u << bit % 8);
}

Film film_new(uint32_t seed, unsigned seconds)
{
    GRand *random = g_rand_new_with_seed(seed);
    Film film = {.count = (size_t)seconds * 1000 / FILM_MOMENT_MS};
    film.moments = g_malloc_n(film.count, sizeof *film.moments);
    size_t cut = 0;
    for (size_t i = 0; i < film.count; i++) {
        if (i == cut) {
            fill(random, film.moments[i]);
            cut += (size_t)g_rand_int_range(random, SHOT_SECONDS_MIN, SHOT_SECONDS_MAX) * 1000 /
                   FILM_MOMENT_MS;
            continue;
        }
        memcpy(film.moments[i], film.moments[i - 1], PDQ_BYTES);
        if (i % DRIFT_MOMENTS == 0)
            flip(random, film.moments[i]);
    }
    g_rand_free(random);
    return film;
}

void film_clear(Film *film)
{
    g_free(film->moments);
}

static uint32_t next_number(const GArray *frames)
{
    return frames->len == 0 ? 0 : g_array_index(frames, FrameHash, frames->len - 1).number + 1;
}

void film_cut(const Film *film, FilmCut cut, double at, GArray *frames)
{
    double speed = cut.speed == 0 ? 1 : cut.speed;
    GRand *random = g_rand_new_with_seed((uint32_t)frames->len + cut.noise);
    for (double ms = cut.phase_ms; cut.from * 1000 + ms * speed < cut.to * 1000;
         ms += cut.interval_ms) {
        size_t moment = (size_t)((cut.from * 1000 + ms * speed) / FILM_MOMENT_MS);
        if (moment >= film->count)
            break;
        FrameHash frame = {.number = next_number(frames),
                           .milliseconds = (uint32_t)(at * 1000 + ms),
                           .quality = 100};
        memcpy(frame.hash, film->moments[moment], PDQ_BYTES);
        for (unsigned i = 0; i < cut.noise; i++)
            flip(random, frame.hash);
        g_array_append_val(frames, frame);
    }
    g_rand_free(random);
}

void film_still(uint32_t number, unsigned count, double at, uint8_t quality, GArray *frames)
{
    GRand *random = g_rand_new_with_seed(number);
    FrameHash frame = {.quality = quality};
    fill(random, frame.hash);
    g_rand_free(random);
    for (unsigned i = 0; i < count; i++) {
        frame.number = next_number(frames);
        frame.milliseconds = (uint32_t)(at * 1000) + i * 1000;
        g_array_append_val(frames, frame);
    }
}

GArray *film_frames_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(FrameHash));
}

Timeline film_timeline(const GArray *frames)
{
    return (Timeline){(const FrameHash *)frames->data, frames->len};
}
