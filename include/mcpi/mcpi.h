/*
 * mcpi: estimate pi by throwing darts, on CPU cores and GPUs, and get the same integer everywhere.
 *
 *     mcpi_options options = MCPI_OPTIONS_DEFAULT;
 *     options.darts = 10000000000;
 *     mcpi_result *result = NULL;
 *     mcpi_error error;
 *     if (mcpi_run(&options, &result, &error) == MCPI_OK)
 *         printf("%.12f +- %.1e\n", result->estimate.pi, result->estimate.std_error);
 *     mcpi_result_free(result);
 *
 * A count is a pure function of (seed, stream, range of darts); mcpi/dart.h defines it. No function here prints, ends
 * the process or keeps global state; all may be called from several threads at once. None depends on the locale of the
 * program or of the thread that calls it: files and messages are those of the locale "C". Functions in mcpi_options are
 * called in the caller's locale.
 */
#ifndef MCPI_MCPI_H
#define MCPI_MCPI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MCPI_VERSION "0.1.0"

/* One list makes the enum, the names and the texts. */
#define MCPI_STATUS_MAP(X)                                   \
    X(OK, "done")                                            \
    X(STOPPED, "stopped on request")                         \
    X(BAD_OPTION, "an option is wrong")                      \
    X(NO_DEVICE, "a device that was asked for is not there") \
    X(NO_MEMORY, "out of memory")                            \
    X(SYSTEM, "the operating system refused")                \
    X(DEVICE_FAILED, "a device failed")                      \
    X(TIMED_OUT, "a device did not answer in time")          \
    X(MISMATCH, "counts disagree")

typedef enum mcpi_status {
#define MCPI_STATUS_ENUM(name, text) MCPI_##name,
    MCPI_STATUS_MAP(MCPI_STATUS_ENUM)
#undef MCPI_STATUS_ENUM
} mcpi_status;

/* What went wrong: what was tried, on which device, and what to do. The message is one line without its newline. */
typedef struct mcpi_error {
    mcpi_status status;
    char message[400];
} mcpi_error;

/* "OK", "NO_DEVICE", ... and the text beside it; "?" for a value that is no status. */
const char *mcpi_status_name(mcpi_status status);
const char *mcpi_status_text(mcpi_status status);

/* The version of the library that was linked, as MCPI_VERSION. */
const char *mcpi_version(void);

/* ---- devices ---- */

typedef enum mcpi_device_kind { MCPI_CPU, MCPI_GPU } mcpi_device_kind;

/* One thing that counts, or that cannot and says why. */
typedef struct mcpi_device {
    char id[16];     /* as --device takes it, and no other device has it: "cpu", "gpu:0"; "gpu" for the lack of any */
    char uuid[48];   /* GPU: its UUID, as nvidia-smi -L prints it, "GPU-..." or "MIG-..."; empty if it has none */
    char name[96];   /* the maker's name for it */
    char kernel[24]; /* the counting kernel it starts with: "avx512", "fp32-test"; "-" if there is none */
    char note[200];  /* why it cannot count, or something worth knowing; may be empty */
    mcpi_device_kind kind;
    int available;         /* non-zero if it can count */
    int broken;            /* non-zero if it is not available although a driver is present: the driver fails or finds no
                              GPU, or it reports this GPU and mcpi cannot use it. 0 if there is no driver, and if
                              CUDA_VISIBLE_DEVICES hides all GPUs */
    int index;             /* among the devices of its backend; below 0 for the lack of any */
    unsigned units;        /* CPU: cores this process may use; GPU: multiprocessors */
    uint64_t memory_bytes; /* GPU: its memory; CPU: 0 */
} mcpi_device;

/* One counting kernel of a device. */
typedef struct mcpi_kernel {
    char name[24];    /* as --kernel takes it */
    char summary[80]; /* what it does */
    char note[96];    /* why it cannot run on this device; empty if it can */
    int available;
    int competes;            /* a run may choose it by itself; otherwise it has to be asked for */
    double darts_per_second; /* CPU: of one core, by the self-test that picks the fastest; 0 if there was no choice */
} mcpi_kernel;

/*
 * List what can count here and what cannot. At most `capacity` entries are written; the number there are is returned,
 * which may be larger. GPUs are only asked for their properties: no context is created.
 */
size_t mcpi_list_devices(mcpi_device *devices, size_t capacity);

/* List the kernels of a device in the same way. GPU: in the order in which they are preferred before any of them has
   been timed. */
size_t mcpi_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity);

/* What this process may use of the machine's processors. None of the numbers is 0. */
typedef struct mcpi_topology {
    unsigned threads; /* hardware threads: the CPUs of its affinity mask */
    unsigned cores;   /* physical cores that these are on; as many as `threads` where that is not known */
    unsigned nodes;   /* NUMA nodes that these are on; 1 where that is not known */
    unsigned workers; /* CPU workers of a run that does not say how many: `threads`, or less by its cgroups' quota */
    int known;        /* non-zero if hwloc could read the machine's topology: otherwise cores and nodes are guesses */
} mcpi_topology;

/* Looked up anew by every call, which takes hwloc some milliseconds. */
void mcpi_read_topology(mcpi_topology *topology);

/* ---- statistics ---- */

/* What a tally says of pi. All fields are NaN for darts = 0 but the interval, which is then [0, 4]. */
typedef struct mcpi_estimate {
    double pi;        /* 4 * hits / darts */
    double std_error; /* standard error of pi: 4 * sqrt(p (1 - p) / darts) with p = hits / darts */
    double ci95[2];   /* Wilson score interval, 95 %: Wilson, J. Amer. Statist. Assoc. 22 (1927) 209 */
    double z;         /* (hits - darts * pi/4) / sqrt(darts * pi/4 * (1 - pi/4)): a standard normal if all is well */
} mcpi_estimate;

/* The estimate from `hits` of `darts`; hits <= darts <= 2^63. */
mcpi_estimate mcpi_estimate_from(uint64_t darts, uint64_t hits);

/* How the counts of a run's slices (GPU: of a CUDA block each; CPU: of a range each) scatter around darts * pi/4. */
typedef struct mcpi_dispersion {
    uint64_t slices;   /* of at least 10000 darts */
    double chi_square; /* sum of their squared z; its expectation is `slices` */
    double p_value;    /* probability of a sum as far from that or further; NaN without slices. As ranges are cut by the
                          clock, it is another one every time; below 1e-6 something is wrong */
} mcpi_dispersion;

/* ---- the state of a run, and files that keep it ---- */

/* How much of what was counted is counted again on the CPU, while the run goes on. */
typedef enum mcpi_verify {
    MCPI_VERIFY_OFF,
    MCPI_VERIFY_ON,  /* slices of each GPU's ranges, for at most 5 % of the run's time or 50 ms, the larger */
    MCPI_VERIFY_FULL /* every dart of every device */
} mcpi_verify;

/* Darts that have been counted. */
typedef struct mcpi_part {
    uint64_t first, darts, hits;
} mcpi_part;

/* The darts of `count` parts together. */
uint64_t mcpi_darts_of_parts(const mcpi_part *parts, size_t count);

/* How far a run has come, and of which run: all it takes to finish it, on any devices. */
typedef struct mcpi_state {
    uint64_t seed, stream, first, darts; /* as in mcpi_options */
    double target_error;
    uint64_t goal; /* darts of the prefix that is being counted: with a target error less than `darts` at first */
    size_t part_count;
    mcpi_part *parts; /* in order, all within the goal; what touches is one part, except at goals and, with a trace, at
                         its points */
    size_t confirmed_count;
    mcpi_part *confirmed; /* of these darts, those that MCPI_VERIFY_FULL counted twice, to the same count; likewise in
                             order and within the goal, but cut in other places. A run that resumes with
                             MCPI_VERIFY_FULL counts all others again */
    mcpi_verify verify;   /* of the run that saved the state; MCPI_VERIFY_ON if the file does not say */
    int supersedes;       /* counts in states that were saved before have been withdrawn, because their device counted
                             wrong: those states must not be kept. Not part of a file */
} mcpi_state;

/*
 * A file that holds a state. It is opened before a run, saved to while the run goes on, and closed after it. Each save
 * is written beside the file, flushed to disk and renamed, and the one before it is kept as NAME.previous; so whatever
 * happens, one of them is whole. While it is open no other process can open it.
 */
typedef struct mcpi_checkpoint mcpi_checkpoint;

/*
 * Open a checkpoint. Symbolic links are followed: NAME.previous, NAME.lock and temporary files stand beside the file
 * that the name leads to. The file itself is not touched before it is saved. BAD_OPTION if it cannot be written, is not
 * a regular file, or another run is writing it.
 */
mcpi_status mcpi_checkpoint_open(const char *name, mcpi_checkpoint **checkpoint, mcpi_error *error);

/* SYSTEM if it cannot be saved: then the file is as it was, and the next save may succeed. If the state supersedes
   those before, no NAME.previous is left. */
mcpi_status mcpi_checkpoint_save(mcpi_checkpoint *checkpoint, const mcpi_state *state, mcpi_error *error);
void mcpi_checkpoint_close(mcpi_checkpoint *checkpoint);

/*
 * A warning for the user, each once: the file system has no locks, or the file cannot be replaced and is written in
 * place, so that a crash can leave half of it (NAME.previous is whole then). Returns the length of the warning, or 0,
 * with `text` as it was, if there is none. To be asked after opening and after each save; a text of 500 bytes will do.
 */
size_t mcpi_checkpoint_note(mcpi_checkpoint *checkpoint, char *text, size_t size);

/*
 * Read a file into *state, which free() frees with all its parts. BAD_OPTION, and the reason, if it is not there, cut
 * short, damaged, of another format or of another definition of the dart; the message names the one before it if that
 * is whole.
 */
mcpi_status mcpi_checkpoint_load(const char *name, mcpi_state **state, mcpi_error *error);

/* ---- a run ---- */

/* How far a run has come. Passed to mcpi_options.progress. */
typedef struct mcpi_progress {
    uint64_t darts;          /* counted so far, on all devices of this process, anywhere in the range */
    uint64_t hits;           /* of those */
    uint64_t reached;        /* counted so far by all processes of the run, their last chunks included; if there is
                                but one, `darts` */
    uint64_t resumed_darts;  /* of those, counted before, by the run that is resumed */
    uint64_t goal;           /* darts the run is heading for; MCPI_DART_END - first if only time will end it */
    double counting_seconds; /* since the first range was handed out; 0 before */
} mcpi_progress;

/* What happens in a run. A worker is a thread with one device. */
typedef enum mcpi_event_kind {
    MCPI_EVENT_OPENED,      /* a worker is ready */
    MCPI_EVENT_TAKEN,       /* it has taken a range, to count it */
    MCPI_EVENT_COUNTED,     /* it has counted a range that it took */
    MCPI_EVENT_RECOUNTED,   /* it has counted a slice of a range again, for MCPI_VERIFY_ON or _FULL */
    MCPI_EVENT_GIVEN_BACK,  /* it has not counted a range that it took: others are to */
    MCPI_EVENT_WITHDRAWN,   /* a range is to be counted again, because its device counted wrong */
    MCPI_EVENT_FAILED,      /* a worker's device has failed; it counts no more, as with those that follow */
    MCPI_EVENT_WRITTEN_OFF, /* a worker's device does not answer */
    MCPI_EVENT_DISTRUSTED,  /* a worker's device counted wrong */
    MCPI_EVENT_LEFT_BEHIND  /* the run ends without waiting for a worker */
} mcpi_event_kind;

/* What it points to is good until the observer returns. */
typedef struct mcpi_event {
    mcpi_event_kind kind;
    double seconds;        /* since the first worker was started, without pauses */
    const char *device;    /* its id */
    int worker;            /* its number among those of the device, from 0; below 0 for WITHDRAWN */
    const char *kernel;    /* it starts with, takes the range for, or has counted with; otherwise empty */
    uint64_t first, darts; /* the range or slice; 0 for other events */
    uint64_t hits;         /* COUNTED, RECOUNTED, WITHDRAWN: of the range; otherwise 0 */
    const char *message;   /* FAILED, WRITTEN_OFF, DISTRUSTED: why, as far as that is known; otherwise empty */
} mcpi_event;

/*
 * What workers are bound to. CPU workers take the physical cores first, the fastest of them before others and of all
 * NUMA nodes alike, then the second hardware threads of each. If there are more workers than hardware threads, none of
 * them is bound. A GPU's worker may run on the CPUs near its GPU.
 *
 * By default CPU workers are not bound: the scheduler leaves a worker where it is unless something else runs there, and
 * then it is right to move it. Two runs of one bound worker each would share a CPU while another is idle. Measured:
 * benchmarks/results/pinning-zen5-2core.md.
 */
typedef enum mcpi_pin {
    MCPI_PIN_DEFAULT, /* GPUs' workers only */
    MCPI_PIN_NONE,    /* nobody */
    MCPI_PIN_CORES,   /* each CPU worker to a physical core, on any of its hardware threads */
    MCPI_PIN_THREADS  /* each CPU worker to a hardware thread */
} mcpi_pin;

/* What mcpi_options.stop may return; any other value that is not 0 is like MCPI_STOP. */
enum { MCPI_STOP = 1, MCPI_STOP_AT_ONCE = 2 };

typedef struct mcpi_options {
    const char *devices; /* "auto", "all", or a list of "cpu", "gpu", GPUs by number and by the beginning of their UUID,
                            in upper or lower case: "cpu,gpu:0,1,GPU-5c1e"; a GPU listed twice makes two workers */
    uint64_t seed;       /* the generator's key */
    uint64_t stream;     /* the upper half of its counter */
    uint64_t first;      /* number of the first dart */
    uint64_t darts;      /* how many; first + darts <= MCPI_DART_END */
    unsigned threads;    /* CPU workers; 0: as many as the process may use cores (affinity, cgroup quota). At most 4
                            for each hardware thread that is online, or 1024 if that is more */
    mcpi_pin pin;
    const char *kernel;        /* of the CPU or of GPUs, by name; devices without it, and all devices if it is NULL,
                                  choose the fastest that they have */
    double target_error;       /* > 0: stop once the standard error of pi is at most this. The number of darts it
                                  takes is again a pure function of (seed, stream, first, target) */
    double time_limit_seconds; /* > 0: stop after counting for this time. Time in which the process was stopped, as
                                  by SIGSTOP, does not count; the same holds for all other times of a run */
    mcpi_verify verify;
    int trace;   /* keep the counts that mcpi_result.trace is made of */
    int profile; /* tell profilers of GPUs when the counting begins and when it ends, as cudaProfilerStart and -Stop do
                  */
    /* Called from the thread that called mcpi_run, about twenty times a second; either may be NULL. `stop` returns 0 to
       go on, MCPI_STOP to end the run when what is in flight has been counted, or MCPI_STOP_AT_ONCE to end it without
       waiting: the result is then what has been counted by now. Threads may be left behind: with MCPI_STOP those that
       still open a device, with MCPI_STOP_AT_ONCE all. Under MPI MCPI_STOP_AT_ONCE is the same as MCPI_STOP. */
    int (*stop)(void *user);
    void (*progress)(void *user, const mcpi_progress *progress);
    /* Called for each event of mcpi_run, with a lock held, on any of its threads: so for one event at a time, in the
       order in which they happen, and not after mcpi_run has returned. All workers wait for it. It must not call
       functions that wait for this run. NULL: none. */
    void (*event)(void *user, const mcpi_event *event);
    void *user;
    /* Go on from here. Its seed, stream, first, darts and target error must be those above. */
    const mcpi_state *resume;
    /* Called on the same thread, every `save_seconds` and when all is over, with what has been counted by then, or with
       NULL if there is no memory for it. */
    void (*save)(void *user, const mcpi_state *state);
    double save_seconds;
} mcpi_options;

#define MCPI_OPTIONS_DEFAULT                                                                                          \
    {                                                                                                                 \
        "auto", 0, 0, 0, UINT64_C(1000000000), 0, MCPI_PIN_DEFAULT, NULL, 0.0, 0.0, MCPI_VERIFY_ON, 0, 0, NULL, NULL, \
            NULL, NULL, NULL, NULL, 5.0                                                                               \
    }

/* What the set-up of a GPU was spent on, in seconds; 0 for parts that its backend does not have. */
typedef struct mcpi_startup {
    double driver;  /* to wake it and ask it for its GPUs: once, for all of them */
    double context; /* CUDA: what cudaFree(0) takes in an empty program, less the driver */
    double module;  /* to load the counting kernel */
    double memory;  /* for streams, events and memory on both sides */
} mcpi_startup;

/* What one kernel of a device did. */
typedef struct mcpi_kernel_result {
    char name[24];
    uint64_t darts;           /* that it counted */
    uint64_t recounted_darts; /* of these, counted again by another kernel or device */
    double darts_per_second;  /* of all workers of the device together while they counted with it */
} mcpi_kernel_result;

/* The most kernels of one device that take part in a run. */
#define MCPI_KERNELS_MAX 8

/* What one device did. */
typedef struct mcpi_device_result {
    mcpi_device device;
    char node[64];    /* the machine it is in, in a run of several processes; otherwise empty */
    unsigned rank;    /* the process it belongs to, in such a run; otherwise 0 */
    unsigned workers; /* CPU: threads; GPU: 1 */
    uint64_t ranges;  /* ranges it finished */
    uint64_t darts;   /* in those */
    uint64_t hits;
    uint64_t recounted_darts; /* of its darts, those that the CPU counted again */
    double setup_seconds;     /* from the start of the run until it could count; the slowest of its workers */
    mcpi_startup startup;     /* GPU: parts of that, of the same worker; CPU, or if a pause fell into it: zeros */
    double busy_seconds;      /* time spent counting, added over its workers; GPU: of its kernels, by its own clock */
    double busy_share;        /* of the time from a worker's first range until the last result of the run, over all its
                                 workers; NaN if it counted nothing */
    double darts_per_second;  /* of all its workers together while they count; 0 if it counted nothing */
    /* Its rate over that of all the CPU workers, and over the mean rate of one of them. NaN if either is not known; for
       the CPU itself 1 and NaN. */
    double speedup_vs_cpu, speedup_vs_core;
    size_t kernel_count; /* kernels that counted; device.kernel names the one that counted most */
    mcpi_kernel_result kernels[MCPI_KERNELS_MAX];
    int hung; /* a call of its driver may never return: a program that has nothing more to do should end by _exit */
    char failure[400]; /* why it was dropped; empty if it was not. One that counted wrong has no ranges and no darts:
                          others counted them again */
} mcpi_device_result;

/* What the recount found. */
typedef struct mcpi_verify_result {
    uint64_t slices;          /* recounted */
    uint64_t darts;           /* in those */
    uint64_t mismatches;      /* slices whose two counts differ */
    unsigned workers;         /* CPU threads that recounted */
    char kernel[50];          /* with this kernel, or with two: "avx512, scalar". The second one is for the ranges of a
                                 CPU that recounts those of GPUs, too */
    double busy_seconds;      /* added over the threads */
    double darts_per_second;  /* of all the threads together; 0 if nothing was recounted */
    char first_mismatch[400]; /* device, range, both counts, and what mcpi/dart.h gives; empty if there is none */
} mcpi_verify_result;

/* The count of the first so many darts of a run. */
typedef struct mcpi_point {
    uint64_t darts, hits;
} mcpi_point;

/* How the processes ("ranks") of a run under MPI shared its darts. */
typedef struct mcpi_sharing {
    unsigned processes; /* 0: the run was one of mcpi_run, without MPI */
    unsigned nodes;
    unsigned rounds;       /* 1, and another one for each time ranges that a rank could not count were handed out again,
                              and for each goal on the way to a target error */
    uint64_t chunks;       /* ranges that rank 0 handed out */
    uint64_t reports;      /* messages of other ranks to rank 0 that bring counts or ask for a chunk */
    uint64_t report_bytes; /* in those */
    unsigned lost;         /* ranks that were not heard from any more; the others counted what these had */
    double waited_seconds; /* of the rank that waited longest for chunks with nothing to count */
} mcpi_sharing;

/*
 * The result: the exact count over [first, first + darts). A run that was stopped early has fewer darts than were
 * asked for, but what it has is whole: a prefix of the range, so that anyone can recount it.
 */
typedef struct mcpi_result {
    uint64_t seed, stream, first, darts, hits;
    uint64_t resumed_darts; /* of these, counted before, by the run that was resumed, and not again by this one */
    int complete;  /* every dart that was asked for was counted, or the stop rule was met; a device that counted wrong
                      had no part in it, and with MCPI_VERIFY_FULL all of it was counted twice */
    uint64_t goal; /* darts the run was heading for; MCPI_DART_END - first if only time was to end it */
    mcpi_estimate estimate;
    double total_seconds;    /* the whole of mcpi_run, without pauses; under MPI with those of rank 0 */
    double setup_seconds;    /* of that, until the first range was handed out */
    double counting_seconds; /* of that, until the last range came back */
    double paused_seconds;   /* not in these times: pauses of more than a second in which the process was stopped;
                                under MPI, of the process with the longest pauses */
    int left_behind;         /* threads of the run are still in a call of a driver: that of a device that does not
                                answer, or any after a request to stop. They leave when their devices let them. A
                                program that has nothing more to do should end by _exit */
    mcpi_verify_result verify;
    mcpi_dispersion dispersion;
    mcpi_sharing sharing;
    size_t device_count;
    mcpi_device_result *devices; /* in the order they were asked for */
    /* With mcpi_options.trace: how the count grew. A point at 10, 11, 12, 14, ... darts, twenty a decade, always at the
       same, and one at the end, whatever was counted last; exact, as every count. */
    size_t trace_count;
    mcpi_point *trace;
    size_t
        trace_missing; /* points left out, because the run that was resumed had counted across them without a trace */
} mcpi_result;

/*
 * Count. On success *result is the whole result. *result is also set, holding what was counted, for STOPPED, SYSTEM
 * (threads could not be started), DEVICE_FAILED, TIMED_OUT and MISMATCH, and is NULL for every other error. `error` may
 * be NULL.
 * Free the result with mcpi_result_free.
 */
mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error);
void mcpi_result_free(mcpi_result *result);

#ifdef __cplusplus
}
#endif

#endif
