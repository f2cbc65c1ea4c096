"""What the last build remembered, for commands that wait for no running build."""

import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config.portal import Portal
from generator.load.store import FOLDER, Generation, Meta

T = TypeVar("T")

DAMAGED: Final = (OSError, sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError)
"""What is raised where a store cannot be used."""


def published(portal: Portal) -> Generation:
    """What the last build published; empty where nothing can be learned."""
    return _ask(portal, Meta.generation, Generation)


def up_to_date_check(portal: Portal) -> UpToDateCheck:
    """What tells whether the last build still holds; empty where nothing can be learned."""
    return _ask(portal, lambda meta: meta.get(up_to_date.KEY, UpToDateCheck), UpToDateCheck)


def _ask(portal: Portal, question: Callable[[Meta], T], kind: type[T]) -> T:
    file = portal.folders.root / FOLDER / "store.sqlite"
    if not file.is_file():
        return kind()
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            connection.execute("BEGIN")  # a build may next_generation something meanwhile
            return question(Meta(connection))
        finally:
            connection.close()
    except DAMAGED:
        return kind()
