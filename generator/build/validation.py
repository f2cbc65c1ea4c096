"""What a build refuses, and what it warns of: the same for a build, a check and a preview.

A build with `--keep-going` refuses sources one by one: each with a mistake is left out as a draft
is, and the others are published.  Which source a mistake belongs to is decided here alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from generator.base import words
from generator.base.problems import PortalError, Problem, problem
from generator.build import compression, search
from generator.build.workspace import Workspace
from generator.config.portal import FILE, Folders, Portal
from generator.model import content_files
from generator.model.addresses import path_of
from generator.model.entry import Entry
from generator.model.gate import passes_gate
from generator.publish.journal import above, nested
from generator.publish.manifest import MANIFEST, Manifest
from generator.site import downloads, links
from generator.site.assets import BESIDE, PREFIX
from generator.site.conflicts import Lined, collisions
from generator.site.pages import Page, can_redirect

BETWEEN_TWO: Final = frozenset(
    {
        "address-shared", "alias-is-address", "alias-shared", "address-twice", "address-nested",
        "address-of-other", "download-address",
    }
)  # fmt: skip
"""Mistakes that two sources make together; the value `other` names the second one."""


def of_folders(workspace: Workspace) -> Iterator[Problem]:
    """All that is wrong with assets and layouts, as far as can be told without rendering."""
    yield from workspace.found.assets.problems
    yield from workspace.found.layouts.problems
    yield from workspace.layout_problems
    yield from workspace.unreadable_lines


def between_sources(portal: Portal, lined: Collection[Lined], at: datetime) -> Iterator[Problem]:
    """What sources share and should not, and old addresses that cannot lead on."""
    shown = portal.folders.in_content
    yield from collisions(lined, shown, at=at, authors=portal.authors)
    server = portal.delivery.server
    for source, lines in lined:
        for alias in source.aliases:
            if not can_redirect(alias, server) and not _needed(path_of(alias), {}, portal):
                line = lines.get("aliases", 0)
                yield problem("alias-not-html", shown(source.path), line, alias=alias)


def addresses_twice(
    pages: Sequence[Page], entries: Mapping[str, Entry], portal: Portal
) -> Iterator[Problem]:
    """Every address that cannot be had; the case of letters makes no difference.

    Two pages want it, it lies inside another page's file, or the generator needs it for what it
    adds in the end.

    It is told of the source of one of them, in the line of the field which gives the address,
    where `entries` know one; of portal.toml where none has a source.
    """

    def place(page: Page) -> tuple[str, int]:
        source = _source(page, pages)
        if not source:
            return FILE, 0
        lines = entries[source].lines if source in entries else {}
        line = lines.get("aliases" if page.redirect_target else "slug", 0)
        return portal.folders.in_content(source), line

    targets = [page.target.casefold() for page in pages]
    owners = dict(zip(reversed(targets), reversed(pages), strict=True))  # the first page counts
    shared = zip(targets, pages, strict=True) if len(owners) < len(pages) else ()
    twice = [(page, owner) for target, page in shared if (owner := owners[target]) is not page]
    for page, owner in twice:
        if page.file or owner.file:
            yield _shared_with_file(page, owner, pages, entries, portal)
            continue
        blamed, other = _blamed(page, owner, pages)
        whose = _called(other, pages, portal.folders)
        yield problem("address-twice", *place(blamed), address=page.address, other=whose)
    for inner, outer in nested(owners):
        page, owner = owners[inner], owners[outer]
        blamed, other = _blamed(page, owner, pages)
        yield problem(
            "address-nested", *place(blamed), address=page.address, outer=owner.address,
            other=_called(other, pages, portal.folders),
        )  # fmt: skip
    beginnings = tuple(folder[1:] for folder in (*_own_folders(portal), f"/{MANIFEST}"))
    endings = tuple(map(compression.ENDINGS.__getitem__, portal.delivery.compress))
    for target, page in owners.items():  # few look as if they were needed
        if not (target.startswith(beginnings) or target.endswith(endings)):
            continue
        if (page.redirect_target or page.source) and (needed := _needed(target, owners, portal)):
            yield problem("address-needed", *place(page), address=page.address, other=needed)


def _shared_with_file(
    page: Page,
    owner: Page,
    pages: Collection[Page],
    entries: Mapping[str, Entry],
    portal: Portal,
) -> Problem:
    """That two pages want one address of which one at least is a file that a text offers."""
    file, other = (page, owner) if page.file else (owner, page)
    offers = downloads.links_of(entries[file.source])
    line = next((link.line for link in offers if link.name == file.file), 0)
    folders = portal.folders
    return problem(
        "download-address", folders.in_content(file.source), line,
        file=_called(file, pages, folders), address=file.address,
        other=_called(other, pages, folders),
    )  # fmt: skip


def _called(page: Page, pages: Collection[Page], folders: Folders) -> str:
    """What messages call a page: the file that it is, the source that it is about, or its kind."""
    if page.file.startswith(BESIDE):
        return folders.in_content(page.file.removeprefix(BESIDE))
    if page.file:
        return f"{folders.shown(folders.assets)}/{page.file}"
    source = _source(page, pages)
    return folders.in_content(source) if source else _kind(page)


def _blamed(page: Page, owner: Page, pages: Collection[Page]) -> tuple[Page, Page]:
    """Which of two pages to tell of, one of a source if there is one; and the other one."""
    return (owner, page) if _source(owner, pages) and not _source(page, pages) else (page, owner)


def _kind(page: Page) -> str:
    """What readers call such pages, as the catalogue names it; else the layout."""
    name = f"page-kind-{page.layout.partition('.')[0]}"
    return name if name in words.names() else page.layout


def _own_folders(portal: Portal) -> tuple[str, ...]:
    """The folders of the output that hold nothing but what the generator itself adds."""
    return PREFIX, *((f"/{search.FOLDER}/",) if portal.search.enabled else ())


def _needed(target: str, owners: Mapping[str, Page], portal: Portal) -> str:
    """What the generator itself writes at or around a file of the output; "" for nothing."""
    for folder in _own_folders(portal):
        if f"/{target}".startswith(folder) and target != f"{folder[1:]}index.html":
            return folder
    if target.partition("/")[0] == MANIFEST:
        return f"/{MANIFEST}"
    for way in portal.delivery.compress:
        original = owners.get(target.removesuffix(compression.ENDINGS[way]))
        if original and original.target.casefold() != target:
            return original.address
    return ""


def _source(page: Page, pages: Iterable[Page]) -> str:
    """The source of a page, or of the one that it leads to; "" where there is none."""
    goals = (
        other for other in pages if page.redirect_target and other.address == page.redirect_target
    )
    page = next(goals, page)
    return page.source


OF_SOURCES: Final[Mapping[str, Callable[[Workspace], Iterable[Problem]]]] = {
    "folder": lambda workspace: workspace.found.content.problems,
    "names": lambda workspace: content_files.problems(
        workspace.found.content.files,
        workspace.portal.folders.in_content,
        downloads.linked(workspace.entries.values()),
    ),
    "sources": lambda workspace: workspace.sources.problems,
    "links": lambda workspace: links.broken_links(
        workspace.entries, workspace.assets, workspace.sources.broken
    ),
    "downloads": lambda workspace: downloads.mistakes(
        workspace.entries, workspace.assets, workspace.portal.downloads.kinds
    ),
    "between": lambda workspace: between_sources(
        workspace.portal,
        [(entry.source, entry.lines) for entry in workspace.entries.values()],
        workspace.options.at,
    ),
    "ledger": lambda workspace: workspace.site.resolution.problems,
}
"""What there may be to say of the sources, each and together, and of the files beside them.

A build wants all of it, a preview part by part."""


def of_sources(workspace: Workspace) -> Iterator[Problem]:
    """All that is wrong with the sources."""
    return (found for look in OF_SOURCES.values() for found in look(workspace))


class Validation:
    """What a build refuses, as it comes to know of it.

    Without `keep_going` any mistake ends the build.  With it a source with a mistake is left out:
    it is in `left_out`, and `refused` says why.  Mistakes that no source makes end it all the same.
    """

    def __init__(self, workspace: Workspace, output: Path) -> None:
        """The manifest in `output` tells what is published by now."""
        self._portal = workspace.portal
        self._options = workspace.options
        self._output = output
        self._paths = workspace.sources.records.keys()
        self._entries = workspace.entries
        self._taken: set[Problem] = set()
        self.left_out: set[str] = set()

    @cached_property
    def _published(self) -> dict[str, str] | None:
        """The target of the page of each source that has one; None where that is not known."""
        return Manifest.read(self._output).published

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All that there is to warn of."""
        return tuple(sorted(found for found in self._taken if not found.is_error))

    @property
    def refused(self) -> tuple[Problem, ...]:
        """All mistakes of the sources that are left out."""
        return tuple(sorted(found for found in self._taken if found.is_error))

    def take(self, in_content: Iterable[Problem], elsewhere: Iterable[Problem] = ()) -> None:
        """Takes problems into account; those `in_content` may be for one source to bear.

        PortalError, with all of them: a mistake ends the build.
        """
        elsewhere = tuple(elsewhere)
        ends = any(found.is_error for found in elsewhere)
        for found in in_content:
            self._taken.add(found)
            if found.is_error:
                blamed = self._blamed(found) if self._options.keep_going else frozenset[str]()
                self.left_out |= blamed
                ends |= not blamed
        self._taken |= {*elsewhere}
        if ends:
            raise PortalError(tuple(sorted(self._taken)))

    def check_loss(self, pages: Iterable[Page]) -> None:
        """PortalError: a source that is left out has a published page that would vanish."""
        if not self.left_out:
            return
        if self._published is None and not self._options.first:
            found = {problem("first-unknown", str(self._output))}
        else:
            found = {*self._lost({page.target for page in pages})}
        if found:
            raise PortalError(tuple(sorted(self._taken | found)))

    def _blamed(self, found: Problem) -> frozenset[str]:
        """What has to be left out for a mistake: its source, or the folder or file that it is of.

        Of two sources that want one address the one is left out that is not published yet; both,
        where that can be said of both or none, or the one that wants it as an old address only.
        """
        path = self._portal.folders.below_content(found.path)
        if found.name in BETWEEN_TWO:
            other = self._portal.folders.below_content(dict(found.values)["other"])
            both = {path, other} & self._paths
            newcomers = both - (self._published or {}).keys()
            if found.name == "alias-is-address" and len(newcomers) != 1:
                return frozenset((path,))
            return frozenset(newcomers or both)
        if path in self._paths:
            return frozenset((path,))
        if path == ".":  # the content folder itself
            return frozenset()
        return frozenset((path,))

    def _lost(self, targets: Set[str]) -> Iterator[Problem]:
        """One problem for each published page that would vanish with what is left out."""
        for path, target in (self._published or {}).items():
            owner = "" if target in targets else self._owner(path, target)
            if owner:
                address = "/" + target.removesuffix("index.html")
                shown = self._portal.folders.in_content(owner)
                yield problem("left-out-published", shown, address=address)

    def _owner(self, path: str, target: str) -> str:
        """Which of the sources that are left out the page of `path` belongs to; "" for none."""
        entry = self._entries.get(path)
        if path in self.left_out:
            return "" if entry and self._is_withdrawn(entry) else path
        if folder := next((f for f in above(path) if f in self.left_out), ""):
            return folder
        if path in self._paths:
            return ""
        # It is gone, or has another name or folder now, and its mistakes with it.
        return next((one for one in sorted(self.left_out) if self._follows(one, path, target)), "")

    def _is_withdrawn(self, entry: Entry) -> bool:
        """Whether an editor wants that it is published no more."""
        options = self._options
        return not passes_gate(entry.source, options.at, drafts=options.drafts)

    def _follows(self, path: str, former: str, target: str) -> bool:
        """Whether the source at `path` is what became of that at `former`, which had a page."""
        entry = self._entries.get(path)
        if entry is None:
            return path.rpartition("/")[2] == former.rpartition("/")[2]
        source = entry.source
        addresses = (source.address, *source.aliases)
        known = any(path_of(one) == target for one in addresses if one)
        return known and not self._is_withdrawn(entry)
