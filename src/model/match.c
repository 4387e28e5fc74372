// SPDX-License-Identifier: Apache-2.0
#include "model/match.h"

#include <math.h>

const char *match_type_name(MatchType type)
{
    return type == MATCH_EXACT ? "exact" : "near";
}

double match_piece_percent(const MatchPiece *piece)
{
    return piece->frames > 0 ? round(1000.0 * piece->matched / piece->frames) / 10 : 0;
}
