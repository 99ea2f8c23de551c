#include "cli/bench/scaling.h"
#include "cli/io/json.h"

static void put_machine(json_writer *j, const scaling *s)
{
    const mcpi_device *const cpu = &s->sweep->rows[0].device;
    put_open(j, "machine", '{');
    put_string(j, "name", cpu->name);
    put_string(j, "kernel", cpu->kernel);
    put_integer(j, "threads", s->topology.threads);
    put_integer(j, "cores", s->topology.cores);
    put_integer(j, "nodes", s->topology.nodes);
    put_integer(j, "workers", s->topology.workers);
    put_bool(j, "topology_known", s->topology.known != 0);
    put_close(j, '}');
}

static void put_runs(json_writer *j, const scaling *s, const scaling_step *step)
{
    put_open(j, "runs", '[');
    for (int i = 0; i < s->sweep->rounds_done; i++) {
        put_open(j, NULL, '{');
        put_seconds(j, "setup_seconds", step->row->runs[i].setup_seconds);
        put_seconds(j, "seconds", step->row->runs[i].counting_seconds);
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void put_step(json_writer *j, const scaling *s, const scaling_step *step)
{
    const scaling_cost cost = scaling_cost_of(s, step);
    put_open(j, NULL, '{');
    put_string(j, "step", scaling_name_of(step).text);
    put_string(j, "on", scaling_place_name(step->place));
    put_integer(j, "workers", step->row->workers);
    put_string(j, "worker_kind", sweep_kind_name(step->row->worker_kind));
    put_integer(j, "gpus", step->row->gpus);
    put_string(j, "devices", step->row->devices);
    put_string(j, "name", step->row->device.name);
    put_string(j, "kernel", step->row->device.kernel);
    if (s->sweep->rounds_done > 0) {
        put_integer(j, "darts", step->row->runs[0].darts);
        put_integer(j, "hits", step->row->runs[0].hits);
    }
    put_spread(j, "seconds", &step->seconds);
    put_spread(j, "setup_seconds", &step->setup_seconds);
    put_spread(j, "darts_per_second", &step->rates);
    put_spread(j, "speedup", &step->speedups);
    put_spread(j, "setup_cost_seconds", &cost.setup_seconds);
    put_spread(j, "rate_ratio", &cost.rates);
    put_spread(j, "gpu_speedup", &step->gpu_speedups);
    put_number(j, "efficiency", scaling_efficiency(step));
    put_number(j, "gpu_efficiency", scaling_gpu_efficiency(s, step));
    put_number(j, "serial_fraction", scaling_serial_fraction(s, step));
    put_number(j, "cpu_share", sweep_cpu_share(s->sweep, step->row));
    put_runs(j, s, step);
    put_rounds(j, s->sweep, step->row);
    put_close(j, '}');
}

static void put_predictions(json_writer *j, const scaling *s)
{
    const mcpi_spread speedup = scaling_prediction(s);
    put_open(j, "predictions", '[');
    if (s->verdict == LAW_HOLDS) {
        put_open(j, NULL, '{');
        put_integer(j, "workers", scaling_predicted_workers(s));
        put_spread(j, "speedup", &speedup);
        put_close(j, '}');
    }
    put_close(j, ']');
}

static void put_fit(json_writer *j, const scaling *s)
{
    static const char *const verdicts[] = {[LAW_HOLDS] = "holds",
                                           [LAW_NO_LOSS] = "no_loss",
                                           [LAW_MISFIT] = "misfit",
                                           [LAW_FEW_ROUNDS] = "few_rounds",
                                           [LAW_FEW_STEPS] = "few_steps"};
    put_open(j, "fit", '{');
    put_string(j, "law", s->law == MCPI_AMDAHL ? "amdahl" : "gustafson");
    put_string(j, "verdict", verdicts[s->verdict]);
    put_integer(j, "steps", s->fitted);
    put_spread(j, "serial_fraction", &s->serial);
    put_number(j, "misfit", s->misfit);
    put_predictions(j, s);
    put_number(j, "serial_fraction_at_most", scaling_most_serial(s));
    put_number(j, "speedup_at_least", scaling_least_speedup(s));
    put_close(j, '}');
}

static void put_gain(json_writer *j, const char *key, const scaling_gain *gain)
{
    if (!gain->to)
        return;
    put_open(j, key, '{');
    put_integer(j, "begin", gain->from->row->workers + 1);
    put_integer(j, "workers", gain->to->row->workers);
    put_spread(j, "gain", &gain->gain);
    put_close(j, '}');
}

void scaling_json(FILE *out, const void *report)
{
    const scaling *const s = report;
    json_writer j = json_begin(out, "mcpi.scaling.v1");
    put_string(&j, "scaling", s->weak ? "weak" : "strong");
    put_machine(&j, s);
    put_sweep(&j, s->sweep);
    put_seconds(&j, "paused_seconds", s->sweep->paused_seconds);
    put_origin(&j, &s->sweep->origin);
    put_open(&j, "steps", '[');
    for (int i = 0; i < s->total; i++)
        put_step(&j, s, &s->steps[i]);
    put_close(&j, ']');
    put_fit(&j, s);
    put_gain(&j, "hyperthreads", &s->hyperthreads);
    put_gain(&j, "oversubscribed", &s->shared);
    put_warnings(&j, &s->sweep->warnings);
    json_end(&j);
}
