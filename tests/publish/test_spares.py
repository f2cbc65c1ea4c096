"""Spares: replaced files that are written into again, and what must never be written into."""

import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from fcntl import ioctl
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from generator.publish import spares
from generator.publish.journal import StagingArea
from generator.publish.manifest import MANIFEST
from tests import needs
from tests.publish.test_output import Newsroom, inodes, left_behind, tree
from tests.publish.test_publish_disks import mounted

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform != "linux", reason="spares are of Linux"),
]

PAGES: Final = [f"{number % 3}/{number}.html" for number in range(12)]
PAGE: Final = PAGES[-1]

SHUTDOWN: Final = 0x8004587D
LOSE_ALL: Final = 2
"""To the ioctl SHUTDOWN: what is not on the disk yet is lost."""


def site(name: str, pages: list[str] = PAGES) -> dict[str, str]:
    return {page: f"{name} {page} " * 3000 for page in pages}


def formatted(folder: Path, megabytes: int = 40) -> Path:
    """A new disk with ext4, as a file."""
    needs.want("ext4")
    image = folder / "image"
    with image.open("wb") as stream:
        stream.truncate(megabytes * 1_000_000)
    made = ["mkfs.ext4", "-q", "-F", "-m", "0", str(image)]
    subprocess.run(made, check=True, capture_output=True)
    return image


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom on ext4 that has published twice, so that the first version is spare."""
    monkeypatch.setattr(spares, "FEW", 1)
    with mounted(tmp_path / "disk", "-o", "loop", str(formatted(tmp_path))) as disk:
        newsroom = Newsroom(disk / "output")
        newsroom.publish(site("eins"))
        newsroom.publish(site("zwei"))
        yield newsroom


def kept(newsroom: Newsroom) -> list[Path]:
    return list((StagingArea.of(newsroom.output).path / "spares").glob("*"))


def numbers(newsroom: Newsroom) -> set[int]:
    return {number for number, _ in inodes(newsroom.output).values()}


def publish_and_see(newsroom: Newsroom, name: str) -> int:
    """Publishes once more; how many pages lie in spares."""
    before = {file.stat().st_ino for file in kept(newsroom)}
    newsroom.publish(site(name))
    assert tree(newsroom.output) == site(name)
    assert not left_behind(newsroom.output)
    return len(numbers(newsroom) & before)


def test_pages_are_written_into_what_they_were_before(room: Newsroom) -> None:
    assert publish_and_see(room, "drei") == len(PAGES) - spares.FEW
    assert publish_and_see(room, "vier") == len(PAGES) - spares.FEW
    assert len(kept(room)) == len(PAGES)


@pytest.mark.parametrize("length", [0, 1, 4096, 12_288, 50_000, 200_000])
def test_a_page_may_be_of_any_length(room: Newsroom, length: int) -> None:
    new = dict.fromkeys(PAGES, "x" * length)
    room.publish(new)
    assert tree(room.output) == new
    room.publish(site("drei"))
    room.publish(new)
    assert tree(room.output) == new


def test_who_reads_a_page_reads_it_to_its_end(room: Newsroom) -> None:
    with (room.output / PAGE).open() as reader:
        beginning = reader.read(1)
        for name in ("drei", "vier", "fünf"):
            room.publish(site(name))
        assert beginning + reader.read() == site("zwei")[PAGE]


def test_what_the_network_still_sends_stays_as_it_was(room: Newsroom) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    connection, _ = server.accept()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    size = (room.output / PAGE).stat().st_size
    with server, client:
        with (room.output / PAGE).open("rb") as page, connection:
            assert os.sendfile(connection.fileno(), page.fileno(), 0, size) == size
        room.publish(site("drei"))
        assert publish_and_see(room, "vier") == len(PAGES) - spares.FEW
        received = b"".join(iter(lambda: client.recv(65536), b""))
    assert received.decode() == site("zwei")[PAGE]


def test_a_hard_link_to_a_page_is_never_written_into(room: Newsroom) -> None:
    release = room.output.with_name("release")
    subprocess.run(["cp", "-al", room.output, release], check=True)
    for name in ("drei", "vier"):
        room.publish(site(name))
    assert tree(release) == site("zwei")
    assert tree(room.output) == site("vier")


@pytest.mark.skipif(os.getuid() != 0, reason="files are given to another user")
@pytest.mark.parametrize("what", ["mode", "group", "user", "label"])
def test_pages_are_as_if_they_were_made_anew(room: Newsroom, what: str) -> None:
    room.publish(site("drei"))
    for file in kept(room):
        if what == "mode":
            file.chmod(0o600)
        elif what == "label":
            os.setxattr(file, "user.label", b"x")
        else:
            os.chown(file, 123 if what == "user" else -1, 123 if what == "group" else -1)
    room.publish(site("vier"))
    status = [(room.output / page).stat() for page in PAGES]
    assert len({(one.st_mode, one.st_uid, one.st_gid) for one in status}) == 1
    assert not any(os.listxattr(room.output / page) for page in PAGES)


def test_only_published_pages_have_spares(room: Newsroom) -> None:
    room.publish(site("drei", PAGES[:5]))
    assert len(kept(room)) == 5 + len([MANIFEST])
    shutil.rmtree(room.output)
    room.publish(site("drei"))
    assert not kept(room)


def test_what_is_written_to_the_same_bytes_is_spare_the_next_time(room: Newsroom) -> None:
    room.publish(site("zwei"), anew=True)
    assert tree(room.output) == site("zwei")
    assert publish_and_see(room, "drei") == len(PAGES) - spares.FEW


def test_a_few_pages_are_made_new(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spares, "FEW", len(PAGES) + 2)
    assert publish_and_see(room, "drei") == 0


def test_spares_are_not_kept_where_little_is_free(room: Newsroom) -> None:
    filler = room.output.parent / "filler"
    with filler.open("wb") as stream:
        free = shutil.disk_usage(filler).free
        os.posix_fallocate(stream.fileno(), 0, free - 3_000_000)
    publish_and_see(room, "drei")
    assert not kept(room)


def test_spares_give_way_where_the_disk_is_full(room: Newsroom) -> None:
    with (room.output.parent / "filler").open("wb") as stream:
        free = shutil.disk_usage(room.output).free
        os.posix_fallocate(stream.fileno(), 0, free - 400_000)
    new = site("zwei") | {"neu.html": "x" * 600_000}
    room.publish(new)
    assert tree(room.output) == new
    assert not kept(room)


def test_there_are_none_elsewhere_or_inside_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spares, "FEW", 1)
    image = formatted(tmp_path)
    with (
        mounted(tmp_path / "tmpfs", "-t", "tmpfs", "tmpfs") as memory,
        mounted(tmp_path / "output", "-o", "loop", str(image)) as output,
    ):
        shutil.rmtree(output / "lost+found")
        for newsroom in (Newsroom(memory / "output"), Newsroom(output)):
            for name in ("eins", "zwei", "drei"):
                newsroom.publish(site(name))
            assert not kept(newsroom)
            pages = {path.relative_to(newsroom.output) for path in newsroom.output.rglob("*.html")}
            assert pages == set(map(Path, PAGES))


def test_a_loss_of_power_leaves_whole_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is switched off at a random moment while one version replaces another."""
    monkeypatch.setattr(spares, "FEW", 1)
    chance = random.Random(os.urandom(8))
    image = formatted(tmp_path)
    versions = [site(str(number)) for number in range(40)]
    for _ in range(12):
        with mounted(tmp_path / "disk", "-o", "loop", str(image)) as disk:
            publish_until_power_fails(disk, versions, chance.uniform(0, 0.4))
        with mounted(tmp_path / "disk", "-o", "loop", str(image)) as disk:
            check_pages(disk / "output", versions)
            newsroom = Newsroom(disk / "output")
            newsroom.publish(versions[0])
            assert tree(newsroom.output) == versions[0]


def publish_until_power_fails(disk: Path, versions: list[dict[str, str]], seconds: float) -> None:
    child = os.fork()
    if child == 0:
        newsroom = Newsroom(disk / "output")
        with suppress(BaseException):
            for number in count():
                newsroom.publish(versions[number % len(versions)])
        os._exit(0)
    time.sleep(seconds)
    descriptor = os.open(disk, os.O_RDONLY)
    ioctl(descriptor, SHUTDOWN, struct.pack("I", LOSE_ALL))
    os.close(descriptor)
    os.waitpid(child, 0)


def check_pages(output: Path, versions: list[dict[str, str]]) -> None:
    for page in PAGES:
        with suppress(FileNotFoundError):
            text = (output / page).read_text()
            assert text in [version[page] for version in versions], f"{page}: {text[:60]!r}"
