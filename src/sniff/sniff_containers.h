// SPDX-License-Identifier: Apache-2.0
//
// A second look at items whose first bytes several types share. Private to sniff/. Each function is
// called when its magic fits (see the table in sniff.c), trusts nothing else, and answers
// TYPE_UNKNOWN when the rest does not fit.
#pragma once

#include "sniff/sniff_types.h"

// sniff_boxes.c: containers made of boxes and chunks.
TypeId sniff_iso_bmff(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_quicktime(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_jp2(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_riff(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_iff(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_ebml(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_ogg(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_zip(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_tiff(const uint8_t *bytes, size_t size_bytes);

// sniff_weak.c: types whose magic is too short to be believed alone.
TypeId sniff_mz(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_bmp(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_icon(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_sgi(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_pnm(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_pcx(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_fli(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_lha(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_mpeg_audio(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_mpeg_ts(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_m2ts(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_cafebabe(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_boot_sector(const uint8_t *bytes, size_t size_bytes);
TypeId sniff_ext(const uint8_t *bytes, size_t size_bytes);
bool sniff_is_old_tar(const uint8_t *bytes, size_t size_bytes);

// sniff_text.c: plain text, marked-up text and mail; TYPE_UNKNOWN when it is not text at all.
TypeId sniff_text(const uint8_t *bytes, size_t size_bytes);
