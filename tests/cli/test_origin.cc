/* The origin of a number: jobs of schedulers, times in UTC, and strings of any bytes, as a JSON library reads them. */
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <limits>
#include <map>
#include <string>

#include "tests/cli/document.h"
#include "tests/cli/made_up_origin.h"
#include "tests/cli/printed.h"

extern "C" {
#include "cli/io/build_info.h"
#include "cli/io/utf8.h"
}

namespace
{

std::string json_of(const run_origin &origin)
{
    return printed([&](FILE *out) {
        json_writer j = {out, false};
        put_open(&j, nullptr, '{');
        put_origin(&j, &origin);
        put_close(&j, '}');
    });
}

std::string string_of(const char *value)
{
    const std::string text = printed([&](FILE *out) {
        json_writer j = {out, false};
        put_string(&j, nullptr, value);
    });
    return text.substr(1, text.size() - 2);
}

std::string time_of(time_t seconds)
{
    return printed([&](FILE *out) {
        json_writer j = {out, false};
        put_utc(&j, nullptr, seconds);
    });
}

class Origin : public testing::Test
{
  protected:
    using Variables = std::map<std::string, std::string>;

    void SetUp() override
    {
        for (const char *name : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_STEP_ID",
                                 "SLURM_PROCID", "SLURM_RESTART_COUNT", "SLURMD_NODENAME", "PBS_JOBID", "PBS_ARRAY_ID",
                                 "PBS_ARRAY_INDEX", "LSB_JOBID", "LSB_JOBINDEX", "JOB_ID", "SGE_TASK_ID"})
            unsetenv(name);
    }
    /* The job as JSON in an environment with these variables. */
    std::string job_in(const Variables &variables)
    {
        for (const auto &[name, value] : variables)
            setenv(name.c_str(), value.c_str(), 1);
        const Document document(json_of(origin_begin()));
        SetUp();
        json_object *const job = document.at("origin.job");
        return job ? json_object_to_json_string_ext(job, JSON_C_TO_STRING_PLAIN) : "null";
    }
};

TEST_F(Origin, NamesTheHostTheProcessAndTheTimes)
{
    char host[256] = "";
    ASSERT_EQ(gethostname(host, sizeof host - 1), 0);
    const time_t before = std::time(nullptr);
    const run_origin begun = origin_begin();
    const run_origin ended = origin_end(&begun);
    EXPECT_STREQ(begun.host, host);
    EXPECT_EQ(begun.pid, getpid());
    EXPECT_GE(begun.started, before);
    EXPECT_EQ(begun.ended, ORIGIN_NO_TIME);
    EXPECT_EQ(ended.started, begun.started);
    EXPECT_GE(ended.ended, ended.started);
    const Document document(json_of(ended));
    ASSERT_NE(document.root, nullptr);
    EXPECT_STREQ(json_object_get_string(document.at("origin.host")), host);
    EXPECT_EQ(json_object_get_int64(document.at("origin.pid")), getpid());
    EXPECT_TRUE(document.has("origin.job"));
    EXPECT_EQ(document.at("origin.job"), nullptr);
}

TEST_F(Origin, NamesTheBuild)
{
    run_origin origin = origin_begin();
    const Document without(json_of(origin));
    EXPECT_STREQ(json_object_get_string(without.at("origin.build.version")), MCPI_VERSION);
    EXPECT_GT(json_object_get_string_len(without.at("origin.build.compiler")), 0);
    for (const char *key : {"commit", "build_type", "flags", "cuda", "cuda_architectures", "hwloc", "json_c", "nvtx"})
        EXPECT_TRUE(without.has((std::string("origin.build.") + key).c_str())) << key;
    EXPECT_TRUE(without.has("origin.build.mpi"));
    EXPECT_EQ(without.at("origin.build.mpi"), nullptr);
    origin.mpi = "An MPI 3";
    const Document with(json_of(origin));
    EXPECT_STREQ(json_object_get_string(with.at("origin.build.mpi")), "An MPI 3");
}

/* A fact that the build has not is null in JSON, and words in text. */
TEST_F(Origin, PrintsTheBuild)
{
    const std::string text = printed([](FILE *out) { print_build(out, nullptr); });
    EXPECT_EQ(text.rfind("mcpi " MCPI_VERSION "\n", 0), 0U);
    EXPECT_EQ(text.find("MPI "), std::string::npos) << text;
    EXPECT_NE(printed([](FILE *out) { print_build(out, "An MPI 3"); }).find("\nMPI         An MPI 3\n"),
              std::string::npos);
    const Document document(json_of(origin_begin()));
    EXPECT_EQ(text.find("built without CUDA") != std::string::npos, document.at("origin.build.cuda") == nullptr);
}

TEST_F(Origin, KnowsTheJobsOfFourSchedulers)
{
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", "1237"},
                      {"SLURM_ARRAY_JOB_ID", "1230"},
                      {"SLURM_ARRAY_TASK_ID", "7"},
                      {"SLURM_STEP_ID", "0"},
                      {"SLURM_PROCID", "3"},
                      {"SLURM_RESTART_COUNT", "2"},
                      {"SLURMD_NODENAME", "n1"}}),
              R"({"scheduler":"slurm","id":"1237","array_id":"1230","array_task":"7","step":"0","task":"3",)"
              R"("restarts":"2","node":"n1"})");
    EXPECT_EQ(job_in({{"PBS_JOBID", "12[7].server"}, {"PBS_ARRAY_ID", "12[].server"}, {"PBS_ARRAY_INDEX", "7"}}),
              R"({"scheduler":"pbs","id":"12[7].server","array_id":"12[].server","array_task":"7"})");
    EXPECT_EQ(job_in({{"LSB_JOBID", "5"}, {"LSB_JOBINDEX", "9"}}), R"({"scheduler":"lsf","id":"5","array_task":"9"})");
    EXPECT_EQ(job_in({{"JOB_ID", "5"}, {"SGE_TASK_ID", "9"}}),
              R"({"scheduler":"gridengine","id":"5","array_task":"9"})");
}

TEST_F(Origin, AJobThatIsNoArrayHasNoTask)
{
    EXPECT_EQ(job_in({{"LSB_JOBID", "5"}, {"LSB_JOBINDEX", "0"}}), R"({"scheduler":"lsf","id":"5"})");
    EXPECT_EQ(job_in({{"JOB_ID", "5"}, {"SGE_TASK_ID", "undefined"}}), R"({"scheduler":"gridengine","id":"5"})");
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", "5"}, {"SLURM_ARRAY_TASK_ID", "0"}}),
              R"({"scheduler":"slurm","id":"5","array_task":"0"})");
}

TEST_F(Origin, OtherProgramsUseSomeOfTheseNames)
{
    EXPECT_EQ(job_in({{"JOB_ID", "build-17"}}), "null");
    EXPECT_EQ(job_in({{"SGE_TASK_ID", "1"}}), "null");
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", ""}}), "null");
    EXPECT_EQ(job_in({{"SLURM_STEP_ID", "1"}}), "null");
}

TEST_F(Origin, LongValuesAreCut)
{
    const std::string cut = job_in({{"SLURM_JOB_ID", std::string(10000, 'x')}});
    EXPECT_EQ(cut, R"({"scheduler":"slurm","id":")" + std::string(252, 'x') + "...\"}");
    const std::string whole = job_in({{"SLURM_JOB_ID", std::string(255, 'x')}});
    EXPECT_EQ(whole, R"({"scheduler":"slurm","id":")" + std::string(255, 'x') + "\"}");
    /* A character of three bytes is kept or left out as a whole: 84 of them take 252 bytes. */
    std::string characters = "a", kept = "a";
    for (int i = 0; i < 200; i++)
        characters += "\u20ac";
    for (int i = 0; i < 83; i++)
        kept += "\u20ac";
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", characters}}), R"({"scheduler":"slurm","id":")" + kept + "...\"}");
}

TEST_F(Origin, HostileValuesStayStrings)
{
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", "1\",\"id\":\"2\n\\\x01\x7f"}}),
              "{\"scheduler\":\"slurm\",\"id\":\"1\\\",\\\"id\\\":\\\"2\\n\\\\\\u0001\x7f\"}");
    EXPECT_EQ(job_in({{"SLURM_JOB_ID", "a\xff\xfe"}}), "{\"scheduler\":\"slurm\",\"id\":\"a\uFFFD\uFFFD\"}");
}

TEST(Utf8, WhatIsNotUtf8IsReplaced)
{
    const std::map<std::string, std::string> cases = {
        {"plain", "plain"},
        {"\u00e9\u20ac\U0001F3AF\U0010FFFF\uD7FF\uE000", "\u00e9\u20ac\U0001F3AF\U0010FFFF\uD7FF\uE000"},
        {"\x80", "\uFFFD"},                               /* a continuation alone */
        {"\xc3", "\uFFFD"},                               /* cut */
        {"\xe2\x82", "\uFFFD\uFFFD"},                     /* cut later */
        {"\xc3z", "\uFFFDz"},                             /* not continued */
        {"\xc0\xaf", "\uFFFD\uFFFD"},                     /* overlong */
        {"\xe0\x80\xaf", "\uFFFD\uFFFD\uFFFD"},           /* overlong */
        {"\xf0\x80\x80\xaf", "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* overlong */
        {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},           /* a surrogate */
        {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80z", "\uFFFD\uFFFD\uFFFD\uFFFDz"},
    };
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(string_of(given.c_str()), expected);
}

TEST(Utf8, APrefixHasWholeCharacters)
{
    EXPECT_EQ(utf8_prefix("abc", 5), 3U);
    EXPECT_EQ(utf8_prefix("abc", 2), 2U);
    EXPECT_EQ(utf8_prefix("a\u20acb", 3), 1U);
    EXPECT_EQ(utf8_prefix("a\u20acb", 4), 4U);
    EXPECT_EQ(utf8_prefix("\xff\xff\xff", 2), 2U);
    EXPECT_EQ(utf8_prefix("", 0), 0U);
}

TEST(Utc, IsIso8601WhateverTheTimeZone)
{
    for (const char *zone : {"Asia/Kathmandu", "America/New_York", "UTC", "nonsense", ""}) {
        setenv("TZ", zone, 1);
        tzset();
        EXPECT_EQ(time_of(1700000000), "\"2023-11-14T22:13:20Z\"") << zone;
        EXPECT_EQ(time_of(0), "\"1970-01-01T00:00:00Z\"") << zone;
    }
    unsetenv("TZ");
    tzset();
    EXPECT_EQ(time_of(951827696), "\"2000-02-29T12:34:56Z\"");
    EXPECT_EQ(time_of(253402300799), "\"9999-12-31T23:59:59Z\"");
}

TEST(Utc, ClocksThatAreWrongGiveATimeOrNull)
{
    EXPECT_EQ(time_of(ORIGIN_NO_TIME), "null");
    EXPECT_EQ(time_of(-2), "\"1969-12-31T23:59:58Z\"");
    EXPECT_EQ(time_of(253402300800), "null");
    EXPECT_EQ(time_of(std::numeric_limits<time_t>::max()), "null");
    EXPECT_EQ(time_of(std::numeric_limits<time_t>::min()), "null");
}

} // namespace
