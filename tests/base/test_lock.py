"""One holder at a time, among real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.base.lock import hold
from generator.base.problems import PortalError

HOLD = """
import sys, time
from pathlib import Path
from generator.base.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""

COUNT = """
import sys, time
from pathlib import Path
from generator.base.lock import hold
from generator.base.problems import PortalError
lock, counter, wait = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
try:
    with hold(lock, wait=wait):
        number = int(counter.read_text())
        time.sleep(0.02)
        counter.write_text(str(number + 1))
except PortalError as error:
    sys.exit(f"gave way: {error}")
"""

FORK = """
import os, sys, time
from pathlib import Path
from generator.base.lock import hold
with hold(Path(sys.argv[1])):
    if os.fork() == 0:
        time.sleep(60)
    print("held", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def started(program: str, lock: Path) -> "subprocess.Popen[str]":
    process = start(program, lock)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = started(HOLD, lock)
    with pytest.raises(PortalError) as caught, hold(lock, wait=0.2):
        pass
    end(holder)
    (problem,) = caught.value.problems
    assert problem.name == "build-runs"
    values = dict(problem.values)
    assert values["pid"] == str(holder.pid)
    assert values["since"].startswith(time.strftime("%Y-%m-%d "))


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    end(started(HOLD, lock))
    with hold(lock):
        assert lock.read_text().startswith(f"{os.getpid()} ")


def test_within_one_process_it_holds_as_well(tmp_path: Path) -> None:
    with hold(tmp_path / "lock"), pytest.raises(PortalError), hold(tmp_path / "lock"):
        pass
    with hold(tmp_path / "lock"):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_worker_does_not_hold_on_when_its_parent_was_killed(tmp_path: Path) -> None:
    parent = started(FORK, tmp_path / "lock")
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    with hold(tmp_path / "lock", wait=5):
        pass
    # The worker still has our end of its pipes; it ends by itself.
    for stream in (parent.stdout, parent.stderr):
        assert stream
        stream.close()


@pytest.mark.system
def test_twenty_at_once_take_turns_or_give_way(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    waits = [60.0] * 16 + [0.0] * 4
    processes = [start(COUNT, tmp_path / "lock", counter, wait) for wait in waits]
    said = [process.communicate()[1] for process in processes]
    succeeded = [process.returncode == 0 for process in processes]
    assert all(succeeded[:16])
    assert all("gave way" in text for text, well in zip(said, succeeded, strict=True) if not well)
    assert int(counter.read_text()) == sum(succeeded)
