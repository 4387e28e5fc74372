// SPDX-License-Identifier: Apache-2.0
//
// Which strip engines this build and this processor have.
#include "hash/pdq_filter.h"

typedef struct {
    const char *name;
    PdqStripFunction *run; // NULL: not in this build
} Engine;

#ifdef __x86_64__
static const Engine engines[] = {
    [PDQ_ENGINE_BASELINE] = {"sse2", pdq_strip_baseline},
    [PDQ_ENGINE_AVX2] = {"avx2", pdq_strip_avx2},
    [PDQ_ENGINE_AVX512] = {"avx512", pdq_strip_avx512},
};

static bool processor_has(PdqEngine engine)
{
    if (engine == PDQ_ENGINE_AVX512)
        return __builtin_cpu_supports("avx512f");
    if (engine == PDQ_ENGINE_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return true;
}
#else
static const Engine engines[] = {
    [PDQ_ENGINE_BASELINE] = {"baseline", pdq_strip_baseline},
    [PDQ_ENGINE_AVX2] = {"avx2", NULL},
    [PDQ_ENGINE_AVX512] = {"avx512", NULL},
};

static bool processor_has(PdqEngine engine)
{
    return engine == PDQ_ENGINE_BASELINE;
}
#endif

#define ENGINES (sizeof engines / sizeof engines[0])

static PdqEngine resolve(PdqEngine engine)
{
    if (engine != PDQ_ENGINE_AUTO)
        return engine;
    PdqEngine best = PDQ_ENGINE_AVX512;
    while (!processor_has(best))
        best--;
    return best;
}

PdqStripFunction *pdq_strip_function(PdqEngine engine)
{
    engine = resolve(engine);
    if ((size_t)engine >= ENGINES || !processor_has(engine))
        return NULL;
    return engines[engine].run;
}

bool pdq_engine_available(PdqEngine engine)
{
    return pdq_strip_function(engine) != NULL;
}

const char *pdq_engine_name(PdqEngine engine)
{
    engine = resolve(engine);
    return (size_t)engine < ENGINES ? engines[engine].name : "unknown";
}
