"""Stale pages to staged files, in as many processes as pay."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Final

import msgspec

from generator import digests, workers
from generator.addresses import path_of, target
from generator.assets import Asset, Assets
from generator.memory import Derived
from generator.pages import Page
from generator.pictures import Pictures
from generator.problems import PortalError, Problem, problem
from generator.publish import Stage, Written
from generator.questions import Question
from generator.render import Answers, Printed
from generator.stale import Outcome, Staged

BATCH: Final = 128
"""Pages rendered for one message between processes."""

BATCH_OF_PDFS: Final = 8
"""PDFs take some hundred times as long."""

FEW: Final = 3 * BATCH
"""So many pages are rendered sooner than other processes are started."""

BUDGET: Final = 600.0
"""Seconds for one batch: an endless loop in a layout ends some time."""


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """What rendering some pages came to; traces are places in `questions`."""

    questions: tuple[Question, ...]
    digests: tuple[bytes, ...]
    pages: tuple[tuple[tuple[int, ...], Written, tuple[Problem, ...]], ...]
    derived: tuple[tuple[Question, Derived], ...]
    problems: tuple[Problem, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Batch).decode


def stage_pages(
    pages: Sequence[Page],
    answers: Answers,
    stage: Stage,
    *,
    jobs: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Staged:
    """Renders `pages`, PDFs or none, into `stage`.  PortalError: all that is wrong with layouts."""
    pdfs = any(page.is_pdf for page in pages)
    size = BATCH_OF_PDFS if pdfs else BATCH
    tasks = [pages[start : start + size] for start in range(0, len(pages), size)]
    work = partial(_render, answers, stage)
    problems: set[Problem] = set()
    outcomes: dict[str, Outcome] = {}
    told = answers.told()
    few = not pdfs and (len(pages) <= FEW or jobs == 1)
    results = enumerate(map(work, tasks)) if few else _in_workers(work, tasks, jobs)
    for place, packed in results:
        batch = _decode(packed)
        problems.update(batch.problems)
        told.digests.update(zip(batch.questions, batch.digests, strict=True))
        told.derived.update(batch.derived)
        if not batch.problems:
            for page, (trace, written, found) in zip(tasks[place], batch.pages, strict=True):
                questions = tuple(batch.questions[number] for number in trace)
                outcomes[page.address] = Outcome(questions, written, found)
        progress(len(outcomes), len(pages))
    if problems:
        raise PortalError(_one_for_each_place(problems))
    return Staged(outcomes, told)


def _one_for_each_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The first problem of each line of a layout: a mistake in it fails for a thousand pages."""
    first: dict[tuple[str, int, str], Problem] = {}
    for found in sorted(problems):
        first.setdefault((found.path, found.line, found.name), found)
    return tuple(first.values())


def stage_assets(
    wanted: Mapping[str, Asset], assets: Assets, stage: Stage, present: Set[str]
) -> dict[str, Written]:
    """Stages the assets `wanted`, by name, whose targets are not `present` yet; by target."""
    return {
        place: stage.write(place, assets.content(name), asset.digest)
        for name, asset in wanted.items()
        if (place := target(asset.address)) not in present
    }


def stage_pictures(
    wanted: Mapping[str, str], pictures: Pictures, stage: Stage, present: Set[str]
) -> dict[str, Written]:
    """Stages the files of pictures, by address, whose targets are not `present` yet; by target."""
    staged = {}
    for address, file in wanted.items():
        if path_of(address) not in present:
            data, place = pictures.content(file), target(address)
            staged[place] = stage.write(place, data, digests.of_bytes(data))
    return staged


def _in_workers(
    work: Callable[[Sequence[Page]], bytes], tasks: Sequence[Sequence[Page]], jobs: int
) -> Iterator[tuple[int, bytes]]:
    for place, result in workers.run(work, tasks, jobs=jobs, budget=BUDGET, batch=1):
        if isinstance(result, str):
            raise PortalError((problem("worker-died", tasks[place][0].layout),))
        yield place, result


def _rendered(answers: Answers, page: Page) -> Printed:
    if page.is_pdf:
        return answers.print(page)
    text, trace = answers.render(page)
    return Printed(text.encode(), trace, ())


def _render(answers: Answers, stage: Stage, pages: Sequence[Page]) -> bytes:
    """Renders some pages into the stage, and packs what their layouts asked and were told."""
    numbers: dict[Question, int] = {}
    rendered: list[tuple[tuple[int, ...], Written, tuple[Problem, ...]]] = []
    problems: list[Problem] = []
    before = len(answers.derived)
    for page in pages:
        try:
            data, trace, warnings = _rendered(answers, page)
        except PortalError as error:
            problems += error.problems
            continue
        written = stage.write(target(page.address), data, digests.of_bytes(data))
        places = tuple(numbers.setdefault(question, len(numbers)) for question in trace)
        rendered.append((places, written, warnings))
    for question in list(numbers):
        answers.digest(question)
    derived = tuple(list(answers.derived.items())[before:])
    for question, answer in derived:
        for asked in (question, *answer.trace):
            numbers.setdefault(asked, len(numbers))
    told = tuple(answers.digest(question) for question in numbers)
    return _encode(Batch(tuple(numbers), told, tuple(rendered), derived, tuple(problems)))
