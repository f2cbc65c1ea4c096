"""What each stage of a cold build costs, one after the other in one process.

    python -m benchmarks.stages 1000 10000 [--folder DIR]

A build spreads reading, Markdown and rendering over processes; here they are told apart instead.
"""

import argparse
import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from benchmarks import corpus
from generator.base import digests
from generator.base.report import Options
from generator.base.scan import read_bytes
from generator.build.pipeline import GARBAGE
from generator.config import portal as portals
from generator.engine.render import Answers
from generator.engine.staging import stage_assets, stage_pages
from generator.front_matter import header, reader
from generator.front_matter.header import FrontMatter
from generator.load import pictures
from generator.load.file_digests import known_files
from generator.load.portal_files import look
from generator.load.sources import with_text
from generator.load.store import Store
from generator.markdown import convert
from generator.model.article import Body
from generator.model.entry import Entry
from generator.publish import output
from generator.site.assets import Assets
from generator.site.index import Site
from generator.site.pages import plan
from generator.templates.environment import Layouts

T = TypeVar("T")
AT = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Ledger:
    """Seconds, and the memory held afterwards, of each stage."""

    rows: list[tuple[str, float, float, str]] = field(default_factory=list)

    def stage(self, name: str, work: Callable[[], T], done: Callable[[T], str]) -> T:
        """Does `work`, and writes down what it cost and what `done` says of its result."""
        start = time.process_time()
        result = work()
        self.rows.append((name, time.process_time() - start, resident(), done(result)))
        return result


def resident() -> float:
    """The memory that this process holds now, in megabytes; 0 where there is no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def measure(count: int, folder: Path) -> Ledger:
    """Builds a corpus of `count` articles in `folder`, stage by stage."""
    corpus.main([str(count), str(folder / "portal")])
    gc.disable()  # as `build` does, until pages are made
    portal = portals.load(folder / "portal" / "portal.toml")
    store = Store.open(folder / "store.sqlite")
    ledger = Ledger()
    found = ledger.stage("scan", lambda: look(portal), lambda f: f"{len(f.content.files)} files")
    content = portal.folders.content
    fronts: dict[str, FrontMatter] = {}

    def read() -> dict[str, Entry]:
        made = {}
        for path in found.content.files:
            fronts[path] = front = header.read(read_bytes(content / path, path))
            if entry := reader.read(path, front, portal)[0]:
                made[path] = entry
        return made

    heads = ledger.stage("read", read, lambda made: f"{len(made)} articles")
    bodies: dict[str, Body] = ledger.stage(
        "Markdown",
        lambda: {path: convert.convert(front.text) for path, front in fronts.items()},
        lambda made: f"{sum(len(body.html) for body in made.values()) // 1000} kB of HTML",
    )
    texts = {digests.of_bytes(path.encode()): body for path, body in bodies.items()}
    files = known_files(portal, found, store)
    assets = Assets(portal.folders, files)

    def index() -> tuple[Site, pictures.Pictures]:
        entries = {
            path: with_text(
                head, digests.of_bytes(path.encode()), bodies[path], fronts[path].first_line - 1
            )
            for path, head in heads.items()
        }
        site = Site(portal, entries.values(), AT)
        shown, _ = pictures.prepare(entries, site, assets, files, store, options=Options(at=AT))
        return site, shown

    site, shown = ledger.stage("index", index, lambda made: f"{len(made[0].all_articles)} articles")
    pages = ledger.stage("plan", lambda: plan(site), lambda made: f"{len(made)} pages")
    layouts = Layouts(
        portal, found.layouts.files, compiled=folder / "compiled", references={}
    )  # fmt: skip
    answers = Answers(site, layouts, assets, shown, pages, texts.__getitem__)
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    with output.opened(portal.folders.output) as room:
        staged = ledger.stage(
            "render",
            lambda: stage_pages([(page, None) for page in pages], answers, room, jobs=1),
            lambda made: f"{len(made.outcomes)} pages",
        )
        asked = {str(q[1]) for q in staged.given.digests if q[0] == "asset"}
        wanted = stage_assets(assets.published(asked), assets, room.stage, frozenset())
        files_staged = wanted | {o.written.target: o.written for o in staged.outcomes.values()}
        planned = [*wanted, *(page.target for page in pages)]
        ledger.stage(
            "publish",
            lambda: output.publish(
                room, owner="benchmark", planned=planned, staged=files_staged, known={}
            ),
            lambda done: f"{len(done.written)} files",
        )
    store.close()
    return ledger


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints a table in Markdown."""
    parser = argparse.ArgumentParser(description="Cost of each stage of a cold build.")
    parser.add_argument("counts", type=int, nargs="+", metavar="N")
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    asked = parser.parse_args(arguments)
    print("| articles | stage | processor seconds | ms an article | memory | done |")
    print("|---:|---|---:|---:|---:|---|")
    for count in asked.counts:
        folder = Path(tempfile.mkdtemp(dir=asked.folder))
        try:
            for name, seconds, memory, done in measure(count, folder).rows:
                each = 1000 * seconds / count
                print(
                    f"| {count} | {name} | {seconds:.2f} | {each:.3f} | {memory:.0f} MB | {done} |"
                )
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
