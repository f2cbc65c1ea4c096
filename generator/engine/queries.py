"""The queries: what a layout may ask the site, and what the engine asks to answer it.

Each is declared once, here, as a function from the world and the query's arguments to the answer.
Its declaration also says which edits can change the answer, until when it holds, how it is
digested, what was asked in order to answer it, and whether the answer is kept.  All else follows
from that: what layouts see as `site` (`SiteContext`), which of the previous build's answers hold
(`delta`), when a page is out of date by itself (`holds_until`), and how `--explain` spells it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Unpack

from markupsafe import Markup

from generator.base import digests
from generator.engine.query import QUERIES, Asked, Dependency, Query, World, query
from generator.model.addresses import sort_key
from generator.model.answers import (
    Advertisement,
    Credit,
    Filters,
    FirmEntry,
    FirmGroup,
    Headline,
    ImageSet,
    KeywordEntry,
    Redirect,
    SitemapEntry,
    Teaser,
    Year,
)
from generator.model.article import Article, Firm, Image, Picture, StandingPage, When
from generator.site import news, picture_credits
from generator.site.index import Site
from generator.site.pages import redirects, sitemap
from generator.templates.context import QueryContext, Question, Trace, pairs, plain

__all__ = (
    "ARTICLE_FILTERS", "FIRM_FILTERS", "QUERIES", "SiteContext", "answer", "figure", "holds_until",
    "place_of", "spelled",
)  # fmt: skip

ARTICLE_FILTERS: Final = frozenset((*Filters.__annotations__, "number", "limit"))
FIRM_FILTERS: Final = frozenset({"field", "town", "keyword", "limit"})


def _of_teasers(world: World, question: Question) -> bytes:
    # A teaser is in many lists: its own digest is made once.
    return digests.of_bytes(b"".join(map(world.site.teaser_digest, world.value(question))))


def _of_entry(world: World, question: Question) -> bytes:
    return world.site.entries[str(question[1])].digest


def _of_derived(world: World, question: Question) -> bytes:
    digest: bytes = world.derive(question).digest
    return digest


# Sources.


@query(Dependency.HEAD, digest=_of_entry, kept=False)
def article(world: World, path: str) -> Article:
    """An article's front matter."""
    return world.site.article(path)


@query(Dependency.ARRANGEMENT)
def standing(world: World, path: str) -> StandingPage:
    """A standing page's front matter."""
    return world.site.standing(path)


def _figures(world: World, question: Question) -> Trace:
    path, place = str(question[1]), place_of(int(question[2]))
    placeholders = world.site.entries[path].placeholders
    return tuple(figure(path, one.image, place) for one in placeholders if isinstance(one, Picture))


@query(
    Dependency.TEXT,
    digest=lambda world, question: world.body_digest(str(question[1]), int(question[2])),
    behind=_figures,
    kept=False,
)
def body(world: World, path: str, absolute: int = 0) -> Markup:
    """A source's text as HTML; `absolute` for feeds: no relative address is left."""
    return world.body(path, absolute)


# Lists of articles.


@query(Dependency.LISTED, digest=_of_teasers, filters=ARTICLE_FILTERS)
def articles(world: World, **filters: Unpack[Filters]) -> tuple[Teaser, ...]:
    """The teasers of what matches, newest first."""
    return world.site.articles(**filters)


@query(Dependency.LISTED, filters=ARTICLE_FILTERS)
def headlines(world: World, **filters: Unpack[Filters]) -> tuple[Headline, ...]:
    """The headlines of what matches, newest first."""
    return world.site.headlines(**filters)


@query(Dependency.LISTED, digest=_of_teasers, filters=ARTICLE_FILTERS)
def newest_page(world: World, **filters: Unpack[Filters]) -> tuple[Teaser, ...]:
    """The teasers on the first page of a numbered list."""
    return world.site.newest_page(**filters)


@query(Dependency.ARRANGEMENT, filters=ARTICLE_FILTERS)
def count(world: World, **filters: Unpack[Filters]) -> int:
    """How many articles match."""
    return world.site.count(**filters)


@query(Dependency.ARRANGEMENT, filters=ARTICLE_FILTERS)
def among(world: World, path: str, **filters: Unpack[Filters]) -> bool:
    """Whether an article is one that matches, or of the newest so many of these."""
    return world.site.among(path, **filters)


@query(
    Dependency.RANKED,
    digest=_of_teasers,
    behind=lambda _world, question: (("ranking", *question[1:]),),
    kept=False,
)
def related(world: World, path: str, limit: int = 5) -> tuple[Teaser, ...]:
    """The teasers of related articles, best first."""
    return world.site.teasers(world.value(("ranking", path, limit)))


@query(Dependency.ARRANGEMENT)
def keywords(world: World) -> tuple[KeywordEntry, ...]:
    """All keywords in German order."""
    return world.site.keywords()


@query(Dependency.ARRANGEMENT)
def years(world: World) -> tuple[Year, ...]:
    """The years and months of the archive, newest first."""
    return world.site.years()


@query(Dependency.ARRANGEMENT)
def year(world: World, number: int) -> Year | None:
    """One of the years of the archive: less to depend on than all."""
    return next((one for one in world.value(("years",)) if one.year == number), None)


@query(
    Dependency.ELSEWHERE,
    until=lambda site, asked: news.ends(site) if ("recent",) in asked else None,
)
def recent(world: World) -> tuple[Headline, ...]:
    """The headlines of the last two days, without what firms paid for."""
    return news.recent(world.site)


# The directory of firms, advertisements, credits.


@query(Dependency.ARRANGEMENT, digest=_of_entry)
def firm(world: World, path: str) -> Firm:
    """What the directory says of a firm."""
    return world.site.firm(path)


@query(Dependency.ARRANGEMENT)
def has_firms(world: World) -> bool:
    """Whether the portal has a directory of firms."""
    return bool(world.site.directory.all)


@query(Dependency.ARRANGEMENT, filters=FIRM_FILTERS)
def firms(world: World, **filters: Any) -> tuple[FirmEntry, ...]:
    """The firms in the directory that match, in German order."""
    return world.site.directory.firms(**filters)


@query(Dependency.ARRANGEMENT)
def firm_fields(world: World) -> tuple[FirmGroup, ...]:
    """The firms by field of work."""
    return world.site.directory.firm_fields()


@query(Dependency.ARRANGEMENT)
def firm_towns(world: World) -> tuple[FirmGroup, ...]:
    """The firms by town."""
    return world.site.directory.firm_towns()


def _turn(site: Site, asked: Asked) -> datetime | None:
    day = site.advertising.next_turn(asked, _today(site))
    return _begin(site, day) if day else None


@query(Dependency.ELSEWHERE, until=_turn)
def ad(world: World, slot: str) -> Advertisement | None:
    """The advertisement that shows in a slot today, none where the slot is empty."""
    return world.site.advertising.ad(slot, world.site.at.date())


@query(Dependency.CREDITS)
def credits_(world: World) -> tuple[Credit, ...]:
    """Everyone whose pictures articles show."""
    return picture_credits.collected(world.site)


# Pages, files, the day.


@query(Dependency.MODIFIED)
def sitemap_(world: World, number: int) -> tuple[SitemapEntry, ...]:
    """The addresses in the sitemap's part of that number."""
    return sitemap(world.site, world.pages, number)


@query(Dependency.ARRANGEMENT)
def redirects_(world: World) -> tuple[Redirect, ...]:
    """All old addresses, each with the one to which it leads."""
    return redirects(world.site)


@query(Dependency.ARRANGEMENT)
def gone(world: World) -> tuple[str, ...]:
    """The addresses that were published and lead nowhere, since an editor wanted that."""
    return world.site.resolution.gone


@query(Dependency.HEAD)
def lasting_id(world: World, path: str) -> str:
    """What feed readers know an article by, whatever becomes of its file's name."""
    site = world.site
    return site.resolution.ids.get(path) or site.article(path).guid or path


@query(Dependency.ARRANGEMENT)
def pdf(world: World, path: str) -> str:
    """The address of an article's PDF, "" where there is none."""
    return world.site.pdf_address(path)


def _midnight(site: Site, asked: Asked) -> datetime | None:
    return _begin(site, _today(site) + timedelta(days=1)) if ("today",) in asked else None


@query(Dependency.ELSEWHERE, until=_midnight)
def today(world: World) -> date:
    """The day for which the site is built."""
    return world.site.at.date()


@query(Dependency.ELSEWHERE)
def asset(world: World, name: str) -> str:
    """The address of a file in `assets/`."""
    return world.assets.asset(name).address


@query(
    Dependency.ELSEWHERE,
    digest=lambda world, question: world.pictures.digest(
        world.assets.name_of(str(question[1]), str(question[2]))
    ),
)
def image(world: World, path: str, file: str) -> ImageSet:
    """A picture that the source at `path` shows, as it is published."""
    return world.pictures.image(world.assets.name_of(path, file))


@query(Dependency.ELSEWHERE, digest=_of_derived, filters=frozenset())
def fragment(world: World, name: str, **values: str | int) -> Markup:
    """The text of a fragment, made once a build for the same values."""
    text: str = world.derive(("fragment", name, *pairs(values))).value
    return str.__new__(Markup, text)


# What layouts do not ask by themselves.


@query(
    Dependency.ELSEWHERE,
    digest=lambda world, question: world.assets.digest(str(question[1])),
    kept=False,
    offered=False,
)
def download(world: World, name: str) -> bytes:
    """The digest of a file that is published as it is: it is all that its page notes."""
    return world.assets.digest(name)


@query(
    Dependency.ELSEWHERE,
    digest=lambda world, question: world.layout_digest(str(question[1])),
    offered=False,
)
def layout(world: World, name: str) -> bytes:
    """A layout's digest with all that it includes: each page notes its own."""
    return world.layout_digest(name)


@query(Dependency.ELSEWHERE, offered=False)
def portal(world: World, field: str) -> object:
    """A constant of portal.toml, noted when a layout looks at it."""
    return getattr(world.site.portal, field)


@query(Dependency.ARRANGEMENT, digest=_of_derived, kept=False, offered=False)
def ranking(world: World, path: str, limit: int) -> tuple[str, ...]:
    """The paths of the articles most related to one, best first."""
    found: tuple[str, ...] = world.derive(("ranking", path, limit)).value
    return found


@query(Dependency.ARRANGEMENT, offered=False)
def members(world: World, keyword: str) -> tuple[int, tuple[tuple[str, When], ...]]:
    """How many editorial articles have a keyword, and the newest of them: for rankings."""
    return world.site.related.members(keyword)


@query(Dependency.ARRANGEMENT, offered=False)
def fillers(world: World, section: str) -> tuple[str, ...]:
    """The newest articles of a section: for rankings."""
    return world.site.related.fillers(section)


@query(Dependency.ARRANGEMENT, kept=False, offered=False)
def ranking_basis(world: World, path: str) -> tuple[str, ...]:
    """What a ranking depends on beside `members` and `fillers`."""
    return world.site.related.basis(world.site.article(path))


# What follows from the declarations.


class SiteContext(QueryContext):
    """The `site` of a layout: each offered query is a method of its name."""

    def fragment(self, name: str, **values: str | int) -> Any:
        """The text of a fragment; while a page is made, what stands for it."""
        question = ("fragment", name, *pairs(values))
        return self._mark(question, self.ask(*question))

    def firms_about(self, keywords: Iterable[str], *, limit: int = 3) -> list[FirmEntry]:
        """The firms that match the most of `keywords`, in German order among equals.

        No query of its own: one for each keyword is answered once for all pages that have it.
        """
        if not self.ask("has_firms"):
            return []
        matches = [firm for keyword in keywords for firm in self.ask("firms", "keyword", keyword)]
        counts = Counter(firm.path for firm in matches)
        firms = {firm.path: firm for firm in matches}
        order = sorted(firms, key=lambda path: (-counts[path], sort_key(firms[path].name), path))
        return [firms[path] for path in order[:limit]]


def _method(query: Query) -> Callable[..., Any]:
    """The method of a layout's `site` that asks `query`."""
    name, wanted = query.name, len(query.parameters)
    options = tuple(query.options.items())
    known = query.filters or query.options.keys()

    def ask(self: SiteContext, *given: str | int, **by_name: str | int) -> Any:
        if by_name:
            given += tuple(
                by_name.pop(key) for key in query.parameters[len(given) :] if key in by_name
            )
            if unknown := by_name.keys() - known:
                there = ", ".join(sorted(known))
                raise TypeError(f"site.{name}: unknown {min(unknown)!r}; there are {there}")
        if len(given) != wanted:
            raise TypeError(f"site.{name} takes {', '.join(query.parameters) or 'nothing'}")
        if options:
            given += tuple(plain(key, by_name.get(key, default)) for key, default in options)
        elif by_name:
            given += pairs({key: value for key, value in by_name.items() if value})
        return self.ask(name, *given)

    ask.__name__, ask.__doc__ = name, query.answer.__doc__
    return ask


for _each in QUERIES.values():
    if _each.offered and _each.name != "fragment":
        setattr(SiteContext, _each.name, _method(_each))


def answer(world: World, question: Question) -> Any:
    """The answer to `question`, made anew."""
    query = QUERIES[str(question[0])]
    if query.filters is None:
        return query.answer(world, *question[1:])
    given, by_name = query.arguments(question)
    return query.answer(world, *given, **by_name)


def spelled(question: Question) -> str:
    """A question as a layout would write it, for `--explain`."""
    match question:
        case ("layout", str(name)):
            return f"layout {name}"
        case ("portal", str(field)):
            return f"portal.{field}"
    return QUERIES[str(question[0])].spelled(question)


def holds_until(site: Site, change: datetime | None, asked: Asked) -> datetime | None:
    """The first moment at which pages that ask what is in `asked` may be others; None: never.

    `change` is when a source appears or expires (`gate.next_change`).  Builds, `status` and the
    preview ask here, so that a timer wakes when a build comes to something else, and not before.
    """
    moments = (change, *(query.until(site, asked) for query in QUERIES.values()))
    return min((moment for moment in moments if moment), default=None)


def _today(site: Site) -> date:
    return site.at.astimezone(site.portal.zone).date()


def _begin(site: Site, day: date) -> datetime:
    """The first moment of a day where the portal is."""
    return datetime.combine(day, time(), site.portal.zone)


def place_of(absolute: int) -> str:
    """Where a picture in a text stands: on the article's own page, or in a feed, in print."""
    return "elsewhere" if absolute else "body"


def figure(path: str, image: Image, place: str) -> Question:
    """The question for the fragment that shows a picture in a text."""
    return (
        "fragment", "figure", "alt", image.alt, "article", path, "caption", image.caption,
        "credit", image.credit, "file", image.file, "place", place,
    )  # fmt: skip
