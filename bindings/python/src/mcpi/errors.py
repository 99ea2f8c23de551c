"""Exceptions. Each carries the status of the C library, and what had been counted until then."""
from __future__ import annotations

from typing import Any


class Error(Exception):
    """A call failed.

    `status` is the name of the C library's status, such as "DEVICE_FAILED" for MCPI_DEVICE_FAILED. `result` is what the
    call had counted until then: a Result of `run`, a StressReport of `stress`, a Recount of `verify`, the JSON of a
    command; None if there is none.
    """

    status = "FAILED"

    def __init__(self, message: str, result: Any = None) -> None:
        super().__init__(message)
        self.result = result


class Stopped(Error):
    """The call was stopped. It is the cause (`__cause__`) of an exception that a function of the caller raised."""

    status = "STOPPED"


class BadOption(Error, ValueError):
    """An argument is wrong."""

    status = "BAD_OPTION"


class NoDevice(Error):
    """A requested device is missing."""

    status = "NO_DEVICE"


class NoMemory(Error, MemoryError):
    """Out of memory."""

    status = "NO_MEMORY"


class SystemRefused(Error):
    """The operating system refused: no thread or process could be started, or a file could not be written."""

    status = "SYSTEM"


class DeviceFailed(Error):
    """A device failed. `result` holds what the others counted."""

    status = "DEVICE_FAILED"


class TimedOut(Error):
    """A device did not respond in time. `result` holds what the others counted."""

    status = "TIMED_OUT"


class Mismatch(Error):
    """Counts disagree. `result` says which."""

    status = "MISMATCH"


class Interrupted(KeyboardInterrupt):
    """Ctrl-C ended the call. `result` is what had been counted until then, exactly; None if there is none."""

    def __init__(self, result: Any = None) -> None:
        super().__init__("interrupted")
        self.result = result


def error_of(status: str) -> type[Error]:
    """The class of a status."""
    return {kind.status: kind for kind in Error.__subclasses__()}.get(status, Error)
