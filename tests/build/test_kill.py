"""Whole builds killed at any moment: the output stays whole, and the next build is right.

By hand, with more kills:  python -m tests.build.test_kill --kills 500 --seed 7
It says at which stages of a build they fell.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from posixpath import dirname, join, normpath
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pytest

from generator.load.store import FOLDER
from generator.publish.journal import StagingArea
from tests import complete
from tests.complete import AT, EDITIONS
from tests.portals import ROOT, TestPortal, files_of
from tests.publish.test_output import STAYS
from tests.publish.test_publish_kill import MEMORY

pytestmark = pytest.mark.system

Files = dict[str, bytes]

START: Final = "start"
"""Of a build, before its first stage: Python, the command, the settings, opening the output."""

MOVES: Final = "move"
"""The part of publishing in which the output is touched; or finishing that of an earlier build."""

STAGES: Final = (
    START, "scan", "read", "index", "pictures", "plan", "verify", "render", "pdf", "search",
    "compress", "publish", MOVES, "save",
)  # fmt: skip

ALL: Final = "all"
"""Of the stages: a moment of the whole build."""

MEASURED: Final = 12
"""Of so many builds one comes to its end, so that it is known how long they take."""

TOLD: Final = f"""
import os, sys, time
from contextlib import contextmanager
from generator.cli import main as cli
from generator.publish.journal import StagingArea
from generator.base.report import Watch
stage, carry_out = Watch.stage, StagingArea.carry_out
def say(name):
    os.write(int(sys.argv[1]), f"{{name}} {{time.monotonic()}}\\n".encode())
@contextmanager
def stage_said(watch, name):
    say(name)
    with stage(watch, name):
        yield
def carry_out_said(*arguments):
    say("{MOVES}")
    carry_out(*arguments)
Watch.stage, StagingArea.carry_out = stage_said, carry_out_said
sys.exit(cli.main(sys.argv[2:]))
"""
"""The command, which says to a stream what it begins."""

PATIENCE: Final = 60.0
"""Seconds after which a build hangs, or a worker is an orphan."""

DOMAIN: Final = "https://www.amt.example"

LINKS: Final = {
    ".html": re.compile(r'\b(?:href|src)="([^"#?]+)|\b(?:srcset="|, )(/[^ "]+) \d+w'),
    ".css": re.compile(r'url\("?([^)"]+)'),
    ".xml": re.compile(r"<(?:link|loc)>([^<]+)"),
}
"""Where files name others."""


class Build:
    """The command, at work in processes of its own."""

    seconds = 0.0
    """How long it took; of one that was killed, until then."""

    done: Sequence[tuple[str, float]] = ()
    """The stages that had begun when it ended."""

    def __init__(self, portal: TestPortal, jobs: int) -> None:
        self._told, stream = os.pipe()
        self._said = ""
        self._began = time.monotonic()
        asked = ["build", "--quiet", "--at", AT, "--jobs", str(jobs), "--portal", str(portal.root)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", TOLD, str(stream), *asked],
            cwd=ROOT, pass_fds=[stream], stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        os.close(stream)
        os.set_blocking(self._told, False)

    @property
    def stages(self) -> list[tuple[str, float]]:
        """Those that have begun, each with the seconds that had gone by."""
        while part := self._read():
            self._said += part
        lines = (line.split() for line in self._said.splitlines())
        return [(START, 0.0), *((name, float(when) - self._began) for name, when in lines)]

    def _read(self) -> str:
        try:
            return os.read(self._told, 4096).decode()
        except BlockingIOError:
            return ""

    def wait_for(self, stage: str) -> None:
        """Waits until a stage has begun, or the build is over."""
        while self._process.poll() is None and stage not in dict(self.stages):
            time.sleep(0.0005)

    def kill(self, *, alone: bool) -> bool:
        """Kills it, `alone` or with its workers; whether it was still at work."""
        with suppress(ProcessLookupError):
            if alone:
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait() == -signal.SIGKILL

    def end(self) -> str:
        """Waits for the end of it and its workers; what it said.  AssertionError: it failed."""
        said = self._process.communicate(timeout=PATIENCE)[1]
        self.seconds = time.monotonic() - self._began
        assert self._process.returncode in (0, -signal.SIGKILL), said
        deadline = time.monotonic() + PATIENCE
        while left := processes_of(self._process.pid):
            assert time.monotonic() < deadline, f"processes are left behind: {left}"
            time.sleep(0.01)
        self.done = self.stages
        os.close(self._told)
        return said


def processes_of(session: int) -> list[str]:
    """What still runs of the processes that one of them began."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = file.read_text(encoding="utf-8").rpartition(")")
        except OSError:
            continue
        state, _, _, of, *_ = rest.split()
        if int(of) == session and state not in "ZX":
            found.append(name)
    return found


class Kill(NamedTuple):
    """A build that was killed: its stage, whether files were being moved, whether it was alone."""

    stage: str
    moving: bool
    alone: bool


class Newsroom:
    """A portal that goes from edition to edition, in builds that are killed."""

    def __init__(self, folder: Path, seed: int, editions: Sequence[int]) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.portal = TestPortal(folder / "portal")
        self.editions = editions
        self.wanted: dict[int, Files] = {}
        self.took: dict[tuple[bool, str], list[float]] = {}
        self.kills: list[Kill] = []
        self.late = 0

    def whole(self, edition: int) -> Files:
        """What a clean build makes of an edition."""
        if edition not in self.wanted:
            pristine = complete.write(self.folder / f"clean-{edition}", edition)
            build = Build(pristine, 1)
            assert not build.end()
            self.note(build, cold=True)
            self.wanted[edition] = pristine.files()
            assert not list(dead_links(self.wanted[edition], self.wanted[edition]))
            shutil.rmtree(pristine.root)
        return self.wanted[edition]

    def kill_one(self, number: int) -> None:
        """Kills a build, and checks what it left, and the next one; killed ones may follow."""
        edition = self.chance.choice(self.editions)
        self.whole(edition)
        complete.write(self.portal.root, edition)
        cold = self.make_cold()
        if number % MEASURED == MEASURED - 1 or (cold, ALL) not in self.took:
            self.note(self.check_next(edition), cold=cold)
            return
        before = files_of(self.portal.output) if self.portal.output.exists() else {}
        begun = [before]
        while True:
            begun.append(self.whole(edition))
            stage = self.chance.choice(STAGES) if number % 2 else ALL
            if kill := self.build_and_kill(cold, stage):
                self.kills.append(kill)
                self.check(kill, begun)
            else:
                self.late += 1
                break
            if self.chance.random() < 0.3:
                edition = self.chance.choice(self.editions)
                complete.write(self.portal.root, edition)
            if self.chance.random() < 0.5:
                break
        self.check_next(edition)

    def note(self, build: Build, *, cold: bool) -> None:
        """Notes how long a build that came to its end took, and its stages."""
        ends = [when for _, when in build.done[1:]] + [build.seconds]
        for (stage, began), ended in zip(build.done, ends, strict=True):
            self.took.setdefault((cold, stage), []).append(ended - began)
        self.took.setdefault((cold, ALL), []).append(build.seconds)

    def make_cold(self) -> bool:
        """Removes output or store, one or both or none; whether there is no store."""
        folders = {"output": self.portal.output, "store": self.portal.root / FOLDER}
        removed = self.chance.choice([("output", "store"), ("store",), ("output",), (), (), ()])
        for name in removed:
            shutil.rmtree(folders[name], ignore_errors=True)
        if "output" in removed and self.chance.random() < 0.3:
            self.portal.output.mkdir()
        return not folders["store"].exists()

    def build_and_kill(self, cold: bool, stage: str) -> Kill | None:
        """Begins a build and kills it at a random moment of that stage.

        None: it was over before.
        """
        build = Build(self.portal, self.chance.choice([1, 2, 2]))
        build.wait_for(START if stage == ALL else stage)
        time.sleep(self.chance.uniform(0, self.typical(cold, stage)))
        alone = self.chance.random() < 0.3
        killed = build.kill(alone=alone)
        build.end()
        moving = any(area.read() is not None for area in StagingArea.all_of(self.portal.output))
        return Kill(build.done[-1][0], moving, alone) if killed else None

    def typical(self, cold: bool, stage: str) -> float:
        """How long a build, or one stage of it, takes these minutes."""
        return median(self.took.get((cold, stage), [0.1])[-5:])

    def check(self, kill: Kill, begun: Sequence[Files]) -> None:
        """Checks that what a killed build left is one whole generation, or whole files at least.

        The first of those `begun` is what was there before the first of several killed builds.
        """
        found = files_of(self.portal.output) if self.portal.output.exists() else {}
        if not kill.moving:
            assert found in begun, f"{kill}: {differing(found, *begun)}"
        torn = [p for p, data in found.items() if data not in [each.get(p) for each in begun]]
        assert not torn, f"{kill}: neither old nor new: {torn}"
        # What is about to go may link to what went just before: nothing leads there any more.
        kept = begun[0].keys() & set.intersection(*(set(each) for each in begun[1:]))
        dead = list(dead_links(found, kept | {"index.html"}))
        assert not dead, f"{kill}: {dead[:9]}"

    def check_next(self, edition: int) -> Build:
        """Checks that the next build makes the output that of a clean one, and tidies up."""
        build = Build(self.portal, self.chance.choice([1, 2]))
        said = build.end()
        assert "error" not in said, said
        found, wanted = files_of(self.portal.output), self.whole(edition)
        assert found == wanted, differing(found, wanted, wanted)
        for area in StagingArea.all_of(self.portal.output):
            assert not area.path.exists() or names_in(area.path) <= STAYS
        store = names_in(self.portal.root / FOLDER)
        assert store <= {"lock", "store.sqlite", "layouts", "pictures"}, store
        return build


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def differing(found: Files, *wanted: Files) -> str:
    """What is otherwise than in the nearest of those that are wanted."""
    each = [sorted(p for p in found.keys() | w.keys() if found.get(p) != w.get(p)) for w in wanted]
    nearest = min(each, key=len)
    return f"{len(nearest)} differ: {nearest[:9]}"


def dead_links(files: Files, known: Iterable[str]) -> Iterator[str]:
    """The links that lead nowhere in the portal, from files that readers know or come to."""
    waiting = [path for path in known if path in files]
    reached = set(waiting)
    while waiting:
        path = waiting.pop()
        pattern = LINKS.get(Path(path).suffix)
        for groups in pattern.findall(files[path].decode()) if pattern else ():
            link = "".join(groups)
            target = target_of(path, link)
            if target is not None and target not in files:
                yield f"{path}: {link}"
            elif target is not None and target not in reached:
                reached.add(target)
                waiting.append(target)


def target_of(path: str, link: str) -> str | None:
    """The file that a link in the file `path` leads to; None where that is none of the portal."""
    link = link.removeprefix(DOMAIN)
    if ":" in link:
        return None
    place = link.removeprefix("/") if link.startswith("/") else join(dirname(path), link)
    return normpath(f"{place}index.html" if not place or place.endswith("/") else place)


def kill_builds(folder: Path, kills: int, seed: int, editions: Sequence[int]) -> Newsroom:
    """Kills so many builds; AssertionError where one of them did harm."""
    newsroom = Newsroom(folder, seed, editions)
    for number in count():
        if len(newsroom.kills) >= kills:
            break
        newsroom.kill_one(number)
    return newsroom


def described(newsroom: Newsroom) -> Iterable[str]:
    """How many kills fell into which stage."""
    kills = newsroom.kills
    fell = Counter(kill.stage for kill in kills)
    yield f"{len(kills)} kills, {newsroom.late} came too late: all right"
    yield f"{sum(kill.alone for kill in kills)} spared the workers"
    yield f"{sum(kill.moving for kill in kills)} while files were moved"
    yield from (f"{fell[stage]:5} {stage}" for stage in STAGES)


def main() -> int:
    """Runs what the command line names; ends with an AssertionError where something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}\n")
    sys.stdout.flush()
    with TemporaryDirectory(dir=MEMORY) as folder:
        newsroom = kill_builds(Path(folder), asked.kills, asked.seed, range(len(EDITIONS)))
        for line in described(newsroom):
            sys.stdout.write(f"{line}\n")
    return 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc tells what still runs")
def test_killed_at_any_moment_a_build_leaves_a_whole_output_and_the_next_one_is_right() -> None:
    seed = random.randrange(10**6)
    with TemporaryDirectory(dir=MEMORY) as folder:
        try:
            newsroom = kill_builds(Path(folder), 10, seed, (3, 4))
        except AssertionError as error:
            pytest.fail(f"seed {seed}: {error}")
    assert len({kill.stage for kill in newsroom.kills}) > 3


if __name__ == "__main__":
    sys.exit(main())
