"""What the last build remembered, for commands that wait for no running build."""

import sqlite3
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

import msgspec

from generator.base import digests
from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config.portal import Portal
from generator.load.store import FOLDER, Generation, Meta
from generator.model.entry import Entry
from generator.site.ledger import Resolution
from generator.site.pages import Page

T = TypeVar("T")

RESOLUTION: Final = "resolution"
INDEXES: Final = "indexes"
STAMPS: Final = "stamps"
"""What the store knows by these: where addresses of old lead, what the site knows of its sources,
and their stamps."""

DAMAGED: Final = (OSError, sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError)
"""What is raised where a store cannot be used."""


def published(portal: Portal) -> Generation:
    """What the last build published; empty where nothing can be learned."""
    return ask(portal, Meta.generation, Generation)


class Begun(msgspec.Struct, frozen=True, array_like=True):
    """Of a `KeptPage` only the page: to make nothing of its trace takes half as long."""

    page: Page


def pages(portal: Portal) -> tuple[Page, ...]:
    """The pages that the last build published; none where nothing can be learned."""

    def found(meta: Meta) -> tuple[Page, ...]:
        return tuple(kept.page for kept in meta.list("pages", Begun))

    return ask(portal, found, tuple)


class Built(NamedTuple):
    """The pages that were built, and the sources that could be read then, by path."""

    pages: tuple[Page, ...] = ()
    entries: Mapping[str, Entry] = MappingProxyType({})


def built(portal: Portal) -> Built:
    """What the last build made, and of what; empty where nothing can be learned."""

    def both(meta: Meta) -> Built:
        pages = tuple(kept.page for kept in meta.list("pages", Begun))
        records = meta.records().items()
        return Built(pages, {path: one.entry for path, one in records if one.entry})

    return ask(portal, both, Built)


def resolution(portal: Portal) -> Resolution:
    """Where addresses of old lead since the last build."""
    return ask(portal, lambda meta: meta.get(RESOLUTION, Resolution), Resolution)


def up_to_date_check(portal: Portal) -> UpToDateCheck:
    """What tells whether the last build still holds; empty where nothing can be learned."""
    return ask(portal, lambda meta: meta.get(up_to_date.KEY, UpToDateCheck), UpToDateCheck)


def digest(portal: Portal) -> bytes:
    """The digest of what tells the last build from others; b"" where nothing can be learned."""

    def both(meta: Meta) -> bytes:
        heads = (bytes(meta.get(key, msgspec.Raw)) for key in ("generation", up_to_date.KEY))
        return digests.of_value(tuple(heads))

    return ask(portal, both, bytes)


def ask(
    portal: Portal, question: Callable[[Meta], T], kind: type[T], *, file: str = "store.sqlite"
) -> T:
    """What one of the portal's stores says to a question; an empty value where it says nothing."""
    store = portal.folders.root / FOLDER / file
    if not store.is_file():
        return kind()
    try:
        connection = sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            connection.execute("BEGIN")  # a build may change something meanwhile
            return question(Meta(connection))
        finally:
            connection.close()
    except DAMAGED:
        return kind()
