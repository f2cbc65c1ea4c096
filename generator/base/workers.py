"""Worker processes: the same function over many tasks, each within a time budget.

A worker that dies or hangs is ended and replaced; its task is given up, all others are done.  The
budget is one of processor time, so that nothing is given up because the machine is busy.
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar
from weakref import WeakSet

from generator.base.aside import FORKS, wait_for_all, waiting

T = TypeVar("T")
R = TypeVar("R")

Lost = Literal["died", "slow"]
"""Why a task has no result."""

BATCH: Final = 16
"""Tasks given to a worker at once, so that it need not wait for the next one."""

PATIENCE: Final = 6 if hasattr(signal, "setitimer") else 1
"""So many budgets may go by on the clock; where processor time is not known, one has to do."""

ORPHANED: Final = PATIENCE + 1
"""After so many budgets a worker ends itself: its parent is not there any more to do it."""

_ours: "WeakSet[Connection[Any, Any]]" = WeakSet()
"""This process's ends of the connections to its workers."""

CONTEXT: Final[Any] = multiprocessing.get_context("fork" if FORKS else "spawn")
"""A forked worker has all that its parent had loaded; elsewhere it gets what can be packed."""


def _nothing() -> None:
    pass


def run(
    function: Callable[[T], R],
    tasks: Sequence[T],
    *,
    jobs: int,
    budget: float,
    batch: int = BATCH,
    ahead: int = 0,
) -> Iterator[tuple[int, R | Lost]]:
    """Calls `function` with each task in one of `jobs` processes.

    Yields the place of each task and its result, as they come; or why there is none: the worker
    "died", or took more than `budget` seconds of processor time, or `PATIENCE` times as long on the
    clock.  What `function` raises is raised here.
    """
    pool = WorkerPool(function, jobs=jobs, budget=budget, batch=batch, ahead=ahead)
    try:
        yield from pool.run(tasks)
    finally:
        pool.close()


class WorkerPool(Generic[T, R]):
    """Processes, started when they are needed, that stay for the tasks of later runs."""

    def __init__(
        self,
        function: Callable[[T], R],
        *,
        jobs: int,
        budget: float,
        batch: int = BATCH,
        ahead: int = 0,
        prepare: Callable[[], None] = _nothing,
        apart: bool = False,
    ) -> None:
        """`prepare` is called once in each process, before its first task.

        `ahead`: a worker is given more when it has so many tasks left, so that it waits for none.
        Only where a batch is packed in few kilobytes: to give them must not wait for the worker.

        `apart`: a process begins anew, whatever threads its parent has; it may have workers of its
        own, which end with it; and nothing that is typed in the terminal reaches it.
        """
        self._begin = partial(_Worker, function, prepare, apart=apart)
        self._jobs = jobs
        self._budget = budget
        self._batch = batch
        self._ahead = ahead
        self._workers: list[_Worker] = []

    def run(
        self, tasks: Sequence[T], *, budget: float | None = None
    ) -> Iterator[tuple[int, R | Lost]]:
        """As the function `run`, these tasks with a `budget` of their own.  One run at a time."""
        waiting = deque(enumerate(tasks))
        self.start_workers(min(self._jobs, -(-len(tasks) // self._batch)))
        try:
            while at_work := self._at_work(waiting, budget or self._budget):
                patience = max(0.0, min(worker.deadline for worker in at_work) - time.monotonic())
                ready = wait([worker.connection for worker in at_work], timeout=patience)
                for worker in at_work:
                    found = worker.found(ready=worker.connection in ready)
                    if found is None:
                        continue
                    place, _ = worker.tasks.popleft()
                    if isinstance(found, str):
                        worker.end()
                        self._workers.remove(worker)
                        waiting.extendleft(reversed(worker.tasks))
                        yield place, found
                    elif found.failed:
                        raise found.value
                    else:
                        yield place, found.value
        finally:
            for worker in [worker for worker in self._workers if worker.tasks]:
                worker.end()  # the run was broken off; its results would come into the next one
                self._workers.remove(worker)

    def _at_work(self, waiting: deque[tuple[int, T]], budget: float) -> list["_Worker"]:
        """The workers that have something to do, after they were given what is `waiting`."""
        if waiting and len(self._workers) < self._jobs:  # some were lost
            busy = sum(bool(worker.tasks) for worker in self._workers)
            self.start_workers(min(self._jobs, busy - (-len(waiting) // self._batch)))
        for number, worker in enumerate(self._workers):
            # From both ends: neighbours have much in common, and a worker remembers.
            take = waiting.pop if number % 2 else waiting.popleft
            while waiting and (not worker.tasks or len(worker.tasks) <= self._ahead):
                share = min(self._batch, len(waiting))
                worker.give([take() for _ in range(share)], budget)
        return [worker for worker in self._workers if worker.tasks]

    def close(self) -> None:
        """Ends all processes."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def start_workers(self, count: int) -> None:
        """Sees to it that there are at least `count` workers, all alive; `run` does so itself.

        Where the system allows no more processes, fewer have to do.  OSError: not even one.
        """
        for worker in [one for one in self._workers if not (one.tasks or one.is_alive())]:
            worker.end()
            self._workers.remove(worker)
        while len(self._workers) < count:
            try:
                self._workers.append(self._begin())
            except OSError:
                if not self._workers and not wait_for_all():
                    raise
                if self._workers:
                    return


class _Result(NamedTuple):
    """What a worker says of a task: its result, or what the function raised."""

    failed: bool
    value: Any


class _Worker:
    """One process, the tasks it has been given, and when it must have the first of them done."""

    def __init__(
        self, function: Callable[[Any], Any], prepare: Callable[[], None], *, apart: bool
    ) -> None:
        self.tasks: deque[tuple[int, Any]] = deque()
        self.deadline = 0.0
        self._budget = 0.0
        self._apart = apart
        context: Any = multiprocessing.get_context("spawn") if apart else CONTEXT
        self.connection, theirs = context.Pipe()
        _ours.add(self.connection)
        self._process = context.Process(
            target=_serve, args=(theirs, function, prepare, apart), daemon=not apart
        )
        try:
            self._process.start()
        except OSError:
            self.connection.close()
            raise
        finally:
            theirs.close()

    def is_alive(self) -> bool:
        return bool(self._process.is_alive())

    def give(self, tasks: list[tuple[int, Any]], budget: float) -> None:
        """Lets it do tasks, each within `budget` seconds."""
        if not self.tasks:
            self.deadline = time.monotonic() + PATIENCE * budget
        self.tasks.extend(tasks)
        self._budget = budget
        with suppress(BrokenPipeError):  # it died just now: `found` will say so
            self.connection.send((budget, [task for _, task in tasks]))

    def found(self, *, ready: bool) -> _Result | Lost | None:
        """The next result if it is `ready`, or why there is none: it is dead, or too late."""
        if not ready:
            late = time.monotonic() > self.deadline and not self.connection.poll()
            return "slow" if late else None
        try:
            result = _Result(*self.connection.recv())
        except (EOFError, OSError):  # it died, perhaps in the middle of a result
            self._process.join(1)
            over = hasattr(signal, "SIGPROF") and self._process.exitcode == -signal.SIGPROF
            return "slow" if over else "died"
        self.deadline = time.monotonic() + PATIENCE * self._budget
        return result

    def end(self) -> None:
        if self._process.pid is not None:  # otherwise the system did not let it start
            self._process.kill()
            if self._apart and hasattr(os, "killpg"):
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.join()
        self.connection.close()


def _may_take(seconds: float) -> None:
    """Lets the system end this process after so much more processor time, whatever it does then,
    and after `ORPHANED` times as long on the clock."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, ORPHANED * seconds)


def _may_wait() -> None:
    """Lets this process wait for its next task as long as it has to; that takes no time."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _serve(
    connection: "Connection[Any, Any]",
    function: Callable[[Any], Any],
    prepare: Callable[[], None],
    apart: bool,
) -> None:
    """What a worker does: answers each batch of tasks, one result after the other."""
    waiting.clear()  # these are the parent's
    for end in list(_ours):
        end.close()  # while a worker has the parent's end, too, nobody learns of the parent's death
    if apart and hasattr(os, "setsid"):
        os.setsid()
        _ours.add(connection)  # its workers must not have that, so that its own death is noticed
    for ending in ("SIGPROF", "SIGALRM"):
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), signal.SIG_DFL)
    try:
        prepare()
        while True:
            budget, tasks = connection.recv()
            for task in tasks:
                _may_take(budget)
                try:
                    answer = (False, function(task))
                except Exception as error:  # raised again by the parent
                    answer = (True, error)
                _may_wait()
                connection.send(answer)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # The parent is gone, or is ending us.
