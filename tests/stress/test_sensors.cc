/* The sensors, with a fake NVML library. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "sensors/sensors.h"

namespace
{

const char uuid[] = "GPU-00112233-4455-6677-8899-aabbccddeeff";

void expect_nothing_known(const mcpi_reading &reading)
{
    for (const double value : {reading.temperature_celsius, reading.power_watts, reading.sm_clock_hertz,
                               reading.ecc_corrected, reading.ecc_uncorrected})
        EXPECT_TRUE(std::isnan(value));
    EXPECT_EQ(reading.throttle, 0U);
}

TEST(Sensors, ReadWhatTheGpuTells)
{
    setenv("NVML_FAKE_UUID", uuid, 1);
    mcpi_sensors *sensors = mcpi_sensors_open(MCPI_FAKE_NVML);
    ASSERT_NE(sensors, nullptr);
    const mcpi_reading reading = mcpi_sensors_read(sensors, uuid);
    EXPECT_EQ(reading.temperature_celsius, 91);
    EXPECT_DOUBLE_EQ(reading.power_watts, 699.5);
    EXPECT_EQ(reading.sm_clock_hertz, 1.41e9);
    EXPECT_EQ(reading.ecc_corrected, 17);
    EXPECT_TRUE(std::isnan(reading.ecc_uncorrected)); /* it would not say */
    EXPECT_EQ(reading.throttle, 0x48U);
    EXPECT_STREQ(mcpi_throttle_name(3), "hw_slowdown");
    EXPECT_STREQ(mcpi_throttle_name(6), "hw_thermal_slowdown");
    expect_nothing_known(mcpi_sensors_read(sensors, "GPU-of-somebody-else"));
    mcpi_sensors_close(sensors);
}

TEST(Sensors, MayBeAbsent)
{
    EXPECT_EQ(mcpi_sensors_open("no-such-library.so"), nullptr);
    EXPECT_EQ(mcpi_sensors_open("libc.so.6"), nullptr); /* a library, but another */
    unsetenv("NVML_FAKE_UUID");
    EXPECT_EQ(mcpi_sensors_open(MCPI_FAKE_NVML), nullptr); /* no driver */
    expect_nothing_known(mcpi_sensors_read(nullptr, uuid));
    mcpi_sensors_close(nullptr);
}

TEST(Sensors, NameWhatThrottles)
{
    EXPECT_STREQ(mcpi_throttle_name(0), "gpu_idle");
    EXPECT_STREQ(mcpi_throttle_name(8), "display_clock_setting");
    EXPECT_EQ(mcpi_throttle_name(9), nullptr);
    EXPECT_EQ(mcpi_throttle_name(31), nullptr);
}

} // namespace
