"""A build: one at a time for an output folder, and nothing done where nothing can have changed."""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from generator.base import aside, digests
from generator.base.lock import WAIT, hold
from generator.base.problems import PortalError, Problem, problem
from generator.base.report import Options, Report, Watch
from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config.portal import Portal
from generator.load import portal_files
from generator.load.kept_list import CHUNK
from generator.load.store import FOLDER, WRITTEN, Meta, Store, is_whole, unusable
from generator.publish import manifest
from generator.publish.journal import refusal
from generator.publish.output import MANIFEST, OutputFolder, Written, changed, opened, stranger

SHARES: Final = 2
"""So many processes look at the files of the output, while this one looks at the sources."""


def build(portal: Portal, options: Options) -> Report:
    """Builds a portal into its output folder.

    PortalError: everything that is wrong with it; `output/` is then as it was.
    """
    with opened(portal.folders.output, wait=WAIT) as folder:
        report = _build_in(folder, portal, options)
        return msgspec.structs.replace(report, warnings=(*folder.warnings, *report.warnings))


def _build_in(folder: OutputFolder, portal: Portal, options: Options) -> Report:
    store_folder = portal.folders.root / FOLDER
    try:
        store_folder.mkdir(exist_ok=True)
        with hold(store_folder / "lock", wait=WAIT):  # other output folders have the same store
            return _with_some_store(folder, portal, options)
    except sqlite3.DatabaseError as error:
        raise PortalError((unusable(error, store_folder),)) from error
    except OSError as error:
        raise PortalError((refusal(error, store_folder),)) from error


def _with_some_store(folder: OutputFolder, portal: Portal, options: Options) -> Report:
    try:
        with _no_collecting():
            return _with_store(portal, options, folder)
    except (sqlite3.DatabaseError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        if is_whole(error):
            raise
        # The store is damaged.  All that it holds can be made again.
        return _with_store(portal, msgspec.structs.replace(options, clean=True), folder)


def _with_store(portal: Portal, options: Options, folder: OutputFolder) -> Report:
    file = portal.folders.root / FOLDER / "store.sqlite"
    store = Store.open(file, clean=options.clean)
    try:
        return _build(portal, options, folder, store)
    finally:
        store.close()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Looks for no garbage: many values are made, and nearly all of them are needed to the end."""
    usual = gc.get_threshold()
    gc.disable()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()  # what was set apart is garbage now
        gc.enable()


def _build(portal: Portal, options: Options, folder: OutputFolder, store: Store) -> Report:
    watch = Watch()
    with watch.stage("scan"):
        earlier = store.get(up_to_date.KEY, UpToDateCheck)
        damaged = _look_at_output(store.file, folder.output, earlier.published)
        found = portal_files.look(portal)
        inputs = up_to_date.inputs(portal, found, options)
        written = store.list(WRITTEN, Written)
        if not options.force:
            _refuse_strangers(folder.output, written, damaged)
        holds = inputs and earlier.passes(inputs, options.at) and not damaged()
    if holds:
        return earlier.report(len(written), options, watch)
    # Imported here: where nothing changed, neither Jinja nor Markdown nor workers are needed.
    from generator.build.workspace import Workspace
    from generator.load.sources import Sources

    made, around = None, up_to_date.around(portal, found, options)
    with Workspace(portal, options, store, found=found, settled=True) as workspace:
        if earlier.leaves(around, options.at) and store.settled:
            with closing(Sources(portal, store, jobs=1, bodies=frozenset())) as sources:
                from generator.build import small_edit

                made = small_edit.tried(workspace, sources, folder, earlier, damaged, watch)
        if made is None:
            workspace.expect_reading()
            from generator.build.pipeline import Start, produce

            known = {file.target: file for file in written}
            made = produce(workspace, Start(folder, known, damaged), watch=watch)
    report, to_keep = made
    with watch.stage("save"):
        published = digests.of_bytes(manifest.raw(folder.output))
        check = _check_of((inputs, around), published, report, options)
        forgotten = tuple(_save(store, to_keep, check, portal.folders.root / FOLDER))
    return msgspec.structs.replace(report, warnings=(*report.warnings, *forgotten))


def _look_at_output(file: Path, output: Path, published: bytes) -> Callable[[], set[str]]:
    """Begins to look at the output, whose manifest had the digest `published`: which of the files
    that the store in `file` knows are not as they were left?  Two processes share them."""
    looks = [partial(_otherwise, file, output, published, share) for share in range(SHARES)]
    shares = [*map(aside.call, looks)]
    return cache(lambda: set[str]().union(*(share() for share in shares)))


def _otherwise(file: Path, output: Path, published: bytes, share: int) -> set[str]:
    """Those of every `SHARES`-th chunk of the files that were written that are otherwise now; one
    share has the manifest as well."""
    renamed = not share and digests.of_bytes(manifest.raw(output)) != published
    with closing(sqlite3.connect(file)) as connection:
        written = Meta(connection).list(WRITTEN, Written)
        parts = range(share, -(-len(written) // CHUNK), SHARES)
        found = changed(output, chain.from_iterable(map(written.chunk, parts)))
        return {*found, MANIFEST} if renamed else found


def _refuse_strangers(
    output: Path, written: Iterable[Written], damaged: Callable[[], set[str]]
) -> None:
    """PortalError: the folder has files in it, and nothing says that any of them is ours.

    Where the manifest was lost, one file that is still as the previous build left it says so.
    """
    found = stranger(output)
    if found and {file.target for file in written} <= damaged():
        raise PortalError((problem("output-foreign", str(output), found=found),))


def _save(
    store: Store, to_keep: Callable[[Store], None], check: UpToDateCheck, folder: Path
) -> Iterator[Problem]:
    """Puts into the store what the next build wants to know; a warning where that cannot be.

    By now the site is published, and a build that remembers nothing takes longer, and is right.
    """
    try:
        to_keep(store)
        store.put(up_to_date.KEY, check)
        store.settle()
        store.commit()
    except sqlite3.DatabaseError as error:
        yield problem("not-remembered", str(folder), reason=error)


def _check_of(
    inputs: tuple[bytes, bytes], published: bytes, report: Report, options: Options
) -> UpToDateCheck:
    return UpToDateCheck(
        inputs=inputs[0],
        around=inputs[1],
        published=published,
        drafts=options.drafts,
        since=options.at.timestamp(),
        until=None if report.until is None else report.until.timestamp(),
        due=None if report.due is None else report.due.timestamp(),
        articles=report.articles,
        pages=report.pages,
        warnings=tuple(w for w in report.warnings if w.name != "address-vanishes"),
        left_out=report.left_out,
        refused=report.refused,
    )
