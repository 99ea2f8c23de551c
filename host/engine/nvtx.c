#include "engine/nvtx.h"

#if defined(MCPI_HAVE_NVTX)

#include <nvtx3/nvToolsExt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Further names are shown without being registered; further devices have no category. */
enum { MAX_NAMES = 32, MAX_DEVICES = 128 };

typedef struct registered_name {
    char text[48];
    nvtxStringHandle_t handle;
} registered_name;

typedef struct category {
    char device[16];
} category;

/*
 * What has been registered with the profiler. This is the only mutable state that the library keeps between runs: a
 * profiler belongs to the process, and it lists a domain, a string or a category twice if two runs in one process
 * register it twice. `domain` is written once, before any thread reads it. The lock protects the rest; it is taken only
 * when a profiler is attached.
 */
static struct {
    pthread_once_t once;
    nvtxDomainHandle_t domain; /* NULL: no profiler is attached */
    pthread_mutex_t lock;
    size_t name_count, category_count;
    registered_name names[MAX_NAMES];
    category categories[MAX_DEVICES]; /* category number i + 1 */
} nvtx = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

static void create_domain(void)
{
    nvtx.domain = nvtxDomainCreateA("mcpi");
}

/* The headers of NVTX load the profiler at their first use, which is not safe from several threads at once. */
void mcpi_nvtx_begin(void)
{
    pthread_once(&nvtx.once, create_domain);
}

static void write_name(char *text, size_t size, mcpi_nvtx_name name, const char *kernel)
{
    static const struct {
        const char *text;
        bool has_kernel;
    } kinds[MCPI_NVTX_NAMES] = {
        [MCPI_NVTX_SET_UP] = {"set-up", false},     [MCPI_NVTX_COUNT] = {"count", true},
        [MCPI_NVTX_TRIAL] = {"kernel trial", true}, [MCPI_NVTX_RECOUNT] = {"recount", false},
        [MCPI_NVTX_MERGE] = {"merge", false},
    };
    if (kinds[name].has_kernel)
        snprintf(text, size, "%s %s", kinds[name].text, kernel);
    else
        snprintf(text, size, "%s", kinds[name].text);
}

/* NULL if there is no room. With the lock held. */
static nvtxStringHandle_t handle_of(const char *text)
{
    for (size_t i = 0; i < nvtx.name_count; i++)
        if (strcmp(nvtx.names[i].text, text) == 0)
            return nvtx.names[i].handle;
    if (nvtx.name_count == MAX_NAMES)
        return NULL;
    registered_name *added = &nvtx.names[nvtx.name_count++];
    snprintf(added->text, sizeof added->text, "%s", text);
    added->handle = nvtxDomainRegisterStringA(nvtx.domain, text);
    return added->handle;
}

/* 0, which means no category, if there is no room. With the lock held. */
static uint32_t category_of(const char *device)
{
    for (size_t i = 0; i < nvtx.category_count; i++)
        if (strcmp(nvtx.categories[i].device, device) == 0)
            return (uint32_t)(i + 1);
    if (nvtx.category_count == MAX_DEVICES)
        return 0;
    category *added = &nvtx.categories[nvtx.category_count++];
    snprintf(added->device, sizeof added->device, "%s", device);
    nvtxDomainNameCategoryA(nvtx.domain, (uint32_t)nvtx.category_count, device);
    return (uint32_t)nvtx.category_count;
}

void mcpi_nvtx_push(mcpi_nvtx_name name, const char *kernel, const char *device, uint64_t darts)
{
    if (!nvtx.domain)
        return;
    char text[sizeof nvtx.names[0].text];
    write_name(text, sizeof text, name, kernel);
    nvtxEventAttributes_t range = {.version = NVTX_VERSION, .size = NVTX_EVENT_ATTRIB_STRUCT_SIZE};
    pthread_mutex_lock(&nvtx.lock);
    range.category = category_of(device);
    range.message.registered = handle_of(text);
    pthread_mutex_unlock(&nvtx.lock);
    range.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
    if (!range.message.registered) {
        range.messageType = NVTX_MESSAGE_TYPE_ASCII;
        range.message.ascii = text;
    }
    if (darts > 0) {
        range.payloadType = NVTX_PAYLOAD_TYPE_UNSIGNED_INT64;
        range.payload.ullValue = darts;
    }
    nvtxDomainRangePushEx(nvtx.domain, &range);
}

void mcpi_nvtx_pop(void)
{
    if (nvtx.domain)
        nvtxDomainRangePop(nvtx.domain);
}

#else

void mcpi_nvtx_begin(void)
{
}

void mcpi_nvtx_push(mcpi_nvtx_name name, const char *kernel, const char *device, uint64_t darts)
{
    (void)name;
    (void)kernel;
    (void)device;
    (void)darts;
}

void mcpi_nvtx_pop(void)
{
}

#endif
