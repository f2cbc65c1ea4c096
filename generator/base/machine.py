"""What the machine lets this process have: processors, and memory for processes on them."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path("/")

MAIN_PROCESS: Final = 350_000_000
"""Bytes that the process which knows the whole portal takes, with 10,000 articles: 313 MB."""

WORKER: Final = 250_000_000
"""Bytes that a worker takes on top: 150 MB for its part of 10,000 articles, 90 MB for Typst."""


def available(root: Path = ROOT) -> int:
    """How many processes may work at once: one for each processor that this one may use, fewer
    where memory does not suffice, at least one.

    `root` is where the system's own files are.
    """
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    memory = _memory(root)
    if memory is None:
        return processors
    return max(1, min(processors, (memory - MAIN_PROCESS) // WORKER))


def _memory(root: Path) -> int | None:
    """Bytes that can be had, and that limits of control groups allow; None where Linux is not."""
    found = [*_available(root), *_limits(root)]
    return min(found, default=None)


def _available(root: Path) -> Iterator[int]:
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024


def _limits(root: Path) -> Iterator[int]:
    """The limits of the groups that this process is in, and of those around them."""
    groups = root / "sys/fs/cgroup"
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, group = line.split(":", 2)
        if not controllers:  # Version 2.
            folder, name = groups, "memory.max"
        elif "memory" in controllers.split(","):
            folder, name = groups / "memory", "memory.limit_in_bytes"
        else:
            continue
        inner = PurePosixPath(group.lstrip("/"))
        for each in (inner, *inner.parents):
            yield from (int(limit) for limit in _lines(folder / each / name) if limit.isdecimal())


def _lines(file: Path) -> list[str]:
    """The lines of one of the system's files; none where it is not, as in another's group."""
    with suppress(OSError, UnicodeDecodeError):
        return file.read_text("utf-8").splitlines()
    return []
