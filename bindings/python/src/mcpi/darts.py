"""Single darts, and what follows from counts."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mcpi.convert import ffi, lib, read
from mcpi.guard import check
from mcpi.structs import Estimate


class Board(NamedTuple):
    """Darts on the board: the square [-2**31, 2**31) around a disc with the radius 2**31."""

    x: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    hits: npt.NDArray[np.bool_]


def board(darts: int = 4000, *, seed: int = 0, stream: int = 0, first: int = 0) -> Board:
    """The darts [first, first + darts) themselves, as mcpi/dart.h defines them."""
    x, y, hits = np.empty(darts, np.int32), np.empty(darts, np.int32), np.empty(darts, np.bool_)
    error = ffi.new("mcpi_error *")
    lib.mcpi_list_darts(seed, stream, first, darts, ffi.from_buffer("int32_t[]", x), ffi.from_buffer("int32_t[]", y),
                        ffi.from_buffer("uint8_t[]", hits), error)
    check(error)
    return Board(x, y, hits)


def estimate(darts: int, hits: int) -> Estimate:
    """The estimate of pi from `hits` of `darts`; hits <= darts <= 2**63."""
    return read(Estimate, lib.mcpi_estimate_from(darts, hits))


def miss_probability(count: int, wrong: int, sampled: int) -> float:
    """The probability that a sample of `sampled` of `count` parts has none of the `wrong` ones."""
    return float(lib.mcpi_miss_probability(count, wrong, sampled))
