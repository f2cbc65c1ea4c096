"""Rendering: a page to its text, and the answers to the queries of its layout on the way."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from markupsafe import Markup, escape

from generator.base import digests
from generator.base.problems import PortalError, Problem
from generator.engine import queries
from generator.engine.previous_build import NO_BUILD, Derived, GivenAnswers, PreviousBuild
from generator.engine.queries import QUERIES, SiteContext
from generator.engine.query import named
from generator.engine.splice import Marks
from generator.load.pictures import Pictures
from generator.model.article import (
    Article,
    Body,
    FileLink,
    Firm,
    Link,
    Picture,
    Placeholder,
    Source,
)
from generator.model.downloads import download_kind
from generator.model.entry import Entry
from generator.site import downloads, links
from generator.site.assets import Assets
from generator.site.index import Site
from generator.site.pages import Page
from generator.templates import filters, html_addresses
from generator.templates.context import Pieces, PortalContext, Question, Trace
from generator.templates.environment import APART, Layouts
from generator.templates.fast_runtime import html
from generator.templates.offers import Offer, offered

BODIES: Final = 16
"""So many texts are kept as they stand on pages: pages of one article are made together, and for
feeds there are pieces."""

ANSWERS: Final = 50_000
"""So many answers are kept, and digests: those of one article are soon asked for no more."""

XML: Final = ".xml"
"""How the names of layouts for XML end."""


class Rendered(NamedTuple):
    """A page's bytes; its trace, in the order of asking; the packed offsets of its fragments;
    warnings."""

    data: bytes
    trace: Trace
    offsets: bytes = b""
    problems: tuple[Problem, ...] = ()


class Answers:
    """Answers the queries of layouts about one site, and digests the answers.

    `texts` gives a body by its digest; `pages` is the plan; `previous` saves work that still holds,
    and `delta` knows what of it may not.
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
        previous: PreviousBuild = NO_BUILD,
    ) -> None:
        self.site = site
        self.layouts = layouts
        self.assets = assets
        self.pictures = pictures
        self.pages = pages
        self._texts = texts
        self._previous = previous
        self.delta = previous.delta(site)
        self._values: dict[Question, Any] = {}
        self._bodies: dict[tuple[str, int], Markup] = {}
        self._begun: set[Question] = set()
        self._pieces = Pieces()
        self.derived: dict[Question, Derived] = {}
        self.digests: dict[Question, bytes] = {}

    def value(self, question: Question) -> Any:
        """The answer to `question`."""
        if question in self._values:
            return self._values[question]
        value = queries.answer(self, question)
        if QUERIES[str(question[0])].kept:
            self._values[question] = value
        return value

    def digest(self, question: Question) -> bytes:
        """The digest of the answer to `question`; b"" where there is none any more."""
        known = self.digests.get(question)
        if known is None:
            known = self._previous.digest(question)
            if known is None or self.delta.concerns(question):
                try:
                    known = QUERIES[str(question[0])].digest(self, question)
                except (PortalError, LookupError):
                    known = b""
            self.digests[question] = known
        return known

    def render(self, page: Page) -> Rendered:
        """The text of a page, with its trace.  PortalError: its layout fails."""
        names = {"page": page}
        if page.layout in self.layouts.spliceable and not page.layout.endswith(XML):
            marks = Marks()
            text, trace = self._run(page.layout, page.address, names, marks.mark)
            if spliced := marks.spliced(text, trace):
                return Rendered(spliced[0], trace, spliced[1])
        text, trace = self._run(page.layout, page.address, names)
        data = text.encode()  # first, since bytes are searched in half the time
        return Rendered(filters.xml_names(data) if page.layout.endswith(XML) else data, trace)

    def print(self, page: Page, *, lost: Literal["", "slow", "died"] = "") -> Rendered:
        """A page that is a PDF, with its trace.  PortalError: its layout fails for any article.

        `lost` is what became of the process that tried it before, if one did.
        A process that has called this must not fork any more: call it in workers only.
        """
        from generator.media.pdf import ladder
        from generator.templates import documents

        site = SiteContext(self.value)
        portal = PortalContext(self.site.portal, site.ask)
        site.ask("layout", page.layout)
        placeholders = self.site.entries[page.article].placeholders
        inside = [one.image for one in placeholders if isinstance(one, Picture)]
        document = documents.document(page.article, site, portal, inside, self._fallback)
        made = ladder.make(document, self.site.portal.folders.layouts / APART, lost=lost)
        return Rendered(made.pdf, site.trace(), problems=made.problems)

    def given(self) -> GivenAnswers:
        """All that was asked for so far."""
        return GivenAnswers(dict(self.digests), dict(self.derived))

    def make_room(self) -> None:
        """Forgets answers where there are many; they are given again when somebody asks."""
        for kept in (self._values, self.digests):
            if len(kept) > ANSWERS:
                kept.clear()

    def behind(self, question: Question) -> Trace:
        """The derived answers that are part of the answer to `question`, itself not derived."""
        return QUERIES[str(question[0])].behind(self, question)

    def derive(self, question: Question) -> Derived:
        """An answer with a trace of its own, as it was given before or made anew."""
        found = self.derived.get(question)
        if found is None:
            found = self._previous.answer(question)
            if found is None or not self._holds(found):
                make = self._ranking if question[0] == "ranking" else self._fragment
                found = make(question)
            self.derived[question] = found
        return found

    def layout_digest(self, name: str) -> bytes:
        """The digest of a layout with all that it includes."""
        return self.pdf_layout if name.startswith(APART) else self.layouts.closures.get(name, b"")

    def body(self, path: str, absolute: int) -> Markup:
        """A source's text as HTML; `absolute` for feeds: no relative address is left."""
        found = self._bodies.get((path, absolute))
        if found is None:
            if len(self._bodies) >= BODIES:
                del self._bodies[next(iter(self._bodies))]
            found = self._bodies[path, absolute] = self._filled(path, absolute)
        return found

    def body_digest(self, path: str, absolute: int) -> bytes:
        """The digest of such a text, which need not be made for it."""
        entry = self.site.entries[path]
        paid = _is_paid(entry)
        if not entry.placeholders and not absolute and not paid:
            return entry.text
        return digests.of_value(
            (
                entry.text,
                absolute and entry.source.address,
                self._replacements(path, absolute),
                paid,
            )
        )

    def _run(
        self,
        layout: str,
        address: str,
        names: Mapping[str, object],
        mark: Callable[[Question, Any], Any] = lambda _question, fragment: fragment,
    ) -> tuple[str, Trace]:
        context = SiteContext(self.value, mark, self._pieces)
        portal = PortalContext(self.site.portal, context.ask)
        context.ask("layout", layout)
        template = self.layouts.template(layout)
        try:
            text = template.render(names, site=context, portal=portal)
        except sqlite3.DatabaseError:
            raise
        except Exception as error:
            raise self.layouts.failure(layout, address, error) from error
        return text, context.trace()

    def _fallback(self, path: str, file: str) -> tuple[Path, bytes]:
        return self.pictures.fallback(self.assets.name_of(path, file))

    @cached_property
    def pdf_layout(self) -> bytes:
        """The digest of the layout of PDFs."""
        from generator.media.pdf import ladder

        return ladder.layout_digest(self.site.portal.folders.layouts / APART)

    # Derived answers.

    def _holds(self, derived: Derived) -> bool:
        earlier = self._previous.digest
        return all(earlier(question) == self.digest(question) for question in derived.trace)

    def _ranking(self, question: Question) -> Derived:
        path, limit = str(question[1]), int(question[2])
        article = self.site.article(path)
        ranking, is_filled = self.site.related.ranking(article, limit)
        trace = (
            ("ranking_basis", path),
            *(("members", keyword) for keyword in article.keywords),
            *((("fillers", article.section),) if is_filled else ()),
        )
        return Derived(trace, digests.of_value(ranking), ranking)

    def _fragment(self, question: Question) -> Derived:
        name, values = question[1], question[2:]
        names = named(values)
        if question in self._begun:
            raise RecursionError(f"the fragment {name!r} would be part of itself")
        self._begun.add(question)
        try:
            text, trace = self._run(f"fragments/{name}.html", f"fragment {name}", names)
        finally:
            self._begun.remove(question)
        return Derived(trace, digests.of_bytes(text.encode()), text)

    # Texts.

    def _filled(self, path: str, absolute: int) -> Markup:
        entry = self.site.entries[path]
        text = self._texts(entry.text).html
        for place, replacement in enumerate(self._replacements(path, absolute)):
            mark = f"\x02{place}\x03"
            if isinstance(replacement, Offer):
                text = offered(text, mark, replacement)
            elif replacement:
                text = text.replace(mark, replacement)
            else:
                text = text.replace(f' href="{mark}"', "")
        if _is_paid(entry):
            text = html_addresses.sponsored(text)
        if absolute:
            base = self.site.portal.address + entry.source.address
            text = html_addresses.absolute(text, base)
        return html(text)

    def _replacements(self, path: str, absolute: int) -> list[str | Offer]:
        """What takes the places of a body's placeholders; an address is "" if not published yet."""
        entry, place = self.site.entries[path], queries.place_of(absolute)

        def replacement(one: Placeholder) -> str | Offer:
            match one:
                case Link():
                    return links.address(self.site, one)
                case FileLink():
                    return self._file(entry.source, one)
                case Picture():
                    return str(self.value(queries.figure(path, one.image, place)))

        return [replacement(one) for one in entry.placeholders]

    def _file(self, source: Source, link: FileLink) -> str | Offer:
        """What takes the place of a link to a file, or of an address that only looks like one."""
        kind = download_kind(link.name)
        if not kind:
            return str(escape(link.target))
        if not self.assets.exists(link.name):
            return ""
        address = downloads.address(source, link.name) + link.rest
        size = filters.size_text(self.assets.length(link.name), self.site.portal.language)
        return Offer(address, kind.upper(), size)


def _is_paid(entry: Entry) -> bool:
    """Whether somebody paid for the text: search engines want to know of its links."""
    source = entry.source
    if isinstance(source, Firm):
        return source.paid
    return isinstance(source, Article) and source.kind == "sponsored"
