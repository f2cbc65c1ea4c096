"""As many processes as there are processors, unless memory is short."""

import os
from pathlib import Path

import pytest

from generator.base import machine

GB = 1_000_000_000


@pytest.fixture
def processors(monkeypatch: pytest.MonkeyPatch) -> int:
    """A machine of eight processors."""
    several = set(range(8))
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("processors are counted otherwise here")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: several)
    return len(several)


def system(root: Path, *, free: int, group: str = "", limits: dict[str, str] | None = None) -> Path:
    """The files of a system with so many bytes free, and limits of control groups."""
    files = {
        "proc/meminfo": f"MemTotal: 99999999 kB\nMemAvailable: {free // 1024} kB\n",
        "proc/self/cgroup": group,
        **(limits or {}),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def test_a_machine_with_memory_works_on_all_processors(tmp_path: Path, processors: int) -> None:
    assert machine.available(system(tmp_path, free=16 * GB)) == processors


def test_a_small_machine_starts_fewer_processes(tmp_path: Path, processors: int) -> None:
    found = machine.available(system(tmp_path, free=900_000_000))
    assert found == 2 < processors
    assert machine.MAIN_PROCESS + found * machine.WORKER < 900_000_000


def test_there_is_always_one_process(tmp_path: Path, processors: int) -> None:
    assert machine.available(system(tmp_path, free=1_000_000)) == 1 < processors


@pytest.mark.parametrize(
    ("group", "file"),
    [
        ("0::/user/build", "sys/fs/cgroup/user/build/memory.max"),
        ("0::/user/build", "sys/fs/cgroup/user/memory.max"),
        ("4:memory:/build", "sys/fs/cgroup/memory/build/memory.limit_in_bytes"),
        ("5:cpu,memory:/build", "sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ],
    ids=["v2", "v2-around", "v1", "v1-in-a-container"],
)
def test_a_limit_of_a_control_group_counts(
    tmp_path: Path, processors: int, group: str, file: str
) -> None:
    root = system(tmp_path, free=16 * GB, group=f"3:cpuset:/\n{group}\n", limits={file: f"{GB}\n"})
    assert machine.available(root) == 2 < processors


def test_a_group_without_a_limit_does_not_count(tmp_path: Path, processors: int) -> None:
    limits = {"sys/fs/cgroup/a/memory.max": "max\n"}
    root = system(tmp_path, free=16 * GB, group="0::/a\n", limits=limits)
    assert machine.available(root) == processors


def test_where_nothing_is_known_of_memory_processors_count(tmp_path: Path, processors: int) -> None:
    assert machine.available(tmp_path) == processors
