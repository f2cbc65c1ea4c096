"""The answers that layouts were given: in this build, and in the previous one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import chain
from typing import Any, Final, NamedTuple

import msgspec

from generator.engine.delta import Delta, Edits
from generator.engine.queries import QUERIES
from generator.engine.query import Dependency
from generator.load.kept_list import CHUNK, KeptList
from generator.load.store import Generation, KeptAnswer, KeptPage
from generator.model.entry import Entry
from generator.site.index import Site
from generator.templates.context import Question, Trace

_encode = msgspec.msgpack.Encoder().encode


class Derived(msgspec.Struct, frozen=True):
    """An answer with a trace of its own: it holds as long as the answers that it was made from.

    `value` is the text of a fragment, or the paths of a ranking.
    """

    trace: Trace
    digest: bytes
    value: str | tuple[str, ...]


def _rankings_with(paths: Set[str], answers: Iterable[KeptAnswer]) -> Iterator[int]:
    """The places of the questions for rankings that name one of these paths."""
    for kept in answers:
        if isinstance(kept.value, tuple) and not paths.isdisjoint(kept.value):
            yield kept.question


class GivenAnswers(NamedTuple):
    """The answers of one build: the digest of each, and the derived ones whole."""

    digests: dict[Question, bytes]
    derived: dict[Question, Derived]


class PreviousBuild:
    """The generation of the previous build, where things are in it, and the answers of then."""

    def __init__(
        self,
        generation: Generation,
        former: Callable[[str], Entry | None] = lambda _path: None,
    ) -> None:
        """`former` gives a source as it was then, if that is known."""
        self.generation = generation
        self.questions: Sequence[Question] = generation.questions
        self.digests: Sequence[bytes] = generation.digests
        self._former = former

    @cached_property
    def numbers(self) -> Mapping[Question, int]:
        """The place of each question."""
        return {question: place for place, question in enumerate(self.generation.questions)}

    @cached_property
    def pages(self) -> Mapping[str, KeptPage]:
        """The pages by address."""
        return {kept.page.address: kept for kept in self.generation.pages}

    @cached_property
    def derived(self) -> Mapping[int, KeptAnswer]:
        """The derived answers by the places of their questions."""
        return {kept.question: kept for kept in self.generation.derived}

    def delta(self, site: Site) -> Delta:
        """What may be otherwise in `site`."""
        earlier = self.generation.site
        edits = Edits.between(earlier, site, self._former) if earlier.arrangement else None
        derived, shown = self.generation.derived, edits.shown if edits else frozenset[str]()
        return Delta(site, edits, {self.question(n) for n in _rankings_with(shown, derived)})

    def question(self, number: int) -> Question:
        """A question by its place."""
        return self.questions[number]

    def concerned(self, delta: Delta) -> dict[int, Question]:
        """The questions whose answers may be others by themselves."""
        return dict(delta.concerned(self.questions))

    def answers_asking(self, numbers: Set[int]) -> Iterator[tuple[int, KeptAnswer]]:
        """The derived answers that were made from an answer to one of these questions."""
        for place, kept in enumerate(self.generation.derived):
            if not numbers.isdisjoint(kept.trace):
                yield place, kept

    def digest(self, question: Question) -> bytes | None:
        """The digest of the answer; None where nobody asked."""
        place = self.numbers.get(question)
        return None if place is None else self.digests[place]

    def answer(self, question: Question) -> Derived | None:
        """The answer, if it is a derived one; None where nobody asked."""
        kept = self.derived.get(self.numbers.get(question, -1))
        if kept is None:
            return None
        return Derived(tuple(map(self.question, kept.trace)), kept.digest, kept.value)

    def under(self, fingerprint: Mapping[str, bytes]) -> "PreviousBuild":
        """What may hold of it for such a fingerprint: all of it, or nothing."""
        return self if self.generation.fingerprint == fingerprint else NO_BUILD


NO_BUILD: Final = PreviousBuild(Generation())
"""There was none: this is the first build."""


MANY: Final = 24
"""For so many texts all questions are read, and not searched for each."""


class StoredBuild(PreviousBuild):
    """The previous build as it lies in the store, out of which single things are read, for a site
    in which no more than `edits` became otherwise."""

    def __init__(self, lists: Mapping[str, KeptList[Any]], edits: Edits) -> None:
        self.edits = edits
        self.questions: KeptList[Question] = lists["questions"]
        self.digests: KeptList[bytes] = lists["digests"]
        self.kept_pages: KeptList[KeptPage] = lists["pages"]
        self.kept_answers: KeptList[KeptAnswer] = lists["derived"]
        self._lists = lists
        self._numbers: dict[Question, int] = {}
        self._searched = 0

    @cached_property
    def numbers(self) -> Mapping[Question, int]:
        """The place of each question, once it was read."""
        return self._numbers

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where the derived answers are, by the places of their questions."""
        return {number: place for place, number in enumerate(self._lists["derived for"])}

    def question(self, number: int) -> Question:
        """A question by its place."""
        self._take(number // CHUNK)
        return self.questions[number]

    def number(self, question: Question) -> int | None:
        """The place of a question; None where nobody asked."""
        found = self._numbers.get(question)
        if found is None:
            self.search([question])
        return self._numbers.get(question)

    def search(self, questions: Iterable[Question]) -> None:
        """Sees to it that the numbers of `questions` are known, of those that were asked."""
        if len(self._numbers) == len(self.questions):
            return
        texts = [_encode(question) for question in questions if question not in self._numbers]
        self._searched += len(texts)
        if self._searched > MANY:
            self.read_all()
        elif texts:
            for part in self.questions.parts_with(*texts):
                self._take(part)

    def foresee(self, pages: Iterable[KeptPage], behind: Callable[[Question], Trace]) -> None:
        """Reads what these pages asked, and what is `behind` that: they are rendered next."""
        asked = {self.question(number) for kept in pages for number in kept.trace}
        self.search({other for question in asked for other in behind(question)})

    def read_all(self) -> None:
        """Reads all questions and answers: many are needed, or needed in processes to come."""
        self._numbers |= {question: number for number, question in enumerate(self.questions)}
        for kept in (self.digests, self.kept_answers, self._lists["derived for"]):
            kept.all()

    def concerned(self, delta: Delta) -> dict[int, Question]:
        """The questions whose answers an edit may show, fragments apart."""
        heads, texts = self.edits.heads, self.edits.heads | self.edits.texts
        wanted = [*map(_encode, texts)]
        if heads:
            wanted += [_encode(query.name) for query in QUERIES.values() if query.shows_many]
            wanted += [_encode("related") + _encode(q[1]) for q in self.rankings_with_heads]
        found: dict[int, Question] = {}
        every = range(-(-len(self.questions) // CHUNK))
        for part in self.questions.parts_with(*wanted) if len(wanted) < MANY else every:
            for number, question in self._take(part):
                elsewhere = QUERIES[str(question[0])].depends is Dependency.ELSEWHERE
                if question == ("recent",) if elsewhere else delta.concerns(question):
                    found[number] = question
        return found

    @cached_property
    def rankings_with_heads(self) -> Set[Question]:
        """The rankings that name an article whose headline is another."""
        heads = self.edits.heads
        parts = self.kept_answers.parts_with(*map(_encode, heads)) if heads else ()
        found = chain.from_iterable(map(self.kept_answers.chunk, parts))
        return {self.question(number) for number in _rankings_with(heads, found)}

    def pages_asking(self, numbers: Set[int]) -> Iterator[tuple[int, KeptPage]]:
        """The pages that asked one of these questions, with their places."""
        return self._asking("pages", numbers)

    def answers_asking(self, numbers: Set[int]) -> Iterator[tuple[int, KeptAnswer]]:
        """The derived answers that were made from an answer to one of these questions."""
        return self._asking("derived", numbers)

    def _asking(self, key: str, numbers: Set[int]) -> Iterator[tuple[int, Any]]:
        for part, asked in enumerate(self._lists[f"asked by {key}"]):
            if not numbers.isdisjoint(memoryview(asked).cast("I")):
                for place, kept in enumerate(self._lists[key].chunk(part), part * CHUNK):
                    if not numbers.isdisjoint(kept.trace):
                        yield place, kept

    def delta(self, site: Site) -> Delta:
        """What may be otherwise in `site`."""
        return Delta(site, self.edits, self.rankings_with_heads)

    def digest(self, question: Question) -> bytes | None:
        """The digest of the answer; None where nobody asked."""
        number = self.number(question)
        return None if number is None else self.digests[number]

    def answer(self, question: Question) -> Derived | None:
        """The answer, if it is a derived one; None where nobody asked."""
        number = self.number(question)
        place = None if number is None else self.places.get(number)
        if place is None:
            return None
        kept = self.kept_answers[place]
        return Derived(tuple(map(self.question, kept.trace)), kept.digest, kept.value)

    def _take(self, part: int) -> list[tuple[int, Question]]:
        numbered = list(enumerate(self.questions.chunk(part), part * CHUNK))
        if numbered and numbered[0][1] not in self._numbers:
            self._numbers.update((question, number) for number, question in numbered)
        return numbered
