"""From C to Python and back, by the names and types of the dataclasses in structs.py."""
from __future__ import annotations

import functools
import os
import typing
import weakref
from collections.abc import Callable
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mcpi import _declarations
from mcpi.errors import BadOption
from mcpi.structs import Records

T = TypeVar("T")

FOLDER = Path(__file__).parent
ffi: Any = _declarations.ffi
lib: Any = ffi.dlopen(str(FOLDER / "libmcpi.so"))

# C structs point to memory that Python owns.
_kept: weakref.WeakKeyDictionary[Any, list[Any]] = weakref.WeakKeyDictionary()


# ---- from C ----


def text(value: Any) -> str:
    """A C string; "" for NULL."""
    return str(ffi.string(value).decode(errors="replace")) if value else ""


@functools.cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls, include_extras=True)


def _field_type(struct: Any, name: str) -> Any:
    return dict(struct.fields)[name].type


def _enumerators(enum: Any) -> dict[str, int]:
    """Their short names: "off" for MCPI_VERIFY_OFF."""
    prefix = os.path.commonprefix(list(enum.relements)).rpartition("_")[0]
    return {name[len(prefix) + 1:].lower(): number for number, name in sorted(enum.elements.items())}


def _name(enum: Any, number: int) -> str:
    return {n: name for name, n in _enumerators(enum).items()}[number]


@functools.cache
def _dtype(struct: Any) -> np.dtype[np.void]:
    def of(kind: Any) -> Any:
        return _dtype(kind) if kind.kind == "struct" else np.dtype(f"u{ffi.sizeof(kind)}")

    return np.dtype([(name, of(member.type)) for name, member in struct.fields], align=True)


def _records(pointer: Any, count: int) -> Records:
    """A copy, which cannot be written to."""
    struct = ffi.typeof(pointer).item
    data = bytes(ffi.buffer(pointer, count * ffi.sizeof(struct))) if count else b""
    return np.frombuffer(data, _dtype(struct))


def _sequence(hint: Any, pointer: Any, count: int) -> Any:
    if hint == Records:
        return _records(pointer, count)
    return tuple(read(typing.get_args(hint)[0], pointer[i]) for i in range(count))


def _value(hint: Any, c: Any, name: str) -> Any:
    value = getattr(c, name)
    if typing.get_origin(hint) is typing.Annotated:
        return _sequence(hint.__origin__, value, getattr(c, hint.__metadata__[0]))
    if is_dataclass(hint):
        return read(typing.cast(type, hint), value)
    if typing.get_origin(hint) is tuple:
        return tuple(value)
    if hint is str:
        kind = _field_type(ffi.typeof(c), name)
        return _name(kind, value) if kind.kind == "enum" else text(value)
    return hint(value)


def read(cls: type[T], c: Any, **others: Any) -> T:
    """A dataclass with copies of the members of the C struct `c`, and `others` that C does not have."""
    members = {name: hint for name, hint in _hints(typing.cast(Any, cls)).items() if name not in others}
    return cls(**{name: _value(hint, c, name) for name, hint in members.items()}, **others)


def read_list(cls: type[T], struct: str, function: Callable[[Any, int], int]) -> tuple[T, ...]:
    """What the C function lists: it takes an array and its capacity, and returns the number of elements."""
    count = function(ffi.NULL, 0)
    array = ffi.new(f"{struct}[]", count)
    return tuple(read(cls, array[i]) for i in range(min(count, function(array, count))))


# ---- to C ----


def c_string(name: str, value: str | os.PathLike[str]) -> Any:
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise BadOption(f"{name} {value!r}: must not contain NUL characters")
    return ffi.new("char[]", encoded)


def _number_of(name: str, enum: Any, value: str) -> int:
    numbers = _enumerators(enum)
    if value not in numbers:
        raise BadOption(f"{name}: {value!r} is none of {', '.join(numbers)}")
    return numbers[value]


def _array(pointer: Any, records: Records) -> Any:
    """Memory of the array, or of a copy in the form that C needs."""
    return ffi.from_buffer(f"{pointer.item.cname}[]", np.ascontiguousarray(records, _dtype(pointer.item)))


def _c_value(name: str, kind: Any, value: Any) -> Any:
    if kind.kind == "enum":
        return _number_of(name, kind, value)
    if kind.kind in ("primitive", "struct"):
        return value
    if value is None:
        return ffi.NULL
    if isinstance(value, str):
        return c_string(name, value)
    if isinstance(value, np.ndarray):
        return _array(kind, value)
    return value


def write(c: Any, **values: Any) -> None:
    """Set members of a C struct. What they point to lives as long as the struct."""
    struct = ffi.typeof(c).item
    kept = _kept.setdefault(c, [])
    for name, value in values.items():
        try:
            kept.append(_c_value(name, _field_type(struct, name), value))
            setattr(c, name, kept[-1])
        except (TypeError, OverflowError) as error:
            raise type(error)(f"{name}: {error}") from None
