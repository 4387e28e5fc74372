// SPDX-License-Identifier: Apache-2.0
//
// The border to qpdf, which is C++: objects of a PDF document as numbered nodes, and the bytes of
// streams, pushed out piece by piece. No exception crosses it; what fails gives the empty answer.
// What the objects mean is pdf*.c's business.
//
// qpdf's own C interface will not do: it cannot list the objects (looping over numbers misses some
// and runs forever on a false /Size), nor write a stream out without holding it whole.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PdfFile PdfFile;

typedef enum {
    PDF_OPENED,
    PDF_WRONG_PASSWORD,
    PDF_FOREIGN_LOCK, // encrypted in a way that takes more than a password
    PDF_DAMAGED,
    PDF_NO_MEMORY,
} PdfOpening;

// Opens the document in `bytes` (borrowed; must outlive it). With `repairs`, a damaged table of
// objects is made anew. On failure `ret_message` holds qpdf's words. Free with pdf_file_free.
PdfOpening pdf_file_open(const uint8_t *bytes, size_t size_bytes, const char *password,
                         bool repairs, PdfFile **ret_file, char *ret_message, size_t message_bytes);
void pdf_file_free(PdfFile *file);

// Something was damaged and read around.
bool pdf_file_has_damage(const PdfFile *file);

// ---- Nodes ------------------------------------------------------------------------------------
// A node stays valid until pdf_release. PDF_NONE answers like a null object.

typedef uint32_t PdfNode;
#define PDF_NONE UINT32_MAX

typedef enum {
    PDF_NULL,
    PDF_BOOLEAN,
    PDF_NUMBER,
    PDF_STRING,
    PDF_NAME,
    PDF_ARRAY,
    PDF_DICTIONARY,
    PDF_STREAM,
} PdfKind;

// All objects of the document, by number.
size_t pdf_object_count(const PdfFile *file);
PdfNode pdf_object(PdfFile *file, size_t i, int *ret_number, int *ret_generation);
PdfNode pdf_trailer(PdfFile *file);
void pdf_release(PdfFile *file);

PdfKind pdf_kind(PdfFile *file, PdfNode node);
// Is it an object of its own, reached by reference?
bool pdf_is_indirect(PdfFile *file, PdfNode node, int *ret_number, int *ret_generation);
// An entry of a dictionary or of a stream's dictionary; `key` with its '/'.
PdfNode pdf_get(PdfFile *file, PdfNode node, const char *key);
// All values of an array or dictionary, as consecutive nodes from *ret_first on.
size_t pdf_values(PdfFile *file, PdfNode node, PdfNode *ret_first);
// A number or boolean, cut to what fits; `fallback` for everything else.
int64_t pdf_integer(PdfFile *file, PdfNode node, int64_t fallback);
// The bytes of a string, or a name with its '/'. Returns their number, which may be more than fit.
size_t pdf_bytes(PdfFile *file, PdfNode node, void *target, size_t size);
// A string as UTF-8, cut, always terminated. False when it is none.
bool pdf_text(PdfFile *file, PdfNode node, char *target, size_t size);

// ---- Streams ----------------------------------------------------------------------------------

// Where in the file a stream's bytes lie; negative when not known.
int64_t pdf_stream_offset(PdfFile *file, PdfNode stream);

// Makes the stream forget its last filter: decoding then ends with what that one would have read.
bool pdf_drop_last_filter(PdfFile *file, PdfNode stream);

// Hands the stream's bytes to `write`, decoded by all lossless filters or (`raw`) only decrypted.
// `write` returns false to stop. False when decoding failed on the way or a filter is not known;
// bytes may have been handed out before.
bool pdf_pipe(PdfFile *file, PdfNode stream, bool raw,
              bool (*write)(void *user_data, const uint8_t *bytes, size_t size), void *user_data);

#ifdef __cplusplus
}
#endif
