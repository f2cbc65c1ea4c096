"""The same sources give the same bytes, whatever the machine is like: in real processes."""

import os
import shutil
from pathlib import Path
from random import Random

import pytest

from tests import complete
from tests.edits import Model, seeded
from tests.portals import TestPortal

pytestmark = pytest.mark.slow

AT = ("--at", "2026-06-15 12:00")
VARIANTS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "hash seed 1": ({"PYTHONHASHSEED": "1"}, ()),
    "hash seed 2": ({"PYTHONHASHSEED": "2"}, ("--jobs", "2")),
    "Auckland": ({"TZ": "Pacific/Auckland"}, ()),
    "New York": ({"TZ": "America/New_York"}, ("--jobs", "2")),
    "locale C": ({"LC_ALL": "C", "LANG": "C"}, ()),
    "locale Turkish": ({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, ()),
    "locale unknown": ({"LC_ALL": "xx_XX.UTF-8"}, ()),
    "one worker": ({}, ("--jobs", "1")),
    "two workers": ({}, ("--jobs", "2")),
    "eight workers": ({}, ("--jobs", "8")),
    "optimized": ({"PYTHONOPTIMIZE": "2"}, ()),
    "no home": ({"HOME": "/nonexistent"}, ()),
}


def written(root: Path, model: Model, *, order: Random | None = None) -> TestPortal:
    """The portal of `model` in a folder, its files created in some order."""
    files = list(model.files().items())
    if order:
        order.shuffle(files)
    portal = TestPortal(root)
    for path, data in files:
        portal.write(path, data)
    return portal


@pytest.fixture(scope="module")
def model() -> Model:
    """Sixty articles: enough that each worker gets some."""
    made = Model.make(seeded(7))
    random = seeded(8)
    while len(made.sources) < 60:
        made.add(random)
    for source in made.sources.values():
        for name in ("aliases", "expires", "draft"):  # of which chance makes mistakes
            source.fields.pop(name, None)
    return made


@pytest.fixture(scope="module")
def plain(model: Model, tmp_path_factory: pytest.TempPathFactory) -> TestPortal:
    """The portal, built in an ordinary way."""
    portal = written(tmp_path_factory.mktemp("plain") / "portal", model)
    built(portal)
    assert len(portal.files()) > 120
    return portal


def built(portal: TestPortal, *arguments: str, **environment: str) -> dict[str, bytes]:
    """The output of the command."""
    done = portal.run("build", "--quiet", *AT, *arguments, environment=environment)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return portal.files()


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_bytes_are_the_same(
    plain: TestPortal, model: Model, tmp_path: Path, variant: str
) -> None:
    environment, arguments = VARIANTS[variant]
    portal = written(tmp_path / "portal", model)
    assert built(portal, *arguments, **environment) == plain.files()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_files_were_created_does_not_matter(
    plain: TestPortal, model: Model, tmp_path: Path, seed: int
) -> None:
    portal = written(tmp_path / f"ein anderer Ordner mit Ü {seed}", model, order=seeded(seed))
    assert built(portal) == plain.files()


def test_where_the_command_is_called_from_does_not_matter(
    plain: TestPortal, model: Model, tmp_path: Path
) -> None:
    portal = written(tmp_path / "portal", model)
    (tmp_path / "elsewhere").mkdir()
    done = TestPortal(tmp_path / "elsewhere").run(
        "build", "--portal", "../portal", "--output", str(tmp_path / "out"), *AT
    )
    assert done.returncode == 0, done.stderr
    assert not portal.output.exists()
    shutil.move(tmp_path / "out", portal.output)
    assert portal.files() == plain.files()


def test_the_second_build_in_other_circumstances_writes_nothing(
    plain: TestPortal, tmp_path: Path
) -> None:
    portal = TestPortal(tmp_path / "portal")
    shutil.copytree(plain.root, portal.root)
    before = {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}
    built(portal, "--jobs", "2", TZ="Asia/Tokyo", PYTHONHASHSEED="5", LC_ALL="C")
    assert before == {path: path.stat().st_mtime_ns for path in portal.output.rglob("*")}


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_files_can_be_read_as_the_machine_has_it(model: Model, tmp_path: Path, umask: int) -> None:
    """Pages get the permissions of any new file: a web server has to read them."""
    portal = written(tmp_path / "portal", model)
    before = os.umask(umask)
    try:
        built(portal)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in portal.output.rglob("*") if path.is_file()}
    assert modes == {0o666 & ~umask}


@pytest.mark.parametrize("jobs", [1, 8])
def test_pdfs_pictures_search_and_compressed_files_are_the_same(tmp_path: Path, jobs: int) -> None:
    """Whatever the machine is like, and in whatever order their sources were made."""
    sources = list(complete.files(complete.EDITIONS[0]).items())
    seeded(jobs).shuffle(sources)
    portal = TestPortal.make(tmp_path / "anderswo")
    for path, data in sources:
        portal.write(path, data)
    found = built(
        portal, "--jobs", str(jobs), PYTHONHASHSEED=str(jobs), TZ="Pacific/Auckland", LC_ALL="C"
    )
    endings = {Path(path).suffix for path in found}
    assert endings >= {".pdf", ".avif", ".webp", ".jpg", ".br", ".gz", ".bin"}
    assert found == built(complete.write(tmp_path / "portal", 0), "--jobs", "2")
