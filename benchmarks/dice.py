"""Seeded choices that are the same on each machine and in each version of Python."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of choices.

    Of `random.Random`, only `random()` promises the same sequence for ever.
    """

    def __init__(self, seed: int) -> None:
        """The same `seed` gives the same choices."""
        self.random = random.Random(seed).random  # noqa: S311  (no secrets here, but repetition)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True in `probability` of all calls."""
        return self.random() < probability

    def pick(self, pool: Sequence[T]) -> T:
        """One element of `pool`, each as likely as the other."""
        return pool[int(self.random() * len(pool))]

    def weighted(self, choices: Sequence[tuple[float, T]]) -> T:
        """One of `choices`, each as often as its weight says; the weights add up to 1."""
        left = self.random()
        for weight, choice in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][1]


class Ranking:
    """Elements of which the first are drawn often and the last seldom, as Zipf found for words."""

    def __init__(self, elements: Sequence[str], *, offset: int = 8) -> None:
        """`offset` flattens the top: with 8, the first of 400 has 3 % of all draws."""
        ranks = range(1 + offset, len(elements) + 1 + offset)
        self._elements = tuple(elements)
        self._limits = tuple(accumulate(1 / rank for rank in ranks))

    def draw(self, dice: Dice, count: int) -> tuple[str, ...]:
        """`count` different elements, in the order in which they were drawn."""
        drawn: dict[str, None] = {}
        while len(drawn) < count:
            drawn[self._elements[bisect_left(self._limits, dice.random() * self._limits[-1])]] = (
                None
            )
        return tuple(drawn)
