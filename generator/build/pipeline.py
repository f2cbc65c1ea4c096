"""What a build does when something may have changed: from sources to a published site."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from generator.base import aside
from generator.base.problems import PortalError, Problem, problem
from generator.base.report import Options, Report, Watch
from generator.base.scan import Stamp
from generator.build import embargoed, pdf_places
from generator.build.delivery import Wanted, deliver
from generator.build.last_build import INDEXES, RESOLUTION, STAMPS
from generator.build.validation import Validation, addresses_twice, of_folders, of_sources
from generator.build.workspace import Workspace
from generator.config.fingerprint import of_pages
from generator.config.portal import FILE, Portal
from generator.engine.previous_build import PreviousBuild
from generator.engine.queries import holds_until
from generator.engine.render import Answers
from generator.engine.staging import PageTask, stage_assets, stage_pages, stage_pictures
from generator.engine.stale import (
    Staged,
    Stale,
    asked_assets,
    asked_pictures,
    joined,
    judge,
    next_generation,
)
from generator.load import pictures
from generator.load.store import WRITTEN, Generation, Store
from generator.model.addresses import path_of, target
from generator.publish.output import OutputFolder, PreviousOutput, Written
from generator.site.index import Site
from generator.site.kept_site import indexes_of
from generator.site.ledger import Resolution
from generator.site.pages import Page, to_be_written
from generator.templates.environment import APART, References

GARBAGE: Final = 20_000
"""After so many new values Python looks for garbage while pages are made: seldom, few are any."""


Made = tuple[Report, Callable[[Store], None]]
"""What a build did, and what puts into the store what the next build has to know of it."""


class ToKeep(NamedTuple):
    """What is to be put into the store: `written` are all files of the output, by target;
    `stamps` those of the sources."""

    generation: Generation
    references: References
    written: Mapping[str, Written]
    site: Site
    stamps: Mapping[str, Stamp]

    def put(self, store: Store) -> None:
        """Puts it there."""
        store.put_generation(self.generation)
        store.put("references", self.references)
        store.list(WRITTEN, Written).put(tuple(self.written.values()))
        store.put(RESOLUTION, self.site.resolution)
        store.put(INDEXES, indexes_of(self.site))
        store.list(STAMPS, tuple[str, Stamp]).put(tuple(self.stamps.items()))


class Start(NamedTuple):
    """The output that a build begins with.

    `known` are the files that the last build left there, `damaged` gives the targets of those that
    are otherwise now.
    """

    folder: OutputFolder
    known: Mapping[str, Written]
    damaged: Callable[[], set[str]]


def produce(workspace: Workspace, start: Start, *, watch: Watch) -> Made:
    """Makes and publishes what changed.

    PortalError: everything that is wrong; the output is then as it was.
    """
    whole, options, store = workspace, workspace.options, workspace.store
    folder, known, damaged = start
    with watch.stage("read"):
        workspace.layouts.expect()
        workspace.load()
    with watch.stage("index"):
        validation = Validation(workspace, folder.output)
        workspace.site  # noqa: B018 (another process needs not make it, too)
        # While this one plans: 6 % of the time that a new article takes.
        flaws = aside.call(partial(_flaws, workspace))
    with watch.stage("plan"):
        fingerprint = dict(of_pages(workspace.portal))
        last = PreviousBuild(store.generation(), workspace.sources.known_before)
        holding = last.under(fingerprint)
        if not _has_plan(holding.generation, workspace.site):
            workspace.pages  # noqa: B018 (mostly nothing is wrong)
    with watch.stage("index"):
        validation.take(flaws(), of_folders(workspace))
        workspace = whole.without(validation.left_out)
    with watch.stage("pictures"):
        shown, problems = pictures.prepare(
            workspace.entries, workspace.site, workspace.assets, workspace.digests, store,
            options=options,
        )  # fmt: skip
        validation.take(problems)
    with watch.stage("plan"):
        workspace, pages = _planned(workspace, validation, holding.generation)
        validation.check_loss(pages)
    with watch.stage("verify"):
        answers = workspace.answers(workspace.site, pages, shown, previous=holding)
        targets = [page.target for page in pages]
        lost = damaged() | set(targets).difference(known)
        stale = judge(pages, last, fingerprint, answers, known, lost)
    staged = rendered(stale, answers, folder, options, watch)
    gc.disable()  # from here on nearly all that is made is needed to the end
    with watch.stage("render"):
        coming = embargoed.problems(workspace)
        after = next_generation(pages, last, staged, fingerprint, answers)
        wanted = _wanted(pages, targets, after, staged, answers, folder, known.keys() - lost)
    previous = PreviousOutput(folder, known, lost)
    done = deliver(workspace.site, store, previous, wanted, options=options, watch=watch)
    due = workspace.next_change
    # With time a source may leave the place for which another one was left out.
    change = whole.next_change if validation.left_out else due
    report = Report(
        articles=len(workspace.site.all_articles),
        pages=len(pages),
        written=len(done.written),
        kept=len(done.files) - len(done.written),
        removed=len(done.removed),
        read=workspace.sources.read,
        rendered=len(staged.outcomes),
        due=due,
        until=holds_until(workspace.site, change, after.questions),
        seconds=watch.seconds,
        reasons={page.address: why.reasons for page, why in stale.items()},
        warnings=(
            *sorted(
                {*validation.warnings, *_of_pdfs(workspace.portal, (*_of_pages(after), *coming))}
            ),
            *vanished(last.generation, done.removed, workspace.site.resolution, folder.output),
        ),
        left_out=tuple(map(workspace.portal.folders.in_content, sorted(validation.left_out))),
        refused=validation.refused,
    )
    references, stamps = workspace.layouts.references, workspace.found.sources
    kept = ToKeep(after, references, done.files, workspace.site, stamps)
    return report, kept.put


def _flaws(workspace: Workspace) -> tuple[Problem, ...]:
    return tuple(of_sources(workspace))


def _has_plan(before: Generation, site: Site) -> bool:
    """Whether the pages of the generation `before` are those of `site`: it is arranged alike."""
    return before.site.arrangement == site.outline.arrangement


def _planned(
    workspace: Workspace, validation: Validation, before: Generation
) -> tuple[Workspace, tuple[Page, ...]]:
    """The portal without all that is refused, and its pages: those of `before`, what holds of the
    last build, where the site was arranged alike.

    PortalError: two of them want one address.
    """
    while True:
        workspace = workspace.without(validation.left_out)
        if _has_plan(before, workspace.site):
            return workspace, tuple(kept.page for kept in before.pages)
        twice = tuple(addresses_twice(workspace.pages, workspace.entries, workspace.portal))
        validation.take(
            (found for found in twice if found.path != FILE),
            (found for found in twice if found.path == FILE),
        )
        if validation.left_out.isdisjoint(workspace.entries):
            return workspace, to_be_written(workspace.pages, workspace.portal.delivery.server)


def rendered(
    stale: Mapping[Page, Stale],
    answers: Answers,
    folder: OutputFolder,
    options: Options,
    watch: Watch,
) -> Staged:
    """The stale pages, staged; PDFs last: they take the longest, and other mistakes come before."""
    # What is there by now stays until the end; no use in looking for garbage in it again and again.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    with watch.stage("render"):
        staged = stage_pages(
            [(page, why.patch) for page, why in stale.items() if not page.is_pdf],
            answers, folder, jobs=options.jobs, progress=partial(options.progress, "rendering"),
        )  # fmt: skip
    pdfs: list[PageTask] = [(page, None) for page in stale if page.is_pdf]
    if not pdfs:
        return staged
    with watch.stage("pdf"), _settled(answers):
        made = stage_pages(
            pdfs, answers, folder, jobs=options.jobs, progress=partial(options.progress, "pdf")
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


def _wanted(
    pages: Iterable[Page],
    targets: Sequence[str],
    after: Generation,
    staged: Staged,
    answers: Answers,
    folder: OutputFolder,
    present: Set[str],
) -> Wanted:
    """All files that belong to the pages, whose `targets` these are; staged are pages, and what of
    their assets and pictures is not `present`."""
    assets, shown = answers.assets, answers.pictures
    wanted = assets.published(asked_assets(after))
    asked = {assets.name_of(path, file) for path, file in asked_pictures(after)}
    published = shown.published(sorted(asked))
    planned = [
        *(target(asset.address) for asset in wanted.values()),
        *map(path_of, published),
        *targets,
    ]
    files = {
        **stage_assets(wanted, assets, folder.stage, present),
        **stage_pictures(published, shown, folder.stage, present),
        **{outcome.written.target: outcome.written for outcome in staged.outcomes.values()},
    }
    sources = {
        page.source: place
        for page, place in zip(pages, targets, strict=True)
        if page.listed and page.source
    }
    return Wanted(planned, files, sources)


def _of_pages(generation: Generation) -> set[Problem]:
    """What there is to warn of in pages, whenever they were rendered; each thing once."""
    return {problem for kept in generation.pages for problem in kept.problems}


def _of_pdfs(portal: Portal, found: Iterable[Problem]) -> set[Problem]:
    """Warnings of PDFs, at their lines in the sources, and in layouts."""
    layouts = str(portal.folders.layouts)
    in_layouts = {one for one in found if one.path.startswith(layouts)}
    return {*in_layouts, *pdf_places.placed({*found} - in_layouts, portal)}


def vanished(
    generation: Generation, removed: Iterable[str], resolution: Resolution, output: Path
) -> Iterator[Problem]:
    """The addresses of sources that were published and lead nowhere now."""
    gone = frozenset(removed)
    pages = (kept.page for kept in generation.pages if gone and kept.page.target in gone)
    vanished = {page.address for page in pages if page.listed and page.source}
    vanished |= {line.address for line in resolution.lost if line.text}
    for address in sorted(vanished - resolution.moved.keys()):
        yield problem("address-vanishes", str(output), address=address)
