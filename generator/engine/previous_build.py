"""The answers that layouts were given: in this build, and in the previous one."""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from generator.site.index import Outline
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


class PreviousBuild(NamedTuple):
    """The answers of the previous build, and the outline of its site.

    `digest` gives that of an answer of then, `derived` a derived answer, or None.
    """

    digest: Callable[[Question], bytes | None] = lambda _question: None
    derived: Callable[[Question], Derived | None] = lambda _question: None
    site: Outline = Outline()


NO_BUILD: Final = PreviousBuild()
"""There was none: this is the first build."""
