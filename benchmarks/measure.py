"""What a command costs: seconds, processor seconds, memory of all its processes together."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_INTERVAL = 0.02


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: `wall` and `cpu` (user and system, all processes) in seconds."""

    wall: float
    cpu: float


def cost(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run `command` in `folder` and say what it cost; CalledProcessError if it fails."""
    start = time.perf_counter()
    process = _start(command, folder, environment)
    # Unlike Popen.wait, wait4 says what this one child and its own children used.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(process)
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def peak_memory(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run `command` and return the most bytes that its processes held together at one moment.

    Memory that several processes share counts once (PSS). Sampling walks page tables and slows
    the command by a third or more, so this run's time says nothing. 0 where there is no /proc.
    """
    process = _start(command, folder, environment)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_shared_memory, _tree(process.pid))))
        time.sleep(_INTERVAL)
    _check(process)
    return peak


def _start(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )


def _check(process: "subprocess.Popen[bytes]") -> None:
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)


def _tree(pid: int) -> Iterator[int]:
    """The process `pid` and all that it and its children started and that still run."""
    yield pid
    for children in _PROC.glob(f"{pid}/task/*/children"):
        try:
            found = children.read_text()
        except OSError:  # it has ended meanwhile
            continue
        for child in found.split():
            yield from _tree(int(child))


def _shared_memory(pid: int) -> int:
    """The process's share of memory in bytes; 0 when it has ended."""
    try:
        rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
