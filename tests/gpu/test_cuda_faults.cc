/*
 * The CUDA backend on devices that fail. Each case is run by itself, under the simulator, with the faults that
 * tests/cuda.cmake gives beside its name.
 */
#include <cmath>
#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "core/status.h"
#include "gpu.h"

namespace
{

const mcpi_job first_job = {0, 0, 0, 100000};
const mcpi_job second_job = {0, 0, 100000, 200001};
const char second_range[] = "darts [100000, 300001)";

testing::AssertionResult contains(const std::string &text, const std::string &part)
{
    if (text.find(part) != std::string::npos)
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << "\"" << text << "\" lacks \"" << part << "\"";
}

void expect_failure(const GpuWorker &worker, mcpi_status status, const std::vector<std::string> &parts)
{
    EXPECT_STREQ(mcpi_status_name(worker.status), mcpi_status_name(status)) << worker.message();
    for (const std::string &part : parts)
        EXPECT_TRUE(contains(worker.message(), part));
}

void expect_works(const mcpi_device &gpu)
{
    GpuWorker worker(gpu);
    ASSERT_EQ(worker.status, MCPI_OK) << worker.message();
    ASSERT_EQ(worker.count(second_job), MCPI_OK) << worker.message();
    EXPECT_EQ(worker.hits(), count_by_definition(second_job));
}

/* Nothing can count here, and the reason is given. */
void expect_no_gpu(const std::string &reason, bool broken = true)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    ASSERT_EQ(gpus.size(), 1u);
    EXPECT_STREQ(gpus[0].id, "gpu");
    EXPECT_FALSE(gpus[0].available);
    EXPECT_EQ(gpus[0].broken != 0, broken);
    EXPECT_TRUE(contains(gpus[0].note, reason));
}

/* A driver that finds no GPU is broken, unless the GPUs are hidden on purpose. */
TEST(CudaFaults, NoDevice)
{
    const char *const reason = "cudaGetDeviceCount: no CUDA-capable device is detected";
    unsetenv("CUDA_VISIBLE_DEVICES");
    expect_no_gpu(reason);
    for (const char *visible : {"", "-1", "-1,0", "NoDevFiles"}) {
        setenv("CUDA_VISIBLE_DEVICES", visible, 1);
        expect_no_gpu("CUDA_VISIBLE_DEVICES hides all GPUs", false);
    }
    for (const char *visible : {"0", "7", "GPU-5c1e", "0,-1"}) {
        setenv("CUDA_VISIBLE_DEVICES", visible, 1);
        expect_no_gpu(reason);
    }
}

TEST(CudaFaults, NoDriver)
{
    expect_no_gpu("no CUDA driver is installed: install an NVIDIA driver for CUDA ", false);
}

TEST(CudaFaults, OldDriver)
{
    expect_no_gpu("the NVIDIA driver is for CUDA 11.0, this build needs ");
}

TEST(CudaFaults, CountingDevicesFails)
{
    expect_no_gpu("cudaGetDeviceCount: initialization error");
}

TEST(CudaFaults, ProhibitedGpu)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    ASSERT_EQ(gpus.size(), 2u);
    EXPECT_TRUE(gpus[0].available);
    EXPECT_FALSE(gpus[0].broken);
    EXPECT_FALSE(gpus[1].available);
    EXPECT_TRUE(gpus[1].broken);
    EXPECT_TRUE(contains(gpus[1].note, "its compute mode is PROHIBITED"));
    expect_works(gpus[0]);
}

/* Each GPU fails another of the calls that describe it, but the last. */
TEST(CudaFaults, DescribingFails)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    ASSERT_EQ(gpus.size(), 5u);
    for (size_t i = 0; i < 4; i++) {
        const char *const calls[] = {"cuDeviceGetName", "cuDeviceGetUuid", "cuDeviceTotalMem",
                                     "cudaDeviceGetAttribute"};
        EXPECT_FALSE(gpus[i].available) << i;
        EXPECT_TRUE(gpus[i].broken) << i;
        EXPECT_TRUE(contains(gpus[i].note, std::string(calls[i]) + " failed"));
    }
    EXPECT_TRUE(gpus[4].available);
    EXPECT_FALSE(gpus[4].broken);
}

/* The driver gives the bytes of the UUID alone. */
TEST(CudaFaults, PartitionedGpu)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    ASSERT_EQ(gpus.size(), 2u);
    for (const mcpi_device &gpu : gpus) {
        EXPECT_TRUE(contains(gpu.name, " MIG "));
        EXPECT_EQ(std::string(gpu.uuid).substr(0, 4), "MIG-");
        EXPECT_EQ(std::string(gpu.uuid).size(), 40u);
        expect_works(gpu);
    }
}

/* Without a fast FP64 pipe. */
TEST(CudaFaults, SlowFp64)
{
    const mcpi_device gpu = list_gpus().at(0);
    EXPECT_STREQ(gpu.kernel, "fp32-test");
    const mcpi_kernel fp64 = list_kernels(gpu).at(0);
    EXPECT_STREQ(fp64.name, "fp64-product");
    EXPECT_FALSE(fp64.available);
    EXPECT_STREQ(fp64.note, "FP64 of this GPU runs at 1/32 of the rate of FP32");
    expect_works(gpu);
}

mcpi_bound bound_of(const mcpi_device &gpu, const char *kernel)
{
    return mcpi_backend_cuda.bound(&gpu, kernel, 1);
}

/* By the model a dart of a warp takes 29.5 cycles of a part of a multiprocessor. */
TEST(CudaFaults, PredictedBound)
{
    const mcpi_bound bound = bound_of(list_gpus().at(0), "fp64-product");
    EXPECT_TRUE(bound.predicted);
    EXPECT_EQ(bound.clock_hertz, 1.98e9);
    EXPECT_DOUBLE_EQ(bound.darts_per_second, 4 * 32 / 29.5 * 132 * 1.98e9);
}

TEST(CudaFaults, PredictedBoundWithoutFp64)
{
    const mcpi_device gpu = list_gpus().at(0);
    EXPECT_TRUE(std::isnan(bound_of(gpu, "fp64-product").darts_per_second));
    EXPECT_DOUBLE_EQ(bound_of(gpu, "fp32-test").darts_per_second, 4 * 32 / 34.0 * 8 * 1.98e9);
}

TEST(CudaFaults, UnknownBound)
{
    const mcpi_device gpu = list_gpus().at(0);
    EXPECT_TRUE(std::isnan(bound_of(gpu, gpu.kernel).darts_per_second));
}

TEST(CudaFaults, UnknownClock)
{
    const mcpi_device gpu = list_gpus().at(0);
    const mcpi_bound bound = bound_of(gpu, gpu.kernel);
    EXPECT_TRUE(std::isnan(bound.darts_per_second));
    EXPECT_TRUE(std::isnan(bound.clock_hertz));
    expect_works(gpu); /* the error is gone */
}

/* The first attribute that is asked for is the ratio of FP32 to FP64. */
TEST(CudaFaults, UnknownFp64)
{
    const mcpi_device gpu = list_gpus().at(0);
    EXPECT_STREQ(gpu.kernel, "fp32-test");
    EXPECT_TRUE(gpu.available) << gpu.note;
}

TEST(CudaFaults, FastFp64)
{
    const mcpi_device gpu = list_gpus().at(0);
    EXPECT_STREQ(gpu.kernel, "fp64-product");
    for (const mcpi_kernel &kernel : list_kernels(gpu))
        EXPECT_TRUE(kernel.available) << kernel.name;
    expect_works(gpu);
}

TEST(CudaFaults, TooOldGpu)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    ASSERT_EQ(gpus.size(), 1u);
    EXPECT_STREQ(gpus[0].id, "gpu:0");
    EXPECT_FALSE(gpus[0].available);
    EXPECT_STREQ(gpus[0].note, "compute capability 7.0, this build has code for PTX 7.5 and newer");
}

/* Every call of open fails in its turn. What had been acquired until then is given back: --report sees to that. */
TEST(CudaFaults, OpenFails)
{
    const mcpi_device gpu = list_gpus().at(0);
    for (const char *call : {"cudaSetDevice", "cudaFree", "cudaOccupancyMaxActiveBlocksPerMultiprocessor",
                             "cudaStreamCreateWithFlags", "cudaEventCreate", "cudaMalloc", "cudaMallocHost"}) {
        const GpuWorker worker(gpu);
        expect_failure(worker, MCPI_NO_MEMORY,
                       {"gpu:0 (", std::string(call) + ": cudaErrorMemoryAllocation: out of memory; "});
    }
    expect_works(gpu);
}

TEST(CudaFaults, LaunchFails)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    GpuWorker worker(gpus.at(1));
    ASSERT_EQ(worker.count(first_job), MCPI_OK) << worker.message();
    worker.submit(second_job);
    expect_failure(worker, MCPI_DEVICE_FAILED,
                   {"gpu:1 (Simulated GPU", "cudaLaunchKernel for ", second_range, "cudaErrorLaunchOutOfResources"});
    worker.close();
    expect_works(gpus[0]);
    expect_works(gpus[1]);
}

TEST(CudaFaults, CopyFails)
{
    const mcpi_device gpu = list_gpus().at(0);
    GpuWorker worker(gpu);
    ASSERT_EQ(worker.submit(first_job), MCPI_OK) << worker.message();
    worker.submit(second_job);
    expect_failure(worker, MCPI_DEVICE_FAILED, {"cudaMemcpyAsync for ", second_range, "cudaErrorInvalidValue"});
    worker.close();
    expect_works(gpu);
}

/* The kernel of the second job faults. Whichever call is the first to hear of it names the job. */
TEST(CudaFaults, KernelFails)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    GpuWorker worker(gpus.at(0));
    ASSERT_EQ(worker.count(first_job), MCPI_OK) << worker.message();
    EXPECT_EQ(worker.hits(), count_by_definition(first_job));
    worker.count(second_job);
    expect_failure(worker, MCPI_DEVICE_FAILED,
                   {"gpu:0 (Simulated GPU 0): cuda", second_range, "cudaErrorECCUncorrectable", "dmesg"});
    worker.close();
    expect_works(gpus.at(1));
}

TEST(CudaFaults, DeviceHangs)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    GpuWorker worker(gpus.at(0), 0.5);
    ASSERT_EQ(worker.count(first_job), MCPI_OK) << worker.message();
    ASSERT_EQ(worker.submit(second_job), MCPI_OK) << worker.message();
    ASSERT_EQ(worker.submit(first_job), MCPI_OK) << worker.message();
    const double begin = mcpi_seconds();
    worker.collect();
    const double hung = mcpi_seconds();
    expect_failure(worker, MCPI_TIMED_OUT, {"gpu:0 (Simulated GPU", second_range, "within 0.5 s", "hangs"});
    EXPECT_GE(hung - begin, 0.5);
    worker.close();
    EXPECT_LT(mcpi_seconds() - hung, 0.4) << "close waited for a device that hangs";
    expect_works(gpus.at(1));
}

/* For longer than the deadline, with a job in flight that the device has not begun. */
TEST(CudaFaults, StoppedProcessIsNoHang)
{
    GpuWorker worker(list_gpus().at(0), 0.6);
    ASSERT_EQ(worker.submit(first_job), MCPI_OK) << worker.message();
    const pid_t tested = getpid();
    const pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        kill(tested, SIGSTOP);
        usleep(1500000);
        kill(tested, SIGCONT);
        _exit(0);
    }
    const double begin = mcpi_seconds();
    EXPECT_EQ(worker.collect(), MCPI_OK) << worker.message();
    EXPECT_GE(mcpi_seconds() - begin, 1.4) << "it was not stopped";
    EXPECT_EQ(worker.hits(), count_by_definition(first_job));
    waitpid(child, nullptr, 0);
}

/* Nobody has noticed yet that the device hangs. */
TEST(CudaFaults, CloseOfHungDevice)
{
    GpuWorker worker(list_gpus().at(0), 0.5);
    ASSERT_EQ(worker.submit(first_job), MCPI_OK) << worker.message();
    ASSERT_EQ(worker.submit(second_job), MCPI_OK) << worker.message();
    const double begin = mcpi_seconds();
    worker.close();
    EXPECT_GE(mcpi_seconds() - begin, 0.5);
}

/* Its jobs are back, so it could be closed, if closing did not wait for the device, which another worker has hung. */
TEST(CudaFaults, AbandonsHungDevice)
{
    const mcpi_device gpu = list_gpus().at(0);
    GpuWorker idle(gpu);
    ASSERT_EQ(idle.count(first_job), MCPI_OK) << idle.message();
    GpuWorker hanging(gpu, 0.2);
    hanging.count(second_job);
    ASSERT_EQ(hanging.status, MCPI_TIMED_OUT);
    const double begin = mcpi_seconds();
    idle.abandon();
    EXPECT_LT(mcpi_seconds() - begin, 0.2);
}

/* From some call on all fail. Whichever it is, the worker says so and can be closed, and its neighbour goes on. */
TEST(CudaFaults, CardFallsOffTheBus)
{
    const std::vector<mcpi_device> gpus = list_gpus();
    GpuWorker neighbour(gpus.at(1));
    ASSERT_EQ(neighbour.status, MCPI_OK) << neighbour.message();

    std::thread([&gpus] {
        GpuWorker worker(gpus[0]);
        for (int i = 0; i < 100 && worker.status == MCPI_OK; i++)
            worker.count(first_job);
        expect_failure(worker, MCPI_DEVICE_FAILED, {"gpu:0 (Simulated GPU", "cudaErrorUnknown"});
    }).join();

    ASSERT_EQ(neighbour.count(second_job), MCPI_OK) << neighbour.message();
    EXPECT_EQ(neighbour.hits(), count_by_definition(second_job));
}

} // namespace
