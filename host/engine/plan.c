#include "engine/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/status.h"
#include "mcpi/dart.h"

/* More than any machine has, and few enough to live in one allocation. */
enum { most_devices = 256 };

/* A device and the backend it came from, as enumerated. */
typedef struct candidate {
    const mcpi_backend *backend;
    mcpi_device device;
    double driver_seconds;
} candidate;

typedef struct candidates {
    size_t count;
    candidate list[most_devices];
    mcpi_device scratch[most_devices];
} candidates;

/* GPUs are only looked for where they are wanted: waking their driver can take longer than a short run. */
static void enumerate(const mcpi_backend *const *backends, bool with_gpus, candidates *found)
{
    for (; *backends; backends++) {
        if ((*backends)->kind == MCPI_GPU && !with_gpus)
            continue;
        const double begin = mcpi_seconds();
        size_t count = (*backends)->enumerate(found->scratch, most_devices);
        const double seconds = mcpi_seconds() - begin;
        if (count > most_devices - found->count)
            count = most_devices - found->count;
        for (size_t i = 0; i < count; i++)
            found->list[found->count++] = (candidate){*backends, found->scratch[i], seconds};
    }
}

static const candidate *first_of_kind(const candidates *found, mcpi_device_kind kind)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].device.kind == kind)
            return &found->list[i];
    return NULL;
}

static const candidate *find_device(const candidates *found, const char *id)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->list[i].device.id, id) == 0)
            return &found->list[i];
    return NULL;
}

/* ---- kernels ---- */

/* The kernels of a device; their number. */
static size_t kernels_of(const mcpi_backend *backend, const mcpi_device *device, mcpi_kernel *kernels)
{
    const size_t count = backend && backend->kernels ? backend->kernels(device, kernels, MCPI_KERNELS_MAX) : 0;
    return count < MCPI_KERNELS_MAX ? count : MCPI_KERNELS_MAX;
}

static const mcpi_kernel *find_kernel(const mcpi_kernel *kernels, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(kernels[i].name, name) == 0)
            return &kernels[i];
    return NULL;
}

/* The team counts with this kernel and no other. */
static void set_kernel(mcpi_team *team, const char *name)
{
    char copy[sizeof team->kernels[0]] = ""; /* `name` may lie in the team */
    snprintf(copy, sizeof copy, "%s", name);
    memcpy(team->kernels[0], copy, sizeof copy);
    memcpy(team->device.kernel, copy, sizeof copy);
    team->kernel_count = 1;
}

/* By name if the device has that kernel; otherwise the one that the device prefers, and all that could be faster. */
static void choose_kernels(mcpi_team *team, const char *name)
{
    mcpi_kernel kernels[MCPI_KERNELS_MAX];
    const size_t count = kernels_of(team->backend, &team->device, kernels);
    const mcpi_kernel *const found = name ? find_kernel(kernels, count, name) : NULL;
    const bool named = found && found->available;
    set_kernel(team, named ? name : team->device.kernel);
    if (named || !team->backend->select)
        return;
    for (size_t i = 0; i < count && team->kernel_count < MCPI_KERNELS_MAX; i++)
        if (kernels[i].available && kernels[i].competes && strcmp(kernels[i].name, team->kernels[0]) != 0)
            memcpy(team->kernels[team->kernel_count++], kernels[i].name, sizeof team->kernels[0]);
}

static void append_name(char *list, size_t size, const char *name)
{
    strncat(list, list[0] ? ", " : "", size - strlen(list) - 1);
    strncat(list, name, size - strlen(list) - 1);
}

static mcpi_status refuse_kernel(const mcpi_kernel *kernel, mcpi_error *error)
{
    return mcpi_fail(error, MCPI_BAD_OPTION, "--kernel %s: %s", kernel->name, kernel->note);
}

/* A kernel that no device has, or that can run on none of those that have it, is refused, needed or not. */
static mcpi_status check_kernel(const candidates *found, const char *name, mcpi_error *error)
{
    char runnable[200] = "";
    mcpi_kernel refused = {0};
    for (size_t i = 0; i < found->count; i++) {
        mcpi_kernel kernels[MCPI_KERNELS_MAX];
        const size_t count = kernels_of(found->list[i].backend, &found->list[i].device, kernels);
        const mcpi_kernel *const kernel = find_kernel(kernels, count, name);
        if (kernel && kernel->available)
            return MCPI_OK;
        if (kernel && !refused.name[0])
            refused = *kernel;
        for (size_t k = 0; k < count; k++)
            if (kernels[k].available && !strstr(runnable, kernels[k].name))
                append_name(runnable, sizeof runnable, kernels[k].name);
    }
    if (refused.name[0])
        return refuse_kernel(&refused, error);
    return mcpi_fail(error, MCPI_BAD_OPTION, "--kernel %s: there is no such kernel; this machine runs %s", name,
                     runnable);
}

/* So is one that another device could run, where of those that are to count none can and one has it. */
static mcpi_status check_kernel_of_teams(const mcpi_plan *plan, const char *name, mcpi_error *error)
{
    mcpi_kernel refused = {0};
    for (size_t i = 0; i < plan->team_count; i++) {
        mcpi_kernel kernels[MCPI_KERNELS_MAX];
        const size_t count = kernels_of(plan->teams[i].backend, &plan->teams[i].device, kernels);
        const mcpi_kernel *const kernel = find_kernel(kernels, count, name);
        if (kernel && kernel->available)
            return MCPI_OK;
        if (kernel)
            refused = *kernel;
    }
    return refused.name[0] ? refuse_kernel(&refused, error) : MCPI_OK;
}

/* ---- devices ---- */

static mcpi_team team_of(const candidate *candidate, const mcpi_options *options)
{
    mcpi_team team = {.backend = candidate->backend,
                      .device = candidate->device,
                      .workers = 1,
                      .driver_seconds = candidate->driver_seconds};
    if (candidate->device.kind == MCPI_CPU)
        team.workers = options->threads ? options->threads : candidate->device.units;
    choose_kernels(&team, options->kernel);
    return team;
}

mcpi_team *mcpi_team_with(const mcpi_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->team_count; i++)
        if (strcmp(plan->teams[i].device.id, id) == 0)
            return &plan->teams[i];
    return NULL;
}

/* A device asked for again gets one more worker. */
static void add_counting_team(mcpi_plan *plan, const candidate *candidate)
{
    mcpi_team *const there = mcpi_team_with(plan, candidate->device.id);
    if (there) {
        there->workers++;
        return;
    }
    mcpi_team team = team_of(candidate, &plan->options);
    team.counts = true;
    plan->teams[plan->team_count++] = team;
}

static size_t add_all_of_kind(mcpi_plan *plan, const candidates *found, mcpi_device_kind kind)
{
    size_t added = 0;
    for (size_t i = 0; i < found->count; i++) {
        const mcpi_device *const device = &found->list[i].device;
        if (device->kind != kind)
            continue;
        if (device->available) {
            add_counting_team(plan, &found->list[i]);
            added++;
        } else {
            plan->left_out[plan->left_out_count++] = *device;
        }
    }
    return added;
}

static bool any_broken(const mcpi_plan *plan)
{
    for (size_t i = 0; i < plan->left_out_count; i++)
        if (plan->left_out[i].broken)
            return true;
    return false;
}

/* Both prefixes that UUIDs have: of a GPU, and of an instance of a partitioned one. */
static bool is_uuid(const char *item)
{
    return strncasecmp(item, "GPU-", 4) == 0 || strncasecmp(item, "MIG-", 4) == 0;
}

/* What names a GPU: its number, short enough for a device's id, or its UUID or the beginning of that. */
static bool names_gpu(const char *item, size_t length)
{
    if (is_uuid(item))
        return length > 4 && strspn(item + 4, "0123456789abcdefABCDEF-") == length - 4;
    return length > 0 && length <= 6 && strspn(item, "0123456789") == length;
}

static bool is_list_of_gpus(const char *list)
{
    for (;;) {
        const size_t length = strcspn(list, ",");
        if (!names_gpu(list, length))
            return false;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}

/* The GPU of that number or UUID; *several if more than one UUID begins so. */
static const candidate *find_gpu(const candidates *found, const char *item, size_t length, bool *several)
{
    const candidate *gpu = NULL;
    char id[sizeof found->list[0].device.id];
    *several = false;
    if (!is_uuid(item)) {
        snprintf(id, sizeof id, "gpu:%.*s", (int)length, item);
        return find_device(found, id);
    }
    for (size_t i = 0; i < found->count; i++) {
        if (strncasecmp(found->list[i].device.uuid, item, length) == 0) {
            *several |= gpu != NULL;
            gpu = &found->list[i];
        }
    }
    return gpu;
}

static mcpi_status add_gpu(mcpi_plan *plan, const candidates *found, const char *item, size_t length, mcpi_error *error)
{
    bool several;
    const candidate *gpu = find_gpu(found, item, length, &several);
    if (several)
        return mcpi_fail(error, MCPI_BAD_OPTION, "--device %s: more than one UUID begins with %.*s",
                         plan->options.devices, (int)length, item);
    if (gpu && gpu->device.available) {
        add_counting_team(plan, gpu);
        return MCPI_OK;
    }
    if (!gpu)
        gpu = find_device(found, "gpu");
    return mcpi_fail(error, MCPI_NO_DEVICE, "--device %s: there is no gpu:%.*s%s%s; 'mcpi devices' lists what there is",
                     plan->options.devices, (int)length, item, gpu ? ": " : "", gpu ? gpu->device.note : "");
}

static mcpi_status add_listed_gpus(mcpi_plan *plan, const candidates *found, const char *list, mcpi_error *error)
{
    if (!is_list_of_gpus(list))
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "--device %s: a list of GPUs is numbers or UUIDs with commas, as in gpu:0,1 or gpu:GPU-5c1e",
                         plan->options.devices);
    for (;;) {
        const size_t length = strcspn(list, ",");
        const mcpi_status status = add_gpu(plan, found, list, length, error);
        if (status != MCPI_OK || list[length] == '\0')
            return status;
        list += length + 1;
    }
}

static mcpi_status no_gpu(const candidates *found, const char *devices, mcpi_error *error)
{
    const candidate *gpu = first_of_kind(found, MCPI_GPU);
    return mcpi_fail(error, MCPI_NO_DEVICE, "--device %s: no GPU can be used: %s", devices,
                     gpu ? gpu->device.note : "this build has no GPU backend");
}

static mcpi_status select_devices(mcpi_plan *plan, const candidates *found, bool test, mcpi_error *error)
{
    const char *devices = plan->options.devices;
    if (strcmp(devices, "auto") == 0) {
        if (add_all_of_kind(plan, found, MCPI_GPU) == 0)
            add_all_of_kind(plan, found, MCPI_CPU);
    } else if (strcmp(devices, "all") == 0) {
        add_all_of_kind(plan, found, MCPI_CPU);
        add_all_of_kind(plan, found, MCPI_GPU);
    } else if (strcmp(devices, "cpu") == 0) {
        add_all_of_kind(plan, found, MCPI_CPU);
    } else if (strcmp(devices, "gpu") == 0) {
        if (add_all_of_kind(plan, found, MCPI_GPU) == 0)
            return test && any_broken(plan) ? MCPI_OK : no_gpu(found, devices, error);
    } else if (strncmp(devices, "gpu:", 4) == 0) {
        return add_listed_gpus(plan, found, devices + 4, error);
    } else {
        return mcpi_fail(error, MCPI_BAD_OPTION, "--device %s: must be auto, cpu, gpu, gpu:0,1 or all", devices);
    }
    if (plan->team_count == 0)
        return mcpi_fail(error, MCPI_NO_DEVICE, "--device %s: nothing here can count", devices);
    return MCPI_OK;
}

/* A GPU that is listed again has one more worker. */
static mcpi_status check_workers(const mcpi_plan *plan, mcpi_error *error)
{
    const unsigned most = mcpi_most_workers();
    for (size_t i = 0; i < plan->team_count; i++)
        if (plan->teams[i].device.kind == MCPI_GPU && plan->teams[i].workers > most)
            return mcpi_fail(error, MCPI_BAD_OPTION,
                             "--device: %s is listed %u times, which makes as many workers; must be at most %u",
                             plan->teams[i].device.id, plan->teams[i].workers, most);
    return MCPI_OK;
}

static mcpi_status check_profile(const mcpi_plan *plan, mcpi_error *error)
{
    for (size_t i = 0; i < plan->team_count; i++)
        if (plan->teams[i].device.kind == MCPI_GPU)
            return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION, "--profile: there is no GPU in this run for a profiler to be told about");
}

/* Not the kernel the CPU counts with, so that a recount is more than the same again: scalar, which shares least with
   the others, or else the fastest. */
static void set_other_kernel(mcpi_team *team, const mcpi_device *cpu)
{
    set_kernel(team, strcmp(team->device.kernel, "scalar") == 0 ? cpu->kernel : "scalar");
}

/*
 * Whose ranges are recounted, and by whom: the GPUs' by the CPU. CPU workers that count anyway recount between their
 * own ranges; where there are none, a team that only recounts joins the run.
 */
static void plan_recount(mcpi_plan *plan, const candidates *found)
{
    const mcpi_verify verify = plan->options.verify;
    const candidate *cpu = first_of_kind(found, MCPI_CPU);
    if (verify == MCPI_VERIFY_OFF || !cpu || !cpu->device.available)
        return;
    mcpi_team *counting_cpu = NULL;
    bool any_gpu = false;
    for (size_t i = 0; i < plan->team_count; i++) {
        mcpi_team *team = &plan->teams[i];
        team->recounted = verify == MCPI_VERIFY_FULL || team->device.kind == MCPI_GPU;
        any_gpu |= team->device.kind == MCPI_GPU;
        if (team->device.kind == MCPI_CPU)
            counting_cpu = team;
    }
    if (any_gpu && counting_cpu) {
        counting_cpu->recounts = true;
    } else if (any_gpu || verify == MCPI_VERIFY_FULL) {
        mcpi_team team = team_of(cpu, &plan->options);
        if (counting_cpu)
            set_other_kernel(&team, &cpu->device);
        team.recounts = true;
        plan->teams[plan->team_count++] = team;
    }
}

/* No sample of a Bernoulli variable with p = pi/4 has a standard error below this after so many darts. */
static double least_error(uint64_t darts)
{
    return sqrt(M_PI * (4.0 - M_PI) / (double)darts);
}

/* Of parts that are to be in order. */
static bool overlap(const mcpi_part *parts, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (parts[i].first < parts[i - 1].first + parts[i - 1].darts)
            return true;
    return false;
}

static mcpi_status check_options(const mcpi_options *options, mcpi_error *error)
{
    if (!options->devices)
        return mcpi_fail(error, MCPI_BAD_OPTION, "--device: no selection given");
    if (options->darts > MCPI_DART_END || options->first > MCPI_DART_END - options->darts)
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "--first %" PRIu64 " --samples %" PRIu64
                         ": darts are numbered below 2^63 = 9223372036854775808",
                         options->first, options->darts);
    if (!(options->target_error >= 0.0) || isinf(options->target_error))
        return mcpi_fail(error, MCPI_BAD_OPTION, "--target-error %g: must be above 0", options->target_error);
    if (!(options->time_limit_seconds >= 0.0) || isinf(options->time_limit_seconds))
        return mcpi_fail(error, MCPI_BAD_OPTION, "--time %g: must be above 0", options->time_limit_seconds);
    const mcpi_status threads = mcpi_check_threads(options->threads, error);
    if (threads != MCPI_OK)
        return threads;
    const mcpi_state *resume = options->resume;
    if (resume &&
        (resume->seed != options->seed || resume->stream != options->stream || resume->first != options->first ||
         resume->darts != options->darts || resume->target_error != options->target_error))
        return mcpi_fail(error, MCPI_BAD_OPTION, "--resume: that is the state of another run");
    if (resume && (overlap(resume->parts, resume->part_count) || overlap(resume->confirmed, resume->confirmed_count)))
        return mcpi_fail(error, MCPI_BAD_OPTION, "--resume: its parts overlap or are out of order");
    const uint64_t room = MCPI_DART_END - options->first;
    if (options->target_error > 0.0 && options->darts == room && options->target_error < least_error(room))
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "--target-error %g: out of reach: all the darts there are come to %.2g", options->target_error,
                         least_error(room));
    return MCPI_OK;
}

/* ---- places ---- */

/* The team that holds the places of its device: the first, where one counts and another recounts. */
static mcpi_team *keeper(const mcpi_plan *plan, const mcpi_team *team)
{
    return mcpi_team_with(plan, team->device.id);
}

static bool is_to_be_placed(const mcpi_team *team, mcpi_pin pin)
{
    return team->backend->places && pin != MCPI_PIN_NONE && (pin != MCPI_PIN_DEFAULT || team->device.kind == MCPI_GPU);
}

static mcpi_status place_teams(mcpi_plan *plan, mcpi_error *error)
{
    const mcpi_pin pin = plan->options.pin;
    for (mcpi_team *team = plan->teams; team < plan->teams + plan->team_count; team++) {
        if (!is_to_be_placed(team, pin))
            continue;
        const bool keeps = keeper(plan, team) == team;
        team->places = keeps ? team->backend->places(&team->device, pin) : keeper(plan, team)->places;
        if (!team->places)
            return mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the run: out of memory");
    }
    return MCPI_OK;
}

static void free_places(mcpi_plan *plan)
{
    for (size_t i = 0; i < plan->team_count; i++)
        if (keeper(plan, &plan->teams[i]) == &plan->teams[i])
            free(plan->teams[i].places);
}

static mcpi_status make(const mcpi_options *options, const mcpi_backend *const *backends, bool test, mcpi_plan *plan,
                        mcpi_error *error)
{
    *plan = (mcpi_plan){.options = *options};
    mcpi_status status = check_options(options, error);
    if (status != MCPI_OK)
        return status;

    candidates *found = calloc(1, sizeof *found);
    plan->teams = calloc(most_devices + 1, sizeof *plan->teams);
    plan->left_out = calloc(most_devices, sizeof *plan->left_out);
    if (!found || !plan->teams || !plan->left_out) {
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the run: out of memory");
        goto finish;
    }
    enumerate(backends, strcmp(options->devices, "cpu") != 0, found);
    if (options->kernel)
        status = check_kernel(found, options->kernel, error);
    if (status == MCPI_OK)
        status = select_devices(plan, found, test, error);
    if (status == MCPI_OK)
        status = check_workers(plan, error);
    if (status == MCPI_OK && options->kernel)
        status = check_kernel_of_teams(plan, options->kernel, error);
    if (status == MCPI_OK && options->profile)
        status = check_profile(plan, error);
    if (status == MCPI_OK)
        plan_recount(plan, found);
    if (status == MCPI_OK)
        status = place_teams(plan, error);
finish:
    free(found);
    if (status != MCPI_OK)
        mcpi_plan_free(plan);
    return status;
}

mcpi_status mcpi_plan_make(const mcpi_options *options, const mcpi_backend *const *backends, mcpi_plan *plan,
                           mcpi_error *error)
{
    return make(options, backends, false, plan, error);
}

mcpi_status mcpi_plan_test(const mcpi_options *options, const mcpi_backend *const *backends, mcpi_plan *plan,
                           mcpi_error *error)
{
    return make(options, backends, true, plan, error);
}

void mcpi_plan_free(mcpi_plan *plan)
{
    free_places(plan);
    free(plan->left_out);
    free(plan->teams);
    *plan = (mcpi_plan){0};
}

mcpi_worker_options mcpi_worker_options_of(const mcpi_team *team, unsigned index)
{
    mcpi_worker_options options = {.kernel = team->kernels[0]};
    const size_t count = team->places ? team->places->count : 0;
    if (count > 0 && (team->device.kind == MCPI_GPU || team->workers <= count))
        options.place = team->places->list[index % count];
    return options;
}
