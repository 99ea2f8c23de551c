"""Runs the notebook. CHAPTER names a file for the executed one, to look at."""
from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")
pytest.importorskip("ipykernel")

CHAPTER = Path(__file__).parents[1] / "chapter.ipynb"


def test_chapter_runs() -> None:
    notebook = nbformat.read(CHAPTER, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), "commit the notebook without outputs"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": CHAPTER.parent}}).execute()
    if "CHAPTER" in os.environ:
        nbformat.write(notebook, os.environ["CHAPTER"])
    shown = [output.data["image/png"] for cell in code for output in cell.outputs if "image/png" in output.get("data", {})]
    assert len(shown) == sum("plt.show()" in cell.source for cell in code)
    assert all(base64.b64decode(picture).startswith(b"\x89PNG") for picture in shown)
