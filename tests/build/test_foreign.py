"""A first build into a folder in which somebody else has files asks whether that is meant."""

import shutil
from pathlib import Path

import pytest

from generator.publish.output import MANIFEST
from tests.portals import TestPortal, files_of


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    portal = TestPortal.small(tmp_path / "portal")
    portal.article("2026/05/a.md")
    return portal


@pytest.mark.parametrize("path", ["index.html", "bilder/foto.jpg", "leer/", "dokumente/.keep"])
def test_a_folder_with_something_in_it_is_left_as_it_is(small: TestPortal, path: str) -> None:
    place = small.output / path
    place.parent.mkdir(parents=True)
    place.mkdir() if path.endswith("/") else place.write_bytes(b"fremd")
    before = files_of(small.root / "output")
    (found,) = small.mistakes()
    assert (found.name, found.path) == ("output-foreign", str(small.output))
    assert path.partition("/")[0] in found.what()
    assert small.files() == before
    assert [one.name for one in small.output.iterdir()] == [path.partition("/")[0]]


def test_with_force_all_is_published_and_what_is_foreign_stays(small: TestPortal) -> None:
    (small.output / "bilder").mkdir(parents=True)
    (small.output / "bilder/foto.jpg").write_bytes(b"fremd")
    small.build(force=True)
    assert small.has("/2026/05/a/")
    assert (small.output / "bilder/foto.jpg").read_bytes() == b"fremd"
    small.build()  # by now the folder is the portal's
    assert (small.output / "bilder/foto.jpg").read_bytes() == b"fremd"


def test_force_overwrites_nothing(small: TestPortal) -> None:
    small.output.mkdir()
    (small.output / "index.html").write_bytes(b"fremd")
    assert [one.name for one in small.mistakes(force=True)] == ["not-ours"]
    assert small.files() == {"index.html": b"fremd"}


@pytest.mark.parametrize("names", [[], ["CNAME"], ["lost+found/x", ".git/HEAD", ".nojekyll"]])
def test_what_is_in_every_folder_asks_for_nothing(small: TestPortal, names: list[str]) -> None:
    small.output.mkdir()
    for name in names:
        (small.output / name).parent.mkdir(exist_ok=True)
        (small.output / name).write_bytes(b"x")
    small.build()
    assert small.has("/2026/05/a/")
    assert {*names} <= small.files().keys()


def test_a_lost_manifest_is_made_good_by_what_the_store_remembers(small: TestPortal) -> None:
    small.build()
    (small.output / MANIFEST).unlink()
    (small.output / "fremd.txt").write_bytes(b"fremd")
    small.article("2026/05/b.md")
    small.build()
    assert small.has("/2026/05/b/")
    assert (small.output / MANIFEST).is_file()


def test_without_manifest_and_store_nobody_knows_whose_it_is(small: TestPortal) -> None:
    small.build()
    wanted = small.files()
    (small.output / MANIFEST).unlink()
    shutil.rmtree(small.root / ".stadtschreiber")
    assert [one.name for one in small.mistakes()] == ["output-foreign"]
    small.build(force=True)
    assert small.files() == wanted


def test_a_store_that_remembers_another_folder_proves_nothing(
    small: TestPortal, tmp_path: Path
) -> None:
    small.build()
    other = tmp_path / "anderswo"
    other.mkdir()
    (other / "brief.txt").write_bytes(b"fremd")
    done = small.run("build", "--output", str(other), "--lang", "de")
    assert done.returncode == 1
    assert "O114 output-foreign" in done.stderr
    assert "--force" in done.stderr
    assert files_of(other) == {"brief.txt": b"fremd"}
    done = small.run("build", "--output", str(other), "--force")
    assert (done.returncode, (other / "index.html").is_file()) == (0, True)
