"""Compressed files beside the pages: right, made once, gone with their originals."""

import gzip
from pathlib import Path
from unittest import mock

import brotli
import pytest

from generator.build import compression
from generator.config import fingerprint
from tests.portals import PORTAL, TestPortal

pytestmark = pytest.mark.slow

BOTH = f'{PORTAL}\n[delivery]\ncompress = ["gzip", "brotli"]\n'
TEXT = "Ein Satz, der etwas länger ist. " * 20


@pytest.fixture
def packed(tmp_path: Path) -> TestPortal:
    """A portal that is published compressed as well."""
    portal = TestPortal.small(tmp_path / "portal", toml=BOTH)
    for name in "abc":
        portal.article(f"2026/05/{name}.md", TEXT)
    return portal


def beside(portal: TestPortal) -> set[str]:
    return {path for path in portal.files() if path.endswith((".gz", ".br"))}


def left(portal: TestPortal) -> dict[str, tuple[int, int]]:
    """When each compressed file was written, and where it lies."""
    found = {path: (portal.output / path).stat() for path in beside(portal)}
    return {path: (status.st_mtime_ns, status.st_ino) for path, status in found.items()}


def test_each_text_of_some_size_is_there_a_second_and_third_time(packed: TestPortal) -> None:
    packed.build()
    files = packed.files()
    texts = {
        path
        for path, data in files.items()
        if path.endswith(compression.TEXTS) and len(data) >= compression.SMALL
    }
    assert "2026/05/a/index.html" in texts
    assert "feed.xml" in texts
    assert beside(packed) == {path + ending for path in texts for ending in (".gz", ".br")}
    for path in texts:
        assert gzip.decompress(files[f"{path}.gz"]) == files[path]
        assert brotli.decompress(files[f"{path}.br"]) == files[path]
        assert len(files[f"{path}.gz"]) < len(files[path])


def test_no_time_is_in_it(packed: TestPortal) -> None:
    packed.build()
    assert packed.files()["feed.xml.gz"][4:8] == b"\0\0\0\0"


def test_only_what_changed_is_compressed_again(packed: TestPortal) -> None:
    packed.build()
    before = left(packed)
    packed.article("2026/05/a.md", TEXT + "Noch einer.")
    packed.build()
    after = left(packed)
    changed = {path for path in after if after[path] != before[path]}
    assert {"2026/05/a/index.html.gz", "2026/05/a/index.html.br"} <= changed
    assert not {path for path in changed if "/b/" in path or "/c/" in path}


def test_what_is_rendered_again_to_the_same_bytes_is_not_compressed_again(
    packed: TestPortal,
) -> None:
    packed.build()
    before = left(packed)
    layout = packed.root / "layouts/article.html"
    layout.write_text(layout.read_text() + "{# nothing to be seen #}")
    with mock.patch.dict(compression._COMPRESS, {}, clear=True):
        assert packed.build().rendered >= 3
    assert left(packed) == before


def test_another_version_of_the_generator_may_compress_otherwise(
    packed: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed.build()
    before = left(packed)
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    other = {
        **compression._COMPRESS,
        "gzip": lambda data, _level: gzip.compress(data, compresslevel=1, mtime=0),
    }
    monkeypatch.setattr(compression, "_COMPRESS", other)
    packed.build()
    incremental = packed.files()
    after = left(packed)
    assert {path for path in after if after[path] != before[path]} == {
        path for path in after if path.endswith(".gz")
    }, "the same bytes are not written again"
    packed.build(clean=True)
    assert packed.files() == incremental


def test_they_go_with_their_originals(packed: TestPortal) -> None:
    packed.build()
    (packed.root / "content/2026/05/a.md").unlink()
    packed.build()
    assert not [path for path in packed.files() if path.startswith("2026/05/a/")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_after_any_change_of_the_setting_it_is_as_a_clean_build_makes_it(
    packed: TestPortal, jobs: int
) -> None:
    one = BOTH.replace('["gzip", "brotli"]', '["brotli"]')
    with mock.patch.multiple(compression, BATCH=4, FEW=8):
        for toml in (PORTAL, BOTH, one, f"{one}smallest = true\n", BOTH, PORTAL):
            packed.write("portal.toml", toml)
            packed.build(jobs=jobs)
            incremental = packed.files()
            packed.build(clean=True)
            assert packed.files() == incremental
            assert bool(beside(packed)) == (toml != PORTAL)


def test_what_somebody_else_removed_or_changed_comes_back(packed: TestPortal) -> None:
    packed.build()
    before = packed.files()
    (packed.output / "feed.xml.gz").unlink()
    (packed.output / "2026/05/a/index.html.br").write_bytes(b"x")
    packed.build()
    assert packed.files() == before


def test_they_may_be_as_small_as_can_be(packed: TestPortal) -> None:
    packed.build()
    before = packed.files()
    packed.write("portal.toml", f"{BOTH}smallest = true\n")
    packed.build()
    after = packed.files()
    changed = {path for path, data in after.items() if before[path] != data}
    assert changed
    assert {Path(path).suffix for path in changed} == {".br"}
    assert sum(len(after[path]) for path in changed) < sum(len(before[path]) for path in changed)


def test_what_saves_nothing_is_not_there(packed: TestPortal) -> None:
    with mock.patch.dict(compression._COMPRESS, {"gzip": lambda data, _level: data}):
        packed.build()
    assert beside(packed)
    assert not [path for path in beside(packed) if path.endswith(".gz")]
