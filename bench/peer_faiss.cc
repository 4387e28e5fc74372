// SPDX-License-Identifier: Apache-2.0
//
// Faiss's exact binary indexes over the values and queries of bench_index:
//
//     peer_faiss VALUES QUERIES RADIUS
//
// Both files hold 32-byte values. Prints "NAME QUERIES_PER_SECOND BUILD_SECONDS" lines. Debian's
// library is built for baseline x86-64 without POPCNT; a native build would be several times faster
// in the flat index, less in the hashed one, which is bound by its lookups.
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace
{

const int bits = 256;
const int bytes = bits / 8;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<uint8_t> read_file(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void measure(const char *name, faiss::IndexBinary &index, const std::vector<uint8_t> &values,
             const std::vector<uint8_t> &queries, int radius)
{
    auto start = Clock::now();
    index.add(static_cast<faiss::IndexBinary::idx_t>(values.size() / bytes), values.data());
    double build = seconds_since(start);
    size_t count = queries.size() / bytes;
    start = Clock::now();
    for (size_t i = 0; i < count; i++) {
        faiss::RangeSearchResult result(1);
        index.range_search(1, queries.data() + i * bytes, radius + 1, &result);
    }
    std::printf("%s %.3f %.3f\n", name, static_cast<double>(count) / seconds_since(start), build);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    std::vector<uint8_t> values = read_file(argv[1]);
    std::vector<uint8_t> queries = read_file(argv[2]);
    int radius = std::atoi(argv[3]);
    {
        faiss::IndexBinaryFlat flat(bits);
        measure("IndexBinaryFlat", flat, values, queries, radius);
    }
    faiss::IndexBinaryMultiHash hashed(bits, 16, 16);
    hashed.nflip = 1;
    measure("IndexBinaryMultiHash", hashed, values, queries, radius);
    return 0;
}
