"""What a build refuses, and what it warns of: the same for a build, a check and a preview."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from generator import compression, content_files, links, search, sources
from generator.addresses import path_of
from generator.assets import PREFIX, Assets
from generator.collisions import Lined, collisions
from generator.manifest import MANIFEST
from generator.pages import Page, can_redirect
from generator.portal import Portal
from generator.problems import PortalError, Problem, problem
from generator.scan import Found
from generator.sources import Sources


def of_sources(
    portal: Portal, content: Found, read: Sources, assets: Assets, at: datetime
) -> Iterator[Problem]:
    """All that is wrong with the sources, each and together; paths are below the content folder."""
    entries = sources.entries(read)
    lined = [(entry.source, entry.lines) for entry in entries.values()]
    yield from content.problems
    yield from content_files.problems(content.files)
    yield from sources.problems(read)
    yield from links.check(entries, assets, read.records.keys() - entries.keys())
    yield from between_sources(portal, lined, at)


def between_sources(portal: Portal, lined: Collection[Lined], at: datetime) -> Iterator[Problem]:
    """What sources share and should not, and old addresses that cannot lead on."""
    yield from collisions(lined, at=at, authors=portal.authors)
    server = portal.delivery.server
    for source, lines in lined:
        for alias in source.aliases:
            if not can_redirect(alias, server) and not _needed(path_of(alias), {}, portal):
                line = lines.get("aliases", 0)
                yield problem("alias-not-html", source.path, line, alias=alias)


def addresses_twice(pages: Collection[Page], portal: Portal) -> Iterator[Problem]:
    """Every address that two pages want, that lies below a file, or that the generator needs for
    what it adds in the end; the case of letters makes no difference.

    `Problem.path` is that of the source of one of them, "" where none has one.
    """
    owners: dict[str, Page] = {}
    twice = [
        (page, owner)
        for page in pages
        if (owner := owners.setdefault(page.target.casefold(), page)) is not page
    ]
    for page, owner in twice:
        source, other = _source(page, pages), _source(owner, pages)
        kind = (page if other else owner).layout.partition(".")[0]
        where, whose = (source, other or kind) if source else (other, kind)
        yield problem("address-twice", where, address=page.address, other=whose)
    yield from _below_files(owners, pages)
    for target, page in owners.items():
        if (page.goal or page.source) and (needed := _needed(target, owners, portal)):
            where = _source(page, pages)
            yield problem("address-needed", where, address=page.address, other=needed)


def _below_files(owners: Mapping[str, Page], pages: Collection[Page]) -> Iterator[Problem]:
    """Every address that would need a folder where a page is a file."""
    seen: set[str] = set()
    for target, page in owners.items():
        folder = target.rpartition("/")[0]
        while folder and folder not in seen:
            seen.add(folder)
            if owner := owners.get(folder):
                source, other = _source(page, pages), _source(owner, pages)
                where, address, whose = (
                    (source, page.address, other or owner.address)
                    if source
                    else (other, owner.address, page.address)
                )
                yield problem("address-below-file", where, address=address, other=whose)
            folder = folder.rpartition("/")[0]


def _needed(target: str, owners: Mapping[str, Page], portal: Portal) -> str:
    """What the generator itself writes at or around a file of the output; "" for nothing."""
    folders = [PREFIX, *([f"/{search.FOLDER}/"] if portal.search.enabled else [])]
    for folder in folders:
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
    goals = (other for other in pages if page.goal and other.address == page.goal)
    page = next(goals, page)
    return page.source


def refuse(
    portal: Portal, in_content: Iterable[Problem], elsewhere: Iterable[Problem] = ()
) -> tuple[Problem, ...]:
    """The warnings; PortalError with all problems where one of them is an error.

    Those `in_content` have paths below the content folder.
    """
    placed = (found.moved(portal.folders.in_content(found.path)) for found in in_content)
    problems = tuple(sorted({*placed, *elsewhere}))
    if any(found.is_error for found in problems):
        raise PortalError(problems)
    return problems
