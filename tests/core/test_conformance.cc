/* Every backend of the table, and the fakes, against the contract of a backend. */
#include "tests/core/conformance.h"
#include "tests/core/fake_backend.h"

namespace
{

std::string name_of(const testing::TestParamInfo<const mcpi_backend *> &info)
{
    return info.param->name;
}

std::vector<const mcpi_backend *> table()
{
    std::vector<const mcpi_backend *> all;
    for (const mcpi_backend *const *backend = mcpi_backends; *backend; backend++)
        all.push_back(*backend);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Table, Conformance, testing::ValuesIn(table()), name_of);

/* A CPU of three kernels, a GPU of one, and one whose ranges come in many slices, by two kernels. */
std::vector<Behaviour> fakes()
{
    std::vector<Behaviour> all(3);
    all[0].kind = MCPI_CPU;
    all[2].slice_darts = 4096;
    all[2].kernels = {{"fake"}, {"other"}};
    return all;
}

Fleet fleet(fakes());

INSTANTIATE_TEST_SUITE_P(Fakes, Conformance, testing::Values(&fake_cpus, &fake_gpus), name_of);

TEST(Table, HasOneCpuAndNoNameTwice)
{
    std::set<std::string> names;
    int cpus = 0;
    for (const mcpi_backend *backend : table()) {
        EXPECT_TRUE(names.insert(backend->name).second) << backend->name;
        cpus += backend->kind == MCPI_CPU;
    }
    EXPECT_EQ(cpus, 1);
}

/* Also of what cannot count. */
TEST(Table, HasDevicesThatCanAllBeTyped)
{
    std::set<std::string> ids;
    for (const mcpi_backend *backend : table()) {
        std::vector<mcpi_device> devices(mcpi_enumerate(backend, nullptr, 0));
        mcpi_enumerate(backend, devices.data(), devices.size());
        for (const mcpi_device &device : devices) {
            EXPECT_TRUE(ids.insert(device.id).second) << device.id;
            EXPECT_EQ(mcpi_check_selection(device.id, mcpi_backends, nullptr), MCPI_OK) << device.id;
            EXPECT_TRUE(mcpi_selection_names(device.id, &device)) << device.id;
            EXPECT_EQ(mcpi_backend_of(mcpi_backends, &device), backend) << device.id;
            EXPECT_TRUE(device.available || device.note[0]) << device.id;
        }
    }
}

} // namespace
