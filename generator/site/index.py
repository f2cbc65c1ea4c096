"""The site: what may be published at one moment, indexed, and the queries that it answers.

A `Site` never changes.  Every answer is a frozen value that depends on the site and the arguments
alone, so that a page which asked for it is up to date as long as the answer's digest is the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Final, TypeAlias, TypeVar, Unpack, cast

import msgspec

from generator.base import digests
from generator.config import permalinks
from generator.config.portal import Portal
from generator.model.addresses import letter, slug, sort_key, spellings
from generator.model.answers import (
    Filters,
    Headline,
    KeywordEntry,
    Month,
    Teaser,
    Year,
    headline,
    teaser,
)
from generator.model.article import Article, Firm, Link, Source, StandingPage
from generator.model.entry import Entry
from generator.model.gate import passes_gate, unpublished
from generator.site.advertising import Advertising
from generator.site.firms import Directory
from generator.site.ledger import Ledger, Resolution, resolve
from generator.site.numbering import last_number, numbered_page
from generator.site.related import Related

NO_LEDGER: Final = Ledger()

S = TypeVar("S", Article, StandingPage, Firm)

_Index: TypeAlias = Mapping[object, Sequence[int]]
"""The places of articles by what they have."""


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """What a site was made from, as digests; two sites can be told apart by it.

    With equal arrangements they consist of the same pages and lists of the same articles; `around`
    is what of it single sources do not say.  `sources` has, by path, the digests of the front
    matter and of the text, and whether the text shows pictures, or tells of files.
    """

    arrangement: bytes = b""
    sources: dict[str, tuple[bytes, bytes, bool]] = {}
    around: bytes = b""


class Site:
    """The immutable index over what may be published at the moment `at`.

    The methods without an underscore answer queries; their arguments are numbers and texts, and
    "" or 0 stands for "any".
    """

    def __init__(
        self,
        portal: Portal,
        entries: Iterable[Entry],
        at: datetime,
        *,
        drafts: bool = False,
        ledger: Ledger = NO_LEDGER,
    ) -> None:
        """`entries` may hold what must not be published; `ledger` has the addresses of old."""
        self.portal = portal
        self.at = at
        self.ledger = ledger
        published: list[Entry] = []
        withdrawn: list[Source] = []
        for entry in entries:
            if passes_gate(entry.source, at, drafts=drafts):
                published.append(entry)
            else:
                withdrawn.append(entry.source)
        self.withdrawn: tuple[Source, ...] = tuple(withdrawn)
        if drafts:
            published = [_marked(entry, at) for entry in published]
        self.entries: Mapping[str, Entry] = {entry.source.path: entry for entry in published}
        articles = [e.source for e in published if isinstance(e.source, Article)]
        articles.sort(key=lambda article: article.path)
        articles.sort(key=lambda article: article.date.at, reverse=True)
        self.all_articles: Sequence[Article] = tuple(articles)
        standing = [e.source for e in published if isinstance(e.source, StandingPage)]
        standing.sort(key=lambda page: page.path)
        self.all_standing: tuple[StandingPage, ...] = tuple(standing)
        self.directory = Directory(entry.source for entry in published)
        self.advertising = Advertising(entry.source for entry in published)

    @property
    def sources(self) -> tuple[Article | StandingPage | Firm, ...]:
        """All that has a page of its own."""
        return (*self.all_articles, *self.all_standing, *self.directory.all)

    @property
    def printed(self) -> Sequence[Article]:
        """The articles of which there is a PDF."""
        settings = self.portal.pdf
        return self.all_articles[: settings.newest or None] if settings.enabled else ()

    def pdf_address(self, path: str) -> str:
        """The address of the PDF of the article at `path`; "" where there is none."""
        settings, place = self.portal.pdf, self._places.get(path)
        if place is None or not settings.enabled or place >= (settings.newest or place + 1):
            return ""
        article = self.all_articles[place]
        return permalinks.pdf(article.address, article.slug)

    @cached_property
    def resolution(self) -> Resolution:
        """Where the addresses lead that were published and have no page."""
        return resolve(self, self.ledger)

    @cached_property
    def outline(self) -> Outline:
        """What this site was made from."""
        entries = sorted(self.entries.items())
        around = digests.of_value(
            (
                self.portal.constants,
                [(path, files) for path, entry in entries if (files := entry.downloads)],
                list(self.resolution.moved.items()),
                self.resolution.gone,
                sorted(self.resolution.ids.items()),
            )
        )
        arranged = [(path, entry.arrangement) for path, entry in entries]
        return Outline(
            digests.of_value((around, arranged)),
            {path: (entry.digest, entry.text, _shows_files(entry)) for path, entry in entries},
            around,
        )

    # What one source says.

    def article(self, path: str) -> Article:
        """The article with the source `path`."""
        return self._source(path, Article)

    def standing(self, path: str) -> StandingPage:
        """The standing page with the source `path`."""
        return self._source(path, StandingPage)

    def firm(self, path: str) -> Firm:
        """The firm with the source `path`."""
        return self._source(path, Firm)

    def _source(self, path: str, kind: type[S]) -> S:
        source = self.entries[path].source
        if not isinstance(source, kind):
            raise LookupError(f"{path} is no {kind.__name__}")
        return source

    # Lists.

    def articles(
        self, *, number: int = 0, limit: int = 0, **filters: Unpack[Filters]
    ) -> tuple[Teaser, ...]:
        """The teasers of the articles that match all filters, newest first.

        `number` gives the numbered page of that number, `limit` the newest so many.
        """
        return tuple(map(self._teaser, self._cut(number, limit, filters)))

    def headlines(
        self, *, number: int = 0, limit: int = 0, **filters: Unpack[Filters]
    ) -> tuple[Headline, ...]:
        """As `articles`, but headlines: less to depend on."""
        return tuple(headline(self.all_articles[p]) for p in self._cut(number, limit, filters))

    def newest_page(self, **filters: Unpack[Filters]) -> tuple[Teaser, ...]:
        """The first page of a numbered list: all articles that are on no numbered page yet."""
        return tuple(map(self._teaser, self._newest(filters)))

    def among(self, path: str, *, limit: int = 0, **filters: Unpack[Filters]) -> bool:
        """Whether the article at `path` is one that matches; with `limit`, of the newest so many.

        Less to depend on than any list: another headline changes nothing.
        """
        return path in self.paths("headlines", limit=limit, **filters)

    def paths(
        self, name: str, *, number: int = 0, limit: int = 0, **filters: Unpack[Filters]
    ) -> Iterator[str]:
        """The sources of the articles that the list `name` shows, a method of this class."""
        newest = name == "newest_page"
        found = self._newest(filters) if newest else self._cut(number, limit, filters)
        return (self._paths[place] for place in found)

    def teaser_digest(self, teaser: Teaser) -> bytes:
        """The digest of one of this site's teasers."""
        found = self._teaser_digests.get(teaser.path)
        if found is None:
            found = self._teaser_digests[teaser.path] = digests.of_value(teaser)
        return found

    def teasers(self, paths: Iterable[str]) -> tuple[Teaser, ...]:
        """The teasers of the articles at `paths`, in that order."""
        return tuple(self._teaser(self._places[path]) for path in paths)

    def keywords(self) -> tuple[KeywordEntry, ...]:
        """All keywords in German order."""
        entries = (
            KeywordEntry(
                name,
                permalinks.keyword(self.portal, name),
                letter(name),
                len(self._having("all", "keyword", key)),
            )
            for key, name in self.keyword_names.items()
        )
        return tuple(sorted(entries, key=lambda entry: sort_key(entry.name)))

    def years(self) -> tuple[Year, ...]:
        """The years and months that have articles, newest first."""
        years: dict[int, list[Month]] = defaultdict(list)
        months = cast("Mapping[tuple[int, int], Sequence[int]]", self._by("all", "month"))
        for (year, month), places in sorted(months.items(), reverse=True):
            address = permalinks.month(self.portal, year, month)
            years[year].append(Month(month, address, len(places)))
        return tuple(
            Year(
                year,
                permalinks.year(self.portal, year),
                sum(m.count for m in months),
                tuple(months),
            )
            for year, months in years.items()
        )

    # Related articles, in two steps: what ranks them changes seldom, what is shown of them often.

    @cached_property
    def related(self) -> Related:
        """How articles are related."""
        return Related(self.all_articles, partial(self._having, ""))

    # What pages are planned from.

    @cached_property
    def keyword_names(self) -> Mapping[str, str]:
        """Each keyword's name by its slug: the spelling that most articles use."""
        names = (name for article in self.all_articles for name in article.keywords)
        return dict(sorted(spellings(names).items()))

    @cached_property
    def author_names(self) -> Mapping[str, str]:
        """Each author, as articles name them, by slug."""
        return dict(sorted((slug(name), name) for a in self.all_articles for name in a.authors))

    def last_number(self, **filters: Unpack[Filters]) -> int:
        """The number of the newest numbered page of a list, 0 where it has none."""
        return last_number(len(self._matching(filters)), self._page_size(filters))

    def count(self, **filters: Unpack[Filters]) -> int:
        """How many articles match all filters."""
        return len(self._matching(filters))

    # Indexes.  Each is made when it is first needed: most edits need few of them.

    @cached_property
    def _indexes(self) -> dict[tuple[str, str], _Index]:
        """By shelf and field."""
        return {}

    @cached_property
    def _teasers(self) -> dict[int, Teaser]:
        """By the place of the article."""
        return {}

    @cached_property
    def _teaser_digests(self) -> dict[str, bytes]:
        """By the path of the article."""
        return {}

    def _having(self, shelf: str, field: str = "", key: object = "") -> Sequence[int]:
        """The places, newest first, of the articles on a shelf that have `key` in `field`."""
        return self._by(shelf, field).get(key, ())

    def _by(self, shelf: str, field: str) -> _Index:
        """The same of all keys."""
        index = self._indexes.get((shelf, field))
        if index is None:
            made = self._index_of_all(field) if shelf == "all" else self._index(shelf, field)
            index = self._indexes[shelf, field] = made
        return index

    def _index_of_all(self, field: str) -> _Index:
        keys, index = FIELDS[field], defaultdict[object, list[int]](list)
        for place, article in enumerate(self.all_articles):
            for key in keys(article):
                index[key].append(place)
        return dict(index)

    def _index(self, shelf: str, field: str) -> _Index:
        """What of the index of all articles is on a shelf: in a tenth of the time of another."""
        apart, wanted = frozenset(self._having("all", "kind", "sponsored")), shelf == "sponsored"
        found = (
            (key, [place for place in places if (place in apart) is wanted])
            for key, places in self._by("all", field).items()
        )
        return {key: places for key, places in found if places}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {path: place for place, path in enumerate(self._paths)}

    @cached_property
    def _paths(self) -> Sequence[str]:
        """The paths of the articles, newest first."""
        return tuple(article.path for article in self.all_articles)

    def _teaser(self, place: int) -> Teaser:
        """The teaser of the article at `place`: it is in many lists, and made once."""
        found = self._teasers.get(place)
        if found is None:
            found = self._teasers[place] = teaser(self.all_articles[place])
        return found

    @staticmethod
    def matches(article: Article, filters: Filters) -> bool:
        """Whether an article, of this site or not, is one that all filters want."""
        kind = filters.get("kind", "")
        if kind != "all" and shelf_of(kind) != shelf_of(article.kind):
            return False
        return all(key in FIELDS[field](article) for field, key in _keys(filters))

    def _matching(self, filters: Filters) -> Sequence[int]:
        kind = filters.get("kind", "")
        shelf = kind if kind == "all" else shelf_of(kind)
        found, *others = sorted((self._having(shelf, *key) for key in _keys(filters)), key=len)
        for places in map(frozenset, others):
            found = [place for place in found if place in places]
        return found

    def _newest(self, filters: Filters) -> Sequence[int]:
        found = self._matching(filters)
        size = self._page_size(filters)
        return found[: len(found) - last_number(len(found), size) * size]

    def _page_size(self, filters: Filters) -> int:
        sizes = self.portal.page_sizes
        if filters.get("section"):
            return sizes.section
        return sizes.keyword if filters.get("keyword") else sizes.author

    def _cut(self, number: int, limit: int, filters: Filters) -> Sequence[int]:
        found = self._matching(filters)
        if number:
            return numbered_page(found, number, self._page_size(filters))
        return found[:limit] if limit else found


def _shows_files(entry: Entry) -> bool:
    return bool(entry.placeholders) and not all(isinstance(one, Link) for one in entry.placeholders)


def _marked(entry: Entry, at: datetime) -> Entry:
    """`entry`, its source marked where it may not be published yet."""
    mark = unpublished(entry.source, at)
    if not mark:
        return entry
    source = msgspec.structs.replace(entry.source, unpublished=mark)
    return msgspec.structs.replace(entry, source=source, digest=digests.of_value(source))


FIELDS: Final[Mapping[str, Callable[[Article], Iterable[object]]]] = {
    "": lambda _article: ("",),
    "kind": lambda article: (article.kind,),
    "year": lambda article: (article.date.local.year,),
    "month": lambda article: ((article.date.local.year, article.date.local.month),),
    "section": lambda article: (article.section,),
    "keyword": lambda article: {slug(name) for name in article.keywords},
    "author": lambda article: {slug(name) for name in article.authors},
}
"""By what articles are found, and what of it an article has."""


def shelf_of(kind: str) -> str:
    """Where articles of a kind are listed: "sponsored" stands apart, all others are in ""."""
    return "sponsored" if kind == "sponsored" else ""


def _keys(filters: Filters) -> list[tuple[str, object]]:
    keys: list[tuple[str, object]] = []
    if section := filters.get("section"):
        keys.append(("section", section))
    if keyword := filters.get("keyword"):
        keys.append(("keyword", slug(keyword)))
    if author := filters.get("author"):
        keys.append(("author", slug(author)))
    if year := filters.get("year"):
        month = filters.get("month")
        keys.append(("month", (year, month)) if month else ("year", year))
    if (kind := filters.get("kind", "")) not in ("", "all", "sponsored"):
        keys.append(("kind", kind))
    return keys or [("", "")]
