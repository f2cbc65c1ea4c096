"""Stale pages to staged files, in as many processes as pay."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec

from generator.base import digests, workers
from generator.base.aside import FORKS
from generator.base.problems import PortalError, Problem, problem
from generator.engine import printing
from generator.engine.previous_build import Derived
from generator.engine.render import Answers
from generator.engine.splice import Patch, splice
from generator.engine.stale import Outcome, Staged
from generator.load.pictures import Pictures
from generator.load.store import KeptAnswer
from generator.model.addresses import path_of, target
from generator.publish.output import OutputFolder, Stage, Written
from generator.site.assets import Asset, Assets
from generator.site.pages import Page
from generator.templates.context import Question

T = TypeVar("T", str, int, str | int)

BATCH: Final = 64
"""Pages rendered for one message between processes."""

FEW: Final = 384
"""So many pages are rendered sooner than other processes are started."""

BUDGET: Final = 600.0
"""Seconds for one batch: an endless loop in a layout ends some time."""


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """What rendering some pages came to; questions are told by their places in `questions`."""

    questions: tuple[Question, ...]
    digests: tuple[bytes, ...]
    pages: tuple[tuple[Written, bytes, tuple[tuple[int, ...], tuple[Problem, ...]] | None], ...]
    derived: tuple[KeptAnswer, ...]
    problems: tuple[Problem, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Batch).decode


PageTask = tuple[Page, Patch | None]
"""A page, and how it can be mended if it need not be rendered."""


def stage_pages(
    pages: Sequence[PageTask],
    answers: Answers,
    folder: OutputFolder,
    *,
    jobs: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Staged:
    """Makes `pages`, PDFs or none, in `folder`.  PortalError: all that is wrong with layouts."""
    # What is made of one article lies together: its text is then read once.
    pages = sorted(pages, key=lambda task: task[0].article)
    pdfs = any(page.is_pdf for page, _ in pages)
    size = 1 if pdfs else BATCH  # Each PDF has a clock of its own.
    tasks = [slice(start, start + size) for start in range(0, len(pages), size)]
    make = partial(_make, answers, folder.output, folder.stage, pages)
    problems: set[Problem] = set()
    outcomes: dict[str, Outcome] = {}
    given = answers.given()
    # Layouts cannot be packed.
    few = not FORKS or (not pdfs and (len(pages) <= FEW or jobs == 1))
    if few:
        batches: Iterable[tuple[int, Batch]] = enumerate(map(make, tasks))
    else:
        work = partial(_packed, make)
        if pdfs:
            packed = printing.in_workers(work, tasks, answers, jobs=jobs)
        else:
            answers.layouts.compile({page.layout for page, _ in pages if page.layout})
            packed = _in_workers(work, pages, tasks, jobs)
        batches = ((place, _decode(batch)) for place, batch in packed)
    known: dict[Any, Any] = {}
    for place, batch in batches:
        problems.update(batch.problems)
        questions = [_shared(question, known) for question in batch.questions]
        given.digests.update(zip(questions, batch.digests, strict=True))
        for one in batch.derived:
            trace = tuple(map(questions.__getitem__, one.trace))
            value = one.value if isinstance(one.value, str) else _shared(one.value, known)
            given.derived[questions[one.question]] = Derived(trace, one.digest, value)
        if not batch.problems:
            for (page, _), (written, offsets, asked) in zip(
                pages[tasks[place]], batch.pages, strict=True
            ):
                trace = tuple(map(questions.__getitem__, asked[0])) if asked else ()
                said = (trace, asked[1]) if asked else None
                outcomes[page.address] = Outcome(written, offsets, said)
        progress(len(outcomes), len(pages))
    if problems:
        raise PortalError(_one_for_each_place(problems))
    return Staged(outcomes, given)


def _shared(texts: tuple[T, ...], known: dict[Any, Any]) -> tuple[T, ...]:
    """The same, of objects that are `known`, as far as others are equal: each article is named in
    many questions, which takes 7 of 12 kB that a build knows of it while pages are rendered."""
    found: tuple[T, ...] | None = known.get(texts)
    if found is None:
        found = tuple(map(known.setdefault, texts, texts))
        known[found] = found
    return found


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
    work: Callable[[slice], bytes], pages: Sequence[PageTask], tasks: Sequence[slice], jobs: int
) -> Iterator[tuple[int, bytes]]:
    for place, result in workers.run(work, tasks, jobs=jobs, budget=BUDGET, batch=1, ahead=1):
        if isinstance(result, str):
            raise PortalError((problem("worker-died", pages[tasks[place]][0][0].layout),))
        yield place, result


def _packed(make: Callable[..., Batch], task: slice, **lost: workers.Lost) -> bytes:
    """What making some pages came to, as it goes from process to process."""
    return _encode(make(task, **lost))


def _make(
    answers: Answers,
    output: Path,
    stage: Stage,
    pages: Sequence[PageTask],
    task: slice,
    *,
    lost: Literal["", "slow", "died"] = "",
) -> Batch:
    """Stages some of the pages, and collects the queries and answers of their layouts.

    `lost` is what became of a worker that tried this before, where one did: of PDFs alone.
    """
    numbers: dict[Question, int] = defaultdict(count().__next__)
    number = numbers.__getitem__
    made: list[tuple[Written, bytes, tuple[tuple[int, ...], tuple[Problem, ...]] | None]] = []
    problems: list[Problem] = []
    before = len(answers.derived)

    for page, patch in pages[task]:
        # Where a page lies that is mended was checked when it was rendered.
        if patch and (mended := _mended(answers, f"{output}/{page.target}", patch)):
            data, offsets, digest = mended
            made.append((stage.write(page.target, data, digest), offsets, None))
            continue
        place = target(page.address)
        if page.file:
            question: Question = ("download", page.file)
            written = stage.write(place, answers.assets.pieces(page.file), answers.digest(question))
            made.append((written, b"", ((number(question),), ())))
            continue
        try:
            data, trace, offsets, warnings = (
                answers.print(page, lost=lost) if page.is_pdf else answers.render(page)
            )
        except PortalError as error:
            problems += error.problems
            continue
        written = stage.write(place, data, digests.of_bytes(data))
        made.append((written, offsets, (tuple(map(number, trace)), warnings)))
    given = [*map(answers.digest, numbers)]
    # From behind: to go past 50,000 that were given before takes 5 ms.
    fresh = len(answers.derived) - before
    derived = tuple(
        KeptAnswer(number(question), tuple(map(number, one.trace)), one.digest, one.value)
        for question, one in islice(reversed(answers.derived.items()), fresh)
    )
    given += map(answers.digest, islice(numbers, len(given), None))
    answers.make_room()
    return Batch(tuple(numbers), tuple(given), tuple(made), derived, tuple(problems))


def _mended(answers: Answers, file: str, patch: Patch) -> tuple[bytes, bytes, bytes] | None:
    """A page with other fragments, its offsets, and its digest; None: it has to be rendered."""
    try:
        descriptor = os.open(file, os.O_RDONLY)  # a stream takes twice as long
        try:
            page = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
    except OSError:
        return None
    texts = {place: answers.value(question) for place, question in patch.fragments}
    data, offsets, same = splice(page, patch.offsets, texts)
    before, after = digests.of_alike(page, data, same)
    return (data, offsets, after) if before == patch.digest else None
