"""What a build does when something may have changed: from sources to a published site."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from generator import embargoed, news, pdf_places, pictures, publish, sources
from generator.addresses import path_of, target
from generator.assets import Assets, SettledAssets
from generator.basis import of_pages
from generator.delivery import deliver
from generator.files import known_files
from generator.gate import next_change
from generator.layouts import APART, Layouts, References
from generator.pages import Page, plan, to_be_written
from generator.pictures import Pictures
from generator.portal import FILE, Portal
from generator.problems import PortalError, Problem, problem
from generator.publish import Room, Written
from generator.questions import Question
from generator.refusals import addresses_twice, of_sources, refuse
from generator.render import Answers
from generator.report import Options, Report, Watch
from generator.site import Site
from generator.situation import Surroundings
from generator.staging import Task, stage_assets, stage_pages, stage_pictures
from generator.stale import (
    Last,
    Staged,
    Stale,
    arranged_alike,
    asked_assets,
    asked_pictures,
    joined,
    judge,
    recall,
    remember,
)
from generator.store import Generation, Store

GARBAGE: Final = 20_000
"""After so many new values Python looks for garbage while pages are made: seldom, few are any."""


class Remembered(NamedTuple):
    """What is to be put into the store: `written` are all files of the output, by target."""

    generation: Generation
    references: References
    written: Mapping[str, Written]


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
) -> tuple[Report, Remembered]:
    """Makes and publishes what changed; what it did, and what the next build has to know of it.

    PortalError: everything that is wrong; the output is then as it was.
    """
    found, readers, known, damaged = start
    with watch.stage("read"):
        files = known_files(portal, found, store)
        assets = SettledAssets(portal.folders, files)
        read = readers.read_all(found.content, partial(options.progress, "reading"))
        entries = sources.entries(read)
    with watch.stage("index"):
        layouts = Layouts(
            portal,
            found.layouts.files,
            compiled=store.folder("layouts"),
            references=store.get("references", References),
        )
        warnings = refuse(
            portal,
            of_sources(found.content, read, assets, options.at),
            (*found.assets.problems, *found.layouts.problems, *layouts.problems()),
        )
        site = Site(portal, entries.values(), options.at, drafts=options.drafts)
    with watch.stage("pictures"):
        shown, problems = pictures.prepare(entries, site, assets, files, store, options=options)
        warnings += refuse(portal, problems)
    with watch.stage("plan"):
        basis = dict(of_pages(portal))
        before = store.generation()
        last = Last(before)
        pages = _planned(site, before, basis)
    with watch.stage("verify"):
        memory = recall(last, basis)
        answers = Answers(site, layouts, assets, shown, pages, store.texts, memory=memory)
        targets = [page.target for page in pages]
        lost = damaged() | set(targets).difference(known)
        stale = judge(pages, last, basis, answers, known, lost)
    staged = _rendered(stale, answers, room, options, watch)
    with watch.stage("render"):
        coming = embargoed.problems(entries, site, layouts, assets, store, options)
        after = remember(pages, last, staged, basis, answers)
        planned, files_staged = _files(
            after, targets, staged, assets, shown, room, known.keys() - lost
        )
    left = publish.Left(room, known, lost)
    done = deliver(site, store, left, planned, files_staged, options=options, watch=watch)
    due = next_change((e.source for e in entries.values()), options.at, drafts=options.drafts)
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
            *_of_pdfs(portal, (*_of_pages(after), *coming)),
            *_vanished(before, done.removed, room.output),
        ),
    )
    return report, Remembered(after, layouts.references, done.files)


def _planned(site: Site, before: Generation, basis: Mapping[str, bytes]) -> tuple[Page, ...]:
    """The pages of a site: those of the last build, where it was arranged alike.

    PortalError: two of them want one address.
    """
    if arranged_alike(site, before, basis):
        return tuple(kept.page for kept in before.pages)
    pages = plan(site)
    twice = tuple(addresses_twice(pages))
    refuse(
        site.portal,
        (found for found in twice if found.path),
        (found.moved(FILE) for found in twice if not found.path),
    )
    return to_be_written(pages, site.portal.delivery.server)


def _rendered(
    stale: Mapping[Page, Stale], answers: Answers, room: Room, options: Options, watch: Watch
) -> Staged:
    """The stale pages, staged; PDFs last: they take the longest, and other mistakes come before."""
    # What is there by now stays until the end; no use in looking for garbage in it again and again.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    with watch.stage("render"):
        staged = stage_pages(
            [(page, why.patch) for page, why in stale.items() if not page.is_pdf],
            answers, room, jobs=options.jobs, progress=partial(options.progress, "rendering"),
        )  # fmt: skip
    pdfs: list[Task] = [(page, None) for page in stale if page.is_pdf]
    if not pdfs:
        return staged
    with watch.stage("pdf"), _settled(answers):
        made = stage_pages(
            pdfs, answers, room, jobs=options.jobs, progress=partial(options.progress, "pdf")
        )
    return joined(staged, made)


@contextmanager
def _settled(answers: Answers) -> Iterator[None]:
    """While PDFs are made: Typst reads their layout again for each, so it must not be saved.

    PortalError: it was, since `answers` looked at it.
    """
    from generator import pdf

    layout, before = answers.site.portal.folders.layouts / APART, answers.pdf_layout
    yield
    if pdf.layout_digest(layout) != before:
        raise PortalError((problem("file-changing", str(layout)),))


def _files(
    after: Generation,
    targets: Iterable[str],
    staged: Staged,
    assets: Assets,
    shown: Pictures,
    room: Room,
    present: Set[str],
) -> tuple[list[str], dict[str, Written]]:
    """The targets of all files that belong to the pages, in the order of publishing, and those of
    the files that are staged: pages, and what of their assets and pictures is not `present`.

    `targets` are those of the pages.
    """
    wanted = assets.published(asked_assets(after))
    asked = {assets.name_of(path, file) for path, file in asked_pictures(after)}
    published = shown.published(sorted(asked))
    planned = [
        *(target(asset.address) for asset in wanted.values()),
        *map(path_of, published),
        *targets,
    ]
    return planned, {
        **stage_assets(wanted, assets, room.stage, present),
        **stage_pictures(published, shown, room.stage, present),
        **{outcome.written.target: outcome.written for outcome in staged.outcomes.values()},
    }


def _of_pages(generation: Generation) -> set[Problem]:
    """What there is to warn of in pages, whenever they were rendered; each thing once."""
    return {problem for kept in generation.pages for problem in kept.problems}


def _of_pdfs(portal: Portal, found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Warnings of PDFs, at their lines in the sources, and in layouts."""
    folder = str(portal.folders.layouts)
    in_layouts = {problem for problem in found if problem.path.startswith(folder)}
    in_content = pdf_places.placed({*found} - in_layouts, portal.folders)
    return refuse(portal, in_content, in_layouts)


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
