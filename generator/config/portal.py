"""`portal.toml` as a frozen `Portal`: what a publication is called and how it is arranged.

`toml_file` reads the values that have the right shape; each check here looks at one more thing and
says all that is wrong with it, so that an editor sees every mistake at once.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from generator.base.problems import PortalError, Problem
from generator.config import (
    check,
    crawlers,
    delivery,
    front_matter,
    markdown,
    pdf,
    permalink_patterns,
    security,
    toml_file,
)
from generator.config.check import CheckSettings
from generator.config.crawlers import Crawlers
from generator.config.delivery import Delivery, Search
from generator.config.front_matter import FrontMatterRules
from generator.config.markdown import MarkdownSettings
from generator.config.pdf import PdfSettings
from generator.config.permalink_patterns import Addresses
from generator.config.security import Security
from generator.config.toml_file import Document, Many, Map, Table, folded
from generator.model.addresses import fill, flaw, slug, web_flaw

FILE: Final = "portal.toml"


class Section(msgspec.Struct, frozen=True):
    """A section ("Bereich"): `id` in front matter and addresses, `name` as readers see it."""

    id: str
    name: str
    description: str = ""


class NavigationItem(msgspec.Struct, frozen=True):
    """An entry of a menu; `address` begins with `/` or is absolute."""

    name: str
    address: str


class Folders(msgspec.Struct, frozen=True):
    """Where the parts of a portal lie; absolute paths.

    `ignore` are patterns, as of the shell, of files below `content` that are no sources.
    """

    root: Path
    content: Path
    layouts: Path
    assets: Path
    output: Path
    ignore: tuple[str, ...] = ()

    def in_content(self, path: str) -> str:
        """The file `path` below `content` as a user would type it: from `root` if it lies there."""
        folder, root = self.content, self.root
        return str((folder.relative_to(root) if folder.is_relative_to(root) else folder) / path)


class PageSizes(msgspec.Struct, frozen=True):
    """How many teasers a numbered page holds."""

    section: int = 20
    keyword: int = 20
    author: int = 20


class Portal(msgspec.Struct, frozen=True, dict=True):
    """One publication.  All that `portal.toml` says, validated, with defaults filled in.

    `address` is the portal's own, absolute, without a slash at its end.
    `synonyms` maps the other names and spellings of a keyword to the one that counts.
    """

    folders: Folders
    title: str
    address: str
    description: str
    publisher: str
    language: str
    time_zone: str
    sections: tuple[Section, ...]
    authors: dict[str, str]
    navigation: tuple[NavigationItem, ...]
    footer: tuple[NavigationItem, ...]
    addresses: Addresses
    page_sizes: PageSizes
    feed_length: int
    front_matter: FrontMatterRules
    synonyms: dict[str, str]
    check: CheckSettings = CheckSettings()
    pdf: PdfSettings = PdfSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    crawlers: Crawlers = Crawlers()
    security: Security = Security()
    delivery: Delivery = Delivery()
    search: Search = Search()

    @property
    def constants(self) -> dict[str, object]:
        """All that `portal.toml` says but where the folders lie."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name != "folders"}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which the portal's editors write dates."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """The spelling that counts, by the slug of each keyword that `synonyms` mentions."""
        counting = {slug(keyword): keyword for keyword in self.synonyms.values()}
        return {slug(other): keyword for other, keyword in self.synonyms.items()} | counting

    @cached_property
    def initials(self) -> dict[str, str]:
        """The initials of each author by themselves and by the name, in small letters."""
        names = {name.casefold(): initials for initials, name in self.authors.items()}
        return names | {initials.casefold(): initials for initials in self.authors}


def find(start: Path) -> Path | None:
    """The nearest portal.toml in `start` or a folder above it, or None."""
    start = start.resolve()
    return next((f / FILE for f in (start, *start.parents) if (f / FILE).is_file()), None)


_ENTRY: Final = Table({"name": str, "address": str}, ("name", "address"))
SHAPE: Final = Table(
    {
        "title": str,
        "address": str,
        "description": str,
        "publisher": str,
        "language": str,
        "time_zone": str,
        "folders": Table(
            {**dict.fromkeys(("content", "layouts", "assets", "output"), str), "ignore": Many(str)}
        ),
        "addresses": permalink_patterns.SHAPE,
        "sections": Many(Table(dict.fromkeys(Section.__struct_fields__, str), ("id", "name"))),
        "authors": Map(str),
        "navigation": Many(_ENTRY),
        "footer": Many(_ENTRY),
        "pages": Table(dict.fromkeys(PageSizes.__struct_fields__, int)),
        "feeds": Table({"length": int}),
        "front_matter": front_matter.SHAPE,
        "keywords": Table({"synonyms": Map(Many(str))}),
        "check": check.SHAPE,
        "pdf": pdf.SHAPE,
        "markdown": markdown.SHAPE,
        "crawlers": crawlers.SHAPE,
        "security": security.SHAPE,
        **delivery.SHAPES,
    },
    ("title", "address"),
)

_OTHER_KINDS: Final = (
    "keywords", "keyword", "author", "sponsored", "credits", "search", "archive", "year", "month",
    "firms", "firm", "firm_fields", "firm_towns",
)  # fmt: skip
_OTHER_ADDRESSES: Final = {"/": "front page", "/assets/": "assets"}
_SOURCES: Final = ("content", "layouts", "assets")
_HOST: Final = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47 without its rare forms
_LINK: Final = re.compile(r"(?:/(?!/)|https?://|mailto:|tel:)\S*")


def load(path: Path) -> Portal:
    """The portal that the file `path` describes; folders are relative to the one it lies in.

    PortalError: everything that is wrong in it, each with its line and what to write instead.
    """
    document, problems = toml_file.read(path, SHAPE)
    portal = _portal(document, path.resolve().parent)
    found = {wrong for find in _CHECKS for wrong in find(document, portal)}.union(problems)
    if found:
        raise PortalError(tuple(sorted(found)))
    return portal


def _portal(document: Document, root: Path) -> Portal:
    """The document's values as a portal, with defaults where one is missing; not yet checked."""
    values = document.values
    folders = values.get("folders", {})
    synonyms = values.get("keywords", {}).get("synonyms", {})

    def folder(name: str) -> Path:
        return Path(root, folders.get(name, name)).resolve()

    def menu(name: str) -> tuple[NavigationItem, ...]:
        entries = values.get(name, ())
        return tuple(NavigationItem(_text(e, "name"), _text(e, "address")) for e in entries)

    return Portal(
        folders=Folders(
            root=root,
            **{name: folder(name) for name in (*_SOURCES, "output")},
            ignore=tuple(folders.get("ignore", ())),
        ),
        title=_text(values, "title"),
        address=_text(values, "address").rstrip("/"),
        description=_text(values, "description"),
        publisher=_text(values, "publisher"),
        language=values.get("language", "de"),
        time_zone=values.get("time_zone", "Europe/Berlin"),
        sections=tuple(
            Section(_text(e, "id"), _text(e, "name"), _text(e, "description"))
            for e in values.get("sections", ())
        ),
        authors={folded(key): folded(name) for key, name in values.get("authors", {}).items()},
        navigation=menu("navigation"),
        footer=menu("footer"),
        addresses=Addresses(**values.get("addresses", {})),
        page_sizes=PageSizes(**values.get("pages", {})),
        feed_length=values.get("feeds", {}).get("length", 20),
        front_matter=front_matter.settings(values.get("front_matter", {})),
        synonyms={
            folded(other): folded(keyword)
            for keyword, others in synonyms.items()
            for other in others
        },
        check=check.settings(values.get("check", {})),
        pdf=pdf.settings(values.get("pdf", {})),
        markdown=markdown.settings(values.get("markdown", {})),
        crawlers=crawlers.settings(values.get("crawlers", {})),
        security=security.settings(values.get("security", {})),
        **delivery.settings(values),
    )


def _text(table: dict[str, str], name: str) -> str:
    return folded(table.get(name, ""))


def _check_head(document: Document, portal: Portal) -> Iterator[Problem]:
    if "title" in document.values and not portal.title:
        yield document.problem("setting-empty", "title", key="title")
    if "address" in document.values and not _HOST.fullmatch(portal.address):
        yield document.problem("portal-address", "address", address=portal.address)
    if not _LANGUAGE.fullmatch(portal.language):
        yield document.problem("portal-language", "language", language=portal.language)
    try:
        ZoneInfo(portal.time_zone)
    except (KeyError, ValueError, OSError):  # OSError: "Europe" is a folder of the database
        zones = available_timezones()
        nearest = get_close_matches(portal.time_zone, zones, n=1, cutoff=0) or ["Europe/Berlin"]
        yield document.problem(
            "portal-time-zone", "time_zone", zone=portal.time_zone, nearest=nearest[0]
        )


def _check_folders(document: Document, portal: Portal) -> Iterator[Problem]:
    for name in _SOURCES:
        folder: Path = getattr(portal.folders, name)
        if not folder.is_dir():
            yield document.problem("folder-missing", "folders", name, key=name, folder=folder)
    for other in overlaps(portal.folders):
        output = portal.folders.output
        yield document.problem("output-overlaps", "folders", "output", output=output, other=other)


def overlaps(folders: Folders) -> tuple[str, ...]:
    """What the output cannot be built into or around: the folders it is built from, portal.toml."""
    output = folders.output
    places: dict[str, Path] = {name: getattr(folders, name) for name in _SOURCES}
    found = [n for n, place in places.items() if place in (output, *output.parents)]
    found += [n for n, place in places.items() if output in place.parents]
    return (*found, *([FILE] if output in (folders.root, *folders.root.parents) else []))


def _check_sections(document: Document, portal: Portal) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, section in enumerate(portal.sections):
        place = ("sections", index, "id")
        right = slug(section.id) or slug(section.name) or "politik"
        if section.id and section.id != slug(section.id):
            yield document.problem("section-id", *place, id=section.id, right=right)
        if section.id and section.id in first:
            other = document.line("sections", first[section.id], "id")
            yield document.problem("section-twice", *place, id=section.id, other=other)
        first.setdefault(section.id, index)


def _check_addresses(document: Document, portal: Portal) -> Iterator[Problem]:
    wrong = tuple(permalink_patterns.mistakes(document, portal.addresses))
    yield from wrong
    if wrong:
        return
    others = {kind: getattr(portal.addresses, kind) for kind in _OTHER_KINDS}
    taken = _OTHER_ADDRESSES | {pattern.partition("{")[0]: kind for kind, pattern in others.items()}
    for index, section in enumerate(portal.sections):
        address = fill(portal.addresses.section, section=section.id)
        if section.id and (found := flaw(address)):
            yield document.placed(found, "sections", index, "id")
        if address in taken:
            place, kind = ("sections", index, "id"), taken[address]
            yield document.problem("section-address", *place, address=address, kind=kind)


def _check_authors(document: Document, portal: Portal) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for initials, name in portal.authors.items():
        address = slug(initials)
        if not name:
            yield document.problem("setting-empty", "authors", initials, key=f"authors.{initials}")
        if not address:
            yield document.problem("author-no-address", "authors", initials, initials=initials)
        elif address in first:
            other = first[address]
            yield document.problem("author-twice", "authors", initials, one=initials, other=other)
        first[address] = initials


def _check_menus(document: Document, portal: Portal) -> Iterator[Problem]:
    menus = {"navigation": portal.navigation, "footer": portal.footer}
    for menu, index, entry in ((m, i, e) for m, es in menus.items() for i, e in enumerate(es)):
        if not entry.name:
            yield document.problem("setting-empty", menu, index, "name", key=f"{menu}.name")
        if wrong := web_flaw(entry.address):
            yield document.placed(wrong, menu, index, "address")
        elif not _LINK.fullmatch(entry.address):
            yield document.problem("menu-address", menu, index, "address", address=entry.address)


def _check_sizes(document: Document, portal: Portal) -> Iterator[Problem]:
    pages = msgspec.structs.asdict(portal.page_sizes)
    sizes = {("pages", key): size for key, size in pages.items()}
    for place, size in (sizes | {("feeds", "length"): portal.feed_length}).items():
        if size < 1:
            yield document.problem("size-too-small", *place, key=".".join(place), size=size)


def _check_synonyms(document: Document, _portal: Portal) -> Iterator[Problem]:
    place = ("keywords", "synonyms")
    stated: dict[str, list[str]] = document.values.get("keywords", {}).get("synonyms", {})
    owners: dict[str, str] = {}
    for keyword, name in ((k, name) for k, names in stated.items() for name in (k, *names)):
        address = slug(name)
        owner = owners.setdefault(address, keyword)
        if not address:
            yield document.problem("synonym-no-address", *place, keyword, synonym=name)
        elif owner != keyword:
            yield document.problem(
                "synonym-twice", *place, keyword, synonym=name, one=owner, other=keyword
            )


_CHECKS: Final[tuple[Callable[[Document, Portal], Iterator[Problem]], ...]] = (
    _check_head,
    _check_folders,
    _check_sections,
    _check_addresses,
    _check_authors,
    _check_menus,
    _check_sizes,
    _check_synonyms,
    front_matter.mistakes,
    check.mistakes,
    pdf.mistakes,
    crawlers.mistakes,
    security.mistakes,
    delivery.mistakes,
)
