"""Failing GPUs, on the CUDA simulator of tests/simcuda/. SIMCUDA is its command, MCPI_SIM_LIBRARY the library that uses it."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mcpi

pytestmark = pytest.mark.skipif("SIMCUDA" not in os.environ, reason="no simulated GPUs")

PROGRAM = """
import json, sys, mcpi
try:
    result = mcpi.run({darts}, devices="gpu", {options})
    status = "OK"
except mcpi.Error as error:
    result, status = error.result, type(error).__name__
print(json.dumps([status, result.complete, result.darts, result.hits, [d.failure for d in result.devices]]))
"""


def run(folder: Path, simulator: list[str], darts: int = 10**7, options: str = "") -> Any:
    """The package with the simulator's library: what it counts, in a process of its own."""
    package = folder / "mcpi"
    package.mkdir()
    for file in Path(mcpi.__file__).parent.iterdir():
        (package / file.name).symlink_to(os.environ["MCPI_SIM_LIBRARY"] if file.name == "libmcpi.so" else file)
    line = [os.environ["SIMCUDA"], "--preload", "--fp64-ratio", "64", *simulator, "--", sys.executable, "-c",
            PROGRAM.format(darts=darts, options=options)]
    done = subprocess.run(line, env={**os.environ, "PYTHONPATH": str(folder)}, stdout=subprocess.PIPE, text=True, timeout=300)
    return json.loads(done.stdout)


def test_gpus_count_the_same(tmp_path: Path) -> None:
    assert run(tmp_path, ["--devices", "2"]) == ["OK", True, 10**7, 7854924, ["", ""]]


def test_a_gpu_that_fails_is_left_out(tmp_path: Path) -> None:
    failure = "kind=kernel,dev=1,nth=2,error=cudaErrorECCUncorrectable"
    status, complete, _, hits, failures = run(tmp_path, ["--devices", "2", "--fail", failure])
    assert (status, complete, hits) == ("OK", True, 7854924)
    assert failures[0] == "" and "cudaErrorECCUncorrectable" in failures[1]


def test_the_only_gpu_fails(tmp_path: Path) -> None:
    status, complete, darts, hits, failures = run(tmp_path, ["--devices", "1", "--fail", "kind=kernel,nth=3"])
    assert (status, complete) == ("DeviceFailed", False) and failures[0]
    assert darts == 0 or hits == mcpi.run(darts, devices="cpu").hits


def test_the_only_gpu_hangs(tmp_path: Path) -> None:
    status, complete, _, _, failures = run(tmp_path, ["--devices", "1", "--fail", "kind=hang,nth=2"])
    assert (status, complete) == ("TimedOut", False) and "hangs" in failures[0]


def test_the_only_gpu_counts_wrong(tmp_path: Path) -> None:
    status, complete, _, _, failures = run(tmp_path, ["--devices", "1", "--fail", "kind=flip,dev=0,nth=2,bit=3"],
                                           options='verify="full"')
    assert (status, complete) == ("Mismatch", False) and failures[0]
