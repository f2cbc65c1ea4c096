"""What sources become: read again whenever a setting that they are read by is another one."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from generator.base import workers
from generator.base.problems import PortalError, problem
from generator.base.scan import RACY_NS, look_at, read_bytes, read_pieces
from generator.config import portal as portals
from generator.config.portal import Portal
from generator.front_matter import header, reader
from generator.load import file_digests as files
from generator.load import sources
from generator.load.sources import ReadTask, read_one, unpacked
from generator.load.store import FOLDER, Store, Texts
from generator.model.entry import Entry
from tests.incremental import NoPool
from tests.noting import noting
from tests.portals import PORTAL, SVG, TestPortal

T = TypeVar("T")

OF_A_FIRM = "name: Rechenhaus\ntown: Aach\nkeywords: Rat\n"
OF_AN_AD = "name: Rechenhaus\nslot: oben\nimage: {file: a.svg, alt: b}\nlink: https://a.example/\n"
OF_AN_ARTICLE = (
    "title: Neu\ndate: 2026-05-01 10:00\nsection: Politik\nkeywords: Weg\nauthor: Vera Eschenbach\n"
    "aliases: /alt/\nort: Aach\n"
)
SOURCES = {
    "2026/05/neu.md": OF_AN_ARTICLE,
    "2026/05/falsch.md": "titel_: Neu\nsection: Sport\ndate: gestern\nort: a\nort: b\n",
    "seiten/impressum.md": "title: Impressum\naliases: https://www.amt.example/alt/\n",
    "firmen/rechenhaus.md": OF_A_FIRM,
    "anzeigen/rechenhaus.md": OF_AN_AD,
}
"""One of each kind, with all that settings decide, and one with mistakes."""


def test_reading_looks_at_the_settings_by_which_it_is_remembered_and_no_others(
    tmp_path: Path,
) -> None:
    toml = f'{PORTAL}\n[front_matter]\nextra = ["ort"]\n\n[keywords.synonyms]\n"Straße" = ["Weg"]\n'
    portal = noting(TestPortal.small(tmp_path / "portal", toml=toml).root / "portal.toml")
    for path, text in SOURCES.items():
        front = header.read(f"---\n{text}---\n\nEin Satz.\n".encode())
        entry, problems = reader.read(path, front, portal)
        assert (entry is None) == ("falsch" in path), problems
    asked = portal.asked.copy()
    # This is asked where a text is converted.
    assert asked | {"markdown"} == portal.shaping("sources").keys()


@pytest.fixture
def small(tmp_path: Path) -> TestPortal:
    return TestPortal.small(tmp_path / "portal")


def entry_of(portal: Portal, path: str) -> Entry:
    """What the source at `path` becomes."""
    stamp = look_at(portal.folders.content / path)
    assert stamp is not None
    read = read_one(portal, Texts(Path()), frozenset(), ReadTask(path, stamp, b""))
    assert read is not None
    entry = unpacked(read[0]).entry
    assert entry is not None
    return entry


def test_the_setting_for_bare_addresses_makes_another_text(tmp_path: Path) -> None:
    made = set()
    for name, table in (("an", ""), ("aus", "\n[markdown]\nbare_links = false\n")):
        portal = TestPortal.small(tmp_path / name, toml=PORTAL + table)
        portal.article("2026/05/a.md", "https://amt.example")
        made.add(entry_of(portals.load(portal.root / "portal.toml"), "2026/05/a.md").text)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("fields", "same"),
    [({"title": "Neu"}, True), ({"lead": "Neu"}, True), ({"section": "technik"}, False)],
)
def test_what_lists_only_show_leaves_them_arranged(
    small: TestPortal, fields: dict[str, str], same: bool
) -> None:
    portal = portals.load(small.root / "portal.toml")
    small.article("2026/05/a.md")
    before = entry_of(portal, "2026/05/a.md")
    small.article("2026/05/a.md", **fields)
    after = entry_of(portal, "2026/05/a.md")
    assert before.digest != after.digest
    assert (before.arrangement == after.arrangement) is same


def test_a_source_that_could_not_be_read_for_a_moment_is_read_again(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Path, path: str) -> bytes:
        raise PortalError((problem("file-unreadable", path, reason="Input/output error"),))

    small.article("2026/05/a.md")
    time.sleep(2 * RACY_NS / 1e9)  # its stamp alone would not have it read
    monkeypatch.setattr(sources, "read_bytes", failing)
    assert {found.name for found in small.mistakes()} == {"file-unreadable"}
    monkeypatch.undo()
    assert small.build().articles == 1


def test_only_files_that_changed_are_opened(
    small: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others are known by what the file system says of them."""
    small.article("2026/05/a.md", "![Bild](bild.svg)")
    small.article("2026/05/b.md")
    small.write("content/2026/05/bild.svg", SVG)
    small.build()
    time.sleep(2 * RACY_NS / 1e9)
    small.article("2026/05/b.md", "Neu.")
    small.build()  # what was written just before the first build is looked at once more
    opened: list[str] = []

    def noted(read: Callable[[Path, str], T]) -> Callable[[Path, str], T]:
        def reading(file: Path, path: str) -> T:
            opened.append(file.relative_to(small.root).as_posix())
            return read(file, path)

        return reading

    monkeypatch.setattr(sources, "read_bytes", noted(read_bytes))
    monkeypatch.setattr(files, "read_pieces", noted(read_pieces))
    monkeypatch.setattr(workers, "WorkerPool", NoPool)
    small.article("2026/05/b.md", "Neuer.")
    small.write("assets/pictures/logo.svg", SVG.replace("h9", "h8"))
    small.build()
    assert sorted(opened) == ["assets/pictures/logo.svg", "content/2026/05/b.md"]


def test_what_was_read_by_other_settings_is_known_to_nobody_any_more(small: TestPortal) -> None:
    """Two commands may have the store open; the first that looks forgets for both."""
    small.article("2026/05/a.md")
    small.build()
    old = portals.load(small.root / "portal.toml")
    new = msgspec.structs.replace(old, time_zone="Asia/Tokyo")
    file = small.root / FOLDER / "store.sqlite"
    for known in (0, 0):
        store = Store.open(file)
        assert len(sources.known_records(new, store)) == known
        store.commit()
        store.close()
