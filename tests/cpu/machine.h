/* Made-up measurements of machines: times by Amdahl's or Gustafson's law, with a little noise. */
#ifndef MCPI_TESTS_CPU_MACHINE_H
#define MCPI_TESTS_CPU_MACHINE_H

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "cli/bench/scaling.h"
}

struct Machine {
    mcpi_topology topology = {};
    double serial = 0.01;             /* by the law */
    double hyperthread = 0.3;         /* what a core's second thread adds to it */
    double noise = 0;                 /* of each time, from -noise to noise */
    unsigned gpus = 0, gpu_speed = 0; /* in units of one worker */
    double gpu_loss = 0.01;           /* what a GPU besides the first counts less, as a share */
    unsigned other_models_from = 256; /* the first GPU of another model */
    unsigned knee = UINT32_MAX;       /* workers from which on more of them gain half as much */
    std::function<double(unsigned)> made_up_speedup = nullptr; /* instead of all this; of workers on cores */
    double process_rate = 0;         /* of a worker in a process, over that of one in a thread; 0: there are none */
    unsigned most = 0;               /* workers; 0: those of the topology */
    std::vector<unsigned> list = {}; /* the workers of each step; empty: the usual ones up to `most` */
    bool weak = false;
    int rounds_done = 9;

    cli_options options = {};
    std::unique_ptr<sweep> swept = std::make_unique<sweep>();
    std::vector<std::vector<sweep_run>> runs = {}; /* of the rows of `swept` */
    std::unique_ptr<scaling> made = std::make_unique<scaling>();

    ~Machine()
    {
        scaling_free(made.get());
    }
    Machine(const Machine &) = delete;
    Machine &operator=(const Machine &) = delete;
    Machine(unsigned cores, unsigned threads, unsigned workers, bool known = true)
        : topology{threads, cores, 1, workers, known}
    {
    }

    static constexpr uint64_t darts = 4000000000;
    static constexpr double one_worker_seconds = 1.25;

    double speedup(unsigned workers) const
    {
        const unsigned cores = scaling_cores(&topology);
        const unsigned on_cores = workers < cores ? workers : cores;
        const unsigned cpus = workers < topology.workers ? workers : topology.workers;
        if (made_up_speedup)
            return made_up_speedup(workers);
        if (workers > knee)
            return speedup(knee) + (workers - knee) / 2.0;
        const mcpi_law law = weak ? MCPI_GUSTAFSON : MCPI_AMDAHL;
        return mcpi_law_speedup(law, serial, on_cores) * (1 + hyperthread * (cpus - on_cores) / cores);
    }

    sweep_run *store(std::vector<sweep_run> of_row)
    {
        runs.push_back(std::move(of_row));
        return runs.back().data();
    }

    void add(sweep_kind kind, const std::string &label, unsigned workers, unsigned share, double speed,
             unsigned gpu_count = 0)
    {
        sweep_row *row = &swept->rows[swept->row_count++];
        row->kind = kind;
        snprintf(row->label, sizeof row->label, "%s", label.c_str());
        row->devices = kind == SWEEP_CPU ? "cpu" : kind == SWEEP_GPU ? "gpu:0" : "all";
        row->gpus = gpu_count;
        snprintf(row->device.id, sizeof row->device.id, kind == SWEEP_GPU ? "gpu:0" : "cpu");
        snprintf(row->device.name, sizeof row->device.name, "Made-up 9000");
        snprintf(row->device.kernel, sizeof row->device.kernel, kind == SWEEP_CPU ? "avx2" : "philox");
        row->device.units = topology.workers;
        row->workers = workers;
        row->share = share;
        row->hits = darts / 4 * 3;
        row->is_base = swept->row_count == 1;
        row->runs = store(std::vector<sweep_run>(static_cast<size_t>(swept->rounds_done)));
        for (int i = 0; i < swept->rounds_done; i++) {
            const double draw = (swept->row_count * 7 + i * 4) % 9 / 4.0 - 1; /* -1, -0.75, ... 1 */
            const double seconds = one_worker_seconds * share / speed * (1 + noise * draw);
            const unsigned running = workers < topology.workers ? workers : topology.workers;
            row->runs[i] = {darts * share,    row->hits * share, kind == SWEEP_CPU ? 0.0002 : 0.3, seconds, seconds, 0,
                            running * seconds};
        }
    }

    /* Each worker takes 3 ms more to start. */
    void repeat_in_processes()
    {
        for (int i = 0, count = swept->row_count; i < count; i++) {
            sweep_row *const row = &swept->rows[swept->row_count++];
            *row = swept->rows[i];
            row->worker_kind = MCPI_WORKERS_PROCESSES;
            row->is_base = false;
            row->runs = store(runs[static_cast<size_t>(i)]);
            for (int round = 0; round < rounds_done; round++) {
                row->runs[round].setup_seconds += 0.003 * row->workers;
                row->runs[round].counting_seconds /= process_rate;
            }
        }
    }

    /* Each GPU after the first adds a little less. */
    double gpu_speedup(unsigned count) const
    {
        return count - gpu_loss * (count - 1);
    }

    void add_gpu(unsigned index)
    {
        mcpi_device *const gpu = &swept->gpus[swept->gpu_count++];
        snprintf(gpu->id, sizeof gpu->id, "gpu:%u", index);
        snprintf(gpu->name, sizeof gpu->name, "Made-up GPU %s", index >= other_models_from ? "B" : "A");
    }

    const scaling *report()
    {
        const unsigned last = most ? most : topology.workers;
        const unsigned usable = last < topology.workers ? last : topology.workers;
        swept->options = &options;
        swept->darts = darts;
        swept->rounds_done = swept->least_rounds = swept->most_rounds = rounds_done;
        runs.clear();
        for (unsigned workers = 1; list.empty() && workers > 0; workers = scaling_step_after(&topology, last, workers))
            add(SWEEP_CPU, "", workers, weak ? workers : 1, speedup(workers));
        for (const unsigned workers : list)
            add(SWEEP_CPU, "", workers, weak ? workers : 1, speedup(workers));
        for (unsigned gpu = 0; gpu < gpus; gpu++)
            add_gpu(gpu);
        for (unsigned count = 1; count <= gpus; count = count < gpus && 2 * count > gpus ? gpus : 2 * count)
            add(SWEEP_GPU, count > 1 ? std::to_string(count) + " GPUs" : "gpu:0", count, weak ? usable * count : 1,
                gpu_speedup(count) * gpu_speed, count);
        if (gpus > 0)
            add(SWEEP_TOGETHER, "together", usable + gpus, weak ? usable * gpus : 1,
                speedup(usable) + gpu_speedup(gpus) * gpu_speed, gpus);
        if (process_rate > 0)
            repeat_in_processes();
        return summarise();
    }

    const scaling *summarise()
    {
        scaling_free(made.get());
        EXPECT_TRUE(scaling_summarise(made.get(), swept.get(), &topology, weak));
        return made.get();
    }
};

#endif
