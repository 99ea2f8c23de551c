"""Functions of the caller, exceptions, Ctrl-C, threads."""
from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import PythonRunner

import mcpi
from mcpi import counting, states
from mcpi.convert import ffi, lib
from mcpi.guard import Guard, check

ENDLESS = 2**62


def test_progress_grows() -> None:
    seen: list[mcpi.Progress] = []
    result = mcpi.run(ENDLESS, devices="cpu", progress=seen.append, stop=lambda: len(seen) > 3)
    assert len(seen) >= 4
    assert [p.darts for p in seen] == sorted(p.darts for p in seen)
    assert all(p.hits <= p.darts and p.goal == ENDLESS for p in seen)
    assert not result.complete and result.goal == ENDLESS


def test_events_are_in_order() -> None:
    seen: list[mcpi.Event] = []
    result = mcpi.run(10**7, devices="cpu", threads=2, event=seen.append)
    assert seen[0].kind == "opened"
    assert [event.seconds for event in seen] == sorted(event.seconds for event in seen)
    places = {(event.kind, event.first): place for place, event in enumerate(seen)}
    counted = [event for event in seen if event.kind == "counted"]
    assert all(places["taken", event.first] < places["counted", event.first] for event in counted)
    assert sum(event.hits for event in seen if event.kind == "counted") == result.hits


@pytest.mark.parametrize("function", ["progress", "event", "stop", "save"])
def test_exceptions_of_functions_arrive(function: str) -> None:
    def fail(*_arguments: object) -> int:
        raise LookupError(function)

    with pytest.raises(LookupError, match=function) as caught:
        mcpi.run(ENDLESS, devices="cpu", threads=2, save_seconds=0.1, **{function: fail})  # type: ignore[arg-type]
    stopped = caught.value.__cause__
    assert isinstance(stopped, mcpi.Stopped)
    assert stopped.result.hits == mcpi.run(stopped.result.darts, devices="cpu").hits


def test_exceptions_of_watch_arrive() -> None:
    def fail(_report: mcpi.StressReport) -> None:
        raise LookupError("watch")

    with pytest.raises(LookupError, match="watch"):
        mcpi.stress(devices="cpu", threads=1, watch=fail)


STATUSES = {
    "STOPPED": mcpi.Stopped,
    "BAD_OPTION": mcpi.BadOption,
    "NO_DEVICE": mcpi.NoDevice,
    "NO_MEMORY": mcpi.NoMemory,
    "SYSTEM": mcpi.SystemRefused,
    "DEVICE_FAILED": mcpi.DeviceFailed,
    "TIMED_OUT": mcpi.TimedOut,
    "MISMATCH": mcpi.Mismatch,
}


def test_every_status_has_an_exception() -> None:
    names = [name.removeprefix("MCPI_") for _, name in sorted(ffi.typeof("mcpi_status").elements.items())]
    assert names == ["OK", *STATUSES]
    for name, kind in STATUSES.items():
        error = ffi.new("mcpi_error *", {"status": getattr(lib, "MCPI_" + name), "message": b"the reason"})
        with pytest.raises(kind, match="the reason") as caught:
            check(error, "partial")
        assert (caught.type, caught.value.status, caught.value.result) == (kind, name, "partial")


def test_wrong_arguments() -> None:
    with pytest.raises(mcpi.BadOption, match="toaster"):
        mcpi.run(10, devices="toaster")
    with pytest.raises(ValueError, match="pin: 'glue' is none of default, none, cores, threads"):
        mcpi.run(10, pin="glue")
    with pytest.raises(TypeError, match="darts"):
        mcpi.run(1e6)  # type: ignore[arg-type]
    with pytest.raises(OverflowError, match="seed"):
        mcpi.run(10, seed=-1)
    with pytest.raises(TypeError, match="seed: an integer is required"):
        mcpi.run(10, seed=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="devices: "):
        mcpi.run(10, devices=3)  # type: ignore[arg-type]
    with pytest.raises(mcpi.BadOption):
        mcpi.board(2, first=2**63 - 1)


def test_strings_are_not_cut_at_nul(tmp_path: Path) -> None:
    name = f"{tmp_path}/file\0more"
    for call in (lambda: mcpi.run(10, devices="cpu\0gpu"), lambda: mcpi.run(10, kernel="scalar\0"),
                 lambda: mcpi.load(name), lambda: mcpi.Checkpoint(name)):
        with pytest.raises(mcpi.BadOption, match="NUL"):
            call()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("function", ["progress", "event", "stop", "save"])
def test_what_cannot_be_called_is_refused(function: str) -> None:
    with pytest.raises(TypeError, match="3: must be a function"):
        mcpi.run(10, devices="cpu", **{function: 3})  # type: ignore[arg-type]


def test_counts_are_results_or_states() -> None:
    result = mcpi.run(10**6, devices="cpu")
    assert mcpi.prefix(result) == mcpi.prefix(result.state)
    assert mcpi.gaps(result) == mcpi.gaps(result.state)
    assert mcpi.run(10**6, devices="cpu", resume=result).resumed_darts == 10**6
    wrong: Any = [result]
    for call in (mcpi.prefix, mcpi.gaps, mcpi.verify, mcpi.merge, lambda state: mcpi.run(10**6, resume=state)):
        with pytest.raises(TypeError, match="list: must be a Result or a State"):
            call(wrong)


def test_a_missing_device() -> None:
    with pytest.raises(mcpi.NoDevice) as caught:
        mcpi.run(10, devices=["cpu", "gpu:77"])
    assert caught.value.status == "NO_DEVICE" and caught.value.result is None


def test_workers_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "WORKER_PROGRAM", "/bin/false")
    with pytest.raises(mcpi.DeviceFailed) as caught:
        mcpi.run(10**6, devices="cpu", workers="processes")
    assert caught.value.result.darts == 0
    assert caught.value.result.devices[0].failure


INTERRUPTED = """
import json, mcpi
told = []
def tell(event):
    if event.kind == "counted" and not told:
        told.append(event)
        print("counting", flush=True)
try:
    mcpi.run(2**62, devices="cpu", threads=2, seed=5, event=tell)
except KeyboardInterrupt as interrupt:
    result = interrupt.result
    print(json.dumps([result.darts, result.hits, result.complete, type(interrupt).__name__]))
"""


def test_ctrl_c_gives_the_exact_partial_result(python: PythonRunner) -> None:
    with python.start(INTERRUPTED) as process:
        assert process.stdout and process.stdout.readline() == "counting\n"
        process.send_signal(signal.SIGINT)
        darts, hits, complete, kind = json.loads(process.communicate(timeout=120)[0])
    assert (process.returncode, complete, kind) == (0, False, "Interrupted")
    assert darts > 0 and hits == mcpi.run(darts, devices="cpu", seed=5).hits


def test_ctrl_c_after_the_last_call_of_stop_keeps_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late:
        """The library, if Ctrl-C is pressed just before mcpi_run returns."""

        def __getattr__(self, name: str) -> Any:
            return getattr(lib, name)

        def mcpi_run(self, *arguments: Any) -> None:
            lib.mcpi_run(*arguments)
            raise KeyboardInterrupt

    monkeypatch.setattr(counting, "lib", Late())
    with pytest.raises(mcpi.Interrupted) as caught:
        mcpi.run(10**6, devices="cpu")
    assert (caught.value.result.hits, caught.value.result.complete) == (785850, True)


def test_a_second_ctrl_c_does_not_wait() -> None:
    guard = Guard()
    stop = guard.stop(None)
    presses = [lib.MCPI_STOP, lib.MCPI_STOP_AT_ONCE]
    assert stop(ffi.NULL) == 0
    for request in presses:
        guard.call(press_ctrl_c)
        assert stop(ffi.NULL) == request


def press_ctrl_c(_error: Any) -> int:
    raise KeyboardInterrupt


LEFT_BEHIND = """
import mcpi
print(mcpi.run(2**40, devices="cpu", threads=200, stop=lambda: 2).left_behind)
"""


def test_threads_that_are_left_behind_do_no_harm_at_the_end(python: PythonRunner) -> None:
    assert "True\n" in [python.run(LEFT_BEHIND) for _ in range(10)]


INTERRUPTED_PROGRAM = """
import subprocess, mcpi
wait = subprocess.Popen.communicate
def tell(process):
    print(process.pid, flush=True)
    return wait(process)
subprocess.Popen.communicate = tell
try:
    mcpi.compare(device="cpu", time="1h")
except KeyboardInterrupt as interrupt:
    print("interrupted", type(interrupt).__name__)
"""


def test_ctrl_c_ends_the_program(python: PythonRunner) -> None:
    with python.start(INTERRUPTED_PROGRAM) as process:
        assert process.stdout
        program = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=120)[0].endswith("\ninterrupted Interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(program, 0)


def test_the_package_runs_the_program() -> None:
    ended = subprocess.run([sys.executable, "-m", "mcpi", "version"], stdout=subprocess.PIPE, text=True, check=True)
    assert ended.stdout.startswith(f"mcpi {mcpi.__version__}\n")


def test_ctrl_c_is_not_lost_if_the_program_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = subprocess.Popen.communicate
    presses = iter([KeyboardInterrupt])

    def communicate(process: subprocess.Popen[str]) -> tuple[str, str]:
        for press in presses:
            process.wait()
            raise press
        return wait(process)

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(mcpi.Interrupted) as caught:
        mcpi.command("run", samples=10**6, device="cpu")
    assert caught.value.result["hits"] == 785850


# Python does not take the interpreter's lock from a thread that holds it, so the main thread continues only if the
# counting thread gives it back by itself.
OTHER_THREADS = """
import sys, threading, mcpi
counting, seen = threading.Event(), threading.Event()
def tell(event):
    if event.kind == "counted":
        counting.set()
def count():
    mcpi.run(2**62, devices="cpu", threads=2, event=tell, stop=seen.is_set)
thread = threading.Thread(target=count)
sys.setswitchinterval(1e6)
thread.start()
counting.wait()
seen.set()
thread.join()
print("both went on")
"""


def test_other_threads_go_on(python: PythonRunner) -> None:
    assert python.run(OTHER_THREADS) == "both went on\n"


def test_runs_at_once() -> None:
    both = threading.Barrier(2)

    def count(seed: int) -> int:
        opened: list[int] = []

        def meet(event: mcpi.Event) -> None:
            if event.kind == "opened" and not opened:
                opened.append(1)
                both.wait(timeout=120)

        return mcpi.run(10**6, devices="cpu", threads=1, seed=seed, event=meet).hits

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(count, [0, 42])) == [785850, 785987]


class Counted:
    """The library, with the number of calls of each function."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            return getattr(lib, name)(*arguments)

        value = getattr(lib, name)
        return call if callable(value) else value


def test_all_results_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()
    for module in counting, states:
        monkeypatch.setattr(module, "lib", counted)
    for seed in range(10):
        mcpi.verify(mcpi.run(10**5, devices="cpu", seed=seed), devices="cpu")
    with pytest.raises(LookupError):
        mcpi.run(ENDLESS, devices="cpu", progress=lambda _progress: os.environ[""])
    mcpi.stress(devices="cpu", threads=1, stop=lambda: True)
    calls = counted.calls
    assert calls["mcpi_run"] == calls["mcpi_result_free"] == calls["mcpi_state_of"] == calls["free"] == 11
    assert calls["mcpi_recount"] == calls["mcpi_recount_report_free"] == 10
    assert calls["mcpi_stress"] == calls["mcpi_stress_report_free"] == 1


def test_stress() -> None:
    seen: list[mcpi.StressReport] = []
    report = mcpi.stress(devices="cpu", threads=1, watch=seen.append,
                         stop=lambda: bool(seen) and seen[-1].confirmed_darts > 0)
    assert report.confirmed_darts >= seen[-1].confirmed_darts > 0
    assert report.disagreements == 0 and report.interrupted is False
    tested = [row for row in report.rows if row.tested]
    assert len(tested) == 1 and tested[0].device.id.startswith("cpu:")
    assert tested[0].faults == (0, 0, 0) and tested[0].ranges > 0


def test_memory_of_the_interpreter_does_not_grow() -> None:
    def count() -> None:
        mcpi.run(1000, devices="cpu", threads=1, trace=True, progress=lambda _progress: None)

    count()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(200):
        count()
    gc.collect()
    assert sys.getallocatedblocks() - before < 200
