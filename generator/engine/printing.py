"""PDFs in processes that can be ended: Typst keeps threads, and may never come back."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from generator.base import workers
from generator.base.problems import PortalError, problem
from generator.engine.render import Answers, Rendered
from generator.site.pages import Page
from generator.templates.environment import APART

BUDGET: Final = 60.0
"""Seconds that one PDF may take.  They only end what would not end: limits are counted."""

BATCH: Final = 8
"""PDFs given to a worker at once; each has its own seconds."""

T = TypeVar("T")
R = TypeVar("R", bytes, Rendered, None)


def printed(
    answers: Answers, pages: Sequence[Page], *, jobs: int, budget: float = BUDGET
) -> Iterator[tuple[int, Rendered]]:
    """The PDFs of `pages`, by their places, as they come.  PortalError: as for `in_workers`."""
    return in_workers(answers.print, pages, answers, jobs=jobs, budget=budget)


def in_workers(
    work: Callable[..., R],
    tasks: Sequence[T],
    answers: Answers,
    *,
    jobs: int,
    budget: float = BUDGET,
) -> Iterator[tuple[int, R]]:
    """Calls `work` with each task, one PDF; where its process is lost, once more, with
    what became of it as `lost`.

    PortalError: it is the layout's fault, since it cannot set a plain article in that time either.
    """
    lost: dict[int, workers.Lost] = {}
    for place, result in workers.run(work, tasks, jobs=jobs, budget=budget, batch=BATCH):
        if isinstance(result, str):
            lost[place] = result
        else:
            yield place, result
    if lost:
        from generator.media.pdf import ladder

        _once(ladder.try_layout, answers.site.portal.folders.layouts / APART, budget)
    for place, why in lost.items():
        yield place, _once(partial(work, lost=why), tasks[place], budget)


def _once(work: Callable[[T], R], task: T, budget: float) -> R:
    """PortalError: the process is lost over it."""
    ((_, result),) = workers.run(work, [task], jobs=1, budget=budget)
    if isinstance(result, str):
        raise PortalError((problem("worker-died", f"{APART}article.typ"),))
    return result
