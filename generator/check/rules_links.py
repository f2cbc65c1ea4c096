"""Rules about addresses inside the portal: where links lead, and what leads to a page."""

import posixpath
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from generator.base.problems import Problem, problem
from generator.build import last_build
from generator.build.workspace import Workspace
from generator.check.rule import Piece
from generator.config.portal import FILE, NavigationItem, Portal
from generator.model.addresses import path_of, slug
from generator.model.article import FileLink, Link, StandingPage, ends
from generator.model.content_files import stem
from generator.model.downloads import download_kind
from generator.model.entry import Entry
from generator.model.gate import passes_gate
from generator.site.pages import Page

_HREF: Final = re.compile(r'<a [^>]*?href="([^"]*)"')
_ID: Final = re.compile(r' id="([^"]*)"')
_WRITTEN: Final = re.compile(r"""(?:\]\(<?|href=["']?)([^\s()<>"']+)""")
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|\x02", re.IGNORECASE)


CANDIDATES: Final = 50
"""So many addresses are compared with one that does not exist."""

GUESSES: Final = 200
"""Of so many dead links of a source it is guessed what was meant, which takes a millisecond."""


class Href(NamedTuple):
    """A link inside the portal as it is written, and where."""

    written: str
    line: int
    column: int


def hrefs(piece: Piece, portal: Portal) -> tuple[Href, ...]:
    """The links of a text to addresses of the portal; those to files of sources are not among
    them."""
    found: list[Href] = []
    told: dict[str, int] = {}
    begins: dict[str, list[int]] = {}
    for match in _HREF.finditer(piece.body.html):
        written = _address(piece, match[1])
        if _ELSEWHERE.match(written) and not written.startswith(f"{portal.address}/"):
            continue
        begins = begins or _begins(piece.seen)
        begin = told.get(written, 0)
        place = _next(begins, written, begin)
        if place < 0:
            place = _find((piece.seen, piece.text), written, begin)
        told[written] = place + 1
        line, column = piece.place(place) if place >= 0 else (piece.first_line, 0)
        found.append(Href(written, line, column))
    return tuple(found)


def _address(piece: Piece, href: str) -> str:
    """The address in a link; what only looks like a file's is one, and not a placeholder's mark."""
    link = piece.body.placeholders[int(href[1:-1])] if href.startswith("\x02") else None
    if isinstance(link, FileLink) and not download_kind(link.file):
        return link.target
    return unescape(href)


def _begins(text: str) -> dict[str, list[int]]:
    """Where each address begins to which a link in the text leads, as it is written there."""
    found: dict[str, list[int]] = defaultdict(list)
    for link in _WRITTEN.finditer(text):
        found[link[1]].append(link.start(1))
    return found


def _next(begins: Mapping[str, list[int]], target: str, begin: int) -> int:
    """Where a link stands from `begin` on, or at all; -1 where it is written in another way."""
    known = [begins[one] for one in {target, unquote(target)} if one in begins]
    for start in (begin, 0):
        if found := [p[n] for p in known if (n := bisect_left(p, start)) < len(p)]:
            return min(found)
    return -1


def _find(texts: Iterable[str], target: str, begin: int) -> int:
    """Where a link stands in the first of `texts` that has it, from `begin` on or at all."""
    address = "|".join(dict.fromkeys(map(re.escape, (target, unquote(target)))))
    link = re.compile(rf"""(?:\]\(<?|href=["']?)({address})""")
    anywhere = re.compile(f"({address})")
    for text in texts:
        for start in (begin, 0):
            if place := link.search(text, start) or anywhere.search(text, start):
                return place.start(1)
    return -1


def anchors(html: str) -> frozenset[str]:
    """The places in a page or a text that a link can lead to."""
    return frozenset(map(unescape, _ID.findall(html)))


def unread(broken: Iterable[str]) -> frozenset[str]:
    """What is in the addresses, as far as is known, of sources that cannot be read."""
    return frozenset(slug(stem(path.rpartition("/")[2])) for path in broken)


class Output(dict[str, bool]):
    """Which files are in the output folder, of those that were asked for."""

    def __init__(self, folder: Path) -> None:
        """No file was asked for yet."""
        super().__init__()
        self._folder = folder

    def __missing__(self, target: str) -> bool:
        """Whether a file is there that nobody asked for before."""
        self[target] = there = (self._folder / target).is_file()
        return there


class Map(NamedTuple):
    """Which addresses there will be, and what is at them.

    `targets` are the files of all pages, also of those that are yet to appear, and `output` says
    which other files are published; `source` gives the one at an address, `places` what
    can be linked to in the text of one, `everywhere` what the layouts put on each page.  `unread`
    are names of sources that cannot be read, `vanishing` the files of pages that the next build
    removes, `off` rules not to be applied.
    """

    portal: Portal
    at: datetime
    targets: frozenset[str]
    output: Mapping[str, bool]
    source: Callable[[str], Entry | None]
    places: Callable[[str], Set[str]]
    everywhere: Set[str]
    unread: Set[str]
    vanishing: Set[str]
    off: Set[str]

    def resolve(self, base: str, written: str) -> tuple[str, str]:
        """The address that a link on the page `base` leads to, without its anchor, and that."""
        parts = urlsplit(urljoin(base, written.removeprefix(self.portal.address)))
        return unquote(parts.path) or "/", unquote(parts.fragment)

    def there(self, address: str) -> str:
        """The address as it is published, or "": also with the slash that servers add."""
        for form in (address,) if address.endswith("/") else (address, f"{address}/"):
            target = path_of(form)
            if target in self.targets or (target not in self.vanishing and self.output[target]):
                return form
        return ""

    def nearest(self, address: str) -> str:
        """The address of a source or a list that is most like one that does not exist."""
        return _nearest(self.targets, address)


class _Names(NamedTuple):
    """The last parts of addresses, with the address of each, and who has which pair of letters."""

    addresses: Mapping[str, str]
    having: Mapping[str, tuple[str, ...]]


@cache
def _names(targets: frozenset[str]) -> _Names:
    addresses: dict[str, str] = {}
    for target in sorted(targets, reverse=True):
        if target.endswith("/index.html"):
            folder = target.removesuffix("/index.html")
            addresses[folder.rpartition("/")[2]] = f"/{folder}/"
    having: dict[str, list[str]] = defaultdict(list)
    for name in addresses:
        for pair in _pairs(name):
            having[pair].append(name)
    return _Names(addresses, {pair: tuple(names) for pair, names in having.items()})


@cache
def _nearest(targets: frozenset[str], address: str) -> str:
    """difflib alone would compare with every address, which takes a second where there are many."""
    known = _names(targets)
    wanted = address.rstrip("/").rpartition("/")[2]
    shared = Counter(name for pair in _pairs(wanted) for name in known.having.get(pair, ()))
    alike = [name for name, _ in shared.most_common(CANDIDATES)]
    found = get_close_matches(wanted, alike, n=1)
    return known.addresses[found[0]] if found else "/"


def _pairs(name: str) -> set[str]:
    """The pairs of letters in a name, its ends included."""
    whole = f"^{name}$"
    return {whole[at : at + 2] for at in range(len(whole) - 1)}


def dead_links(entry: Entry, found: Iterable[Href], known: Map) -> Iterator[Problem]:
    """Links to addresses and anchors that there will not be, or not yet."""
    source, guesses = entry.source, GUESSES
    for link in found:
        try:
            address, anchor = known.resolve(source.address, link.written)
        except ValueError:  # urllib finds "http://[" impossible
            address, anchor = link.written, ""
        page = known.there(address)
        place = ("", link.line, link.column)
        if not page:
            whole = link.written.startswith(known.portal.address)
            rule = "link-dead-absolute" if whole else "link-dead"
            if rule not in known.off and not any(name in address for name in known.unread if name):
                nearest = known.nearest(address) if guesses else "/"
                guesses = max(0, guesses - 1)
                yield problem(rule, *place, target=link.written, nearest=nearest)
            continue
        linked = known.source(page)
        if linked is None:
            continue
        if passes_gate(source, known.at) and not passes_gate(linked.source, known.at):
            file = posixpath.relpath(linked.source.path, posixpath.dirname(source.path) or ".")
            yield problem("link-early", *place, target=link.written, source=file)
        places = known.places(linked.source.path)
        if anchor and anchor not in places and anchor not in known.everywhere:
            named = ", ".join(linked.anchors) or "–"
            yield problem("anchor-dead", *place, page=page, anchor=anchor, anchors=named)


def dead_menus(known: Map, lines: Mapping[tuple[str | int, ...], int]) -> Iterator[Problem]:
    """Entries of the portal's menus that lead nowhere; `lines` are those of portal.toml."""
    for menu in ("navigation", "footer"):
        entries: tuple[NavigationItem, ...] = getattr(known.portal, menu)
        for index, entry in enumerate(entries):
            if not entry.address.startswith("/"):
                continue
            address, _ = known.resolve("/", entry.address)
            if not known.there(address):
                line = lines.get((menu, index, "address"), lines.get((menu, index), 0))
                yield problem(
                    "menu-dead", FILE, line,
                    entry=entry.name, target=address, nearest=known.nearest(address),
                )  # fmt: skip


def unlinked(
    entries: Iterable[Entry], found: Mapping[str, Iterable[Href]], known: Map, shown: Iterable[str]
) -> Iterator[Problem]:
    """Standing pages to which nothing leads; `shown` are the texts of pages, for their menus.

    An article is never without a list: its section, or the sponsored posts, and its month.  Nor
    is a firm.
    """
    entries = tuple(entries)
    sources = {e.source.path: e.source for e in entries}
    linked = {known.resolve("/", item.address)[0]
              for item in (*known.portal.navigation, *known.portal.footer)}  # fmt: skip
    linked.update(
        known.resolve(sources[path].address, link.written)[0]
        for path, all_links in found.items()
        for link in all_links
    )
    linked.update(
        sources[link.source].address
        for entry in entries
        for link in entry.placeholders
        if isinstance(link, Link) and link.source in sources and link.source != entry.source.path
    )
    linked.update(unescape(href) for text in shown for href in _HREF.findall(text))
    place = known.portal.folders.in_content
    for source in sources.values():
        if not isinstance(source, StandingPage) or source.draft or source.address in linked:
            continue
        yield problem("page-unlinked", place(source.path), 1, address=source.address)


def vanishing(
    workspace: Workspace,
    targets: Set[str],
    entry: Callable[[str], Entry | None],
    output: Mapping[str, bool],
) -> tuple[tuple[Page, Problem], ...]:
    """The published pages of sources that the next build would remove, which has the `targets`.

    `entry` gives a source, and `output` says which files are published.  What expired and what
    cannot be read is not meant.
    """
    found, folders = [], workspace.portal.folders
    for page in last_build.pages(workspace.portal):
        path = page.source
        if not (page.listed and path) or page.target in targets:
            continue
        known = entry(path)
        end = ends(known.source) if known else None
        is_unread = path in workspace.found.sources and not known
        is_over = end and end.at <= workspace.options.at
        if not is_unread and output[page.target] and not is_over:
            shown = folders.in_content(path)
            found.append((page, problem("address-would-vanish", shown, address=page.address)))
    return tuple(found)
