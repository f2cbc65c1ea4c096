"""What there is to say of a portal: every problem that a build or a rule finds in it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from generator.base import digests, workers
from generator.base.problems import PortalError, Problem, problem
from generator.base.scan import read_bytes
from generator.build import embargoed, last_build, pdf_places
from generator.build.kept import Outcome
from generator.build.validation import addresses_twice, of_folders, of_sources
from generator.build.workspace import Workspace
from generator.check import rules_header, rules_links, rules_pages, rules_pictures, rules_text
from generator.check.gathered import Gathered, Wish
from generator.check.rule import Circumstances, Piece, prose
from generator.check.rules_links import Href, Map
from generator.check.rules_pictures import Looked
from generator.config import toml_file
from generator.config.portal import FILE
from generator.engine.queries import holds_until
from generator.engine.query import ANYTHING
from generator.front_matter import foreign_heads
from generator.load import pictures
from generator.load.store import Texts
from generator.media import images
from generator.model import content_files
from generator.model.addresses import slug
from generator.model.article import Ad, Firm, Image
from generator.model.entry import Entry
from generator.model.gate import next_change
from generator.site import links
from generator.site.pages import Page, leads_on, plan

RULES: Final = rules_header.RULES | rules_text.RULES
"""The rules that look at one source by itself."""

COLLISIONS: Final = frozenset({"address-shared", "alias-is-address", "alias-shared"})
"""Where sources collide, their pages do, too: said once is enough."""

BUDGET: Final = 10.0
"""Seconds that one source may take."""

JOB: Final = 64
"""Sources given to a worker at once: a rule takes little time."""


class Seen(NamedTuple):
    """What the rules find in one source, and its links into the portal."""

    problems: tuple[Problem, ...]
    hrefs: tuple[Href, ...]


UNCERTAIN: Final = frozenset({"took-too-long", "worker-died", "pdf-lost-slow", "pdf-lost-died"})
"""What may not be found the next time."""


class _Output(dict[str, bool]):
    """Which files are in the output folder, of those that were asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, target: str) -> bool:
        self[target] = there = (self._folder / target).is_file()
        return there


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
    problems = list(of_sources(workspace))
    if wish.wanted:
        problems += _names(workspace, wish.wanted)
    if not any(one.name in COLLISIONS for one in problems):
        problems += addresses_twice(pages, workspace.everything.entries, workspace.portal)
    read_by_people = [e for e in wanted.values() if not isinstance(e.source, Ad)]
    seen = _seen(workspace, read_by_people, wish)
    problems += [one for each in seen.values() for one in each.problems]
    problems += _of_pictures(workspace, wanted.values())
    problems += of_folders(workspace)
    samples = rules_pages.Samples({}, ())
    if not workspace.layout_problems:
        samples = rules_pages.samples(workspace.answers(now, pages, pictures.Imagined()), pages)
        problems += rules_pages.sponsored_rel(now, samples.texts)
        problems += rules_pages.sponsored_label(now, samples.texts)
        problems += rules_pages.ad_layout(now, samples.texts)
        coming = (one for one in embargoed.problems(workspace) if one.path in wanted)
        problems += pdf_places.placed(coming, workspace.portal)
    problems += samples.problems
    store.put("references", workspace.layouts.references)
    store.commit()
    output = _Output(workspace.portal.folders.output)
    problems += _of_links(workspace, seen, samples.texts, wish, output)
    asked = wanted.items() if wish.external else ()
    gathered = Gathered(
        tuple(problems),
        external={path: _external(entry, store.texts) for path, entry in asked},
        drafts=frozenset(shown(path) for path, e in workspace.entries.items() if e.source.draft),
    )
    certain = UNCERTAIN.isdisjoint(one.name for one in problems)
    return Outcome(gathered, _holds_until(workspace), output, certain)


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


# What can be said of one source by itself.


def _seen(workspace: Workspace, entries: Iterable[Entry], wish: Wish) -> dict[str, Seen]:
    tasks = list(entries)
    options = workspace.options
    circumstances = Circumstances(workspace.portal, options.at)
    work = partial(_look, circumstances, workspace.store.texts, wish.off)
    seen: dict[str, Seen] = {}
    results = workers.run(work, tasks, jobs=options.jobs, budget=BUDGET, batch=JOB)
    for done, (place, result) in enumerate(results, 1):
        options.progress("checking", done, len(tasks))
        path = tasks[place].source.path
        if isinstance(result, str):
            shown = workspace.portal.folders.in_content(path)
            seen[path] = Seen((_lost(result, shown, BUDGET),), ())
        else:
            seen[path] = result
    return seen


def _look(circumstances: Circumstances, texts: Texts, off: frozenset[str], entry: Entry) -> Seen:
    """What a worker does with one source."""
    path, portal = entry.source.path, circumstances.portal
    shown = portal.folders.in_content(path)
    try:
        data = read_bytes(portal.folders.content / path, shown)
    except PortalError as error:
        return Seen(error.problems, ())
    front = foreign_heads.read(data, portal.front_matter.styles)
    words = prose(front.text)
    piece = Piece(entry, texts(entry.text), front.text, words, front.first_line)
    found = [
        one.in_file(shown)
        for name, rule in RULES.items()
        if name not in off
        for one in rule(piece, circumstances)
    ]
    return Seen(tuple(found), rules_links.hrefs(piece, portal))


def _of_pictures(workspace: Workspace, entries: Collection[Entry]) -> Iterator[Problem]:
    """What is wrong with the picture files that sources show; each file is looked at once."""
    assets, store = workspace.assets, workspace.store

    def name_of(entry: Entry, image: Image) -> str:
        return assets.name_of(entry.source.path, image.file)

    names = {name_of(entry, image) for entry in entries for image, _ in links.images(entry)}
    digest = {
        name: digests.of_value((images.VERSION, assets.asset(name).digest)).hex()
        for name in names
        if assets.exists(name)
    }
    known = store.get("looked", dict[str, Looked])
    tasks = sorted({key: name for name, key in digest.items() if key not in known}.values())
    work = partial(rules_pictures.look, workspace.portal.folders)
    lost: dict[str, Looked] = {}
    jobs, budget = workspace.options.jobs, pictures.BUDGET
    for place, result in workers.run(work, tasks, jobs=jobs, budget=budget, batch=1):
        key = digest[tasks[place]]
        if isinstance(result, str):
            lost[key] = rules_pictures.unseen(_lost(result, "", budget))
        else:
            known[key] = result
    store.put("looked", known)
    store.commit()
    looked = {name: lost.get(key) or known[key] for name, key in digest.items()}
    for entry in entries:
        path = workspace.portal.folders.in_content(entry.source.path)
        for image, line in links.images(entry):
            if seen := looked.get(name_of(entry, image)):
                yield from (one.in_file(path) for one in rules_pictures.faults(line, seen))
        for image, line in rules_header.pictures(entry):
            if seen := looked.get(name_of(entry, image)):
                yield from (one.in_file(path) for one in rules_pictures.sizes(image, line, seen))


def _lost(why: workers.Lost, path: str, budget: float) -> Problem:
    """What is said where the worker was lost that looked at the source or picture at `path`."""
    if why == "slow":
        return problem("took-too-long", path, seconds=f"{budget:g}")
    return problem("worker-died", path)


# What can only be said of all of them together.


def _of_links(
    workspace: Workspace,
    seen: Mapping[str, Seen],
    pages: Mapping[Page, str],
    wish: Wish,
    output: Mapping[str, bool],
) -> list[Problem]:
    """The problems of links in sources, and of those in the portal's menus."""
    portal, entries, texts = workspace.portal, workspace.entries, workspace.store.texts
    at, everything = workspace.options.at, workspace.everything
    server = portal.delivery.server
    targets = frozenset(
        page.target for page in (*workspace.pages, *plan(everything)) if leads_on(page, server)
    )
    gone = tuple(
        rules_links.vanishing(
            last_build.published(portal),
            frozenset(page.target for page in workspace.pages),
            entries,
            workspace.sources.records.keys(),
            at,
            portal.folders,
            output,
        )
    )
    known = Map(
        portal=portal,
        at=at,
        targets=targets,
        output=output,
        sources={e.source.address: e for e in entries.values()},
        places=lambda path: rules_links.anchors(texts(entries[path].text).html),
        everywhere=frozenset().union(*map(rules_links.anchors, pages.values())),
        unread={
            slug(content_files.stem(path.rpartition("/")[2])) for path in workspace.sources.broken
        },
        vanishing={page.target for page, _ in gone},
        off=wish.off,
    )
    found = {path: each.hrefs for path, each in seen.items()}
    problems = [one for _, one in gone]
    for path, all_links in found.items():
        dead = rules_links.dead_links(entries[path], all_links, known)
        problems += [one.in_file(portal.folders.in_content(path)) for one in dead]
    if wish.wanted is None:  # else it is not known what all the others link to
        problems += rules_links.unlinked(everything.entries.values(), found, known, pages.values())
    lines = toml_file.lines((portal.folders.root / FILE).read_text(encoding="utf-8-sig"))
    return [*problems, *rules_links.dead_menus(known, lines)]
