"""Runs the examples of docs/python.md. An example that waits for Ctrl-C gets it when the run has made progress."""
from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from conftest import ROOT

EXAMPLES = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "python.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def interrupt(_progress: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    exec("import mcpi\n" + example.replace("progress=print", "progress=interrupt"), {"interrupt": interrupt})
