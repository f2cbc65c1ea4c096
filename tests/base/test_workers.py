"""Workers that die, hang, raise or are slow: all else is done, and no process is left over."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from generator.base import aside, workers
from generator.base.scan import RACY_NS
from generator.base.workers import WorkerPool, run
from generator.front_matter import reader  # noqa: F401 (forked workers need not load it anew)
from generator.load import sources
from generator.markdown import convert
from tests.portals import ROOT, TestPortal

pytestmark = pytest.mark.system

BUDGET = 1.0
"""Seconds; long enough for an idle worker on a busy machine."""


@pytest.fixture(autouse=True)
def _nobody_is_left_over() -> Iterator[None]:
    before = {child.pid for child in active_children()}
    yield
    assert {child.pid for child in active_children()} <= before


def obey(task: tuple[int, str]) -> int:
    """What a worker is told: to return a number, or something worse before."""
    number, order = task
    match order:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "leave":
            raise SystemExit(3)
        case "hang":
            time.sleep(3600)
        case "spin":
            while True:
                pass
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "ignore":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(3600)
        case "raise":
            raise ValueError(number)
        case "unpicklable":
            return lambda: number  # type: ignore[return-value]
    return number * 10


def results(
    orders: Sequence[str], *, jobs: int = 2, budget: float = BUDGET, batch: int = 4, ahead: int = 0
) -> dict[int, object]:
    """The result of each task, or why there is none, by its place."""
    tasks = list(enumerate(orders))
    found = list(run(obey, tasks, jobs=jobs, budget=budget, batch=batch, ahead=ahead))
    assert len({place for place, _ in found}) == len(found)
    return dict(found)


@pytest.mark.parametrize("jobs", [1, 2, 8])
@pytest.mark.parametrize("batch", [1, 4, 16])
@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_each_task_has_its_result(jobs: int, batch: int, ahead: int, count: int) -> None:
    found = results([""] * count, jobs=jobs, batch=batch, ahead=ahead)
    assert found == {n: n * 10 for n in range(count)}


def test_neighbours_are_done_by_one_worker_as_long_as_both_have_something_to_do() -> None:
    def who(_task: int) -> int:
        time.sleep(0.01)
        return os.getpid()

    found = dict(run(who, range(40), jobs=2, budget=BUDGET, batch=1, ahead=1))
    assert found[0] != found[39]
    firsts = [place for place in found if found[place] == found[0]]
    assert sorted(firsts) == list(range(len(firsts)))


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_worker_has_its_next_task_at_hand(tmp_path: Path, ahead: int) -> None:
    """While the parent does something with a result."""

    def touches(task: int) -> None:
        (tmp_path / str(task)).touch()

    going = run(touches, range(3), jobs=1, budget=BUDGET, batch=1, ahead=ahead)
    assert next(going) == (0, None)
    until = time.monotonic() + (60 if ahead else 0.3)
    while time.monotonic() < until and not (tmp_path / "1").exists():
        time.sleep(0.01)
    assert (tmp_path / "1").exists() == bool(ahead)
    assert [place for place, _ in going] == [1, 2]


@pytest.mark.parametrize(("jobs", "ahead"), [(1, 0), (2, 0), (1, 1), (2, 3)])
@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("die", "died"), ("exit", "died"), ("leave", "died"), ("unpicklable", "died"),
        ("hang", "slow"), ("spin", "slow"), ("stop", "slow"), ("ignore", "slow"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_lost_task_costs_no_other(
    jobs: int, ahead: int, order: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if order != "spin":
        monkeypatch.setattr(workers, "PATIENCE", 1)  # else these would be waited for
    places = {2, 5, 11}
    orders = [order if n in places else "" for n in range(12)]
    expected = {n: why if n in places else n * 10 for n in range(12)}
    assert results(orders, jobs=jobs, ahead=ahead) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processor time is not known here")
def test_a_busy_machine_costs_no_task() -> None:
    """Whoever gets no processor takes long, and takes no time."""

    def waits(task: int) -> int:
        time.sleep(1.5 * BUDGET)
        return task

    assert dict(run(waits, range(2), jobs=2, budget=BUDGET, batch=1)) == {0: 0, 1: 1}


def test_all_tasks_may_be_lost() -> None:
    assert results(["die"] * 9) == dict.fromkeys(range(9), "died")


def test_what_the_function_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="7"):
        results(["raise" if n == 7 else "" for n in range(12)])


def test_a_budget_is_for_one_task_and_not_for_all() -> None:
    def slowly(task: int) -> int:
        time.sleep(0.3)
        return task

    found = dict(run(slowly, range(8), jobs=1, budget=BUDGET, batch=8))
    assert found == {n: n for n in range(8)}


def test_who_takes_its_time_with_the_results_loses_none() -> None:
    """A build writes to the disk between them, and a disk may be slow."""
    found = {}
    for place, result in run(obey, [(n, "") for n in range(6)], jobs=2, budget=0.4, batch=1):
        time.sleep(0.5)
        found[place] = result
    assert found == {n: n * 10 for n in range(6)}


def test_a_worker_may_die_in_the_middle_of_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    serve = workers._serve

    def half(connection: Any, function: Callable[[Any], Any], *others: Any) -> None:
        def answer(task: tuple[int, str]) -> int:
            if task[1] == "half":
                os.write(connection.fileno(), b"\x00\x00\x01\x00only a part")
                os._exit(1)
            return int(function(task))

        serve(connection, answer, *others)

    monkeypatch.setattr(workers, "_serve", half)
    found = results(["", "half", "", "", "", ""])
    assert found == {0: 0, 1: "died", 2: 20, 3: 30, 4: 40, 5: 50}


def test_large_tasks_and_results_pass() -> None:
    big = b"x" * 3_000_000
    found = dict(run(len, [big] * 6, jobs=2, budget=10, batch=2))
    assert found == dict.fromkeys(range(6), len(big))


def test_who_breaks_off_leaves_no_process() -> None:
    going = run(obey, [(n, "hang" if n else "") for n in range(8)], jobs=2, budget=60, batch=1)
    assert next(iter(going)) == (0, 0)
    going.close()  # type: ignore[attr-defined]


def test_a_crew_serves_several_runs_and_survives_a_loss_between_them() -> None:
    pool: WorkerPool[tuple[int, str], int] = WorkerPool(obey, jobs=2, budget=BUDGET, batch=1)
    try:
        for _ in range(3):
            assert dict(pool.run([(0, ""), (1, "die"), (2, "")])) == {0: 0, 1: "died", 2: 20}
            for child in active_children():
                with suppress(ProcessLookupError):
                    os.kill(child.pid or 0, signal.SIGKILL)
                child.join()
        with pytest.raises(ValueError, match="0"):
            list(pool.run([(0, "raise"), (1, ""), (2, "")]))
        assert dict(pool.run([(0, ""), (1, "")])) == {0: 0, 1: 10}
    finally:
        pool.close()


def test_a_crew_that_gets_no_new_process_says_why_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    pool: WorkerPool[tuple[int, str], int] = WorkerPool(obey, jobs=1, budget=BUDGET, batch=1)
    pool.start_workers(1)

    def refuse(_process: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(workers.CONTEXT.Process, "start", refuse)
    with pytest.raises(BlockingIOError):
        list(pool.run([(0, "die"), (1, "")]))
    pool.close()
    assert not active_children()


def beget(order: str) -> int:
    """Starts a process that never ends, and says which; "spin": never ends itself."""
    if order == "spin":
        obey((0, "spin"))
    child = os.fork()
    if not child:
        time.sleep(3600)
    return child


def test_a_process_apart_has_children_that_end_with_it_and_is_begun_anew() -> None:
    pool: WorkerPool[str, int] = WorkerPool(beget, jobs=1, budget=BUDGET, batch=1, apart=True)
    try:
        ((_, child),) = pool.run([""])
        assert isinstance(child, int)
        assert runs(child)
        assert list(pool.run(["spin"], budget=0.2)) == [(0, "slow")]
        assert ends(child)
        ((_, other),) = pool.run([""])
        assert isinstance(other, int)
    finally:
        pool.close()
    assert ends(other)


ORPHANS = """
import os, sys, time
from generator.base.workers import WorkerPool
def obey(task):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece: others write there, too
    while task == "spin":
        pass
    return task
pool = WorkerPool(obey, jobs=2, budget={budget}, batch=1)
for number, _ in enumerate(pool.run(["a", "b"])):
    pass
print("ready", flush=True)
for _ in pool.run({tasks}):
    pass
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("tasks", "budget"), [([], 60), (["a", "spin"], 1.5), (["spin", "spin"], 1.5)]
)
def test_workers_end_when_their_parent_is_killed(tasks: list[str], budget: float) -> None:
    """Whether they wait for work or will never be done with it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS.format(tasks=tasks, budget=budget)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout
    pids = set()
    while (line := parent.stdout.readline()) != "ready\n":
        pids.add(int(line))
    pids |= {int(parent.stdout.readline()) for task in tasks if task == "spin"}
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert all(map(ends, pids))


def ends(pid: int) -> bool:
    """Whether a process is gone within a minute."""
    until = time.monotonic() + 60
    while runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not runs(pid)


def runs(pid: int) -> bool:
    """Whether there is such a process, and not only its body that nobody has fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2][1] != "Z"
    except OSError:
        return False


# In a build.

ENDLESS = "`a " * 300_000
"""A text that keeps Markdown busy for half a minute or more."""


def test_a_text_that_takes_too_long_is_a_mistake_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/gut.md")
    portal.build()
    before = portal.files()
    monkeypatch.setattr(sources, "BUDGET", 2.0)
    portal.article("2026/05/endlos.md", ENDLESS)
    portal.article("2026/05/falsch.md", titel_x="x")
    portal.article("2026/05/neu.md")
    found = {(problem.path, problem.name) for problem in portal.mistakes(jobs=2)}
    assert found == {
        ("content/2026/05/endlos.md", "took-too-long"),
        ("content/2026/05/falsch.md", "key-misspelt"),
    }
    assert portal.files() == before
    portal.article("2026/05/endlos.md", "Kurz.")
    portal.article("2026/05/falsch.md")
    assert portal.build().articles == 4


def test_a_source_that_kills_its_process_is_a_mistake_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = convert.convert

    def deadly(text: str, **options: Any) -> Any:
        if "Stirb" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(text, **options)

    monkeypatch.setattr(convert, "convert", deadly)
    portal = TestPortal.small(tmp_path / "portal")
    for number in range(20):
        portal.article(f"2026/05/a{number}.md", "Stirb" if number == 7 else "Gut.")
    time.sleep(2 * RACY_NS / 1e9)  # after that the file is known not to have changed
    (found,) = portal.mistakes()
    assert (found.path, found.name) == ("content/2026/05/a7.md", "worker-died")
    monkeypatch.undo()
    assert portal.build().read == 1, "it is tried again, and not remembered as hopeless"


# Aside.


def test_a_call_aside_gives_its_result_as_often_as_asked() -> None:
    result = aside.call(lambda: {"a", "b"})
    assert result() == {"a", "b"}
    assert result() == {"a", "b"}


def test_a_call_aside_that_is_lost_is_made_here() -> None:
    here = os.getpid()

    def die_elsewhere() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "here"

    assert aside.call(die_elsewhere)() == "here"


def test_a_call_aside_that_fails_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        aside.call(lambda: 1 / 0)()
