"""What a build refuses, and what it warns of: the same for a build, a check and a preview."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from generator import content_files, links, sources
from generator.assets import Assets
from generator.collisions import collisions
from generator.pages import Page
from generator.portal import Portal
from generator.problems import PortalError, Problem, problem
from generator.scan import Found
from generator.sources import Sources


def of_sources(content: Found, read: Sources, assets: Assets, at: datetime) -> Iterator[Problem]:
    """All that is wrong with the sources, each and together; paths are below the content folder."""
    entries = sources.entries(read)
    yield from content.problems
    yield from content_files.problems(content.files)
    yield from sources.problems(read)
    yield from links.check(entries, assets, read.records.keys() - entries.keys())
    yield from collisions(((entry.source, entry.lines) for entry in entries.values()), at=at)


def addresses_twice(pages: Collection[Page]) -> Iterator[Problem]:
    """Every address that two pages want; the case of letters makes no difference.

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
