"""Counts, and what comes with them."""
from __future__ import annotations

import inspect
import subprocess
import typing
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, golden_rows

import mcpi
from mcpi import structs
from mcpi.convert import ffi


@pytest.mark.parametrize("row", golden_rows(10**9), ids=lambda row: "-".join(map(str, row.values())))
def test_golden(row: dict[str, int]) -> None:
    result = mcpi.run(row["n"], devices="cpu", seed=row["seed"], stream=row["stream"], first=row["first"])
    assert (result.hits, result.complete) == (row["hits"], True)
    assert result.estimate == mcpi.estimate(row["n"], row["hits"])
    assert result.estimate.pi == 4 * row["hits"] / row["n"]


def test_defaults_are_those_of_c(tmp_path: Path) -> None:
    header = tmp_path / "defaults.c"
    header.write_text('#include "mcpi/mcpi.h"\nDEFAULTS = MCPI_OPTIONS_DEFAULT')
    line = ["cc", "-E", "-P", "-I", str(ROOT / "include"), str(header)]
    text = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout
    names = {name: parameter.default for name, parameter in inspect.signature(mcpi.run).parameters.items()}
    values = text.rpartition("DEFAULTS = {")[2].rpartition("}")[0].split(",")
    members = [name for name, _ in ffi.typeof("mcpi_options").fields]
    assert len(members) == len(values)
    for member, value in zip(members, values):
        if member in names:
            assert c_text(member, names[member]) == value.strip().removesuffix("UL").removesuffix("L")


def c_text(member: str, value: object) -> str:
    """A default of `run` in the words of the header."""
    if member in ("pin", "verify", "workers"):
        return f"MCPI_{member}_{value}".upper()
    if isinstance(value, str):
        return f'"{value}"'
    return "((void *)0)" if value is None else str(int(value) if isinstance(value, bool) else value)


# Members that a dataclass leaves out: what Python has as the length of a sequence, and what has no meaning in it.
LEFT_OUT = {
    "Result": {"sharing", "worker_count", "per_worker"},
    "Recount": {"failure", "last"},
}
STRUCTS = {"Recount": "mcpi_recount_report", "StressRow": "mcpi_stress_row", "StressReport": "mcpi_stress_report",
           "DeviceResult": "mcpi_device_result", "KernelResult": "mcpi_kernel_result",
           "WorkerResult": "mcpi_worker_result", "VerifyResult": "mcpi_verify_result"}
CLASSES = [cls for cls in vars(structs).values() if isinstance(cls, type) and cls.__module__ == structs.__name__]


@pytest.mark.parametrize("cls", CLASSES)
def test_dataclasses_have_the_members_of_the_structs(cls: type) -> None:
    name = cls.__name__
    c = {member for member, _ in ffi.typeof(STRUCTS.get(name, f"mcpi_{name.lower()}")).fields}
    hints = typing.get_type_hints(cls, include_extras=True).values()
    counts = {count for hint in hints for count in getattr(hint, "__metadata__", ())} - {"workers"}
    python = {member.name for member in fields(cls)} - ({"state"} if name == "Result" else set())
    assert python == c - counts - LEFT_OUT.get(name, set())


def test_every_kind_of_worker_counts_the_same() -> None:
    for workers in "threads", "processes":
        result = mcpi.run(10**6, devices="cpu", threads=2, workers=workers)
        assert result.hits == 785850
        device = result.devices[0]
        assert device.in_processes == (workers == "processes")
        assert sum(worker.hits for worker in device.per_worker) == device.hits == 785850


def test_trace_points_are_counts() -> None:
    trace = mcpi.run(10**6, devices="cpu", trace=True).trace
    assert trace["darts"][0] == 10 and trace["darts"][-1] == 10**6
    for darts, hits in trace[:: len(trace) // 8]:
        assert mcpi.run(int(darts), devices="cpu").hits == hits


def test_parts_add_up() -> None:
    result = mcpi.run(10**7, devices="cpu", part_darts=2**20)
    assert len(result.parts) > 1
    assert result.parts["hits"].sum() == result.hits and result.parts["darts"].sum() == result.darts
    assert not result.parts.flags.writeable


def test_results_outlive_what_c_had() -> None:
    results = [mcpi.run(10**6, devices="cpu", seed=seed, trace=True) for seed in range(20)]
    for seed, result in enumerate(results):
        assert result.trace["hits"][-1] == result.hits == mcpi.run(10**6, devices="cpu", seed=seed).hits


def test_merge_of_shards_is_one_run() -> None:
    whole = mcpi.run(10**7, devices="cpu")
    shards = [mcpi.run(5 * 10**6, devices="cpu", first=first) for first in (5 * 10**6, 0)]
    merged = mcpi.merge(*shards)
    assert (merged.first, merged.goal) == (0, 10**7)
    assert merged.parts["hits"].sum() == whole.hits
    assert mcpi.merge(merged, mcpi.run(10**6, devices="cpu", first=10**7)).goal == 11 * 10**6
    assert mcpi.prefix(merged) == mcpi.Part(0, 10**7, whole.hits) and mcpi.gaps(merged) == ()
    with pytest.raises(mcpi.BadOption, match="argument 1 and argument 3"):
        mcpi.merge(*shards, shards[0])


def test_what_a_sum_lacks_is_counted() -> None:
    first, last = mcpi.run(10**6, devices="cpu"), mcpi.run(10**6, devices="cpu", first=3 * 10**6)
    merged = mcpi.merge(last, first)
    assert mcpi.prefix(merged) == mcpi.Part(0, 10**6, 785850)
    assert mcpi.gaps(merged) == (mcpi.Part(10**6, 2 * 10**6, 0),)
    whole = mcpi.run(merged.darts, devices="cpu", resume=merged)
    assert (whole.resumed_darts, whole.hits) == (2 * 10**6, mcpi.run(4 * 10**6, devices="cpu").hits)


def test_sampling() -> None:
    assert mcpi.miss_probability(10, 1, 4) == pytest.approx(0.6)


def test_verify_finds_a_changed_count() -> None:
    result = mcpi.run(10**7, devices="cpu", part_darts=2**20)
    report = mcpi.verify(result, devices="cpu")
    assert (report.disagreements, report.darts, len(report.parts)) == (0, 10**7, len(result.parts))
    assert (report.parts["claim"]["hits"] == report.parts["hits"]).all()

    parts = result.state.parts.copy()
    parts["hits"][1] += 1
    with pytest.raises(mcpi.Mismatch) as caught:
        mcpi.verify(replace(result.state, parts=parts), devices="cpu")
    recounted = caught.value.result.parts
    wrong = recounted[recounted["claim"]["hits"] != recounted["hits"]]
    assert caught.value.result.disagreements == len(wrong) == 1
    assert wrong["claim"]["first"][0] == parts["first"][1]


def test_a_checkpoint_continues(tmp_path: Path) -> None:
    name = tmp_path / "pi.state"
    with mcpi.Checkpoint(name) as checkpoint:
        part = mcpi.run(2**62, devices="cpu", threads=2, save=checkpoint.save, stop=lambda: True)
        with pytest.raises(mcpi.BadOption, match="pi.state"):
            mcpi.Checkpoint(name)
    state = mcpi.load(name)
    assert (state.seed, state.darts, state.verify) == (0, 2**62, "on")
    # The rest of the run is as long as the first part.
    shorter = replace(state, darts=2 * part.darts + 10, goal=2 * part.darts + 10)
    rest = mcpi.run(shorter.darts, devices="cpu", resume=shorter)
    assert rest.resumed_darts >= part.darts
    assert rest.hits == mcpi.run(shorter.darts, devices="cpu").hits
    with pytest.raises(mcpi.Error, match="missing") as caught:
        mcpi.command("merge", name)
    assert caught.value.result["darts"] == state.parts["darts"].sum()
    (tmp_path / "bad").write_text("no state")
    with pytest.raises(mcpi.BadOption, match="bad"):
        mcpi.load(tmp_path / "bad")


DARTS = """
#include <stdio.h>
#include "mcpi/dart.h"
int main(void)
{
    for (uint64_t dart = 12345; dart < 12345 + 1001; dart++) {
        const mcpi_words words = mcpi_block(42, 7, dart / 2);
        const uint32_t *const w = words.w + dart % 2 * 2;
        printf("%d %d %u\\n", (int32_t)w[0], (int32_t)w[1], mcpi_dart(42, 7, dart));
    }
}
"""


def test_board_has_the_darts_of_the_definition(tmp_path: Path) -> None:
    (tmp_path / "darts.c").write_text(DARTS)
    program = tmp_path / "darts"
    subprocess.run(["cc", "-I", ROOT / "include", "-o", program, tmp_path / "darts.c"], check=True)
    defined = np.loadtxt(subprocess.run([program], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines())
    board = mcpi.board(1001, seed=42, stream=7, first=12345)
    assert (np.stack(board, axis=1) == defined).all()


@pytest.mark.parametrize("row", golden_rows(10**6), ids=lambda row: "-".join(map(str, row.values())))
def test_board_has_the_golden_hits(row: dict[str, int]) -> None:
    board = mcpi.board(row["n"], seed=row["seed"], stream=row["stream"], first=row["first"])
    assert board.hits.sum() == row["hits"]
    assert board.hits.dtype == np.bool_ and board.x.dtype == np.int32


def test_machine() -> None:
    cpu = mcpi.devices()[0]
    assert (cpu.id, cpu.kind, cpu.available) == ("cpu", "cpu", True)
    kernels = mcpi.kernels("cpu")
    assert cpu.kernel in {kernel.name for kernel in kernels if kernel.available}
    topology = mcpi.topology()
    assert topology.threads >= topology.cores >= 1 and topology.workers >= 1
    with pytest.raises(mcpi.NoDevice, match="gpu:77"):
        mcpi.kernels("gpu:77")
    assert mcpi.throttle_reasons(0b101) == ("gpu_idle", "sw_power_cap")


def test_commands() -> None:
    compared = mcpi.compare(device="cpu", threads=[1, 2], time="0.1s", rounds=2, samples=10**6)
    assert len(compared["rows"]) >= 2
    scaled = mcpi.scaling(device="cpu", threads=[1, 2], samples=10**6, rounds=1)
    assert [step["workers"] for step in scaled["steps"]] == [1, 2]
    with pytest.raises(mcpi.BadOption, match="--rounds"):
        mcpi.compare(rounds="many")
    with pytest.raises(mcpi.NoDevice):
        mcpi.compare(device="cpu", expect="gpu=99", time="0.1s")
    version = subprocess.run([Path(mcpi.__file__).parent / "mcpi", "version"], stdout=subprocess.PIPE, text=True)
    assert version.stdout.split()[1] == mcpi.__version__
