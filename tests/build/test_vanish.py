"""Folders and files that vanish, move or become something else at any moment of a build.

By hand, at more moments:  python -m tests.build.test_vanish --moments 300 --seed 7
"""

import argparse
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from generator.load.store import FOLDER
from generator.publish.journal import StagingArea
from tests import complete
from tests.build.test_kill import differing
from tests.complete import AT
from tests.portals import ROOT, TestPortal
from tests.publish.test_output import STAYS
from tests.publish.test_publish_kill import MEMORY

pytestmark = pytest.mark.slow


def remove(*names: str) -> Callable[[Path], object]:
    """What removes one of these, with all that is in it."""

    def happen(root: Path) -> None:
        for name in names:
            (root / name).unlink() if (root / name).is_file() else shutil.rmtree(root / name)

    return happen


def move(name: str) -> Callable[[Path], object]:
    """What moves this away."""
    return lambda root: (root / name).rename(root.with_name("away"))


def replace(pattern: str, new: Callable[[Path], object]) -> Callable[[Path], object]:
    """What puts something else in the place of a file or folder."""

    def happen(root: Path) -> None:
        there = random.choice(sorted(root.glob(pattern)))
        remove(there.name)(there.parent)
        new(there)

    return happen


def a_loop(place: Path) -> None:
    place.symlink_to(place.name)


def a_closed_file(place: Path) -> None:
    place.touch(0)


MISHAPS: Final[dict[str, Callable[[Path], object]]] = {
    "the output is deleted": remove("output"),
    "the output is moved away": move("output"),
    "a part of the output is deleted": remove("output/2026"),
    "a part of the output becomes a loop": replace("output/2026", a_loop),
    "the output becomes a file": replace("output", Path.touch),
    "the stage is deleted": remove(".output.staging"),
    "the store is deleted": remove(FOLDER),
    "the store is moved away": move(FOLDER),
    "the store's file is deleted": remove(f"{FOLDER}/store.sqlite"),
    "the pictures are deleted": remove(f"{FOLDER}/pictures"),
    "the compiled layouts are deleted": remove(f"{FOLDER}/layouts"),
    "a source is deleted": replace("content/2026/*/*.md", bool),
    "a source becomes a folder": replace("content/2026/*/*.md", Path.mkdir),
    "a source becomes a loop": replace("content/2026/*/*.md", a_loop),
    "a source is closed": replace("content/2026/*/*.md", a_closed_file),
    "a folder of sources becomes a loop": replace("content/2026/*", a_loop),
    "all sources are deleted": remove("content"),
    "all sources are moved away": move("content"),
    "a picture is cut off": replace("content/2026/*/*.png", Path.touch),
    "a picture becomes a loop": replace("content/2026/*/*.png", a_loop),
    "the layouts are deleted": remove("layouts"),
    "a layout becomes a folder": replace("layouts/*.html", Path.mkdir),
    "the assets are deleted": remove("assets"),
    "the portal is moved away": lambda root: root.rename(root.with_name("away")),
    "the portal is deleted": lambda root: remove(root.name)(root.parent),
}


class Editor:
    """A portal in several editions, all that is read-only of them made once."""

    def __init__(self, folder: Path, editions: Sequence[int]) -> None:
        self._folder = folder
        self._editions = editions
        self._wanted: dict[int, dict[str, bytes]] = {}
        self._took: dict[int, float] = {}
        for edition in editions:
            portal = complete.write(folder / f"{edition}", edition)
            began = time.monotonic()
            code, said = end(start(portal))
            assert code == 0, said
            self._took[edition] = time.monotonic() - began
            self._wanted[edition] = portal.files()

    def try_once(self, chance: random.Random, name: str) -> tuple[int, str]:
        """Builds one edition over another, while that happens; checks what comes of it."""
        portal = TestPortal(self._folder / "tried" / "portal")
        shutil.rmtree(portal.root.parent, ignore_errors=True)
        before, after = chance.choice(self._editions), chance.choice(self._editions)
        shutil.copytree(self._folder / f"{before}", portal.root)
        if chance.random() < 0.3:
            shutil.rmtree(portal.root / FOLDER)
        complete.write(portal.root, after)
        build = start(portal)
        time.sleep(chance.uniform(0, 0.8 * self._took[after]))
        random.seed(chance.random())  # by which a mishap finds one of several files
        with suppress(OSError, IndexError):  # what is not there cannot vanish
            MISHAPS[name](portal.root)
        code, said = end(build)
        assert code in (0, 1, 2), f"{code}: {said}"
        assert "Traceback" not in said, said
        assert (": error " in said) == (code != 0), f"{code}: {said}"
        self._mend(portal, after)
        next_code, next_said = end(start(portal))
        assert next_code == 0, next_said
        wanted = self._wanted[after]
        assert portal.files() == wanted, differing(portal.files(), wanted)
        areas = [area.path for area in StagingArea.all_of(portal.output) if area.path.exists()]
        assert all({file.name for file in area.iterdir()} <= STAYS for area in areas)
        return code, said

    def _mend(self, portal: TestPortal, edition: int) -> None:
        """Puts the sources right again, and takes away what stands where pages belong."""
        sources = TestPortal(portal.root.with_name("sources"))
        complete.write(sources.root, edition)
        for name in ("content", "layouts", "assets"):
            shutil.rmtree(portal.root / name, ignore_errors=True)
        shutil.copytree(sources.root, portal.root, dirs_exist_ok=True)
        for place in (portal.output, portal.output / "2026"):
            if place.is_symlink() or place.is_file():
                place.unlink()


def start(portal: TestPortal) -> "subprocess.Popen[str]":
    command = ["build", "--quiet", "--lang", "en", "--at", AT, "--jobs", "2"]
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *command, "--portal", str(portal.root)],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(build: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit code of a build, and what it said."""
    said = build.communicate(timeout=100)[1]
    return build.returncode, said


def test_whatever_vanishes_during_a_build_the_next_one_is_right() -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    with TemporaryDirectory(dir=MEMORY) as folder:
        editor = Editor(Path(folder), (3, 4))
        for name in chance.sample(sorted(MISHAPS), 5):
            try:
                editor.try_once(chance, name)
            except AssertionError as error:
                pytest.fail(f"seed {seed}, {name}: {error}")


def main() -> int:
    """Tries as many moments as the command line says; ends with an AssertionError."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    sys.stdout.write(f"seed {asked.seed}\n")
    with TemporaryDirectory(dir=MEMORY) as folder:
        editor = Editor(Path(folder), range(5))
        names = sorted(MISHAPS)
        for number in range(asked.moments):
            name = names[number % len(names)]
            code, said = editor.try_once(chance, name)
            what = said.partition("\n")[0].partition(": error ")[2][:70]
            sys.stdout.write(f"{name}: {code} {what}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
