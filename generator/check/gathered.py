"""What a check is asked for, and what is found; the levels of a portal come to that later."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from generator.base.problems import Problem


class Wish(NamedTuple):
    """What is asked for: without the rules that are `off`, about which sources (paths below the
    content folder; None for all), and whether their external links are wanted."""

    off: frozenset[str]
    wanted: Callable[[str], bool] | None
    external: bool


class Gathered(NamedTuple):
    """All problems; the external links of each source; the drafts, as messages name them."""

    problems: tuple[Problem, ...]
    external: Mapping[str, tuple[str, ...]]
    drafts: frozenset[str]


_UNCERTAIN: Final = frozenset(
    {
        "file-unreadable", "pdf-lost-died", "pdf-lost-slow", "picture-unreadable", "took-too-long",
        "worker-died",
    }
)  # fmt: skip


def certain(problems: Iterable[Problem]) -> bool:
    """Whether the same would be found the next time."""
    return _UNCERTAIN.isdisjoint(one.name for one in problems)
