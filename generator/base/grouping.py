"""What to show of many problems: those of one kind together, so that each kind can be seen.

An archive that moves in has thousands of problems, of a few dozen kinds.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from generator.base.problems import Problem, Severity

Judged: TypeAlias = tuple[Problem, Severity]
"""A problem, and how grave it is taken."""

PLACES: Final = 3
"""So many places are named of what stands in many."""

WHOLE: Final[Mapping[Severity, int]] = {"error": 20, "warning": PLACES}
"""So many problems of one kind are said one by one: a mistake has to be put right at once."""

TEXTS: Final = 10
"""So many texts of one kind are told apart: one unknown key from another."""


class Group(NamedTuple):
    """Problems of one kind: the first, the places of some `others`, and how many `more` there are.

    `alike`: whether all say the same, so that the others are told by their places alone.
    """

    first: Problem
    level: Severity
    others: tuple[Problem, ...] = ()
    more: int = 0
    alike: bool = True

    @property
    def shown(self) -> int:
        """How many problems are named."""
        return 1 + len(self.others)


def groups(found: Iterable[Judged]) -> list[Group]:
    """All problems, together where there are many of one kind, in the order of their first places.

    What stands there once or a few times stays by itself.
    """
    kinds: dict[tuple[Severity, str], list[Problem]] = {}
    for one, level in found:
        kinds.setdefault((level, one.name), []).append(one)
    made = (group for (level, _), kind in kinds.items() for group in _of_kind(kind, level))
    return sorted(made, key=lambda group: group.first)


def _of_kind(kind: list[Problem], level: Severity) -> Iterator[Group]:
    if len(kind) <= WHOLE[level]:
        yield from (Group(one, level) for one in kind)
        return
    texts: dict[tuple[tuple[str, str], ...], list[Problem]] = {}
    for one in kind:
        texts.setdefault(one.values, []).append(one)
    often = sorted((each for each in texts.values() if len(each) > PLACES), key=len, reverse=True)
    for alike in often[:TEXTS]:
        yield _group(alike, level, alike=True)
    told = {one.values for alike in often[:TEXTS] for one in alike}
    rest = [one for one in kind if one.values not in told]
    if len(rest) <= PLACES:
        yield from (Group(one, level) for one in rest)
    else:
        yield _group(rest, level, alike=False)


def _group(members: list[Problem], level: Severity, *, alike: bool) -> Group:
    first, *others = members
    shown = tuple(others[: PLACES - 1])
    return Group(first, level, shown, len(others) - len(shown), alike)
