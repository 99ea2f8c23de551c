/* A program without json-c says so, and takes nothing for a result. */
#include <gtest/gtest.h>

#include <string>

#include "cli/merge/read_result.h"

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
