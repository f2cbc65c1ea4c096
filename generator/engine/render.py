"""Rendering: a page to its text, and the answers to what its layout asks on the way."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from markupsafe import Markup

from generator.base import digests
from generator.base.problems import PortalError, Problem
from generator.engine.delta import Delta
from generator.engine.previous_build import NOTHING, Derived, Memory, Told
from generator.engine.splice import Marks
from generator.load.pictures import Pictures
from generator.model.answers import Advertisement, Credit, Headline, ImageSet, Redirect
from generator.model.article import Article, Body, Firm, Image, Link, Picture
from generator.site import links, news, picture_credits
from generator.site.assets import Assets
from generator.site.index import Entry, Site
from generator.site.pages import Page, redirects, sitemap
from generator.templates import filters, html_addresses
from generator.templates.context import PortalDesk, Question, SiteDesk, Trace
from generator.templates.environment import APART, Layouts
from generator.templates.fast_runtime import html

LISTS: Final = frozenset({"articles", "headlines", "newest_page", "count"})
WITH_FILTERS: Final = LISTS | {"firms"}
"""Questions with filters."""

OF_THE_SITE: Final = LISTS | {"standing", "keywords", "years", "members", "ranking_basis"}
"""Questions that the site itself answers, by its methods of the same names."""

OF_FIRMS: Final = frozenset({"has_firms", "firm", "firms", "firm_fields", "firm_towns"})
"""Questions that the directory of firms answers."""

OF_TEASERS: Final = frozenset({"articles", "newest_page", "related"})
"""Questions whose answers are teasers."""

XML: Final = ".xml"
"""How the names of layouts for XML end."""

UNKEPT: Final = frozenset({"body", "article", "among", "related", "ranking", "ranking_basis"})
"""Questions that few pages ask: kept in memory, their answers would cost more than they save."""


class Rendered(NamedTuple):
    """A page's bytes, the questions that it asked, in the order of asking, its seams, warnings."""

    data: bytes
    trace: Trace
    seams: bytes = b""
    problems: tuple[Problem, ...] = ()


class Answers:
    """Answers the questions of layouts about one site, and digests the answers.

    `texts` gives a body by its digest; `pages` is the plan; `memory` saves work that still holds.
    """

    def __init__(
        self,
        site: Site,
        layouts: Layouts,
        assets: Assets,
        pictures: Pictures,
        pages: Iterable[Page],
        texts: Callable[[bytes], Body],
        *,
        memory: Memory = NOTHING,
    ) -> None:
        self.site = site
        self._layouts = layouts
        self._assets = assets
        self._pictures = pictures
        self._pages = pages
        self._texts = texts
        self._memory = memory
        self._delta = Delta(site, memory.site, self._ranked)
        self._values: dict[Question, Any] = {}
        self._last_body = ("", 0, Markup())
        self._begun: set[Question] = set()
        self.derived: dict[Question, Derived] = {}
        self.digests: dict[Question, bytes] = {}

    def value(self, question: Question) -> Any:
        """The answer to `question`."""
        if question in self._values:
            return self._values[question]
        name, arguments = str(question[0]), question[1:]
        if name in ("fragment", "ranking"):
            value: Any = self._derive(question).value
        elif name in OF_THE_SITE:
            value = _call(getattr(self.site, name), name, arguments)
        elif name in OF_FIRMS:
            value = _call(getattr(self.site.directory, name), name, arguments)
        else:
            value = getattr(self, f"_{name}")(*arguments)
        if name == "fragment":
            value = html(value)
        if name not in UNKEPT:
            self._values[question] = value
        return value

    def digest(self, question: Question) -> bytes:
        """The digest of the answer to `question`; b"" where there is none any more."""
        known = self.digests.get(question)
        if known is None:
            known = self._remembered(question)
            if known is None:
                try:
                    known = self._digest(question)
                except (PortalError, LookupError):
                    known = b""
            self.digests[question] = known
        return known

    def in_doubt(self, remembered: Iterable[Question]) -> Iterator[tuple[int, Question]]:
        """The questions to be asked again, and their places: the answer may be another."""
        return self._delta.concerned(remembered)

    def _remembered(self, question: Question) -> bytes | None:
        digest = self._memory.digest(question)
        return None if digest is None or self._delta.concerns(question) else digest

    def _ranked(self, question: Question) -> tuple[str, ...] | None:
        found = self._memory.derived(question)
        return found.value if found and isinstance(found.value, tuple) else None

    def render(self, page: Page) -> Rendered:
        """The text of a page, with its trace.  PortalError: its layout fails."""
        names = {"page": page}
        if page.layout in self._layouts.verbatim and not page.layout.endswith(XML):
            marks = Marks()
            text, trace = self._run(page.layout, page.address, names, marks.mark)
            if sewn := marks.sewn(text, trace):
                return Rendered(sewn[0], trace, sewn[1])
        text, trace = self._run(page.layout, page.address, names)
        return Rendered(text.encode(), trace)

    def print(self, page: Page, *, lost: Literal["", "slow", "died"] = "") -> Rendered:
        """A page that is a PDF, with its trace.  PortalError: its layout fails for any article.

        `lost` is what became of the process that tried it before, if one did.
        A process that has called this must not fork any more: call it in workers only.
        """
        from generator.media.pdf import ladder as pdf
        from generator.templates import documents

        site = SiteDesk(self.value)
        portal = PortalDesk(self.site.portal, site.ask)
        site.ask("layout", page.layout)
        holes = self.site.entries[page.article].holes
        inside = [hole.image for hole in holes if isinstance(hole, Picture)]
        document = documents.document(page.article, site, portal, inside, self._fallback)
        made = pdf.make(document, self.site.portal.folders.layouts / APART, lost=lost)
        return Rendered(made.pdf, site.trace(), problems=made.problems)

    def told(self) -> Told:
        """All that was asked for so far."""
        return Told(dict(self.digests), dict(self.derived))

    def behind(self, question: Question) -> Trace:
        """The derived answers that are part of the answer to `question`, itself not derived."""
        if question[0] == "related":
            return (("ranking", *question[1:]),)
        if question[0] != "body":
            return ()
        path, place = str(question[1]), _place(question[2])
        holes = self.site.entries[path].holes
        return tuple(
            _figure(path, hole.image, place) for hole in holes if isinstance(hole, Picture)
        )

    def _digest(self, question: Question) -> bytes:
        match question:
            case ("layout", str(name)):
                return self._layout(name)
            case ("article" | "firm", str(path)):
                return self.site.entries[path].digest
            case ("image", str(path), str(file)):
                return self._pictures.digest(self._assets.name_of(path, file))
            case ("body", str(path), int(absolute)):
                return self._body_digest(path, absolute)
            case ("fragment" | "ranking", *_):
                return self._derive(question).digest
        return self._value_digest(question)

    def _value_digest(self, question: Question) -> bytes:
        answer = self.value(question)
        if question[0] in OF_TEASERS:
            # A teaser is in many lists: its own digest is made once.
            return digests.of_bytes(b"".join(map(self.site.teaser_digest, answer)))
        return digests.of_value(answer)

    def _run(
        self,
        layout: str,
        address: str,
        names: Mapping[str, object],
        mark: Callable[[Question, Any], Any] = lambda _question, fragment: fragment,
    ) -> tuple[str, Trace]:
        desk = SiteDesk(self.value, mark)
        portal = PortalDesk(self.site.portal, desk.ask)
        desk.ask("layout", layout)
        template = self._layouts.template(layout)
        try:
            text = template.render(names, site=desk, portal=portal)
        except sqlite3.DatabaseError:
            raise
        except Exception as error:
            raise self._layouts.failure(layout, address, error) from error
        return filters.xml_names(text) if layout.endswith(XML) else text, desk.trace()

    def _fallback(self, path: str, file: str) -> tuple[Path, bytes]:
        return self._pictures.fallback(self._assets.name_of(path, file))

    @cached_property
    def pdf_layout(self) -> bytes:
        """The digest of the layout of PDFs."""
        from generator.media.pdf import ladder as pdf

        return pdf.layout_digest(self.site.portal.folders.layouts / APART)

    @cached_property
    def _pdfs(self) -> Mapping[str, str]:
        """The address of each article's PDF, by the article's path."""
        return {page.article: page.address for page in self._pages if page.is_pdf}

    # Derived answers.

    def _derive(self, question: Question) -> Derived:
        found = self.derived.get(question)
        if found is None:
            found = self._memory.derived(question)
            if found is None or not self._holds(found):
                found = (
                    self._ranking(question)
                    if question[0] == "ranking"
                    else self._fragment(question)
                )
            self.derived[question] = found
        return found

    def _holds(self, derived: Derived) -> bool:
        earlier = self._memory.digest
        return all(earlier(question) == self.digest(question) for question in derived.trace)

    def _ranking(self, question: Question) -> Derived:
        path, limit = str(question[1]), int(question[2])
        ranking = self.site.ranking(path, limit)
        keywords = self.site.article(path).keywords
        trace = (("ranking_basis", path), *(("members", keyword) for keyword in keywords))
        return Derived(trace, digests.of_value(ranking), ranking)

    def _fragment(self, question: Question) -> Derived:
        name, values = question[1], question[2:]
        names = _named(values)
        if question in self._begun:
            raise RecursionError(f"the fragment {name!r} would be part of itself")
        self._begun.add(question)
        try:
            text, trace = self._run(f"fragments/{name}.html", f"fragment {name}", names)
        finally:
            self._begun.remove(question)
        return Derived(trace, digests.of_bytes(text.encode()), text)

    # Questions that the site alone cannot answer.

    def _layout(self, name: str) -> bytes:
        return self.pdf_layout if name.startswith(APART) else self._layouts.closures.get(name, b"")

    def _portal(self, field: str) -> object:
        return getattr(self.site.portal, field)

    def _article(self, path: str) -> object:
        return self.site.article(path)

    def _among(self, path: str, *filters: str | int) -> bool:
        return self.site.among(path, **_named(filters))

    def _related(self, path: str, limit: int) -> object:
        return self.site.teasers(self.value(("ranking", path, limit)))

    def _sitemap(self, number: int) -> object:
        return sitemap(self.site, self._pages, number)

    def _redirects(self) -> tuple[Redirect, ...]:
        return redirects(self.site)

    def _recent(self) -> tuple[Headline, ...]:
        return news.recent(self.site)

    def _credits(self) -> tuple[Credit, ...]:
        return picture_credits.collected(self.site)

    def _ad(self, slot: str) -> Advertisement | None:
        return self.site.advertising.ad(slot, self.site.at.date())

    def _today(self) -> object:
        return self.site.at.date()

    def _asset(self, name: str) -> str:
        return self._assets.asset(name).address

    def _pdf(self, path: str) -> str:
        return self._pdfs.get(path, "")

    def _image(self, path: str, file: str) -> ImageSet:
        return self._pictures.image(self._assets.name_of(path, file))

    def _body(self, path: str, absolute: int) -> Markup:
        if self._last_body[:2] != (path, absolute):
            self._last_body = (path, absolute, self._filled(path, absolute))
        return self._last_body[2]

    def _filled(self, path: str, absolute: int) -> Markup:
        entry = self.site.entries[path]
        text = self._texts(entry.text).html
        for place, filling in enumerate(self._fillings(path, absolute)):
            hole = f"\x02{place}\x03"
            text = text.replace(hole, filling) if filling else text.replace(f' href="{hole}"', "")
        if _is_paid(entry):
            text = html_addresses.sponsored(text)
        if absolute:
            base = self.site.portal.address + entry.source.address
            text = html_addresses.absolute(text, base)
        return html(text)

    def _body_digest(self, path: str, absolute: int) -> bytes:
        entry = self.site.entries[path]
        paid = _is_paid(entry)
        if not entry.holes and not absolute and not paid:
            return entry.text
        return digests.of_value(
            (entry.text, absolute and entry.source.address, self._fillings(path, absolute), paid)
        )

    def _fillings(self, path: str, absolute: int) -> list[str]:
        """What fills the holes of a body, in their order; an address is "" if not published yet."""
        place = _place(absolute)
        return [
            links.address(self.site, hole)
            if isinstance(hole, Link)
            else str(self.value(_figure(path, hole.image, place)))
            for hole in self.site.entries[path].holes
        ]


def _is_paid(entry: Entry) -> bool:
    """Whether somebody paid for the text: search engines want to know of its links."""
    source = entry.source
    if isinstance(source, Firm):
        return source.paid
    return isinstance(source, Article) and source.kind == "sponsored"


def _place(absolute: str | int) -> str:
    """Where a picture in a text stands: on the article's own page, or in a feed, in print."""
    return "elsewhere" if absolute else "body"


def _figure(path: str, image: Image, place: str) -> Question:
    return (
        "fragment", "figure", "alt", image.alt, "article", path, "caption", image.caption,
        "credit", image.credit, "file", image.file, "place", place,
    )  # fmt: skip


def _call(method: Callable[..., Any], name: str, arguments: Question) -> Any:
    return method(**_named(arguments)) if name in WITH_FILTERS else method(*arguments)


def _named(pairs: Question) -> dict[str, Any]:
    """Arguments by name, of a question that holds names and values one after the other."""
    return {str(name): value for name, value in zip(pairs[::2], pairs[1::2], strict=True)}
