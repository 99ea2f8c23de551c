#include "stress/verdict.h"

#include <inttypes.h>
#include <stdio.h>

#define DARTS "darts [%" PRIu64 ", %" PRIu64 ")"

static const char *const fault_names[] = {
#define MCPI_FAULT_NAME(name, text) text,
    MCPI_FAULT_MAP(MCPI_FAULT_NAME)
#undef MCPI_FAULT_NAME
};

const char *mcpi_fault_name(mcpi_fault fault)
{
    return (unsigned)fault < MCPI_FAULTS ? fault_names[fault] : "?";
}

/* "123 hits", or that the count contradicts itself. */
static char *claim_text(char *text, size_t size, uint64_t hits)
{
    if (hits == MCPI_NO_COUNT)
        snprintf(text, size, "what contradicts itself");
    else
        snprintf(text, size, "%" PRIu64 " hits", hits);
    return text;
}

/* The kernel of a GPU. A core has only two, and its device row names the usual one. */
static char *kernel_text(char *text, size_t size, const mcpi_testers *testers, const mcpi_claim *claim)
{
    const mcpi_tester *const tester = &testers->list[claim->tester];
    const char *const kernel = tester->ways[claim->way].kernel;
    const bool named = tester->device.kind == MCPI_GPU && kernel;
    snprintf(text, size, "%s%s", named ? " with kernel " : "", named ? kernel : "");
    return text;
}

/* Describe both claims, followed by the right count once it is known. */
static void describe_both(mcpi_dispute *dispute, const mcpi_testers *testers, const char *truth)
{
    char counts[2][40];
    char kernels[2][40];
    const mcpi_device *const one = &testers->list[dispute->claims[0].tester].device;
    const mcpi_device *const other = &testers->list[dispute->claims[1].tester].device;
    snprintf(dispute->message, sizeof dispute->message, "%s (%s) counted %s%s, %s (%s) counted %s%s in " DARTS "%s",
             one->id, one->name, claim_text(counts[0], sizeof *counts, dispute->claims[0].hits),
             kernel_text(kernels[0], sizeof *kernels, testers, &dispute->claims[0]), other->id, other->name,
             claim_text(counts[1], sizeof *counts, dispute->claims[1].hits),
             kernel_text(kernels[1], sizeof *kernels, testers, &dispute->claims[1]), dispute->job.first,
             dispute->job.first + dispute->job.darts, truth);
}

static void describe_accused(mcpi_dispute *dispute, const mcpi_testers *testers)
{
    char count[40];
    char kernel[40];
    const mcpi_claim *const claim = &dispute->claims[dispute->accused];
    const mcpi_device *const device = &testers->list[claim->tester].device;
    snprintf(dispute->message, sizeof dispute->message, "%s (%s) counted %s%s in " DARTS ", which have %" PRIu64,
             device->id, device->name, claim_text(count, sizeof count, claim->hits),
             kernel_text(kernel, sizeof kernel, testers, claim), dispute->job.first,
             dispute->job.first + dispute->job.darts, dispute->truth);
}

mcpi_dispute mcpi_dispute_between(const mcpi_job *job, const mcpi_claim *one, const mcpi_claim *other,
                                  const mcpi_testers *testers)
{
    mcpi_dispute dispute = {.stage = MCPI_JUDGE, .job = *job, .claims = {*one, *other}, .truth = MCPI_NO_COUNT};
    describe_both(&dispute, testers, "");
    return dispute;
}

mcpi_dispute mcpi_dispute_of_one(const mcpi_job *job, const mcpi_claim *claim, const char *message)
{
    mcpi_dispute dispute = {.stage = MCPI_REPEAT, .job = *job, .claims = {*claim, *claim}, .truth = MCPI_NO_COUNT};
    snprintf(dispute.message, sizeof dispute.message, "%s", message);
    return dispute;
}

bool mcpi_accuse(mcpi_dispute *dispute, const mcpi_testers *testers)
{
    const bool wrong[2] = {dispute->claims[0].hits != dispute->truth, dispute->claims[1].hits != dispute->truth};
    if (wrong[0] && wrong[1]) {
        char truth[48];
        snprintf(truth, sizeof truth, ", which have %" PRIu64, dispute->truth);
        describe_both(dispute, testers, truth);
        return false;
    }
    dispute->accused = wrong[1];
    describe_accused(dispute, testers);
    return true;
}

mcpi_fault mcpi_verdict(const mcpi_dispute *dispute, uint64_t again)
{
    const bool right = dispute->truth == MCPI_NO_COUNT ? again != MCPI_NO_COUNT : again == dispute->truth;
    return right ? MCPI_TRANSIENT : MCPI_PERSISTENT;
}

void mcpi_pronounce(const mcpi_dispute *dispute, mcpi_fault fault, char *text, size_t size)
{
    static const char *const reasons[] = {
        [MCPI_TRANSIENT] = "counted again, it was right",
        [MCPI_PERSISTENT] = "counted again, it was wrong again",
        [MCPI_UNDECIDED] = "could not determine which device is at fault, or whether the fault is persistent",
    };
    snprintf(text, size, "%s fault: %s; %s", mcpi_fault_name(fault), dispute->message, reasons[fault]);
}
