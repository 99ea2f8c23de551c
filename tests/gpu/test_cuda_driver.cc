/* The version of the driver, on made-up machines. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cuda/driver.h"
#include "mcpi/mcpi.h"

namespace
{

namespace fs = std::filesystem;

std::string driver(const std::string &root, int cuda)
{
    char text[sizeof mcpi_device::driver];
    mcpi_write_driver(text, sizeof text, root.c_str(), cuda);
    return text;
}

TEST(CudaDriver, IsThatOfTheModuleAndOfCuda)
{
    std::string name = testing::TempDir() + "driver-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    EXPECT_EQ(driver(name, 13000), "CUDA 13.0");
    EXPECT_EQ(driver(name, 0), "");
    fs::create_directories(name + "/sys/module/nvidia");
    const std::string file = name + "/sys/module/nvidia/version";
    std::ofstream(file) << "580.82.07\n";
    EXPECT_EQ(driver(name, 13000), "580.82.07, CUDA 13.0");
    EXPECT_EQ(driver(name, 12080), "580.82.07, CUDA 12.8");
    EXPECT_EQ(driver(name, 0), "580.82.07");
    std::ofstream(file) << "";
    EXPECT_EQ(driver(name, 13000), "CUDA 13.0");
    std::ofstream(file) << std::string(1000, '5');
    EXPECT_EQ(driver(name, 13000), std::string(19, '5') + ", CUDA 13.0");
    fs::remove_all(name);
}

} // namespace
