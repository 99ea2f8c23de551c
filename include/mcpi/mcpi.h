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

/* The library exports what is declared here, and nothing else. */
#pragma GCC visibility push(default)

#define MCPI_VERSION_MAJOR 0
#define MCPI_VERSION_MINOR 1
#define MCPI_VERSION_PATCH 0

/* For comparison: 10203 for version 1.2.3. Until version 1.0 each minor version may change the API. */
#define MCPI_VERSION_NUMBER (MCPI_VERSION_MAJOR * 10000 + MCPI_VERSION_MINOR * 100 + MCPI_VERSION_PATCH)

/* As text: "1.2.3". */
#define MCPI_VERSION MCPI_VERSION_TEXT(MCPI_VERSION_MAJOR, MCPI_VERSION_MINOR, MCPI_VERSION_PATCH)
#define MCPI_VERSION_TEXT(major, minor, patch) MCPI_VERSION_JOIN(major, minor, patch)
#define MCPI_VERSION_JOIN(major, minor, patch) #major "." #minor "." #patch

/* One list makes the enum, the names and the texts. */
#define MCPI_STATUS_MAP(X)                           \
    X(OK, "done")                                    \
    X(STOPPED, "stopped on request")                 \
    X(BAD_OPTION, "an option is wrong")              \
    X(NO_DEVICE, "a requested device is missing")    \
    X(NO_MEMORY, "out of memory")                    \
    X(SYSTEM, "the operating system refused")        \
    X(DEVICE_FAILED, "a device failed")              \
    X(TIMED_OUT, "a device did not respond in time") \
    X(MISMATCH, "counts disagree")

typedef enum mcpi_status {
#define MCPI_STATUS_ENUM(name, text) MCPI_##name,
    MCPI_STATUS_MAP(MCPI_STATUS_ENUM)
#undef MCPI_STATUS_ENUM
} mcpi_status;

/*
 * An error: what failed, on which device, and what to do. The message is one line without its newline. It names a
 * member of mcpi_options, or of mcpi_stress_options.run, as in "options.target_error".
 */
typedef struct mcpi_error {
    mcpi_status status;
    char message[400];
} mcpi_error;

/* "OK", "NO_DEVICE", ... and its description; "?" for an invalid value. */
const char *mcpi_status_name(mcpi_status status);
const char *mcpi_status_text(mcpi_status status);

/* The version of the linked library, in the form of MCPI_VERSION. */
const char *mcpi_version(void);

/* ---- devices ---- */

typedef enum mcpi_device_kind { MCPI_CPU, MCPI_GPU } mcpi_device_kind;

/* A device that can count, or one that cannot, with the reason. */
typedef struct mcpi_device {
    char id[16];     /* unique, and valid for options.devices: "cpu", "gpu:0"; "gpu" for the absence of any GPU */
    char uuid[48];   /* GPU: its UUID, as nvidia-smi -L prints it: "GPU-..." or "MIG-..."; empty if it has none */
    char name[96];   /* the manufacturer's name */
    char kernel[24]; /* the counting kernel it starts with: "avx512", "fp32-test"; "-" if there is none */
    char note[200];  /* why it cannot count, or another remark; may be empty */
    mcpi_device_kind kind;
    int available; /* non-zero if it can count */
    int broken; /* non-zero if it is unavailable although a driver is present: the driver fails or finds no GPU, or it
                   reports this GPU but mcpi cannot use it. 0 if there is no driver, or if CUDA_VISIBLE_DEVICES hides
                   all GPUs */
    int index;  /* index among the devices of its backend; negative for the absence of any */
    unsigned units;        /* CPU: cores this process may use; GPU: multiprocessors */
    uint64_t memory_bytes; /* GPU: its memory; CPU: 0 */
    char driver[40];       /* GPU: its driver, "580.82.07, CUDA 13.0"; what is unknown is left out. CPU: empty */
} mcpi_device;

/* One counting kernel of a device. */
typedef struct mcpi_kernel {
    char name[24];    /* as for options.kernel */
    char summary[80]; /* what it does */
    char note[96];    /* why it cannot run on this device; empty if it can */
    int available;
    int competes;            /* non-zero if a run may choose it by itself; otherwise only on request */
    double darts_per_second; /* CPU: rate of one core in the self-test that selects the fastest kernel; 0 for the first
                                kernel, which is the slowest and is not timed */
} mcpi_kernel;

/*
 * List the devices, both those that can count and those that cannot. Writes at most `capacity` entries and returns the
 * number of devices, which may be larger. GPUs are only queried for their properties: no context is created.
 */
size_t mcpi_list_devices(mcpi_device *devices, size_t capacity);

/* List the kernels of a device in the same way. For a GPU they are in order of preference before any timing. */
size_t mcpi_list_kernels(const mcpi_device *device, mcpi_kernel *kernels, size_t capacity);

/* The processors that this process may use. None of the numbers is 0. */
typedef struct mcpi_topology {
    unsigned threads; /* hardware threads: the CPUs of its affinity mask */
    unsigned cores;   /* physical cores of these threads; equal to `threads` if unknown */
    unsigned nodes;   /* NUMA nodes of these threads; 1 if unknown */
    unsigned workers; /* default number of CPU workers: `threads`, or fewer because of a cgroup's quota */
    int known;        /* non-zero if hwloc could read the machine's topology: otherwise cores and nodes are guesses */
} mcpi_topology;

/* Each call reads the topology again, which takes hwloc some milliseconds. */
void mcpi_read_topology(mcpi_topology *topology);

/* ---- statistics ---- */

/* The estimate of pi from a count. For darts = 0 all members are NaN except the interval, which is [0, 4]. */
typedef struct mcpi_estimate {
    double pi;        /* 4 * hits / darts */
    double std_error; /* standard error of pi: 4 * sqrt(p (1 - p) / darts) with p = hits / darts */
    double ci95[2];   /* Wilson score interval, 95 %: Wilson, J. Amer. Statist. Assoc. 22 (1927) 209 */
    double z;         /* (hits - darts * pi/4) / sqrt(darts * pi/4 * (1 - pi/4)): a standard normal if all is well */
} mcpi_estimate;

/* The estimate from `hits` of `darts`; hits <= darts <= 2^63. */
mcpi_estimate mcpi_estimate_from(uint64_t darts, uint64_t hits);

/* The scatter of the counts of a run's slices (GPU: one per CUDA block; CPU: one per range) around darts * pi/4. */
typedef struct mcpi_dispersion {
    uint64_t slices;   /* number of slices of at least 10000 darts */
    double chi_square; /* sum of their squared z; its expectation is `slices` */
    double p_value; /* probability of a sum as far from that or further; NaN without slices. It differs from run to run,
                       because ranges depend on timing; below 1e-6 something is wrong */
    /* The slice whose count is the farthest from its expectation; zeros without slices. */
    double largest_z;        /* by this many standard deviations, below 0 for too few hits */
    double largest_p_value;  /* probability of one as far or farther among all slices, by Bonferroni's bound; NaN
                                without slices. Below 1e-6 something is wrong */
    uint64_t largest_first;  /* its first dart, */
    uint64_t largest_darts;  /* its darts, */
    char largest_device[16]; /* the id of its device, */
    uint64_t largest_rank;   /* and in a run of several processes that device's process */
} mcpi_dispersion;

/* ---- single darts ---- */

/*
 * The darts [first, first + count), as mcpi/dart.h defines them: dart first + i is the point (x[i], y[i]), on a board
 * whose disc has the radius 2^31, and hits[i] is 1 if it hits and 0 if it misses. Each array has `count` elements, or
 * is NULL and not written. BAD_OPTION, with nothing written, if first + count > MCPI_DART_END. `error` may be NULL.
 */
mcpi_status mcpi_list_darts(uint64_t seed, uint64_t stream, uint64_t first, size_t count, int32_t *x, int32_t *y,
                            uint8_t *hits, mcpi_error *error);

/* ---- the state of a run, and files that keep it ---- */

/* The share of the counts that the CPU counts again during the run. */
typedef enum mcpi_verify {
    MCPI_VERIFY_OFF,
    MCPI_VERIFY_ON,  /* slices of each GPU's ranges, for at most 5 % of the run's time or 50 ms, the larger */
    MCPI_VERIFY_FULL /* every dart of every device */
} mcpi_verify;

/* A range of darts that has been counted. */
typedef struct mcpi_part {
    uint64_t first, darts, hits;
} mcpi_part;

/* The most parts that a result has for a range without gaps. */
#define MCPI_MOST_PARTS 1024

/* The total number of darts in `count` parts. */
uint64_t mcpi_darts_of_parts(const mcpi_part *parts, size_t count);

/* The progress of a run, with its parameters: all that is needed to finish it, on any devices. */
typedef struct mcpi_state {
    uint64_t seed, stream, first, darts; /* as in mcpi_options */
    double target_error;
    uint64_t goal; /* darts of the prefix being counted: with a target error, less than `darts` at first */
    size_t part_count;
    mcpi_part *parts; /* in order, all within the goal; adjacent parts are joined, except at edges of parts as in
                         mcpi_result, at goals and, with a trace, at its points */
    size_t confirmed_count;
    mcpi_part *confirmed; /* of these darts, those that MCPI_VERIFY_FULL counted twice, with equal counts; also in order
                             and within the goal, but with other boundaries. A run that resumes with MCPI_VERIFY_FULL
                             counts all others again */
    mcpi_verify verify;   /* of the run that saved the state; MCPI_VERIFY_ON if the file does not contain it */
    int supersedes; /* counts in earlier saved states have been withdrawn, because their device counted wrong: those
                       states must not be kept. Not stored in files */
} mcpi_state;

/* The part from the first dart to the first missing one; without darts if the first one is missing. */
mcpi_part mcpi_state_prefix(const mcpi_state *state);

/*
 * The missing darts before part `i`, or after the last part for i = part_count, as a part without hits; it has no darts
 * if none are missing.
 */
mcpi_part mcpi_state_gap(const mcpi_state *state, size_t i);

/* A state with a name. */
typedef struct mcpi_shard {
    const char *name; /* for messages: that of its file */
    const mcpi_state *state;
} mcpi_shard;

/*
 * Add up the counts of separate runs: counts of neighbouring ranges add, regardless of how and where they were made.
 * The shards can be in any order. *merged is a state that is complete if no dart is missing: of the range from the
 * lowest to the highest dart that any shard requested, which requested those from its first one to its goal. Adjacent
 * parts are joined, except at edges of parts as in mcpi_result. It has no target error and no confirmed parts. It does
 * not point into the shards, and the caller frees it, with all its parts, by free().
 *
 * BAD_OPTION if there are no shards, if the parts of one of them are inconsistent, if they differ in seed or stream, or
 * if two of them contain the same dart; the message names these. NO_MEMORY. *merged is then NULL. `error` may be NULL.
 */
mcpi_status mcpi_merge(const mcpi_shard *shards, size_t count, mcpi_state **merged, mcpi_error *error);

/*
 * A file that holds a state. It is opened before a run, saved to during the run, and closed afterwards. Each save is
 * written beside the file, flushed to disk and renamed, and the previous one is kept as NAME.previous, so that one of
 * them is always complete. While it is open, no other process can open it.
 */
typedef struct mcpi_checkpoint mcpi_checkpoint;

/*
 * Open a checkpoint. Symbolic links are followed: NAME.previous, NAME.lock and temporary files are beside the target
 * file. The file itself is not changed before the first save. BAD_OPTION if it cannot be written, is not a regular
 * file, or another run is writing it.
 */
mcpi_status mcpi_checkpoint_open(const char *name, mcpi_checkpoint **checkpoint, mcpi_error *error);

/* SYSTEM if it cannot be saved; the file is then unchanged, and the next save may succeed. If the state supersedes
   earlier ones, NAME.previous is removed. */
mcpi_status mcpi_checkpoint_save(mcpi_checkpoint *checkpoint, const mcpi_state *state, mcpi_error *error);
void mcpi_checkpoint_close(mcpi_checkpoint *checkpoint);

/*
 * Get the next warning for the user: the file system has no locks, or the file cannot be replaced and is written in
 * place, so that a crash can leave it incomplete (NAME.previous is then complete). Each warning is given once. Returns
 * the length of the warning, or 0, with `text` unchanged, if there is none. Call it after opening and after each save;
 * 500 bytes are enough for the text.
 */
size_t mcpi_checkpoint_note(mcpi_checkpoint *checkpoint, char *text, size_t size);

/*
 * Read a file into *state, which the caller frees, with all its parts, by free(). BAD_OPTION, with the reason, if the
 * file does not exist, is cut short or damaged, or has another format or another definition of the dart; the message
 * names the previous checkpoint if that is valid.
 */
mcpi_status mcpi_checkpoint_load(const char *name, mcpi_state **state, mcpi_error *error);

/* ---- a run ---- */

/* The progress of a run. Passed to mcpi_options.progress. */
typedef struct mcpi_progress {
    uint64_t darts;          /* counted so far, on all devices of this process, anywhere in the range */
    uint64_t hits;           /* hits in these darts */
    uint64_t reached;        /* counted so far by all processes of the run, their last chunks included; if there is
                                but one, `darts` */
    uint64_t resumed_darts;  /* of these, counted before by the resumed run */
    uint64_t goal;           /* number of darts that the run will count; MCPI_DART_END - first if only time ends it */
    double counting_seconds; /* time since the first range was handed out; 0 before */
} mcpi_progress;

/* What happens in a run. A worker is a thread, or a process, with one device. */
typedef enum mcpi_event_kind {
    MCPI_EVENT_OPENED,        /* a worker is ready */
    MCPI_EVENT_TAKEN,         /* it has taken a range, to count it */
    MCPI_EVENT_COUNTED,       /* it has counted a range that it took */
    MCPI_EVENT_RECOUNTED,     /* it has counted a slice of a range again, for MCPI_VERIFY_ON or _FULL */
    MCPI_EVENT_GIVEN_BACK,    /* it has not counted a range that it took: others are to */
    MCPI_EVENT_NOT_RECOUNTED, /* it has not counted a slice again that it took: others may */
    MCPI_EVENT_WITHDRAWN,     /* a range is to be counted again, because its device counted wrong */
    MCPI_EVENT_FAILED,        /* a worker's device has failed; it counts no more, as with those that follow */
    MCPI_EVENT_WRITTEN_OFF,   /* a worker's device does not answer */
    MCPI_EVENT_DISTRUSTED,    /* a worker's device counted wrong */
    MCPI_EVENT_LEFT_BEHIND,   /* the run ends without waiting for a worker */
    MCPI_EVENT_RESTARTED      /* a worker's process has ended, and another one is started */
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
    const char *message; /* FAILED, WRITTEN_OFF, DISTRUSTED, RESTARTED: why, as far as that is known; otherwise empty */
} mcpi_event;

/*
 * The CPUs that workers are bound to. CPU workers take the physical cores first, the fastest ones before others and
 * evenly over all NUMA nodes, then the second hardware threads of each core. If there are more workers than hardware
 * threads, none of them is bound. A GPU's worker may run on the CPUs near its GPU.
 *
 * By default CPU workers are not bound: the scheduler leaves a worker where it is unless something else runs there, and
 * then it is right to move it. Two runs of one bound worker each would share a CPU while another is idle. Measured:
 * benchmarks/results/pinning-zen5-2core.md.
 */
typedef enum mcpi_pin {
    MCPI_PIN_DEFAULT, /* GPUs' workers only */
    MCPI_PIN_NONE,    /* no worker */
    MCPI_PIN_CORES,   /* each CPU worker to a physical core, on any of its hardware threads */
    MCPI_PIN_THREADS  /* each CPU worker to a hardware thread */
} mcpi_pin;

/*
 * Where workers run. A process costs some milliseconds and megabytes more than a thread, and counts as fast. In return
 * a driver that crashes, aborts or hangs takes that process with it and not the program: the process is killed, and
 * another one continues, or other workers do. No process outlives the program.
 */
typedef enum mcpi_workers {
    MCPI_WORKERS_DEFAULT,  /* threads; in a stress test, processes for GPUs if `worker_program` can be executed */
    MCPI_WORKERS_THREADS,  /* threads of this process */
    MCPI_WORKERS_PROCESSES /* a process for each worker */
} mcpi_workers;

/* Values for mcpi_options.stop to return; any other non-zero value is treated like MCPI_STOP. */
enum { MCPI_STOP = 1, MCPI_STOP_AT_ONCE = 2 };

typedef struct mcpi_options {
    const char *devices; /* "auto": the GPUs if there are any and the CPU is not faster, else the CPU; "all"; or a list
                            of "cpu", "gpu", GPUs by number and by the beginning of their UUID, in upper or lower case:
                            "cpu,gpu:0,1,GPU-5c1e"; a GPU listed twice makes two workers */
    uint64_t seed;       /* the generator's key */
    uint64_t stream;     /* the upper half of its counter */
    uint64_t first;      /* number of the first dart */
    uint64_t darts;      /* number of darts; first + darts <= MCPI_DART_END */
    unsigned threads; /* CPU workers; 0: the number of cores that the process may use (affinity, cgroup quota). At most
                         4 for each online hardware thread, or 1024 if that is more */
    mcpi_pin pin;
    const char *kernel;  /* name of a kernel of the CPU or of GPUs; NULL, and for devices without it: the fastest one of
                            the device */
    double target_error; /* > 0: stop once the standard error of pi is at most this. The number of darts for that is
                            also a pure function of (seed, stream, first, target) */
    double time_limit_seconds; /* > 0: stop after counting for this time in seconds. Time in which the process was
                                  stopped, as by SIGSTOP, is excluded here and from all other times of a run */
    mcpi_verify verify;
    int trace;   /* keep the counts for mcpi_result.trace */
    int profile; /* mark the start and the end of counting for GPU profilers, with cudaProfilerStart and
                    cudaProfilerStop */
    /* Called about twenty times a second from the thread that called mcpi_run; either may be NULL. `stop` returns 0 to
       continue, MCPI_STOP to end the run after the ranges in flight have been counted, or MCPI_STOP_AT_ONCE to end it
       without waiting: the result is then what has been counted so far. Threads may be left behind: with MCPI_STOP
       those that are still opening a device, with MCPI_STOP_AT_ONCE any. Under MPI MCPI_STOP_AT_ONCE is the same as
       MCPI_STOP. */
    int (*stop)(void *user);
    void (*progress)(void *user, const mcpi_progress *progress);
    /* Called for each event of mcpi_run, with a lock held, on any of its threads: so for one event at a time, in the
       order in which they happen, and not after mcpi_run has returned. All workers wait for it. It must not call
       functions that wait for this run. NULL: none. */
    void (*event)(void *user, const mcpi_event *event);
    void *user;
    /* Continue from this state. Its seed, stream, first, darts and target error must equal those above. */
    const mcpi_state *resume;
    /* Called on the same thread, every `save_seconds` and at the end, with what has been counted so far, or with NULL
       if there is no memory for it. */
    void (*save)(void *user, const mcpi_state *state);
    double save_seconds;
    mcpi_workers workers;
    const char *worker_program; /* path of the program for workers in processes; NULL: the mcpi-worker that was
                                   installed with the library. It must be of the same version */
    uint64_t part_darts;        /* the least size of the parts of a result, a power of two; 0: 2^24 */
} mcpi_options;

#define MCPI_OPTIONS_DEFAULT                                                                                          \
    {                                                                                                                 \
        "auto", 0, 0, 0, UINT64_C(1000000000), 0, MCPI_PIN_DEFAULT, NULL, 0.0, 0.0, MCPI_VERIFY_ON, 0, 0, NULL, NULL, \
            NULL, NULL, NULL, NULL, 5.0, MCPI_WORKERS_DEFAULT, NULL, 0                                                \
    }

/* The parts of a GPU's set-up time, in seconds; 0 for parts that its backend does not have. */
typedef struct mcpi_startup {
    double driver;  /* to start it and list its GPUs: once for all GPUs */
    double context; /* CUDA: the time of cudaFree(0) in an empty program, without the driver's part */
    double module;  /* to load the counting kernel */
    double memory;  /* for streams, events and memory on both sides */
} mcpi_startup;

/* The counts and the rate of one kernel of a device. */
typedef struct mcpi_kernel_result {
    char name[24];
    uint64_t darts;           /* darts that it counted */
    uint64_t recounted_darts; /* of these, recounted by another kernel or device */
    double darts_per_second;  /* rate of the device if all its workers used this kernel all the time: its rate over
                                 busy_share, if this is the only kernel */
} mcpi_kernel_result;

/* The most kernels of one device that take part in a run. */
#define MCPI_KERNELS_MAX 8

/* The counts and times of one worker of a device. */
typedef struct mcpi_worker_result {
    uint64_t ranges; /* ranges it finished */
    uint64_t darts;  /* darts in these */
    uint64_t hits;
    double busy_seconds;     /* time spent counting, measured as for its device */
    double darts_per_second; /* its part of the rate of its device; 0 if it counted nothing */
    int64_t pid;             /* the process that was started for it last; 0 if it is a thread of this process */
    unsigned restarts;       /* processes that ended before their work was done and were replaced */
    char failure[400];       /* why it was lost; empty if it was not, or if it was only dropped with its device */
} mcpi_worker_result;

/* The counts and times of one device. */
typedef struct mcpi_device_result {
    mcpi_device device;
    char node[64];    /* in a run of several processes its machine; otherwise empty */
    unsigned rank;    /* in a run of several processes its process; otherwise 0 */
    unsigned workers; /* CPU: threads; GPU: 1, or as many as the times it was listed */
    uint64_t ranges;  /* ranges it finished */
    uint64_t darts;   /* darts in these */
    uint64_t hits;
    uint64_t recounted_slices; /* slices of its ranges that the CPU recounted, */
    uint64_t recounted_darts;  /* and the darts in these */
    double setup_seconds;      /* from the start of the run until it could count; of its slowest worker */
    mcpi_startup startup;      /* GPU: parts of that time, of the same worker; zeros for the CPU, or if the process was
                                  paused during it */
    double busy_seconds; /* time spent counting, summed over its workers. CPU: the CPU time of their threads; GPU: the
                            time of its kernels, by its own clock */
    double busy_share;   /* busy share of the time of all its workers, from its first range until the last count of the
                            run; NaN if it counted nothing */
    double darts_per_second; /* its darts over the time from its first range until its last count; 0 if it counted
                                nothing */
    /* A GPU's rate divided by the CPU's, if the CPU counted in the same run, and by that of one CPU worker: its mean
       rate in the run or, if the CPU only recounted, its rate for the time in which it recounted. In the latter case
       the other workers were mostly idle. NaN if unknown; for the CPU itself 1 and NaN. */
    double speedup_vs_cpu, speedup_vs_core;
    size_t kernel_count; /* kernels that counted; device.kernel names the one that counted most */
    mcpi_kernel_result kernels[MCPI_KERNELS_MAX];
    const mcpi_worker_result *per_worker; /* `workers` of them, by number: what they counted, their busy_seconds and
                                             their rates add up to those of the device */
    int hung; /* a call of its driver may never return: a program that has nothing else to do should end with _exit */
    int in_processes;        /* its workers are processes */
    unsigned restarts;       /* worker processes that ended before their work was done and were replaced by others */
    char first_restart[400]; /* how the first of them ended; empty if there is none */
    char failure[400]; /* why it was dropped; empty if it was not. A device that counted wrong has no ranges and no
                          darts: other devices counted them again */
} mcpi_device_result;

/* The result of the recounts. */
typedef struct mcpi_verify_result {
    uint64_t slices;         /* recounted */
    uint64_t darts;          /* darts in these */
    uint64_t mismatches;     /* slices whose two counts differ */
    unsigned workers;        /* CPU threads that recounted */
    char kernel[50];         /* the kernel that they used, or two: "avx512, scalar". The second one recounts the ranges
                                of a CPU that also recounts those of GPUs */
    double busy_seconds;     /* summed over the threads: the time in which they recounted */
    double darts_per_second; /* rate of a thread while it recounts, times `workers`; 0 if nothing was recounted */
    double rate_spread;      /* relative standard deviation of the rates of the slices, each weighted with its time; NaN
                                for fewer than two slices, and in a run of several processes */
    char first_mismatch[400]; /* device, range, both counts, and the count by mcpi/dart.h; empty if there is none */
} mcpi_verify_result;

/* The count of the first `darts` darts of a run. */
typedef struct mcpi_point {
    uint64_t darts, hits;
} mcpi_point;

/* How the processes ("ranks") of a run under MPI shared its darts. */
typedef struct mcpi_sharing {
    unsigned processes; /* 0: a run of mcpi_run, without MPI */
    unsigned nodes;
    unsigned rounds;  /* 1, plus one for each time that ranges which a rank could not count were handed out again, and
                         for each goal on the way to a target error */
    uint64_t chunks;  /* ranges that rank 0 handed out */
    uint64_t reports; /* messages of other ranks to rank 0 that report counts or request a chunk */
    uint64_t report_bytes; /* bytes in these messages */
    unsigned lost;         /* ranks that stopped responding; the others counted their ranges */
    double waited_seconds; /* longest time that a rank waited for chunks without anything to count */
} mcpi_sharing;

/*
 * The result: the exact count over [first, first + darts). A run that was stopped early has fewer darts than requested,
 * but they are always a prefix of the range, so that anyone can recount it.
 */
typedef struct mcpi_result {
    uint64_t seed, stream, first, darts, hits;
    uint64_t resumed_darts; /* of these, counted before by the resumed run and not again by this one */
    int complete; /* every requested dart was counted, or the stop rule was met; no count of a device that counted wrong
                     is included, and with MCPI_VERIFY_FULL everything was counted twice */
    uint64_t goal; /* number of darts that the run should count; MCPI_DART_END - first if only time ends it */
    uint64_t unconfirmed_darts; /* MCPI_VERIFY_FULL: of the darts, those that were not counted twice; otherwise 0 */
    mcpi_estimate estimate;
    double total_seconds;    /* duration of mcpi_run, without pauses; under MPI including those of rank 0 */
    double setup_seconds;    /* of that, until the first range was handed out */
    double counting_seconds; /* of that, until the last range was counted */
    double paused_seconds;   /* not included in these times: pauses of more than a second in which the process was
                                stopped; under MPI, of the process with the longest pauses */
    int left_behind; /* threads of the run are still in a driver call: of a device that does not respond or, after a
                        request to stop, of any device. They end when their devices return. A program that has nothing
                        else to do should end with _exit */
    char auto_reason[120]; /* why devices = "auto" left the GPUs out; empty if it did not, and for other selections */
    mcpi_verify_result verify;
    mcpi_dispersion dispersion;
    mcpi_sharing sharing;
    size_t device_count;
    mcpi_device_result *devices; /* in the order of the selection */
    size_t worker_count;
    mcpi_worker_result *per_worker; /* of all devices, in that order: mcpi_device_result.per_worker points into it */
    /* With mcpi_options.trace: the growth of the count. There are points at 10, 11, 12, 14, ... darts, twenty per
       decade, always the same, and one at the end of the count. Each is exact. */
    size_t trace_count;
    mcpi_point *trace;
    size_t trace_missing; /* points left out, because the resumed run had counted across them without a trace */
    /* The counts of at most MCPI_MOST_PARTS parts of the range, in order: together they are the result. So others can
       recount some of them. They meet at multiples of mcpi_options.part_darts or, in a longer range, of a larger
       power of two, and are of about equal size if the devices are of about equal speed. None if there is no memory for
       them. */
    size_t part_count;
    mcpi_part *parts;
} mcpi_result;

/*
 * Count. On success *result is the complete result. *result is also set, with what was counted, for STOPPED, SYSTEM
 * (threads could not be started), DEVICE_FAILED, TIMED_OUT and MISMATCH, and is NULL for every other error. `error` may
 * be NULL. Free the result with mcpi_result_free.
 */
mcpi_status mcpi_run(const mcpi_options *options, mcpi_result **result, mcpi_error *error);
void mcpi_result_free(mcpi_result *result);

/*
 * The state of a result, for mcpi_merge, mcpi_recount or a file: its parts or, without any, one part with its count.
 * The goal is that of the run if it was stopped early, and its darts if it is complete. If darts are unconfirmed, the
 * result does not contain which ones: then the state has no confirmed parts, and its `verify` is MCPI_VERIFY_FULL.
 * The caller frees the state, with all its parts, by free(). NO_MEMORY, with *state NULL. `error` may be NULL.
 */
mcpi_status mcpi_state_of(const mcpi_result *result, mcpi_state **state, mcpi_error *error);

/*
 * Why mcpi_run with these options and devices = "auto" would leave the GPUs out: the CPU ends the run before a GPU
 * could start to count. No GPU driver is started. Returns the length of the reason, or 0, with `text` unchanged, if it
 * would use the GPUs that there are, and for other selections; 120 bytes are enough for the text.
 */
size_t mcpi_why_cpu(const mcpi_options *options, char *text, size_t size);

/* ---- recount what others have counted ---- */

typedef struct mcpi_recount_options {
    /* How to count: devices, threads, pin, kernel, verify, workers, worker_program; stop, progress and user, which are
       called as in one run of all parts, and also between two parts. If time_limit_seconds > 0, no part is begun after
       counting for this time. Other members are ignored. */
    mcpi_options run;
    double share;  /* of the parts, 0 to 1: recount this share of them, at least one; 0: all */
    uint64_t pick; /* chooses the parts and their order: the same ones for the same state and pick everywhere */
} mcpi_recount_options;

/* A part that was counted again. */
typedef struct mcpi_recounted_part {
    mcpi_part claim; /* as in the state */
    uint64_t hits;   /* of the same darts, counted now */
} mcpi_recounted_part;

typedef struct mcpi_recount_report {
    size_t part_count;          /* parts that were recounted, */
    mcpi_recounted_part *parts; /* in the order in which that was done */
    uint64_t darts;             /* darts in these */
    double counting_seconds;    /* to count these, without set-up */
    size_t disagreements;       /* parts whose two counts differ */
    int complete;               /* it was not stopped and did not fail; a time limit ends it as planned */
    mcpi_error failure;         /* if it is not complete: how it ended. Otherwise the status is OK */
    mcpi_result *last; /* the result of the last part, which may be incomplete: it has the devices. Freed with the
                          report */
    int hung; /* a driver call may never return, or threads were left behind: a program that has nothing else to do
                 should end with _exit */
} mcpi_recount_report;

/*
 * Recount parts of a state, of a result or of a merged state, on the devices of this machine, and compare the counts.
 *
 * OK if all counts agree. MISMATCH if the counts of parts differ; the message says of how many. If none differ, but the
 * report is not complete: STOPPED; TIMED_OUT if parts were left when a run had to leave threads behind; DEVICE_FAILED
 * and all other errors of mcpi_run, with its message, if the run of a part ended with it. *report is set in all these
 * cases and has the parts that were recounted until then; it is NULL if the first run has no result. BAD_OPTION, with
 * *report NULL, if the state has no darts, its parts are inconsistent, or an option is wrong. `error` may be NULL. Free
 * the report with mcpi_recount_report_free.
 */
mcpi_status mcpi_recount(const mcpi_state *state, const mcpi_recount_options *options, mcpi_recount_report **report,
                         mcpi_error *error);
void mcpi_recount_report_free(mcpi_recount_report *report);

/* The probability that a sample of `sampled` of `count` parts has none of the `wrong` ones: hypergeometric. Both are at
   most `count`. */
double mcpi_miss_probability(size_t count, size_t wrong, size_t sampled);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
