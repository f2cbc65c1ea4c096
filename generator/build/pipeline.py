"""What a build does when something may have changed: from sources to a published site."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from generator.base.problems import PortalError, Problem, problem
from generator.base.report import Options, Report, Watch
from generator.build import pdf_places
from generator.build.delivery import Wanted, deliver
from generator.build.validation import Refusals, addresses_twice, of_sources, refuse
from generator.config.fingerprint import of_pages
from generator.config.portal import FILE, Portal
from generator.engine import embargoed
from generator.engine.queries import holds_until
from generator.engine.render import Answers
from generator.engine.staging import Task, stage_assets, stage_pages, stage_pictures
from generator.engine.stale import (
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
from generator.load import pictures, sources
from generator.load.file_digests import known_files
from generator.load.pictures import Pictures
from generator.load.portal_files import Surroundings
from generator.load.store import Generation, Store
from generator.model.addresses import path_of, target
from generator.model.gate import next_change
from generator.publish import output as publish
from generator.publish.output import Room, Written
from generator.site.assets import Assets, SettledAssets
from generator.site.index import Entry, Site
from generator.site.pages import Page, plan, to_be_written
from generator.templates.environment import APART, Layouts, References

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
        files, unreadable = known_files(portal, found, store)
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
        refusals = Refusals(portal, read, assets, room.output, options)
        refusals.take(
            (*of_sources(portal, found.content, read, assets, options.at), *unreadable),
            (*found.assets.problems, *found.layouts.problems, *layouts.problems()),
        )
        site = _site(portal, refusals, options)
    with watch.stage("pictures"):
        shown, problems = pictures.prepare(
            refusals.remaining, site, assets, files, store, options=options
        )
        refusals.take(problems)
    with watch.stage("plan"):
        basis = dict(of_pages(portal))
        before = store.generation()
        last = Last(before)
        site, pages = _planned(site, refusals, before, basis, options)
        refusals.check_loss(pages)
    with watch.stage("verify"):
        memory = recall(last, basis)
        answers = Answers(site, layouts, assets, shown, pages, store.texts, memory=memory)
        targets = [page.target for page in pages]
        lost = damaged() | set(targets).difference(known)
        stale = judge(pages, last, basis, answers, known, lost)
    staged = _rendered(stale, answers, room, options, watch)
    with watch.stage("render"):
        coming = embargoed.problems(refusals.remaining, site, layouts, assets, store, options)
        after = remember(pages, last, staged, basis, answers)
        planned, files_staged = _files(
            after, targets, staged, assets, shown, room, known.keys() - lost
        )
    left = publish.Left(room, known, lost)
    published = {
        page.source: place
        for page, place in zip(pages, targets, strict=True)
        if page.listed and page.source
    }
    wanted = Wanted(planned, files_staged, published)
    done = deliver(site, store, left, wanted, options=options, watch=watch)
    due = _next_change(refusals.remaining, options)
    # With time a source may leave the place for which another one was left out.
    change = _next_change(entries, options) if refusals.left_out else due
    report = Report(
        articles=len(site.all_articles),
        pages=len(pages),
        written=len(done.written),
        kept=len(done.files) - len(done.written),
        removed=len(done.removed),
        read=read.read,
        rendered=len(staged.outcomes),
        due=due,
        until=holds_until(site, change, after.questions),
        seconds=watch.seconds,
        reasons={page.address: why.reasons for page, why in stale.items()},
        warnings=(
            *refusals.warnings,
            *_of_pdfs(portal, (*_of_pages(after), *coming)),
            *_vanished(before, done.removed, room.output),
        ),
        left_out=tuple(map(portal.folders.in_content, sorted(refusals.left_out))),
        refused=refusals.refused,
    )
    return report, Remembered(after, layouts.references, done.files)


def _next_change(entries: Mapping[str, Entry], options: Options) -> datetime | None:
    """When the first of these sources appears or expires."""
    found = (entry.source for entry in entries.values())
    return next_change(found, options.at, drafts=options.drafts)


def _site(portal: Portal, refusals: Refusals, options: Options) -> Site:
    entries = refusals.remaining.values()
    return Site(portal, entries, options.at, drafts=options.drafts)


def _planned(
    site: Site,
    refusals: Refusals,
    before: Generation,
    basis: Mapping[str, bytes],
    options: Options,
) -> tuple[Site, tuple[Page, ...]]:
    """The site without all that is refused, and its pages: those of the last build, where it was
    arranged alike.

    PortalError: two of them want one address.
    """
    portal, left_out = site.portal, refusals.left_out
    while True:
        if not left_out.isdisjoint(site.entries):
            site = _site(portal, refusals, options)
        if arranged_alike(site, before, basis):
            return site, tuple(kept.page for kept in before.pages)
        pages = plan(site)
        twice = tuple(addresses_twice(pages, site.entries, portal))
        refusals.take(
            (found for found in twice if found.path),
            (found.moved(FILE) for found in twice if not found.path),
        )
        if left_out.isdisjoint(site.entries):
            return site, to_be_written(pages, portal.delivery.server)


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
    from generator.media.pdf import ladder as pdf

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
