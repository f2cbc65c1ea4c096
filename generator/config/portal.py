"""`portal.toml` as a frozen `Portal`: what a publication is called and how it is arranged.

Each table is a class, each of its fields a setting (`setting`); what one may be stands in its type.
The functions here look at several settings together.
"""

import os
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from generator.base.problems import PortalError, Problem
from generator.base.suggestions import nearest_first
from generator.config import reader, toml_file
from generator.config.check import CheckSettings
from generator.config.crawlers import Crawlers
from generator.config.delivery import Delivery, Search
from generator.config.deploy import Targets
from generator.config.downloads import Downloads
from generator.config.front_matter import FrontMatterRules
from generator.config.markdown import MarkdownSettings
from generator.config.pdf import PdfSettings
from generator.config.permalink_patterns import Addresses
from generator.config.security import Security
from generator.config.setting import Allowed, Count, Filled, Setting, Shaped, Table, fields
from generator.config.toml_file import Place
from generator.model.addresses import flaw, slug, web_flaw

FILE: Final = "portal.toml"

_SOURCES: Final = ("content", "layouts", "assets")
_OTHER_KINDS: Final = (
    "keywords", "keyword", "author", "sponsored", "credits", "search", "archive", "year", "month",
    "firms", "firm", "firm_fields", "firm_towns",
)  # fmt: skip
_OTHER_ADDRESSES: Final = {"/": "front page", "/assets/": "assets"}


def _unlike_its_slug(at: Place, section: str) -> Iterator[Problem]:
    if section != (right := slug(section) or "politik"):
        yield at.problem("section-id", id=section, right=right)


def _no_zone(at: Place, name: str) -> Iterator[Problem]:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: "Europe" is a folder of the database
        nearest = (*nearest_first(name, available_timezones()), "Europe/Berlin")[0]
        yield at.problem("portal-time-zone", zone=name, nearest=nearest)


def _not_followed(at: Place, address: str) -> Iterator[Problem]:
    if wrong := web_flaw(address):
        yield at.placed(wrong)


def _sections_twice(at: Place, sections: "tuple[Section, ...]") -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, section in enumerate(sections):
        if section.id and first.setdefault(section.id, index) != index:
            other = at.at(first[section.id], "id").line
            yield at.at(index, "id").problem("section-twice", id=section.id, other=other)


def _authors_alike(at: Place, authors: dict[str, str]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for initials in authors:
        address, place = slug(initials), at.at(initials)
        if not address:
            yield place.problem("author-no-address", initials=initials)
        elif address in first:
            yield place.problem("author-twice", one=initials, other=first[address])
        first[address] = initials


def _synonyms_alike(at: Place, stated: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for keyword, name in ((k, name) for k, names in stated.items() for name in (k, *names)):
        address = slug(name)
        owner = owners.setdefault(address, keyword)
        if not address:
            yield at.at(keyword).problem("synonym-no-address", synonym=name)
        elif owner != keyword:
            found = {"synonym": name, "one": owner, "other": keyword}
            yield at.at(keyword).problem("synonym-twice", **found)


def _by_synonym(stated: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {other: keyword for keyword, others in stated.items() for other in others}


SectionId = Annotated[str, Allowed(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", check=_unlike_its_slug)]
MenuAddress = Annotated[
    str, Allowed("menu-address", r"^(/(?!/)|https?://|mailto:|tel:)\S*$", check=_not_followed)
]
_SITE: Final = r"^[Hh][Tt]{2}[Pp][Ss]?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?/*$"
PortalAddress = Annotated[str, Allowed("portal-address", _SITE, read=lambda a: a.rstrip("/"))]
# BCP 47 without its rare forms.
LanguageTag = Annotated[str, Allowed("portal-language", "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Synonyms = Annotated[dict[str, tuple[str, ...]], Allowed(check=_synonyms_alike, read=_by_synonym)]
TimeZone = Annotated[str, Allowed(choices=available_timezones, check=_no_zone)]


class Section(Table, frozen=True):
    """A section ("Bereich")."""

    id: SectionId
    """What editors write as `section`; part of addresses.

    Was die Redaktion bei `section` schreibt; Teil der Adressen.
    """
    name: Filled
    """The section as readers see it.

    Der Bereich, wie ihn die Leser sehen.
    """
    description: str = ""
    """What it is about, for readers and search engines.

    Wovon er handelt, für Leser und Suchmaschinen.
    """


class NavigationItem(Table, frozen=True):
    """An entry of a menu."""

    name: Filled
    """The entry as readers see it.

    Der Eintrag, wie ihn die Leser sehen.
    """
    address: MenuAddress
    """Where it leads: an address of the portal that begins with `/`, or a whole one.

    Wohin er führt: eine Adresse des Portals, mit `/` am Anfang, oder eine vollständige.
    """


class Folders(Table, frozen=True):
    """Where the parts of a portal lie; absolute paths in a `Portal`."""

    root: Annotated[Path, Setting(key="")] = Path()
    content: Path = Path("content")
    """The folder of the sources, seen from portal.toml; it may lie outside.

    Der Ordner der Quelldateien, von `portal.toml` aus; er darf außerhalb liegen.
    """
    layouts: Path = Path("layouts")
    """The folder of the layouts.

    Der Ordner der Layouts.
    """
    assets: Path = Path("assets")
    """The folder of what layouts and texts show: styles, fonts, pictures.

    Der Ordner für Stile, Schriften und gemeinsame Bilder.
    """
    output: Path = Path("output")
    """The folder of the finished pages.

    Der Ordner der fertigen Seiten.
    """
    ignore: tuple[Annotated[str, Allowed(verbatim=True)], ...] = ()
    """Patterns, as of the shell, of files below `content` that are no sources.

    Muster für Dateien unter `content`, die keine Artikel sind und übergangen werden.
    """

    def below(self, root: Path) -> "Folders":
        """The same folders as absolute paths, seen from the folder `root`."""
        places = {name: (root / getattr(self, name)).resolve() for name in (*_SOURCES, "output")}
        return msgspec.structs.replace(self, root=root, **places)

    def in_content(self, path: str) -> str:
        """The file `path` below `content` as a user would type it: from `root` if it lies there."""
        return os.path.normpath(f"{self.shown(self.content)}/{path}")

    def below_content(self, path: str) -> str:
        """The path below `content` of what `in_content` calls `path`; "." for the folder itself."""
        return os.path.relpath(path, self.in_content(""))

    def shown(self, folder: Path) -> str:
        """A folder as a user would type it: from `root` if it lies there."""
        return _shown(folder, self.root)


@cache
def _shown(folder: Path, root: Path) -> str:
    return str(folder.relative_to(root) if folder.is_relative_to(root) else folder)


class PageSizes(Table, frozen=True):
    """How many teasers a numbered page holds."""

    section: Count = 20
    """Teasers on a numbered page of a section.

    Anreißer auf einer nummerierten Seite eines Bereichs.
    """
    keyword: Count = 20
    """Teasers on a numbered page of a keyword.

    Anreißer auf einer nummerierten Seite eines Stichworts.
    """
    author: Count = 20
    """Teasers on a numbered page of an author.

    Anreißer auf einer nummerierten Seite einer Autorin, eines Autors.
    """


class Portal(Table, frozen=True, dict=True):
    """One publication.  All that `portal.toml` says, validated, with defaults filled in.

    `address` is without a slash at its end; `synonyms` maps the other names and spellings of a
    keyword to the one that counts.
    """

    title: Filled
    """The portal's name.

    Der Name des Portals.
    """
    address: Annotated[PortalAddress, Setting(shapes=("sources", "pages"))]
    """Its own address, such as `https://www.example.org`.

    Seine Adresse, etwa `https://www.example.org`.
    """
    description: str = ""
    """What it is about, for search engines and feeds.

    Wovon es handelt, für Suchmaschinen und Feeds.
    """
    publisher: str = ""
    """Who publishes it, for search engines and the foot of each page.

    Wer es herausgibt, für Suchmaschinen und die Fußzeile.
    """
    language: Annotated[LanguageTag, Setting(shapes=("pages",))] = "de"
    """The language of the pages.

    Sprache der Seiten.
    """
    time_zone: Annotated[TimeZone, Setting(shapes=("sources",))] = "Europe/Berlin"
    """The time zone in which editors write dates.

    Zeitzone der Redaktion.
    """
    folders: Folders = Folders()
    """Where the parts of the portal lie.

    Wo die Teile des Portals liegen.
    """
    sections: Annotated[
        tuple[Section, ...], Allowed(check=_sections_twice), Setting(shapes=("sources", "pages"))
    ] = ()
    """The sections, in the order of the menu.

    Die Bereiche in ihrer Reihenfolge.
    """
    authors: Annotated[
        dict[str, Filled], Allowed(check=_authors_alike), Setting(shapes=("sources", "pages"))
    ] = msgspec.field(default_factory=dict)
    """Initials and names of those who write: `ve = "Vera Eschenbach"`.

    Kürzel und Namen: `ve = "Vera Eschenbach"`.
    """
    navigation: tuple[NavigationItem, ...] = ()
    """The second part of the menu, beside the sections.

    Der zweite Teil des Menüs, neben den Bereichen.
    """
    footer: tuple[NavigationItem, ...] = ()
    """What has to be reachable from every page.

    Was von jeder Seite aus erreichbar sein muss.
    """
    page_sizes: Annotated[PageSizes, Setting(key="pages")] = PageSizes()
    """How long lists are.

    Wie lang Listen sind.
    """
    feed_length: Annotated[Count, Setting(key="feeds.length")] = 20
    """Articles in a feed.

    Beiträge in einem Feed.
    """
    markdown: Annotated[MarkdownSettings, Setting(shapes=("sources",))] = MarkdownSettings()
    """What becomes of the texts.

    Was aus den Texten wird.
    """
    pdf: PdfSettings = PdfSettings()
    """PDFs of articles.

    PDFs der Artikel.
    """
    search: Search = Search()
    """The search.

    Die Suche.
    """
    delivery: Delivery = Delivery()
    """How the portal is delivered.

    Wie das Portal ausgeliefert wird.
    """
    downloads: Downloads = Downloads()
    """Files to download.

    Dateien zum Herunterladen.
    """
    crawlers: Crawlers = Crawlers()
    """What programs may do with the texts.

    Was Programme mit den Texten dürfen.
    """
    security: Security = Security()
    """Whom to tell of a weakness.

    Wem eine Sicherheitslücke zu melden ist.
    """
    addresses: Annotated[Addresses, Setting(shapes=("sources", "pages"))] = Addresses()
    """The pattern of the address of each kind of page.

    Das Muster der Adresse jeder Art von Seite.
    """
    front_matter: Annotated[FrontMatterRules, Setting(shapes=("sources",))] = FrontMatterRules()
    """What the portal calls fields of the front matter, and what it adds.

    Wie das Portal Felder des Kopfes nennt, und was es ergänzt.
    """
    synonyms: Annotated[
        dict[str, str],
        Setting(key="keywords.synonyms", shapes=("sources",), written=Synonyms),
    ] = msgspec.field(default_factory=dict)
    """The keyword that counts, and its other names, which lead to it: `"Glasfaser" = ["LWL"]`.

    `"Onlinezugangsgesetz" = ["OZG"]`: das erste gilt, die anderen leiten weiter.
    """
    check: CheckSettings = CheckSettings()
    """What the portal asks of its articles.

    Was das Portal von seinen Artikeln verlangt.
    """
    deploy: Targets = ()
    """Where the portal is published.

    Wohin das Portal veröffentlicht wird.
    """

    @property
    def constants(self) -> dict[str, object]:
        """All that `portal.toml` says of the pages: not where folders lie, nor where pages go."""
        fields = self.__struct_fields__
        return {name: getattr(self, name) for name in fields if name not in ("folders", "deploy")}

    def shaping(self, what: Shaped) -> dict[str, object]:
        """The settings that shape all sources, or every page without a layout's asking, by name."""
        shaping = [field.name for field in fields(Portal) if what in field.setting.shapes]
        return {name: getattr(self, name) for name in shaping}

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

    def mistakes(self, at: Place) -> Iterator[Problem]:
        """Sections whose address is not to be had, and a default section that does not exist."""
        others = {kind: getattr(self.addresses, kind) for kind in _OTHER_KINDS}
        taken = {pattern.partition("{")[0]: kind for kind, pattern in others.items()}
        taken |= _OTHER_ADDRESSES
        ids = [section.id for section in self.sections if section.id]
        for index, section in enumerate(self.sections):
            address = self.addresses.section.format(section=section.id)
            place = at.at("sections", index, "id")
            if section.id and (found := flaw(address)):
                yield place.placed(found)
            if address in taken:
                yield place.problem("section-address", address=address, kind=taken[address])
        default = self.front_matter.defaults.get("section")
        if default and default not in ids:
            place = at.at("front_matter", "defaults", "section")
            known = ", ".join(ids) or "-"
            yield place.problem("default-section", section=default, known=known)


def find(start: Path) -> Path | None:
    """The nearest portal.toml in `start` or a folder above it, or None."""
    start = start.resolve()
    return next((f / FILE for f in (start, *start.parents) if (f / FILE).is_file()), None)


def load(path: Path) -> Portal:
    """The portal that the file `path` describes; folders are relative to the one it lies in.

    PortalError: everything that is wrong in it, each with its line and what to write instead.
    """
    document = toml_file.read(path)
    portal, found = reader.read(document, Portal)
    folders = portal.folders.below(path.resolve().parent)
    misplaced = _misplaced(folders, Place(document, ("folders",)))
    targets = _targets_inside(folders, portal.deploy, Place(document, ("deploy",)))
    if problems := {*found, *misplaced, *targets}:
        raise PortalError(tuple(sorted(problems)))
    return msgspec.structs.replace(portal, folders=folders)


def _misplaced(folders: Folders, at: Place) -> Iterator[Problem]:
    for name in _SOURCES:
        folder: Path = getattr(folders, name)
        if not folder.is_dir():
            yield at.at(name).problem("folder-missing", key=name, folder=folder)
    for other in overlaps(folders):
        yield at.at("output").problem("output-overlaps", output=folders.output, other=other)


def _targets_inside(folders: Folders, targets: Targets, at: Place) -> Iterator[Problem]:
    """Targets in the portal's own folders, where builds and editors would meet what lies there."""
    for number, target in enumerate(targets):
        path = (folders.root / target.path).resolve()
        places = ((name, getattr(folders, name)) for name in (*_SOURCES, "output"))
        found = [name for name, place in places if place in (path, *path.parents)]
        found += [FILE] if path == folders.root else []
        if target.kind == "folder" and target.path and found:
            other = found[0]
            yield at.at(number, "path").problem("deploy-inside", target=target.path, other=other)


def overlaps(folders: Folders) -> tuple[str, ...]:
    """What the output cannot be built into or around: the folders it is built from, portal.toml."""
    output = folders.output
    places: dict[str, Path] = {name: getattr(folders, name) for name in _SOURCES}
    found = [n for n, place in places.items() if place in (output, *output.parents)]
    found += [n for n, place in places.items() if output in place.parents]
    return (*found, *([FILE] if output in (folders.root, *folders.root.parents) else []))
