"""Which pages are out of date, and why; what the next build needs to know of this one."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple, TypeVar

import msgspec

from generator.base.problems import Problem
from generator.base.report import Reason
from generator.engine.previous_build import GivenAnswers, PreviousBuild
from generator.engine.queries import spelled
from generator.engine.render import Answers
from generator.engine.splice import Patch
from generator.load.store import Generation, KeptAnswer, KeptPage
from generator.publish.output import Written
from generator.site.pages import Page
from generator.templates.context import Question, Trace

K = TypeVar("K")


class Stale(NamedTuple):
    """Why a page is out of date, and how it can be mended if it need not be rendered."""

    reasons: tuple[Reason, ...]
    patch: Patch | None = None


class Outcome(NamedTuple):
    """A page that was made anew: the file that was staged for it, and its offsets.

    Where it was rendered, `asked` is its trace, and of what it warns.
    """

    written: Written
    offsets: bytes
    asked: tuple[Trace, tuple[Problem, ...]] | None


class Staged(NamedTuple):
    """The rendered pages by address, and the answers that their layouts were given."""

    outcomes: Mapping[str, Outcome]
    given: GivenAnswers


def joined(one: Staged, other: Staged) -> Staged:
    """The pages of both, and the answers that their layouts were given."""
    given = GivenAnswers(
        one.given.digests | other.given.digests, one.given.derived | other.given.derived
    )
    return Staged({**one.outcomes, **other.outcomes}, given)


def judge(
    pages: Iterable[Page],
    last: PreviousBuild,
    fingerprint: Mapping[str, bytes],
    answers: Answers,
    known: Mapping[str, Written],
    damaged: Set[str],
) -> Mapping[Page, Stale]:
    """The pages that are stale, mostly because an answer that they got changed.

    `fingerprint` has the digests of what every page depends on; where one changed, all are stale.
    `known` are the files of the previous build by target, `damaged` the targets of those that are
    not as they were left.
    """
    generation = last.generation
    general = tuple(
        Reason("page-changed", name)
        for name, digest in fingerprint.items()
        if generation.fingerprint.get(name) != digest
    )
    changed = {
        place
        for place, question in (() if general else answers.delta.concerned(generation.questions))
        if answers.digest(question) != generation.digests[place]
    }
    earlier = last.pages
    stale: dict[Page, Stale] = {}
    for page in pages:
        kept = earlier.get(page.address)
        if kept is None:
            stale[page] = Stale((Reason("page-new"),))
        elif general:
            stale[page] = Stale(general)
        elif kept.page is not page and kept.page != page:
            stale[page] = Stale((Reason("page-replanned"),))
        elif damaged and page.target in damaged:
            stale[page] = Stale((Reason("page-damaged"),))
        elif not changed.isdisjoint(kept.trace):
            asked = tuple(
                (place, generation.questions[number])
                for place, number in enumerate(kept.trace)
                if number in changed
            )
            reasons = tuple(Reason("page-changed", spelled(question)) for _, question in asked)
            stale[page] = Stale(reasons, _patch(kept, asked, known.get(page.target)))
    return stale


def _patch(
    kept: KeptPage, changed: tuple[tuple[int, Question], ...], file: Written | None
) -> Patch | None:
    """How to mend a page of which only fragments are others."""
    if file and kept.offsets and all(question[0] == "fragment" for _, question in changed):
        return Patch(file.digest, kept.offsets, changed)
    return None


def next_generation(
    pages: Sequence[Page],
    last: PreviousBuild,
    staged: Staged,
    fingerprint: dict[str, bytes],
    answers: Answers,
) -> Generation:
    """The generation to be saved: what the pages in `staged` asked now, and all others before.

    Questions keep their numbers, so that pages that hold need not be touched; new ones are added
    behind.  Where one may be asked by nobody any more, all are numbered anew.
    """
    outcomes, given = staged
    numbers = dict(last.numbers)

    def numbered(trace: Trace) -> tuple[int, ...]:
        return tuple(numbers.setdefault(question, len(numbers)) for question in trace)

    def renewed(page: Page, outcome: Outcome) -> KeptPage:
        if outcome.asked is None:
            return msgspec.structs.replace(last.pages[page.address], offsets=outcome.offsets)
        trace, problems = outcome.asked
        return KeptPage(page, numbered(trace), problems, outcome.offsets)

    fresh = {
        page.address: renewed(page, outcome)
        for page in pages
        if (outcome := outcomes.get(page.address))
    }
    derived: dict[int, KeptAnswer] = {}
    for question, answer in given.derived.items():
        number = numbered((question,))[0]
        derived[number] = KeptAnswer(number, numbered(answer.trace), answer.digest, answer.value)
    digests = [*last.generation.digests, *(b"" for _ in range(len(numbers) - len(last.numbers)))]
    for question, digest in given.digests.items():
        if question in numbers:
            digests[numbers[question]] = digest
    made = Generation(
        fingerprint,
        answers.site.outline,
        tuple(numbers),
        tuple(digests),
        tuple({**last.derived, **derived}.values()),
        tuple(fresh.get(page.address) or last.pages[page.address] for page in pages),
    )
    asks_the_same = (
        len(pages) == len(last.pages)
        and _asked_alike(fresh, last.pages)
        and _asked_alike(derived, last.derived)
    )
    traces = (outcome.asked[0] for outcome in outcomes.values() if outcome.asked)
    texts = {question[1] for trace in traces for question in trace if question[0] == "body"}
    if asks_the_same and texts.isdisjoint(_sources_in_fragments(made)):
        return made
    return _compacted(made, answers.behind)


def _asked_alike(
    now: Mapping[K, KeptPage | KeptAnswer], then: Mapping[K, KeptPage | KeptAnswer]
) -> bool:
    """Whether each page, or derived answer, asks what it did: then all that was asked still is."""
    return all(key in then and then[key].trace == kept.trace for key, kept in now.items())


def _sources_in_fragments(generation: Generation) -> set[str | int]:
    """The sources that fragments were made for: a text that had a picture may have lost it."""
    questions = (generation.questions[kept.question] for kept in generation.derived)
    return {part for question in questions if question[0] == "fragment" for part in question[2:]}


def _compacted(generation: Generation, behind: Callable[[Question], Trace]) -> Generation:
    """The same without the queries that nobody makes any more."""
    questions = generation.questions
    traces = {
        questions[kept.question]: tuple(questions[number] for number in kept.trace)
        for kept in generation.derived
    }
    asked = {number for kept in generation.pages for number in kept.trace}
    alive = _alive((questions[number] for number in asked), traces, behind)
    used = [number for number, question in enumerate(questions) if question in alive]
    places = {old: new for new, old in enumerate(used)}

    def renumbered(trace: Iterable[int]) -> tuple[int, ...]:
        return tuple(places[old] for old in trace)

    return Generation(
        generation.fingerprint,
        generation.site,
        tuple(questions[old] for old in used),
        tuple(generation.digests[old] for old in used),
        tuple(
            KeptAnswer(places[kept.question], renumbered(kept.trace), kept.digest, kept.value)
            for kept in generation.derived
            if kept.question in places
        ),
        tuple(
            msgspec.structs.replace(kept, trace=renumbered(kept.trace)) for kept in generation.pages
        ),
    )


def _alive(
    asked: Iterable[Question],
    derived: Mapping[Question, Trace],
    behind: Callable[[Question], Trace],
) -> set[Question]:
    """What pages asked, and all that was asked in order to answer it.

    The rest has to go: what it asks for would be published although no page shows it.
    """
    alive: set[Question] = set()
    pending = list(asked)
    while pending:
        question = pending.pop()
        if question not in alive:
            alive.add(question)
            pending.extend(behind(question))
            pending.extend(derived.get(question, ()))
    return alive


def asked_assets(generation: Generation) -> frozenset[str]:
    """The names of the assets that some page asked for."""
    return frozenset(
        str(question[1]) for question in generation.questions if question[0] == "asset"
    )


def asked_pictures(generation: Generation) -> frozenset[tuple[str, str]]:
    """The pictures that some page asked for: the path of a source, and its name for the file."""
    return frozenset((str(q[1]), str(q[2])) for q in generation.questions if q[0] == "image")
