"""The staging area: stages, journals, and where they lie."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from generator.publish.journal import Journal, StagingArea, above, lies_inside, links, nested

JOURNAL = Journal("stage-1", True, ("a",), ("b", "c/ö"), ("d",), ())


@pytest.fixture
def area(tmp_path: Path) -> StagingArea:
    area = StagingArea.of(tmp_path / "output")
    area.path.mkdir()
    return area


def test_a_journal_is_read_as_it_was_written(area: StagingArea) -> None:
    assert area.read() is None
    area.write(JOURNAL)
    assert area.read() == JOURNAL


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[1]", '["a", true, 1, 2, 3, 4]', '{"a": 1}', "\udcff"]
)
def test_a_journal_that_is_not_whole_is_none(area: StagingArea, text: str) -> None:
    (area.path / "journal").write_text(text, errors="surrogateescape")
    assert area.read() is None
    area.close()
    assert not list(area.path.iterdir())


def test_any_beginning_of_a_journal_is_none(area: StagingArea) -> None:
    area.write(JOURNAL)
    whole = (area.path / "journal").read_bytes()
    for length in range(len(whole)):
        (area.path / "journal").write_bytes(whole[:length])
        assert area.read() is None


def test_closing_keeps_what_a_journal_needs(area: StagingArea, tmp_path: Path) -> None:
    stage = area.new_stage(tmp_path / "output", flat=False)
    area.write(JOURNAL)
    area.close()
    assert stage.path.exists()
    area.sweep()
    assert not list(area.path.iterdir())


@pytest.mark.parametrize("flat", [True, False])
def test_what_is_staged_can_be_moved(area: StagingArea, tmp_path: Path, flat: bool) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "old").write_text("old")
    (output / "gone").mkdir()
    (output / "gone" / "index.html").write_text("")
    stage = area.new_stage(output, flat=flat)
    assert stage.write("a/b/new", b"new", b"1").size == 3
    stage.write("old", b"better", b"2")
    steps = Journal(stage.path.name, flat, (), ("a/b/new",), ("old",), ("gone/index.html",))
    for _ in range(2):  # twice does no harm
        area.carry_out(steps, output)
        assert (output / "a/b/new").read_text() == "new"
        assert (output / "old").read_text() == "better"
        assert not (output / "gone").exists()


def test_a_stage_can_be_shared_by_processes(area: StagingArea, tmp_path: Path) -> None:
    stage = area.new_stage(tmp_path / "output", flat=False)
    program = f"""
from pathlib import Path
from generator.publish.journal import Stage
stage = Stage(Path({str(stage.path)!r}), flat=False)
for number in range(300):
    stage.write(f"a/{{number}}/index.html", b"x", b"")
"""
    workers = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert len(list(stage.path.rglob("index.html"))) == 300


def test_times_and_sizes_are_those_of_the_file(area: StagingArea, tmp_path: Path) -> None:
    stage = area.new_stage(tmp_path / "output", flat=True)
    written = stage.write("a", b"\x00" * 100_000, b"")
    status = Path(stage.file("a")).stat()
    assert (written.size, written.mtime_ns) == (status.st_size, status.st_mtime_ns)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_staged_files_are_as_if_they_had_been_made_in_the_output(
    area: StagingArea, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    if os.getuid() == 0:
        os.chown(output, -1, 12345)
    output.chmod(0o2775)
    stage = area.new_stage(output, flat=False)
    stage.write("a/b", b"", b"")
    assert (stage.path / "a/b").stat().st_gid == output.stat().st_gid
    assert (stage.path / "a").stat().st_mode & stat.S_ISGID


def test_the_workshop_lies_beside_the_output(tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert StagingArea.of(output).path == tmp_path / ".output.staging"
    output.mkdir()
    assert StagingArea.of(output).path == tmp_path / ".output.staging"


def test_links_are_found_in_any_folder_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(tmp_path)
    steps = Journal("", False, ("a/b/c/d",), (), (), ())
    assert list(links(steps, tmp_path)) == ["a/b"]


def test_above() -> None:
    assert list(above("a/b/c")) == ["a/b", "a", ""]
    assert list(above("a")) == [""]
    assert list(above("")) == []


@pytest.mark.parametrize(
    ("path", "inside"),
    [("a", True), ("a/..b/c", True), ("..", False), ("a/../b", False), ("/a", False)],
)
def test_lies_inside(path: str, inside: bool) -> None:
    assert lies_inside(path) is inside


def test_no_name_of_a_stage_is_used_twice(area: StagingArea, tmp_path: Path) -> None:
    stages = [area.new_stage(tmp_path / "output", flat=True) for _ in range(50)]
    assert len({stage.path for stage in stages}) == 50


def test_all_that_a_file_would_have_to_hold_is_found_whatever_stands_between() -> None:
    paths = ["a-b", "a", "a/b", "a.html/x", "a/b/c", "ab/c", "a b/c", "d/e"]
    assert sorted(nested(paths)) == [("a/b", "a"), ("a/b/c", "a"), ("a/b/c", "a/b")]
