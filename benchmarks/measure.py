"""What a command costs: seconds, processor seconds, memory of all its processes together."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    with _started(command, folder, environment) as process:
        # Unlike Popen.wait, wait4 says what this one child and its own children used.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def peak_memory(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run `command` and return the most bytes that its processes held together at one moment.

    Memory that several processes share counts once (PSS). Sampling walks page tables and slows
    the command by a third or more, so this run's time says nothing. 0 where there is no /proc.
    """
    peak = 0
    with _started(command, folder, environment) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_shared_memory, _tree(process.pid))))
            time.sleep(_INTERVAL)
    return peak


@contextmanager
def _started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start `command`, which the caller waits for; CalledProcessError with its words if it fails.

    What it says on standard error goes to a file, which cannot fill up as a pipe would.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        yield process
        said.seek(0)
        words = said.read().decode(errors="replace")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=words)
    sys.stderr.write(words)


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
