/*
 * A profiler of a few lines: NVTX loads it where NVTX_INJECTION64_PATH names it, and it writes the ranges it hears of
 * to standard error, one a line. See "Injection" in nvtx3/nvToolsExt.h.
 *
 *   domain NAME
 *   string TEXT
 *   category NUMBER NAME
 *   push THREAD CATEGORY DARTS NAME      DARTS is - if the range has no payload
 *   pop THREAD
 *
 * What does not belong to the domain "mcpi", a name that was not registered and a payload that is no uint64 are written
 * as "wrong ...".
 */
#include <inttypes.h>
#include <nvtx3/nvToolsExt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static nvtxDomainHandle_t ours;

static int thread(void)
{
    return (int)gettid();
}

static void expect_ours(nvtxDomainHandle_t domain, const char *call)
{
    if (!ours || domain != ours)
        fprintf(stderr, "wrong domain: %s\n", call);
}

static nvtxDomainHandle_t create_domain(const char *name)
{
    fprintf(stderr, "domain %s\n", name);
    nvtxDomainHandle_t domain = malloc(1);
    if (strcmp(name, "mcpi") == 0)
        ours = domain;
    return domain;
}

/* The handle is a copy of the text. */
static nvtxStringHandle_t register_string(nvtxDomainHandle_t domain, const char *text)
{
    expect_ours(domain, "register string");
    fprintf(stderr, "string %s\n", text);
    return (nvtxStringHandle_t)(void *)strdup(text);
}

static void name_category(nvtxDomainHandle_t domain, uint32_t category, const char *name)
{
    expect_ours(domain, "name category");
    fprintf(stderr, "category %" PRIu32 " %s\n", category, name);
}

static const char *name_of(const nvtxEventAttributes_t *range)
{
    return range->messageType == NVTX_MESSAGE_TYPE_REGISTERED ? (const char *)(const void *)range->message.registered
                                                              : "wrong: not registered";
}

static int push(nvtxDomainHandle_t domain, const nvtxEventAttributes_t *range)
{
    char darts[24] = "-";
    expect_ours(domain, "push");
    if (range->payloadType == NVTX_PAYLOAD_TYPE_UNSIGNED_INT64)
        snprintf(darts, sizeof darts, "%" PRIu64, range->payload.ullValue);
    else if (range->payloadType != NVTX_PAYLOAD_UNKNOWN)
        fprintf(stderr, "wrong payload: type %d\n", (int)range->payloadType);
    fprintf(stderr, "push %d %" PRIu32 " %s %s\n", thread(), range->category, darts, name_of(range));
    return 0;
}

static int pop(nvtxDomainHandle_t domain)
{
    expect_ours(domain, "pop");
    fprintf(stderr, "pop %d\n", thread());
    return 0;
}

/* Calls of the interface without domains. */
static int push_without_domain(const char *name)
{
    fprintf(stderr, "wrong domain: none: %s\n", name);
    return 0;
}

static nvtxRangeId_t start_without_domain(const char *name)
{
    fprintf(stderr, "wrong domain: none: %s\n", name);
    return 1;
}

int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table);

int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table)
{
    const NvtxExportTableCallbacks *exported = get_table(NVTX_ETID_CALLBACKS);
    NvtxFunctionTable core, core2;
    unsigned size;
    if (!exported || !exported->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &core, &size) ||
        !exported->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &core2, &size))
        return 0;
    *core[NVTX_CBID_CORE_RangePushA] = (NvtxFunctionPointer)push_without_domain;
    *core[NVTX_CBID_CORE_RangeStartA] = (NvtxFunctionPointer)start_without_domain;
    *core2[NVTX_CBID_CORE2_DomainCreateA] = (NvtxFunctionPointer)create_domain;
    *core2[NVTX_CBID_CORE2_DomainRegisterStringA] = (NvtxFunctionPointer)register_string;
    *core2[NVTX_CBID_CORE2_DomainNameCategoryA] = (NvtxFunctionPointer)name_category;
    *core2[NVTX_CBID_CORE2_DomainRangePushEx] = (NvtxFunctionPointer)push;
    *core2[NVTX_CBID_CORE2_DomainRangePop] = (NvtxFunctionPointer)pop;
    return 1;
}
