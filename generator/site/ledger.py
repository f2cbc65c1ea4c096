"""The ledger of addresses: every one that was ever published, and which article it belongs to.

It is the text file `addresses.txt` beside portal.toml, a line for each address, so that Git merges
it line by line.  From it follows where an address leads whose page is gone.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from generator.base.problems import PortalError, Problem, problem
from generator.config import permalinks
from generator.model.addresses import path_of, slug
from generator.model.article import Article, Source

if TYPE_CHECKING:
    from generator.site.index import Site
    from generator.site.pages import Page

FILE: Final = "addresses.txt"
"""The ledger's file, beside portal.toml."""

GONE: Final = "gone"
"""The decision that an address leads nowhere; other decisions are addresses."""

_HEAD: Final = """\
# Every address of the portal that was ever published, written by Stadtschreiber. Keep this file.
# Alle Adressen des Portals, die je veröffentlicht wurden; von Stadtschreiber geschrieben. Bitte behalten.
"""  # noqa: E501 (a line is a line)

_VIEWS: Final = frozenset({"print", "pdf"})
_SOURCES: Final = frozenset({"article", "standing", "firm"}) | _VIEWS
_DIGEST: Final = 8
"""Bytes of the digest of a text."""


class Line(msgspec.Struct, frozen=True, array_like=True):
    """An address, the kind of its page, whose it is (the lasting id of a source, the name of a
    list), the digest of its text, the path of its source where that is not the id, and what was
    decided about it, if anything had to be."""

    address: str
    kind: str
    id: str = ""
    text: str = ""
    path: str = ""
    decision: str = ""

    @property
    def written(self) -> str:
        """As it stands in the file."""
        parts = (self.address, self.kind, self.id, self.text, self.path, self.decision)
        return "\t".join(parts).rstrip("\t")


class Ledger(msgspec.Struct, frozen=True, dict=True):
    """All lines as they are written, by address."""

    written: dict[str, str] = {}

    @cached_property
    def lines(self) -> dict[str, Line]:
        """What they say, by address."""
        return {address: _line(written) for address, written in self.written.items()}

    @property
    def text(self) -> str:
        """The file that says all this."""
        return _HEAD + "".join(f"{self.written[a]}\n" for a in sorted(self.written))

    @property
    def first_line(self) -> int:
        """The number of the file's first line that is not for people."""
        return _HEAD.count("\n") + 1

    def published(self, lines: Iterable[Line]) -> "Ledger":
        """The ledger after pages were published: what was decided of their addresses is past."""
        return Ledger({**self.written, **{line.address: line.written for line in lines}})

    def with_lines(self, lines: Iterable[Line]) -> "Ledger":
        """The ledger with these lines, or in place of those of their addresses; a decision stays
        until another one is made."""
        merged = dict(self.written)
        for line in lines:
            written, old = line.written, merged.get(line.address)
            if old and old != written and not line.decision:
                decision = _line(old).decision
                written = msgspec.structs.replace(line, decision=decision).written
            merged[line.address] = written
        return Ledger(merged)


def _line(written: str) -> Line:
    return Line(*written.split("\t"))


class Resolution(msgspec.Struct, frozen=True):
    """Where the addresses lead whose pages are gone.

    `moved` to other addresses; `gone` by rule or by decision; `lost`: nobody knows.  `ids` are the
    lasting ids, by path, of sources that have another one than their path.  `problems`: addresses
    that another source has now; paths are below the content folder.
    """

    moved: dict[str, str] = {}
    gone: tuple[str, ...] = ()
    lost: tuple[Line, ...] = ()
    ids: dict[str, str] = {}
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Ledger:
    """The ledger that a file says.  PortalError: all lines that say nothing."""
    lines: dict[str, str] = {}
    twice: list[Line] = []
    problems = []
    for number, raw in enumerate(text.split("\n"), 1):
        written = raw.rstrip("\r\t ")
        if not written or written[0] == "#":
            continue
        address = written.partition("\t")[0]
        if written[0] != "/" or not 0 < written.count("\t") < len(Line.__struct_fields__):
            problems.append(problem("ledger-line", FILE, number))
        elif address in lines:
            twice.append(_line(written))
        else:
            lines[address] = written
    if problems:
        raise PortalError(tuple(problems))
    return Ledger(lines).with_lines(twice)


def without_marks(text: str) -> str:
    """The lines of a file without those that Git puts around what it could not merge."""
    return "".join(
        f"{line}\n"
        for line in text.split("\n")
        if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")
    )


def digest_of_text(text: bytes) -> str:
    """How the ledger writes the digest of a text."""
    return text[:_DIGEST].hex()


def resolve(site: "Site", ledger: Ledger) -> Resolution:
    """Where each address of the ledger leads that has no page in the site."""
    if not ledger.written:
        return Resolution()
    return _Resolving(site, ledger).result()


class _Resolving:
    def __init__(self, site: "Site", ledger: Ledger) -> None:
        self._site, self._ledger = site, ledger
        self._lists = {(kind, name): address for kind, name, address in _lists(site)}
        self._sources = {source.path: source for source in (*site.sources, *site.withdrawn)}
        self._holders = self._known_holders()
        self._settled = frozenset(self._holders.values())
        self._ids: dict[str, str] = {}
        self._by_id: dict[str, Source] = {}
        self._problems: list[Problem] = []
        self._claim()

    def _known_holders(self) -> Mapping[str, str]:
        """The path of the source that has a lasting id, wherever it lies now, as far as that is
        certain: it says so itself, or the ledger knows its path."""
        own = {found: path for path, source in self._sources.items() if (found := _own_id(source))}
        known: dict[str, str] = {}
        for line in self._ledger.lines.values():
            if line.kind in _VIEWS:  # they follow the page
                continue
            path = line.path or line.id
            source = self._sources.get(path)
            if source is None or _own_id(source):
                continue
            if source.address == line.address:
                known[line.id] = path
            else:
                known.setdefault(line.id, path)
        return {**known, **own}

    def _claim(self) -> None:
        """Finds each source's lasting id: what it says itself, what the ledger knows its address
        by, or its path; no two have the same."""
        rest: list[Source] = []
        for source in self._sources.values():
            by_address = self._id_of_address(source)
            found = _own_id(source) or by_address
            if found and found not in self._by_id:
                self._ids[source.path], self._by_id[found] = found, source
            else:
                rest.append(source)
        former = {line.path: line.id for line in self._ledger.lines.values() if line.path}
        for source in rest:
            found = former.get(source.path, source.path)
            while found in self._by_id:
                found += "*"
            self._ids[source.path], self._by_id[found] = found, source

    def _id_of_address(self, source: Source) -> str:
        """The id by which the ledger knows its address, if that may be it; "" otherwise."""
        line = self._ledger.lines.get(source.address)
        if line is None or line.kind not in _SOURCES:
            return ""
        former = line.path or line.id
        holder = self._holders.get(line.id, former)
        if holder == source.path or _own_id(source) == line.id:
            return line.id
        is_known = line.decision or source.path in self._settled
        if line.id not in self._holders and not is_known:
            return line.id  # its file has another name, and maybe another text
        entry = self._site.entries.get(source.path)
        if entry is None:  # who is not published takes no address from another one
            return ""
        if not entry.text or digest_of_text(entry.text) == line.text:
            return line.id
        shown = self._site.portal.folders.in_content
        self._problems.append(
            problem(
                "address-of-other", shown(source.path), entry.lines.get("slug", 0),
                address=source.address, other=holder,
            )
        )  # fmt: skip
        return ""

    def result(self) -> Resolution:
        moved: dict[str, str] = {}
        gone: list[str] = []
        lost: list[Line] = []
        for line in self._vanished():
            goal = self._goal(line)
            if goal:
                moved[line.address] = goal
            elif goal is None:
                lost.append(line)
            else:
                gone.append(line.address)
        ids = {path: found for path, found in self._ids.items() if found != path}
        final = {address: _end(address, moved) for address in moved}
        # What leads to a page that is gone, or in a circle, is gone with it.
        nowhere = final.keys() | set(gone)
        gone += [address for address, goal in final.items() if goal in nowhere]
        return Resolution(
            {address: goal for address, goal in sorted(final.items()) if goal not in nowhere},
            tuple(sorted(gone)),
            tuple(lost),
            ids,
            tuple(self._problems),
        )

    def _vanished(self) -> list[Line]:
        present = {path_of(address).casefold() for address in _addresses(self._site)}
        present.update(path_of(address).casefold() for address in self._lists.values())
        found = [
            line
            for address, line in self._ledger.lines.items()
            if path_of(address).casefold() not in present
        ]
        # Print views and PDFs have no text of their own, and follow the page that has.
        return sorted(found, key=lambda line: not line.text)

    def _goal(self, line: Line) -> str | None:
        """Where a vanished address leads: "" nowhere, None: nobody knows."""
        if line.decision:
            return "" if line.decision == GONE else line.decision
        if line.kind not in _SOURCES:
            return self._goal_of_list(line)
        source = self._by_id.get(line.id) or self._by_text(line)
        if source is None:
            # Print view and PDF of an article go where it goes.
            page = self._decided.get(line.id)
            return None if page is None or page is line else self._goal(page)
        return _view(self._site, source, line.kind) if source.path in self._site.entries else ""

    @cached_property
    def _decided(self) -> Mapping[str, Line]:
        """The line of each source about whose page was decided, by id."""
        lines = self._ledger.lines.values()
        return {line.id: line for line in lines if line.decision and line.kind in _SOURCES}

    def _by_text(self, line: Line) -> Source | None:
        """The only source that has its text, if it is not known to be another one."""
        found = self._texts.get(line.text, []) if line.text else []
        if len(found) != 1:
            return None
        source = found[0]
        known = source.address in self._ledger.lines or self._ids[source.path] in self._known
        if known or _own_id(source):
            return None
        self._ids[source.path] = line.id
        self._by_id[line.id] = source
        return source

    @cached_property
    def _known(self) -> frozenset[str]:
        """The lasting ids of sources that are in the ledger."""
        lines = self._ledger.lines.values()
        return frozenset(line.id for line in lines if line.kind in _SOURCES)

    @cached_property
    def _texts(self) -> Mapping[str, list[Source]]:
        """The published sources by the digest of their text."""
        found: dict[str, list[Source]] = {}
        for source in self._site.sources:
            text = digest_of_text(self._site.entries[source.path].text)
            found.setdefault(text, []).append(source)
        return found

    def _goal_of_list(self, line: Line) -> str | None:
        here = self._lists.get((line.kind, line.id))
        if here:
            return here
        portal = self._site.portal
        if line.kind == "keyword" and (other := portal.spellings.get(line.id)):
            return self._lists.get(("keyword", slug(other))) or portal.addresses.keywords
        parents = {
            "keyword": portal.addresses.keywords,
            "author": "/",
            "year": portal.addresses.archive,
            "month": portal.addresses.archive,
            "firms": "/", "firm-fields": "/", "firm-towns": "/",
        }  # fmt: skip
        if line.kind == "month":
            return self._lists.get(("year", line.id[:4])) or parents["month"]
        return parents.get(line.kind)


def _end(address: str, moved: Mapping[str, str]) -> str:
    """Where an address leads in the end, so that readers go one way only: what somebody decided may
    lead to what moved since.  An address of `moved` itself where they lead in a circle."""
    passed = {address}
    while (address := moved[address]) in moved and address not in passed:
        passed.add(address)
    return address


def _own_id(source: Source) -> str:
    return source.guid if isinstance(source, Article) else ""


def _lists(site: "Site") -> Iterator[tuple[str, str, str]]:
    """The first pages of lists: kind, name, address."""
    portal = site.portal
    addresses = portal.addresses
    yield from (("section", s.id, permalinks.section(portal, s.id)) for s in portal.sections)
    for name in site.keyword_names.values():
        yield "keyword", slug(name), permalinks.keyword(portal, name)
    for name in site.author_names.values():
        yield "author", slug(name), permalinks.author(portal, name)
    for year in site.years():
        yield "year", f"{year.year:04}", year.address
        yield from (("month", f"{year.year:04}-{m.month:02}", m.address) for m in year.months)
    for kind in ("sponsored", "archive", "keywords", "credits"):
        yield kind, "", getattr(addresses, kind)
    if site.directory.all:
        for kind in ("firms", "firm-fields", "firm-towns"):
            yield kind, "", getattr(addresses, kind.replace("-", "_"))
    yield "front", "", "/"


def _addresses(site: "Site") -> Iterator[str]:
    """What sources have, with what leads to them already."""
    for source in site.sources:
        yield source.address
        yield from source.aliases
    for article in site.all_articles:
        yield permalinks.print_view(site.portal, article.address)
    for article in site.printed:
        yield permalinks.pdf(article.address, article.slug)
    for other, name in site.portal.synonyms.items():
        if slug(name) in site.keyword_names:
            yield permalinks.keyword(site.portal, other)


def _view(site: "Site", source: Source, kind: str) -> str:
    """The page of a source that takes the place of one of that kind."""
    if isinstance(source, Article) and kind == "print":
        return permalinks.print_view(site.portal, source.address)
    if isinstance(source, Article) and kind == "pdf" and source in site.printed:
        return permalinks.pdf(source.address, source.slug)
    return source.address


_KINDS: Final[Mapping[str, str]] = {
    "article.html": "article", "print.html": "print", "pdf/article.typ": "pdf",
    "standing.html": "standing", "firm.html": "firm", "section.html": "section",
    "keyword.html": "keyword", "author.html": "author", "sponsored.html": "sponsored",
    "archive.html": "archive", "year.html": "year", "month.html": "month",
    "keywords.html": "keywords", "credits.html": "credits", "firms.html": "firms",
    "firm-fields.html": "firm-fields", "firm-towns.html": "firm-towns", "front.html": "front",
}  # fmt: skip
"""The pages whose addresses last: those of sources, and the first ones of lists; by layout."""


def kind_of(page: "Page") -> str:
    """What kind of lasting page it is; "" for none."""
    return "" if page.number or page.redirect_target else _KINDS.get(page.layout, "")


def name_of(page: "Page") -> str:
    """What the ledger calls the list that a page begins; "" for a page of a source."""
    if page.month:
        return f"{page.year:04}-{page.month:02}"
    if page.year:
        return f"{page.year:04}"
    return page.section if page.section else slug(page.keyword or page.author)
