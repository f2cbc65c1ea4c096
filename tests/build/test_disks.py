"""Whole builds on full, small, read-only, closed and vanishing folders.

By hand, in steps of 10 percent:  python -m tests.build.test_disks
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final, NamedTuple

import pytest

from generator.base.problems import PortalError
from generator.load.store import FOLDER
from generator.publish.journal import StagingArea
from tests import complete, needs
from tests.complete import AT
from tests.portals import ROOT, SVG, TestPortal, files_of
from tests.publish.test_output import STAYS
from tests.publish.test_publish_disks import BECOME, mounted, own, user

pytestmark = pytest.mark.system

Files = dict[str, bytes]


class Case(NamedTuple):
    """A build: over the site of the edition `before`, if any, and with its store or without."""

    before: int | None
    after: int
    store: bool = True


CASES: Final = {
    "first": Case(None, 0),
    "next": Case(0, 1),
    "without its store": Case(3, 0, store=False),
    "for a while": Case(1, 2),
}

ROOM: Final = "200m"
"""The size of the disk on which is measured what a build needs."""


def run(portal: TestPortal) -> "subprocess.CompletedProcess[str]":
    return portal.run("build", "--quiet", "--lang", "en", "--at", AT)


def set_up(root: Path, case: Case) -> TestPortal:
    """The portal as it is when the build begins."""
    if case.before is not None:
        done = run(complete.write(root, case.before))
        assert done.returncode == 0, done.stderr
    if not case.store:
        shutil.rmtree(root / FOLDER)
    return complete.write(root, case.after)


class Need(NamedTuple):
    """What a build takes at its worst moment."""

    bytes: int
    files: int


def left(disk: Path) -> Need:
    """What is left on a disk."""
    status = os.statvfs(disk)
    return Need(status.f_bavail * status.f_frsize, status.f_favail)


def needed(portal: TestPortal, disk: Path) -> Need:
    """Builds, and tells what that took at its worst moment."""
    before, worst, over = left(disk), left(disk), Event()

    def watch() -> None:
        nonlocal worst
        while not over.wait(0.001):
            now = left(disk)
            worst = Need(min(worst.bytes, now.bytes), min(worst.files, now.files))

    watcher = Thread(target=watch)
    watcher.start()
    done = run(portal)
    over.set()
    watcher.join()
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
    return Need(before.bytes - worst.bytes, before.files - worst.files)


class Trial(NamedTuple):
    """A build to be tried, what stood there before, what a clean build makes, what one needs."""

    pristine: Path
    before: Files
    wanted: Files
    need: Need


def prepared(folder: Path, case: Case) -> Trial:
    """Sets a build up, and measures it on a disk with room."""
    pristine = set_up(folder / "pristine", case)
    with mounted(folder / "measured", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs") as disk:
        portal = TestPortal(disk / "portal")
        shutil.copytree(pristine.root, portal.root)
        need = needed(portal, disk)
        wanted = portal.files()
    return Trial(pristine.root, output_of(pristine), wanted, need)


def output_of(portal: TestPortal) -> Files:
    return files_of(portal.output) if portal.output.exists() else {}


def try_with(trial: Trial, folder: Path, percent: int, *, files: bool) -> str:
    """Builds with so much of the room that is needed, or of the files; what was said.

    AssertionError: it is not all right.
    """
    with mounted(folder / "small", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs") as disk:
        portal = TestPortal(disk / "portal")
        shutil.copytree(trial.pristine, portal.root)
        if files:
            free = trial.need.files * percent // 100
            limit(disk, f"nr_inodes={os.statvfs(disk).f_files - left(disk).files + free}")
        else:
            fill(disk, trial.need.bytes * percent // 100)
        done = run(portal)
        if done.returncode == 0:
            assert portal.files() == trial.wanted
            return "built"
        check_refused(done, portal, trial.before, "O102 disk-full")
        (disk / "filler").unlink(missing_ok=True)
        limit(disk, "nr_inodes=0")
        check_next(portal, trial.wanted)
        return done.stderr


def limit(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", disk], check=True)


def fill(disk: Path, room: int) -> None:
    """Leaves so many bytes of a disk."""
    with (disk / "filler").open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, left(disk).bytes - room)


def check_refused(
    done: "subprocess.CompletedProcess[str]", portal: TestPortal, before: Files, name: str
) -> None:
    """Checks that one clear message was said, and that nothing else happened."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.count(": error ") == 1, done.stderr
    assert f": error {name}: " in done.stderr
    assert "Traceback" not in done.stderr
    assert output_of(portal) == before
    assert left_behind(portal) == []


def check_next(portal: TestPortal, wanted: Files) -> None:
    """Checks that the next build is right."""
    done = run(portal)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
    assert portal.files() == wanted
    assert left_behind(portal) == []


def left_behind(portal: TestPortal) -> list[str]:
    """What is neither site nor store nor lock."""
    areas = [area.path for area in StagingArea.all_of(portal.output) if area.path.is_dir()]
    found = [str(file) for area in areas for file in area.iterdir() if file.name not in STAYS]
    store = portal.root / FOLDER
    return found + [
        str(file)
        for file in store.rglob("*")
        if file.suffix == ".new" or (file.suffix.removeprefix(".")).isdecimal()
    ]


SMALL: Final = Case(4, 3)
"""That of which some shares are tried in every test run."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return prepared(tmp_path_factory.mktemp("disks"), SMALL)


@pytest.mark.parametrize(("percent", "of"), [(20, "bytes"), (70, "bytes"), (50, "files")])
def test_a_disk_with_too_little_room_leaves_the_old_site_whole(
    trial: Trial, tmp_path: Path, percent: int, of: str
) -> None:
    assert "disk-full" in try_with(trial, tmp_path, percent, files=of == "files")


def test_a_disk_that_is_full_after_publishing_costs_time_and_nothing_else(tmp_path: Path) -> None:
    """What was published is not said to be not: only the store has no room for what it was."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs") as disk:
        said = []
        for kilobytes in range(0, 300, 30):
            portal = TestPortal.small(disk / "portal")
            for number in range(9):
                portal.article(f"2026/05/a{number}.md", keywords=f"Rat {number}")
            said.append(build_and_fill(portal, disk, kilobytes * 1024))
            assert left_behind(portal) == []
            (disk / "filler").unlink()
            assert portal.build().warnings == ()
            found = portal.files()
            portal.build(clean=True)
            assert portal.files() == found
            shutil.rmtree(portal.root)
        assert list(dict.fromkeys(said)) == ["disk-full", "not-remembered", ""]


def build_and_fill(portal: TestPortal, disk: Path, room: int) -> str:
    """Builds on a disk that has so much room when all is rendered; the names of what is said."""

    def rendered(stage: str, done: int, of: int) -> None:
        if (stage, done) == ("rendering", of) and not (disk / "filler").exists():
            fill(disk, room)

    try:
        warnings = portal.build(progress=rendered).warnings
    except PortalError as error:
        assert not portal.output.exists()
        return " ".join(problem.name for problem in error.problems)
    assert portal.has("/2026/05/a8/")
    return " ".join(problem.name for problem in warnings)


@pytest.mark.parametrize("part", ["portal", "store", "output"])
def test_a_disk_that_is_read_only_is_a_message(tmp_path: Path, part: str) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    folder = {"portal": portal.root, "store": portal.root / FOLDER, "output": portal.output}[part]
    with mounted(folder, "-t", "tmpfs", "tmpfs"):
        TestPortal.small(portal.root) if part == "portal" else None
        portal.article("2026/05/a.md")
        assert run(portal).returncode == 0
        before = portal.files()
        portal.article("2026/05/a.md", "Neu.")
        remount(folder, "ro")
        done = run(portal)
        assert done.returncode == 1
        assert done.stderr.count(": error O103 not-writable: ") == 1
        assert "Read-only file system" in done.stderr
        assert portal.files() == before
        assert left_behind(portal) == []
        remount(folder, "rw")
        assert run(portal).returncode == 0
        assert "Neu." in portal.page("/2026/05/a/")


def remount(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


def test_where_times_are_whole_seconds_no_edit_is_missed(tmp_path: Path) -> None:
    """As on ext3, FAT or HFS+: two edits within a second leave the same times and size."""
    image = tmp_path / "image"
    with image.open("wb") as stream:
        stream.truncate(30_000_000)
    needs.want("ext4")
    made = ["mkfs.ext4", "-q", "-F", "-I", "128", str(image)]
    subprocess.run(made, check=True, capture_output=True)
    with mounted(tmp_path / "disk", "-o", "loop", str(image)) as disk:
        portal = TestPortal.small(disk / "portal")
        assert portal.write("a", "").stat().st_mtime_ns % 1_000_000_000 == 0
        for number in range(0, 16, 2):
            portal.article("2026/05/a.md", f"Text {number:02}")
            time.sleep(0.06)
            portal.build()
            portal.article("2026/05/a.md", f"Text {number + 1:02}")
            time.sleep(0.06)
            portal.build()
            assert f"Text {number + 1:02}" in portal.page("/2026/05/a/")


AS_NOBODY: Final = f"""
import sys
from generator.cli import main as cli
from generator.media import images
from generator.markdown import convert
from generator.build import pipeline
from generator.front_matter import reader
warm, portal, user = sys.argv[1:]
command = ["build", "--quiet", "--lang", "en", "--jobs", "1", "--portal"]
cli.main([*command, warm, "--clean"])  # Python itself may lie where only root may read
{BECOME}
sys.exit(cli.main([*command, portal]))
"""

CLOSED: Final = {
    "output/2026/05/a": 0o555,
    ".output.staging": 0o555,
    FOLDER: 0o555,
    f"{FOLDER}/store.sqlite": 0o444,
    "content/2026": 0o000,
    "layouts/article.html": 0o000,
}
"""What may be closed to the user who builds, and how."""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that a user without rights can use, even where the tests run as root."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_what_is_closed_is_named_and_nothing_is_touched(shared: Path) -> None:
    warm = TestPortal.small(shared / "warm")
    portal = TestPortal.small(shared / "portal")
    for made in (warm, portal):
        made.article("2026/05/a.md", "![x](bild.svg)")
        made.write("content/2026/05/bild.svg", SVG)
    portal.build()
    for file in (portal.root, *portal.root.rglob("*")):
        own(file)
    for place, mode in CLOSED.items():
        number = list(CLOSED).index(place)
        portal.article("2026/05/a.md", f"![x](bild.svg) Neu {number}.")
        portal.write("assets/style.css", f"body{{margin:{number}px}}")
        before, usual = portal.files(), (portal.root / place).stat().st_mode
        (portal.root / place).chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(warm.root), str(portal.root), str(user() or "")],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        (portal.root / place).chmod(usual)
        assert (done.returncode, done.stdout) == (1, ""), f"{place}: {done.stderr}"
        assert done.stderr.count(": error ") == 1, f"{place}: {done.stderr}"
        assert "Permission denied" in done.stderr or "readonly" in done.stderr, place
        assert portal.files() == before, place
        assert left_behind(portal) == [], place
    portal.build()
    assert f"Neu {len(CLOSED) - 1}." in portal.page("/2026/05/a/")


def main() -> None:
    """Tries every case with every share of what it needs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--step", type=int, default=10)
    step = parser.parse_args().step
    with TemporaryDirectory() as folder:
        for name, case in CASES.items():
            here = Path(folder, name)
            here.mkdir()
            trial = prepared(here, case)
            sys.stdout.write(f"{name}: {trial.need}\n")
            for percent in range(0, 111, step):
                for files in (False, True):
                    said = try_with(trial, here, percent, files=files).partition("\n")[0]
                    sys.stdout.write(f"  {percent} % of {'files' if files else 'bytes'}: {said}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
