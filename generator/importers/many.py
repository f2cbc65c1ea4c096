"""Items made by several processes, few of them in memory at a time, in their order."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

from generator.base.workers import WorkerPool
from generator.importers.archive import Account, Item

T = TypeVar("T")

_AT_ONCE: Final = 256
_BUDGET: Final = 30.0
"""Seconds of a processor for one item; the longest text takes a tenth of that."""


def many(
    make: Callable[[T], Item | Account],
    tasks: Iterable[T],
    lost: Callable[[T, str], Account],
    jobs: int,
) -> Iterator[Item | Account]:
    """What `make` makes of each task; `lost` accounts for one that takes too long or fails."""
    pool = WorkerPool(make, jobs=jobs, budget=_BUDGET)
    following = iter(tasks)
    try:
        while chunk := list(islice(following, _AT_ONCE)):
            made: dict[int, Item | Account] = {}
            for place, result in pool.run(chunk):
                why = "takes too long to read" if result == "slow" else "cannot be read"
                made[place] = lost(chunk[place], why) if isinstance(result, str) else result
            yield from (made[place] for place in sorted(made))
    finally:
        pool.close()
