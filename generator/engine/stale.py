"""Which pages are out of date, and why; what the next build needs to know of this one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain, count, islice
from typing import Any, Final, NamedTuple

import msgspec

from generator.base.problems import Problem
from generator.base.report import Reason
from generator.engine.previous_build import GivenAnswers, PreviousBuild, StoredBuild
from generator.engine.queries import QUERIES, spelled
from generator.engine.query import Dependency, nothing_behind
from generator.engine.render import Answers
from generator.engine.splice import Patch
from generator.load.store import Generation, KeptAnswer, KeptPage
from generator.publish.output import Written
from generator.site.pages import Page
from generator.templates.context import Question, Trace

FREE: Final[Question] = ("layout", "")
"""What stands in the place of a question that nobody asks any more, until another one does: it asks
for a layout that there is not."""


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
    changed = set[int]() if general else changed_answers(last, answers)
    asked = {number: last.question(number) for number in changed}
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
            stale[page] = because(kept, asked, known.get(page.target))
    return stale


def because(kept: KeptPage, changed: Mapping[int, Question], file: Written | None) -> Stale:
    """Why a page is stale that asked some of the questions, by their places, that `changed`."""
    places = [place for place, number in enumerate(kept.trace) if number in changed]
    asked = tuple([(place, changed[kept.trace[place]]) for place in places])
    return Stale(tuple([_changed(question) for _, question in asked]), _patch(kept, asked, file))


@lru_cache(maxsize=256)
def _changed(question: Question) -> Reason:
    """What a page is told to have changed: most are told the same."""
    return Reason("page-changed", spelled(question))


def changed_answers(last: PreviousBuild, answers: Answers) -> set[int]:
    """The places of the questions that are answered otherwise than in the build `last`."""
    changed: set[int] = set()
    doubtful = last.concerned(answers.delta)
    while doubtful:
        fresh = {
            n for n, question in doubtful.items() if answers.digest(question) != last.digests[n]
        }
        changed |= fresh
        made = {kept.question for _, kept in last.answers_asking(fresh)}
        ranked = (doubtful[n] for n in fresh if doubtful[n][0] == "ranking")
        made.update(last.numbers.get(("related", *question[1:]), -1) for question in ranked)
        doubtful = {n: last.question(n) for n in made - changed if n >= 0}
    return changed


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

    Questions keep their numbers, so that pages that hold need not be touched; new ones get the
    places that are `FREE`, or are added behind.
    """
    outcomes, given = staged
    free = (number for number, question in enumerate(last.questions) if question == FREE)
    places = chain(free, count(len(last.questions)))
    numbers = defaultdict(places.__next__, last.numbers)

    def numbered(trace: Trace) -> tuple[int, ...]:
        return tuple(map(numbers.__getitem__, trace))

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
    questions, digests = [*last.questions], [*last.digests]
    for question, number in islice(numbers.items(), len(last.numbers), None):
        questions[number : number + 1], digests[number : number + 1] = [question], [b""]
    for question, digest in given.digests.items():
        if question in numbers:
            digests[numbers[question]] = digest
    made = Generation(
        fingerprint,
        answers.site.outline,
        tuple(questions),
        tuple(digests),
        tuple({**last.derived, **derived}.values()),
        tuple(fresh.get(page.address) or last.pages[page.address] for page in pages),
    )
    if not last.pages:
        return made  # all was asked just now: to look for what is left over takes as long again
    replaced: list[KeptPage | KeptAnswer] = [
        *(last.pages[address] for address in fresh.keys() & last.pages.keys()),
        *(last.derived[number] for number in derived.keys() & last.derived.keys()),
    ]
    none_is_gone = len(pages) == len(fresh.keys() | last.pages.keys())
    asked = _numbers([*fresh.values(), *derived.values()])
    traces = (outcome.asked[0] for outcome in outcomes.values() if outcome.asked)
    texts = {question[1] for trace in traces for question in trace if question[0] == "body"}
    shown = not texts.isdisjoint(_sources_in_fragments(made))
    if none_is_gone and _numbers(replaced) <= asked and not shown:
        return made
    return _without_unasked(made, numbers, answers.behind)


def changes(
    last: StoredBuild, pages: Mapping[int, KeptPage], staged: Staged
) -> dict[str, dict[int, Any]]:
    """What becomes another in the lists of the store when `pages`, by their places, are `staged`;
    none of them warns of anything.

    LargerEditError: there are questions that nobody asks any more, or such as files depend on that
    no page shows by itself.
    """
    outcomes, given = staged
    made = [(page, outcomes[page.page.address]) for page in pages.values()]
    traces = [outcome.asked[0] for _, outcome in made if outcome.asked]
    traces += [(question, *answer.trace) for question, answer in given.derived.items()]
    last.search(dict.fromkeys(question for trace in traces for question in trace))
    count, new = len(last.questions), dict[Question, int]()

    def number(question: Question) -> int:
        found = last.numbers.get(question)
        return new.setdefault(question, count + len(new)) if found is None else found

    def numbered(trace: Trace) -> tuple[int, ...]:
        return tuple(map(number, trace))

    kept_pages: dict[int, KeptPage] = {}
    for place, (kept, outcome) in zip(pages, made, strict=True):
        trace = numbered(outcome.asked[0]) if outcome.asked else kept.trace
        kept_pages[place] = KeptPage(kept.page, trace, kept.problems, outcome.offsets)
    derived: dict[int, KeptAnswer] = {}
    for question, answer in given.derived.items():
        one = KeptAnswer(number(question), numbered(answer.trace), answer.digest, answer.value)
        place = last.places.get(one.question, -1)
        if place < 0:
            place = len(last.kept_answers) + sum(n >= len(last.kept_answers) for n in derived)
        elif last.kept_answers[place] == one:
            continue
        derived[place] = one
    if any(_of_files(question) for question in new) or _is_asked_no_more(last, kept_pages, derived):
        raise LargerEditError
    digests = {
        number(question): digest
        for question, digest in given.digests.items()
        if question in new or question in last.numbers
    }
    return {
        "questions": {place: question for question, place in new.items()},
        "digests": {n: d for n, d in digests.items() if n >= count or last.digests[n] != d},
        "derived": derived,
        "derived for": {place: one.question for place, one in derived.items()},
        "pages": kept_pages,
    }


class LargerEditError(Exception):
    """An edit that leaves all lists of articles as they are concerns more than single pages."""


def _of_files(question: Question) -> bool:
    """Whether to ask this makes a file be published, or a site hold for a time only."""
    plain = ("fragment", "layout", "portal")
    name = str(question[0])
    return QUERIES[name].depends is Dependency.ELSEWHERE and name not in plain


def _is_asked_no_more(
    last: StoredBuild, pages: Mapping[int, KeptPage], derived: Mapping[int, KeptAnswer]
) -> bool:
    """Whether one of the questions of which these asked before is asked by nobody now."""
    before = [last.kept_pages[place].trace for place in pages]
    known = len(last.kept_answers)
    before += [last.kept_answers[place].trace for place in derived if place < known]
    after: tuple[KeptPage | KeptAnswer, ...] = (*pages.values(), *derived.values())
    now = {number for kept in after for number in kept.trace}
    dropped = {number for trace in before for number in trace} - now
    if dropped:
        now.update(
            n for at, one in last.pages_asking(dropped) if at not in pages for n in one.trace
        )
        now.update(
            n for at, one in last.answers_asking(dropped) if at not in derived for n in one.trace
        )
    return not dropped <= now


def _numbers(items: Iterable[KeptPage | KeptAnswer]) -> set[int]:
    """The places of the questions that were asked for these."""
    return set(chain.from_iterable(kept.trace for kept in items))


def _sources_in_fragments(generation: Generation) -> set[str | int]:
    """The sources that fragments were made for: a text that had a picture may have lost it."""
    questions = (generation.questions[kept.question] for kept in generation.derived)
    return {part for question in questions if question[0] == "fragment" for part in question[2:]}


def _without_unasked(
    generation: Generation, numbers: Mapping[Question, int], behind: Callable[[Question], Trace]
) -> Generation:
    """The same, with `FREE` places where there are questions that nobody asks any more.

    They have to go: what they ask for would be published although no page shows it.
    """
    questions, digests = [*generation.questions], [*generation.digests]
    traces = {kept.question: kept.trace for kept in generation.derived}
    followed = {name for name, query in QUERIES.items() if query.behind is not nothing_behind}
    alive = _numbers(generation.pages)
    pending = alive
    while pending:  # what was asked in order to answer them
        more = set(chain.from_iterable(map(traces.__getitem__, traces.keys() & pending)))
        for question in map(questions.__getitem__, pending):
            if question[0] in followed:
                more.update(numbers[one] for one in behind(question) if one in numbers)
        pending = more - alive
        alive |= pending
    for number in set(range(len(questions))) - alive:
        questions[number], digests[number] = FREE, b""
    derived = [*generation.derived]
    for place in reversed([n for n, one in enumerate(derived) if one.question not in alive]):
        end = derived.pop()
        derived[place : place + 1] = [end] * (place < len(derived))
    return msgspec.structs.replace(
        generation, questions=tuple(questions), digests=tuple(digests), derived=tuple(derived)
    )


def asked_assets(generation: Generation) -> frozenset[str]:
    """The names of the assets that some page asked for."""
    return frozenset(
        str(question[1]) for question in generation.questions if question[0] == "asset"
    )


def asked_pictures(generation: Generation) -> frozenset[tuple[str, str]]:
    """The pictures that some page asked for: the path of a source, and its name for the file."""
    return frozenset((str(q[1]), str(q[2])) for q in generation.questions if q[0] == "image")
