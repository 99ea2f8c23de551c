"""Counting: run, verify, stress."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from mcpi.convert import FOLDER, ffi, lib, read, write
from mcpi.guard import Guard, require_callable
from mcpi.states import c_state, state_of
from mcpi.structs import Event, Progress, Recount, Result, State, StressReport

T = TypeVar("T")

WORKER_PROGRAM = str(FOLDER / "mcpi-worker")


def _selection(devices: str | Iterable[str]) -> str:
    try:
        return devices if isinstance(devices, str) else ",".join(devices)
    except TypeError as error:
        raise TypeError(f"devices: {error}") from None


def _teller(guard: Guard, function: Callable[[T], object] | None, cls: type[T], kind: str) -> Any:
    """The C function that tells the Python function a struct of this kind; None if there is none."""
    if function is None:
        return None
    require_callable(function)

    def call(_user: Any, c: Any) -> None:
        if not c:
            raise MemoryError(f"there is no memory for {kind}")
        function(read(cls, c[0]))

    return guard.callback(f"void(void *, const {kind} *)", call)


def run(
    darts: int = 1_000_000_000,
    *,
    devices: str | Iterable[str] = "auto",
    seed: int = 0,
    stream: int = 0,
    first: int = 0,
    threads: int = 0,
    pin: str = "default",
    kernel: str | None = None,
    target_error: float = 0.0,
    time_limit_seconds: float = 0.0,
    verify: str = "on",
    trace: bool = False,
    progress: Callable[[Progress], object] | None = None,
    stop: Callable[[], int] | None = None,
    event: Callable[[Event], object] | None = None,
    save: Callable[[State], object] | None = None,
    save_seconds: float = 5.0,
    resume: Result | State | None = None,
    workers: str = "default",
    part_darts: int = 0,
) -> Result:
    """Count the darts [first, first + darts) of a seed and a stream. The count is the same on all devices.

    devices: "auto", "all", "cpu", "gpu", "gpu:0", UUIDs, or several of them.
    threads: CPU workers; 0: the cores that this process may use.
    pin: "default", "none", "cores" or "threads"; workers: "default", "threads" or "processes".
    target_error: stop once the standard error of pi is at most this; 0: count all darts.
    time_limit_seconds: stop after counting for this time; 0: no limit.
    verify: "off", "on" or "full": what the CPU counts again.
    trace: keep the growth of the count in Result.trace.
    progress, stop: called about twenty times a second on the calling thread. If `stop` returns True (or 2: at once),
        the run ends, and the result is incomplete.
    event: called for each event, on any thread.
    save: called every save_seconds, and at the end, with the state of the run; see Checkpoint.
    resume: continue from this result or state, with the same seed, stream, first, darts and target_error.
    part_darts: the least size of Result.parts, a power of two; 0: 2**24.

    Other Python threads continue while it counts. Ctrl-C ends it: Interrupted, which is a KeyboardInterrupt, has the
    partial result. An exception in one of the functions also ends it, and is raised with Stopped as its cause, which
    has the partial result. Other failures raise an Error.
    """
    guard = Guard()
    options = ffi.new("mcpi_options *")
    write(
        options,
        devices=_selection(devices), seed=seed, stream=stream, first=first, darts=darts, threads=threads, pin=pin,
        kernel=kernel, target_error=target_error, time_limit_seconds=time_limit_seconds, verify=verify, trace=trace,
        stop=guard.stop(stop), progress=_teller(guard, progress, Progress, "mcpi_progress"),
        event=_teller(guard, event, Event, "mcpi_event"),
        save=_teller(guard, save, State, "mcpi_state"), save_seconds=save_seconds, resume=None if resume is None else c_state(resume), workers=workers,
        worker_program=WORKER_PROGRAM, part_darts=part_darts,
    )
    return guard.result_of(
        lib.mcpi_run, options, kind="mcpi_result", read=lambda c: read(Result, c[0], state=state_of(c)),
        free=lib.mcpi_result_free,
    )


def verify(
    counted: Result | State,
    *,
    share: float = 0.0,
    pick: int = 0,
    devices: str | Iterable[str] = "auto",
    threads: int = 0,
    pin: str = "default",
    kernel: str | None = None,
    time_limit_seconds: float = 0.0,
    progress: Callable[[Progress], object] | None = None,
    stop: Callable[[], int] | None = None,
    workers: str = "default",
) -> Recount:
    """Recount parts of a result or of a state on this machine, and compare the counts.

    share: of the parts, 0 to 1; 0: all. pick: chooses the parts; the same ones everywhere.
    time_limit_seconds: begin no part after counting for this time; 0: no limit.
    The others are those of `run`. `miss_probability` says what a sample misses. Mismatch,
    with the Recount as `result`, if counts differ.
    `command("verify", file)` recounts parts of a file.
    """
    guard = Guard()
    how = ffi.new("mcpi_options *")
    write(
        how,
        devices=_selection(devices), threads=threads, pin=pin, kernel=kernel, time_limit_seconds=time_limit_seconds,
        verify="on", stop=guard.stop(stop), progress=_teller(guard, progress, Progress, "mcpi_progress"), workers=workers,
        worker_program=WORKER_PROGRAM,
    )
    options = ffi.new("mcpi_recount_options *")
    write(options, run=how[0], share=share, pick=pick)
    return guard.result_of(
        lib.mcpi_recount, c_state(counted), options, kind="mcpi_recount_report", read=lambda c: read(Recount, c[0]),
        free=lib.mcpi_recount_report_free,
    )


def stress(
    time_limit_seconds: float = 0.0,
    *,
    devices: str | Iterable[str] = "auto",
    seed: int = 0,
    stream: int = 0,
    first: int = 0,
    threads: int = 0,
    kernel: str | None = None,
    workers: str = "default",
    deadline_seconds: float = 0.0,
    watch: Callable[[StressReport], object] | None = None,
    stop: Callable[[], int] | None = None,
) -> StressReport:
    """Count and recount, for this time or (0) until stopped or interrupted, and compare the counts.

    threads: the number of cores to test; 0: all.
    deadline_seconds: a device that works longer on one range is treated as hung; 0: ten seconds.
    watch: called about ten times a second with the report so far; stop: as for `run`.

    Mismatch and DeviceFailed have the report as `result`, and so has Interrupted after Ctrl-C.
    """
    guard = Guard()
    options = ffi.new("mcpi_stress_options *")
    on_watch = _teller(guard, watch, StressReport, "mcpi_stress_report")
    how = ffi.new("mcpi_options *")
    write(
        how,
        devices=_selection(devices), seed=seed, stream=stream, first=first, threads=threads, kernel=kernel,
        time_limit_seconds=time_limit_seconds, stop=guard.stop(stop), workers=workers, worker_program=WORKER_PROGRAM,
    )
    write(options, run=how[0], deadline_seconds=deadline_seconds, watch=on_watch)
    return guard.result_of(
        lib.mcpi_stress, options, kind="mcpi_stress_report", read=lambda c: read(StressReport, c[0]),
        free=lib.mcpi_stress_report_free,
    )
