"""What a build does when something may have changed: from sources to a published site."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from generator import links, news, pictures, publish, sources
from generator.addresses import path_of, target
from generator.assets import Assets
from generator.basis import of_pages
from generator.collisions import collisions
from generator.delivery import deliver
from generator.files import known_files
from generator.gate import next_change
from generator.layouts import Layouts, References
from generator.pages import Page, plan, to_be_written
from generator.portal import FILE, Portal
from generator.problems import PortalError, Problem, problem
from generator.publish import Room, Written
from generator.questions import Question
from generator.render import Answers
from generator.report import Options, Report, Watch
from generator.site import Site
from generator.situation import Surroundings
from generator.staging import stage_assets, stage_pages, stage_pictures
from generator.stale import (
    arranged_alike,
    asked_assets,
    asked_pictures,
    joined,
    judge,
    recall,
    remember,
)
from generator.store import Generation, Store

Memory = dict[str, object]
"""What is to be put into the store, by key."""


class Start(NamedTuple):
    """What a build begins with.

    `found` are the portal's files, `readers` read those that are sources; `known` are those that
    the last build left in the output, `damaged` gives the targets of those that are otherwise now.
    """

    found: Surroundings
    readers: sources.Readers
    known: dict[str, Written]
    damaged: Callable[[], set[str]]


def produce(
    portal: Portal, options: Options, room: Room, store: Store, start: Start, *, watch: Watch
) -> tuple[Report, Memory]:
    """Makes and publishes what changed; what it did, and what the next build has to know of it.

    PortalError: everything that is wrong; the output is then as it was.
    """
    found, readers, known, damaged = start
    with watch.stage("read"):
        files = known_files(portal, found, store)
        assets = Assets(portal.folders, files)
        reading = partial(options.progress, "reading")
        read = readers.read_all(found.content, reading)
        entries = sources.entries(read)
    with watch.stage("index"):
        layouts = Layouts(
            portal,
            found.layouts.files,
            compiled=store.folder("layouts"),
            references=store.get("references", References),
        )
        warnings = _refuse_errors(
            portal,
            (
                *found.content.problems,
                *sources.problems(read),
                *links.check(entries, assets, read.records.keys() - entries.keys()),
                *collisions(((e.source, e.lines) for e in entries.values()), at=options.at),
            ),
            (*found.assets.problems, *found.layouts.problems, *layouts.problems()),
        )
        site = Site(portal, entries.values(), options.at, drafts=options.drafts)
    with watch.stage("pictures"):
        shown, problems = pictures.prepare(entries, site, assets, files, store, options=options)
        warnings += _refuse_errors(portal, problems)
    with watch.stage("plan"):
        basis = {**of_pages(portal), "the kind of build": bytes([options.quick])}
        generation = store.get("generation", Generation)
        if arranged_alike(site, generation, basis):
            pages = tuple(kept.page for kept in generation.pages)
        else:
            pages = _planned(site, quick=options.quick)
    with watch.stage("verify"):
        answers = Answers(
            site,
            layouts,
            assets,
            shown,
            pages,
            store.texts,
            memory=recall(generation, basis),
        )
        lost = damaged() | ({page.target for page in pages} - known.keys())
        stale = judge(pages, generation, basis, answers, known, lost)
    # What is there by now stays until the end; no use in looking for garbage in it again and again.
    gc.freeze()
    gc.enable()
    with watch.stage("render"):
        staged = stage_pages(
            [(page, why.patch) for page, why in stale.items() if not page.is_pdf],
            answers, room, jobs=options.jobs, progress=partial(options.progress, "rendering"),
        )  # fmt: skip
    # The last: they take the longest, and mistakes in other layouts are said before.
    with watch.stage("pdf"):
        pdfs = stage_pages(
            [(page, None) for page in stale if page.is_pdf],
            answers, room, jobs=options.jobs, progress=partial(options.progress, "pdf"),
        )  # fmt: skip
    with watch.stage("render"):
        staged = joined(staged, pdfs)
        after = remember(pages, generation, staged, basis, answers)
        wanted = assets.published(asked_assets(after))
        present = known.keys() - lost
        staged_assets = stage_assets(wanted, assets, room.stage, present)
        asked = {assets.name_of(path, file) for path, file in asked_pictures(after)}
        published = shown.published(sorted(asked))
        staged_pictures = stage_pictures(published, shown, room.stage, present)
    done = deliver(
        site,
        store,
        publish.Left(room, known, lost),
        [
            *(target(asset.address) for asset in wanted.values()),
            *map(path_of, published),
            *(p.target for p in pages),
        ],
        staged_assets
        | staged_pictures
        | {o.written.target: o.written for o in staged.outcomes.values()},
        options=options,
        watch=watch,
    )
    memory = {
        "generation": after,
        "references": layouts.references,
        "written": done.files,
    }
    every = (entry.source for entry in entries.values())
    due = next_change(every, options.at, drafts=options.drafts)
    report = Report(
        articles=len(site.all_articles),
        pages=len(pages),
        written=len(done.written),
        kept=len(done.files) - len(done.written),
        removed=len(done.removed),
        read=read.read,
        rendered=len(staged.outcomes),
        due=due,
        until=_until(site, due, after.questions),
        seconds=watch.seconds,
        reasons={page.address: why.reasons for page, why in stale.items()},
        warnings=(
            *warnings,
            *_of_pages(portal, after),
            *_vanished(generation, done.removed, room.output),
        ),
    )
    return report, memory


def _planned(site: Site, *, quick: bool) -> tuple[Page, ...]:
    """The pages of a site; PortalError: two of them want one address."""
    pages = plan(site, quick=quick)
    twice = tuple(addresses_twice(pages))
    _refuse_errors(
        site.portal,
        (found for found in twice if found.path),
        (found.moved(FILE) for found in twice if not found.path),
    )
    return pages if quick else to_be_written(pages, site.portal.delivery.server)


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


def _refuse_errors(
    portal: Portal, in_content: Iterable[Problem], elsewhere: Iterable[Problem] = ()
) -> tuple[Problem, ...]:
    """The warnings; PortalError with all problems where one of them is an error."""
    root, content = portal.folders.root, portal.folders.content
    folder = content.relative_to(root) if content.is_relative_to(root) else content
    found = tuple(sorted({*(p.moved(str(folder / p.path)) for p in in_content), *elsewhere}))
    if any(one.is_error for one in found):
        raise PortalError(found)
    return found


def _of_pages(portal: Portal, generation: Generation) -> tuple[Problem, ...]:
    """What there is to warn of in pages, whenever they were rendered; each thing once."""
    found = {problem for kept in generation.pages for problem in kept.problems}
    folder = str(portal.folders.layouts)
    return _refuse_errors(
        portal,
        [problem for problem in found if not problem.path.startswith(folder)],
        [problem for problem in found if problem.path.startswith(folder)],
    )


def _vanished(generation: Generation, removed: Iterable[str], output: Path) -> Iterator[Problem]:
    """The addresses of sources that were published and lead nowhere now."""
    gone = frozenset(removed)
    for page in (kept.page for kept in generation.pages):
        if page.listed and page.source and page.target in gone:
            yield problem("address-vanishes", str(output), address=page.address)


def _until(site: Site, due: datetime | None, asked: Collection[Question]) -> datetime | None:
    """The moment from which on the site may be another one."""
    midnight = datetime.combine(site.at.date() + timedelta(days=1), time(), site.at.tzinfo)
    moments = (
        due,
        midnight if ("today",) in asked else None,
        midnight if site.advertising.rotates(asked) else None,
        news.ends(site) if ("recent",) in asked else None,
    )
    return min((moment for moment in moments if moment), default=None)
