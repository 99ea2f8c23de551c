"""What the tests share."""
from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def golden_rows(most_darts: int) -> list[dict[str, int]]:
    """Counts that other programs computed."""
    with open(ROOT / "tests" / "golden.tsv") as file:
        rows = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file, delimiter="\t")]
    return [row for row in rows if 0 < row["n"] <= most_darts]


@pytest.fixture
def python() -> PythonRunner:
    return PythonRunner()


class PythonRunner:
    """Starts Python programs in processes of their own."""

    def start(self, program: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)

    def run(self, program: str, seconds: float = 120) -> str:
        """What it prints."""
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=seconds)
        assert done.returncode == 0
        return done.stdout
