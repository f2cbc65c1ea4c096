"""Publishing to mounted, full and forbidden folders, by several processes at once."""

import json
import os
import shutil
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from generator.base.problems import PortalError
from generator.publish.journal import StagingArea
from generator.publish.output import opened
from tests import needs
from tests.publish.test_output import SITE, Newsroom, inodes, left_behind, refused, tree

pytestmark = pytest.mark.system

Files = dict[str, str]

ROOT: Final = Path(__file__).parents[2]
NOBODY: Final = 65534

PUBLISH: Final = """
import json, os, sys
from pathlib import Path
from generator.publish.output import opened
from generator.base.problems import PortalError, catalogue
from tests import needs
from tests.publish.test_output import Newsroom, digest
output, owner, site, wait, user = json.loads(sys.argv[1])
catalogue()
if user:  # not earlier: Python itself may lie where only root may read
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
newsroom = Newsroom(Path(output), owner)
try:
    with opened(newsroom.output, wait=wait) as room:
        newsroom.publish_in(room, site, site)
except PortalError as error:
    sys.exit(" ".join(f"{problem.name} {problem.path}" for problem in error.problems))
"""


def start(
    output: Path, site: dict[str, str], *, owner: str = "", wait: float = 0, user: int | None = None
) -> "subprocess.Popen[str]":
    """Publishes `site` in a process of its own."""
    asked = json.dumps([str(output), owner, site, wait, user])
    command = [sys.executable, "-c", PUBLISH, asked]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def result(process: "subprocess.Popen[str]") -> str:
    """What the process said when it failed; "" if it did not."""
    said = process.communicate()[1]
    assert process.returncode == bool(said)
    return said.strip()


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mounts something at `folder`, as only root may."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, folder], capture_output=True, check=False)
    if done.returncode:
        needs.forbidden(f"mounting at {folder} is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def published(output: Path) -> dict[str, str]:
    """The files of the portal in an `output` that has its staging area inside."""
    return {name: text for name, text in tree(output).items() if "-staging/" not in name}


def test_the_output_may_be_a_disk_of_its_own(tmp_path: Path) -> None:
    with mounted(tmp_path / "output", "-t", "tmpfs", "tmpfs") as output:
        check_mounted(output)


def test_the_output_may_be_a_folder_mounted_from_the_same_disk(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    with mounted(tmp_path / "output", "--bind", str(tmp_path / "volume")) as output:
        check_mounted(output)
    assert published(tmp_path / "volume") == {"index.html": "Neuer Start"}


def check_mounted(output: Path) -> None:
    newsroom = Newsroom(output)
    newsroom.publish(SITE)
    assert published(output) == SITE
    newsroom.publish(SITE | {"index.html": "Neuer Start"})
    newsroom.publish({"index.html": "Neuer Start"})
    assert published(output) == {"index.html": "Neuer Start"}
    assert not left_behind(output)
    assert StagingArea.of(output).path.parent == output


def used(disk: Path) -> int:
    space = shutil.disk_usage(disk)
    return space.total - space.free


@pytest.mark.parametrize("percent", [*range(10, 100, 10), 95, 99, 110])
def test_a_full_disk_leaves_the_old_site_whole(tmp_path: Path, percent: int) -> None:
    old = {f"{n}/index.html": f"alt {n}" * 100 for n in range(30)} | {"weg.html": "alt"}
    new = {f"{n}/index.html": f"neu {n}" * 900 for n in range(60)}
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=4m", "tmpfs") as disk:
        newsroom = Newsroom(disk / "output")
        newsroom.publish(old)
        before, free = inodes(newsroom.output), used(disk)
        with opened(newsroom.output) as room:
            for target, text in new.items():
                room.stage.write(target, text.encode(), b"")
            needed = used(disk) - free
        filler = disk / "filler"
        with filler.open("wb") as stream:
            stream.truncate(0)
            os.posix_fallocate(
                stream.fileno(), 0, shutil.disk_usage(disk).free - needed * percent // 100
            )
        if percent < 100:
            with refused("disk-full"):
                newsroom.publish(new)
            assert inodes(newsroom.output) == before
            assert tree(newsroom.output) == old
            assert not left_behind(newsroom.output)
            filler.unlink()
        newsroom.publish(new)
        assert tree(newsroom.output) == new


def publish_if_there_is_room(newsroom: Newsroom, old: Files, new: Files) -> bool:
    """Publishes `new` over `old`; whether there was room.  AssertionError: neither as it should."""
    try:
        newsroom.publish(new)
    except PortalError as error:
        assert [problem.name for problem in error.problems] == ["disk-full"]
        assert tree(newsroom.output) == old
        assert not left_behind(newsroom.output)
        return False
    assert tree(newsroom.output) == new
    return True


@pytest.mark.parametrize("files", range(70, 130, 6))
def test_a_disk_with_room_for_few_files_leaves_the_old_site_whole(
    tmp_path: Path, files: int
) -> None:
    old = {f"{n}/index.html": "alt" for n in range(20)}
    new = {f"{n}/{n}/index.html": "neu" for n in range(30)} | {"0/index.html": "neu"}
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"nr_inodes={files}", "tmpfs") as disk:
        newsroom = Newsroom(disk / "output")
        newsroom.publish(old)
        if not publish_if_there_is_room(newsroom, old, new):
            subprocess.run(["mount", "-o", "remount,nr_inodes=1000", disk], check=True)
            assert publish_if_there_is_room(newsroom, old, new)


def publish_with(folder: Path, blocks: int) -> bool:
    """Publishes many new names into a folder, with so many blocks left on the disk; if it did."""
    old = {f"2026/{n:03}-ein-langer-name.html": "alt" for n in range(8)}
    new = old | {f"2026/{n:03}-ein-langer-name.html": "neu" for n in range(300)}
    image = folder / "image"
    with image.open("wb") as stream:
        stream.truncate(0)
        stream.truncate(4_000_000)
    needs.want("ext4")
    made = ["mkfs.ext4", "-q", "-F", "-m", "0", "-b", "1024", "-N", "1000", str(image)]
    subprocess.run(made, check=True, capture_output=True)
    with mounted(folder / "disk", "-o", "loop", str(image)) as disk:
        newsroom = Newsroom(disk / "output")
        newsroom.publish(old)
        with (disk / "filler").open("wb") as stream:
            free = os.statvfs(disk).f_bavail - blocks
            os.posix_fallocate(stream.fileno(), 0, free * 1024)
        return publish_if_there_is_room(newsroom, old, new)


def test_a_disk_without_room_for_names_in_a_folder_leaves_the_old_site_whole(
    tmp_path: Path,
) -> None:
    """A folder grows when files are moved into it, after all of them found room in the stage."""
    rooms = range(0, 1000, 8)
    least = bisect_left(rooms, True, key=partial(publish_with, tmp_path))
    assert 0 < least < len(rooms)
    assert not any(publish_with(tmp_path, rooms[least] - blocks) for blocks in range(10, 30, 4))


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that a user without rights can use, even where the tests run as root."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


BECOME: Final = """
import os
if user:
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
"""
"""The lines of a program by which it goes on as `user`, a number or ""."""


def user() -> int | None:
    """Whom to publish as; root may write anywhere, so that nothing would be tested."""
    if not hasattr(os, "getuid"):
        needs.forbidden("permissions, which Windows does not have")
    return NOBODY if os.getuid() == 0 else None


def own(*folders: Path) -> None:
    for folder in folders:
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)


def test_a_folder_without_permission_is_named_and_nothing_is_touched(shared: Path) -> None:
    output = shared / "output"
    output.mkdir()
    own(shared, output)
    assert result(start(output, SITE, user=user())) == ""
    before = inodes(output)
    (output / "2026/03/kita").chmod(0o555)
    (output / "2026/03/haushalt/druck").chmod(0o555)
    new = {target: f"{text}, neu" for target, text in SITE.items()} | {"a.html": ""}
    said = result(start(output, new, user=user()))
    assert said == (
        f"not-writable {output}/2026/03/haushalt/druck not-writable {output}/2026/03/kita"
    )
    assert inodes(output) == before
    assert not left_behind(output)
    (output / "2026/03/kita").chmod(0o755)
    (output / "2026/03/haushalt/druck").chmod(0o755)
    assert result(start(output, new, user=user())) == ""
    assert tree(output) == new


def test_a_closed_folder_is_named(shared: Path) -> None:
    output = shared / "output"
    output.mkdir()
    own(shared, output)
    assert result(start(output, SITE, user=user())) == ""
    (output / "2026").chmod(0)
    said = result(start(output, dict.fromkeys(SITE, "neu"), user=user()))
    (output / "2026").chmod(0o755)
    assert said == f"not-writable {output}/2026/03"
    assert tree(output) == SITE


def test_the_output_may_be_all_that_one_may_write_to(shared: Path) -> None:
    output = shared / "output"
    output.mkdir()
    own(output)
    shared.chmod(0o555)
    assert result(start(output, SITE, user=user())) == ""
    assert result(start(output, {"index.html": "Neuer Start"}, user=user())) == ""
    assert published(output) == {"index.html": "Neuer Start"}
    shared.chmod(0o755)


def test_no_permission_at_all_is_a_message(shared: Path) -> None:
    output = shared / "output"
    shared.chmod(0o555)
    assert result(start(output, SITE, user=user())).startswith(f"not-writable {shared}/")
    assert list(shared.iterdir()) == []
    shared.chmod(0o755)


def test_twenty_builds_at_once_take_turns(tmp_path: Path) -> None:
    output = tmp_path / "output"
    sites = [{target: f"{text} {n}" for target, text in SITE.items()} for n in range(20)]
    waits = [120.0] * 16 + [0.0] * 4
    builds = [start(output, site, wait=w) for site, w in zip(sites, waits, strict=True)]
    said = [result(build) for build in builds]
    assert said[:16] == [""] * 16
    assert all(not text or text.startswith("build-runs") for text in said)
    assert tree(output) in sites
    assert not left_behind(output)


def test_two_portals_at_once_do_not_mix(tmp_path: Path) -> None:
    output = tmp_path / "output"
    sites = [{target: f"{text} {n}" for target, text in SITE.items()} for n in range(2)]
    builds = [start(output, site, owner=f"{n}", wait=60) for n, site in enumerate(sites)]
    said = [result(build) for build in builds]
    assert sorted(said) == ["", f"other-portal {output}"]
    assert tree(output) == sites[said.index("")]
