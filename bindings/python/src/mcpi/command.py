"""The program mcpi, which is installed with this package."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

from mcpi.convert import FOLDER
from mcpi.errors import BadOption, Error, Interrupted, Mismatch, NoDevice

PROGRAM = FOLDER / "mcpi"

# Exit codes: docs/command-line.md.
_ERRORS: dict[int, type[Error]] = {2: BadOption, 3: Mismatch, 4: NoDevice}
_INTERRUPTED = (130, -signal.SIGINT)  # with and without a partial result


def _argument(name: str, value: Any) -> list[str]:
    option = "--" + name.replace("_", "-")
    if isinstance(value, (list, tuple)):
        return [option, ",".join(map(str, value))]
    return [option] if value is True else [option, str(value)]


def _arguments(options: dict[str, Any]) -> list[str]:
    given = ((name, value) for name, value in options.items() if value is not None and value is not False)
    return [argument for name, value in given for argument in _argument(name, value)]


def _wait(process: subprocess.Popen[str]) -> tuple[str, str, bool]:
    """What it prints, and whether there was a Ctrl-C. It gets each Ctrl-C of this process once: it is in a session of its
    own, so the terminal sends it none."""
    interrupted = False
    while True:
        try:
            return *process.communicate(), interrupted
        except KeyboardInterrupt:
            interrupted = True
            process.send_signal(signal.SIGINT)
        except BaseException:
            process.kill()
            raise


def command(name: str, *operands: str | os.PathLike[str], **options: Any) -> Any:
    """Run `mcpi NAME --json` with these operands and options, and return the JSON it prints.

    Options are the long ones of `mcpi help NAME`: `target_error=1e-4` is --target-error 1e-4, True gives an option without a
    value, a list is joined by commas. Ctrl-C is passed on to the program; then Interrupted is raised, with the JSON of
    what it had done, all or a part. Other exit codes than 0 raise an Error, with the text of standard error as its message.
    """
    line = [str(PROGRAM), name, "--json", "--quiet", *_arguments(options), "--", *(os.fspath(operand) for operand in operands)]
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)
    printed, errors, interrupted = _wait(process)
    result = json.loads(printed) if printed else None
    if interrupted or process.returncode in _INTERRUPTED:
        raise Interrupted(result)
    if process.returncode:
        raise _ERRORS.get(process.returncode, Error)(errors.strip() or f"mcpi {name}: exit code {process.returncode}", result)
    return result


def compare(**options: Any) -> Any:
    """Time the same darts on one core, all cores, each GPU and all devices: the JSON of `mcpi compare`.

    `compare(device="cpu", time="2s", rounds=3)`; see `command`, and docs/result.md for the JSON.
    """
    return command("compare", **options)


def scaling(**options: Any) -> Any:
    """Time 1, 2, 4, ... workers: the JSON of `mcpi scaling`. See `command`."""
    return command("scaling", **options)


def main() -> None:
    """Become the program mcpi."""
    os.execv(PROGRAM, ["mcpi", *sys.argv[1:]])
