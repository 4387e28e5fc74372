// SPDX-License-Identifier: Apache-2.0
//
// Pictures made for the tests of the media worker: smooth, with a light and a dark corner, so that
// no orientation of one looks like another.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    unsigned width, height; // 0: 400 x 300
    unsigned border;        // pixels of plain grey around the content, which stays as it is
    unsigned quality;       // of JPEG; 0: 90
    bool mirrored;
} PictureOptions;

// A baseline JPEG.
GByteArray *picture_jpeg(PictureOptions options);

// The same JPEG with an EXIF block that holds a camera's name and `thumbnail`, a JPEG.
GByteArray *picture_with_exif(const GByteArray *jpeg, const GByteArray *thumbnail);

// The picture as libvips saves it under that file name suffix (".png"); NULL when it cannot.
GByteArray *picture_saved_as(PictureOptions options, const char *suffix);
