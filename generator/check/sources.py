"""The sources of a portal, read for commands that build nothing and wait for nobody."""

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from generator.base.problems import PortalError
from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config.portal import Portal
from generator.load.store import FOLDER, Generation, Meta, Store, unusable

T = TypeVar("T")

FILE: Final = "check.sqlite"
"""A store of its own: a running build has locked the other one."""

_DAMAGED: Final = (OSError, sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError)


def with_store(portal: Portal, work: Callable[[Store], T]) -> T:
    """What `work` does with the store of these commands.

    Where that one cannot be used (a folder that may not be written, two checks at once), `work` is
    done again with a new one that is thrown away.
    """
    try:
        return _with(portal.folders.root / FOLDER, work)
    except _DAMAGED:
        with tempfile.TemporaryDirectory() as folder:
            try:
                return _with(Path(folder), work)
            except sqlite3.DatabaseError as error:
                raise PortalError((unusable(error, Path(folder)),)) from error


def _with(folder: Path, work: Callable[[Store], T]) -> T:
    store = Store.open(folder / FILE)
    try:
        return work(store)
    finally:
        store.close()


def last_build(portal: Portal, ask: Callable[[Meta], T], kind: type[T]) -> T:
    """What the last build of the portal remembered; an empty value where nothing can be learned."""
    file = portal.folders.root / FOLDER / "store.sqlite"
    if not file.is_file():
        return kind()
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            connection.execute("BEGIN")  # a build may remember something meanwhile
            return ask(Meta(connection))
        finally:
            connection.close()
    except _DAMAGED:
        return kind()


def published(portal: Portal) -> Generation:
    """What the last build published."""
    return last_build(portal, Meta.generation, Generation)


def up_to_date_check(portal: Portal) -> UpToDateCheck:
    """What tells whether the last build still holds."""
    return last_build(portal, lambda meta: meta.get(up_to_date.KEY, UpToDateCheck), UpToDateCheck)
