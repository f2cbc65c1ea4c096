"""What readers will see: the pages that were built, held against those that stand at a target."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.base.words import Language, word
from generator.config.portal import Portal
from generator.deploy.manifest import (
    Changes,
    Manifest,
    PublishedPage,
    changes,
    difference,
    is_asset,
)
from generator.deploy.output import look
from generator.deploy.pages import SOURCES
from generator.model.addresses import path_of


class Difference(NamedTuple):
    """Pages by what happens to them; `altered` with words for what is otherwise, `moved` from an
    old address to a new page; `files` are all files that are no assets."""

    new: tuple[PublishedPage, ...]
    altered: tuple[tuple[PublishedPage, tuple[str, ...]], ...]
    gone: tuple[PublishedPage, ...]
    moved: tuple[tuple[str, PublishedPage], ...]
    files: Changes


def what_changes(portal: Portal, before: Manifest, after: Iterable[PublishedPage]) -> Difference:
    """What is otherwise in the output folder than at a target."""
    files = {p: f for p, f in before.files.items() if not is_asset(p)}
    old, new = ({p.address: p for p in pages} for pages in (before.pages, after))
    by_id = {(page.id, page.kind): page for page in new.values() if page.id}
    lost = [page for address, page in old.items() if address not in new]
    moved = {p.address: by_id[p.id, p.kind] for p in lost if (p.id, p.kind) in by_id}
    targets = {page.address for page in moved.values()}
    return Difference(
        tuple(p for a, p in new.items() if a not in old and a not in targets),
        tuple(
            (page, what)
            for address, page in new.items()
            if address in old and (what := tuple(_otherwise(old[address], page)))
        ),
        tuple(page for page in lost if page.address not in moved),
        tuple(moved.items()),
        changes(files, *difference(files, look(portal).files)),
    )


def _otherwise(old: PublishedPage, new: PublishedPage) -> Iterator[str]:
    for name in ("title", "text", "picture"):
        if getattr(old, name) != getattr(new, name):
            yield name


def sentences(found: Difference, language: Language) -> Iterator[str]:
    """What changes, as one says it: each page of a source, and all files in one line."""
    for page in (p for p in found.new if p.kind in SOURCES):
        yield word("diff-new", language, title=page.title, address=page.address)
    for page, what in ((p, w) for p, w in found.altered if p.kind in SOURCES):
        words = ", ".join(word(f"diff-{name}", language) for name in what)
        yield word("diff-altered", language, what=words, title=page.title, address=page.address)
    for old, page in ((o, p) for o, p in found.moved if p.kind in SOURCES):
        yield word("diff-moved", language, title=page.title, old=old, address=page.address)
    for page in (p for p in found.gone if p.kind in SOURCES):
        yield word("diff-gone", language, title=page.title, address=page.address)
    if found.files:
        new, changed, gone = map(len, (found.files.new, found.files.changed, found.files.gone))
        yield word("diff-files", language, new=new, changed=changed, gone=gone)
    else:
        yield word("diff-nothing", language)


def addresses(found: Difference) -> Iterator[str]:
    """The addresses of all files that change, and how: `+` new, `~` changed, `-` gone, `>` leads
    to another one now."""
    moved = {path_of(old): page.address for old, page in found.moved}
    files = found.files
    for sign, paths in (("+", files.new), ("~", files.changed), ("-", files.gone)):
        for path in paths:
            if path not in moved:
                yield f"{sign} /{path.removesuffix('index.html')}"
    for old, page in found.moved:
        yield f"> {old} {page.address}"
