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
from generator.config.portal import Portal
from generator.load import portal_files as situation
from generator.load.portal_files import Situation
from generator.load.store import FOLDER, Store, is_whole, unusable
from generator.publish import output as publish
from generator.publish.journal import refusal
from generator.publish.output import Room, Written

if TYPE_CHECKING:
    from generator.build.pipeline import Remembered

WAIT: Final = 600.0
"""Seconds that a build waits for another one of the same output folder."""


def build(portal: Portal, options: Options) -> Report:
    """Builds a portal into its output folder.

    PortalError: everything that is wrong with it; `output/` is then as it was.
    """
    with publish.opened(portal.folders.output, wait=WAIT) as room:
        report = _build_in(room, portal, options)
        return replace(report, warnings=(*room.warnings, *report.warnings))


def _build_in(room: Room, portal: Portal, options: Options) -> Report:
    folder = portal.folders.root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with hold(folder / "lock", wait=WAIT):  # other output folders have the same store
            return _with_some_store(room, portal, options)
    except sqlite3.DatabaseError as error:
        raise PortalError((unusable(error, folder),)) from error
    except OSError as error:
        raise PortalError((refusal(error, folder),)) from error


def _with_some_store(room: Room, portal: Portal, options: Options) -> Report:
    try:
        with _no_collecting():
            return _with_store(portal, options, room)
    except (sqlite3.DatabaseError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        if is_whole(error):
            raise
        # The store is damaged.  All that it holds can be made again.
        return _with_store(portal, replace(options, clean=True), room)


def _with_store(portal: Portal, options: Options, room: Room) -> Report:
    file = portal.folders.root / FOLDER / "store.sqlite"
    store = Store.open(file, clean=options.clean)
    try:
        return _build(portal, options, room, store)
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


def _build(portal: Portal, options: Options, room: Room, store: Store) -> Report:
    watch = Watch()
    with watch.stage("scan"):
        known = {file.target: file for file in store.get_list("written", Written)}
        damaged = workers.aside(partial(publish.missing_or_changed, room.output, known))
        found = situation.look(portal)
        inputs = situation.inputs(portal, found, options)
        if not options.force:
            _refuse_strangers(room.output, known, damaged)
        earlier = store.get("situation", Situation)
        holds = inputs and earlier.still_holds(inputs, options.at) and not damaged()
    if holds:
        return _nothing_done(earlier, known, options, watch)
    # Imported here: where nothing changed, neither Jinja nor Markdown is needed.
    from generator.build.workspace import Workspace

    with Workspace(portal, options, store, found=found, settled=True) as workspace:
        workspace.expect_reading()
        from generator.build.pipeline import Start, produce

        report, remembered = produce(workspace, Start(room, known, damaged), watch=watch)
    with watch.stage("remember"):
        now = _situation(inputs, report, options)
        forgotten = tuple(_remember(store, remembered, now, portal.folders.root / FOLDER))
    return replace(report, warnings=(*report.warnings, *forgotten))


def _refuse_strangers(
    output: Path, known: dict[str, Written], damaged: Callable[[], set[str]]
) -> None:
    """PortalError: the folder has files in it, and nothing says that any of them is ours.

    Where the manifest was lost, one file that is still as the last build left it says so.
    """
    found = publish.stranger(output)
    if found and known.keys() <= damaged():
        raise PortalError((problem("output-foreign", str(output), found=found),))


def _remember(
    store: Store, remembered: "Remembered", now: Situation, folder: Path
) -> Iterator[Problem]:
    """Puts into the store what the next build wants to know; a warning where that cannot be.

    By now the site is published, and a build that remembers nothing takes longer, and is right.
    """
    try:
        store.put_generation(remembered.generation)
        store.put("references", remembered.references)
        store.put_list("written", tuple(remembered.written.values()))
        store.put("situation", now)
        store.commit()
    except sqlite3.DatabaseError as error:
        yield problem("not-remembered", str(folder), reason=error)


def _nothing_done(
    earlier: Situation, known: dict[str, Written], options: Options, watch: Watch
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


def _situation(inputs: bytes, report: Report, options: Options) -> Situation:
    return Situation(
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
