/*
 * The state of a test, shared by the files that carry it out: stress.c begins and ends it, member.c counts, trial.c
 * finds out who is wrong, thermometer.c reads the sensors, snapshot.c says how it stands. No one else includes this.
 * What is in it may be looked at and changed under its lock only, but for the handles of a member, which are its
 * thread's alone.
 *
 * A thread may be stuck in a call that never comes back. It is then written off: its work is given to others, and
 * nobody waits for it. So that it finds what it needs if it does come back, whoever lets go of the crew last frees it.
 */
#ifndef MCPI_STRESS_TEST_STATE_H
#define MCPI_STRESS_TEST_STATE_H

#include <pthread.h>

#include "core/queue.h"
#include "core/recount_queue.h"
#include "core/run_clock.h"
#include "mcpi/stress.h"
#include "stress/verdict.h"

struct crew;

typedef enum purpose { FIRST_COUNT, RECOUNT, CHECK } purpose;

/* What a member has given to its device. */
typedef struct task {
    purpose purpose;
    unsigned way;
    mcpi_job job;
    mcpi_pending_range *entry; /* RECOUNT: what is counted again */
    mcpi_recount_slice check;  /* CHECK: the slice, and what a GPU counted */
    double submitted;
} task;

typedef enum presence {
    OPENING,
    AT_WORK,
    FAILED,     /* it gives nothing more, and leaves */
    WRITTEN_OFF /* its thread is stuck */
} presence;

/* A counter at work. */
typedef struct member {
    struct crew *crew;
    size_t index; /* in the roster */
    const mcpi_tester *counter;
    presence presence;
    bool left;      /* its thread touches nothing here any more, or was never started */
    double calling; /* since when it has been in a call that could last for ever; 0: it is not */
    void *handles[MCPI_WAYS_MAX];
    task tasks[MCPI_IN_FLIGHT_MAX]; /* in the order in which they were submitted */
    unsigned in_flight;
    mcpi_dispute *inbox;  /* for which it has to count */
    mcpi_dispute *trying; /* the one it is counting for */
    double last_collect;
    uint64_t previous_darts; /* of the last range that it counted first */
    double rate;             /* darts a second over that range */
    double checking_seconds;
    unsigned opinions; /* second opinions on its own ranges so far: they come in all its other ways in turn */
    mcpi_error failure;
    mcpi_stress_row row; /* what it has done so far */
} member;

typedef struct crew {
    mcpi_stress_options options;
    mcpi_testers roster;
    mcpi_run_clock *clock; /* all times here are its */
    double started;
    size_t references; /* threads that may still touch this */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something that a member may be waiting for */
    pthread_cond_t news;    /* something that the calling thread or the thermometer may be waiting for; monotonic */
    mcpi_queue queue;
    mcpi_pending ledger;
    mcpi_recount_queue recount_queue;
    size_t checkers;       /* cores that check slices: so many of each GPU may wait for them */
    size_t disputes;       /* without a verdict */
    bool stopping;         /* nothing new is begun */
    bool abandoned;        /* the calling thread does not wait: all members leave */
    bool interrupted;      /* because of options.run.stop, before the time given was over */
    bool over;             /* everybody has left who ever will */
    bool thermometer_left; /* that thread touches nothing here any more, or was never started */
    uint64_t confirmed_darts, disagreements;
    member *members;
} crew;

static inline double mcpi_crew_now(const crew *c)
{
    return mcpi_run_clock_read(c->clock);
}

/* member.c: the thread of a member; its argument is the member. */
void *mcpi_member_work(void *argument);

/* Is there one at work, or yet to come, that takes ranges of that kind of device; or that checks slices? */
bool mcpi_crew_has(const crew *c, mcpi_device_kind kind);
bool mcpi_crew_checks(const crew *c);

/* Count a job at once, with nothing else in flight. *hits is MCPI_NO_COUNT if the device says that it cannot be right.
   False if the device failed: it is dismissed. Without the lock. */
bool mcpi_member_count(member *m, unsigned way, const mcpi_job *job, uint64_t *hits);

/* What a member had in hand goes to others: with the lock held, once its presence says that it is lost. */
void mcpi_member_dismiss(member *m);

/* trial.c: two counts differ, or one contradicts itself. The member is to count for the dispute first; the entry, if
   there is one, is the dispute's from now on. With the lock held. */
void mcpi_dispute_open(member *m, const mcpi_dispute *draft);

/* Count for the first dispute of the inbox, and bring it before the next member or to its verdict. Without the lock. */
void mcpi_dispute_try(member *m);

/* Give up all disputes that a member was to count for. With the lock held. */
void mcpi_disputes_abandon(member *m);

/* thermometer.c: a thread that reads the sensors of all GPUs every second; its argument is the crew. */
void *mcpi_thermometer(void *argument);

/* snapshot.c: a report with room for all members, or NULL without memory. */
mcpi_stress_report *mcpi_report_make(const crew *c);

/* Write into it how the test stands. With the lock held. */
void mcpi_snapshot(const crew *c, mcpi_stress_report *report);

/* How the test ended, by its last report. */
mcpi_status mcpi_stress_outcome(const mcpi_stress_report *report, mcpi_error *error);

/* stress.c: let go of the crew. Without the lock. */
void mcpi_crew_release(crew *c);

#endif
