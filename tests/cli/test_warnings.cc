/* Warnings are printed in order, and are data in JSON. */
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "document.h"

extern "C" {
#include "cli/io/warnings.h"
}

namespace
{

std::string json_of(const warning_list &warnings)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    json_writer j = json_begin(out, "test");
    put_warnings(&j, &warnings);
    json_end(&j);
    fclose(out);
    const std::string copy(text, size);
    free(text);
    return copy;
}

TEST(Warnings, AreNoneAtFirst)
{
    warning_list none = {};
    const Document document(json_of(none));
    EXPECT_EQ(json_object_array_length(document.at("warnings")), 0U);
    testing::internal::CaptureStderr();
    warnings_print(&none);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Warnings, AreDataAndLines)
{
    warning_list warnings = {};
    warnings_add(&warnings, "noise", "the rates of '%s' vary", "one \"core\"");
    warnings_add(&warnings, "paused", "stopped for %d s", 3);
    const Document document(json_of(warnings));
    EXPECT_STREQ(json_object_get_string(document.at("warnings.0.code")), "noise");
    EXPECT_STREQ(json_object_get_string(document.at("warnings.0.text")), "the rates of 'one \"core\"' vary");
    EXPECT_STREQ(json_object_get_string(document.at("warnings.1.code")), "paused");
    testing::internal::CaptureStderr();
    warnings_print(&warnings);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "mcpi: the rates of 'one \"core\"' vary\nmcpi: stopped for 3 s\n");
    warnings_free(&warnings);
    EXPECT_EQ(warnings.count, 0U);
}

} // namespace
