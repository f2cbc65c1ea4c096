"""What a folder holds: regular files, and what is no file is said and never read."""

import os
import socket
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.base.problems import PortalError
from generator.base.scan import RACY_NS, Found, Stamp, read_bytes, scan
from tests.portals import TestPortal


def test_files_are_found_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for path in ("b.md", "a/z.md", "a.md", "ä.md", "a/b/c.svg", "Z.md"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path, encoding="utf-8")
    assert list(scan(tmp_path).files) == ["Z.md", "a.md", "a/b/c.svg", "a/z.md", "b.md", "ä.md"]
    assert scan(tmp_path).problems == ()


def test_what_begins_with_a_dot_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.md").touch()
    (tmp_path / ".DS_Store").touch()
    (tmp_path / ".a.md.swp").touch()
    assert scan(tmp_path) == Found()


def test_empty_and_missing_folders(tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    assert scan(tmp_path) == Found()
    (found,) = scan(tmp_path / "fehlt").problems
    assert found.name == "folder-unreadable"


def test_links_are_said_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.md").write_text("geheim", encoding="utf-8")
    (tmp_path / "in" / "link.md").symlink_to(tmp_path / "out" / "secret.md")
    (tmp_path / "in" / "dead.md").symlink_to("nirgends")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    found = scan(tmp_path / "in")
    assert found.files == {}
    assert [(one.path, one.name) for one in found.problems] == [
        (name, "not-a-regular-file") for name in ("dead.md", "folder", "link.md", "loop")
    ]


def test_pipes_and_sockets_are_said_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    connection = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    try:
        os.chdir(tmp_path)  # the name of a socket may not be long
        connection.bind("socket.md")
    finally:
        os.chdir(here)
        connection.close()
    found = scan(tmp_path)
    assert found.files == {}
    assert [one.path for one in found.problems] == ["pipe.md", "socket.md"]


def test_names_that_are_not_utf_8_are_said(tmp_path: Path) -> None:
    (tmp_path / "gut.md").touch()
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.md")).touch()
    except OSError:
        pytest.skip("this disk has no such names")
    found = scan(tmp_path)
    assert list(found.files) == ["gut.md"]
    assert [(one.path, one.name) for one in found.problems] == [("caf\ufffd.md", "name-not-utf-8")]


def test_a_folder_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zu").mkdir()
    (tmp_path / "a.md").touch()
    scandir = os.scandir

    def refuse(place: str) -> object:
        if place.endswith("zu"):
            raise PermissionError(13, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    found = scan(tmp_path)
    assert list(found.files) == ["a.md"]
    assert [(one.path, one.name) for one in found.problems] == [("zu", "folder-unreadable")]


def test_what_became_a_link_meanwhile_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim", encoding="utf-8")
    (tmp_path / "a.md").symlink_to(tmp_path / "secret")
    with pytest.raises(PortalError):
        read_bytes(tmp_path / "a.md", "a.md")
    (tmp_path / "a.md").unlink()
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(PortalError):
        read_bytes(tmp_path / "a.md", "a.md")
    (tmp_path / "a.md").unlink()
    with pytest.raises(PortalError):
        read_bytes(tmp_path / "a.md", "a.md")


# Stamps.


def stamp(file: Path) -> Stamp:
    return scan(file.parent).files[file.name]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that has not been changed lately."""
    made = tmp_path / "a.md"
    made.write_bytes(b"eins")
    time.sleep(2 * RACY_NS / 1e9)
    return made


def test_an_untouched_file_is_known_to_be_unchanged(file: Path) -> None:
    assert stamp(file).proves_unchanged_since(stamp(file))


def test_a_file_changed_just_now_is_not_trusted(file: Path) -> None:
    file.write_bytes(b"zwei")
    lately = stamp(file)
    assert not lately.trusted
    assert not stamp(file).proves_unchanged_since(lately)
    time.sleep(2 * RACY_NS / 1e9)
    assert stamp(file).proves_unchanged_since(stamp(file))


@pytest.mark.parametrize("shift", [0, -3600, 3600])
def test_another_text_of_the_same_size_shows_whatever_the_time_is_set_to(
    file: Path, shift: int
) -> None:
    before, status = stamp(file), file.stat()
    file.write_bytes(b"zwei")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + shift * 1_000_000_000))
    assert not stamp(file).proves_unchanged_since(before)


def test_another_file_with_the_same_times_shows(file: Path) -> None:
    before, status = stamp(file), file.stat()
    other = file.with_name("other")
    other.write_bytes(b"zwei")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    assert not stamp(file).proves_unchanged_since(before)


def test_a_time_to_come_is_not_trusted(file: Path) -> None:
    """The clock was set back, or the file comes from a machine whose clock is ahead."""
    os.utime(file, (time.time() + 3600, time.time() + 3600))
    time.sleep(2 * RACY_NS / 1e9)
    assert not stamp(file).trusted


def test_a_time_that_was_just_put_back_is_not_trusted(file: Path) -> None:
    """The file was changed as well, and may be changed once more within the same tick."""
    os.utime(file, (0, 0))
    assert not stamp(file).trusted


@pytest.mark.parametrize("field", ["size", "mtime_ns", "ctime_ns", "inode"])
def test_all_that_the_file_system_says_has_to_be_as_before(field: str) -> None:
    """On some disks a file that takes another's place keeps both times."""
    before = Stamp(4, 1, 1, 1, trusted=True)
    assert before.proves_unchanged_since(before)
    now = replace(before, **{field: 7})
    assert not now.proves_unchanged_since(before)


def test_nothing_proves_anything_about_a_file_that_is_new(file: Path) -> None:
    assert not stamp(file).proves_unchanged_since(None)


# In a build.


@pytest.mark.parametrize(
    "place", ["content/2026/05/x.md", "content/bild.svg", "assets/x.svg", "layouts/x.html"]
)
def test_a_link_in_a_portal_is_a_mistake_that_names_it(tmp_path: Path, place: str) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    (portal.root / place).symlink_to(tmp_path / "secret")
    (found,) = portal.mistakes()
    assert found.name == "not-a-regular-file"
    assert found.path.endswith(place.partition("/")[2])


def test_a_pipe_among_the_sources_does_not_keep_the_build_waiting(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal")
    os.mkfifo(portal.root / "content" / "x.md")
    (found,) = portal.mistakes()
    assert found.name == "not-a-regular-file"
