/* What a device is called: by attributes of the runtime and functions of the driver, as cuda/devices.c asks for them.
 */
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>

typedef int (*get_device)(int *handle, int ordinal);
typedef int (*get_name)(char *name, int size, int handle);
typedef int (*get_uuid)(unsigned char *uuid, int handle);
typedef int (*get_memory)(size_t *bytes, int handle);

static void *entry_point(const char *name, unsigned version)
{
    void *function = NULL;
    enum cudaDriverEntryPointQueryResult status = cudaDriverEntryPointSuccess;
    const cudaError_t e = cudaGetDriverEntryPointByVersion(name, &function, version, cudaEnableDefault, &status);
    if (e || !function)
        printf("%s of %u: %s, status %d\n", name, version, cudaGetErrorName(e), (int)status);
    return function;
}

static void print_uuid(const char *what, get_uuid uuid, int handle)
{
    unsigned char bytes[16] = {0};
    const int error = uuid ? uuid(bytes, handle) : -1;
    printf("  %s %.14s %d, error %d\n", what, (const char *)bytes, bytes[15], error);
}

static void print_device(int ordinal)
{
    const get_device device = (get_device)entry_point("cuDeviceGet", 12000);
    const get_name name = (get_name)entry_point("cuDeviceGetName", 12000);
    const get_memory memory = (get_memory)entry_point("cuDeviceTotalMem", 12000);
    int handle = -1;
    char text[100] = "";
    size_t bytes = 0;
    if (!device || !name || !memory)
        return;
    int error = device(&handle, ordinal);
    printf("device %d: handle %d, error %d\n", ordinal, handle, error);
    if (error)
        return;
    error = name(text, sizeof text, handle);
    printf("  name '%s', error %d\n", text, error);
    error = memory(&bytes, handle);
    printf("  memory %zu MiB, error %d\n", bytes >> 20, error);
    print_uuid("uuid", (get_uuid)entry_point("cuDeviceGetUuid", 12000), handle);
    print_uuid("uuid, version 2", (get_uuid)entry_point("cuDeviceGetUuid_v2", 12000), handle);
    print_uuid("uuid, version 1", (get_uuid)entry_point("cuDeviceGetUuid", 10000), handle);
}

static void print_attributes(int ordinal)
{
    const struct {
        const char *name;
        enum cudaDeviceAttr attribute;
    } wanted[] = {{"major", cudaDevAttrComputeCapabilityMajor},
                  {"minor", cudaDevAttrComputeCapabilityMinor},
                  {"multiprocessors", cudaDevAttrMultiProcessorCount},
                  {"fp64 ratio", cudaDevAttrSingleToDoublePrecisionPerfRatio}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int value = -1;
        const cudaError_t e = cudaDeviceGetAttribute(&value, wanted[i].attribute, ordinal);
        printf("  %s %d, %s\n", wanted[i].name, value, cudaGetErrorName(e));
    }
}

int main(void)
{
    int count = 0;
    const cudaError_t e = cudaGetDeviceCount(&count);
    printf("%d devices, %s\n", count, cudaGetErrorName(e));
    for (int i = 0; i <= count; i++) {
        print_device(i);
        if (i < count)
            print_attributes(i);
    }
    entry_point("cuMemAlloc", 12000);
    entry_point("cuDeviceTotalMem", 2000);
    entry_point("cuDeviceGet", 999000);
    return 0;
}
