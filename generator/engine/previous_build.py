"""The answers that layouts were given: in this build, and in the previous one."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from generator.load.store import Generation, KeptAnswer, KeptPage
from generator.templates.context import Question, Trace


class Derived(msgspec.Struct, frozen=True):
    """An answer with a trace of its own: it holds as long as the answers that it was made from.

    `value` is the text of a fragment, or the paths of a ranking.
    """

    trace: Trace
    digest: bytes
    value: str | tuple[str, ...]


class GivenAnswers(NamedTuple):
    """The answers of one build: the digest of each, and the derived ones whole."""

    digests: dict[Question, bytes]
    derived: dict[Question, Derived]


class PreviousBuild:
    """The generation of the previous build, where things are in it, and the answers of then."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

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

    def digest(self, question: Question) -> bytes | None:
        """The digest of the answer; None where nobody asked."""
        place = self.numbers.get(question)
        return None if place is None else self.generation.digests[place]

    def answer(self, question: Question) -> Derived | None:
        """The answer, if it is a derived one; None where nobody asked."""
        kept = self.derived.get(self.numbers.get(question, -1))
        if kept is None:
            return None
        questions = self.generation.questions
        return Derived(tuple(questions[place] for place in kept.trace), kept.digest, kept.value)

    def under(self, fingerprint: Mapping[str, bytes]) -> "PreviousBuild":
        """What may hold of it for such a fingerprint: all of it, or nothing."""
        return self if self.generation.fingerprint == fingerprint else NO_BUILD


NO_BUILD: Final = PreviousBuild(Generation())
"""There was none: this is the first build."""
