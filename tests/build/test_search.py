"""The search index of a portal: only what changed is made anew, nothing unpublished is in it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from generator.build import search
from generator.config import fingerprint
from generator.search import shards
from tests.portals import NOW, PORTAL, SVG, TestPortal

pytestmark = pytest.mark.slow

TOML = f"""{PORTAL}
[search]
enabled = true

[keywords.synonyms]
"Haushalt" = ["Etat"]
"""
SECTIONS = ("politik", "technik")
KINDS = ("news", "interview", "report", "comment", "sponsored")


@pytest.fixture
def filled(tmp_path: Path) -> TestPortal:
    """A portal with articles of many years and kinds."""
    return written(tmp_path / "portal")


def written(root: Path) -> TestPortal:
    portal = TestPortal.small(root, toml=TOML)
    for number in range(20):
        portal.article(
            f"n{number}.md", f"Satz {number} über die Straße.\n\n## Zweites\n\nEnde.",
            date=f"{2006 + number}-05-01", section=SECTIONS[number % 2],
            kind=KINDS[number % 5], keywords="Haushalt, Ämter",
        )  # fmt: skip
    return portal


def index_of(portal: TestPortal) -> dict[str, bytes]:
    return {path: data for path, data in portal.files().items() if path.startswith("suchindex/")}


def told(portal: TestPortal) -> dict[str, dict[str, Any]]:
    """What results show of each document, by address."""
    files = (json.loads(data) for path, data in index_of(portal).items() if "/t/" in path)
    return {one["address"]: one for one in files}


def words_of(portal: TestPortal) -> set[str]:
    """All words that can be found."""
    found = (shards.decode(data) for path, data in index_of(portal).items() if "/w/" in path)
    return {word for groups in found for group in groups.values() for word in group.forms}


def without_words() -> "mock._patch[mock.MagicMock]":
    return mock.patch.object(search, "lines", side_effect=AssertionError("it read a text"))


def test_the_same_sources_give_the_same_index(filled: TestPortal, tmp_path: Path) -> None:
    filled.build()
    other = written(tmp_path / "other")
    other.build()
    assert len(told(filled)) == 20
    assert index_of(filled) == index_of(other)


def test_it_is_what_a_clean_build_makes_after_each_change(filled: TestPortal) -> None:
    filled.build()
    for change in (
        {"text": "Ganz anders: Straßenfest, Festausschuss, Ausschuss."},
        {"title": "Neu"},
        {"section": "politik"},
        {"draft": "true"},
        {"date": "2026-06-15 13:00"},
    ):
        filled.article("n3.md", **change)
        filled.build()
        incremental = filled.files()
        filled.build(clean=True)
        assert filled.files() == incremental, change


def test_it_tells_what_a_source_is(filled: TestPortal) -> None:
    filled.write("content/2026/05/a.svg", SVG)
    filled.article(
        "2026/05/ganz.md", 'Text mit [Weg](../../n3.md).\n\n![Alt](a.svg "Unter dem Bild")',
        title="Titel & <Zeichen>", kicker='Ort "A"', lead="Vorspann", author="ve",
        keywords="Haushalt", kind="interview", section="technik",
    )  # fmt: skip
    filled.build()
    assert told(filled)["/2026/05/ganz/"] == {
        "address": "/2026/05/ganz/", "title": "Titel & <Zeichen>", "kicker": 'Ort "A"',
        "lead": "Vorspann", "date": "2026-05-01T00:00", "section": "technik",
        "kind": "interview", "keywords": ["Haushalt", "Vera Eschenbach", "Technik"],
        "text": ["Text mit Weg.", "Unter dem Bild"],
    }  # fmt: skip
    assert {"weg", "bild", "vorspann", "eschenbach", "haushalt"} <= words_of(filled)
    assert "svg" not in words_of(filled)


def test_standing_pages_are_in_it_and_advertising_is_not(filled: TestPortal) -> None:
    filled.article("seiten/impressum.md", title="Impressum", date=None, section=None)
    filled.write("content/anzeigen/a.svg", SVG)
    filled.write(
        "content/anzeigen/a.md",
        "---\nname: Zauberladen\nslot: top\nlink: https://zauber.example/\n"
        "image:\n  file: a.svg\n  alt: Zauberei\n---\n",
    )
    filled.build()
    assert told(filled)["/impressum/"]["kind"] == "page"
    assert not {"zauberladen", "zauberei"} & words_of(filled)


@pytest.mark.parametrize("path", ["layouts/foot.html", "assets/style.css"])
def test_what_it_does_not_tell_leaves_it_alone(filled: TestPortal, path: str) -> None:
    filled.build()
    before = index_of(filled)
    file = filled.root / path
    file.write_text(file.read_text() + "\nNoch ein Satz.\n")
    with without_words():
        assert filled.build().written
        assert filled.build(at=NOW + timedelta(days=1)) is not None
    assert index_of(filled) == before


def test_a_change_touches_the_file_of_no_other_document(filled: TestPortal) -> None:
    filled.build()
    folder = filled.output / "suchindex/t"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    filled.article("n3.md", "Ganz anders.", date="2009-05-01", section="technik", kind="comment")
    filled.build()
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert before.keys() == after.keys()
    assert len([name for name in before if before[name] != after[name]]) == 1


@pytest.mark.parametrize(
    "hidden", [{"draft": "true"}, {"date": "2027-05-01"}, {"expires": "2026-06-01"}]
)
def test_what_is_withdrawn_is_out_of_it(filled: TestPortal, hidden: dict[str, str]) -> None:
    fields = {"date": "2009-05-01", "keywords": "Kobold"}
    filled.article("n3.md", "Zauberwort und Zauberworte.", title="Nixe", **fields)
    filled.build()
    assert {"zauberwort", "kobold", "nixe"} <= words_of(filled)
    filled.article("n3.md", "Zauberwort und Zauberworte.", title="Nixe", **{**fields, **hidden})
    filled.build()
    everything = b"".join(index_of(filled).values()).lower()
    assert not re.search(b"zauberwort|kobold|nixe", everything)


def test_another_language_makes_another_index(filled: TestPortal) -> None:
    """Words have other stems in it."""
    filled.build()
    german = index_of(filled)
    filled.write("portal.toml", f'language = "en"\n{TOML}')
    filled.build()
    incremental = index_of(filled)
    filled.build(clean=True)
    assert index_of(filled) == incremental != german


def test_another_version_of_the_generator_makes_the_index_anew(
    filled: TestPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.build()
    before = index_of(filled)
    monkeypatch.setattr(fingerprint, "generator", lambda: b"another")
    monkeypatch.setattr(search, "lines", lambda *_: ["Kobold"])
    filled.build()
    assert index_of(filled).keys() == before.keys()
    assert "kobold" in words_of(filled)
    assert "ende" not in words_of(filled)


def test_what_somebody_else_removed_comes_back(filled: TestPortal) -> None:
    filled.build()
    before = index_of(filled)
    (filled.output / "suchindex/index.json").unlink()
    next((filled.output / "suchindex/t").iterdir()).unlink()
    filled.build()
    assert index_of(filled) == before
    next((filled.output / "suchindex/w").iterdir()).write_bytes(b"other")
    filled.build()
    assert index_of(filled) == before


def test_a_portal_without_search_has_none_of_it(filled: TestPortal) -> None:
    filled.build()
    assert filled.has("/suche/")
    filled.write("portal.toml", PORTAL)
    filled.build()
    assert not index_of(filled)
    assert not filled.has("/suche/")


def test_a_portal_without_sources_has_an_index_of_nothing(tmp_path: Path) -> None:
    portal = TestPortal.small(tmp_path / "portal", toml=TOML)
    portal.build()
    assert portal.has("/suche/")
    assert told(portal) == {}
    assert json.loads(index_of(portal)["suchindex/index.json"])["documents"] == 0


def test_an_address_of_the_search_is_nobody_elses(filled: TestPortal) -> None:
    filled.article("seiten/suche.md", title="Suche", date=None, section=None)
    (found,) = filled.mistakes()
    assert found.name == "address-twice"
    assert "suche" in found.what()
