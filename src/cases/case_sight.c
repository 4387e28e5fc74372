// SPDX-License-Identifier: Apache-2.0
#include "cases/case_sight.h"

#include "cases/case_file.h"

#define PAGE 1000u

struct CaseSight {
    GArray *ids; // sorted
};

CaseSight *case_sight_new(Casework *work, const Actor *actor, GError **err)
{
    g_autoptr(CaseSight) sight = g_new0(CaseSight, 1);
    sight->ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t after = 0;
    while (true) {
        g_autoptr(GPtrArray) files = case_file_list(work, actor, after, PAGE, err);
        if (files == NULL)
            return NULL;
        for (unsigned i = 0; i < files->len; i++) {
            after = ((const CaseFile *)files->pdata[i])->id;
            g_array_append_val(sight->ids, after);
        }
        if (files->len < PAGE)
            return g_steal_pointer(&sight);
    }
}

void case_sight_free(CaseSight *sight)
{
    if (sight == NULL)
        return;
    g_array_free(sight->ids, TRUE);
    g_free(sight);
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

bool case_sight_has(const CaseSight *sight, uint64_t case_id)
{
    return g_array_binary_search(sight->ids, &case_id, compare_ids, NULL);
}

const uint64_t *case_sight_ids(const CaseSight *sight, size_t *ret_count)
{
    *ret_count = sight->ids->len;
    return (const uint64_t *)(const void *)sight->ids->data;
}
