/* Numbers have the digits that their errors justify. */
#include <gtest/gtest.h>

#include <cmath>
#include <string>

extern "C" {
#include "cli/io/with_error.h"
}

namespace
{

std::string text_of(double value, double error)
{
    char text[32];
    return with_error(text, value, error);
}

TEST(WithError, HasTheDigitsThatTheErrorJustifies)
{
    EXPECT_EQ(text_of(212.4, 3.2), "212 +- 3");
    EXPECT_EQ(text_of(14.93, 0.12), "14.9 +- 0.1");
    EXPECT_EQ(text_of(2101, 31), "2100 +- 30");
    EXPECT_EQ(text_of(12345, 260), "12300 +- 300");
    EXPECT_EQ(text_of(0.00123, 0.0001), "0.0012 +- 0.0001");
    EXPECT_EQ(text_of(-2.3, 4), "-2 +- 4");
}

TEST(WithError, RoundsAnErrorUpToTheNextDigit)
{
    EXPECT_EQ(text_of(14.93, 0.096), "14.9 +- 0.1");
    EXPECT_EQ(text_of(99.96, 0.5), "100.0 +- 0.5");
    EXPECT_EQ(text_of(212, 9.6), "210 +- 10");
}

TEST(WithError, HasAPowerOfTenForLargeAndSmallNumbers)
{
    EXPECT_EQ(text_of(3.512e8, 2e6), "(3.51 +- 0.02)e8");
    EXPECT_EQ(text_of(3.5e-5, 1e-6), "(3.5 +- 0.1)e-5");
    EXPECT_EQ(text_of(99999, 0), "99999");
    EXPECT_EQ(text_of(1.05e5, 0), "1.05e5");
}

TEST(WithError, MayHaveAnErrorThatIsLargerThanTheValue)
{
    EXPECT_EQ(text_of(0.0004, 0.3), "0.0 +- 0.3");
    EXPECT_EQ(text_of(0, 0.3), "0.0 +- 0.3");
    EXPECT_EQ(text_of(-0.04, 0.3), "0.0 +- 0.3");
    EXPECT_EQ(text_of(-0.4, 4), "0 +- 4");
    EXPECT_EQ(text_of(3, 200), "0 +- 200");
}

TEST(WithError, HasNoErrorThatFourDigitsDoNotShow)
{
    EXPECT_EQ(text_of(983.4, 1e-5), "983.4");
    EXPECT_EQ(text_of(5.7106, 0.0004), "5.711");
    EXPECT_EQ(text_of(1, 0), "1");
    EXPECT_EQ(text_of(0, 0), "0");
}

TEST(WithError, WithoutAnErrorHasThreeDigits)
{
    EXPECT_EQ(text_of(14.934, NAN), "14.9");
    EXPECT_EQ(text_of(12345, NAN), "1.23e4");
    EXPECT_EQ(text_of(NAN, 1), "-");
    EXPECT_EQ(text_of(INFINITY, NAN), "-");
}

} // namespace
