#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "cli/args/quantity.h"
}

namespace
{

TEST(Count, AcceptsWhatPeopleType)
{
    const std::vector<std::pair<const char *, uint64_t>> good = {
        {"0", 0},
        {"1", 1},
        {"007", 7},
        {"10000000000", 10000000000},
        {"1e10", 10000000000},
        {"1E10", 10000000000},
        {"1e+10", 10000000000},
        {"2.5e9", 2500000000},
        {"1.50e1", 15},
        {".5e1", 5},
        {"5.", 5},
        {"1.000", 1},
        {"100e-2", 1},
        {"0e-5", 0},
        {"0.0", 0},
        {"2^33", uint64_t{1} << 33},
        {"2^0", 1},
        {"10^10", 10000000000},
        {"0^0", 1},
        {"1^99999999999999999999999", 1},
        {"10G", 10000000000},
        {"10k", 10000},
        {"10K", 10000},
        {"1.5M", 1500000},
        {"1T", 1000000000000},
        {"1P", 1000000000000000},
        {"1E", 1000000000000000000},
        {"18446744073709551615", UINT64_MAX},
        {"1.8446744073709551615e19", UINT64_MAX},
        {"1.00000000000000000000000000", 1},
    };
    for (const auto &[text, value] : good) {
        uint64_t count = 12345;
        EXPECT_EQ(parse_count(text, &count), QUANTITY_OK) << text;
        EXPECT_EQ(count, value) << text;
    }
}

TEST(Count, RefusesEverythingElseAndSaysWhy)
{
    const std::vector<std::pair<const char *, quantity_status>> bad = {
        {"", QUANTITY_NOT_A_NUMBER},
        {"1e10x", QUANTITY_NOT_A_NUMBER},
        {"x", QUANTITY_NOT_A_NUMBER},
        {"nan", QUANTITY_NOT_A_NUMBER},
        {"inf", QUANTITY_NOT_A_NUMBER},
        {"0x10", QUANTITY_NOT_A_NUMBER},
        {"+1", QUANTITY_NOT_A_NUMBER},
        {" 1", QUANTITY_NOT_A_NUMBER},
        {"1 ", QUANTITY_NOT_A_NUMBER},
        {".", QUANTITY_NOT_A_NUMBER},
        {"e5", QUANTITY_NOT_A_NUMBER},
        {"1e", QUANTITY_NOT_A_NUMBER},
        {"1e+", QUANTITY_NOT_A_NUMBER},
        {"2^", QUANTITY_NOT_A_NUMBER},
        {"2^^3", QUANTITY_NOT_A_NUMBER},
        {"^3", QUANTITY_NOT_A_NUMBER},
        {"1.5^2", QUANTITY_NOT_A_NUMBER},
        {"10GG", QUANTITY_NOT_A_NUMBER},
        {"10Gi", QUANTITY_NOT_A_NUMBER},
        {"1,000", QUANTITY_NOT_A_NUMBER},
        {"--1", QUANTITY_NOT_A_NUMBER},
        {"-", QUANTITY_NOT_A_NUMBER},
        {"-2^3", QUANTITY_NOT_A_NUMBER},
        {"-1", QUANTITY_NEGATIVE},
        {"-1e10", QUANTITY_NEGATIVE},
        {"1.5", QUANTITY_NOT_WHOLE},
        {"1e-3", QUANTITY_NOT_WHOLE},
        {"0.0001k", QUANTITY_NOT_WHOLE},
        {"1.00000000000000000000000001", QUANTITY_NOT_WHOLE},
        {"1e30", QUANTITY_TOO_LARGE},
        {"1e99999999999999999999", QUANTITY_TOO_LARGE},
        {"18446744073709551616", QUANTITY_TOO_LARGE},
        {"2^64", QUANTITY_TOO_LARGE},
        {"2^99999999999999999999", QUANTITY_TOO_LARGE},
        {"100E", QUANTITY_TOO_LARGE},
    };
    for (const auto &[text, status] : bad) {
        uint64_t count = 12345;
        EXPECT_EQ(parse_count(text, &count), status) << text;
        EXPECT_EQ(count, 12345U) << text;
    }
}

TEST(Word, IsDecimalOrHexadecimal)
{
    uint64_t word = 5;
    EXPECT_EQ(parse_word("18446744073709551615", &word), QUANTITY_OK);
    EXPECT_EQ(word, UINT64_MAX);
    EXPECT_EQ(parse_word("0xDeadBeef", &word), QUANTITY_OK);
    EXPECT_EQ(word, 0xDEADBEEFU);
    EXPECT_EQ(parse_word("0XFFFFFFFFFFFFFFFF", &word), QUANTITY_OK);
    EXPECT_EQ(word, UINT64_MAX);
    EXPECT_EQ(parse_word("0", &word), QUANTITY_OK);
    EXPECT_EQ(word, 0U);
    EXPECT_EQ(parse_word("0x10000000000000000", &word), QUANTITY_TOO_LARGE);
    EXPECT_EQ(parse_word("18446744073709551616", &word), QUANTITY_TOO_LARGE);
    EXPECT_EQ(parse_word("-1", &word), QUANTITY_NEGATIVE);
    for (const char *bad : {"", "0x", "x", "1e3", "1.0", "-", "-x", "0xg", "12 ", "+1", "-0x1"})
        EXPECT_EQ(parse_word(bad, &word), QUANTITY_NOT_A_NUMBER) << bad;
}

std::vector<unsigned> numbers(const char *text)
{
    number_list list;
    EXPECT_EQ(parse_number_list(text, &list), QUANTITY_OK) << text;
    return {list.numbers, list.numbers + list.count};
}

TEST(NumberList, IsSorted)
{
    EXPECT_EQ(numbers("8"), (std::vector<unsigned>{8}));
    EXPECT_EQ(numbers("1,2,4,8"), (std::vector<unsigned>{1, 2, 4, 8}));
    EXPECT_EQ(numbers("4,0x10,1,4294967295,2"), (std::vector<unsigned>{1, 2, 4, 16, 4294967295}));
}

TEST(NumberList, RefusesEverythingElseAndSaysWhy)
{
    const std::vector<std::pair<const char *, quantity_status>> bad = {
        {"", QUANTITY_NOT_A_NUMBER},
        {",", QUANTITY_NOT_A_NUMBER},
        {"1,", QUANTITY_NOT_A_NUMBER},
        {",1", QUANTITY_NOT_A_NUMBER},
        {"1,,2", QUANTITY_NOT_A_NUMBER},
        {"1, 2", QUANTITY_NOT_A_NUMBER},
        {"1-4", QUANTITY_NOT_A_NUMBER},
        {"1,x", QUANTITY_NOT_A_NUMBER},
        {"1.5,2", QUANTITY_NOT_A_NUMBER},
        {"0", QUANTITY_NOT_POSITIVE},
        {"1,0,2", QUANTITY_NOT_POSITIVE},
        {"1,-2", QUANTITY_NEGATIVE},
        {"1,1", QUANTITY_REPEATED},
        {"1,2,4,2,8", QUANTITY_REPEATED},
        {"2,0x2", QUANTITY_REPEATED},
        {"1,4294967296", QUANTITY_TOO_LARGE},
        {"1,18446744073709551616", QUANTITY_TOO_LARGE},
        {"1,00000000000000000000000000000000000001", QUANTITY_NOT_A_NUMBER}};
    number_list list;
    for (const auto &[text, status] : bad)
        EXPECT_EQ(parse_number_list(text, &list), status) << text;
}

TEST(NumberList, HasRoomFor128)
{
    std::string text = "200";
    for (int i = 1; i < 128; i++)
        text += "," + std::to_string(i);
    EXPECT_EQ(numbers(text.c_str()).size(), 128U);
    number_list list;
    EXPECT_EQ(parse_number_list((text + ",199").c_str(), &list), QUANTITY_TOO_MANY);
}

TEST(Positive, IsAPlainDecimalNumber)
{
    double number = 7;
    EXPECT_EQ(parse_positive("1e-6", &number), QUANTITY_OK);
    EXPECT_EQ(number, 1e-6);
    EXPECT_EQ(parse_positive(".25", &number), QUANTITY_OK);
    EXPECT_EQ(number, 0.25);
    for (const char *bad : {"", "nan", "inf", "-inf", "-nan", "0x1p3", "1e-6x", "e", " 1", "infinity", "+", "1s", ".",
                            "+inf5", "1e999y", "+-1", "-"})
        EXPECT_EQ(parse_positive(bad, &number), QUANTITY_NOT_A_NUMBER) << bad;
    for (const char *bad : {"0", "-1", "-0.0", "1e-999"})
        EXPECT_EQ(parse_positive(bad, &number), QUANTITY_NOT_POSITIVE) << bad;
    EXPECT_EQ(parse_positive("1e999", &number), QUANTITY_TOO_LARGE);
    EXPECT_EQ(number, 0.25);
}

TEST(Share, IsAPercentage)
{
    const std::vector<std::pair<const char *, double>> good = {
        {"1%", 0.01}, {"0.5%", 0.005}, {"100%", 1.0}, {"1e1%", 0.1}, {"33.3%", 0.333}};
    for (const auto &[text, value] : good) {
        double share = 0;
        EXPECT_EQ(parse_share(text, &share), QUANTITY_OK) << text;
        EXPECT_DOUBLE_EQ(share, value) << text;
    }
    double share = 7;
    for (const char *bad : {"", "%", "1", "1 %", "1%%", "nan%", "0x1%", "half"})
        EXPECT_EQ(parse_share(bad, &share), QUANTITY_NOT_A_NUMBER) << bad;
    for (const char *bad : {"0%", "-1%"})
        EXPECT_EQ(parse_share(bad, &share), QUANTITY_NOT_POSITIVE) << bad;
    for (const char *bad : {"100.1%", "1e999%"})
        EXPECT_EQ(parse_share(bad, &share), QUANTITY_TOO_LARGE) << bad;
    EXPECT_EQ(share, 7);
}

TEST(Duration, HasUnits)
{
    const std::vector<std::pair<const char *, double>> good = {
        {"10s", 10}, {"5m", 300}, {"2h", 7200}, {"500ms", 0.5}, {"1.5h", 5400}, {"3", 3}, {"1e3s", 1000}};
    for (const auto &[text, value] : good) {
        double seconds = 0;
        EXPECT_EQ(parse_duration(text, &seconds), QUANTITY_OK) << text;
        EXPECT_DOUBLE_EQ(seconds, value) << text;
    }
    double seconds = 7;
    for (const char *bad : {"", "s", "10x", "10 s", "1h30m", "nan", "infs", "0x10", "10S"})
        EXPECT_EQ(parse_duration(bad, &seconds), QUANTITY_NOT_A_NUMBER) << bad;
    for (const char *bad : {"0", "0s", "-5s", "1e-323ms"})
        EXPECT_EQ(parse_duration(bad, &seconds), QUANTITY_NOT_POSITIVE) << bad;
    for (const char *bad : {"1e999", "1e308h", "1e307m"})
        EXPECT_EQ(parse_duration(bad, &seconds), QUANTITY_TOO_LARGE) << bad;
    EXPECT_EQ(seconds, 7);
}

} // namespace
