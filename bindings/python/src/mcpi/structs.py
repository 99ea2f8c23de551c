"""Structs of the C library as frozen dataclasses: names, units and meaning are those of mcpi/mcpi.h and mcpi/stress.h.

Objects own what they hold. Numbers of 64 bits are ints, counts of many parts are NumPy arrays with named fields. What C
has as a pointer or an array is annotated with the member that has its length.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.void]
"""A NumPy array whose elements have named fields: `parts["hits"]`."""


@dataclass(frozen=True)
class Device:
    """A device that can count, or one that cannot, with the reason in `note`."""

    id: str
    uuid: str
    name: str
    kernel: str
    note: str
    kind: str  # "cpu" or "gpu"
    available: bool
    broken: bool  # unavailable although a driver is present
    index: int
    units: int  # CPU: cores that this process may use; GPU: multiprocessors
    memory_bytes: int
    driver: str


@dataclass(frozen=True)
class Kernel:
    """One counting kernel of a device."""

    name: str
    summary: str
    note: str
    available: bool
    competes: bool  # a run may choose it by itself
    darts_per_second: float  # CPU: of one core, in the self-test; 0 if it was not timed


@dataclass(frozen=True)
class Topology:
    """The processors that this process may use."""

    threads: int
    cores: int
    nodes: int
    workers: int
    known: bool


@dataclass(frozen=True)
class Estimate:
    """The estimate of pi from a count."""

    pi: float
    std_error: float
    ci95: tuple[float, float]
    z: float


@dataclass(frozen=True)
class Dispersion:
    """The scatter of the counts of a run's slices around darts * pi/4."""

    slices: int
    chi_square: float
    p_value: float
    largest_z: float
    largest_p_value: float
    largest_first: int
    largest_darts: int
    largest_device: str
    largest_rank: int


@dataclass(frozen=True)
class Part:
    """A range of darts, with its hits if it has been counted."""

    first: int
    darts: int
    hits: int


@dataclass(frozen=True, eq=False)
class State:
    """The progress of a run, with its parameters: all that is needed to finish it, merge it or verify it.

    `parts` and `confirmed` have the fields first, darts and hits.
    """

    seed: int
    stream: int
    first: int
    darts: int
    target_error: float
    goal: int
    parts: Annotated[Records, "part_count"]
    confirmed: Annotated[Records, "confirmed_count"]
    verify: str  # "off", "on" or "full"
    supersedes: bool


@dataclass(frozen=True)
class Progress:
    """The progress of a run, in darts and seconds."""

    darts: int
    hits: int
    reached: int
    resumed_darts: int
    goal: int
    counting_seconds: float


@dataclass(frozen=True)
class Event:
    """What has happened in a run: `kind` is "opened", "taken", "counted", ..., as in mcpi_event_kind."""

    kind: str
    seconds: float
    device: str
    worker: int
    kernel: str
    first: int
    darts: int
    hits: int
    message: str


@dataclass(frozen=True)
class Startup:
    """The parts of a GPU's set-up time, in seconds."""

    driver: float
    context: float
    module: float
    memory: float


@dataclass(frozen=True)
class KernelResult:
    """The counts and the rate of one kernel of a device."""

    name: str
    darts: int
    recounted_darts: int
    darts_per_second: float


@dataclass(frozen=True)
class WorkerResult:
    """The counts and times of one worker of a device."""

    ranges: int
    darts: int
    hits: int
    busy_seconds: float
    darts_per_second: float
    pid: int
    restarts: int
    failure: str


@dataclass(frozen=True)
class DeviceResult:
    """The counts and times of one device."""

    device: Device
    node: str
    rank: int
    workers: int
    ranges: int
    darts: int
    hits: int
    recounted_slices: int
    recounted_darts: int
    setup_seconds: float
    startup: Startup
    busy_seconds: float
    busy_share: float
    darts_per_second: float
    speedup_vs_cpu: float
    speedup_vs_core: float
    kernels: Annotated[tuple[KernelResult, ...], "kernel_count"]
    per_worker: Annotated[tuple[WorkerResult, ...], "workers"]
    hung: bool
    in_processes: bool
    restarts: int
    first_restart: str
    failure: str


@dataclass(frozen=True)
class VerifyResult:
    """The result of the recounts during a run."""

    slices: int
    darts: int
    mismatches: int
    workers: int
    kernel: str
    busy_seconds: float
    darts_per_second: float
    rate_spread: float
    first_mismatch: str


@dataclass(frozen=True, eq=False)
class Result:
    """The exact count over [first, first + darts).

    A run that was stopped early has fewer darts than requested (`complete` is False), but always a prefix of the range.
    `trace` has the fields darts and hits, `parts` has first, darts and hits.
    """

    seed: int
    stream: int
    first: int
    darts: int
    hits: int
    resumed_darts: int
    complete: bool
    goal: int
    unconfirmed_darts: int
    estimate: Estimate
    total_seconds: float
    setup_seconds: float
    counting_seconds: float
    paused_seconds: float
    left_behind: bool
    auto_reason: str
    verify: VerifyResult
    dispersion: Dispersion
    devices: Annotated[tuple[DeviceResult, ...], "device_count"]
    trace: Annotated[Records, "trace_count"]
    trace_missing: int
    parts: Annotated[Records, "part_count"]
    state: State  # for merge, verify and Checkpoint.save


@dataclass(frozen=True)
class Reading:
    """Sensor values of a GPU; NaN: unknown. `throttle` has a bit for each reason of `throttle_reasons`."""

    temperature_celsius: float
    power_watts: float
    sm_clock_hertz: float
    ecc_corrected: float
    ecc_uncorrected: float
    throttle: int


@dataclass(frozen=True)
class StressRow:
    """One GPU or one core in a stress test. `faults` are numbers of transient, persistent and undecided ones."""

    device: Device
    tested: bool
    up: bool
    ranges: int
    recounts: int
    slices: int
    darts: int
    faults: tuple[int, int, int]
    first_fault: str
    failure: str
    reading: Reading
    hottest_celsius: float
    throttled: int


@dataclass(frozen=True)
class StressReport:
    """The state of a stress test, or its end."""

    seed: int
    stream: int
    first: int
    seconds: float
    paused_seconds: float
    asked_seconds: float
    interrupted: bool
    no_gpu: str
    confirmed_darts: int
    disagreements: int
    hung: bool
    rows: Annotated[tuple[StressRow, ...], "row_count"]


@dataclass(frozen=True, eq=False)
class Recount:
    """The recount of parts of a state.

    `parts` has the fields claim (first, darts and hits, as in the state) and hits (as counted now).
    """

    parts: Annotated[Records, "part_count"]
    darts: int
    counting_seconds: float
    disagreements: int
    complete: bool
    hung: bool
