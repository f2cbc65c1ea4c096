"""A call that another process makes while this one goes on.

It stands apart from the workers, since Python's module for processes takes as long to load as all
that a build needs where nothing changed.
"""

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar

R = TypeVar("R")

FORKS: Final = sys.platform == "linux"
"""Whether another process has all that this one had, at no cost; elsewhere forking is not safe."""

waiting: Final[set[Callable[[], Any]]] = set()
"""The calls that nobody has waited for yet."""


def call(function: Callable[[], R]) -> Callable[[], R]:
    """Begins a call in another process, and returns a function that waits for its result.

    Where there may be no other process, or that one is lost, or the call raised something, it is
    made in this one.
    """
    if not FORKS:
        return cache(function)
    ours, theirs = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return cache(function)
    if not process:
        _tell(theirs, function)
    os.close(theirs)

    def result() -> R:
        waiting.discard(once)
        with open(ours, "rb") as stream:  # noqa: PTH123 (it has no path)
            told = stream.read()
        with suppress(ChildProcessError):  # whoever ignores their ends has no children
            os.waitpid(process, 0)
        try:
            found: R = pickle.loads(told)  # noqa: S301 (our own process wrote it)
        except (EOFError, pickle.UnpicklingError):
            return function()
        return found

    once = cache(result)
    waiting.add(once)
    return once


def wait_for_all() -> bool:
    """Waits for all calls that were begun; whether there were any."""
    had = tuple(waiting)
    for result in had:
        with suppress(Exception):  # who wants the result is told
            result()
    return bool(had)


def _tell(descriptor: int, function: Callable[[], Any]) -> None:
    """Writes what the call comes to, or nothing where it raises, and ends the process."""
    try:
        told = pickle.dumps(function())
        with open(descriptor, "wb") as stream:
            stream.write(told)
    finally:
        os._exit(0)
