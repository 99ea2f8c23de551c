/* mcpi's generator against the implementation of its inventors. */
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "mcpi/dart.h"

#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#define HAVE_RANDOM123
#endif

namespace
{

mcpi_words read_words(std::istream &in, int count)
{
    mcpi_words words = {};
    for (int i = 0; i < count; i++)
        in >> std::hex >> words.w[i];
    return words;
}

void expect_same(const mcpi_words &a, const mcpi_words &b)
{
    for (int i = 0; i < 4; i++)
        EXPECT_EQ(a.w[i], b.w[i]) << "word " << i;
}

/* The known answers for philox4x32, 10 rounds, of Random123's tests/kat_vectors. */
TEST(Philox, GivesThePublishedAnswers)
{
    std::ifstream file(MCPI_TEST_DATA "/philox.tsv");
    std::string header;
    std::getline(file, header);
    int rows = 0;
    for (mcpi_words counter = read_words(file, 4); file; counter = read_words(file, 4), rows++) {
        const mcpi_words key = read_words(file, 2);
        const mcpi_words answer = read_words(file, 4);
        expect_same(mcpi_philox(counter, (uint64_t)key.w[1] << 32 | key.w[0]), answer);
    }
    EXPECT_EQ(rows, 3);
}

TEST(Philox, GivesTheBlocksOfRandom123)
{
#ifdef HAVE_RANDOM123
    std::mt19937_64 random(1);
    for (int i = 0; i < 10000; i++) {
        const uint64_t seed = random(), stream = random(), block = random();
        const r123::Philox4x32::ctr_type counter = {
            {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
        const r123::Philox4x32::key_type key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
        const r123::Philox4x32::ctr_type theirs = r123::Philox4x32()(counter, key);
        expect_same(mcpi_block(seed, stream, block), {{theirs[0], theirs[1], theirs[2], theirs[3]}});
    }
#else
    GTEST_SKIP() << "Random123 was not found when this was built (Debian: librandom123-dev)";
#endif
}

} // namespace
