/* A program without json-c says so, and takes nothing for a result. */
#include <gtest/gtest.h>

#include <string>

#include "cli/merge/read_result.h"
#include "cli/saved/saved_sweep.h"

TEST(ReadResultAbsent, SaysWhatIsMissing)
{
    const std::string text = "{\"schema\":\"mcpi.result.v1\"}";
    mcpi_state *state = nullptr;
    result_notes notes{};
    mcpi_error error{};
    EXPECT_EQ(read_result(text.data(), text.size(), &state, &notes, &error), MCPI_BAD_OPTION);
    EXPECT_EQ(state, nullptr);
    EXPECT_NE(std::string(error.message).find("built without json-c (Debian: libjson-c-dev)"), std::string::npos);
}

TEST(ReadSweepAbsent, SaysWhatIsMissing)
{
    const std::string text = "{\"schema\":\"mcpi.compare.v1\"}";
    saved_sweep saved;
    mcpi_error error{};
    EXPECT_EQ(saved_sweep_read(text.data(), text.size(), "a.json", &saved, &error), MCPI_BAD_OPTION);
    EXPECT_STREQ(error.message, "this mcpi was built without json-c (Debian: libjson-c-dev) and cannot read JSON");
    saved_sweep_free(&saved);
}
