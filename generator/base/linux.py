"""What Linux has and Python's `os` has not: leases, new memory for a file, one disk flushed."""

import ctypes
import fcntl
import mmap
import os
import signal
from pathlib import Path
from typing import Final

_ZERO_AND_KEEP_SIZE: Final = 0x11

_system: Final = ctypes.CDLL(None, use_errno=True)


def lease(descriptor: int) -> None:
    """Has whoever opens a file, opened for writing, wait until it is closed.

    OSError: somebody has it open already, or it is another user's.
    """
    fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # who waits sends it; SIGIO would kill
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)


def renew(descriptor: int) -> int:
    """Fills a file with zeros, in its blocks of the disk, but in other pages of memory; its size.

    OSError: the file system cannot do that.
    """
    size = os.fstat(descriptor).st_size
    pages = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
    if pages:
        _call("fallocate", descriptor, _ZERO_AND_KEEP_SIZE, 0, pages)
    return size


def flush(folder: Path) -> None:
    """Returns when all that was written to the file system of `folder` is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _call("syncfs", descriptor)
    finally:
        os.close(descriptor)


def _call(function: str, *arguments: int) -> None:
    if getattr(_system, function)(*map(ctypes.c_long, arguments)):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def file_system(folder: Path) -> str:
    """The kind of file system that `folder` lies on, such as "ext4"; "" where that is not known."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = (line.split() for line in mounts.splitlines())
    kinds = (line[line.index("-") + 1] for line in lines if line[2] == number)
    return next(kinds, "")
