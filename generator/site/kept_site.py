"""A site as it is remembered: its indexes, and each source when it is asked for.

So a build after an edit of a few sources need not look at all others.  This knows the insides of
`Site`, as `after_edit` does, and nothing else.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias, overload

import msgspec

from generator.config.portal import Portal
from generator.model.article import Article, StandingPage
from generator.model.entry import Entry
from generator.site.advertising import Advertising
from generator.site.firms import Directory
from generator.site.index import FIELDS, NO_LEDGER, Site
from generator.site.ledger import Resolution

_Key: TypeAlias = str | int | tuple[int, int]

_SHELVES: Final = ("", "all", "sponsored")
"""The shelves of which indexes are remembered, by each of `FIELDS`."""


class Indexes(msgspec.Struct, frozen=True, array_like=True):
    """What a site knows of its sources: which are published, and where articles stand.

    `articles` are their paths, newest first, `others` those of all other sources.  `places` has, by
    shelf and field, each key with the places of its articles, packed.
    """

    articles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    places: tuple[tuple[str, str, tuple[tuple[_Key, bytes], ...]], ...] = ()
    keyword_names: dict[str, str] = {}


def indexes_of(site: Site) -> Indexes:
    """What is to be remembered of a site."""
    for shelf in _SHELVES:
        for field in FIELDS:
            site._having(shelf, field)
    places: Any = (
        (shelf, field, tuple((key, array("I", found).tobytes()) for key, found in index.items()))
        for (shelf, field), index in site._indexes.items()
    )
    others = site.entries.keys() - site._places.keys()
    return Indexes(
        tuple(site._paths),
        tuple(sorted(others)),
        tuple(places),
        dict(site.keyword_names),
    )


class KeptSite(Site):
    """The site that was remembered as `indexes`, with `entries` that leave these as they are."""

    def __init__(
        self,
        portal: Portal,
        indexes: Indexes,
        entry: Callable[[str], Entry],
        at: datetime,
        resolution: Resolution,
    ) -> None:
        """`entry` gives a source by its path."""
        self.portal, self.at, self.ledger, self.withdrawn = portal, at, NO_LEDGER, ()
        self.resolution = resolution
        self._paths = indexes.articles
        self.entries = _Entries((*indexes.articles, *indexes.others), cache(entry))
        self.all_articles = _Articles(self._paths, self.entries)
        others = [self.entries[path].source for path in indexes.others]
        self.all_standing = tuple(one for one in others if isinstance(one, StandingPage))
        self.directory, self.advertising = Directory(others), Advertising(others)
        self._indexes = {
            (shelf, field): {key: array("I", found) for key, found in index}
            for shelf, field, index in indexes.places
        }
        self.keyword_names = indexes.keyword_names


class _Entries(Mapping[str, Entry]):
    def __init__(self, paths: Sequence[str], entry: Callable[[str], Entry]) -> None:
        self._paths = dict.fromkeys(paths)
        self._entry = entry

    def __getitem__(self, path: str) -> Entry:
        if path not in self._paths:
            raise KeyError(path)
        return self._entry(path)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class _Articles(Sequence[Article]):
    def __init__(self, paths: Sequence[str], entries: Mapping[str, Entry]) -> None:
        self._paths = paths
        self._entries = entries

    @overload
    def __getitem__(self, place: int) -> Article: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Article]: ...
    def __getitem__(self, place: int | slice) -> Article | Sequence[Article]:
        if isinstance(place, slice):
            return _Articles(self._paths[place], self._entries)
        source = self._entries[self._paths[place]].source
        if not isinstance(source, Article):
            raise LookupError(f"{source.path} is no article")
        return source

    def __len__(self) -> int:
        return len(self._paths)
