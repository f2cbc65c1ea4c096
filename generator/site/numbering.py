"""Numbered pages: a long list in parts that stay as they are when it grows."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def last_number(count: int, size: int) -> int:
    """The number of the newest numbered page of a list of `count` articles, `size` a page.

    Numbered pages count from the oldest article and are always full, so that they do not change
    when a new article appears.  The newest full page and what came after it are the list's first
    page, which has no number.
    """
    return max(0, count // size - 1)


def numbered_page(newest_first: Sequence[T], number: int, size: int) -> Sequence[T]:
    """The articles of the numbered page `number`, newest first; page 1 holds the oldest ones."""
    end = len(newest_first) - (number - 1) * size
    return newest_first[max(0, end - size) : end]
