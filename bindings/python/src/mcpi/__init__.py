"""Estimate pi by throwing darts, on CPU cores and GPUs, and get the same integer everywhere.

    >>> import mcpi
    >>> mcpi.run(10**6).hits
    785850

A count is a pure function of (seed, stream, range of darts), and counts of neighbouring ranges add. docs/python.md has
examples. All functions can be called from several threads at once.
"""
from mcpi.command import command, compare, scaling
from mcpi.convert import lib as _lib
from mcpi.convert import text as _text
from mcpi.counting import run, stress, verify
from mcpi.darts import Board, board, estimate, miss_probability
from mcpi.errors import (
    BadOption,
    DeviceFailed,
    Error,
    Interrupted,
    Mismatch,
    NoDevice,
    NoMemory,
    Stopped,
    SystemRefused,
    TimedOut,
)
from mcpi.machine import devices, kernels, throttle_reasons, topology
from mcpi.states import Checkpoint, gaps, load, merge, prefix
from mcpi.structs import (
    Device,
    DeviceResult,
    Dispersion,
    Estimate,
    Event,
    Kernel,
    KernelResult,
    Part,
    Progress,
    Reading,
    Records,
    Recount,
    Result,
    Startup,
    State,
    StressReport,
    StressRow,
    Topology,
    VerifyResult,
    WorkerResult,
)

__version__ = _text(_lib.mcpi_version())

__all__ = [
    "BadOption",
    "Board",
    "Checkpoint",
    "Device",
    "DeviceFailed",
    "DeviceResult",
    "Dispersion",
    "Error",
    "Estimate",
    "Event",
    "Interrupted",
    "Kernel",
    "KernelResult",
    "Mismatch",
    "NoDevice",
    "NoMemory",
    "Part",
    "Progress",
    "Reading",
    "Records",
    "Recount",
    "Result",
    "Startup",
    "State",
    "Stopped",
    "StressReport",
    "StressRow",
    "SystemRefused",
    "TimedOut",
    "Topology",
    "VerifyResult",
    "WorkerResult",
    "board",
    "command",
    "compare",
    "devices",
    "estimate",
    "gaps",
    "kernels",
    "load",
    "merge",
    "miss_probability",
    "prefix",
    "run",
    "scaling",
    "stress",
    "throttle_reasons",
    "topology",
    "verify",
]
