"""What layouts were told, in this build and in the last one."""

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


class Told(NamedTuple):
    """What layouts were told: the digest of each answer, and the derived answers whole."""

    digests: dict[Question, bytes]
    derived: dict[Question, Derived]


class Memory(NamedTuple):
    """What layouts were told in an earlier build, and of which site.

    `digest` gives that of an answer of then, `derived` a derived answer, or None.
    """

    digest: Callable[[Question], bytes | None] = lambda _question: None
    derived: Callable[[Question], Derived | None] = lambda _question: None
    site: Outline = Outline()


NOTHING: Final = Memory()
"""The memory of a first build."""
