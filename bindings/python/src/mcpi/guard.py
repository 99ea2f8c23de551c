"""Calls of C functions that call back into Python."""
from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from mcpi.convert import ffi, lib, text
from mcpi.errors import Error, Interrupted, Stopped, error_of

T = TypeVar("T")


def require_callable(function: object) -> None:
    if not callable(function):
        raise TypeError(f"{function!r}: must be a function")


class Guard:
    """Carries exceptions of Python functions over a C function that calls them.

    The first one stops the C function, and is raised when that has returned. Ctrl-C raises KeyboardInterrupt in the
    function `stop`, which C calls about twenty times a second.
    """

    def __init__(self) -> None:
        self._raised: BaseException | None = None
        self._request = 0

    def _keep(self, _kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
        # A second Ctrl-C does not wait for ranges in flight.
        self._request = lib.MCPI_STOP_AT_ONCE if self._raised else lib.MCPI_STOP
        self._raised = self._raised or error

    def callback(self, signature: str, function: Callable[..., Any], otherwise: int | None = None) -> Any:
        """A C function. It returns `otherwise` if the Python function raises an exception, or has to be left out
        because one did."""

        def call(*arguments: Any) -> Any:
            return otherwise if self._raised else function(*arguments)

        return ffi.callback(signature, call, error=otherwise, onerror=self._keep)

    def stop(self, function: Callable[[], int] | None) -> Any:
        """The C function that tells C to stop."""
        if function is not None:
            require_callable(function)

        def call(_user: Any) -> int:
            if self._raised or function is None:
                return self._request
            return int(function())

        return ffi.callback("int(void *)", call, error=lib.MCPI_STOP, onerror=self._keep)

    def call(self, function: Callable[..., int], *arguments: Any) -> Any:
        """Call a C function that returns a status. Returns its mcpi_error."""
        error = ffi.new("mcpi_error *")
        try:
            function(*arguments, error)
        except KeyboardInterrupt as interrupt:  # Ctrl-C after the last call of `stop`
            self._keep(KeyboardInterrupt, interrupt, None)
        return error

    def result_of(self, function: Callable[..., int], *arguments: Any, kind: str, read: Callable[[Any], T],
                  free: Callable[[Any], None]) -> T:
        """What the C function returns through a pointer to a `kind`, read and freed. If the function fails or is
        interrupted, the exception has it."""
        c = ffi.new(f"{kind} **")
        error = self.call(function, *arguments, c)
        try:
            result = read(c[0]) if c[0] else None
        finally:
            free(c[0])
        self._check(error, result)
        assert result is not None
        return result

    def _check(self, error: Any, result: Any = None) -> None:
        """Raise what stopped the function, or its own error."""
        if isinstance(self._raised, KeyboardInterrupt):
            raise Interrupted(result) from self._raised
        if self._raised:
            raise self._raised from Stopped(text(error.message), result)
        if error.status != lib.MCPI_STOPPED:
            check(error, result)


def check(error: Any, result: Any = None) -> None:
    """Raise the exception of an mcpi_error."""
    if error.status != lib.MCPI_OK:
        kind: type[Error] = error_of(text(lib.mcpi_status_name(error.status)))
        raise kind(text(error.message), result)
