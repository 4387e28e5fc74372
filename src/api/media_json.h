// SPDX-License-Identifier: Apache-2.0
//
// Media and items as JSON of the API.
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "cases/media_list.h"

json_t *media_row_json(const MediaListRow *row);
json_t *item_row_json(const ItemListRow *row);
json_t *media_whole_json(uint64_t case_id, const MediaWhole *whole);
