"""Items made by several processes, few of them in memory at a time, in their order."""

import gc
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from generator.base.workers import WorkerPool
from generator.importers.archive import Account, Item, Source
from generator.importers.html_to_markdown import read_back
from generator.importers.reasons import Reason, reason

T = TypeVar("T")

_AT_ONCE: Final = 256
_BUDGET: Final = 30.0
"""Seconds of a processor for one item; the longest text takes a tenth of that."""


class Work(NamedTuple):
    """In how many processes items are made, and what the same process does with each in the end."""

    jobs: int
    finish: Callable[[Item], Source | Account]


def many(
    make: Callable[[T], Item | Account],
    tasks: Iterable[T],
    lost: Callable[[T, Reason], Account],
    work: Work,
) -> Iterator[Source | Account]:
    """What `make` makes of each task; `lost` accounts for one that takes too long or fails."""

    def made_of(task: T) -> Source | Account:
        try:
            found = make(task)
            return work.finish(found) if isinstance(found, Item) else found
        except Exception:  # whatever is wrong with one item, the others come in
            return lost(task, reason("import-unreadable"))

    pool = WorkerPool(made_of, jobs=work.jobs, budget=_BUDGET)
    following = iter(tasks)
    read_back("")  # what reads Markdown is made once, before there are other processes
    gc.freeze()  # and what is known by then is no garbage in any of them
    try:
        chunk = list(islice(following, _AT_ONCE))
        while chunk:
            ahead: list[T] = []
            made: dict[int, Source | Account] = {}
            done = 0
            for place, result in pool.run(chunk):
                ahead += islice(following, 1)  # tasks are read while others are worked on
                why = reason("import-slow" if result == "slow" else "import-unreadable")
                made[place] = lost(chunk[place], why) if isinstance(result, str) else result
                while done in made:
                    yield made.pop(done)
                    done += 1
            chunk = ahead
    finally:
        gc.unfreeze()
        pool.close()
