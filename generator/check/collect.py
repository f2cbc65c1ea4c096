"""What there is to say of a portal: every problem that a build or a rule finds in it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Final

from generator.base.problems import Problem
from generator.build import embargoed, pdf_places
from generator.build.kept import Outcome
from generator.build.validation import OF_SOURCES, addresses_twice, of_folders
from generator.build.workspace import Workspace
from generator.check import (
    after_edits,
    one_source,
    rules_header,
    rules_links,
    rules_pages,
    rules_pictures,
)
from generator.check.gathered import Gathered, Wish, certain
from generator.check.one_source import Seen
from generator.check.rules_links import Map, Output
from generator.config import toml_file
from generator.config.portal import FILE
from generator.engine.queries import holds_until
from generator.engine.query import ANYTHING
from generator.load import pictures
from generator.load.store import Texts
from generator.model import content_files
from generator.model.article import Ad, Firm
from generator.model.entry import Entry
from generator.model.gate import next_change
from generator.site.pages import Page, leads_on, plan

COLLISIONS: Final = frozenset({"address-shared", "alias-is-address", "alias-shared"})
"""Where sources collide, their pages do, too: said once is enough."""

ALONE: Final = ("sources", "links", "downloads")
"""The parts of a validation that a look at a source, and at what it leads to, tells."""


def gather(wish: Wish, workspace: Workspace) -> Outcome[Gathered]:
    """The problems of a portal, and of all its sources those that are asked for.

    Nobody reads any more what has expired: of that only what keeps the portal from being built.
    PortalError: a file in `assets/` cannot be read.
    """
    workspace.load()
    store, now, pages = workspace.store, workspace.site, workspace.pages
    shown = workspace.portal.folders.in_content
    wanted = {
        path: entry
        for path, entry in workspace.everything.entries.items()
        if wish.wanted is None or wish.wanted(path)
    }
    by_part = {part: tuple(look(workspace)) for part, look in OF_SOURCES.items()}
    together = [one for part, found in by_part.items() if part not in ALONE for one in found]
    if not any(one.name in COLLISIONS for one in together):
        together += addresses_twice(pages, workspace.everything.entries, workspace.portal)
    problems = [one for part in ALONE for one in by_part[part]]
    if wish.wanted:
        problems += _names(workspace, wish.wanted)
    read_by_people = {
        path: workspace.sources.records[path]
        for path, entry in wanted.items()
        if not isinstance(entry.source, Ad)
    }
    seen = one_source.seen(workspace, read_by_people, wish.off)
    problems += [one for each in seen.values() for one in each.problems]
    problems += rules_pictures.of_sources(workspace, wanted.values())
    problems += of_folders(workspace)
    samples = rules_pages.Samples({}, ())
    if not workspace.layout_problems:
        samples = rules_pages.samples(workspace.answers(now, pages, pictures.Imagined()), pages)
        together += rules_pages.sponsored_rel(now, samples.texts)
        together += rules_pages.sponsored_label(now, samples.texts)
        together += rules_pages.ad_layout(now, samples.texts)
        coming = (one for one in embargoed.problems(workspace) if one.path in wanted)
        problems += pdf_places.placed(coming, workspace.portal)
    together += samples.problems
    store.put("references", workspace.layouts.references)
    output = Output(workspace.portal.folders.output)
    targets = frozenset(page.target for page in pages)
    vanishing = rules_links.vanishing(workspace, targets, workspace.entries.get, output)
    together += [one for _, one in vanishing]
    known = _map(workspace, wish.off, samples.texts, vanishing, output)
    problems += [*together, *_of_links(workspace, seen, samples.texts, wish, known)]
    asked = wanted.items() if wish.external else ()
    gathered = Gathered(
        tuple(problems),
        external={path: _external(entry, store.texts) for path, entry in asked},
        drafts=frozenset(shown(path) for path, e in workspace.entries.items() if e.source.draft),
    )
    outcome = Outcome(gathered, _holds_until(workspace), output, certain(problems))
    after_edits.remember(workspace, known, {one.path for one in together}, outcome)
    store.commit()
    return outcome


def _holds_until(workspace: Workspace) -> datetime | None:
    """When time may first make all this another: layouts may ask for anything."""
    at, sources = workspace.options.at, [one.source for one in workspace.entries.values()]
    moments = {
        holds_until(workspace.site, next_change(sources, at, drafts=True), ANYTHING),
        *chain.from_iterable(map(rules_header.moments, sources)),
    }
    return min((moment for moment in moments if moment and moment > at), default=None)


def _names(workspace: Workspace, wanted: Callable[[str], bool]) -> tuple[Problem, ...]:
    """What there is to say of the names of the files that are asked for, at places among these."""
    folders = workspace.portal.folders
    some = [path for path in workspace.found.content.files if wanted(path)]
    together = tuple(content_files.problems(some, folders.in_content))
    if all(wanted(folders.below_content(one.path)) for one in together):
        return together
    return tuple(one for path in some for one in content_files.problems([path], folders.in_content))


def _external(entry: Entry, texts: Texts) -> tuple[str, ...]:
    """The addresses on other websites to which a source leads."""
    own = (entry.source.link,) if isinstance(entry.source, Firm | Ad) and entry.source.link else ()
    return (*own, *texts(entry.text).links)


# What can only be said of all of them together.


def _map(
    workspace: Workspace,
    off: frozenset[str],
    pages: Mapping[Page, str],
    vanishing: Iterable[tuple[Page, Problem]],
    output: Output,
) -> Map:
    """Which addresses there will be; `pages` are the texts of a few."""
    portal, entries, texts = workspace.portal, workspace.entries, workspace.store.texts
    server = portal.delivery.server
    return Map(
        portal=portal,
        at=workspace.options.at,
        targets=frozenset(
            page.target
            for page in (*workspace.pages, *plan(workspace.everything))
            if leads_on(page, server)
        ),
        output=output,
        source={entry.source.address: entry for entry in entries.values()}.get,
        places=lambda path: rules_links.anchors(texts(entries[path].text).html),
        everywhere=frozenset().union(*map(rules_links.anchors, pages.values())),
        unread=rules_links.unread(workspace.sources.broken),
        vanishing=frozenset(page.target for page, _ in vanishing),
        off=off,
    )


def _of_links(
    workspace: Workspace,
    seen: Mapping[str, Seen],
    pages: Mapping[Page, str],
    wish: Wish,
    known: Map,
) -> list[Problem]:
    """The problems of links in sources, and of those in the portal's menus."""
    portal, entries = workspace.portal, workspace.entries
    found = {path: each.hrefs for path, each in seen.items()}
    problems: list[Problem] = []
    for path, all_links in found.items():
        dead = rules_links.dead_links(entries[path], all_links, known)
        problems += [one.in_file(portal.folders.in_content(path)) for one in dead]
    if wish.wanted is None:  # else it is not known what all the others link to
        everything = workspace.everything.entries.values()
        problems += rules_links.unlinked(everything, found, known, pages.values())
    lines = toml_file.lines((portal.folders.root / FILE).read_text(encoding="utf-8-sig"))
    return [*problems, *rules_links.dead_menus(known, lines)]
