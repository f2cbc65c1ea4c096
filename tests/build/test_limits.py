"""Whole builds with a quota, few files, few processes, little memory: a message, and no harm."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from PIL import Image

from tests import needs
from tests.build.test_disks import Files, check_next, check_refused, output_of, run
from tests.portals import ROOT, TestPortal
from tests.publish.test_output import STAYS
from tests.publish.test_publish_disks import BECOME, mounted, own, user

pytestmark = pytest.mark.system

BUILD = f"""
import resource, sys
import encodings.unicode_escape  # for layouts: the warm ones are compiled in another process
from generator.cli import main as cli
from generator.media import images
from generator.markdown import convert
from generator.build import pipeline
from generator.front_matter import reader
warm, portal, user, kind, limit = sys.argv[1:]
command = ["build", "--quiet", "--lang", "en", "--at", "2026-06-15 12:00", "--portal"]
cli.main([*command, warm, "--clean"])  # Python itself may lie where only root may read
{BECOME}
resource.setrlimit(getattr(resource, kind), (int(limit),) * 2)
sys.exit(cli.main([*command, portal]))
"""


class Trial(NamedTuple):
    """A portal to be built, one to warm up with, what stood there before, what a build makes."""

    root: Path
    warm: Path
    before: Files
    wanted: Files


@pytest.fixture(scope="module")
def edited() -> Iterator[Trial]:
    """A portal that was built and then edited."""
    with TemporaryDirectory() as folder:
        portal = TestPortal.small(Path(folder, "portal"))
        for number in range(30):
            portal.article(f"2026/05/a{number}.md", keywords=f"Rat {number}")
        portal.build()
        before = portal.files()
        for number in range(30):
            portal.article(f"2026/05/a{number}.md", f"Neu {number}.", keywords=f"Amt {number}")
        wanted = TestPortal(Path(folder, "wanted"))
        shutil.copytree(portal.root, wanted.root)
        wanted.build()
        warm = TestPortal.small(Path(folder, "warm"))
        yield Trial(portal.root, warm.root, before, wanted.files())


@pytest.fixture
def portal(edited: Trial) -> Iterator[TestPortal]:
    """A copy of it where a user without rights can use it, even where the tests run as root."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copied = TestPortal(Path(folder, "portal"))
        shutil.copytree(edited.root, copied.root)
        for file in (copied.root, *copied.root.rglob("*")):
            own(file)
        yield copied


UNCOMPILED = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
"""Python would leave compiled modules that a limit has cut off."""


def limited(
    edited: Trial, portal: TestPortal, kind: str, limit: int
) -> "subprocess.CompletedProcess[str]":
    """Builds with that limit, as a user whom limits hold for."""
    asked = [str(edited.warm), str(portal.root), str(user() or ""), kind, str(limit)]
    return subprocess.run(
        [sys.executable, "-c", BUILD, *asked],
        cwd=ROOT, env=UNCOMPILED, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "limit"), [("RLIMIT_FSIZE", 20_000), ("RLIMIT_NOFILE", 14), ("RLIMIT_NPROC", 1)]
)
def test_a_limit_of_the_system_is_named_and_nothing_is_touched(
    edited: Trial, portal: TestPortal, kind: str, limit: int
) -> None:
    done = limited(edited, portal, kind, limit)
    check_refused(done, portal, edited.before, "O113 system-refuses")
    check_next(portal, edited.wanted)


@pytest.mark.parametrize("command", ["check", "status"])
def test_commands_that_build_nothing_name_the_limit_as_well(
    edited: Trial, portal: TestPortal, command: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "generator", command, "--portal", str(portal.root)],
        cwd=ROOT, env=UNCOMPILED, capture_output=True, text=True, check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (8000, 8000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "error O113 system-refuses: " in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert portal.files() == edited.before


def test_where_fewer_processes_are_allowed_than_wanted_fewer_do(
    edited: Trial, portal: TestPortal
) -> None:
    done = limited(edited, portal, "RLIMIT_NPROC", 3)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr
    assert output_of(portal) == edited.wanted


def test_a_picture_that_memory_was_too_small_for_is_not_damaged_for_ever(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    stream = BytesIO()
    Image.new("L", (6900, 6900)).save(stream, "png", compress_level=1)
    portal.write("content/2026/05/a.png", stream.getvalue())
    portal.article("2026/05/a.md", image="{file: a.png, alt: Bild, credit: x}", draft="ja")
    for megabytes in (100, 115):  # what the rest of a build takes is not the same everywhere
        most = (megabytes * 1_000_000, resource.RLIM_INFINITY)
        done = subprocess.run(
            [sys.executable, "-m", "generator", "build", "--portal", str(portal.root)],
            cwd=ROOT, capture_output=True, text=True, check=False,
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, most),
        )  # fmt: skip
        assert "picture-broken" not in done.stderr
        assert portal.output.exists() == (done.returncode == 0)
        if done.returncode == 0:
            break
    portal.build()


@contextmanager
def quota(folder: Path) -> Iterator[tuple[Path, Callable[[int | None], None]]]:
    """A disk with a quota, and a function that sets how much more may be written; None: all.

    Of Linux' file systems Btrfs is the one whose quotas hold for root, too.
    """
    needs.want("btrfs")
    image = folder / "image"
    with image.open("wb") as stream:
        stream.truncate(300_000_000)
    subprocess.run(["mkfs.btrfs", "-q", image], check=True, capture_output=True)
    with mounted(folder / "disk", "-t", "btrfs", "-o", "loop", str(image)) as disk:

        def btrfs(*command: str) -> str:
            done = subprocess.run(["btrfs", *command], check=True, capture_output=True, text=True)
            return done.stdout

        btrfs("quota", "enable", str(disk))
        btrfs("subvolume", "create", str(disk / "own"))

        def limit(room: int | None) -> None:
            subprocess.run(["sync", "-f", disk], check=True)
            shown = btrfs("qgroup", "show", "-F", "--raw", str(disk / "own")).splitlines()[-1]
            group, used = shown.split()[:2]
            most = "none" if room is None else str(int(used) + room)
            btrfs("qgroup", "limit", most, group, str(disk))

        yield disk / "own", limit


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_quota_that_is_used_up_is_said_and_nothing_is_touched(
    edited: Trial, tmp_path: Path, room: int
) -> None:
    """The output has the quota; where the store has it, too, SQLite may be ended by SIGBUS."""
    with quota(tmp_path) as (disk, limit):
        portal = TestPortal(tmp_path / "portal")
        shutil.copytree(edited.root, portal.root)
        shutil.move(portal.output, disk / "output")
        portal.output.symlink_to(disk / "output")
        limit(room)
        check_refused(run(portal), portal, edited.before, "O102 disk-full")
        assert {file.name for file in (disk / ".output.staging").glob("*")} <= STAYS
        limit(None)
        check_next(portal, edited.wanted)
