// SPDX-License-Identifier: Apache-2.0
//
// The images of tests/fixtures/images, unpacked, and folders to lay them side by side in.
#pragma once

#include <glib.h>
#include <stdint.h>

// Digests that tests/fixtures/images/make.py printed.
#define IMAGE_MEDIUM_BYTES 917504u
#define IMAGE_MEDIUM "0b583ea528a3d63e83e19531cd5160c9cb59a96c115f06536b0917d015fd4c65"
#define IMAGE_CHANGED "4091e2900c35eb5b602691f3a52a3ba21a876db8237ac55e75a27e76071257d5"
#define IMAGE_ODD "e561f64ebbd2209072941a59e8d28664d4f2c71cfe129ae01bc210bcb2f3155b"
#define IMAGE_FIRST_PICTURE "37b8034eb793b3d77630279a1ea79c468532245cf2d93e211e4f4bc229665645"
#define IMAGE_LAST_PICTURE "9e41db950cfbf0f36a12321c47c6921032b802928d1626552c65c13af0073591"

// One image, unpacked. Yours; writable.
GByteArray *image_fixture_load(const char *name);

// A new folder for this test; image_fixture_remove takes it away with all files in it.
char *image_fixture_folder(void);
void image_fixture_remove(char *folder);

// Writes bytes, or the named images, into a folder.
void image_fixture_put(const char *folder, const char *name, const void *bytes, size_t size);
void image_fixture_copy(const char *folder, const char *fixture, const char *name);

// Lower-case hexadecimal SHA-256; yours.
char *image_fixture_sha256(const void *bytes, size_t size);
