#include "engine/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/selection.h"
#include "core/status.h"
#include "mcpi/dart.h"
#include "process/installed_worker.h"
#include "process/process_backend.h"

/* More than any machine has, and few enough for one allocation. */
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

/* Look for GPUs only if the selection may name one: waking their driver can take longer than a short run. Always list
   the CPU, which may have to recount. */
static void enumerate(const mcpi_backend *const *backends, const char *selection, candidates *found)
{
    for (; *backends; backends++) {
        if ((*backends)->kind == MCPI_GPU && !mcpi_selection_may_name(selection, *backends))
            continue;
        const double begin = mcpi_seconds();
        size_t count = mcpi_enumerate(*backends, found->scratch, most_devices);
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

/* ---- kernels ---- */

/* Write the kernels of a device to `kernels`. Returns their number. */
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

/* The named kernel, if the device can run it; otherwise the preferred one, and all that could be faster. */
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
    return mcpi_fail(error, MCPI_BAD_OPTION, "options.kernel %s: %s", kernel->name, kernel->note);
}

/* Refuse a kernel that no device has, or that no device can run, even if this run would not use it. */
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
    return mcpi_fail(error, MCPI_BAD_OPTION, "options.kernel %s: there is no such kernel; this machine runs %s", name,
                     runnable);
}

/* Also refuse a kernel that only devices outside the selection can run, if a selected device has it. */
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
    for (size_t i = 0; plan->teams && i < plan->team_count; i++)
        if (strcmp(plan->teams[i].device.id, id) == 0)
            return &plan->teams[i];
    return NULL;
}

/* A device that is listed again gets one more worker. */
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

static void leave_out(mcpi_plan *plan, const mcpi_device *device)
{
    for (size_t i = 0; i < plan->left_out_count; i++)
        if (strcmp(plan->left_out[i].id, device->id) == 0)
            return;
    plan->left_out[plan->left_out_count++] = *device;
}

/* Add all devices that the item names and that can count. Returns their number. */
static size_t add_all(mcpi_plan *plan, const candidates *found, const mcpi_item *item)
{
    size_t added = 0;
    for (size_t i = 0; i < found->count; i++) {
        const mcpi_device *const device = &found->list[i].device;
        if (!mcpi_item_names(item, device))
            continue;
        added += device->available != 0;
        if (device->available)
            add_counting_team(plan, &found->list[i]);
        else
            leave_out(plan, device);
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

/* Why the backend that the item names has no devices. A UUID alone names no backend, so any backend will do. */
static const char *why_absent(const candidates *found, const mcpi_item *item)
{
    const mcpi_item backend = {MCPI_ITEM_WORD, item->name, item->name_length, item->name, item->name_length, NULL, 0};
    for (size_t i = 0; i < found->count; i++) {
        const mcpi_device *const device = &found->list[i].device;
        if (mcpi_is_absent(device) && (item->name_length == 0 || mcpi_item_names(&backend, device)))
            return device->note;
    }
    return "";
}

static mcpi_status no_device(const char *selection, const mcpi_item *item, const char *note, mcpi_error *error)
{
    const bool inherits = item->kind == MCPI_ITEM_INDEX && item->which == item->text; /* "1" in "gpu:0,1" */
    return mcpi_fail(error, MCPI_NO_DEVICE,
                     "options.devices %s: there is no %.*s%s%.*s%s%s; mcpi_list_devices lists what there is", selection,
                     inherits ? (int)item->name_length : 0, item->name, inherits ? ":" : "", (int)item->length,
                     item->text, note[0] ? ": " : "", note);
}

/* Add the device with that index or UUID. */
static mcpi_status add_one(mcpi_plan *plan, const candidates *found, const mcpi_item *item, mcpi_error *error)
{
    const char *const selection = plan->options.devices;
    const candidate *named = NULL;
    for (size_t i = 0; i < found->count; i++) {
        if (!mcpi_item_names(item, &found->list[i].device))
            continue;
        if (named)
            return mcpi_fail(error, MCPI_BAD_OPTION, "options.devices %s: more than one UUID begins with %.*s",
                             selection, (int)item->which_length, item->which);
        named = &found->list[i];
    }
    if (!named || !named->device.available)
        return no_device(selection, item, named ? named->device.note : why_absent(found, item), error);
    add_counting_team(plan, named);
    return MCPI_OK;
}

static mcpi_status none_of(const candidates *found, const char *selection, const mcpi_item *item, mcpi_error *error)
{
    size_t i = 0;
    while (i < found->count && !mcpi_item_names(item, &found->list[i].device))
        i++;
    const bool any_gpu = item->length == 3 && strncmp(item->text, "gpu", 3) == 0;
    return mcpi_fail(error, MCPI_NO_DEVICE, "options.devices %s: no %.*s can be used: %s", selection, (int)item->length,
                     any_gpu ? "GPU" : item->text,
                     i < found->count ? found->list[i].device.note : "this build has no backend for it");
}

static mcpi_status add_item(mcpi_plan *plan, const candidates *found, const mcpi_item *item, bool test,
                            mcpi_error *error)
{
    if (item->kind != MCPI_ITEM_WORD)
        return add_one(plan, found, item, error);
    if (add_all(plan, found, item) > 0 || (test && any_broken(plan)))
        return MCPI_OK;
    return none_of(found, plan->options.devices, item, error);
}

/* "all", or "auto": the GPUs if there are any, else the CPU. */
static mcpi_status add_whatever_counts(mcpi_plan *plan, const candidates *found, bool all, mcpi_error *error)
{
    const mcpi_item cpu = mcpi_first_item("cpu");
    const mcpi_item gpu = mcpi_first_item("gpu");
    if (all)
        add_all(plan, found, &cpu);
    if (add_all(plan, found, &gpu) == 0 && !all)
        add_all(plan, found, &cpu);
    if (plan->team_count > 0)
        return MCPI_OK;
    return mcpi_fail(error, MCPI_NO_DEVICE, "options.devices %s: nothing here can count", plan->options.devices);
}

static mcpi_status select_devices(mcpi_plan *plan, const candidates *found, bool test, mcpi_error *error)
{
    const char *const selection = plan->options.devices;
    const bool all = strcmp(selection, "all") == 0;
    mcpi_status status = MCPI_OK;
    if (all || strcmp(selection, "auto") == 0)
        return add_whatever_counts(plan, found, all, error);
    for (mcpi_item item = mcpi_first_item(selection); item.text && status == MCPI_OK; item = mcpi_next_item(&item))
        status = add_item(plan, found, &item, test, error);
    return status;
}

/* A GPU that is listed again has one more worker. */
static mcpi_status check_workers(const mcpi_plan *plan, mcpi_error *error)
{
    const unsigned most = mcpi_most_workers();
    for (size_t i = 0; i < plan->team_count; i++)
        if (plan->teams[i].device.kind == MCPI_GPU && plan->teams[i].workers > most)
            return mcpi_fail(error, MCPI_BAD_OPTION,
                             "options.devices: %s is listed %u times, which makes as many workers; must be at most %u",
                             plan->teams[i].device.id, plan->teams[i].workers, most);
    return MCPI_OK;
}

static mcpi_status check_profile(const mcpi_plan *plan, mcpi_error *error)
{
    for (size_t i = 0; i < plan->team_count; i++)
        if (plan->teams[i].device.kind == MCPI_GPU)
            return MCPI_OK;
    return mcpi_fail(error, MCPI_BAD_OPTION,
                     "options.profile: there is no GPU in this run for a profiler to be told about");
}

/* The CPU recounts its own ranges with another kernel than it counts with, so that a recount does not just repeat the
   count: scalar, which has least in common with the others, or else the fastest. */
static const char *other_kernel(const mcpi_team *counting, const mcpi_device *cpu)
{
    return strcmp(counting->kernels[0], "scalar") == 0 ? cpu->kernel : "scalar";
}

/*
 * Choose the teams that recount and the teams that are recounted. The CPU recounts the ranges of GPUs. CPU workers that
 * count anyway recount between their own ranges; if there are none, a team that only recounts joins the run. The own
 * ranges of the CPU are recounted with another kernel.
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
        if (verify == MCPI_VERIFY_FULL)
            snprintf(counting_cpu->own_kernel, sizeof counting_cpu->own_kernel, "%s",
                     other_kernel(counting_cpu, &cpu->device));
    } else if (any_gpu || verify == MCPI_VERIFY_FULL) {
        mcpi_team team = team_of(cpu, &plan->options);
        if (counting_cpu)
            set_kernel(&team, other_kernel(counting_cpu, &cpu->device));
        team.recounts = true;
        plan->teams[plan->team_count++] = team;
    }
}

/* The standard error of the estimate after `darts` darts, each of which hits with probability pi/4. */
static double least_error(uint64_t darts)
{
    return sqrt(M_PI * (4.0 - M_PI) / (double)darts);
}

/* Do any of these parts overlap? They must be in order. */
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
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.devices: no selection given");
    if (options->darts > MCPI_DART_END || options->first > MCPI_DART_END - options->darts)
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "options.first %" PRIu64 " options.darts %" PRIu64
                         ": darts are numbered below 2^63 = 9223372036854775808",
                         options->first, options->darts);
    if (!(options->target_error >= 0.0) || isinf(options->target_error))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.target_error %g: must be above 0", options->target_error);
    if (!(options->time_limit_seconds >= 0.0) || isinf(options->time_limit_seconds))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.time_limit_seconds %g: must be above 0",
                         options->time_limit_seconds);
    if (!(options->save_seconds >= 0.0))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.save_seconds %g: must be 0 or above", options->save_seconds);
    if ((options->part_darts & (options->part_darts - 1)) != 0)
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.part_darts %" PRIu64 ": must be a power of two",
                         options->part_darts);
    const mcpi_status threads = mcpi_check_threads(options->threads, error);
    if (threads != MCPI_OK)
        return threads;
    const mcpi_state *resume = options->resume;
    if (resume &&
        (resume->seed != options->seed || resume->stream != options->stream || resume->first != options->first ||
         resume->darts != options->darts || resume->target_error != options->target_error))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.resume: that is the state of another run");
    if (resume && (overlap(resume->parts, resume->part_count) || overlap(resume->confirmed, resume->confirmed_count)))
        return mcpi_fail(error, MCPI_BAD_OPTION, "options.resume: its parts overlap or are out of order");
    const uint64_t room = MCPI_DART_END - options->first;
    if (options->target_error > 0.0 && options->darts == room && options->target_error < least_error(room))
        return mcpi_fail(error, MCPI_BAD_OPTION,
                         "options.target_error %g: out of reach: even all darts give a standard error of %.2g",
                         options->target_error, least_error(room));
    return MCPI_OK;
}

/* ---- places ---- */

/* The team that holds the places of its device: the first one, if one team counts and another recounts. */
static mcpi_team *keeper(const mcpi_plan *plan, const mcpi_team *team)
{
    return mcpi_team_with(plan, team->device.id);
}

static bool is_to_be_placed(const mcpi_team *team, mcpi_pin pin)
{
    return team->backend && team->backend->places && pin != MCPI_PIN_NONE &&
           (pin != MCPI_PIN_DEFAULT || team->device.kind == MCPI_GPU);
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
    for (size_t i = 0; plan->teams && i < plan->team_count; i++)
        if (keeper(plan, &plan->teams[i]) == &plan->teams[i])
            free(plan->teams[i].places);
}

/* ---- worker processes ---- */

static bool wants_process(const mcpi_plan *plan, const mcpi_team *team, bool test)
{
    if (plan->options.workers == MCPI_WORKERS_DEFAULT)
        return test && team->device.kind == MCPI_GPU && access(plan->worker_program, X_OK) == 0;
    return plan->options.workers == MCPI_WORKERS_PROCESSES;
}

/* The teams must not move any more. */
static void use_processes(mcpi_plan *plan, bool test)
{
    for (mcpi_team *team = plan->teams; team < plan->teams + plan->team_count; team++) {
        if (!wants_process(plan, team, test))
            continue;
        team->worker_program = plan->worker_program;
        team->in_processes = mcpi_process_backend(team->backend);
        team->backend = &team->in_processes;
    }
}

static char *find_worker_program(const mcpi_options *options)
{
    return options->worker_program ? strdup(options->worker_program) : mcpi_installed_worker();
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
    plan->worker_program = find_worker_program(options);
    if (!found || !plan->teams || !plan->left_out || !plan->worker_program) {
        status = mcpi_fail(error, MCPI_NO_MEMORY, "cannot plan the run: out of memory");
        goto finish;
    }
    status = mcpi_check_selection(options->devices, backends, error);
    if (status == MCPI_OK)
        enumerate(backends, options->devices, found);
    if (status == MCPI_OK && options->kernel)
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
    if (status == MCPI_OK)
        use_processes(plan, test);
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
    free(plan->worker_program);
    free(plan->left_out);
    free(plan->teams);
    *plan = (mcpi_plan){0};
}

mcpi_worker_options mcpi_worker_options_of(const mcpi_team *team, unsigned index)
{
    mcpi_worker_options options = {.kernel = team->kernels[0], .program = team->worker_program};
    const size_t count = team->places ? team->places->count : 0;
    if (count > 0 && (team->device.kind == MCPI_GPU || team->workers <= count))
        options.place = team->places->list[index % count];
    return options;
}
