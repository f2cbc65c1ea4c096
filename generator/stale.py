"""Which pages are out of date, and why; what the next build needs to know of this one."""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Final, NamedTuple

from generator.pages import Page
from generator.problems import Problem
from generator.publish import Written
from generator.questions import Question, Trace, spelled
from generator.render import Answers, Derived, Memory
from generator.store import Generation, KeptAnswer, KeptPage

NEW: Final = "new page"
MOVED: Final = "its place in the plan changed"
FULL: Final = 0.7
"""The share of remembered questions that has to be in use."""

DAMAGED: Final = "its file was changed or removed by someone else"


class Outcome(NamedTuple):
    """A rendered page: what it asked, the file that was staged for it, and warnings."""

    trace: Trace
    written: Written
    problems: tuple[Problem, ...]


class Staged(NamedTuple):
    """The rendered pages by address, and what their layouts were told."""

    outcomes: Mapping[str, Outcome]
    told: Memory


def joined(one: Staged, other: Staged) -> Staged:
    """The pages of both, and what their layouts were told."""
    told = Memory(
        one.told.digests | other.told.digests, one.told.derived | other.told.derived, one.told.site
    )
    return Staged({**one.outcomes, **other.outcomes}, told)


class Verdict(NamedTuple):
    """The pages to render with the reasons why, and those that hold as they were, by address."""

    stale: Mapping[Page, tuple[str, ...]]
    kept: Mapping[str, KeptPage]


def recall(generation: Generation, basis: Mapping[str, bytes]) -> Memory:
    """What an earlier build was told, as `Answers` wants it; nothing if it had another basis."""
    if generation.basis != basis:
        return Memory({}, {}, b"")
    questions = generation.questions
    return Memory(
        digests=dict(zip(questions, generation.digests, strict=True)),
        derived={
            questions[kept.question]: Derived(
                tuple(questions[place] for place in kept.trace), kept.digest, kept.value
            )
            for kept in generation.derived
        },
        site=generation.index,
    )


def judge(
    pages: Iterable[Page],
    generation: Generation,
    basis: Mapping[str, bytes],
    answers: Answers,
    damaged: Set[str],
) -> Verdict:
    """Holds each page against the last build: it is stale when an answer that it got changed.

    `basis` are the digests of what every page depends on; where one changed, all are stale.
    `damaged` are the targets whose files are not as they were left.
    """
    earlier = {kept.page.address: kept for kept in generation.pages}
    general = tuple(
        f"{name} changed" for name, digest in basis.items() if generation.basis.get(name) != digest
    )
    changed = {
        place
        for place, question in enumerate(generation.questions)
        if not general and answers.digest(question) != generation.digests[place]
    }
    stale: dict[Page, tuple[str, ...]] = {}
    still: dict[str, KeptPage] = {}
    for page in pages:
        kept = earlier.get(page.address)
        if kept is None:
            stale[page] = (NEW,)
        elif general:
            stale[page] = general
        elif kept.page != page:
            stale[page] = (MOVED,)
        elif page.target in damaged:
            stale[page] = (DAMAGED,)
        elif not changed.isdisjoint(kept.trace):
            reasons = (generation.questions[place] for place in kept.trace if place in changed)
            stale[page] = tuple(f"{spelled(question)} changed" for question in reasons)
        else:
            still[page.address] = kept
    return Verdict(stale, still)


def remember(
    pages: Iterable[Page],
    verdict: Verdict,
    old: Generation,
    staged: Staged,
    basis: dict[str, bytes],
    behind: Callable[[Question], Trace],
) -> Generation:
    """The generation for the next build; `behind` tells which derived answers an answer holds.

    Questions keep their numbers, so that the pages that hold need not be touched; new ones are
    added behind.  When too many are asked by nobody any more, all are numbered anew.
    """
    outcomes, told = staged
    numbers = {question: number for number, question in enumerate(old.questions)}

    def numbered(trace: Trace) -> tuple[int, ...]:
        return tuple(numbers.setdefault(question, len(numbers)) for question in trace)

    kept_pages = tuple(
        KeptPage(page, numbered(outcome.trace), outcome.problems)
        if (outcome := outcomes.get(page.address))
        else verdict.kept[page.address]
        for page in pages
    )
    asked = {number for kept in kept_pages for number in kept.trace}
    alive = _alive((q for q, number in numbers.items() if number in asked), told.derived, behind)
    derived = tuple(
        KeptAnswer(numbered((question,))[0], numbered(answer.trace), answer.digest, answer.value)
        for question, answer in told.derived.items()
        if question in alive
    )
    digests = tuple(told.digests.get(question, b"") for question in numbers)
    made = Generation(basis, told.site, tuple(numbers), digests, derived, kept_pages)
    return _compacted(made) if len(_in_use(made)) < FULL * len(numbers) else made


def _alive(
    asked: Iterable[Question],
    derived: Mapping[Question, Derived],
    behind: Callable[[Question], Trace],
) -> set[Question]:
    """The derived answers that pages were told, and those that these were made from.

    The others have to go: what they ask for would be published although no page shows it.
    """
    alive: set[Question] = set()
    pending = list(asked)
    while pending:
        question = pending.pop()
        pending.extend(behind(question))
        if question in derived and question not in alive:
            alive.add(question)
            pending.extend(derived[question].trace)
    return alive


def asked_assets(generation: Generation) -> frozenset[str]:
    """The names of the assets that some page asked for."""
    questions = (generation.questions[number] for number in _in_use(generation))
    return frozenset(str(question[1]) for question in questions if question[0] == "asset")


def asked_pictures(generation: Generation) -> frozenset[tuple[str, str]]:
    """The pictures that some page asked for: the path of a source, and its name for the file."""
    questions = (generation.questions[number] for number in _in_use(generation))
    return frozenset((str(q[1]), str(q[2])) for q in questions if q[0] == "image")


def _in_use(generation: Generation) -> set[int]:
    """The numbers of the questions that a page or a derived answer asks."""
    used: set[int] = set()
    for kept in generation.pages:
        used.update(kept.trace)
    for answer in generation.derived:
        used.add(answer.question)
        used.update(answer.trace)
    return used


def _compacted(generation: Generation) -> Generation:
    """The same without the questions that nobody asks."""
    used = sorted(_in_use(generation))
    number = {old: new for new, old in enumerate(used)}

    def renumbered(trace: Iterable[int]) -> tuple[int, ...]:
        return tuple(number[old] for old in trace)

    return Generation(
        generation.basis,
        generation.index,
        tuple(generation.questions[old] for old in used),
        tuple(generation.digests[old] for old in used),
        tuple(
            KeptAnswer(number[a.question], renumbered(a.trace), a.digest, a.value)
            for a in generation.derived
        ),
        tuple(
            KeptPage(kept.page, renumbered(kept.trace), kept.problems) for kept in generation.pages
        ),
    )
