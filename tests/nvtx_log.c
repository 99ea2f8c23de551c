/*
 * A profiler of a few lines: NVTX loads it where NVTX_INJECTION64_PATH names it, and it writes the ranges it hears of
 * to standard error, one a line. See "Injection" in nvtx3/nvToolsExt.h.
 */
#include <nvtx3/nvToolsExt.h>
#include <stdio.h>

static int push(const char *name)
{
    fprintf(stderr, "push %s\n", name);
    return 0;
}

static int pop(void)
{
    fprintf(stderr, "pop\n");
    return 0;
}

static nvtxRangeId_t start(const char *name)
{
    static nvtxRangeId_t last;
    const nvtxRangeId_t id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "start %llu %s\n", (unsigned long long)id, name);
    return id;
}

static void end(nvtxRangeId_t id)
{
    fprintf(stderr, "end %llu\n", (unsigned long long)id);
}

int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table);

int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table)
{
    const NvtxExportTableCallbacks *exported = get_table(NVTX_ETID_CALLBACKS);
    NvtxFunctionTable table;
    unsigned size;
    if (!exported || !exported->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &table, &size))
        return 0;
    *table[NVTX_CBID_CORE_RangePushA] = (NvtxFunctionPointer)push;
    *table[NVTX_CBID_CORE_RangePop] = (NvtxFunctionPointer)pop;
    *table[NVTX_CBID_CORE_RangeStartA] = (NvtxFunctionPointer)start;
    *table[NVTX_CBID_CORE_RangeEnd] = (NvtxFunctionPointer)end;
    return 1;
}
