"""A build: one at a time for an output folder, and nothing done where nothing can have changed."""

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from generator.base import workers
from generator.base.lock import hold
from generator.base.problems import PortalError, Problem, problem
from generator.base.report import Options, Report, Watch
from generator.build import up_to_date
from generator.build.up_to_date import UpToDateCheck
from generator.config.portal import Portal
from generator.load import portal_files
from generator.load.store import FOLDER, Store, is_whole, unusable
from generator.publish.journal import refusal
from generator.publish.output import OutputFolder, Written, missing_or_changed, opened, stranger

if TYPE_CHECKING:
    from generator.build.pipeline import ToKeep

WAIT: Final = 600.0
"""Seconds that a build waits for another one of the same output folder."""


def build(portal: Portal, options: Options) -> Report:
    """Builds a portal into its output folder.

    PortalError: everything that is wrong with it; `output/` is then as it was.
    """
    with opened(portal.folders.output, wait=WAIT) as folder:
        report = _build_in(folder, portal, options)
        return replace(report, warnings=(*folder.warnings, *report.warnings))


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
        return _with_store(portal, replace(options, clean=True), folder)


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
        known = {file.target: file for file in store.get_list("written", Written)}
        damaged = workers.aside(partial(missing_or_changed, folder.output, known))
        found = portal_files.look(portal)
        inputs = up_to_date.inputs(portal, found, options)
        if not options.force:
            _refuse_strangers(folder.output, known, damaged)
        earlier = store.get(up_to_date.KEY, UpToDateCheck)
        holds = inputs and earlier.passes(inputs, options.at) and not damaged()
    if holds:
        return _nothing_done(earlier, known, options, watch)
    # Imported here: where nothing changed, neither Jinja nor Markdown is needed.
    from generator.build.workspace import Workspace

    with Workspace(portal, options, store, found=found, settled=True) as workspace:
        workspace.expect_reading()
        from generator.build.pipeline import Start, produce

        report, to_keep = produce(workspace, Start(folder, known, damaged), watch=watch)
    with watch.stage("save"):
        check = _check_of(inputs, report, options)
        forgotten = tuple(_save(store, to_keep, check, portal.folders.root / FOLDER))
    return replace(report, warnings=(*report.warnings, *forgotten))


def _refuse_strangers(
    output: Path, known: dict[str, Written], damaged: Callable[[], set[str]]
) -> None:
    """PortalError: the folder has files in it, and nothing says that any of them is ours.

    Where the manifest was lost, one file that is still as the previous build left it says so.
    """
    found = stranger(output)
    if found and known.keys() <= damaged():
        raise PortalError((problem("output-foreign", str(output), found=found),))


def _save(store: Store, to_keep: "ToKeep", check: UpToDateCheck, folder: Path) -> Iterator[Problem]:
    """Puts into the store what the next build wants to know; a warning where that cannot be.

    By now the site is published, and a build that remembers nothing takes longer, and is right.
    """
    try:
        store.put_generation(to_keep.generation)
        store.put("references", to_keep.references)
        store.put_list("written", tuple(to_keep.written.values()))
        store.put(up_to_date.KEY, check)
        store.commit()
    except sqlite3.DatabaseError as error:
        yield problem("not-remembered", str(folder), reason=error)


def _nothing_done(
    earlier: UpToDateCheck, known: dict[str, Written], options: Options, watch: Watch
) -> Report:
    def moment(then: float | None) -> datetime | None:
        return None if then is None else datetime.fromtimestamp(then, options.at.tzinfo)

    return Report(
        articles=earlier.articles,
        pages=earlier.pages,
        kept=len(known),
        due=moment(earlier.due),
        until=moment(earlier.until),
        seconds=watch.seconds,
        warnings=earlier.warnings,
        left_out=earlier.left_out,
        refused=earlier.refused,
    )


def _check_of(inputs: bytes, report: Report, options: Options) -> UpToDateCheck:
    return UpToDateCheck(
        inputs=inputs,
        since=options.at.timestamp(),
        until=None if report.until is None else report.until.timestamp(),
        due=None if report.due is None else report.due.timestamp(),
        articles=report.articles,
        pages=report.pages,
        warnings=tuple(w for w in report.warnings if w.name != "address-vanishes"),
        left_out=report.left_out,
        refused=report.refused,
    )
