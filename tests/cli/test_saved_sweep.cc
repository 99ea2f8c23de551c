/* Saved sweeps: how rows of two are matched, how counts are compared, and what the headlines say. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/cli/printed.h"

extern "C" {
#include "cli/saved/side_by_side.h"
#include "cli/saved/sweep_pool.h"
}

namespace
{

struct Row {
    std::string who = "all cores", kernel = "avx2";
    int workers = 4;
    double rate = 1e9; /* of the first round; each further one is 0.1 % faster */
    int rounds = 7;
    int hits = 785850;
};

struct Sweep {
    std::vector<Row> rows = {{}};
    int seed = 0;
    std::string started = "2026-11-23T08:00:00Z";
};

std::string precise(double number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.12g", number);
    return text;
}

std::string rounds_of(const Row &row)
{
    std::string text;
    for (int i = 0; i < row.rounds; i++)
        text += std::string(i ? "," : "") +
                "{\"darts\":1000000,\"counting_seconds\":" + precise(1e6 / (row.rate * (1 + 0.001 * i))) + "}";
    return text;
}

std::string json_of(const Sweep &sweep)
{
    std::string rows;
    for (const Row &row : sweep.rows)
        rows += (rows.empty() ? "" : ",") + std::string("{\"who\":\"") + row.who + "\",\"kernel\":\"" + row.kernel +
                "\",\"worker_kind\":\"threads\",\"workers\":" + std::to_string(row.workers) +
                ",\"hits\":" + std::to_string(row.hits) +
                ",\"speedup_vs_core\":{\"median\":" + std::to_string(row.rate / 1e9) + "},\"rounds\":[" +
                rounds_of(row) + "]}";
    return "{\"schema\":\"mcpi.compare.v1\",\"darts\":1000000,\"exact\":{\"seed\":\"" + std::to_string(sweep.seed) +
           "\",\"stream\":\"0\",\"first\":\"0\"},\"identical\":true,\"origin\":{\"started\":\"" + sweep.started +
           "\"},\"rows\":[" + rows + "]}";
}

std::string refusal(const std::string &text)
{
    saved_sweep saved;
    mcpi_error error{};
    EXPECT_EQ(saved_sweep_read(text.data(), text.size(), "a", &saved, &error), MCPI_BAD_OPTION);
    saved_sweep_free(&saved);
    return error.message;
}

/* Sweeps as they are read from JSON. */
class Saved
{
  public:
    explicit Saved(const std::vector<Sweep> &sweeps) : all_(sweeps.size())
    {
        for (size_t i = 0; i < sweeps.size(); i++) {
            const std::string text = json_of(sweeps[i]);
            mcpi_error error{};
            EXPECT_EQ(saved_sweep_read(text.data(), text.size(), "file", &all_[i], &error), MCPI_OK) << error.message;
            pointers_.push_back(&all_[i]);
        }
    }
    Saved(const Saved &) = delete;
    Saved &operator=(const Saved &) = delete;
    ~Saved()
    {
        for (saved_sweep &saved : all_)
            saved_sweep_free(&saved);
    }
    const saved_sweep *const *pointers() const
    {
        return pointers_.data();
    }
    const saved_sweep *operator[](size_t i) const
    {
        return &all_[i];
    }

  private:
    std::vector<saved_sweep> all_;
    std::vector<const saved_sweep *> pointers_;
};

std::string headline(const Sweep &a, const Sweep &b)
{
    const Saved saved({a, b});
    side_by_side s;
    char text[saved_headline_size];
    EXPECT_TRUE(side_by_side_of(&s, saved[0], saved[1]));
    side_by_side_headline(text, sizeof text, &s);
    side_by_side_free(&s);
    return text;
}

/* "avx2/4=avx512/8 avx2/1=-": the pairs. */
std::string pairs_of(const std::vector<Row> &a, const std::vector<Row> &b)
{
    const Saved saved({{.rows = a}, {.rows = b}});
    std::vector<row_pair> pairs(a.size() + b.size());
    pairs.resize(saved_pair_rows(saved[0], saved[1], pairs.data()));
    const auto name = [](const saved_row *row) {
        return row ? std::string(row->kernel.text) + "/" + std::to_string(row->workers) : "-";
    };
    std::string text;
    for (const row_pair &pair : pairs)
        text += (text.empty() ? "" : " ") + name(pair.a) + "=" + name(pair.b);
    return text;
}

TEST(SavedSweep, IsReadFromItsRounds)
{
    const Saved saved({{.rows = {{.rate = 2e9, .rounds = 3}}}});
    ASSERT_EQ(saved[0]->row_count, 1U);
    EXPECT_NEAR(saved[0]->rows[0].rates.median, 2.002e9, 1e6);
    EXPECT_EQ(saved[0]->rows[0].rounds, 3U);
    EXPECT_TRUE(std::isnan(saved[0]->rows[0].rates.low));
    EXPECT_TRUE(std::isnan(saved[0]->load));
}

TEST(SavedSweep, HasBounds)
{
    EXPECT_EQ(refusal(json_of({.rows = {{.rounds = 1001}}})), "row 1: \"rounds\" has more than 1000 elements");
    EXPECT_EQ(refusal(json_of({.rows = std::vector<Row>(3083)})), "\"rows\" has more than 3082 elements");
    EXPECT_EQ(refusal(json_of({.rows = {}})), "\"rows\" is empty");
    EXPECT_EQ(refusal(std::string(100, '[')), "not JSON: byte 32: nesting too deep");
    EXPECT_EQ(refusal("[]"), "JSON, but not of mcpi: it has no \"schema\"");
    EXPECT_EQ(refusal(" " + std::string(16 << 20, ' ')), "not a result: longer than 16 MiB");
}

TEST(SavedSweep, HasOnlyWarningsWithAText)
{
    std::string text = json_of({});
    text.insert(1, R"("warnings":[7,{"code":"a"},{"code":"noise","text":"it is\nloud"},{"text":7}],)");
    saved_sweep saved;
    mcpi_error error{};
    ASSERT_EQ(saved_sweep_read(text.data(), text.size(), "a", &saved, &error), MCPI_OK) << error.message;
    ASSERT_EQ(saved.warning_count, 1U);
    EXPECT_STREQ(saved.warnings[0].code, "noise");
    EXPECT_STREQ(saved.warnings[0].text, "it is?loud");
    saved_sweep_free(&saved);
}

TEST(SavedRows, AreTheSameByLabelKernelAndWorkers)
{
    EXPECT_EQ(pairs_of({{.kernel = "avx2"}, {.kernel = "avx512"}}, {{.kernel = "avx512"}, {.kernel = "avx2"}}),
              "avx2/4=avx2/4 avx512/4=avx512/4");
    EXPECT_EQ(pairs_of({{}}, {{.who = "one core"}}), "avx2/4=- -=avx2/4");
    EXPECT_EQ(pairs_of({{}, {}}, {{}}), "avx2/4=avx2/4 avx2/4=-");
}

TEST(SavedRows, OfOtherMachinesAreTheSameByTheirOnlyLabel)
{
    EXPECT_EQ(pairs_of({{}}, {{.kernel = "avx512", .workers = 8}}), "avx2/4=avx512/8");
    EXPECT_EQ(pairs_of({{}}, {{.kernel = "avx512"}, {.kernel = "scalar"}}), "avx2/4=- -=avx512/4 -=scalar/4");
    EXPECT_EQ(pairs_of({{}, {.kernel = "neon"}}, {{}, {.kernel = "scalar"}}), "avx2/4=avx2/4 neon/4=scalar/4");
}

TEST(SideBySide, SaysHowMuchFasterBIs)
{
    const Sweep a = {};
    EXPECT_EQ(headline(a, {.rows = {{.rate = 1.1e9}}}),
              "B is 10.0 +- 0.7 % faster than A on all cores; the counts of the same darts agree");
    EXPECT_EQ(headline(a, {.rows = {{.rate = 0.9e9}}}),
              "B is 10.0 +- 0.5 % slower than A on all cores; the counts of the same darts agree");
    EXPECT_EQ(headline(a, {.rows = {{.rate = 3e9}}}),
              "B is 3.00 +- 0.02 times as fast as A on all cores; the counts of the same darts agree");
    EXPECT_EQ(headline(a, {.rows = {{.rate = 1.001e9}}}),
              "no difference: B counts 1.001 +- 0.006 times as fast as A on all cores; the counts of the same darts "
              "agree");
    EXPECT_EQ(headline(a, {.rows = {{.rounds = 5}}}),
              "too few rounds to tell: B counts 0.999 times as fast as A on all cores; the counts of the same darts "
              "agree");
    EXPECT_EQ(headline(a, {.rows = {{.who = "one core"}}}),
              "no row is in both files; the counts of the same darts agree");
}

TEST(SideBySide, LeadsWithTheFastestRowOfBoth)
{
    const std::vector<Row> a = {
        {.who = "one core", .rate = 1e9}, {.who = "together", .rate = 4e9}, {.who = "gpu:0", .rate = 9e9}};
    const std::vector<Row> b = {{.who = "one core", .rate = 1e9}, {.who = "together", .rate = 12e9}};
    EXPECT_EQ(headline({.rows = a}, {.rows = b}),
              "B is 3.00 +- 0.02 times as fast as A on all devices together; the counts of the same darts agree");
}

/* All devices together have no kernel in common. */
TEST(SideBySide, HasADashForNoCommonKernel)
{
    const std::vector<Row> a = {{.who = "one core", .rate = 1e9}, {.who = "together", .kernel = "", .rate = 4e9}};
    const auto text = [](const Sweep &one, const Sweep &other) {
        const Saved saved({one, other});
        side_by_side s;
        EXPECT_TRUE(side_by_side_of(&s, saved[0], saved[1]));
        const std::string printed_text = printed([&](FILE *out) { side_by_side_text(out, &s); });
        side_by_side_free(&s);
        return printed_text;
    };
    EXPECT_NE(text({.rows = a}, {.rows = a}).find("\ntogether  -           4.01e9"), std::string::npos)
        << text({.rows = a}, {.rows = a});
    EXPECT_NE(text({.rows = a}, {.rows = {a[0]}}).find("\nOnly in A: together, 4 workers, 4.01e9 darts/s\n"),
              std::string::npos)
        << text({.rows = a}, {.rows = {a[0]}});
}

count_comparison counts_of(const std::vector<Sweep> &sweeps)
{
    const Saved saved(sweeps);
    return saved_compare_counts(saved.pointers(), sweeps.size());
}

TEST(SavedCounts, AreComparedIfTheyAreOfTheSameDarts)
{
    EXPECT_EQ(counts_of({{}, {}}).verdict, COUNTS_AGREE);
    EXPECT_EQ(counts_of({{}, {.seed = 1}}).verdict, COUNTS_OF_OTHER_DARTS);
    EXPECT_EQ(counts_of({{}, {.seed = 1}, {}}).verdict, COUNTS_AGREE);
    EXPECT_EQ(counts_of({{}, {.rows = {{.hits = 785849}}}}).verdict, COUNTS_DIFFER);
    EXPECT_EQ(counts_of({{}, {.seed = 1}, {}, {.rows = {{.hits = 785849}}}}).verdict, COUNTS_DIFFER);
    EXPECT_EQ(counts_of({{}, {.rows = {{.hits = 785849}}, .seed = 1}}).verdict, COUNTS_OF_OTHER_DARTS);
}

std::vector<Sweep> days(const std::vector<double> &rates)
{
    std::vector<Sweep> sweeps;
    for (size_t i = 0; i < rates.size(); i++)
        sweeps.push_back({.rows = {{.rate = rates[i]}}, .started = "day " + std::to_string(i)});
    return sweeps;
}

std::string pool_headline(const std::vector<Sweep> &sweeps)
{
    const Saved saved(sweeps);
    sweep_pool p;
    mcpi_error error{};
    char text[saved_headline_size];
    EXPECT_EQ(sweep_pool_of(&p, saved.pointers(), sweeps.size(), &error), MCPI_OK) << error.message;
    sweep_pool_headline(text, sizeof text, &p);
    sweep_pool_free(&p);
    return text;
}

TEST(SweepPool, HasAnIntervalOverSixSweeps)
{
    EXPECT_EQ(pool_headline(days({4e9, 3.9e9, 4.1e9, 4e9, 3e9})),
              "all cores: 3.00 to 4.10 times one core in 5 sweeps; the counts of the same darts agree");
    EXPECT_EQ(pool_headline(days({4e9, 3.9e9, 4.1e9, 4e9, 3.8e9, 4e9})),
              "all cores: 4.0 +- 0.2 times one core, over 6 sweeps; the counts of the same darts agree");
}

/* One core is always once as fast as one core, so it says nothing. */
TEST(SweepPool, LeadsWithOneCoreOnlyIfThereIsNothingElse)
{
    std::vector<Sweep> sweeps = days({0.9e9, 0.8e9, 0.95e9});
    for (Sweep &sweep : sweeps)
        sweep.rows.insert(sweep.rows.begin(), {.who = "one core", .workers = 1});
    EXPECT_EQ(pool_headline(sweeps),
              "all cores: 0.800 to 0.950 times one core in 3 sweeps; the counts of the same darts agree");
    for (Sweep &sweep : sweeps)
        sweep.rows.pop_back();
    EXPECT_EQ(pool_headline(sweeps),
              "one core: 1.00 to 1.00 times one core in 3 sweeps; the counts of the same darts agree");
}

TEST(SweepPool, RefusesTheSameSweepTwice)
{
    std::vector<Sweep> sweeps = days({4e9, 3.9e9, 4e9});
    sweeps[2].started = sweeps[0].started;
    const Saved saved(sweeps);
    sweep_pool p;
    mcpi_error error{};
    EXPECT_EQ(sweep_pool_of(&p, saved.pointers(), 3, &error), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "file and file are the same sweep");
    sweep_pool_free(&p);
}

} // namespace
