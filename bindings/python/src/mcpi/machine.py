"""What this machine has to count with."""
from __future__ import annotations

from typing import Any

from mcpi.convert import ffi, lib, read, read_list, text
from mcpi.errors import NoDevice
from mcpi.structs import Device, Kernel, Topology


def devices() -> tuple[Device, ...]:
    """The devices, both those that can count and those that cannot."""
    return read_list(Device, "mcpi_device", lib.mcpi_list_devices)


def kernels(device: str = "cpu") -> tuple[Kernel, ...]:
    """The counting kernels of the device with this id, such as "cpu" or "gpu:0"."""
    known = ffi.new("mcpi_device[]", lib.mcpi_list_devices(ffi.NULL, 0))
    lib.mcpi_list_devices(known, len(known))
    for c in known:
        if text(c.id) == device:
            return _kernels_of(c)
    raise NoDevice(f"{device}: there is no such device; there are {', '.join(text(c.id) for c in known)}")


def _kernels_of(device: Any) -> tuple[Kernel, ...]:
    pointer = ffi.addressof(device)
    return read_list(Kernel, "mcpi_kernel", lambda array, capacity: lib.mcpi_list_kernels(pointer, array, capacity))


def topology() -> Topology:
    """The processors that this process may use. Each call reads them again."""
    c = ffi.new("mcpi_topology *")
    lib.mcpi_read_topology(c)
    return read(Topology, c[0])


def throttle_reasons(throttle: int) -> tuple[str, ...]:
    """The names of the bits of Reading.throttle, as NVML has them."""
    names = (text(lib.mcpi_throttle_name(bit)) for bit in range(throttle.bit_length()))
    return tuple(name for bit, name in enumerate(names) if throttle >> bit & 1)
