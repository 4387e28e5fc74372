// SPDX-License-Identifier: Apache-2.0
#include "cases/ingest_match.h"

static bool has_certain_match(const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->type == MATCH_EXACT && !match->weak_digest && !match->contradicted)
            return true;
    }
    return false;
}

bool ingest_match(Matcher *matcher, const Record *record, const VideoFrames *frames,
                  GArray *matches, GError **err)
{
    if (!record->has_digests)
        return true;
    if (!matcher_exact(matcher, &record->digests, matches, err))
        return false;
    if (has_certain_match(matches))
        return true;
    if (record->still != NULL && !matcher_near(matcher, record->still, false, matches, err))
        return false;
    if (record->thumbnail != NULL && !matcher_near(matcher, record->thumbnail, true, matches, err))
        return false;
    return frames == NULL || matcher_video(matcher, frames, matches, err);
}
