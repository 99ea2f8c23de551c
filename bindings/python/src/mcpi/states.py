"""States of runs: checkpoints, merging and recounting."""
from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from types import TracebackType
from typing import Any

from mcpi.convert import c_string, ffi, lib, read, text, write
from mcpi.guard import check
from mcpi.structs import Part, Result, State

# ---- to and from C ----


def _state_by(function: Callable[..., int], *arguments: Any) -> State:
    """A copy of the state that a C function makes for the caller."""
    c, error = ffi.new("mcpi_state **"), ffi.new("mcpi_error *")
    function(*arguments, c, error)
    check(error)
    try:
        return read(State, c[0][0])
    finally:
        lib.free(c[0])


def _state(counted: Result | State) -> State:
    if isinstance(counted, Result):
        return counted.state
    if isinstance(counted, State):
        return counted
    raise TypeError(f"{type(counted).__name__}: must be a Result or a State")


def c_state(counted: Result | State) -> Any:
    """The C state of a result, or of a state."""
    state = _state(counted)
    c = ffi.new("mcpi_state *")
    write(c, **{member.name: getattr(state, member.name) for member in fields(state)})
    write(c, part_count=len(state.parts), confirmed_count=len(state.confirmed))
    return c


def state_of(result: Any) -> State:
    """The state of a C result."""
    return _state_by(lib.mcpi_state_of, result)


# ---- files ----


def load(name: str | os.PathLike[str]) -> State:
    """Read a checkpoint. BadOption, with the reason, if it is missing, damaged or of another format."""
    return _state_by(lib.mcpi_checkpoint_load, c_string("checkpoint", name))


class Checkpoint:
    """A file that holds the state of a run. Each save is atomic; the previous one is kept as NAME.previous.

        with mcpi.Checkpoint("pi.state") as checkpoint:
            mcpi.run(10**12, save=checkpoint.save)

    `mcpi.run(10**12, resume=mcpi.load("pi.state"))` continues the run, and so does `mcpi --resume pi.state`.
    """

    def __init__(self, name: str | os.PathLike[str]) -> None:
        c, error = ffi.new("mcpi_checkpoint **"), ffi.new("mcpi_error *")
        lib.mcpi_checkpoint_open(c_string("checkpoint", name), c, error)
        check(error)
        self._c = ffi.gc(c[0], lib.mcpi_checkpoint_close)

    def save(self, counted: Result | State) -> None:
        """SystemRefused if it cannot be saved; the file is then unchanged."""
        if self._c is None:
            raise ValueError("the checkpoint is closed")
        error = ffi.new("mcpi_error *")
        lib.mcpi_checkpoint_save(self._c, c_state(counted), error)
        check(error)

    def notes(self) -> tuple[str, ...]:
        """New warnings for the user, as of a file system without locks."""
        buffer = ffi.new("char[500]")
        found = []
        while self._c is not None and lib.mcpi_checkpoint_note(self._c, buffer, len(buffer)):
            found.append(text(buffer))
        return tuple(found)

    def close(self) -> None:
        """Let other processes open the file."""
        if self._c is not None:
            ffi.release(self._c)
        self._c = None

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None,
                 _traceback: TracebackType | None) -> None:
        self.close()


# ---- sums ----


def merge(*counts: Result | State) -> State:
    """Add up the counts of separate runs: counts of neighbouring ranges add.

    `prefix` has the count of the sum, and `gaps` what is missing; `run(goal, first=first, resume=sum)` counts it.
    BadOption if seeds or streams differ, or if a dart is in two of them. `command("merge", *files)` adds up files.
    """
    states = [c_state(count) for count in counts]
    names = [ffi.new("char[]", f"argument {number}".encode()) for number in range(1, len(counts) + 1)]
    shards = ffi.new("mcpi_shard[]", list(zip(names, states)))
    return _state_by(lib.mcpi_merge, shards, len(shards))


def prefix(counted: Result | State) -> Part:
    """The part from the first dart to the first missing one."""
    return read(Part, lib.mcpi_state_prefix(c_state(counted)))


def gaps(counted: Result | State) -> tuple[Part, ...]:
    """The missing ranges; none if it is complete."""
    c = c_state(counted)
    found = [read(Part, lib.mcpi_state_gap(c, i)) for i in range(c.part_count + 1)]
    return tuple(gap for gap in found if gap.darts)
